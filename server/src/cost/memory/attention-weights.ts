/**
 * The weights of one attention layer on one GPU. Tensor parallelism divides heads; norms, down-projections to a latent and indexers stand
 * whole on every rank, as in Megatron-LM and in DeepSeek's reference code.
 */

import { blocksOf, gateWidth, headDimOf, valueDim, type CachedAttention } from "../model/attention";
import type { HeadAttentionRecord, MlaRecord, ModelRecord, Precision } from "../model/record";
import { kvHeadsOf, linear, shareOf, vector, type Matrix } from "./matrix";

/** `hasCache`: it has a cache of its own, and what fills it. */
export function attentionMatrices({ hidden_size, precision: { weights } }: ModelRecord, block: CachedAttention, hasCache: boolean, tp: number): readonly Matrix[] {
  const heads = shareOf(block.heads, tp);
  // one product of the input where nothing is compressed before it
  const isJoined = hasCache && block.kind !== "mla" && block.q_lora_rank === undefined;
  const own = hasCache ? [...(isJoined ? [] : keyValueMatrices(block, hidden_size, tp, weights)), ...compressorMatrices(block, hidden_size, tp, weights), ...indexerMatrices(block, hidden_size, weights)] : [];
  return [
    vector("norm before attention", hidden_size),
    ...(block.post_norm ? [vector("norm after attention", hidden_size)] : []),
    ...(block.sinks ? [vector("sinks", heads)] : []),
    ...(isJoined ? [linear("q, k and v", heads * block.head_dim + keyValueWidth(block, tp), hidden_size, weights)] : queryMatrices(block, heads, hidden_size, weights)),
    ...own,
    ...vectorsOfCache(block, tp),
    ...(block.kind === "mla" ? [linear("kv_b", heads * (block.qk_nope_head_dim + block.v_head_dim), block.kv_lora_rank, weights)] : []),
    ...(block.output_gate === false ? [] : [linear("output gate", shareOf(gateWidth(block), tp), hidden_size, weights)]),
    ...outputMatrices(block, heads, hidden_size, tp, weights),
    ...biases(block, heads, hidden_size, tp),
    ...(block.qk_norm === false ? [] : [vector("norms of queries and keys", normWidth(block, heads, tp))]),
  ];
}

function queryMatrices(block: CachedAttention, heads: number, hiddenSize: number, weights: Precision): readonly Matrix[] {
  const queries = heads * headDimOf(block);
  const { q_lora_rank } = block;
  if (q_lora_rank === undefined) return [linear("q", queries, hiddenSize, weights)];
  return [linear("q_a", q_lora_rank, hiddenSize, weights), linear("q_b", queries, q_lora_rank, weights), vector("q_a norm", q_lora_rank)];
}

function keyValueMatrices(block: CachedAttention, hiddenSize: number, tp: number, weights: Precision): readonly Matrix[] {
  if (block.kind === "mla") return [linear("kv_a", block.kv_lora_rank + block.qk_rope_head_dim, hiddenSize, weights)];
  return [linear("k and v", keyValueWidth(block, tp), hiddenSize, weights)];
}

/** What one GPU projects to keys and values; of `tie_kv` keys alone. */
const keyValueWidth = (block: HeadAttentionRecord, tp: number): number => kvHeadsOf(block.kv_heads, tp) * (block.head_dim + (block.tie_kv === false ? valueDim(block) : 0));

/** Width of an entry of `compress` on one GPU: whole for mla, whose latent is shared by all heads. */
export const entryOnGpu = (block: CachedAttention, tp: number): number =>
  (block.kind === "mla" ? block.kv_lora_rank + block.qk_rope_head_dim : kvHeadsOf(block.kv_heads, tp) * block.head_dim);

function compressorMatrices(block: CachedAttention, hiddenSize: number, tp: number, weights: Precision): readonly Matrix[] {
  return block.compress === undefined ? [] : [linear("compressed entries and their weights", 2 * blocksOf(block) * entryOnGpu(block, tp), hiddenSize, weights)];
}

/** Whole on every rank, as in DeepSeek-V3.2's reference and in serving engines: every rank picks the same tokens. */
function indexerMatrices(block: CachedAttention, hiddenSize: number, weights: Precision): readonly Matrix[] {
  const { sparse, q_lora_rank, compress } = block;
  if (sparse === undefined || sparse.shared_indexer) return [];
  const { indexer_heads, indexer_head_dim } = sparse;
  return [
    linear("indexer q", indexer_heads * indexer_head_dim, q_lora_rank ?? hiddenSize, weights),
    compress === undefined
      ? linear("indexer k", indexer_head_dim, hiddenSize, weights)
      : linear("indexer entries and their weights", 2 * blocksOf(block) * indexer_head_dim, hiddenSize, weights),
    linear("indexer weights", indexer_heads, hiddenSize, weights),
  ];
}

/** Norms and position biases of what is cached. */
function vectorsOfCache(block: CachedAttention, tp: number): readonly Matrix[] {
  const { sparse, compress } = block;
  const position = (width: number): number => (compress ?? 0) * blocksOf(block) * width;
  const entry = entryOnGpu(block, tp);
  const index = sparse === undefined || sparse.shared_indexer ? 0 : sparse.indexer_head_dim;
  return [
    ...(block.kind === "mla" ? [vector("kv_a norm", block.kv_lora_rank)] : []),
    ...(compress === undefined ? [] : [vector("norm and position bias of compressed entries", entry + position(entry))]),
    ...(index === 0 ? [] : [compress === undefined ? vector("indexer norm, with bias", 2 * index) : vector("indexer norm and position bias", index + position(index))]),
  ];
}

/** With `o_lora_rank` the heads of a group go to its rank first; GPUs that share a group each add up their part of it (o_b is linear). */
function outputMatrices(block: CachedAttention, heads: number, hiddenSize: number, tp: number, weights: Precision): readonly Matrix[] {
  const { o_lora_rank } = block;
  const width = valueDim(block);
  if (o_lora_rank === undefined) return [linear("o", hiddenSize, heads * width, weights)];
  const groups = groupsOnGpu(block, tp);
  return [{ ...linear("o_a", o_lora_rank, (heads / groups) * width, weights), count: groups }, linear("o_b", hiddenSize, groups * o_lora_rank, weights)];
}

/** Groups of the output projection on one GPU, none of them split further than its heads. */
export const groupsOnGpu = ({ o_groups }: CachedAttention, tp: number): number => Math.max(1, shareOf(o_groups ?? 1, tp));

function biases(block: CachedAttention, heads: number, hiddenSize: number, tp: number): readonly Matrix[] {
  if (block.bias === false) return [];
  const inputs = block.kind === "mla"
    ? vector("biases of the down-projections", (block.q_lora_rank ?? 0) + block.kv_lora_rank + block.qk_rope_head_dim)
    : vector("q, k and v biases", heads * block.head_dim + keyValueWidth(block, tp));
  return [inputs, ...(block.bias === true ? [vector("o bias", hiddenSize)] : [])];
}

function normWidth(block: HeadAttentionRecord | MlaRecord, heads: number, tp: number): number {
  if (block.kind === "mla") return 2 * (block.qk_norm === "whole" ? heads : 1) * headDimOf(block);
  if (block.tie_kv === true) return block.head_dim;
  return (block.qk_norm === "whole" ? heads + kvHeadsOf(block.kv_heads, tp) : 2) * block.head_dim;
}
