/**
 * The cache of past tokens, and the states of layers that keep one instead. Sources: DeepSeek-V2, arXiv:2405.04434, Table 1 (elements
 * a token); Insights into DeepSeek-V3, arXiv:2505.09343, Table 1; FlashMLA's FP8 layout: 512 FP8 + 4 FP32 scales + 64 BF16 = 656 B a
 * layer; transformers' deepseek_v32 and deepseek_v4 (index keys; windows beside compressed entries).
 */

import { layersOf, product, sum, times, type Count, type Term } from "../term";
import { attendedTokens, cachesOf, isCached, valueDim, type CachedAttention } from "./attention";
import { contextLength } from "./availability";
import { mixerState } from "./mixer";
import { activationScale, plainElement } from "./precision";
import type { ModelContext, ModelRecord, Precision, PrecisionRecord } from "./record";

/** Bytes that one token adds over all layers that cache, before any window evicts. */
export function kvBytesPerToken(model: ModelRecord): Term {
  const { precision } = model;
  const layers = model.attention.filter(isCached).flatMap((block) => {
    const { compress } = block;
    const share: readonly Count[] = compress === undefined ? [] : [{ value: 1 / compress, unit: "entries a token" }];
    return [...uncompressed(block, precision, []), ...compressed(block, precision, share), ...indexKeys(block, precision, share)];
  });
  return sum("kv_bytes_per_token", layers);
}

/** Bytes of one sequence with `context_length` tokens: a window keeps no more tokens than that, a block that is not full has no entry. */
export function kvBytesPerSequence(model: ModelRecord, context: ModelContext): Term {
  const { precision } = model;
  const tokens = contextLength(context);
  const layers = model.attention.flatMap((block) => {
    if (!isCached(block)) return [times([layersOf(block)], mixerState(block, precision))];
    const near = { value: attendedTokens(block, tokens), unit: "tokens" };
    const { compress } = block;
    const entries = compress === undefined ? near : { value: Math.floor(tokens / compress), unit: "entries" };
    return [...uncompressed(block, precision, [near]), ...compressed(block, precision, [entries]), ...indexKeys(block, precision, [entries])];
  });
  return sum("kv_bytes_per_sequence", layers);
}

/** Tokens that are kept as they are; beside `compress` only in a window. */
function uncompressed(block: CachedAttention, precision: PrecisionRecord, tokens: readonly Count[]): readonly Term[] {
  if (block.compress !== undefined && block.window === undefined) return [];
  return [times([cachesOf(block), ...tokens], cacheEntry(`${block.kind} cache`, block, precision))];
}

function compressed(block: CachedAttention, precision: PrecisionRecord, entries: readonly Count[]): readonly Term[] {
  if (block.compress === undefined) return [];
  return [times([cachesOf(block), ...entries], cacheEntry(`${block.kind} compressed cache`, block, precision))];
}

/** One key of the indexer a token, or an entry. */
function indexKeys(block: CachedAttention, precision: PrecisionRecord, entries: readonly Count[]): readonly Term[] {
  const { sparse } = block;
  if (sparse === undefined || sparse.shared_indexer) return [];
  const keys = elements("index keys: indexer_head_dim", "scales of the index keys", [sparse.indexer_head_dim], precision.index_cache);
  return [times([cachesOf(block), ...entries], sum("index keys", keys))];
}

/** Bytes of one token, or of one compressed entry, in one layer; scales stand on a line of their own. */
function cacheEntry(label: string, block: CachedAttention, precision: PrecisionRecord): Term {
  const { kv_cache } = precision;
  if (block.kind === "mla") {
    return sum(label, [
      ...elements("latent: kv_lora_rank", "scales of the latent", [block.kv_lora_rank], kv_cache),
      ...elements("rope key: qk_rope_head_dim", "scales of the rope key", [block.qk_rope_head_dim], precision.kv_rope),
    ]);
  }
  const { kv_heads, head_dim, v_head_dim, tie_kv } = block;
  const valueLabel = `values: kv_heads x ${v_head_dim === undefined ? "head_dim" : "v_head_dim"}`;
  if (tie_kv === true) return sum(label, elements("keys, also values: kv_heads x head_dim", "their scales", [kv_heads, head_dim], kv_cache));
  return sum(label, [
    ...elements("keys: kv_heads x head_dim", "scales of the keys", [kv_heads, head_dim], kv_cache),
    ...elements(valueLabel, "scales of the values", [kv_heads, valueDim(block)], kv_cache),
  ]);
}

function elements(label: string, scalesLabel: string, counts: readonly number[], precision: Precision): readonly Term[] {
  const scale = activationScale(precision);
  return [product(label, [...counts, plainElement(precision)]), ...(scale ? [product(scalesLabel, [...counts, scale])] : [])];
}
