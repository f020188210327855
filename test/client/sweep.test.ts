// Running a sweep from the editor: which sweep is meant, what a page may say and keep.
import { describe, expect, test } from "vitest";
import { designOf, designPath } from "../../client/src/features/sweep/design-path";
import { isFromSweep, isSweepState } from "../../client/src/features/sweep/sweep-messages";
import { sweepAt, sweepsOf } from "../../client/src/features/sweep/sweeps-of-text";

const text = "let a = 1\r\nsweep One of Plan {\n  tp = [1]\n}\n// sweep Not of Plan\n  sweep Two of Other { }\nsweep of Plan\n";

test("the sweeps of a text, with their lines", () => {
  expect(sweepsOf(text)).toEqual([{ name: "One", line: 1 }, { name: "Two", line: 5 }]);
});

test.each([[0, undefined], [1, "One"], [3, "One"], [5, "Two"], [9, "Two"]])("at line %i stands %s", (line, name) => {
  expect(sweepAt(sweepsOf(text), line)?.name).toBe(name);
});

test("a page about a design says of which run it is", () => {
  const address = designPath("Serve", { run: "ab-1", design: 12 });
  expect(address.path).toMatch(/12.*Serve.*\.md$/);
  expect(designOf(address)).toEqual({ run: "ab-1", design: 12 });
  expect(["{}", "null", "not json", '{"run":1,"design":2}'].map((query) => designOf({ query }))).toEqual([undefined, undefined, undefined, undefined]);
});

describe("what a page sends and keeps", () => {
  test.each([{ type: "run" }, { type: "cancel" }, { type: "go" }, { type: "apply", design: 0 }, { type: "compare", design: 3 }, { type: "options", design: 3 }, { type: "copy", text: "a" }])("%j is a message", (message) => {
    expect(isFromSweep(message)).toBe(true);
  });

  test.each([null, "run", {}, { type: "delete" }, { type: "apply" }, { type: "apply", design: -1 }, { type: "compare", design: 0.5 }, { type: "options", design: "3" }, { type: "copy" }])("%j is none", (message) => {
    expect(isFromSweep(message)).toBe(false);
  });

  const target = { uri: "file:///a.dsco", declaration: "S" };
  const view = { sort: "tpot", isDescending: false, filters: {}, onlyFront: false, x: undefined, y: undefined, logX: false, logY: true, selected: 3 };
  test.each([[{ target, isWanted: true }, true], [{ target, isWanted: false, view }, true], [{ target }, false], [{ isWanted: true }, false], [{ target, isWanted: true, view: { filters: {} } }, false], [undefined, false]])("%j: %j", (state, isState) => {
    expect(isSweepState(state)).toBe(isState);
  });
});
