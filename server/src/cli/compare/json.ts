import { scaleOfUnit, type ComparedFact, type ComparedFigure, type Comparison, type FactValue } from "../../analysis";
import type { BoundDeclaration } from "../../core";
import type { Figure, MetricUnit } from "../../cost/metric";
import { diagnosticJson, rangeOf, type CompareDocument } from "../../design";
import { figuresForReading } from "../../ide/comparison";

/** The comparison for other programs: the same facts and figures as in the other formats, values in base units. */
export function compareJson(document: CompareDocument, metrics: readonly string[]): string {
  const { design, comparisons, only, diagnostics } = document;
  const json = {
    version: 1,
    files: design.files.map((file) => file.path),
    diagnostics: diagnostics.map((diagnostic) => diagnosticJson(design, diagnostic)),
    comparisons: comparisons.map((comparison) => comparisonJson(document, comparison, metrics)),
    unmatched: only.flatMap(({ declarations }) => declarations.map((declaration) => declarationJson(document, declaration))),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function comparisonJson(document: CompareDocument, comparison: Comparison, asked: readonly string[]) {
  const { rows, equal, missing } = figuresForReading(document.design.workspace, comparison, asked);
  const byId = new Map(comparison.figures.map((figure) => [figure.id, figure]));
  const withoutValue = missing.flatMap(({ ids }) => ids).filter((id) => !rows.some((row) => row.id === id));
  return {
    a: declarationJson(document, comparison.left),
    b: declarationJson(document, comparison.right),
    facts: comparison.facts.filter(({ isEqual }) => !isEqual).map(factJson),
    equalFacts: comparison.equalFacts,
    metrics: [...rows, ...[...new Set(withoutValue)].flatMap((id) => byId.get(id) ?? [])].map(figureJson),
    equalMetrics: equal,
  };
}

const declarationJson = ({ design }: CompareDocument, { keyword, name, file, node }: BoundDeclaration) =>
  ({ kind: keyword, name, file: design.showUri(file.uri), range: rangeOf(design, file.uri, node) });

const factJson = ({ owner, path, left, right }: ComparedFact) => ({ path: [...owner, path].join("."), a: valueJson(left), b: valueJson(right) });

const valueJson = (fact: FactValue | undefined) => (fact ? { value: fact.value, unit: fact.unit, origin: fact.origin } : null);

function figureJson({ id, unit, left, right, isEqual }: ComparedFigure) {
  const change = left.kind === "value" && right.kind === "value"
    ? { difference: inUnit(right.value - left.value, unit), ratio: left.value === 0 ? null : right.value / left.value } : { difference: null, ratio: null };
  return { id, unit, isEqual, a: sideJson(left, unit), b: sideJson(right, unit), ...change };
}

function sideJson(figure: Figure, unit: MetricUnit) {
  if (figure.kind === "unavailable") return { value: null, reason: figure.reason };
  if (figure.kind === "text") return { value: figure.value };
  return { value: inUnit(figure.value, unit), ...(figure.ideal === undefined ? {} : { ideal: inUnit(figure.ideal, unit) }) };
}

function inUnit(value: number, unit: MetricUnit): number {
  const scale = scaleOfUnit(unit);
  return scale === 1 ? value : Number((value / scale).toPrecision(15));
}
