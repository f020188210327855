/** What a search of integers finds, held against trying everything. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dominates, frontOf, type Found } from "../../../../server/src/explore/front";
import { beats, type Standing } from "../../../../server/src/explore/genetic/ranking";
import { generationOf, searchOf, type SearchProblem } from "../../../../server/src/explore/genetic/search";
import { pointAt } from "../../../../server/src/explore/points";

type Problem = Omit<SearchProblem, "budget" | "seed"> & { readonly standing: (point: readonly number[]) => Standing };

const axes = (sizes: readonly number[], isOrdered = true) => sizes.map((size) => ({ size, isOrdered }));
const sizeOf = ({ axes: own }: Problem) => own.reduce((product, { size }) => product * size, 1);
const pointOf = ({ axes: own }: Problem, design: number) => pointAt({ axes: own.map(({ size }) => ({ choices: { length: size } })) }, design);

/** Designs in the order in which they are tried, a list a generation. */
function generations(problem: Problem, budget: number, seed: number): readonly (readonly number[])[] {
  const search = searchOf({ ...problem, budget, seed });
  const found: (readonly number[])[] = [];
  for (let step = search.next(); !step.done; step = search.next(step.value.map((design) => problem.standing(pointOf(problem, design))))) found.push(step.value);
  return found;
}

function frontAmong(problem: Problem, designs: readonly number[]): readonly Found[] {
  const front = frontOf(problem.objectives);
  for (const index of designs) {
    const standing = problem.standing(pointOf(problem, index));
    if (standing.kind === "feasible") front.add({ index, values: standing.values });
  }
  return front.designs();
}

const everything = (problem: Problem) => Array.from({ length: sizeOf(problem) }, (_, design) => design);

/** ZDT1 and ZDT2 (Zitzler, Deb and Thiele, Evolutionary Computation 8, 2000) with 4 variables in steps of 1/17: 104,976 designs. */
const steps = 18;
const zdt = (shape: (share: number) => number): Problem => ({
  axes: axes([steps, steps, steps, steps]), objectives: [{ sense: "minimize" }, { sense: "minimize" }],
  standing: (point) => {
    const [first = 0, ...others] = point.map((place) => place / (steps - 1));
    const g = 1 + (9 * others.reduce((sum, value) => sum + value, 0)) / others.length;
    return { kind: "feasible", values: [first, g * shape(first / g)] };
  },
});
const problems = {
  ZDT1: zdt((share) => 1 - Math.sqrt(share)),
  ZDT2: zdt((share) => 1 - share ** 2),
};

/** Mean distance from the designs of a front to the nearest that was found, in the units of the objectives, which run from 0 to 1. */
const distance = (front: readonly Found[], found: readonly Found[]): number =>
  front.reduce((sum, { values }) => sum + Math.min(...found.map((other) => Math.hypot(...values.map((value, place) => value - (other.values[place] ?? 0))))), 0) / front.length;

describe("a search", () => {
  it.each(Object.entries(problems))("comes within 0.01 of the front of %s with a tenth of its 104,976 designs", (_, problem) => {
    const front = frontAmong(problem, everything(problem));
    expect(front.length).toBe(steps);
    for (const seed of [1, 2]) expect(distance(front, frontAmong(problem, generations(problem, 10_497, seed).flat()))).toBeLessThan(0.01);
  });

  it("comes nearer than chance with as many designs", () => {
    const problem = problems.ZDT1;
    const front = frontAmong(problem, everything(problem));
    const byChance = (seed: number) => generations({ ...problem, standing: () => ({ kind: "infeasible", miss: 1 }) }, 2000, seed).flat();
    for (const seed of [1, 2, 3]) {
      expect(10 * distance(front, frontAmong(problem, generations(problem, 2000, seed).flat()))).toBeLessThan(distance(front, frontAmong(problem, byChance(seed))));
    }
  });

  it("finds the few designs that meet something by how far the others are off", () => {
    // 32 of 4^10 designs meet it: every axis but the first at its last place, or one of five at the one before
    const needle: Problem = {
      axes: axes(new Array<number>(10).fill(4)), objectives: [{ sense: "minimize" }],
      standing: (point) => {
        const miss = point.slice(1).reduce((sum, place) => sum + (3 - place), 0);
        return miss <= 1 ? { kind: "feasible", values: [point[0] ?? 0] } : { kind: "infeasible", miss };
      },
    };
    for (const seed of [1, 2, 3]) expect(frontAmong(needle, generations(needle, 4000, seed).flat())[0]?.values).toEqual([0]);
  });
});

/** Any small problem: what a design comes to is a table of small numbers, so that many are equal and some miss. */
const anyProblem = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), isOrdered: fc.boolean(),
  senses: fc.array(fc.constantFrom("minimize" as const, "maximize" as const), { minLength: 1, maxLength: 3 }), salt: fc.nat(),
}).map(({ sizes, isOrdered, senses, salt }): Problem => ({
  axes: axes(sizes, isOrdered), objectives: senses.map((sense) => ({ sense })),
  standing: (point) => {
    const mixed = (round: number): number => Math.abs(point.reduce((sum, place) => Math.imul(sum ^ (place + 1), 0x9e3779b1) ^ (sum >>> 15), salt + round));
    return mixed(0) % 3 === 0 ? { kind: "infeasible", miss: 1 + (mixed(1) % 4) } : { kind: "feasible", values: senses.map((_, place) => mixed(place + 2) % 7) };
  },
}));

describe("any search", () => {
  it("finds the front of everything where the budget is enough for everything", () => {
    fc.assert(fc.property(anyProblem, fc.nat(), fc.nat({ max: 50 }), (problem, seed, more) => {
      const designs = generations(problem, sizeOf(problem) + more, seed).flat();
      expect([...designs].sort((left, right) => left - right)).toEqual(everything(problem));
      expect(frontAmong(problem, designs)).toEqual(frontAmong(problem, everything(problem)));
    }), { numRuns: 100 });
  });

  it("tries as many designs as the budget says, none twice, in generations of one length, the same for the same seed", () => {
    fc.assert(fc.property(anyProblem, fc.nat(), fc.integer({ min: 1, max: 700 }), (problem, seed, budget) => {
      const tried = generations(problem, budget, seed);
      const designs = tried.flat();
      expect(designs.length).toBe(Math.min(budget, sizeOf(problem)));
      expect(new Set(designs).size).toBe(designs.length);
      expect(designs.every((design) => Number.isInteger(design) && design >= 0 && design < sizeOf(problem))).toBe(true);
      expect(tried.slice(0, -1).every(({ length }) => length === generationOf(budget))).toBe(true);
      expect(generations(problem, budget, seed)).toEqual(tried);
    }), { numRuns: 100 });
  });

  it("never hands out a design that another one of those that were tried beats", () => {
    fc.assert(fc.property(anyProblem, fc.nat(), (problem, seed) => {
      const designs = generations(problem, Math.ceil(sizeOf(problem) / 2), seed).flat();
      const all = designs.map((design) => problem.standing(pointOf(problem, design)));
      for (const { values } of frontAmong(problem, designs)) {
        expect(all.some((other) => beats(problem.objectives, other, { kind: "feasible", values })), "beaten").toBe(false);
        expect(all.some((other) => other.kind === "feasible" && dominates(problem.objectives, other.values, values))).toBe(false);
      }
    }), { numRuns: 100 });
  });
});
