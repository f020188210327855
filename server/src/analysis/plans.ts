/** Plans and services, and what they rest on: whoever edits a layout wants to see the plans that use it. */

import { bindDeclaration, inProgress, memoized, settledValue, type BoundBlock, type BoundDeclaration, type FileScope, type Workspace } from "../core";
import { Unavailable } from "../cost/definition";
import { evaluationOf } from "../cost/plan/evaluation";
import type { WorkloadRecord } from "../cost/plan/record";
import { overlapsReplicas } from "../cost/training/replicas";
import { planResult } from "./plan-record";

export type Phase = WorkloadRecord["phase"];

/** What a plan runs; `undefined` for other declarations and where the workload does not say it. */
export function phaseOf(workspace: Workspace, plan: BoundDeclaration): Phase | undefined {
  if (plan.keyword !== "plan") return undefined;
  const workload = referredDeclaration(workspace, plan.block, "workload");
  return workload && (settledValue(workspace, workload.block, "phase").plain as Phase | undefined);
}

/** The declaration that a key names. */
function referredDeclaration(workspace: Workspace, block: BoundBlock, key: string): BoundDeclaration | undefined {
  const { value, plain } = settledValue(workspace, block, key);
  return plain !== undefined && value?.kind === "declaration" ? value.declaration : undefined;
}

/** Every declaration that the figures of one rest on: what its keys name, what these name, and their bases. Itself is not among them. */
export function foundationsOf(workspace: Workspace, declaration: BoundDeclaration): ReadonlySet<BoundDeclaration> {
  const found = memoized(workspace, declaration, "foundations", () => {
    const reached = new Set<BoundDeclaration>([declaration]);
    for (const each of reached) for (const next of namedBy(workspace, each)) reached.add(next); // a set hands out what is added on the way
    reached.delete(declaration);
    return reached;
  });
  return found === inProgress ? new Set() : found;
}

function namedBy(workspace: Workspace, { block, base }: BoundDeclaration): readonly BoundDeclaration[] {
  const named = [...block.properties.values()].flatMap(({ key, spec }) => (spec?.type.kind === "reference" ? referredDeclaration(workspace, block, key) ?? [] : []));
  return base ? [...named, base] : named;
}

/** The plans and services of a file whose figures rest on a declaration, in the order of the file. */
export function usersOf(workspace: Workspace, scope: FileScope, declaration: BoundDeclaration): readonly BoundDeclaration[] {
  return bindingsOf(workspace, scope).filter((user) => foundationsOf(workspace, user).has(declaration));
}

/** The named declarations of a file that bind others into a design with figures of its own. */
function bindingsOf(workspace: Workspace, scope: FileScope): readonly BoundDeclaration[] {
  const found = memoized(workspace, scope, "plans and services", () => scope.declarations.flatMap((node) => {
    if (node.kind !== "declaration" || !node.name || (node.keyword !== "plan" && node.keyword !== "service")) return [];
    return bindDeclaration(workspace, node, scope) ?? [];
  }));
  return found === inProgress ? [] : found;
}

/** The keys of a layout that take `auto`. */
const resolvedKeys = ["tp", "pp", "ep", "dp", "cp", "etp", "vp", "sequence_parallel", "recompute", "overlap_data_parallel"] as const;

export type ResolvedKey = (typeof resolvedKeys)[number];

export const isResolvedKey = (key: string): key is ResolvedKey => (resolvedKeys as readonly string[]).includes(key);

/** What a key of a layout comes to in a plan, `auto` resolved; `undefined` where the degrees do not fit or have no value. */
export function resolvedOf(workspace: Workspace, plan: BoundDeclaration, key: ResolvedKey): number | boolean | string | undefined {
  const result = planResult(workspace, plan);
  if (!result) return undefined;
  const { record } = result;
  try {
    if (key === "recompute") return record.parallelism.recompute;
    return key === "overlap_data_parallel" ? overlapsReplicas(record.parallelism) : evaluationOf(record).layout[key];
  } catch (fault) {
    if (fault instanceof Unavailable) return undefined;
    throw fault;
  }
}
