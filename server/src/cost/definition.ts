/** A metric as its room writes it down, and the metric that the registry makes of it. */

import type { Explanation, Figure, Metric } from "./metric";
import { Reads } from "./reads";
import { partsOf, type Term } from "./term";

/** Why a figure cannot be computed: a clause that completes "not computed: …", or `undefined` where it can. */
export type Gap = string | Inapplicable | undefined;

/** The design has nothing that the figure could be of, as the expert combinations of a dense model. */
export interface Inapplicable {
  readonly inapplicable: string;
}

export interface Definition<Subject extends object, Context extends object> extends Omit<Metric<Subject, Context>, "compute" | "explain"> {
  /** What stands in the way; asked before `arithmetic`, which may then take the subject as complete. */
  readonly gap: (subject: Subject, context: Context) => Gap;
  readonly arithmetic: (subject: Subject, context: Context) => Term;
}

export function toMetric<Subject extends object, Context extends object>(definition: Definition<Subject, Context>): Metric<Subject, Context> {
  const { id, title, unit, documentation, formula, convention, source, share = false } = definition;
  return {
    id, title, unit, documentation, formula, convention, source, share,
    compute: (subject, context) => compute(definition, subject, context),
    explain: (subject, context) => explain(definition, subject, context),
  };
}

function compute<Subject extends object, Context extends object>(definition: Definition<Subject, Context>, subject: Subject, context: Context): Figure {
  const gap = definition.gap(subject, context);
  if (typeof gap === "object") return { kind: "unavailable", reason: gap.inapplicable, inapplicable: true };
  if (gap !== undefined) return { kind: "unavailable", reason: gap };
  const { value } = definition.arithmetic(subject, context);
  if (!Number.isFinite(value)) return { kind: "unavailable", reason: "the result is no number that a double can hold" };
  return { kind: "value", value };
}

function explain<Subject extends object, Context extends object>(definition: Definition<Subject, Context>, subject: Subject, context: Context): Explanation {
  const { formula, convention, source } = definition;
  if (compute(definition, subject, context).kind === "unavailable") {
    return { formula, inputs: [], parts: [], convention, source };
  }
  const reads = new Reads();
  const term = definition.arithmetic(reads.watch(subject, ""), reads.watch(context, "@"));
  return { formula, inputs: reads.inputs, parts: partsOf(term), convention, source };
}
