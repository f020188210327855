import { computedKinds, confidenceText, explainFigure, figureText, inputText, metricOf, partText, planResult, readableParts, type FigureOptions, type TracedExplanation, type TracedInput } from "../analysis";
import { declarationSchemas, settledValue, type BoundDeclaration, type Position, type PropertyValue, type Workspace } from "../core";
import type { MetricPart } from "../cost/metric";
import { formatPercent } from "../units";
import { placeText } from "./describe";
import { formulaClauses } from "./explain-markdown";

/** A figure and what it came from, one level deep: the metrics that its formula names are asked for in the same way. */
export interface ExplanationTree {
  readonly declaration: BoundDeclaration;
  readonly metric: string;
  readonly title: string;
  /** `19.93 s, ideal 12.40 s`; `not computed: …`. */
  readonly value: string;
  /** Markdown. */
  readonly documentation: string;
  /** Its clauses, those that are about such a design. */
  readonly formula: readonly string[];
  readonly convention: string;
  readonly source: string;
  readonly confidence: string | undefined;
  readonly metrics: readonly NamedMetric[];
  readonly parts: readonly TreePart[];
  /** What enters the figure and no metric that the formula names. */
  readonly facts: readonly Fact[];
}

/** A metric of this declaration or of one that it binds. */
export interface NamedMetric {
  readonly declaration: BoundDeclaration;
  readonly metric: string;
  readonly title: string;
  readonly value: string;
  /** What it is stated at where it enters. */
  readonly at: FigureOptions;
}

export interface TreePart {
  readonly label: string;
  readonly value: string;
  /** Of the figure: `42.94 %`; empty where that says nothing. */
  readonly share: string;
  /** With the numbers filled in; may be empty. */
  readonly how: string;
  readonly parts: readonly TreePart[];
}

/** A property that enters: written, inherited, a default. */
export interface Fact {
  /** `parallelism.pp` */
  readonly path: string;
  readonly value: string;
  /** `layouts.dsco:35`, `default 1`. */
  readonly origin: string;
  /** Of a default. */
  readonly source: string;
  /** Markdown. */
  readonly documentation: string;
  readonly place: { readonly uri: string; readonly position: Position } | undefined;
  /** What its expression took values from. */
  readonly facts: readonly Fact[];
}

/** `undefined` where the declaration has no such metric. */
export function explanationTree(workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions = {}): ExplanationTree | undefined {
  const explanation = explainFigure(workspace, declaration, id, options);
  if (!explanation) return undefined;
  const { title, figure, documentation, formula, convention, source, inputs } = explanation;
  const clauses = formulaClauses(workspace, declaration, formula);
  const metrics = figure.kind === "unavailable" ? [] : metricsNamed(workspace, declaration, id, clauses, options);
  return {
    declaration, metric: id, title, value: figureText(figure, explanation), documentation, formula: clauses, convention, source,
    confidence: confidenceText(workspace, declaration, explanation), metrics, parts: partsOf(explanation),
    facts: inputs.filter(ownInput(workspace, clauses, metrics)).map((input) => factOf(workspace, input)),
  };
}

/** The names in a formula that are not called and not in quotes: `gpu_hours`, `prefill.ttft`. */
const namesIn = (clauses: readonly string[]): readonly string[] =>
  [...new Set(clauses.flatMap((clause) => [...clause.matchAll(/(?<![\w.`])[a-z]\w*(?:\.\w+)*(?![\w.(`])/g)].map(([name]) => name)))];

/** The metrics that a formula names, of the declaration itself or of one that it binds, where they have a value. */
function metricsNamed(workspace: Workspace, declaration: BoundDeclaration, id: string, clauses: readonly string[], options: FigureOptions): readonly NamedMetric[] {
  const bound = boundBy(workspace, declaration);
  return namesIn(clauses).flatMap((name): readonly NamedMetric[] => {
    const [key, own] = name.includes(".") ? [name.slice(0, name.indexOf(".")), name.slice(name.indexOf(".") + 1)] : [undefined, name];
    const owners = key === undefined ? [declaration, ...bound.values()] : [bound.get(key) ?? []].flat();
    const owner = owners.find((each) => !(each === declaration && own === id) && computedKinds[each.keyword]?.metrics.some((metric) => metric.id === own));
    const at = owner === declaration ? options : lengthsOf(workspace, declaration, options);
    const metric = owner && metricOf(workspace, owner, own, at);
    return owner && metric && metric.figure.kind !== "unavailable" ? [{ declaration: owner, metric: own, title: metric.title, value: figureText(metric.figure, metric), at }] : [];
  });
}

/** The declarations that a declaration's keys name, by key. */
function boundBy(workspace: Workspace, { keyword, block }: BoundDeclaration): ReadonlyMap<string, BoundDeclaration> {
  const references = [...declarationSchemas[keyword].block.properties.values()].filter(({ type }) => type.kind === "reference");
  return new Map(references.flatMap(({ key }): readonly (readonly [string, BoundDeclaration])[] => {
    const { value } = settledValue(workspace, block, key);
    return value?.kind === "declaration" ? [[key, value.declaration]] : [];
  }));
}

/** A plan states the figures of its model at the lengths of its workload. */
function lengthsOf(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions): FigureOptions {
  const workload = declaration.keyword === "plan" ? planResult(workspace, declaration)?.record.workload : undefined;
  return workload ? { sequenceLength: workload.sequence_length, contextLength: workload.context_length } : options;
}

/** Whether an input enters by itself: it is named in the formula, or no metric that is named there rests on it. */
function ownInput(workspace: Workspace, clauses: readonly string[], metrics: readonly NamedMetric[]): (input: TracedInput) => boolean {
  const names = namesIn(clauses);
  const behind = new Set(metrics.flatMap(({ declaration, metric, at }) => explainFigure(workspace, declaration, metric, at)?.inputs ?? []).flatMap(({ property, path }) => property ?? path));
  return ({ path, property }) => names.some((name) => path === name || path.endsWith(`.${name}`)) || !behind.has(property ?? path);
}

function partsOf({ parts, figure, ...form }: TracedExplanation): readonly TreePart[] {
  const total = figure.kind === "value" ? figure.value : 0;
  const treePart = ({ label, value, formula, parts: inner }: MetricPart): TreePart => ({
    label, value: partText(value, form), share: total === 0 ? "" : formatPercent(value / total), how: formula, parts: (inner ?? []).map(treePart),
  });
  return readableParts(parts).parts.map(treePart);
}

const factOf = (workspace: Workspace, input: TracedInput): Fact => ({
  ...factBehind(workspace, input.property, input.path), path: input.path.replace(/^@/, ""), value: inputText(input),
});

/** How far constants are followed that are made of constants. */
const deepest = 8;

function factBehind(workspace: Workspace, property: PropertyValue | undefined, path: string, depth = 0): Omit<Fact, "value"> {
  const written = property?.property;
  const usual = property?.spec?.default;
  const origin = written ? `${placeText(written.file.source, written.node.start)}${property.origin === "inherited" ? ", inherited" : ""}`
    : path.startsWith("@") ? "asked at" : usual ? `default ${usual.expression}` : property ? "left out" : "follows from the model";
  return {
    path, origin, source: written || !usual ? "" : usual.source, documentation: property?.spec?.documentation ?? "",
    place: written && { uri: written.file.uri, position: written.file.source.lines.position(written.node.start) },
    facts: depth >= deepest ? [] : (property?.reads ?? []).map((read) => ({ ...factBehind(workspace, read, read.key, depth + 1), value: writtenText(read) })),
  };
}

/** A property that an expression used, as it is written: `DeepSeekV3.hidden_size / 2`. */
function writtenText({ property, plain }: PropertyValue): string {
  if (property) return property.file.source.text.slice(property.node.value.start, property.node.value.end);
  return typeof plain === "number" || typeof plain === "string" || typeof plain === "boolean" ? String(plain) : "";
}
