/** Comparisons of what no metric states: a row of a table, and a plan that says where it was measured. */

import { planResult } from "../../analysis";
import { fileScope, ownDeclaration, type BoundDeclaration, type Workspace } from "../../core";
import { Unavailable } from "../../cost/definition";
import type { PlanRecord } from "../../cost/plan/record";
import type { Comparison } from "./comparisons";
import { judge } from "./verdict";

export type TableCase = Omit<Comparison, "outcome">;

/** A table prints more digits than a kernel repeats: only an equal figure is exact. */
export function compared(about: TableCase, estimate: () => number): Comparison {
  try {
    const value = estimate();
    return { ...about, outcome: { kind: "compared", estimate: value, verdict: judge(value, about.published, 0) } };
  } catch (fault) {
    if (!(fault instanceof Unavailable)) throw fault;
    return { ...about, outcome: { kind: "not computed", reason: fault.message } };
  }
}

export interface NamedPlan {
  readonly declaration: BoundDeclaration;
  readonly record: PlanRecord;
}

/** The declaration of a plan and its record. Throws `Unavailable` where they are not to be had. */
export function planNamed(workspace: Workspace, file: string, name: string): NamedPlan {
  const scope = fileScope(workspace, file);
  const declaration = scope && ownDeclaration(workspace, scope, name);
  const result = declaration && planResult(workspace, declaration);
  if (!result) throw new Unavailable(`there is no plan \`${name}\``);
  return { declaration, record: result.record };
}
