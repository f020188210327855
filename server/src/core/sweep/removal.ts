import type { Span, TextEdit } from "../../../../grammar/src";

/** The edit that takes an item out of a list of two or more, with the comma beside it. */
export function removeItem(items: readonly Span[], item: Span): TextEdit {
  const index = items.indexOf(item);
  const [previous, next] = [items[index - 1], items[index + 1]];
  if (previous) return { start: previous.end, end: item.end, newText: "" };
  return { start: item.start, end: next?.start ?? item.end, newText: "" };
}
