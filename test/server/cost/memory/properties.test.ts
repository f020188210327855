import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxBatchPerGpu, maxContextThatFits } from "../../../../server/src/cost/memory/capacity";
import { isCached } from "../../../../server/src/cost/model/attention";
import type { AttentionRecord, ModelRecord } from "../../../../server/src/cost/model/record";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import { memoryMetrics } from "../../../../server/src/cost/plan/memory-metrics";
import type { PlanRecord } from "../../../../server/src/cost/plan/record";
import { toMetric } from "../../../../server/src/cost/definition";
import { gatedDelta, kda, lightning, mamba2 } from "../hybrids";
import { bf16, dense, gqa, mla, model, moe, range } from "../models";
import { decode, memoryOf, planOf, type Changes } from "./plans";

const layerCount = 16;
const all = range(0, layerCount - 1);

const heads = { layers: all, heads: 32, kv_heads: 8, head_dim: 128 };
const indexer = { indexer_heads: 16, indexer_head_dim: 64, top_k: 512, shared_indexer: false };

const models: fc.Arbitrary<ModelRecord> = fc.record({
  attention: fc.constantFrom<AttentionRecord>(gqa(heads), mla({ layers: all, heads: 32, q_lora_rank: 512 }),
    gqa({ layers: all, heads: 32, kv_heads: 8, head_dim: 64, window: 1024, qk_norm: true }), gqa({ ...heads, kv_share: 2, output_gate: true }),
    mla({ layers: all, heads: 32, q_lora_rank: 512, sparse: indexer }),
    gqa({ ...heads, kv_heads: 1, q_lora_rank: 512, tie_kv: true, window: 128, compress: 4, compress_overlap: true, sparse: indexer, o_lora_rank: 256, o_groups: 8 }),
    mamba2({ layers: all, heads: 64, groups: 8, value_head_dim: 64, state_size: 128 }), lightning({ layers: all, heads: 32, key_head_dim: 64 }),
    gatedDelta({ layers: all, heads: 16, value_heads: 32, key_head_dim: 128 }), kda({ layers: all, heads: 32, key_head_dim: 64 })),
  ffn: fc.constantFrom([dense(all, 8192)], [dense([0], 8192), moe({ layers: range(1, 15), routed_experts: 64, top_k: 4, intermediate_size: 1024, shared_experts: 1 })],
    [moe({ layers: all, routed_experts: 64, top_k: 4, intermediate_size: 1024, latent_size: 512 })]),
  hyper_connections: fc.constantFrom(undefined, undefined, 4),
  tie_embeddings: fc.boolean(),
  mtp: fc.constantFrom(undefined, { depth: 1, acceptance: undefined }),
  precision: fc.constantFrom(bf16, { ...bf16, weights: "fp8_e4m3" as const, compute: "fp8_e4m3" as const }, { ...bf16, gradients: "bf16" as const, optimizer_moments: "bf16" as const }),
}).map(({ attention, ffn, ...rest }) => model(layerCount, 2048, 50_000, [attention], ffn, rest));

const layouts = fc.constantFrom<Changes["parallelism"]>(
  {}, { tp: 4 }, { tp: 2, cp: 2 }, { ep: 8 }, { tp: 4, ep: 16, etp: 1 }, { pp: 4, ep: 4 }, { pp: 4, schedule: "zb1p" },
  { pp: 4, vp: 2, schedule: "interleaved" }, { pp: 4, schedule: "dualpipe", ep: 8 }, { pp: 4, schedule: "dualpipev" },
);
const states = fc.record({ zero: fc.integer({ min: 0, max: 3 }), recompute: fc.constantFrom("none" as const, "selective" as const, "full" as const), micro_batch_size: fc.constantFrom(1, 2) });
const phases = fc.constantFrom<Changes["workload"]>(
  { phase: "training", sequence_length: 2048, global_batch_size: 1024 }, { phase: "training", sequence_length: 8192, global_batch_size: 2048, imbalance: 1.5 },
  { phase: "prefill", prompt_length: 4096, batch_per_gpu: 4, cache_hit_rate: 0.5 }, decode(4096, 32),
);
const plans: fc.Arbitrary<PlanRecord> = fc.tuple(models, layouts, states, phases).map(([network, layout, rest, workload]) =>
  planOf(network, { nodes: 8, parallelism: { ...layout, ...rest }, ...(workload ? { workload } : {}) }));

const metrics = new Map(memoryMetrics.map((definition) => [definition.id, toMetric(definition)]));
const figure = (plan: PlanRecord, id: string) => metrics.get(id)?.compute(plan, {});
const value = (plan: PlanRecord, id: string): number => {
  const found = figure(plan, id);
  return found?.kind === "value" ? found.value : Number.NaN;
};

const componentIds = ["memory_weights", "memory_kv", "memory_activations", "memory_gradients", "memory_optimizer", "memory_buffers"] as const;

const close = (a: number, b: number): void => { expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(a), Math.abs(b), 1)); };

describe("of every plan", () => {
  test("the components add up to the memory of the worst GPU, and the breakdown is that of the total", () => {
    fc.assert(fc.property(plans, (plan) => {
      const { worst } = memoryOf(plan);
      close(componentIds.reduce((sum, id) => sum + value(plan, id), 0), value(plan, "memory_per_gpu"));
      close(value(plan, "memory_per_gpu"), worst.total);
      close(value(plan, "memory_activations"), worst.activations);
      const { parts } = metrics.get("memory_per_gpu")?.explain(plan, {}) ?? { parts: [] };
      close(parts.reduce((sum, part) => sum + part.value, 0), worst.total);
    }));
  });

  test("no stage needs more than the worst, and nothing is negative", () => {
    fc.assert(fc.property(plans, (plan) => {
      const { ranks, worst } = memoryOf(plan);
      for (const { total, weights, gradients, optimizer, activations, kv, buffers } of ranks()) {
        expect(total).toBeLessThanOrEqual(worst.total);
        expect(Math.min(weights, gradients, optimizer, activations, kv, buffers)).toBeGreaterThanOrEqual(0);
      }
    }));
  });
});

describe("of training", () => {
  const training = fc.tuple(models, layouts, states, fc.integer({ min: 10, max: 13 })).map(([network, layout, rest, log]) => ({
    network, changes: { nodes: 8, parallelism: { ...layout, ...rest }, workload: { sequence_length: 2 ** log, global_batch_size: 1024 } },
  }));

  test("longer sequences and less recomputation never take less", () => {
    fc.assert(fc.property(training, ({ network, changes }) => {
      const activations = (workload: Changes["workload"], recompute: "none" | "selective" | "full") =>
        memoryOf(planOf(network, { ...changes, parallelism: { ...changes.parallelism, recompute }, ...(workload ? { workload } : {}) })).worst.total;
      const longer = { ...changes.workload, sequence_length: 2 * changes.workload.sequence_length };
      expect(activations(longer, changes.parallelism.recompute)).toBeGreaterThanOrEqual(activations(changes.workload, changes.parallelism.recompute));
      expect(activations(changes.workload, "selective")).toBeLessThanOrEqual(activations(changes.workload, "none") * (1 + 1e-12));
    }));
  });

  test("a higher ZeRO stage never keeps more states", () => {
    fc.assert(fc.property(training, fc.integer({ min: 0, max: 2 }), ({ network, changes }, zero) => {
      const kept = (stage: number) => memoryOf(planOf(network, { ...changes, parallelism: { ...changes.parallelism, zero: stage } })).ranks()
        .map(({ weights, gradients, optimizer }) => weights + gradients + optimizer);
      const [less, more] = [kept(zero + 1), kept(zero)];
      less.forEach((bytes, rank) => { expect(bytes).toBeLessThanOrEqual(more[rank] ?? 0); });
    }));
  });
});

describe("of decoding", () => {
  const decoding = fc.tuple(models, fc.constantFrom({}, { tp: 4 }, { ep: 8 }, { pp: 4 }), fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 1, max: 512 }), fc.integer({ min: 4, max: 200 }))
    .map(([network, parallelism, context, batch, gigabytes]) => planOf(network, { nodes: 8, memory: gigabytes * 1e9, parallelism, workload: decode(context, batch) }));
  const capacity = (plan: PlanRecord) => plan.hardware.gpu.memory;
  const total = (plan: PlanRecord, workload: Partial<PlanRecord["workload"]>) => memoryOf({ ...plan, workload: { ...plan.workload, ...workload } }).worst.total;

  test("the largest batch fits, one more does not", () => {
    fc.assert(fc.property(decoding, (plan) => {
      const batch = maxBatchPerGpu(evaluationOf(plan));
      expect(Number.isSafeInteger(batch)).toBe(true);
      if (batch > 0) expect(total(plan, { batch_per_gpu: batch })).toBeLessThanOrEqual(capacity(plan));
      expect(total(plan, { batch_per_gpu: batch + 1 })).toBeGreaterThan(capacity(plan));
    }));
  });

  test("the longest context fits, one token more does not; more memory never shortens it", () => {
    fc.assert(fc.property(decoding, (plan) => {
      const found = figure(plan, "max_context_that_fits");
      if (found?.kind === "unavailable") {
        expect(total(plan, { context_length: Number.MAX_SAFE_INTEGER })).toBeLessThanOrEqual(capacity(plan));
        return;
      }
      const context = maxContextThatFits(evaluationOf(plan));
      if (context > 0) expect(total(plan, { context_length: context })).toBeLessThanOrEqual(capacity(plan));
      // of compressed tokens four make an entry
      const more = plan.model.attention.some((block) => isCached(block) && block.compress !== undefined) ? 4 : 1;
      expect(total(plan, { context_length: context + more })).toBeGreaterThan(capacity(plan));
      const larger = { ...plan, hardware: { ...plan.hardware, gpu: { ...plan.hardware.gpu, memory: 1.1 * capacity(plan) } } };
      const longer = figure(larger, "max_context_that_fits");
      if (longer?.kind === "value") expect(longer.value).toBeGreaterThanOrEqual(context);
    }));
  });
});
