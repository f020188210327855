import type { TextEdit } from "../../../../grammar/src";
import { openWorkspace } from "../../analysis";
import { createSource, fileScope, placesOf, type FileScope, type Meaning, type PlacedName, type Target, type Workspace } from "../../core";
import { applyEdits } from "../../rules";
import { placeText } from "../describe";

/** The edits of a renaming by file. */
export type EditsByFile = ReadonlyMap<string, readonly TextEdit[]>;

/**
 * Applies a renaming in memory and looks at every place where the old or the new name stands, in each file that is
 * edited: all others see neither. Where the grammar has nothing new to say and each place means what it meant, an
 * imported name too, no figure and no diagnostic is another one but for the name in it. Gives the reason, as a sentence,
 * where that is not so.
 */
export function whyNotProved(workspace: Workspace, edits: EditsByFile, from: string, to: string): string | undefined {
  const edited = new Map([...edits].flatMap(([uri, list]) => {
    const source = fileScope(workspace, uri)?.source;
    return source ? [[uri, createSource(uri, applyEdits(source.text, list), source.version, source)] as const] : [];
  }));
  const after = openWorkspace((uri) => {
    const source = edited.get(uri);
    return source ? { kind: "source", source } : workspace.load(uri);
  }, workspace);
  const names = new Set([from, to]);
  for (const uri of edited.keys()) {
    const [before, now] = [fileScope(workspace, uri), fileScope(after, uri)];
    if (!before || !now) continue;
    if (now.source.parsed.errors.length > before.source.parsed.errors.length) return `${placeText(before.source, 0)} could not be read with that name.`;
    const reason = changedMeaning(workspace, after, before, now, edits, names, to);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The first place that means something else after the edits. */
function changedMeaning(
  workspace: Workspace, after: Workspace, file: FileScope, edited: FileScope, edits: EditsByFile, names: ReadonlySet<string>, to: string,
): string | undefined {
  const [before, now] = [placesOf(workspace, file, names), placesOf(after, edited, names)];
  const own = edits.get(file.uri) ?? [];
  const index = before.findIndex((place, at) => !isSamePlace(place, now[at], own) || !isSameMeaning(place.meaning, now[at]?.meaning, edits));
  if (index < 0 && before.length === now.length) return undefined;
  const [changed, added] = [before[index], now[before.length]];
  const where = changed ? placeText(file.source, changed.span.start) : placeText(edited.source, added?.span.start ?? 0);
  return `\`${to}\` would not mean the same everywhere: at ${where} it is also the name of something else.`;
}

const isSamePlace = (before: PlacedName, now: PlacedName | undefined, edits: readonly TextEdit[]): boolean =>
  now !== undefined && now.role === before.role && now.span.start === movedOffset(before.span.start, edits);

function isSameMeaning(before: Meaning | undefined, now: Meaning | undefined, edits: EditsByFile): boolean {
  if (before === undefined || now === undefined) return before === now;
  return isSameTarget(before.target, now.target, edits) && (before.overrides === undefined
    ? now.overrides === undefined
    : now.overrides !== undefined && isSameTarget(before.overrides, now.overrides, edits));
}

function isSameTarget(before: Target, now: Target, edits: EditsByFile): boolean {
  const at = movedOffset(before.node.start, edits.get(before.uri) ?? []);
  return before.kind === now.kind && before.uri === now.uri && before.member === now.member && now.node.start === at;
}

/** Where a place that no edit touches is after them. */
function movedOffset(offset: number, edits: readonly TextEdit[]): number {
  return edits.reduce((moved, { start, end, newText }) => (end <= offset ? moved + newText.length - (end - start) : moved), offset);
}
