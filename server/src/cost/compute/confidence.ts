/** How far the evidence behind a plan's times reaches: as far as the weakest default that enters into them. */

import { defaultsReadBy, type Default, type DefaultUnit, type Reach } from "../defaults-read";
import { evaluationOf } from "../plan/evaluation";
import type { PlanRecord } from "../plan/record";

export interface Confidence extends Default {
  readonly level: Reach;
}

const reachOrder: Readonly<Record<Reach, number>> = { measured: 0, scaled: 1, assumed: 2 };
/** Of equally weak defaults a share says most: it grows with the work. */
const unitOrder: Readonly<Record<DefaultUnit, number>> = { share: 2, size: 1, s: 0 };

/**
 * The default that decides, of all that the plan's step or pass reads: shares of operators and links, sizes and starting times. What
 * `efficiency` or the hardware says instead is its author's. `undefined` where the author wrote all of them. Throws `Unavailable` where the plan has no times.
 */
export function confidenceOf(plan: PlanRecord): Confidence | undefined {
  // another record, so that nothing is taken from what was computed of the plan before
  const evaluation = evaluationOf({ ...plan });
  const used = defaultsReadBy(() => {
    if (plan.workload.phase === "training") evaluation.training("estimate");
    else evaluation.serving("estimate");
  });
  const weight = ({ unit, evidence: { reach } }: Default): number => 3 * reachOrder[reach] + unitOrder[unit];
  const [first, ...rest] = used;
  const weakest = first && rest.reduce((found, next) => (weight(next) > weight(found) ? next : found), first);
  return weakest && { ...weakest, level: weakest.evidence.reach };
}
