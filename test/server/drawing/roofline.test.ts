/** No operator lies above the roof, and all of them are there. */

import { describe, expect, test } from "vitest";
import { operatorTable } from "../../../server/src/cost/plan/details";
import { evaluationOf } from "../../../server/src/cost/plan/evaluation";
import { rooflineData } from "../../../server/src/drawing/roofline";
import { planRecord, type PlanText } from "../../kit/plan";

const plans: readonly (readonly [string, PlanText])[] = [
  ["training", {}],
  ["prefill", { before: "hardware Part extends H800Cluster { nodes = 4 }", hardware: "Part", parallelism: "ep = 32, tp = 4", workload: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4" }],
  ["decode", { before: "hardware Part extends H800Cluster { nodes = 18 }", hardware: "Part", parallelism: "ep = 144", workload: "phase = decode, context_length = 8192, batch_per_gpu = 64" }],
  ["dense", { before: "hardware Part extends DGX_H100 { nodes = 1 }", hardware: "Part", model: "Llama3_1_405B", parallelism: "tp = 8", workload: "phase = decode, context_length = 8192, batch_per_gpu = 2" }],
];

describe.each(plans)("%s", (_name, text) => {
  const evaluation = evaluationOf(planRecord(text));
  const { roofs, bandwidth, points, moving } = rooflineData(evaluation);

  test("every point lies below the memory's slope and the highest peak", () => {
    const [highest] = roofs;
    expect(points.length).toBeGreaterThan(5);
    for (const { rate, intensity } of points) {
      expect(rate).toBeLessThanOrEqual((highest?.peak ?? 0) * (1 + 1e-9));
      expect(rate).toBeLessThanOrEqual(bandwidth * intensity * (1 + 1e-9));
    }
  });

  test("points and operators that only move memory make up the whole time", () => {
    expect(points.reduce((sum, { share }) => sum + share, moving.share)).toBeCloseTo(1, 9);
    for (const { time } of points) expect(time).toBeGreaterThan(0);
  });

  test("each operator of the plan is a point, or moves memory alone", () => {
    const operators = evaluation.plan.workload.phase === "training" ? evaluation.training("estimate").operators() : evaluation.serving("estimate").stages.flatMap((stage) => stage.operators());
    const table = operatorTable("", operators);
    const names = table.kind === "table" ? table.rows.filter(([, , flops]) => flops !== "").map(([name]) => name) : [];
    expect(new Set(points.map(({ name }) => name))).toEqual(new Set(names));
  });
});

test("roofs are those that the model computes at: fp8 and bf16, of H800 1,979 and 989 TFLOPS", () => {
  const { roofs, bandwidth } = rooflineData(evaluationOf(planRecord({ model: "FP8", before: "model FP8 extends DeepSeekV3 { precision { activations = fp8_e4m3 } }" })));
  expect(roofs.map(({ peak }) => peak)).toEqual([1979e12, 989e12]);
  expect(bandwidth).toBe(3.35e12);
});
