/**
 * NSGA-II (Deb et al. 2002) over the choices of a space: generations of designs, each made from the best of all before it. What is tried
 * follows from the seed and from what the designs come to, whoever tries them and in whatever order they answer.
 */

import { indexOf, pointAt } from "../points";
import type { Point } from "../space";
import { randomOf, type Random } from "./random";
import { compareRanked, rankedOf, type Ranked, type Senses, type Standing } from "./ranking";
import { childrenOf, type SearchAxis } from "./variation";

export interface SearchProblem {
  /** Their sizes multiply to at most 2^53. */
  readonly axes: readonly SearchAxis[];
  readonly objectives: Senses;
  /** Designs that are tried at most. */
  readonly budget: number;
  readonly seed: number;
}

interface Member extends Ranked {
  readonly point: Point;
  readonly standing: Standing;
}

/** Designs of a generation: as many as in the paper, fewer where the budget would not last for ten generations. */
export const generationOf = (budget: number): number => Math.min(Math.max(Math.floor(budget / 10), 4), 100);

/** Children that are made for each one that is wanted, before chance takes over: most may be designs that were tried. */
const mostPairs = 10;

/**
 * Hands out the designs of a generation by their numbers and takes what they came to, in the same order. No design is handed out twice; it
 * ends when the budget is spent or every design of the space has been tried.
 */
export function* searchOf({ axes, objectives, budget, seed }: SearchProblem): Generator<readonly number[], void, readonly Standing[]> {
  const random = randomOf(seed);
  const space = { axes: axes.map(({ size }) => ({ choices: { length: size } })) };
  const untried = untriedOf(axes.reduce((product, { size }) => product * size, 1), random);
  const generation = generationOf(budget);
  let members: readonly Member[] = [];
  for (let left = budget; left > 0;) {
    const count = Math.min(generation, left, untried.left());
    if (count === 0) return;
    const designs = members.length < 2 ? [] : offspring(axes, members, count, random, (point) => untried.take(indexOf(space, point)));
    while (designs.length < count) designs.push(untried.any());
    const standings = yield designs;
    left -= count;
    const born = standings.map((standing, place) => ({ standing, point: pointAt(space, designs[place] ?? 0) }));
    members = survivors(objectives, [...members, ...born], generation);
  }
}

/** The best of all, with their places. */
function survivors(objectives: Senses, all: readonly Pick<Member, "point" | "standing">[], count: number): readonly Member[] {
  const ranked = rankedOf(objectives, all.map(({ standing }) => standing));
  // a sort that keeps the order of equals: the elder stay
  return all.map((member, place) => ({ ...member, rank: ranked[place]?.rank ?? 0, room: ranked[place]?.room ?? 0 })).sort(compareRanked).slice(0, count);
}

/** Numbers of children that `take` has not seen. */
function offspring(axes: readonly SearchAxis[], members: readonly Member[], count: number, random: Random, take: (child: Point) => number | undefined): number[] {
  const found: number[] = [];
  const parent = (): Point => {
    const [one, other] = [members[random.below(members.length)], members[random.below(members.length)]];
    return (one && other && compareRanked(other, one) < 0 ? other : one)?.point ?? [];
  };
  for (let pair = 0; pair < mostPairs * count && found.length < count; pair++) {
    for (const child of childrenOf(axes, parent(), parent(), random)) {
      const design = found.length < count ? take(child) : undefined;
      if (design !== undefined) found.push(design);
    }
  }
  return found;
}

interface Untried {
  readonly left: () => number;
  /** The design from now on counts as tried; `undefined` where it did before. */
  readonly take: (design: number) => number | undefined;
  /** One by chance, of which there must be one left. */
  readonly any: () => number;
}

function untriedOf(size: number, random: Random): Untried {
  const tried = new Set<number>();
  const take = (design: number): number | undefined => {
    if (tried.has(design)) return undefined;
    tried.add(design);
    return design;
  };
  return {
    left: () => size - tried.size,
    take,
    any: () => {
      for (let design = random.below(size); ; design = (design + 1) % size) if (take(design) !== undefined) return design;
    },
  };
}
