import type { Diagnostic, Severity } from "../../core";
import { rangeOf, type Design } from "../../design";

const commands: Readonly<Record<Severity, "error" | "warning" | "notice">> = { error: "error", warning: "warning", information: "notice", hint: "notice" };

/** Workflow commands of GitHub Actions: each diagnostic shows beside its line in the pull request. */
export function checkGithub(design: Design, diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => {
    const { start, end } = rangeOf(design, diagnostic.uri, diagnostic.span);
    const columns = start.line === end.line ? { col: start.character + 1, endColumn: Math.max(start.character + 1, end.character) } : {};
    const properties = { file: design.showUri(diagnostic.uri), line: start.line + 1, endLine: end.line + 1, ...columns, title: diagnostic.code };
    const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(",");
    return `::${commands[diagnostic.severity]} ${written}::${escapeData(diagnostic.message)}\n`;
  }).join("");
}

const escapeData = (text: string): string => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const escapeProperty = (text: string): string => escapeData(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
