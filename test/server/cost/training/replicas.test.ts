import { describe, expect, test } from "vitest";
import { checkpointBytes } from "../../../../server/src/cost/memory/memory-model";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import type { ParallelismRecord, PlanRecord, WorkloadRecord } from "../../../../server/src/cost/plan/record";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import { bf16, deepSeekV3, dense, gqa, model, range } from "../models";
import { planOf } from "../memory/plans";

const stack = (layers: number, precision = bf16): ModelRecord => {
  const all = range(0, layers - 1);
  return model(layers, 4096, 32_000, [gqa({ layers: all, heads: 32, kv_heads: 8, head_dim: 128 })], [dense(all, 14_336)], { precision });
};

/** NVLink of 200 GB/s in nodes of 8, a 400G card for each GPU. */
function written(record: ModelRecord, parallelism: Partial<ParallelismRecord>, workload: Partial<WorkloadRecord> = {}, nodes = 1): PlanRecord {
  const plan = planOf(record, { nodes, parallelism, workload: { global_batch_size: 64, sequence_length: 4096, ...workload } });
  const scale_up = { bandwidth: 200e9, effective_bandwidth: 160e9, domain: undefined, latency: undefined };
  const nic = { rate: 50e9, effective_bandwidth: undefined, latency: undefined };
  return { ...plan, hardware: { ...plan.hardware, gpu: { ...plan.hardware.gpu, scale_up }, nic, nics_per_node: 8 } };
}

const trained = (plan: PlanRecord) => evaluationOf(plan).training("estimate");
const bound = (plan: PlanRecord) => evaluationOf(plan).training("ideal");

describe("exchanges between replicas beside the passes", () => {
  // short sequences: the exchanges take longer than the passes, and what hides them counts
  test.each([256, 1024, 4096])("a model of more layers is never faster, at %i tokens", (sequence_length) => {
    const steps = [1, 2, 3, 4, 5].map((layers) => trained(written(stack(layers), { zero: 3 }, { sequence_length }, 4)).step.step_time);
    expect(steps).toEqual([...steps].sort((one, other) => one - other));
  });

  test("a rank with one layer and the head hides the layer's beside the head", () => {
    const hidden = trained(written(stack(1), { zero: 3 }, { sequence_length: 8192 }));
    expect(hidden.exposed_sync).toBeLessThan(hidden.sync);
  });
});

describe("a link that carries something else already", () => {
  const v3 = (ep: number, zero: number, sequence_length: number): PlanRecord =>
    written(deepSeekV3, { ep, zero, overlap_data_parallel: "true" }, { global_batch_size: 1024, sequence_length }, 16);

  test.each([16, 64].flatMap((ep) => [1, 3].flatMap((zero) => [1024, 4096, 16_384].map((tokens) => [ep, zero, tokens] as const))))(
    "the cards carry experts' tokens and weights one after the other: EP%i, ZeRO %i, %i tokens", (ep, zero, tokens) => {
      const { step, sync } = trained(v3(ep, zero, tokens));
      expect(step.exposed_expert).toBeGreaterThan(0);
      expect(sync + step.exposed_expert).toBeLessThanOrEqual(step.step_time);
    });

  test("what experts exchange within a node leaves the cards free", () => {
    const { step, sync, exposed_sync } = trained(v3(8, 3, 4096));
    expect(sync - exposed_sync).toBeGreaterThan(step.compute + 0.8 * step.exposed_expert);
    expect(sync - exposed_sync).toBeLessThan(step.compute + step.exposed_expert);
  });

  test("tensor parallelism holds the scale-up link, not the cards", () => {
    const split = (nodes: number) => trained(written(stack(8), { tp: 2, zero: 3, overlap_data_parallel: "true" }, { sequence_length: 1024, global_batch_size: 64 * nodes }, nodes));
    const [inOne, inMany] = [split(1), split(4)];
    expect(inOne.tp).toBeGreaterThan(0);
    expect(inOne.sync + inOne.tp).toBeLessThanOrEqual(inOne.step.step_time);
    // over the cards: beside operators and the tensor-parallel exchanges that they wait for, but for the head
    expect(inMany.sync - inMany.exposed_sync).toBeGreaterThan(0.8 * (inMany.step.compute + inMany.tp));
  });
});

/** Bytes a second of the scale-up link that a plan's groups stand on. */
const lineRate = ({ hardware: { gpu } }: PlanRecord): number => gpu.scale_up?.bandwidth ?? Number.NaN;

describe("both copies of a dualpipe stage", () => {
  const at = (zero: number, schedule: "dualpipe" | "1f1b" = "dualpipe") => written(stack(8), { pp: 2, schedule, zero, recompute: "none" });

  test("are replicas: without data parallelism they still add up their gradients", () => {
    const plan = written(stack(8), { pp: 8, schedule: "dualpipe", zero: 0 });
    const evaluation = evaluationOf(plan);
    expect(evaluation.layout.dp).toBe(1);
    expect(evaluation.groups.dp).toEqual({ size: 2, per_domain: 2 });
    // an all-reduce of 4 B a parameter between two: each sends half twice
    expect(bound(plan).sync).toBeCloseTo((2 * evaluation.memory.worst.gradients * (1 / 2)) / lineRate(plan), 6);
  });

  test("share the optimizer among as many GPUs as exchange", () => {
    const { layout, groups, memory } = evaluationOf(at(1));
    expect(layout.dp).toBe(4);
    expect(groups.dp.size).toBe(8);
    expect(memory.worst.optimizer * 8).toBeCloseTo((memory.worst.gradients / 4) * 12, -1);
  });

  test("see half of the micro-batches each", () => {
    // 64 sequences on dp = 4: 16 micro-batches, 8 a copy; gradients of 4 B after each, weights of 2 B once, 7/8 of them sent
    const parameters = evaluationOf(at(1)).memory.worst.gradients / 4;
    expect(bound(at(2)).sync).toBeCloseTo(((8 * 4 + 2) * parameters * (7 / 8)) / lineRate(at(2)), 6);
    // weights before both passes
    expect(bound(at(3)).sync).toBeCloseTo(((8 * 4 + 16 * 2) * parameters * (7 / 8)) / lineRate(at(3)), 6);
  });
});

describe("exchanges of a step", () => {
  test("full recomputation repeats those of the forward", () => {
    const at = (recompute: "none" | "full") => bound(written(stack(4), { cp: 4, tp: 2, recompute }));
    // keys and values: gathered forward; gathered and their gradients scattered backward
    expect(at("full").cp / at("none").cp).toBeCloseTo(4 / 3, 9);
    expect(at("full").tp).toBeGreaterThan(1.3 * at("none").tp);
  });

  const v3 = (parallelism: Partial<ParallelismRecord>): PlanRecord => written(deepSeekV3, { pp: 8, ep: 64, zero: 1, ...parallelism }, { global_batch_size: 4096 }, 64);

  test("dispatch and combine take as long under every schedule; beside compute they are slower", () => {
    expect(trained(v3({ schedule: "dualpipe" })).dispatch).toBe(trained(v3({ schedule: "1f1b" })).dispatch);
  });

  test.each(["1f1b", "dualpipe"] as const)("%s: what exchanges of experts expose is part of what is exposed", (schedule) => {
    const { step } = trained(v3({ schedule }));
    expect(step.exposed_expert).toBeGreaterThan(0);
    expect(step.exposed_expert).toBeLessThanOrEqual(step.exposed_communication * (1 + 1e-12));
  });
});

describe("a checkpoint", () => {
  const checkpointOf = (plan: PlanRecord) => checkpointBytes(evaluationOf(plan).memoryModel);

  test("holds each parameter once, whatever divides the model", () => {
    const bytes = (parallelism: Partial<ParallelismRecord>) => checkpointOf(written(deepSeekV3, { zero: 1, ...parallelism }, { global_batch_size: 4096 }, 64));
    expect(bytes({ tp: 8, ep: 8, pp: 8 })).toBe(bytes({ ep: 64, pp: 8 }));
    expect(bytes({ ep: 64, pp: 8, schedule: "dualpipe" })).toBe(bytes({ ep: 64, pp: 8 }));
  });

  test("holds master weights in the precision of the weights once", () => {
    const bytes = (weights: "bf16" | "fp32") => checkpointOf(written(stack(4, { ...bf16, weights, experts: weights }), {}));
    // a linear layer 4 + 2 x 4 B a parameter in FP32 and 2 + 4 + 2 x 4 B in BF16; embedding, head and norms are BF16 in both
    const linear = 4 * ((2 * 32 + 2 * 8) * 128 * 4096 + 3 * 4096 * 14_336);
    const rest = 2 * 32_000 * 4096 + (2 * 4 + 1) * 4096;
    expect(bytes("bf16")).toBe(14 * (linear + rest));
    expect(bytes("fp32")).toBe(12 * linear + 14 * rest);
  });
});
