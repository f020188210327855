import { settledValue, withArticle, type BoundBlock, type BoundDeclaration, type MetricLookup, type PropertyValue, type Workspace } from "../core";
import type { Explanation, Figure, MetricInput, MetricUnit } from "../cost/metric";
import { formatGrouped, formatShortest, type Dimension } from "../units";
import { computedKinds, type FigureOptions } from "./kinds";
import { dimensionOfUnit, metricDimension, metricIds } from "./metric-table";
import type { RecordBlocks } from "./records";

export { defaultSequenceLength, type FigureOptions } from "./kinds";

/** A metric of a declaration with its value. */
export interface MetricFigure {
  readonly id: string;
  readonly title: string;
  readonly unit: MetricUnit;
  readonly dimension: Dimension;
  readonly documentation: string;
  readonly formula: string;
  readonly source: string;
  readonly figure: Figure;
}

/** Every metric of a declaration, in the order of the registry; none for kinds that are not computed yet. */
export function figuresOf(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions = {}): readonly MetricFigure[] {
  return (computedKinds[declaration.keyword]?.metrics ?? []).map((metric) => ({
    id: metric.id, title: metric.title, unit: metric.unit, dimension: dimensionOfUnit[metric.unit ?? ""],
    documentation: metric.documentation, formula: metric.formula, source: metric.source,
    figure: figureOf(workspace, declaration, metric.id, options),
  }));
}

/** One metric of a declaration, in base units of its dimension. */
export function figureOf(workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions = {}): Figure {
  const { keyword } = declaration;
  const kind = computedKinds[keyword];
  if (!kind) return { kind: "unavailable", reason: `the figures of \`${keyword}\` declarations are not computed yet` };
  return kind.figure(workspace, declaration, id, options) ?? { kind: "unavailable", reason: `${withArticle(keyword)} has no metric \`${id}\`` };
}

/** An input of a figure, joined with the place it was written at. */
export interface TracedInput extends MetricInput {
  /** The property behind the input; `undefined` for what the reader asked at (`@sequence_length`). */
  readonly property: PropertyValue | undefined;
}

/** The value of an input for reading, in the unit its property takes: `160 GB/s`, `4,096 tokens`. */
export function inputText({ value, unit, property }: TracedInput): string {
  if (typeof value !== "number") return String(value);
  const type = property?.spec?.type;
  if (type?.kind === "quantity") return formatShortest(value, type.dimension);
  return unit === "" ? formatGrouped(value) : `${formatGrouped(value)} ${unit}`;
}

export interface TracedExplanation extends Omit<Explanation, "inputs"> {
  readonly id: string;
  readonly title: string;
  readonly dimension: Dimension;
  readonly documentation: string;
  readonly figure: Figure;
  readonly inputs: readonly TracedInput[];
}

/** Formula, inputs with where each was written, breakdown and source of one figure; built on demand. */
export function explainFigure(
  workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions = {},
): TracedExplanation | undefined {
  const kind = computedKinds[declaration.keyword];
  const metric = kind?.metrics.find((candidate) => candidate.id === id);
  if (!kind || !metric) return undefined;
  const figure = figureOf(workspace, declaration, id, options);
  const common = { id, title: metric.title, dimension: dimensionOfUnit[metric.unit ?? ""], documentation: metric.documentation, figure };
  const explained = figure.kind === "unavailable" ? undefined : kind.explain(workspace, declaration, id, options);
  if (!explained) return { ...common, formula: metric.formula, source: metric.source, convention: metric.convention, inputs: [], parts: [] };
  const { explanation, blocks } = explained;
  const inputs = explanation.inputs.map((input) => ({ ...input, property: propertyAt(workspace, blocks, input.path) }));
  return { ...common, ...explanation, inputs };
}

/** The property that an input path names: `attention[0].kv_lora_rank`, `gpu.memory`. */
function propertyAt(workspace: Workspace, blocks: RecordBlocks, path: string): PropertyValue | undefined {
  if (path.startsWith("@")) return undefined;
  const point = path.lastIndexOf(".");
  const block = blocks.get(point < 0 ? "" : path.slice(0, point));
  const key = path.slice(point + 1);
  const found = block && settledValue(workspace, block, key);
  // a block without `layers` stands on what the model's `layers` leaves it
  return found?.origin === "absent" && key === "layers" && block?.parent ? settledValue(workspace, block.parent, key) : found;
}

/** The figures that a property feeds, or the declaration it names, by asking each explanation whether it read it. */
export function fedMetrics(workspace: Workspace, declaration: BoundDeclaration, block: BoundBlock, key: string, options: FigureOptions = {}): readonly MetricFigure[] {
  const path = block.path === "" ? key : `${block.path}.${key}`;
  return figuresOf(workspace, declaration, options).filter((metric) =>
    metric.figure.kind === "value" && explainFigure(workspace, declaration, metric.id, options)?.inputs.some((input) => input.path === path || input.path.startsWith(`${path}.`)),
  );
}

/** What expressions may ask of the figures. */
export const metricLookup: MetricLookup = {
  ids: metricIds,
  dimension: metricDimension,
  value: (workspace, declaration, id) => {
    const figure = figureOf(workspace, declaration, id);
    if (figure.kind === "value") return { kind: "value", value: figure.value };
    return { kind: "unavailable", reason: figure.kind === "unavailable" ? figure.reason : "it is a text" };
  },
};
