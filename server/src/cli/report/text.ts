import { countDiagnostics, figureText, groupMetrics, linesForReading, missingNames, placeText, publishedText, requirementColumns, requirementText, whatIfLines, type GroupedMetric, type Report, type ReportedDeclaration } from "../../design";
import { headline } from "../diagnostics/text";
import { alignColumns, indent, printable, wrap, type Style } from "../terminal-text";

/** The report for a terminal of `columns`. */
export function reportText(report: Report, style: Style, columns: number, program: string): string {
  const { design, declarations, diagnostics } = report;
  const computed = declarations.filter((declaration) => declaration.metrics.length > 0);
  const sections: (readonly string[])[] = whatIfLines(design).map((line) => [style.strong(line)]);
  sections.push(...computed.map((declaration) => declarationText(report, declaration, style, columns)));
  if (computed.length === 0) sections.push([`Neither a model, hardware nor a plan is declared in ${design.files.map((file) => printable(file.path)).join(", ")}: there are no figures to report.`]);
  sections.push([...linesForReading(design, diagnostics, (diagnostic) => headline(design, diagnostic, style)), summary(report, style)]);
  const [example] = computed.flatMap(({ file, name, metrics }) => metrics.filter(({ figure }) => figure.kind !== "unavailable").map(({ id }) => ({ file, name, id })));
  if (example) sections.push([style.dim(`Where a figure comes from: ${program} explain ${quoted(example.file.path)} ${example.name}.${example.id}`)]);
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function summary({ diagnostics }: Report, style: Style): string {
  const hasErrors = diagnostics.some((diagnostic) => diagnostic.severity === "error");
  return (hasErrors ? style.error : style.strong)(countDiagnostics(diagnostics));
}

/** A path that a shell takes apart is quoted, so that the line can be copied. */
const quoted = (path: string): string => (/^[\w./\\:@%+=,-]+$/.test(path) ? path : `'${printable(path).replace(/'/g, "'\\''")}'`);

function declarationText({ design }: Report, declaration: ReportedDeclaration, style: Style, columns: number): readonly string[] {
  const { keyword, name, file, span, summary: line, conditions } = declaration;
  const { main, others, missing, hasIdeals } = groupMetrics(declaration);
  const isWhatIf = design.whatIf !== undefined;
  const rows = alignColumns([...main, ...others].map((metric) => rowOf(metric, isWhatIf, hasIdeals)), [1]);
  const heading = `${style.strong(`${keyword} ${name}`)}  ${style.dim(placeText(design, file.uri, span.start))}`;
  const lines = [heading, ...(line === undefined ? [] : wrap(printable(line), columns))];
  for (const group of [rows.slice(0, main.length), rows.slice(main.length)]) if (group.length > 0) lines.push("", ...indent(group));
  const required = requirementTable(declaration);
  if (required.length > 0) lines.push("", ...indent([style.dim(required[0] ?? ""), ...required.slice(1)]));
  const published = publishedTable(declaration);
  if (published.length > 0) lines.push("", ...indent([style.dim(published[0] ?? ""), ...published.slice(1)]));
  if (missing.length > 0) {
    lines.push("", "  Not computed:");
    for (const figures of missing) lines.push(...indent(wrap(`${printable(figures.reason)}: ${missingNames(figures)}`, columns - 4), "    "));
  }
  if (conditions.length > 0) lines.push("", ...indent(conditions.flatMap((sentence) => wrap(sentence, columns - 2)).map(style.dim)));
  return lines;
}

function rowOf(metric: GroupedMetric, isWhatIf: boolean, hasIdeals: boolean): readonly string[] {
  const { short, exact, ideal, change } = figureText(metric);
  return [`${metric.isPart ? "  " : ""}${metric.title}`, short, ...(isWhatIf ? [change] : []), ...(hasIdeals ? [ideal === "" ? "" : `ideal ${ideal}`] : []), exact];
}

function requirementTable({ requirements }: ReportedDeclaration): readonly string[] {
  if (requirements.length === 0) return [];
  const [required, ...others] = requirementColumns;
  return alignColumns([[required, ...others.map((column) => column.toLowerCase())], ...requirements.map(requirementText).map((row) => row.map(printable))], [1]);
}

function publishedTable({ published }: ReportedDeclaration): readonly string[] {
  if (published.length === 0) return [];
  const rows = published.map(publishedText).map((row) => [row.title, row.computed, row.published, row.difference, row.source].map(printable));
  return alignColumns([["Against published figures", "here", "published", "", ""], ...rows], [1, 2, 3]);
}
