/**
 * Published models whose layers are sparse, compressed, shared, linear or state-space, as records; retyped from their configurations and
 * from the defaults of Hugging Face transformers 5.18.0.
 */

import type {
  AttentionRecord, GatedDeltaRecord, HeadAttentionRecord, KdaRecord, LightningRecord, Mamba2Record, ModelRecord,
} from "../../../server/src/cost/model/record";
import { bf16, deepSeekV3, dense, gptOss120B, gqa, mla, model, moe, range } from "./models";

export const where = (layers: number, holds: (layer: number) => boolean): readonly number[] => range(0, layers - 1).filter(holds);

export const lightning = (block: Pick<LightningRecord, "layers" | "heads" | "key_head_dim">): LightningRecord =>
  ({ kind: "lightning", post_norm: false, value_head_dim: block.key_head_dim, state_size: block.key_head_dim, conv_kernel: 0, output_gate: true, ...block });
export const gatedDelta = (block: Pick<GatedDeltaRecord, "layers" | "heads" | "value_heads" | "key_head_dim">): GatedDeltaRecord =>
  ({ kind: "gated_delta", post_norm: false, value_head_dim: block.key_head_dim, state_size: block.key_head_dim, conv_kernel: 4, output_gate: true, ...block });
export const kda = (block: Pick<KdaRecord, "layers" | "heads" | "key_head_dim"> & Partial<KdaRecord>): KdaRecord => ({
  kind: "kda", post_norm: false, value_heads: block.heads, value_head_dim: block.key_head_dim, state_size: block.key_head_dim, conv_kernel: 4,
  output_gate: true, gate_rank: block.key_head_dim, ...block,
});
export const mamba2 = (block: Pick<Mamba2Record, "layers" | "heads" | "groups" | "value_head_dim" | "state_size">): Mamba2Record =>
  ({ kind: "mamba2", post_norm: false, key_head_dim: block.state_size, conv_kernel: 4, conv_bias: true, output_gate: true, ...block });

export const qwen3Next = model(
  48, 2048, 151_936,
  [
    gatedDelta({ layers: where(48, (layer) => layer % 4 !== 3), heads: 16, value_heads: 32, key_head_dim: 128 }),
    gqa({ layers: where(48, (layer) => layer % 4 === 3), heads: 16, kv_heads: 2, head_dim: 256, qk_norm: true, output_gate: true }),
  ],
  [moe({ layers: range(0, 47), routed_experts: 512, shared_experts: 1, top_k: 10, intermediate_size: 512, shared_gate: true })],
);

/** 40 layers, three of four linear, 256 experts, top 8: transformers' default configuration of qwen3_5_moe. */
export const qwen35Moe = model(
  40, 2048, 248_320,
  [
    gatedDelta({ layers: where(40, (layer) => layer % 4 !== 3), heads: 16, value_heads: 32, key_head_dim: 128 }),
    gqa({ layers: where(40, (layer) => layer % 4 === 3), heads: 16, kv_heads: 2, head_dim: 256, qk_norm: true, output_gate: true }),
  ],
  [moe({ layers: range(0, 39), routed_experts: 256, shared_experts: 1, top_k: 8, intermediate_size: 512, shared_gate: true })],
);

export const miniMaxM1 = model(
  80, 6144, 200_064,
  [
    lightning({ layers: where(80, (layer) => layer % 8 !== 7), heads: 64, key_head_dim: 128 }),
    gqa({ layers: where(80, (layer) => layer % 8 === 7), heads: 64, kv_heads: 8, head_dim: 128 }),
  ],
  [moe({ layers: range(0, 79), routed_experts: 32, top_k: 2, intermediate_size: 9216 })],
);

export const miniMaxM2 = model(
  62, 3072, 200_064,
  [gqa({ layers: range(0, 61), heads: 48, kv_heads: 8, head_dim: 128, qk_norm: "whole" })],
  [moe({ layers: range(0, 61), routed_experts: 256, top_k: 8, intermediate_size: 1536, balance: "loss_free" })],
);

/** Full attention in layers 4, 8, … 24 and 27, counted from 1. */
export const kimiLinearFull = [3, 7, 11, 15, 19, 23, 26];
export const kimiLinear = model(
  27, 2304, 163_840,
  [
    kda({ layers: where(27, (layer) => !kimiLinearFull.includes(layer)), heads: 32, key_head_dim: 128 }),
    mla({ layers: kimiLinearFull, heads: 32, q_lora_rank: undefined }),
  ],
  [
    dense([0], 9216),
    moe({ layers: range(1, 26), routed_experts: 256, shared_experts: 1, top_k: 8, intermediate_size: 1024, balance: "loss_free" }),
  ],
);

export const layersOf = (pattern: string, letter: string): readonly number[] => where(pattern.length, (layer) => pattern[layer] === letter);

export const nanoPattern = "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME";
export const nemotron3Nano = model(
  52, 2688, 131_072,
  [
    mamba2({ layers: layersOf(nanoPattern, "M"), heads: 64, groups: 8, value_head_dim: 64, state_size: 128 }),
    gqa({ layers: layersOf(nanoPattern, "*"), heads: 32, kv_heads: 2, head_dim: 128 }),
  ],
  [moe({
    layers: layersOf(nanoPattern, "E"), routed_experts: 128, shared_experts: 1, top_k: 6, intermediate_size: 1856, shared_intermediate_size: 3712,
    gated: false, balance: "loss_free",
  })],
);

export const superPattern = "MEMEMEM*EMEMEMEM*EMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEM*EMEMEMEME";
export const nemotron3Super = model(
  88, 4096, 131_072,
  [
    mamba2({ layers: layersOf(superPattern, "M"), heads: 128, groups: 8, value_head_dim: 64, state_size: 128 }),
    gqa({ layers: layersOf(superPattern, "*"), heads: 32, kv_heads: 2, head_dim: 128 }),
  ],
  [moe({
    layers: layersOf(superPattern, "E"), routed_experts: 512, shared_experts: 1, top_k: 22, intermediate_size: 2688, shared_intermediate_size: 5376,
    latent_size: 1024, gated: false, balance: "loss_free",
  })],
);

export const deepSeekV32: ModelRecord = {
  ...deepSeekV3, mtp: undefined, precision: bf16,
  attention: [mla({
    layers: range(0, 60), heads: 128, q_lora_rank: 1536, sparse: { indexer_heads: 64, indexer_head_dim: 128, top_k: 2048, shared_indexer: false },
  })],
};

/** transformers' default configuration of glm_moe_dsa. */
export const glm5 = model(
  78, 6144, 154_880,
  [mla({
    layers: range(0, 77), heads: 64, q_lora_rank: 2048, qk_nope_head_dim: 192, v_head_dim: 256,
    sparse: { indexer_heads: 32, indexer_head_dim: 128, top_k: 2048, shared_indexer: false },
  })],
  [
    dense(range(0, 2), 12_288),
    moe({ layers: range(3, 77), routed_experts: 256, shared_experts: 1, top_k: 8, intermediate_size: 2048, balance: "loss_free" }),
  ],
);

interface V4Sizes {
  readonly heads: number;
  readonly q_lora_rank: number;
  readonly o_groups: number;
  readonly top_k: number;
}

/** Heavily compressed layers, and sparse ones over overlapping blocks of four, each with a window of 128. */
export function v4Attention({ heads, q_lora_rank, o_groups, top_k }: V4Sizes, heavy: readonly number[], sparse: readonly number[]): readonly HeadAttentionRecord[] {
  const common = { kind: "mqa", heads, kv_heads: 1, head_dim: 512, q_lora_rank, tie_kv: true, qk_norm: true, sinks: true, window: 128, o_lora_rank: 1024, o_groups } as const;
  return [
    gqa({ ...common, layers: heavy, compress: 128 }),
    gqa({
      ...common, layers: sparse, compress: 4, compress_overlap: true, sparse: { indexer_heads: 64, indexer_head_dim: 128, top_k, shared_indexer: false },
    }),
  ];
}

/** Layers 0 and 1 are heavily compressed, from there on every even one is sparse; the first three route by hash, without biases. */
export const deepSeekV4Pro = model(
  61, 7168, 129_280,
  v4Attention({ heads: 128, q_lora_rank: 1536, o_groups: 16, top_k: 1024 }, where(61, (layer) => layer < 2 || layer % 2 === 1), where(61, (layer) => layer >= 2 && layer % 2 === 0)),
  [
    moe({ layers: range(0, 2), routed_experts: 384, shared_experts: 1, top_k: 6, intermediate_size: 3072 }),
    moe({ layers: range(3, 60), routed_experts: 384, shared_experts: 1, top_k: 6, intermediate_size: 3072, balance: "loss_free" }),
  ],
  { hyper_connections: 4 },
);

/** transformers' default configuration of deepseek_v4, whose heavily compressed layers are the even ones. */
export const deepSeekV4Flash = model(
  43, 4096, 129_280,
  v4Attention({ heads: 64, q_lora_rank: 1024, o_groups: 8, top_k: 512 }, where(43, (layer) => layer < 2 || layer % 2 === 0), where(43, (layer) => layer >= 2 && layer % 2 === 1)),
  [
    moe({ layers: range(0, 2), routed_experts: 256, shared_experts: 1, top_k: 6, intermediate_size: 2048 }),
    moe({ layers: range(3, 42), routed_experts: 256, shared_experts: 1, top_k: 6, intermediate_size: 2048, balance: "loss_free" }),
  ],
  { hyper_connections: 4 },
);

export const gemma3 = model(
  62, 5376, 262_208,
  [
    gqa({ layers: where(62, (layer) => layer % 6 !== 5), heads: 32, kv_heads: 16, head_dim: 128, qk_norm: true, window: 1024, post_norm: true }),
    gqa({ layers: where(62, (layer) => layer % 6 === 5), heads: 32, kv_heads: 16, head_dim: 128, qk_norm: true, post_norm: true }),
  ],
  [{ ...dense(range(0, 61), 21_504), post_norm: true }],
  { tie_embeddings: true },
);

export const gemma2 = model(
  26, 2304, 256_000,
  [gqa({ layers: range(0, 25), heads: 8, kv_heads: 4, head_dim: 256, post_norm: true })],
  [{ ...dense(range(0, 25), 9216), post_norm: true }],
  { tie_embeddings: true },
);

/** transformers' default configuration of gemma4: heads twice as wide in every sixth layer, one embedding a layer. */
export const gemma4 = model(
  30, 2304, 262_144,
  [
    gqa({ layers: where(30, (layer) => layer % 6 !== 5), heads: 8, kv_heads: 4, head_dim: 256, qk_norm: true, window: 512, post_norm: true }),
    gqa({ layers: where(30, (layer) => layer % 6 === 5), heads: 8, kv_heads: 4, head_dim: 512, qk_norm: true, post_norm: true }),
  ],
  [{ ...dense(range(0, 29), 9216), post_norm: true }],
  { tie_embeddings: true, per_layer_embedding_size: 256 },
);

export const llama4Maverick = model(
  48, 5120, 202_048,
  [gqa({ layers: range(0, 47), heads: 40, kv_heads: 8, head_dim: 128 })],
  [
    dense(where(48, (layer) => layer % 2 === 0), 16_384),
    moe({ layers: where(48, (layer) => layer % 2 === 1), routed_experts: 128, shared_experts: 1, top_k: 1, intermediate_size: 8192 }),
  ],
);

export const gptOss: ModelRecord = {
  ...gptOss120B,
  attention: gptOss120B.attention.map((block) => ({ ...block, sinks: true }) as AttentionRecord),
  ffn: gptOss120B.ffn.map((block) => ({ ...block, bias: true })),
};

/** Full attention in layers 0, 5, 11, … 47; keys are wider than values, and windows have sinks. */
export const miMoFull = [0, ...where(48, (layer) => layer % 6 === 5)];
export const miMoV2Flash = model(
  48, 4096, 152_576,
  [
    gqa({ layers: miMoFull, heads: 64, kv_heads: 4, head_dim: 192, v_head_dim: 128 }),
    gqa({ layers: where(48, (layer) => !miMoFull.includes(layer)), heads: 64, kv_heads: 8, head_dim: 192, v_head_dim: 128, sinks: true, window: 128 }),
  ],
  [dense([0], 16_384), moe({ layers: range(1, 47), routed_experts: 256, top_k: 8, intermediate_size: 2048, balance: "loss_free" })],
);

/** Hunyuan-Large, arXiv:2411.02265: 389B, 52B active. Two layers share one cache. */
export const hunyuanLarge = model(
  64, 6400, 129_024,
  [gqa({ layers: range(0, 63), heads: 80, kv_heads: 8, head_dim: 80, qk_norm: true, kv_share: 2 })],
  [moe({ layers: range(0, 63), routed_experts: 16, shared_experts: 1, top_k: 1, intermediate_size: 18_304 })],
  { tie_embeddings: true },
);
