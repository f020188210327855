import { fileScope, type Diagnostic, type Severity } from "../../core";
import { fixesOfErrors, linesForReading, placeText, printable, severityWords, shownPosition, type Design } from "../../design";
import { displayWidth, type Style } from "../terminal-text";

/** Each diagnostic with its line of source, an underline, and what would mend it. */
export function renderDiagnostics(design: Design, diagnostics: readonly Diagnostic[], style: Style): string {
  const fixes = fixesOfErrors(design, diagnostics);
  const detailLines = (diagnostic: Diagnostic) => [...related(design, diagnostic), ...(fixes.get(diagnostic) ?? []).map((fix) => `fix: ${printable(fix.title)}`)];
  return linesForReading(design, diagnostics, (diagnostic) => {
    const details = detailLines(diagnostic).map((line) => `${style.dim(`  = ${line}`)}\n`).join("");
    return `${headline(design, diagnostic, style)}\n${excerpt(design, diagnostic, style)}${details}`;
  }).map((text) => `${text}\n`).join("");
}

/** `design.dsco:12:5: error DSCO2020: …` */
export function headline(design: Design, diagnostic: Diagnostic, style: Style): string {
  const severity = paint(diagnostic.severity, style)(`${severityWords[diagnostic.severity]} ${diagnostic.code}`);
  return `${style.strong(placeText(design, diagnostic.uri, diagnostic.span.start))}: ${severity}: ${printable(diagnostic.message)}`;
}

const paint = (severity: Severity, style: Style) => (severity === "error" ? style.error : severity === "warning" ? style.warning : style.note);

/** Of a longer line, only the part around the place is shown. */
const shownBefore = 60;
const shownInAll = 140;

function excerpt(design: Design, { uri, span, severity }: Diagnostic, style: Style): string {
  const source = fileScope(design.workspace, uri)?.source;
  if (!source) return "";
  const { line, character } = shownPosition(source, span.start);
  const start = span.start - character;
  const length = source.lines.offset({ line, character: Number.POSITIVE_INFINITY }) - start;
  const from = length <= shownInAll ? 0 : Math.max(0, character - shownBefore);
  const to = Math.min(length, from + shownInAll);
  const end = Math.min(to, character + Math.max(1, span.end - span.start));
  const part = (left: number, right: number) => printable(source.text.slice(start + left, start + Math.max(left, Math.min(right, length))));
  const before = `${from > 0 ? "…" : ""}${part(from, character)}`;
  const marked = part(character, end);
  const after = `${part(end, to)}${to < length ? "…" : ""}`;
  const number = String(line + 1);
  const blank = " ".repeat(number.length);
  const underline = paint(severity, style)("^".repeat(Math.max(1, displayWidth(marked))));
  return [
    `${style.dim(`  ${number} |`)} ${before}${marked}${after}`,
    `${style.dim(`  ${blank} |`)} ${" ".repeat(displayWidth(before))}${underline}`,
    "",
  ].join("\n");
}

function related(design: Design, diagnostic: Diagnostic): readonly string[] {
  return (diagnostic.related ?? []).map(({ uri, span, message }) => `${printable(message)}: ${placeText(design, uri, span.start)}`);
}

/** `in 2 files`; where something was found in some of them alone: `in 1 of 2 files`. Imported files count where something was found. */
export function countFiles(design: Design, diagnostics: readonly Diagnostic[]): string {
  const found = new Set(diagnostics.filter((diagnostic) => diagnostic.severity !== "hint").map((diagnostic) => diagnostic.uri));
  const checked = new Set([...design.files.map((file) => file.uri), ...found]).size;
  const files = `${checked} file${checked === 1 ? "" : "s"}`;
  return found.size === 0 || found.size === checked ? `in ${files}` : `in ${found.size} of ${files}`;
}
