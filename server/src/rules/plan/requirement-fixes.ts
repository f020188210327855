/** Changes of a plan with which a requirement on one of its figures holds. */

import type { ComparisonOperator } from "../../../../grammar/src";
import { metricOf } from "../../analysis";
import type { FixCandidate } from "../../core";
import { planMetrics } from "../../cost/plan/metrics";
import { planSubject } from "../layout/plan";
import type { RuleSubject } from "../rule";
import { formatPair, formOf, holds, type ComparedAssertion } from "../requirements/assertions";
import { bestFixes, weigh } from "./best";
import * as changes from "./changes";
import { groupLimits } from "./limits";
import { outcomeOf, timeText, withoutRepeat } from "./outcome";

/** Of all phases: those that do not apply to a plan have no changes. The number of GPUs and the work of a step stay. */
const levers = [
  changes.overlaps, changes.zero, changes.recompute, changes.microBatch, changes.schedule, changes.virtualStages, changes.batch, changes.context, changes.dualMicroBatch,
  changes.pp, changes.tp, changes.ep, changes.etp, changes.cp, groupLimits,
  changes.dispatch, changes.combine, changes.moments, changes.gradients, changes.cache, changes.servedWeights, changes.servedExperts,
];

/** The best single changes; none where the left side is more than a metric, or no change is enough. */
export function planFixes(subject: RuleSubject, compared: ComparedAssertion, operator: ComparisonOperator | undefined): readonly FixCandidate[] {
  const { metric: id, left, right } = compared;
  const metric = planMetrics.find((candidate) => candidate.id === id);
  const plan = metric && operator !== undefined ? planSubject(subject) : undefined;
  if (!metric || !plan || operator === undefined) return [];
  const valueOf = ({ record }: changes.Change): number | undefined => {
    const figure = metric.compute(record, {});
    return figure.kind === "value" ? figure.value : undefined;
  };
  const found = weigh(plan, changes.changesOf(plan, levers), (_, change) => {
    const value = valueOf(change);
    return value !== undefined && holds(value, operator, right);
  });
  const before = outcomeOf(plan.record);
  const title = metricOf(subject.workspace, subject.declaration, metric.id)?.title ?? metric.id;
  return bestFixes(plan, found, ({ throughput }) => -throughput, ({ change, outcome }) => {
    const [was, now] = formatPair(left, valueOf(change) ?? left, formOf(subject, compared));
    return withoutRepeat(`${inSentence(title)} ${was} → ${now}`, timeText(plan.record, before, outcome));
  });
}

/** A metric's title inside a sentence: `memory per GPU`, but `TPOT`. */
const inSentence = (title: string): string => (/^[A-Z]{2}/.test(title) ? title : `${title.charAt(0).toLowerCase()}${title.slice(1)}`);
