/** What a training plan computes, once for each mode. */

import { commSms, copiesPerToken } from "../communication/expert-parallel";
import { deviceOf, type Device } from "../compute/device";
import { computeOf, type PartTimes } from "../compute/layer";
import type { Operator, Passes, Work } from "../compute/operator";
import { Unavailable } from "../definition";
import { plainElement } from "../model/precision";
import { oncePerKey } from "../once";
import { closedForm } from "../pipeline/closed-form";
import { mirrorStage, type ChunkDurations, type Durations, type Pipeline } from "../pipeline/schedule";
import type { Evaluation, Mode } from "../plan/evaluation";
import { moeBlocksOf } from "../plan/layout";
import { shapeOf, type Stage } from "../plan/stages";
import { chunkTimes, overlappedPair, type ChunkTimes, type PairHalf, type StageCompute, type StageExchange } from "./chunk";
import { sendTime, stageTraffic, trainingTraffic, type StageTraffic, type TrainingTraffic } from "./exchange";
import { sweepTime, syncOf, type Cover, type Sync } from "./replicas";
import { stepOf, type Step } from "./step";

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
  /** Of the rank that has most to exchange: hidden or not, and what nothing hides. */
  readonly sync: number;
  readonly exposed_sync: number;
  /** The optimizer's pass over its shard, of the rank that has the largest: s. */
  readonly sweep: number;
  /** The bubble of the schedule's closed form, with the mean chunk: s. */
  readonly closed_form: number;
  /** Of the whole model: resident weights, master weights and moments. */
  readonly checkpoint_bytes: number;
  /** For explanations: every operator that one micro-batch passes, over all stages, and what each stage takes for it. */
  readonly operators: () => readonly Operator[];
  readonly durations: Durations;
}

export function trainingOf(evaluation: Evaluation, mode: Mode): Training {
  const work = workOf(evaluation);
  const pipeline = evaluation.pipeline();
  const shared = trainingTraffic(evaluation, mode, work.tokens);
  const device = deviceOf(evaluation.plan, mode);
  const traffic = evaluation.stages().map(oncePerKey(shapeOf, (stage) => stageTraffic(evaluation, stage, shared)));
  const chunks = chunksOf(evaluation, mode, work, device, traffic);
  const send = sendTime(evaluation, shared);
  const ends = endsOf(evaluation, mode, chunks, device, shared);
  const perRank = (of: (stage: StageTraffic) => number): number => (traffic.reduce((sum, stage) => sum + of(stage), 0) * pipeline.micro_batches) / pipeline.pp;
  return {
    step: stepOf(pipeline, chunks, send, ends),
    ...exchangeOfLayer(evaluation, work, shared),
    tp: perRank((stage) => stage.tensor_forward + stage.tensor_backward),
    cp: perRank((stage) => stage.context_forward + stage.context_backward),
    pp: (2 * sendsOf(pipeline, chunks.length) * pipeline.micro_batches * send) / pipeline.pp,
    sync: ends.sync,
    exposed_sync: ends.exposed_sync,
    sweep: ends.sweep,
    closed_form: closedForm(pipeline, meanChunk(chunks)).bubble,
    checkpoint_bytes: checkpointBytes(evaluation),
    operators: () => {
      const { operators } = computeOf(evaluation.plan, evaluation.layout(), work, device);
      return evaluation.stages().flatMap(operators);
    },
    durations: { stages: chunks.map(({ durations }) => durations), send },
  };
}

/** Throws `Unavailable` where the workload does not train or lacks a size. */
function workOf({ plan: { workload, parallelism }, layout }: Evaluation): Work {
  const { phase, sequence_length, imbalance } = workload;
  if (phase !== "training") throw new Unavailable("only a training plan has steps", true);
  if (sequence_length === undefined) throw new Unavailable("the workload has no `sequence_length`");
  const sequences = parallelism.micro_batch_size;
  return { phase, tokens: (sequences * sequence_length) / layout().cp, sequences, sequence_length, imbalance };
}

function meanChunk(chunks: readonly ChunkTimes[]): ChunkDurations {
  const mean = (of: (durations: ChunkDurations) => number): number => chunks.reduce((sum, { durations }) => sum + of(durations), 0) / chunks.length;
  const chunk = { forward: mean(({ forward }) => forward), backward: mean(({ backward }) => backward), weight: mean(({ weight }) => weight) };
  return chunks.some(({ durations }) => durations.overlapped !== undefined) ? { ...chunk, overlapped: mean(({ overlapped = 0 }) => overlapped) } : chunk;
}

/** Boundaries between stages that lie between two ranks: of the letter V its point lies within one. */
const sendsOf = ({ schedule }: Pipeline, stages: number): number => stages - 1 - (schedule === "dualpipev" ? 1 : 0);

function chunksOf(evaluation: Evaluation, mode: Mode, work: Work, device: Device, traffic: readonly StageTraffic[]): readonly ChunkTimes[] {
  const { plan } = evaluation;
  const layout = evaluation.layout();
  const stages = evaluation.stages();
  const alone = computeOf(plan, layout, work, device);
  const plain = stages.map(oncePerKey(shapeOf, (stage) => {
    const times = alone.times(stage);
    const core = layout.cp === 1 ? noPasses : coreTimes(alone.operators(stage));
    const exchange = exposedExchange(evaluation, times, core, traffic[stage.index] ?? noTraffic);
    return { exchange, chunk: chunkTimes(stageCompute(times, device), exchange) };
  }));
  const chunks = plain.map(({ chunk }) => chunk);
  if (evaluation.pipeline().schedule !== "dualpipe" && evaluation.pipeline().schedule !== "dualpipev") return chunks;
  const narrowed = besideExchanges(evaluation, mode, device);
  const beside = narrowed === device ? alone : computeOf(plan, layout, work, narrowed);
  const halves = stages.map(oncePerKey(shapeOf, (stage) => {
    const { forward, backward_input, backward_weight } = stageCompute(beside.times(stage), device);
    const exchange = plain[stage.index]?.exchange ?? noExchange;
    return {
      forward: { compute: forward, expert: exchange.expert_forward, blocking: exchange.blocking_forward },
      backward: { compute: backward_input + backward_weight, expert: exchange.expert_backward, blocking: exchange.blocking_backward },
    };
  }));
  return chunks.map((chunk, index) => withPair(chunk, halves[index]?.forward, halves[mirrorStage(chunks.length, index)]?.backward, chunks[mirrorStage(chunks.length, index)]));
}

function withPair({ durations, compute }: ChunkTimes, forward: PairHalf | undefined, backward: PairHalf | undefined, mirror: ChunkTimes | undefined): ChunkTimes {
  if (!forward || !backward || !mirror) return { durations, compute };
  const pair = overlappedPair(forward, backward, durations.forward + mirror.durations.backward);
  return { durations: paired(durations, pair.duration), compute: paired(compute, pair.compute) };
}

const paired = ({ forward, backward, weight }: ChunkDurations, overlapped: number): ChunkDurations => ({ forward, backward, weight, overlapped });

/** The device while exchanges hold some of its multiprocessors. */
function besideExchanges(evaluation: Evaluation, mode: Mode, device: Device): Device {
  const { plan } = evaluation;
  const { sms } = plan.hardware.gpu;
  const taken = commSms(plan, evaluation.groups());
  if (taken === 0 || mode === "ideal" || sms === undefined) return device;
  return deviceOf(plan, mode, (sms - taken) / sms);
}

/** Operators, and in estimates the gaps between them. */
function stageCompute({ all: { forward, backward_input, backward_weight } }: PartTimes, { mode, defaults }: Device): StageCompute {
  const running = mode === "ideal" ? 1 : defaults.running.value;
  return { forward: forward / running, backward_input: backward_input / running, backward_weight: backward_weight / running };
}

const noPasses: Passes = { forward: 0, backward_input: 0, backward_weight: 0 };

/** Time in attention cores, which context-parallel exchanges stand beside. */
function coreTimes(operators: readonly Operator[]): Passes {
  return operators.filter(({ kind }) => kind === "attention").reduce((total, { count, time }) => ({
    forward: total.forward + count * time.forward,
    backward_input: total.backward_input + count * time.backward_input,
    backward_weight: total.backward_weight + count * time.backward_weight,
  }), noPasses);
}

const noTraffic: StageTraffic = { expert_forward: 0, expert_backward: 0, tensor_forward: 0, tensor_backward: 0, context_forward: 0, context_backward: 0 };
const noExchange: StageExchange = { expert_forward: 0, expert_backward: 0, blocking_forward: 0, blocking_backward: 0 };

/**
 * What of a stage's exchanges its own operators hide. Tensor parallelism: nothing, or with `overlap_tensor_parallel` all but the first
 * of tp pieces while the products last (TransformerEngine's userbuffers). Context parallelism: the ring passes on while attention
 * runs over what has arrived. Full recomputation exchanges forward once more.
 */
function exposedExchange({ plan, layout }: Evaluation, times: PartTimes, core: Passes, traffic: StageTraffic): StageExchange {
  const { recompute, overlap_tensor_parallel } = plan.parallelism;
  const { tp, cp } = layout();
  const again = recompute === "full" ? 1 : 0;
  const ring = (cp - 1) / cp;
  const waited = (time: number, beside: number): number => (overlap_tensor_parallel ? Math.max(time / tp, time - beside) : time);
  const passed = (time: number, beside: number): number => Math.max(0, time - ring * beside);
  const { forward, backward_input, backward_weight } = times.all;
  const blocking_forward = waited(traffic.tensor_forward, forward) + passed(traffic.context_forward, core.forward);
  const blocking_backward = waited(traffic.tensor_backward, backward_input + backward_weight) + passed(traffic.context_backward, core.backward_input);
  return {
    expert_forward: traffic.expert_forward,
    expert_backward: traffic.expert_backward + again * traffic.expert_forward,
    blocking_forward,
    blocking_backward: blocking_backward + again * blocking_forward,
  };
}

type Ends = Pick<Training, "sync" | "exposed_sync" | "sweep">;

function endsOf(evaluation: Evaluation, mode: Mode, chunks: readonly ChunkTimes[], device: Device, { collective }: TrainingTraffic): Ends {
  const replicas = evaluation.replicas();
  const { micro_batches } = evaluation.pipeline();
  const syncs = replicas.ranks.map((rank): Sync => syncOf(evaluation, rank, coverOf(rank.stages, chunks, micro_batches), collective));
  const most = (values: readonly number[]): number => values.reduce((largest, value) => Math.max(largest, value), 0);
  return {
    sync: most(syncs.map(({ whole }) => whole)),
    // a bound hides them wholly: shorter passes would hide less of them than the estimate's do
    exposed_sync: mode === "ideal" ? 0 : most(syncs.map(({ exposed }) => exposed)),
    sweep: most(replicas.ranks.map((rank) => sweepTime(evaluation, replicas, rank, device))),
  };
}

function coverOf(own: readonly Stage[], chunks: readonly ChunkTimes[], micro_batches: number): Cover {
  const sum = (of: (stage: Stage) => number): number => own.reduce((total, stage) => total + of(stage), 0);
  const layers = sum((stage) => stage.layers);
  return {
    micro_batches,
    forward: sum(({ index }) => chunks[index]?.durations.forward ?? 0),
    backward: sum(({ index }) => chunks[index]?.durations.backward ?? 0),
    share: layers <= 1 ? 0 : (layers - 1) / layers,
  };
}

/** The first `ffn moe` block stands for all: its exchange, forward, of one micro-batch. */
function exchangeOfLayer(evaluation: Evaluation, work: Work, { exchangeOf }: TrainingTraffic): Pick<Training, "dispatch" | "combine" | "traffic"> {
  const { plan } = evaluation;
  const [block] = moeBlocksOf(plan);
  if (!block) return { dispatch: undefined, combine: undefined, traffic: undefined };
  const { dispatch, combine } = exchangeOf(block);
  const tokens = work.tokens / evaluation.layout().tp;
  const isSpread = copiesPerToken(block, evaluation.groups().ep, "normal").scale_out > 0;
  const bytes = (transfer: typeof dispatch): number => (isSpread ? transfer.scale_out_bytes : transfer.scale_up_bytes) / tokens;
  return { dispatch: dispatch.time, combine: combine.time, traffic: { dispatch: bytes(dispatch), combine: bytes(combine) } };
}

/** Each rank of a pipeline holds its part once, however often replicas hold it; dualpipe holds every stage twice. */
function checkpointBytes(evaluation: Evaluation): number {
  const { ranks } = evaluation.replicas();
  const { tp, ep, etp } = evaluation.layout();
  const copies = evaluation.pipeline().schedule === "dualpipe" ? 2 : 1;
  const { precision } = evaluation.plan.model;
  const perParameter = plainElement(precision.master_weights).value + 2 * plainElement(precision.optimizer_moments).value + plainElement(precision.weights).value;
  return ranks.reduce((total, { count, states: { dense, experts } }) => total + count * (dense.trained * tp + experts.trained * ep * etp) * perParameter, 0) / copies;
}
