import { fileScope, type Diagnostic, type Severity, type Source } from "../../core";
import type { Design } from "../design";
import { displayWidth, printable, type Style } from "../terminal-text";

/** How the command line names a severity. */
export const severityWords: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", information: "note", hint: "hint" };

/** Each diagnostic with its line of source and an underline, in the order given. Hints are for editors. */
export function renderDiagnostics(design: Design, diagnostics: readonly Diagnostic[], style: Style): string {
  return diagnostics
    .filter((diagnostic) => diagnostic.severity !== "hint")
    .map((diagnostic) => `${headline(design, diagnostic, style)}\n${excerpt(design, diagnostic, style)}${related(design, diagnostic, style)}\n`)
    .join("");
}

/** `design.dsco:12:5: error DSCO2020: …` */
export function headline(design: Design, diagnostic: Diagnostic, style: Style): string {
  const severity = paint(diagnostic.severity, style)(`${severityWords[diagnostic.severity]} ${diagnostic.code}`);
  return `${style.strong(placeText(design, diagnostic.uri, diagnostic.span.start))}: ${severity}: ${printable(shortened(diagnostic.message))}`;
}

/** A message quotes names of the file, which may be of any length. */
const longestMessage = 500;
const shortened = (text: string): string => (text.length <= longestMessage ? text : `${text.slice(0, longestMessage)}…`);

const paint = (severity: Severity, style: Style) => (severity === "error" ? style.error : severity === "warning" ? style.warning : style.note);

/** `design.dsco:12:5`, counted from one. */
export function placeText(design: Design, uri: string, offset: number): string {
  const source = fileScope(design.workspace, uri)?.source;
  const position = source?.lines.position(offset);
  const path = printable(design.showUri(uri));
  return position ? `${path}:${position.line + 1}:${position.character + 1}` : path;
}

/** Of a longer line, only the part around the place is shown. */
const shownBefore = 60;
const shownInAll = 140;

function excerpt(design: Design, { uri, span, severity }: Diagnostic, style: Style): string {
  const source = fileScope(design.workspace, uri)?.source;
  if (!source) return "";
  const { line, character } = source.lines.position(span.start);
  const text = lineAt(source, line);
  const from = text.length <= shownInAll ? 0 : Math.max(0, character - shownBefore);
  const to = Math.min(text.length, from + shownInAll);
  const end = Math.min(to, character + Math.max(1, span.end - span.start));
  const before = `${from > 0 ? "…" : ""}${printable(text.slice(from, character))}`;
  const marked = printable(text.slice(character, end));
  const after = `${printable(text.slice(end, to))}${to < text.length ? "…" : ""}`;
  const number = String(line + 1);
  const blank = " ".repeat(number.length);
  const underline = paint(severity, style)("^".repeat(Math.max(1, displayWidth(marked))));
  return [
    `${style.dim(`  ${number} |`)} ${before}${marked}${after}`,
    `${style.dim(`  ${blank} |`)} ${" ".repeat(displayWidth(before))}${underline}`,
    "",
  ].join("\n");
}

function lineAt(source: Source, line: number): string {
  const start = source.lines.offset({ line, character: 0 });
  const end = source.lines.offset({ line: line + 1, character: 0 });
  return source.text.slice(start, end).replace(/[\r\n]+$/, "");
}

function related(design: Design, diagnostic: Diagnostic, style: Style): string {
  return (diagnostic.related ?? [])
    .map(({ uri, span, message }) => `${style.dim(`  = ${printable(message)}: ${placeText(design, uri, span.start)}`)}\n`)
    .join("");
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

export const countFiles = (number: number): string => `${number} file${number === 1 ? "" : "s"}`;
