/** Every published figure of the evidence beside the figure that is computed for it. */

import type { Expression, NumberLiteral } from "../../../../grammar/src";
import { figureOf, isShare, loadStandard, metricDimension, metricUnit, openWorkspace, type FigureForm } from "../../analysis";
import { bindDeclaration, createSource, evaluateAssertion, fileScope, type BoundAssertion, type BoundDeclaration, type Workspace } from "../../core";
import type { Figure } from "../../cost/metric";
import { firstSentence } from "../../design";
import { evidenceFiles, evidenceGroups, type EvidenceGroup } from "../../evidence";
import { dimensions } from "../../units";
import { judge, type Verdict } from "./verdict";

/** One published figure and the one computed for it, both in base units. */
export interface Comparison {
  /** Title of its group. */
  readonly group: string;
  /** The case: `DeepSeek-V3, 2,048 H800 on eight planes`. */
  readonly name: string;
  /** What is compared: the id of a metric, or the name of an operator's figure. */
  readonly metric: string;
  readonly form: FigureForm;
  readonly published: number;
  readonly source: string;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly kind: "compared"; readonly estimate: number; readonly verdict: Verdict }
  /** A clause that completes "not computed: …". */
  | { readonly kind: "not computed"; readonly reason: string };

/** The evidence as a workspace of its own; the standard library stands behind it. */
export function openEvidence(): Workspace {
  return openWorkspace((uri) => {
    const text = evidenceFiles.get(uri);
    return text === undefined ? loadStandard(uri) : { kind: "source", source: createSource(uri, text) };
  });
}

/** The comparisons of all groups, in the order of the groups and of the lines in their files. */
export function compareEvidence(workspace: Workspace): readonly Comparison[] {
  return evidenceGroups.flatMap((group) =>
    declarationsOf(workspace, group.file).flatMap((declaration) =>
      declaration.assertions.flatMap((assertion) => (belongs(group, assertion) ? [compare(workspace, group, declaration, assertion)] : []))));
}

function declarationsOf(workspace: Workspace, uri: string): readonly BoundDeclaration[] {
  const scope = fileScope(workspace, uri);
  return (scope?.declarations ?? []).flatMap((node) => (scope && node.kind === "declaration" ? (bindDeclaration(workspace, node, scope) ?? []) : []));
}

type Measurement = Extract<BoundAssertion, { kind: "measured" }>;

/** What a base was measured at was not measured at what extends it. */
function belongs(group: EvidenceGroup, assertion: BoundAssertion): assertion is Measurement {
  if (assertion.kind !== "measured" || assertion.inherited) return false;
  const metric = metricOf(assertion);
  if (group.metrics) return group.metrics.includes(metric);
  return !evidenceGroups.some((other) => other.file === group.file && (other.metrics ?? []).includes(metric));
}

const metricOf = ({ node: { metric } }: Measurement): string => (metric.kind === "name" ? metric.parts.map((part) => part.text).join(".") : "");

function compare(workspace: Workspace, group: EvidenceGroup, declaration: BoundDeclaration, assertion: Measurement): Comparison {
  const metric = metricOf(assertion);
  const published = evaluateAssertion(workspace, declaration, assertion).right ?? Number.NaN;
  const figure = figureOf(workspace, declaration, metric, { sequenceLength: group.sequenceLength });
  return {
    group: group.title, metric, published,
    name: caseName(declaration),
    form: formOf(declaration, metric),
    source: assertion.node.from?.value ?? "",
    outcome: outcomeOf(figure, group, published, lastDigit(assertion.node.value, published)),
  };
}

/** The first sentence of the doc comment, its full stop left out. */
export const caseName = ({ node, name }: BoundDeclaration): string => firstSentence(node.doc)?.replace(/\.$/, "") ?? name;

/** How a figure of the declaration is written. */
export const formOf = ({ keyword }: BoundDeclaration, metric: string): FigureForm =>
  ({ unit: metricUnit(keyword, metric) ?? "", dimension: metricDimension(keyword, metric) ?? dimensions.none, share: isShare(keyword, metric) });

function outcomeOf(figure: Figure, { ideal }: EvidenceGroup, published: number, digit: number): Outcome {
  if (!(published > 0)) return { kind: "not computed", reason: "the published figure has no value" };
  if (figure.kind === "unavailable") return { kind: "not computed", reason: figure.reason };
  const estimate = figure.kind === "text" ? undefined : ideal ? figure.ideal : figure.value;
  if (estimate === undefined) return { kind: "not computed", reason: ideal ? "the metric states no physical bound" : "it is a text" };
  return { kind: "compared", estimate, verdict: judge(estimate, published, digit) };
}

/** What one unit in the last printed digit is worth; a derived figure begins with the printed one: `34.6K * 2 B`. */
export function lastDigit(value: Expression, published: number): number {
  const printed = firstNumber(value);
  if (!printed || !(printed.value > 0)) return 0;
  const [, decimals = ""] = printed.digits.replace(/_/g, "").split(".");
  return published / (Number(printed.digits.replace(/_/g, "")) * 10 ** decimals.length);
}

function firstNumber(expression: Expression): NumberLiteral | undefined {
  switch (expression.kind) {
    case "number": return expression;
    case "binary": return firstNumber(expression.left);
    case "parenthesized": return firstNumber(expression.inner);
    default: return undefined;
  }
}
