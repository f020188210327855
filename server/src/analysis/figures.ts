import { inProgress, memoized, settledValue, withArticle, withOrigins, type BoundBlock, type BoundDeclaration, type MetricLookup, type PropertyValue, type Workspace } from "../core";
import type { Explanation, Figure, MetricInput, MetricUnit } from "../cost/metric";
import { formatGrouped, formatShortest, type Dimension } from "../units";
import { computedKinds, type FigureOptions, type MetricHead } from "./kinds";
import { dimensionOfUnit, metricDimension, metricIds } from "./metric-table";
import type { RecordBlocks } from "./records";
import { writtenNumber } from "./value-text";

export { defaultSequenceLength, type FigureOptions } from "./kinds";

/** A metric of a declaration with its value. */
export interface MetricFigure {
  readonly id: string;
  readonly title: string;
  readonly unit: MetricUnit;
  readonly dimension: Dimension;
  readonly share: boolean;
  readonly documentation: string;
  readonly formula: string;
  readonly source: string;
  readonly figure: Figure;
}

/** Every metric of a declaration, in the order of the registry; none for kinds that are not computed yet. */
export function figuresOf(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions = {}): readonly MetricFigure[] {
  return (computedKinds[declaration.keyword]?.metrics ?? []).map((metric) => withFigure(metric, figureOf(workspace, declaration, metric.id, options)));
}

const withFigure = ({ id, title, unit, share = false, documentation, formula, source }: MetricHead, figure: Figure): MetricFigure =>
  ({ id, title, unit, dimension: dimensionOfUnit[unit ?? ""], share, documentation, formula, source, figure });

/** One metric of a declaration with its value; `undefined` where this version has no such metric. */
export function metricOf(workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions = {}): MetricFigure | undefined {
  const metric = computedKinds[declaration.keyword]?.metrics.find((candidate) => candidate.id === id);
  return metric && withFigure(metric, figureOf(workspace, declaration, id, options));
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
  /** The other properties that took part in it: the model's `layers`, which its blocks share out. */
  readonly shares: readonly PropertyValue[];
}

/** The value of an input for reading: as it was written, else in the unit its property takes: `160 GB/s`, `4,096 tokens`. */
export function inputText({ value, unit, property }: TracedInput): string {
  if (typeof value !== "number") return String(value);
  const written = property && property.value?.kind === "quantity" && property.value.value === value ? writtenNumber(property) : undefined;
  if (written !== undefined) return unit === "" || /[A-Za-z%)]$/.test(written) ? written : `${written} ${unit}`;
  const type = property?.spec?.type;
  if (type?.kind === "quantity") return formatShortest(value, type.dimension);
  return unit === "" ? formatGrouped(value) : `${formatGrouped(value)} ${unit}`;
}

export interface TracedExplanation extends Omit<Explanation, "inputs"> {
  readonly id: string;
  readonly title: string;
  readonly unit: MetricUnit;
  readonly dimension: Dimension;
  readonly share: boolean;
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
  const { title, unit, share = false, documentation } = metric;
  const common = { id, title, unit, dimension: dimensionOfUnit[unit ?? ""], share, documentation, figure };
  const explained = figure.kind === "unavailable" ? undefined : kind.explain(workspace, declaration, id, options);
  if (!explained) return { ...common, formula: metric.formula, source: metric.source, convention: metric.convention, inputs: [], parts: [] };
  const { explanation, blocks } = explained;
  return { ...common, ...explanation, inputs: explanation.inputs.map((input) => tracedInput(workspace, blocks, input, options)) };
}

const tracedInput = (workspace: Workspace, blocks: RecordBlocks, input: MetricInput, options: FigureOptions): TracedInput =>
  ({ ...input, ...propertiesAt(workspace, blocks, input.path, options) });

/** The properties behind an input path: `attention[0].kv_lora_rank`, `gpu.memory`. */
function propertiesAt(workspace: Workspace, blocks: RecordBlocks, path: string, options: FigureOptions): Pick<TracedInput, "property" | "shares"> {
  if (path.startsWith("@")) return { property: askedOfModel(workspace, blocks, path, options), shares: [] };
  const point = path.lastIndexOf(".");
  const block = blocks.get(point < 0 ? "" : path.slice(0, point));
  const key = path.slice(point + 1);
  const property = block && settledValue(workspace, block, key);
  if (key !== "layers" || !block?.parent) return { property, shares: [] };
  const whole = settledValue(workspace, block.parent, key);
  // a block without `layers` stands on what the model's `layers` leaves it
  return property?.origin === "absent" ? { property: whole, shares: [] } : { property, shares: [whole] };
}

/** Where the reader names no context length, the model's `max_context` is it. */
function askedOfModel(workspace: Workspace, blocks: RecordBlocks, path: string, { contextLength }: FigureOptions): PropertyValue | undefined {
  const block = path === "@context_length" && contextLength === undefined ? blocks.get("") : undefined;
  return block && settledValue(workspace, block, "max_context");
}

/**
 * The figures of a declaration that a property feeds, or the declaration it names: an input was written there, or takes its value from
 * there. The property may stand in another declaration: the degrees of a layout feed the figures of its plans.
 */
export function fedMetrics(workspace: Workspace, declaration: BoundDeclaration, block: BoundBlock, key: string, options: FigureOptions = {}): readonly MetricFigure[] {
  const property = settledValue(workspace, block, key);
  const written = property.property?.node;
  // what `extends` inherits is another property written at the same place
  const isMeant = (other: PropertyValue): boolean => other === property || (written !== undefined && other.property?.node === written);
  const named = property.value?.kind === "declaration" ? pathsOf(workspace, declaration, key, isMeant) : [];
  return metricsReading(workspace, declaration, options, (input) =>
    named.some((path) => input.path.startsWith(`${path}.`)) || [...withOrigins(propertiesOf(input))].some(isMeant));
}

/** The input paths that a key has in the record of a declaration: `hardware.gpu`. */
const pathsOf = (workspace: Workspace, declaration: BoundDeclaration, key: string, isMeant: (property: PropertyValue) => boolean): readonly string[] =>
  [...computedKinds[declaration.keyword]?.blocks(workspace, declaration) ?? []]
    .filter(([, block]) => block.schema?.properties.has(key) && isMeant(settledValue(workspace, block, key)))
    .map(([path]) => (path === "" ? key : `${path}.${key}`));

/** The figures that the kind of a block itself feeds, such as the router biases of `balance loss_free`. */
export function metricsOfKind(workspace: Workspace, declaration: BoundDeclaration, block: BoundBlock, options: FigureOptions = {}): readonly MetricFigure[] {
  return metricsReading(workspace, declaration, options, ({ path }) => path === block.path);
}

/** The metrics of which some input is meant, those with the fewest inputs first: there the input weighs most. */
function metricsReading(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions, isMeant: (input: TracedInput) => boolean): readonly MetricFigure[] {
  return tracedMetrics(workspace, declaration, options)
    .filter(({ inputs }) => inputs.some(isMeant))
    .sort((left, right) => left.inputs.length - right.inputs.length)
    .map(({ metric }) => metric);
}

interface TracedMetric {
  readonly metric: MetricFigure;
  readonly inputs: readonly TracedInput[];
}

/** The figures that have a value, each with its inputs: computed once, for what is read is found by running the arithmetic again. */
function tracedMetrics(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions = {}): readonly TracedMetric[] {
  const found = memoized(workspace, declaration, `traced metrics ${options.sequenceLength} ${options.contextLength}`, () => traced(workspace, declaration, options));
  return found === inProgress ? [] : found;
}

function traced(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions): readonly TracedMetric[] {
  const kind = computedKinds[declaration.keyword];
  if (!kind) return [];
  const blocks = kind.blocks(workspace, declaration);
  // figures of one declaration share most of their inputs
  const known = new Map<string, TracedInput>();
  const trace = (input: MetricInput): TracedInput => {
    const found = known.get(input.path) ?? tracedInput(workspace, blocks, input, options);
    known.set(input.path, found);
    return found;
  };
  return figuresOf(workspace, declaration, options).flatMap((metric): readonly TracedMetric[] =>
    (metric.figure.kind === "unavailable" ? [] : [{ metric, inputs: kind.inputs(workspace, declaration, metric.id, options).map(trace) }]));
}

/** Every property whose value enters some figure of a declaration. */
export function enteringProperties(workspace: Workspace, declaration: BoundDeclaration): ReadonlySet<PropertyValue> {
  const found = memoized(workspace, declaration, "entering properties", () => {
    const inputs = new Set(tracedMetrics(workspace, declaration).flatMap((metric) => metric.inputs));
    return withOrigins([...inputs].flatMap(propertiesOf));
  });
  return found === inProgress ? new Set() : found;
}

const propertiesOf = ({ property, shares }: TracedInput): readonly PropertyValue[] => (property ? [property, ...shares] : shares);

/** What expressions may ask of the figures. */
export const metricLookup: MetricLookup = {
  ids: metricIds,
  dimension: metricDimension,
  value: (workspace, declaration, id) => {
    const figure = figureOf(workspace, declaration, id);
    if (figure.kind === "value") return { kind: "value", value: figure.value };
    if (figure.kind === "text") return { kind: "unavailable", reason: "it is a text" };
    return { kind: "unavailable", reason: figure.reason, ...(figure.otherPhase ? { otherPhase: true } : {}) };
  },
};
