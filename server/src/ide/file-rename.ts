import type { TextEdit } from "../../../grammar/src";
import { fileScope, type Workspace } from "../core";
import type { FileEdits } from "./plain";
import type { Project } from "./project";

/** A file or a folder that gets another address. */
export interface MovedFile {
  readonly from: string;
  readonly to: string;
}

/** What the imports of every file must say once some files and folders have other addresses. A file is named by its old address. */
export function importEditsAfterMove(workspace: Workspace, moved: readonly MovedFile[], project: Project): readonly FileEdits[] {
  const addressAfter = (uri: string): string => {
    for (const { from, to } of moved) {
      if (uri === from) return to;
      const folder = from.endsWith("/") ? from : `${from}/`;
      if (uri.startsWith(folder)) return `${to.endsWith("/") ? to : `${to}/`}${uri.slice(folder.length)}`;
    }
    return uri;
  };
  return project.uris.flatMap((uri) => {
    if (uri.startsWith("std:") || !/\bimport\b/.test(project.textOf(uri) ?? "")) return [];
    const file = fileScope(workspace, uri);
    const edits = (file?.imports ?? []).flatMap(({ node: { from }, uri: imported }): readonly TextEdit[] => {
      if (!from || imported === undefined || imported.startsWith("std:")) return [];
      const [here, there] = [addressAfter(uri), addressAfter(imported)];
      if ((here === uri && there === imported) || addressOf(from.value, here) === there) return [];
      const path = relativePath(here, there);
      return path === undefined ? [] : [{ start: from.start + 1, end: from.end - 1, newText: path }];
    });
    return file && edits.length > 0 ? [{ uri, edits: edits.map((edit) => ({ range: file.source.lines.range(edit), newText: edit.newText })) }] : [];
  });
}

function addressOf(path: string, from: string): string | undefined {
  try {
    return new URL(path, from).href;
  } catch {
    return undefined;
  }
}

/** The path by which one file imports another: as people write it where that leads to the address, else percent-encoded; `undefined` where none does. */
export function relativePath(from: string, to: string): string | undefined {
  const [own, other] = [from.split("/").slice(0, -1), to.split("/")];
  let shared = 0;
  while (shared < own.length && shared < other.length - 1 && own[shared] === other[shared]) shared += 1;
  const up = own.length - shared;
  const encoded = `${up === 0 ? "./" : "../".repeat(up)}${other.slice(shared).join("/")}`;
  return [decoded(encoded), encoded].find((path) => path !== undefined && !/["\\\r\n]/.test(path) && addressOf(path, from) === to);
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
