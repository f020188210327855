/**
 * One attention layer with a cache: weights, norms, biases and the FLOPs of its core (scores and values; projections are
 * linear weights). Sources: DeepSeek-V2, arXiv:2405.04434, section 2.1 and appendix C (mla); the published
 * implementations for which projections carry a bias; DeepSeek-V3.2-Exp (sparse) and DeepSeek-V4 (compress, tie_kv, o_groups),
 * as in Hugging Face transformers: deepseek_v32 and deepseek_v4.
 */

import { product, sum, type Count, type Term } from "../term";
import type { AttentionRecord, CachedAttention, HeadAttentionRecord, MlaRecord, SparseRecord } from "./record";

export type { CachedAttention } from "./record";

export function isCached(block: AttentionRecord): block is CachedAttention {
  switch (block.kind) {
    case "mha": case "mqa": case "gqa": case "mla": return true;
    case "mamba2": case "lightning": case "gated_delta": case "kda": return false;
  }
}

/** Elements of the projection matrices of one layer that has a cache of its own. */
export function attentionWeights(block: CachedAttention, hiddenSize: number): Term {
  return sum(block.kind, [...queryMatrices(block, hiddenSize), ...cacheMatrices(block, hiddenSize)]);
}

/** Projections that every layer has; of layers that share a cache only the first has `cacheWeights` too. */
export function queryWeights(block: CachedAttention, hiddenSize: number): Term {
  return sum(block.kind, queryMatrices(block, hiddenSize));
}

export function cacheWeights(block: CachedAttention, hiddenSize: number): Term {
  return sum(`${block.kind}, what is cached`, cacheMatrices(block, hiddenSize));
}

/** Caches of a block: as many as layers, unless several share one. */
export function cachesOf(block: CachedAttention): Count {
  const { layers, kv_share } = block;
  if (kv_share === undefined) return { value: layers.length, unit: "layers", layers };
  return { value: Math.ceil(layers.length / kv_share), unit: `caches of ${kv_share} layers`, layers };
}

const qkHeadDim = ({ qk_nope_head_dim, qk_rope_head_dim }: MlaRecord): number => qk_nope_head_dim + qk_rope_head_dim;

/** Width of a query head. */
export const headDimOf = (block: CachedAttention): number => (block.kind === "mla" ? qkHeadDim(block) : block.head_dim);

/** Width of a value head. */
export const valueDim = (block: CachedAttention): number => (block.kind === "mla" ? block.v_head_dim : block.v_head_dim ?? block.head_dim);

/** Width of what the cache holds of one token as a key: that of an entry of `compress`, too. */
export const entryDim = (block: CachedAttention): number => (block.kind === "mla" ? block.kv_lora_rank + block.qk_rope_head_dim : block.kv_heads * block.head_dim);

function queryMatrices(block: CachedAttention, hiddenSize: number): readonly Term[] {
  const { heads, q_lora_rank } = block;
  const dims = block.kind === "mla" ? "(qk_nope_head_dim + qk_rope_head_dim)" : "head_dim";
  const query = q_lora_rank === undefined
    ? [product(`q: hidden_size x heads x ${dims}`, [hiddenSize, heads, headDimOf(block)])]
    : [
        product("q_a: hidden_size x q_lora_rank", [hiddenSize, q_lora_rank]),
        product(`q_b: q_lora_rank x heads x ${dims}`, [q_lora_rank, heads, headDimOf(block)]),
      ];
  return [...query, ...upProjection(block), ...outputMatrices(block, hiddenSize), ...gateMatrices(block, hiddenSize)];
}

function upProjection(block: CachedAttention): readonly Term[] {
  if (block.kind !== "mla") return [];
  const { kv_lora_rank, heads, qk_nope_head_dim, v_head_dim } = block;
  return [product("kv_b: kv_lora_rank x heads x (qk_nope_head_dim + v_head_dim)", [kv_lora_rank, heads, qk_nope_head_dim + v_head_dim])];
}

function outputMatrices(block: CachedAttention, hiddenSize: number): readonly Term[] {
  const { heads, o_lora_rank, o_groups } = block;
  const dim = nameOfValueDim(block);
  if (o_lora_rank === undefined) return [product(`o: heads x ${dim} x hidden_size`, [heads, valueDim(block), hiddenSize])];
  return [
    product(`o_a: heads x ${dim} x o_lora_rank`, [heads, valueDim(block), o_lora_rank]),
    product("o_b: o_groups x o_lora_rank x hidden_size", [o_groups ?? 1, o_lora_rank, hiddenSize]),
  ];
}

/** Columns of the projection that gates the output: 0 without one. */
export function gateWidth(block: CachedAttention): number {
  if (block.output_gate === false) return 0;
  return block.output_gate === "head" ? block.heads : block.heads * valueDim(block);
}

const nameOfValueDim = ({ v_head_dim }: CachedAttention): string => (v_head_dim === undefined ? "head_dim" : "v_head_dim");

function gateMatrices(block: CachedAttention, hiddenSize: number): readonly Term[] {
  const { heads, output_gate } = block;
  if (output_gate === false) return [];
  if (output_gate === "head") return [product("output gate: hidden_size x heads", [hiddenSize, heads])];
  return [product(`output gate: hidden_size x heads x ${nameOfValueDim(block)}`, [hiddenSize, heads, valueDim(block)])];
}

function cacheMatrices(block: CachedAttention, hiddenSize: number): readonly Term[] {
  const { sparse } = block;
  return [
    ...keyValueMatrices(block, hiddenSize),
    ...(block.compress === undefined ? [] : [compressorMatrix("compressed", block, hiddenSize, entryDim(block))]),
    ...(sparse === undefined || sparse.shared_indexer ? [] : indexerMatrices(block, sparse, hiddenSize)),
  ];
}

function keyValueMatrices(block: CachedAttention, hiddenSize: number): readonly Term[] {
  if (block.kind === "mla") {
    return [product("kv_a: hidden_size x (kv_lora_rank + qk_rope_head_dim)", [hiddenSize, block.kv_lora_rank + block.qk_rope_head_dim])];
  }
  const { kv_heads, head_dim, tie_kv } = block;
  const values = tie_kv === false ? [product(`v: hidden_size x kv_heads x ${nameOfValueDim(block)}`, [hiddenSize, kv_heads, valueDim(block)])] : [];
  return [product("k: hidden_size x kv_heads x head_dim", [hiddenSize, kv_heads, head_dim]), ...values];
}

/** Blocks that one entry is made of. */
export const blocksOf = ({ compress_overlap }: CachedAttention): number => (compress_overlap ? 2 : 1);

/** What is averaged, and the weights of the average (deepseek_v4: kv_proj, gate_proj). */
const compressorMatrix = (what: string, block: CachedAttention, hiddenSize: number, width: number): Term =>
  product(`${what} entries and their weights: 2 x hidden_size x width`, [2, hiddenSize, blocksOf(block) * width]);

/** Those weights have a bias by place in the block (deepseek_v4: position_bias). */
const positionBias = (what: string, block: CachedAttention, width: number, tokens: number): Term =>
  product(`position bias of ${what} entries: compress x width`, [tokens, blocksOf(block) * width]);

/** Queries from the compressed query where there is one, one key a token (an entry), and one weight a head. */
function indexerMatrices(block: CachedAttention, sparse: SparseRecord, hiddenSize: number): readonly Term[] {
  const { indexer_heads, indexer_head_dim } = sparse;
  const { q_lora_rank, compress } = block;
  const queries = q_lora_rank === undefined
    ? product("indexer q: hidden_size x indexer_heads x indexer_head_dim", [hiddenSize, indexer_heads, indexer_head_dim])
    : product("indexer q: q_lora_rank x indexer_heads x indexer_head_dim", [q_lora_rank, indexer_heads, indexer_head_dim]);
  const keys = compress === undefined
    ? product("indexer k: hidden_size x indexer_head_dim", [hiddenSize, indexer_head_dim])
    : compressorMatrix("indexer", block, hiddenSize, indexer_head_dim);
  return [queries, keys, product("indexer weights: hidden_size x indexer_heads", [hiddenSize, indexer_heads])];
}

/** Norm weights, sinks and what else is no matrix inside one layer's attention; the norm before it is counted with the layer. */
export function attentionNorms(block: CachedAttention): Term {
  const { sinks, heads, compress, sparse } = block;
  return sum(`${block.kind} norms`, [
    ...(block.kind === "mla" ? [product("kv_a norm: kv_lora_rank", [block.kv_lora_rank])] : []),
    ...(block.q_lora_rank === undefined ? [] : [product("q_a norm: q_lora_rank", [block.q_lora_rank])]),
    ...headNorms(block),
    ...(compress === undefined ? [] : [product("norm of compressed entries", [entryDim(block)]), positionBias("compressed", block, entryDim(block), compress)]),
    ...(sparse === undefined || sparse.shared_indexer ? [] : indexerVectors(block, sparse)),
    ...(sinks ? [product("sinks: heads", [heads])] : []),
  ]);
}

/** With `tie_kv` queries are normed without weights (deepseek_v4: q_b_norm). */
function headNorms(block: CachedAttention): readonly Term[] {
  if (block.qk_norm === false) return [];
  if (block.kind !== "mla" && block.tie_kv === true) return [product("norm of the keys: head_dim", [block.head_dim])];
  if (block.qk_norm === true) return [product("qk_norm: 2 x head_dim", [2, headDimOf(block)])];
  const keyHeads = block.kind === "mla" ? block.heads : block.kv_heads;
  return [product("qk_norm: (heads + kv_heads) x head_dim", [block.heads + keyHeads, headDimOf(block)])];
}

/** deepseek_v32: a LayerNorm, which has a bias; deepseek_v4: an RMSNorm, and the position bias of its compressor. */
function indexerVectors(block: CachedAttention, { indexer_head_dim }: SparseRecord): readonly Term[] {
  if (block.compress === undefined) return [product("indexer norm, with bias: 2 x indexer_head_dim", [2, indexer_head_dim])];
  return [product("indexer norm: indexer_head_dim", [indexer_head_dim]), positionBias("indexer", block, indexer_head_dim, block.compress)];
}

/** Bias weights of one layer. mla, as published, has them on the down-projections and the output alone. */
export function attentionBiases(block: CachedAttention, hiddenSize: number): Term {
  if (block.bias === false) return sum(`${block.kind} biases`, []);
  const output = block.bias === "qkv" ? [] : [product("o bias: hidden_size", [hiddenSize])];
  return sum(`${block.kind} biases`, [...(block.kind === "mla" ? latentBiases(block) : headBiases(block)), ...output]);
}

function latentBiases({ q_lora_rank, kv_lora_rank, qk_rope_head_dim }: MlaRecord): readonly Term[] {
  return [
    product("q_a bias: q_lora_rank", [q_lora_rank ?? 0]),
    product("kv_a bias: kv_lora_rank + qk_rope_head_dim", [kv_lora_rank + qk_rope_head_dim]),
  ];
}

function headBiases(block: HeadAttentionRecord): readonly Term[] {
  const { heads, kv_heads, head_dim, tie_kv } = block;
  return [
    product("q bias: heads x head_dim", [heads, head_dim]),
    product("k bias: kv_heads x head_dim", [kv_heads, head_dim]),
    ...(tie_kv === false ? [product(`v bias: kv_heads x ${nameOfValueDim(block)}`, [kv_heads, valueDim(block)])] : []),
  ];
}

/** Of `tokens`, those that a layer still sees, and keeps uncompressed. */
export function attendedTokens(block: CachedAttention, tokens: number): number {
  return block.window === undefined ? tokens : Math.min(tokens, block.window);
}

/** How far a token looks back: over all `tokens` that come before it, or on average over the last `queries` of a causal sequence of `tokens`. */
export type Reach = { readonly kind: "whole"; readonly tokens: number } | { readonly kind: "causal"; readonly tokens: number; readonly queries: number };

/** Of every token of a causal sequence. */
export const causal = (tokens: number): Reach => ({ kind: "causal", tokens, queries: tokens });

/** What a token reads in one layer. */
export interface Attended {
  /** Tokens and entries that its heads attend to. */
  readonly core: number;
  /** Keys that its indexer scores. */
  readonly indexed: number;
}

export function attended(block: CachedAttention, reach: Reach): Attended {
  const { window, sparse, compress } = block;
  const ownIndexer = sparse !== undefined && !sparse.shared_indexer;
  if (compress === undefined) {
    const seen = limited(reach, window);
    if (sparse === undefined) return { core: seen, indexed: 0 };
    return { core: limited(reach, Math.min(window ?? Infinity, sparse.top_k)), indexed: ownIndexer ? seen : 0 };
  }
  // as if a block had its share of an entry before it is full
  const tokens = reach.tokens / compress;
  const entries: Reach = reach.kind === "whole" ? { kind: "whole", tokens } : { kind: "causal", tokens, queries: reach.queries / compress };
  const near = window === undefined ? 0 : limited(reach, window);
  return { core: near + limited(entries, sparse?.top_k), indexed: ownIndexer ? limited(entries, undefined) : 0 };
}

/**
 * At most `limit` of what a token sees. Causal: the mean of min(position, limit) over the queries, which for a whole sequence is half of
 * it without a limit, and limit - limit^2 / (2 x sequence) with one. Continuous: a limit as long as the sequence changes nothing.
 */
function limited(reach: Reach, limit: number | undefined): number {
  const { tokens } = reach;
  const bound = Math.min(limit ?? tokens, tokens);
  if (reach.kind === "whole") return bound;
  const { queries } = reach;
  if (queries === 0) return 0;
  const upTo = (position: number): number => (position <= bound ? (position * position) / 2 : bound * (position - bound / 2));
  return (upTo(tokens) - upTo(tokens - queries)) / queries;
}

/**
 * FLOPs of one layer's core for one token that attends to `context` tokens, keys and values of every head laid out:
 * 2 x context x heads x (d_qk + d_v).
 */
export function attentionCore(block: CachedAttention, context: number): Term {
  return product(`${block.kind} core`, [2, { value: context, unit: "tokens" }, block.heads, headDimOf(block) + valueDim(block)]);
}

/**
 * The same when decoding. mla runs absorbed: the key and value up-projections act on the query and the output
 * (as many multiplications as `kv_b` has weights), so scores run over kv_lora_rank + qk_rope_head_dim and values
 * over kv_lora_rank (arXiv:2405.04434, section 2.1.2).
 */
export function decodeCore(block: CachedAttention, context: number): Term {
  if (block.kind !== "mla") return attentionCore(block, context);
  const dims = block.kv_lora_rank + block.qk_rope_head_dim + block.kv_lora_rank;
  return product("mla core, absorbed", [2, { value: context, unit: "tokens" }, block.heads, dims]);
}

/** FLOPs of the scores of one layer's indexer for one token over `keys` index keys; none where there is no indexer. */
export function indexerCore({ sparse }: CachedAttention, keys: number): readonly Term[] {
  if (sparse === undefined || keys === 0) return [];
  return [product("indexer scores", [2, { value: keys, unit: "keys" }, sparse.indexer_heads, sparse.indexer_head_dim])];
}
