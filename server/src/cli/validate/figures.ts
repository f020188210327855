/** The figures of a comparison as a reader sees them, in every format alike. */

import { shortText } from "../../analysis";
import type { Comparison } from "./comparisons";
import type { Validation, ValidatedGroup } from "./summary";

export const comparisonHeads = ["case", "figure", "published", "estimate", "ratio", "verdict"] as const;

/** One cell a head. */
export function comparisonCells({ name, metric, published, form, outcome }: Comparison): readonly string[] {
  const isCompared = outcome.kind === "compared";
  return [
    name, metric,
    shortText(published, form),
    isCompared ? shortText(outcome.estimate, form) : "",
    isCompared ? outcome.verdict.ratio.toFixed(3) : "",
    isCompared ? outcome.verdict.words : "not computed",
  ];
}

/** The columns that hold numbers. */
export const numberColumns: readonly number[] = [2, 3, 4];

export const summaryHeads = ["group", "compared", "exact", "mean error", "median", "worst", "not computed", "not modelled", "worst at"] as const;

/** The columns of the summary that hold numbers. */
export const summaryNumberColumns: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

/** One row a group. */
export const summaryRows = ({ groups }: Validation): readonly (readonly string[])[] => groups.map(summaryCells);

function summaryCells({ title, summary, notModelled }: ValidatedGroup): readonly string[] {
  const { compared, exact, mean, median, worst, notComputed } = summary;
  const counts = [notComputed, notModelled.length].map((count) => (count === 0 ? "" : String(count)));
  const worstAt = worst === undefined || worst.error === 0 ? "" : worst.name;
  return [title, String(compared), String(exact), ...[mean, median, worst?.error].map(shareText), ...counts, worstAt];
}

const shareText = (value: number | undefined): string => (value === undefined ? "" : formatShare(value));

function formatShare(value: number): string {
  if (value === 0) return "0 %";
  if (value < 0.0005) return "<0.1 %";
  return `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
}

/** Why figures are missing: each reason once, with the cases it holds for. */
export function missingReasons({ comparisons }: ValidatedGroup): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { name, metric, outcome } of comparisons) {
    if (outcome.kind === "not computed") reasons.set(outcome.reason, [...(reasons.get(outcome.reason) ?? []), `${name} (${metric})`]);
  }
  return reasons;
}

/** What the words mean, for the end of every table. */
export const legend =
  "Ratio: estimate over published. exact: the estimate rounds to the published figure, in every digit that is printed. " +
  "within 3 %, 10 %, 25 %: the nearest of these bounds that holds. Errors are distances of the ratio from 1. " +
  "not modelled: published figures that no plan can state, each with its reason.";
