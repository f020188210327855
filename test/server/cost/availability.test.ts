/** A part whose cost is not known takes away exactly the figures that need it, and says so. */

import { describe, expect, it } from "vitest";
import { modelMetrics } from "../../../server/src/cost/model/metrics";
import type { AttentionRecord, ModelRecord } from "../../../server/src/cost/model/record";
import { deepSeekV3, gqa, llama31Dense8B, mixtral8x7B, model, moe, range } from "./models";

const context = { sequence_length: 4096, context_length: 4096 };

const everyId = modelMetrics.map(({ id }) => id);

function unavailable(record: ModelRecord): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const metric of modelMetrics) {
    const figure = metric.compute(record, context);
    if (figure.kind === "unavailable") reasons[metric.id] = figure.reason;
  }
  return reasons;
}

const except = (...ids: readonly string[]): readonly string[] => everyId.filter((id) => !ids.includes(id));

const reasonFor = (ids: readonly string[], reason: string): Record<string, string> =>
  Object.fromEntries(ids.map((id) => [id, reason]));

const attentionOf = (record: ModelRecord, change: Partial<AttentionRecord>): ModelRecord => ({
  ...record,
  attention: record.attention.map((block) => ({ ...block, ...change }) as AttentionRecord),
});

describe("figures that cannot be computed", () => {
  it("computes every figure of DeepSeek-V3", () => {
    expect(unavailable(deepSeekV3)).toEqual({});
  });

  it("has no expert combinations in a dense model", () => {
    expect(unavailable(llama31Dense8B)).toEqual({ expert_combinations: "the model has no `ffn moe` block" });
  });

  it("computes every figure of a hybrid with sparse, shared, compressed and linear layers, and experts in a latent", () => {
    const record = model(4, 16, 10, [
      { kind: "kda", layers: [0], post_norm: false, heads: 2, value_heads: 2, key_head_dim: 8, value_head_dim: 8, state_size: 8, conv_kernel: 4, output_gate: true, gate_rank: 8 },
      gqa({ layers: [1, 2], heads: 2, kv_heads: 1, head_dim: 8, kv_share: 2, output_gate: true }),
      gqa({ layers: [3], heads: 2, kv_heads: 1, head_dim: 8, compress: 4, sparse: { indexer_heads: 1, indexer_head_dim: 8, top_k: 4, shared_indexer: false } }),
    ], [moe({ layers: range(0, 3), routed_experts: 8, top_k: 2, intermediate_size: 4, latent_size: 8 })], { mtp: { depth: 1, acceptance: undefined } });
    expect(unavailable(record)).toEqual({});
  });

  it("lacks what groups of an output projection without a rank would change: weights and FLOPs, not the cache", () => {
    expect(unavailable(attentionOf(deepSeekV3, { o_groups: 4 }))).toEqual(reasonFor(
      except("embedding_params", "kv_bytes_per_token", "kv_bytes_per_sequence", "expert_combinations"),
      "`o_groups` needs an `o_lora_rank`",
    ));
  });

  it("refuses a choice of more experts than there are", () => {
    const record: ModelRecord = {
      ...mixtral8x7B,
      ffn: [moe({ layers: range(0, 31), routed_experts: 8, top_k: 9, intermediate_size: 14_336 })],
    };
    expect(unavailable(record)).toEqual(reasonFor(
      [
        "active_params", "active_params_without_embeddings", "forward_flops_per_token", "train_flops_per_token",
        "train_flops_per_token_noncausal", "decode_flops_per_token", "activation_ratio", "expert_combinations",
      ],
      "`top_k` (9) is more than `routed_experts` (8)",
    ));
  });

  it("has no one number of combinations where blocks differ", () => {
    const record = model(2, 8, 10, [], [
      moe({ layers: [0], routed_experts: 8, top_k: 2, intermediate_size: 4 }),
      moe({ layers: [1], routed_experts: 16, top_k: 4, intermediate_size: 4 }),
    ]);
    expect(unavailable(record)).toEqual({
      expert_combinations: "its `ffn moe` blocks differ: 2 of 8 experts, and 4 of 16 experts",
    });
  });

  it("has combinations of whole experts alone", () => {
    const record = model(1, 1, 1, [], [moe({ layers: [0], routed_experts: 8, top_k: 2.5, intermediate_size: 1 })]);
    expect(unavailable(record)).toEqual({ expert_combinations: "`routed_experts` and `top_k` must be whole numbers" });
  });

  it("gives a reason, at once, for more combinations than a double holds", () => {
    const record = model(1, 1, 1, [], [moe({ layers: [0], routed_experts: 2 ** 52, top_k: 2 ** 51, intermediate_size: 1 })]);
    expect(unavailable(record)).toEqual({ expert_combinations: "the result is no number that a double can hold" });
  });

  it("gives a reason where the divisor is 0", () => {
    expect(unavailable(model(0, 0, 0, [], []))).toEqual({
      activation_ratio: "the result is no number that a double can hold",
      expert_combinations: "the model has no `ffn moe` block",
    });
  });

  it("needs a context length for a cached sequence, and for nothing else", () => {
    const reason = "the model has no `max_context`, and no context length was given";
    for (const metric of modelMetrics) {
      const figure = metric.compute(deepSeekV3, { sequence_length: 4096, context_length: undefined });
      const needs = metric.id === "kv_bytes_per_sequence" || metric.id === "decode_flops_per_token";
      expect(figure, metric.id).toEqual(needs ? { kind: "unavailable", reason } : metric.compute(deepSeekV3, context));
    }
  });

  it("explains an unavailable figure without parts and inputs", () => {
    const metric = modelMetrics.find(({ id }) => id === "expert_combinations");
    expect(metric?.explain(llama31Dense8B, context)).toMatchObject({ formula: "C(routed_experts, top_k)", parts: [], inputs: [] });
  });
});
