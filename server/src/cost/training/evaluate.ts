/** What a training plan computes, once for each mode. */

import { linksOf } from "../communication/links";
import { deviceOf } from "../compute/device";
import { computeOn } from "../compute/layer";
import type { Operator } from "../compute/operator";
import { closedForm } from "../pipeline/closed-form";
import type { ChunkDurations, Durations, Pipeline } from "../pipeline/schedule";
import type { Evaluation, Mode } from "../plan/evaluation";
import { stageCopies } from "../plan/layout";
import type { ChunkTimes } from "./chunk";
import type { Passes } from "./passes";
import { sweepTime, syncOf } from "./replicas";
import { stepOf, totalOf, type Step } from "./step";

export interface Training {
  readonly step: Step;
  /** Of one micro-batch and one MoE layer, forward, in s; `undefined` without a MoE layer. */
  readonly dispatch: number | undefined;
  readonly combine: number | undefined;
  /** Bytes that a token puts on the slower link in one MoE layer. */
  readonly traffic: { readonly dispatch: number; readonly combine: number } | undefined;
  /** Exchanges of a step in s, hidden or not, the mean over the ranks of a pipeline. */
  readonly tp: number;
  readonly pp: number;
  readonly cp: number;
  /** Dispatch and combine. */
  readonly expert: number;
  /** Of the rank that has most to exchange: hidden or not, and what nothing hides. */
  readonly sync: number;
  readonly exposed_sync: number;
  /** The optimizer's pass over its shard, of the rank that has the largest: s. */
  readonly sweep: number;
  /** The bubble of the schedule's closed form, with the mean chunk: s. */
  readonly closed_form: () => number;
  /** For explanations: every operator that one micro-batch passes, over all stages, and what each stage takes for it. */
  readonly operators: () => readonly Operator[];
  readonly durations: () => Durations;
}

export function trainingOf(evaluation: Evaluation, mode: Mode): Training {
  const passes = evaluation.passes(mode);
  const { chunks, send, dispatch, combine, traffic, tp, cp } = passes;
  const pipeline = evaluation.pipeline;
  const perRank = (ofMicroBatch: number): number => (ofMicroBatch * pipeline.micro_batches) / pipeline.pp;
  const ends = endsOf(evaluation, passes, mode);
  const run = evaluation.pipelineRun(mode);
  return {
    step: stepOf(run, ends),
    expert: totalOf(run.exchange),
    dispatch, combine, traffic,
    tp: perRank(tp),
    cp: perRank(cp),
    pp: (2 * sendsOf(pipeline, chunks.length) * pipeline.micro_batches * send) / pipeline.pp,
    ...ends,
    closed_form: () => closedForm(pipeline, meanChunk(chunks)).bubble,
    operators: () => evaluation.stages.flatMap(computeOn(deviceOf(evaluation.plan, mode), evaluation.trainingOperators).operators),
    durations: () => ({ stages: chunks.map(({ durations }) => durations), send }),
  };
}

function meanChunk(chunks: readonly ChunkTimes[]): ChunkDurations {
  const mean = (of: (durations: ChunkDurations) => number): number => chunks.reduce((sum, { durations }) => sum + of(durations), 0) / chunks.length;
  const chunk = { forward: mean(({ forward }) => forward), backward: mean(({ backward }) => backward), weight: mean(({ weight }) => weight) };
  return chunks.some(({ durations }) => durations.overlapped !== undefined) ? { ...chunk, overlapped: mean(({ overlapped = 0 }) => overlapped) } : chunk;
}

/** Boundaries between stages that lie between two ranks: of the letter V its point lies within one. */
const sendsOf = ({ schedule }: Pipeline, stages: number): number => stages - 1 - (schedule === "dualpipev" ? 1 : 0);

type Ends = Pick<Training, "sync" | "exposed_sync" | "sweep">;

function endsOf(evaluation: Evaluation, { covers }: Passes, mode: Mode): Ends {
  const { plan } = evaluation;
  const device = deviceOf(plan, mode);
  const links = linksOf(plan.hardware, plan.efficiency, mode);
  // the copies of a stage share its micro-batches
  const microBatches = evaluation.pipeline.micro_batches / stageCopies(plan);
  let [sync, exposed_sync, sweep] = [0, 0, 0];
  for (const [kind, { states }] of evaluation.holdings.kinds.entries()) {
    const { whole, exposed } = syncOf(evaluation, states, microBatches, (link) => covers[kind]?.[link] ?? nothingBeside, links);
    sync = Math.max(sync, whole);
    exposed_sync = Math.max(exposed_sync, exposed);
    sweep = Math.max(sweep, sweepTime(evaluation, states, device));
  }
  // a bound hides them wholly: its shorter passes would hide less of them than the estimate's do
  return { sync, exposed_sync: mode === "ideal" ? 0 : exposed_sync, sweep };
}

const nothingBeside = { forward: 0, backward: 0 };
