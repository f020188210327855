import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkTimes, overlappedPair, type ChunkTimes, type StageCompute, type StageExchange } from "../../../../server/src/cost/training/chunk";
import { pipelineRunOf, stepOf } from "../../../../server/src/cost/training/step";
import { closedForm } from "../../../../server/src/cost/pipeline/closed-form";
import { stageCount, type Pipeline } from "../../../../server/src/cost/pipeline/schedule";

const compute: StageCompute = { forward: 1, backward_input: 1, backward_weight: 1 };
const silent: StageExchange = { expert_forward: 0, expert_backward: 0, blocking_forward: 0, blocking_backward: 0 };
const ends = { exposed_sync: 0.25, sweep: 0.5 };

const equalChunks = (pipeline: Pipeline, chunk: ChunkTimes): readonly ChunkTimes[] => Array.from({ length: stageCount(pipeline) }, () => chunk);

describe("a step", () => {
  test("of 1f1b without communication is (micro-batches + pp - 1) chunks and the optimizer", () => {
    const pipeline: Pipeline = { schedule: "1f1b", pp: 4, micro_batches: 8 };
    const step = stepOf(pipelineRunOf(pipeline, { chunks: equalChunks(pipeline, chunkTimes(compute, silent)), send: 0 }), ends);
    expect(step.step_time).toBeCloseTo((8 + 3) * 3 + 0.75, 9);
    expect(step).toMatchObject({ forward: 8, backward: 16, weight_gradient: 0, overlapped: 0, compute: 24, optimizer: 0.75, exposed_communication: 0.25 });
    expect(step.bubble).toBeCloseTo(closedForm(pipeline, chunkTimes(compute, silent).durations).bubble, 9);
  });

  test("exposes what its chunks wait for", () => {
    const pipeline: Pipeline = { schedule: "1f1b", pp: 1, micro_batches: 10 };
    const step = stepOf(pipelineRunOf(pipeline, { chunks: equalChunks(pipeline, chunkTimes(compute, { ...silent, expert_forward: 0.5, blocking_backward: 0.25 })), send: 0 }), ends);
    expect(step.exposed_communication).toBeCloseTo(10 * 0.75 + 0.25, 9);
    expect(step.exposed_expert).toBeCloseTo(10 * 0.5, 9);
    expect(step.compute).toBeCloseTo(30, 9);
  });
});

describe("a step too long to run through", () => {
  // 1f1b of equal stages: (micro-batches + pp - 1) chunks of 3 s
  test("takes what its closed form says", () => {
    const pipeline: Pipeline = { schedule: "1f1b", pp: 8, micro_batches: 1_000_000 };
    const step = stepOf(pipelineRunOf(pipeline, { chunks: equalChunks(pipeline, chunkTimes(compute, silent)), send: 0 }), ends);
    expect(step.step_time / ((1_000_000 + 7) * 3 + 0.75)).toBeCloseTo(1, 9);
    expect(step.forward).toBeCloseTo(1_000_000, 3);
  });

  test.each([
    { schedule: "dualpipe", pp: 8, micro_batches: 5200 },
    { schedule: "zb1p", pp: 4, micro_batches: 10_400 },
    { schedule: "interleaved", pp: 4, vp: 3, micro_batches: 3600 },
  ] as const)("$schedule goes on as it began", (pipeline) => {
    // just above and just below what is run through
    const uneven = Array.from({ length: stageCount(pipeline) }, (_, stage) => chunkTimes({ forward: 1 + (stage % 3) / 7, backward_input: 1.2, backward_weight: 0.9 }, { ...silent, expert_forward: 0.3 }));
    const below: Pipeline = { ...pipeline, micro_batches: Math.floor(40_000 / stageCount(pipeline) / 8) * 8 };
    const perMicroBatch = (of: Pipeline): number => stepOf(pipelineRunOf(of, { chunks: uneven, send: 0.05 }), ends).step_time / of.micro_batches;
    expect(perMicroBatch(pipeline) / perMicroBatch(below)).toBeCloseTo(1, 3);
  });
});

describe("an overlapped pair", () => {
  test("takes the longer of compute and exchanges", () => {
    expect(overlappedPair({ compute: 2, expert: 1, blocking: 0 }, { compute: 4, expert: 2, blocking: 0 }, 9)).toEqual({ duration: 6, compute: 6, expert: 0, exchange: 3 });
    expect(overlappedPair({ compute: 2, expert: 4, blocking: 0 }, { compute: 1, expert: 3, blocking: 0 }, 10)).toEqual({ duration: 7, compute: 3, expert: 4, exchange: 7 });
  });

  test("what blocks counts as no exchange of experts", () => {
    // 7 s of exchanges beside 3 s of operators leave 4 s, whatever tensor parallelism adds
    expect(overlappedPair({ compute: 2, expert: 4, blocking: 0.5 }, { compute: 1, expert: 3, blocking: 0.25 }, 20)).toEqual({ duration: 7.75, compute: 3, expert: 4, exchange: 7 });
  });

  test("never takes longer than one after the other", () => {
    expect(overlappedPair({ compute: 6, expert: 0.1, blocking: 0 }, { compute: 6, expert: 0.1, blocking: 0 }, 10).duration).toBe(10);
  });
});

describe("whatever the times", () => {
  const time = fc.double({ min: 0.01, max: 10, noNaN: true });
  const pipelines: fc.Arbitrary<Pipeline> = fc.oneof(
    fc.record({ schedule: fc.constantFrom("1f1b" as const, "zb1p" as const), pp: fc.integer({ min: 1, max: 6 }), micro_batches: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ schedule: fc.constant("dualpipe" as const), pp: fc.constantFrom(2, 4), micro_batches: fc.constantFrom(8, 12) }),
    fc.record({ schedule: fc.constant("interleaved" as const), pp: fc.constantFrom(2, 4), vp: fc.integer({ min: 2, max: 3 }), micro_batches: fc.constantFrom(4, 8) }),
  );
  const chunks = fc.record({ forward: time, backward_input: time, backward_weight: time, expert: time, blocking: time }).map(({ expert, blocking, ...passes }) => ({
    compute: passes, exchange: { expert_forward: expert, expert_backward: expert, blocking_forward: blocking, blocking_backward: blocking },
  }));

  test("the phases add up to the step, and so do compute, exposed communication, bubble and optimizer", () => {
    fc.assert(fc.property(pipelines, chunks, time, (pipeline, { compute: passes, exchange }, send) => {
      const step = stepOf(pipelineRunOf(pipeline, { chunks: equalChunks(pipeline, chunkTimes(passes, exchange)), send: send }), ends);
      expect(step.forward + step.backward + step.weight_gradient + step.overlapped + step.bubble + step.optimizer).toBeCloseTo(step.step_time, 6);
      expect(step.compute + step.exposed_communication + step.bubble + ends.sweep).toBeCloseTo(step.step_time, 6);
    }), { numRuns: 60 });
  });

  test("slower exchanges never make a step faster", () => {
    fc.assert(fc.property(pipelines, chunks, fc.double({ min: 1, max: 4, noNaN: true }), (pipeline, { compute: passes, exchange }, factor) => {
      const slower = Object.fromEntries(Object.entries(exchange).map(([name, value]) => [name, value * factor])) as unknown as StageExchange;
      const of = (of: StageExchange): number => stepOf(pipelineRunOf(pipeline, { chunks: equalChunks(pipeline, chunkTimes(passes, of)), send: 0 }), ends).step_time;
      expect(of(slower)).toBeGreaterThanOrEqual(of(exchange) * (1 - 1e-12));
    }), { numRuns: 60 });
  });
});
