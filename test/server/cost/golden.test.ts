/** Figures that were published, or counted by hand from published shapes; none is copied from this code's output. */

import { describe, expect, it } from "vitest";
import type { MetricPart } from "../../../server/src/cost/metric";
import { modelMetric, modelMetrics } from "../../../server/src/cost/model/metrics";
import type { ModelContext, ModelRecord } from "../../../server/src/cost/model/record";
import {
  bf16, deepSeekDense7B, deepSeekMoe16B, deepSeekV2, deepSeekV2Lite, deepSeekV3, dense, glm45, gptOss120B, gqa, kimiK2,
  llama2Dense7B, llama31Dense405B, llama31Dense8B, mixtral8x7B, mla, model, moe, qwen25Dense72B, qwen3Moe235B, qwen3Moe30B, range,
} from "./models";

const context4K: ModelContext = { sequence_length: 4096, context_length: 4096 };

function metric(id: string) {
  const found = modelMetric(id);
  if (found === undefined) throw new Error(`no metric ${id}`);
  return found;
}

function value(id: string, record: ModelRecord, context: ModelContext = context4K): number {
  const figure = metric(id).compute(record, context);
  if (figure.kind !== "value") throw new Error(`${id}: ${JSON.stringify(figure)}`);
  return figure.value;
}

function parts(id: string, record: ModelRecord, context: ModelContext = context4K): readonly MetricPart[] {
  return metric(id).explain(record, context).parts;
}

/** The counted totals leave norms and biases out. */
function linear(id: string, record: ModelRecord): number {
  return parts(id, record).filter((part) => !/norm|bias/.test(part.label)).reduce((total, part) => total + part.value, 0);
}

const billions = (count: number): string => (count / 1e9).toFixed(3);

describe("the registry", () => {
  it("holds the metrics of the language's table, in its order", () => {
    expect(modelMetrics.map(({ id }) => id)).toEqual([
      "total_params", "active_params", "active_params_without_embeddings", "embedding_params", "mtp_params",
      "weight_bytes", "kv_bytes_per_token", "kv_bytes_per_sequence", "forward_flops_per_token", "train_flops_per_token",
      "train_flops_per_token_noncausal", "decode_flops_per_token", "activation_ratio", "expert_combinations",
    ]);
  });

  it("does not know other names", () => {
    expect(modelMetric("toString")).toBeUndefined();
  });
});

describe("linear weights, counted from the published shapes (billions)", () => {
  it.each([
    ["DeepSeek-V3", deepSeekV3, "671.025", "35.698", "37.551"],
    ["DeepSeek-V2", deepSeekV2, "235.741", "20.326", "21.375"],
    ["DeepSeek-V2-Lite", deepSeekV2Lite, "15.706", "2.242", "2.661"],
    ["DeepSeekMoE-16B", deepSeekMoe16B, "16.376", "2.409", "2.829"],
    ["Kimi-K2", kimiK2, "1026.407", "30.512", "32.860"],
    ["GLM-4.5", glm45, "352.796", "32.078", "33.630"],
    ["Qwen3-235B-A22B", qwen3Moe235B, "235.093", "20.945", "22.190"],
    ["Qwen2.5-72B", qwen25Dense72B, "72.704", "70.213", "72.704"],
    ["Llama-3.1-8B", llama31Dense8B, "8.030", "6.979", "8.030"],
    ["Llama-3.1-405B", llama31Dense405B, "405.849", "401.647", "405.849"],
    ["Mixtral-8x7B", mixtral8x7B, "46.703", "12.618", "12.880"],
    ["gpt-oss-120b", gptOss120B, "116.789", "4.552", "5.710"],
  ])("%s", (_, record, total, activeWithoutEmbeddings, active) => {
    expect(billions(linear("total_params", record))).toBe(total);
    expect(billions(linear("active_params_without_embeddings", record))).toBe(activeWithoutEmbeddings);
    expect(billions(linear("active_params", record))).toBe(active);
  });
});

describe("total_params, to the weight", () => {
  it.each([
    // The published checkpoints' own counts.
    ["DeepSeek-V3, its checkpoint without MTP", deepSeekV3, 671_026_419_200],
    ["Llama-3.1-8B, its checkpoint", llama31Dense8B, 8_030_261_248],
    ["Mixtral-8x7B, its checkpoint", mixtral8x7B, 46_702_792_704],
    // Linear 72,704,065,536, norms (2 x 80 + 1) x 8192, biases 80 x (8192 + 2 x 1024).
    ["Qwen2.5-72B, by hand", qwen25Dense72B, 72_704_065_536 + 1_318_912 + 819_200],
    // 2 layers: q, o 4 x 6; k, v 4 x 3; ffn 2 x 4 x 5; 2 norms of 4; one bias each of 6 + 2 x 3 + 4; qk norms 2 x 3; final norm 4; tied 7 x 4.
    [
      "a small tied model with every extra, by hand",
      model(2, 4, 7, [gqa({ layers: [0, 1], heads: 2, kv_heads: 1, head_dim: 3, bias: true, qk_norm: true })],
        [dense([0, 1], 5, false)], { tie_embeddings: true }),
      2 * (2 * 24 + 2 * 12 + 40 + 8 + 16 + 6) + 4 + 28,
    ],
    // One mixer layer and one ffn layer: one norm each. mla with bias: q_a 2, kv_a 3 + 1, o 4; norms kv_a 3, q_a 2, qk 2 x (2 + 1).
    [
      "a layer with only attention and one with only experts, by hand",
      model(2, 4, 7,
        [mla({ layers: [0], heads: 2, q_lora_rank: 2, kv_lora_rank: 3, qk_nope_head_dim: 2, qk_rope_head_dim: 1, v_head_dim: 5, bias: true, qk_norm: true })],
        [moe({ layers: [1], routed_experts: 3, top_k: 1, intermediate_size: 5, shared_experts: 2, shared_intermediate_size: 6, balance: "loss_free" })]),
      // q_a 8, q_b 2x2x3, kv_a 4x4, kv_b 3x2x7, o 2x5x4; router 12, biases 3.
      (8 + 12 + 16 + 42 + 40) + (2 + 4 + 4) + (3 + 2 + 6) + 4 + (3 * 60 + 2 * 72 + 12 + 3) + 4 + 4 + 2 * 28,
    ],
  ])("%s", (_, record, expected) => {
    expect(value("total_params", record)).toBe(expected);
  });
});

describe("DeepSeek-V3, part by part", () => {
  const total = parts("total_params", deepSeekV3);
  const named = (label: string, among = total): MetricPart => {
    const part = among.find((candidate) => candidate.label.startsWith(label));
    if (part === undefined) throw new Error(`no part ${label} among ${among.map((other) => other.label).join(", ")}`);
    return part;
  };

  it.each([
    ["q_a", "11,010,048", 11_010_048],
    ["q_b", "37,748,736", 37_748_736],
    ["kv_a", "4,128,768", 4_128_768],
    ["kv_b", "16,777,216", 16_777_216],
    ["o", "117,440,512", 117_440_512],
  ])("shows mla's %s in each of 61 layers", (label, text, count) => {
    const part = named(label, named("mla (layers 0..60)").parts);
    expect(part.value).toBe(61 * count);
    expect(part.formula).toContain(`61 layers x ${text}`);
  });

  it.each([
    ["mla (layers 0..60)", 61 * 187_105_280, "61 layers x 187,105,280"],
    ["dense ffn (layers 0..2)", 3 * 396_361_728, "3 layers x 396,361,728 (3 x 7,168 x 18,432)"],
    ["routed experts (layers 3..60)", 58 * 256 * 44_040_192, "58 layers x 256 experts x 44,040,192 (3 x 7,168 x 2,048)"],
    ["shared experts (layers 3..60)", 58 * 44_040_192, "58 layers x 1 expert x 44,040,192 (3 x 7,168 x 2,048)"],
    ["router (layers 3..60)", 58 * 1_835_008, "58 layers x 1,835,008 (7,168 x 256)"],
    ["router biases (layers 3..60)", 14_848, "58 layers x 256"],
    ["embedding", 926_679_040, "129,280 x 7,168"],
    ["head", 926_679_040, "129,280 x 7,168"],
  ])("shows %s", (label, expected, formula) => {
    const part = total.find((candidate) => candidate.label === label);
    expect(part?.value).toBe(expected);
    expect(part?.formula).toBe(formula);
  });

  it("has 1,006,592 norm weights", () => {
    const norms = total.filter((part) => part.label.includes("norm"));
    expect(norms.reduce((sum, part) => sum + part.value, 0)).toBe(1_006_592);
  });

  it("has 671,025,397,760 linear weights", () => {
    expect(linear("total_params", deepSeekV3)).toBe(671_025_397_760);
  });

  it("counts one MTP module: the last layer, the projection, and norms", () => {
    const layer = 187_105_280 + 257 * 44_040_192 + 1_835_008;
    const norms = 2 * 7168 + 1536 + 512 + 3 * 7168;
    expect(value("mtp_params", deepSeekV3)).toBe(layer + 2 * 7168 * 7168 + norms + 256);
    // README_WEIGHTS.md: 11.5 B, which leaves the projection out.
    expect((layer / 1e9).toFixed(1)).toBe("11.5");
  });

  it("chooses 8 of 256 experts in C(256, 8) ways", () => {
    // 256 x 255 x ... x 249 / 8!
    expect(value("expert_combinations", deepSeekV3)).toBe(409_663_695_276_000);
  });

  it("lists exactly the inputs of the cache, with values", () => {
    expect(metric("kv_bytes_per_token").explain(deepSeekV3, context4K).inputs).toEqual([
      { path: "attention[0].layers", value: "0..60", unit: "" },
      { path: "precision.kv_cache", value: "bf16", unit: "" },
      { path: "attention[0].kv_lora_rank", value: 512, unit: "" },
      { path: "attention[0].qk_rope_head_dim", value: 64, unit: "" },
      { path: "precision.kv_rope", value: "bf16", unit: "" },
    ]);
  });

  it("lists the context as an input where it enters", () => {
    const at = (id: string) => metric(id).explain(deepSeekV3, context4K).inputs.filter(({ path }) => path.startsWith("@"));
    expect(at("train_flops_per_token")).toEqual([{ path: "@sequence_length", value: 4096, unit: "tokens" }]);
    expect(at("decode_flops_per_token")).toEqual([{ path: "@context_length", value: 4096, unit: "tokens" }]);
    expect(at("total_params")).toEqual([]);
  });
});

describe("kv_bytes_per_token (arXiv:2505.09343, Table 1)", () => {
  it.each([
    ["DeepSeek-V3", deepSeekV3, 70_272],
    ["Qwen-2.5 72B", qwen25Dense72B, 327_680],
    ["LLaMA-3.1 405B", llama31Dense405B, 516_096],
  ])("%s", (_, record, expected) => {
    expect(value("kv_bytes_per_token", record)).toBe(expected);
  });

  it("gives FlashMLA's 656 B a layer with an FP8 latent", () => {
    const oneLayer = model(1, 7168, 1, [mla({ layers: [0], heads: 128, q_lora_rank: 1536 })], [], {
      precision: { ...bf16, kv_cache: "fp8_e4m3" },
    });
    expect(value("kv_bytes_per_token", oneLayer)).toBe(656);
  });

  it.each([
    // arXiv:2405.04434, Table 9, elements a token: 15.6K and 34.6K with mla, 110.6K with mha.
    ["small, mla", [mla({ layers: range(0, 26), heads: 16, q_lora_rank: undefined })], "15.6"],
    ["small, mha", [gqa({ kind: "mha", layers: range(0, 26), heads: 16, kv_heads: 16, head_dim: 128 })], "110.6"],
    ["large, mla", [mla({ layers: range(0, 59), heads: 128, q_lora_rank: 1536 })], "34.6"],
  ] as const)("V2's ablation, %s", (_, attention, thousandElements) => {
    const record = model(60, 2048, 1, attention, []);
    expect((value("kv_bytes_per_token", record) / 2 / 1000).toFixed(1)).toBe(thousandElements);
  });

  it.each([
    // arXiv:2405.04434, Table 1: 2 n_h d_h l, 2 n_g d_h l, 2 d_h l, and (d_c + d_h^R) l.
    ["mha", gqa({ kind: "mha", layers: range(0, 2), heads: 5, kv_heads: 5, head_dim: 7 }), 2 * 5 * 7 * 3],
    ["gqa", gqa({ layers: range(0, 2), heads: 6, kv_heads: 2, head_dim: 7 }), 2 * 2 * 7 * 3],
    ["mqa", gqa({ kind: "mqa", layers: range(0, 2), heads: 6, kv_heads: 1, head_dim: 7 }), 2 * 7 * 3],
    ["mla", mla({ layers: range(0, 2), heads: 6, q_lora_rank: 9, kv_lora_rank: 10, qk_rope_head_dim: 4 }), (10 + 4) * 3],
  ])("counts elements of %s as V2's Table 1", (_, attention, elements) => {
    expect(value("kv_bytes_per_token", model(3, 8, 1, [attention], []))).toBe(2 * elements);
  });

  it.each([
    ["fp32", 4], ["tf32", 4], ["bf16", 2], ["fp16", 2], ["int8", 1], ["int4", 0.5], ["fp6", 0.75], ["fp4", 0.5],
    ["logfmt8", 1], ["logfmt10", 1.25],
    // With scales: 4 B a tile of 128, one byte a block of 32, one a block of 16.
    ["fp8_e4m3", 132 / 128], ["fp8_e5m2", 132 / 128], ["mxfp4", 17 / 32], ["nvfp4", 9 / 16],
  ] as const)("takes %s as %d B an element", (precision, bytes) => {
    const record = model(1, 8, 1, [gqa({ layers: [0], heads: 1, kv_heads: 1, head_dim: 128 })], [], {
      precision: { ...bf16, kv_cache: precision },
    });
    expect(value("kv_bytes_per_token", record)).toBe(256 * bytes);
  });
});

describe("kv_bytes_per_sequence", () => {
  it("is the context times the bytes a token where nothing is evicted", () => {
    expect(value("kv_bytes_per_sequence", deepSeekV3, { sequence_length: 1, context_length: 163_840 })).toBe(163_840 * 70_272);
  });

  it("keeps 128 tokens in gpt-oss's 18 sliding layers", () => {
    const layer = 2 * 8 * 64 * 2;
    expect(value("kv_bytes_per_sequence", gptOss120B, { sequence_length: 1, context_length: 10_000 })).toBe(18 * layer * (128 + 10_000));
    expect(value("kv_bytes_per_sequence", gptOss120B, { sequence_length: 1, context_length: 100 })).toBe(36 * layer * 100);
  });
});

describe("training FLOPs per token, by the rule that reproduces the published figures (GFLOP)", () => {
  it.each([
    ["DeepSeek-V2, causal (published 155)", "train_flops_per_token", deepSeekV2, 4096, 155.3],
    // 6 x 36,624,596,992 + 3 x 61 x 2 x 2048 x 128 x 320 = 250,449,887,232.
    ["DeepSeek-V3, causal (published 250)", "train_flops_per_token", deepSeekV3, 4096, 250.45],
    ["DeepSeek-V3, non-causal", "train_flops_per_token_noncausal", deepSeekV3, 4096, 281.2],
    ["Llama-3.1-405B at 8192 (published 2524.8)", "train_flops_per_token", llama31Dense405B, 8192, 2524.0],
    ["Llama-3.1-405B at 4096 (published 2448)", "train_flops_per_token", llama31Dense405B, 4096, 2473.2],
    ["Qwen3-235B (published 148.1)", "train_flops_per_token", qwen3Moe235B, 4096, 148.3],
    ["Qwen3-30B (published 23.10)", "train_flops_per_token", qwen3Moe30B, 4096, 23.1],
    ["gpt-oss-120b (published 32.61)", "train_flops_per_token", gptOss120B, 4096, 32.7],
    ["Qwen-72B (published 394, not reproducible)", "train_flops_per_token", qwen25Dense72B, 4096, 444.9],
  ])("%s", (_, id, record, sequence_length, expected) => {
    const giga = value(id, record, { sequence_length, context_length: 1 }) / 1e9;
    // The expected figure is printed to one decimal.
    expect(Math.abs(giga - expected)).toBeLessThan(0.0501);
  });

  it.each([
    // DeepSeekMoE, arXiv:2401.06066: TFLOP for 4K tokens, non-causal.
    ["DeepSeek 7B (published 183.5)", deepSeekDense7B, "184.3"],
    ["LLaMA2 7B (published 187.9)", llama2Dense7B, "188.8"],
    ["DeepSeekMoE 16B (published 74.4)", deepSeekMoe16B, "75.9"],
  ])("%s", (_, record, expected) => {
    expect(((value("train_flops_per_token_noncausal", record) * 4096) / 1e12).toFixed(1)).toBe(expected);
  });

  it("is three times the forward pass", () => {
    expect(value("train_flops_per_token", deepSeekV3)).toBe(3 * value("forward_flops_per_token", deepSeekV3));
  });

  it("takes the mean of min(position, window) in a sliding layer", () => {
    // Hidden size 0 leaves the core alone: 2 x ctx x heads x 2 head_dim with ctx = 4 - 16 / 20 = 3.2 and, without a window, 5.
    const sliding = (window: number | undefined): number =>
      value("forward_flops_per_token", model(1, 0, 1, [gqa({ layers: [0], heads: 1, kv_heads: 1, head_dim: 1, window })], []), {
        sequence_length: 10, context_length: 1,
      });
    expect(sliding(4)).toBeCloseTo(4 * 3.2, 12);
    expect(sliding(10)).toBe(4 * 5);
    expect(sliding(undefined)).toBe(4 * 5);
  });
});

describe("decode_flops_per_token", () => {
  it("runs mla absorbed: scores over 576, values over 512", () => {
    const linearWeights = 37_551_276_032 - 926_679_040;
    expect(value("decode_flops_per_token", deepSeekV3)).toBe(2 * linearWeights + 61 * 2 * 4096 * 128 * (576 + 512));
  });

  it("sees no more than the window", () => {
    const record = (context_length: number): number => value("decode_flops_per_token", gptOss120B, { sequence_length: 1, context_length });
    expect(record(1128) - record(128)).toBe(18 * 2 * 1000 * 64 * 128);
  });
});

describe("weight_bytes", () => {
  it("of DeepSeek-V3: FP8 with a scale a 128x128 block, bf16 embeddings, router and norms, fp32 router biases", () => {
    const fp8 = 61 * 187_105_280 + 3 * 396_361_728 + 58 * 257 * 44_040_192;
    const half = 2 * 926_679_040 + 58 * 1_835_008 + 1_006_592;
    expect(value("weight_bytes", deepSeekV3)).toBe(fp8 + (fp8 / 16_384) * 4 + 2 * half + 4 * 14_848);
  });

  it("of gpt-oss-120b with mxfp4 experts: 4 bits and a byte for 32", () => {
    const record: ModelRecord = { ...gptOss120B, precision: { ...bf16, experts: "mxfp4" } };
    const experts = 36 * 128 * 3 * 2880 * 2880;
    expect(value("weight_bytes", record)).toBe(2 * (value("total_params", record) - experts) + (experts * 17) / 32);
  });

  it("of a bf16 model is twice its parameters", () => {
    expect(value("weight_bytes", llama31Dense8B)).toBe(2 * 8_030_261_248);
  });
});

describe("embeddings and activation", () => {
  it("counts tied embeddings once, in totals and in active parameters", () => {
    const tied: ModelRecord = { ...llama31Dense8B, tie_embeddings: true };
    const matrix = 128_256 * 4096;
    expect(value("embedding_params", llama31Dense8B)).toBe(2 * matrix);
    expect(value("embedding_params", tied)).toBe(matrix);
    expect(value("active_params", tied)).toBe(8_030_261_248 - matrix);
    expect(value("active_params_without_embeddings", tied)).toBe(8_030_261_248 - 2 * matrix);
    // The head is a multiplication, tied or not.
    expect(value("train_flops_per_token", tied)).toBe(value("train_flops_per_token", llama31Dense8B));
  });

  it("is 1 for a dense model", () => {
    expect(value("activation_ratio", llama31Dense405B)).toBe(1);
  });

  it("has no MTP parameters without MTP", () => {
    expect(value("mtp_params", llama31Dense8B)).toBe(0);
  });

  it.each([
    // DeepSeekMoE, arXiv:2401.06066, section 3.1.
    [16, 2, 120],
    [64, 8, 4_426_165_368],
    [8, 8, 1],
  ])("C(%d, %d) = %d", (routed_experts, top_k, expected) => {
    const record = model(1, 8, 1, [], [moe({ layers: [0], routed_experts, top_k, intermediate_size: 1 })]);
    expect(value("expert_combinations", record)).toBe(expected);
  });
});
