/** A part whose cost is not known takes away exactly the figures that need it, and says so. */

import { describe, expect, it } from "vitest";
import { modelMetrics } from "../../../server/src/cost/model/metrics";
import type { AttentionRecord, ModelRecord } from "../../../server/src/cost/model/record";
import { deepSeekV3, dense, gqa, llama31Dense8B, mixtral8x7B, model, moe, range } from "./models";

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

  it("lacks what `sparse` changes: weights, cache and FLOPs", () => {
    expect(unavailable(attentionOf(deepSeekV3, { notModelled: ["sparse"] }))).toEqual(
      reasonFor(except("embedding_params", "expert_combinations"), "the cost of `sparse` is not computed yet"),
    );
  });

  it("still knows the cache under an output gate, unless `compress` stands beside it", () => {
    const ids = except("embedding_params", "expert_combinations", "kv_bytes_per_token", "kv_bytes_per_sequence");
    const gate = "the cost of `output_gate` is not computed yet";
    expect(unavailable(attentionOf(deepSeekV3, { notModelled: ["output_gate"] }))).toEqual(reasonFor(ids, gate));
    expect(unavailable(attentionOf(deepSeekV3, { notModelled: ["output_gate", "compress"] }))).toEqual({
      ...reasonFor(ids, gate),
      kv_bytes_per_token: "the cost of `compress` is not computed yet",
      kv_bytes_per_sequence: "the cost of `compress` is not computed yet",
    });
  });

  it("still knows the cache when the experts work in a latent", () => {
    const record: ModelRecord = {
      ...mixtral8x7B,
      mtp: { depth: 1, acceptance: undefined },
      ffn: [moe({ layers: range(0, 31), routed_experts: 8, top_k: 2, intermediate_size: 14_336, notModelled: ["latent_size"] })],
    };
    expect(unavailable(record)).toEqual(reasonFor(
      except("embedding_params", "kv_bytes_per_token", "kv_bytes_per_sequence", "expert_combinations"),
      "the cost of `latent_size` is not computed yet",
    ));
  });

  it("knows what `kda` layers add a token, nothing, but not their weights, work and states", () => {
    const kda: AttentionRecord = { kind: "kda", layers: [0, 1, 2], bias: false, qk_norm: false, window: undefined, notModelled: [] };
    const full = gqa({ layers: [3], heads: 2, kv_heads: 1, head_dim: 8 });
    const hybrid = model(4, 16, 10, [kda, full], [dense(range(0, 3), 32)], { mtp: { depth: 1, acceptance: undefined } });
    expect(unavailable(hybrid)).toEqual({
      // The MTP module repeats the last layer, which is known.
      ...reasonFor(
        except("embedding_params", "kv_bytes_per_token", "mtp_params", "expert_combinations"),
        "the cost of `kda` layers is not computed yet",
      ),
      expert_combinations: "the model has no `ffn moe` block",
    });
    const perToken = modelMetrics.find(({ id }) => id === "kv_bytes_per_token");
    expect(perToken?.compute(hybrid, context)).toEqual({ kind: "value", value: 2 * 8 * 2 });
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
