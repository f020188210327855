import { alignColumns, indent, printable, wrap, type Style } from "../terminal-text";
import { comparisonCells, comparisonHeads, legend, missingReasons, numberColumns, summaryHeads, summaryNumberColumns, summaryRows } from "./figures";
import { failures, type ValidatedGroup, type Validation } from "./summary";

/** The validation for a terminal of `columns`. */
export function validationText(validation: Validation, style: Style, columns: number): string {
  const sections = validation.groups.map((group) => groupText(group, style, columns));
  sections.push(["Summary", "", ...indent(table(summaryHeads, summaryRows(validation), summaryNumberColumns, style))], wrap(legend, columns));
  const failed = failures(validation).map(({ name, metric }) => `${name} (${metric})`);
  if (failed.length > 0) sections.push([style.error("Must be exact and is not:"), ...indent(failed)]);
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function groupText(group: ValidatedGroup, style: Style, columns: number): readonly string[] {
  const lines = [style.strong(group.title)];
  const sources = [...new Set(group.comparisons.map(({ source }) => source))];
  const rows = group.comparisons.map((comparison) => [...comparisonCells(comparison), `[${sources.indexOf(comparison.source) + 1}]`]);
  if (rows.length > 0) lines.push("", ...indent(table([...comparisonHeads, "source"], rows, numberColumns, style)));
  const missing = [...missingReasons(group)].map(([reason, cases]) => `Not computed: ${reason}: ${cases.length === 1 ? cases[0] : `${cases.length} figures`}`);
  const unmodelled = group.notModelled.map(({ name, published, source, reason }) => `Not modelled: ${name}, ${published} (${source}): ${reason}`);
  for (const note of [...(group.note === undefined ? [] : [group.note]), ...missing, ...unmodelled]) lines.push("", ...indent(wrap(printable(note), columns - 2)));
  if (sources.length > 0) lines.push("", ...indent(sources.map((source, index) => style.dim(printable(`[${index + 1}] ${source}`)))));
  return lines;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[], right: readonly number[], style: Style): readonly string[] {
  const [head = "", ...lines] = alignColumns([heads, ...rows.map((row) => row.map(printable))], right);
  return [style.dim(head), ...lines];
}
