/**
 * The cache of one sequence on one GPU. Key and value heads are divided over tensor-parallel ranks, at most as many ways as there are
 * heads; mla's latent and the keys of indexers are shared by all heads and stand whole on every rank; states are divided with their
 * heads. Context parallelism divides the tokens.
 */

import { attendedTokens, isCached, valueDim, type CachedAttention } from "../model/attention";
import { activationElement, plainElement } from "../model/precision";
import type { MixerRecord, ModelRecord, PrecisionRecord } from "../model/record";
import type { Layout } from "../plan/layout";
import type { LayerBlocks, LayerRun } from "../plan/stages";
import { product, type Count, type Term } from "../term";
import { kvHeadsOf } from "./matrix";
import { mixerWidths } from "./mixer-weights";

/** Bytes that one token, or one compressed entry, takes in one layer of one GPU, the key of an indexer left out. */
export function cacheEntryOnGpu(block: CachedAttention, precision: PrecisionRecord, tp: number): number {
  const cached = activationElement(precision.kv_cache).value;
  if (block.kind === "mla") return block.kv_lora_rank * cached + block.qk_rope_head_dim * activationElement(precision.kv_rope).value;
  return kvHeadsOf(block.kv_heads, tp) * (block.head_dim + (block.tie_kv === true ? 0 : valueDim(block))) * cached;
}

/** The key that an indexer scores, whole on every rank. */
const indexKey = ({ sparse }: CachedAttention, precision: PrecisionRecord): number =>
  (sparse === undefined || sparse.shared_indexer ? 0 : sparse.indexer_head_dim * activationElement(precision.index_cache).value);

/** Bytes that one layer of one GPU keeps of a sequence, whatever its length. */
export function stateOnGpu(block: MixerRecord, precision: PrecisionRecord, tp: number): number {
  const { heads, channels } = mixerWidths(block, tp);
  return heads * block.state_size * block.value_head_dim * plainElement(precision.state).value + Math.max(0, block.conv_kernel - 1) * channels * plainElement("bf16").value;
}

/** Bytes of one sequence over the layers of `runs`, by its tokens. */
export function cacheOfRuns(model: ModelRecord, runs: readonly LayerRun[], layout: Layout): (context: number) => number {
  const parts = runs.flatMap((run) => cacheParts(run, model.precision, layout).map((part) => ({ ...part, bytes: run.layers.length * part.bytes })));
  return (context) => parts.reduce((sum, { count, bytes }) => sum + count(context) * bytes, 0);
}

/** What `layers` of a run keep of `sequences` with `context` tokens each, as a breakdown. */
export const cacheTerms = (run: LayerBlocks, layers: Count, sequences: number, context: number, precision: PrecisionRecord, layout: Layout): readonly Term[] =>
  (sequences === 0 ? [] : cacheParts(run, precision, layout).map(({ label, unit, count, bytes }) =>
    product(label, [layers, { value: sequences, unit: "sequences" }, ...(unit === undefined ? [] : [{ value: count(context), unit }]), { value: bytes, unit: "B" }])));

/** Of one sequence in one layer that has a cache of its own: as many of `bytes` as its tokens make. */
interface CachePart {
  readonly label: string;
  /** `undefined`: there is one, whatever the tokens. */
  readonly unit: "tokens" | "entries" | undefined;
  readonly count: (context: number) => number;
  readonly bytes: number;
}

function cacheParts({ attention: block, shares_cache }: LayerBlocks, precision: PrecisionRecord, { tp, cp }: Layout): readonly CachePart[] {
  if (block === undefined || shares_cache === true) return [];
  if (!isCached(block)) return [{ label: `${block.kind} state`, unit: undefined, count: () => 1, bytes: stateOnGpu(block, precision, tp) }];
  const [entry, index] = [cacheEntryOnGpu(block, precision, tp), indexKey(block, precision)];
  const tokens = (context: number): number => Math.ceil(attendedTokens(block, context) / cp);
  const { compress, window } = block;
  if (compress === undefined) return [{ label: `${block.kind} cache`, unit: "tokens", count: tokens, bytes: entry + index }];
  const near: CachePart = { label: `${block.kind} cache`, unit: "tokens", count: tokens, bytes: entry };
  const entries = (context: number): number => Math.ceil(Math.floor(context / compress) / cp);
  // tokens stay as they are in a window alone
  return [...(window === undefined ? [] : [near]), { label: `${block.kind} compressed cache`, unit: "entries", count: entries, bytes: entry + index }];
}
