/** What makes operation lists or durations no pipeline, as a sentence; `undefined` where nothing does. */

import { mostChunks, type Operation, type OperationLists } from "./operations";
import { resultAt, resultCount, resultsOf } from "./results";
import { mirrorStage, type Chunk, type Durations } from "./schedule";

export function durationFault({ stages: count }: Pick<OperationLists, "stages">, { stages, send }: Durations): string | undefined {
  if (stages.length !== count) return `Durations are given for ${stages.length} stages; the pipeline has ${count}.`;
  if (!isTime(send)) return "The time of a send is no duration.";
  for (const [stage, { forward, backward, weight, overlapped = 0 }] of stages.entries()) {
    if (isTime(forward) && isTime(backward) && isTime(weight) && isTime(overlapped) && weight <= backward) continue;
    for (const [name, time] of Object.entries({ forward, backward, weight, overlapped })) {
      if (!isTime(time)) return `In stage ${stage}, the time of ${name} is no duration.`;
    }
    return `In stage ${stage}, the weight part (${weight} s) is longer than the full backward (${backward} s).`;
  }
  return undefined;
}

const isTime = (seconds: number): boolean => Number.isFinite(seconds) && seconds >= 0;

/** Counts out of reach, chunks outside the pipeline, results given twice, pairs that no schedule overlaps. */
export function listFault(lists: OperationLists): string | undefined {
  const { stages, micro_batches } = lists;
  if (!isIndex(stages) || !isIndex(micro_batches) || stages * micro_batches > mostChunks) {
    return "The counts of stages and micro-batches are no whole numbers, or too large to simulate.";
  }
  const given = new Uint8Array(resultCount(lists));
  for (const [rank, operations] of lists.ranks.entries()) {
    for (const operation of operations) {
      const outside = chunkOutside(operation, lists);
      if (outside !== undefined) {
        const place = `micro-batch ${outside.micro_batch} in stage ${outside.stage}`;
        return `Rank ${rank} runs ${place}; there are ${micro_batches} micro-batches and ${stages} stages.`;
      }
      for (const result of resultsOf(operation, lists)) {
        if (given[result] === 1) return `Rank ${rank} computes ${nameOf(result, lists)} a second time.`;
        given[result] = 1;
      }
      if (operation.kind === "overlapped" && operation.backward.stage !== mirrorStage(stages, operation.forward.stage)) {
        const pair = `a forward in stage ${operation.forward.stage} with a backward in stage ${operation.backward.stage}`;
        return `Rank ${rank} overlaps ${pair}, which is not its mirror.`;
      }
    }
  }
  return undefined;
}

function chunkOutside(operation: Operation, lists: OperationLists): Chunk | undefined {
  if (operation.kind !== "overlapped") return isInside(operation, lists) ? undefined : operation;
  if (!isInside(operation.forward, lists)) return operation.forward;
  return isInside(operation.backward, lists) ? undefined : operation.backward;
}

const isInside = ({ stage, micro_batch }: Chunk, { stages, micro_batches }: OperationLists): boolean =>
  isIndex(stage) && stage < stages && isIndex(micro_batch) && micro_batch < micro_batches;

const isIndex = (value: number): boolean => Number.isInteger(value) && value >= 0;

function nameOf(result: number, lists: OperationLists): string {
  const { kind, stage, micro_batch } = resultAt(result, lists);
  const names = { output: "the output", input_gradient: "the input gradient", weight_gradient: "the weight gradient" };
  return `${names[kind]} of micro-batch ${micro_batch} in stage ${stage}`;
}
