/**
 * One attention layer: weights, norms, biases and the FLOPs of its core (scores and values; projections are
 * linear weights). Sources: DeepSeek-V2, arXiv:2405.04434, section 2.1 and appendix C (mla); the published
 * implementations for which projections carry a bias.
 */

import { product, sum, type Term } from "../term";
import type { AttentionRecord, HeadAttentionRecord, MlaRecord } from "./record";

/** The kinds whose costs are known: heads over a cache of every token. */
export type CachedAttention = HeadAttentionRecord | MlaRecord;

export function isCached(block: AttentionRecord): block is CachedAttention {
  switch (block.kind) {
    case "mha": case "mqa": case "gqa": case "mla": return true;
    case "mamba2": case "lightning": case "gated_delta": case "kda": return false;
  }
}

/** Elements of the projection matrices of one layer. */
export function attentionWeights(block: CachedAttention, hiddenSize: number): Term {
  return sum(block.kind, block.kind === "mla" ? mlaMatrices(block, hiddenSize) : headMatrices(block, hiddenSize));
}

function headMatrices(block: HeadAttentionRecord, hiddenSize: number): readonly Term[] {
  const { heads, kv_heads, head_dim } = block;
  return [
    product("q: hidden_size x heads x head_dim", [hiddenSize, heads, head_dim]),
    product("k: hidden_size x kv_heads x head_dim", [hiddenSize, kv_heads, head_dim]),
    product("v: hidden_size x kv_heads x head_dim", [hiddenSize, kv_heads, head_dim]),
    product("o: heads x head_dim x hidden_size", [heads, head_dim, hiddenSize]),
  ];
}

function mlaMatrices(block: MlaRecord, hiddenSize: number): readonly Term[] {
  const { heads, q_lora_rank, kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim } = block;
  const qkHeadDim = qk_nope_head_dim + qk_rope_head_dim;
  const query = q_lora_rank === undefined
    ? [product("q: hidden_size x heads x (qk_nope_head_dim + qk_rope_head_dim)", [hiddenSize, heads, qkHeadDim])]
    : [
        product("q_a: hidden_size x q_lora_rank", [hiddenSize, q_lora_rank]),
        product("q_b: q_lora_rank x heads x (qk_nope_head_dim + qk_rope_head_dim)", [q_lora_rank, heads, qkHeadDim]),
      ];
  return [
    ...query,
    product("kv_a: hidden_size x (kv_lora_rank + qk_rope_head_dim)", [hiddenSize, kv_lora_rank + qk_rope_head_dim]),
    product("kv_b: kv_lora_rank x heads x (qk_nope_head_dim + v_head_dim)",
      [kv_lora_rank, heads, qk_nope_head_dim + v_head_dim]),
    product("o: heads x v_head_dim x hidden_size", [heads, v_head_dim, hiddenSize]),
  ];
}

/** Norm weights inside one layer's attention; the norm before it is counted with the layer. */
export function attentionNorms(block: CachedAttention): Term {
  const latent = block.kind === "mla"
    ? [product("kv_a norm: kv_lora_rank", [block.kv_lora_rank]), product("q_a norm: q_lora_rank", [block.q_lora_rank ?? 0])]
    : [];
  const headDim = (): number => (block.kind === "mla" ? block.qk_nope_head_dim + block.qk_rope_head_dim : block.head_dim);
  const perHead = block.qk_norm ? [product("qk_norm: 2 x head_dim", [2, headDim()])] : [];
  return sum(`${block.kind} norms`, [...latent, ...perHead]);
}

/** Bias weights of one layer. mla, as published, has them on the down-projections and the output alone. */
export function attentionBiases(block: CachedAttention, hiddenSize: number): Term {
  if (block.bias === false) return sum(`${block.kind} biases`, []);
  const output = block.bias === "qkv" ? [] : [product("o bias: hidden_size", [hiddenSize])];
  const inputs = block.kind === "mla"
    ? [
        product("q_a bias: q_lora_rank", [block.q_lora_rank ?? 0]),
        product("kv_a bias: kv_lora_rank + qk_rope_head_dim", [block.kv_lora_rank + block.qk_rope_head_dim]),
      ]
    : [
        product("q bias: heads x head_dim", [block.heads, block.head_dim]),
        product("k and v bias: 2 x kv_heads x head_dim", [2, block.kv_heads, block.head_dim]),
      ];
  return sum(`${block.kind} biases`, [...inputs, ...output]);
}

/** Of `tokens`, those that a layer still sees and caches. */
export function attendedTokens(block: CachedAttention, tokens: number): number {
  return block.window === undefined ? tokens : Math.min(tokens, block.window);
}

/**
 * FLOPs of one layer's core for one token that attends to `context` tokens, keys and values of every head laid out:
 * 2 x context x heads x (d_qk + d_v).
 */
export function attentionCore(block: CachedAttention, context: number): Term {
  const dims = block.kind === "mla"
    ? block.qk_nope_head_dim + block.qk_rope_head_dim + block.v_head_dim
    : block.head_dim + block.head_dim;
  return product(`${block.kind} core`, [2, { value: context, unit: "tokens" }, block.heads, dims]);
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
