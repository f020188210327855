/**
 * Linear and state-space layers: weights, the state of a sequence, and the FLOPs of the recurrence.
 * Sources: Hugging Face transformers, which hold the published parameterisations: nemotron_h and mamba2 (mamba2, arXiv:2405.21060),
 * minimax (lightning, arXiv:2501.08313), qwen3_next (gated_delta, arXiv:2412.06464), kimi_linear (kda, arXiv:2510.26692). Inputs that
 * a convolution keeps: vLLM's state shapes, conv_kernel - 1 of each channel.
 */

import { product, sum, type Term } from "../term";
import { plainElement } from "./precision";
import type { GatedDeltaRecord, KdaRecord, LightningRecord, Mamba2Record, MixerRecord, PrecisionRecord } from "./record";

/** Heads that have a state. */
export const stateHeads = (block: MixerRecord): number => (block.kind === "gated_delta" || block.kind === "kda" ? block.value_heads : block.heads);

/** Heads of queries and keys; of mamba2, groups of C and B. */
export const keyHeads = (block: MixerRecord): number => (block.kind === "mamba2" ? block.groups : block.heads);

const valueWidth = (block: MixerRecord): number => stateHeads(block) * block.value_head_dim;

/** Width of the queries, and of the keys. */
const keyWidth = (block: MixerRecord): number => keyHeads(block) * block.key_head_dim;

/** Channels of the short convolution: queries, keys and values. */
const channels = (block: MixerRecord): number => 2 * keyWidth(block) + valueWidth(block);

/** Elements of the projection matrices of one layer. */
export function mixerWeights(block: MixerRecord, hiddenSize: number): Term {
  const inputs = block.kind === "mamba2" ? "B, C and x" : "q, k and v";
  return sum(block.kind, [
    product(`${inputs}: hidden_size x (2 x keys + values)`, [hiddenSize, channels(block)]),
    ...gates(block, hiddenSize),
    ...outputGate(block, hiddenSize),
    product("o: values x hidden_size", [valueWidth(block), hiddenSize]),
  ]);
}

/** What steers the state: how fast it forgets, and how much it takes in. The decay of lightning is fixed. */
function gates(block: MixerRecord, hiddenSize: number): readonly Term[] {
  switch (block.kind) {
    case "lightning": return [];
    case "mamba2": return [product("time step: hidden_size x heads", [hiddenSize, block.heads])];
    case "gated_delta": return [product("decay and step: hidden_size x 2 x value_heads", [hiddenSize, 2, block.value_heads])];
    case "kda": return [
      product("decay, down: hidden_size x gate_rank", [hiddenSize, block.gate_rank]),
      product("decay, up: gate_rank x value_heads x key_head_dim", [block.gate_rank, block.value_heads, block.key_head_dim]),
      product("step: hidden_size x value_heads", [hiddenSize, block.value_heads]),
    ];
  }
}

function outputGate(block: MixerRecord, hiddenSize: number): readonly Term[] {
  if (block.output_gate === false) return [];
  if (block.kind !== "kda" || block.output_gate === "full_rank") return [product("output gate: hidden_size x values", [hiddenSize, valueWidth(block)])];
  return [
    product("output gate, down: hidden_size x gate_rank", [hiddenSize, block.gate_rank]),
    product("output gate, up: gate_rank x values", [block.gate_rank, valueWidth(block)]),
  ];
}

/** What is no projection: the convolution, the parameters of the decay and the norm of the output. */
export function mixerVectors(block: MixerRecord): Term {
  return sum(`${block.kind} convolution, decay and norm`, [
    product("convolution: conv_kernel x channels", [block.conv_kernel, channels(block)]),
    ...decayParameters(block),
    product(`norm of the output: ${normsEachHead(block) ? "value_head_dim" : "values"}`, [normsEachHead(block) ? block.value_head_dim : valueWidth(block)]),
  ]);
}

/** gated_delta and kda norm each head with the same weights, mamba2 and lightning have one weight a value. */
export const normsEachHead = ({ kind }: MixerRecord): boolean => kind === "gated_delta" || kind === "kda";

function decayParameters(block: Mamba2Record | GatedDeltaRecord | KdaRecord | LightningRecord): readonly Term[] {
  switch (block.kind) {
    case "lightning": return [];
    case "mamba2": return [
      product("A, D and bias of the time step: 3 x heads", [3, block.heads]),
      ...(block.conv_bias && block.conv_kernel > 0 ? [product("bias of the convolution: channels", [channels(block)])] : []),
    ];
    case "gated_delta": return [product("A and bias of the decay: 2 x value_heads", [2, block.value_heads])];
    case "kda": return [
      product("A: value_heads", [block.value_heads]),
      product("bias of the decay: value_heads x key_head_dim", [block.value_heads, block.key_head_dim]),
    ];
  }
}

/** Bytes that one layer keeps of a sequence of any length. */
export function mixerState(block: MixerRecord, precision: PrecisionRecord): Term {
  const recent = Math.max(0, block.conv_kernel - 1);
  return sum(`${block.kind} state`, [
    product("state: heads x state_size x value_head_dim", [stateHeads(block), block.state_size, block.value_head_dim, plainElement(precision.state)]),
    product("inputs of the convolution: (conv_kernel - 1) x channels", [recent, channels(block), plainElement("bf16")]),
  ]);
}

/** FLOPs an element of the state: it decays (1), takes in a product (2) and is read (2); the delta rule reads it once more (2). */
const perElement: Readonly<Record<MixerRecord["kind"], number>> = { lightning: 5, mamba2: 5, gated_delta: 7, kda: 7 };

/** FLOPs of one layer's recurrence for one token. */
export const recurrence = (block: MixerRecord): Term =>
  product("state: FLOPs an element x heads x state_size x value_head_dim", [perElement[block.kind], stateHeads(block), block.state_size, block.value_head_dim]);

/** FLOPs of one layer's recurrence and convolution for one token. */
export function mixerCore(block: MixerRecord): Term {
  return sum(`${block.kind} recurrence`, [recurrence(block), product("convolution: 2 x conv_kernel x channels", [2, block.conv_kernel, channels(block)])]);
}
