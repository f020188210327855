/** Pipelines for the tests of server/src/cost/pipeline. */

import fc from "fast-check";
import { fullestMoments } from "../../../server/src/cost/pipeline/in-flight";
import { operationsOf, type Operation, type OperationLists } from "../../../server/src/cost/pipeline/operations";
import {
  mirrorStage, stageCount, uniformDurations, type Chunk, type ChunkDurations, type Durations, type Pipeline,
} from "../../../server/src/cost/pipeline/schedule";
import { simulate, type Simulation } from "../../../server/src/cost/pipeline/simulate";

export function lists(pipeline: Pipeline): OperationLists {
  const result = operationsOf(pipeline);
  if (result.kind !== "operations") throw new Error(JSON.stringify({ pipeline, result }));
  return result;
}

export function simulated(operations: OperationLists, durations: Durations): Simulation {
  const result = simulate(operations, durations);
  if (result.kind !== "simulation") throw new Error(JSON.stringify(result));
  return result;
}

/** Equal stages, sends that take no time. */
export const uniform = (pipeline: Pipeline, chunk: ChunkDurations): Simulation =>
  simulated(lists(pipeline), uniformDurations(pipeline, chunk));

const size = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

export const oneForwardOneBackward: fc.Arbitrary<Pipeline> =
  fc.record({ schedule: fc.constant("1f1b" as const), pp: size(1, 7), micro_batches: size(1, 20) });

export const zeroBubble: fc.Arbitrary<Pipeline> =
  fc.record({ schedule: fc.constant("zb1p" as const), pp: size(1, 7), micro_batches: size(1, 20) });

export const interleaved: fc.Arbitrary<Pipeline> = fc.tuple(size(2, 6), size(2, 4), size(1, 4)).map(([pp, vp, groups]) =>
  ({ schedule: "interleaved", pp, vp, micro_batches: groups * pp }));

export const dualPipe: fc.Arbitrary<Pipeline> = fc.tuple(size(1, 5), size(0, 8)).map(([half, more]) =>
  ({ schedule: "dualpipe", pp: 2 * half, micro_batches: 4 * half + 2 * more }));

export const dualPipeV: fc.Arbitrary<Pipeline> = fc.tuple(size(1, 5), size(0, 9)).map(([pp, more]) =>
  ({ schedule: "dualpipev", pp, micro_batches: 2 * pp + more }));

export const pipelines: fc.Arbitrary<Pipeline> = fc.oneof(oneForwardOneBackward, zeroBubble, interleaved, dualPipe, dualPipeV);

/** Whole seconds, so that sums are exact. */
export const chunkDurations: fc.Arbitrary<ChunkDurations> = fc.record({
  forward: size(0, 20), input: size(0, 20), weight: size(0, 20), overlapped: fc.option(size(0, 60), { nil: undefined }),
}).map(({ forward, input, weight, overlapped }) =>
  ({ forward, backward: input + weight, weight, ...(overlapped === undefined ? {} : { overlapped }) }));

/** Any schedule with its own durations for each stage. */
export const uneven: fc.Arbitrary<{ readonly pipeline: Pipeline; readonly durations: Durations }> = pipelines.chain((pipeline) => {
  const stages = stageCount(pipeline);
  return fc.record({
    pipeline: fc.constant(pipeline),
    durations: fc.record({ stages: fc.array(chunkDurations, { minLength: stages, maxLength: stages }), send: size(0, 5) }),
  });
});

/** An operation's chunks with what is done to them. */
export function partsOf(operation: Operation): readonly (Chunk & { readonly part: "forward" | "input" | "weight" })[] {
  switch (operation.kind) {
    case "forward": return [{ ...operation, part: "forward" }];
    case "backward": return [{ ...operation, part: "input" }, { ...operation, part: "weight" }];
    case "backward_input": return [{ ...operation, part: "input" }];
    case "backward_weight": return [{ ...operation, part: "weight" }];
    case "overlapped": return [
      { ...operation.forward, part: "forward" }, { ...operation.backward, part: "input" }, { ...operation.backward, part: "weight" },
    ];
  }
}

/** In seconds, as schedule.ts defines each. */
export function durationOf(operation: Operation, { stages }: Durations): number {
  const of = (stage: number): ChunkDurations => {
    const found = stages[stage];
    if (found === undefined) throw new Error(`no stage ${stage}`);
    return found;
  };
  switch (operation.kind) {
    case "forward": return of(operation.stage).forward;
    case "backward": return of(operation.stage).backward;
    case "backward_input": return of(operation.stage).backward - of(operation.stage).weight;
    case "backward_weight": return of(operation.stage).weight;
    case "overlapped": {
      const ahead = of(operation.forward.stage);
      return ahead.overlapped ?? ahead.forward + of(mirrorStage(stages.length, operation.forward.stage)).backward;
    }
  }
}

/** Chunks that a rank keeps at most. */
export const mostInFlight = (operations: readonly Operation[]): number =>
  Math.max(0, ...fullestMoments(operations).map(({ chunks }) => [...chunks.values()].reduce((sum, count) => sum + count, 0)));
