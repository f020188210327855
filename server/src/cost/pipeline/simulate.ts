/**
 * When each operation of a pipeline runs. A rank runs its list in order, each operation as soon as the rank is free and
 * what it needs has arrived:
 * - a forward needs the output of the stage before;
 * - a backward, full or of the inputs, needs its own forward and the input gradient of the stage after;
 * - a weight part needs its own input part;
 * - an overlapped pair needs what both need, and both end with it.
 * From another rank things arrive `send` after their end, and sending takes nothing from the rank's compute. Times
 * start at 0, in seconds. The work is linear in the operations, whatever the lists hold.
 */

import { durationFault, listFault } from "./faults";
import type { Operation, OperationKind, OperationLists } from "./operations";
import { isOutput, needsOf, resultAt, resultCount, resultsOf, type Result } from "./results";
import { mirrorStage, type ChunkDurations, type Durations } from "./schedule";

export interface Simulation {
  readonly kind: "simulation";
  /** From the first start to the last end. */
  readonly step_time: number;
  /** Idle time of a rank: the most, and the mean over the ranks. */
  readonly bubble: { readonly worst: number; readonly mean: number };
  readonly ranks: readonly RankTimeline[];
}

export interface RankTimeline {
  readonly operations: readonly Operation[];
  /** Of each operation, by its place in `operations`. */
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** Time in operations of each kind. */
  readonly busy: Readonly<Record<OperationKind, number>>;
  readonly idle: Idle;
  /** The sum of `idle`. */
  readonly bubble: number;
}

/** Idle time by what the rank waited for; each at least 0. */
export interface Idle {
  /** Before its first operation. */
  readonly fill: number;
  /** For activations of the stage before. */
  readonly forward: number;
  /** For gradients of the stage after. */
  readonly backward: number;
  /** After its last operation, until the last rank ends. */
  readonly drain: number;
}

/** A rank that stands still for good. */
export interface Blocked {
  readonly rank: number;
  /** Place in the rank's list. */
  readonly at: number;
  readonly operation: Operation;
  readonly needs: Result;
}

export type SimulationResult =
  | Simulation
  /** The lists cannot run to their end. */
  | { readonly kind: "deadlock"; readonly blocked: readonly Blocked[] }
  /** The lists or the durations are no pipeline: a sentence says why. */
  | { readonly kind: "invalid"; readonly reason: string };

/** Runs lists from `operationsOf` or written by hand; lists may leave chunks out, a run of forwards alone for one. */
export function simulate(lists: OperationLists, durations: Durations): SimulationResult {
  const reason = durationFault(lists, durations) ?? listFault(lists);
  if (reason !== undefined) return { kind: "invalid", reason };
  const { ranks, blocked } = run(lists, durations);
  if (blocked.length > 0) return { kind: "deadlock", blocked };
  const step_time = ranks.reduce((latest, { free }) => Math.max(latest, free), 0);
  if (!Number.isFinite(step_time)) return { kind: "invalid", reason: "The step takes longer than a number can hold." };
  return summary(ranks.map((progress) => timeline(progress, step_time)), step_time);
}

function summary(ranks: readonly RankTimeline[], step_time: number): Simulation {
  const worst = ranks.reduce((most, { bubble }) => Math.max(most, bubble), 0);
  const mean = ranks.reduce((sum, { bubble }) => sum + bubble / ranks.length, 0);
  return { kind: "simulation", step_time, bubble: { worst, mean }, ranks };
}

/** A rank on its way through its list. */
interface Progress {
  readonly rank: number;
  readonly operations: readonly Operation[];
  readonly start: number[];
  readonly end: number[];
  readonly busy: Record<OperationKind, number>;
  readonly waited: { fill: number; forward: number; backward: number };
  /** End of the last operation that has run. */
  free: number;
}

/** Each rank runs as far as it can; whoever gives a result sets free those that stand waiting for it. */
function run(lists: OperationLists, durations: Durations): { readonly ranks: readonly Progress[]; readonly blocked: readonly Blocked[] } {
  const ends = new Float64Array(resultCount(lists)).fill(NaN);
  const producers = new Int32Array(resultCount(lists));
  const waiters = new Map<number, Progress[]>();
  const ranks = lists.ranks.map(notStarted);
  const ready = [...ranks];
  for (let progress = ready.pop(); progress !== undefined; progress = ready.pop()) {
    const { rank } = progress;
    for (let operation = nextOf(progress); operation !== undefined; operation = nextOf(progress)) {
      const needs = needsOf(operation, lists);
      let start = progress.free;
      let last = -1;
      let missing = -1;
      for (const result of needs) {
        const end = ends[result] ?? NaN;
        const arrival = producers[result] === rank ? end : end + durations.send;
        if (Number.isNaN(end)) missing = result;
        if (arrival > start) {
          start = arrival;
          last = result;
        }
      }
      if (missing >= 0) {
        waiters.set(missing, [...(waiters.get(missing) ?? []), progress]);
        break;
      }
      place(progress, operation, durationOf(operation, durations.stages), start, isOutput(last, lists) ? "forward" : "backward");
      for (const result of resultsOf(operation, lists)) {
        ends[result] = progress.free;
        producers[result] = rank;
        const released = waiters.get(result);
        if (released === undefined) continue;
        ready.push(...released);
        waiters.delete(result);
      }
    }
  }
  return { ranks, blocked: ranks.flatMap((progress) => blockedAt(progress, lists, ends)) };
}

const notStarted = (operations: readonly Operation[], rank: number): Progress => ({
  rank,
  operations,
  start: [],
  end: [],
  busy: { forward: 0, backward: 0, backward_input: 0, backward_weight: 0, overlapped: 0 },
  waited: { fill: 0, forward: 0, backward: 0 },
  free: 0,
});

const nextOf = ({ operations, end }: Progress): Operation | undefined => operations[end.length];

function place(progress: Progress, operation: Operation, duration: number, start: number, waitedFor: "forward" | "backward"): void {
  progress.waited[progress.end.length === 0 ? "fill" : waitedFor] += start - progress.free;
  progress.busy[operation.kind] += duration;
  progress.start.push(start);
  progress.free = start + duration;
  progress.end.push(progress.free);
}

/** The rank's next operation, if it has one left, and the first of what it needs that nobody gave. */
function blockedAt(progress: Progress, lists: OperationLists, ends: Float64Array): readonly Blocked[] {
  const operation = nextOf(progress);
  const missing = operation === undefined ? undefined : needsOf(operation, lists).find((result) => Number.isNaN(ends[result]));
  if (operation === undefined || missing === undefined) return [];
  return [{ rank: progress.rank, at: progress.end.length, operation, needs: resultAt(missing, lists) }];
}

function timeline({ operations, start, end, busy, waited, free }: Progress, step_time: number): RankTimeline {
  const idle: Idle = { ...waited, drain: step_time - free };
  return { operations, start, end, busy, idle, bubble: idle.fill + idle.forward + idle.backward + idle.drain };
}

const noTime: ChunkDurations = { forward: 0, backward: 0, weight: 0 };

/** In seconds. Every stage of the lists has durations: `durationFault` has seen to it. */
const durationOf = (operation: Operation, stages: readonly ChunkDurations[]): number =>
  durationOfKind(operation.kind, operation.kind === "overlapped" ? operation.forward.stage : operation.stage, stages);

/** What an operation of a kind takes in a stage, in seconds; a pair counts at its forward's stage. */
export function durationOfKind(kind: OperationKind, stage: number, stages: readonly ChunkDurations[]): number {
  const { forward, backward, weight, overlapped } = stages[stage] ?? noTime;
  switch (kind) {
    case "forward": return forward;
    case "backward": return backward;
    case "backward_input": return backward - weight;
    case "backward_weight": return weight;
    case "overlapped": return overlapped ?? forward + (stages[mirrorStage(stages.length, stage)] ?? noTime).backward;
  }
}
