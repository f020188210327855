/** How far the evidence behind a figure reaches: as far as the weakest of the defaults that it rests on. */

import type { BoundDeclaration, Workspace } from "../core";
import { confidenceOf, type Confidence } from "../cost/compute/confidence";
import type { Default, Reach } from "../cost/defaults-read";
import { Unavailable } from "../cost/definition";
import type { PlanRecord } from "../cost/plan/record";
import { dimensions, formatGrouped, formatPercent, formatQuantity } from "../units";
import type { TracedExplanation } from "./figures";
import { planResult } from "./plan-record";
import { serviceResult } from "./service-record";

/** What every time of an operator reads, and no figure without such a time. */
const readByTimes = "hardware.gpu.memory_bandwidth";

const order: readonly Reach[] = ["measured", "scaled", "assumed"];

export const reachWords: Readonly<Record<Reach, string>> = {
  measured: "measured on a device of this class",
  scaled: "scaled from another device or precision",
  assumed: "assumed, not measured",
};

/** `scaled from another device or precision: \`grouped_gemm\` 65.00 % (…)`. Markdown; `undefined` where a figure is counted, or rests on what its author wrote. */
export function confidenceText(workspace: Workspace, declaration: BoundDeclaration, { inputs }: Pick<TracedExplanation, "inputs">): string | undefined {
  const prefixes = inputs.flatMap(({ path }) => (path.endsWith(readByTimes) ? [path.slice(0, -readByTimes.length)] : []));
  const found = prefixes.flatMap((prefix) => confidenceOfPlan(workspace, declaration, prefix) ?? []);
  const [weakest] = [...found].sort((left, right) => order.indexOf(right.level) - order.indexOf(left.level));
  if (weakest?.level === "measured") return "every default that it rests on was measured on a device of this class";
  return weakest && `${reachWords[weakest.level]}: the weakest default is \`${weakest.name}\`, ${valueText(weakest)} (${weakest.evidence.source})`;
}

function valueText({ unit, evidence: { value } }: Default): string {
  switch (unit) {
    case "share": return formatPercent(value);
    case "s": return formatQuantity(value, dimensions.time);
    case "size": return formatGrouped(value);
  }
}

/** Of the plan itself, or of the one that a service names under a prefix of its input paths. */
function confidenceOfPlan(workspace: Workspace, declaration: BoundDeclaration, prefix: string): Confidence | undefined {
  try {
    const plan = planUnder(workspace, declaration, prefix);
    return plan && confidenceOf(plan);
  } catch (fault) {
    if (fault instanceof Unavailable) return undefined;
    throw fault;
  }
}

function planUnder(workspace: Workspace, declaration: BoundDeclaration, prefix: string): PlanRecord | undefined {
  if (declaration.keyword === "plan") return planResult(workspace, declaration)?.record;
  const service = declaration.keyword === "service" ? serviceResult(workspace, declaration)?.record : undefined;
  return prefix === "prefill." ? service?.prefill : service?.decode;
}
