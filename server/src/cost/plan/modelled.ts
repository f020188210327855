/**
 * What plans can do without: parts of a model whose weights, cache and FLOPs are known, but not what a GPU runs of them in a given layout.
 * The figures of the model have them all; a plan with one of them says which.
 */

import { isCached } from "../model/attention";
import type { ModelRecord } from "../model/record";
import type { Layout } from "./layout";

/** Why a plan of this model cannot be computed; `undefined` where it can. */
export function planGap({ attention, per_layer_embedding_size }: ModelRecord, { pp }: Pick<Layout, "pp">): string | undefined {
  if (per_layer_embedding_size !== undefined && pp > 1) {
    return "plans do not model `per_layer_embedding_size` with `pp` above 1: later stages would need what the first one looks up";
  }
  const compressed = attention.some((block) => isCached(block) && block.kind === "mla" && block.compress !== undefined);
  return compressed ? "plans do not model `compress` in `attention mla`" : undefined;
}
