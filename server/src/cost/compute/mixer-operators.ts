/**
 * The operators of linear and state-space layers. Sources: Megatron-LM's Mamba mixer and flash-linear-attention (projections, short
 * convolution, scan, gated norm); tensor parallelism divides the heads that have a state (Mamba-2, arXiv:2405.21060, section 7.1).
 */

import { keyHeads, recurrence, stateHeads } from "../model/mixer";
import { plainElement } from "../model/precision";
import type { MixerRecord } from "../model/record";
import { activation, linears, unsplitTokens, wide } from "./linears";
import type { OperatorShape } from "./operator";
import { scan, sweep, weightBytes, type Matrix, type Site } from "./operators";
import { scansOf } from "./scan-traffic";

/** Elements of a token on one GPU. */
interface Widths {
  readonly heads: number;
  readonly keys: number;
  readonly values: number;
  /** Queries, keys and values, which pass the convolution. */
  readonly channels: number;
}

function widthsOf({ layout: { tp } }: Site, block: MixerRecord): Widths {
  const heads = stateHeads(block) / tp;
  const keys = Math.max(1, keyHeads(block) / tp) * block.key_head_dim;
  const values = heads * block.value_head_dim;
  return { heads, keys, values, channels: 2 * keys + values };
}

export function mixerOperators(site: Site, block: MixerRecord, operators: OperatorShape[]): void {
  const { plan: { model: { hidden_size, precision } }, work: { tokens, phase } } = site;
  const widths = widthsOf(site, block);
  const matrices = [...inputMatrices(site, block, widths), { name: "o", rows: tokens, columns: hidden_size, inner: widths.values }];
  linears(site, "attention", weightBytes(site, site.rates.linear(), precision.weights), matrices, wide(castElements(site, block, widths)), operators);
  if (block.conv_kernel > 0) operators.push(convolution(site, block, widths));
  else operators.push(activation(site, "silu", "attention", false, tokens * widths.channels));
  if (block.kind === "gated_delta" || block.kind === "kda") {
    operators.push(sweep(site, { name: "qk norm", part: "attention", bytes: { forward: 8 * tokens * widths.keys, backward_input: 12 * tokens * widths.keys, backward_weight: 0 } }));
  }
  operators.push(phase === "decode" ? step(site, block, widths) : chunked(site, block));
  operators.push(activation(site, "gated norm", "attention", block.output_gate !== false, tokens * widths.values));
}

function inputMatrices(site: Site, block: MixerRecord, { heads, values, channels }: Widths): readonly Matrix[] {
  const { plan: { model: { hidden_size } }, work: { tokens } } = site;
  const whole = { rows: tokens, inner: hidden_size };
  const gate: readonly Matrix[] = block.output_gate === false ? [] : [{ ...whole, name: "output gate", columns: values }];
  switch (block.kind) {
    // one matrix, as published: gate, x, B, C and time step
    case "mamba2": return [{ ...whole, name: "in", columns: channels + heads + (block.output_gate === false ? 0 : values) }];
    case "lightning": return [{ ...whole, name: "qkv", columns: channels }, ...gate];
    case "gated_delta": return [
      { ...whole, name: "qkv and gate", columns: channels + (block.output_gate === false ? 0 : values) }, { ...whole, name: "decay and step", columns: 2 * heads },
    ];
    case "kda": {
      const rows = unsplitTokens(site);
      const down = { rows, columns: block.gate_rank, inner: hidden_size };
      const up = { rows: tokens, inner: block.gate_rank };
      return [
        { ...whole, name: "qkv", columns: channels },
        { ...down, name: "decay down" }, { ...up, name: "decay up", columns: heads * block.key_head_dim }, { ...whole, name: "step", columns: heads },
        ...(block.output_gate === true ? [{ ...down, name: "output gate down" }, { ...up, name: "output gate up", columns: values }] : gate),
      ];
    }
  }
}

/** What the projections take in: the layer's input, and between two of them. */
function castElements({ plan: { model: { hidden_size } }, work: { tokens } }: Site, block: MixerRecord, { values }: Widths): number {
  const ranks = block.kind === "kda" ? block.gate_rank * (block.output_gate === true ? 2 : 1) : 0;
  return tokens * (hidden_size + ranks + values);
}

/** Forward reads and writes every channel, and in decode the inputs that it keeps of each sequence; backward reads input and gradient. */
function convolution(site: Site, block: MixerRecord, { channels }: Widths): OperatorShape {
  const { work: { tokens, phase } } = site;
  const elements = tokens * channels;
  const kept = phase === "decode" ? 2 * (block.conv_kernel - 1) : 0;
  const flops = 2 * block.conv_kernel * elements;
  return sweep(site, {
    name: "convolution", part: "attention", bytes: { forward: 2 * (2 + kept) * elements, backward_input: 6 * elements, backward_weight: 0 },
    flops: { forward: flops, backward_input: flops, backward_weight: flops },
  });
}

/** One token of every sequence: its state is read, changed and written. */
function step(site: Site, block: MixerRecord, { heads, keys, values }: Widths): OperatorShape {
  const { plan: { model: { precision } }, layout: { tp }, work: { tokens } } = site;
  const state = heads * block.state_size * block.value_head_dim * plainElement(precision.state).value;
  return sweep(site, {
    name: "recurrence", part: "attention", bytes: { forward: tokens * (2 * state + 4 * (keys + values)), backward_input: 0, backward_weight: 0 },
    flops: { forward: (tokens * recurrence(block).value) / tp, backward_input: 0, backward_weight: 0 },
  });
}

/** The new tokens of every sequence, in chunks. */
function chunked(site: Site, block: MixerRecord): OperatorShape {
  const { layout: { tp }, work: { tokens, sequences } } = site;
  return scan(site, "scan", scansOf(block, { tokens, length: tokens / sequences, tp }), (tokens * recurrence(block).value) / tp, site.rates.attention());
}
