/** The operators of dense networks and of experts. Sources: DeepSeekMoE, arXiv:2401.06066; DeepSeek-V3, arXiv:2412.19437, section 3.3 (what runs in FP8). */

import { activationElement } from "../model/precision";
import type { DenseFfnRecord, MoeFfnRecord } from "../model/record";
import type { LayerBlocks } from "../plan/stages";
import { activation, inputMatrices, linears, norm, unsplitTokens, wide } from "./linears";
import type { OperatorShape } from "./operator";
import { linear, sweep, weightBytes, type Site } from "./operators";

export function ffnOperators(site: Site, { ffn: block }: LayerBlocks, operators: OperatorShape[]): void {
  if (block === undefined) return;
  operators.push(norm(site, "ffn norm", "ffn"));
  if (block.kind === "dense") denseOperators(site, block, operators);
  else moeOperators(site, block, operators);
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
  linears(site, "routed", weightBytes(site, site.rates.linear(), precision.experts), [
    { ...expert, name: "experts up and gate", columns: inputMatrices(block.gated) * width, inner: hidden_size },
    { ...expert, name: "experts down", columns: hidden_size, inner: width },
  ], inputs, operators);
  operators.push(activation(site, "experts activation", "routed", block.gated, hiddens));
  const combined = 2 * (copies + routedRows * hidden_size);
  operators.push(sweep(site, {
    name: "unpermute", part: "routed", share: "gather", bytes: { forward: combined, backward_input: combined, backward_weight: 0 },
  }));
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
}
