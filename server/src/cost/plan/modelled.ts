/**
 * What plans can do without: parts of a model whose weights, cache and FLOPs are known, but not yet what a GPU runs and keeps of
 * them. The figures of the model have them all; a plan with one of them says which.
 */

import { Unavailable } from "../definition";
import { isCached } from "../model/attention";
import type { AttentionRecord, CachedAttention, FfnRecord, ModelRecord } from "../model/record";

/** Why a plan of this model cannot be computed; `undefined` where it can. */
export function planGap({ attention, ffn, hyper_connections, per_layer_embedding_size }: ModelRecord): string | undefined {
  if (hyper_connections !== undefined) return gap("`hyper_connections`");
  if (per_layer_embedding_size !== undefined) return gap("`per_layer_embedding_size`");
  for (const block of attention) {
    const found = attentionGap(block);
    if (found !== undefined) return found;
  }
  for (const block of ffn) {
    const found = ffnGap(block);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Why a training plan of this model cannot be computed, where a serving plan can: what trains an indexer is not known. */
export function trainingGap({ attention }: ModelRecord): string | undefined {
  return attention.some((block) => isCached(block) && block.sparse !== undefined) ? indexerTraining : undefined;
}

const indexerTraining = "plans do not model how an indexer of `sparse` attention is trained";

/** A layer's attention in training. Throws `Unavailable`. */
export function trainedAttention(block: AttentionRecord): CachedAttention {
  const modelled = modelledAttention(block);
  if (modelled.sparse !== undefined) throw new Unavailable(indexerTraining);
  return modelled;
}

/** Throws `Unavailable` for a model that plans do not model. */
export function requireModelled(model: ModelRecord): void {
  const found = planGap(model);
  if (found !== undefined) throw new Unavailable(found);
}

/** A layer's attention where plans model it. Throws `Unavailable` for kinds and properties that they do not. */
export function modelledAttention(block: AttentionRecord): CachedAttention {
  const found = attentionGap(block);
  if (found !== undefined || !isCached(block)) throw new Unavailable(found ?? gap(`\`attention ${block.kind}\` layers`));
  return block;
}

function attentionGap(block: AttentionRecord): string | undefined {
  if (!isCached(block)) return gap(`\`attention ${block.kind}\` layers`);
  const property = unmodelledProperty(block);
  return property === undefined ? undefined : gap(`\`${property}\` in \`attention ${block.kind}\``);
}

function unmodelledProperty(block: CachedAttention): string | undefined {
  if (block.sparse !== undefined && block.kind !== "mla") return "sparse";
  if (block.compress !== undefined) return "compress";
  if (block.kv_share !== undefined) return "kv_share";
  if (block.o_lora_rank !== undefined || block.o_groups !== undefined) return "o_lora_rank";
  if (block.kind === "mla") return undefined;
  if (block.q_lora_rank !== undefined) return "q_lora_rank";
  return block.tie_kv === false ? undefined : "tie_kv";
}

/** Throws `Unavailable` for a feed-forward block that plans do not model. */
export function requireFfn(block: FfnRecord): void {
  const found = ffnGap(block);
  if (found !== undefined) throw new Unavailable(found);
}

function ffnGap(block: FfnRecord): string | undefined {
  return block.kind === "moe" && block.latent_size !== undefined ? gap("`latent_size` in `ffn moe`") : undefined;
}

const gap = (what: string): string => `plans do not model ${what} yet`;
