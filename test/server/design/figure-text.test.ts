// How a report writes a figure that a what-if changed.
import { describe, expect, test } from "vitest";
import { figureText, missingNames } from "../../../server/src/design";
import type { Figure } from "../../../server/src/cost/metric";
import { dimensions } from "../../../server/src/units";

const value = (seconds: number, ideal?: number): Figure => ({ kind: "value", value: seconds, ...(ideal === undefined ? {} : { ideal }) });
const gone: Figure = { kind: "unavailable", reason: "tp does not divide" };
const time = { id: "step_time", title: "Step time", unit: "s", dimension: dimensions.time, share: false, documentation: "", formula: "", source: "" } as const;

test.each<[string, Figure, Figure, string, string]>([
  ["both change", value(2, 1), value(4, 3), "2 s → 4 s", "1 s → 3 s"],
  ["neither changes", value(2, 1), value(2, 1), "2 s", "1 s"],
  ["the figure goes", value(2, 1), gone, "2 s → not computed", ""],
  ["the figure comes", gone, value(2, 1), "not computed → 2 s", "1 s"],
  ["the bound alone goes", value(2, 1), value(4), "2 s → 4 s", "1 s → not computed"],
  ["there never was a bound", value(2), value(4), "2 s → 4 s", ""],
])("%s", (_, before, figure, short, ideal) => {
  expect(figureText({ ...time, figure, before })).toMatchObject({ short, ideal });
});

describe("what is not computed", () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

  test("is listed, and counted where the list would be long", () => {
    expect(missingNames({ reason: "", ids: names(3) })).toBe("m0, m1, m2");
    expect(missingNames({ reason: "", ids: names(11) })).toMatch(/m9, m10$/);
    expect(missingNames({ reason: "", ids: names(45) }, (id) => `<${id}>`)).toMatch(/^<m0>, .*, <m9> and 35 others$/);
  });
});
