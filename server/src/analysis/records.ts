import type * as z from "zod";
import { blockTitle, settledValue, type BoundBlock, type BlockSchema, type Workspace } from "../core";
import { Unavailable } from "../cost/definition";

/**
 * A declaration as the cost room takes it. A field whose value is missing or in error throws `Unavailable` when it is read, so
 * that a figure is missing exactly where it needs that field: an error in `ffn` leaves the cache its figure.
 */
export interface RecordResult<Record> {
  readonly record: Record;
  readonly blocks: RecordBlocks;
}

/** The block behind the first part of an input path: `attention[0]`, `precision`, `gpu.scale_up`, "" for the declaration itself. */
export type RecordBlocks = ReadonlyMap<string, BoundBlock>;

/** A record of computed fields: one that has no value throws whenever it is read. Configurable, so that a proxy may watch it. */
export function tolerant<Result extends object>(fields: { readonly [Key in keyof Result]: () => Result[Key] }): Result {
  const record: Record<string, unknown> = {};
  for (const [key, field] of Object.entries<() => unknown>(fields)) {
    try {
      record[key] = field();
    } catch (fault) {
      if (!(fault instanceof Unavailable)) throw fault;
      Object.defineProperty(record, key, { enumerable: true, configurable: true, get: () => { throw fault; } });
    }
  }
  return record as Result;
}

/** A record with other values in some of its fields; the rest stays as it is, fields without a value too. */
export const withFields = <Result extends object>(record: Result, fields: Partial<Result>): Result =>
  Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(record), ...Object.getOwnPropertyDescriptors(fields) }) as Result;

/** The typed values of a block; each was checked against its schema when it was computed. */
export function read<Shape extends z.ZodRawShape>(workspace: Workspace, block: BoundBlock, schema: BlockSchema<Shape>): z.output<z.ZodObject<Shape>> {
  const fields: Record<string, () => unknown> = {};
  for (const spec of schema.properties.values()) {
    fields[spec.key] = () => {
      const { plain, origin } = settledValue(workspace, block, spec.key);
      if (plain !== undefined || (origin === "absent" && !spec.required)) return plain;
      throw new Unavailable(`\`${spec.key}\` of \`${blockTitle(schema)}\` ${origin === "absent" ? "is missing" : "has no valid value"}`);
    };
  }
  return tolerant<z.output<z.ZodObject<Shape>>>(fields as { [Key in keyof z.output<z.ZodObject<Shape>>]: () => z.output<z.ZodObject<Shape>>[Key] });
}
