/**
 * Which properties a computation reads. An explanation lists its inputs by running the very computation over a
 * watched record, so that the list can neither miss an input nor name one that does not enter.
 */

import type { MetricInput } from "./metric";
import { summarizeLayers, summarizeNumbers } from "./term";

/** Field names that are no properties of the language: the shape of a record, not a value in the file. */
const structural: ReadonlySet<string> = new Set(["kind", "notModelled", "length"]);

const units: Readonly<Record<string, string>> = {
  sequence_length: "tokens",
  context_length: "tokens",
  window: "tokens",
};

export class Reads {
  readonly #inputs = new Map<string, MetricInput>();
  readonly #watched = new Map<string, object>();

  /** In the order in which they were first read. */
  get inputs(): readonly MetricInput[] {
    return [...this.#inputs.values()];
  }

  /** The same record, watched. `prefix` stands before every path: "" for the subject, "@" for the context. */
  watch<T extends object>(record: T, prefix: string): T {
    return new Proxy(record, {
      get: (target, key, receiver) => {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof key !== "string" || structural.has(key) || typeof value === "function") return value;
        const path = pathTo(target, key, prefix);
        if (typeof value === "object" && value !== null && !isNumbers(key, value)) return this.#watchOnce(value, path);
        if (!this.#inputs.has(path)) this.#note(path, key, value);
        return value;
      },
    });
  }

  #watchOnce(value: object, path: string): object {
    const known = this.#watched.get(path);
    if (known !== undefined) return known;
    const watched = this.watch(value, path);
    this.#watched.set(path, watched);
    return watched;
  }

  /** A property that is absent is no input. */
  #note(path: string, key: string, value: unknown): void {
    if (isNumbers(key, value)) this.#inputs.set(path, { path, value: key === "layers" ? summarizeLayers(value) : summarizeNumbers(value), unit: "" });
    if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") {
      this.#inputs.set(path, { path, value, unit: units[key] ?? "" });
    }
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
