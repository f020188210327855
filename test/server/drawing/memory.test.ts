/** The bars of the memory picture are the figures of the plan. */

import { describe, expect, test } from "vitest";
import { reportOf } from "../../../server/src/drawing";
import { memoryData, memoryParts } from "../../../server/src/drawing/memory/data";
import { evaluationOf } from "../../../server/src/cost/plan/evaluation";
import { memoryMetrics } from "../../../server/src/cost/plan/memory-metrics";
import { planRecord, planText, type PlanText } from "../../kit/plan";
import { declarationOf } from "../../kit/workspace";

const plans: readonly (readonly [string, PlanText])[] = [
  ["dualpipe", {}],
  ["memory kept free", { parallelism: "pp = 16, ep = 64, schedule = dualpipe, memory_reserve = 4 GB" }],
  ["more ranks than bars", { parallelism: "pp = 40, ep = 1, tp = 1, dp = 1", hardware: "DGX_H100", before: "hardware Five extends DGX_H100 { nodes = 5 }", workload: "phase = training, sequence_length = 4096, global_batch_size = 80" }],
  ["decode", { parallelism: "ep = 144, tp = 1", hardware: "H800Cluster", before: "hardware Part extends H800Cluster { nodes = 18 }", workload: "phase = decode, context_length = 8192, batch_per_gpu = 64" }],
];

const hardwareOf = ({ before = "", hardware }: PlanText): string => /hardware (\w+)/.exec(before)?.[1] ?? hardware ?? "H800Cluster";

const dataOf = (text: PlanText) => memoryData(evaluationOf(planRecord({ ...text, hardware: hardwareOf(text) })));

describe.each(plans)("%s", (_name, text) => {
  test("the parts of a bar add up to it", () => {
    for (const { parts, total } of dataOf(text).bars) {
      expect(memoryParts.reduce((sum, part) => sum + parts[part], 0)).toBeCloseTo(total, 3);
    }
  });

  test("the fullest bar is the plan's memory, part by part", () => {
    const record = planRecord({ ...text, hardware: hardwareOf(text) });
    const { worst, bars } = dataOf(text);
    const metric = (id: string): number => memoryMetrics.find((candidate) => candidate.id === id)?.value?.(record, {}) ?? Number.NaN;
    expect(worst.total).toBe(metric("memory_per_gpu"));
    expect(Math.max(...bars.map(({ total }) => total))).toBe(worst.total);
    expect(worst.parts.cache).toBe(metric("memory_kv"));
    expect(worst.parts.weights).toBe(metric("memory_weights"));
    expect(worst.parts.buffers + worst.parts.reserve).toBe(metric("memory_buffers"));
  });

  test("every rank stands in one bar", () => {
    const { bars, ranks } = dataOf(text);
    expect(bars.flatMap(({ firstRank, lastRank }) => Array.from({ length: lastRank - firstRank + 1 }, (_, index) => firstRank + index))).toEqual(Array.from({ length: ranks }, (_, rank) => rank));
    expect(bars.length).toBeLessThanOrEqual(32);
  });
});

test("what is kept free is told apart from buffers", () => {
  const { usable, capacity, worst } = dataOf(plans[1]?.[1] ?? {});
  expect(worst.parts.reserve).toBe(4e9);
  expect(usable).toBe(capacity - 4e9);
});

test("marks lead to what a reader would edit: the layout for the optimizer, the plan's key for a device of the library", () => {
  const text = planText({});
  const { workspace, declaration } = declarationOf({ "plan.dsco": text }, "Plan");
  const svg = reportOf(workspace, declaration)?.pictures.find(({ id }) => id === "memory")?.svg ?? "";
  const lineOf = (part: string): number => text.split("\n").findIndex((line) => line.includes(part));
  const placeOf = (mark: string): string | undefined => new RegExp(`data-mark="${mark}"[^>]*data-place="([^"]*)"`).exec(svg)?.[1];
  expect(placeOf("rank-1-optimizer")).toBe(`file:///design/plan.dsco#${lineOf("parallelism Layout")}:${text.split("\n")[lineOf("parallelism Layout")]?.indexOf("zero") ?? 0}`);
  expect(placeOf("capacity")).toBe(`file:///design/plan.dsco#${lineOf("hardware = ")}:${text.split("\n")[lineOf("hardware = ")]?.indexOf("hardware") ?? 0}`);
});
