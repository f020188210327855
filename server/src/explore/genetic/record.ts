/** What a search leaves behind, line by line: its header, then a line for each generation, so that one that was killed goes on where it was. */

import * as z from "zod";
import { readLines, reasonsSchema, type RunHeader } from "../record";
import type { Trial } from "./trial";

const trialSchema = z.object({ designs: z.array(z.number()), misses: z.array(z.number()), values: z.array(z.number()), reasons: reasonsSchema });

export const trialLine = ({ designs, misses, values, reasons }: Trial): string =>
  `${JSON.stringify({ designs: [...designs], misses: [...misses], values: [...values], reasons })}\n`;

export type SearchRecord =
  | { readonly kind: "search"; readonly header: RunHeader; readonly trials: readonly Trial[]; /** Characters of the whole lines. */ readonly length: number }
  | { readonly kind: "broken"; readonly reason: string };

/** Reads a record; a last line that was torn off when the run was killed is left out. */
export function readSearchRecord(text: string): SearchRecord {
  const read = readLines(text, "search", trialSchema, "generation of designs", (found, { objectives }) =>
    found.misses.length === found.designs.length && found.values.length === found.misses.filter((miss) => miss === 0).length * objectives.length);
  if (read.kind === "broken") return read;
  const trials = read.lines.map(({ designs, misses, values, reasons }): Trial =>
    ({ designs: Float64Array.from(designs), misses: Float64Array.from(misses), values: Float64Array.from(values), reasons }));
  return { kind: "search", header: read.header, trials, length: read.length };
}
