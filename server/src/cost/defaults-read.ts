/** Which of the defaults that nobody wrote a computation really reads: how far a figure can be trusted follows from them. */

/** `measured`: on a device of this class; `scaled`: from a measurement on another or at another precision; `assumed`: neither. */
export type Reach = "measured" | "scaled" | "assumed";

export interface Evidence {
  readonly value: number;
  readonly reach: Reach;
  /** What was measured, on which device, and where it is published. */
  readonly source: string;
}

/** A share of a peak rate or bandwidth, seconds, or a size. */
export type DefaultUnit = "share" | "s" | "size";

export interface Default {
  readonly name: string;
  readonly unit: DefaultUnit;
  readonly evidence: Evidence;
}

let collected: Map<string, Default> | undefined;

/** Whether somebody collects defaults: then nothing may come from what was computed before. */
export const isCollecting = (): boolean => collected !== undefined;

/** Says that a default enters into what is computed; costs nothing where nobody collects. */
export function noteDefault(used: Default): void {
  collected?.set(used.name, used);
}

/** A table of defaults that notes each one that is read, where somebody collects. */
export function notedTable<Table extends object>(table: Table, unitOf: (name: string) => DefaultUnit, nameOf: (name: string) => string = (name) => name): Table {
  if (collected === undefined) return table;
  return new Proxy(table, {
    get: (target, key) => {
      const found: unknown = Reflect.get(target, key);
      if (typeof key === "string" && isEvidence(found)) noteDefault({ name: nameOf(key), unit: unitOf(key), evidence: found });
      return found;
    },
  });
}

const isEvidence = (value: unknown): value is Evidence => typeof value === "object" && value !== null && "reach" in value;

/** The defaults that `compute` reads, each once, in the order in which it first reads them. Throws what `compute` throws. */
export function defaultsReadBy(compute: () => void): readonly Default[] {
  const outer = collected;
  const own = new Map<string, Default>();
  collected = own;
  try {
    compute();
  } finally {
    collected = outer;
  }
  return [...own.values()];
}
