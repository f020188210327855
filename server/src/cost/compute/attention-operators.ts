/**
 * The operators of attention. Sources: Megatron-LM (which matrices tensor parallelism splits, arXiv:1909.08053); DeepSeek-V2,
 * arXiv:2405.04434, section 2.1 (mla, absorbed in decode).
 */

import { isCached, valueDim } from "../model/attention";
import { activationElement } from "../model/precision";
import type { HeadAttentionRecord, MlaRecord } from "../model/record";
import type { LayerBlocks } from "../plan/stages";
import { coreOperators } from "./attention-cores";
import { compressorMatrices, compressorOperators, gateMatrices, gateOperators, indexerMatrices, outputInputs, outputMatrices, queryMatrices } from "./attention-projections";
import { linears, norm, unsplitTokens, wide } from "./linears";
import { mixerOperators } from "./mixer-operators";
import type { OperatorShape } from "./operator";
import { linear, sweep, weightBytes, type Matrix, type Site } from "./operators";
import { streamOperators } from "./stream-operators";

export function attentionOperators(site: Site, { attention: block, shares_cache = false }: LayerBlocks, operators: OperatorShape[]): void {
  if (block === undefined) return;
  operators.push(...streamOperators(site, "attention"), norm(site, "attention norm", "attention"));
  if (!isCached(block)) mixerOperators(site, block, operators);
  else if (block.kind === "mla") mlaOperators(site, block, !shares_cache, operators);
  else headOperatorsOf(site, block, !shares_cache, operators);
}

function headOperatorsOf(site: Site, block: HeadAttentionRecord, hasCache: boolean, operators: OperatorShape[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const { head_dim, q_lora_rank, tie_kv } = block;
  const vDim = valueDim(block);
  const heads = block.heads / tp;
  const kvHeads = Math.max(1, block.kv_heads / tp);
  const projected = hasCache ? kvHeads * (head_dim + (tie_kv === false ? vDim : 0)) : 0;
  linears(site, "attention", weightBytes(site, site.rates.linear(), precision.weights), [
    ...queriesWithKeys(site, block, projected),
    ...(hasCache ? [...compressorMatrices(site, block), ...indexerMatrices(site, block)] : []),
    ...gateMatrices(site, block),
    ...outputMatrices(site, block),
  ], wide(tokens * (hidden_size + (q_lora_rank ?? 0)) + outputInputs(site, block)), operators);
  const latents = unsplitTokens(site) * (q_lora_rank ?? 0);
  if (latents > 0) operators.push(sweep(site, { name: "latent norms", part: "attention", bytes: { forward: 4 * latents, backward_input: 6 * latents, backward_weight: 0 } }));
  const turned = tokens * (heads + (hasCache ? kvHeads : 0)) * head_dim;
  if (block.qk_norm) operators.push(sweep(site, { name: "qk norm", part: "attention", bytes: { forward: 4 * turned, backward_input: 6 * turned, backward_weight: 0 } }));
  operators.push(sweep(site, { name: "rope", part: "attention", bytes: { forward: 4 * turned, backward_input: 4 * turned, backward_weight: 0 } }));
  if (hasCache) operators.push(...compressorOperators(site, block));
  const entry = kvHeads * (head_dim + (tie_kv === true ? 0 : vDim));
  operators.push(...coreOperators(site, block, { heads, entry, cached: entry * activationElement(precision.kv_cache).value, absorbed: false }), ...gateOperators(site, block));
}

/** One product of the input, unless the queries are compressed before it. */
function queriesWithKeys(site: Site, block: HeadAttentionRecord, projected: number): readonly Matrix[] {
  const { plan: { model: { hidden_size } }, layout: { tp }, work: { tokens } } = site;
  if (block.q_lora_rank === undefined) return [{ name: "qkv", rows: tokens, columns: (block.heads / tp) * block.head_dim + projected, inner: hidden_size }];
  return [...queryMatrices(site, block), ...(projected === 0 ? [] : [{ name: "kv", rows: tokens, columns: projected, inner: hidden_size }])];
}

function mlaOperators(site: Site, block: MlaRecord, hasCache: boolean, operators: OperatorShape[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const { q_lora_rank, kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim } = block;
  const heads = block.heads / tp;
  const rows = unsplitTokens(site);
  const qkDim = qk_nope_head_dim + qk_rope_head_dim;
  // each query of sparse attention reads tokens of its own, whose keys and values are never laid out
  const absorbed = site.work.phase === "decode" || block.sparse !== undefined;
  const latents = (hasCache ? kv_lora_rank : 0) + (q_lora_rank ?? 0);
  const kvRows = keysOf(site);
  const expanded: readonly Matrix[] = absorbed ? [] : [{ name: "kv_b", rows: kvRows, columns: heads * (qk_nope_head_dim + v_head_dim), inner: kv_lora_rank }];
  const inputs = rows * hidden_size + tokens * (q_lora_rank ?? 0) + (absorbed ? 0 : kvRows * kv_lora_rank) + outputInputs(site, block);
  linears(site, "attention", weightBytes(site, site.rates.linear(), precision.weights), [
    ...queryMatrices(site, block),
    ...(hasCache ? [{ name: "kv_a", rows, columns: kv_lora_rank + qk_rope_head_dim, inner: hidden_size }] : []),
    ...expanded,
    ...(hasCache ? [...compressorMatrices(site, block), ...indexerMatrices(site, block)] : []),
    ...gateMatrices(site, block),
    ...outputMatrices(site, block),
  ], wide(inputs), operators);
  operators.push(sweep(site, { name: "latent norms", part: "attention", bytes: { forward: 4 * rows * latents, backward_input: 6 * rows * latents, backward_weight: 0 } }));
  // queries turn in place; in training and prefill the keys of all heads are put together of their two halves
  const turned = 4 * tokens * heads * qk_rope_head_dim + (absorbed ? 0 : 2 * kvRows * heads * (qk_nope_head_dim + qkDim));
  operators.push(sweep(site, { name: "rope", part: "attention", bytes: { forward: turned, backward_input: turned, backward_weight: 0 } }));
  if (hasCache) operators.push(...compressorOperators(site, block));
  const rate = site.rates.attention();
  const kept = weightBytes(site, rate, precision.weights);
  const cached = kv_lora_rank * activationElement(precision.kv_cache).value + qk_rope_head_dim * activationElement(precision.kv_rope).value;
  const upProjection = (name: string, columns: number, inner: number): readonly OperatorShape[] =>
    (absorbed ? [linear(site, "attention", { name, experts: heads, rows: tokens, columns, inner }, rate, kept)] : []);
  operators.push(
    ...upProjection("absorbed kv_b, keys", kv_lora_rank, qk_nope_head_dim),
    ...coreOperators(site, block, { heads, entry: heads * (qkDim + v_head_dim), cached, absorbed }),
    ...upProjection("absorbed kv_b, values", v_head_dim, kv_lora_rank),
    ...gateOperators(site, block),
  );
}

/** Keys that this rank makes: those of its own tokens, and of a prompt also those found in the cache, which mla keeps compressed. */
export const keysOf = ({ work: { phase, tokens, sequences, sequence_length }, layout: { cp } }: Pick<Site, "work" | "layout">): number =>
  phase === "prefill" ? Math.max(tokens, (sequences * sequence_length) / cp) : tokens;
