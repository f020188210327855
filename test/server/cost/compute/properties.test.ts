/** What holds for the operators of every layer on every device. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceOf } from "../../../../server/src/cost/compute/device";
import { computeOf } from "../../../../server/src/cost/compute/layer";
import type { Operator, Work } from "../../../../server/src/cost/compute/operator";
import type { GpuRecord } from "../../../../server/src/cost/hardware/record";
import type { AttentionRecord, ModelRecord } from "../../../../server/src/cost/model/record";
import type { Mode } from "../../../../server/src/cost/plan/evaluation";
import type { PlanRecord } from "../../../../server/src/cost/plan/record";
import { wholeModel } from "../../../../server/src/cost/plan/stages";
import { gatedDelta, kda, lightning, mamba2 } from "../hybrids";
import { bf16, dense, gqa, mla, model, moe } from "../models";
import { h800, layout, plan } from "./records";

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

const cached: fc.Arbitrary<ModelRecord> = fc.record({
  hidden: size(16_384), heads: size(128), kv: size(16), dim: size(256), rank: fc.option(size(2048), { nil: undefined }), isMla: fc.boolean(), isMoe: fc.boolean(),
  window: fc.option(size(8192), { nil: undefined }), experts: size(512), top: size(16), width: size(20_000), shared: fc.integer({ min: 0, max: 2 }), gated: fc.boolean(),
  compute: fc.constantFrom("bf16" as const, "fp8_e4m3" as const, "int4" as const),
}).map(({ hidden, heads, kv, dim, rank, isMla, isMoe, window, experts, top, width, shared, gated, compute }) => model(
  3, hidden, 32_000,
  [isMla ? mla({ layers: [0, 1, 2], heads, q_lora_rank: rank, window }) : gqa({ layers: [0, 1, 2], heads, kv_heads: kv, head_dim: dim, window })],
  [isMoe ? moe({ layers: [0, 1, 2], routed_experts: Math.max(experts, top), top_k: top, intermediate_size: width, shared_experts: shared, gated }) : dense([0, 1, 2], width, gated)],
  { precision: { ...bf16, compute } },
));

const optional = (max: number): fc.Arbitrary<number | undefined> => fc.option(size(max), { nil: undefined });

/** Layers with a state, and attention that compresses, picks, shares and divides what it reads. */
const hybrids: fc.Arbitrary<ModelRecord> = fc.record({
  kind: fc.constantFrom("mamba2", "lightning", "gated_delta", "kda", "compressed", "picked", "shared"), heads: size(128), dim: size(256), rank: optional(2048),
  top_k: size(4096), tokens: size(256), window: optional(1024), groups: size(8), streams: optional(8), latent: optional(2048), own: optional(512), gate: fc.boolean(),
}).map(({ kind, heads, dim, rank, top_k, tokens, window, groups, streams, latent, own, gate }) => {
  const layers = [0, 1, 2];
  const indexer = { indexer_heads: heads, indexer_head_dim: dim, top_k, shared_indexer: false };
  const head = { layers, heads, kv_heads: 1, head_dim: dim, q_lora_rank: rank, window, qk_norm: true, output_gate: gate } as const;
  const blocks: Readonly<Record<typeof kind, AttentionRecord>> = {
    mamba2: { ...mamba2({ layers, heads, groups, value_head_dim: dim, state_size: dim }), output_gate: gate },
    lightning: lightning({ layers, heads, key_head_dim: dim }),
    gated_delta: gatedDelta({ layers, heads, value_heads: 2 * heads, key_head_dim: dim }),
    kda: kda({ layers, heads, key_head_dim: dim, output_gate: gate ? "full_rank" : true }),
    compressed: gqa({ ...head, tie_kv: true, compress: tokens, compress_overlap: gate, o_lora_rank: rank ?? 64, o_groups: groups, ...(gate ? { sparse: indexer } : {}) }),
    picked: gate ? mla({ layers, heads, q_lora_rank: rank, sparse: indexer }) : gqa({ ...head, sparse: indexer }),
    shared: gqa({ ...head, kv_share: 2, tie_kv: "projection" }),
  };
  const experts = moe({ layers, routed_experts: 64, top_k: 6, intermediate_size: 512, shared_experts: 1, shared_gate: gate, latent_size: latent });
  return model(3, 1024, 32_000, [blocks[kind]], [experts], { hyper_connections: streams, per_layer_embedding_size: own });
});

const models: fc.Arbitrary<ModelRecord> = fc.oneof(cached, hybrids);

const gpus: fc.Arbitrary<GpuRecord> = fc.record({
  architecture: fc.constantFrom("ampere" as const, "ada" as const, "hopper" as const, "blackwell" as const, "cdna3" as const, "tpu" as const, undefined),
  sms: fc.option(size(256), { nil: undefined }),
  power: fc.option(fc.integer({ min: 30, max: 2000 }), { nil: undefined }),
  rate: fc.integer({ min: 10, max: 5000 }),
  bandwidth: fc.integer({ min: 50, max: 20_000 }),
}).map(({ architecture, sms, power, rate, bandwidth }) =>
  ({ ...h800, architecture, sms, power, memory_bandwidth: bandwidth * 1e9, peak: { bf16: rate * 1e12, fp8: 2 * rate * 1e12 } }));

const works: fc.Arbitrary<Work> = fc.record({
  phase: fc.constantFrom("training" as const, "prefill" as const, "decode" as const), sequences: size(64), length: size(16_384),
  imbalance: fc.double({ min: 1, max: 4, noNaN: true }),
}).map(({ phase, sequences, length, imbalance }) => ({ phase, sequences, tokens: phase === "decode" ? sequences : sequences * length, sequence_length: length, imbalance }));

const operators = (written: PlanRecord, work: Work, mode: Mode = "estimate", smShare = 1): readonly Operator[] =>
  computeOf(written, layout(), work, deviceOf(written, mode, smShare)).operators({ ...wholeModel(written.model), mtp_modules: 1 });

const passes = ["forward", "backward_input", "backward_weight"] as const;

/** Operator by operator and pass by pass; equal up to rounding. */
function neverLonger(shorter: readonly Operator[], longer: readonly Operator[]): void {
  expect(shorter.map(({ name }) => name)).toEqual(longer.map(({ name }) => name));
  shorter.forEach((operator, i) => {
    for (const pass of passes) expect(operator.time[pass], `${operator.name} ${pass}`).toBeLessThanOrEqual((longer[i]?.time[pass] ?? 0) * (1 + 1e-9));
  });
}

const scaleOf = (factor: number, gpu: GpuRecord): GpuRecord => ({
  ...gpu, peak: Object.fromEntries(Object.entries(gpu.peak).map(([precision, rate]) => [precision, (rate ?? 0) * factor])),
});

describe("operators", () => {
  it("take finite times, in shares of one", () => {
    fc.assert(fc.property(models, gpus, works, (record, gpu, work) => {
      for (const { time, efficiency, flops, bytes } of operators(plan(record, { gpu }), work)) {
        for (const pass of passes) {
          expect(time[pass]).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(time[pass] + flops[pass] + bytes[pass])).toBe(true);
        }
        expect(efficiency).toBeGreaterThanOrEqual(0);
        expect(efficiency).toBeLessThanOrEqual(1);
      }
    }));
  });

  it("are never faster than the physical bound", () => {
    fc.assert(fc.property(models, gpus, works, (record, gpu, work) => {
      const written = plan(record, { gpu });
      neverLonger(operators(written, work, "ideal"), operators(written, work));
    }));
  });

  it("are never slower on a faster GPU, nor with more bandwidth, nor with more power", () => {
    fc.assert(fc.property(models, gpus, works, fc.double({ min: 1, max: 8, noNaN: true }), (record, gpu, work, factor) => {
      const before = operators(plan(record, { gpu }), work);
      neverLonger(operators(plan(record, { gpu: scaleOf(factor, gpu) }), work), before);
      neverLonger(operators(plan(record, { gpu: { ...gpu, memory_bandwidth: gpu.memory_bandwidth * factor } }), work), before);
      neverLonger(operators(plan(record, { gpu: { ...gpu, power: gpu.power === undefined ? undefined : gpu.power * factor } }), work), before);
    }));
  });

  it("are never faster where communication holds some of the multiprocessors", () => {
    fc.assert(fc.property(models, gpus, works, fc.double({ min: 0.1, max: 1, noNaN: true }), (record, gpu, work, share) => {
      const written = plan(record, { gpu });
      neverLonger(operators(written, work), operators(written, work, "estimate", share));
    }));
  });

  it("never take less time for more sequences, nor for a higher imbalance", () => {
    fc.assert(fc.property(models, gpus, works, size(64), (record, gpu, work, more) => {
      const written = plan(record, { gpu });
      const sequences = work.sequences + more;
      neverLonger(operators(written, work), operators(written, { ...work, sequences, tokens: (work.tokens / work.sequences) * sequences }));
      neverLonger(operators(written, work), operators(written, { ...work, imbalance: work.imbalance * 1.5 }));
    }));
  });

  it("never take more time at a higher written share", () => {
    fc.assert(fc.property(models, gpus, works, fc.double({ min: 0.05, max: 0.5, noNaN: true }), (record, gpu, work, share) => {
      const at = (value: number): readonly Operator[] => operators(plan(record, { gpu, efficiency: { gemm: value, grouped_gemm: value, attention: value, memory: value } }), work);
      neverLonger(at(2 * share), at(share));
    }));
  });
});
