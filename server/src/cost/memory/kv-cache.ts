/**
 * The cache of one sequence on one GPU. Key and value heads are divided over tensor-parallel ranks, at most as many ways as there are
 * heads; mla's latent is shared by all heads and stands whole on every rank. Context parallelism divides the tokens.
 */

import { attendedTokens, isCached, valueDim, type CachedAttention } from "../model/attention";
import { activationElement } from "../model/precision";
import type { ModelRecord, PrecisionRecord } from "../model/record";
import type { Layout } from "../plan/layout";
import { requireModelled } from "../plan/modelled";
import type { LayerRun } from "../plan/stages";
import { kvHeadsOf } from "./weights";

/** Bytes that one token takes in one layer of one GPU. */
export function cacheEntryOnGpu(block: CachedAttention, precision: PrecisionRecord, tp: number): number {
  const cached = activationElement(precision.kv_cache).value;
  if (block.kind === "mla") return block.kv_lora_rank * cached + block.qk_rope_head_dim * activationElement(precision.kv_rope).value + indexKey(block, precision);
  return kvHeadsOf(block.kv_heads, tp) * (block.head_dim + valueDim(block)) * cached;
}

/** The key that an indexer scores, whole on every rank. */
const indexKey = ({ sparse }: CachedAttention, precision: PrecisionRecord): number =>
  (sparse === undefined || sparse.shared_indexer ? 0 : sparse.indexer_head_dim * activationElement(precision.index_cache).value);

/** Tokens of a sequence that one layer of one GPU keeps. */
export const cachedTokens = (block: CachedAttention, context: number, cp: number): number => Math.ceil(attendedTokens(block, context) / cp);

/** Bytes of one sequence over the layers of `runs`, by its tokens. Throws `Unavailable`. */
export function cacheOfRuns(model: ModelRecord, runs: readonly LayerRun[], { tp, cp }: Layout): (context: number) => number {
  requireModelled(model);
  const entries = runs.flatMap(({ attention, layers }) => (
    attention === undefined || !isCached(attention) ? [] : [{ attention, layers: layers.length, bytes: cacheEntryOnGpu(attention, model.precision, tp) }]
  ));
  return (context) => entries.reduce((sum, { attention, layers, bytes }) => sum + layers * cachedTokens(attention, context, cp) * bytes, 0);
}
