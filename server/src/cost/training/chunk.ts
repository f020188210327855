/** What one micro-batch takes in one stage, and how much of it is compute. Seconds. */

import type { ChunkDurations } from "../pipeline/schedule";

/** Operators of one stage for one micro-batch. */
export interface StageCompute {
  readonly forward: number;
  readonly backward_input: number;
  readonly backward_weight: number;
}

/** Exchanges of one stage for one micro-batch, by what can run beside them. */
export interface StageExchange {
  /** Dispatch and combine of its MoE layers: what dualpipe hides under the other direction's compute. */
  readonly expert_forward: number;
  readonly expert_backward: number;
  /** Tensor- and context-parallel exchanges that the next operator waits for. */
  readonly blocking_forward: number;
  readonly blocking_backward: number;
}

export interface ChunkTimes {
  readonly durations: ChunkDurations;
  /** The part of each duration in which operators run. */
  readonly compute: ChunkDurations;
  /** The part in which nothing but exchanges of experts runs. */
  readonly expert: ChunkDurations;
  /** How long exchanges of experts run in each, beside operators or not. */
  readonly exchange: ChunkDurations;
}

/** Where nothing overlaps, a chunk is its operators and its exchanges one after the other. */
export function chunkTimes(compute: StageCompute, exchange: StageExchange): ChunkTimes {
  const { forward, backward_input, backward_weight } = compute;
  const backward = backward_input + backward_weight;
  return {
    durations: {
      forward: forward + exchange.expert_forward + exchange.blocking_forward,
      backward: backward + exchange.expert_backward + exchange.blocking_backward,
      weight: backward_weight,
    },
    compute: { forward, backward, weight: backward_weight },
    expert: { forward: exchange.expert_forward, backward: exchange.expert_backward, weight: 0 },
    exchange: { forward: exchange.expert_forward, backward: exchange.expert_backward, weight: 0 },
  };
}

/** One direction of an overlapped pair: a forward, or the full backward of the mirror stage. */
export interface PairHalf {
  readonly compute: number;
  readonly expert: number;
  readonly blocking: number;
}

/**
 * A forward and the backward of the mirror stage side by side: operators and expert exchanges run at once, and whichever takes
 * longer sets the time. `compute` is that with fewer SMs: the exchanges take the others (`comm_sms`). It never takes longer than
 * one after the other: then nobody would overlap. `expert` is the part in which only exchanges of experts run.
 */
export function overlappedPair(forward: PairHalf, backward: PairHalf, apart: number): Readonly<Record<"duration" | "compute" | "expert" | "exchange", number>> {
  const operators = forward.compute + backward.compute;
  const exchanges = forward.expert + backward.expert;
  const blocking = forward.blocking + backward.blocking;
  const duration = Math.min(apart, Math.max(operators, exchanges) + blocking);
  const compute = Math.min(operators, duration);
  return { duration, compute, expert: Math.max(0, duration - compute - blocking), exchange: exchanges };
}
