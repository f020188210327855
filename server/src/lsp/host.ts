import type { SweepPool, SweepTask } from "../explore";

/** What the server needs from the machine it runs on; `hosts/` gives it. */
export interface Host {
  /** Left out where the server has none: in a browser. */
  readonly disk?: Disk;
  /** The `file:` address at which a part of the standard library can be read with exactly this text. Left out: it stands in no files. */
  readonly libraryFile?: (address: string, text: string) => string | undefined;
  /** Resolves after a moment in which the next messages that have already arrived are handed out. */
  readonly letMessagesIn: () => Promise<void>;
  readonly sweeps: SweepRunner;
}

/** Runs the designs of sweeps, so that questions are answered meanwhile. */
export interface SweepRunner {
  /** Stretches of one sweep that are tried at the same time. */
  readonly atOnce: number;
  /** Where the designs of one sweep are tried. */
  readonly open: (task: SweepTask) => Promise<SweepPool>;
}

/** The files of the machine that the server runs on, by their `file:` addresses. */
export interface Disk {
  /** The text of a file, or a clause that says why there is none. Never throws. */
  readonly readFile: (uri: string) => HostText;
  /** True where a file lies in one of the folders, links followed. All are addresses. */
  readonly isInside: (uri: string, folders: readonly string[]) => boolean;
  /** The addresses of the `.dsco` files in a folder and in the folders below it, links not followed. Never rejects. */
  readonly findFiles: (folder: string) => Promise<readonly string[]>;
}

export type HostText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "failed"; readonly reason: string };
