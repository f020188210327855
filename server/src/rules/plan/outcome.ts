/** What a plan comes to, for weighing one change of it against another. */

import { available } from "../layout/plan";
import { evaluationOf } from "../../cost/plan/evaluation";
import type { PlanRecord } from "../../cost/plan/record";
import { tokensPerSecondPerGpu } from "../../cost/serving/evaluate";
import { dimensions, formatQuantity } from "../../units";

export interface Outcome {
  /** Bytes of the fullest GPU. */
  readonly memory: number;
  /** Seconds: of a step of training, from one token to the next, to the first token. */
  readonly time: number;
  /** Tokens a second and GPU. */
  readonly throughput: number;
}

/** The fullest GPU of a plan in bytes; `undefined` where it cannot be computed. */
export const memoryOf = (record: PlanRecord): number | undefined => available(() => evaluationOf(record).memory().worst.total);

/** `undefined` where one of the figures cannot be computed. */
export const outcomeOf = (record: PlanRecord): Outcome | undefined =>
  available(() => {
    const evaluation = evaluationOf(record);
    const memory = evaluation.memory().worst.total;
    const { phase, global_batch_size = Number.NaN, sequence_length = Number.NaN } = record.workload;
    if (phase === "training") {
      const time = evaluation.training("estimate").step.step_time;
      return { memory, time, throughput: (global_batch_size * sequence_length) / time / evaluation.layout().gpus };
    }
    const serving = evaluation.serving("estimate");
    return { memory, time: serving.latency, throughput: tokensPerSecondPerGpu(serving) };
  });

const timeNames: Readonly<Record<PlanRecord["workload"]["phase"], string>> = { training: "step", prefill: "TTFT", decode: "TPOT" };

/** `step 20.10 s → 18.44 s`. */
export const timeText = ({ workload: { phase } }: PlanRecord, before: Outcome | undefined, after: Outcome): string => {
  const now = formatQuantity(after.time, dimensions.time);
  const was = before && formatQuantity(before.time, dimensions.time);
  return `${timeNames[phase]} ${was === undefined || was === now ? now : `${was} → ${now}`}`;
};

/** A figure and the time of the plan, once where they are the same figure. */
export const withoutRepeat = (figure: string, time: string): string =>
  (figure.slice(figure.search(/\d/)) === time.slice(time.search(/\d/)) ? figure : `${figure}, ${time}`);

/** `91.30 GB → 71.20 GB of 85.52 GB`. */
export const memoryText = (before: number, after: number, capacity: number): string =>
  `${formatQuantity(before, dimensions.bytes)} → ${formatQuantity(after, dimensions.bytes)} of ${formatQuantity(capacity, dimensions.bytes)}`;
