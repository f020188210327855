import { loadStandard, openWorkspace } from "../analysis";
import { fileScope, type Loaded, type Workspace } from "../core";
import { createDiskFiles } from "./disk-files";
import type { Documents } from "./documents";
import { createEditorFiles, type EditorReader } from "./editor-files";
import type { Host } from "./host";
import type { KnownFiles } from "./known-files";
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
  /**
   * The addresses of all files that belong to the workspace: those of its folders, and the open ones; without folders,
   * what these import. `patience`: who would rather have an answer than all files waits so many milliseconds for an
   * editor that lists them.
   */
  readonly everyFile: (patience?: number) => Promise<readonly string[]>;
  /** The text of a file as it is now, not parsed; `undefined` where there is none. */
  readonly textOf: (uri: string) => string | undefined;
  /**
   * Resolves when the files that a file imports, directly or through others, have arrived from the editor; `undefined`
   * where none is awaited, as always where the server reads the disk itself.
   */
  readonly importsArriving: (uri: string) => Promise<void> | undefined;
  /** For an editor that reports no changes of files: looks whether they have changed. */
  readonly lookAgain: () => void;
}

/** `reader` gives `undefined` for an editor that hands out no files; `arrived` is told of each file that it was asked for. */
export function createWorkspaceState(
  documents: Documents, host: Pick<Host, "disk">, reader: () => EditorReader | undefined, arrived: (uri: string) => void,
): WorkspaceState {
  let folders: readonly string[] = [];
  let workspace: Workspace | undefined;
  let previous: Workspace | undefined;

  /** Without an open folder, the folders of the open files bound what they may import. */
  const allowedFolders = (): readonly string[] =>
    folders.length > 0 ? folders : [...documents.all()].map((document) => folderOf(document.uri)).filter((folder) => folder !== "");

  const isOnDisk = (uri: string): boolean => host.disk !== undefined && uri.startsWith("file:");
  const disk = host.disk && createDiskFiles(host.disk, { opened: () => folders.filter(isOnDisk), allowed: allowedFolders });
  const editor = createEditorFiles(reader, { opened: () => folders.filter((folder) => !isOnDisk(folder)), allowed: allowedFolders }, arrived);
  const filesOf = (uri: string): KnownFiles => (disk && isOnDisk(uri) ? disk : editor);
  const forget = (uris?: readonly string[]) => {
    disk?.forget(uris);
    editor.forget(uris);
  };

  const load = (address: string): Loaded => {
    if (address.startsWith("std:")) return loadStandard(address);
    const uri = toInternal(address);
    const open = documents.get(uri);
    if (open) return { kind: "source", source: open.source() };
    return filesOf(uri).load(uri);
  };

  const current = (): Workspace => {
    workspace ??= openWorkspace(load, previous);
    previous = workspace;
    return workspace;
  };

  const outdated = () => {
    workspace = undefined;
  };

  const importsArriving = (uri: string): Promise<void> | undefined => {
    // What a file imports lies beside it.
    if (isOnDisk(uri)) return undefined;
    return editor.arriving([...withImports(current(), [uri])])?.then(() => importsArriving(uri));
  };

  return {
    current,
    textChanged: outdated,
    filesChanged: (uris) => {
      forget(uris?.map(toInternal));
      outdated();
    },
    setFolders: (uris) => {
      folders = uris.map((uri) => toInternal(uri.endsWith("/") ? uri : `${uri}/`));
      forget();
      outdated();
    },
    folders: allowedFolders,
    dependents: (uri) => [...documents.all()].map((document) => document.uri).filter((other) => other !== uri && withImports(current(), [other]).has(uri)),
    everyFile: async (patience) => {
      const ofEditor = editor.list();
      const listed = (await Promise.all([disk?.list() ?? [], patience === undefined ? ofEditor : Promise.race([ofEditor, nothingAfter(patience)])])).flat();
      const open = [...documents.all()].map((document) => document.uri).filter((uri) => !uri.startsWith("std:"));
      // Without a folder, what the open files import is all that is known. The order is not that of what was opened last.
      return [...new Set([...listed, ...(folders.length > 0 ? open : withImports(current(), open))])].sort();
    },
    textOf: (uri) => documents.get(uri)?.text ?? filesOf(uri).text(uri),
    importsArriving,
    lookAgain: () => {
      if (disk?.readAgain()) outdated();
    },
  };
}

const nothingAfter = (milliseconds: number): Promise<readonly string[]> => new Promise((resolve) => setTimeout(() => resolve([]), milliseconds));

/** Files with all that they import, directly or through others; the standard library left out. */
function withImports(workspace: Workspace, uris: readonly string[]): ReadonlySet<string> {
  const found = new Set(uris);
  const waiting = [...uris];
  for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) {
    for (const { uri: address } of fileScope(workspace, uri)?.imports ?? []) {
      const target = address === undefined ? undefined : toInternal(address);
      if (target === undefined || found.has(target) || target.startsWith("std:")) continue;
      found.add(target);
      waiting.push(target);
    }
  }
  return found;
}
