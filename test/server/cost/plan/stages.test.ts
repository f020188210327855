import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layersPerStage, stagesOf } from "../../../../server/src/cost/plan/stages";
import type { Pipeline } from "../../../../server/src/cost/pipeline/schedule";
import { planRecord } from "../../../kit/plan";

const v3 = planRecord({}).model;
const llama = planRecord({ model: "Llama3_1_405B" }).model;
const micro_batches = 64;

describe("layers of a stage", () => {
  test("are equally many where that comes out even", () => {
    expect(layersPerStage(llama, { schedule: "1f1b", pp: 14, micro_batches })).toEqual(new Array(14).fill(9));
    expect(layersPerStage(llama, { schedule: "interleaved", pp: 7, vp: 9, micro_batches })).toEqual(new Array(63).fill(2));
  });

  // arXiv:2407.21783, section 3.3.2: one layer less on the first and on the last stage
  test("Llama 3's 126 on 16 stages leave one out on the first and on the last", () => {
    expect(layersPerStage(llama, { schedule: "1f1b", pp: 16, micro_batches })).toEqual([7, ...new Array<number>(14).fill(8), 7]);
  });

  test("dualpipe balances the two stages of a rank: the one with head and MTP module takes no layer", () => {
    const counts = layersPerStage(v3, { schedule: "dualpipe", pp: 16, micro_batches });
    expect(counts.at(-1)).toBe(0);
    const pairs = Array.from({ length: 8 }, (_, rank) => (counts[rank] ?? 0) + (counts[15 - rank] ?? 0));
    expect(pairs[0]).toBeLessThan(8);
    for (const pair of pairs.slice(1)) expect(pair).toBeGreaterThanOrEqual(8);
  });

  const pipelines: fc.Arbitrary<Pipeline> = fc.record({ pp: fc.integer({ min: 1, max: 32 }), schedule: fc.constantFrom("1f1b", "zb1p", "dualpipev") })
    .map(({ pp, schedule }) => ({ schedule, pp, micro_batches }));

  test("every layer stands on exactly one stage, in order", () => {
    fc.assert(fc.property(pipelines, fc.constantFrom(v3, llama), (pipeline, model) => {
      const stages = stagesOf(model, pipeline);
      const layers = stages.flatMap((stage) => stage.runs.flatMap((run) => run.layers));
      expect([...layers].sort((a, b) => a - b)).toEqual(Array.from({ length: model.layers }, (_, layer) => layer));
      const lasts = stages.map((stage) => Math.max(-1, ...stage.runs.flatMap((run) => run.layers)));
      expect(lasts.filter((last) => last >= 0)).toEqual([...lasts.filter((last) => last >= 0)].sort((a, b) => a - b));
      expect(stages.filter(({ embedding }) => embedding)).toHaveLength(1);
      expect(stages.at(-1)).toMatchObject({ head: true, mtp_modules: model.mtp?.depth ?? 0 });
    }));
  });
});
