import { evidenceGroups, notModelled, type NotModelled } from "../../evidence";
import { compareEvidence, openEvidence, type Comparison } from "./comparisons";
import { operatorComparisons } from "./operators";
import { rankMemoryComparisons } from "./rank-memory";

/** Everything that `validate` shows: computed once, written three ways. */
export interface Validation {
  readonly groups: readonly ValidatedGroup[];
}

export interface ValidatedGroup {
  readonly title: string;
  /** Every figure of it must come out in each digit that is printed. */
  readonly mustBeExact: boolean;
  readonly note: string | undefined;
  readonly comparisons: readonly Comparison[];
  readonly notModelled: readonly NotModelled[];
  readonly summary: GroupSummary;
}

export interface GroupSummary {
  readonly compared: number;
  readonly notComputed: number;
  readonly exact: number;
  /** Distances of the ratio from 1; `undefined` where nothing was compared. */
  readonly mean: number | undefined;
  readonly median: number | undefined;
  readonly worst: { readonly error: number; readonly name: string } | undefined;
}

export function validate(): Validation {
  const workspace = openEvidence();
  const comparisons = [...compareEvidence(workspace), ...rankMemoryComparisons(workspace), ...operatorComparisons(workspace)];
  const titles = [...new Set([...evidenceGroups.map(({ title }) => title), ...comparisons.map(({ group }) => group)])];
  return {
    groups: titles.map((title) => {
      const own = comparisons.filter(({ group }) => group === title);
      return {
        title,
        mustBeExact: evidenceGroups.some((group) => group.title === title && group.exact === true),
        note: evidenceGroups.find((group) => group.title === title)?.note,
        comparisons: own,
        notModelled: notModelled.filter(({ group }) => group === title),
        summary: summarize(own),
      };
    }),
  };
}

export function summarize(comparisons: readonly Comparison[]): GroupSummary {
  const compared = comparisons.flatMap(({ name, outcome }) => (outcome.kind === "compared" ? [{ name, ...outcome.verdict }] : []));
  const sorted = compared.map(({ error }) => error).sort((left, right) => left - right);
  const worst = compared.reduce<GroupSummary["worst"]>((most, { error, name }) => (most === undefined || error > most.error ? { error, name } : most), undefined);
  return {
    compared: compared.length,
    notComputed: comparisons.length - compared.length,
    exact: compared.filter(({ exact }) => exact).length,
    mean: sorted.length === 0 ? undefined : sorted.reduce((sum, error) => sum + error, 0) / sorted.length,
    median: medianOf(sorted),
    worst,
  };
}

/** Of numbers in order. */
function medianOf(sorted: readonly number[]): number | undefined {
  const [left, right] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return left === undefined || right === undefined ? undefined : (left + right) / 2;
}

/** The comparisons that must be exact and are not, or could not be made. */
export const failures = ({ groups }: Validation): readonly Comparison[] =>
  groups.filter(({ mustBeExact }) => mustBeExact)
    .flatMap(({ comparisons }) => comparisons.filter(({ outcome }) => outcome.kind !== "compared" || !outcome.verdict.exact));
