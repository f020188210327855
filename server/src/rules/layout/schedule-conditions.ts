import { defineDiagnostic, type FixCandidate } from "../../core";
import { nextAllowed } from "../../cost/pipeline/conditions";
import type { ScheduleKind } from "../../cost/pipeline/schedule";
import { mostStages } from "../../cost/plan/stages";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { legalLayout, stagesOf, unmetSizes, withChanges, type UnmetCondition } from "./conditions";
import { degreeFixes, multipleFixes, nearestWhole, setLegal, type Buys } from "./nearest";
import { placeIn, planRule, type Keys, type PlanSubject } from "./plan";

const scheduleConditions = defineDiagnostic<{ schedule: ScheduleKind; unmet: UnmetCondition; pp: number; count: string }>({
  code: "DSCO5120", severity: "error", title: "A schedule that cannot run with these sizes",
  message: ({ schedule, unmet, pp, count }) =>
    `\`${schedule}\` needs ${needText(unmet, pp)}: ${unmet.property === "micro_batches" ? `${count} = ` : "it is "}${formatGrouped(unmet.size)}`,
  explanation:
    "`interleaved` needs two ranks, two virtual stages on each, and micro-batches in multiples of `pp`. `dualpipe` runs from both ends of the pipeline: an even `pp`, and an even number of micro-batches, at least 2 x `pp`. " +
    "`dualpipev` needs at least 2 x `pp` micro-batches. `1f1b` and `zb1p` run with any sizes.",
  source: "DualPipe repository, dualpipe.py and dualpipev.py, step(); Megatron-LM, forward_backward_pipelining_with_interleaving; arXiv:2104.04473, section 2.2.2",
  example: examplePlan({ layout: "pp = 16, schedule = dualpipe", workload: "workload Run { phase = training, sequence_length = 4096, global_batch_size = 24 }" }),
});

function needText({ property, atLeast, multipleOf }: UnmetCondition, pp: number): string {
  if (property !== "micro_batches") return multipleOf === 2 ? `an even \`${property}\`` : `\`${property}\` of at least ${formatGrouped(atLeast)}`;
  const count = multipleOf === 1 ? "" : multipleOf === pp ? `a multiple of pp = ${formatGrouped(pp)} micro-batches` : "an even number of micro-batches";
  if (atLeast <= multipleOf) return count;
  const least = `at least 2 x pp = ${formatGrouped(atLeast)}`;
  return count === "" ? `${least} micro-batches` : `${count}, ${least}`;
}

const places: Readonly<Record<UnmetCondition["property"], readonly [Keys, ...Keys[]]>> = {
  pp: [{ path: "parallelism", keys: ["pp", "schedule"] }],
  vp: [{ path: "parallelism", keys: ["vp", "schedule"] }],
  micro_batches: [{ path: "parallelism", keys: ["schedule", "pp"] }],
};

function fixes(plan: PlanSubject, unmet: UnmetCondition): readonly FixCandidate[] {
  const { record } = plan;
  const layout = plan.evaluation.layout;
  const { micro_batch_size } = record.parallelism;
  const others = (["dualpipev", "zb1p", "1f1b"] as const).filter((schedule) => schedule !== record.parallelism.schedule);
  const schedules = others.flatMap((schedule) =>
    setLegal(plan, "parallelism", "schedule", schedule, withChanges(record, { parallelism: { schedule } }), () => (schedule === "dualpipev" ? "two stages on each rank, down and up again" : "runs with any sizes")));
  if (unmet.property === "pp") return [...degreeFixes(plan, "pp", unmet.size), ...schedules];
  if (unmet.property === "vp") {
    const vp = nextAllowed(unmet, unmet.size);
    const stages: Buys = () => `${formatGrouped(layout.pp * vp)} stages on ${formatGrouped(layout.pp)} ranks`;
    return [...setLegal(plan, "parallelism", "vp", vp, withChanges(record, { parallelism: { vp } }), stages), ...schedules];
  }
  const count: Buys = ({ dp }, { workload, parallelism }) =>
    `${formatGrouped((workload.global_batch_size ?? 0) / (dp * parallelism.micro_batch_size))} micro-batches`;
  const of = (value: number) => withChanges(record, { parallelism: { micro_batch_size: value } });
  return [
    ...nearestWhole(micro_batch_size, 1, micro_batch_size - 1, (value) => legalLayout(of(value)) !== undefined).flatMap((value) =>
      setLegal(plan, "parallelism", "micro_batch_size", value, of(value), count)),
    ...multipleFixes(plan, "global_batch_size", record.workload.global_batch_size ?? 0, layout.dp * micro_batch_size, count),
    ...degreeFixes(plan, "pp", layout.pp, count, (value) => value < layout.pp),
    ...schedules,
  ];
}

export const scheduleConditionsRule = planRule([scheduleConditions.entry], (plan) => {
  const { record, evaluation } = plan;
  const layout = evaluation.layout;
  if (record.workload.phase !== "training" || stagesOf(record, layout) > mostStages(record.model)) return [];
  const count = `${formatGrouped(record.workload.global_batch_size ?? 0)} / (${formatGrouped(layout.dp)} x ${formatGrouped(record.parallelism.micro_batch_size)})`;
  return unmetSizes(record, layout).map((unmet) =>
    scheduleConditions.at(placeIn(plan, ...places[unmet.property]), { schedule: record.parallelism.schedule, unmet, pp: layout.pp, count }, { fixes: () => fixes(plan, unmet) }));
});
