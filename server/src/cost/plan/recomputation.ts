/**
 * What the backward pass computes again instead of keeping it, for memory, which drops the tensors, and for compute, which runs their
 * operators once more. `selective` is the recomputation of DeepSeek-V3 (arXiv:2412.19437, section 3.2.3) wherever a model has such parts:
 * norms, activations, and the up-projections of mla with the rotation behind them (Megatron-LM's `mla_up_proj`, which counts the only
 * projection of queries that have no latent among them). Not the core of attention: a fused one keeps nothing that this would free.
 */

import type { ParallelismRecord } from "./record";

export type Recompute = ParallelismRecord["recompute"];

/** Tensors that come back by the same operators. */
export type Recomputable = "norm outputs" | "activation outputs" | "mla queries, keys and values";

/** The operators that bring them back, by their names. */
const operators: Readonly<Record<Recomputable, readonly string[]>> = {
  "norm outputs": ["attention norm", "ffn norm", "latent norms"],
  "activation outputs": ["activation", "experts activation", "shared activation"],
  "mla queries, keys and values": ["q", "q_b", "kv_b", "rope"],
};

/** What each level drops; `full` keeps the input of a layer alone and runs all of it again. */
const dropped: Readonly<Record<Recompute, readonly Recomputable[]>> = {
  none: [],
  selective: ["norm outputs", "activation outputs", "mla queries, keys and values"],
  full: ["norm outputs", "activation outputs", "mla queries, keys and values"],
};

/** Whether a layer keeps such tensors from its forward to its backward. */
export const keeps = (recompute: Recompute, tensors: Recomputable): boolean => !dropped[recompute].includes(tensors);

/** Whether an operator of a layer with this kind of attention runs once more before the gradients. */
export function runsAgain(recompute: Recompute, attention: string | undefined): (operator: string) => boolean {
  if (recompute === "full") return () => true;
  const again = attention === "mla" ? withMla[recompute] : withoutMla[recompute];
  return (operator) => again.has(operator);
}

const bringBack = (tensors: readonly Recomputable[]): ReadonlySet<string> => new Set(tensors.flatMap((each) => operators[each]));

const ofLevels = (isRun: (tensors: Recomputable) => boolean): Readonly<Record<Exclude<Recompute, "full">, ReadonlySet<string>>> =>
  ({ none: bringBack([]), selective: bringBack(dropped.selective.filter(isRun)) });

const withMla = ofLevels(() => true);
const withoutMla = ofLevels((tensors) => tensors !== "mla queries, keys and values");
