import type { Loaded } from "../core";

/**
 * The files of the workspace that are open in no editor. A file is read when somebody first asks for its text, parsed when
 * somebody first asks for its tree, and kept until somebody says that it has changed: 500 files cost an open editor
 * nothing before a question concerns them all.
 */
export interface KnownFiles {
  readonly load: (uri: string) => Loaded;
  /** The text alone, not parsed; `undefined` where there is none. */
  readonly text: (uri: string) => string | undefined;
  /** The addresses of every `.dsco` file of the folders, in order. */
  readonly list: () => Promise<readonly string[]>;
  /** These files have changed, or all; the list of files too. */
  readonly forget: (uris?: readonly string[]) => void;
  /** For an editor that reports no changes of files: reads again what is known. True where a text is another one. */
  readonly readAgain: () => boolean;
}

export interface Folders {
  /** What the editor has opened: what is listed. */
  readonly opened: () => readonly string[];
  /** What may be read. */
  readonly allowed: () => readonly string[];
}
