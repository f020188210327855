import type { DeclarationKeyword } from "../../../../grammar/src";
import { defaultSequenceLength, figuresOf, type FigureOptions, type MetricFigure } from "../../analysis";
import { bindDeclaration, evaluateAssertion, fileScope, settledValue, type BoundDeclaration, type Diagnostic, type Workspace } from "../../core";
import { checkDesign, type Design, type NamedFile } from "../design";
import { firstSentence } from "../documentation";

/** What every format of `report` shows: computed once, written four ways. */
export interface Report {
  readonly design: Design;
  readonly declarations: readonly ReportedDeclaration[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReportedDeclaration {
  readonly keyword: DeclarationKeyword;
  readonly name: string;
  readonly file: NamedFile;
  readonly span: { readonly start: number; readonly end: number };
  /** First sentence of the doc comment. */
  readonly summary: string | undefined;
  /** In the registry's order; none for kinds that this version does not compute. */
  readonly metrics: readonly MetricFigure[];
  readonly published: readonly Published[];
  /** What the figures are stated at; empty where they are stated at nothing in particular. */
  readonly conditions: string;
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

export function buildReport(design: Design, options: FigureOptions): Report {
  const declarations = design.files.flatMap((file) => {
    const scope = fileScope(design.workspace, file.uri);
    return (scope?.declarations ?? []).flatMap((node) => {
      const declaration = scope && node.kind === "declaration" ? bindDeclaration(design.workspace, node, scope) : undefined;
      return declaration && declaration.name !== "" ? [reportOn(design.workspace, declaration, file, options)] : [];
    });
  });
  return { design, declarations, diagnostics: checkDesign(design) };
}

function reportOn(workspace: Workspace, declaration: BoundDeclaration, file: NamedFile, options: FigureOptions): ReportedDeclaration {
  const { keyword, name, node } = declaration;
  const metrics = figuresOf(workspace, declaration, options);
  return {
    keyword, name, file, span: { start: node.start, end: node.end }, metrics,
    summary: firstSentence(node.doc),
    published: publishedOf(workspace, declaration, metrics, options),
    conditions: keyword === "model" ? conditionsOf(workspace, declaration, options) : "",
  };
}

/** Published figures hold at the language's own sequence length: at another, the comparison would mislead. */
function publishedOf(workspace: Workspace, declaration: BoundDeclaration, metrics: readonly MetricFigure[], options: FigureOptions): readonly Published[] {
  if (options.sequenceLength !== undefined || options.contextLength !== undefined) return [];
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

/** Where each assumption of a figure stands: what was asked at, and what the model says. */
function conditionsOf(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions): string {
  const tokens = (count: number) => `${count.toLocaleString("en-US")} tokens`;
  const training = `Training at a sequence of ${tokens(options.sequenceLength ?? defaultSequenceLength)}`;
  if (options.contextLength !== undefined) return `${training}; cache and decoding at a context of ${tokens(options.contextLength)}.`;
  const { plain } = settledValue(workspace, declaration.block, "max_context");
  if (typeof plain === "number") return `${training}; cache and decoding at the model's max_context, ${tokens(plain)}.`;
  return `${training}; no context is given: --context N states one.`;
}

/** The figures that a reader looks for first; the others follow in the registry's order. */
const mainFigures: readonly string[] = [
  "total_params", "active_params", "active_params_without_embeddings", "kv_bytes_per_token", "train_flops_per_token", "train_flops_per_token_noncausal",
  "gpus", "peak_flops", "memory_total", "scale_up_to_scale_out_ratio", "cost_per_hour",
];

export interface GroupedMetrics {
  readonly main: readonly MetricFigure[];
  readonly others: readonly MetricFigure[];
  readonly missing: readonly MetricFigure[];
}

export function groupMetrics(metrics: readonly MetricFigure[]): GroupedMetrics {
  const known = metrics.filter((metric) => metric.figure.kind !== "unavailable");
  return {
    main: mainFigures.flatMap((id) => known.filter((metric) => metric.id === id)),
    others: known.filter((metric) => !mainFigures.includes(metric.id)),
    missing: metrics.filter((metric) => metric.figure.kind === "unavailable"),
  };
}
