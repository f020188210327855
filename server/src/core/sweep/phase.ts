/** Figures of another phase: a sweep that asks for one finds no design, whatever it tries. */

import type { Identifier } from "../../../../grammar/src";
import type { BoundDeclaration } from "../bound";
import { sweeps, type Diagnostic } from "../diagnostics";
import { settledValue } from "../evaluate";
import { withOverrides, type Workspace } from "../workspace";
import { isReadBy, targetOf } from "./path";
import type { Axis } from "./read";

/** The metrics of the plan that the lines of a sweep name, each at its place, where every plan that is tried is of a phase without it. */
export function otherPhaseProblems(workspace: Workspace, sweep: BoundDeclaration, plan: BoundDeclaration, axes: readonly Axis[], metrics: readonly Identifier[]): readonly Diagnostic[] {
  const tried = phasesTried(workspace, plan, axes);
  return metrics.flatMap((name) => {
    const reason = tried && reasonEverywhere(tried, plan, name.text);
    return reason === undefined ? [] : [sweeps.otherPhase.at({ uri: sweep.file.uri, span: name }, { metric: name.text, reason })];
  });
}

/** The files with each workload that is tried; `undefined` where a key that the phase follows from varies by itself. */
function phasesTried(workspace: Workspace, plan: BoundDeclaration, axes: readonly Axis[]): readonly Workspace[] | undefined {
  const whole = axes.find(({ path }) => path === "workload");
  const tried = whole ? whole.choices.map(({ override }) => withOverrides(workspace, new Map([[plan.node, new Map([["workload", override]])]]))) : [workspace];
  const isMoved = tried.some((other) => {
    const phase = targetOf(other, plan, ["workload", "phase"]);
    const origins = phase ? [settledValue(other, phase.block, phase.key)] : [];
    return axes.some(({ parts }) => {
      const target = targetOf(other, plan, parts);
      return target !== undefined && isReadBy(other, target, origins);
    });
  });
  return isMoved ? undefined : tried;
}

/** Why none of the plans that are tried has a metric: the first one's reason. */
function reasonEverywhere(tried: readonly Workspace[], plan: BoundDeclaration, metric: string): string | undefined {
  const reasons = tried.map((workspace) => {
    const figure = workspace.metrics.value(workspace, plan, metric);
    return figure.kind === "unavailable" && figure.otherPhase ? figure.reason : undefined;
  });
  return reasons.includes(undefined) ? undefined : reasons[0];
}
