import { expect, test } from "vitest";
import { isPowerOfTwo, largestDivisor, nearestDivisors, nearestMultiples } from "../../../server/src/rules/numbers";
import { numberText } from "../../../server/src/units";

test.each([
  [256, 7, [4, 8]],
  [256, 1, [2]],
  [256, 300, [256]],
  [256, 256, [128]],
  [7, 3, [7]], // 1 divides everything, and no group is no division
  [2 ** 52, 3, [2, 4]],
  [9_007_199_254_740_881, 2_000_000_000, []], // a prime: the search ends
])("the divisors of %d next to %d are %j", (whole, near, expected) => {
  expect(nearestDivisors(whole, near)).toEqual(expected);
});

test("divisors that fail a test are passed over", () => {
  expect(nearestDivisors(64, 16, (divisor) => divisor !== 8 && divisor !== 32)).toEqual([4, 64]);
});

test.each([
  [7, 256, [252, 259]],
  [8, 8, [16]],
  [8, 3, [8]],
  [12, 60, [48, 72]],
])("the multiples of %d next to %d are %j", (unit, near, expected) => {
  expect(nearestMultiples(unit, near)).toEqual(expected);
});

test("the largest divisor lies between its bounds", () => {
  expect(largestDivisor(60, 14, 2)).toBe(12);
  expect(largestDivisor(60, 14, 13)).toBeUndefined();
  expect(largestDivisor(60, 14, 2, (divisor) => divisor % 2 === 1)).toBe(5);
});

test.each([[1, true], [2, true], [4096, true], [3, false], [0.5, false], [0, false], [-4, false]])("%d is a power of two: %s", (value, expected) => {
  expect(isPowerOfTwo(value)).toBe(expected);
});

test.each([[8, "8"], [4096, "4096"], [10_000, "10_000"], [129_280, "129_280"], [1_048_576, "1_048_576"]])("%d is written %s", (value, text) => {
  expect(numberText(value)).toBe(text);
});
