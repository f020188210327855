import { defineDiagnostic, type FixCandidate } from "../../core";
import { closedForm } from "../../cost/pipeline/closed-form";
import { meanOf } from "../../cost/plan/details";
import { evaluationOf } from "../../cost/plan/evaluation";
import type { PlanRecord } from "../../cost/plan/record";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { stagesOf } from "../layout/conditions";
import { available } from "../../cost/definition";
import { placeIn, type PlanSubject } from "../layout/plan";
import { soundPlanRule } from "../layout/sound";
import { failsOn } from "../requirements/assertions";
import { bestFixes, weigh } from "./best";
import * as changes from "./changes";
import { outcomeOf, timeText } from "./outcome";

const largeBubble = defineDiagnostic<{ share: number; even: number; schedule: string; pp: number; microBatches: number }>({
  code: "DSCO7040", severity: "information", title: "A pipeline that is idle for much of the step",
  message: ({ share, even, schedule, pp, microBatches }) => {
    const cause = `\`pp\` = ${formatGrouped(pp)} with ${formatGrouped(microBatches)} ${microBatches === 1 ? "micro-batch" : "micro-batches"} under \`${schedule}\``;
    const rest = isOfStages(share, even) ? `: ${cause} explains ${percent(even)}, stages that take unequally long the rest` : `: ${cause}`;
    return `the pipeline is idle for ${percent(share)} of the step${rest}`;
  },
  explanation:
    "A rank waits while the first micro-batches come to it and the last ones return: under `1f1b` for pp - 1 of them. More micro-batches (a smaller `micro_batch_size`, a larger `global_batch_size`), fewer stages, or a schedule that fills the gaps shorten it: `interleaved` divides it by `vp`, `zb1p` moves weight gradients into it, `dualpipe` feeds the pipeline from both ends. It is reported from 20 % of the step on; the offered changes were evaluated, memory included.",
  source: "DeepSeek-V3 technical report, arXiv:2412.19437, Table 2; Megatron-LM, arXiv:2104.04473, section 2.2",
  example: examplePlan({ layout: "pp = 8, zero = 1", workload: "workload Run { phase = training, sequence_length = 4096, global_batch_size = 16 }" }),
});

const worthSaying = 0.2;

/** Most of it is waiting for stages that take longer, whatever the schedule is. */
const isOfStages = (share: number, even: number): boolean => even < share / 2;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const shareOf = (record: PlanRecord): number => {
  const { step } = evaluationOf(record).training("estimate");
  return step.bubble / step.step_time;
};

/** The share by the closed form of the schedule, all stages alike. */
const evenShareOf = (record: PlanRecord): number => {
  const evaluation = evaluationOf(record);
  const { durations, step } = evaluation.training("estimate");
  return closedForm(evaluation.pipeline, meanOf(durations().stages)).bubble / step.step_time;
};

/** Each schedule is a choice of its own here. */
const schedules = (plan: PlanSubject): readonly changes.Change[] => changes.schedule(plan).map((change) => ({ ...change, lever: `schedule ${String(change.values["schedule"])}` }));

const levers = [schedules, changes.virtualStages, changes.microBatch, changes.pp, changes.globalBatch];

function fixes(plan: PlanSubject, share: number): readonly FixCandidate[] {
  const before = outcomeOf(plan.record);
  const found = weigh(plan, changes.changesOf(plan, levers), ({ throughput }, { record }) => throughput > (before?.throughput ?? 0) && shareOf(record) <= worthSaying);
  return bestFixes(plan, found, ({ throughput }) => -throughput, ({ change, outcome }) => `idle ${percent(share)} → ${percent(shareOf(change.record))}, ${timeText(plan.record, before, outcome)}`);
}

export const largeBubbleRule = soundPlanRule([largeBubble.entry], (plan, layout) => {
  const { pp } = layout;
  const { record, evaluation, subject } = plan;
  if (record.workload.phase !== "training" || pp === 1 || failsOn(subject, "bubble_fraction")) return [];
  const share = available(() => shareOf(record));
  if (share === undefined || share <= worthSaying) return [];
  const even = evenShareOf(record);
  if (isOfStages(share, even) && record.model.layers % stagesOf(record, layout) !== 0) return []; // layers that do not divide have their own message
  const place = placeIn(plan, { path: "parallelism", keys: ["schedule", "pp"] });
  return [largeBubble.at(place, { share, even, schedule: record.parallelism.schedule, pp, microBatches: evaluation.pipeline.micro_batches }, { fixes: () => fixes(plan, share) })];
});
