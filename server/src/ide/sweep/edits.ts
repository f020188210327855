/** Edits of one text that follow one another, as edits of the text before all of them. */

import type { TextEdit } from "../../../../grammar/src";
import { applyEdits } from "../../rules";

/** `done`: edits of `before`, in order; `next`: edits of what they make of it. The same text as both one after the other. */
export function composed(before: string, done: readonly TextEdit[], next: readonly TextEdit[]): readonly TextEdit[] {
  const after = applyEdits(applyEdits(before, done), next);
  const edits = [...next].sort((left, right) => right.start - left.start).reduce<readonly TextEdit[] | undefined>((known, edit) => known && withEdit(known, edit), done);
  return edits && applyEdits(before, edits) === after ? edits : [difference(before, after)];
}

/** `undefined` where an edit changes something that is partly new. Edits of one text are added from the last one on, so that places hold. */
function withEdit(done: readonly TextEdit[], edit: TextEdit): readonly TextEdit[] | undefined {
  let delta = 0;
  for (const [index, known] of done.entries()) {
    const from = known.start + delta;
    const to = from + known.newText.length;
    if (edit.end < from) break;
    if (from <= edit.start && edit.end <= to) {
      const newText = known.newText.slice(0, edit.start - from) + edit.newText + known.newText.slice(edit.end - from);
      return done.map((each, place) => (place === index ? { ...known, newText } : each));
    }
    if (edit.start < to) return undefined;
    delta += known.newText.length - (known.end - known.start);
  }
  const moved = { start: edit.start - delta, end: edit.end - delta, newText: edit.newText };
  return [...done, moved].sort((left, right) => left.start - right.start);
}

/** All that differs between two texts as one edit. */
function difference(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail, newText: after.slice(start, after.length - tail) };
}
