import { confidenceText, figureText, inputText, partText, readableParts, type FigureOptions, type TracedExplanation, type TracedInput } from "../analysis";
import type { BoundDeclaration } from "../core";
import type { Detail, MetricPart } from "../cost/metric";
import { inputOrigin, type AskedAt, type Design } from "../design";
import { formatGrouped } from "../units";
import { alignColumns, indent, printable, wrap, type Style } from "./terminal-text";

const askedAt = ({ sequenceLength, contextLength }: FigureOptions): AskedAt => ({
  sequenceLength: sequenceLength === undefined ? "default; --sequence-length N states another" : "--sequence-length",
  contextLength: contextLength === undefined ? "the model's max_context; --context N states another" : "--context",
});

/** Formula, breakdown with the numbers filled in, inputs with their places, convention and source of one figure. */
export function explanationText(
  design: Design, declaration: BoundDeclaration, explanation: TracedExplanation, options: FigureOptions, style: Style, columns: number,
): string {
  const { id, title, documentation, figure, formula, inputs, convention, source } = explanation;
  const paragraph = (text: string) => indent(wrap(printable(text), columns - 2));
  const section = (heading: string, lines: readonly string[]) => (lines.length === 0 ? [] : ["", style.strong(heading), ...lines]);
  const confidence = confidenceText(design.workspace, declaration, explanation);
  const lines = [
    `${style.strong(`${declaration.name}.${id}`)}  ${title}`,
    "",
    ...indent(wrap(printable(figureText(figure, explanation)), columns - 2)),
    "",
    ...wrap(documentation, columns),
    ...section("Confidence", paragraph(confidence ?? "")),
    ...section("Formula", formula.split("; ").flatMap(paragraph)),
    ...section("Breakdown", breakdown(explanation, columns)),
    ...(explanation.details?.() ?? []).flatMap((detail) => section(detail.title, indent(detailLines(detail)))),
    ...section("Inputs", indent(alignColumns(inputs.map((input) => inputRow(design, declaration, input, askedAt(options))), [1]))),
    ...section("Counting", paragraph(convention)),
    ...section("Source", paragraph(source)),
  ];
  return `${lines.join("\n")}\n`;
}

/** The parts as a tree, each with its value and the arithmetic behind it. */
function breakdown({ parts, ...form }: TracedExplanation, columns: number): readonly string[] {
  const rows: (readonly [label: string, value: string, formula: string])[] = [];
  const add = (part: MetricPart, depth: number): void => {
    const value = partText(part.value, form);
    const saysNothing = ["", value, formatGrouped(part.value)].some((text) => text.replace(/,/g, "") === part.formula.replace(/,/g, ""));
    rows.push([`${"  ".repeat(depth)}${part.label}`, value, saysNothing ? "" : `= ${part.formula}`]);
    for (const inner of part.parts ?? []) add(inner, depth + 1);
  };
  const { parts: shown, left } = readableParts(parts);
  for (const part of shown) add(part, 0);
  const aligned = alignColumns(rows.map(([label, value]) => [label, value]), [1]);
  const lines = aligned.flatMap((line, index) => joined(line, rows[index]?.[2] ?? "", columns - 2));
  return indent(left === 0 ? lines : [...lines, `${left} smaller parts of these are left out`]);
}

/** A table as aligned columns under their labels; a drawing as it is. */
function detailLines(detail: Detail): readonly string[] {
  if (detail.kind === "drawing") return detail.lines.map(printable);
  const right = detail.columns.flatMap(({ right }, column) => (right ? [column] : []));
  return alignColumns([detail.columns.map(({ label }) => label), ...detail.rows.map((row) => row.map(printable))], right);
}

/** The arithmetic behind its value, or below it where the line has no room. */
function joined(line: string, formula: string, columns: number): readonly string[] {
  if (formula === "") return [line];
  const whole = `${line}  ${formula}`;
  if (whole.length <= columns) return [whole];
  return [line, ...indent(wrap(formula, columns - 6), "      ")];
}

function inputRow(design: Design, declaration: BoundDeclaration, input: TracedInput, asked: AskedAt): readonly string[] {
  return [input.path.replace(/^@/, ""), inputText(input), inputOrigin(design, declaration, input, asked)];
}

/** One line a metric, for who named a declaration and no metric. */
export function metricList(figures: readonly { readonly id: string; readonly title: string }[]): readonly string[] {
  return alignColumns(figures.map((figure) => [figure.id, figure.title]));
}
