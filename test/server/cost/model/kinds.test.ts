/**
 * Sparse, compressed, shared, gated, linear and state-space layers. Totals to the weight are those of the published implementations
 * (Hugging Face transformers 5.18.0, its modules for each configuration, counted without loading weights); router biases of
 * loss-free balancing are buffers there and parameters here. All other figures are by hand, from the shapes.
 */

import { describe, expect, it } from "vitest";
import { modelMetric } from "../../../../server/src/cost/model/metrics";
import type { ModelContext, ModelRecord } from "../../../../server/src/cost/model/record";
import {
  deepSeekV32, deepSeekV4Flash, deepSeekV4Pro, gemma2, gemma3, gemma4, glm5, gptOss, hunyuanLarge, kda, kimiLinear, llama4Maverick, miMoV2Flash, miniMaxM1,
  miniMaxM2, nemotron3Nano, nemotron3Super, qwen35Moe, qwen3Next,
} from "../hybrids";
import { bf16, deepSeekV3, dense, glm45, gqa, mla, model, range } from "../models";

const context4K: ModelContext = { sequence_length: 4096, context_length: 4096 };

function value(id: string, record: ModelRecord, context: ModelContext = context4K): number {
  const figure = modelMetric(id)?.compute(record, context);
  if (figure?.kind !== "value") throw new Error(`${id}: ${JSON.stringify(figure)}`);
  return figure.value;
}

const at = (context_length: number): ModelContext => ({ sequence_length: 4096, context_length });
describe("total_params, as the published implementation counts them", () => {
  it.each([
    ["Qwen3-Next-80B-A3B", qwen3Next, 79_674_391_296, 0],
    ["Qwen3.5-35B-A3B", qwen35Moe, 34_660_610_688, 0],
    ["MiniMax-M1", miniMaxM1, 456_089_655_296, 0],
    ["MiniMax-M2", miniMaxM2, 228_689_748_992, 62 * 256],
    ["Kimi-Linear-48B-A3B", kimiLinear, 49_122_675_072, 26 * 256],
    ["Nemotron-3-Nano-30B-A3B", nemotron3Nano, 31_577_937_344, 23 * 128],
    ["Nemotron-3-Super-120B-A12B", nemotron3Super, 120_668_687_360, 40 * 512],
    ["DeepSeek-V3.2", deepSeekV32, 671_877_929_216, 58 * 256],
    ["GLM-5", glm5, 743_911_199_232, 75 * 256],
    ["GLM-4.5", glm45, 352_797_814_784, 89 * 160],
    ["DeepSeek-V4-Pro", deepSeekV4Pro, 1_572_997_179_491, 58 * 384],
    ["DeepSeek-V4-Flash", deepSeekV4Flash, 284_325_869_015, 40 * 256],
    ["Gemma-3-27B", gemma3, 27_009_346_304, 0],
    ["Gemma-2-2B", gemma2, 2_614_341_888, 0],
    ["Gemma 4, transformers' default", gemma4, 5_077_177_856, 0],
    ["Llama-4-Maverick", llama4Maverick, 400_711_848_960, 0],
    ["gpt-oss-120b", gptOss, 116_829_156_672, 0],
    ["MiMo-V2-Flash", miMoV2Flash, 308_778_768_832, 47 * 256],
  ] as const)("%s", (_, record, counted, routerBiases) => {
    expect(value("total_params", record)).toBe(counted + routerBiases);
  });
});

describe("figures within 0.3 % of published ones (billions)", () => {
  it.each([
    // arXiv:2506.13585: 456 B, 45.9 B a token, which leaves embeddings out.
    ["MiniMax-M1", miniMaxM1, "total_params", 456],
    ["MiniMax-M1", miniMaxM1, "active_params_without_embeddings", 45.9],
    // NVIDIA Nemotron 3 Nano, technical report: 31.6 B, 3.6 B a token with embeddings.
    ["Nemotron-3-Nano", nemotron3Nano, "total_params", 31.6],
    ["DeepSeek-V4-Flash", deepSeekV4Flash, "total_params", 284],
    // arXiv:2411.02265: 389 B.
    ["Hunyuan-Large", hunyuanLarge, "total_params", 389],
    // arXiv:2508.10925: 116.83 B.
    ["gpt-oss-120b", gptOss, "total_params", 116.83],
    // MiMo-V2-Flash: 309 B.
    ["MiMo-V2-Flash", miMoV2Flash, "total_params", 309],
    // GLM-5: 744 B.
    ["GLM-5", glm5, "total_params", 744],
    // Llama 4: 400 B.
    ["Llama-4-Maverick", llama4Maverick, "total_params", 400],
  ] as const)("%s", (_, record, id, published) => {
    expect(Math.abs(value(id, record) / (published * 1e9) - 1)).toBeLessThan(0.003);
  });

  it("the indexer of DeepSeek-V3.2 has 0.85 B", () => {
    const v3 = value("total_params", { ...deepSeekV3, mtp: undefined });
    // 1536 x 64 x 128 + 7168 x 128 + 7168 x 64, and a LayerNorm of 2 x 128, in 61 layers
    expect(value("total_params", deepSeekV32) - v3).toBe(61 * (12_582_912 + 917_504 + 458_752 + 256));
  });
});

describe("cache and state", () => {
  const perToken = "kv_bytes_per_token";
  const perSequence = "kv_bytes_per_sequence";

  it.each([
    // 12 full layers, 2 x 2 heads x 256, bf16
    ["Qwen3-Next: full layers alone", qwen3Next, 12 * 2 * 2 * 256 * 2],
    ["MiniMax-M1: 10 full layers", miniMaxM1, 10 * 2 * 8 * 128 * 2],
    ["Kimi-Linear: 7 latents", kimiLinear, 7 * 576 * 2],
    ["Nemotron-3-Nano: 6 full layers", nemotron3Nano, 6 * 2 * 2 * 128 * 2],
    ["DeepSeek-V3.2: latents and index keys", deepSeekV32, 61 * (576 + 128) * 2],
    ["Hunyuan-Large: half of 64 layers", hunyuanLarge, 32 * 2 * 8 * 80 * 2],
    ["MiMo-V2-Flash: values narrower than keys", miMoV2Flash, (9 * 4 + 39 * 8) * (192 + 128) * 2],
    // one vector for key and value; a token's own, and its share of an entry and of an index key
    ["DeepSeek-V4-Pro", deepSeekV4Pro, 2 * (61 * 512 + 31 * 512 / 128 + 30 * (512 + 128) / 4)],
    ["gpt-oss: windows before they evict", gptOss, 36 * 2 * 8 * 64 * 2],
  ] as const)("a token of %s", (_, record, bytes) => {
    expect(value(perToken, record)).toBe(bytes);
  });

  // 32 heads x 128 x 128 in FP32, and 3 inputs of (2 x 16 + 32) x 128 channels in bf16
  const qwenStates = 36 * (32 * 128 * 128 * 4 + 3 * 8192 * 2);
  const m1States = 70 * 64 * 128 * 128 * 4;
  // q, k and v of 32 heads x 128 pass the convolution
  const kimiStates = 20 * (32 * 128 * 128 * 4 + 3 * 3 * 4096 * 2);
  // x of 64 heads x 64, B and C of 8 groups x 128
  const nanoStates = 23 * (64 * 64 * 128 * 4 + 3 * 6144 * 2);
  it.each([
    ["Qwen3-Next at 0: the states", qwen3Next, 0, qwenStates],
    ["Qwen3-Next at 262,144", qwen3Next, 262_144, qwenStates + 262_144 * 24_576],
    ["MiniMax-M1 at 1 M", miniMaxM1, 1_000_000, m1States + 1e6 * 40_960],
    ["Kimi-Linear at 1,048,576", kimiLinear, 1_048_576, kimiStates + 1_048_576 * 8064],
    ["Nemotron-3-Nano at 100,000", nemotron3Nano, 100_000, nanoStates + 100_000 * 6144],
    ["DeepSeek-V3.2 at 131,072", deepSeekV32, 131_072, 131_072 * 61 * 704 * 2],
    ["Hunyuan-Large at 32,768", hunyuanLarge, 32_768, 32_768 * 32 * 2560],
    // 10 global layers, 52 with a window of 1024; 2 x 16 heads x 128 x 2 B
    ["Gemma-3-27B within its window", gemma3, 1000, 1000 * 62 * 8192],
    ["Gemma-3-27B at 131,072", gemma3, 131_072, (10 * 131_072 + 52 * 1024) * 8192],
    ["gpt-oss at 131,072", gptOss, 131_072, (18 * 131_072 + 18 * 128) * 2048],
    ["DeepSeek-V4-Pro at 3: no full block yet", deepSeekV4Pro, 3, 3 * 61 * 1024],
    ["DeepSeek-V4-Pro at 130: one heavy entry, 32 of four", deepSeekV4Pro, 130, 128 * 61 * 1024 + 31 * 1024 + 32 * 30 * (1024 + 256)],
    ["DeepSeek-V4-Pro at 1,048,576", deepSeekV4Pro, 1_048_576, 128 * 61 * 1024 + 8192 * 31 * 1024 + 262_144 * 30 * 1280],
  ] as const)("a sequence of %s", (_, record, tokens, bytes) => {
    expect(value(perSequence, record, at(tokens))).toBe(bytes);
  });

  it("index keys have their own precision, states theirs", () => {
    const fp8Keys: ModelRecord = { ...deepSeekV32, precision: { ...bf16, index_cache: "fp8_e4m3" } };
    expect(value(perToken, fp8Keys)).toBe(61 * (576 * 2 + 128 + 4));
    const narrow: ModelRecord = { ...miniMaxM1, precision: { ...bf16, state: "bf16" } };
    expect(value(perSequence, narrow, at(0))).toBe(m1States / 2);
  });

  it("a layer that shares an indexer has no index keys, and a block of five layers by two has three caches", () => {
    const shared = mla({
      layers: range(0, 4), heads: 128, q_lora_rank: 1536, kv_share: 2, sparse: { indexer_heads: 64, indexer_head_dim: 128, top_k: 2048, shared_indexer: true },
    });
    expect(value(perToken, model(5, 7168, 8, [shared], [dense(range(0, 4), 8)]))).toBe(3 * 576 * 2);
  });
});

describe("FLOPs", () => {
  const decode = "decode_flops_per_token";
  const forward = "forward_flops_per_token";
  const core = (id: string, record: ModelRecord, context: ModelContext): number =>
    (modelMetric(id)?.explain(record, context).parts ?? []).filter(({ label }) => !label.startsWith("linear weights")).reduce((sum, part) => sum + part.value, 0);

  it.each([
    // 61 layers: 2048 tokens of latents by 128 heads, 131,072 index keys by 64 heads
    ["DeepSeek-V3.2 at 131,072", deepSeekV32, 131_072, 61 * (2 * 2048 * 128 * (576 + 512) + 2 * 131_072 * 64 * 128)],
    ["DeepSeek-V3.2 at 1024: all tokens", deepSeekV32, 1024, 61 * (2 * 1024 * 128 * 1088 + 2 * 1024 * 64 * 128)],
    // heavy: window and 8192 entries; sparse: window and 1024 of 262,144 entries
    ["DeepSeek-V4-Pro at 1,048,576", deepSeekV4Pro, 1_048_576,
      31 * 2 * (128 + 8192) * 128 * 1024 + 30 * (2 * (128 + 1024) * 128 * 1024 + 2 * 262_144 * 64 * 128)],
    // states: 7 an element, convolution of 8192 channels; 12 layers of 16 heads x 512
    ["Qwen3-Next at 4096", qwen3Next, 4096, 36 * (7 * 32 * 128 * 128 + 2 * 4 * 8192) + 12 * 2 * 4096 * 16 * 512],
    ["MiniMax-M1 at 0", miniMaxM1, 0, 70 * 5 * 64 * 128 * 128],
    ["Nemotron-3-Nano at 0", nemotron3Nano, 0, 23 * (5 * 64 * 64 * 128 + 2 * 4 * 6144)],
  ] as const)("of %s beside the weights", (_, record, tokens, flops) => {
    expect(core(decode, record, at(tokens))).toBe(flops);
  });

  it("a causal sequence attends to min(position, top_k) and scores every position before", () => {
    // mean of min(position, 2048) over 8192: 2048 - 2048^2 / 16,384 = 1792
    const context: ModelContext = { sequence_length: 8192, context_length: 1 };
    expect(core(forward, deepSeekV32, context)).toBe(61 * (2 * 1792 * 128 * 320 + 2 * 4096 * 64 * 128));
  });

  it("a linear weight counts twice, the gate of the output among them", () => {
    const plain = model(1, 16, 8, [gqa({ layers: [0], heads: 2, kv_heads: 1, head_dim: 8 })], [dense([0], 8)]);
    const gate = (output_gate: true | "head"): ModelRecord => ({ ...plain, attention: [gqa({ layers: [0], heads: 2, kv_heads: 1, head_dim: 8, output_gate })] });
    expect(value(forward, gate(true)) - value(forward, plain)).toBe(2 * 16 * 16);
    expect(value(forward, gate("head")) - value(forward, plain)).toBe(2 * 16 * 2);
  });

  it("layers that share a cache project keys and values once", () => {
    const whole = value("total_params", { ...hunyuanLarge, attention: [gqa({ layers: range(0, 63), heads: 80, kv_heads: 8, head_dim: 80, qk_norm: true })] });
    expect(whole - value("total_params", hunyuanLarge)).toBe(32 * 2 * 6400 * 8 * 80);
  });
});

describe("a full-rank gate", () => {
  it("of kda is one matrix in place of two", () => {
    const of = (output_gate: true | "full_rank"): number =>
      value("total_params", model(1, 64, 8, [kda({ layers: [0], heads: 4, key_head_dim: 16, output_gate })], [dense([0], 8)]));
    expect(of("full_rank") - of(true)).toBe(64 * 64 - 2 * 64 * 16);
  });
});
