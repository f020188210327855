/**
 * The weights of one layer and of the ends of the model on one GPU, matrix by matrix. Tensor parallelism divides heads and widths,
 * expert parallelism divides the experts. Not divided: norms, router, and mla's down-projections, as in Megatron-LM.
 */

import { isCached } from "../model/attention";
import { mixingVectors, mixingWeights } from "../model/parameters";
import { weightElement } from "../model/precision";
import type { FfnRecord, ModelRecord, MoeFfnRecord, Precision } from "../model/record";
import type { Layout } from "../plan/layout";
import type { ParallelismRecord } from "../plan/record";
import type { LayerBlocks, Stage } from "../plan/stages";
import { product, sum, type Term } from "../term";
import { attentionMatrices } from "./attention-weights";
import { linear, shareOf, vector, vocabularyOf, type Matrix } from "./matrix";
import { mixerMatrices } from "./mixer-weights";

/** What divides the weights. */
export interface Division {
  readonly layout: Layout;
  readonly redundant_experts: number;
  /** Routed experts live in host memory. */
  readonly offloaded: boolean;
}

export const divisionOf = (layout: Layout, { redundant_experts, offload }: ParallelismRecord): Division => ({
  layout, redundant_experts, offloaded: offload?.experts === "host",
});

/** One layer of a run. */
export function layerMatrices(model: ModelRecord, { attention, ffn, shares_cache = false }: LayerBlocks, division: Division): readonly Matrix[] {
  const { tp } = division.layout;
  return [
    ...(attention === undefined ? [] : isCached(attention) ? attentionMatrices(model, attention, !shares_cache, tp) : mixerMatrices(model, attention, tp)),
    ...(ffn === undefined ? [] : ffnMatrices(model, ffn, division)),
    ...streamMatrices(model, (attention === undefined ? 0 : 1) + (ffn === undefined ? 0 : 1)),
    ...layerEmbeddingMatrices(model),
  ];
}

/** Hyper-connections around each of a layer's blocks, whole on every rank (deepseek_v4: attn_hc and ffn_hc). */
function streamMatrices({ hidden_size, hyper_connections }: ModelRecord, blocks: number): readonly Matrix[] {
  if (hyper_connections === undefined || blocks === 0) return [];
  return [
    { ...linear("hyper-connections, mixing", mixingWeights(hyper_connections), hyper_connections * hidden_size, "bf16"), count: blocks },
    { ...vector("hyper-connections, bias and scales", mixingVectors(hyper_connections)), count: blocks },
  ];
}

/** What adds a layer's own embedding, whole on every rank: a gate, a projection up, and its norm (gemma3n, gemma4). */
function layerEmbeddingMatrices({ hidden_size, per_layer_embedding_size: width }: ModelRecord): readonly Matrix[] {
  if (width === undefined) return [];
  return [
    { ...linear("gate and projection of the layer's embedding", width, hidden_size, "bf16"), count: 2 },
    vector("norm of the layer's embedding", hidden_size),
  ];
}

function ffnMatrices(model: ModelRecord, ffn: FfnRecord, division: Division): readonly Matrix[] {
  const { hidden_size, precision } = model;
  const around = [vector("norm before ffn", hidden_size), ...(ffn.post_norm ? [vector("norm after ffn", hidden_size)] : [])];
  if (ffn.kind === "moe") return [...around, ...moeMatrices(model, ffn, division)];
  const width = shareOf(ffn.intermediate_size, division.layout.tp);
  return [
    ...around,
    ...network("dense ffn", ffn.gated, hidden_size, width, precision.weights),
    ...(ffn.bias ? [networkBiases("dense ffn", ffn.gated, hidden_size, width)] : []),
  ];
}

function moeMatrices({ hidden_size, precision }: ModelRecord, ffn: MoeFfnRecord, { layout, redundant_experts, offloaded }: Division): readonly Matrix[] {
  const own = shareOf(ffn.routed_experts, layout.ep);
  const copies = shareOf(ffn.routed_experts + redundant_experts, layout.ep) - own;
  const networks = (label: string, outer: number, width: number, together = 1): readonly Matrix[] => [
    ...network(label, ffn.gated, outer, width, precision.experts),
    ...(ffn.bias ? [networkBiases(label, ffn.gated, together * outer, width)] : []),
  ];
  const experts = (label: string, count: number, trained: boolean): readonly Matrix[] => {
    if (count === 0 || offloaded) return [];
    return networks(label, ffn.latent_size ?? hidden_size, shareOf(ffn.intermediate_size, layout.etp)).map((matrix) => ({ ...matrix, count, group: "experts", trained }));
  };
  const shared = ffn.shared_experts === 0
    ? [] : networks("shared experts", hidden_size, shareOf(ffn.shared_experts * ffn.shared_intermediate_size, layout.tp), ffn.shared_experts);
  return [
    ...experts("routed experts", own, true),
    ...experts("redundant experts", copies, false),
    ...shared,
    // whole on every rank, before the tokens are sent
    ...(ffn.latent_size === undefined ? [] : [{ ...linear("latent of the experts, down and up", ffn.latent_size, hidden_size, precision.experts), count: 2 }]),
    { ...linear("router", ffn.routed_experts, hidden_size, "bf16"), linear: false },
    ...(ffn.shared_gate ? [vector("gate of the shared experts", hidden_size)] : []),
    ...(ffn.bias ? [vector("biases of the router", ffn.routed_experts)] : []),
    ...(ffn.balance === "loss_free" ? [vector("router biases", ffn.routed_experts, "fp32", false)] : []),
  ];
}

const network = (label: string, gated: boolean, hiddenSize: number, width: number, precision: Precision): readonly Matrix[] => [
  linear(`${label}, ${gated ? "gate and up" : "up"}`, (gated ? 2 : 1) * width, hiddenSize, precision),
  linear(`${label}, down`, hiddenSize, width, precision),
];

const networkBiases = (label: string, gated: boolean, outputs: number, width: number): Matrix => vector(`${label}, biases`, (gated ? 2 : 1) * width + outputs);

/** Stages that one GPU holds together, as those of a dualpipe rank. */
type Ends = Pick<Stage, "embedding" | "head" | "mtp_modules">;

/**
 * Embedding, head, final norm and what an MTP module has beside its layer, on a GPU that holds `stages`. A matrix that several of
 * them use is there once: a tied head, and the embedding that MTP modules share (arXiv:2412.19437, section 3.2.3). Where they stand
 * on different GPUs each has its own copy, as in Megatron-LM.
 */
export function endMatrices(model: ModelRecord, stages: readonly Ends[], tp: number, withMtp: boolean): readonly Matrix[] {
  const { hidden_size, tie_embeddings, hyper_connections, per_layer_embedding_size, layers, precision } = model;
  const perLayer = layers * (per_layer_embedding_size ?? 0);
  const modules = withMtp ? stages.reduce((count, stage) => count + stage.mtp_modules, 0) : 0;
  const hasHead = stages.some(({ head }) => head);
  const needsEmbedding = stages.some(({ embedding }) => embedding) || modules > 0 || (hasHead && tie_embeddings);
  const rows = vocabularyOf(model, tp);
  return [
    ...(needsEmbedding ? [{ ...linear("embedding", rows, hidden_size, precision.embeddings), linear: false }] : []),
    ...(hasHead && !tie_embeddings ? [{ ...linear("head", rows, hidden_size, precision.embeddings), linear: false }] : []),
    ...(hasHead ? [vector("final norm", hidden_size)] : []),
    ...(hasHead && hyper_connections !== undefined
      ? [linear("streams brought together", hyper_connections, hyper_connections * hidden_size, "bf16"), vector("biases and scale of the streams", hyper_connections + 1)]
      : []),
    ...(perLayer > 0 && stages.some(({ embedding }) => embedding)
      ? [
          { ...linear("embeddings of the layers", rows, perLayer, precision.embeddings), linear: false },
          linear("projection to the layers' embeddings", perLayer, hidden_size, "bf16"), vector("norm of the layers' embeddings", per_layer_embedding_size ?? 0),
        ]
      : []),
    ...(modules > 0
      ? [{ ...linear("mtp projection", hidden_size, 2 * hidden_size, precision.weights), count: modules }, { ...vector("mtp norms", 3 * hidden_size), count: modules }]
      : []),
  ];
}

/** Bytes of matrices as a breakdown. */
export const weightTerm = (label: string, matrices: readonly Matrix[]): Term => sum(label, matrices.map((matrix) => {
  const factors = [matrix.rows, ...(matrix.columns === 1 ? [] : [matrix.columns]), weightElement(matrix.precision)];
  return product(matrix.label, matrix.count === 1 ? factors : [{ value: matrix.count, unit: "copies" }, ...factors]);
}));
