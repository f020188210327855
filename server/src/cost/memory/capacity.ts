/** The largest batch and the longest context with which a serving plan still fits into the memory of its GPUs. */

import { Unavailable } from "../definition";
import type { Evaluation } from "../plan/evaluation";
import { groupsOf } from "../serving/batch";
import { decodeContext, memoryModel, withDemand, type Demand } from "./memory-model";
import { cacheOfRank, servingKinds } from "./stage-memory";

/**
 * Sequences that a GPU can hold when decoding, each with `context_length` tokens; 0 where not even one fits. What depends on the batch
 * grows with it along a line from one sequence a stage on, and along another below, so two points of either give the line of each kind of rank.
 */
export function maxBatchPerGpu(evaluation: Evaluation): number {
  requireDecode(evaluation);
  const context = decodeContext(evaluation.plan);
  const capacity = evaluation.plan.hardware.gpu.memory;
  const { pp } = evaluation.layout;
  const demandOf = (sequences: number): Demand => ({ tokens: sequences / groupsOf(sequences, pp), sequences, context });
  const model = memoryModel(evaluation, demandOf(1));
  const memory = servingKinds(model);
  const totals = (sequences: number): readonly number[] => memory(withDemand(model, demandOf(sequences))).map(({ total }) => total);
  const fits = (sequences: number): boolean => totals(sequences).every((total) => total <= capacity);
  const [low, high] = pp === 1 || fits(pp) ? [pp, 2 * pp] : [1, pp];
  const more = totals(high);
  const bounds = totals(low).map((least, kind) => low + Math.floor(((capacity - least) * (high - low)) / ((more[kind] ?? Number.NaN) - least)));
  const found = Math.max(0, Math.min(...bounds));
  // the division rounds: the neighbour may be the one that fits
  if (found > 0 && !fits(found)) return found - 1;
  return fits(found + 1) ? found + 1 : found;
}

/**
 * Tokens that each of the plan's `batch_per_gpu` sequences can have in the cache; 0 where nothing is left for a cache. Memory alone:
 * the model's own `max_context` does not bound it. Throws `Unavailable` where windows keep any context small enough.
 */
export function maxContextThatFits(evaluation: Evaluation): number {
  requireDecode(evaluation);
  const { model, ranks } = evaluation.memory;
  const capacity = evaluation.plan.hardware.gpu.memory;
  const holdings = ranks().map(({ stages, total, kv }) => ({ fixed: total - kv, cache: cacheOfRank(model, stages) }));
  const fits = (context: number): boolean => holdings.every(({ fixed, cache }) => fixed + cache(context) <= capacity);
  if (fits(Number.MAX_SAFE_INTEGER)) throw new Unavailable("no layer's cache grows without end: every context fits");
  return lastWhere(fits);
}

function requireDecode({ plan: { workload: { phase } } }: Evaluation): void {
  if (phase !== "decode") throw new Unavailable("only a decode plan is asked for it", true);
}

/** The greatest whole number that still holds, of a condition that holds up to some number below 2^53 and not beyond it. */
function lastWhere(holds: (number: number) => boolean): number {
  if (!holds(0)) return 0;
  let [low, high] = [0, Number.MAX_SAFE_INTEGER];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
