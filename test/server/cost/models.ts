/** Published models as records, retyped from their configurations; what a configuration lacks is said beside it. */

import type {
  AttentionRecord, DenseFfnRecord, FfnRecord, HeadAttentionRecord, MlaRecord, ModelRecord, MoeFfnRecord, PrecisionRecord,
} from "../../../server/src/cost/model/record";

export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

export const bf16: PrecisionRecord = {
  weights: "bf16", experts: "bf16", activations: "bf16", compute: "bf16", kv_cache: "bf16", kv_rope: "bf16",
  index_cache: "bf16", embeddings: "bf16", attention: "bf16", dispatch: "bf16", combine: "bf16", gradients: "fp32",
  master_weights: "fp32", optimizer_moments: "fp32", state: "fp32",
};

const plain = {
  post_norm: false, bias: false, qk_norm: false, output_gate: false, sinks: false, window: undefined, sparse: undefined, compress: undefined,
  compress_overlap: false, kv_share: undefined, o_lora_rank: undefined, o_groups: undefined,
} as const;

type Written<Record, Required extends keyof Record> = Pick<Record, Required> & Partial<Record>;

export function gqa(block: Written<HeadAttentionRecord, "layers" | "heads" | "kv_heads" | "head_dim">): HeadAttentionRecord {
  return { kind: "gqa", ...plain, v_head_dim: undefined, q_lora_rank: undefined, tie_kv: false, ...block };
}

/** Every published mla model: nope 128, rope 64, values 128, latent 512. */
export function mla(block: Written<MlaRecord, "layers" | "heads" | "q_lora_rank">): MlaRecord {
  return {
    kind: "mla", ...plain, kv_lora_rank: 512, qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128, ...block,
  };
}

export function dense(layers: readonly number[], intermediate_size: number, gated = true): DenseFfnRecord {
  return { kind: "dense", layers, intermediate_size, gated, bias: false, post_norm: false };
}

export function moe(
  block: Written<MoeFfnRecord, "layers" | "routed_experts" | "top_k" | "intermediate_size">,
): MoeFfnRecord {
  return {
    kind: "moe", shared_experts: 0, shared_intermediate_size: block.intermediate_size, gated: true, groups: undefined,
    group_limit: undefined, balance: undefined, shared_gate: false, latent_size: undefined, bias: false, post_norm: false, ...block,
  };
}

export function model(
  layers: number, hidden_size: number, vocab_size: number,
  attention: readonly AttentionRecord[], ffn: readonly FfnRecord[], rest: Partial<ModelRecord> = {},
): ModelRecord {
  return {
    layers, hidden_size, vocab_size, tie_embeddings: false, max_context: undefined, attention, ffn, mtp: undefined,
    hyper_connections: undefined, per_layer_embedding_size: undefined, precision: bf16, ...rest,
  };
}

const all = (layers: number): readonly number[] => range(0, layers - 1);

export const deepSeekV3 = model(
  61, 7168, 129_280,
  [mla({ layers: all(61), heads: 128, q_lora_rank: 1536 })],
  [
    dense(range(0, 2), 18_432),
    moe({
      layers: range(3, 60), routed_experts: 256, shared_experts: 1, top_k: 8, intermediate_size: 2048, groups: 8,
      group_limit: 4, balance: "loss_free",
    }),
  ],
  {
    max_context: 163_840,
    mtp: { depth: 1, acceptance: 0.85 },
    precision: { ...bf16, weights: "fp8_e4m3", experts: "fp8_e4m3", dispatch: "fp8_e4m3" },
  },
);

export const deepSeekV2 = model(
  60, 5120, 102_400,
  [mla({ layers: all(60), heads: 128, q_lora_rank: 1536 })],
  [
    dense([0], 12_288),
    moe({
      layers: range(1, 59), routed_experts: 160, shared_experts: 2, top_k: 6, intermediate_size: 1536, groups: 8,
      group_limit: 3, balance: "auxiliary_loss",
    }),
  ],
);

export const deepSeekV2Lite = model(
  27, 2048, 102_400,
  [mla({ layers: all(27), heads: 16, q_lora_rank: undefined })],
  [
    dense([0], 10_944),
    moe({ layers: range(1, 26), routed_experts: 64, shared_experts: 2, top_k: 6, intermediate_size: 1408 }),
  ],
);

export const deepSeekMoe16B = model(
  28, 2048, 102_400,
  [gqa({ kind: "mha", layers: all(28), heads: 16, kv_heads: 16, head_dim: 128 })],
  [
    dense([0], 10_944),
    moe({ layers: range(1, 27), routed_experts: 64, shared_experts: 2, top_k: 6, intermediate_size: 1408 }),
  ],
);

export const kimiK2 = model(
  61, 7168, 163_840,
  [mla({ layers: all(61), heads: 64, q_lora_rank: 1536 })],
  [
    dense([0], 18_432),
    moe({
      layers: range(1, 60), routed_experts: 384, shared_experts: 1, top_k: 8, intermediate_size: 2048,
      balance: "loss_free",
    }),
  ],
);

export const glm45 = model(
  92, 5120, 151_552,
  [gqa({ layers: all(92), heads: 96, kv_heads: 8, head_dim: 128, bias: "qkv", qk_norm: true })],
  [
    dense(range(0, 2), 12_288),
    moe({
      layers: range(3, 91), routed_experts: 160, shared_experts: 1, top_k: 8, intermediate_size: 1536,
      balance: "loss_free",
    }),
  ],
);

export const qwen3Moe235B = model(
  94, 4096, 151_936,
  [gqa({ layers: all(94), heads: 64, kv_heads: 4, head_dim: 128, qk_norm: true })],
  [moe({ layers: all(94), routed_experts: 128, top_k: 8, intermediate_size: 1536 })],
);

/** Published with Qwen3-235B-A22B; 48 layers of width 2048. */
export const qwen3Moe30B = model(
  48, 2048, 151_936,
  [gqa({ layers: all(48), heads: 32, kv_heads: 4, head_dim: 128, qk_norm: true })],
  [moe({ layers: all(48), routed_experts: 128, top_k: 8, intermediate_size: 768 })],
);

export const qwen25Dense72B = model(
  80, 8192, 152_064,
  [gqa({ layers: all(80), heads: 64, kv_heads: 8, head_dim: 128, bias: "qkv" })],
  [dense(all(80), 29_568)],
);

export const llama31Dense8B = model(
  32, 4096, 128_256,
  [gqa({ layers: all(32), heads: 32, kv_heads: 8, head_dim: 128 })],
  [dense(all(32), 14_336)],
);

export const llama31Dense405B = model(
  126, 16_384, 128_256,
  [gqa({ layers: all(126), heads: 128, kv_heads: 8, head_dim: 128 })],
  [dense(all(126), 53_248)],
);

export const mixtral8x7B = model(
  32, 4096, 32_000,
  [gqa({ layers: all(32), heads: 32, kv_heads: 8, head_dim: 128 })],
  [moe({ layers: all(32), routed_experts: 8, top_k: 2, intermediate_size: 14_336 })],
);

/** Even layers slide over 128 tokens. Biases of experts and router, and attention sinks, are not expressible and left out. */
export const gptOss120B = model(
  36, 2880, 201_088,
  [
    gqa({ layers: range(0, 17).map((i) => 2 * i), heads: 64, kv_heads: 8, head_dim: 64, bias: true, window: 128 }),
    gqa({ layers: range(0, 17).map((i) => 2 * i + 1), heads: 64, kv_heads: 8, head_dim: 64, bias: true }),
  ],
  [moe({ layers: all(36), routed_experts: 128, top_k: 4, intermediate_size: 2880 })],
);

/** arXiv:2307.09288: 7B, 32 layers, 32 heads, 4096 wide, ffn 11008. */
export const llama2Dense7B = model(
  32, 4096, 32_000,
  [gqa({ kind: "mha", layers: all(32), heads: 32, kv_heads: 32, head_dim: 128 })],
  [dense(all(32), 11_008)],
);

/** arXiv:2401.02954, Table 2: 7B, 30 layers, 32 heads, 4096 wide; ffn 11008, vocabulary 102,400. */
export const deepSeekDense7B = model(
  30, 4096, 102_400,
  [gqa({ kind: "mha", layers: all(30), heads: 32, kv_heads: 32, head_dim: 128 })],
  [dense(all(30), 11_008)],
);
