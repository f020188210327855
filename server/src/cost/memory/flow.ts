/** What the activations of every part of a layer share: the micro-batch on one GPU, in tokens and bytes of an element. */

import { activationElement, betweenLayers, isFp8 } from "../model/precision";
import type { ModelRecord } from "../model/record";
import type { Layout } from "../plan/layout";
import { keeps } from "../plan/recomputation";
import type { ParallelismRecord } from "../plan/record";
import { product, type Count, type Factor, type Term } from "../term";

/** One micro-batch on one GPU. */
export interface Flow {
  readonly hidden: number;
  /** Residual streams: more than one with hyper-connections. */
  readonly streams: number;
  /** Width of the embedding that every layer has for itself; 0: none. */
  readonly layer_embedding: number;
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
    hidden: model.hidden_size, streams: model.hyper_connections ?? 1, layer_embedding: model.per_layer_embedding_size ?? 0,
    ...flowTokens(layout, tokens),
    layout, recompute, imbalance,
    plain,
    input: isFp8(compute) ? activationElement(compute) : plain,
  };
}

export const flowTokens = ({ sequence_parallel, tp }: Layout, tokens: number): Pick<Flow, "tokens" | "ownTokens"> =>
  ({ tokens: { value: tokens, unit: "tokens" }, ownTokens: { value: sequence_parallel ? tokens / tp : tokens, unit: "tokens" } });

/** The input of a norm, and its output where that is not computed again. */
export function normTensors(name: string, width: number, { ownTokens, plain, input, recompute }: Flow): readonly Term[] {
  return [
    product(`input of ${name}`, [ownTokens, width, plain]),
    ...(keeps(recompute, "norm outputs") ? [product(`output of ${name}`, [ownTokens, width, input])] : []),
  ];
}

/**
 * What a core leaves is needed twice, by its backward and for the gradient of o's weights. Where GEMMs run in FP8 those are
 * two tensors; with recomputation one, in the 12 bits of E5M6, as in arXiv:2412.19437, section 3.3.3.
 */
export function outputTensors(elements: readonly Factor[], { plain, input, recompute }: Flow): readonly Term[] {
  if (input.value === plain.value) return [product("attention output", [...elements, plain])];
  if (recompute !== "none") return [product("attention output in E5M6", [...elements, e5m6])];
  return [product("attention output", [...elements, plain]), product("attention output as input of o", [...elements, input])];
}

const e5m6: Count = { value: 1.5 + 4 / 128, unit: "B (1.5 B + 4 B / 128)" };
