import type { DeclarationKeyword } from "../../../grammar/src";
import { compareFigures, conditionsOf, figuresOf, inReadingOrder, keyMetricsOf, type FigureOptions, type InReadingOrder, type MetricFigure } from "../analysis";
import { bindDeclaration, evaluateAssertion, fileScope, type BoundDeclaration, type Diagnostic, type Workspace } from "../core";
import type { Figure } from "../cost/metric";
import { requirementsOf, type Cancellation, type ReadRequirement } from "../rules";
import { checkDesign, type Design, type NamedFile } from "./design";
import { firstSentence } from "../ide/first-sentence";

/** What every format of `report` shows: computed once, written four ways. */
export interface Report {
  readonly design: Design;
  readonly declarations: readonly ReportedDeclaration[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReportedDeclaration {
  readonly bound: BoundDeclaration;
  readonly keyword: DeclarationKeyword;
  readonly name: string;
  readonly file: NamedFile;
  readonly span: { readonly start: number; readonly end: number };
  /** First sentence of the doc comment. */
  readonly summary: string | undefined;
  /** In the registry's order; none for kinds that have none. */
  readonly metrics: readonly ReportedMetric[];
  /** The figures that a reader looks for first; the others follow in the registry's order. */
  readonly main: readonly string[];
  readonly published: readonly Published[];
  readonly requirements: readonly ReadRequirement[];
  /** What the figures are stated at, a sentence or two a line; empty where they are stated at nothing in particular. */
  readonly conditions: readonly string[];
}

export interface ReportedMetric extends MetricFigure {
  /** In a what-if: the figure of the file as it is written, where it is another. */
  readonly before?: Figure | undefined;
}

/** A figure beside the one that somebody measured or published (`measured … from "…"`). */
export interface Published {
  readonly metric: MetricFigure;
  /** Both in base units. */
  readonly computed: number;
  readonly measured: number;
  /** The published figure as the author wrote it: `70.272 KB`. */
  readonly written: string;
  readonly source: string;
}

/** `contextOption`: how the reader states a context length. */
export function buildReport(design: Design, options: FigureOptions, contextOption: string, cancellation?: Cancellation): Report {
  const declarations = design.files.flatMap((file) =>
    declarationsOf(design.workspace, file).map((declaration) => reportOn(design, declaration, file, options, contextOption)));
  return { design, declarations, diagnostics: checkDesign(design, cancellation) };
}

/** The named declarations of a file, in its order. */
export function declarationsOf(workspace: Workspace, { uri }: NamedFile): readonly BoundDeclaration[] {
  const scope = fileScope(workspace, uri);
  return (scope?.declarations ?? []).flatMap((node) => {
    const declaration = scope && node.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
    return declaration && declaration.name !== "" ? [declaration] : [];
  });
}

/** Everything that a report says of one declaration. `contextOption`: how the reader states a context length. */
export function reportOn(design: Design, declaration: BoundDeclaration, file: NamedFile, options: FigureOptions, contextOption: string): ReportedDeclaration {
  const { workspace } = design;
  const { keyword, name, node } = declaration;
  const metrics = withBefore(design, declaration, file, figuresOf(workspace, declaration, options), options);
  return {
    bound: declaration, keyword, name, file, span: { start: node.start, end: node.end }, metrics,
    main: keyMetricsOf(workspace, declaration),
    summary: firstSentence(node.doc),
    requirements: requirementsOf({ workspace, declaration }),
    published: design.whatIf ? [] : publishedOf(workspace, declaration, metrics, options),
    conditions: conditionsOf(workspace, declaration, options, contextOption),
  };
}

/** In a what-if, each figure that changed beside what it was. */
function withBefore({ whatIf }: Design, { keyword, name }: BoundDeclaration, file: NamedFile, metrics: readonly MetricFigure[], options: FigureOptions): readonly ReportedMetric[] {
  if (!whatIf) return metrics;
  const written = declarationsOf(whatIf.asWritten, file).find((other) => other.keyword === keyword && other.name === name);
  const compared = new Map(compareFigures(written ? figuresOf(whatIf.asWritten, written, options) : [], metrics).map((figure) => [figure.id, figure]));
  return metrics.map((metric) => {
    const found = compared.get(metric.id);
    return found && !found.isEqual ? { ...metric, before: found.left } : metric;
  });
}

/** A model's published figures hold at the language's own sequence length: at another, the comparison would mislead. */
function publishedOf(workspace: Workspace, declaration: BoundDeclaration, metrics: readonly MetricFigure[], options: FigureOptions): readonly Published[] {
  const asksOtherwise = options.sequenceLength !== undefined || options.contextLength !== undefined;
  if (declaration.keyword === "model" && asksOtherwise) return [];
  return declaration.assertions.flatMap((assertion) => {
    if (assertion.kind !== "measured") return [];
    const { metric: id, left, right } = evaluateAssertion(workspace, declaration, assertion);
    const metric = metrics.find((candidate) => candidate.id === id);
    if (!metric || left === undefined || right === undefined) return [];
    const { value } = assertion.node;
    const written = assertion.file.source.text.slice(value.start, value.end);
    return [{ metric, computed: left, measured: right, written, source: assertion.node.from?.value ?? "" }];
  });
}

export interface GroupedMetrics {
  readonly main: readonly GroupedMetric[];
  readonly others: readonly GroupedMetric[];
  /** One entry a reason. Figures that such a design cannot have are left out. */
  readonly missing: readonly MissingFigures[];
  /** Some of the figures are times with a physical bound. */
  readonly hasIdeals: boolean;
}

export interface MissingFigures {
  readonly reason: string;
  /** What it holds for, those first that a reader looks for first. */
  readonly ids: readonly string[];
}

/** Names of figures that a line lists; the others are counted. */
const mostNamed = 10;

/** `step_time, mfu and 35 others`: where a whole plan is missing, a reader needs no list. */
export const missingNames = ({ ids }: MissingFigures, word: (id: string) => string = (id) => id): string =>
  (ids.length <= mostNamed + 1 ? ids.map(word).join(", ") : `${ids.slice(0, mostNamed).map(word).join(", ")} and ${ids.length - mostNamed} others`);

export type GroupedMetric = InReadingOrder<ReportedMetric>;

/** The figures for a reader. One that a what-if took away stays beside what it was. */
export function groupMetrics({ metrics, main: first }: Pick<ReportedDeclaration, "metrics" | "main">): GroupedMetrics {
  const shown = metrics.filter(({ figure, before }) => figure.kind !== "unavailable" || (before !== undefined && before.kind !== "unavailable"));
  const missing = new Map<string, string[]>();
  for (const { id, figure } of metrics) {
    if (figure.kind === "unavailable" && !figure.inapplicable) missing.set(figure.reason, [...(missing.get(figure.reason) ?? []), id]);
  }
  const { main, others } = inReadingOrder(first, shown, ({ figure }) => figure.kind !== "value" || figure.value === 0);
  return {
    main,
    others,
    missing: [...missing].map(([reason, ids]) => ({ reason, ids: [...first.filter((id) => ids.includes(id)), ...ids.filter((id) => !first.includes(id))] })),
    hasIdeals: shown.some(({ figure }) => figure.kind === "value" && figure.ideal !== undefined),
  };
}
