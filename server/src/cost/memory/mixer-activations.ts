/**
 * What a linear or state-space layer keeps of one micro-batch for its backward. States between chunks are made once more there, from what
 * enters the scan. Sources: flash-linear-attention (gated_delta_rule, kda: queries, keys, values, decay, and the products of keys within
 * a chunk; the convolution keeps its input); state-spaces/mamba, mamba_split_conv1d_scan_combined (keeps what the projection gives, and the
 * output of the scan).
 */

import { chunkOf } from "../compute/scan-traffic";
import { activationElement } from "../model/precision";
import type { MixerRecord } from "../model/record";
import { keeps } from "../plan/recomputation";
import { product, type Term } from "../term";
import { normTensors, outputTensors, type Flow } from "./flow";
import { mixerWidths } from "./mixer-weights";

const fp32 = activationElement("fp32");
const bf16 = activationElement("bf16");

export function mixerTensors(block: MixerRecord, flow: Flow): readonly Term[] {
  const { tokens, plain, input, layout: { tp }, recompute } = flow;
  const { heads, values, channels } = mixerWidths(block, tp);
  return [
    ...normTensors("norm before attention", flow.hidden, flow),
    product("queries, keys and values as projected", [tokens, channels, plain]),
    // mamba2's convolution is run again
    ...(block.kind === "mamba2" ? [] : [product(block.conv_kernel > 0 ? "queries, keys and values" : "queries, keys and values after their activation", [tokens, channels, plain])]),
    ...gateTensors(block, heads, flow),
    ...chunkTensors(block, heads, flow),
    ...outputTensors([tokens, values], flow),
    ...(block.output_gate === false ? [] : [product("output gate", [tokens, values + (block.kind === "kda" && block.output_gate === true ? block.gate_rank : 0), plain])]),
    ...(keeps(recompute, "activation outputs") ? [product("gated output", [tokens, values, input])] : []),
  ];
}

/** How much each token forgets and takes in. */
function gateTensors(block: MixerRecord, heads: number, { tokens, plain }: Flow): readonly Term[] {
  switch (block.kind) {
    case "lightning": return [];
    case "mamba2": return [product("time steps", [tokens, heads, plain])];
    case "gated_delta": return [product("decay and step", [tokens, 2 * heads, fp32])];
    case "kda": return [
      product("latent of the decay", [tokens, block.gate_rank, plain]), product("decay", [tokens, heads * block.key_head_dim, fp32]), product("step", [tokens, heads, fp32]),
    ];
  }
}

/** Products of keys with keys within a chunk, inverted; of kda those of queries too. */
function chunkTensors(block: MixerRecord, heads: number, { tokens }: Flow): readonly Term[] {
  if (block.kind !== "gated_delta" && block.kind !== "kda") return [];
  return [product("products within chunks", [tokens, (block.kind === "kda" ? 2 : 1) * heads * chunkOf(block), bf16])];
}

/** Gradients of queries, keys, values and output; states of all chunks and their gradients. Bytes of a token. */
export function mixerGradients(block: MixerRecord, { plain, layout: { tp } }: Flow): number {
  const { heads, values, channels } = mixerWidths(block, tp);
  return plain.value * (channels + 2 * values) + (2 * bf16.value * heads * block.state_size * block.value_head_dim) / chunkOf(block);
}
