import type { Comparison } from "../../analysis";
import type { CompareDocument } from "../../design";
import { isWorthShowing } from "../../ide/comparison";

/** Of several comparisons, those in which nothing differs are only named; a single one is always shown. */
export function splitComparisons({ design, comparisons }: CompareDocument, metrics: readonly string[]): { readonly shown: readonly Comparison[]; readonly same: readonly Comparison[] } {
  if (comparisons.length === 1) return { shown: comparisons, same: [] };
  const shown = comparisons.filter((comparison) => isWorthShowing(design.workspace, comparison, metrics));
  return { shown, same: comparisons.filter((comparison) => !shown.includes(comparison)) };
}
