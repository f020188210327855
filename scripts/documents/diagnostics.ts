import { loadStandard, openWorkspace } from "../../server/src/analysis";
import { createSource, type DiagnosticEntry } from "../../server/src/core";
import { checkFile, diagnosticEntries, provedFixes } from "../../server/src/rules";
import { fenced, page, table } from "./markdown";

const uri = "file:///example.dsco";

/** Longer examples are made by a program, not for reading. */
const longestExample = 1500;

/** What the example of a code raises, in the words of the program itself. */
function said({ code, example }: DiagnosticEntry): string {
  const workspace = openWorkspace((address) => {
    if (address === uri) return { kind: "source", source: createSource(uri, example) };
    return address.startsWith("std:") ? loadStandard(address) : { kind: "failed", reason: "there is no such file" };
  });
  const found = checkFile(workspace, uri).filter((problem) => problem.code === code);
  const [first] = found;
  if (!first) throw new Error(`the example of ${code} does not raise it`);
  const fixes = [...new Set(found.flatMap((problem) => provedFixes(workspace, problem).map((fix) => fix.title)))];
  const message = `says: ${first.message}`;
  return fixes.length === 0 ? message : `${message}\n\nQuick fixes:\n\n${fixes.map((title) => `* ${title}`).join("\n")}`;
}

const shortened = (example: string): string => (example.length <= longestExample ? example : `${example.slice(0, 200)} …\n`);

export const diagnosticPage = (entry: DiagnosticEntry): string =>
  page(
    `# ${entry.code}: ${entry.title}`,
    `Severity: ${entry.severity}`,
    entry.explanation,
    "## Example",
    fenced(shortened(entry.example)),
    said(entry),
    entry.source === undefined ? undefined : `## Source\n\n${entry.source}`,
    "[All diagnostics](README.md)",
  );

const ranges: readonly (readonly [string, string])[] = [
  ["DSCO1", "Syntax"], ["DSCO2", "Names, types and units"], ["DSCO3", "Models"], ["DSCO4", "Hardware"], ["DSCO5", "Layout and routing"],
  ["DSCO6", "Requirements and measurements"], ["DSCO7", "Advice"],
];

function overview(): string {
  const sections = ranges.flatMap(([prefix, title]) => {
    const rows = diagnosticEntries.filter((entry) => entry.code.startsWith(prefix)).map((entry) => [`[${entry.code}](${entry.code}.md)`, entry.severity, entry.title]);
    return rows.length === 0 ? [] : [`## ${title}`, table(["code", "severity", "title"], rows)];
  });
  return page("# Diagnostics", "Every message that dsco gives has a code, and every code a page. A code is never reused.", ...sections);
}

/** The pages by their path in the repository. */
export function diagnosticDocuments(): ReadonlyMap<string, string> {
  const pages = diagnosticEntries.map((entry) => [`docs/diagnostics/${entry.code}.md`, diagnosticPage(entry)] as const);
  return new Map([["docs/diagnostics/README.md", overview()], ...pages]);
}
