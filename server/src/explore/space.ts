/** The space of a sweep, as the language reads it. */

import { readSweep, settledValue, type BoundDeclaration, type Space, type Workspace } from "../core";

export { targetOf, type Axis, type Choice, type Constraint, type Objective, type Space } from "../core";

export type SpaceResult = { readonly kind: "space"; readonly space: Space } | { readonly kind: "invalid"; readonly reason: string };

/** The choice of each axis, by its place; in the order of the axes. */
export type Point = readonly number[];

/** The space of a sweep; what is wrong with it stands in the diagnostics of its file, `reason` says the first of it. */
export function spaceOf(workspace: Workspace, sweep: BoundDeclaration): SpaceResult {
  const { space, problems } = readSweep(workspace, sweep);
  if (space) return { kind: "space", space };
  const ofOwnKeys = [...(sweep.block.properties.keys())].flatMap((key) => settledValue(workspace, sweep.block, key).problems);
  const [first] = [...sweep.problems, ...problems, ...ofOwnKeys].sort((left, right) => left.span.start - right.span.start);
  const { node, file } = sweep;
  const broken = file.source.parsed.errors.find((error) => error.start <= node.end && node.start <= error.end);
  return { kind: "invalid", reason: first?.message ?? broken?.message ?? "the plan that it varies is missing or in error" };
}
