/** What holds for every prefill and decode plan. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Unavailable } from "../../../../server/src/cost/definition";
import type { HardwareRecord } from "../../../../server/src/cost/hardware/record";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import { planMetrics } from "../../../../server/src/cost/plan/metrics";
import type { ParallelismRecord, PlanRecord, WorkloadRecord } from "../../../../server/src/cost/plan/record";
import type { Serving } from "../../../../server/src/cost/serving/evaluate";
import { hostExpertTime } from "../../../../server/src/cost/serving/host-experts";
import { partNames, timeOf } from "../../../../server/src/cost/serving/pass";
import { planRecord } from "../../../kit/plan";

const bases: readonly PlanRecord[] = [
  planRecord({ parallelism: "ep = 64, redundant_experts = 64", workload: "phase = decode, context_length = 4096, batch_per_gpu = 64" }),
  planRecord({ model: "DeepSeekV2", parallelism: "tp = 2, ep = 32", workload: "phase = decode, context_length = 4096, batch_per_gpu = 64" }),
  planRecord({ model: "Llama3_1_405B", parallelism: "tp = 8, pp = 2", workload: "phase = decode, context_length = 4096, batch_per_gpu = 64" }),
  planRecord({ hardware: "GB200_NVL72", parallelism: "ep = 72, redundant_experts = 32", workload: "phase = decode, context_length = 4096, batch_per_gpu = 64" }),
];

interface Design {
  readonly base: PlanRecord;
  readonly phase: "prefill" | "decode";
  readonly dual: boolean;
  readonly batch: number;
  readonly length: number;
  readonly imbalance: number;
  readonly hits: number;
}

const design: fc.Arbitrary<Design> = fc.record({
  base: fc.constantFrom(...bases),
  phase: fc.constantFrom("prefill" as const, "decode" as const),
  dual: fc.boolean(),
  batch: fc.integer({ min: 4, max: 256 }),
  length: fc.integer({ min: 1, max: 32_768 }),
  imbalance: fc.double({ min: 1, max: 3, noNaN: true }),
  hits: fc.double({ min: 0, max: 1, noNaN: true }),
});

function planOf({ base, phase, dual, batch, length, imbalance, hits }: Design, hardware: Partial<HardwareRecord> = {}, parallelism: Partial<ParallelismRecord> = {}): PlanRecord {
  const workload: WorkloadRecord = { ...base.workload, phase, batch_per_gpu: batch, context_length: length, prompt_length: length, imbalance, cache_hit_rate: hits };
  return { ...base, hardware: { ...base.hardware, ...hardware }, parallelism: { ...base.parallelism, dual_micro_batch: dual, ...parallelism }, workload };
}

const serving = (plan: PlanRecord, mode: "estimate" | "ideal" = "estimate"): Serving => evaluationOf(plan).serving(mode);
const latency = (plan: PlanRecord): number => serving(plan).latency;
const throughput = (plan: PlanRecord): number => 1 / serving(plan).interval;
const slack = 1 + 1e-9;

describe("every plan", () => {
  it("is bounded by its ideal", () => {
    fc.assert(fc.property(design, (sample) => {
      const plan = planOf(sample);
      expect(serving(plan, "ideal").latency).toBeLessThanOrEqual(latency(plan) * slack);
      expect(serving(plan, "ideal").interval).toBeLessThanOrEqual(serving(plan).interval * slack);
    }));
  });

  it("has parts that add up and none below nothing", () => {
    fc.assert(fc.property(design, (sample) => {
      const { parts, waiting, latency: whole, stages } = serving(planOf(sample));
      for (const name of partNames) expect(parts[name]).toBeGreaterThanOrEqual(0);
      expect(timeOf(parts) + waiting).toBeCloseTo(whole, 12);
      expect(stages.reduce((sum, stage) => sum + timeOf(stage.parts), 0)).toBeCloseTo(timeOf(parts), 12);
    }));
  });

  it("is no slower with more memory bandwidth, faster links or a higher peak", () => {
    fc.assert(fc.property(design, fc.double({ min: 1, max: 4, noNaN: true }), (sample, factor) => {
      const plan = planOf(sample);
      const { gpu, nic } = plan.hardware;
      const better: readonly Partial<HardwareRecord>[] = [
        { gpu: { ...gpu, memory_bandwidth: factor * gpu.memory_bandwidth } },
        { gpu: { ...gpu, peak: Object.fromEntries(Object.entries(gpu.peak).map(([precision, rate]) => [precision, rate && factor * rate])) } },
        { gpu: { ...gpu, scale_up: gpu.scale_up && { ...gpu.scale_up, bandwidth: factor * gpu.scale_up.bandwidth, effective_bandwidth: factor * (gpu.scale_up.effective_bandwidth ?? gpu.scale_up.bandwidth) } } },
        { nic: nic && { ...nic, rate: factor * nic.rate, effective_bandwidth: nic.effective_bandwidth && factor * nic.effective_bandwidth } },
      ];
      for (const change of better) {
        expect(latency(planOf(sample, change))).toBeLessThanOrEqual(latency(plan) * slack);
        expect(throughput(planOf(sample, change))).toBeGreaterThanOrEqual(throughput(plan) / slack);
      }
    }));
  });

  it("takes no less time with more sequences, longer ones, or less balance", () => {
    fc.assert(fc.property(design, fc.double({ min: 1, max: 3, noNaN: true }), (sample, factor) => {
      const least = latency(planOf(sample)) / slack;
      expect(latency(planOf({ ...sample, length: Math.ceil(factor * sample.length) }))).toBeGreaterThanOrEqual(least);
      expect(latency(planOf({ ...sample, imbalance: factor * sample.imbalance }))).toBeGreaterThanOrEqual(least);
      expect(latency(planOf({ ...sample, batch: 2 * sample.batch }))).toBeGreaterThanOrEqual(least);
    }));
  });

  it("gets no slower by tokens that the cache holds", () => {
    fc.assert(fc.property(design, fc.double({ min: 0, max: 1, noNaN: true }), (sample, share) => {
      const fewer = { ...sample, phase: "prefill", hits: sample.hits * share } as const;
      expect(latency(planOf({ ...sample, phase: "prefill" }))).toBeLessThanOrEqual(latency(planOf(fewer)) * slack);
    }));
  });

  it("has figures, or reasons, and nothing else", () => {
    fc.assert(fc.property(design, (sample) => {
      const plan = planOf(sample);
      for (const metric of planMetrics) {
        const figure = metric.compute(plan, {});
        if (figure.kind !== "value") continue;
        expect(Number.isFinite(figure.value)).toBe(true);
        const { parts } = metric.explain(plan, {});
        if (parts.length > 0) expect(parts.reduce((sum, part) => sum + part.value, 0)).toBeCloseTo(figure.value, 6 - Math.ceil(Math.log10(Math.abs(figure.value) + 1)));
      }
    }), { numRuns: 30 });
  });
});

describe("experts in the host's memory", () => {
  const host = { memory: 1e12, memory_bandwidth: 460.8e9, pcie_bandwidth: 32e9 };
  const offloaded = { offload: { experts: "host" }, ep: 1, tp: 1, pp: 1, redundant_experts: 0 } as const;
  const [base] = bases;
  if (!base) throw new Error("no plan");
  const single: Design = { base, phase: "decode", dual: false, batch: 4, length: 1024, imbalance: 1, hits: 0 };
  const machine = { ...base.hardware, nodes: 1, gpus_per_node: 1, nics_per_node: 1, host };

  it("take the time of their bytes over the host's memory: 58 layers of 8 experts a token", () => {
    const plan = planOf({ ...single, batch: 1 }, machine, offloaded);
    // 3 x 7168 x 2048 FP8 weights, 4 B a block of 16,384; two rows of 7168 in BF16 over PCIe
    const expert = 3 * 7168 * 2048 * (1 + 4 / 16_384);
    const bytes = 58 * 8 * expert;
    const copies = (58 * 2 * 2 * 7168) / 32e9;
    const { exchange, ffn, routed } = serving(plan, "ideal").parts;
    expect(routed).toBe(0);
    // what the host takes beyond the shared experts and the router, which run on the GPU at the same time; dense layers do not wait
    expect(exchange).toBeGreaterThan(bytes / 460.8e9 + copies - ffn);
    expect(exchange).toBeLessThan(bytes / 460.8e9 + copies);
  });

  it("get no slower with a faster host", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 32 }), fc.constantFrom("prefill" as const, "decode" as const), (batch, phase) => {
      const sample = { ...single, batch, phase };
      const faster = { ...machine, host: { ...host, memory_bandwidth: 2 * host.memory_bandwidth, pcie_bandwidth: 2 * host.pcie_bandwidth } };
      expect(latency(planOf(sample, faster, offloaded))).toBeLessThanOrEqual(latency(planOf(sample, machine, offloaded)) * slack);
    }));
  });

  // ideally, over PCIe of 32 GB/s: a GPU fetches all 256 experts of a layer, or at ep = 8 an eighth; 32 redundant ones come on top. Long prompts choose all.
  it.each([
    ["alone", 1, 0, 256], ["one of eight GPUs of a node that each hold all", 8, 0, 256], ["with redundant experts", 8, 32, 288],
  ] as const)("in prefill every GPU fetches its own experts: %s", (_, gpus, redundant_experts, fetched) => {
    const node = { ...machine, gpus_per_node: gpus, nics_per_node: gpus, host: { ...host, memory_bandwidth: 1e15 } };
    const secondsOf = (ep: number): number => {
      const plan = planOf({ ...single, phase: "prefill", length: 8192 }, node, { ...offloaded, ep, redundant_experts });
      const [block] = plan.model.ffn.flatMap((ffn) => (ffn.kind === "moe" ? [ffn] : []));
      if (!block) throw new Error("no experts");
      return hostExpertTime(plan, evaluationOf(plan).layout, block, 4 * 8192, "ideal");
    };
    const expert = 3 * 7168 * 2048 * (1 + 4 / 16_384);
    expect(secondsOf(1)).toBeCloseTo((fetched * expert) / 32e9, 9);
    expect(secondsOf(gpus)).toBeCloseTo((fetched * expert) / gpus / 32e9, 9);
  });

  it("wait in prefill for the host's memory where PCIe of all its GPUs together is faster", () => {
    const time = (memory_bandwidth: number): number => latency(planOf({ ...single, phase: "prefill" }, { ...machine, gpus_per_node: 8, nics_per_node: 8, host: { ...host, memory_bandwidth } }, offloaded));
    expect(time(100e9)).toBeGreaterThan(1.5 * time(400e9));
  });

  it("need a host that says how fast it is", () => {
    expect(() => serving(planOf(single, { ...machine, host: undefined }, offloaded))).toThrow(Unavailable);
  });
});

describe("prompts of which the cache holds a part", () => {
  const shared = planRecord({ model: "Llama3_1_405B", parallelism: "tp = 8, cp = 4", workload: "phase = prefill, prompt_length = 131_072, batch_per_gpu = 1" });
  const at = (cache_hit_rate: number): number => serving({ ...shared, workload: { ...shared.workload, cache_hit_rate } }).parts.context_parallel;

  it("pass all their keys around a context-parallel group: the cache is divided over it", () => {
    expect(at(0)).toBeGreaterThan(0);
    expect(at(0.9)).toBeCloseTo(at(0), 12);
  });
});

describe("multiprocessors for communication", () => {
  it.each(["decode", "prefill"] as const)("as many as the gpu has leave none to compute: %s", (phase) => {
    const [base] = bases;
    if (!base) throw new Error("no plan");
    const at = (comm_sms: number): Serving => serving(planOf({ base, phase, dual: true, batch: 8, length: 1024, imbalance: 1, hits: 0 }, {}, { comm_sms }));
    expect(() => at(132)).toThrow(new Unavailable("`comm_sms` (132) leaves none of the gpu's 132 multiprocessors to compute"));
    expect(at(131).latency).toBeGreaterThan(at(20).latency);
  });
});
