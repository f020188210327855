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

import { gateWidth, valueDim, type CachedAttention } from "../model/attention";
import { activationElement, betweenLayers, isFp8 } from "../model/precision";
import type { DenseFfnRecord, FfnRecord, ModelRecord, MoeFfnRecord } from "../model/record";
import type { Layout } from "../plan/layout";
import { trainedAttention } from "../plan/modelled";
import { keeps } from "../plan/recomputation";
import type { ParallelismRecord } from "../plan/record";
import type { LayerBlocks } from "../plan/stages";
import { product, sum, type Count, type Factor, type Term } from "../term";
import { kvHeadsOf, shareOf, vocabularyOf } from "./weights";

/** One micro-batch on one GPU. */
export interface Flow {
  readonly hidden: number;
  /** Tokens of one context-parallel rank. */
  readonly tokens: Count;
  /** Those of them between the tensor-parallel parts: a share of 1 / tp with sequence parallelism. */
  readonly ownTokens: Count;
  readonly layout: Layout;
  readonly recompute: ParallelismRecord["recompute"];
  /** Busiest over mean expert load. */
  readonly imbalance: number;
  /** One element of the residual stream, of a norm's input and of queries, keys and values. */
  readonly plain: Count;
  /** One element of a linear layer's input, kept for the gradient of its weight: in FP8 where the GEMM runs in FP8. */
  readonly input: Count;
}

export function flowOf(model: ModelRecord, layout: Layout, tokens: number, recompute: ParallelismRecord["recompute"], imbalance: number): Flow {
  const { compute } = model.precision;
  const plain = betweenLayers(model.precision);
  return {
    hidden: model.hidden_size,
    ...flowTokens(layout, tokens),
    layout, recompute, imbalance,
    plain,
    input: isFp8(compute) ? activationElement(compute) : plain,
  };
}

export const flowTokens = ({ sequence_parallel, tp }: Layout, tokens: number): Pick<Flow, "tokens" | "ownTokens"> =>
  ({ tokens: { value: tokens, unit: "tokens" }, ownTokens: { value: sequence_parallel ? tokens / tp : tokens, unit: "tokens" } });

const fp32 = activationElement("fp32");

/** Kept by one layer of a run until its backward. Throws `Unavailable` for mixers whose tensors are not known. */
export function savedByLayer(run: LayerBlocks, flow: Flow): Term {
  const label = [run.attention?.kind, run.ffn?.kind].filter((kind) => kind !== undefined).join(" and ");
  if (flow.recompute === "full") return sum(label, [product("layer input", [flow.ownTokens, flow.hidden, flow.plain])]);
  return sum(label, everyTensor(run, flow));
}

/**
 * The most that a layer needs beside what is kept, in its forward or its backward: gradients on their way, and with recomputation
 * the tensors that come back.
 */
export function workingBytes(run: LayerBlocks, flow: Flow): number {
  const recomputed = flow.recompute === "none" ? 0 : savedByLayer(run, { ...flow, recompute: "none" }).value - savedByLayer(run, flow).value;
  const attention = run.attention === undefined ? 0 : attentionGradients(trainedAttention(run.attention), flow);
  const ffn = run.ffn === undefined ? 0 : ffnGradients(run.ffn, flow);
  return recomputed + Math.max(attention, ffn);
}

function everyTensor({ attention, ffn }: LayerBlocks, flow: Flow): readonly Term[] {
  return [
    ...(attention === undefined ? [] : attentionTensors(trainedAttention(attention), flow)),
    ...(ffn === undefined ? [] : ffnTensors(ffn, flow)),
  ];
}

/** The input of a norm, and its output where that is not computed again. */
function normTensors(name: string, width: number, { ownTokens, plain, input, recompute }: Flow): readonly Term[] {
  return [
    product(`input of ${name}`, [ownTokens, width, plain]),
    ...(keeps(recompute, "norm outputs") ? [product(`output of ${name}`, [ownTokens, width, input])] : []),
  ];
}

function attentionTensors(block: CachedAttention, flow: Flow): readonly Term[] {
  const { tokens, plain, layout: { tp }, hidden, recompute } = flow;
  const heads = shareOf(block.heads, tp);
  const { queries, keys, values, output } = coreWidths(block, tp);
  const isProjectedAgain = block.kind === "mla" && !keeps(recompute, "mla queries, keys and values");
  const perHead = block.qk_norm ? [product("queries and keys before their norms", [tokens, queries + keys, plain])] : [];
  return [
    ...normTensors("norm before attention", hidden, flow),
    ...(block.kind === "mla" ? latentTensors(block, flow) : []),
    ...(isProjectedAgain ? [] : [
      ...perHead,
      product("queries", [tokens, queries, plain]),
      product("keys", [tokens, keys, plain]),
      product("values", [tokens, values, plain]),
    ]),
    ...outputTensors([tokens, output], flow),
    product("softmax statistics", [tokens, heads, fp32]),
    ...gateTensors(block, output, flow),
  ];
}

/** The gate, and what it leaves of the output, which is the input of o; with recomputation that product is made again. */
function gateTensors(block: CachedAttention, output: number, { tokens, plain, input, layout: { tp }, recompute }: Flow): readonly Term[] {
  if (block.output_gate === false) return [];
  return [
    product("output gate", [tokens, shareOf(gateWidth(block), tp), plain]),
    ...(recompute === "none" ? [product("gated output", [tokens, output, input])] : []),
  ];
}

/**
 * The attention output is needed twice, by the core's backward and for the gradient of o's weights. Where GEMMs run in FP8 those are
 * two tensors; with recomputation one, in the 12 bits of E5M6, as in arXiv:2412.19437, section 3.3.3.
 */
function outputTensors(elements: readonly Factor[], { plain, input, recompute }: Flow): readonly Term[] {
  if (input.value === plain.value) return [product("attention output", [...elements, plain])];
  if (recompute !== "none") return [product("attention output in E5M6", [...elements, e5m6])];
  return [product("attention output", [...elements, plain]), product("attention output as input of o", [...elements, input])];
}

const e5m6: Count = { value: 1.5 + 4 / 128, unit: "B (1.5 B + 4 B / 128)" };

/** Elements of a token on one GPU that enter and leave the attention core, keys and values of every head laid out. */
function coreWidths(block: CachedAttention, tp: number): { readonly queries: number; readonly keys: number; readonly values: number; readonly output: number } {
  const heads = shareOf(block.heads, tp);
  if (block.kind === "mla") {
    const keys = heads * (block.qk_nope_head_dim + block.qk_rope_head_dim);
    return { queries: keys, keys, values: heads * block.v_head_dim, output: heads * block.v_head_dim };
  }
  const kvHeads = kvHeadsOf(block.kv_heads, tp);
  const vDim = valueDim(block);
  return { queries: heads * block.head_dim, keys: kvHeads * block.head_dim, values: kvHeads * vDim, output: heads * vDim };
}

function latentTensors(block: Extract<CachedAttention, { kind: "mla" }>, flow: Flow): readonly Term[] {
  return [
    ...(block.q_lora_rank === undefined ? [] : normTensors("q_a norm", block.q_lora_rank, flow)),
    ...normTensors("kv_a norm", block.kv_lora_rank, flow),
    product("rope key", [flow.ownTokens, block.qk_rope_head_dim, flow.plain]),
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
  const { hidden, input, ownTokens, tokens, layout: { tp, etp } } = flow;
  const routed = expertTokens(ffn, flow);
  const shared = ffn.shared_experts * ffn.shared_intermediate_size;
  return [
    // logits, scores and masked probabilities in FP32, the map of choices in one byte
    product("router", [ownTokens, ffn.routed_experts, { value: 13, unit: "B (3 x 4 B + 1 B)" }]),
    product("tokens at the experts", [routed, hidden, input]),
    ...networkTensors("routed experts'", routed, ffn.gated, shareOf(ffn.intermediate_size, etp), flow),
    ...(shared === 0 ? [] : networkTensors("shared experts'", tokens, ffn.gated, shareOf(shared, tp), flow)),
  ];
}

/** Gradients of queries, keys, values and output, and of the residual stream. */
function attentionGradients(block: CachedAttention, { tokens, plain, hidden, layout }: Flow): number {
  const { queries, keys, values, output } = coreWidths(block, layout.tp);
  return tokens.value * plain.value * (hidden + queries + keys + values + output);
}

function ffnGradients(ffn: FfnRecord, flow: Flow): number {
  const { tokens, plain, hidden, layout: { tp } } = flow;
  // the gradient of the output, and that of the activation's input; the activation's output has gone by then
  if (ffn.kind === "dense") return tokens.value * plain.value * (hidden + (ffn.gated ? 2 : 1) * shareOf(ffn.intermediate_size, tp));
  // in the forward: tokens as they arrive, what the experts make of them, the same in the order of arrival, and on its way back
  return plain.value * (expertTokens(ffn, flow).value * 4 * hidden + tokens.value * hidden);
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
