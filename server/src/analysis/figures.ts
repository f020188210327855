import { settledValue, type BoundBlock, type BoundDeclaration, type MetricLookup, type PropertyValue, type Workspace } from "../core";
import type { Explanation, Figure, MetricInput, MetricUnit } from "../cost/metric";
import { modelMetric, modelMetrics } from "../cost/model/metrics";
import type { ModelContext, ModelRecord } from "../cost/model/record";
import type { Dimension } from "../units";
import { dimensionOfUnit, metricDimension, metricIds } from "./metric-table";
import { Incomplete, modelResult, type ModelBlocks } from "./model-record";

/** What the reader asks the figures at; a part left out has the language's default. */
export interface FigureOptions {
  /** Tokens of a training sequence; 4096 unless given. */
  readonly sequenceLength?: number | undefined;
  /** Tokens in the cache; the model's `max_context` unless given. */
  readonly contextLength?: number | undefined;
}

export const defaultSequenceLength = 4096;

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

function contextOf(record: ModelRecord, options: FigureOptions): ModelContext {
  return {
    sequence_length: options.sequenceLength ?? defaultSequenceLength,
    context_length: options.contextLength ?? record.max_context,
  };
}

/** Every metric of a declaration, in the order of the registry; none for kinds that are not computed yet. */
export function figuresOf(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions = {}): readonly MetricFigure[] {
  if (declaration.keyword !== "model") return [];
  return modelMetrics.map((metric) => ({
    id: metric.id, title: metric.title, unit: metric.unit, dimension: dimensionOfUnit[metric.unit ?? ""],
    documentation: metric.documentation, formula: metric.formula, source: metric.source,
    figure: figureOf(workspace, declaration, metric.id, options),
  }));
}

/** One metric of a declaration. */
export function figureOf(workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions = {}): Figure {
  if (declaration.keyword !== "model") return { kind: "unavailable", reason: `the figures of \`${declaration.keyword}\` declarations are not computed yet` };
  const metric = modelMetric(id);
  if (!metric) return { kind: "unavailable", reason: `a model has no metric \`${id}\`` };
  const result = modelResult(workspace, declaration);
  if (!result) return { kind: "unavailable", reason: "the model asks for its own figures" };
  return orUnavailable(() => metric.compute(result.record, contextOf(result.record, options)));
}

/** A figure that meets a field without a value is missing, with the reason. */
function orUnavailable(compute: () => Figure): Figure {
  try {
    return compute();
  } catch (fault) {
    if (fault instanceof Incomplete) return { kind: "unavailable", reason: fault.message };
    throw fault;
  }
}

/** An input of a figure, joined with the place it was written at. */
export interface TracedInput extends MetricInput {
  /** The property behind the input; `undefined` for what the reader asked at (`@sequence_length`). */
  readonly property: PropertyValue | undefined;
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
  const metric = declaration.keyword === "model" ? modelMetric(id) : undefined;
  if (!metric) return undefined;
  const figure = figureOf(workspace, declaration, id, options);
  const common = { id, title: metric.title, dimension: dimensionOfUnit[metric.unit ?? ""], documentation: metric.documentation, figure };
  const result = modelResult(workspace, declaration);
  if (!result || figure.kind === "unavailable") {
    return { ...common, formula: metric.formula, source: metric.source, convention: metric.convention, inputs: [], parts: [] };
  }
  const explanation = metric.explain(result.record, contextOf(result.record, options));
  const inputs = explanation.inputs.map((input) => ({ ...input, property: propertyAt(workspace, result.blocks, input.path) }));
  return { ...common, ...explanation, inputs };
}

/** The property that an input path names: `attention[0].kv_lora_rank`. */
function propertyAt(workspace: Workspace, blocks: ModelBlocks, path: string): PropertyValue | undefined {
  if (path.startsWith("@")) return undefined;
  const point = path.lastIndexOf(".");
  const block = blocks.get(point < 0 ? "" : path.slice(0, point));
  const key = path.slice(point + 1);
  const found = block && settledValue(workspace, block, key);
  // a block without `layers` stands on what the model's `layers` leaves it
  return found?.origin === "absent" && key === "layers" && block?.parent ? settledValue(workspace, block.parent, key) : found;
}

/** The figures that a property feeds, by asking each explanation whether it read it. */
export function fedMetrics(workspace: Workspace, declaration: BoundDeclaration, block: BoundBlock, key: string, options: FigureOptions = {}): readonly MetricFigure[] {
  const path = block.path === "" ? key : `${block.path}.${key}`;
  return figuresOf(workspace, declaration, options).filter((metric) =>
    metric.figure.kind === "value" && explainFigure(workspace, declaration, metric.id, options)?.inputs.some((input) => input.path === path),
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
