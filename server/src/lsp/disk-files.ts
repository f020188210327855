import { createSource, type Loaded } from "../core";
import type { Disk, HostText } from "./host";
import type { Folders, KnownFiles } from "./known-files";
import { toInternal } from "./uris";

/** Files of the disk that the server sees. The owner of this calls `forget` when the folders change. */
export function createDiskFiles(disk: Disk, folders: Folders): KnownFiles {
  const texts = new Map<string, HostText>();
  const trees = new Map<string, Loaded>();
  let listed: Promise<readonly string[]> | undefined;

  const read = (uri: string): HostText => {
    if (!disk.isInside(uri, folders.allowed())) return { kind: "failed", reason: "it lies outside the workspace" };
    return disk.readFile(uri);
  };

  const known = (uri: string): HostText => {
    const found = texts.get(uri) ?? read(uri);
    texts.set(uri, found);
    return found;
  };

  const listAll = async (): Promise<readonly string[]> => {
    const found = await Promise.all(folders.opened().map((folder) => disk.findFiles(folder)));
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
