/** The picture of a schedule is the schedule that the metrics were computed with. */

import { describe, expect, test } from "vitest";
import { evaluationOf } from "../../../server/src/cost/plan/evaluation";
import { reportOf } from "../../../server/src/drawing";
import { mostOperations, scheduleData } from "../../../server/src/drawing/schedule/data";
import { planRecord, planText, type PlanText } from "../../kit/plan";
import { declarationOf } from "../../kit/workspace";

const four = "hardware Four extends DGX_H100 { nodes = 4 }";
const workload = (batch: number): string => `phase = training, sequence_length = 2048, global_batch_size = ${batch}`;
const small = (schedule: string, batch: number): PlanText =>
  ({ before: four, hardware: "Four", model: "DeepSeekV2", parallelism: `pp = 4, ep = 8, schedule = ${schedule}, vp = ${schedule === "interleaved" ? 2 : 1}, micro_batch_size = 1`, workload: workload(batch) });

const whole: readonly (readonly [string, PlanText])[] = [
  ["1f1b", small("1f1b", 64)], ["zb1p", small("zb1p", 64)], ["interleaved", small("interleaved", 64)], ["dualpipe", small("dualpipe", 128)], ["dualpipev", small("dualpipev", 128)],
];
/** More operations than marks, and more chunks than are run through. */
const long: readonly (readonly [string, PlanText])[] = [["dualpipe with a break", small("dualpipe", 8 * 1000)], ["1f1b, run with fewer micro-batches", small("1f1b", 8 * 20_000)]];

const dataOf = (text: PlanText) => scheduleData(evaluationOf(planRecord(text)));

describe.each([...whole, ...long])("%s", (_name, text) => {
  const data = dataOf(text);

  test("operations of a rank and its idle times follow each other without a gap, from the start of each stretch to its end", () => {
    for (const { operations, idle } of data.ranks) {
      const all = [...operations, ...idle].sort((one, other) => one.from - other.from);
      data.stretches.forEach((stretch) => {
        const own = all.filter(({ from, to }) => to > stretch.from + 1e-9 && from < stretch.to - 1e-9);
        expect(own[0]?.from ?? 0).toBeLessThanOrEqual(stretch.from + 1e-9);
        expect(own.at(-1)?.to ?? 0).toBeGreaterThanOrEqual(stretch.to - 1e-9);
        own.slice(1).forEach(({ from }, index) => expect(from).toBeCloseTo(own[index]?.to ?? 0, 9));
      });
    }
  });

  test("the step ends where the metric says", () => {
    expect(data.stretches.at(-1)?.to).toBeCloseTo(data.pipeline, 9);
    expect(data.pipeline + data.optimizer).toBeCloseTo(data.step, 9);
  });

  test("no micro-batch is beyond those of the step", () => {
    const numbers = data.ranks.flatMap(({ operations }) => operations.map(({ chunk }) => chunk.micro_batch));
    expect(Math.min(...numbers)).toBe(0);
    expect(Math.max(...numbers)).toBe(data.microBatches - 1);
  });
});

describe.each(whole)("%s drawn as a whole", (_name, text) => {
  const data = dataOf(text);

  test("every micro-batch passes every stage forward and backward", () => {
    const chunks = data.ranks.flatMap(({ operations }) => operations);
    const forwards = chunks.filter(({ kind }) => kind === "forward" || kind === "overlapped").map(({ chunk }) => `${chunk.stage} ${chunk.micro_batch}`);
    const backwards = chunks.flatMap(({ kind, chunk, beside }) => (beside ? [beside] : kind === "backward" || kind === "backward_input" ? [chunk] : [])).map(({ stage, micro_batch }) => `${stage} ${micro_batch}`);
    expect(new Set(forwards).size).toBe(forwards.length);
    expect(new Set(backwards)).toEqual(new Set(forwards));
    const stages = data.schedule === "interleaved" || data.schedule === "dualpipev" ? 8 : 4;
    expect(forwards).toHaveLength(stages * data.microBatches);
  });

  test("its idle times are the metric's bubble", () => {
    const idle = data.ranks.map((rank) => rank.idle.reduce((sum, { from, to }) => sum + to - from, 0));
    expect(idle.reduce((sum, each) => sum + each, 0) / idle.length).toBeCloseTo(data.bubble, 6);
  });
});

test.each(long)("%s: two stretches, of which each holds what fills or empties the pipeline", (_name, text) => {
  const { stretches: [first, last], ranks } = dataOf(text);
  expect(last?.from).toBeGreaterThan(first?.to ?? 0);
  for (const { operations } of ranks) {
    expect(operations.some(({ kind, to }) => kind !== "forward" && to <= (first?.to ?? 0))).toBe(true);
    expect(operations.some(({ kind, from }) => (kind === "forward" || kind === "overlapped") && from >= (last?.from ?? 0))).toBe(true);
  }
});

test("dualpipe's two directions are told apart: rank 0 begins with the one, the last rank with the other", () => {
  const { ranks } = dataOf(small("dualpipe", 128));
  expect(ranks.at(0)?.operations[0]?.chunk.flow).toBe(0);
  expect(ranks.at(-1)?.operations[0]?.chunk.flow).toBe(1);
});

test.each([["as it was trained", {}], ["long", { workload: workload(15_360 * 64) }], ["1600 pixels", {}]] satisfies [string, PlanText][])("%s, DeepSeek-V3's picture is under 300 KB", (name, text) => {
  const { workspace, declaration } = declarationOf({ "plan.dsco": planText(text) }, "Plan");
  const svg = reportOf(workspace, declaration, { width: name === "1600 pixels" ? 1600 : 760 })?.pictures.find(({ id }) => id === "schedule")?.svg ?? "";
  expect(svg.length).toBeGreaterThan(1000);
  expect(svg.length).toBeLessThan(300_000);
  expect(svg.match(/data-mark="\d+\.\d+"/g)?.length ?? 0).toBeLessThanOrEqual(mostOperations);
});
