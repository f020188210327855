/** The diagnostics of a design as a model reads them. */
import * as z from "zod";
import { fileScope, type Diagnostic, type Severity } from "../core";
import { countDiagnostics, placeText, printable, rangeOf, severityWords, shownPosition, type Design } from "../design";
import { provedFixes, type ProvedFix } from "../rules";
import type { AgentContext } from "./tool";
import { clip, limits } from "./limits";

const start = {
  line: z.int().describe("Counted from 1."),
  column: z.int().describe("Counted from 1, in UTF-16 units."),
};
const end = {
  end_line: z.int(),
  end_column: z.int().describe("The first column that is not meant any more."),
};

/** A finding in few words. */
export const briefSchema = z.object({
  file: z.string(), ...start,
  severity: z.enum(["error", "warning", "information"]),
  code: z.string().describe("`explain` says more about it."),
  message: z.string(),
});

export const findingSchema = briefSchema.extend({
  ...end,
  fixes: z.array(z.object({
    title: z.string().describe("What it does, and what it brings."),
    edits: z.array(z.object({ ...start, ...end, new_text: z.string() })),
  })).optional().describe("Each was applied in memory: this diagnostic went away, and no new error appeared."),
});

export const countsSchema = z.object({ errors: z.int(), warnings: z.int(), notes: z.int() });

type Brief = z.output<typeof briefSchema>;
type Finding = z.output<typeof findingSchema>;
export type ShownSeverity = Brief["severity"];

/** Hints are for editors. */
const shownSeverities: readonly ShownSeverity[] = ["error", "warning", "information"];

const isShown = (severity: Severity): severity is ShownSeverity => severity !== "hint";

/** The diagnostics at least as severe as asked, the worst first; those of one severity in the order of their files. */
export function worstFirst(diagnostics: readonly Diagnostic[], least: ShownSeverity = "information"): readonly Diagnostic[] {
  const wanted = shownSeverities.slice(0, shownSeverities.indexOf(least) + 1);
  return wanted.flatMap((severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity));
}

export function countsOf(diagnostics: readonly Diagnostic[]): z.output<typeof countsSchema> {
  const count = (severity: Severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), notes: count("information") };
}

export function briefOf(design: Design, { uri, span, severity, code, message }: Diagnostic): Brief {
  const { line, column } = placeOf(design, uri, span);
  return { file: design.showUri(uri), line, column, severity: isShown(severity) ? severity : "information", code, message: clip(message) };
}

/** One finding with the fixes that were proved for it. */
export function findingOf(design: Design, diagnostic: Diagnostic, fixes: readonly ProvedFix[] = []): Finding {
  const { uri, span } = diagnostic;
  return {
    ...briefOf(design, diagnostic), ...placeOf(design, uri, span),
    ...(fixes.length === 0 ? {} : {
      fixes: fixes.map(({ title, edits }) => ({ title: clip(title), edits: edits.map((edit) => ({ ...placeOf(design, uri, edit), new_text: edit.newText })) })),
    }),
  };
}

function placeOf(design: Design, uri: string, span: Diagnostic["span"]) {
  const { start, end } = rangeOf(design, uri, span);
  return { line: start.line + 1, column: start.character + 1, end_line: end.line + 1, end_column: end.character + 1 };
}

/** Fixes of the first diagnostics that have some: the others keep theirs until they come first. */
export async function fixesOf(design: Design, diagnostics: readonly Diagnostic[], { pause }: AgentContext): Promise<ReadonlyMap<Diagnostic, readonly ProvedFix[]>> {
  const found = new Map<Diagnostic, readonly ProvedFix[]>();
  for (const diagnostic of diagnostics.filter(({ fixes }) => fixes).slice(0, limits.fixedDiagnostics)) {
    await pause();
    found.set(diagnostic, provedFixes(design.workspace, diagnostic).slice(0, limits.fixesOfOne));
  }
  return found;
}

/** Place, code and message; the line of the file; what would mend it. */
export function findingLines(design: Design, diagnostic: Diagnostic, fixes: readonly ProvedFix[] = []): readonly string[] {
  const { uri, span, severity, code, message, related } = diagnostic;
  const source = lineAt(design, uri, span.start);
  return [
    `${placeText(design, uri, span.start)}: ${severityWords[severity]} ${code}: ${printable(clip(message))}`,
    ...(source === "" ? [] : [`  | ${source}`]),
    ...(related ?? []).slice(0, 5).map((other) => `  see ${placeText(design, other.uri, other.span.start)}: ${printable(clip(other.message))}`),
    ...fixes.flatMap((fix) => [`  fix: ${printable(clip(fix.title))}`, ...fix.edits.slice(0, 5).map((edit) => `    ${editText(design, uri, edit)}`)]),
  ];
}

/** `12:17: "9" → "8"` */
function editText(design: Design, uri: string, { start, end, newText }: ProvedFix["edits"][number]): string {
  const source = fileScope(design.workspace, uri)?.source;
  const position = source && shownPosition(source, start);
  const old = source?.text.slice(start, end) ?? "";
  const what = old === "" ? `insert ${quoted(newText)}` : newText === "" ? `delete ${quoted(old)}` : `${quoted(old)} → ${quoted(newText)}`;
  return position ? `${position.line + 1}:${position.character + 1}: ${what}` : what;
}

const quoted = (text: string): string => JSON.stringify(clip(text, 200));

/** A line of a file without the blanks around it; of a longer one, its beginning. */
function lineAt(design: Design, uri: string, offset: number): string {
  const source = fileScope(design.workspace, uri)?.source;
  if (!source) return "";
  const { line } = source.lines.position(offset);
  const text = source.text.slice(source.lines.offset({ line, character: 0 }), source.lines.offset({ line, character: Number.POSITIVE_INFINITY }));
  return printable(clip(text.trim(), 160));
}

/** How sound a design is: counts, and the place and message of the worst. */
export function findingsPart(design: Design, diagnostics: readonly Diagnostic[]): readonly string[] {
  const found = worstFirst(diagnostics, "warning");
  const shown = found.slice(0, limits.findingsBeside);
  return [
    `The design has ${countDiagnostics(diagnostics)}${found.length === 0 ? "." : ":"}`,
    ...shown.flatMap((diagnostic) => findingLines(design, diagnostic).slice(0, 1)),
    ...(found.length > shown.length ? [`… ${found.length - shown.length} more: \`check\` shows them`] : []),
  ];
}
