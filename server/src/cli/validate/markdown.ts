import { comparisonCells, comparisonHeads, legend, missingReasons, numberColumns, summaryHeads, summaryNumberColumns, summaryRows } from "./figures";
import type { ValidatedGroup, Validation } from "./summary";

/** The validation as tables of GitHub-flavoured Markdown, under headings of the second level. */
export const validationMarkdown = (validation: Validation): string =>
  `${["## Summary", summaryMarkdown(validation), legend, ...validation.groups.flatMap(groupMarkdown)].join("\n\n")}\n`;

/** One row a group. */
export const summaryMarkdown = (validation: Validation): string => table(summaryHeads, summaryRows(validation), summaryNumberColumns);

function groupMarkdown(group: ValidatedGroup): readonly string[] {
  const paragraphs = [`## ${group.title}`, ...(group.note === undefined ? [] : [group.note])];
  if (group.comparisons.length > 0) {
    const rows = group.comparisons.map((comparison) => [...comparisonCells(comparison), comparison.source]);
    paragraphs.push(table([...comparisonHeads, "source"], rows, numberColumns));
  }
  const missing = [...missingReasons(group)].map(([reason, cases]) => [reason, cases.join("; ")]);
  if (missing.length > 0) paragraphs.push(table(["not computed because", "cases"], missing, []));
  const unmodelled = group.notModelled.map(({ name, published, source, reason }) => [name, published, reason, source]);
  if (unmodelled.length > 0) paragraphs.push(table(["not modelled", "published", "because", "source"], unmodelled, []));
  return paragraphs;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(heads), `|${heads.map((_, column) => (right.includes(column) ? "---:" : "---")).join("|")}|`, ...rows.map(line)].join("\n");
}

/** Code spans stay; what else Markdown would take as markup is text. */
const cell = (text: string): string =>
  text.split(/(`[^`]+`)/).map((part, index) => (index % 2 === 1 ? part : part.replace(/[\\*_[\]<>~#]/g, "\\$&"))).join("").replace(/\|/g, "\\|");
