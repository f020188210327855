/**
 * The memory of each rank of the pipeline by component, and the worst one. Counted is what the framework allocates, as torch's
 * max_memory_allocated does; the CUDA context, NCCL's own buffers and what fragmentation wastes come on top of it.
 */

import { Unavailable } from "../definition";
import { plainElement } from "../model/precision";
import { once, oncePerKey } from "../once";
import type { Evaluation } from "../plan/evaluation";
import { lastRun, shapeOf, type Stage } from "../plan/stages";
import { headBytes, mtpTensors } from "./activations";
import { buffersOf, bufferSum, bytesOfBuffers, type BufferBytes } from "./buffers";
import { ranksInFlight, type InFlight } from "./in-flight";
import { cacheOfRuns } from "./kv-cache";
import { vocabularyOf } from "./matrix";
import { rankStates, shardsOf, type MemoryModel, type Shards, type States } from "./memory-model";
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
  readonly in_flight: () => InFlight | undefined;
}

export interface PlanMemory {
  readonly model: MemoryModel;
  /** Of every rank of the pipeline. */
  readonly ranks: () => readonly RankMemory[];
  /** The first of those that need most. */
  readonly worst: RankMemory;
}

/** Throws `Unavailable` for what is missing or not known. */
export const stageMemory = (evaluation: Evaluation): PlanMemory => (evaluation.memoryModel.training ? trainingMemory(evaluation) : servingMemory(evaluation.memoryModel));

function servingMemory(model: MemoryModel): PlanMemory {
  const kinds = servingKinds(model)(model);
  const kindOf = (rank: number): KindMemory => kinds[model.kinds.ofRank[rank] ?? 0] ?? noRank();
  return memoryOf(model, (rank) => kindOf(rank).total, (rank) => ({ rank, stages: model.ranks[rank] ?? [], ...kindOf(rank) }));
}

const noRank = (): never => { throw new Unavailable("the pipeline has no such rank"); };

/** The first of the ranks with the largest total, and all of them when somebody asks: a search does not. */
function memoryOf(model: MemoryModel, totalOfRank: (rank: number) => number, ofRank: (rank: number) => RankMemory): PlanMemory {
  if (model.ranks.length === 0) throw new Unavailable("the pipeline has no stages");
  let [most, largest] = [0, totalOfRank(0)];
  for (let rank = 1; rank < model.ranks.length; rank++) {
    const total = totalOfRank(rank);
    if (total > largest) [most, largest] = [rank, total];
  }
  const worst = ofRank(most);
  return { model, worst, ranks: once(() => model.ranks.map((_, rank) => (rank === most ? worst : ofRank(rank)))) };
}

/**
 * What a training plan holds, however often what is divided among replicas is divided, whichever schedule keeps how many micro-batches. Bytes.
 */
export interface Holdings {
  /** What one micro-batch keeps, by stage. */
  readonly kept: readonly number[];
  /** By kind of rank. */
  readonly kinds: readonly KindHoldings[];
  /** What the head needs for the loss, and for its backward. */
  readonly loss: number;
  readonly headBackward: number;
  readonly embeddingGradient: number;
}

export interface KindHoldings {
  readonly states: States;
  readonly buffers: BufferBytes;
  /** The most that a layer needs for a moment. */
  readonly layerWorking: number;
  /** The loss is computed here. */
  readonly head: boolean;
  /** The stage with the embedding. */
  readonly embedding: number | undefined;
}

export function holdingsOf(memory: MemoryModel): Holdings {
  const modules = memory.stages.find(({ head }) => head)?.mtp_modules ?? 0;
  const { norm, loss, backward } = headBytes(memory.plan.model, memory.flow, modules);
  return {
    kept: memory.stages.map(oncePerKey(shapeOf, (stage) => savedByStage(memory, stage))),
    kinds: memory.kinds.kinds.map(({ stages }) => ({
      states: rankStates(memory, stages),
      buffers: bytesOfBuffers(buffersOf(memory, stages)),
      layerWorking: stages.reduce((most, stage) => Math.max(most, layerWorking(memory, stage)), 0),
      head: stages.some(({ head }) => head),
      embedding: stages.find(({ embedding }) => embedding)?.index,
    })),
    loss: norm.value + loss.value,
    headBackward: norm.value + backward.value,
    embeddingGradient: embeddingGradient(memory),
  };
}

type Fixed = Pick<MemoryComponents, "weights" | "gradients" | "optimizer">;

/** By what a plan divides each: the GPUs that share it, and bytes of a gradient. */
interface Divisors {
  readonly weights: Shards;
  readonly gradients: Shards;
  readonly optimizer: Shards;
  readonly gradient: number;
}

const divisorsOf = (memory: MemoryModel): Divisors => ({
  weights: shardsOf(memory, 3), gradients: shardsOf(memory, 2), optimizer: shardsOf(memory, 1), gradient: plainElement(memory.plan.model.precision.gradients).value,
});

/** Weights, gradients and optimizer of one rank. */
const fixedBytes = ({ weights, gradients, optimizer, gradient }: Divisors, { dense, experts }: States): Fixed => ({
  weights: dense.weights / weights.dense + experts.weights / weights.experts,
  gradients: (dense.trained * gradient) / gradients.dense + (experts.trained * gradient) / gradients.experts,
  optimizer: dense.optimizer / optimizer.dense + experts.optimizer / optimizer.experts,
});

/** What one micro-batch keeps in a stage, in bytes. */
function savedByStage(memory: MemoryModel, stage: Stage): number {
  let saved = 0;
  for (const { run, count, mtp } of stage.units) saved += count * (memory.activationsOf(run).saved.value + (mtp ? mtpTensors(memory.flow).value : 0));
  return saved;
}

/** What a rank takes whatever micro-batches it keeps. */
interface RankHoldings extends Fixed, Pick<KindHoldings, "layerWorking" | "head" | "embedding"> {
  readonly buffers: number;
  readonly optimizerWorking: number;
  /** The most that is needed beside all that is kept. */
  readonly beside: number;
}

function trainingMemory({ memoryModel: memory, holdings, keptBytes }: Evaluation): PlanMemory {
  const divisors = divisorsOf(memory);
  const held = holdings.kinds.map(({ states, buffers, layerWorking, head, embedding }): RankHoldings => {
    const { weights, gradients, optimizer } = fixedBytes(divisors, states);
    return {
      weights, gradients, optimizer, buffers: bufferSum(buffers, memory), optimizerWorking: optimizerWorking(memory, divisors.optimizer, states), layerWorking, head, embedding,
      beside: head ? Math.max(layerWorking, holdings.loss, holdings.headBackward) : layerWorking,
    };
  });
  const heldBy = (rank: number): RankHoldings => held[memory.kinds.ofRank[rank] ?? 0] ?? noRank();
  const keptBy = (rank: number): number => keptBytes[rank] ?? 0;
  const flights = once(() => ranksInFlight(memory.pipeline, holdings.kept));
  return memoryOf(memory, (rank) => {
    const own = heldBy(rank);
    return own.weights + own.gradients + own.optimizer + peakBytes(keptBy(rank), own, holdings) + own.buffers;
  }, (rank) => {
    const own = heldBy(rank);
    const { weights, gradients, optimizer, buffers } = own;
    const { moment, kept, working } = peakOf(keptBy(rank), own, holdings);
    const activations = kept + working;
    return {
      rank, stages: memory.ranks[rank] ?? [], weights, gradients, optimizer, buffers, kv: 0, activations,
      total: weights + gradients + optimizer + activations + buffers, moment, working, in_flight: () => flights()[rank],
    };
  });
}

const totalOf = ({ weights, gradients, optimizer, activations, kv, buffers }: MemoryComponents): number =>
  weights + gradients + optimizer + activations + kv + buffers;

interface Peak {
  readonly moment: Moment;
  readonly kept: number;
  readonly working: number;
}

/** The moments at which a rank needs more than it keeps. `kept`: by the micro-batches in flight. */
const moments: readonly { readonly moment: Moment; readonly kept: (kept: number, own: RankHoldings, holdings: Holdings) => number; readonly working: (own: RankHoldings, holdings: Holdings) => number }[] = [
  { moment: "working set of a layer", kept: (kept) => kept, working: ({ layerWorking }) => layerWorking },
  { moment: "optimizer step", kept: () => 0, working: ({ optimizerWorking }) => optimizerWorking },
  { moment: "loss", kept: (kept) => kept, working: ({ head }, { loss }) => (head ? loss : 0) },
  { moment: "backward of the head", kept: (kept) => kept, working: ({ head }, { headBackward }) => (head ? headBackward : 0) },
  {
    // the last operator of a micro-batch's backward: what that micro-batch kept has gone
    moment: "gradient of the embedding", kept: (kept, { embedding }, { kept: byStage }) => kept - Math.min(kept, embedding === undefined ? 0 : (byStage[embedding] ?? 0)),
    working: ({ embedding }, { embeddingGradient }) => (embedding === undefined ? 0 : embeddingGradient),
  },
];

/** What a rank keeps and needs at the worst of these moments, in bytes: the same without the words, for a search asks it of every rank. */
function peakBytes(kept: number, { beside, optimizerWorking, embedding }: RankHoldings, { embeddingGradient, kept: byStage }: Holdings): number {
  const most = Math.max(kept + beside, optimizerWorking);
  return embedding === undefined ? most : Math.max(most, kept - Math.min(kept, byStage[embedding] ?? 0) + embeddingGradient);
}

/** The first of the moments at which that is. */
function peakOf(kept: number, own: RankHoldings, holdings: Holdings): Peak {
  const peaks = moments.map(({ moment, kept: keptThen, working }): Peak => ({ moment, kept: keptThen(kept, own, holdings), working: working(own, holdings) }));
  return peaks.reduce((worst, peak) => (peak.kept + peak.working > worst.kept + worst.working ? peak : worst));
}

/** The last layer's: its backward begins while every layer still keeps its tensors. With full recomputation, that of the largest layer. */
function layerWorking({ activationsOf, plan }: MemoryModel, { runs }: Stage): number {
  if (plan.parallelism.recompute === "full") return Math.max(0, ...runs.map((run) => activationsOf(run).working));
  const last = lastRun(runs);
  return last === undefined ? 0 : activationsOf(last).working;
}

/** The embedding's gradient is a whole matrix before it is added into the gradient buffer. */
const embeddingGradient = ({ plan: { model }, layout, flow }: MemoryModel): number =>
  vocabularyOf(model, layout.tp) * model.hidden_size * flow.plain.value;

/** Adam runs in FP32: gradients of another precision are widened, those that this GPU's share of the optimizer moves. */
function optimizerWorking(memory: MemoryModel, shards: Shards, { dense, experts }: States): number {
  if (memory.plan.model.precision.gradients === "fp32") return 0;
  return plainElement("fp32").value * (dense.trained / shards.dense + experts.trained / shards.experts);
}

type KindMemory = Omit<RankMemory, "rank" | "stages">;

/** What each kind of rank of a serving plan takes, whatever batch and context its model is asked for: the weights stay as they are. */
export function servingKinds(model: MemoryModel): (asked: MemoryModel) => readonly KindMemory[] {
  const divisors = divisorsOf(model);
  const kinds = model.kinds.kinds.map(({ stages }) => ({ stages, fixed: fixedBytes(divisors, rankStates(model, stages)) }));
  return (asked) => kinds.map(({ stages, fixed }) => {
    const activations = servingActivations(asked, stages).value;
    const kv = cacheOfRank(asked, stages)(asked.demand.context);
    const components = { ...fixed, kv, activations, buffers: bufferSum(bytesOfBuffers(buffersOf(asked, stages)), asked) };
    return { ...components, total: totalOf(components), moment: "forward pass", working: activations, in_flight: () => undefined };
  });
}

/** The cache of all sequences of a rank by the tokens that each has, in bytes. Throws `Unavailable`. */
export function cacheOfRank({ plan, layout, demand }: MemoryModel, stages: readonly Stage[]): (context: number) => number {
  const ofSequence = cacheOfRuns(plan.model, stages.flatMap(({ runs }) => runs), layout);
  return (context) => demand.sequences * ofSequence(context);
}
