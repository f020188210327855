import { countDiagnostics, diagnosticLines, printable, whatIfLines, withoutNotes, type CompareDocument } from "../../design";
import { compareMarkdown } from "../../ide";
import { code } from "../../ide/markdown";
import { contextOptionText } from "../options";

/** The comparison for a pull request or a wiki: tables of GitHub-flavoured Markdown. */
export function comparePages({ design, options, comparisons, only, diagnostics }: CompareDocument, metrics: readonly string[]): string {
  const unmatched = only.map(({ path, declarations }) => `Only in ${code(printable(path))}: ${declarations.map(({ keyword, name }) => `${keyword} ${code(name)}`).join(", ")}.\n`);
  const found = diagnosticLines(design, withoutNotes(diagnostics));
  return [
    ...whatIfLines(design).map((line) => `${code(line)}\n`),
    ...comparisons.map(({ left, right }) => compareMarkdown(design.workspace, left, right, {
      ...options, metrics, pathOf: (uri) => printable(design.showUri(uri)), contextOption: contextOptionText,
    })),
    ...unmatched,
    "## Diagnostics\n", ...(found.length === 0 ? [] : [`${found.join("\n")}\n`]), `${countDiagnostics(diagnostics)}\n`,
  ].join("\n");
}
