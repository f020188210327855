/**
 * What operations give and need, each result as a number from 0 to 3 x stages x micro-batches - 1: the outputs of all
 * chunks, then their input gradients, then their weight gradients.
 */

import type { Operation } from "./operations";
import type { Chunk } from "./schedule";

/** The counts of a pipeline. */
export interface Extent {
  readonly stages: number;
  readonly micro_batches: number;
}

const resultKinds = ["output", "input_gradient", "weight_gradient"] as const;

/** A full backward gives both gradients, as its two parts do. */
export interface Result extends Chunk {
  readonly kind: (typeof resultKinds)[number];
}

export const resultCount = ({ stages, micro_batches }: Extent): number => resultKinds.length * stages * micro_batches;

export const isOutput = (result: number, { stages, micro_batches }: Extent): boolean => result < stages * micro_batches;

/** The result that a number stands for. */
export function resultAt(result: number, { stages, micro_batches }: Extent): Result {
  const chunks = stages * micro_batches;
  const kind = resultKinds[Math.floor(result / chunks)] ?? "output";
  return { kind, stage: Math.floor((result % chunks) / micro_batches), micro_batch: result % micro_batches };
}

/** The number of a chunk's output. Its gradients follow one and two times the pipeline's chunks later. */
const outputOf = ({ stage, micro_batch }: Chunk, { micro_batches }: Extent): number => stage * micro_batches + micro_batch;

/** The chunks must lie in the pipeline, here and in `needsOf`. */
export function resultsOf(operation: Operation, extent: Extent): readonly number[] {
  const chunks = extent.stages * extent.micro_batches;
  if (operation.kind === "overlapped") {
    const back = outputOf(operation.backward, extent);
    return [outputOf(operation.forward, extent), back + chunks, back + 2 * chunks];
  }
  const own = outputOf(operation, extent);
  switch (operation.kind) {
    case "forward": return [own];
    case "backward": return [own + chunks, own + 2 * chunks];
    case "backward_input": return [own + chunks];
    case "backward_weight": return [own + 2 * chunks];
  }
}

/** The same chunk in the stage before or after lies `micro_batches` numbers away. */
export function needsOf(operation: Operation, extent: Extent): readonly number[] {
  const { stages, micro_batches } = extent;
  const chunks = stages * micro_batches;
  if (operation.kind === "overlapped") {
    const { forward, backward } = operation;
    const needs = backward.stage === stages - 1 ? [] : [outputOf(backward, extent) + chunks + micro_batches];
    needs.push(outputOf(backward, extent));
    if (forward.stage > 0) needs.push(outputOf(forward, extent) - micro_batches);
    return needs;
  }
  const own = outputOf(operation, extent);
  switch (operation.kind) {
    case "forward": return operation.stage === 0 ? [] : [own - micro_batches];
    case "backward":
    case "backward_input": return operation.stage === stages - 1 ? [own] : [own, own + chunks + micro_batches];
    case "backward_weight": return [own + chunks];
  }
}
