import { loadStandard, openWorkspace } from "../../server/src/analysis";
import { bindDeclaration, createSource, fileScope, type BoundDeclaration, type Diagnostic, type FileScope, type Workspace } from "../../server/src/core";
import type { Project } from "../../server/src/ide";
import { checkFile } from "../../server/src/rules";

const root = "file:///design/";

export interface OpenFiles {
  readonly workspace: Workspace;
  /** All of the files. */
  readonly project: Project;
  readonly uri: string;
  readonly scope: FileScope;
}

/** Files by their path, the first of them the one asked about. Nothing touches a disk. */
export function openFiles(files: Readonly<Record<string, string>>): OpenFiles {
  const texts = new Map(Object.entries(files).map(([path, text]) => [uriOf(path), text]));
  const workspace = openWorkspace((uri) => {
    if (uri.startsWith("std:")) return loadStandard(uri);
    const text = texts.get(uri);
    return text === undefined ? { kind: "failed", reason: "there is no such file" } : { kind: "source", source: createSource(uri, text) };
  });
  const [uri = ""] = texts.keys();
  const scope = fileScope(workspace, uri);
  if (!scope) throw new Error("no file given");
  return { workspace, uri, scope, project: { uris: [...texts.keys()], textOf: (address) => texts.get(address) } };
}

/** The address of a file by its path. */
export const uriOf = (path: string): string => new URL(path, root).href;

/** Every diagnostic of the first file. */
export function checkFiles(files: Readonly<Record<string, string>>): readonly Diagnostic[] {
  const { workspace, uri } = openFiles(files);
  return checkFile(workspace, uri);
}

/** A declaration of the first file by its name. */
export function declarationOf(files: Readonly<Record<string, string>>, name: string): { readonly workspace: Workspace; readonly declaration: BoundDeclaration } {
  const { workspace, scope } = openFiles(files);
  const node = scope.declarations.find((candidate) => candidate.name?.text === name);
  const declaration = node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
  if (!declaration) throw new Error(`no declaration ${name}`);
  return { workspace, declaration };
}
