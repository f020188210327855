import type { ComparisonOperator, Span } from "../../../../grammar/src";
import { evaluateAssertion, type AssertionResult, type BoundAssertion } from "../../core";
import { dimensions, formatPercent, formatQuantity, formatWithExact, type Dimension } from "../../units";
import { isShare, metricUnit, shortText, type FigureForm } from "../../analysis";
import type { RuleSubject } from "../rule";

/** The statements of a declaration, its own and those of its base, that have a value on both sides. */
export function assertionsOf<Kind extends BoundAssertion["kind"]>({ workspace, declaration }: RuleSubject, kind: Kind): readonly (ComparedAssertion & { readonly assertion: Extract<BoundAssertion, { kind: Kind }> })[] {
  return declaration.assertions.flatMap((assertion) => {
    if (assertion.kind !== kind) return [];
    const result = evaluateAssertion(workspace, declaration, assertion);
    if (result.left === undefined || result.right === undefined) return [];
    return [{ ...result, assertion: assertion as Extract<BoundAssertion, { kind: Kind }>, left: result.left, right: result.right, dimension: result.dimension ?? dimensions.none }];
  });
}

export type ComparedMeasurement = ComparedAssertion & { readonly assertion: Extract<BoundAssertion, { kind: "measured" }> };

export interface ComparedAssertion extends AssertionResult {
  readonly left: number;
  readonly right: number;
  readonly dimension: Dimension;
}

/** At the statement where it stands in this declaration, at `extends BASE` where the base brings it. */
export function placeOfAssertion({ declaration }: RuleSubject, assertion: BoundAssertion): { readonly uri: string; readonly span: Span } {
  const span = assertion.inherited ? (declaration.node.base ?? assertion.node) : assertion.node;
  return { uri: assertion.inherited ? declaration.file.uri : assertion.file.uri, span };
}

/** An expression as the author wrote it. */
export const textOf = (assertion: BoundAssertion, span: Span): string => assertion.file.source.text.slice(span.start, span.end);

/** How the figures of a comparison are written: those of a metric in its unit, shares in per cent. */
export const formOf = ({ declaration: { keyword } }: RuleSubject, { metric, dimension }: Pick<ComparedAssertion, "metric" | "dimension">): FigureForm =>
  ({ dimension, unit: (metric === undefined ? undefined : metricUnit(keyword, metric)) ?? "", share: metric !== undefined && isShare(keyword, metric) });

/** What a figure is held against, as its author wrote it: `80 GB`; as figures are shown (`shown`) where it was computed or has another unit. */
export function boundText(assertion: BoundAssertion, shown: string): string {
  const value = assertion.kind === "require" ? assertion.node.right : assertion.node.value;
  const unit = value.kind === "number" ? (value.unit ?? value.suffix ?? "") : undefined;
  const isInUnit = unit !== undefined && (/ ?([^\d\s.,()-]+)$/.exec(shown)?.[1] ?? "") === unit;
  return isInUnit ? textOf(assertion, value).replace(/_/g, ",").replace(/(?<=\d)%$/, " %") : shown;
}

/** Two figures of one kind, with all their digits where four would make them look the same. */
export function formatPair(left: number, right: number, form: FigureForm): readonly [string, string] {
  const short = [shortText(left, form), shortText(right, form)] as const;
  return short[0] === short[1] ? [formatWithExact(left, form.dimension), formatWithExact(right, form.dimension)] : short;
}

/** `12.5 % more`, from twice as much on `142.9 times` the reference, in its words; `undefined` where there is nothing to relate it to. */
export function relativeText(value: number, reference: number, words: string): string | undefined {
  const share = (value - reference) / Math.abs(reference);
  // Of nothing, and of next to nothing, nothing is a multiple.
  if (!Number.isFinite(share) || value === reference) return undefined;
  if (share >= 1 && reference > 0) return `${formatQuantity(value / reference, dimensions.none)} times ${words}`;
  return `${formatPercent(Math.abs(share))} ${share > 0 ? "more" : "less"}`;
}

/** As equal as sums of doubles can be. */
const isEqual = (left: number, right: number): boolean => Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right));

/** Whether a comparison of two figures is true. */
export function holds(left: number, operator: ComparisonOperator, right: number): boolean {
  switch (operator) {
    case "==": return isEqual(left, right);
    case "<=": return left < right || isEqual(left, right);
    case ">=": return left > right || isEqual(left, right);
    case "<": return left < right && !isEqual(left, right);
    case ">": return left > right && !isEqual(left, right);
  }
}

/** A requirement as a reader sees it. */
export interface ReadRequirement {
  readonly assertion: BoundAssertion;
  /** As it is written: `memory_per_gpu <= 80 GB`. */
  readonly text: string;
  /** What its left side comes to: `61.20 GB`. */
  readonly computed: string;
  readonly holds: boolean;
}

/** The requirements of a declaration, its own and those of its base, that have a value on both sides. */
export const requirementsOf = (subject: RuleSubject): readonly ReadRequirement[] =>
  assertionsOf(subject, "require").flatMap((compared) => {
    const { assertion, left, right } = compared;
    const { operator, left: what, right: bound } = assertion.node;
    if (operator === undefined) return [];
    return [{ assertion, text: `${textOf(assertion, what)} ${operator} ${textOf(assertion, bound)}`.replace(/\s+/g, " "), computed: shortText(left, formOf(subject, compared)), holds: holds(left, operator, right) }];
  });

/** A requirement on a metric fails: what is wrong with the figure is said there. */
export const failsOn = (subject: RuleSubject, metric: string): boolean =>
  assertionsOf(subject, "require").some((compared) => {
    const { operator } = compared.assertion.node;
    return compared.metric === metric && operator !== undefined && !holds(compared.left, operator, compared.right);
  });
