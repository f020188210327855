/** What the pictures of times show adds up to the figures of the plan. */

import { describe, expect, test } from "vitest";
import { evaluationOf } from "../../../server/src/cost/plan/evaluation";
import { planMetrics } from "../../../server/src/cost/plan/metrics";
import type { PlanRecord } from "../../../server/src/cost/plan/record";
import { boundNames, latencyData, latencyParts } from "../../../server/src/drawing/decode/data";
import { stepData, stepParts, stepPhases } from "../../../server/src/drawing/step/data";
import { planRecord, type PlanText } from "../../kit/plan";

const metric = (record: PlanRecord, id: string): number => {
  const figure = planMetrics.find((candidate) => candidate.id === id)?.compute(record, {});
  return figure?.kind === "value" ? figure.value : Number.NaN;
};

const sumOf = (values: Readonly<Record<string, number>>, names: readonly string[]): number => names.reduce((sum, name) => sum + (values[name] ?? Number.NaN), 0);

const nodes = (count: number): PlanText => ({ before: `hardware Part extends H800Cluster { nodes = ${count} }`, hardware: "Part" });

const trainings: readonly (readonly [string, PlanText])[] = [
  ["DeepSeek-V3 as it was trained", {}],
  ["with tensor and context parallelism", { ...nodes(8), model: "Llama3_1_405B", parallelism: "tp = 8, cp = 2, pp = 4, zero = 1, schedule = 1f1b", workload: "phase = training, sequence_length = 8192, global_batch_size = 64" }],
  ["recomputed in full, ZeRO 3", { ...nodes(4), model: "DeepSeekV2", parallelism: "ep = 8, zero = 3, recompute = full", workload: "phase = training, sequence_length = 4096, global_batch_size = 64" }],
  ["zero bubble", { ...nodes(4), model: "DeepSeekV2", parallelism: "pp = 4, ep = 8, schedule = zb1p", workload: "phase = training, sequence_length = 4096, global_batch_size = 64" }],
];

describe.each(trainings)("the step of %s", (_name, text) => {
  const record = planRecord(text);
  const { step, parts, phases, exchanges } = stepData(evaluationOf(record));

  test("is its parts, and its phases", () => {
    expect(step).toBe(metric(record, "step_time"));
    expect(sumOf(parts, stepParts)).toBeCloseTo(step, 9);
    expect(sumOf(phases, stepPhases)).toBeCloseTo(step, 9);
    expect(parts.compute).toBe(metric(record, "compute_time"));
    expect(parts.expert + parts.blocking + parts.replicas).toBeCloseTo(metric(record, "exposed_comm_time"), 9);
    expect(parts.bubble).toBe(metric(record, "bubble_time"));
    expect(parts.replicas + parts.sweep).toBeCloseTo(metric(record, "optimizer_time"), 9);
  });

  test("hides no more of an exchange than there is of it", () => {
    for (const { total, exposed } of exchanges) if (exposed !== undefined) expect(exposed).toBeLessThanOrEqual(total * (1 + 1e-9));
    const totalOf = (kind: string): number => exchanges.find((exchange) => exchange.kind === kind)?.total ?? 0;
    expect(totalOf("dp")).toBe(metric(record, "dp_sync_time"));
    expect(totalOf("pp")).toBe(metric(record, "pp_comm_time"));
    expect(totalOf("tp") + totalOf("cp") + totalOf("tp and cp")).toBeCloseTo(metric(record, "tp_comm_time") + metric(record, "cp_comm_time"), 12);
  });
});

test("all of the expert exchanges of a step: dispatch and combine of every layer and micro-batch, forward and backward", () => {
  const record = planRecord(trainings[3]?.[1] ?? {});
  const { exchanges } = stepData(evaluationOf(record));
  // 64 sequences over dp 8 = 8 micro-batches; DeepSeek-V2 has 59 MoE layers on 4 ranks; zb1p hides nothing
  const perLayer = metric(record, "ep_dispatch_time") + metric(record, "ep_combine_time");
  const { total, exposed } = exchanges.find(({ kind }) => kind === "ep") ?? { total: 0, exposed: 0 };
  expect(total).toBeCloseTo((2 * 8 * 59 * perLayer) / 4, 9);
  expect(exposed).toBeCloseTo(total, 9);
});

const decode = "phase = decode, context_length = 8192, batch_per_gpu = 64";
const servings: readonly (readonly [string, PlanText])[] = [
  ["decode", { ...nodes(18), parallelism: "ep = 144", workload: decode }],
  ["decode in two micro-batches", { ...nodes(18), parallelism: "ep = 144, dual_micro_batch = true", workload: decode }],
  ["decode over a pipeline", { ...nodes(16), parallelism: "ep = 32, pp = 4", workload: decode }],
  ["decode with tensor parallelism, dense", { ...nodes(2), model: "Llama3_1_405B", parallelism: "tp = 8", workload: "phase = decode, context_length = 8192, batch_per_gpu = 8" }],
  ["prefill", { ...nodes(4), parallelism: "ep = 32, tp = 4, dual_micro_batch = true", workload: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4" }],
  ["experts on the host", { before: "hardware One extends H800Cluster { nodes = 1, host { memory = 1 TB, memory_bandwidth = 400 GB/s } }", hardware: "One", parallelism: "offload { experts = host }", workload: "phase = decode, context_length = 4096, batch_per_gpu = 1" }],
];

describe.each(servings)("%s", (_name, text) => {
  const record = planRecord(text);
  const { phase, latency, parts, kinds } = latencyData(evaluationOf(record));

  test("the parts are the latency", () => {
    expect(latency).toBe(metric(record, phase === "decode" ? "tpot" : "ttft"));
    expect(sumOf(parts, latencyParts)).toBeCloseTo(latency, 12);
  });

  test("the layers of all kinds make up their parts, and every layer is of one kind", () => {
    for (const part of ["attention", "ffn", "routed", "exchange", "context_parallel"] as const) {
      expect(kinds.reduce((sum, kind) => sum + kind.layers.length * kind.parts[part], 0)).toBeCloseTo(parts[part], 12);
    }
    expect(kinds.flatMap(({ layers }) => layers).sort((one, other) => one - other)).toEqual(Array.from({ length: record.model.layers }, (_, layer) => layer));
  });

  test("the operators of a layer take what its attention and its ffn take", () => {
    for (const { operators, bounds, parts: own } of kinds) {
      const computed = own.attention + own.ffn + own.routed;
      expect(operators.reduce((sum, { time }) => sum + time, 0)).toBeCloseTo(computed, 12);
      expect(sumOf(bounds, boundNames)).toBeCloseTo(computed, 12);
    }
  });

  test("no more of an exchange is exposed than there is", () => {
    for (const { exchange, parts: own } of kinds) expect(own.exchange).toBeLessThanOrEqual(exchange * (1 + 1e-9));
  });
});
