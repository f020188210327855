/** Times of a pipeline: drawn by hand, against a slow check of every rule, and what holds for all of them. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draw } from "../../../server/src/cost/pipeline/draw";
import { fullestMoments } from "../../../server/src/cost/pipeline/in-flight";
import type { Operation, OperationLists } from "../../../server/src/cost/pipeline/operations";
import { uniformDurations, type ChunkDurations, type Durations, type Pipeline } from "../../../server/src/cost/pipeline/schedule";
import { simulate, type Simulation } from "../../../server/src/cost/pipeline/simulate";
import { durationOf, lists, partsOf, simulated, uneven, uniform } from "./pipelines";

const oneTwo: ChunkDurations = { forward: 1, backward: 2, weight: 1 };

describe("drawn by hand", () => {
  const cases: readonly (readonly [string, Pipeline, ChunkDurations, number, string])[] = [
    ["1f1b", { schedule: "1f1b", pp: 2, micro_batches: 3 }, oneTwo, 0, `
0 F0 F1 .  .  B0--- F2 B1--- .  B2---
1 .  F0 B0--- F1 B1--- F2 B2--- .  .`],
    ["1f1b with sends", { schedule: "1f1b", pp: 2, micro_batches: 2 }, oneTwo, 1, `
0 F0 F1 .  .  .  .  B0--- .  B1---
1 .  .  F0 B0--- F1 B1--- .  .  .`],
    ["interleaved", { schedule: "interleaved", pp: 2, vp: 2, micro_batches: 2 }, { forward: 1, backward: 1, weight: 1 }, 0, `
0 F0a F1a F0b F1b .   B0b .   B1b B0a B1a
1 .   F0a F1a F0b B0b F1b B1b B0a B1a .`],
    ["zb1p", { schedule: "zb1p", pp: 2, micro_batches: 3 }, oneTwo, 0, `
0 F0 F1 .  I0 W0 F2 I1 W1 I2 W2
1 .  F0 I0 F1 I1 W0 F2 I2 W1 W2`],
    ["dualpipe", { schedule: "dualpipe", pp: 2, micro_batches: 4 }, oneTwo, 0, `
0 F0 F2 F1 B2--- F3&B0--- B3--- I1 W1
1 F2 F0 F3 B0--- F1&B2--- B1--- I3 W3`],
    ["dualpipev on one rank, where nothing is sent", { schedule: "dualpipev", pp: 1, micro_batches: 2 }, { ...oneTwo, overlapped: 2 }, 9, `
0 F0a F0b F1a B0b---- F1b&B0a B1b---- I1a W1a`],
  ];
  it.each(cases)("%s", (_, pipeline, chunk, send, drawing) => {
    const simulation = simulated(lists(pipeline), uniformDurations(pipeline, chunk, send));
    expect(`\n${draw(simulation, 1)}`.split("\n").map((row) => row.trimEnd())).toEqual(drawing.split("\n"));
  });

  it("idles for what comes last: 1f1b of two ranks with unequal stages", () => {
    // Rank 0: F0 0-1, F1 1-2, B0 9-11, B1 13-15. Rank 1: F0 1-4, B0 4-9, F1 9-12, B1 12-17, so B1 of rank 0 is 17-19.
    const pipeline: Pipeline = { schedule: "1f1b", pp: 2, micro_batches: 2 };
    const stages: readonly ChunkDurations[] = [oneTwo, { forward: 3, backward: 5, weight: 2 }];
    const { step_time, bubble, ranks } = simulated(lists(pipeline), { stages, send: 0 });
    expect(step_time).toBe(19);
    expect(ranks.map(({ start, end }) => [start, end])).toEqual([
      [[0, 1, 9, 17], [1, 2, 11, 19]],
      [[1, 4, 9, 12], [4, 9, 12, 17]],
    ]);
    expect(ranks.map(({ idle }) => idle)).toEqual([
      { fill: 0, forward: 0, backward: 13, drain: 0 },
      { fill: 1, forward: 0, backward: 0, drain: 2 },
    ]);
    expect(ranks.map(({ busy }) => busy)).toEqual([
      { forward: 2, backward: 4, backward_input: 0, backward_weight: 0, overlapped: 0 },
      { forward: 6, backward: 10, backward_input: 0, backward_weight: 0, overlapped: 0 },
    ]);
    expect(bubble).toEqual({ worst: 13, mean: 8 });
  });

  it("runs forwards alone, as inference does: the last rank waits for the first stage's slow forwards", () => {
    const forward = (stage: number, micro_batch: number): Operation => ({ kind: "forward", stage, micro_batch });
    const operations: OperationLists = {
      kind: "operations", stages: 2, micro_batches: 2, ranks: [[forward(0, 0), forward(0, 1)], [forward(1, 0), forward(1, 1)]],
    };
    const { ranks, step_time } = simulated(operations, { stages: [{ forward: 3, backward: 0, weight: 0 }, oneTwo], send: 0 });
    expect(step_time).toBe(7);
    expect(ranks[1]?.idle).toEqual({ fill: 3, forward: 2, backward: 0, drain: 0 });
  });
});

/** Every operation starts when its rank is free and the last of what it needs is there, neither sooner nor later. */
function expectRules(operations: OperationLists, durations: Durations, { ranks }: Simulation): void {
  const given = new Map<string, { readonly rank: number; readonly end: number }>();
  ranks.forEach((timeline, rank) => timeline.operations.forEach((operation, at) => {
    for (const { part, stage, micro_batch } of partsOf(operation)) given.set(`${part} ${stage} ${micro_batch}`, { rank, end: timeline.end[at] ?? NaN });
  }));
  const arrival = (key: string, rank: number): number => {
    const found = given.get(key);
    if (found === undefined) throw new Error(`nothing gives ${key}`);
    return found.end + (found.rank === rank ? 0 : durations.send);
  };
  ranks.forEach((timeline, rank) => timeline.operations.forEach((operation, at) => {
    const needs = [timeline.end[at - 1] ?? 0];
    for (const { part, stage, micro_batch } of partsOf(operation)) {
      if (part === "forward" && stage > 0) needs.push(arrival(`forward ${stage - 1} ${micro_batch}`, rank));
      if (part === "input") needs.push(arrival(`forward ${stage} ${micro_batch}`, rank));
      if (part === "input" && stage < operations.stages - 1) needs.push(arrival(`input ${stage + 1} ${micro_batch}`, rank));
      if (part === "weight" && operation.kind === "backward_weight") needs.push(arrival(`input ${stage} ${micro_batch}`, rank));
    }
    expect(timeline.start[at]).toBe(Math.max(...needs));
    expect(timeline.end[at]).toBe((timeline.start[at] ?? NaN) + durationOf(operation, durations));
  }));
}

/** One duration of one stage made longer; for `weight` the full backward grows with it. */
function longer(durations: Durations, at: number, name: "forward" | "backward" | "weight" | "overlapped" | "send", by: number): Durations {
  if (name === "send") return { ...durations, send: durations.send + by };
  const stages = durations.stages.map((stage, index): ChunkDurations => {
    if (index !== at % durations.stages.length) return stage;
    if (name === "weight") return { ...stage, weight: stage.weight + by, backward: stage.backward + by };
    return { ...stage, [name]: (stage[name] ?? 0) + by };
  });
  return { ...durations, stages };
}

describe("every pipeline", { timeout: 60_000 }, () => {
  it("starts each operation exactly when it can", () => {
    fc.assert(fc.property(uneven, ({ pipeline, durations }) => {
      const operations = lists(pipeline);
      expectRules(operations, durations, simulated(operations, durations));
    }));
  });

  it("is busy or idle, and never idle for less than nothing", () => {
    fc.assert(fc.property(uneven, ({ pipeline, durations }) => {
      const { step_time, bubble, ranks } = simulated(lists(pipeline), durations);
      for (const rank of ranks) {
        const busy = Object.values(rank.busy).reduce((sum, time) => sum + time, 0);
        expect(busy).toBe(rank.operations.reduce((sum, operation) => sum + durationOf(operation, durations), 0));
        expect(busy + rank.bubble).toBe(step_time);
        const idle = Object.values(rank.idle);
        expect(Math.min(...idle)).toBeGreaterThanOrEqual(0);
        expect(idle.reduce((sum, time) => sum + time, 0)).toBe(rank.bubble);
      }
      expect(bubble.worst).toBe(Math.max(...ranks.map((rank) => rank.bubble)));
      expect(bubble.mean).toBeCloseTo(ranks.reduce((sum, rank) => sum + rank.bubble, 0) / ranks.length, 6);
    }));
  });

  it("takes no less time when anything takes longer", () => {
    const names = fc.constantFrom("forward" as const, "backward" as const, "weight" as const, "send" as const);
    fc.assert(fc.property(uneven, fc.nat(30), names, fc.integer({ min: 1, max: 30 }), ({ pipeline, durations }, at, name, by) => {
      const operations = lists(pipeline);
      const before = simulated(operations, durations).step_time;
      expect(simulated(operations, longer(durations, at, name, by)).step_time).toBeGreaterThanOrEqual(before);
      const pairs = { ...durations, stages: durations.stages.map((stage) => ({ overlapped: 7, ...stage })) };
      expect(simulated(operations, longer(pairs, at, "overlapped", by)).step_time).toBeGreaterThanOrEqual(simulated(operations, pairs).step_time);
    }));
  });

  it("takes n times as long when everything does", () => {
    fc.assert(fc.property(uneven, fc.integer({ min: 2, max: 9 }), ({ pipeline, durations }, factor) => {
      const operations = lists(pipeline);
      const scaled: Durations = {
        send: factor * durations.send,
        stages: durations.stages.map(({ forward, backward, weight, overlapped }) => ({
          forward: factor * forward, backward: factor * backward, weight: factor * weight,
          ...(overlapped === undefined ? {} : { overlapped: factor * overlapped }),
        })),
      };
      const before = simulated(operations, durations);
      const after = simulated(operations, scaled);
      expect(after.step_time).toBe(factor * before.step_time);
      expect(after.ranks.map(({ end }) => end)).toEqual(before.ranks.map(({ end }) => end.map((time) => factor * time)));
    }));
  });

  it("does not depend on the order in which ranks are given", () => {
    fc.assert(fc.property(uneven, fc.infiniteStream(fc.nat()), ({ pipeline, durations }, random) => {
      const operations = lists(pipeline);
      const order = operations.ranks.map((_, rank) => ({ rank, key: random.next().value as number })).sort((one, other) => one.key - other.key);
      const shuffled = { ...operations, ranks: order.map(({ rank }) => operations.ranks[rank] ?? []) };
      const before = simulated(operations, durations);
      const after = simulated(shuffled, durations);
      expect(after.step_time).toBe(before.step_time);
      after.ranks.forEach((timeline, at) => expect(timeline).toEqual(before.ranks[order[at]?.rank ?? -1]));
    }));
  });
});

describe("activations in flight", () => {
  const [rank = []] = lists({ schedule: "dualpipe", pp: 4, micro_batches: 8 }).ranks;

  it("peak where a pair starts its forward before its backward ends", () => {
    // F0 F1 F2 F4 I4 W4 F5 F3&B5 ...: four chunks, one freed, and two more until the pair, its forward on top.
    expect(rank[7]?.kind).toBe("overlapped");
    expect(fullestMoments(rank)).toContainEqual({ at: 7, chunks: new Map([[0, 4], [3, 1]]) });
  });

  it("have a moment for each mixture of stages that no other contains", () => {
    const chunk = (kind: "forward" | "backward", stage: number, micro_batch: number): Operation => ({ kind, stage, micro_batch });
    const operations = [
      chunk("forward", 0, 0), chunk("forward", 0, 1), chunk("backward", 0, 0), chunk("backward", 0, 1), chunk("forward", 1, 0), chunk("backward", 1, 0),
    ];
    expect(fullestMoments(operations)).toEqual([{ at: 1, chunks: new Map([[0, 2]]) }, { at: 4, chunks: new Map([[1, 1]]) }]);
  });

  it("are none without operations", () => {
    expect(fullestMoments([])).toEqual([]);
  });
});

describe("lists that cannot run", () => {
  const two = { kind: "operations" as const, stages: 2, micro_batches: 1 };
  const durations: Durations = { stages: [oneTwo, oneTwo], send: 0 };
  const chunk = (kind: Exclude<Operation["kind"], "overlapped">, stage: number): Operation => ({ kind, stage, micro_batch: 0 });

  it("are told rank by rank, with what each waits for", () => {
    const ranks = [[chunk("backward", 0), chunk("forward", 0)], [chunk("forward", 1), chunk("backward", 1)]];
    expect(simulate({ ...two, ranks }, durations)).toEqual({
      kind: "deadlock",
      blocked: [
        { rank: 0, at: 0, operation: ranks[0]?.[0], needs: { kind: "output", stage: 0, micro_batch: 0 } },
        { rank: 1, at: 0, operation: ranks[1]?.[0], needs: { kind: "output", stage: 0, micro_batch: 0 } },
      ],
    });
  });

  it("are found where a gradient never comes, and name no rank that has ended", () => {
    const ranks = [[chunk("forward", 0), chunk("backward_weight", 0), chunk("backward_input", 0)], [chunk("forward", 1)]];
    expect(simulate({ ...two, ranks }, durations)).toEqual({
      kind: "deadlock",
      blocked: [{ rank: 0, at: 1, operation: ranks[0]?.[1], needs: { kind: "input_gradient", stage: 0, micro_batch: 0 } }],
    });
  });

  it("are found whatever is taken out of a pipeline's lists or turned round in them", () => {
    fc.assert(fc.property(uneven, fc.nat(), fc.nat(), ({ pipeline, durations: times }, at, place) => {
      const operations = lists(pipeline);
      const rank = at % operations.ranks.length;
      const list = operations.ranks[rank] ?? [];
      const without = list.filter((_, index) => index !== place % list.length);
      const broken = { ...operations, ranks: operations.ranks.map((other, index) => (index === rank ? without : other)) };
      const turned = { ...operations, ranks: operations.ranks.map((other, index) => (index === rank ? [...other].reverse() : other)) };
      // Only a weight part is missed by nobody.
      const removed = list[place % list.length];
      const harmless = removed?.kind === "backward_weight" || (removed?.kind === "backward" && removed.stage === 0);
      expect(simulate(broken, times).kind).toBe(harmless ? "simulation" : "deadlock");
      expect(simulate(turned, times).kind).toBe("deadlock");
    }));
  });

  const pairOfOne: Operation = { kind: "overlapped", forward: { stage: 0, micro_batch: 0 }, backward: { stage: 0, micro_batch: 0 } };
  const slow: ChunkDurations = { ...oneTwo, forward: 1e308 };
  const none = { ...two, ranks: [] };

  it.each<readonly [string, OperationLists, Durations, RegExp]>([
    ["no chunk of the pipeline", { ...two, ranks: [[chunk("forward", 2)]] }, durations,
      /Rank 0 runs micro-batch 0 in stage 2; there are 1 micro-batches and 2 stages/],
    ["half a chunk", { ...two, ranks: [[chunk("forward", 0.5)]] }, durations, /stage 0\.5/],
    ["twice the same", { ...two, ranks: [[chunk("forward", 0)], [chunk("forward", 0)]] }, durations,
      /Rank 1 computes the output of micro-batch 0 in stage 0 a second time/],
    ["a full backward and its part", { ...two, ranks: [[chunk("backward", 1), chunk("backward_weight", 1)]] }, durations,
      /the weight gradient of micro-batch 0 in stage 1 a second time/],
    ["a pair of one stage", { ...two, ranks: [[pairOfOne]] }, durations, /a forward in stage 0 with a backward in stage 0, which is not its mirror/],
    ["half a micro-batch", { ...none, micro_batches: 0.5 }, durations, /no whole numbers/],
    ["more than memory holds", { ...none, micro_batches: 1e15 }, durations, /too large/],
    ["a stage without durations", none, { ...durations, stages: [oneTwo] }, /for 1 stages; the pipeline has 2/],
    ["a negative time", none, { ...durations, stages: [oneTwo, { ...oneTwo, forward: -1 }] }, /stage 1, the time of forward is no duration/],
    ["no number", none, { ...durations, send: NaN }, /time of a send is no duration/],
    ["a pair without end", none, { ...durations, stages: [{ ...oneTwo, overlapped: Infinity }, oneTwo] }, /stage 0, the time of overlapped/],
    ["more weight part than backward", none, { ...durations, stages: [{ ...oneTwo, weight: 3 }, oneTwo] },
      /weight part \(3 s\) is longer than the full backward \(2 s\)/],
    ["times beyond numbers", { ...two, ranks: [[chunk("forward", 0)], [chunk("forward", 1)]] }, { ...durations, stages: [slow, slow] },
      /longer than a number can hold/],
  ])("%s: a sentence says so", (_, operations, times, sentence) => {
    const result = simulate(operations, times);
    expect(result.kind === "invalid" ? result.reason : result.kind).toMatch(sentence);
  });

  it("take no time where there is nothing to run", () => {
    expect(simulate({ kind: "operations", stages: 0, micro_batches: 0, ranks: [] }, { stages: [], send: 0 }))
      .toEqual({ kind: "simulation", step_time: 0, bubble: { worst: 0, mean: 0 }, ranks: [] });
  });
});

describe("speed", () => {
  it("simulates dualpipe with 16 ranks and 120 micro-batches in under 5 ms", () => {
    const pipeline: Pipeline = { schedule: "dualpipe", pp: 16, micro_batches: 120 };
    // The fastest of many: what else the machine does must not count.
    const times = Array.from({ length: 15 }, () => {
      const start = performance.now();
      uniform(pipeline, oneTwo);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(5);
  });
});
