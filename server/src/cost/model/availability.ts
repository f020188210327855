/**
 * Why a figure cannot be computed: a clause that completes "not computed: …", or `undefined` where it can.
 * A gap closes exactly the metrics that need the missing part.
 */

import type { Gap } from "../definition";
import { isCached } from "./attention";
import type { AttentionRecord, FfnRecord, ModelContext, ModelRecord, MoeFfnRecord } from "./record";

/** Properties that change an attention layer's weights and FLOPs but not what it caches. */
const leaveCacheAlone: ReadonlySet<string> = new Set(["output_gate", "o_lora_rank", "o_groups"]);

/** Weights of every layer, whether a token passes them or not. */
export function weightsGap(model: ModelRecord): Gap {
  return first(model.attention, mixerGap) ?? first(model.ffn, ffnGap);
}

/** Weights that a token passes. */
export function activeWeightsGap(model: ModelRecord): Gap {
  return weightsGap(model) ?? first(model.ffn, choiceGap);
}

/** What a token adds to the cache: nothing in layers that keep a state instead. */
export function cacheGap(model: ModelRecord): Gap {
  return first(model.attention, (block) => {
    const property = block.notModelled.find((name) => !leaveCacheAlone.has(name));
    return property === undefined || !isCached(block) ? undefined : propertyGap(property);
  });
}

/** What a whole sequence holds: cache and states. */
export function sequenceCacheGap(model: ModelRecord): Gap {
  return first(model.attention, kindGap) ?? cacheGap(model);
}

/** A cached sequence needs a length. */
export function contextGap(context: ModelContext): Gap {
  return context.context_length === undefined ? "the model has no `max_context`, and no context length was given" : undefined;
}

/** The length that `contextGap` has asked for; without one, nothing finite comes of it. */
export function contextLength(context: ModelContext): number {
  return context.context_length ?? Number.NaN;
}

/** The weights of the last layer, which an MTP module repeats. */
export function mtpGap(model: ModelRecord): Gap {
  if (model.mtp === undefined || model.mtp.depth === 0) return undefined;
  return first(model.attention.filter(holdsLastLayer(model)), mixerGap) ?? first(model.ffn.filter(holdsLastLayer(model)), ffnGap);
}

export function combinationsGap(model: ModelRecord): Gap {
  const blocks = moeBlocks(model);
  const [block] = blocks;
  if (block === undefined) return { inapplicable: "the model has no `ffn moe` block" };
  const differs = blocks.find((other) => other.routed_experts !== block.routed_experts || other.top_k !== block.top_k);
  if (differs !== undefined) return `its \`ffn moe\` blocks differ: ${choiceOf(block)}, and ${choiceOf(differs)}`;
  if (!Number.isSafeInteger(block.routed_experts) || !Number.isSafeInteger(block.top_k)) {
    return "`routed_experts` and `top_k` must be whole numbers";
  }
  return choiceGap(block);
}

export function moeBlocks(model: ModelRecord): readonly MoeFfnRecord[] {
  return model.ffn.filter((block) => block.kind === "moe");
}

export function holdsLastLayer(model: ModelRecord): (block: { readonly layers: readonly number[] }) => boolean {
  return (block) => block.layers.at(-1) === model.layers - 1;
}

function mixerGap(block: AttentionRecord): Gap {
  const [property] = block.notModelled;
  return kindGap(block) ?? (property === undefined ? undefined : propertyGap(property));
}

function kindGap(block: AttentionRecord): Gap {
  return isCached(block) ? undefined : `the cost of \`${block.kind}\` layers is not computed yet`;
}

function ffnGap(block: FfnRecord): Gap {
  const property = block.kind === "moe" ? block.notModelled[0] : undefined;
  return property === undefined ? undefined : propertyGap(property);
}

function propertyGap(property: string): string {
  return `the cost of \`${property}\` is not computed yet`;
}

function choiceGap(block: FfnRecord): Gap {
  if (block.kind !== "moe" || block.top_k <= block.routed_experts) return undefined;
  return `\`top_k\` (${block.top_k}) is more than \`routed_experts\` (${block.routed_experts})`;
}

function choiceOf(block: MoeFfnRecord): string {
  return `${block.top_k} of ${block.routed_experts} experts`;
}

function first<Block>(blocks: readonly Block[], gapOf: (block: Block) => Gap): Gap {
  for (const block of blocks) {
    const gap = gapOf(block);
    if (gap !== undefined) return gap;
  }
  return undefined;
}
