/** The memory of a plan's GPUs as a picture shows it: by rank of the pipeline and by component. */

import type { Evaluation } from "../../cost/plan/evaluation";
import type { RankMemory } from "../../cost/memory/stage-memory";

/** In the order in which they are stacked. `reserve` is the part of the buffers that the layout keeps free (`memory_reserve`). */
export const memoryParts = ["weights", "gradients", "optimizer", "activations", "cache", "buffers", "reserve"] as const;

export type MemoryPart = (typeof memoryParts)[number];

export interface MemoryBar {
  /** The first of its ranks; a bar stands for several where there are more ranks than bars. */
  readonly firstRank: number;
  readonly lastRank: number;
  /** The rank that it shows: the fullest of its ranks. */
  readonly rank: number;
  readonly stages: readonly number[];
  /** Bytes of each component. */
  readonly parts: Readonly<Record<MemoryPart, number>>;
  readonly total: number;
  /** At which it needs most. */
  readonly moment: string;
  /** Micro-batches whose activations it keeps then, over all of its stages; `undefined` when serving. */
  readonly inFlight: number | undefined;
}

export interface MemoryData {
  /** Bytes of the GPU. */
  readonly capacity: number;
  /** Without what the layout keeps free. */
  readonly usable: number;
  /** Ranks of the pipeline. */
  readonly ranks: number;
  /** The fullest rank's bar. */
  readonly worst: MemoryBar;
  readonly bars: readonly MemoryBar[];
  /** Components that some rank has. */
  readonly used: readonly MemoryPart[];
}

/** Bars that a reader still tells apart. */
const mostBars = 32;

/** Throws `Unavailable`. */
export function memoryData({ memory, plan }: Evaluation): MemoryData {
  const [ranks, worst] = [memory.ranks(), memory.worst];
  const capacity = plan.hardware.gpu.memory;
  const reserve = plan.parallelism.memory_reserve;
  const together = Math.ceil(ranks.length / mostBars);
  const bars: MemoryBar[] = [];
  for (let first = 0; first < ranks.length; first += together) {
    const own = ranks.slice(first, first + together);
    const [start] = own;
    if (start === undefined) continue;
    bars.push({ ...barOf(own.reduce((most, rank) => (rank.total > most.total ? rank : most), start), reserve), firstRank: first, lastRank: first + own.length - 1 });
  }
  return {
    capacity, usable: capacity - reserve, ranks: ranks.length, bars, worst: barOf(worst, reserve),
    used: memoryParts.filter((part) => bars.some(({ parts }) => parts[part] > 0)),
  };
}

function barOf({ rank, stages, weights, gradients, optimizer, activations, kv, buffers, total, moment, in_flight }: RankMemory, reserve: number): MemoryBar {
  const flight = in_flight();
  return {
    firstRank: rank, lastRank: rank, rank, stages: stages.map(({ index }) => index), total, moment,
    parts: { weights, gradients, optimizer, activations, cache: kv, buffers: buffers - reserve, reserve },
    inFlight: flight && [...flight.chunks.values()].reduce((sum, count) => sum + count, 0),
  };
}
