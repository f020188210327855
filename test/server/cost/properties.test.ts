/** What holds for every model, not only for published ones. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MetricPart } from "../../../server/src/cost/metric";
import { modelMetric, modelMetrics } from "../../../server/src/cost/model/metrics";
import {
  precisions, type AttentionRecord, type FfnRecord, type ModelContext, type ModelRecord, type PrecisionRecord,
} from "../../../server/src/cost/model/record";
import { bf16, deepSeekV3, range } from "./models";

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(value, { nil: undefined });
const precision = fc.constantFrom(...precisions);

/** Properties that stand alone or not at all. */
const outputs = fc.oneof(
  fc.constant({ o_lora_rank: undefined, o_groups: undefined }),
  fc.record({ o_lora_rank: size(2048), o_groups: optional(size(32)) }),
);

const common = {
  post_norm: fc.boolean(),
  bias: fc.constantFrom(false, true, "qkv" as const),
  qk_norm: fc.constantFrom(false, true, "whole" as const),
  output_gate: fc.constantFrom(false, true, "head" as const),
  sinks: fc.boolean(),
  window: optional(size(5000)),
  sparse: optional(fc.record({ indexer_heads: size(64), indexer_head_dim: size(128), top_k: size(4096), shared_indexer: fc.boolean() })),
  compress: optional(size(200)),
  compress_overlap: fc.boolean(),
  kv_share: optional(size(8)),
};

const mixer = {
  post_norm: fc.boolean(), heads: size(128), key_head_dim: size(256), value_head_dim: size(256), state_size: size(256),
  conv_kernel: fc.integer({ min: 0, max: 4 }), output_gate: fc.constantFrom(true, false, "full_rank" as const),
};

const attention = (layers: readonly number[]): fc.Arbitrary<AttentionRecord> => fc.oneof(
  fc.record({
    kind: fc.constantFrom("mha" as const, "mqa" as const, "gqa" as const),
    layers: fc.constant(layers), ...common, heads: size(128), kv_heads: size(128), head_dim: size(256), v_head_dim: optional(size(256)),
    q_lora_rank: optional(size(2048)), tie_kv: fc.constantFrom(false, true, "projection" as const),
  }).chain((block) => outputs.map((output) => ({ ...block, ...output }))),
  fc.record({ kind: fc.constant("lightning" as const), layers: fc.constant(layers), ...mixer }),
  fc.record({ kind: fc.constant("gated_delta" as const), layers: fc.constant(layers), ...mixer, value_heads: size(128) }),
  fc.record({ kind: fc.constant("kda" as const), layers: fc.constant(layers), ...mixer, value_heads: size(128), gate_rank: size(256) }),
  fc.record({ kind: fc.constant("mamba2" as const), layers: fc.constant(layers), ...mixer, groups: size(16), conv_bias: fc.boolean() }),
  fc.record({
    kind: fc.constant("mla" as const), layers: fc.constant(layers), ...common, heads: size(128),
    q_lora_rank: optional(size(2048)), kv_lora_rank: size(1024), qk_nope_head_dim: size(256), qk_rope_head_dim: size(128),
    v_head_dim: size(256),
  }).chain((block) => outputs.map((output) => ({ ...block, ...output }))),
);

const ffn = (layers: readonly number[]): fc.Arbitrary<FfnRecord> => fc.oneof(
  fc.record({ kind: fc.constant("dense" as const), layers: fc.constant(layers), intermediate_size: size(60_000), gated: fc.boolean(), bias: fc.boolean(), post_norm: fc.boolean() }),
  size(512).chain((routed_experts) => fc.record({
    kind: fc.constant("moe" as const), layers: fc.constant(layers), routed_experts: fc.constant(routed_experts),
    shared_experts: fc.integer({ min: 0, max: 4 }), top_k: size(routed_experts), intermediate_size: size(20_000),
    shared_intermediate_size: size(20_000), gated: fc.boolean(), groups: optional(size(16)), group_limit: optional(size(16)),
    balance: fc.constantFrom(undefined, "loss_free" as const, "auxiliary_loss" as const),
    shared_gate: fc.boolean(), latent_size: optional(size(4096)), bias: fc.boolean(), post_norm: fc.boolean(),
  })),
);

/** One block for all layers, or two that share them. */
function blocks<Block>(layers: number, blockOn: (layers: readonly number[]) => fc.Arbitrary<Block>): fc.Arbitrary<readonly Block[]> {
  return fc.integer({ min: 0, max: layers - 1 }).chain((split) =>
    split === 0
      ? fc.tuple<Block[]>(blockOn(range(0, layers - 1)))
      : fc.tuple<Block[]>(blockOn(range(0, split - 1)), blockOn(range(split, layers - 1))),
  );
}

const precisionRecord: fc.Arbitrary<PrecisionRecord> = fc.record({
  weights: precision, experts: precision, activations: precision, compute: precision, kv_cache: precision,
  kv_rope: precision, index_cache: precision, embeddings: precision, attention: precision, dispatch: precision,
  combine: precision, gradients: precision, master_weights: precision, optimizer_moments: precision, state: precision,
});

const models: fc.Arbitrary<ModelRecord> = size(90).chain((layers) => fc.record({
  layers: fc.constant(layers), hidden_size: size(16_384), vocab_size: size(300_000), tie_embeddings: fc.boolean(),
  max_context: optional(size(1_000_000)), attention: blocks(layers, attention), ffn: blocks(layers, ffn),
  mtp: optional(fc.record({ depth: fc.integer({ min: 0, max: 3 }), acceptance: optional(fc.double({ min: 0, max: 1, noNaN: true })) })),
  hyper_connections: optional(size(8)), per_layer_embedding_size: optional(size(512)), precision: precisionRecord,
}));

const contexts: fc.Arbitrary<Lengths> = fc.record({
  sequence_length: fc.integer({ min: 0, max: 200_000 }),
  context_length: fc.integer({ min: 0, max: 1_000_000 }),
});

interface Lengths {
  readonly sequence_length: number;
  readonly context_length: number;
}

function value(id: string, record: ModelRecord, context: ModelContext): number {
  const figure = modelMetric(id)?.compute(record, context);
  if (figure?.kind !== "value") throw new Error(`${id}: ${JSON.stringify(figure)}`);
  return figure.value;
}

const closeTo = (actual: number, expected: number): boolean => Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);

function expectPartsToSum(parts: readonly MetricPart[], total: number): void {
  const sum = parts.reduce((result, part) => result + part.value, 0);
  expect(closeTo(sum, total), `${sum} is not ${total}`).toBe(true);
  for (const part of parts) if (part.parts !== undefined) expectPartsToSum(part.parts, part.value);
}

/** Every property with a value, as the path that explanations use, and the model with that one changed. */
function changes(record: ModelRecord): ReadonlyMap<string, ModelRecord> {
  const found = new Map<string, ModelRecord>();
  const visit = (node: object, prefix: string, rebuild: (changed: object) => ModelRecord): void => {
    for (const [key, child] of Object.entries(node) as [string, unknown][]) {
      if (key === "kind" || child === undefined) continue;
      const path = Array.isArray(node) ? `${prefix}[${key}]` : prefix === "" ? key : `${prefix}.${key}`;
      const put = (next: unknown): ModelRecord =>
        rebuild(Array.isArray(node) ? node.map((item, i) => (String(i) === key ? next : item)) : { ...node, [key]: next });
      if (key === "layers" && Array.isArray(child)) found.set(path, put(child.slice(1)));
      else if (typeof child === "object" && child !== null) visit(child, path, put);
      else found.set(path, put(changed(key, child)));
    }
  };
  visit(record, "", (changedRoot) => changedRoot as ModelRecord);
  return found;
}

function changed(key: string, before: unknown): unknown {
  if (["bias", "qk_norm", "output_gate", "tie_kv"].includes(key)) return before === false;
  if (key === "balance") return before === "loss_free" ? "auxiliary_loss" : "loss_free";
  if (typeof before === "number") return before + 1;
  if (typeof before === "boolean") return !before;
  return before === "fp32" ? "bf16" : "fp32";
}

// A busy machine takes several times as long as an idle one.
describe("every model", { timeout: 60_000 }, () => {
  it("has finite figures or a reason, and parts that sum to the figure at every level", () => {
    fc.assert(fc.property(models, contexts, (record, context) => {
      for (const metric of modelMetrics) {
        const figure = metric.compute(record, context);
        if (figure.kind === "value") {
          expect(Number.isFinite(figure.value) && figure.value >= 0, metric.id).toBe(true);
          expectPartsToSum(metric.explain(record, context).parts, figure.value);
        } else {
          expect(figure.kind).toBe("unavailable");
          expect(metric.id).toBe("expert_combinations");
        }
      }
    }), { numRuns: 200 });
  });

  it("orders its figures: active within total, causal within non-causal, a sequence's cache within its tokens'", () => {
    fc.assert(fc.property(models, contexts, (record, context) => {
      const of = (id: string): number => value(id, record, context);
      expect(of("active_params_without_embeddings") + of("embedding_params")).toBe(of("active_params"));
      expect(of("active_params")).toBeLessThanOrEqual(of("total_params"));
      expect(of("activation_ratio")).toBeLessThanOrEqual(1);
      expect(of("train_flops_per_token")).toBeLessThanOrEqual(of("train_flops_per_token_noncausal"));
      const states = value("kv_bytes_per_sequence", record, { ...context, context_length: 0 });
      const cached = of("kv_bytes_per_token") * context.context_length;
      expect(of("kv_bytes_per_sequence") - states).toBeLessThanOrEqual(cached * (1 + 1e-12));
      expect(of("weight_bytes")).toBeLessThanOrEqual(4 * of("total_params"));
    }), { numRuns: 300 });
  });

  it("grows with the context, and not with its order of blocks", () => {
    fc.assert(fc.property(models, contexts, size(10_000), (record, context, more) => {
      const longer = { sequence_length: context.sequence_length + more, context_length: context.context_length + more };
      const reversed: ModelRecord = { ...record, attention: record.attention.toReversed(), ffn: record.ffn.toReversed() };
      for (const id of ["kv_bytes_per_sequence", "forward_flops_per_token", "train_flops_per_token_noncausal", "decode_flops_per_token"]) {
        expect(value(id, record, longer), id).toBeGreaterThanOrEqual(value(id, record, context));
        expect(closeTo(value(id, reversed, context), value(id, record, context)), id).toBe(true);
      }
    }), { numRuns: 200 });
  });

  it("does not depend on anything that an explanation leaves out", () => {
    fc.assert(fc.property(models, contexts, (record, context) => {
      const changedModels = changes(record);
      for (const metric of modelMetrics) {
        const before = metric.compute(record, context);
        const inputs = new Set(metric.explain(record, context).inputs.map(({ path }) => path));
        if (before.kind === "unavailable") continue;
        for (const path of inputs) {
          if (!path.startsWith("@")) expect([...changedModels.keys()], `${metric.id} names ${path}`).toContain(path);
        }
        for (const [path, changedModel] of changedModels) {
          const after = inputs.has(path) ? before : metric.compute(changedModel, context);
          // that blocks must not differ is asked before anything is computed
          if (after.kind !== "unavailable") expect(after, `${metric.id} without ${path}`).toEqual(before);
        }
        if (!inputs.has("@sequence_length")) {
          expect(metric.compute(record, { ...context, sequence_length: context.sequence_length + 1 })).toEqual(before);
        }
        if (!inputs.has("@context_length")) {
          expect(metric.compute(record, { ...context, context_length: context.context_length + 1 })).toEqual(before);
        }
      }
    }), { numRuns: 50 });
  });

  it("stays finite or gives a reason for sizes beyond any network", () => {
    const huge = fc.constantFrom(0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER, 1e200, Number.MAX_VALUE);
    const record = fc.record({ a: huge, b: huge, c: huge, d: huge }).map(({ a, b, c, d }): ModelRecord => ({
      ...deepSeekV3,
      hidden_size: a,
      vocab_size: b,
      attention: deepSeekV3.attention.map((block) => ({ ...block, heads: c, kv_lora_rank: d, window: a }) as AttentionRecord),
      ffn: deepSeekV3.ffn.map((block) => ({ ...block, intermediate_size: b, routed_experts: c, top_k: d }) as FfnRecord),
    }));
    fc.assert(fc.property(record, huge, huge, (model, sequence_length, context_length) => {
      for (const metric of modelMetrics) {
        const figure = metric.compute(model, { sequence_length, context_length });
        if (figure.kind === "value") expect(Number.isFinite(figure.value), metric.id).toBe(true);
        if (figure.kind === "unavailable") expect(figure.reason).toMatch(/\w/);
        expect(metric.explain(model, { sequence_length, context_length }).formula).toBe(metric.formula);
      }
    }), { numRuns: 300 });
  });
});

describe("DeepSeek-V3's named inputs", () => {
  const context: ModelContext = { sequence_length: 4096, context_length: 4096 };
  const changedModels = changes({ ...deepSeekV3, precision: { ...bf16, kv_cache: "fp8_e4m3" } });
  const inputsOf = (id: string): readonly string[] =>
    (modelMetric(id)?.explain(deepSeekV3, context).inputs ?? []).map(({ path }) => path).filter((path) => !path.startsWith("@"));

  it.each(modelMetrics.map(({ id }) => id))("each change %s", (id) => {
    const record: ModelRecord = { ...deepSeekV3, precision: { ...bf16, kv_cache: "fp8_e4m3" } };
    const before = value(id, record, context);
    // A module repeats the last layer: how many others there are does not matter, which one is the last does.
    const changing = inputsOf(id).filter((path) => id !== "mtp_params" || !path.endsWith("layers"));
    expect(changing.length).toBeGreaterThan(0);
    for (const path of changing) {
      const after = changedModels.get(path);
      if (after === undefined) throw new Error(`no property ${path}`);
      expect(modelMetric(id)?.compute(after, context), path).not.toEqual({ kind: "value", value: before });
    }
  });
});
