// What the panel of a sweep makes of the designs of a run: figures, filters, order, what is copied.
import { describe, expect, test } from "vitest";
import { figureText, ticksOf, unitFor } from "../../../client/webview/sweep/figures";
import { createResults, filterOf, orderOf, tsvOf, type Results } from "../../../client/webview/sweep/results";
import type { SweepSpace } from "../../../server/src/lsp/protocol";

const time = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]] as const;
const space: SweepSpace = {
  uri: "file:///a.dsco", sweep: "S", plan: "P", version: 1, size: 12,
  axes: [
    { path: "parallelism.ep", choices: ["8", "16", "32"], numbers: [8, 16, 32], steps: [[1, ""]] },
    { path: "hardware", choices: ["Big", "Small"], numbers: null, steps: [[1, ""]] },
    { path: "hardware.gpu.memory", choices: ["80 GB", "141 GB"], numbers: [80e9, 141e9], steps: [[1e12, "TB"], [1e9, "GB"], [1, "B"]] },
  ],
  objectives: [{ id: "tokens_per_second_per_gpu", title: "Throughput", sense: "maximize", steps: [[1, "tokens/s"]] }, { id: "tpot", title: "TPOT", sense: "minimize", steps: time }],
};

/** Designs 0, 5, 7 and 11 in another order; 5 and 11 on the front. */
function results(): Results {
  const made = createResults(space);
  made.add([5, 11], [3000, 0.02, 5000, 0.04]);
  made.add([0, 7], [1000, 0.05, 2500, 0.03]);
  made.setFront([11, 5]);
  return made;
}

const view = { sort: undefined, isDescending: false, filters: {}, onlyFront: false };
const designsOf = (made: Results, rows: Uint32Array): readonly number[] => [...rows].map(made.designOf);

test("a row says the choices of its design, counted as the run counts them: the last key varies fastest", () => {
  const made = results();
  const row = made.rowOf(7) ?? -1;
  expect(made.columns.map(({ text }) => text(row))).toEqual(["7", "16", "Small", "141 GB", "2,500", "30"]);
  expect(made.columns.map(({ title }) => title)).toEqual(["design", "ep", "hardware", "memory", "Throughput", "TPOT"]);
  expect(made.columns.map(({ isScale }) => isScale)).toEqual([false, true, false, true, true, true]);
  expect(made.columns.at(-1)?.unit()).toEqual({ scale: 1e-3, name: "ms" });
  expect(made.rowOf(1)).toBeUndefined();
});

test.each([
  [{}, [0, 5, 7, 11]],
  [{ sort: "tokens_per_second_per_gpu", isDescending: true }, [11, 5, 7, 0]],
  [{ sort: "tpot" }, [5, 7, 11, 0]],
  [{ sort: "hardware" }, [0, 5, 7, 11]],
  [{ sort: "hardware", isDescending: true }, [7, 11, 0, 5]],
  [{ onlyFront: true }, [5, 11]],
  [{ filters: { tpot: "<= 30" } }, [5, 7]],
  [{ filters: { tpot: "20..30", hardware: "small" } }, [7]],
  [{ filters: { "parallelism.ep": "16" } }, [5, 7]],
  [{ filters: { "hardware.gpu.memory": ">100" }, sort: "design", isDescending: true }, [11, 7, 5]],
  [{ filters: { "hardware.gpu.memory": "80 GB" } }, [0]],
  [{ filters: { tokens_per_second_per_gpu: "2,500" } }, [7]],
  [{ filters: { tpot: "> 1000" } }, []],
])("rows that are wanted, in order: %j", (wanted, designs) => {
  const made = results();
  expect(designsOf(made, orderOf(made, { ...view, ...wanted }))).toEqual(designs);
});

test("a filter of spaces is none", () => {
  const [column] = results().columns;
  if (!column) throw new Error("no column");
  expect(filterOf(column, "  ")).toBeUndefined();
});

test("what is copied has every digit in base units, and says what is on the front", () => {
  const made = results();
  expect(tsvOf(made, orderOf(made, { ...view, onlyFront: true }))).toBe(
    "design\tparallelism.ep\thardware\thardware.gpu.memory\ttokens_per_second_per_gpu\ttpot\tpareto\n5\t16\tBig\t141 GB\t3000\t0.02\ttrue\n11\t32\tSmall\t141 GB\t5000\t0.04\ttrue\n");
});

describe("figures", () => {
  test.each([
    [0, 1, "0"], [42, 1, "42"], [5624.6, 1, "5,625"], [1234567, 1, "1,234,567"], [45.514, 1, "45.51"], [0.4551, 1, "0.4551"], [0.04551, 1e-3, "45.51"], [0.00001234, 1, "1.234e-5"], [999.96, 1, "1,000"],
    [Number.NaN, 1, "–"], [Number.POSITIVE_INFINITY, 1, "–"],
  ])("%d at %d is %s", (value, scale, text) => expect(figureText(value, { scale, name: "" })).toBe(text));

  test.each([[12, "s"], [1, "s"], [0.5, "ms"], [2e-5, "µs"], [1e-9, "µs"]])("the unit of up to %d s is %s", (largest, name) => expect(unitFor(time, largest).name).toBe(name));

  test.each<readonly [number, number, boolean, number, readonly number[]]>([
    [0, 10, false, 5, [0, 2, 4, 6, 8, 10]], [21, 73, false, 6, [30, 40, 50, 60, 70]], [3, 3, false, 5, [3]],
    [1, 1000, true, 6, [1, 10, 100, 1000]], [20, 90, true, 6, [20, 50]], [2, 200, true, 8, [2, 5, 10, 20, 50, 100, 200]], [1e-9, 1e9, true, 5, [1e-9, 1e-5, 1e-1, 1e3, 1e7]],
  ])("lines between %d and %d (logarithmic: %j), at most about %d", (from, to, isLog, most, expected) => {
    const found = ticksOf(from, to, isLog, most);
    expect(found.length).toBe(expected.length);
    for (const [index, tick] of found.entries()) expect(tick).toBeCloseTo(expected[index] ?? Number.NaN, 9);
  });
});
