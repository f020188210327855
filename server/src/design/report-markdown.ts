import type { Diagnostic } from "../core";
import { countDiagnostics, linesForReading, placeText, severityWords, whatIfLines } from "./diagnostic-text";
import type { Design } from "./design";
import { figureText, publishedText, requirementColumns, requirementText } from "./figure-text";
import { printable } from "./printable";
import { groupMetrics, missingNames, type GroupedMetric, type Report, type ReportedDeclaration } from "./report";

/** The report for a pull request or a wiki: tables of GitHub-flavoured Markdown. */
export function reportMarkdown(report: Report): string {
  const { design, declarations, diagnostics } = report;
  const computed = declarations.filter((declaration) => declaration.metrics.length > 0);
  const sections: (readonly string[])[] = whatIfLines(design).map((line) => [code(line)]);
  sections.push(...computed.map((declaration) => section(report, declaration)));
  if (computed.length === 0) sections.push(["There are no figures to report: neither a model, hardware nor a plan is declared."]);
  const found = diagnosticLines(design, diagnostics);
  sections.push(["## Diagnostics", "", ...found, ...(found.length > 0 ? [""] : []), `${countDiagnostics(diagnostics)}`]);
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** What is wrong in the design, as items of a list. */
export const diagnosticLines = (design: Design, diagnostics: readonly Diagnostic[]): readonly string[] => linesForReading(design, diagnostics, (diagnostic) =>
  `${code(placeText(design, diagnostic.uri, diagnostic.span.start))}: ${severityWords[diagnostic.severity]} ${diagnostic.code}: ${escapeMarkdown(diagnostic.message)}`,
).map((line) => `- ${line}`);

function section({ design }: Report, declaration: ReportedDeclaration): readonly string[] {
  const { keyword, name, file, span, summary, published, requirements, conditions } = declaration;
  const { main, others, missing, hasIdeals } = groupMetrics(declaration);
  const lines = [`## ${keyword} ${escapeMarkdown(name)}`, "", code(placeText(design, file.uri, span.start))];
  if (summary !== undefined) lines.push("", escapeMarkdown(summary));
  if (requirements.length > 0) lines.push("", ...table(requirementColumns, [1], requirements.map(requirementText).map(([text, ...cells]) => [code(text), ...cells])));
  const isWhatIf = design.whatIf !== undefined;
  const columns = ["Figure", "Value", ...(isWhatIf ? ["Change"] : []), ...(hasIdeals ? ["Ideal"] : []), "Exact", "Metric"];
  lines.push("", ...table(columns, columns.slice(1, -1).map((_, index) => index + 1), [...main, ...others].map((metric) => rowOf(metric, isWhatIf, hasIdeals))));
  if (published.length > 0) {
    const rows = published.map(publishedText).map((row) => [row.title, row.computed, escapeMarkdown(row.published), row.difference, escapeMarkdown(row.source)]);
    lines.push("", ...table(["Against published figures", "Here", "Published", "Difference", "Source"], [1, 2, 3], rows));
  }
  if (missing.length > 0) lines.push("", ...table(["Not computed because", "Metrics"], [], missing.map((figures) => [escapeMarkdown(figures.reason), missingNames(figures, code)])));
  if (conditions.length > 0) lines.push("", ...conditions.map(escapeMarkdown));
  return lines;
}

function rowOf(metric: GroupedMetric, isWhatIf: boolean, hasIdeals: boolean): readonly string[] {
  const { short, exact, ideal, change } = figureText(metric);
  return [`${metric.isPart ? "&emsp;" : ""}${metric.title}`, short, ...(isWhatIf ? [change] : []), ...(hasIdeals ? [ideal] : []), exact, code(metric.id)];
}

function table(header: readonly string[], right: readonly number[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map((_, column) => (right.includes(column) ? "---:" : "---"))), ...rows.map(line)];
}

/** What Markdown or HTML would take as markup, as plain text; code spans in messages stay. */
function escapeMarkdown(text: string): string {
  return printable(text)
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part.replace(/\|/g, "\\|") : part.replace(/[\\*_[\]<>|`#~]/g, "\\$&")))
    .join("");
}

const code = (text: string): string => `\`${printable(text).replace(/`/g, "'").replace(/\|/g, "\\|")}\``;
