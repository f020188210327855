/** Designs of a search, tried one by one: what threads do. */

import type { Evaluator } from "../evaluate";
import { pointAt } from "../points";
import { reasonCounter, type ReasonCount } from "../reasons";
import type { Standing } from "./ranking";

/** What some designs came to; plain arrays of numbers, so that threads hand them over without copying. */
export interface Trial {
  /** Numbers of the designs, in the order in which they were asked for; fewer where the run was stopped. */
  readonly designs: Float64Array<ArrayBuffer>;
  /** For each design how far it is from meeting everything; 0 where it does. */
  readonly misses: Float64Array<ArrayBuffer>;
  /** The objectives of those that meet everything, one design after the other. */
  readonly values: Float64Array<ArrayBuffer>;
  readonly reasons: readonly ReasonCount[];
}

/** How many designs pass between two looks at whether the run was stopped. */
const betweenLooks = 32;

export function tryDesigns({ compiled: { space }, verdict, miss }: Evaluator, designs: readonly number[], isStopped: () => boolean = () => false): Trial {
  const misses: number[] = [];
  const values: number[] = [];
  const reasons = reasonCounter();
  for (const [place, design] of designs.entries()) {
    if (place % betweenLooks === 0 && isStopped()) break;
    const point = pointAt(space, design);
    const found = verdict(point);
    if (found.kind === "feasible") {
      misses.push(0);
      values.push(...found.values);
      continue;
    }
    misses.push(miss(point, found.reason));
    reasons.add(found.reason, 1);
  }
  return { designs: Float64Array.from(designs.slice(0, misses.length)), misses: Float64Array.from(misses), values: Float64Array.from(values), reasons: reasons.all() };
}

/** Trials of one generation as one. */
export function joinedTrials(trials: readonly Trial[]): Trial {
  const all = (of: (trial: Trial) => Float64Array): Float64Array<ArrayBuffer> => Float64Array.from(trials.flatMap((trial) => [...of(trial)]));
  return { designs: all(({ designs }) => designs), misses: all(({ misses }) => misses), values: all(({ values }) => values), reasons: reasonsOf(trials) };
}

/** How often designs were left out for each reason, over all trials. */
export function reasonsOf(trials: readonly Pick<Trial, "reasons">[]): readonly ReasonCount[] {
  const counts = reasonCounter();
  for (const { reasons } of trials) counts.addAll(reasons);
  return counts.all();
}

/** In the order of the designs. */
export function standingsOf({ misses, values }: Trial, objectives: number): readonly Standing[] {
  let at = 0;
  return [...misses].map((miss): Standing => {
    if (miss > 0) return { kind: "infeasible", miss };
    at += objectives;
    return { kind: "feasible", values: [...values.subarray(at - objectives, at)] };
  });
}
