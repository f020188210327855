/**
 * What is computed of a plan, each part once and only when something asks for it. Every metric of a plan reads from here, so that
 * forty figures cost one pass; an explanation evaluates a watched copy of the plan and so sees what its figure read, and no more.
 */

import { operatorsOf, type Operators } from "../compute/layer";
import { Unavailable } from "../definition";
import { memoryModel, type MemoryModel } from "../memory/memory-model";
import { stageMemory, type PlanMemory } from "../memory/stage-memory";
import type { Pipeline } from "../pipeline/schedule";
import { formatNumber } from "../term";
import { once } from "../once";
import { groupsOf, layoutOf, stageCopies, type Groups, type Layout } from "./layout";
import type { PlanRecord } from "./record";
import { stagesOf, type Stage } from "./stages";
import { servingOf, type Serving } from "../serving/evaluate";
import { trainingOf, trainingWork, type Training } from "../training/evaluate";
import { replicasOf, type Replicas } from "../training/replicas";

/** `ideal`: the physical bound; peaks and line rates, efficiencies 1, no latency. */
export type Mode = "estimate" | "ideal";

export interface Evaluation {
  readonly plan: PlanRecord;
  readonly layout: () => Layout;
  readonly groups: () => Groups;
  /** Micro-batches of a step and a data-parallel replica; throws `Unavailable` outside training. */
  readonly microBatches: () => number;
  readonly pipeline: () => Pipeline;
  readonly stages: () => readonly Stage[];
  /** What the figures of memory and the exchanges between replicas share. */
  readonly memoryModel: () => MemoryModel;
  readonly memory: () => PlanMemory;
  readonly replicas: () => Replicas;
  /** What a micro-batch of a training plan computes, whatever device runs it. */
  readonly trainingOperators: () => Operators;
  readonly training: (mode: Mode) => Training;
  /** Of prefill and decode plans. */
  readonly serving: (mode: Mode) => Serving;
}

/**
 * The last few plans that somebody asked about: the figures of one are asked for in a row, a service and a comparison have two. A table of
 * all records by identity would make the collection of what they leave behind take as long as the figures themselves.
 */
const recent: (Evaluation | undefined)[] = [undefined, undefined, undefined, undefined];
let oldest = 0;

/** Evaluations of records that somebody holds on to, and no others: few, whatever a search tries in between. */
const lasting = new WeakMap<PlanRecord, Evaluation>();

/** What is computed of this record from now on lasts as long as the record: an editor asks again after every edit. */
export function keepEvaluation(plan: PlanRecord): void {
  if (!lasting.has(plan)) lasting.set(plan, evaluate(plan));
}

/** The same for the same record, while it is one of the last few or was asked to be kept. */
export function evaluationOf(plan: PlanRecord): Evaluation {
  for (const known of recent) if (known?.plan === plan) return known;
  const kept = lasting.get(plan);
  if (kept) return kept;
  const evaluation = evaluate(plan);
  recent[oldest] = evaluation;
  oldest = (oldest + 1) % recent.length;
  return evaluation;
}

function evaluate(plan: PlanRecord): Evaluation {
  const layout = once(() => layoutOf(plan));
  const microBatches = once(() => microBatchesOf(plan, layout()));
  const pipeline = once(() => (plan.workload.phase === "training" ? trainingPipeline(plan, layout(), microBatches()) : forwardPipeline(layout())));
  const evaluation: Evaluation = {
    plan, layout, microBatches, pipeline,
    groups: once(() => groupsOf(layout(), plan.hardware, stageCopies(plan))),
    stages: once(() => stagesOf(plan.model, pipeline())),
    memoryModel: once(() => memoryModel(evaluation)),
    memory: once(() => stageMemory(evaluation.memoryModel())),
    replicas: once(() => replicasOf(evaluation)),
    trainingOperators: once(() => operatorsOf(plan, layout(), trainingWork(plan, layout()))),
    training: oncePerMode((mode) => trainingOf(evaluation, mode)),
    serving: oncePerMode((mode) => servingOf(evaluation, mode)),
  };
  return evaluation;
}

/** One result for each mode, computed when it is asked for. */
export function oncePerMode<Result>(compute: (mode: Mode) => Result): (mode: Mode) => Result {
  const results = { estimate: once(() => compute("estimate")), ideal: once(() => compute("ideal")) };
  return (mode) => results[mode]();
}

export function microBatchesOf({ workload, parallelism }: PlanRecord, { dp }: Layout): number {
  const { global_batch_size } = workload;
  if (workload.phase !== "training") throw new Unavailable("only a training plan has micro-batches", true);
  if (global_batch_size === undefined) throw new Unavailable("the workload has no `global_batch_size`");
  const perStep = dp * parallelism.micro_batch_size;
  if (global_batch_size % perStep !== 0) {
    throw new Unavailable(`\`global_batch_size\` (${formatNumber(global_batch_size)}) is no multiple of dp x \`micro_batch_size\` (${formatNumber(perStep)})`);
  }
  return global_batch_size / perStep;
}

/** Serving runs forward alone, one micro-batch a stage, in the order of the stages whatever schedule is written. */
export const forwardPipeline = ({ pp }: Layout): Pipeline => ({ schedule: "1f1b", pp, micro_batches: pp });

/** Of a training plan with a number of micro-batches. */
export function trainingPipeline({ parallelism: { schedule } }: PlanRecord, { pp, vp }: Pick<Layout, "pp" | "vp">, micro_batches: number): Pipeline {
  return schedule === "interleaved" ? { schedule, pp, vp, micro_batches } : { schedule, pp, micro_batches };
}
