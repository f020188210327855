import { openWorkspace } from "../analysis";
import { asMessage, fileScope, type Diagnostic, type LoadSource, type Workspace } from "../core";
import { checkFile, type Cancellation } from "../rules";
import { measurementMissedRule } from "../rules/requirements/measurement-missed";
import { applyWhatIf, readWhatIf, type WhatIf } from "./what-if";

/** A file that the user named. */
export interface NamedFile {
  /** As given; `-` for standard input, `std:…` for a part of the standard library. */
  readonly path: string;
  readonly uri: string;
}

/** The edits that were asked for, and the files as they are written. */
export interface AppliedWhatIf {
  readonly edits: readonly WhatIf[];
  /** What stands before an edit where the caller writes one. */
  readonly option: string;
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

/** What a design is read from. */
export interface DesignFiles {
  readonly files: readonly NamedFile[];
  readonly load: LoadSource;
  readonly showUri: Design["showUri"];
}

/**
 * The named files in one workspace, with edits (`NAME.path=VALUE`) made in memory. `option`: what stands before an edit where the
 * caller writes one, for messages. Throws `WrongUse` for an edit that cannot be made.
 */
export function joinDesign({ files, load, showUri }: DesignFiles, edits: readonly string[], option: string): Design {
  const whatIfs = edits.map((edit) => readWhatIf(edit, option));
  const edited = applyWhatIf(load, files.map((file) => file.uri), whatIfs, option);
  const whatIf = whatIfs.length === 0 ? undefined : { edits: whatIfs, option, asWritten: openWorkspace(load) };
  return { files, workspace: openWorkspace(edited), whatIf, showUri };
}

/**
 * Every diagnostic of the named files, and the errors of the files that they import. What a what-if brought about says so:
 * it does not stand in the file. Throws `Cancelled` when asked to stop.
 */
export function checkDesign({ workspace, files, whatIf }: Design, cancellation?: Cancellation): readonly Diagnostic[] {
  const named = files.map((file) => file.uri);
  const found = checkFiles(workspace, named, cancellation);
  if (!whatIf) return found;
  found.push(...libraryErrors(workspace, whatIf.asWritten, cancellation));
  const written = new Set(checkFiles(whatIf.asWritten, named, cancellation).map(identity));
  const cause = whatIf.edits.map(({ path, value }) => `${whatIf.option}${path}=${value}`).join(" ");
  const held = found.filter((diagnostic) => diagnostic.code !== measurementCode || written.has(identity(diagnostic)));
  return held.map((diagnostic) => (written.has(identity(diagnostic)) ? diagnostic : { ...diagnostic, message: asMessage(`${diagnostic.message} (with ${cause})`) }));
}

/** A measurement is of the design as it is written: what another one would miss is no news. */
export const measurementCode = measurementMissedRule.entries[0]?.code;

const identity = ({ uri, code, message }: Diagnostic): string => `${uri} ${code} ${message}`;

/** Errors of files of the standard library that an edit in memory has changed: as it is written the library has none. */
function libraryErrors(workspace: Workspace, asWritten: Workspace, cancellation: Cancellation | undefined): readonly Diagnostic[] {
  const edited = [...workspace.cache.files].flatMap(([uri, scope]) =>
    (uri.startsWith("std:") && scope && scope.source.text !== fileScope(asWritten, uri)?.source.text ? [uri] : []));
  return edited.flatMap((uri) => checkFile(workspace, uri, cancellation).filter(({ severity }) => severity === "error"));
}

function checkFiles(workspace: Workspace, named: readonly string[], cancellation: Cancellation | undefined): Diagnostic[] {
  const imported = importedFiles(workspace, named);
  return [
    ...named.flatMap((uri) => checkFile(workspace, uri, cancellation)),
    ...imported.flatMap((uri) => checkFile(workspace, uri, cancellation).filter((diagnostic) => diagnostic.severity === "error")),
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
