/** What a training plan computes, once for each mode. */

import { commSms, copiesPerToken } from "../communication/expert-parallel";
import type { Transfer } from "../communication/transfer";
import { deviceOf, type Device } from "../compute/device";
import { computeOn, type StageCompute as AllCompute } from "../compute/layer";
import type { Operator, Work } from "../compute/operator";
import type { PartTimes } from "../compute/run";
import { Unavailable } from "../definition";
import { checkpointBytes } from "../memory/memory-model";
import { oncePerKey } from "../once";
import { closedForm } from "../pipeline/closed-form";
import { mirrorStage, type ChunkDurations, type Durations, type Pipeline } from "../pipeline/schedule";
import type { Evaluation, Mode } from "../plan/evaluation";
import { moeBlocksOf, stageCopies, type Group, type Layout } from "../plan/layout";
import type { PlanRecord } from "../plan/record";
import { lastRun, shapeOf, type Stage, type StageParts } from "../plan/stages";
import { chunkTimes, overlappedPair, type ChunkTimes, type PairHalf, type StageCompute, type StageExchange } from "./chunk";
import { sendTime, stageTraffic, trainingTraffic, type StageTraffic, type TrainingTraffic } from "./exchange";
import { sweepTime, syncOf, type Cover, type Sync } from "./replicas";
import { expertTime, stepOf, type Step } from "./step";

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
  readonly expert: () => number;
  /** Of the rank that has most to exchange: hidden or not, and what nothing hides. */
  readonly sync: number;
  readonly exposed_sync: number;
  /** The optimizer's pass over its shard, of the rank that has the largest: s. */
  readonly sweep: number;
  /** The bubble of the schedule's closed form, with the mean chunk: s. */
  readonly closed_form: number;
  /** Of the whole model: resident weights, master weights and moments. */
  readonly checkpoint_bytes: () => number;
  /** For explanations: every operator that one micro-batch passes, over all stages, and what each stage takes for it. */
  readonly operators: () => readonly Operator[];
  readonly durations: Durations;
}

export function trainingOf(evaluation: Evaluation, mode: Mode): Training {
  const work = trainingWork(evaluation.plan, evaluation.layout());
  const pipeline = evaluation.pipeline();
  const shared = trainingTraffic(evaluation, mode, work.tokens);
  const device = deviceOf(evaluation.plan, mode);
  const alone = computeOn(device, evaluation.trainingOperators());
  const chunkOf = (stage: StageParts): Chunk => chunkAlone(evaluation, alone, stageTraffic(evaluation, stage, shared), stage, device);
  const plain = evaluation.stages().map(oncePerKey(shapeOf, chunkOf));
  const chunks = withPairs(evaluation, mode, device, alone, plain);
  const send = sendTime(evaluation, shared);
  const ends = endsOf(evaluation, mode, plain, chunkOf, device, shared);
  const perRank = (of: (stage: StageTraffic) => number): number => (plain.reduce((sum, { traffic }) => sum + of(traffic), 0) * pipeline.micro_batches) / pipeline.pp;
  const forwards = forwardPasses(evaluation);
  return {
    step: stepOf(pipeline, chunks, send, ends),
    ...exchangeOfLayer(evaluation, work, shared),
    tp: perRank((stage) => forwards * stage.tensor_forward + stage.tensor_backward),
    cp: perRank((stage) => forwards * stage.context_forward + stage.context_backward),
    pp: (2 * sendsOf(pipeline, chunks.length) * pipeline.micro_batches * send) / pipeline.pp,
    expert: () => expertTime(pipeline, chunks, send),
    sync: ends.sync,
    exposed_sync: ends.exposed_sync,
    sweep: ends.sweep,
    closed_form: closedForm(pipeline, meanChunk(chunks)).bubble,
    checkpoint_bytes: () => checkpointBytes(evaluation.memoryModel()),
    operators: () => evaluation.stages().flatMap(alone.operators),
    durations: { stages: chunks.map(({ durations }) => durations), send },
  };
}

/** Throws `Unavailable` where the workload does not train or lacks a size. */
export function trainingWork({ workload, parallelism }: PlanRecord, { cp }: Layout): Work {
  const { phase, sequence_length, imbalance } = workload;
  if (phase !== "training") throw new Unavailable("only a training plan has steps", true);
  if (sequence_length === undefined) throw new Unavailable("the workload has no `sequence_length`");
  const sequences = parallelism.micro_batch_size;
  return { phase, tokens: (sequences * sequence_length) / cp, sequences, sequence_length, imbalance };
}

function meanChunk(chunks: readonly ChunkTimes[]): ChunkDurations {
  const mean = (of: (durations: ChunkDurations) => number): number => chunks.reduce((sum, { durations }) => sum + of(durations), 0) / chunks.length;
  const chunk = { forward: mean(({ forward }) => forward), backward: mean(({ backward }) => backward), weight: mean(({ weight }) => weight) };
  return chunks.some(({ durations }) => durations.overlapped !== undefined) ? { ...chunk, overlapped: mean(({ overlapped = 0 }) => overlapped) } : chunk;
}

/** Boundaries between stages that lie between two ranks: of the letter V its point lies within one. */
const sendsOf = ({ schedule }: Pipeline, stages: number): number => stages - 1 - (schedule === "dualpipev" ? 1 : 0);

/** One micro-batch in one stage with nothing beside it, and what it exchanges. */
interface Chunk {
  readonly times: ChunkTimes;
  readonly traffic: StageTraffic;
  readonly exchange: StageExchange;
}

function chunkAlone(evaluation: Evaluation, compute: AllCompute, traffic: StageTraffic, stage: StageParts, device: Device): Chunk {
  const times = compute.times(stage);
  const exchange = exposedExchange(evaluation, times, traffic);
  return { times: chunkTimes(stageCompute(times, device), exchange), traffic, exchange };
}

/** Chunks with what dualpipe makes of each and the backward of its mirror stage. */
function withPairs(evaluation: Evaluation, mode: Mode, device: Device, alone: AllCompute, plain: readonly Chunk[]): readonly ChunkTimes[] {
  const chunks = plain.map(({ times }) => times);
  if (evaluation.pipeline().schedule !== "dualpipe" && evaluation.pipeline().schedule !== "dualpipev") return chunks;
  const narrowed = besideExchanges(evaluation, mode, device);
  const beside = narrowed === device ? alone : computeOn(narrowed, evaluation.trainingOperators());
  const forwards = forwardPasses(evaluation);
  const halves = evaluation.stages().map(oncePerKey(shapeOf, (stage) => {
    const { forward, backward_input, backward_weight } = stageCompute(beside.times(stage), device);
    const { exchange, traffic } = plain[stage.index] ?? nothing;
    return {
      forward: { compute: forward, expert: traffic.expert_beside, blocking: exchange.blocking_forward },
      backward: { compute: backward_input + backward_weight, expert: forwards * traffic.expert_beside, blocking: exchange.blocking_backward },
    };
  }));
  const stages = evaluation.stages();
  const mirrorOf = ({ index }: Stage): Stage | undefined => stages[mirrorStage(stages.length, index)];
  // pairs of stages with the same shapes are alike
  return stages.map(oncePerKey((stage) => stage.shape * stages.length + (mirrorOf(stage)?.shape ?? 0), (stage) => {
    const mirror = mirrorOf(stage)?.index ?? stage.index;
    return withPair(chunks[stage.index] ?? noChunkTimes, halves[stage.index]?.forward, halves[mirror]?.backward, chunks[mirror]);
  }));
}

function withPair(chunk: ChunkTimes, forward: PairHalf | undefined, backward: PairHalf | undefined, mirror: ChunkTimes | undefined): ChunkTimes {
  if (!forward || !backward || !mirror) return chunk;
  const { durations, compute, expert, exchange } = chunk;
  const pair = overlappedPair(forward, backward, durations.forward + mirror.durations.backward);
  return { durations: paired(durations, pair.duration), compute: paired(compute, pair.compute), expert: paired(expert, pair.expert), exchange: paired(exchange, pair.exchange) };
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

const nothing: Pick<Chunk, "exchange" | "traffic"> = {
  exchange: { expert_forward: 0, expert_backward: 0, blocking_forward: 0, blocking_backward: 0 },
  traffic: { expert: 0, expert_beside: 0, tensor_forward: 0, tensor_backward: 0, context_forward: 0, context_backward: 0 },
};

/** Of each micro-batch and layer, exchanges of its forward included: full recomputation runs it once more. */
const forwardPasses = ({ plan }: Evaluation): number => (plan.parallelism.recompute === "full" ? 2 : 1);

/**
 * What of a stage's exchanges its own operators hide. Tensor parallelism: nothing, or with `overlap_tensor_parallel` all but the first
 * of tp pieces while the products last (TransformerEngine's userbuffers). Context parallelism: the ring passes on while attention
 * runs over what has arrived. Full recomputation exchanges forward once more.
 */
function exposedExchange(evaluation: Evaluation, { all, core }: PartTimes, traffic: StageTraffic): StageExchange {
  const { overlap_tensor_parallel } = evaluation.plan.parallelism;
  const { tp, cp } = evaluation.layout();
  const forwards = forwardPasses(evaluation);
  const ring = (cp - 1) / cp;
  const waited = (time: number, beside: number): number => (overlap_tensor_parallel ? Math.max(time / tp, time - beside) : time);
  const passed = (time: number, beside: number): number => Math.max(0, time - ring * beside);
  const { forward, backward_input, backward_weight } = all;
  const blocking_forward = waited(traffic.tensor_forward, forward) + passed(traffic.context_forward, core.forward);
  const blocking_backward = waited(traffic.tensor_backward, backward_input + backward_weight) + passed(traffic.context_backward, core.backward_input);
  return {
    expert_forward: traffic.expert,
    expert_backward: forwards * traffic.expert,
    blocking_forward,
    blocking_backward: blocking_backward + (forwards - 1) * blocking_forward,
  };
}

type Ends = Pick<Training, "sync" | "exposed_sync" | "sweep">;

function endsOf(
  evaluation: Evaluation, mode: Mode, chunks: readonly Chunk[], chunkOf: (stage: StageParts) => Chunk, device: Device, { collective }: TrainingTraffic,
): Ends {
  const replicas = evaluation.replicas();
  // the copies of a stage share its micro-batches
  const microBatches = evaluation.pipeline().micro_batches / stageCopies(evaluation.plan);
  const syncs = replicas.ranks.map((rank): Sync => syncOf(evaluation, rank, microBatches, (link) => coverOf(evaluation, rank.stages, chunks, chunkOf, link), collective));
  const most = (values: readonly number[]): number => values.reduce((largest, value) => Math.max(largest, value), 0);
  return {
    sync: most(syncs.map(({ whole }) => whole)),
    // a bound hides them wholly: shorter passes would hide less of them than the estimate's do
    exposed_sync: mode === "ideal" ? 0 : most(syncs.map(({ exposed }) => exposed)),
    sweep: most(replicas.ranks.map((rank) => sweepTime(evaluation, replicas, rank, device))),
  };
}

/** `chunks`: of each stage, one after the other: what is exchanged beside operators in pairs of dualpipe holds its link as long. */
function coverOf(evaluation: Evaluation, own: readonly Stage[], chunks: readonly Chunk[], chunkOf: (stage: StageParts) => Chunk, link: Transfer["link"]): Cover {
  const free = own.map(({ index }) => freeTime(evaluation, chunks[index], link));
  const last = own.at(-1);
  const uncovered = freeTime(evaluation, last && chunkOf(lastUnit(last)), link);
  const sum = (of: (cover: Cover) => number): number => Math.max(0, free.reduce((total, cover) => total + of(cover), 0) - of(uncovered));
  return { forward: sum(({ forward }) => forward), backward: sum(({ backward }) => backward) };
}

/** Of a chunk's passes, the time in which no exchange of theirs holds a link; one between domains holds the cards, one within a domain its scale-up link. */
function freeTime(evaluation: Evaluation, chunk: Chunk | undefined, link: Transfer["link"]): Cover {
  if (!chunk) return { forward: 0, backward: 0 };
  const { traffic, times: { durations } } = chunk;
  const { ep, tp, cp } = evaluation.groups();
  const held = ({ size, per_domain }: Group, time: number): number => ((size > per_domain ? "scale_out" : "scale_up") === link ? time : 0);
  const forward = held(ep, traffic.expert) + held(tp, traffic.tensor_forward) + held(cp, traffic.context_forward);
  const backward = held(ep, traffic.expert) + held(tp, traffic.tensor_backward) + held(cp, traffic.context_backward) + (forwardPasses(evaluation) - 1) * forward;
  return { forward: Math.max(0, durations.forward - forward), backward: Math.max(0, durations.backward - backward) };
}

const noChunk: ChunkDurations = { forward: 0, backward: 0, weight: 0 };
const noChunkTimes: ChunkTimes = { durations: noChunk, compute: noChunk, expert: noChunk, exchange: noChunk };

/** What of a stage runs last in the forward pass: the head, else its last layer, else the embedding. */
function lastUnit({ head, runs }: Stage): StageParts {
  const last = head ? undefined : lastRun(runs);
  return {
    runs: last === undefined ? [] : [{ ...last, layers: last.layers.slice(-1) }],
    embedding: !head && last === undefined, head, mtp_modules: 0, mtp_layer: undefined,
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
