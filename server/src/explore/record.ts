/**
 * What a run of a sweep leaves behind, line by line, so that a run that was killed goes on where it was and shards are put together again:
 * a header that says which space it is, then a line for each stretch of designs.
 */

import * as z from "zod";
import { hashOf, type Source } from "../core";
import { isSearched } from "./genetic/run";
import type { ReasonCount } from "./reasons";
import type { Stretch } from "./run";
import type { Space } from "./space";

/** The fields of a run that its results need, and its place in the whole. */
export interface RunHeader {
  readonly version: 1;
  readonly sweep: string;
  /** Equal for two runs of one version of dsco whose files say the same: what a design comes to may rest on any word of them. */
  readonly fingerprint: string;
  readonly size: number;
  /** The designs of this run: from `from` to before `to`. */
  readonly from: number;
  readonly to: number;
  readonly axes: readonly { readonly path: string; readonly choices: readonly string[] }[];
  readonly objectives: readonly { readonly sense: "maximize" | "minimize"; readonly id: string }[];
  /** Of a space above its budget, which is searched: its designs are not tried one by one, and what is found is not proved. */
  readonly search?: { readonly method: "nsga2"; readonly budget: number; readonly seed: number } | undefined;
}

const headerSchema: z.ZodType<RunHeader> = z.object({
  version: z.literal(1), sweep: z.string(), fingerprint: z.string(), size: z.number(), from: z.number(), to: z.number(),
  axes: z.array(z.object({ path: z.string(), choices: z.array(z.string()) })),
  objectives: z.array(z.object({ sense: z.enum(["maximize", "minimize"]), id: z.string() })),
  search: z.object({ method: z.literal("nsga2"), budget: z.number(), seed: z.number() }).optional(),
});

export const reasonsSchema: z.ZodType<readonly ReasonCount[]> =
  z.array(z.object({ kind: z.enum(["layout", "memory", "where", "require", "unknown"]), text: z.string(), count: z.number() }));

const stretchSchema = z.object({ from: z.number(), to: z.number(), indices: z.array(z.number()), values: z.array(z.number()), reasons: reasonsSchema });

/** `version`: of dsco, whose figures another version may compute otherwise. */
export function headerOf(space: Space, version: string, from: number, to: number): RunHeader {
  const { workspace, sweep, axes, objectives, size, budget, seed } = space;
  const described = {
    axes: axes.map(({ path, choices }) => ({ path, choices: choices.map(({ text }) => text) })),
    objectives: objectives.map(({ sense, id }) => ({ sense, id })),
    ...(isSearched(space) && { search: { method: "nsga2" as const, budget, seed } }),
  };
  // in the order of what they say: another machine has them in other folders
  const files = [...workspace.cache.files].flatMap(([uri, scope]) => (scope && !uri.startsWith("std:") ? [saidIn(scope.source)] : [])).sort();
  return { version: 1, sweep: sweep.name, fingerprint: hashOf(JSON.stringify([version, described, files])), size, from, to, ...described };
}

/** What a text says: without its comments, however it is spaced and set in lines. */
function saidIn({ text, parsed }: Source): string {
  let [said, from] = ["", 0];
  for (const { start, end } of parsed.file.comments) {
    said += `${text.slice(from, start)} `;
    from = end;
  }
  return (said + text.slice(from)).replace(/\s+/g, " ").trim();
}

export const headerLine = (header: RunHeader): string => `${JSON.stringify(header)}\n`;

export const stretchLine = ({ from, to, indices, values, reasons }: Stretch): string =>
  `${JSON.stringify({ from, to, indices: [...indices], values: [...values], reasons })}\n`;

export type RunRecord =
  | { readonly kind: "run"; readonly header: RunHeader; readonly stretches: readonly Stretch[]; /** Characters of the whole lines. */ readonly length: number }
  | { readonly kind: "broken"; readonly reason: string };

/** Reads a record; a last line that was torn off when the run was killed is left out. */
export function readRun(text: string): RunRecord {
  const read = readLines(text, "run", stretchSchema, "stretch of designs", ({ indices, values }, { objectives }) => values.length === indices.length * objectives.length);
  if (read.kind === "broken") return read;
  const stretches = read.lines.map((line): Stretch => ({ ...line, indices: Float64Array.from(line.indices), values: Float64Array.from(line.values) }));
  return { kind: "run", header: read.header, stretches, length: read.length };
}

/** The lines behind the header, each of which must be what `what` names. */
export function readLines<Line>(text: string, kind: "run" | "search", schema: z.ZodType<Line>, what: string, isSound: (line: Line, header: RunHeader) => boolean):
  | { readonly kind: "lines"; readonly header: RunHeader; readonly lines: readonly Line[]; readonly length: number }
  | { readonly kind: "broken"; readonly reason: string } {
  const whole = text.split("\n").slice(0, -1);
  const [first = "", ...others] = whole;
  const header = parsed(first, headerSchema);
  if (!header) return { kind: "broken", reason: "it does not begin with the description of a sweep" };
  if (kind === "run" && header.search) return { kind: "broken", reason: "it is of a search, not of designs tried one by one" };
  if (kind === "search" && !header.search) return { kind: "broken", reason: "it is of designs tried one by one, not of a search" };
  const lines: Line[] = [];
  for (const [place, line] of others.entries()) {
    const found = parsed(line, schema);
    if (found === undefined || !isSound(found, header)) return { kind: "broken", reason: `line ${place + 2} is no ${what}` };
    lines.push(found);
  }
  return { kind: "lines", header, lines, length: whole.reduce((length, line) => length + line.length + 1, 0) };
}

function parsed<Result>(line: string, schema: z.ZodType<Result>): Result | undefined {
  try {
    const found = schema.safeParse(JSON.parse(line));
    return found.success ? found.data : undefined;
  } catch {
    return undefined;
  }
}

/** What of the designs from `from` to before `to` no stretch has, in order; stretches may overlap. */
export function gaps(from: number, to: number, stretches: readonly Pick<Stretch, "from" | "to">[]): readonly (readonly [from: number, to: number])[] {
  const found: (readonly [number, number])[] = [];
  let at = from;
  for (const stretch of [...stretches].sort((left, right) => left.from - right.from)) {
    if (stretch.from > at) found.push([at, Math.min(stretch.from, to)]);
    at = Math.max(at, stretch.to);
  }
  if (at < to) found.push([at, to]);
  return found.filter(([start, end]) => start < end);
}
