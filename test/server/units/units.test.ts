import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unitNames } from "../../../grammar/src";
import {
  describeDimension, dimensions, divideDimensions, formatCount, formatExact, formatPart, formatPercent, formatQuantity, formatShortest, formatWithExact, multiplyDimensions,
  sameDimension, units,
} from "../../../server/src/units";

const { bytes, byteRate, time, work, workRate, none, money, moneyRate } = dimensions;

test.each([
  [989e12, workRate, "989 TFLOPS"], [2 / 3600, moneyRate, "2 USD/h"], [0.5 / 3600, moneyRate, "0.5 USD/h"], [3.33e-6, time, "3.33 µs"], [0.5e-9, time, "0.5 ns"],
  [84_943_110_144, bytes, "84,943,110,144 B"], [0, bytes, "0 B"], [0, time, "0 s"], [106.107395496, time, "106.1 s"], [1 / 3, time, "333.3 ms"],
])("the shortest text of %d loses nothing that was written", (value, dimension, text) => {
  expect(formatShortest(value, dimension)).toBe(text);
});

test.each([[70_272, bytes, "70,272 B"], [0.0123456, time, "12.35 ms"], [12, none, "12"], [0.25, none, "0.2500"]])("a part of %d is written in all its digits where it is whole", (value, dimension, text) => {
  expect(formatPart(value, dimension)).toBe(text);
});

describe("figures for reading", () => {
  test.each([
    [70_272, bytes, "70.27 KB"],
    [516_096, bytes, "516.1 KB"],
    [128, bytes, "128 B"],
    [0, bytes, "0 B"],
    [999_999, bytes, "1.000 MB"],
    [80e9, bytes, "80.00 GB"],
    [250.45e9, work, "250.4 GFLOP"],
    [989e12, workRate, "989.0 TFLOPS"],
    [120.96e-6, time, "121.0 µs"],
    [19.926, time, "19.93 s"],
    [14.76e-3, time, "14.76 ms"],
    [3599, time, "3599 s"],
    [55_520, time, "15.42 h"],
    [150_000, time, "1.736 d"],
    [50e9, byteRate, "50.00 GB/s"],
    [2 / 3600, moneyRate, "2.000 USD/h"],
    [5.576e6, money, "5.576 MUSD"],
    [671_026_419_200, none, "671.0B"],
    [4096, none, "4096"],
    [9999.6, none, "10.00K"],
    [0.0559624, none, "0.05596"],
    [Number.NaN, bytes, "not a finite number"],
  ])("%d is written %s", (value, dimension, text) => {
    expect(formatQuantity(value, dimension)).toBe(text);
  });

  test("the exact figure stands beside the short one only where it adds something", () => {
    expect(formatWithExact(70_272, bytes)).toBe("70.27 KB (70,272 B)");
    expect(formatWithExact(256, bytes)).toBe("256 B");
    expect(formatWithExact(4096, none)).toBe("4096");
    expect(formatExact(671_026_419_200, none)).toBe("671,026,419,200");
    expect(formatPercent(0.0559724)).toBe("5.597 %");
  });

  test("four significant digits, and within half a unit of the last one", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e4, max: 9.9e15, noNaN: true }), (value) => {
        const text = formatCount(value);
        const scale = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[text.slice(-1)] ?? 1;
        const shown = Number.parseFloat(text) * scale;
        expect(Math.abs(shown - value) / value).toBeLessThanOrEqual(0.5e-3);
      }),
    );
  });
});

describe("units", () => {
  test("the lexer's spellings and the units that have a meaning are the same", () => {
    expect([...units.keys()].sort()).toEqual([...unitNames].sort());
  });

  test.each([
    ["KB", 1e3], ["KiB", 1024], ["GiB", 2 ** 30], ["Gbps", 0.125e9], ["GB/s", 1e9], ["us", 1e-6], ["h", 3600], ["d", 86_400],
    ["kWh", 3.6e6], ["TFLOPS", 1e12], ["USD/h", 1 / 3600], ["kW", 1e3],
  ])("one %s is %d in base units", (name, scale) => {
    expect(units.get(name)?.scale).toBeCloseTo(scale, 12);
  });
});

describe("dimensions", () => {
  test("products and quotients cancel", () => {
    expect(sameDimension(multiplyDimensions(byteRate, time), bytes)).toBe(true);
    expect(sameDimension(divideDimensions(bytes, bytes), none)).toBe(true);
    expect(sameDimension(divideDimensions(work, time), workRate)).toBe(true);
  });

  test("a message names them in words, an unusual one by its symbol", () => {
    expect(describeDimension(byteRate)).toBe("bytes per second");
    expect(describeDimension(multiplyDimensions(bytes, time))).toBe("B*s");
    expect(describeDimension(divideDimensions(none, bytes))).toBe("1/B");
  });
});
