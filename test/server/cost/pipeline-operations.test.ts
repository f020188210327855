/** What each rank runs, against the papers' and repositories' schedules written out by hand, and for all pipelines. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditionsOf, nextAllowed, unmetConditions } from "../../../server/src/cost/pipeline/conditions";
import { mostChunks, operationsOf, type Operation } from "../../../server/src/cost/pipeline/operations";
import { stageCount, stagesOfRank, type Pipeline } from "../../../server/src/cost/pipeline/schedule";
import { lists, partsOf, pipelines } from "./pipelines";

/** `F3b`: micro-batch 3 in the second of a rank's stages; letters as in draw.ts. */
function spelled(pipeline: Pipeline): readonly string[] {
  return lists(pipeline).ranks.map((operations, rank) => {
    const stages = stagesOfRank(pipeline, rank);
    const name = ({ stage, micro_batch }: { stage: number; micro_batch: number }) => {
      const letter = "abcd".charAt(stages.indexOf(stage));
      return `${micro_batch}${pipeline.schedule === "interleaved" || pipeline.schedule === "dualpipev" ? letter : ""}`;
    };
    const letters = { forward: "F", backward: "B", backward_input: "I", backward_weight: "W" };
    return operations.map((operation) => (operation.kind === "overlapped"
      ? `F${name(operation.forward)}&B${name(operation.backward)}`
      : letters[operation.kind] + name(operation))).join(" ");
  });
}

describe("the order of operations", () => {
  const cases: readonly (readonly [string, Pipeline, readonly string[]])[] = [
    ["1f1b", { schedule: "1f1b", pp: 3, micro_batches: 4 }, [
      "F0 F1 F2 B0 F3 B1 B2 B3",
      "F0 F1 B0 F2 B1 F3 B2 B3",
      "F0 B0 F1 B1 F2 B2 F3 B3",
    ]],
    ["1f1b with fewer micro-batches than ranks", { schedule: "1f1b", pp: 4, micro_batches: 2 }, [
      "F0 F1 B0 B1", "F0 F1 B0 B1", "F0 F1 B0 B1", "F0 B0 F1 B1",
    ]],
    ["one rank", { schedule: "1f1b", pp: 1, micro_batches: 2 }, ["F0 B0 F1 B1"]],
    ["interleaved", { schedule: "interleaved", pp: 2, vp: 2, micro_batches: 4 }, [
      "F0a F1a F0b F1b F2a B0b F3a B1b F2b B0a F3b B1a B2b B3b B2a B3a",
      "F0a F1a F0b B0b F1b B1b F2a B0a F3a B1a F2b B2b F3b B3b B2a B3a",
    ]],
    ["zb1p", { schedule: "zb1p", pp: 3, micro_batches: 4 }, [
      "F0 F1 F2 I0 W0 F3 I1 W1 I2 W2 I3 W3",
      "F0 F1 I0 F2 I1 W0 F3 I2 W1 I3 W2 W3",
      "F0 I0 F1 I1 F2 I2 W0 F3 I3 W1 W2 W3",
    ]],
    ["dualpipe", { schedule: "dualpipe", pp: 4, micro_batches: 8 }, [
      "F0 F1 F2 F4 I4 W4 F5 F3&B5 F6&B0 B6 F7&B1 B7 I2 W2 I3 W3",
      "F0 F4 F1 F5 F2 B4 F6&B0 F3&B5 F7&B1 B6 B2 I7 I3 W7 W3",
      "F4 F0 F5 F1 F6 B0 F2&B4 F7&B1 F3&B5 B2 B6 I3 I7 W3 W7",
      "F4 F5 F6 F0 I0 W0 F1 F7&B1 F2&B4 B2 F3&B5 B3 I6 W6 I7 W7",
    ]],
    ["dualpipev", { schedule: "dualpipev", pp: 2, micro_batches: 4 }, [
      "F0a F1a F2a F0b I0b W0b F1b F3a&B1b F2b&B0a B2b F3b&B1a B3b I2a W2a I3a W3a",
      "F0a F0b F1a F1b F2a B0b F2b&B0a F3a&B1b F3b&B1a B2b B2a I3b I3a W3b W3a",
    ]],
  ];
  it.each(cases)("%s", (_, pipeline, expected) => {
    expect(spelled(pipeline)).toEqual(expected);
  });
});

describe("dualpipe with 16 ranks and 120 micro-batches", () => {
  const ranks = lists({ schedule: "dualpipe", pp: 16, micro_batches: 120 }).ranks;
  const count = (operations: readonly Operation[], kind: Operation["kind"]) => operations.filter((operation) => operation.kind === kind).length;

  // By the steps of dualpipe.py: h = min(rank, 15 - rank), 8 half ranks, 60 micro-batches in each direction.
  it.each([
    // rank, forwards, pairs, full backwards, backwards in two parts
    [0, 23, 97, 8, 15],
    [3, 20, 100, 8, 12],
    [6, 17, 103, 8, 9],
    // The middle ranks have 104 pairs, and run the first of them one after the other.
    [7, 17, 103, 9, 8],
    [8, 17, 103, 9, 8],
    [12, 20, 100, 8, 12],
    [15, 23, 97, 8, 15],
  ])("rank %i runs %i forwards, %i overlapped pairs, %i full backwards and %i in two parts", (rank, forwards, pairs, backwards, parts) => {
    const operations = ranks[rank] ?? [];
    expect(count(operations, "forward")).toBe(forwards);
    expect(count(operations, "overlapped")).toBe(pairs);
    expect(count(operations, "backward")).toBe(backwards);
    expect(count(operations, "backward_input")).toBe(parts);
    expect(count(operations, "backward_weight")).toBe(parts);
  });
});

describe("every pipeline", () => {
  it("runs forward, input part and weight part of every chunk once, on a rank that holds its stage", () => {
    fc.assert(fc.property(pipelines, (pipeline) => {
      const { stages, micro_batches, ranks } = lists(pipeline);
      expect(stages).toBe(stageCount(pipeline));
      expect(ranks).toHaveLength(pipeline.pp);
      const seen = new Set<string>();
      ranks.forEach((operations, rank) => {
        const held = stagesOfRank(pipeline, rank);
        for (const { part, stage, micro_batch } of operations.flatMap(partsOf)) {
          expect(held).toContain(stage);
          const key = `${part} ${stage} ${micro_batch}`;
          expect(seen.has(key), key).toBe(false);
          seen.add(key);
        }
      });
      expect(seen.size).toBe(3 * stages * micro_batches);
    }));
  });

  it("takes a stage's micro-batches in order, and the parts of a chunk in order", () => {
    fc.assert(fc.property(pipelines, (pipeline) => {
      for (const operations of lists(pipeline).ranks) {
        const latest = new Map<string, number>();
        const done = new Set<string>();
        for (const { part, stage, micro_batch } of operations.flatMap(partsOf)) {
          const before = latest.get(`${part} ${stage}`);
          if (before !== undefined) expect(micro_batch).toBe(before + 1);
          latest.set(`${part} ${stage}`, micro_batch);
          done.add(`${part} ${stage} ${micro_batch}`);
          if (part === "input") expect(done).toContain(`forward ${stage} ${micro_batch}`);
          if (part === "weight") expect(done).toContain(`input ${stage} ${micro_batch}`);
        }
      }
    }));
  });

  it("holds every stage on one rank, dualpipe on two", () => {
    fc.assert(fc.property(pipelines, (pipeline) => {
      const held = Array.from({ length: pipeline.pp }, (_, rank) => stagesOfRank(pipeline, rank));
      const copies = new Map<number, number>();
      for (const stage of held.flat()) copies.set(stage, (copies.get(stage) ?? 0) + 1);
      expect([...copies.keys()].sort((one, other) => one - other)).toEqual(Array.from({ length: stageCount(pipeline) }, (_, stage) => stage));
      expect(new Set(copies.values())).toEqual(new Set([pipeline.schedule === "dualpipe" ? 2 : 1]));
      for (const stages of held) expect(stages).toEqual([...stages].sort((one, other) => one - other));
    }));
  });
});

describe("conditions", () => {
  const cases: readonly (readonly [Pipeline, readonly (readonly [string, number])[]])[] = [
    [{ schedule: "1f1b", pp: 1, micro_batches: 1 }, []],
    [{ schedule: "1f1b", pp: 0, micro_batches: 0 }, [["pp", 1]]],
    [{ schedule: "1f1b", pp: 2, micro_batches: 0 }, [["micro_batches", 1]]],
    [{ schedule: "zb1p", pp: 2.5, micro_batches: 4 }, [["pp", 3]]],
    [{ schedule: "zb1p", pp: 4, micro_batches: 3.5 }, [["micro_batches", 4]]],
    [{ schedule: "interleaved", pp: 4, vp: 1, micro_batches: 9 }, [["vp", 2], ["micro_batches", 12]]],
    [{ schedule: "interleaved", pp: 1, vp: 2, micro_batches: 9 }, [["pp", 2]]],
    [{ schedule: "interleaved", pp: 4, vp: 3, micro_batches: 12 }, []],
    [{ schedule: "dualpipe", pp: 16, micro_batches: 120 }, []],
    [{ schedule: "dualpipe", pp: 16, micro_batches: 32 }, []],
    [{ schedule: "dualpipe", pp: 16, micro_batches: 30 }, [["micro_batches", 32]]],
    [{ schedule: "dualpipe", pp: 16, micro_batches: 33 }, [["micro_batches", 34]]],
    [{ schedule: "dualpipe", pp: 15, micro_batches: 30 }, [["pp", 16]]],
    [{ schedule: "dualpipev", pp: 8, micro_batches: 15 }, [["micro_batches", 16]]],
    [{ schedule: "dualpipev", pp: 7, micro_batches: 15 }, []],
    [{ schedule: "dualpipe", pp: NaN, micro_batches: 8 }, [["pp", NaN]]],
  ];
  it.each(cases)("%o", (pipeline, expected) => {
    const unmet = unmetConditions(pipeline);
    const sizes = { vp: 1, ...pipeline };
    expect(unmet.map((condition) => [condition.property, nextAllowed(condition, sizes[condition.property])])).toEqual(expected);
    expect(operationsOf(pipeline).kind).toBe(expected.length === 0 ? "operations" : "unmet");
    for (const { source } of unmet) expect(source).toMatch(/\w/);
  });

  it("are met by the next allowed sizes, and by no size between", () => {
    const schedules = fc.constantFrom("1f1b" as const, "zb1p" as const, "interleaved" as const, "dualpipe" as const, "dualpipev" as const);
    fc.assert(fc.property(schedules, fc.integer({ min: 1, max: 9 }), fc.integer({ min: -3, max: 80 }), (schedule, ranks, wanted) => {
      const pp = conditionsOf({ schedule, pp: ranks }).filter(({ property }) => property === "pp").reduce((size, condition) => nextAllowed(condition, size), ranks);
      const pipeline = (micro_batches: number): Pipeline =>
        (schedule === "interleaved" ? { schedule, pp, vp: 2, micro_batches } : { schedule, pp, micro_batches });
      const condition = conditionsOf({ schedule, pp }).find(({ property }) => property === "micro_batches");
      if (condition === undefined) throw new Error("no condition on micro-batches");
      const next = nextAllowed(condition, wanted);
      expect(next).toBeGreaterThanOrEqual(wanted);
      expect(unmetConditions(pipeline(next))).toEqual([]);
      for (let between = wanted; between < next; between++) expect(unmetConditions(pipeline(between))).toEqual([condition]);
    }));
  });

  it("do not list more chunks than anyone can wait for", () => {
    expect(operationsOf({ schedule: "1f1b", pp: 16, micro_batches: 1_000_000 })).toEqual({ kind: "too_many", chunks: 16_000_000 });
    expect(operationsOf({ schedule: "1f1b", pp: 2 ** 40, micro_batches: 1 })).toEqual({ kind: "too_many", chunks: 2 ** 40 });
    expect(lists({ schedule: "dualpipe", pp: 16, micro_batches: 120 }).stages * 120).toBeLessThan(mostChunks);
  });
});
