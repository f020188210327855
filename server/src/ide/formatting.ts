import { print, type Span } from "../../../grammar/src";
import { fileScope, type Range, type Workspace } from "../core";
import type { RangeEdit } from "./plain";

/** The edits that lay a file out; where text already fits it is not touched, so that cursors and marks stay. */
export function formatting(workspace: Workspace, uri: string): readonly RangeEdit[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const { text, lines, parsed } = scope.source;
  return smallEdits(text, print(parsed)).map(({ start, end, newText }) => ({ range: lines.range({ start, end }), newText }));
}

/** Those of these edits that concern some lines: every line that the range touches, and no other. */
export function rangeFormatting(workspace: Workspace, uri: string, range: Range): readonly RangeEdit[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const { text, lines, parsed } = scope.source;
  // a range that ends where a line begins does not touch that line
  const last = range.end.character === 0 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
  const start = lines.offset({ line: range.start.line, character: 0 });
  const end = lines.offset({ line: last, character: Number.MAX_SAFE_INTEGER });
  return smallEdits(text, print(parsed)).flatMap((edit) => within(text, edit, { start, end })).map((edit) => ({ range: lines.range(edit), newText: edit.newText }));
}

/** The part of an edit that lies in whole lines: of an edit that begins above them what follows its last line end, of one that ends below them what precedes its first. */
function within(text: string, edit: Edit, whole: Span): readonly Edit[] {
  if (edit.end < whole.start || edit.start > whole.end) return [];
  let { start, end, newText } = edit;
  if (start < whole.start) {
    const written = /[^\r\n]*$/.exec(newText)?.[0] ?? "";
    if (written.length === newText.length || !isSpace(text.slice(start, end))) return [];
    start = whole.start;
    newText = written;
  }
  if (end > whole.end) {
    const written = /^[^\r\n]*/.exec(newText)?.[0] ?? "";
    if (written.length === newText.length || !isSpace(text.slice(start, end))) return [];
    end = whole.end;
    newText = written;
  }
  return text.slice(start, end) === newText ? [] : [{ start, end, newText }];
}

const isSpace = (text: string): boolean => text.trim() === "";

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
  const rest = { start: at, end: before.length - suffix, newText: after.slice(to, after.length - suffix) };
  // what is put in where another edit begins is one with it: editors do not agree on their order
  const last = edits.at(-1);
  return last?.end === at ? [...edits.slice(0, -1), { ...rest, start: last.start, newText: last.newText + rest.newText }] : [...edits, rest];
}
