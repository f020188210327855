import { expect, test } from "vitest";
import type { InlayHint } from "../../../server/src/ide";
import { createHintMemory, staleHint } from "../../../server/src/lsp/hint-memory";
import { lineMapping } from "../../../server/src/lsp/line-mapping";

const hint = (line: number, label: string): InlayHint => ({ kind: "defaults", position: { line, character: 9 }, label, tooltip: "By default" });
const lines = (from: number, to: number) => ({ start: { line: from, character: 0 }, end: { line: to, character: 0 } });
const shown = (hints: readonly InlayHint[]) => hints.map(({ position, label, tooltip }) => `${position.line} ${label}${tooltip.startsWith(staleHint) ? " (before)" : ""}`);

test("hints stay while the text is broken, on the lines that say what they said, and go when it can be read", () => {
  const memory = createHintMemory();
  const all = lines(0, 9);
  expect(shown(memory.kept("a", "one\ntwo\nthree", all, [hint(0, "x"), hint(2, "y")], false))).toEqual(["0 x", "2 y"]);
  // two lines came in between, and the first one changed
  expect(shown(memory.kept("a", "on\ntwo\n\n\nthree", all, [], true))).toEqual(["4 y (before)"]);
  expect(shown(memory.kept("b", "on\ntwo\n\n\nthree", all, [], true))).toEqual([]);
  // the same again, one mark each; what is found now stands in its place
  expect(shown(memory.kept("a", "on\ntwo\n\n\nthree", all, [], true))).toEqual(["4 y (before)"]);
  expect(shown(memory.kept("a", "on\ntwo\n\n\nthree", all, [hint(4, "z")], true))).toEqual(["4 z"]);
  expect(shown(memory.kept("a", "on\ntwo\n\n\nthree", all, [], false))).toEqual([]);
  expect(shown(memory.kept("a", "on\ntwo\n\n\nthree", all, [], true))).toEqual([]);
});

test("hints outside the range that is asked for are remembered, and of a closed document none", () => {
  const memory = createHintMemory();
  const text = "one\ntwo\nthree";
  memory.kept("a", text, lines(0, 0), [hint(0, "x")], false);
  memory.kept("a", text, lines(2, 2), [hint(2, "y")], false);
  expect(shown(memory.kept("a", text, lines(0, 0), [], true))).toEqual(["0 x (before)"]);
  expect(shown(memory.kept("a", text, lines(0, 2), [], true))).toEqual(["0 x (before)", "2 y (before)"]);
  memory.forget("a");
  expect(shown(memory.kept("a", text, lines(0, 2), [], true))).toEqual([]);
});

test("a line is found again behind an edit in front of it", () => {
  const { line, unchanged } = lineMapping("a\nb\nc", "a\nx\ny\nc");
  expect([0, 1, 2].map(unchanged)).toEqual([0, undefined, 3]);
  expect([0, 1, 2].map(line)).toEqual([0, 1, 3]);
  expect(unchanged(7)).toBeUndefined();
});
