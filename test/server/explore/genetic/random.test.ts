import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf, words } from "../../../../server/src/explore/genetic/random";

describe("random numbers of a seed", () => {
  it("are those of xoshiro128**", () => {
    // by hand from the authors' code: rotl(2 * 5, 7) * 9 = 11,520; the second state has s1 = 0; rotl(1029 * 5, 7) * 9 = 5,927,040
    const next = words([1, 2, 3, 4]);
    expect([next(), next(), next()]).toEqual([11_520, 0, 5_927_040]);
  });

  it("are the same for the same seed and others for another one", () => {
    const some = (seed: number) => Array.from({ length: 8 }, randomOf(seed).unit);
    expect(some(7)).toEqual(some(7));
    expect(new Set([0, 1, 2, 2 ** 32, 2 ** 32 + 1].map((seed) => some(seed).join())).size).toBe(5);
  });

  it("lie in their range and reach all of it", () => {
    fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 6 }), (seed, count) => {
      const { below, unit } = randomOf(seed);
      const found = Array.from({ length: 200 }, () => below(count));
      expect(new Set(found)).toEqual(new Set(Array.from({ length: count }, (_, value) => value)));
      const share = unit();
      expect(share >= 0 && share < 1).toBe(true);
    }), { numRuns: 50, seed: 1 });
    const wide = randomOf(1);
    const numbers = Array.from({ length: 200 }, () => wide.below(2 ** 53));
    expect(numbers.every((number) => Number.isSafeInteger(number) && number >= 0)).toBe(true);
    expect(Math.max(...numbers), "beyond 32 bits").toBeGreaterThan(2 ** 52);
  });
});
