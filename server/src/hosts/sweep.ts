/** What only sweeps need, in a bundle of its own: threads, and files of columns. */

import { parquetWriteBuffer } from "hyparquet-writer";
import type { ResultRow, ResultTable } from "../explore";

import { sweepPool } from "./sweep-pool";

export { sweepPool };
/** This bundle, as the command line loads it. */
export interface SweepTools {
  readonly sweepPool: typeof sweepPool;
  readonly parquetOf: typeof parquetOf;
}

/** The table as Parquet: numbers as doubles, the number of a design as 64-bit integer. */
export function parquetOf({ columns, rows }: ResultTable): Uint8Array {
  const columnsOfCells = columns.map((): ResultRow[number][] => []);
  for (const row of rows) for (const [place, cell] of row.entries()) columnsOfCells[place]?.push(cell);
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, kind }, place) => {
      const cells = columnsOfCells[place] ?? [];
      if (place === 0) return { name, data: cells.map((cell) => BigInt(Number(cell))), type: "INT64" as const };
      const type = kind === "number" ? ("DOUBLE" as const) : kind === "boolean" ? ("BOOLEAN" as const) : ("STRING" as const);
      return { name, data: cells, type };
    }),
  });
  return new Uint8Array(buffer);
}

