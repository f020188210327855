/**
 * What the kernels of a chunked scan execute and move, kernel by kernel. Counted are the tensors that pass through memory between them:
 *
 *   linear (lightning)   states: k, v -> h · outputs: q, k, v, h -> o
 *   mamba2               states of chunks: B, x -> h · passed on: h -> h · C B · outputs: C B, C, x, h -> y
 *   gated delta          k k · its inverse · w, u: k, v · states: k, w, u -> v', h · outputs: q, k, v', h -> o
 *   kda                  as gated delta, with a decay for every element of a key in FP32
 *
 * backward: the states once more, their gradients, then those of the inputs. Sources: flash-linear-attention (fla/ops: common/chunk_h,
 * gated_delta_rule, kda); state-spaces/mamba (mamba_ssm/ops/triton/ssd_combined.py); Lightning Attention-2, arXiv:2401.04658, section 3.2.
 */

import { keyHeads, recurrence, stateHeads } from "../model/mixer";
import type { MixerRecord } from "../model/record";
import type { Scan } from "./scan-time";

/** How often one pass reads or writes each tensor in bf16; one of FP32 counts twice. */
interface Traffic {
  /** Rows as wide as a key of a head: queries, keys, and what is made of them; of mamba2 of a group. */
  readonly keys: number;
  /** Rows as wide as a value of a head. */
  readonly values: number;
  /** States of a chunk. */
  readonly states: number;
  /** Rows as wide as a chunk: products of keys with keys or queries. */
  readonly chunk: number;
  readonly kernels: number;
}

interface Form {
  /** Tokens of a chunk, as published kernels and configurations have it. */
  readonly chunk: number;
  readonly forward: Traffic;
  readonly backward: Traffic;
  /** Products over a chunk, in rows of keys and of values, and products with the state. */
  readonly products: { readonly keys: number; readonly values: number; readonly states: number };
}

const forms: Readonly<Record<MixerRecord["kind"], Form>> = {
  lightning: {
    chunk: 256, products: { keys: 1, values: 1, states: 2 },
    forward: { keys: 3, values: 3, states: 2, chunk: 0, kernels: 2 }, backward: { keys: 6, values: 5, states: 4, chunk: 0, kernels: 3 },
  },
  mamba2: {
    chunk: 128, products: { keys: 1, values: 1, states: 2 },
    forward: { keys: 4, values: 3, states: 6, chunk: 4, kernels: 5 }, backward: { keys: 10, values: 10, states: 14, chunk: 8, kernels: 9 },
  },
  gated_delta: {
    chunk: 64, products: { keys: 3, values: 2, states: 3 },
    forward: { keys: 7, values: 6, states: 2, chunk: 6, kernels: 6 }, backward: { keys: 20, values: 15, states: 4, chunk: 2, kernels: 8 },
  },
  kda: {
    chunk: 64, products: { keys: 3, values: 2, states: 3 },
    forward: { keys: 18, values: 6, states: 2, chunk: 8, kernels: 6 }, backward: { keys: 50, values: 16, states: 4, chunk: 10, kernels: 9 },
  },
};

/** Tokens between two states that the kernels of a kind keep. */
export const chunkOf = ({ kind }: MixerRecord): number => forms[kind].chunk;

const bf16 = 2;
/** Gradients run the products of the forward pass once more and twice as many of their own. */
const backwardProducts = 3;

export interface ScanWork {
  /** New tokens of all sequences. */
  readonly tokens: number;
  /** Of one sequence. */
  readonly length: number;
  readonly tp: number;
}

/** Both passes on one GPU of a tensor-parallel group, which shares the heads out. */
export function scansOf(block: MixerRecord, { tokens, length, tp }: ScanWork): { readonly forward: Scan; readonly backward: Scan } {
  const { chunk, products, forward, backward } = forms[block.kind];
  const heads = stateHeads(block) / tp;
  const groups = Math.max(1, keyHeads(block) / tp);
  // the kernels of the other kinds run by heads that have a state, also where several share queries and keys
  const keyed = block.kind === "mamba2" ? groups : heads;
  const state = block.state_size * block.value_head_dim;
  const flops = tokens * (2 * chunk * (keyed * products.keys * block.key_head_dim + heads * products.values * block.value_head_dim) + 2 * products.states * heads * state);
  const least = { flops: Math.min(flops, (tokens * recurrence(block).value) / tp), bytes: 0 };
  const bytesOf = ({ keys, values, states, chunk: rows }: Traffic): number =>
    tokens * bf16 * (keyed * (keys * block.key_head_dim + rows * chunk) + heads * (values * block.value_head_dim + (states * state) / chunk));
  const [inputs, outputs] = [2 * groups * block.key_head_dim + heads * block.value_head_dim, heads * block.value_head_dim];
  const steps = Math.ceil(length / chunk);
  return {
    forward: { flops, bytes: bytesOf(forward), least: { ...least, bytes: tokens * bf16 * (inputs + outputs) }, kernels: forward.kernels, steps },
    backward: {
      flops: backwardProducts * flops, bytes: bytesOf(backward), least: { flops: 2 * least.flops, bytes: tokens * bf16 * (2 * inputs + outputs) }, kernels: backward.kernels, steps,
    },
  };
}
