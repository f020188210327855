/** What a plan comes to, for weighing one change of it against another. */

import { evaluationOf } from "../../cost/plan/evaluation";
import type { PlanRecord } from "../../cost/plan/record";
import { trainingTokensPerSecond } from "../../cost/plan/training-metrics";
import { tokensPerSecondPerGpu } from "../../cost/serving/evaluate";
import { dimensions, formatGrouped, formatQuantity } from "../../units";
import { available } from "../../cost/definition";
import { type PlanSubject } from "../layout/plan";

export interface Outcome {
  /** Bytes of the fullest GPU. */
  readonly memory: number;
  /** Seconds: of a step of training, from one token to the next, to the first token. */
  readonly time: number;
  /** Tokens a second and GPU. */
  readonly throughput: number;
  /** What that time is spent on: sequences. */
  readonly work: number;
}

/** The fullest GPU of a plan in bytes; `undefined` where it cannot be computed. */
export const memoryOf = (record: PlanRecord): number | undefined => available(() => evaluationOf(record).memory.worst.total);

/** `undefined` where one of the figures cannot be computed. */
export const outcomeOf = (record: PlanRecord): Outcome | undefined =>
  available(() => {
    const evaluation = evaluationOf(record);
    const memory = evaluation.memory.worst.total;
    const { phase, global_batch_size = Number.NaN } = record.workload;
    if (phase === "training") {
      const time = evaluation.training("estimate").step.step_time;
      return { memory, time, throughput: trainingTokensPerSecond(record) / evaluation.layout.gpus, work: global_batch_size };
    }
    const serving = evaluation.serving("estimate");
    return { memory, time: serving.latency, throughput: tokensPerSecondPerGpu(serving), work: record.workload.batch_per_gpu ?? Number.NaN };
  });

/** What follows from a plan's record alone, computed once for each: an edit that leaves the plan as it is asks again. */
export function oncePerPlan<Result>(compute: (plan: PlanSubject) => Result): (plan: PlanSubject) => Result {
  const results = new WeakMap<PlanRecord, { readonly result: Result }>();
  return (plan) => {
    const known = results.get(plan.record) ?? { result: compute(plan) };
    results.set(plan.record, known);
    return known.result;
  };
}

const timeNames: Readonly<Record<PlanRecord["workload"]["phase"], string>> = { training: "step", prefill: "TTFT", decode: "TPOT" };

/** `step 20.10 s → 18.44 s`; where the work changes with it, and in serving, also `1,200 → 1,300 tokens/s a GPU`. */
export function timeText({ workload: { phase } }: PlanRecord, before: Outcome | undefined, after: Outcome): string {
  const time = `${timeNames[phase]} ${change(before?.time, after.time, (value) => formatQuantity(value, dimensions.time))}`;
  if (phase === "training" && before?.work === after.work) return time;
  return `${time}, ${change(before?.throughput, after.throughput, (value) => formatGrouped(Math.round(value)))} tokens/s a GPU`;
}

function change(before: number | undefined, after: number, text: (value: number) => string): string {
  const now = text(after);
  return before === undefined || text(before) === now ? now : `${text(before)} → ${now}`;
}

/** A figure and the time of the plan, once where they are the same figure. */
export const withoutRepeat = (figure: string, time: string): string =>
  [figure, ...time.split(", ").filter((part) => part.slice(part.search(/\d/)) !== figure.slice(figure.search(/\d/)))].join(", ");

/** `91.30 GB → 71.20 GB of 85.52 GB`. */
export const memoryText = (before: number, after: number, capacity: number): string =>
  `${formatQuantity(before, dimensions.bytes)} → ${formatQuantity(after, dimensions.bytes)} of ${formatQuantity(capacity, dimensions.bytes)}`;
