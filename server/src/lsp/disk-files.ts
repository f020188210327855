import { createSource, type Loaded } from "../core";
import type { Host } from "./host";
import { toInternal } from "./uris";

/**
 * The files of the workspace that no editor holds. A file is read when somebody first asks for its text, parsed when
 * somebody first asks for its tree, and kept until the host says that it has changed: 500 files cost an open editor
 * nothing before a question concerns them all.
 */
export interface DiskFiles {
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

type Text = ReturnType<Host["readFile"]>;

export interface Folders {
  /** What the editor has opened: what is listed. */
  readonly opened: () => readonly string[];
  /** What may be read. */
  readonly allowed: () => readonly string[];
}

/** The owner of this calls `forget` when the folders change. */
export function createDiskFiles(host: Host, folders: Folders): DiskFiles {
  const texts = new Map<string, Text>();
  const trees = new Map<string, Loaded>();
  let listed: Promise<readonly string[]> | undefined;

  const read = (uri: string): Text => {
    if (!uri.startsWith("file:")) return { kind: "failed", reason: "only files of a folder on a disk can be imported" };
    if (!host.isInside(uri, folders.allowed())) return { kind: "failed", reason: "it lies outside the workspace" };
    return host.readFile(uri);
  };

  const known = (uri: string): Text => {
    const found = texts.get(uri) ?? read(uri);
    texts.set(uri, found);
    return found;
  };

  const listAll = async (): Promise<readonly string[]> => {
    const found = await Promise.all(folders.opened().map((folder) => host.findFiles(folder)));
    return [...new Set(found.flat().map(toInternal))].sort();
  };

  return {
    load: (uri) => {
      const tree = trees.get(uri);
      if (tree) return tree;
      const found = known(uri);
      const loaded: Loaded = found.kind === "text" ? { kind: "source", source: createSource(uri, found.text) } : found;
      trees.set(uri, loaded);
      return loaded;
    },
    text: (uri) => {
      const found = known(uri);
      return found.kind === "text" ? found.text : undefined;
    },
    list: () => (listed ??= listAll()),
    forget: (uris) => {
      listed = undefined;
      for (const uri of uris ?? [...texts.keys()]) {
        texts.delete(uri);
        trees.delete(uri);
      }
    },
    readAgain: () => {
      listed = undefined;
      const changed = [...texts].filter(([uri, before]) => {
        const now = read(uri);
        if (now.kind === before.kind && (now.kind !== "text" || before.kind !== "text" || now.text === before.text)) return false;
        texts.set(uri, now);
        trees.delete(uri);
        return true;
      });
      return changed.length > 0;
    },
  };
}
