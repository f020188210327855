import { fileScope, type Diagnostic, type Severity } from "../core";
import { formatGrouped } from "../units";
import type { Design } from "./design";
import { shownPosition } from "./position";
import { printable } from "./printable";
import { whatIfText } from "./what-if";

/** How a text names a severity. */
export const severityWords: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", information: "note", hint: "hint" };

/** `design.dsco:12:5`, counted from one. */
export function placeText(design: Design, uri: string, offset: number): string {
  const source = fileScope(design.workspace, uri)?.source;
  const position = source && shownPosition(source, offset);
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

/** Shown of one file: nobody reads more at once, and a terminal must not fill up. */
const mostOfOneFile = 200;

/**
 * The diagnostics file by file, each as `render` writes it, in the order given. Hints are for editors. Of a file with
 * very many, some stand for all, and a line says how many more there are.
 */
export function linesForReading(design: Design, diagnostics: readonly Diagnostic[], render: (diagnostic: Diagnostic) => string): readonly string[] {
  const files = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    if (diagnostic.severity === "hint") continue;
    const found = files.get(diagnostic.uri);
    if (found) found.push(diagnostic);
    else files.set(diagnostic.uri, [diagnostic]);
  }
  return [...files].flatMap(([uri, found]) => {
    const lines = mostSevere(found).map(render);
    const left = found.length - lines.length;
    return left === 0 ? lines : [...lines, `${printable(design.showUri(uri))}: … and ${formatGrouped(left)} more (use --format json for all)`];
  });
}

/** As many as are shown, in their order. No error gives way to a warning. */
function mostSevere(found: readonly Diagnostic[]): readonly Diagnostic[] {
  if (found.length <= mostOfOneFile) return found;
  const bySeverity = (["error", "warning", "information"] as const).flatMap((severity) => found.filter((diagnostic) => diagnostic.severity === severity));
  const shown = new Set(bySeverity.slice(0, mostOfOneFile));
  return found.filter((diagnostic) => shown.has(diagnostic));
}

/** The line above what holds with the edits of `--set` alone; none without them. */
export const whatIfLines = ({ whatIf }: Design): readonly string[] => (whatIf ? [printable(whatIfText(whatIf.edits))] : []);
