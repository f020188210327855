// A plan that an edit leaves as it is keeps its record, and with it all that was computed of it.
import { expect, test } from "vitest";
import { planRecord } from "../../../kit/plan";

test("an edit beside a plan leaves its record as it is", () => {
  const other = "// a comment\nworkload Other { phase = training, sequence_length = 8192, global_batch_size = 64 }";
  expect(planRecord({ before: other })).toBe(planRecord({}));
});

test.each([
  ["a degree", { parallelism: "pp = 16, ep = 32, zero = 1, schedule = dualpipe" }],
  ["a workload", { workload: "phase = training, sequence_length = 4096, global_batch_size = 15_360, tokens = 14T" }],
  ["an efficiency", { plan: "efficiency { gemm = 70% }" }],
  ["a cluster", { before: "hardware Fewer extends H800Cluster { nodes = 128 }", hardware: "Fewer" }],
  ["a model", { before: "model Wider extends DeepSeekV3 { vocab_size = 130_000 }", model: "Wider" }],
])("another value of %s makes another one", (_, text) => {
  expect(planRecord(text)).not.toEqual(planRecord({}));
});
