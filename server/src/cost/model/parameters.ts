/**
 * Parameters of a whole model, term by term. Layers of one block are alike, so nothing here loops over layers.
 * Source: the published configurations and checkpoints; DeepSeek-V3 technical report, arXiv:2412.19437, section 2.
 */

import { layersOf, product, sum, times, type Count, type Term } from "../term";
import { attentionBiases, attentionNorms, attentionWeights, isCached, type CachedAttention } from "./attention";
import { holdsLastLayer } from "./availability";
import { denseWeights } from "./ffn";
import { routedWeights, routerBiases, routerWeights, sharedWeights, type ExpertCount } from "./moe";
import type { DenseFfnRecord, ModelRecord, MoeFfnRecord } from "./record";

/** Blocks and a factor for their layers: none where a single layer is meant, the one that an MTP module repeats. */
interface Stack {
  readonly hiddenSize: number;
  readonly attention: readonly CachedAttention[];
  readonly dense: readonly DenseFfnRecord[];
  readonly moe: readonly MoeFfnRecord[];
  readonly layersIn: (block: Block) => readonly Count[];
}

type Block = CachedAttention | DenseFfnRecord | MoeFfnRecord;

export function wholeStack(model: ModelRecord): Stack {
  return {
    hiddenSize: model.hidden_size,
    attention: model.attention.filter(isCached),
    dense: model.ffn.filter((block) => block.kind === "dense"),
    moe: model.ffn.filter((block) => block.kind === "moe"),
    layersIn: (block) => [layersOf(block)],
  };
}

function lastLayer(model: ModelRecord): Stack {
  const stack = wholeStack(model);
  const holds = holdsLastLayer(model);
  return {
    ...stack,
    attention: stack.attention.filter(holds),
    dense: stack.dense.filter(holds),
    moe: stack.moe.filter(holds),
    layersIn: () => [],
  };
}

/** Everything in the checkpoint but MTP modules. */
export function totalParameters(model: ModelRecord): Term {
  const stack = wholeStack(model);
  return sum("total_params", [...layerWeights(stack, "all"), ...embeddingWeights(model), finalNorm(model)]);
}

/** What one token passes, input embedding and head included. */
export function activeParameters(model: ModelRecord): Term {
  const stack = wholeStack(model);
  return sum("active_params", [...layerWeights(stack, "chosen"), ...embeddingWeights(model), finalNorm(model)]);
}

export function activeParametersWithoutEmbeddings(model: ModelRecord): Term {
  return sum("active_params_without_embeddings", [...layerWeights(wholeStack(model), "chosen"), finalNorm(model)]);
}

export function embeddingParameters(model: ModelRecord): Term {
  return sum("embedding_params", embeddingWeights(model));
}

/**
 * `depth` modules, each a transformer layer like the model's last one, a projection of the joined embedding and
 * hidden state, and three norms (of both halves, and before the shared head).
 */
export function mtpParameters(model: ModelRecord): Term {
  const depth = model.mtp?.depth ?? 0;
  if (depth === 0) return sum("mtp_params", []);
  const module = sum("modules", [
    ...layerWeights(lastLayer(model), "all"),
    product("projection: 2 x hidden_size x hidden_size", [2, model.hidden_size, model.hidden_size]),
    product("norms of both inputs and before the head: 3 x hidden_size", [3, model.hidden_size]),
  ]);
  return sum("mtp_params", [times([{ value: depth, unit: "modules" }], module)]);
}

/** Matrices that one token is multiplied with, the head included and the input embedding not: it is a look-up. */
export function activeLinearWeights(model: ModelRecord): Term {
  return sum("linear weights", [...linearWeights(wholeStack(model), "chosen"), headWeights(model)]);
}

function layerWeights(stack: Stack, experts: ExpertCount): readonly Term[] {
  return [...linearWeights(stack, experts), ...layerNorms(stack), ...projectionBiases(stack), ...routerBiasWeights(stack)];
}

function linearWeights(stack: Stack, experts: ExpertCount): readonly Term[] {
  return [
    ...projectionWeights(stack),
    ...denseFfnWeights(stack),
    ...routedExpertWeights(stack, experts),
    ...sharedExpertWeights(stack),
    ...routerMatrices(stack),
  ];
}

export function projectionWeights(stack: Stack): readonly Term[] {
  return stack.attention.map((block) => times(stack.layersIn(block), attentionWeights(block, stack.hiddenSize)));
}

export function denseFfnWeights(stack: Stack): readonly Term[] {
  return stack.dense.map((block) => times(stack.layersIn(block), denseWeights(block, stack.hiddenSize)));
}

export function routedExpertWeights(stack: Stack, experts: ExpertCount): readonly Term[] {
  return stack.moe.map((block) => times(stack.layersIn(block), routedWeights(block, stack.hiddenSize, experts)));
}

export function sharedExpertWeights(stack: Stack): readonly Term[] {
  return stack.moe.map((block) => times(stack.layersIn(block), sharedWeights(block, stack.hiddenSize)));
}

export function routerMatrices(stack: Stack): readonly Term[] {
  return stack.moe.map((block) => times(stack.layersIn(block), routerWeights(block, stack.hiddenSize)));
}

/** One norm before each attention and each ffn, and those inside attention. */
export function layerNorms(stack: Stack): readonly Term[] {
  const before = (label: string) => (block: Block) =>
    times(stack.layersIn(block), product(`norm before ${label}`, [stack.hiddenSize]));
  return [
    ...stack.attention.map(before("attention")),
    ...stack.dense.map(before("dense ffn")),
    ...stack.moe.map(before("moe ffn")),
    ...stack.attention.map((block) => times(stack.layersIn(block), attentionNorms(block))),
  ];
}

export function projectionBiases(stack: Stack): readonly Term[] {
  return stack.attention.map((block) => times(stack.layersIn(block), attentionBiases(block, stack.hiddenSize)));
}

export function routerBiasWeights(stack: Stack): readonly Term[] {
  return stack.moe.map((block) => times(stack.layersIn(block), routerBiases(block)));
}

export function finalNorm(model: ModelRecord): Term {
  return product("final norm", [model.hidden_size]);
}

/** Tied: one matrix serves as input embedding and as head, and is there once. */
export function embeddingWeights(model: ModelRecord): readonly Term[] {
  if (model.tie_embeddings) return [product("embedding, also the head", [model.vocab_size, model.hidden_size])];
  return [product("embedding", [model.vocab_size, model.hidden_size]), headWeights(model)];
}

function headWeights(model: ModelRecord): Term {
  return product("head", [model.vocab_size, model.hidden_size]);
}
