/** The linear layers of attention on one GPU: which of them a layer has, and with what rows. Sources: as in model/attention.ts; Megatron-LM (what tensor parallelism splits). */

import { blocksOf, gateWidth, headDimOf, valueDim, type CachedAttention } from "../model/attention";
import { unsplitTokens } from "./linears";
import type { OperatorShape } from "./operator";
import { sweep, type Matrix, type Site } from "./operators";

/** Queries; with a latent its down-projection, whole on every tensor-parallel rank. */
export function queryMatrices(site: Site, block: CachedAttention): readonly Matrix[] {
  const { plan: { model: { hidden_size } }, layout: { tp }, work: { tokens } } = site;
  const columns = (block.heads / tp) * headDimOf(block);
  const { q_lora_rank } = block;
  if (q_lora_rank === undefined) return [{ name: "q", rows: tokens, columns, inner: hidden_size }];
  return [{ name: "q_a", rows: unsplitTokens(site), columns: q_lora_rank, inner: hidden_size }, { name: "q_b", rows: tokens, columns, inner: q_lora_rank }];
}

/** Elements of an entry of `compress`, or of a key, on one GPU. */
export const entryWidth = (block: CachedAttention, tp: number): number =>
  (block.kind === "mla" ? block.kv_lora_rank + block.qk_rope_head_dim : Math.max(1, block.kv_heads / tp) * block.head_dim);

/** What compressed entries are averages of, and with what weights. */
export function compressorMatrices({ plan: { model: { hidden_size } }, layout: { tp }, work: { tokens } }: Site, block: CachedAttention): readonly Matrix[] {
  if (block.compress === undefined) return [];
  return [{ name: "compressor", rows: tokens, columns: 2 * blocksOf(block) * entryWidth(block, tp), inner: hidden_size }];
}

/** The averages themselves, of both kinds of entries: every token's part and weight are read, and an entry a block of them written. */
export function compressorOperators(site: Site, block: CachedAttention): readonly OperatorShape[] {
  const { layout: { tp }, work: { tokens } } = site;
  if (block.compress === undefined) return [];
  const index = block.sparse === undefined || block.sparse.shared_indexer ? 0 : block.sparse.indexer_head_dim;
  const width = entryWidth(block, tp) + index;
  const read = 4 * blocksOf(block) * width;
  return [sweep(site, {
    name: "compression", part: "attention",
    bytes: { forward: tokens * (read + (2 * width) / block.compress), backward_input: tokens * (2 * read + (2 * width) / block.compress), backward_weight: 0 },
  })];
}

/**
 * The projections of an indexer, which every tensor-parallel rank runs whole (DeepSeek-V3.2's reference, inference/model.py). It learns
 * apart from the rest: no gradient goes back to what it reads (arXiv:2512.02556, section 2.1).
 */
export function indexerMatrices({ plan: { model: { hidden_size } }, work: { tokens } }: Site, block: CachedAttention): readonly Matrix[] {
  const { sparse, q_lora_rank, compress } = block;
  if (sparse === undefined || sparse.shared_indexer) return [];
  const { indexer_heads, indexer_head_dim } = sparse;
  const columns = compress === undefined ? indexer_head_dim : 2 * blocksOf(block) * indexer_head_dim;
  return [
    { name: "indexer q", rows: tokens, columns: indexer_heads * indexer_head_dim, inner: q_lora_rank ?? hidden_size, detached: true },
    { name: "indexer k", rows: tokens, columns, inner: hidden_size, detached: true },
    { name: "indexer weights", rows: tokens, columns: indexer_heads, inner: hidden_size, detached: true },
  ];
}

/** What projects the gate of the output, which shares the input of the queries. */
export function gateMatrices({ plan: { model: { hidden_size } }, layout: { tp }, work: { tokens } }: Site, block: CachedAttention): readonly Matrix[] {
  const columns = gateWidth(block) / tp;
  return columns === 0 ? [] : [{ name: "output gate", rows: tokens, columns, inner: hidden_size }];
}

/** Output times gate, in bf16: forward reads both and writes the product, backward reads its gradient too and writes both of theirs. */
export function gateOperators(site: Site, block: CachedAttention): readonly OperatorShape[] {
  const { layout: { tp }, work: { tokens } } = site;
  const gates = (tokens * gateWidth(block)) / tp;
  if (gates === 0) return [];
  const outputs = (tokens * block.heads * valueDim(block)) / tp;
  return [sweep(site, {
    name: "gated output", part: "attention", bytes: { forward: 4 * outputs + 2 * gates, backward_input: 6 * outputs + 4 * gates, backward_weight: 0 },
  })];
}

/** With `o_lora_rank` each group of heads goes to a rank of its own first; GPUs that share a group each multiply their heads' part of it. */
export function outputMatrices({ plan: { model: { hidden_size } }, layout: { tp }, work: { tokens } }: Site, block: CachedAttention): readonly Matrix[] {
  const inner = (block.heads / tp) * valueDim(block);
  const { o_lora_rank } = block;
  if (o_lora_rank === undefined) return [{ name: "o", rows: tokens, columns: hidden_size, inner }];
  const groups = Math.max(1, (block.o_groups ?? 1) / tp);
  return [
    { name: "o_a", experts: groups, rows: tokens, columns: o_lora_rank, inner: inner / groups },
    { name: "o_b", rows: tokens, columns: hidden_size, inner: groups * o_lora_rank },
  ];
}

/** Elements that the output projection takes in. */
export function outputInputs({ layout: { tp }, work: { tokens } }: Site, block: CachedAttention): number {
  const latent = block.o_lora_rank === undefined ? 0 : Math.max(1, (block.o_groups ?? 1) / tp) * block.o_lora_rank;
  return tokens * ((block.heads / tp) * valueDim(block) + latent);
}
