/** Which micro-batches each rank of a pipeline keeps at its worst moment, from the order of its operations. */

import { Unavailable } from "../definition";
import { keptResults } from "../once";
import { unmetConditions, unmetText } from "../pipeline/conditions";
import { fullestMoments, type Kept } from "../pipeline/in-flight";
import { mostChunks, operationsOf, type Operation } from "../pipeline/operations";
import { stageCount, type Pipeline } from "../pipeline/schedule";
import { formatNumber } from "../term";

/** The micro-batches that a rank keeps at once, by stage. */
export interface InFlight extends Kept {
  /** Bytes. */
  readonly bytes: number;
  /** The first that runs with so many kept, and its place `at` in the rank's list. */
  readonly operation: Operation | undefined;
}

/**
 * The worst of each rank. `sizes`: what one chunk of each stage keeps, in bytes. Throws `Unavailable` where the schedule cannot run
 * with the pipeline's sizes.
 */
export function ranksInFlight(pipeline: Pipeline, sizes: readonly number[]): readonly InFlight[] {
  return candidatesOf(pipeline).map((candidates) => {
    let worst: InFlight = { bytes: 0, at: 0, chunks: new Map(), operation: undefined };
    for (const candidate of candidates) {
      let bytes = 0;
      for (const [stage, count] of candidate.chunks) bytes += count * (sizes[stage] ?? 0);
      if (bytes > worst.bytes) worst = { bytes, at: candidate.at, chunks: candidate.chunks, operation: candidate.operation };
    }
    return worst;
  });
}

type Candidate = Kept & Pick<InFlight, "operation">;
type Candidates = readonly (readonly Candidate[])[];

/** They depend on the schedule's shape alone, so that a sweep over anything else lists no operations again. */
const known = keptResults<Candidates>(256);

function candidatesOf(pipeline: Pipeline): Candidates {
  const unmet = unmetConditions(pipeline);
  if (unmet.length > 0) throw new Unavailable(unmetText(pipeline, unmet));
  // what is kept does not grow once the pipeline is full: a long step is cut to three fillings
  const micro_batches = Math.min(pipeline.micro_batches, 3 * stageCount(pipeline));
  return known(`${pipeline.schedule} ${pipeline.pp} ${stageCount(pipeline)} ${micro_batches}`, () => listCandidates({ ...pipeline, micro_batches }));
}

function listCandidates(pipeline: Pipeline): Candidates {
  const result = operationsOf(pipeline);
  if (result.kind !== "operations") throw new Unavailable(`the pipeline has too many chunks to list (${formatNumber(mostChunks)} are the most)`);
  return result.ranks.map((operations) => fullestMoments(operations).map((moment) => ({ ...moment, operation: operations[moment.at] })));
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
