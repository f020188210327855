/** The time of a step in one pass over a fixed order is that of the full simulation, bit by bit. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { orderOf, pipelineOrder, stepTime, type OperationOrder } from "../../../server/src/cost/pipeline/order";
import { stageCount, type ChunkDurations, type Durations, type Pipeline } from "../../../server/src/cost/pipeline/schedule";
import { lists, oneForwardOneBackward, dualPipe, dualPipeV, interleaved, simulated, zeroBubble } from "./pipelines";

/** Doubles whose sums round. */
const seconds = fc.double({ min: 0, max: 3, noNaN: true });
const chunk: fc.Arbitrary<ChunkDurations> = fc.record({ forward: seconds, input: seconds, weight: seconds, overlapped: fc.option(seconds, { nil: undefined }) })
  .map(({ forward, input, weight, overlapped }) => ({ forward, backward: input + weight, weight, ...(overlapped === undefined ? {} : { overlapped }) }));

const withDurations = (pipelines: fc.Arbitrary<Pipeline>): fc.Arbitrary<{ readonly pipeline: Pipeline; readonly durations: Durations }> =>
  pipelines.chain((pipeline) => fc.record({
    pipeline: fc.constant(pipeline),
    durations: fc.record({ stages: fc.array(chunk, { minLength: stageCount(pipeline), maxLength: stageCount(pipeline) }), send: seconds }),
  }));

function order(pipeline: Pipeline): OperationOrder {
  const found = orderOf(lists(pipeline));
  if (found.kind !== "order") throw new Error(found.kind);
  return found;
}

it.each([["1f1b", oneForwardOneBackward], ["zb1p", zeroBubble], ["interleaved", interleaved], ["dualpipe", dualPipe], ["dualpipev", dualPipeV]] as const)(
  "%s takes as long as in the simulation, and runs as many operations of each kind", (_, pipelines) => {
    fc.assert(fc.property(withDurations(pipelines), ({ pipeline, durations }) => {
      const operations = lists(pipeline);
      const simulation = simulated(operations, durations);
      const found = order(pipeline);
      expect(stepTime(found, durations)).toBe(simulation.step_time);
      const kinds = operations.ranks.flat().map((operation) => `${operation.kind} ${operation.kind === "overlapped" ? operation.forward.stage : operation.stage}`);
      found.counts.forEach((count, stage) => {
        for (const [kind, times] of Object.entries(count)) expect(times).toBe(kinds.filter((each) => each === `${kind} ${stage}`).length);
      });
    }), { numRuns: 60 });
  });

it("is drawn by hand: 1f1b of two ranks and three micro-batches, forward 1 s, backward 2 s", () => {
  // rank 1 runs F0 at 1, then B0 1-3.. : F0 1-2, B0 2-4, F1 4-5, B1 5-7, F2 7-8, B2 8-10; rank 0's last backward follows: 10-12
  const durations: Durations = { stages: [{ forward: 1, backward: 2, weight: 1 }, { forward: 1, backward: 2, weight: 1 }], send: 0 };
  expect(stepTime(order({ schedule: "1f1b", pp: 2, micro_batches: 3 }), durations)).toBe(12);
});

it("is that of the durations that are asked for, whatever was asked before", () => {
  const two = order({ schedule: "1f1b", pp: 2, micro_batches: 3 });
  const stage = (forward: number): ChunkDurations => ({ forward, backward: 2, weight: 1 });
  const timeOf = (first: number, send = 0): number => stepTime(two, { stages: [stage(first), stage(1)], send });
  const asked: readonly (readonly [first: number, send: number])[] = [[1, 0], [2, 0], [1, 0.25], [1, 0], [3, 0], [4, 0], [5, 0], [1, 0]];
  const fresh = asked.map(([first, send]) => stepTime(order({ schedule: "1f1b", pp: 2, micro_batches: 3 }), { stages: [stage(first), stage(1)], send }));
  expect(asked.map(([first, send]) => timeOf(first, send))).toEqual(fresh);
  expect(new Set(fresh).size).toBe(6);
});

it("says why there is no order", () => {
  expect(pipelineOrder({ schedule: "dualpipe", pp: 3, micro_batches: 6 }).kind).toBe("unmet");
  expect(pipelineOrder({ schedule: "1f1b", pp: 1000, micro_batches: 100_000 }).kind).toBe("too_many");
  expect(orderOf({ kind: "operations", stages: 1, micro_batches: 1, ranks: [[{ kind: "backward", stage: 0, micro_batch: 0 }]] }).kind).toBe("deadlock");
});
