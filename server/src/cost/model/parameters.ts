/**
 * Parameters of a whole model, term by term. Layers of one block are alike, so nothing here loops over layers.
 * Source: the published configurations and checkpoints; DeepSeek-V3 technical report, arXiv:2412.19437, section 2.
 */

import { layersOf, product, sum, times, type Count, type Term } from "../term";
import { attentionBiases, attentionNorms, attentionWeights, cachesOf, cacheWeights, isCached, queryWeights } from "./attention";
import { holdsLastLayer } from "./availability";
import { denseBiases, denseWeights } from "./ffn";
import { mixerVectors, mixerWeights } from "./mixer";
import { latentWeights, moeBiases, routedWeights, routerBiases, routerWeights, sharedGateWeights, sharedWeights, type ExpertCount } from "./moe";
import type { AttentionRecord, CachedAttention, DenseFfnRecord, MixerRecord, ModelRecord, MoeFfnRecord } from "./record";

/** Blocks and a factor for their layers: none where a single layer is meant, the one that an MTP module repeats. */
interface Stack {
  readonly hiddenSize: number;
  readonly attention: readonly CachedAttention[];
  readonly mixers: readonly MixerRecord[];
  readonly dense: readonly DenseFfnRecord[];
  readonly moe: readonly MoeFfnRecord[];
  readonly layersIn: (block: Block) => readonly Count[];
  /** The layers of a block that have a cache of their own: fewer where some share one. */
  readonly cachesIn: (block: CachedAttention) => readonly Count[];
  readonly hyperConnections: number | undefined;
}

type Block = AttentionRecord | DenseFfnRecord | MoeFfnRecord;

export function wholeStack(model: ModelRecord): Stack {
  return {
    hiddenSize: model.hidden_size,
    attention: model.attention.filter(isCached),
    mixers: model.attention.filter((block) => !isCached(block)),
    dense: model.ffn.filter((block) => block.kind === "dense"),
    moe: model.ffn.filter((block) => block.kind === "moe"),
    layersIn: (block) => [layersOf(block)],
    cachesIn: (block) => [cachesOf(block)],
    hyperConnections: model.hyper_connections,
  };
}

function lastLayer(model: ModelRecord): Stack {
  const stack = wholeStack(model);
  const holds = holdsLastLayer(model);
  return {
    ...stack,
    attention: stack.attention.filter(holds),
    mixers: stack.mixers.filter(holds),
    dense: stack.dense.filter(holds),
    moe: stack.moe.filter(holds),
    layersIn: () => [],
    cachesIn: () => [],
  };
}

/** Everything in the checkpoint but MTP modules. */
export function totalParameters(model: ModelRecord): Term {
  const stack = wholeStack(model);
  return sum("total_params", [...layerWeights(stack, "all"), ...endWeights(model), ...embeddingWeights(model)]);
}

/** What one token passes, input embedding and head included. */
export function activeParameters(model: ModelRecord): Term {
  const stack = wholeStack(model);
  return sum("active_params", [...layerWeights(stack, "chosen"), ...endWeights(model), ...embeddingWeights(model)]);
}

export function activeParametersWithoutEmbeddings(model: ModelRecord): Term {
  return sum("active_params_without_embeddings", [...layerWeights(wholeStack(model), "chosen"), ...endWeights(model)]);
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
  return sum("linear weights", [...linearWeights(wholeStack(model), "chosen"), ...endMatrices(model), headWeights(model)]);
}

function layerWeights(stack: Stack, experts: ExpertCount): readonly Term[] {
  return [
    ...linearWeights(stack, experts), ...layerNorms(stack), ...streamVectors(stack), ...mixerParameters(stack), ...projectionBiases(stack),
    ...ffnBiases(stack, experts), ...routerBiasWeights(stack),
  ];
}

function linearWeights(stack: Stack, experts: ExpertCount): readonly Term[] {
  return [
    ...projectionWeights(stack),
    ...denseFfnWeights(stack),
    ...routedExpertWeights(stack, experts),
    ...sharedExpertWeights(stack),
    ...routerMatrices(stack),
    ...streamWeights(stack),
  ];
}

/** Layers that share a cache have queries of their own alone. */
export function projectionWeights(stack: Stack): readonly Term[] {
  const { hiddenSize } = stack;
  return [
    ...stack.attention.flatMap((block) =>
      block.kv_share === undefined
        ? [times(stack.layersIn(block), attentionWeights(block, hiddenSize))]
        : [times(stack.layersIn(block), queryWeights(block, hiddenSize)), times(stack.cachesIn(block), cacheWeights(block, hiddenSize))]),
    ...stack.mixers.map((block) => times(stack.layersIn(block), mixerWeights(block, hiddenSize))),
  ];
}

export function denseFfnWeights(stack: Stack): readonly Term[] {
  return stack.dense.map((block) => times(stack.layersIn(block), denseWeights(block, stack.hiddenSize)));
}

/** What is in the precision of experts: theirs, and the way to the latent they work in. */
export function routedExpertWeights(stack: Stack, experts: ExpertCount): readonly Term[] {
  return stack.moe.flatMap((block) =>
    [routedWeights(block, stack.hiddenSize, experts), ...latentWeights(block, stack.hiddenSize)].map((term) => times(stack.layersIn(block), term)));
}

export function sharedExpertWeights(stack: Stack): readonly Term[] {
  return stack.moe.map((block) => times(stack.layersIn(block), sharedWeights(block, stack.hiddenSize)));
}

/** Routers, and the gates of shared experts, which are as sensitive. */
export function routerMatrices(stack: Stack): readonly Term[] {
  return stack.moe.flatMap((block) =>
    [routerWeights(block, stack.hiddenSize), ...sharedGateWeights(block, stack.hiddenSize)].map((term) => times(stack.layersIn(block), term)));
}

/** All blocks of a stack: each has a norm before it, and a connection to the residual streams. */
const blocksOf = (stack: Pick<Stack, "attention" | "mixers" | "dense" | "moe">): readonly Block[] => [...stack.attention, ...stack.mixers, ...stack.dense, ...stack.moe];

/** Mixing weights of n residual streams: n into a block, n out of it, n x n past it. */
export const mixingWeights = (streams: number): number => (2 + streams) * streams;

/** A bias of each mixing weight, and three scales. */
export const mixingVectors = (streams: number): number => mixingWeights(streams) + 3;

/** Hyper-connections: around every block a projection of all n residual streams to the mixing weights (deepseek_v4: attn_hc and ffn_hc). */
export function streamWeights({ hyperConnections: streams, ...stack }: Stack): readonly Term[] {
  if (streams === undefined) return [];
  return blocksOf(stack).map((block) => times(stack.layersIn(block), product(
    `hyper-connections of ${nameOf(block)}, mixing: (2 + n) x n x n x hidden_size`, [mixingWeights(streams), streams, stack.hiddenSize],
  )));
}

export function streamVectors({ hyperConnections: streams, ...stack }: Stack): readonly Term[] {
  if (streams === undefined) return [];
  return blocksOf(stack).map((block) => times(stack.layersIn(block), product(
    `hyper-connections of ${nameOf(block)}, bias and scales: (2 + n) x n + 3`, [mixingVectors(streams)],
  )));
}

const nameOf = ({ kind }: Block): string => (kind === "dense" ? "dense ffn" : kind === "moe" ? "moe ffn" : "attention");

/** One norm before each attention and each ffn, one after where there is, and those inside attention. */
export function layerNorms(stack: Stack): readonly Term[] {
  const around = (block: Block): readonly Term[] => [
    times(stack.layersIn(block), product(`norm before ${nameOf(block)}`, [stack.hiddenSize])),
    ...(block.post_norm ? [times(stack.layersIn(block), product(`norm after ${nameOf(block)}`, [stack.hiddenSize]))] : []),
  ];
  return [
    ...blocksOf(stack).flatMap(around),
    ...stack.attention.map((block) => times(stack.layersIn(block), attentionNorms(block))),
  ];
}

/** Convolutions, decays and norms of linear and state-space layers. */
export function mixerParameters(stack: Stack): readonly Term[] {
  return stack.mixers.map((block) => times(stack.layersIn(block), mixerVectors(block)));
}

export function projectionBiases(stack: Stack): readonly Term[] {
  return stack.attention.map((block) => times(stack.layersIn(block), attentionBiases(block, stack.hiddenSize)));
}

export function ffnBiases(stack: Stack, experts: ExpertCount): readonly Term[] {
  return [
    ...stack.dense.flatMap((block) => denseBiases(block, stack.hiddenSize).map((term) => times(stack.layersIn(block), term))),
    ...stack.moe.flatMap((block) => moeBiases(block, stack.hiddenSize, experts).map((term) => times(stack.layersIn(block), term))),
  ];
}

export function routerBiasWeights(stack: Stack): readonly Term[] {
  return stack.moe.map((block) => times(stack.layersIn(block), routerBiases(block)));
}

/** The final norm, and what brings residual streams together before it or embeddings to the layers. */
function endWeights(model: ModelRecord): readonly Term[] {
  return [...endMatrices(model), ...endVectors(model)];
}

/** Matrices outside the layers that every token passes. */
export function endMatrices(model: ModelRecord): readonly Term[] {
  const { hidden_size, hyper_connections, per_layer_embedding_size } = model;
  return [
    ...(hyper_connections === undefined ? [] : [product("streams brought together: n x n x hidden_size", [hyper_connections, hyper_connections, hidden_size])]),
    // one projection of the input embedding to all layers; in each layer a gate and a projection up (gemma3n, gemma4)
    ...(per_layer_embedding_size === undefined
      ? [] : [product("embeddings of the layers, in and out: 3 x hidden_size x layers x per_layer_embedding_size", [3, hidden_size, model.layers, per_layer_embedding_size])]),
  ];
}

export function endVectors(model: ModelRecord): readonly Term[] {
  const { hidden_size, hyper_connections, per_layer_embedding_size } = model;
  return [
    product("final norm", [hidden_size]),
    ...(hyper_connections === undefined ? [] : [product("biases and scale of the streams: n + 1", [hyper_connections + 1])]),
    ...(per_layer_embedding_size === undefined
      ? [] : [product("norms of the layers' embeddings: layers x hidden_size + per_layer_embedding_size", [model.layers * hidden_size + per_layer_embedding_size])]),
  ];
}

/** Tied: one matrix serves as input embedding and as head, and is there once. */
export function embeddingWeights(model: ModelRecord): readonly Term[] {
  const { vocab_size, hidden_size, per_layer_embedding_size } = model;
  const perLayer = per_layer_embedding_size === undefined
    ? [] : [product("embeddings of the layers: vocab_size x layers x per_layer_embedding_size", [vocab_size, model.layers, per_layer_embedding_size])];
  if (model.tie_embeddings) return [product("embedding, also the head", [vocab_size, hidden_size]), ...perLayer];
  return [product("embedding", [vocab_size, hidden_size]), headWeights(model), ...perLayer];
}

function headWeights(model: ModelRecord): Term {
  return product("head", [model.vocab_size, model.hidden_size]);
}
