import type { Span, TextEdit } from "../../../grammar/src";
import { fileScope, names, type Diagnostic, type FixCandidate, type Severity, type Workspace } from "../core";
import { ofMeasuredPlan } from "./requirements/measurement-missed";

/** What was found in some files before and after the edits of a fix. */
export interface Checks {
  readonly before: readonly Diagnostic[];
  readonly after: readonly Diagnostic[];
  /** The diagnostic that the fix is for: one of those before. */
  readonly target: Diagnostic;
  readonly candidate: FixCandidate;
}

export interface Comparison {
  readonly isGone: boolean;
  /** Something at least as severe as the target stands where it did not stand before. */
  readonly isWorse: boolean;
}

/**
 * Follows each diagnostic through the edits: one is the same as before where its code is and its place is what has become
 * of the old place. Its message may change with the figures in it. Where the edits write a key that was inherited, what
 * was said at `extends BASE` is said there: then code and message tell that it is the same.
 * `edited`: the workspace after the edits.
 */
export function compareChecks(edited: Workspace, { before, after, target, candidate }: Checks): Comparison {
  const { edits, corrects = false } = candidate;
  const placeNow = (problem: Diagnostic): Span => (problem.uri === target.uri ? movedSpan(problem.span, edits) : problem.span);
  const waiting = new Map<string, Diagnostic[]>();
  const keyOf = ({ code, uri }: Diagnostic) => `${code} ${uri}`;
  // The target comes last: of two that stand at one place, the other is the one that is still there.
  for (const problem of [...before.filter((one) => !isSame(one, target)), target]) {
    const alike = waiting.get(keyOf(problem));
    if (alike) alike.push(problem);
    else waiting.set(keyOf(problem), [problem]);
  }
  const declarations = fileScope(edited, target.uri)?.declarations ?? [];
  const share = (left: Span, right: Span) => declarations.some((node) => contains(node, left) && contains(node, right));
  const written = writtenSpans(edits);
  const isInPlace = (now: Diagnostic, old: Diagnostic) => contains(placeNow(old), now.span);
  const tests: readonly ((now: Diagnostic, old: Diagnostic) => boolean)[] = [
    (now, old) => now.message === old.message && isInPlace(now, old),
    isInPlace,
    (now, old) => now.message === old.message && written.some((span) => contains(span, now.span)) && share(placeNow(old), now.span),
  ];
  let fresh = after;
  for (const test of tests) {
    fresh = fresh.filter((now) => {
      const alike = waiting.get(keyOf(now)) ?? [];
      const index = alike.findIndex((old) => test(now, old));
      if (index >= 0) alike.splice(index, 1);
      return index < 0;
    });
  }
  const isRevealed = (now: Diagnostic) =>
    corrects && !collisions.has(now.code) && !written.some((span) => contains(span, now.span));
  return {
    isGone: waiting.get(keyOf(target))?.includes(target) ?? false,
    isWorse: fresh.some((now) => ranks[now.severity] >= ranks[target.severity] && now.code !== ofMeasuredPlan && !isRevealed(now)),
  };
}

const ranks: Readonly<Record<Severity, number>> = { hint: 0, information: 1, warning: 2, error: 3 };

/** A corrected word that is written already beside it was no misspelling of that word. */
const collisions: ReadonlySet<string> = new Set([names.duplicateKey.entry.code, names.duplicateBlock.entry.code]);

const contains = (outer: Span, inner: Span): boolean => outer.start <= inner.start && inner.end <= outer.end;

const isSame = (left: Diagnostic, right: Diagnostic): boolean =>
  left.code === right.code && left.uri === right.uri && left.span.start === right.span.start && left.span.end === right.span.end && left.message === right.message;

/** What has become of a passage: the text that edits inside it wrote is part of it, the text beside it is not. */
function movedSpan(span: Span, edits: readonly TextEdit[]): Span {
  const isEmpty = span.start === span.end;
  let [start, end] = [span.start, span.end];
  for (const edit of edits) {
    const growth = edit.newText.length - (edit.end - edit.start);
    if (edit.start < span.start) start += edit.end <= span.start ? growth : edit.start - span.start;
    if (edit.start < span.end || (isEmpty && edit.start === span.end)) end += edit.end <= span.end ? growth : edit.start + edit.newText.length - span.end;
  }
  return { start, end };
}

/** Where the texts of the edits stand after all of them. */
function writtenSpans(edits: readonly TextEdit[]): readonly Span[] {
  let growth = 0;
  return [...edits].sort((left, right) => left.start - right.start).map(({ start, end, newText }) => {
    const at = start + growth;
    growth += newText.length - (end - start);
    return { start: at, end: at + newText.length };
  });
}
