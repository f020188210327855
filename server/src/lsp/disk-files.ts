import { createFileStore } from "./file-store";
import type { Disk, HostText } from "./host";
import type { Folders, KnownFiles } from "./known-files";
import { toInternal } from "./uris";

/** Files of the disk that the server sees. The owner of this calls `forget` when the folders change. */
export function createDiskFiles(disk: Disk, folders: Folders): KnownFiles {
  const read = (uri: string): HostText => {
    if (!disk.isInside(uri, folders.allowed())) return { kind: "failed", reason: "it lies outside the workspace" };
    return disk.readFile(uri);
  };
  const { load, text, list, forget, texts, replace } = createFileStore(read, async () => {
    const found = await Promise.all(folders.opened().map((folder) => disk.findFiles(folder)));
    return [...new Set(found.flat().map(toInternal))].sort();
  });
  return {
    load, text, list, forget,
    readAgain: () => {
      forget([]);
      const changed = [...texts].filter(([uri, before]) => {
        const now = read(uri);
        if (now.kind === before.kind && (now.kind !== "text" || before.kind !== "text" || now.text === before.text)) return false;
        replace(uri, now);
        return true;
      });
      return changed.length > 0;
    },
  };
}
