/**
 * The operators of attention. Sources: Megatron-LM (which matrices tensor parallelism splits, arXiv:1909.08053); DeepSeek-V2,
 * arXiv:2405.04434, section 2.1 (mla, absorbed in decode).
 */

import { decodeCore as decodeCoreFlops, attendedTokens, attentionCore, gateWidth, isCached, valueDim, type CachedAttention } from "../model/attention";
import { activationElement } from "../model/precision";
import type { HeadAttentionRecord, MlaRecord, SparseRecord } from "../model/record";
import type { LayerBlocks } from "../plan/stages";
import { rateOf } from "./device";
import { linears, norm, unsplitTokens, wide } from "./linears";
import type { OperatorShape } from "./operator";
import { core, decodeCore, linear, sweep, weightBytes, type Matrix, type Site } from "./operators";

export function attentionOperators(site: Site, { attention: block }: LayerBlocks, operators: OperatorShape[]): void {
  if (block === undefined || !isCached(block)) return;
  operators.push(norm(site, "attention norm", "attention"));
  if (block.kind === "mla") mlaOperators(site, block, operators);
  else headOperatorsOf(site, block, operators);
}

function headOperatorsOf(site: Site, block: HeadAttentionRecord, operators: OperatorShape[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const { head_dim } = block;
  const vDim = valueDim(block);
  const heads = block.heads / tp;
  const kvHeads = Math.max(1, block.kv_heads / tp);
  const weight = weightBytes(site, site.rates.linear(), precision.weights);
  const turned = tokens * (heads + kvHeads) * head_dim;
  linears(site, "attention", weight, [
    { name: "qkv", rows: tokens, columns: heads * head_dim + kvHeads * (head_dim + vDim), inner: hidden_size },
    ...gateMatrices(site, block),
    { name: "o", rows: tokens, columns: hidden_size, inner: heads * vDim },
  ], wide(tokens * (hidden_size + heads * vDim)), operators);
  if (block.qk_norm) operators.push(sweep(site, { name: "qk norm", part: "attention", bytes: { forward: 4 * turned, backward_input: 6 * turned, backward_weight: 0 } }));
  operators.push(sweep(site, { name: "rope", part: "attention", bytes: { forward: 4 * turned, backward_input: 4 * turned, backward_weight: 0 } }));
  operators.push(site.work.phase === "decode"
    ? cacheOperator(site, block, kvHeads * (head_dim + vDim) * activationElement(precision.kv_cache).value)
    : coreOperator(site, block, heads, kvHeads, head_dim, vDim));
  gateOperator(site, block, operators);
}

/** What projects the gate of the output, which shares the input of the queries. */
function gateMatrices({ plan: { model: { hidden_size } }, layout: { tp }, work: { tokens } }: Site, block: CachedAttention): readonly Matrix[] {
  const columns = gateWidth(block) / tp;
  return columns === 0 ? [] : [{ name: "output gate", rows: tokens, columns, inner: hidden_size }];
}

/** Output times gate, in bf16: forward reads both and writes the product, backward reads its gradient too and writes both of theirs. */
function gateOperator(site: Site, block: CachedAttention, operators: OperatorShape[]): void {
  const { layout: { tp }, work: { tokens } } = site;
  const gates = (tokens * gateWidth(block)) / tp;
  if (gates === 0) return;
  const outputs = (tokens * block.heads * valueDim(block)) / tp;
  operators.push(sweep(site, {
    name: "gated output", part: "attention", bytes: { forward: 4 * outputs + 2 * gates, backward_input: 6 * outputs + 4 * gates, backward_weight: 0 },
  }));
}

function mlaOperators(site: Site, block: MlaRecord, operators: OperatorShape[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const { q_lora_rank, kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim } = block;
  const heads = block.heads / tp;
  const rows = unsplitTokens(site);
  const qkDim = qk_nope_head_dim + qk_rope_head_dim;
  // each query of sparse attention reads tokens of its own, whose keys and values are never laid out
  const isAbsorbed = site.work.phase === "decode" || block.sparse !== undefined;
  const latents = kv_lora_rank + (q_lora_rank ?? 0);
  const queries: readonly Matrix[] = q_lora_rank === undefined
    ? [{ name: "q", rows: tokens, columns: heads * qkDim, inner: hidden_size }]
    : [{ name: "q_a", rows, columns: q_lora_rank, inner: hidden_size }, { name: "q_b", rows: tokens, columns: heads * qkDim, inner: q_lora_rank }];
  const kvRows = keysOf(site);
  const expanded: readonly Matrix[] = isAbsorbed ? [] : [{ name: "kv_b", rows: kvRows, columns: heads * (qk_nope_head_dim + v_head_dim), inner: kv_lora_rank }];
  const inputs = rows * hidden_size + tokens * (q_lora_rank ?? 0) + (isAbsorbed ? 0 : kvRows * kv_lora_rank) + tokens * heads * v_head_dim;
  linears(site, "attention", weightBytes(site, site.rates.linear(), precision.weights), [
    ...queries,
    { name: "kv_a", rows, columns: kv_lora_rank + qk_rope_head_dim, inner: hidden_size },
    ...expanded,
    ...indexerMatrices(site, block),
    ...gateMatrices(site, block),
    { name: "o", rows: tokens, columns: hidden_size, inner: heads * v_head_dim },
  ], wide(inputs), operators);
  operators.push(sweep(site, { name: "latent norms", part: "attention", bytes: { forward: 4 * rows * latents, backward_input: 6 * rows * latents, backward_weight: 0 } }));
  // queries turn in place; in training and prefill the keys of all heads are put together of their two halves
  const turned = 4 * tokens * heads * qk_rope_head_dim + (isAbsorbed ? 0 : 2 * kvRows * heads * (qk_nope_head_dim + qkDim));
  operators.push(sweep(site, { name: "rope", part: "attention", bytes: { forward: turned, backward_input: turned, backward_weight: 0 } }));
  if (!isAbsorbed) {
    operators.push(coreOperator(site, block, heads, heads, qkDim, v_head_dim));
    gateOperator(site, block, operators);
    return;
  }
  const rate = site.rates.attention();
  const kept = weightBytes(site, rate, precision.weights);
  const absorbed = { experts: heads, rows: tokens };
  operators.push(linear(site, "attention", { ...absorbed, name: "absorbed kv_b, keys", columns: kv_lora_rank, inner: qk_nope_head_dim }, rate, kept));
  const entry = kv_lora_rank * activationElement(precision.kv_cache).value + qk_rope_head_dim * activationElement(precision.kv_rope).value;
  operators.push(...(block.sparse === undefined ? [cacheOperator(site, block, entry)] : sparseOperators(site, block, block.sparse, entry)));
  operators.push(linear(site, "attention", { ...absorbed, name: "absorbed kv_b, values", columns: v_head_dim, inner: kv_lora_rank }, rate, kept));
  gateOperator(site, block, operators);
}

/** The projections of an indexer, which every tensor-parallel rank runs whole (DeepSeek-V3.2's reference, inference/model.py). */
function indexerMatrices({ plan: { model: { hidden_size } }, work: { tokens } }: Site, { sparse, q_lora_rank }: MlaRecord): readonly Matrix[] {
  if (sparse === undefined || sparse.shared_indexer) return [];
  const { indexer_heads, indexer_head_dim } = sparse;
  return [
    { name: "indexer q", rows: tokens, columns: indexer_heads * indexer_head_dim, inner: q_lora_rank ?? hidden_size },
    { name: "indexer k", rows: tokens, columns: indexer_head_dim, inner: hidden_size },
    { name: "indexer weights", rows: tokens, columns: indexer_heads, inner: hidden_size },
  ];
}

/**
 * Sparse attention in serving. The indexer scores every token before a query in the precision of its keys, writes the scores in FP32
 * and reads them again to pick; then the core runs over those picked, gathered anew for every query (FlashMLA's sparse kernels).
 */
function sparseOperators(site: Site, block: MlaRecord, sparse: SparseRecord, bytesOfToken: number): readonly OperatorShape[] {
  const { plan: { model: { precision } }, work: { phase, tokens, sequences, sequence_length }, layout: { tp, cp } } = site;
  const isDecode = phase === "decode";
  const queries = Math.min((tokens * cp) / sequences, sequence_length);
  const mean = (limit: number): number =>
    (isDecode ? Math.min(sequence_length, limit) / cp : meanContext({ window: limit }, sequence_length, queries));
  const seen = mean(block.window ?? sequence_length);
  const picked = mean(Math.min(block.window ?? sequence_length, sparse.top_k));
  const rate = site.rates.attention();
  const flops = (tokens * decodeCoreFlops(block, picked).value) / tp;
  const gathered = tokens * picked * bytesOfToken;
  const { kv_lora_rank, qk_rope_head_dim } = block;
  const attention = isDecode
    ? decodeCore("attention core", flops, gathered, rate)
    : core(site, "attention core", {
        flops, bytes: gathered, heads: (block.heads / tp) * sequences, queries: queries / cp, keys: picked, width: 2 * kv_lora_rank + qk_rope_head_dim, wide: true,
      }, rate);
  if (sparse.shared_indexer) return [attention];
  const { indexer_heads, indexer_head_dim } = sparse;
  const scoreRate = rateOf(site.plan.hardware.gpu, precision.index_cache, "`precision.index_cache`");
  const scores = { flops: 2 * tokens * seen * indexer_heads * indexer_head_dim, written: 4 * tokens * seen };
  const keys = (sequences * Math.min(sequence_length, block.window ?? sequence_length) * indexer_head_dim * activationElement(precision.index_cache).value) / cp;
  const scored = isDecode
    ? decodeCore("indexer scores", scores.flops, keys + scores.written, scoreRate)
    : core(site, "indexer scores", {
        flops: scores.flops, bytes: keys + scores.written, heads: indexer_heads * sequences, queries: queries / cp, keys: seen, width: indexer_head_dim, wide: false,
      }, scoreRate);
  return [scored, sweep(site, { name: "indexer top_k", part: "attention", bytes: { forward: scores.written, backward_input: 0, backward_weight: 0 } }), attention];
}

/** Keys that this rank makes: those of its own tokens, and of a prompt also those found in the cache, which mla keeps compressed. */
export const keysOf = ({ work: { phase, tokens, sequences, sequence_length }, layout: { cp } }: Pick<Site, "work" | "layout">): number =>
  phase === "prefill" ? Math.max(tokens, (sequences * sequence_length) / cp) : tokens;

/** The core of new queries, causal: the queries of a sequence are its last ones, and context parallelism shares them out evenly. */
function coreOperator(site: Site, block: CachedAttention, heads: number, kvHeads: number, qkDim: number, vDim: number): OperatorShape {
  const { work: { tokens, sequences, sequence_length }, layout: { tp, cp } } = site;
  const queries = (tokens * cp) / sequences;
  const context = meanContext(block, sequence_length, Math.min(queries, sequence_length));
  const flops = (tokens * attentionCore(block, context).value) / tp;
  const keys = sequences * sequence_length;
  const bytes = 2 * (tokens * heads * (qkDim + vDim) + (keys / cp) * kvHeads * (qkDim + vDim));
  return core(site, "attention core", {
    flops, bytes, heads: heads * sequences, queries: queries / cp, keys: attendedTokens(block, sequence_length), width: qkDim + vDim, wide: qkDim > 128,
  }, site.rates.attention());
}

/** Tokens that the last `queries` of `length` tokens attend to on average: those up to them, of which a window leaves the last. */
function meanContext({ window }: Pick<CachedAttention, "window">, length: number, queries: number): number {
  const w = Math.min(window ?? length, length);
  const upTo = (position: number): number => (position <= w ? (position * position) / 2 : w * (position - w / 2));
  return queries === 0 ? 0 : (upTo(length) - upTo(length - queries)) / queries;
}

/** Attention over the cache: read once a sequence, whatever its queries. */
function cacheOperator(site: Site, block: CachedAttention, bytesOfToken: number): OperatorShape {
  const { work: { tokens, sequences, sequence_length }, layout: { tp, cp } } = site;
  const context = attendedTokens(block, sequence_length) / cp;
  const flops = (tokens * decodeCoreFlops(block, context).value) / tp;
  return decodeCore("attention core", flops, sequences * context * bytesOfToken, site.rates.attention());
}
