/**
 * Activations that a rank keeps. They live from the start of a chunk's forward to the end of its full backward, or of
 * the weight part where that runs apart, so they follow from the order of a rank's operations alone, not from times.
 */

import type { Operation } from "./operations";

/** Chunks that a rank keeps during one of its operations, by stage; stages without one are left out. */
export interface Kept {
  readonly at: number;
  readonly chunks: ReadonlyMap<number, number>;
}

/**
 * The moments at which a rank can keep most, whatever one chunk of each stage takes: of any other moment there is one here that keeps
 * as many chunks of every stage. Rank by rank they are few: one where a rank has one stage.
 */
export function fullestMoments(operations: readonly Operation[]): readonly Kept[] {
  const kept = new Map<number, number>();
  let fullest: Kept[] = [];
  const change = (stage: number, by: number) => { kept.set(stage, (kept.get(stage) ?? 0) + by); };
  operations.forEach((operation, at) => {
    const taken = takes(operation);
    if (taken !== undefined) {
      change(taken, 1);
      if (!fullest.some(({ chunks }) => holdsAll(chunks, kept))) {
        const chunks = new Map([...kept].filter(([, count]) => count > 0));
        fullest = [...fullest.filter((other) => !holdsAll(chunks, other.chunks)), { at, chunks }];
      }
    }
    const freed = frees(operation);
    if (freed !== undefined) change(freed, -1);
  });
  return fullest;
}

/** As many chunks of each stage as `other`, or more. */
function holdsAll(chunks: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): boolean {
  for (const [stage, count] of other) if ((chunks.get(stage) ?? 0) < count) return false;
  return true;
}

function takes(operation: Operation): number | undefined {
  if (operation.kind === "overlapped") return operation.forward.stage;
  return operation.kind === "forward" ? operation.stage : undefined;
}

function frees(operation: Operation): number | undefined {
  if (operation.kind === "overlapped") return operation.backward.stage;
  return operation.kind === "backward" || operation.kind === "backward_weight" ? operation.stage : undefined;
}
