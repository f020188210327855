/**
 * The operators of a stage: what one GPU runs of each layer and of the stage's ends for one micro-batch, communication left out.
 * Sources: Megatron-LM (which matrices tensor and sequence parallelism split, arXiv:1909.08053, arXiv:2205.05198); DeepSeek-V2,
 * arXiv:2405.04434, section 2.1 (mla, absorbed in decode); DeepSeek-V3, arXiv:2412.19437, sections 3.2.3 (what is recomputed) and 3.3
 * (what runs in FP8).
 */

import { Unavailable } from "../definition";
import { decodeCore as decodeCoreFlops, attendedTokens, attentionCore, gateWidth, isCached, valueDim, type CachedAttention } from "../model/attention";
import { activeWeightsGap, holdsLastLayer } from "../model/availability";
import { activationElement } from "../model/precision";
import type { DenseFfnRecord, HeadAttentionRecord, MlaRecord, ModelRecord, MoeFfnRecord, SparseRecord } from "../model/record";
import { once, oncePerKey } from "../once";
import type { Layout } from "../plan/layout";
import { planGap, trainingGap } from "../plan/modelled";
import type { PlanRecord } from "../plan/record";
import { runsAgain } from "../plan/recomputation";
import { oncePerLayer, type LayerBlocks, type Stage } from "../plan/stages";
import { rateOf, type Device } from "./device";
import type { Operator, OperatorPart, Passes, Work } from "./operator";
import {
  attentionRate, core, decodeCore, embeddingRate, linear, linearRate, recomputed, routerRate, sweep, weightBytes, type Matrix, type Site,
} from "./operators";

/** What a GPU computes of one stage for one micro-batch. */
export interface StageCompute {
  /** Every operator, for `explain`. */
  readonly operators: (stage: ComputedStage) => readonly Operator[];
  /** Their times, from those of the layers that are alike: asking again for another stage costs a few additions. */
  readonly times: (stage: ComputedStage) => PartTimes;
  /** Times of one layer. */
  readonly layerTimes: (layer: LayerBlocks) => PartTimes;
}

export type ComputedStage = Pick<Stage, "runs" | "embedding" | "head" | "mtp_modules">;

/**
 * The operators of all stages of a plan that do the same work. Layers that are alike are computed once, and only when asked for.
 * Throws `Unavailable` for a layer whose cost is not known, and where asked for a precision that the GPU has no rate for.
 */
export function computeOf(plan: PlanRecord, layout: Layout, work: Work, device: Device): StageCompute {
  const gap = planGap(plan.model) ?? (work.phase === "training" ? trainingGap(plan.model) : undefined) ?? activeWeightsGap(plan.model);
  if (typeof gap === "string") throw new Unavailable(gap);
  const site: Site = { plan, layout, work, device, training: work.phase === "training" };
  const attentionOf = oncePerKey(({ attention }: LayerBlocks) => attention, (layer) => layerOperators(site, layer, attentionOperators));
  const ffnOf = oncePerKey(({ ffn }: LayerBlocks) => ffn, () => oncePerKey(({ attention }: LayerBlocks) => attention?.kind, (layer) => layerOperators(site, layer, ffnOperators)));
  const layerOf = oncePerLayer((layer) => piece([...attentionOf(layer), ...ffnOf(layer)(layer)]));
  const embeddingEnd = once(() => piece([embeddingOperator(site)]));
  const headEnd = once(() => piece(headOperators(site)));
  const mtpModule = once(() => piece([...mtpOperators(site), ...layerOf(lastLayer(plan.model)).operators, ...headEnd().operators]));
  const partsOf = ({ runs, embedding, head, mtp_modules }: ComputedStage): readonly Part[] => [
    ...(embedding ? [{ piece: embeddingEnd(), count: 1 }] : []),
    ...runs.map((run) => ({ piece: layerOf(run), count: run.layers.length })),
    ...(head ? [{ piece: headEnd(), count: 1 }] : []),
    ...(mtp_modules > 0 ? [{ piece: mtpModule(), count: mtp_modules }] : []),
  ];
  return {
    operators: (stage) => partsOf(stage).flatMap(({ piece: { operators }, count }) => operators.map((operator) => ({ ...operator, count }))),
    times: (stage) => {
      const times = noTimes();
      for (const { piece: { times: own }, count } of partsOf(stage)) for (const key of timeKeys) add(times[key], count, own[key]);
      return times;
    },
    layerTimes: (layer) => layerOf(layer).times,
  };
}

/** What repeats: one layer, or one end of a stage. */
interface Piece {
  readonly operators: readonly Operator[];
  readonly times: PartTimes;
}

interface Part {
  readonly piece: Piece;
  readonly count: number;
}

const piece = (operators: readonly Operator[]): Piece => ({ operators, times: passTimes(operators) });

/** One half of a layer, its `attention` or its `ffn`; what is computed again depends on the kind of attention in both. */
function layerOperators(site: Site, layer: LayerBlocks, half: (site: Site, layer: LayerBlocks, operators: Operator[]) => void): readonly Operator[] {
  const operators: Operator[] = [];
  half(site, layer, operators);
  const again = runsAgain(site.training ? site.plan.parallelism.recompute : "none", layer.attention?.kind);
  return operators.map((operator) => (again(operator.name) ? recomputed(operator) : operator));
}

/** Tokens in those parts of a layer that tensor parallelism does not split: sequence parallelism shares them out. */
const unsplitTokens = ({ layout: { tp, sequence_parallel }, work: { tokens } }: Site): number => (sequence_parallel ? tokens / tp : tokens);

/** A norm with the residual before it, in bf16: forward reads both and writes both, backward reads one more. */
function norm(site: Site, name: string, part: OperatorPart): Operator {
  const elements = unsplitTokens(site) * site.plan.model.hidden_size;
  return sweep(site, { name, part, bytes: { forward: 8 * elements, backward_input: 10 * elements, backward_weight: 0 } });
}

/** The linear layers of one half of a layer, in the precision of `compute`, with the casts that it needs. */
function linears(site: Site, part: OperatorPart, weight: number, matrices: readonly Matrix[], inputs: Inputs, operators: Operator[]): void {
  const rate = linearRate(site);
  let outputs = 0;
  for (const matrix of matrices) {
    operators.push(linear(site, part, matrix, rate, weight));
    outputs += (matrix.experts ?? 1) * matrix.rows * matrix.columns;
  }
  if (rate.bytes < 2) operators.push(casts(site, `${part} casts`, part, rate.bytes, inputs, outputs));
}

/** Elements that products take; matrices of one input share its cast. `narrow`: those that come in the precision of the product. */
interface Inputs {
  readonly wide: number;
  readonly narrow: number;
}

const wide = (elements: number): Inputs => ({ wide: elements, narrow: 0 });

/**
 * Casts of what a narrow product multiplies: forward an input, backward the gradient of its output along both of its sides, and the
 * input along its other side for the gradient of the weight.
 */
function casts(site: Site, name: string, part: OperatorPart, width: number, inputs: Inputs, outputs: number): Operator {
  const bytes: Passes = {
    forward: (2 + width) * inputs.wide, backward_input: (2 + 2 * width) * outputs, backward_weight: 2 * width * (inputs.wide + inputs.narrow),
  };
  return sweep(site, { name, part, bytes });
}

function attentionOperators(site: Site, { attention: block }: LayerBlocks, operators: Operator[]): void {
  if (block === undefined || !isCached(block)) return;
  operators.push(norm(site, "attention norm", "attention"));
  if (block.kind === "mla") mlaOperators(site, block, operators);
  else headOperatorsOf(site, block, operators);
}

function headOperatorsOf(site: Site, block: HeadAttentionRecord, operators: Operator[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const { head_dim } = block;
  const vDim = valueDim(block);
  const heads = block.heads / tp;
  const kvHeads = Math.max(1, block.kv_heads / tp);
  const weight = weightBytes(site, linearRate(site), precision.weights);
  const turned = tokens * (heads + kvHeads) * head_dim;
  linears(site, "attention", weight, [
    { name: "qkv", rows: tokens, columns: heads * head_dim + kvHeads * (head_dim + vDim), inner: hidden_size },
    ...gateMatrices(site, block),
    { name: "o", rows: tokens, columns: hidden_size, inner: heads * vDim },
  ], wide(tokens * (hidden_size + heads * vDim)), operators);
  if (block.qk_norm) operators.push(sweep(site, { name: "qk norm", part: "attention", bytes: { forward: 4 * turned, backward_input: 6 * turned, backward_weight: 0 } }));
  operators.push(sweep(site, { name: "rope", part: "attention", bytes: { forward: 4 * turned, backward_input: 4 * turned, backward_weight: 0 } }));
  operators.push(site.work.phase === "decode"
    ? cacheOperator(site, block, kvHeads * (head_dim + vDim) * activationElement(precision.kv_cache).value)
    : coreOperator(site, block, heads, kvHeads, head_dim, vDim));
  gateOperator(site, block, operators);
}

/** What projects the gate of the output, which shares the input of the queries. */
function gateMatrices({ plan: { model: { hidden_size } }, layout: { tp }, work: { tokens } }: Site, block: CachedAttention): readonly Matrix[] {
  const columns = gateWidth(block) / tp;
  return columns === 0 ? [] : [{ name: "output gate", rows: tokens, columns, inner: hidden_size }];
}

/** Output times gate, in bf16: forward reads both and writes the product, backward reads its gradient too and writes both of theirs. */
function gateOperator(site: Site, block: CachedAttention, operators: Operator[]): void {
  const { layout: { tp }, work: { tokens } } = site;
  const gates = (tokens * gateWidth(block)) / tp;
  if (gates === 0) return;
  const outputs = (tokens * block.heads * valueDim(block)) / tp;
  operators.push(sweep(site, {
    name: "gated output", part: "attention", bytes: { forward: 4 * outputs + 2 * gates, backward_input: 6 * outputs + 4 * gates, backward_weight: 0 },
  }));
}

function mlaOperators(site: Site, block: MlaRecord, operators: Operator[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const { q_lora_rank, kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim } = block;
  const heads = block.heads / tp;
  const rows = unsplitTokens(site);
  const qkDim = qk_nope_head_dim + qk_rope_head_dim;
  // each query of sparse attention reads tokens of its own, whose keys and values are never laid out
  const isAbsorbed = site.work.phase === "decode" || block.sparse !== undefined;
  const latents = kv_lora_rank + (q_lora_rank ?? 0);
  const queries: readonly Matrix[] = q_lora_rank === undefined
    ? [{ name: "q", rows: tokens, columns: heads * qkDim, inner: hidden_size }]
    : [{ name: "q_a", rows, columns: q_lora_rank, inner: hidden_size }, { name: "q_b", rows: tokens, columns: heads * qkDim, inner: q_lora_rank }];
  const kvRows = keysOf(site);
  const expanded: readonly Matrix[] = isAbsorbed ? [] : [{ name: "kv_b", rows: kvRows, columns: heads * (qk_nope_head_dim + v_head_dim), inner: kv_lora_rank }];
  const inputs = rows * hidden_size + tokens * (q_lora_rank ?? 0) + (isAbsorbed ? 0 : kvRows * kv_lora_rank) + tokens * heads * v_head_dim;
  linears(site, "attention", weightBytes(site, linearRate(site), precision.weights), [
    ...queries,
    { name: "kv_a", rows, columns: kv_lora_rank + qk_rope_head_dim, inner: hidden_size },
    ...expanded,
    ...indexerMatrices(site, block),
    ...gateMatrices(site, block),
    { name: "o", rows: tokens, columns: hidden_size, inner: heads * v_head_dim },
  ], wide(inputs), operators);
  operators.push(sweep(site, { name: "latent norms", part: "attention", bytes: { forward: 4 * rows * latents, backward_input: 6 * rows * latents, backward_weight: 0 } }));
  // queries turn in place; in training and prefill the keys of all heads are put together of their two halves
  const turned = 4 * tokens * heads * qk_rope_head_dim + (isAbsorbed ? 0 : 2 * kvRows * heads * (qk_nope_head_dim + qkDim));
  operators.push(sweep(site, { name: "rope", part: "attention", bytes: { forward: turned, backward_input: turned, backward_weight: 0 } }));
  if (!isAbsorbed) {
    operators.push(coreOperator(site, block, heads, heads, qkDim, v_head_dim));
    gateOperator(site, block, operators);
    return;
  }
  const rate = attentionRate(site);
  const kept = weightBytes(site, rate, precision.weights);
  const absorbed = { experts: heads, rows: tokens };
  operators.push(linear(site, "attention", { ...absorbed, name: "absorbed kv_b, keys", columns: kv_lora_rank, inner: qk_nope_head_dim }, rate, kept));
  const entry = kv_lora_rank * activationElement(precision.kv_cache).value + qk_rope_head_dim * activationElement(precision.kv_rope).value;
  operators.push(...(block.sparse === undefined ? [cacheOperator(site, block, entry)] : sparseOperators(site, block, block.sparse, entry)));
  operators.push(linear(site, "attention", { ...absorbed, name: "absorbed kv_b, values", columns: v_head_dim, inner: kv_lora_rank }, rate, kept));
  gateOperator(site, block, operators);
}

/** The projections of an indexer, which every tensor-parallel rank runs whole (DeepSeek-V3.2's reference, inference/model.py). */
function indexerMatrices({ plan: { model: { hidden_size } }, work: { tokens } }: Site, { sparse, q_lora_rank }: MlaRecord): readonly Matrix[] {
  if (sparse === undefined || sparse.shared_indexer) return [];
  const { indexer_heads, indexer_head_dim } = sparse;
  return [
    { name: "indexer q", rows: tokens, columns: indexer_heads * indexer_head_dim, inner: q_lora_rank ?? hidden_size },
    { name: "indexer k", rows: tokens, columns: indexer_head_dim, inner: hidden_size },
    { name: "indexer weights", rows: tokens, columns: indexer_heads, inner: hidden_size },
  ];
}

/**
 * Sparse attention in serving. The indexer scores every token before a query in the precision of its keys, writes the scores in FP32
 * and reads them again to pick; then the core runs over those picked, gathered anew for every query (FlashMLA's sparse kernels).
 */
function sparseOperators(site: Site, block: MlaRecord, sparse: SparseRecord, bytesOfToken: number): readonly Operator[] {
  const { plan: { model: { precision } }, work: { phase, tokens, sequences, sequence_length }, layout: { tp, cp } } = site;
  const isDecode = phase === "decode";
  const queries = Math.min((tokens * cp) / sequences, sequence_length);
  const mean = (limit: number): number =>
    (isDecode ? Math.min(sequence_length, limit) / cp : meanContext({ window: limit }, sequence_length, queries));
  const seen = mean(block.window ?? sequence_length);
  const picked = mean(Math.min(block.window ?? sequence_length, sparse.top_k));
  const rate = attentionRate(site);
  const flops = (tokens * decodeCoreFlops(block, picked).value) / tp;
  const gathered = tokens * picked * bytesOfToken;
  const { kv_lora_rank, qk_rope_head_dim } = block;
  const attention = isDecode
    ? decodeCore(site, "attention core", flops, gathered, rate)
    : core(site, "attention core", {
        flops, bytes: gathered, heads: (block.heads / tp) * sequences, queries: queries / cp, keys: picked, width: 2 * kv_lora_rank + qk_rope_head_dim, wide: true,
      }, rate);
  if (sparse.shared_indexer) return [attention];
  const { indexer_heads, indexer_head_dim } = sparse;
  const scoreRate = rateOf(site.device, precision.index_cache, "`precision.index_cache`");
  const scores = { flops: 2 * tokens * seen * indexer_heads * indexer_head_dim, written: 4 * tokens * seen };
  const keys = (sequences * Math.min(sequence_length, block.window ?? sequence_length) * indexer_head_dim * activationElement(precision.index_cache).value) / cp;
  const scored = isDecode
    ? decodeCore(site, "indexer scores", scores.flops, keys + scores.written, scoreRate)
    : core(site, "indexer scores", {
        flops: scores.flops, bytes: keys + scores.written, heads: indexer_heads * sequences, queries: queries / cp, keys: seen, width: indexer_head_dim, wide: false,
      }, scoreRate);
  return [scored, sweep(site, { name: "indexer top_k", part: "attention", bytes: { forward: scores.written, backward_input: 0, backward_weight: 0 } }), attention];
}

/** Keys that this rank makes: those of its own tokens, and of a prompt also those found in the cache, which mla keeps compressed. */
export const keysOf = ({ work: { phase, tokens, sequences, sequence_length }, layout: { cp } }: Pick<Site, "work" | "layout">): number =>
  phase === "prefill" ? Math.max(tokens, (sequences * sequence_length) / cp) : tokens;

/** The core of new queries, causal: the queries of a sequence are its last ones, and context parallelism shares them out evenly. */
function coreOperator(site: Site, block: CachedAttention, heads: number, kvHeads: number, qkDim: number, vDim: number): Operator {
  const { work: { tokens, sequences, sequence_length }, layout: { tp, cp } } = site;
  const queries = (tokens * cp) / sequences;
  const context = meanContext(block, sequence_length, Math.min(queries, sequence_length));
  const flops = (tokens * attentionCore(block, context).value) / tp;
  const keys = sequences * sequence_length;
  const bytes = 2 * (tokens * heads * (qkDim + vDim) + (keys / cp) * kvHeads * (qkDim + vDim));
  return core(site, "attention core", {
    flops, bytes, heads: heads * sequences, queries: queries / cp, keys: attendedTokens(block, sequence_length), width: qkDim + vDim, wide: qkDim > 128,
  }, attentionRate(site));
}

/** Tokens that the last `queries` of `length` tokens attend to on average: those up to them, of which a window leaves the last. */
function meanContext({ window }: Pick<CachedAttention, "window">, length: number, queries: number): number {
  const w = Math.min(window ?? length, length);
  const upTo = (position: number): number => (position <= w ? (position * position) / 2 : w * (position - w / 2));
  return queries === 0 ? 0 : (upTo(length) - upTo(length - queries)) / queries;
}

/** Attention over the cache: read once a sequence, whatever its queries. */
function cacheOperator(site: Site, block: CachedAttention, bytesOfToken: number): Operator {
  const { work: { tokens, sequences, sequence_length }, layout: { tp, cp } } = site;
  const context = attendedTokens(block, sequence_length) / cp;
  const flops = (tokens * decodeCoreFlops(block, context).value) / tp;
  return decodeCore(site, "attention core", flops, sequences * context * bytesOfToken, attentionRate(site));
}

function ffnOperators(site: Site, { ffn: block }: LayerBlocks, operators: Operator[]): void {
  if (block === undefined) return;
  operators.push(norm(site, "ffn norm", "ffn"));
  if (block.kind === "dense") denseOperators(site, block, operators);
  else moeOperators(site, block, operators);
}

/** The activation between two linear layers, in bf16. Gated: forward reads both halves, backward their gradient too and writes both. */
function activation(site: Site, name: string, part: OperatorPart, gated: boolean, elements: number): Operator {
  return sweep(site, { name, part, bytes: { forward: (gated ? 6 : 4) * elements, backward_input: (gated ? 10 : 6) * elements, backward_weight: 0 } });
}

const inputMatrices = (gated: boolean): number => (gated ? 2 : 1);

function denseOperators(site: Site, { intermediate_size, gated }: DenseFfnRecord, operators: Operator[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const width = intermediate_size / tp;
  linears(site, "ffn", weightBytes(site, linearRate(site), precision.weights), [
    { name: "up and gate", rows: tokens, columns: inputMatrices(gated) * width, inner: hidden_size },
    { name: "down", rows: tokens, columns: hidden_size, inner: width },
  ], wide(tokens * (hidden_size + width)), operators);
  operators.push(activation(site, "activation", "ffn", gated, tokens * width));
}

/** What the busiest GPU sees of the routed experts of one layer. */
export interface ExpertLoad {
  /** Experts on a GPU, redundant ones included. */
  readonly experts: number;
  /** Token copies that reach them together. */
  readonly tokens: number;
}

/**
 * Every rank of an expert-parallel group brings its share of the tokens, top_k copies of each; the copies spread over the group's
 * GPUs, and the ranks of one expert's tensor parallelism see the same ones.
 */
export function expertLoad({ plan: { parallelism }, layout: { tp, ep, etp }, work: { tokens, imbalance } }: Pick<Site, "plan" | "layout" | "work">, block: MoeFfnRecord): ExpertLoad {
  return {
    experts: (block.routed_experts + parallelism.redundant_experts) / ep,
    tokens: ((tokens * block.top_k * etp) / tp) * imbalance,
  };
}

/** Of a router weight: bf16. */
const routerBytes = 2;

function moeOperators(site: Site, block: MoeFfnRecord, operators: Operator[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp, etp }, work: { tokens } } = site;
  const routedRows = tokens / tp;
  const rows = unsplitTokens(site);
  operators.push(linear(site, "ffn", { name: "router", rows, columns: block.routed_experts, inner: hidden_size }, routerRate(site), routerBytes));
  // scores in FP32: written, read, and read again by the choice
  const scores = 12 * rows * block.routed_experts;
  operators.push(sweep(site, { name: "top_k", part: "ffn", bytes: { forward: scores, backward_input: scores, backward_weight: 0 } }));
  sharedOperators(site, block, operators);

  const load = expertLoad(site, block);
  const copies = load.tokens * hidden_size;
  const dispatched = activationElement(precision.dispatch).value;
  operators.push(sweep(site, {
    name: "permute", part: "routed", share: "gather", bytes: { forward: 2 * dispatched * copies, backward_input: 4 * copies, backward_weight: 0 },
  }));
  // tokens that come at random leave some of the experts without one; those weights are not read
  const mean = load.tokens / load.experts;
  const reached = -Math.expm1(-mean);
  const width = block.intermediate_size / etp;
  const expert = { kind: "grouped_gemm", experts: load.experts * reached, rows: mean / reached } as const;
  const hiddens = load.tokens * width;
  const inputs = precision.dispatch === precision.compute ? { wide: hiddens, narrow: copies } : wide(copies + hiddens);
  linears(site, "routed", weightBytes(site, linearRate(site), precision.experts), [
    { ...expert, name: "experts up and gate", columns: inputMatrices(block.gated) * width, inner: hidden_size },
    { ...expert, name: "experts down", columns: hidden_size, inner: width },
  ], inputs, operators);
  operators.push(activation(site, "experts activation", "routed", block.gated, hiddens));
  const combined = 2 * (copies + routedRows * hidden_size);
  operators.push(sweep(site, {
    name: "unpermute", part: "routed", share: "gather", bytes: { forward: combined, backward_input: combined, backward_weight: 0 },
  }));
}

function sharedOperators(site: Site, block: MoeFfnRecord, operators: Operator[]): void {
  if (block.shared_experts === 0) return;
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const width = (block.shared_experts * block.shared_intermediate_size) / tp;
  linears(site, "ffn", weightBytes(site, linearRate(site), precision.experts), [
    { name: "shared up and gate", rows: tokens, columns: inputMatrices(block.gated) * width, inner: hidden_size },
    { name: "shared down", rows: tokens, columns: hidden_size, inner: width },
  ], wide(tokens * (hidden_size + width)), operators);
  operators.push(activation(site, "shared activation", "ffn", block.gated, tokens * width));
}

/** Rows of the table, gathered; their gradients are added up in FP32. */
function embeddingOperator(site: Site): Operator {
  const elements = site.work.tokens * site.plan.model.hidden_size;
  return sweep(site, { name: "embedding", part: "ends", share: "gather", bytes: { forward: 4 * elements, backward_input: 0, backward_weight: 10 * elements } });
}

/** The final norm, the head, and in training the loss; serving needs the logits of the last token of a prompt alone. */
function headOperators(site: Site): readonly Operator[] {
  const { plan: { model: { hidden_size, vocab_size, precision } }, layout: { tp }, work: { phase, tokens, sequences } } = site;
  const rate = embeddingRate(site);
  const rows = phase === "prefill" ? sequences : tokens;
  const logits = (rows * vocab_size) / tp;
  const head = linear(site, "ends", { name: "head", rows, columns: vocab_size / tp, inner: hidden_size }, rate, weightBytes(site, rate, precision.embeddings));
  // forward reads the logits twice (sum, then difference) and writes them in FP32; backward scales that and writes it in bf16
  const loss = site.training ? [sweep(site, { name: "cross entropy", part: "ends", bytes: { forward: 8 * logits, backward_input: 6 * logits, backward_weight: 0 } })] : [];
  return [norm(site, "final norm", "ends"), head, ...loss];
}

/** The layer that each MTP module repeats. */
function lastLayer(model: ModelRecord): LayerBlocks {
  const holds = holdsLastLayer(model);
  return { attention: model.attention.find(holds), ffn: model.ffn.find(holds) };
}

/** An MTP module up to its layer, which is one like the model's last, and the head again: the embedding of the next token, two norms, a projection of both halves. */
function mtpOperators(site: Site): readonly Operator[] {
  const { model } = site.plan;
  const rows = site.work.tokens / site.layout.tp;
  const operators: Operator[] = [embeddingOperator(site), norm(site, "mtp norms", "ends")];
  linears(site, "ends", weightBytes(site, linearRate(site), model.precision.weights), [
    { name: "mtp projection", rows, columns: model.hidden_size, inner: 2 * model.hidden_size },
  ], wide(2 * rows * model.hidden_size), operators);
  return operators;
}

/** Times of all operators by what they belong to, each as often as it runs. */
export interface PartTimes extends Readonly<Record<OperatorPart, Passes>> {
  readonly all: Passes;
}

interface Sum {
  forward: number;
  backward_input: number;
  backward_weight: number;
}

const timeKeys = ["all", "attention", "ffn", "routed", "ends"] as const;

const zero = (): Sum => ({ forward: 0, backward_input: 0, backward_weight: 0 });

const noTimes = (): Record<keyof PartTimes, Sum> => ({ all: zero(), attention: zero(), ffn: zero(), routed: zero(), ends: zero() });

export function passTimes(operators: readonly Operator[]): PartTimes {
  const times = noTimes();
  for (const { part, count, time } of operators) {
    add(times.all, count, time);
    add(times[part], count, time);
  }
  return times;
}

function add(sum: Sum, count: number, { forward, backward_input, backward_weight }: Passes): void {
  sum.forward += count * forward;
  sum.backward_input += count * backward_input;
  sum.backward_weight += count * backward_weight;
}
