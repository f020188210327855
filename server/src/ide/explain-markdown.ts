import { confidenceText, explainFigure, figureText, inputText, partText, phaseOf, readableParts, type FigureOptions, type Phase, type TracedExplanation, type TracedInput } from "../analysis";
import type { BoundDeclaration, Workspace } from "../core";
import type { Detail, MetricPart } from "../cost/metric";
import { formatPercent } from "../units";
import { placeText } from "./describe";
import { cell, code, escapeMarkdown, paragraphs, withLinks } from "./markdown";

/** The address of a line of a file, where a page may lead to it. */
export type PlaceLink = (uri: string, line: number) => string | undefined;

/**
 * Where a figure comes from, as a Markdown page: value, formula, breakdown, inputs with the place each was written at,
 * convention, source. `undefined` where the declaration has no such metric.
 */
export function explainMarkdown(
  workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions = {}, linkTo: PlaceLink = () => undefined,
): string | undefined {
  const explanation = explainFigure(workspace, declaration, id, options);
  if (!explanation) return undefined;
  const { title, figure, documentation, formula, parts, inputs, convention, source } = explanation;
  const confidence = confidenceText(workspace, declaration, explanation);
  return `${paragraphs(
    `# ${title} of ${code(declaration.name)}`,
    figure.kind === "unavailable" ? `**Not computed:** ${figure.reason}.` : `**${figureText(figure, explanation)}**`,
    documentation,
    confidence === undefined ? undefined : `Confidence: ${confidence}.`,
    "## Formula",
    formulaText(id, formulaClauses(workspace, declaration, formula)),
    parts.length > 0 ? paragraphs("## Breakdown", breakdown(explanation)) : undefined,
    ...(explanation.details?.() ?? []).map((detail) => paragraphs(`## ${escapeMarkdown(detail.title)}`, detailMarkdown(detail))),
    inputs.length > 0 ? paragraphs("## Inputs", inputTable(inputs, linkTo)) : undefined,
    convention === "" ? undefined : paragraphs("## Convention", withLinks(convention)),
    "## Source",
    withLinks(source),
  )}\n`;
}

/** The clauses of a formula, `mla: …; mha, mqa, gqa: …`, without those of kinds and phases that a declaration has not. */
export function formulaClauses(workspace: Workspace, declaration: BoundDeclaration, formula: string): readonly string[] {
  const { block } = declaration;
  const phase = phaseOf(workspace, declaration);
  const known = new Set([...block.schema?.children.flatMap(({ variants }) => variants.flatMap(({ variant }) => variant ?? [])) ?? [], ...(phase === undefined ? [] : phases)]);
  const used = new Set([...block.blocks.map(({ variant }) => variant), phase]);
  const clauses = formula.split("; ");
  const meant = clauses.filter((clause) => {
    const kinds = /^([\w, ]+): /.exec(clause)?.[1]?.split(", ") ?? [];
    return !kinds.every((kind) => known.has(kind)) || kinds.length === 0 || kinds.some((kind) => used.has(kind));
  });
  return meant.length === 0 ? clauses : meant;
}

const phases: readonly Phase[] = ["training", "prefill", "decode"];

const formulaText = (id: string, [first = "", ...rest]: readonly string[]): string =>
  rest.length === 0 ? `${code(id)} = ${code(first)}` : [`${code(id)} =`, "", ...[first, ...rest].map((clause) => `* ${code(clause)}`)].join("\n");

function breakdown({ parts, figure, ...form }: TracedExplanation): string {
  const total = figure.kind === "value" ? figure.value : 0;
  const rows = (part: MetricPart, depth: number): readonly string[] => [
    // spaces at the start of a cell are not shown
    `| ${"&emsp;".repeat(depth)}${cell(escapeMarkdown(part.label))} | ${partText(part.value, form)} | ${total === 0 ? "" : formatPercent(part.value / total)} | ${part.formula === "" ? "" : cell(code(part.formula))} |`,
    ...(part.parts ?? []).flatMap((inner) => rows(inner, depth + 1)),
  ];
  const { parts: shown, left } = readableParts(parts);
  return paragraphs(
    ["| part | figure | share | how |", "|:--|--:|--:|:--|", ...shown.flatMap((part) => rows(part, 0))].join("\n"),
    left === 0 ? undefined : `${left} smaller parts of these are left out.`,
  );
}

function detailMarkdown(detail: Detail): string {
  // an indented block: no text in it can end it
  if (detail.kind === "drawing") return detail.lines.map((line) => `    ${line}`).join("\n");
  const row = (cells: readonly string[]): string => `| ${cells.map((text) => cell(escapeMarkdown(text))).join(" | ")} |`;
  return [row(detail.columns.map(({ label }) => label)), `|${detail.columns.map(({ right }) => (right ? "--:" : ":--")).join("|")}|`, ...detail.rows.map(row)].join("\n");
}

function inputTable(inputs: readonly TracedInput[], linkTo: PlaceLink): string {
  const rows = inputs.map((input) => `| ${code(input.path.replace(/^@/, ""))} | ${cell(code(inputText(input)))} | ${cell(inputPlace(input, linkTo))} |`);
  return ["| input | value | place |", "|:--|--:|:--|", ...rows].join("\n");
}

/** Where an input was written, or whose default it is. Markdown. */
function inputPlace({ path, property }: TracedInput, linkTo: PlaceLink): string {
  const written = property?.property;
  if (written) {
    const { file, node } = written;
    const place = code(placeText(file.source, node.start));
    const address = linkTo(file.uri, file.source.lines.position(node.start).line + 1);
    const text = address === undefined ? place : `[${place}](${address})`;
    return property.origin === "inherited" ? `${text}, inherited` : text;
  }
  if (path.startsWith("@")) return "asked at";
  const usual = property?.spec?.default;
  if (usual) return `default ${code(usual.expression)}`;
  return property ? "left out" : "follows from the model";
}
