/** One feed-forward network: three matrices when gated (SwiGLU, arXiv:2002.05202), two when not. */

import { product, type Term } from "../term";
import type { DenseFfnRecord } from "./record";

/** Elements of the matrices of one network of the given width. */
export function ffnWeights(label: string, gated: boolean, hiddenSize: number, intermediateSize: number): Term {
  return product(label, [gated ? 3 : 2, hiddenSize, intermediateSize]);
}

/** Elements of its bias vectors: one a column of every matrix. */
export function ffnBiases(label: string, gated: boolean, hiddenSize: number, intermediateSize: number): Term {
  return product(label, [(gated ? 2 : 1) * intermediateSize + hiddenSize]);
}

export function denseWeights(block: DenseFfnRecord, hiddenSize: number): Term {
  return ffnWeights("dense ffn", block.gated, hiddenSize, block.intermediate_size);
}

export function denseBiases(block: DenseFfnRecord, hiddenSize: number): readonly Term[] {
  return block.bias ? [ffnBiases("dense ffn biases", block.gated, hiddenSize, block.intermediate_size)] : [];
}
