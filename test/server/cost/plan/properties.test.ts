/** What must hold of the figures of any plan. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Figure } from "../../../../server/src/cost/metric";
import { planMetrics } from "../../../../server/src/cost/plan/metrics";
import type { PlanRecord } from "../../../../server/src/cost/plan/record";
import { planRecord } from "../../../kit/plan";

const metrics = new Map(planMetrics.map((metric) => [metric.id, metric]));

const figure = (plan: PlanRecord, id: string): Figure => metrics.get(id)?.compute(plan, {}) ?? { kind: "unavailable", reason: `no metric ${id}` };

function valueOf(plan: PlanRecord, id: string): number {
  const found = figure(plan, id);
  if (found.kind !== "value") throw new Error(`${id}: ${found.kind === "text" ? "a text" : found.reason}`);
  return found.value;
}

const cluster = (nodes: number, name = "H800Cluster"): string => `hardware Cluster extends ${name} { nodes = ${nodes}, price = 2 USD/h
storage { write_bandwidth = 1 GB/s }
failures { gpu_mtbf = 50_000 h }
}`;

const training = (parallelism: string, nodes: number, batch: number, model = "DeepSeekV3", extra = ""): PlanRecord => planRecord({
  before: cluster(nodes), hardware: "Cluster", model, parallelism,
  workload: `phase = training, sequence_length = 4096, global_batch_size = ${batch}, tokens = 1T${extra}`,
});
const serving = (parallelism: string, nodes: number, workload: string, model = "DeepSeekV3"): PlanRecord =>
  planRecord({ before: cluster(nodes), hardware: "Cluster", model, parallelism, workload });

/** One of each kind of layout, all of which have figures. */
const plans: Readonly<Record<string, PlanRecord>> = {
  dualpipe: training("pp = 16, ep = 64, zero = 1, schedule = dualpipe", 256, 15_360),
  dualpipev: training("pp = 8, ep = 64, zero = 1, schedule = dualpipev, recompute = selective", 128, 8192),
  interleaved: training("tp = 8, pp = 8, vp = 2, zero = 1, schedule = interleaved", 64, 512, "Llama3_1_405B"),
  zb1p: training("tp = 2, pp = 4, ep = 16, zero = 2, schedule = zb1p", 16, 512, "DeepSeekV2"),
  fsdp: training("zero = 3, recompute = full", 8, 64, "DeepSeekV2"),
  context: training("tp = 4, cp = 4, pp = 2, zero = 1", 16, 64, "Llama3_1_405B"),
  prefill: serving("ep = 32, dual_micro_batch = true, redundant_experts = 32", 4, "phase = prefill, prompt_length = 4096, batch_per_gpu = 4"),
  decode: serving("ep = 144, dual_micro_batch = true, redundant_experts = 32", 18, "phase = decode, context_length = 4989, batch_per_gpu = 128"),
  decode_of_two_nodes: serving("ep = 16, redundant_experts = 32", 2, "phase = decode, context_length = 4096, batch_per_gpu = 32"),
  piped_prefill: serving("tp = 8, pp = 4", 4, "phase = prefill, prompt_length = 8192, batch_per_gpu = 8", "Llama3_1_405B"),
  dense_decode: serving("tp = 8", 1, "phase = decode, context_length = 8192, batch_per_gpu = 1", "Llama3_1_405B"),
};

const planArbitrary = fc.constantFrom(...Object.keys(plans)).map((name) => ({ name, plan: plans[name] as PlanRecord }));

/** But for the paper's formula of one exchange, which is no bound: it counts copies that stay in the domain as if they left it. */
const timeIds = planMetrics.filter(({ id, unit }) => unit === "s" && id !== "ep_comm_time_per_layer").map(({ id }) => id);
const headlineOf = ({ workload: { phase } }: PlanRecord): string => (phase === "training" ? "step_time" : phase === "prefill" ? "ttft" : "tpot");

describe.each(Object.entries(plans))("%s", (_, plan) => {
  test("has its headline figure and its memory", () => {
    expect(valueOf(plan, headlineOf(plan))).toBeGreaterThan(0);
    expect(valueOf(plan, "memory_per_gpu")).toBeGreaterThan(0);
  });

  test("every figure is a finite number, a text, or missing for a reason", () => {
    for (const { id } of planMetrics) {
      const found = figure(plan, id);
      if (found.kind === "value") expect(Number.isFinite(found.value), id).toBe(true);
      else expect(found.kind === "text" ? found.value : found.reason, id).toMatch(/\w/);
    }
  });

  test("no time is below its physical bound", () => {
    for (const id of timeIds) {
      const found = figure(plan, id);
      if (found.kind !== "value" || found.ideal === undefined) continue;
      expect(found.ideal, id).toBeLessThanOrEqual(found.value * (1 + 1e-9));
    }
  });

  test("memory is the sum of its components", () => {
    const sum = ["weights", "gradients", "optimizer", "activations", "kv", "buffers"].reduce((total, part) => total + valueOf(plan, `memory_${part}`), 0);
    expect(sum).toBeCloseTo(valueOf(plan, "memory_per_gpu"), -1);
  });
});

describe("training", () => {
  const trained = Object.entries(plans).filter(([, { workload }]) => workload.phase === "training");
  test.each(trained)("%s: the phases add up to the step", (_, plan) => {
    const phases = ["forward_time", "backward_time", "weight_gradient_time", "overlapped_time", "bubble_time", "optimizer_time"];
    const sum = phases.reduce((total, id) => total + valueOf(plan, id), 0);
    expect(sum / valueOf(plan, "step_time")).toBeCloseTo(1, 9);
  });

  const idealOf = (plan: PlanRecord, id: string): number => {
    const found = figure(plan, id);
    return found.kind === "value" ? (found.ideal ?? Number.NaN) : Number.NaN;
  };

  test.each(trained)("%s: the bounds of the phases are no more than that of the step", (_, plan) => {
    const sum = ["forward_time", "backward_time", "weight_gradient_time", "overlapped_time", "bubble_time", "optimizer_time"].reduce((total, id) => total + idealOf(plan, id), 0);
    expect(sum).toBeLessThanOrEqual(idealOf(plan, "step_time") * (1 + 1e-9));
  });

  /** arXiv:2412.19437, Table 2: (PP - 1)(F + B), and (PP - 1)(F + B - 2 W) where W is a part of B; 24 micro-batches on stages of 4 equal layers. */
  test.each([["1f1b", 0], ["zb1p", 1]])("the bound of a bubble is the closed form of chunks at their bounds: %s", (schedule, weights) => {
    const plan = planRecord({
      before: `${cluster(1)}\nmodel Even extends Llama3_1_405B { layers = 32, vocab_size = 1, hidden_size = 4096, attention gqa { heads = 32, head_dim = 128 }, ffn dense { intermediate_size = 14_336 } }`,
      hardware: "Cluster", model: "Even", parallelism: `pp = 8, schedule = ${schedule}`, workload: "phase = training, sequence_length = 4096, global_batch_size = 24",
    });
    const [forward, input, weight] = ["forward_time", "backward_time", "weight_gradient_time"].map((id) => idealOf(plan, id) / 24) as [number, number, number];
    expect(idealOf(plan, "bubble_time") / (7 * (forward + input - weights * weight))).toBeCloseTo(1, 4);
  });

  test.each(trained)("%s: throughput, time, money and energy are of one step", (_, plan) => {
    const { global_batch_size = 0, sequence_length = 0, tokens = 0 } = plan.workload;
    const gpus = plan.hardware.nodes * plan.hardware.gpus_per_node;
    const perSecond = (global_batch_size * sequence_length) / valueOf(plan, "step_time");
    expect(valueOf(plan, "tokens_per_second") / perSecond).toBeCloseTo(1, 9);
    expect(valueOf(plan, "tokens_per_second_per_gpu") / (perSecond / gpus)).toBeCloseTo(1, 9);
    expect(valueOf(plan, "training_time") / (tokens / perSecond)).toBeCloseTo(1, 9);
    expect(valueOf(plan, "training_cost") / ((valueOf(plan, "gpu_hours") / 3600) * 2)).toBeCloseTo(1, 9);
    expect(valueOf(plan, "energy") / (valueOf(plan, "gpu_hours") * 700)).toBeCloseTo(1, 9);
    expect(valueOf(plan, "mfu") / (valueOf(plan, "tflops_per_gpu") / 989e12)).toBeCloseTo(1, 9);
  });
});

describe("whatever the plan", () => {
  const factor = fc.double({ min: 1.01, max: 8, noNaN: true });
  const noSlower = (change: (plan: PlanRecord, by: number) => PlanRecord) => fc.assert(fc.property(planArbitrary, factor, ({ plan }, by) => {
    const id = headlineOf(plan);
    expect(valueOf(change(plan, by), id)).toBeLessThanOrEqual(valueOf(plan, id) * (1 + 1e-9));
  }), { numRuns: 40 });
  const withGpu = (plan: PlanRecord, gpu: Partial<PlanRecord["hardware"]["gpu"]>): PlanRecord => ({ ...plan, hardware: { ...plan.hardware, gpu: { ...plan.hardware.gpu, ...gpu } } });

  test("more bandwidth of the cards never slows it", () => {
    noSlower((plan, by) => {
      const { nic } = plan.hardware;
      if (!nic) return plan;
      const effective_bandwidth = nic.effective_bandwidth === undefined ? undefined : nic.effective_bandwidth * by;
      return { ...plan, hardware: { ...plan.hardware, nic: { ...nic, rate: nic.rate * by, effective_bandwidth } } };
    });
  });

  test("more bandwidth of the scale-up link never slows it", () => {
    noSlower((plan, by) => {
      const { scale_up } = plan.hardware.gpu;
      if (!scale_up) return plan;
      const effective_bandwidth = scale_up.effective_bandwidth === undefined ? undefined : scale_up.effective_bandwidth * by;
      return withGpu(plan, { scale_up: { ...scale_up, bandwidth: scale_up.bandwidth * by, effective_bandwidth } });
    });
  });

  test("more bandwidth of the memory never slows it", () => {
    noSlower((plan, by) => withGpu(plan, { memory_bandwidth: plan.hardware.gpu.memory_bandwidth * by }));
  });

  test("a better written efficiency never slows it", () => {
    fc.assert(fc.property(planArbitrary, fc.double({ min: 0.1, max: 0.9, noNaN: true }), fc.constantFrom("gemm", "grouped_gemm", "attention", "memory", "scale_up", "scale_out"), ({ plan }, share, key) => {
      const id = headlineOf(plan);
      const at = (value: number): number => valueOf({ ...plan, efficiency: { ...plan.efficiency, [key]: value } }, id);
      expect(at(share + 0.1)).toBeLessThanOrEqual(at(share) * (1 + 1e-9));
    }), { numRuns: 40 });
  });

  test("more memory holds no less", () => {
    fc.assert(fc.property(factor, (by) => {
      const plan = plans["decode"] as PlanRecord;
      const larger = withGpu(plan, { memory: plan.hardware.gpu.memory * by });
      for (const id of ["max_batch_per_gpu", "max_context_that_fits"]) expect(valueOf(larger, id)).toBeGreaterThanOrEqual(valueOf(plan, id));
    }), { numRuns: 20 });
  });

  test("time grows with tokens", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), (times) => {
      for (const name of ["dualpipe", "interleaved", "fsdp"]) {
        const plan = plans[name] as PlanRecord;
        const { global_batch_size = 0 } = plan.workload;
        const larger = { ...plan, workload: { ...plan.workload, global_batch_size: global_batch_size * (times + 1) } };
        expect(valueOf(larger, "step_time")).toBeGreaterThan(valueOf(plan, "step_time"));
      }
    }), { numRuns: 6 });
  });
});
