/** A schedule as text, one line a rank, as papers draw it. */

import type { Operation } from "./operations";
import type { Chunk } from "./schedule";
import type { RankTimeline, Simulation } from "./simulate";

/**
 * One cell for each `unit` of seconds. `F3` is the forward of micro-batch 3, `B3` its full backward, `I3` and `W3` the
 * two parts of it, `F3&B1` an overlapped pair; dashes fill an operation's further cells, a dot is an idle cell. Where a
 * micro-batch passes a rank more than once, a letter tells the rank's stages apart. Operations that are no multiple of
 * the unit start and end at the nearest cell.
 */
export function draw({ ranks, step_time }: Simulation, unit: number): string {
  const rows = ranks.map((rank) => cellsOf(rank, unit));
  const width = rows.flat().reduce((most, { cells, label }) => Math.max(most, Math.ceil((label.length + 1) / cells) - 1), 1);
  const last = Math.round(step_time / unit);
  const margin = String(ranks.length - 1).length;
  return rows.map((row, rank) => `${String(rank).padStart(margin)} ${line(row, last, width)}`).join("\n");
}

interface Drawn {
  readonly label: string;
  readonly from: number;
  readonly cells: number;
}

function cellsOf(rank: RankTimeline, unit: number): readonly Drawn[] {
  const nameOf = namesOf(rank.operations);
  return rank.operations.flatMap((operation, at) => {
    const from = Math.round((rank.start[at] ?? 0) / unit);
    const cells = Math.round((rank.end[at] ?? 0) / unit) - from;
    return cells > 0 ? [{ label: labelOf(operation, nameOf), from, cells }] : [];
  });
}

const letters = { forward: "F", backward: "B", backward_input: "I", backward_weight: "W" } as const;

const labelOf = (operation: Operation, nameOf: (chunk: Chunk) => string): string =>
  (operation.kind === "overlapped"
    ? `F${nameOf(operation.forward)}&B${nameOf(operation.backward)}`
    : `${letters[operation.kind]}${nameOf(operation)}`);

/** How a rank calls its chunks: by their micro-batch, and by their stage where that alone is not enough. */
function namesOf(operations: readonly Operation[]): (chunk: Chunk) => string {
  const chunks = operations.flatMap((operation) => (operation.kind === "overlapped" ? [operation.forward, operation.backward] : [operation]));
  const stages = [...new Set(chunks.map(({ stage }) => stage))].sort((one, other) => one - other);
  const microBatches = new Set(chunks.map(({ micro_batch }) => micro_batch));
  const pairs = new Set(chunks.map(({ stage, micro_batch }) => `${stage} ${micro_batch}`));
  if (pairs.size === microBatches.size) return ({ micro_batch }) => String(micro_batch);
  return ({ stage, micro_batch }) => micro_batch + String.fromCharCode("a".charCodeAt(0) + stages.indexOf(stage));
}

function line(row: readonly Drawn[], last: number, width: number): string {
  const columns: string[] = [];
  const idleUntil = (cell: number, from: number) => {
    for (let at = from; at < cell; at++) columns.push(".".padEnd(width));
  };
  let cell = 0;
  for (const { label, from, cells } of row) {
    idleUntil(from, cell);
    columns.push(label.padEnd(cells * (width + 1) - 1, "-"));
    cell = from + cells;
  }
  idleUntil(last, cell);
  return columns.join(" ").trimEnd();
}
