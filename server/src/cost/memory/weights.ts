/**
 * The weights of one layer and of the ends of the model on one GPU, matrix by matrix. Tensor parallelism divides heads and widths,
 * expert parallelism divides the experts. Not divided: norms, router, and mla's down-projections, as in Megatron-LM.
 */

import { gateWidth, valueDim, type CachedAttention } from "../model/attention";
import { weightElement } from "../model/precision";
import type { FfnRecord, MlaRecord, ModelRecord, MoeFfnRecord, Precision } from "../model/record";
import type { Layout } from "../plan/layout";
import { modelledAttention, requireFfn } from "../plan/modelled";
import type { ParallelismRecord } from "../plan/record";
import type { LayerBlocks, Stage } from "../plan/stages";
import { product, sum, type Term } from "../term";

/** Equal matrices of one GPU. `rows` x `columns` is what the GPU holds of one; a vector has one column. */
export interface Matrix {
  readonly label: string;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly precision: Precision;
  /** `dense` weights are alike on all dp x cp ranks, an expert on `expert_dp` ranks. */
  readonly group: "dense" | "experts";
  /** The optimizer moves it; not so the biases of loss-free balancing. */
  readonly trained: boolean;
  /** A linear layer's, whose gradient is computed by a GEMM. */
  readonly linear: boolean;
}

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

export const elementsOf = ({ count, rows, columns }: Matrix): number => count * rows * columns;

export const bytesOf = (matrix: Matrix): number => elementsOf(matrix) * weightElement(matrix.precision).value;

/** The greatest share of `whole` things over `parts` GPUs. */
export const shareOf = (whole: number, parts: number): number => Math.ceil(whole / parts);

/** Key and value heads of one GPU: with more GPUs than heads each head stands on several. */
export const kvHeadsOf = (kvHeads: number, tp: number): number => Math.max(1, shareOf(kvHeads, tp));

/** The vocabulary is filled up so that each tensor-parallel rank holds a multiple of 128 rows (Megatron-LM's make-vocab-size-divisible-by). */
export const vocabularyOf = ({ vocab_size }: ModelRecord, tp: number): number => Math.ceil(vocab_size / (128 * tp)) * 128;

const linear = (label: string, rows: number, columns: number, precision: Precision): Matrix =>
  ({ label, count: 1, rows, columns, precision, group: "dense", trained: true, linear: true });

const vector = (label: string, rows: number, precision: Precision = "bf16", trained = true): Matrix =>
  ({ label, count: 1, rows, columns: 1, precision, group: "dense", trained, linear: false });

/** One layer of a run. Throws `Unavailable` for mixers and properties whose weights are not known. */
export function layerMatrices(model: ModelRecord, { attention, ffn }: LayerBlocks, division: Division): readonly Matrix[] {
  return [
    ...(attention === undefined ? [] : attentionMatrices(model, modelledAttention(attention), division.layout.tp)),
    ...(ffn === undefined ? [] : ffnMatrices(model, ffn, division)),
  ];
}

function attentionMatrices(model: ModelRecord, block: CachedAttention, tp: number): readonly Matrix[] {
  const { hidden_size, precision: { weights } } = model;
  const heads = shareOf(block.heads, tp);
  const around = [
    vector("norm before attention", hidden_size),
    ...(block.post_norm ? [vector("norm after attention", hidden_size)] : []),
    ...(block.sinks ? [vector("sinks", heads)] : []),
  ];
  if (block.kind === "mla") return [...around, ...mlaMatrices(block, heads, hidden_size, tp, weights)];
  const kvHeads = kvHeadsOf(block.kv_heads, tp);
  const inputs = heads * block.head_dim + kvHeads * (block.head_dim + valueDim(block));
  return [
    ...around,
    linear("q, k and v", inputs, hidden_size, weights),
    linear("o", hidden_size, heads * valueDim(block), weights),
    ...gateMatrices(block, hidden_size, tp, weights),
    ...(block.bias === false ? [] : [vector("q, k and v biases", inputs)]),
    ...(block.bias === true ? [vector("o bias", hidden_size)] : []),
    ...(block.qk_norm === false ? [] : [vector("norms of queries and keys", (block.qk_norm === "whole" ? heads + kvHeads : 2) * block.head_dim)]),
  ];
}

function mlaMatrices(block: MlaRecord, heads: number, hiddenSize: number, tp: number, weights: Precision): readonly Matrix[] {
  const { q_lora_rank, kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim } = block;
  const queries = heads * (qk_nope_head_dim + qk_rope_head_dim);
  const query = q_lora_rank === undefined
    ? [linear("q", queries, hiddenSize, weights)]
    : [linear("q_a", q_lora_rank, hiddenSize, weights), linear("q_b", queries, q_lora_rank, weights), vector("q_a norm", q_lora_rank)];
  return [
    ...query,
    linear("kv_a", kv_lora_rank + qk_rope_head_dim, hiddenSize, weights),
    vector("kv_a norm", kv_lora_rank),
    linear("kv_b", heads * (qk_nope_head_dim + v_head_dim), kv_lora_rank, weights),
    ...indexerMatrices(block, hiddenSize, weights),
    ...gateMatrices(block, hiddenSize, tp, weights),
    linear("o", hiddenSize, heads * v_head_dim, weights),
    ...(block.bias === false ? [] : [vector("biases of the down-projections", (q_lora_rank ?? 0) + kv_lora_rank + qk_rope_head_dim)]),
    ...(block.bias === true ? [vector("o bias", hiddenSize)] : []),
    ...(block.qk_norm === false ? [] : [vector("norms of queries and keys", 2 * (block.qk_norm === "whole" ? heads : 1) * (qk_nope_head_dim + qk_rope_head_dim))]),
  ];
}

/** Whole on every rank, as in DeepSeek-V3.2's reference and in serving engines: every rank picks the same tokens. */
function indexerMatrices({ sparse, q_lora_rank }: MlaRecord, hiddenSize: number, weights: Precision): readonly Matrix[] {
  if (sparse === undefined || sparse.shared_indexer) return [];
  const { indexer_heads, indexer_head_dim } = sparse;
  return [
    linear("indexer q", indexer_heads * indexer_head_dim, q_lora_rank ?? hiddenSize, weights),
    linear("indexer k", indexer_head_dim, hiddenSize, weights),
    linear("indexer weights", indexer_heads, hiddenSize, weights),
    vector("indexer norm, with bias", 2 * indexer_head_dim),
  ];
}

const gateMatrices = (block: CachedAttention, hiddenSize: number, tp: number, weights: Precision): readonly Matrix[] =>
  (block.output_gate === false ? [] : [linear("output gate", shareOf(gateWidth(block), tp), hiddenSize, weights)]);

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
  requireFfn(ffn);
  const own = shareOf(ffn.routed_experts, layout.ep);
  const copies = shareOf(ffn.routed_experts + redundant_experts, layout.ep) - own;
  const networks = (label: string, width: number, together = 1): readonly Matrix[] => [
    ...network(label, ffn.gated, hidden_size, width, precision.experts),
    ...(ffn.bias ? [networkBiases(label, ffn.gated, together * hidden_size, width)] : []),
  ];
  const experts = (label: string, count: number, trained: boolean): readonly Matrix[] =>
    count === 0 || offloaded ? [] : networks(label, shareOf(ffn.intermediate_size, layout.etp)).map((matrix) => ({ ...matrix, count, group: "experts", trained }));
  const shared = ffn.shared_experts === 0 ? [] : networks("shared experts", shareOf(ffn.shared_experts * ffn.shared_intermediate_size, layout.tp), ffn.shared_experts);
  return [
    ...experts("routed experts", own, true),
    ...experts("redundant experts", copies, false),
    ...shared,
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
  const { hidden_size, tie_embeddings, precision } = model;
  const modules = withMtp ? stages.reduce((count, stage) => count + stage.mtp_modules, 0) : 0;
  const hasHead = stages.some(({ head }) => head);
  const needsEmbedding = stages.some(({ embedding }) => embedding) || modules > 0 || (hasHead && tie_embeddings);
  const rows = vocabularyOf(model, tp);
  return [
    ...(needsEmbedding ? [{ ...linear("embedding", rows, hidden_size, precision.embeddings), linear: false }] : []),
    ...(hasHead && !tie_embeddings ? [{ ...linear("head", rows, hidden_size, precision.embeddings), linear: false }] : []),
    ...(hasHead ? [vector("final norm", hidden_size)] : []),
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
