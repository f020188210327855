/**
 * The weights of one linear or state-space layer on one GPU. Tensor parallelism divides the heads that have a state; heads of queries and
 * keys (of mamba2: groups of B and C) as many ways as there are. The ranks of kda's gates stand whole on every GPU, as in vLLM.
 */

import { keyHeads, normsEachHead, stateHeads } from "../model/mixer";
import type { MixerRecord, ModelRecord, Precision } from "../model/record";
import { kvHeadsOf, linear, shareOf, vector, type Matrix } from "./matrix";

/** What one GPU holds of a layer's heads, in elements of a token. */
export interface MixerWidths {
  /** Heads with a state. */
  readonly heads: number;
  readonly values: number;
  /** Width of the queries, and of the keys. */
  readonly keys: number;
  /** Channels of the short convolution. */
  readonly channels: number;
}

export function mixerWidths(block: MixerRecord, tp: number): MixerWidths {
  const heads = shareOf(stateHeads(block), tp);
  const values = heads * block.value_head_dim;
  const keys = kvHeadsOf(keyHeads(block), tp) * block.key_head_dim;
  return { heads, values, keys, channels: 2 * keys + values };
}

export function mixerMatrices({ hidden_size, precision: { weights } }: ModelRecord, block: MixerRecord, tp: number): readonly Matrix[] {
  const { heads, values, channels } = mixerWidths(block, tp);
  return [
    vector("norm before attention", hidden_size),
    ...(block.post_norm ? [vector("norm after attention", hidden_size)] : []),
    linear(block.kind === "mamba2" ? "B, C and x" : "q, k and v", channels, hidden_size, weights),
    ...gateMatrices(block, heads, hidden_size, weights),
    ...outputGateMatrices(block, values, hidden_size, weights),
    linear("o", hidden_size, values, weights),
    ...(block.conv_kernel === 0 ? [] : [vector("convolution", (block.conv_kernel + (block.kind === "mamba2" && block.conv_bias ? 1 : 0)) * channels)]),
    ...decayVectors(block, heads),
    vector("norm of the output", normsEachHead(block) ? block.value_head_dim : values),
  ];
}

function gateMatrices(block: MixerRecord, heads: number, hiddenSize: number, weights: Precision): readonly Matrix[] {
  switch (block.kind) {
    case "lightning": return [];
    case "mamba2": return [linear("time step", heads, hiddenSize, weights)];
    case "gated_delta": return [linear("decay and step", 2 * heads, hiddenSize, weights)];
    case "kda": return [
      linear("decay, down", block.gate_rank, hiddenSize, weights),
      linear("decay, up", heads * block.key_head_dim, block.gate_rank, weights),
      linear("step", heads, hiddenSize, weights),
    ];
  }
}

function outputGateMatrices(block: MixerRecord, values: number, hiddenSize: number, weights: Precision): readonly Matrix[] {
  if (block.output_gate === false) return [];
  if (block.kind !== "kda" || block.output_gate === "full_rank") return [linear("output gate", values, hiddenSize, weights)];
  return [linear("output gate, down", block.gate_rank, hiddenSize, weights), linear("output gate, up", values, block.gate_rank, weights)];
}

function decayVectors(block: MixerRecord, heads: number): readonly Matrix[] {
  switch (block.kind) {
    case "lightning": return [];
    case "mamba2": return [vector("A, D and bias of the time step", 3 * heads)];
    case "gated_delta": return [vector("A and bias of the decay", 2 * heads)];
    case "kda": return [vector("A and bias of the decay", heads * (1 + block.key_head_dim))];
  }
}
