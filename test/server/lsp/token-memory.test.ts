import fc from "fast-check";
import { expect, test } from "vitest";
import { createTokenMemory, difference } from "../../../server/src/lsp/token-memory";

const apply = (data: readonly number[], edits: ReturnType<typeof difference>): readonly number[] =>
  edits.reduce((all: readonly number[], { start, deleteCount, data: inserted = [] }) => [...all.slice(0, start), ...inserted, ...all.slice(start + deleteCount)], data);

test("the difference of two lists makes one of the other", () => {
  const list = fc.array(fc.nat(3), { maxLength: 12 });
  fc.assert(fc.property(list, list, (before, after) => {
    expect(apply(before, difference(before, after))).toEqual(after);
  }), { examples: [[[], []], [[1], []], [[], [1]], [[1, 2, 3], [1, 3]], [[1, 1], [1]]] });
  expect(difference([1, 2], [1, 2])).toEqual([]);
  expect(difference([1, 2, 3, 4], [1, 9, 9, 4])).toEqual([{ start: 1, deleteCount: 2, data: [9, 9] }]);
});

test("only the answer that was given last can be continued", () => {
  const memory = createTokenMemory(() => true);
  const first = memory.whole("a", [1, 2]);
  const second = memory.since("a", first.resultId ?? "", [1, 3]);
  expect(second).toMatchObject({ edits: [{ start: 1, deleteCount: 1, data: [3] }] });
  expect(memory.since("a", first.resultId ?? "", [1, 4])).toMatchObject({ data: [1, 4] });
  expect(memory.since("b", second.resultId ?? "", [5])).toMatchObject({ data: [5] });
});

test("of a closed document nothing is kept", () => {
  let isOpen = true;
  const memory = createTokenMemory(() => isOpen);
  const { resultId = "" } = memory.whole("a", [1]);
  isOpen = false;
  memory.whole("b", [2]);
  expect(memory.since("a", resultId, [1])).toMatchObject({ data: [1] });
});
