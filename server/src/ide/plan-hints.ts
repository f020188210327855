/** What a plan makes of what is written: the degree that an `auto` comes to, and the estimate beside a measurement. */

import { figureText, isResolvedKey, metricOf, resolvedOf, shortText, usersOf, type ResolvedKey } from "../analysis";
import { evaluateAssertion, settledValue, type BoundDeclaration, type FileScope, type Workspace } from "../core";
import { formatCount } from "../units";
import { code } from "./markdown";

/** A few words behind a place. */
export interface Hint {
  readonly offset: number;
  readonly label: string;
  /** Markdown. */
  readonly tooltip: string;
}

/** What a key of a layout comes to in one plan. */
interface Resolved {
  readonly plan: string;
  readonly text: string;
}

/** What a key of a layout is in each plan of the file that uses it. */
export function resolvedIn(workspace: Workspace, scope: FileScope, parallelism: BoundDeclaration, key: ResolvedKey): readonly Resolved[] {
  return plansOf(workspace, scope, parallelism).flatMap((plan) => {
    const value = resolvedOf(workspace, plan, key);
    return value === undefined ? [] : [{ plan: plan.name, text: String(value) }];
  });
}

const plansOf = (workspace: Workspace, scope: FileScope, parallelism: BoundDeclaration): readonly BoundDeclaration[] =>
  usersOf(workspace, scope, parallelism).filter(({ keyword }) => keyword === "plan");

/** Plans that a hint tells apart. */
const mostPlans = 3;

/** `128` where all plans agree, else `128 in Train, 64 in Tune`. */
export function resolvedText(resolved: readonly Resolved[]): string | undefined {
  const [first] = resolved;
  if (!first) return undefined;
  if (resolved.every(({ text }) => text === first.text)) return first.text;
  return `${resolved.slice(0, mostPlans).map(({ plan, text }) => `${text} in ${plan}`).join(", ")}${resolved.length > mostPlans ? ", …" : ""}`;
}

/** Behind each `auto` of a layout what it comes to; behind `micro_batch_size` how many micro-batches a step has. */
export function layoutHints(workspace: Workspace, scope: FileScope, parallelism: BoundDeclaration): readonly Hint[] {
  if (parallelism.keyword !== "parallelism") return [];
  const behind = (key: string, label: (text: string) => string, resolved: readonly Resolved[]): readonly Hint[] => {
    const property = parallelism.block.properties.get(key);
    const text = resolvedText(resolved);
    if (!property || property.inherited || text === undefined) return [];
    return [{ offset: property.node.value.end, label: label(text), tooltip: tooltipOf(key, resolved) }];
  };
  const degrees = [...parallelism.block.properties.keys()].filter(isResolvedKey).filter((key) => settledValue(workspace, parallelism.block, key).plain === "auto")
    .flatMap((key) => behind(key, (text) => `= ${text}`, resolvedIn(workspace, scope, parallelism, key)));
  const batches = plansOf(workspace, scope, parallelism).flatMap((plan): readonly Resolved[] => {
    const metric = metricOf(workspace, plan, "micro_batches");
    return metric?.figure.kind === "value" ? [{ plan: plan.name, text: shortText(metric.figure.value, metric) }] : [];
  });
  return [...degrees, ...behind("micro_batch_size", (text) => (text.includes(" ") ? `micro-batches: ${text}` : `${text} micro-batches`), batches)];
}

const tooltipOf = (key: string, resolved: readonly Resolved[]): string =>
  resolved.map(({ plan, text }) => `${code(key === "micro_batch_size" ? "micro_batches" : key)} is ${text} in ${code(`plan ${plan}`)}`).join("\n\n");

/** Behind each `measured` of a declaration what is computed here, and how far apart the two are: `estimate 20.10 s, x1.01`. */
export function measuredHints(workspace: Workspace, declaration: BoundDeclaration): readonly Hint[] {
  const word = declaration.keyword === "plan" || declaration.keyword === "service" ? "estimate" : "computed";
  return declaration.assertions.flatMap((assertion): readonly Hint[] => {
    if (assertion.kind !== "measured" || assertion.inherited) return [];
    const { metric: id, left, right } = evaluateAssertion(workspace, declaration, assertion);
    const metric = id === undefined ? undefined : metricOf(workspace, declaration, id);
    if (!metric || left === undefined || right === undefined) return [];
    return [{
      offset: assertion.node.end,
      label: `${word} ${shortText(left, metric)}${right === 0 ? "" : `, ${ratioText(left / right)}`}`,
      tooltip: `${metric.title}: ${figureText(metric.figure, metric)}\n\nMeasured: ${shortText(right, metric)}`,
    }];
  });
}

/** `x1.01`: the computed figure over the measured one. */
export function ratioText(ratio: number): string {
  if (ratio === 1) return "exact";
  return `x${ratio >= 1e-3 && ratio < 1e3 ? ratio.toPrecision(3) : formatCount(ratio)}`;
}
