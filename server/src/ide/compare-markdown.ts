import { compareDeclarations, figurePairText, idealText, type ComparedFact, type Comparison, type FactValue, type FigureOptions } from "../analysis";
import type { BoundDeclaration, Workspace } from "../core";
import { conditionsOfBoth, equalText, figuresForReading, sideLabels, type FiguresForReading, type Side } from "./comparison";
import { placeText, safeDecode } from "./describe";
import type { PlaceLink } from "./explain-markdown";
import { cell, code, paragraphs } from "./markdown";

export interface CompareMarkdownOptions extends FigureOptions {
  /** Ids of metrics to show, equal ones too; none: every figure that differs. */
  readonly metrics?: readonly string[];
  /** How a reader knows the file behind an address; its address unless given. */
  readonly pathOf?: (uri: string) => string;
  /** The address of a line of a file, where a page may lead to it. */
  readonly linkTo?: PlaceLink;
  /** How a reader states a context. */
  readonly contextOption: string;
}

/** Two declarations of one kind beside each other, as a Markdown page: the facts and the figures that differ. */
export function compareMarkdown(workspace: Workspace, left: BoundDeclaration, right: BoundDeclaration, options: CompareMarkdownOptions): string {
  const comparison = compareDeclarations(workspace, left, right, options);
  const { left: first, right: second } = sideLabels(comparison, options.pathOf ?? safeDecode);
  const { linkTo = () => undefined } = options;
  const labels = { left: cell(code(first)), right: cell(code(second)) };
  return `${paragraphs(
    `# ${left.keyword} ${labels.left} against ${labels.right}`,
    [left, right].map((declaration) => `${code(declaration.name)} (${linked(code(placeText(declaration.file.source, declaration.node.start)), declaration, declaration.node.start, linkTo)})`).join(" against "),
    ...comparedSections(workspace, comparison, labels, options),
  )}\n`;
}

/** The tables of a comparison, a paragraph each. `labels`: what the sides are called, as the cell of a table. */
export function comparedSections(workspace: Workspace, comparison: Comparison, labels: Readonly<Record<Side, string>>, options: CompareMarkdownOptions): readonly string[] {
  const { facts, equalFacts, figures: all } = comparison;
  const { linkTo = () => undefined } = options;
  const figures = figuresForReading(workspace, comparison, options.metrics ?? []);
  return [
    "## Facts",
    factTable(facts, labels, linkTo),
    sentence(equalText(equalFacts, "fact", facts.length > 0)),
    ...(all.length === 0 ? [] : ["## Figures", figureTable(figures, labels), sentence(equalText(figures.equal, "figure", figures.rows.length > 0))]),
    missingTable(figures, labels),
    ...(all.length === 0 ? [] : conditionsOfBoth(workspace, comparison, options, labels, options.contextOption)),
  ];
}

const sentence = (text: string): string => (text === "" ? "" : `${text}.`);

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function factTable(facts: readonly ComparedFact[], labels: Readonly<Record<Side, string>>, linkTo: PlaceLink): string {
  if (facts.length === 0) return "No fact differs.";
  const rows = facts.map(({ owner, path, left, right }) => row([cell(code([...owner, path].join("."))), factCell(left, linkTo), factCell(right, linkTo)]));
  return [row(["fact", labels.left, labels.right]), "|:--|:--|:--|", ...rows].join("\n");
}

/** A value with a link to where it is written. */
function factCell(fact: FactValue | undefined, linkTo: PlaceLink): string {
  if (!fact) return "–";
  const text = cell(code(fact.text));
  const value = fact.property ? linked(text, fact.property, fact.property.node.start, linkTo) : text;
  return fact.origin === "default" ? `${value} (default)` : value;
}

function linked(text: string, { file }: Pick<BoundDeclaration, "file">, offset: number, linkTo: PlaceLink): string {
  const address = linkTo(file.uri, file.source.lines.position(offset).line + 1);
  return address === undefined ? text : `[${text}](${address})`;
}

function figureTable({ rows, missing }: FiguresForReading, labels: Readonly<Record<Side, string>>): string {
  if (rows.length === 0) return missing.length > 0 ? "" : "No figure differs.";
  const hasIdeals = rows.some(({ left, right }) => [left, right].some((figure) => figure.kind === "value" && figure.ideal !== undefined));
  const sides = [labels.left, labels.right];
  const head = ["figure", ...sides, "change", ...(hasIdeals ? sides.map((side) => `ideal ${side}`) : []), "metric"];
  const body = rows.map((figure) => {
    const { left, right, change } = figurePairText(figure.left, figure.right, figure);
    const ideals = hasIdeals ? [idealText(figure.left, figure), idealText(figure.right, figure)] : [];
    return row([`${figure.isPart ? "&emsp;" : ""}${figure.title}`, cell(left), cell(right), change, ...ideals, code(figure.id)]);
  });
  return [row(head), `|:--|${head.slice(2).map(() => "--:|").join("")}:--|`, ...body].join("\n");
}

function missingTable({ missing }: FiguresForReading, labels: Readonly<Record<Side, string>>): string {
  if (missing.length === 0) return "";
  const rows = missing.map(({ side, reason, ids }) => row([side === "both" ? "both" : labels[side], cell(reason), ids.map(code).join(", ")]));
  return [row(["not computed", "because", "metrics"]), "|:--|:--|:--|", ...rows].join("\n");
}
