import { createFileStore, type Arriving } from "./file-store";
import type { Folders, KnownFiles } from "./known-files";
import type { HostText } from "./host";
import { isRecord } from "./params";
import type { ReadFileAnswer } from "./protocol";
import { toInternal } from "./uris";

/** The editor, asked for what the server cannot see. Both may reject. */
export interface EditorReader {
  readonly readFile: (uri: string) => Promise<ReadFileAnswer>;
  readonly findFiles: (folder: string) => Promise<readonly string[]>;
}

/**
 * Files that only the editor can read: on vscode.dev all of them, elsewhere those of a folder that is on no disk. A file
 * is asked for when somebody first asks for it, and is `pending` until it arrives; then `arrived` is told.
 */
export interface EditorFiles extends KnownFiles {
  /** Resolves when those of these files that have been asked for have arrived; `undefined` where none is on its way. */
  readonly arriving: (uris: readonly string[]) => Promise<unknown> | undefined;
}

/** `reader` gives `undefined` for an editor that hands out no files. The owner of this calls `forget` when the folders change. */
export function createEditorFiles(reader: () => EditorReader | undefined, folders: Folders, arrived: (uri: string) => void): EditorFiles {
  const ask = (uri: string): HostText | Arriving => {
    const editor = reader();
    if (!editor) return { kind: "failed", reason: "only files of a folder on a disk can be imported" };
    if (!folders.allowed().some((folder) => uri.startsWith(folder))) return { kind: "failed", reason: "it lies outside the workspace" };
    const entry: Arriving = {
      kind: "arriving",
      done: editor.readFile(uri).then(textOf, () => unavailable).then((text) => {
        // Forgotten meanwhile: the file has changed since it was read.
        if (texts.get(uri) !== entry) return;
        replace(uri, text);
        arrived(uri);
      }),
    };
    return entry;
  };

  const arriving = (uris: readonly string[]): Promise<unknown> | undefined => {
    const waiting = uris.map((uri) => texts.get(uri)).filter((found) => found?.kind === "arriving");
    return waiting.length === 0 ? undefined : Promise.all(waiting.map(({ done }) => done));
  };

  /** Who wants all files wants their texts: they arrive with the list. */
  const listAll = async (): Promise<readonly string[]> => {
    const editor = reader();
    if (!editor) return [];
    const found = await Promise.all(folders.opened().map((folder) => editor.findFiles(folder).then(addressesOf, () => [])));
    const uris = [...new Set(found.flat().map(toInternal))].sort();
    for (const uri of uris) known(uri);
    await arriving(uris);
    return uris;
  };

  const { load, text, list, forget, known, texts, replace } = createFileStore(ask, listAll);
  // An editor that hands out files tells of their changes.
  return { arriving, load, text, list, forget, readAgain: () => false };
}

const unavailable: HostText = { kind: "failed", reason: "the editor cannot read it" };

const reasons: Readonly<Record<Extract<ReadFileAnswer, { readonly kind: "failed" }>["reason"], string>> = {
  missing: "there is no such file", folder: "this is a directory", forbidden: "it may not be read", large: "the file is larger than 64 MiB",
  "not-text": "it is not UTF-8 text", unavailable: unavailable.reason,
};

/** What another program sent is looked at before it is believed. */
function textOf(answer: unknown): HostText {
  if (!isRecord(answer)) return unavailable;
  const { kind, text, reason } = answer;
  if (kind === "text" && typeof text === "string") return { kind, text };
  return typeof reason === "string" && Object.hasOwn(reasons, reason) ? { kind: "failed", reason: reasons[reason as keyof typeof reasons] } : unavailable;
}

const addressesOf = (answer: unknown): readonly string[] => (Array.isArray(answer) ? answer.filter((uri) => typeof uri === "string") : []);
