import type { BoundDeclaration } from "../../core";
import { countDiagnostics, diagnosticLines, printable, whatIfLines, withoutNotes, type CompareDocument } from "../../design";
import { compareMarkdown } from "../../ide";
import { code } from "../../ide/markdown";
import { contextOptionText } from "../options";
import { splitComparisons } from "./split";

/** The comparison for a pull request or a wiki: tables of GitHub-flavoured Markdown. */
export function comparePages(document: CompareDocument, metrics: readonly string[]): string {
  const { design, options, only, diagnostics } = document;
  const { shown, same } = splitComparisons(document, metrics);
  const list = (declarations: readonly BoundDeclaration[]) => declarations.map(({ keyword, name }) => `${keyword} ${code(name)}`).join(", ");
  const found = diagnosticLines(design, withoutNotes(diagnostics));
  return [
    ...whatIfLines(design).map((line) => `${code(line)}\n`),
    ...shown.map(({ left, right }) => compareMarkdown(design.workspace, left, right, {
      ...options, metrics, pathOf: (uri) => printable(design.showUri(uri)), contextOption: contextOptionText,
    })),
    ...(same.length === 0 ? [] : [`Nothing differs in ${list(same.map(({ left }) => left))}.\n`]),
    ...only.map(({ path, declarations }) => `Only in ${code(printable(path))}: ${list(declarations)}.\n`),
    "## Diagnostics\n", ...(found.length === 0 ? [] : [`${found.join("\n")}\n`]), `${countDiagnostics(diagnostics)}\n`,
  ].join("\n");
}
