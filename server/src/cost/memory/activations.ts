/**
 * Activations of training: what one layer keeps of one micro-batch from its forward to its backward, tensor by tensor, and what it
 * needs for a moment on top. The accounting is that of Megatron-LM with TransformerEngine and a fused attention (no score matrix is
 * kept, only one FP32 statistic a query): every linear layer keeps its input, every norm its input, the attention core its queries,
 * keys, values and output, SwiGLU its input. No dropout.
 * Sources: arXiv:2205.05198, section 4 (tensor by tensor, sequence parallelism); arXiv:2412.19437, sections 3.2.3 and 3.3 (what
 * DeepSeek-V3 recomputes, and its FP8 caches).
 *
 * recompute  none       keeps all of it
 *            selective  recomputes what is cheap (plan/recomputation.ts): norms, SwiGLU's output and mla's up-projections
 *            full       keeps the input of each layer
 */

import { isCached } from "../model/attention";
import { activationElement } from "../model/precision";
import type { AttentionRecord, DenseFfnRecord, FfnRecord, ModelRecord, MoeFfnRecord } from "../model/record";
import { keeps } from "../plan/recomputation";
import type { LayerBlocks } from "../plan/stages";
import { product, sum, type Count, type Term } from "../term";
import { attentionGradients, attentionTensors } from "./attention-activations";
import { normTensors, type Flow } from "./flow";
import { shareOf, vocabularyOf } from "./matrix";
import { mixerGradients, mixerTensors } from "./mixer-activations";

const fp32 = activationElement("fp32");

/** Kept by one layer of a run until its backward. */
export function savedByLayer(run: LayerBlocks, flow: Flow): Term {
  const label = [run.attention?.kind, run.ffn?.kind].filter((kind) => kind !== undefined).join(" and ");
  if (flow.recompute === "full") return sum(label, [product("layer input", [flow.ownTokens, flow.streams * flow.hidden, flow.plain])]);
  return sum(label, everyTensor(run, flow));
}

/**
 * The most that a layer needs beside what is kept, in its forward or its backward: gradients on their way, and with recomputation
 * the tensors that come back.
 */
export function workingBytes(run: LayerBlocks, flow: Flow): number {
  const recomputed = flow.recompute === "none" ? 0 : savedByLayer(run, { ...flow, recompute: "none" }).value - savedByLayer(run, flow).value;
  const { tokens, plain, hidden, streams } = flow;
  const attention = run.attention === undefined ? 0 : tokens.value * (plain.value * hidden + mixingGradients(run.attention, flow));
  const ffn = run.ffn === undefined ? 0 : ffnGradients(run.ffn, flow);
  return recomputed + Math.max(attention, ffn) + tokens.value * plain.value * (streams - 1) * hidden;
}

const mixingGradients = (block: AttentionRecord, flow: Flow): number => (isCached(block) ? attentionGradients(block, flow) : mixerGradients(block, flow));

function everyTensor({ attention, ffn, shares_cache = false }: LayerBlocks, flow: Flow): readonly Term[] {
  const mixing = attention === undefined ? [] : isCached(attention) ? attentionTensors(attention, !shares_cache, flow) : mixerTensors(attention, flow);
  return [
    ...mixing,
    ...(ffn === undefined ? [] : ffnTensors(ffn, flow)),
    ...streamTensors((attention === undefined ? 0 : 1) + (ffn === undefined ? 0 : 1), flow),
    ...layerEmbeddingTensors(flow),
  ];
}

/**
 * Hyper-connections: all streams before each block, and what each block adds to them. With recomputation the streams before a block are
 * mixed again from those before the layer (arXiv:2512.24880, section 4.3.2).
 */
function streamTensors(blocks: number, { streams, hidden, ownTokens, plain, recompute }: Flow): readonly Term[] {
  if (streams === 1 || blocks === 0) return [];
  return [
    product("residual streams", [recompute === "none" ? blocks : 1, ownTokens, streams * hidden, plain]),
    product("outputs of blocks", [blocks, ownTokens, hidden, plain]),
  ];
}

/** A layer's own embedding: what its gate reads, the gate before and after its activation, their product, and the input of the norm. */
function layerEmbeddingTensors({ layer_embedding: width, hidden, ownTokens, plain }: Flow): readonly Term[] {
  if (width === 0) return [];
  return [
    product("inputs of the layer's embedding and of its norm", [2, ownTokens, hidden, plain]),
    product("the layer's embedding, its gate and their product", [4, ownTokens, width, plain]),
  ];
}

function ffnTensors(ffn: FfnRecord, flow: Flow): readonly Term[] {
  return [
    ...normTensors("norm before ffn", flow.hidden, flow),
    ...(ffn.kind === "dense" ? denseTensors(ffn, flow) : expertTensors(ffn, flow)),
  ];
}

/**
 * What a network keeps between its two linear layers. In FP8 with recomputation SwiGLU's input is kept in FP8, as in
 * arXiv:2412.19437, section 3.3.3.
 */
function networkTensors(label: string, tokens: Count, gated: boolean, width: number, { plain, input, recompute }: Flow): readonly Term[] {
  return [
    product(`input of ${label} activation`, [tokens, (gated ? 2 : 1) * width, recompute === "none" ? plain : input]),
    ...(keeps(recompute, "activation outputs") ? [product(`output of ${label} activation`, [tokens, width, input])] : []),
  ];
}

const denseTensors = (ffn: DenseFfnRecord, flow: Flow): readonly Term[] =>
  networkTensors("ffn", flow.tokens, ffn.gated, shareOf(ffn.intermediate_size, flow.layout.tp), flow);

/**
 * Copies of a GPU's own tokens that the routed experts of the busiest GPU see, for each token of the flow: in the mean top_k whatever
 * ep is, each on all `etp` GPUs of its expert; a tensor-parallel group sends each token once.
 */
export const expertCopies = ({ top_k }: MoeFfnRecord, { layout: { tp, etp }, imbalance }: Flow): number => (top_k * etp * imbalance) / tp;

const expertTokens = (ffn: MoeFfnRecord, flow: Flow): Count => ({ value: flow.tokens.value * expertCopies(ffn, flow), unit: "expert tokens" });

function expertTensors(ffn: MoeFfnRecord, flow: Flow): readonly Term[] {
  const { hidden, input, plain, ownTokens, tokens, layout: { tp, etp } } = flow;
  const routed = expertTokens(ffn, flow);
  const { latent_size = hidden } = ffn;
  const shared = ffn.shared_experts * ffn.shared_intermediate_size;
  return [
    // logits, scores and masked probabilities in FP32, the map of choices in one byte
    product("router", [ownTokens, ffn.routed_experts, { value: 13, unit: "B (3 x 4 B + 1 B)" }]),
    ...(ffn.latent_size === undefined ? [] : [product("tokens in the latent of the experts, there and back", [2, ownTokens, latent_size, plain])]),
    product("tokens at the experts", [routed, latent_size, input]),
    ...networkTensors("routed experts'", routed, ffn.gated, shareOf(ffn.intermediate_size, etp), flow),
    ...(shared === 0 ? [] : networkTensors("shared experts'", tokens, ffn.gated, shareOf(shared, tp), flow)),
  ];
}

function ffnGradients(ffn: FfnRecord, flow: Flow): number {
  const { tokens, plain, hidden, layout: { tp } } = flow;
  // the gradient of the output, and that of the activation's input; the activation's output has gone by then
  if (ffn.kind === "dense") return tokens.value * plain.value * (hidden + (ffn.gated ? 2 : 1) * shareOf(ffn.intermediate_size, tp));
  // in the forward: tokens as they arrive, what the experts make of them, the same in the order of arrival, and on its way back
  return plain.value * (expertTokens(ffn, flow).value * 4 * (ffn.latent_size ?? hidden) + tokens.value * hidden);
}

/** The last layers of the model for one micro-batch: final norm, head and loss. They need it for a moment, at two moments. */
export interface HeadBytes {
  /** Input and output of the final norm. */
  readonly norm: Term;
  /** Forward: logits as the head gives them, and their softmax in FP32. */
  readonly loss: Term;
  /** Backward of the head: gradients of logits and input, and of the head's weights. */
  readonly backward: Term;
}

/** `modules`: MTP modules, each with logits of its own, whose softmax stays until the backward. */
export function headBytes(model: ModelRecord, flow: Flow, modules: number): HeadBytes {
  const { tokens, ownTokens, hidden, plain, layout: { tp } } = flow;
  const vocabulary = vocabularyOf(model, tp);
  const softmax = (label: string, count: number): readonly Term[] =>
    (count === 0 ? [] : [product(label, [...(count === 1 ? [] : [count]), tokens, vocabulary, fp32])]);
  return {
    norm: sum("final norm", [product("input and output of the final norm", [2, ownTokens, hidden, plain])]),
    loss: sum("loss", [
      product("logits", [tokens, vocabulary, plain]),
      ...softmax("softmax", 1),
      ...softmax("softmax of MTP modules", modules),
    ]),
    backward: sum("backward of the head", [
      product("gradient of the logits", [tokens, vocabulary, plain]),
      product("gradient of the head's input", [tokens, hidden, plain]),
      product("gradient of the head's weights", [vocabulary, hidden, plain]),
      ...softmax("softmax of MTP modules", modules),
    ]),
  };
}

/** What one MTP module keeps beside its layer: norms of both inputs, the projection's input, and its own final norm. */
export const mtpTensors = ({ ownTokens, hidden, plain, input }: Flow): Term => sum("MTP module", [
  product("inputs of its norms", [2, ownTokens, hidden, plain]),
  product("input of its projection", [2, ownTokens, hidden, input]),
  product("input and output of its final norm", [2, ownTokens, hidden, plain]),
]);
