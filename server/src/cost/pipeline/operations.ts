/**
 * What each rank of a pipeline runs, in order. Within a rank the order is fixed; when an operation starts follows from
 * the operations of other ranks (simulate.ts).
 * Sources: 1f1b: PipeDream-Flush, arXiv:2006.09503, as in Megatron-LM, arXiv:2104.04473, section 2.2; interleaved:
 * the same, section 2.2.2; zb1p: ZB-H1 of arXiv:2401.10241, section 2.1; dualpipe and dualpipev: DeepSeek-V3,
 * arXiv:2412.19437, section 3.2.1, and the steps of the DualPipe repository's dualpipe.py and dualpipev.py.
 */

import { unmetConditions, type Condition } from "./conditions";
import { mirrorStage, stageCount, type Chunk, type InterleavedPipeline, type Pipeline } from "./schedule";

/** `backward` is the full one; `backward_input` and `backward_weight` are its two parts, run apart. */
export type Operation = ChunkOperation | OverlappedOperation;

export interface ChunkOperation extends Chunk {
  readonly kind: "forward" | "backward" | "backward_input" | "backward_weight";
}

/** One chunk's forward and another chunk's full backward, each hiding the other's communication. */
export interface OverlappedOperation {
  readonly kind: "overlapped";
  readonly forward: Chunk;
  readonly backward: Chunk;
}

export type OperationKind = Operation["kind"];

/** For each rank its operations in order. */
export interface OperationLists {
  readonly kind: "operations";
  readonly stages: number;
  readonly micro_batches: number;
  readonly ranks: readonly (readonly Operation[])[];
}

export type OperationsResult =
  | OperationLists
  | { readonly kind: "unmet"; readonly conditions: readonly Condition[] }
  /** More chunks than `mostChunks`: too many to list. */
  | { readonly kind: "too_many"; readonly chunks: number };

/** A bound on time and memory, far above any real step: 16 stages with 60,000 micro-batches. */
export const mostChunks = 1_000_000;

/** The operations of every rank, or why there are none. */
export function operationsOf(pipeline: Pipeline): OperationsResult {
  const conditions = unmetConditions(pipeline);
  if (conditions.length > 0) return { kind: "unmet", conditions };
  const { pp, micro_batches } = pipeline;
  const stages = stageCount(pipeline);
  const chunks = stages * micro_batches;
  if (chunks > mostChunks) return { kind: "too_many", chunks };
  const ranks = Array.from({ length: pp }, (_, rank) => operationsOfRank(pipeline, rank));
  return { kind: "operations", stages, micro_batches, ranks };
}

function operationsOfRank(pipeline: Pipeline, rank: number): readonly Operation[] {
  switch (pipeline.schedule) {
    case "1f1b": return oneForwardOneBackward(pipeline, rank);
    case "interleaved": return interleaved(pipeline, rank);
    case "zb1p": return zeroBubble(pipeline, rank);
    case "dualpipe": return dualPipe(pipeline, rank);
    case "dualpipev": return dualPipeV(pipeline, rank);
  }
}

/** Operations of one sort, one a turn, of which the first waits `delay` turns. */
interface Row {
  readonly delay: number;
  readonly operation: (index: number) => Operation;
}

/** In every turn the next operation of each row, rows in the given order, `count` operations of each. */
function staggered(count: number, rows: readonly Row[]): readonly Operation[] {
  const operations: Operation[] = [];
  const turns = count + rows.reduce((most, { delay }) => Math.max(most, delay), 0);
  for (let turn = 0; turn < turns; turn++) {
    for (const { delay, operation } of rows) {
      const index = turn - delay;
      if (index >= 0 && index < count) operations.push(operation(index));
    }
  }
  return operations;
}

/** Warm-up with as many forwards as stages follow, then a forward and a backward in turn, then the backwards left. */
function oneForwardOneBackward({ pp, micro_batches }: Pipeline, rank: number): readonly Operation[] {
  return staggered(micro_batches, [
    { delay: 0, operation: (micro_batch) => ({ kind: "forward", stage: rank, micro_batch }) },
    { delay: Math.min(pp - rank - 1, micro_batches), operation: (micro_batch) => ({ kind: "backward", stage: rank, micro_batch }) },
  ]);
}

/**
 * Groups of `pp` micro-batches pass the rank's first stage, then its second, and so on; backwards in reverse. The
 * warm-up is twice as long as that of 1f1b, which hides the sends, and longer by a group for each further stage.
 */
function interleaved({ pp, vp, micro_batches }: InterleavedPipeline, rank: number): readonly Operation[] {
  const count = micro_batches * vp;
  const microBatch = (turn: number) => Math.floor(turn / (pp * vp)) * pp + (turn % pp);
  const passed = (turn: number) => Math.floor((turn % (pp * vp)) / pp);
  return staggered(count, [
    { delay: 0, operation: (turn) => ({ kind: "forward", stage: rank + pp * passed(turn), micro_batch: microBatch(turn) }) },
    {
      delay: Math.min(2 * (pp - rank - 1) + (vp - 1) * pp, count),
      operation: (turn) => ({ kind: "backward", stage: rank + pp * (vp - 1 - passed(turn)), micro_batch: microBatch(turn) }),
    },
  ]);
}

/**
 * 1f1b with its backward in two parts: the part for the inputs goes on to the stage before at once, the part for the
 * weights follows `rank` micro-batches later. So every rank keeps `pp` micro-batches, and the last ranks have weight
 * parts left to run while the first still wait for backwards.
 */
function zeroBubble({ pp, micro_batches }: Pipeline, rank: number): readonly Operation[] {
  const warmUp = Math.min(pp - rank - 1, micro_batches);
  return staggered(micro_batches, [
    { delay: 0, operation: (micro_batch) => ({ kind: "forward", stage: rank, micro_batch }) },
    { delay: warmUp, operation: (micro_batch) => ({ kind: "backward_input", stage: rank, micro_batch }) },
    { delay: warmUp + rank, operation: (micro_batch) => ({ kind: "backward_weight", stage: rank, micro_batch }) },
  ]);
}

/** Both directions at once: the first half of the micro-batches enters at rank 0, the second half at the last rank. */
function dualPipe({ pp, micro_batches }: Pipeline, rank: number): readonly Operation[] {
  const half = micro_batches / 2;
  const mirror = mirrorStage(pp, rank);
  const down: Flow = { stage: rank, firstMicroBatch: 0 };
  const up: Flow = { stage: mirror, firstMicroBatch: half };
  const near = rank < mirror;
  return eightSteps({
    halfway: pp / 2,
    distance: Math.min(rank, mirror),
    microBatches: half,
    flows: near ? [down, up] : [up, down],
  });
}

/** DualPipe cut in half: what would leave the middle rank for its neighbour turns back there. */
function dualPipeV({ pp, micro_batches }: Pipeline, rank: number): readonly Operation[] {
  const flows: Flows = [{ stage: rank, firstMicroBatch: 0 }, { stage: mirrorStage(2 * pp, rank), firstMicroBatch: 0 }];
  return eightSteps({ halfway: pp, distance: rank, microBatches: micro_batches, flows });
}

/** Micro-batches that pass a rank in one of its two stages, in order. */
interface Flow {
  readonly stage: number;
  readonly firstMicroBatch: number;
}

/** The flow that enters the pipeline nearer to this rank, and the one that comes back or from the other end. */
type Flows = readonly [Flow, Flow];

interface EightSteps {
  /** Ranks from the end of the pipeline to its middle. */
  readonly halfway: number;
  /** From the end of the pipeline to this rank. */
  readonly distance: number;
  /** Of each flow. */
  readonly microBatches: number;
  readonly flows: Flows;
}

function eightSteps({ halfway, distance, microBatches, flows: [first, second] }: EightSteps): readonly Operation[] {
  const operations: Operation[] = [];
  const weightsDue: Chunk[] = [];
  const forwards = new Map<Flow, number>();
  const backwards = new Map<Flow, number>();
  const next = (counts: Map<Flow, number>, flow: Flow): Chunk => {
    const count = counts.get(flow) ?? 0;
    counts.set(flow, count + 1);
    return { stage: flow.stage, micro_batch: flow.firstMicroBatch + count };
  };
  const forward = (flow: Flow) => operations.push({ kind: "forward", ...next(forwards, flow) });
  const backward = (flow: Flow) => operations.push({ kind: "backward", ...next(backwards, flow) });
  const backwardInput = (flow: Flow) => {
    const chunk = next(backwards, flow);
    weightsDue.push(chunk);
    operations.push({ kind: "backward_input", ...chunk });
  };
  const oldestWeight = () => {
    for (const chunk of weightsDue.splice(0, 1)) operations.push({ kind: "backward_weight", ...chunk });
  };
  const overlapped = (ahead: Flow, back: Flow) =>
    operations.push({ kind: "overlapped", forward: next(forwards, ahead), backward: next(backwards, back) });

  const toMiddle = halfway - distance - 1;
  const toEnd = distance + 1;

  for (let i = 0; i < 2 * toMiddle; i++) forward(first);
  for (let i = 0; i < toEnd; i++) {
    forward(first);
    forward(second);
  }
  for (let i = 0; i < toMiddle; i++) {
    backwardInput(second);
    oldestWeight();
    forward(second);
  }
  for (let i = 0; i < microBatches - 2 * halfway + toEnd; i++) {
    // The middle rank's first pair runs apart, so that its forward reaches the neighbour sooner.
    if (i === 0 && toMiddle === 0) {
      forward(first);
      backward(second);
    } else {
      overlapped(first, second);
    }
    overlapped(second, first);
  }
  for (let i = 0; i < toMiddle; i++) {
    backward(second);
    overlapped(second, first);
  }
  // The later half of these 2 x toEnd backwards leaves its weight parts for the steps after.
  for (let i = 0; i < 2 * toEnd; i++) {
    const flow = i % 2 === 0 ? second : first;
    if (i < toEnd) backward(flow);
    else backwardInput(flow);
  }
  for (let i = 0; i < toMiddle; i++) {
    oldestWeight();
    backwardInput(first);
  }
  for (let i = 0; i < toEnd; i++) oldestWeight();
  return operations;
}
