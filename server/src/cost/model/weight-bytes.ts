/**
 * Bytes of the resident weights: each part in its own precision, scales included.
 * Embedding and head are in `embeddings`, routed and shared experts in `experts`, every other matrix in `weights`.
 * Router, norms, biases and what steers the states of linear layers stay bf16 and router biases fp32, as in DeepSeek-V3's checkpoint (arXiv:2412.19437, section 3.3.1).
 */

import { sum, times, type Term } from "../term";
import {
  denseFfnWeights, embeddingWeights, endMatrices, endVectors, ffnBiases, layerNorms, mixerParameters, projectionBiases, projectionWeights,
  routedExpertWeights, routerBiasWeights, routerMatrices, sharedExpertWeights, streamVectors, streamWeights, wholeStack,
} from "./parameters";
import { weightElement } from "./precision";
import type { ModelRecord, Precision } from "./record";

export function weightBytes(model: ModelRecord): Term {
  const { precision } = model;
  const stack = wholeStack(model);
  return sum("weight_bytes", [
    ...stored(projectionWeights(stack), () => precision.weights),
    ...stored(denseFfnWeights(stack), () => precision.weights),
    ...stored(routedExpertWeights(stack, "all"), () => precision.experts),
    ...stored(sharedExpertWeights(stack), () => precision.experts),
    ...stored(embeddingWeights(model), () => precision.embeddings),
    ...stored(routerMatrices(stack), () => "bf16"),
    ...stored([...streamWeights(stack), ...streamVectors(stack)], () => "bf16"),
    ...stored(layerNorms(stack), () => "bf16"),
    ...stored(mixerParameters(stack), () => "bf16"),
    ...stored([...endMatrices(model), ...endVectors(model)], () => "bf16"),
    ...stored(projectionBiases(stack), () => "bf16"),
    ...stored(ffnBiases(stack, "all"), () => "bf16"),
    ...stored(routerBiasWeights(stack), () => "fp32"),
  ]);
}

/** The precision is asked for only where there is something to store, so that it is an input only then. */
function stored(weights: readonly Term[], precision: () => Precision): readonly Term[] {
  return weights.map((term) => (term.value === 0 ? term : times([weightElement(precision())], term)));
}
