/**
 * The cores of attention: what queries do with the tokens, entries and keys of indexers that they see. Sources: FlashAttention
 * (arXiv:2307.08691); DeepSeek-V2, arXiv:2405.04434, section 2.1 (mla, absorbed); DeepSeek-V3.2, arXiv:2512.02556, section 2 (indexer, and how it
 * is trained: on the tokens that it picked, towards the attention that the heads pay them).
 */

import { attended, attentionCore, decodeCore as decodeCoreFlops, headDimOf, indexerCore, valueDim, type Attended, type CachedAttention } from "../model/attention";
import { activationElement } from "../model/precision";
import type { SparseRecord } from "../model/record";
import { rateOf } from "./device";
import type { OperatorShape } from "./operator";
import { core, decodeCore, sweep, type Site } from "./operators";

/** How a core finds keys and values on one GPU. */
export interface CoreShape {
  readonly heads: number;
  /** Elements of a token, or an entry, as keys and values together. */
  readonly entry: number;
  /** The same in the cache, in bytes. */
  readonly cached: number;
  /** mla that works on the latent itself: queries as wide as it. */
  readonly absorbed: boolean;
}

/** Queries of one sequence, whose context-parallel ranks share them out. */
const queriesOf = ({ work: { tokens, sequences, sequence_length }, layout: { cp } }: Site): number => Math.min((tokens * cp) / sequences, sequence_length);

/** What a token sees on the average of the work; in decode of the part that stands on this GPU. */
export function attendedOf(site: Site, block: CachedAttention): Attended {
  const { work: { phase, sequence_length: tokens }, layout: { cp } } = site;
  if (phase !== "decode") return attended(block, { kind: "causal", tokens, queries: queriesOf(site) });
  const { core: seen, indexed } = attended(block, { kind: "whole", tokens });
  return { core: seen / cp, indexed: indexed / cp };
}

/** The operators between the projections and the output: an indexer where there is one, and the core. */
export function coreOperators(site: Site, block: CachedAttention, shape: CoreShape): readonly OperatorShape[] {
  const { sparse } = block;
  const seen = attendedOf(site, block);
  const whole = coreOf(site, block, shape, seen.core);
  if (sparse === undefined || sparse.shared_indexer) return [whole];
  return [...indexerOperators(site, block, sparse, shape, seen), whole];
}

function coreOf(site: Site, block: CachedAttention, shape: CoreShape, context: number): OperatorShape {
  const { work: { phase, tokens, sequences }, layout: { tp } } = site;
  const rate = site.rates.attention();
  const flops = (tokens * (shape.absorbed ? decodeCoreFlops : attentionCore)(block, context).value) / tp;
  // read once a sequence, whatever its queries
  if (phase === "decode") return decodeCore("attention core", flops, sequences * context * shape.cached, rate);
  const { width, wide } = widthsOf(block, shape);
  const heads = shape.heads * sequences;
  const queries = queriesAt(site);
  // each query of a sparse core reads tokens of its own, gathered anew
  if (block.sparse !== undefined) return core(site, "attention core", { flops, bytes: tokens * context * shape.cached, heads, queries, keys: context, width, wide }, rate);
  const bytes = 2 * (tokens * shape.heads * width + keysOnGpu(site, block) * shape.entry);
  return core(site, "attention core", { flops, bytes, heads, queries, keys: lastSees(site, block), width, wide }, rate);
}

const queriesAt = ({ work: { tokens, sequences } }: Site): number => tokens / sequences;

/** Width of queries and of values, together. */
function widthsOf(block: CachedAttention, { absorbed }: CoreShape): { readonly width: number; readonly wide: boolean } {
  if (block.kind === "mla" && absorbed) return { width: 2 * block.kv_lora_rank + block.qk_rope_head_dim, wide: true };
  return { width: headDimOf(block) + valueDim(block), wide: headDimOf(block) > 128 };
}

/** What the last query sees. */
const lastSees = ({ work: { sequence_length: tokens } }: Site, block: CachedAttention): number => attended(block, { kind: "whole", tokens }).core;

/** Tokens and entries of all sequences that stand on this GPU: under `compress` tokens are seen in a window alone. */
function keysOnGpu({ work: { sequences, sequence_length }, layout: { cp } }: Site, { compress, window }: CachedAttention): number {
  const share = compress === undefined ? 1 : 1 / compress + (window === undefined ? 0 : 1);
  return (sequences * sequence_length * share) / cp;
}

/**
 * The indexer scores every key before a query in the precision of its keys, writes the scores in FP32 and reads them again to pick. Every
 * tensor-parallel rank runs it whole.
 */
function indexerOperators(site: Site, block: CachedAttention, sparse: SparseRecord, shape: CoreShape, { core: picked, indexed }: Attended): readonly OperatorShape[] {
  const { plan: { model: { precision }, hardware: { gpu } }, work: { phase, tokens, sequences, sequence_length }, layout: { cp } } = site;
  const { indexer_heads, indexer_head_dim } = sparse;
  const rate = rateOf(gpu, precision.index_cache, "`precision.index_cache`");
  const flops = tokens * indexerCore(block, indexed).reduce((sum, { value }) => sum + value, 0);
  const written = 4 * tokens * indexed;
  const all = attended(block, { kind: "whole", tokens: sequence_length }).indexed;
  const bytes = (sequences * all * indexer_head_dim * activationElement(precision.index_cache).value) / cp + written;
  const top = sweep(site, { name: "indexer top_k", part: "attention", bytes: { forward: written, backward_input: 0, backward_weight: 0 } });
  if (phase === "decode") return [decodeCore("indexer scores", flops, bytes, rate), top];
  const scores = core(site, "indexer scores", {
    flops, bytes, heads: indexer_heads * sequences, queries: queriesAt(site), keys: indexed, width: indexer_head_dim, wide: false,
  }, rate);
  return [site.training ? trainedOnPicked(site, block, sparse, shape, Math.min(picked, indexed), scores) : scores, top];
}

/**
 * An indexer learns from the keys that it picked: their scores once more and two gradients of them, and for its target the scores of the
 * attention heads over the same tokens. Their sum over the heads of a tensor-parallel group is left out.
 */
function trainedOnPicked(site: Site, block: CachedAttention, { indexer_heads, indexer_head_dim }: SparseRecord, shape: CoreShape, picked: number, scores: OperatorShape): OperatorShape {
  const { passes } = scores;
  if (passes.kind !== "core" || passes.backward_input === undefined) return scores;
  const { work: { tokens } } = site;
  const queryWidth = block.kind === "mla" ? block.kv_lora_rank + block.qk_rope_head_dim : block.head_dim;
  const flops = 2 * tokens * picked * (3 * indexer_heads * indexer_head_dim + shape.heads * queryWidth);
  const bytes = tokens * picked * (2 * 2 * indexer_head_dim + shape.cached);
  return {
    ...scores, flops: { ...scores.flops, backward_input: flops }, bytes: { ...scores.bytes, backward_input: bytes },
    passes: { ...passes, backward_input: { ...passes.forward, flops, bytes, keys: picked } },
  };
}
