/**
 * The operations of a schedule in an order in which each comes after all that it waits for, in flat arrays: the order is the same
 * whatever the operations take, so that the time of a step is one pass of additions and comparisons. The full simulation (`simulate`)
 * says the same, and why each rank waits.
 */

import { operationsOf, type Operation, type OperationKind, type OperationLists, type OperationsResult } from "./operations";
import { needsOf, resultCount, resultsOf } from "./results";
import { stageCount, type ChunkDurations, type Durations, type Pipeline } from "./schedule";
import { durationOfKind } from "./simulate";

/** How often each kind of operation runs in a stage, over all ranks; pairs count at their forward's stage. */
export type OperationCounts = Readonly<Record<OperationKind, number>>;

/** A list that stands still for good has no order. */
export interface OperationOrder {
  readonly kind: "order";
  readonly ranks: number;
  readonly stages: number;
  /** By operation: its rank, and its duration's place in a table of kinds by stages. */
  readonly rank: Int32Array;
  readonly duration: Int32Array;
  /** The operations of other ranks that operations wait for, one operation's after the other's; those of its own rank have ended before. */
  readonly needs: Int32Array;
  /** By operation, where its needs end. */
  readonly needsEnd: Int32Array;
  /** By stage. */
  readonly counts: readonly OperationCounts[];
}

export type OrderResult = OperationOrder | Exclude<OperationsResult, { readonly kind: "operations" }> | { readonly kind: "deadlock" };

const kinds = ["forward", "backward", "backward_input", "backward_weight", "overlapped"] as const satisfies readonly OperationKind[];

const stageOf = (operation: Operation): number => (operation.kind === "overlapped" ? operation.forward.stage : operation.stage);

export function orderOf(lists: OperationLists): OperationOrder | { readonly kind: "deadlock" } {
  const operations = lists.ranks.reduce((count, { length }) => count + length, 0);
  const rank = new Int32Array(operations);
  const duration = new Int32Array(operations);
  const needs: number[] = [];
  const needsEnd = new Int32Array(operations);
  const counts = Array.from({ length: lists.stages }, () => ({ forward: 0, backward: 0, backward_input: 0, backward_weight: 0, overlapped: 0 }));
  const producers = new Int32Array(resultCount(lists)).fill(-1);
  const waiters = new Map<number, number[]>();
  const next = lists.ranks.map(() => 0);
  const ready = lists.ranks.map((_, index) => index);
  let placed = 0;
  for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
    const list = lists.ranks[at] ?? [];
    for (let operation = list[next[at] ?? 0]; operation !== undefined; operation = list[next[at] ?? 0]) {
      const wanted = needsOf(operation, lists);
      const missing = wanted.find((result) => (producers[result] ?? -1) < 0);
      if (missing !== undefined) {
        waiters.set(missing, [...(waiters.get(missing) ?? []), at]);
        break;
      }
      for (const result of wanted) {
        const producer = producers[result] ?? -1;
        if (rank[producer] !== at) needs.push(producer);
      }
      needsEnd[placed] = needs.length;
      rank[placed] = at;
      duration[placed] = kinds.indexOf(operation.kind) * lists.stages + stageOf(operation);
      const count = counts[stageOf(operation)];
      if (count) count[operation.kind] += 1;
      for (const result of resultsOf(operation, lists)) {
        producers[result] = placed;
        ready.push(...(waiters.get(result) ?? []));
        waiters.delete(result);
      }
      next[at] = (next[at] ?? 0) + 1;
      placed += 1;
    }
  }
  return placed < operations ? { kind: "deadlock" } : { kind: "order", ranks: lists.ranks.length, stages: lists.stages, rank, duration, needs: Int32Array.from(needs), needsEnd, counts };
}

/** From the first start to the last end, in seconds: what `simulate` gives as its `step_time`, bit by bit. */
export function stepTime(order: OperationOrder, { stages, send }: Durations): number {
  const table = tableOf(order, stages);
  const steps = lastSteps.get(order) ?? [];
  for (const step of steps) if (step.send === send && areEqual(step.table, table)) return step.time;
  const time = runThrough(order, table, send);
  steps.push({ table, send, time });
  if (steps.length > mostSteps) steps.shift();
  lastSteps.set(order, steps);
  return time;
}

/** A step that was run through. */
interface TimedStep {
  readonly table: Float64Array;
  readonly send: number;
  readonly time: number;
}

/** Most edits of a plan change nothing in what its operations take: neither price nor replicas, neither storage nor ZeRO. */
const lastSteps = new WeakMap<OperationOrder, TimedStep[]>();

/** An estimate and a bound, of a plan and of the one that it is compared with. */
const mostSteps = 4;

function areEqual(one: Float64Array, other: Float64Array): boolean {
  for (let place = 0; place < one.length; place++) if (one[place] !== other[place]) return false;
  return true;
}

/** What operations take, by kind and stage. */
function tableOf({ stages }: OperationOrder, durations: readonly ChunkDurations[]): Float64Array {
  const table = new Float64Array(kinds.length * stages);
  for (const [index, kind] of kinds.entries()) for (let stage = 0; stage < stages; stage++) table[index * stages + stage] = durationOfKind(kind, stage, durations);
  return table;
}

function runThrough({ ranks, rank, duration, needs, needsEnd }: OperationOrder, table: Float64Array, send: number): number {
  const free = new Float64Array(ranks);
  const end = new Float64Array(rank.length);
  let place = 0;
  for (let operation = 0; operation < rank.length; operation++) {
    const own = rank[operation] ?? 0;
    let start = free[own] ?? 0;
    for (const last = needsEnd[operation] ?? 0; place < last; place++) {
      const arrival = (end[needs[place] ?? 0] ?? 0) + send;
      if (arrival > start) start = arrival;
    }
    const ended = start + (table[duration[operation] ?? 0] ?? 0);
    end[operation] = ended;
    free[own] = ended;
  }
  let latest = 0;
  for (const time of free) if (time > latest) latest = time;
  return latest;
}

/** The last orders that were asked for: the same pipelines come up again and again. */
const recent = new Map<string, OrderResult>();
/** Operations of all of them: 20 B each. */
const mostRecent = 2_000_000;
let operationsOfRecent = 0;

const lengthOf = (order: OrderResult): number => (order.kind === "order" ? order.rank.length : 0);

/** The order of a pipeline's operations, or why there is none. */
export function pipelineOrder(pipeline: Pipeline): OrderResult {
  const key = `${pipeline.schedule} ${pipeline.pp} ${stageCount(pipeline)} ${pipeline.micro_batches}`;
  const known = recent.get(key);
  if (known) return known;
  const operations = operationsOf(pipeline);
  const order = operations.kind === "operations" ? orderOf(operations) : operations;
  recent.set(key, order);
  operationsOfRecent += lengthOf(order);
  for (const [other, oldest] of recent) {
    if (operationsOfRecent <= mostRecent || other === key) break;
    recent.delete(other);
    operationsOfRecent -= lengthOf(oldest);
  }
  return order;
}
