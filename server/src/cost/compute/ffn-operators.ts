/** The operators of dense networks and of experts. Sources: DeepSeekMoE, arXiv:2401.06066; DeepSeek-V3, arXiv:2412.19437, section 3.3 (what runs in FP8). */

import { activationElement } from "../model/precision";
import type { DenseFfnRecord, MoeFfnRecord } from "../model/record";
import type { LayerBlocks } from "../plan/stages";
import { activation, inputMatrices, linears, norm, unsplitTokens, wide } from "./linears";
import type { OperatorShape } from "./operator";
import { linear, sweep, weightBytes, type Site } from "./operators";
import { layerEmbeddingOperators, streamOperators } from "./stream-operators";

export function ffnOperators(site: Site, { ffn: block }: LayerBlocks, operators: OperatorShape[]): void {
  if (block !== undefined) {
    operators.push(...streamOperators(site, "ffn"), norm(site, "ffn norm", "ffn"));
    if (block.kind === "dense") denseOperators(site, block, operators);
    else moeOperators(site, block, operators);
  }
  operators.push(...layerEmbeddingOperators(site));
}

function denseOperators(site: Site, { intermediate_size, gated }: DenseFfnRecord, operators: OperatorShape[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const width = intermediate_size / tp;
  linears(site, "ffn", weightBytes(site, site.rates.linear(), precision.weights), [
    { name: "up and gate", rows: tokens, columns: inputMatrices(gated) * width, inner: hidden_size },
    { name: "down", rows: tokens, columns: hidden_size, inner: width },
  ], wide(tokens * (hidden_size + width)), operators);
  operators.push(activation(site, "activation", "ffn", gated, tokens * width));
}

/** What the busiest GPU sees of the routed experts of one layer. */
interface ExpertLoad {
  /** Experts on a GPU, redundant ones included. */
  readonly experts: number;
  /** Token copies that reach them together. */
  readonly tokens: number;
}

/**
 * Every rank of an expert-parallel group brings its share of the tokens, top_k copies of each; the copies spread over the group's
 * GPUs, and the ranks of one expert's tensor parallelism see the same ones.
 */
function expertLoad({ plan: { parallelism }, layout: { tp, ep, etp }, work: { tokens, imbalance } }: Pick<Site, "plan" | "layout" | "work">, block: MoeFfnRecord): ExpertLoad {
  return {
    experts: (block.routed_experts + parallelism.redundant_experts) / ep,
    tokens: ((tokens * block.top_k * etp) / tp) * imbalance,
  };
}

/** Of a router weight: bf16. */
const routerBytes = 2;

function moeOperators(site: Site, block: MoeFfnRecord, operators: OperatorShape[]): void {
  const { plan: { model: { hidden_size, precision } }, layout: { tp, etp }, work: { tokens } } = site;
  const routedRows = tokens / tp;
  const rows = unsplitTokens(site);
  operators.push(linear(site, "ffn", { name: "router", rows, columns: block.routed_experts, inner: hidden_size }, site.rates.router(), routerBytes));
  // scores in FP32: written, read, and read again by the choice
  const scores = 12 * rows * block.routed_experts;
  operators.push(sweep(site, { name: "top_k", part: "ffn", bytes: { forward: scores, backward_input: scores, backward_weight: 0 } }));
  sharedOperators(site, block, operators);
  latentOperators(site, block, operators);

  const load = expertLoad(site, block);
  const outer = block.latent_size ?? hidden_size;
  const copies = load.tokens * outer;
  const dispatched = activationElement(precision.dispatch).value;
  operators.push(sweep(site, {
    name: "permute", part: "routed", share: "gather", bytes: { forward: 2 * dispatched * copies, backward_input: 4 * copies, backward_weight: 0 },
  }));
  // tokens that come at random leave some of the experts without one; those weights are not read
  const mean = load.tokens / load.experts;
  const reached = -Math.expm1(-mean);
  const width = block.intermediate_size / etp;
  const [experts, rowsOfExpert] = [load.experts * reached, mean / reached];
  const hiddens = load.tokens * width;
  const inputs = precision.dispatch === precision.compute ? { wide: hiddens, narrow: copies } : wide(copies + hiddens);
  linears(site, "routed", weightBytes(site, site.rates.linear(), precision.experts), [
    { name: "experts up and gate", kind: "grouped_gemm", experts, rows: rowsOfExpert, columns: inputMatrices(block.gated) * width, inner: outer },
    { name: "experts down", kind: "grouped_gemm", experts, rows: rowsOfExpert, columns: outer, inner: width },
  ], inputs, operators);
  operators.push(activation(site, "experts activation", "routed", block.gated, hiddens));
  const combined = 2 * (copies + routedRows * outer);
  operators.push(sweep(site, {
    name: "unpermute", part: "routed", share: "gather", bytes: { forward: combined, backward_input: combined, backward_weight: 0 },
  }));
}

/** Down to the width that routed experts work in, before the tokens are sent, and up again after they came back; whole on every tensor-parallel rank. */
function latentOperators(site: Site, { latent_size }: MoeFfnRecord, operators: OperatorShape[]): void {
  if (latent_size === undefined) return;
  const { hidden_size, precision } = site.plan.model;
  const rows = unsplitTokens(site);
  linears(site, "ffn", weightBytes(site, site.rates.linear(), precision.experts), [
    { name: "latent down", rows, columns: latent_size, inner: hidden_size },
    { name: "latent up", rows, columns: hidden_size, inner: latent_size },
  ], wide(rows * (hidden_size + latent_size)), operators);
}

function sharedOperators(site: Site, block: MoeFfnRecord, operators: OperatorShape[]): void {
  if (block.shared_experts === 0) return;
  const { plan: { model: { hidden_size, precision } }, layout: { tp }, work: { tokens } } = site;
  const width = (block.shared_experts * block.shared_intermediate_size) / tp;
  linears(site, "ffn", weightBytes(site, site.rates.linear(), precision.experts), [
    { name: "shared up and gate", rows: tokens, columns: inputMatrices(block.gated) * width, inner: hidden_size },
    { name: "shared down", rows: tokens, columns: hidden_size, inner: width },
  ], wide(tokens * (hidden_size + width)), operators);
  operators.push(activation(site, "shared activation", "ffn", block.gated, tokens * width));
  if (!block.shared_gate) return;
  // one number a token, from its input, times what the shared experts give
  const elements = unsplitTokens(site) * hidden_size;
  const flops = 2 * elements;
  operators.push(sweep(site, {
    name: "shared gate", part: "ffn", bytes: { forward: 6 * elements, backward_input: 10 * elements, backward_weight: 0 },
    flops: { forward: flops, backward_input: flops, backward_weight: flops },
  }));
}
