import { defineDiagnostic, type FixCandidate } from "../../core";
import { evaluationOf } from "../../cost/plan/evaluation";
import type { PlanRecord } from "../../cost/plan/record";
import { expertsOnHost } from "../../cost/serving/host-experts";
import { dimensions, formatGrouped, formatQuantity } from "../../units";
import { examplePlan } from "../examples";
import { available } from "../../cost/definition";
import { placeIn, type PlanSubject } from "../layout/plan";
import { soundPlanRule } from "../layout/sound";
import { bestFixes, weigh } from "./best";
import * as changes from "./changes";
import { groupLimits } from "./limits";
import { oncePerPlan, outcomeOf, timeText } from "./outcome";
import { excessesOf } from "./routing-over-domains";

const exposedExchange = defineDiagnostic<{ exposed: Exposed; record: PlanRecord; ranks: number; closest: Closest | undefined }>({
  code: "DSCO5203", severity: "information", title: "Expert traffic that no compute hides",
  message: ({ exposed, exposed: { time, whole }, record, ranks, closest }) =>
    `${percent(exposed)} of ${wholeText(record)} (${secondsText(time)} of ${secondsText(whole)}) is dispatch and combine over \`ep\` = ${formatGrouped(ranks)} that nothing hides${scheduleText(record)}`
    + (closest === undefined ? "" : `. No single change is enough: ${closest.text} leaves least, ${percent(closest.exposed)}`),
  explanation:
    "Dispatch and combine of experts take as long as what is computed between them, on clusters of nodes about as long as all of it. `schedule = dualpipe` and `dualpipev` run them beside the other direction's compute, `dual_micro_batch` beside another micro-batch's. Fewer bytes do as well: `dispatch` in FP8, fewer groups a token, expert parallelism inside fewer nodes. " +
    "More planes or cards need other hardware. It is reported where more than 30 % of the time is left; the offered changes were evaluated, and those with the highest throughput come first.",
  source: "DeepSeek-V3 technical report, arXiv:2412.19437, section 3.2; Insights into DeepSeek-V3, arXiv:2505.09343, sections 2.3.1 and 3.2",
  example: examplePlan({ layout: "ep = 16, zero = 1", model: "moe" }).replace("1408", "352"),
});

/** Published runs without any overlap, Qwen3 and Kimi K2 on NVL72, come near 28 % by the estimates. */
const worthSaying = 0.3;

interface Exposed {
  /** Seconds of exchanges of experts that nothing hides, and of all of it. */
  readonly time: number;
  readonly whole: number;
}

/** `undefined` where nothing is exchanged. */
function exposedOf(record: PlanRecord): Exposed | undefined {
  const evaluation = evaluationOf(record);
  if (evaluation.layout.ep === 1 || expertsOnHost(record)) return undefined;
  if (record.workload.phase !== "training") {
    const { parts, latency } = evaluation.serving("estimate");
    return { time: parts.exchange, whole: latency };
  }
  const { step, dispatch } = evaluation.training("estimate");
  return dispatch === undefined ? undefined : { time: step.exposed_expert, whole: step.step_time };
}

const percent = ({ time, whole }: Exposed): string => `${Math.round((100 * time) / whole)} %`;

const isLittle = ({ time, whole }: Exposed): boolean => time <= worthSaying * whole;

/** Routing over more nodes than the links hide is the whole reason, and has its own message. */
const isOfRouting = oncePerPlan((plan): boolean => {
  const [excess] = available(() => excessesOf(plan)) ?? [];
  const { hidden } = excess ?? {};
  const limited = hidden && available(() => exposedOf(hidden.record));
  return limited !== undefined && isLittle(limited);
});

const secondsText = (value: number): string => formatQuantity(value, dimensions.time);

const wholeText = ({ workload: { phase } }: PlanRecord): string => ({ training: "a step", prefill: "the time to the first token", decode: "the time of a token" })[phase];

const scheduleText = ({ workload, parallelism: { schedule, dual_micro_batch } }: PlanRecord): string => {
  if (workload.phase === "training") return ` under \`${schedule}\``;
  return dual_micro_batch ? " under `dual_micro_batch`" : " without `dual_micro_batch`";
};

const levers = [changes.schedule, changes.dualMicroBatch, groupLimits, changes.dispatch, changes.combine, changes.ep, changes.etp, changes.microBatch];

interface Closest {
  readonly text: string;
  readonly exposed: Exposed;
}

/** Told where no change is enough; nothing more is tried once one is. */
const closestChange = oncePerPlan((plan): Closest | undefined => {
  const shareOf = ({ time, whole }: Exposed): number => time / whole;
  const throughput = outcomeOf(plan.record)?.throughput ?? 0;
  let least: Closest | undefined;
  for (const lever of levers) {
    for (const change of changes.changesOf(plan, [lever])) {
      const exposed = available(() => exposedOf(change.record));
      if (exposed === undefined || (outcomeOf(change.record)?.throughput ?? 0) <= throughput) continue;
      if (isLittle(exposed)) return undefined;
      if (least === undefined || shareOf(exposed) < shareOf(least.exposed)) least = { text: changes.textOf(change), exposed };
    }
  }
  return least;
});

function fixes(plan: PlanSubject, { time }: Exposed): readonly FixCandidate[] {
  const before = outcomeOf(plan.record);
  const found = weigh(plan, changes.changesOf(plan, levers), ({ throughput }, { record }) => {
    const exposed = exposedOf(record);
    return throughput > (before?.throughput ?? 0) && (exposed === undefined || isLittle(exposed));
  });
  return bestFixes(plan, found, ({ throughput }) => -throughput, ({ change, outcome }) =>
    `exposed ${secondsText(time)} → ${secondsText(exposedOf(change.record)?.time ?? 0)}, ${timeText(plan.record, before, outcome)}`);
}

export const exposedExchangeRule = soundPlanRule([exposedExchange.entry], (plan, { ep }) => {
  const { record } = plan;
  const exposed = available(() => exposedOf(record));
  if (!exposed || isLittle(exposed) || isOfRouting(plan)) return [];
  return [exposedExchange.at(placeIn(plan, { path: "parallelism", keys: ["ep", "schedule", "dual_micro_batch"] }), { exposed, record, ranks: ep, closest: closestChange(plan) }, { fixes: () => fixes(plan, exposed) })];
});
