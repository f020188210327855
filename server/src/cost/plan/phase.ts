/** Which figures plans of a phase have. */

import type { Gap, Inapplicable } from "../definition";
import type { PlanRecord, WorkloadRecord } from "./record";

/** The `gap` of figures of one phase: half of all figures of a plan are of another one. `what` completes "only a decode plan has …". */
export function onlyIn(phase: WorkloadRecord["phase"], what: string): (plan: PlanRecord) => Gap {
  const gap: Inapplicable = { inapplicable: `only a ${phase} plan has ${what}`, otherPhase: true };
  return ({ workload }) => (workload.phase === phase ? undefined : gap);
}

const servesNothing: Inapplicable = { inapplicable: "a training plan serves nothing", otherPhase: true };

/** The `gap` of figures of prefill and decode plans. */
export const onlyServing = ({ workload }: PlanRecord): Gap => (workload.phase === "training" ? servesNothing : undefined);
