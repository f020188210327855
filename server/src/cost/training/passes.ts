/**
 * What the passes of one micro-batch come to in every stage: plain numbers, whatever runs around them (how many micro-batches, how many
 * replicas, which ZeRO stage). Seconds.
 */

import { commSms, copiesPerToken } from "../communication/expert-parallel";
import type { Transfer } from "../communication/transfer";
import { deviceOf, type Device } from "../compute/device";
import { computeOn, type StageCompute as AllCompute } from "../compute/layer";
import type { Work } from "../compute/operator";
import type { PartTimes } from "../compute/run";
import { Unavailable } from "../definition";
import { once, oncePerKey } from "../once";
import { mirrorStage, type ChunkDurations } from "../pipeline/schedule";
import type { Evaluation, Mode } from "../plan/evaluation";
import { moeBlocksOf, type Group, type Layout } from "../plan/layout";
import type { PlanRecord } from "../plan/record";
import { lastRun, oncePerLayer, rankKindsOf, shapeOf, type Stage, type StageParts } from "../plan/stages";
import { chunkTimes, overlappedPair, type ChunkTimes, type PairHalf, type StageCompute, type StageExchange } from "./chunk";
import { sendTime, stageTraffic, trainingTraffic, type StageTraffic, type TrainingTraffic } from "./exchange";
import type { Cover } from "./replicas";

export interface Passes {
  /** By stage. */
  readonly chunks: readonly ChunkTimes[];
  /** From a stage to the next. */
  readonly send: number;
  /** Of one micro-batch and one MoE layer, forward; `undefined` without a MoE layer. */
  readonly dispatch: number | undefined;
  readonly combine: number | undefined;
  /** Bytes that a token puts on the slower link in one MoE layer. */
  readonly traffic: { readonly dispatch: number; readonly combine: number } | undefined;
  /** Tensor- and context-parallel exchanges of one micro-batch, hidden or not, summed over the stages. */
  readonly tp: number;
  readonly cp: number;
  /** By kind of rank; none in a bound. */
  readonly covers: readonly Covers[];
}

/** What the exchanges between replicas can stand beside on each link. */
export type Covers = Readonly<Record<Transfer["link"], Cover>>;

export function passesOf(evaluation: Evaluation, mode: Mode): Passes {
  const work = trainingWork(evaluation.plan, evaluation.layout);
  const shared = trainingTraffic(evaluation, mode, work.tokens);
  const device = deviceOf(evaluation.plan, mode);
  const alone = computeOn(device, evaluation.trainingOperators);
  const chunkOf = (stage: StageParts): Chunk => chunkAlone(evaluation, alone, stageTraffic(evaluation, stage, shared), stage, device);
  const plain = evaluation.stages.map(oncePerKey(shapeOf, chunkOf));
  const chunks = withPairs(evaluation, mode, device, alone, plain);
  const forwards = forwardPasses(evaluation);
  const overStages = (of: (stage: StageTraffic) => number): number => plain.reduce((sum, { traffic }) => sum + of(traffic), 0);
  return {
    chunks,
    send: sendTime(evaluation, shared),
    // a bound takes the exchanges between replicas for hidden, whatever they stand beside
    covers: mode === "ideal" ? [] : coversOf(evaluation, plain, chunkOf),
    ...exchangeOfLayer(evaluation, work, shared),
    tp: overStages((stage) => forwards * stage.tensor_forward + stage.tensor_backward),
    cp: overStages((stage) => forwards * stage.context_forward + stage.context_backward),
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
  if (evaluation.pipeline.schedule !== "dualpipe" && evaluation.pipeline.schedule !== "dualpipev") return chunks;
  const narrowed = besideExchanges(evaluation, mode, device);
  const beside = narrowed === device ? alone : computeOn(narrowed, evaluation.trainingOperators);
  const forwards = forwardPasses(evaluation);
  const halves = evaluation.stages.map(oncePerKey(shapeOf, (stage) => {
    const { forward, backward_input, backward_weight } = stageCompute(beside.times(stage), device);
    const { exchange, traffic } = plain[stage.index] ?? nothing;
    return {
      forward: { compute: forward, expert: traffic.expert_beside, blocking: exchange.blocking_forward },
      backward: { compute: backward_input + backward_weight, expert: forwards * traffic.expert_beside, blocking: exchange.blocking_backward },
    };
  }));
  const stages = evaluation.stages;
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
  const taken = commSms(plan, evaluation.groups);
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
  const { tp, cp } = evaluation.layout;
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

/** By kind of rank. `plain`: of each stage. */
function coversOf(evaluation: Evaluation, plain: readonly Chunk[], chunkOf: (unit: StageParts) => Chunk): readonly Covers[] {
  const head = once(() => chunkOf({ ...noUnit, head: true }));
  const embedding = once(() => chunkOf({ ...noUnit, embedding: true }));
  const layer = oncePerLayer((blocks) => chunkOf({ ...noUnit, runs: [{ ...blocks, layers: [0] }] }));
  /** What of a stage runs last in the forward pass: the head, else its last layer, else the embedding. */
  const lastUnit = (stage: Stage): Chunk => {
    const last = lastRun(stage.runs);
    return stage.head ? head() : last === undefined ? embedding() : layer(last);
  };
  return rankKindsOf(evaluation.plan.model, evaluation.pipeline).kinds.map(({ stages }) => {
    const last = stages.at(-1);
    const unit = last && lastUnit(last);
    const on = (link: Transfer["link"]): Cover => coverOf(evaluation, stages, plain, unit, link);
    return { scale_up: on("scale_up"), scale_out: on("scale_out"), none: on("none") };
  });
}

/** `plain`: of each stage, one after the other: what is exchanged beside operators in pairs of dualpipe holds its link as long. `unit`: what runs last. */
function coverOf(evaluation: Evaluation, own: readonly Stage[], plain: readonly Chunk[], unit: Chunk | undefined, link: Transfer["link"]): Cover {
  const free = own.map(({ index }) => freeTime(evaluation, plain[index], link));
  const uncovered = freeTime(evaluation, unit, link);
  const sum = (of: (cover: Cover) => number): number => Math.max(0, free.reduce((total, cover) => total + of(cover), 0) - of(uncovered));
  return { forward: sum(({ forward }) => forward), backward: sum(({ backward }) => backward) };
}

/** Of a chunk's passes, the time in which no exchange of theirs holds a link; one between domains holds the cards, one within a domain its scale-up link. */
function freeTime(evaluation: Evaluation, chunk: Chunk | undefined, link: Transfer["link"]): Cover {
  if (!chunk) return { forward: 0, backward: 0 };
  const { traffic, times: { durations } } = chunk;
  const { ep, tp, cp } = evaluation.groups;
  const held = ({ size, per_domain }: Group, time: number): number => ((size > per_domain ? "scale_out" : "scale_up") === link ? time : 0);
  const forward = held(ep, traffic.expert) + held(tp, traffic.tensor_forward) + held(cp, traffic.context_forward);
  const backward = held(ep, traffic.expert) + held(tp, traffic.tensor_backward) + held(cp, traffic.context_backward) + (forwardPasses(evaluation) - 1) * forward;
  return { forward: Math.max(0, durations.forward - forward), backward: Math.max(0, durations.backward - backward) };
}

const noChunk: ChunkDurations = { forward: 0, backward: 0, weight: 0 };
const noChunkTimes: ChunkTimes = { durations: noChunk, compute: noChunk, expert: noChunk, exchange: noChunk };

const noUnit: StageParts = { runs: [], embedding: false, head: false, mtp_modules: 0, mtp_layer: undefined };

/** The first `ffn moe` block stands for all: its exchange, forward, of one micro-batch. */
function exchangeOfLayer(evaluation: Evaluation, work: Work, { exchangeOf }: TrainingTraffic): Pick<Passes, "dispatch" | "combine" | "traffic"> {
  const { plan } = evaluation;
  const [block] = moeBlocksOf(plan);
  if (!block) return { dispatch: undefined, combine: undefined, traffic: undefined };
  const { dispatch, combine } = exchangeOf(block);
  const tokens = work.tokens / evaluation.layout.tp;
  const isSpread = copiesPerToken(block, evaluation.groups.ep, "normal").scale_out > 0;
  const bytes = (transfer: typeof dispatch): number => (isSpread ? transfer.scale_out_bytes : transfer.scale_up_bytes) / tokens;
  return { dispatch: dispatch.time, combine: combine.time, traffic: { dispatch: bytes(dispatch), combine: bytes(combine) } };
}
