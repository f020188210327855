// What a figure says is what its breakdown adds up to, for every metric of every plan of the examples: some figures are computed without it.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { planResult } from "../../../../server/src/analysis";
import { bindDeclaration } from "../../../../server/src/core";
import { planMetrics } from "../../../../server/src/cost/plan/metrics";
import type { PlanRecord } from "../../../../server/src/cost/plan/record";
import { planRecord } from "../../../kit/plan";
import { repository } from "../../../kit/repository";
import { openFiles } from "../../../kit/workspace";

const folder = path.join(repository, "examples");

/** The plans of an example that rest on nothing but the file and the standard library. */
function plansOf(name: string): readonly (readonly [string, PlanRecord])[] {
  const { workspace, scope } = openFiles({ [name]: readFileSync(path.join(folder, name), "utf8") });
  return scope.declarations.flatMap((node) => {
    if (node.kind !== "declaration" || node.keyword !== "plan") return [];
    const declaration = bindDeclaration(workspace, node, scope);
    const result = declaration && planResult(workspace, declaration);
    return result ? [[`${name} ${node.name?.text ?? ""}`, result.record] as const] : [];
  });
}

/** Layouts in which a rank holds several stages, weights are sharded, and tensors come back by computing them again. */
const others: readonly (readonly [string, PlanRecord])[] = [
  ["ZeRO 3, full recomputation", planRecord({ parallelism: "pp = 8, ep = 64, zero = 3, schedule = zb1p, recompute = full, redundant_experts = 32" })],
  ["the letter V", planRecord({ parallelism: "pp = 8, ep = 64, zero = 2, schedule = dualpipev, recompute = selective, tp = 2, cp = 2" })],
];

test.each([...readdirSync(folder).filter((name) => name.endsWith(".dsco")).flatMap(plansOf), ...others])("%s", (_, plan) => {
  for (const metric of planMetrics) {
    const figure = metric.compute(plan, {});
    const { parts, inputs } = metric.explain(plan, {});
    expect(metric.inputs(plan, {}), metric.id).toEqual(inputs);
    if (figure.kind !== "value" || parts.length === 0) continue;
    const sum = parts.reduce((total, { value }) => total + value, 0);
    expect(Math.abs(sum - figure.value), metric.id).toBeLessThanOrEqual(1e-12 * Math.abs(figure.value));
  }
});
