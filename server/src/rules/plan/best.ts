/** The best of a plan's changes: of each lever the one that costs least or is the mildest, the cheapest levers first. */

import type { FixCandidate } from "../../core";
import type { PlanSubject } from "../layout/plan";
import { fixOf, type Change } from "./changes";
import { memoryOf, outcomeOf, type Outcome } from "./outcome";

export interface Weighed<Of extends Change = Change> {
  readonly change: Of;
  readonly outcome: Outcome;
}

/** Changes that a search weighs at most: the editor waits for them when it shows a light bulb. */
const most = 60;

/** Fixes that are offered: more would be a table, not a choice. */
const offered = 3;

/** Those whose figures are known, whose memory is enough, and that pass a test. */
export function weigh(plan: PlanSubject, changes: readonly Change[], test: (outcome: Outcome, change: Change) => boolean): readonly Weighed[] {
  const capacity = plan.record.hardware.gpu.memory;
  const holds = Math.max(capacity, memoryOf(plan.record) ?? capacity); // a plan that is too large already has a message of its own
  return changes.slice(0, most).flatMap((change) => {
    const fits = (memoryOf(change.record) ?? Infinity) <= holds; // before its time: that takes longer to compute
    const outcome = fits ? outcomeOf(change.record) : undefined;
    return outcome && test(outcome, change) ? [{ change, outcome }] : [];
  });
}

/** The best of each lever by a score, the least first, as fixes. A next best one stands in for one that breaks something else. */
export function bestFixes(plan: PlanSubject, weighed: readonly Weighed[], score: (outcome: Outcome) => number, buys: (one: Weighed) => string): readonly FixCandidate[] {
  const last = ({ change }: Weighed): number => (change.asksOther ? 1 : 0);
  const byScore = (left: Weighed, right: Weighed): number => last(left) - last(right) || score(left.outcome) - score(right.outcome);
  const isMild = ({ change }: Weighed): boolean => change.mildestFirst === true;
  const levers = new Map<string, Weighed>();
  for (const one of [...weighed.filter(isMild), ...weighed.filter((other) => !isMild(other)).sort(byScore)]) if (!levers.has(one.change.lever)) levers.set(one.change.lever, one);
  const candidates = [...levers.values()].sort(byScore).flatMap((one) => fixOf(plan, one.change, buys(one)));
  const [first, rest] = [candidates.slice(0, offered), candidates.slice(offered)];
  return first.map((candidate, index) => chain([candidate, ...(rest[index] ? [rest[index]] : [])]));
}

/** Each the fallback of the one before, behind the fallbacks that it has. */
function chain([first, ...others]: readonly FixCandidate[]): FixCandidate {
  if (!first) throw new Error("nothing to chain");
  const fallback = first.fallback ? chain([first.fallback, ...others]) : others.length > 0 ? chain(others) : undefined;
  return fallback ? { ...first, fallback } : first;
}
