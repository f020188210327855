import { documentationUrl, projectUrl, type Diagnostic, type Severity } from "../../core";
import { fixesOfErrors, rangeOf, type Design } from "../../design";
import { diagnosticEntries, type ProvedFix } from "../../rules";
import { version } from "../version";

const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = { error: "error", warning: "warning", information: "note", hint: "note" };

/** SARIF 2.1.0 (OASIS standard), as code scanners read it. Every code that occurs brings its documentation. */
export function checkSarif(design: Design, diagnostics: readonly Diagnostic[]): string {
  const codes = new Set(diagnostics.map((diagnostic) => diagnostic.code));
  const entries = diagnosticEntries.filter((entry) => codes.has(entry.code));
  // A fix is for the text as it is written: that of a what-if is none.
  const fixes = design.whatIf ? new Map<Diagnostic, readonly ProvedFix[]>() : fixesOfErrors(design, diagnostics);
  const index = new Map<string, number>(entries.map((entry, position) => [entry.code, position]));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: {
        driver: {
          name: "dsco",
          version,
          informationUri: projectUrl,
          rules: entries.map((entry) => ({
            id: entry.code,
            shortDescription: { text: entry.title },
            fullDescription: { text: entry.explanation },
            helpUri: documentationUrl(entry.code),
            defaultConfiguration: { level: levels[entry.severity] },
          })),
        },
      },
      columnKind: "utf16CodeUnits",
      results: diagnostics.map((diagnostic) => {
        const ruleIndex = index.get(diagnostic.code);
        const related = diagnostic.related ?? [];
        const proved = fixes.get(diagnostic) ?? [];
        return {
          ruleId: diagnostic.code,
          ...(ruleIndex === undefined ? {} : { ruleIndex }),
          level: levels[diagnostic.severity],
          message: { text: diagnostic.message },
          locations: [location(design, diagnostic)],
          ...(proved.length === 0 ? {} : { fixes: proved.map((fix) => fixJson(design, diagnostic.uri, fix)) }),
          ...(related.length === 0 ? {} : {
            relatedLocations: related.map((entry, id) => ({ id, ...location(design, entry), message: { text: entry.message } })),
          }),
        };
      }),
    }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function location(design: Design, { uri, span }: Pick<Diagnostic, "uri" | "span">) {
  return { physicalLocation: { artifactLocation: artifactLocation(design, uri), region: region(design, uri, span) } };
}

function fixJson(design: Design, uri: string, { title, edits }: ProvedFix) {
  const replacements = edits.map((edit) => ({ deletedRegion: region(design, uri, edit), insertedContent: { text: edit.newText } }));
  return { description: { text: title }, artifactChanges: [{ artifactLocation: artifactLocation(design, uri), replacements }] };
}

const artifactLocation = (design: Design, uri: string) => ({ uri: uriReference(design.showUri(uri), uri) });

function region(design: Design, uri: string, span: Diagnostic["span"]) {
  const { start, end } = rangeOf(design, uri, span);
  return { startLine: start.line + 1, startColumn: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 };
}

/** A relative path as a URI reference; anything else by its whole address. */
function uriReference(shown: string, uri: string): string {
  const isRelative = !shown.startsWith("/") && !/^[A-Za-z]:/.test(shown) && !shown.startsWith("std:");
  return isRelative ? shown.split(/[\\/]/).map(encodeURIComponent).join("/") : uri;
}
