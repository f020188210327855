/** A simulated schedule at a glance: one line a rank, as wide as asked, whatever the number of micro-batches. */

import type { OperationKind } from "./operations";
import type { RankTimeline, Simulation } from "./simulate";

const letters: Readonly<Record<OperationKind, string>> = { forward: "F", backward: "B", backward_input: "I", backward_weight: "W", overlapped: "x" };

/** What the letters say, without those that do not occur. */
export function timelineLegend({ ranks }: Simulation): string {
  const words: Readonly<Record<OperationKind, string>> = {
    forward: "forward", backward: "backward", backward_input: "gradients of inputs", backward_weight: "gradients of weights", overlapped: "forward and backward overlapped",
  };
  const kinds = (Object.keys(letters) as OperationKind[]).filter((kind) => ranks.some(({ busy }) => busy[kind] > 0));
  return [...kinds.map((kind) => `${letters[kind]} ${words[kind]}`), ". idle"].join(", ");
}

/** Each character stands for what the rank does in the middle of its share of the step; `columns` of them. */
export function timeline({ ranks, step_time }: Simulation, columns: number): readonly string[] {
  const margin = String(ranks.length - 1).length;
  return ranks.map((rank, index) => `${String(index).padStart(margin)} ${rankLine(rank, step_time / columns, columns)}`);
}

/** Operations stand in the order of time, so one walk meets them all. */
function rankLine({ operations, start, end }: RankTimeline, share: number, columns: number): string {
  let at = 0;
  return Array.from({ length: columns }, (_, column) => {
    const moment = (column + 0.5) * share;
    while (at < operations.length && (end[at] ?? 0) <= moment) at += 1;
    const operation = operations[at];
    return operation && (start[at] ?? 0) <= moment ? letters[operation.kind] : ".";
  }).join("");
}
