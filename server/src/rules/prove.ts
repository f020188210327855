import type { BlockDeclaration, TextEdit } from "../../../grammar/src";
import { figuresOf, openWorkspace, type MetricFigure } from "../analysis";
import { asMessage, bindDeclaration, createSource, fileScope, type Diagnostic, type FixCandidate, type Workspace } from "../core";
import { formatExact, formatQuantity } from "../units";
import { checkFile } from "./check";
import { compareChecks } from "./compare-checks";

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
 * The fixes of a diagnostic that keep their promise: after the edit this diagnostic is gone from its place, and nothing as
 * severe as it (an error least of all) stands in the file, or in a known file that imports it, at a place where it did
 * not stand before. Everything else is left out.
 */
export function provedFixes(workspace: Workspace, diagnostic: Diagnostic): readonly ProvedFix[] {
  const candidates = diagnostic.fixes?.() ?? [];
  if (candidates.length === 0) return [];
  const uris = [diagnostic.uri, ...importersOf(workspace, diagnostic.uri)];
  const before = checkFiles(workspace, uris);
  const titles = new Set<string>();
  return candidates.flatMap((candidate) => {
    for (let tried: FixCandidate | undefined = candidate; tried; tried = tried.fallback) {
      const title = prove(workspace, diagnostic, tried, uris, before);
      if (title === undefined) continue;
      if (titles.has(title)) return [];
      titles.add(title);
      return [{ title, edits: tried.edits, preferred: tried.preferred ?? false }];
    }
    return [];
  });
}

/**
 * The workspace after edits of one file that bring no new error or warning to it or to a known file that imports it; `undefined` where
 * they do: for changes that nobody's diagnostic asked for.
 */
export function harmless(workspace: Workspace, uri: string, edits: readonly TextEdit[]): Workspace | undefined {
  const source = fileScope(workspace, uri)?.source;
  if (!source || overlap(edits)) return undefined;
  const edited = createSource(uri, applyEdits(source.text, edits), source.version, source);
  if (edited.parsed.errors.length > source.parsed.errors.length) return undefined;
  const after = openWorkspace((wanted) => (wanted === uri ? { kind: "source", source: edited } : workspace.load(wanted)), workspace);
  const uris = [uri, ...importersOf(workspace, uri)];
  const counts = new Map<string, number>();
  const weigh = (found: readonly Diagnostic[], weight: 1 | -1): void => {
    for (const { severity, code } of found) if (severity === "error" || severity === "warning") counts.set(code, (counts.get(code) ?? 0) + weight);
  };
  weigh(checkFiles(workspace, uris), -1);
  weigh(checkFiles(after, uris), 1);
  return [...counts.values()].every((count) => count <= 0) ? after : undefined;
}

/** The files of the workspace, as far as it has met them, that import a file themselves or through others. */
function importersOf(workspace: Workspace, uri: string): readonly string[] {
  const reached = new Set([uri]);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const [candidate, scope] of workspace.cache.files) {
      if (scope?.imports.some((entry) => entry.uri !== undefined && reached.has(entry.uri))) reached.add(candidate);
    }
  }
  reached.delete(uri);
  return [...reached];
}

const checkFiles = (workspace: Workspace, uris: readonly string[]): readonly Diagnostic[] => uris.flatMap((uri) => checkFile(workspace, uri));

/** The title of a fix that works, with what it changes; `undefined` where it does not. */
function prove(
  workspace: Workspace, diagnostic: Diagnostic, candidate: FixCandidate, uris: readonly string[], before: readonly Diagnostic[],
): string | undefined {
  const source = fileScope(workspace, diagnostic.uri)?.source;
  if (!source || overlap(candidate.edits)) return undefined;
  const edited = createSource(source.uri, applyEdits(source.text, candidate.edits), source.version, source);
  const after = openWorkspace((uri) => (uri === source.uri ? { kind: "source", source: edited } : workspace.load(uri)), workspace);
  const found = checkFiles(after, uris);
  const { isGone, isWorse } = compareChecks(after, { before, after: found, target: diagnostic, candidate });
  if (!isGone || isWorse) return undefined;
  const gain = gains(workspace, after, diagnostic, candidate.shows ?? []) || (candidate.otherwise ?? "");
  if (gain === "") return asMessage(candidate.title);
  return asMessage(`${candidate.title}${candidate.title.includes(": ") ? "; " : ": "}${gain}`);
}

/** Edits that meet cannot be applied one by one, whatever their order. */
function overlap(edits: readonly TextEdit[]): boolean {
  const sorted = [...edits].sort((left, right) => left.start - right.start);
  return sorted.some((edit, index) => edit.start < (sorted[index - 1]?.end ?? 0));
}

/** `active parameters 37.55B → 36.10B`, for the metrics a fix wants shown, where they changed. */
function gains(before: Workspace, after: Workspace, diagnostic: Diagnostic, ids: readonly string[]): string {
  if (ids.length === 0) return "";
  const at = (diagnostic.owner ?? diagnostic.span).start;
  const owner = blocksOf(before, diagnostic.uri).find((node) => node.start <= at && at <= node.end);
  if (!owner) return "";
  // A fix may add a declaration, of another kind than the one whose figures it changes.
  const index = blocksOf(before, diagnostic.uri, owner.keyword).indexOf(owner);
  const [old, now] = [before, after].map((workspace) => figuresAt(workspace, diagnostic.uri, blocksOf(workspace, diagnostic.uri, owner.keyword)[index]));
  if (!old || !now) return "";
  const parts = ids.flatMap((id) => {
    const left = old.find((metric) => metric.id === id);
    const right = now.find((metric) => metric.id === id);
    if (right?.figure.kind !== "value") return [];
    const name = inSentence(right.title);
    const value = formatQuantity(right.figure.value, right.dimension);
    if (left?.figure.kind !== "value") return [`${name} ${value}`];
    if (left.figure.value === right.figure.value) return [];
    const was = formatQuantity(left.figure.value, left.dimension);
    if (was !== value) return [`${name} ${was} → ${value}`];
    return [`${name} ${formatExact(left.figure.value, left.dimension)} → ${formatExact(right.figure.value, right.dimension)}`];
  });
  return parts.join(", ");
}

/** A metric's title inside a sentence: `parameters`, but `KV cache per token`. */
const inSentence = (title: string): string => (/^[A-Z]{2}/.test(title) ? title : `${title.charAt(0).toLowerCase()}${title.slice(1)}`);

function figuresAt(workspace: Workspace, uri: string, node: BlockDeclaration | undefined): readonly MetricFigure[] {
  const scope = fileScope(workspace, uri);
  const declaration = scope && node && bindDeclaration(workspace, node, scope);
  return declaration ? figuresOf(workspace, declaration) : [];
}

/** The declarations of a file, or those of a kind. */
const blocksOf = (workspace: Workspace, uri: string, keyword?: BlockDeclaration["keyword"]): readonly BlockDeclaration[] =>
  (fileScope(workspace, uri)?.declarations ?? []).filter(
    (node): node is BlockDeclaration => node.kind === "declaration" && (keyword === undefined || node.keyword === keyword),
  );
