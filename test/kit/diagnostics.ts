// A fixture is a design with its expected diagnostics below each line, as comments: what they underline, what they say,
// the quick fixes that were proved and the lines that each of them leaves behind.
import { loadStandard, openWorkspace } from "../../server/src/analysis";
import { createLineIndex, createSource, type Diagnostic, type Workspace } from "../../server/src/core";
import { applyEdits, checkFile, provedFixes, type ProvedFix } from "../../server/src/rules";

export type Files = ReadonlyMap<string, string>;

const root = "file:///design/";
const uriOf = (name: string): string => new URL(name, root).href;

/** A workspace over texts in memory. */
export function workspaceOf(files: Files): Workspace {
  const texts = new Map([...files].map(([name, text]) => [uriOf(name), text]));
  return openWorkspace((uri) => {
    if (uri.startsWith("std:")) return loadStandard(uri);
    const text = texts.get(uri);
    return text === undefined ? { kind: "failed", reason: "there is no such file" } : { kind: "source", source: createSource(uri, text) };
  });
}

export const checkIn = (files: Files, name: string): readonly Diagnostic[] => checkFile(workspaceOf(files), uriOf(name));

const expectation = /^ *\/\/ (?:\^|\d+\.\.\d+:|fix:|fix\*:| {5}[-+] )/;
const fileMark = /^\/\/ === (\S+)$/;

/** The files of a fixture without what they expect. A line `// === other.dsco` begins another file. */
export function readFixture(text: string): Files {
  const files = new Map<string, string[]>();
  let lines: string[] = [];
  files.set("main.dsco", lines);
  for (const line of text.split("\n")) {
    const mark = fileMark.exec(line);
    if (mark?.[1] !== undefined) files.set(mark[1], (lines = []));
    else if (!expectation.test(line)) lines.push(line);
  }
  return new Map([...files].map(([name, content]) => [name, content.join("\n")]));
}

/** The same files with what is true of them: equal to the fixture where every expectation holds. */
export function renderFixture(files: Files): string {
  return [...files].map(([name, text], index) => `${index === 0 ? "" : `// === ${name}\n`}${renderFile(files, name, text)}`).join("\n");
}

function renderFile(files: Files, name: string, text: string): string {
  const workspace = workspaceOf(files);
  const lines = createLineIndex(text);
  const below = new Map<number, string[]>();
  for (const diagnostic of checkFile(workspace, uriOf(name))) {
    const { line, character } = lines.position(diagnostic.span.start);
    const content = text.split("\n")[line] ?? "";
    const length = Math.max(1, Math.min(diagnostic.span.end, diagnostic.span.start - character + content.length) - diagnostic.span.start);
    const said = `${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}`;
    const indent = " ".repeat(Math.max(0, character - 3));
    const marker = character < 3 ? `// ${character + 1}..${character + length}: ${said}` : `${indent}// ${"^".repeat(length)} ${said}`;
    const fixes = provedFixes(workspace, diagnostic).flatMap((fix) => renderFix(indent, text, fix));
    below.set(line, [...(below.get(line) ?? []), marker, ...fixes]);
  }
  return text.split("\n").flatMap((content, line) => [content, ...(below.get(line) ?? [])]).join("\n");
}

/** The title of a fix and the lines it changes. */
function renderFix(indent: string, text: string, fix: ProvedFix): readonly string[] {
  const [before, after] = [text.split("\n"), applyEdits(text, fix.edits).split("\n")];
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const changed = after.slice(start, after.length - end);
  const removed = before.slice(start, before.length - end);
  const lines = changed.length > 0 ? changed.map((line) => `      + ${line.trim()}`) : removed.map((line) => `      - ${line.trim()}`);
  return [`${indent}// fix${fix.preferred ? "*" : ""}: ${fix.title}`, ...lines.map((line) => `${indent}//${line}`)];
}

export interface AppliedFix {
  readonly diagnostic: Diagnostic;
  readonly fix: ProvedFix;
  readonly before: Checked;
  readonly after: Checked;
}

export interface Checked {
  readonly text: string;
  readonly problems: readonly Diagnostic[];
}

/** Each fix that a file's diagnostics offer, applied to the text, which is then read and checked anew. */
export function applyEachFix(files: Files, name: string): readonly AppliedFix[] {
  const workspace = workspaceOf(files);
  const before: Checked = { text: files.get(name) ?? "", problems: checkFile(workspace, uriOf(name)) };
  return before.problems.flatMap((diagnostic) =>
    provedFixes(workspace, diagnostic).map((fix) => {
      const text = applyEdits(before.text, fix.edits);
      return { diagnostic, fix, before, after: { text, problems: checkIn(new Map([...files, [name, text]]), name) } };
    }),
  );
}
