/** Which micro-batches each rank of a pipeline keeps at its worst moment, from the order of its operations. */

import { Unavailable } from "../definition";
import { unmetConditions, type Condition } from "../pipeline/conditions";
import { inFlight, type InFlight } from "../pipeline/in-flight";
import { operationsOf, type Operation } from "../pipeline/operations";
import { stageCount, type Pipeline } from "../pipeline/schedule";
import { formatNumber } from "../term";

export interface RankInFlight extends InFlight {
  /** During which the peak stands for the first time. */
  readonly operation: Operation | undefined;
}

/**
 * One for each rank. `size` states what one chunk of a stage keeps. Throws `Unavailable` where the schedule cannot run with the
 * pipeline's sizes. What is kept does not grow once the pipeline is full, so a long step is cut to three fillings.
 */
export function ranksInFlight(pipeline: Pipeline, size: (stage: number) => number): readonly RankInFlight[] {
  const [unmet] = unmetConditions(pipeline);
  if (unmet !== undefined) throw new Unavailable(unmetText(pipeline, unmet));
  const filled = 3 * stageCount(pipeline);
  const result = operationsOf({ ...pipeline, micro_batches: Math.min(pipeline.micro_batches, filled) });
  if (result.kind !== "operations") throw new Unavailable(`the schedule has more chunks than can be listed (${formatNumber(filled * stageCount(pipeline))})`);
  return result.ranks.map((operations) => {
    const found = inFlight(operations, size);
    return { ...found, operation: operations[found.at] };
  });
}

function unmetText({ schedule }: Pipeline, { property, atLeast, multipleOf }: Condition): string {
  const name = property === "micro_batches" ? "micro-batches" : `\`${property}\``;
  const multiple = multipleOf === 1 ? "" : `, in multiples of ${formatNumber(multipleOf)}`;
  return `\`${schedule}\` needs ${name} of at least ${formatNumber(atLeast)}${multiple}`;
}

/** `forward of micro-batch 3 in stage 0`; counts from 0. */
export function operationText(operation: Operation): string {
  if (operation.kind === "overlapped") {
    const { forward, backward } = operation;
    return `forward of micro-batch ${forward.micro_batch} in stage ${forward.stage} beside backward of micro-batch ${backward.micro_batch} in stage ${backward.stage}`;
  }
  return `${operationWords[operation.kind]} of micro-batch ${operation.micro_batch} in stage ${operation.stage}`;
}

const operationWords = {
  forward: "forward", backward: "backward", backward_input: "backward of the inputs", backward_weight: "backward of the weights",
} as const;
