/** How a breakdown is written out. */

import { describe, expect, it } from "vitest";
import { formatLayers, formatNumber, partsOf, product, quotient, sum, summarizeLayers, times } from "../../../server/src/cost/term";

describe("formatLayers", () => {
  it.each([
    [[], "[]"],
    [[0], "0"],
    [[0, 1, 2], "0..2"],
    [[0, 3, 4, 5], "[0, 3..5]"],
    [[1, 3], "[1, 3]"],
    [[5, 11, 17], "5..17 step 6"],
    [[0, 2, 4, 5], "[0, 2, 4..5]"],
  ])("%j is %s", (layers, expected) => {
    expect(formatLayers(layers)).toBe(expected);
  });
});

describe("summarizeLayers", () => {
  it.each([
    [[0, 3, 4, 5], "[0, 3..5]"],
    [[0, 2, 4, 6, 8, 10, 12], "0..12 step 2"],
    [[0, 2, 4, 6, 8, 11], "[0, 2, 4, 6, 8, 11]"],
    [[0, 2, 3, 5, 7, 9, 12, 13, 20], "[0, 2..3, 5, 7, 9] and 3 more"],
  ])("%j is %s", (layers, expected) => {
    expect(summarizeLayers(layers)).toBe(expected);
  });
});

describe("formatNumber", () => {
  it.each([
    [0, "0"], [999, "999"], [1000, "1,000"], [671_026_419_200, "671,026,419,200"], [1.25, "1.25"],
    [12_345.678_9, "12,345.6789"], [1e21, "1e+21"],
  ])("%d is %s", (number, expected) => {
    expect(formatNumber(number)).toBe(expected);
  });
});

describe("partsOf", () => {
  it("multiplies a part and the parts below it, and names the layers once", () => {
    const pair = sum("pair", [product("left", [2, 5]), product("right", [7])]);
    const total = sum("total", [times([6], times([{ value: 3, unit: "layers", layers: [0, 1, 2] }], pair))]);
    expect(total.value).toBe(6 * 3 * 17);
    expect(partsOf(total)).toEqual([
      {
        label: "pair (layers 0..2)", value: 306, formula: "6 x 3 layers x 17",
        parts: [
          { label: "left", value: 180, formula: "6 x 3 layers x 10 (2 x 5)" },
          { label: "right", value: 126, formula: "6 x 3 layers x 7" },
        ],
      },
    ]);
  });

  it("names a single layer in the singular", () => {
    const total = sum("total", [times([{ value: 1, unit: "layers", layers: [2] }], sum("dense ffn", [product("up", [7])]))]);
    expect(partsOf(total).map(({ label, formula }) => `${label} = ${formula}`)).toEqual(["dense ffn (layer 2) = 1 layer x 7"]);
  });

  it("leaves out what is zero, and writes one of a thing in the singular", () => {
    const total = sum("total", [product("none", [0]), product("one", [{ value: 1, unit: "experts" }, 4])]);
    expect(partsOf(total)).toEqual([{ label: "one", value: 4, formula: "1 expert x 4" }]);
  });

  it("shows a quotient and a sum by their numbers", () => {
    const total = sum("total", [quotient("share", 1, 4), sum("both", [product("a", [1000]), product("b", [2])])]);
    expect(partsOf(total).map(({ formula }) => formula)).toEqual(["1 / 4", "1,000 + 2"]);
  });
});
