import { print } from "../../../grammar/src";
import { fileScope, type Workspace } from "../core";
import type { RangeEdit } from "./plain";

/** The edits that lay a file out; where text already fits it is not touched, so that cursors and marks stay. */
export function formatting(workspace: Workspace, uri: string): readonly RangeEdit[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const { text, lines, parsed } = scope.source;
  return smallEdits(text, print(parsed)).map(({ start, end, newText }) => ({ range: lines.range({ start, end }), newText }));
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13 || code === 0xfeff;

/**
 * A formatter changes the space between words and hardly ever a word: both texts are walked side by side and each run
 * of space that differs is one edit. From the first word that differs on, the rest is replaced, its common end left out.
 */
export function smallEdits(before: string, after: string): readonly Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  let to = 0;
  for (;;) {
    const start = at;
    const from = to;
    while (at < before.length && isBlank(before.charCodeAt(at))) at += 1;
    while (to < after.length && isBlank(after.charCodeAt(to))) to += 1;
    const space = after.slice(from, to);
    if (before.slice(start, at) !== space) edits.push({ start, end: at, newText: space });
    if (at === before.length && to === after.length) return edits;
    if (before.charCodeAt(at) !== after.charCodeAt(to)) break;
    while (at < before.length && before.charCodeAt(at) === after.charCodeAt(to) && !isBlank(before.charCodeAt(at))) {
      at += 1;
      to += 1;
    }
  }
  let suffix = 0;
  const most = Math.min(before.length - at, after.length - to);
  while (suffix < most && before.charCodeAt(before.length - 1 - suffix) === after.charCodeAt(after.length - 1 - suffix)) suffix += 1;
  return [...edits, { start: at, end: before.length - suffix, newText: after.slice(to, after.length - suffix) }];
}
