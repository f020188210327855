/**
 * Why a figure cannot be computed: a clause that completes "not computed: …", or `undefined` where it can.
 * A gap closes exactly the metrics that need the missing part.
 */

import type { Gap } from "../definition";
import { isCached } from "./attention";
import type { AttentionRecord, FfnRecord, ModelContext, ModelRecord, MoeFfnRecord } from "./record";

/** Weights of every layer, whether a token passes them or not. */
export function weightsGap(model: ModelRecord): Gap {
  return first(model.attention, outputGap);
}

/** Weights that a token passes. */
export function activeWeightsGap(model: ModelRecord): Gap {
  return weightsGap(model) ?? first(model.ffn, choiceGap);
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
  return first(model.attention.filter(holdsLastLayer(model)), outputGap);
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

function outputGap(block: AttentionRecord): Gap {
  return isCached(block) && block.o_groups !== undefined && block.o_lora_rank === undefined ? "`o_groups` needs an `o_lora_rank`" : undefined;
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
