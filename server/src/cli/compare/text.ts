import { figurePairText, idealText, type ComparedFact, type Comparison, type FactValue } from "../../analysis";
import type { BoundDeclaration } from "../../core";
import { countDiagnostics, hasErrors, linesForReading, placeText, printable, whatIfLines, withoutNotes, type CompareDocument } from "../../design";
import { conditionsOfBoth, equalText, figuresForReading, sideLabels, type FiguresForReading, type Side } from "../../ide/comparison";
import { headline } from "../diagnostics/text";
import { contextOptionText } from "../options";
import { splitComparisons } from "./split";
import { alignColumns, fitColumns, indent, wrap, type Style } from "../terminal-text";

/** The comparison for a terminal of `columns`. */
export function compareText(document: CompareDocument, metrics: readonly string[], style: Style, columns: number): string {
  const { design, only, diagnostics } = document;
  const summary = (hasErrors(diagnostics) ? style.error : style.strong)(countDiagnostics(diagnostics));
  const { shown, same } = splitComparisons(document, metrics);
  const list = (declarations: readonly BoundDeclaration[]) => declarations.map(({ keyword, name }) => `${keyword} ${name}`).join(", ");
  const sections: readonly (readonly string[])[] = [
    ...whatIfLines(design).map((line) => [style.strong(line)]),
    ...shown.map((comparison) => comparisonText(document, comparison, metrics, style, columns)),
    ...(same.length === 0 ? [] : [wrap(`Nothing differs in ${list(same.map(({ left }) => left))}.`, columns)]),
    ...only.map(({ path, declarations }) => wrap(`Only in ${printable(path)}: ${list(declarations)}.`, columns)),
    [...linesForReading(design, withoutNotes(diagnostics), (diagnostic) => headline(design, diagnostic, style)), summary],
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function comparisonText({ design, options }: CompareDocument, comparison: Comparison, metrics: readonly string[], style: Style, columns: number): readonly string[] {
  const { left, right, facts, equalFacts, figures: all } = comparison;
  const labels = sideLabels(comparison, (uri) => printable(design.showUri(uri)));
  const figures = figuresForReading(design.workspace, comparison, metrics);
  const place = ({ file, node }: BoundDeclaration) => placeText(design, file.uri, node.start);
  const heads = alignColumns([left, right].map((declaration, index) => [index === 0 ? left.keyword : "against", declaration.name, place(declaration)]));
  const bare = facts.length === 0 && figures.rows.length === 0 && figures.missing.length === 0;
  const counts = (rows: number, equal: number, what: "fact" | "figure") => {
    const text = equalText(equal, what, rows > 0);
    return text === "" ? [] : [style.dim(`${text}.`)];
  };
  const table = (head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]) => {
    const [first = "", ...rest] = fitColumns([head, ...rows], columns - 2, right, [0, 1, 2]);
    return [style.dim(first), ...rest];
  };
  const lines = [
    ...heads.map(style.strong), "",
    ...(facts.length === 0 ? [bare ? "Nothing differs." : "No fact differs."] : table(["Facts", labels.left, labels.right], factRows(facts), [])),
    ...counts(facts.length, equalFacts, "fact"),
    ...(all.length === 0 || bare ? [] : ["", ...(figures.rows.length === 0 ? (figures.missing.length > 0 ? [] : ["No figure differs."]) : figureTable(figures, labels, table))]),
    ...(all.length === 0 ? [] : counts(figures.rows.length, figures.equal, "figure")),
    ...missingLines(figures, labels, columns),
  ];
  const conditions = all.length === 0 || bare ? [] : conditionsOfBoth(design.workspace, comparison, options, labels, contextOptionText);
  return [
    ...lines.map((line, index) => (index < 2 || line === "" ? line : `  ${line}`)),
    ...(conditions.length === 0 ? [] : ["", ...indent(conditions.flatMap((line) => wrap(line, columns - 2)).map(style.dim))]),
  ];
}

/** The facts of a declaration that a key names stand under that key. */
const factRows = (facts: readonly ComparedFact[]): readonly (readonly string[])[] =>
  facts.map(({ owner, path, left, right }) => [`${"  ".repeat(owner.length)}${path}`, factText(left), factText(right)].map(printable));

const factText = (fact: FactValue | undefined): string => (fact ? `${fact.text}${fact.origin === "default" ? " (default)" : ""}` : "–");

type Table = (head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]) => readonly string[];

function figureTable({ rows }: FiguresForReading, labels: Readonly<Record<Side, string>>, table: Table): readonly string[] {
  const ideals = rows.map((figure) => {
    const both = [idealText(figure.left, figure), idealText(figure.right, figure)];
    return both.every((text) => text === "") ? "" : both.map((text) => text || "–").join(" | ");
  });
  const hasIdeals = ideals.some((text) => text !== "");
  const body = rows.map((figure, index) => {
    const { left, right, change } = figurePairText(figure.left, figure.right, figure);
    return [`${figure.isPart ? "  " : ""}${figure.title}`, left, right, change, ...(hasIdeals ? [ideals[index] ?? ""] : [])];
  });
  return table(["Figures", labels.left, labels.right, "change", ...(hasIdeals ? ["ideal"] : [])], body, [1, 2, 3]);
}

function missingLines({ missing }: FiguresForReading, labels: Readonly<Record<Side, string>>, columns: number): readonly string[] {
  if (missing.length === 0) return [];
  const lines = missing.flatMap(({ side, reason, ids }) => wrap(`${side === "both" ? "" : `${labels[side]}: `}${printable(reason)}: ${ids.join(", ")}`, columns - 4));
  return ["", "Not computed:", ...indent(lines)];
}
