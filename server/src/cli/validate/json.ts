import { scaleOfUnit } from "../../analysis";
import type { Comparison } from "./comparisons";
import { failures, type ValidatedGroup, type Validation } from "./summary";

/** The validation for other programs; `version` changes when its shape does. */
export const validationJson = (validation: Validation): string =>
  `${JSON.stringify({ version: 1, passed: failures(validation).length === 0, groups: validation.groups.map(groupJson) }, undefined, 2)}\n`;

function groupJson({ title, mustBeExact, note, comparisons, notModelled, summary }: ValidatedGroup) {
  const { compared, notComputed, exact, mean, median, worst } = summary;
  return {
    title, mustBeExact, ...(note === undefined ? {} : { note }),
    summary: {
      compared, notComputed, notModelled: notModelled.length, exact,
      meanError: mean ?? null, medianError: median ?? null, worstError: worst?.error ?? null, worst: worst?.name ?? null,
    },
    comparisons: comparisons.map(comparisonJson),
    notModelled: notModelled.map(({ name, published, source, reason }) => ({ name, published, source, reason })),
  };
}

/** Figures in the units of the metrics, as in the JSON of `report`. */
function comparisonJson({ name, metric, form: { unit }, published, source, outcome }: Comparison) {
  const inUnit = (value: number): number | null => (Number.isFinite(value) ? Number((value / scaleOfUnit(unit)).toPrecision(15)) : null);
  const common = { name, metric, unit, published: inUnit(published), source };
  if (outcome.kind === "not computed") return { ...common, estimate: null, ratio: null, verdict: "not computed", reason: outcome.reason };
  return { ...common, estimate: inUnit(outcome.estimate), ratio: outcome.verdict.ratio, verdict: outcome.verdict.words };
}
