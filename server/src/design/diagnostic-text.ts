import { fileScope, type Diagnostic, type Severity } from "../core";
import type { Design } from "./design";
import { printable } from "./printable";

/** How a text names a severity. */
export const severityWords: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", information: "note", hint: "hint" };

/** `design.dsco:12:5`, counted from one. */
export function placeText(design: Design, uri: string, offset: number): string {
  const source = fileScope(design.workspace, uri)?.source;
  const position = source?.lines.position(offset);
  const path = printable(design.showUri(uri));
  return position ? `${path}:${position.line + 1}:${position.character + 1}` : path;
}

/** `no errors, 2 warnings`; notes only where there are some. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const words = (number: number, word: string) => `${number === 0 ? "no" : number} ${word}${number === 1 ? "" : "s"}`;
  const parts = [words(count("error"), "error")];
  if (count("warning") > 0) parts.push(words(count("warning"), "warning"));
  if (count("information") > 0) parts.push(words(count("information"), "note"));
  return parts.join(", ");
}
