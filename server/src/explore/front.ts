/** The designs that no other one beats: better in one objective and as good in all others (Pareto). */

import type { Objective } from "./space";

/** A design that meets everything, by its number, with one value for each objective in base units. */
export interface Found {
  readonly index: number;
  readonly values: readonly number[];
}

/** Whether one is at least as good in everything and better in something. */
export function dominates(objectives: readonly Pick<Objective, "sense">[], one: readonly number[], other: readonly number[]): boolean {
  let isBetter = false;
  for (let place = 0; place < objectives.length; place++) { // a search asks this of every pair of its designs: no iterator
    const gain = objectives[place]?.sense === "maximize" ? (one[place] ?? 0) - (other[place] ?? 0) : (other[place] ?? 0) - (one[place] ?? 0);
    if (gain < 0) return false;
    if (gain > 0) isBetter = true;
  }
  return isBetter;
}

const isEqual = (one: readonly number[], other: readonly number[]): boolean => one.every((value, place) => value === other[place]);

/**
 * A front that takes designs one by one. Of those that are equal in all objectives the one with the lowest number stays, whatever the
 * order in which they come.
 */
export interface Front {
  readonly add: (found: Found) => void;
  /** In the order of the first objective, the best first. */
  readonly designs: () => readonly Found[];
}

export function frontOf(objectives: readonly Pick<Objective, "sense">[]): Front {
  let designs: Found[] = [];
  return {
    add: (found) => {
      for (const other of designs) {
        if (dominates(objectives, other.values, found.values)) return;
        if (isEqual(other.values, found.values) && other.index <= found.index) return;
      }
      designs = designs.filter(({ values }) => !dominates(objectives, found.values, values) && !isEqual(values, found.values));
      designs.push(found);
    },
    designs: () => {
      const sign = objectives[0]?.sense === "maximize" ? -1 : 1;
      return [...designs].sort((left, right) => sign * ((left.values[0] ?? 0) - (right.values[0] ?? 0)) || left.index - right.index);
    },
  };
}
