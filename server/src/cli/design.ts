import { loadStandard, openWorkspace } from "../analysis";
import { createSource, fileScope, type Diagnostic, type Loaded, type LoadSource, type Workspace } from "../core";
import type { CommandHost } from "../hosts/command-host";
import { checkFile } from "../rules";
import { WrongUse } from "./command";
import { applyWhatIf } from "./what-if";

/** A file that the user named. */
export interface NamedFile {
  /** As given; `-` for standard input. */
  readonly path: string;
  readonly uri: string;
}

/** The named files, read together. */
export interface Design {
  readonly files: readonly NamedFile[];
  readonly workspace: Workspace;
  /** How a message names the file behind an address: as given, where it was given. */
  readonly showUri: (uri: string) => string;
}

/**
 * Reads the named files and joins them in one workspace; applies the edits of `--set` in memory.
 * Throws `WrongUse` with one sentence for every file that cannot be read and for an edit that cannot be made.
 */
export async function openDesign(paths: readonly string[], whatIfs: readonly string[], host: CommandHost): Promise<Design> {
  const files: NamedFile[] = [];
  const texts = new Map<string, Loaded>();
  const problems: string[] = [];
  for (const path of paths) {
    const uri = host.uriOf(path);
    if (texts.has(uri)) continue;
    const read = path === "-" ? await host.readInput() : host.read(path);
    if (read.kind === "failed") {
      problems.push(`${path === "-" ? "standard input" : path}: ${read.reason}`);
      continue;
    }
    files.push({ path, uri });
    texts.set(uri, { kind: "source", source: createSource(uri, read.text) });
  }
  if (problems.length > 0) throw new WrongUse(...problems);
  const load = loader(texts, files, host);
  const edited = applyWhatIf(load, files.map((file) => file.uri), whatIfs);
  const given = new Map(files.map((file) => [file.uri, file.path]));
  return { files, workspace: openWorkspace(edited), showUri: (uri) => given.get(uri) ?? host.showUri(uri) };
}

/** Named files from memory, `std:` from the program, imports from the disk, each read once. */
function loader(texts: Map<string, Loaded>, files: readonly NamedFile[], host: CommandHost): LoadSource {
  const paths = files.filter((file) => file.path !== "-").map((file) => file.path);
  return (uri) => {
    if (uri.startsWith("std:")) return loadStandard(uri);
    const known = texts.get(uri);
    if (known) return known;
    const read = host.readImport(uri, paths);
    const loaded: Loaded = read.kind === "text" ? { kind: "source", source: createSource(uri, read.text) } : read;
    texts.set(uri, loaded);
    return loaded;
  };
}

/** Every diagnostic of the named files, and the errors of the files that they import. */
export function checkDesign({ workspace, files }: Design): readonly Diagnostic[] {
  const named = files.map((file) => file.uri);
  const imported = importedFiles(workspace, named);
  return [
    ...named.flatMap((uri) => checkFile(workspace, uri)),
    ...imported.flatMap((uri) => checkFile(workspace, uri).filter((diagnostic) => diagnostic.severity === "error")),
  ];
}

/** The files that others import, directly or not, without the named ones and the standard library. */
export function importedFiles(workspace: Workspace, named: readonly string[]): readonly string[] {
  const seen = new Set(named);
  const waiting = [...named];
  for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) {
    for (const entry of fileScope(workspace, uri)?.imports ?? []) {
      if (entry.uri === undefined || entry.uri.startsWith("std:") || seen.has(entry.uri)) continue;
      if (!fileScope(workspace, entry.uri)) continue;
      seen.add(entry.uri);
      waiting.push(entry.uri);
    }
  }
  return [...seen].slice(named.length);
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some((diagnostic) => diagnostic.severity === "error");
