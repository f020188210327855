import { loadStandard, openWorkspace } from "../analysis";
import { asMessage, createSource, fileScope, type Diagnostic, type Loaded, type LoadSource, type Workspace } from "../core";
import type { CommandHost } from "../hosts/command-host";
import { checkFile } from "../rules";
import { measurementMissedRule } from "../rules/requirements/measurement-missed";
import { WrongUse } from "./command";
import { applyWhatIf, readWhatIf, type WhatIf } from "./what-if";

/** A file that the user named. */
export interface NamedFile {
  /** As given; `-` for standard input, `std:…` for a part of the standard library. */
  readonly path: string;
  readonly uri: string;
}

/** The edits that `--set` asked for, and the files as they are written. */
export interface AppliedWhatIf {
  readonly edits: readonly WhatIf[];
  readonly asWritten: Workspace;
}

/** The named files, read together. */
export interface Design {
  readonly files: readonly NamedFile[];
  readonly workspace: Workspace;
  readonly whatIf?: AppliedWhatIf | undefined;
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
    const uri = isStandard(path) ? path : host.uriOf(path);
    if (texts.has(uri)) continue;
    const read = await readNamed(path, uri, host);
    if (read.kind === "failed") {
      problems.push(`${path === "-" ? "standard input" : path}: ${read.reason}`);
      continue;
    }
    files.push({ path, uri });
    texts.set(uri, read);
  }
  if (problems.length > 0) throw new WrongUse(...problems);
  const load = loader(texts, files, host);
  const edits = whatIfs.map(readWhatIf);
  const edited = applyWhatIf(load, files.map((file) => file.uri), edits);
  const given = new Map(files.map((file) => [file.uri, file.path]));
  const whatIf = edits.length === 0 ? undefined : { edits, asWritten: openWorkspace(load) };
  return { files, workspace: openWorkspace(edited), whatIf, showUri: (uri) => given.get(uri) ?? host.showUri(uri) };
}

async function readNamed(path: string, uri: string, host: CommandHost): Promise<Loaded> {
  if (isStandard(path)) return loadStandard(path);
  const read = path === "-" ? await host.readInput() : host.read(path);
  if (read.kind === "text") return { kind: "source", source: createSource(uri, read.text) };
  return { kind: "failed", reason: `${read.reason}${read.isFolder ? `: name a file in it; \`${host.program} check\` without files takes every design below the current folder` : ""}` };
}

const isStandard = (path: string): boolean => path.startsWith("std:");

/** Named files from memory, `std:` from the program, imports from the disk, each read once. */
function loader(texts: Map<string, Loaded>, files: readonly NamedFile[], host: CommandHost): LoadSource {
  const paths = files.filter(({ path }) => path !== "-" && !isStandard(path)).map((file) => file.path);
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

/**
 * Every diagnostic of the named files, and the errors of the files that they import. What a what-if brought about says so:
 * it does not stand in the file.
 */
export function checkDesign({ workspace, files, whatIf }: Design): readonly Diagnostic[] {
  const named = files.map((file) => file.uri);
  const found = checkFiles(workspace, named);
  if (!whatIf) return found;
  const written = new Set(checkFiles(whatIf.asWritten, named).map(identity));
  const cause = whatIf.edits.map(({ path, value }) => `--set ${path}=${value}`).join(" ");
  const held = found.filter((diagnostic) => diagnostic.code !== measurementCode || written.has(identity(diagnostic)));
  return held.map((diagnostic) => (written.has(identity(diagnostic)) ? diagnostic : { ...diagnostic, message: asMessage(`${diagnostic.message} (with ${cause})`) }));
}

/** A measurement is of the design as it is written: what another one would miss is no news. */
const measurementCode = measurementMissedRule.entries[0]?.code;

const identity = ({ uri, code, message }: Diagnostic): string => `${uri} ${code} ${message}`;

function checkFiles(workspace: Workspace, named: readonly string[]): readonly Diagnostic[] {
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
