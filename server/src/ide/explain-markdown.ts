import { explainFigure, inputText, type FigureOptions, type TracedExplanation, type TracedInput } from "../analysis";
import type { BoundDeclaration, Workspace } from "../core";
import type { MetricPart } from "../cost/metric";
import { formatExact, formatPercent } from "../units";
import { describeFigure, placeText } from "./describe";
import { cell, code, escapeMarkdown, paragraphs } from "./markdown";

/**
 * Where a figure comes from, as a Markdown page: value, formula, breakdown, inputs with the place each was written at,
 * convention, source. `undefined` where the declaration has no such metric.
 */
export function explainMarkdown(workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions = {}): string | undefined {
  const explanation = explainFigure(workspace, declaration, id, options);
  if (!explanation) return undefined;
  const { title, figure, dimension, documentation, formula, parts, inputs, convention, source } = explanation;
  return `${paragraphs(
    `# ${title} of ${code(declaration.name)}`,
    figure.kind === "value" ? `**${describeFigure(figure, dimension)}**` : describeFigure(figure, dimension),
    documentation,
    "## Formula",
    `${code(id)} = ${code(formula)}`,
    parts.length > 0 ? paragraphs("## Breakdown", breakdown(explanation)) : undefined,
    inputs.length > 0 ? paragraphs("## Inputs", inputTable(inputs)) : undefined,
    convention === "" ? undefined : paragraphs("## Convention", convention),
    "## Source",
    source,
  )}\n`;
}

function breakdown({ parts, figure, dimension }: TracedExplanation): string {
  const total = figure.kind === "value" ? figure.value : 0;
  const line = (part: MetricPart, depth: number): readonly string[] => {
    const share = total === 0 ? "" : `, ${formatPercent(part.value / total)}`;
    return [
      `${"  ".repeat(depth)}* ${escapeMarkdown(part.label)}: **${formatExact(part.value, dimension)}**${share} = ${code(part.formula)}`,
      ...(part.parts ?? []).flatMap((inner) => line(inner, depth + 1)),
    ];
  };
  return parts.flatMap((part) => line(part, 0)).join("\n");
}

function inputTable(inputs: readonly TracedInput[]): string {
  const rows = inputs.map((input) => `| ${code(input.path.replace(/^@/, ""))} | ${cell(code(inputText(input)))} | ${cell(inputPlace(input))} |`);
  return ["| input | value | where it comes from |", "|---|---|---|", ...rows].join("\n");
}

/** Where an input was written, or whose default it is. Markdown. */
export function inputPlace({ path, property }: TracedInput): string {
  if (path.startsWith("@")) return "asked at";
  if (!property) return "follows from the model";
  if (property.property) {
    const place = placeText(property.property.file.source, property.property.node.start);
    return property.origin === "inherited" ? `${code(place)}, inherited` : code(place);
  }
  const { default: usual } = property.spec ?? {};
  return usual ? `default ${code(usual.expression)}: ${usual.source}` : "left out";
}
