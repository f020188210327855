/** The changes of a plan that gain most, whatever they change in it: offered where somebody asks for them. */

import type { FixCandidate } from "../../core";
import { planMetrics } from "../../cost/plan/metrics";
import { assertionsOf, holds } from "../requirements/assertions";
import { planSubject } from "../layout/plan";
import type { RuleSubject } from "../rule";
import { bestFixes, weigh } from "./best";
import * as changes from "./changes";
import { groupLimits } from "./limits";
import { memoryOf, outcomeOf, timeText } from "./outcome";

const levers = [
  changes.overlaps, changes.recompute, changes.microBatch, changes.schedule, changes.virtualStages, changes.batch, changes.dualMicroBatch,
  changes.pp, changes.tp, changes.ep, changes.etp, changes.cp, changes.zero, groupLimits,
  changes.dispatch, changes.combine, changes.moments, changes.gradients, changes.cache, changes.servedWeights, changes.servedExperts,
];

/** A smaller gain is within what the estimate can tell apart. */
const worthSaying = 1.01;

/**
 * The three best single changes, each of another lever, by tokens a second and GPU; of a plan that does not fit, those with which it does.
 * Numbers stay as exact as they are: a narrower format comes after everything that computes the same. What takes the plan further from a
 * requirement that fails already is no gain; one that holds now is guarded by the proof of the edit.
 */
export function nextBestChanges(subject: RuleSubject): readonly FixCandidate[] {
  const plan = planSubject(subject);
  if (!plan || !plan.legal()) return [];
  const before = outcomeOf(plan.record);
  const capacity = plan.record.hardware.gpu.memory;
  const isTooLarge = (memoryOf(plan.record) ?? 0) > capacity;
  const gains = (throughput: number): boolean => throughput > worthSaying * (before?.throughput ?? 0);
  const isWorse = worsening(subject);
  const found = weigh(plan, changes.changesOf(plan, levers), ({ memory, throughput }, change) => (isTooLarge ? memory <= capacity : gains(throughput)) && !isWorse(change));
  const isNarrower = ({ change }: (typeof found)[number]): boolean => change.lever.startsWith("precision");
  return bestFixes(plan, found.map((one) => ({ ...one, change: { ...one.change, ...(isNarrower(one) ? { asksOther: true as const } : {}) } })), ({ throughput }) => -throughput,
    ({ outcome }) => timeText(plan.record, before, outcome));
}

/** Whether a change takes a figure further from a requirement of the plan that fails already. */
function worsening(subject: RuleSubject): (change: changes.Change) => boolean {
  const failing = assertionsOf(subject, "require").flatMap(({ metric: id, left, right, assertion: { node: { operator } } }) => {
    const metric = planMetrics.find((candidate) => candidate.id === id);
    return metric && operator !== undefined && !holds(left, operator, right) ? [{ metric, distance: Math.abs(left - right), right }] : [];
  });
  return ({ record }) => failing.some(({ metric, distance, right }) => {
    const figure = metric.compute(record, {});
    return figure.kind === "value" && Math.abs(figure.value - right) > distance;
  });
}
