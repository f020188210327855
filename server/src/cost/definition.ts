/** A metric as its room writes it down, and the metric that the registry makes of it. */

import type { Detail, Explanation, Figure, Metric, MetricInput } from "./metric";
import { once } from "./once";
import { noteReads, watchedRecord } from "./reads";
import { partsOf, type Term } from "./term";

/** Why a figure cannot be computed: a clause that completes "not computed: …", or `undefined` where it can. */
export type Gap = string | Inapplicable | undefined;

/** The design has nothing that the figure could be of, as the expert combinations of a dense model. */
export interface Inapplicable {
  readonly inapplicable: string;
  /** The phase of the workload alone decides it: nothing else that changes in the plan brings the figure about. */
  readonly otherPhase?: true;
}

/**
 * Thrown where an arithmetic meets something that it cannot do without. The message is a clause that completes "not computed:
 * …". No figure is lost to it but those that need the missing part: `compute` turns it into a reason.
 */
export class Unavailable extends Error {
  /** True where the design has nothing that the figure could be of. */
  readonly inapplicable: boolean;

  constructor(reason: string, inapplicable = false) {
    // half of the figures of a plan are inapplicable in its phase, and collecting a stack that nobody reads takes longer than the others together
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(reason);
    Error.stackTraceLimit = limit;
    this.inapplicable = inapplicable;
  }
}

/** What can be computed; `undefined` where a value of it is missing. */
export function available<Result>(compute: () => Result): Result | undefined {
  try {
    return compute();
  } catch (fault) {
    if (fault instanceof Unavailable) return undefined;
    throw fault;
  }
}

export interface Definition<Subject extends object, Context extends object> extends Omit<Metric<Subject, Context>, "compute" | "estimate" | "explain" | "inputs"> {
  /** What stands in the way, asked before `arithmetic`. Left out: `arithmetic` throws `Unavailable` where something does. */
  readonly gap?: (subject: Subject, context: Context) => Gap;
  /** A text has no breakdown. */
  readonly arithmetic: (subject: Subject, context: Context) => Term | string;
  /** The value of `arithmetic` where it is at hand without the breakdown: plain figures are asked for far more often. A test holds the two together. */
  readonly value?: (subject: Subject, context: Context) => number;
  /** Of a time: the physical bound, in seconds. */
  readonly ideal?: (subject: Subject, context: Context) => number;
  /** Tables and drawings that say more than the sum of parts: operators, stages, a schedule. */
  readonly details?: (subject: Subject, context: Context) => readonly Detail[];
}

export function toMetric<Subject extends object, Context extends object>(definition: Definition<Subject, Context>): Metric<Subject, Context> {
  const { id, title, unit, documentation, formula, convention, source, share = false } = definition;
  return {
    id, title, unit, documentation, formula, convention, source, share,
    compute: (subject, context) => compute(definition, subject, context),
    estimate: (subject, context) => estimate(definition, subject, context),
    explain: (subject, context) => explain(definition, subject, context),
    inputs: (subject, context) => read(definition, subject, context).inputs,
  };
}

function compute<Subject extends object, Context extends object>(definition: Definition<Subject, Context>, subject: Subject, context: Context): Figure {
  try {
    const gap = definition.gap?.(subject, context);
    return gap === undefined ? figureOf(definition, subject, context) : unavailable(gap);
  } catch (fault) {
    if (!(fault instanceof Unavailable)) throw fault;
    return unavailable(fault.inapplicable ? { inapplicable: fault.message } : fault.message);
  }
}

function estimate<Subject extends object, Context extends object>(definition: Definition<Subject, Context>, subject: Subject, context: Context): number {
  const gap = definition.gap?.(subject, context);
  if (gap !== undefined) throw new Unavailable(typeof gap === "string" ? gap : gap.inapplicable);
  const result = definition.value?.(subject, context) ?? definition.arithmetic(subject, context);
  const value = typeof result === "number" ? result : typeof result === "string" ? Number.NaN : result.value;
  if (!Number.isFinite(value)) throw new Unavailable(typeof result === "string" ? "it is a text" : noDouble);
  return value;
}

const noDouble = "the result is no number that a double can hold";

function unavailable(gap: string | Inapplicable): Figure {
  if (typeof gap === "string") return { kind: "unavailable", reason: gap };
  const figure = { kind: "unavailable", reason: gap.inapplicable, inapplicable: true } as const;
  return gap.otherPhase ? { ...figure, otherPhase: true } : figure;
}

function figureOf<Subject extends object, Context extends object>(definition: Definition<Subject, Context>, subject: Subject, context: Context): Figure {
  const result = definition.value?.(subject, context) ?? definition.arithmetic(subject, context);
  if (typeof result === "string") return { kind: "text", value: result };
  const value = typeof result === "number" ? result : result.value;
  if (!Number.isFinite(value)) return { kind: "unavailable", reason: noDouble };
  if (!definition.ideal) return { kind: "value", value };
  return new BoundedValue(value, once(() => boundOf(definition, subject, context)));
}

/** A class for its speed alone: an accessor of an object of its own takes twenty times as long to make as the whole object. */
class BoundedValue {
  readonly kind = "value";
  readonly #bound: () => number | undefined;

  constructor(readonly value: number, bound: () => number | undefined) {
    this.#bound = bound;
  }

  get ideal(): number | undefined {
    return this.#bound();
  }
}

/** `undefined` where the bound lacks something that the value does not need. */
function boundOf<Subject extends object, Context extends object>({ ideal }: Definition<Subject, Context>, subject: Subject, context: Context): number | undefined {
  const bound = ideal && available(() => ideal(subject, context));
  return bound !== undefined && Number.isFinite(bound) ? bound : undefined;
}

function explain<Subject extends object, Context extends object>(definition: Definition<Subject, Context>, subject: Subject, context: Context): Explanation {
  const { formula, convention, source, details } = definition;
  const { term, inputs } = read(definition, subject, context);
  return {
    formula, inputs, parts: term === undefined || typeof term === "string" ? [] : partsOf(term), convention, source,
    ...(details && term !== undefined ? { details: () => detailsOf(() => details(subject, context)) } : {}),
  };
}

/** The arithmetic of a figure that has a value, and what it reads. */
function read<Subject extends object, Context extends object>(
  definition: Definition<Subject, Context>, subject: Subject, context: Context,
): { readonly term?: Term | string; readonly inputs: readonly MetricInput[] } {
  if (compute(definition, subject, context).kind === "unavailable") return { inputs: [] };
  const { result, inputs } = noteReads(() => definition.arithmetic(watchedRecord(subject, ""), watchedRecord(context, "@")));
  return { term: result, inputs: [...inputs.values()] };
}

/** What cannot be computed is left out: the figure itself has a value. */
function detailsOf(compute: () => readonly Detail[]): readonly Detail[] {
  try {
    return compute();
  } catch (fault) {
    if (fault instanceof Unavailable) return [];
    throw fault;
  }
}
