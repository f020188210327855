/**
 * The memory of each rank of the pipeline by component, and the worst one. Counted is what the framework allocates, as torch's
 * max_memory_allocated does; the CUDA context, NCCL's own buffers and what fragmentation wastes come on top of it.
 */

import { Unavailable } from "../definition";
import { plainElement } from "../model/precision";
import { oncePerKey } from "../once";
import { lastRun, shapeOf, shapesOf, type Stage } from "../plan/stages";
import { sum } from "../term";
import { headBytes, mtpTensors, type HeadBytes } from "./activations";
import { bufferTerms } from "./buffers";
import { ranksInFlight, type InFlight } from "./in-flight";
import { cacheOfRuns } from "./kv-cache";
import { vocabularyOf } from "./matrix";
import { runsOfRank, shardsOf, type GroupStates, type MemoryModel } from "./memory-model";
import { servingActivations } from "./serving";

/** Bytes of one GPU. */
export interface MemoryComponents {
  readonly weights: number;
  readonly kv: number;
  readonly activations: number;
  readonly gradients: number;
  readonly optimizer: number;
  readonly buffers: number;
}

export type Moment = "loss" | "backward of the head" | "working set of a layer" | "gradient of the embedding" | "optimizer step" | "forward pass";

export interface RankMemory extends MemoryComponents {
  readonly rank: number;
  /** Those whose weights it holds. */
  readonly stages: readonly Stage[];
  readonly total: number;
  /** At which it needs most. */
  readonly moment: Moment;
  /** What it needs at that moment beside what it keeps. */
  readonly working: number;
  /** Micro-batches kept at that moment; `undefined` when serving. */
  readonly in_flight: InFlight | undefined;
}

export interface PlanMemory {
  readonly model: MemoryModel;
  readonly ranks: readonly RankMemory[];
  /** The first of those that need most. */
  readonly worst: RankMemory;
}

/** Throws `Unavailable` for what is missing or not known. */
export function stageMemory(model: MemoryModel): PlanMemory {
  const ranks = model.training ? trainingRanks(model) : model.ranks.map((stages, rank) => servingRank(model, stages, rank));
  const [first] = ranks;
  if (first === undefined) throw new Unavailable("the pipeline has no stages");
  return { model, ranks, worst: ranks.reduce((worst, rank) => (rank.total > worst.total ? rank : worst), first) };
}

/** What a rank takes whatever micro-batches it keeps. */
interface Holdings extends Pick<MemoryComponents, "weights" | "gradients" | "optimizer" | "buffers"> {
  /** The most that a layer of the rank needs for a moment. */
  readonly layerWorking: number;
  readonly optimizerWorking: number;
}

function holdingsOf(memory: MemoryModel, stages: readonly Stage[]): Holdings {
  const { weights, gradients, optimizer } = fixedBytes(memory, stages);
  return {
    weights, gradients, optimizer,
    buffers: sum("buffers", bufferTerms(memory, stages)).value,
    layerWorking: stages.reduce((most, stage) => Math.max(most, layerWorking(memory, stage)), 0),
    optimizerWorking: optimizerWorking(memory, stages),
  };
}

/** Weights, gradients and optimizer of one rank. */
function fixedBytes(memory: MemoryModel, stages: readonly Stage[]): Pick<MemoryComponents, "weights" | "gradients" | "optimizer"> {
  const states = memory.statesOf(stages);
  const divided = (from: 1 | 2 | 3, bytesOf: (group: GroupStates) => number): number => {
    const shards = shardsOf(memory, from);
    return bytesOf(states.dense) / shards.dense + bytesOf(states.experts) / shards.experts;
  };
  const gradient = plainElement(memory.plan.model.precision.gradients).value;
  return {
    weights: divided(3, ({ weights }) => weights),
    gradients: divided(2, ({ trained }) => trained * gradient),
    optimizer: divided(1, ({ optimizer }) => optimizer),
  };
}

/** What one micro-batch keeps in a stage, in bytes. */
function savedByStage(memory: MemoryModel, stage: Stage): number {
  let saved = 0;
  for (const { run, count, mtp } of runsOfRank(memory, [stage])) saved += count * (memory.layerOf(run).saved.value + (mtp ? mtpTensors(memory.flow).value : 0));
  return saved;
}

function trainingRanks(memory: MemoryModel): readonly RankMemory[] {
  const saved = memory.stages.map(oncePerKey(shapeOf, (stage) => savedByStage(memory, stage)));
  const flights = ranksInFlight(memory.pipeline, (stage) => saved[stage] ?? 0);
  const modules = memory.stages.find(({ head }) => head)?.mtp_modules ?? 0;
  const head = headBytes(memory.plan.model, memory.flow, modules);
  const holdings = oncePerKey(shapesOf, (stages: readonly Stage[]) => holdingsOf(memory, stages));
  return memory.ranks.map((stages, rank) => {
    const flight = flights[rank];
    if (flight === undefined) throw new Unavailable("the schedule has no operations");
    const held = holdings(stages);
    const { weights, gradients, optimizer, buffers } = held;
    const { moment, kept, working } = peakOf(memory, stages, flight.bytes, held, saved, head);
    const components = { weights, gradients, optimizer, buffers, kv: 0, activations: kept + working };
    return { rank, stages, weights, gradients, optimizer, buffers, kv: 0, activations: components.activations, total: totalOf(components), moment, working, in_flight: flight };
  });
}

const totalOf = ({ weights, gradients, optimizer, activations, kv, buffers }: MemoryComponents): number =>
  weights + gradients + optimizer + activations + kv + buffers;

interface Peak {
  readonly moment: Moment;
  readonly kept: number;
  readonly working: number;
}

/** The worst of the moments at which a rank needs more than it keeps. */
function peakOf(
  memory: MemoryModel, stages: readonly Stage[], kept: number, temporary: Pick<Holdings, "layerWorking" | "optimizerWorking">,
  saved: readonly number[], head: HeadBytes,
): Peak {
  const peaks: Peak[] = [
    { moment: "working set of a layer", kept, working: temporary.layerWorking },
    { moment: "optimizer step", kept: 0, working: temporary.optimizerWorking },
  ];
  if (stages.some((stage) => stage.head)) {
    peaks.push({ moment: "loss", kept, working: head.norm.value + head.loss.value });
    peaks.push({ moment: "backward of the head", kept, working: head.norm.value + head.backward.value });
  }
  const first = stages.find(({ embedding }) => embedding);
  if (first !== undefined) {
    // the last operator of a micro-batch's backward: what that micro-batch kept has gone
    peaks.push({ moment: "gradient of the embedding", kept: kept - Math.min(kept, saved[first.index] ?? 0), working: embeddingGradient(memory) });
  }
  return peaks.reduce((worst, peak) => (peak.kept + peak.working > worst.kept + worst.working ? peak : worst));
}

/** The last layer's: its backward begins while every layer still keeps its tensors. With full recomputation, that of the largest layer. */
function layerWorking({ layerOf, plan }: MemoryModel, { runs }: Stage): number {
  if (plan.parallelism.recompute === "full") return Math.max(0, ...runs.map((run) => layerOf(run).working));
  const last = lastRun(runs);
  return last === undefined ? 0 : layerOf(last).working;
}

/** The embedding's gradient is a whole matrix before it is added into the gradient buffer. */
const embeddingGradient = ({ plan: { model }, layout, flow }: MemoryModel): number =>
  vocabularyOf(model, layout.tp) * model.hidden_size * flow.plain.value;

/** Adam runs in FP32: gradients of another precision are widened, those that this GPU's share of the optimizer moves. */
function optimizerWorking(memory: MemoryModel, stages: readonly Stage[]): number {
  if (memory.plan.model.precision.gradients === "fp32") return 0;
  const shards = shardsOf(memory, 1);
  const { dense, experts } = memory.statesOf(stages);
  return plainElement("fp32").value * (dense.trained / shards.dense + experts.trained / shards.experts);
}

function servingRank(memory: MemoryModel, stages: readonly Stage[], rank: number): RankMemory {
  const { weights, gradients, optimizer } = fixedBytes(memory, stages);
  const components = {
    weights, gradients, optimizer,
    kv: cacheOfRank(memory, stages)(memory.demand.context),
    activations: servingActivations(memory, stages).value,
    buffers: sum("buffers", bufferTerms(memory, stages)).value,
  };
  return {
    rank, stages, ...components, total: totalOf(components), moment: "forward pass", working: components.activations, in_flight: undefined,
  };
}

/** The cache of all sequences of a rank by the tokens that each has, in bytes. Throws `Unavailable`. */
export function cacheOfRank({ plan, layout, demand }: MemoryModel, stages: readonly Stage[]): (context: number) => number {
  const ofSequence = cacheOfRuns(plan.model, stages.flatMap(({ runs }) => runs), layout);
  return (context) => demand.sequences * ofSequence(context);
}
