import { loadStandard, openWorkspace } from "../analysis";
import { fileScope, type Loaded, type Workspace } from "../core";
import { createDiskFiles } from "./disk-files";
import type { Documents } from "./documents";
import type { Host } from "./host";
import { folderOf, toInternal } from "./uris";

/** The open texts, the standard library and the files that they import, as one workspace a moment. */
export interface WorkspaceState {
  /** The workspace of the texts as they are now. */
  readonly current: () => Workspace;
  /** A text has changed: the next `current` is another one. */
  readonly textChanged: () => void;
  /** Files have changed on disk; all of them where no list is given. */
  readonly filesChanged: (uris?: readonly string[]) => void;
  readonly setFolders: (uris: readonly string[]) => void;
  /** The folders whose files may be read, as addresses that end in `/`: those opened, else those of the open files. */
  readonly folders: () => readonly string[];
  /** The open documents whose meaning depends on a file, that file left out. */
  readonly dependents: (uri: string) => readonly string[];
  /** The addresses of all files that belong to the workspace: those of its folders, and the open ones. */
  readonly everyFile: () => Promise<readonly string[]>;
  /** The text of a file as it is now, not parsed; `undefined` where there is none. */
  readonly textOf: (uri: string) => string | undefined;
  /** For an editor that reports no changes of files: looks whether they have changed. */
  readonly lookAgain: () => void;
}

export function createWorkspaceState(documents: Documents, host: Host): WorkspaceState {
  let folders: readonly string[] = [];
  let workspace: Workspace | undefined;
  let previous: Workspace | undefined;

  /** Without an open folder, the folders of the open files bound what they may import. */
  const allowedFolders = (): readonly string[] =>
    folders.length > 0 ? folders : [...documents.all()].filter((document) => document.uri.startsWith("file:")).map((document) => folderOf(document.uri));

  const disk = createDiskFiles(host, { opened: () => folders, allowed: allowedFolders });

  const load = (address: string): Loaded => {
    if (address.startsWith("std:")) return loadStandard(address);
    const uri = toInternal(address);
    const open = documents.get(uri);
    if (open) return { kind: "source", source: open.source() };
    return disk.load(uri);
  };

  const current = (): Workspace => {
    workspace ??= openWorkspace(load, previous);
    previous = workspace;
    return workspace;
  };

  const outdated = () => {
    workspace = undefined;
  };

  return {
    current,
    textChanged: outdated,
    filesChanged: (uris) => {
      disk.forget(uris?.map(toInternal));
      outdated();
    },
    setFolders: (uris) => {
      folders = uris.map((uri) => toInternal(uri.endsWith("/") ? uri : `${uri}/`));
      disk.forget();
      outdated();
    },
    folders: allowedFolders,
    dependents: (uri) => [...documents.all()].map((document) => document.uri).filter((other) => other !== uri && reaches(current(), other, uri)),
    everyFile: async () => {
      const listed = await disk.list();
      const open = [...documents.all()].map((document) => document.uri).filter((uri) => !uri.startsWith("std:"));
      return [...new Set([...listed, ...open])];
    },
    textOf: (uri) => documents.get(uri)?.text ?? disk.text(uri),
    lookAgain: () => {
      if (disk.readAgain()) outdated();
    },
  };
}

/** Whether a file imports another, directly or through others. */
function reaches(workspace: Workspace, from: string, wanted: string): boolean {
  const seen = new Set([from]);
  const waiting = [from];
  for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) {
    for (const { uri: address } of fileScope(workspace, uri)?.imports ?? []) {
      if (address === undefined) continue;
      const target = toInternal(address);
      if (target === wanted) return true;
      if (seen.has(target) || target.startsWith("std:")) continue;
      seen.add(target);
      waiting.push(target);
    }
  }
  return false;
}
