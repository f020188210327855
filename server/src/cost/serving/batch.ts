/**
 * How a GPU's sequences are worked off. All GPUs of a replica (tp x pp x cp) hold the same sequences, each its part of them; a pipeline
 * divides them into as many groups as it has stages, so that every stage has one to work on, and dual micro-batches divide a group in two.
 */

import { Unavailable } from "../definition";
import type { Layout } from "../plan/layout";
import type { PlanRecord, WorkloadRecord } from "../plan/record";

export type ServingPhase = Exclude<WorkloadRecord["phase"], "training">;

export interface Batch {
  readonly phase: ServingPhase;
  /** Sequences of a replica that pass the model together: all it holds, or one group of a pipeline's. */
  readonly sequences: number;
  /** Groups that a replica works on at the same time, one on each stage. */
  readonly groups: number;
  /** Micro-batches into which a group is divided: 2 with `dual_micro_batch`, else 1. */
  readonly micro_batches: number;
  /** Tokens that a sequence passes through the model: 1 in decode; in prefill the prompt but for what the cache holds, at least one. */
  readonly new_tokens: number;
}

/** Throws `Unavailable` for training, and where the workload lacks what its phase needs. */
export function batchOf({ workload, parallelism }: PlanRecord, { pp }: Layout): Batch {
  const { phase } = workload;
  if (phase === "training") throw new Unavailable("a training plan serves nothing", true);
  const held = required(workload, "batch_per_gpu");
  const micro_batches = parallelism.dual_micro_batch ? 2 : 1;
  const groups = groupsOf(held, pp);
  if (phase === "prefill") {
    const computed = required(workload, "prompt_length") * (1 - workload.cache_hit_rate);
    return { phase, micro_batches, sequences: held / groups, groups, new_tokens: Math.max(1, computed) };
  }
  if (held / groups < micro_batches) throw new Unavailable("`dual_micro_batch` divides the sequences of a GPU in two, and `batch_per_gpu` leaves one");
  return { phase, micro_batches, sequences: held / groups, groups, new_tokens: 1 };
}

/** Groups into which a pipeline divides the sequences that a replica holds: one a stage, and no more than there are sequences. */
export const groupsOf = (held: number, pp: number): number => Math.max(1, Math.min(pp, held));

/** Tokens of a sequence that its last query attends to. */
export const lengthOf = ({ workload }: PlanRecord): number => required(workload, workload.phase === "prefill" ? "prompt_length" : "context_length");

function required(workload: WorkloadRecord, key: "batch_per_gpu" | "prompt_length" | "context_length"): number {
  const value = workload[key];
  if (value === undefined) throw new Unavailable(`the workload has no \`${key}\``);
  return value;
}

/** New tokens of one micro-batch that a context-parallel rank of a replica works on. */
export const tokensOf = ({ sequences, new_tokens, micro_batches }: Batch, { cp }: Layout): number => (sequences * new_tokens) / micro_batches / cp;
