/**
 * The cache of past tokens. Sources: DeepSeek-V2, arXiv:2405.04434, Table 1 (elements a token); Insights into
 * DeepSeek-V3, arXiv:2505.09343, Table 1; FlashMLA's FP8 layout: 512 FP8 + 4 FP32 scales + 64 BF16 = 656 B a layer.
 */

import { layersOf, product, sum, times, type Term } from "../term";
import { attendedTokens, isCached, type CachedAttention } from "./attention";
import { contextLength } from "./availability";
import { activationScale, plainElement } from "./precision";
import type { ModelContext, ModelRecord, Precision, PrecisionRecord } from "./record";

/** Bytes that one token adds over all layers that cache, before any window evicts. */
export function kvBytesPerToken(model: ModelRecord): Term {
  const { precision } = model;
  const layers = model.attention.filter(isCached).map((block) => times([layersOf(block)], cacheEntry(block, precision)));
  return sum("kv_bytes_per_token", layers);
}

/** Bytes of one sequence with `context_length` tokens; a layer with a window keeps no more tokens than that. */
export function kvBytesPerSequence(model: ModelRecord, context: ModelContext): Term {
  const { precision } = model;
  const layers = model.attention.filter(isCached).map((block) => {
    const tokens = { value: attendedTokens(block, contextLength(context)), unit: "tokens" };
    return times([layersOf(block), tokens], cacheEntry(block, precision));
  });
  return sum("kv_bytes_per_sequence", layers);
}

/** Bytes of one token in one layer; scales stand on a line of their own. */
function cacheEntry(block: CachedAttention, precision: PrecisionRecord): Term {
  const { kv_cache } = precision;
  if (block.kind === "mla") {
    return sum("mla cache", [
      ...elements("latent: kv_lora_rank", "scales of the latent", [block.kv_lora_rank], kv_cache),
      ...elements("rope key: qk_rope_head_dim", "scales of the rope key", [block.qk_rope_head_dim], precision.kv_rope),
    ]);
  }
  const counts = [block.kv_heads, block.head_dim];
  return sum(`${block.kind} cache`, [
    ...elements("keys: kv_heads x head_dim", "scales of the keys", counts, kv_cache),
    ...elements("values: kv_heads x head_dim", "scales of the values", counts, kv_cache),
  ]);
}

function elements(label: string, scalesLabel: string, counts: readonly number[], precision: Precision): readonly Term[] {
  const scale = activationScale(precision);
  return [product(label, [...counts, plainElement(precision)]), ...(scale ? [product(scalesLabel, [...counts, scale])] : [])];
}
