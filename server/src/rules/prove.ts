import type { BlockDeclaration, TextEdit } from "../../../grammar/src";
import { figuresOf, openWorkspace, type MetricFigure } from "../analysis";
import { bindDeclaration, createSource, fileScope, type Diagnostic, type FixCandidate, type Workspace } from "../core";
import { formatQuantity } from "../units";
import { checkFile } from "./check";

/** A quick fix that was applied in memory and worked. Its title says what it buys. */
export interface ProvedFix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly preferred: boolean;
}

/** Applies edits to a text; they do not overlap and may come in any order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const edit of [...edits].sort((left, right) => right.start - left.start)) {
    result = result.slice(0, edit.start) + edit.newText + result.slice(edit.end);
  }
  return result;
}

/**
 * The fixes of a diagnostic that keep their promise: after the edit the diagnostic is gone and no error stands that
 * did not stand before. Everything else is left out.
 */
export function provedFixes(workspace: Workspace, diagnostic: Diagnostic): readonly ProvedFix[] {
  const candidates = diagnostic.fixes?.() ?? [];
  if (candidates.length === 0) return [];
  const before = checkFile(workspace, diagnostic.uri);
  return candidates.flatMap((candidate) => {
    const title = prove(workspace, diagnostic, candidate, before);
    return title === undefined ? [] : [{ title, edits: candidate.edits, preferred: candidate.preferred ?? false }];
  });
}

/** The title of a fix that works, with what it changes; `undefined` where it does not. */
function prove(workspace: Workspace, diagnostic: Diagnostic, candidate: FixCandidate, before: readonly Diagnostic[]): string | undefined {
  const source = fileScope(workspace, diagnostic.uri)?.source;
  if (!source) return undefined;
  const edited = createSource(source.uri, applyEdits(source.text, candidate.edits), source.version, source);
  const after = openWorkspace((uri) => (uri === source.uri ? { kind: "source", source: edited } : workspace.load(uri)));
  const found = checkFile(after, source.uri);
  const same = (other: Diagnostic) => other.code === diagnostic.code;
  if (count(found, same) >= count(before, same)) return undefined;
  for (const error of found) {
    if (error.severity !== "error") continue;
    const alike = (other: Diagnostic) => other.code === error.code && other.message === error.message;
    if (count(found, alike) > count(before, alike)) return undefined;
  }
  const gain = gains(workspace, after, diagnostic, candidate.shows ?? []);
  return gain === "" ? candidate.title : `${candidate.title}: ${gain}`;
}

const count = <Item>(items: readonly Item[], test: (item: Item) => boolean): number => items.filter(test).length;

/** `Active parameters 37.55B → 36.10B`, for the metrics a fix wants shown, where they changed. */
function gains(before: Workspace, after: Workspace, diagnostic: Diagnostic, ids: readonly string[]): string {
  if (ids.length === 0) return "";
  const old = figuresAt(before, diagnostic.uri, diagnostic.span.start);
  const index = old?.index ?? -1;
  const changed = figuresOfIndex(after, diagnostic.uri, index);
  const parts = ids.flatMap((id) => {
    const left = old?.figures.find((metric) => metric.id === id);
    const right = changed.find((metric) => metric.id === id);
    if (!right || right.figure.kind !== "value") return [];
    const now = formatQuantity(right.figure.value, right.dimension);
    if (left?.figure.kind !== "value") return [`${right.title.toLowerCase()} ${now}`];
    return left.figure.value === right.figure.value ? [] : [`${right.title.toLowerCase()} ${formatQuantity(left.figure.value, left.dimension)} → ${now}`];
  });
  return parts.join(", ");
}

function figuresAt(workspace: Workspace, uri: string, offset: number): { readonly index: number; readonly figures: readonly MetricFigure[] } | undefined {
  const blocks = blocksOf(workspace, uri);
  const index = blocks.findIndex((node) => node.start <= offset && offset <= node.end);
  return index < 0 ? undefined : { index, figures: figuresOfIndex(workspace, uri, index) };
}

function figuresOfIndex(workspace: Workspace, uri: string, index: number): readonly MetricFigure[] {
  const scope = fileScope(workspace, uri);
  const node = blocksOf(workspace, uri)[index];
  const declaration = scope && node && bindDeclaration(workspace, node, scope);
  return declaration ? figuresOf(workspace, declaration) : [];
}

const blocksOf = (workspace: Workspace, uri: string): readonly BlockDeclaration[] =>
  (fileScope(workspace, uri)?.declarations ?? []).filter((node): node is BlockDeclaration => node.kind === "declaration");
