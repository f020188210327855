/**
 * Which properties a computation reads. An explanation lists its inputs by running the very computation over a
 * watched record, so that the list can neither miss an input nor name one that does not enter. What several figures
 * share is computed once of a watched record too, and hands its reads to each figure that takes it (`once`).
 */

import type { MetricInput } from "./metric";
import { summarizeLayers, summarizeNumbers } from "./term";

/** Field names that are no properties of the language: the shape of a record, not a value in the file. */
const structural: ReadonlySet<string> = new Set(["kind", "length"]);

const units: Readonly<Record<string, string>> = {
  sequence_length: "tokens",
  context_length: "tokens",
  window: "tokens",
};

export type InputsByPath = ReadonlyMap<string, MetricInput>;

/** What is being read, innermost computation last; empty where nothing is explained. */
const frames: Map<string, MetricInput>[] = [];

/** Runs a computation and tells what it read of watched records, in the order in which it first read it. */
export function noteReads<Result>(compute: () => Result): { readonly result: Result; readonly inputs: InputsByPath } {
  const inputs = new Map<string, MetricInput>();
  frames.push(inputs);
  try {
    return { result: compute(), inputs };
  } finally {
    frames.pop();
    repeatReads(inputs);
  }
}

/** For a result that is kept: whoever takes it reads what its computation read. */
export function repeatReads(inputs: InputsByPath): void {
  const frame = frames.at(-1);
  if (!frame) return;
  for (const [path, input] of inputs) if (!frame.has(path)) frame.set(path, input);
}

/** True while something is explained: only then reads are worth noting. */
export const isNoting = (): boolean => frames.length > 0;

const watchedRecords = new WeakMap<object, object>();

/** A record as an explanation sees it: the same one for the same record, so that what is computed of it is computed once. */
export function watchedRecord<T extends object>(record: T, prefix: string): T {
  const known = watchedRecords.get(record);
  if (known !== undefined) return known as T;
  const watched = watch(record, prefix);
  watchedRecords.set(record, watched);
  return watched;
}

/** The same record, watched. `prefix` stands before every path: "" for the subject, "@" for the context. */
function watch<T extends object>(record: T, prefix: string): T {
  const inner = new Map<string, object>();
  return new Proxy(record, {
    get: (target, key, receiver) => {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof key !== "string" || structural.has(key) || typeof value === "function") return value;
      const isRecord = typeof value === "object" && value !== null && !isNumbers(key, value);
      if (!isRecord) {
        const frame = frames.at(-1);
        if (frame) note(frame, pathTo(target, key, prefix), key, value);
        return value;
      }
      const known = inner.get(key);
      if (known !== undefined) return known;
      const watched = watch(value, pathTo(target, key, prefix));
      inner.set(key, watched);
      return watched;
    },
  });
}

/** A property that is absent is no input. */
function note(frame: Map<string, MetricInput>, path: string, key: string, value: unknown): void {
  if (frame.has(path)) return;
  if (isNumbers(key, value)) frame.set(path, { path, value: key === "layers" ? summarizeLayers(value) : summarizeNumbers(value), unit: "" });
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") {
    frame.set(path, { path, value, unit: units[key] ?? "" });
  }
}

function pathTo(target: object, key: string, prefix: string): string {
  if (Array.isArray(target)) return `${prefix}[${key}]`;
  return prefix === "" || prefix === "@" ? prefix + key : `${prefix}.${key}`;
}

/** A list of numbers is one value in the file: the layers of a block, the dimensions of a torus. */
function isNumbers(key: string, value: unknown): value is readonly number[] {
  return Array.isArray(value) && (key === "layers" || (value.length > 0 && value.every((item) => typeof item === "number")));
}
