// One folder a feature, one `.dsco` file a test: what the feature says of it stands beside it as `.expected`. `$0`
// marks the places that are asked about and is not part of the text. `UPDATE=1 npx vitest run test/server/ide` writes
// the expectations anew: read the difference before you commit it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { loadStandard, openWorkspace } from "../../../server/src/analysis";
import { bindDeclaration, createSource, fileScope, type Position, type Range, type Source, type Workspace } from "../../../server/src/core";
import {
  codeLenses, completion, definition, diagnostics, eachSymbol, explainMarkdown, fixAll, foldingRanges, formatting, hover, inlayHints, lensText, quickFixes, refactorings, semanticTokens, type OutlineSymbol,
  type RangeEdit,
} from "../../../server/src/ide";
import { applyEdits } from "../../../server/src/rules";

const root = path.join(import.meta.dirname, "fixtures");
const marker = "$0";

interface Fixture {
  readonly workspace: Workspace;
  readonly uri: string;
  readonly source: Source;
  readonly positions: readonly Position[];
}

/** The file with its markers taken out; other files of the folder can be imported. */
function open(folder: string, name: string): Fixture {
  const uri = `file:///fixtures/${name}.dsco`;
  const parts = readFileSync(path.join(folder, `${name}.dsco`), "utf8").split(marker);
  const text = parts.join("");
  const workspace = openWorkspace((wanted) => {
    if (wanted.startsWith("std:")) return loadStandard(wanted);
    if (wanted === uri) return { kind: "source", source: createSource(uri, text) };
    const other = path.join(folder, path.posix.basename(new URL(wanted).pathname));
    return existsSync(other)
      ? { kind: "source", source: createSource(wanted, readFileSync(other, "utf8").replaceAll(marker, "")) }
      : { kind: "failed", reason: "there is no such file" };
  });
  const source = fileScope(workspace, uri)?.source;
  if (!source) throw new Error(`no text for ${uri}`);
  const offsets = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("").length);
  return { workspace, uri, source, positions: offsets.map((offset) => source.lines.position(offset)) };
}

const textAt = ({ lines, text }: Source, range: Range): string => text.slice(lines.offset(range.start), lines.offset(range.end));
const place = ({ line, character }: Position): string => `${line + 1}:${character + 1}`;
const everything: Range = { start: { line: 0, character: 0 }, end: { line: 1e6, character: 0 } };
const offsetEdits = ({ lines }: Source, edits: readonly RangeEdit[]) =>
  edits.map(({ range, newText }) => ({ start: lines.offset(range.start), end: lines.offset(range.end), newText }));

/** At every marker: the place, and what the feature says there. */
const atMarkers = ({ positions }: Fixture, say: (position: Position) => string): string => {
  expect(positions.length, "the file marks a place").toBeGreaterThan(0);
  return positions.map((position) => `── ${place(position)} ──\n${say(position)}`).join("\n\n");
};

/** What an edit takes away and what it brings, without the lines around. */
function changedLines(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let first = 0;
  while (first < old.length && first < now.length && old[first] === now[first]) first++;
  let last = 0;
  while (last < old.length - first && last < now.length - first && old[old.length - 1 - last] === now[now.length - 1 - last]) last++;
  const shown = (lines: readonly string[], mark: string): readonly string[] => lines.slice(first, lines.length - last).map((line) => `    ${mark} ${line}`.trimEnd());
  return [...shown(old, "-"), ...shown(now, "+")].join("\n");
}

const outline = (symbols: readonly OutlineSymbol[], depth = 0): string =>
  symbols.map((symbol) => {
    const line = `${"  ".repeat(depth)}${symbol.kind} ${symbol.name} | ${symbol.detail} | ${place(symbol.range.start)}-${place(symbol.range.end)}`;
    return [line, ...(symbol.children.length > 0 ? [outline(symbol.children, depth + 1)] : [])].join("\n");
  }).join("\n");

const features: Readonly<Record<string, (fixture: Fixture) => string>> = {
  hover: (fixture) => atMarkers(fixture, (position) => {
    const found = hover(fixture.workspace, fixture.uri, position);
    return found ? `[${textAt(fixture.source, found.range)}]\n${found.contents}` : "nothing";
  }),
  definition: (fixture) => atMarkers(fixture, (position) => {
    const found = definition(fixture.workspace, fixture.uri, position);
    const target = found && fileScope(fixture.workspace, found.uri)?.source;
    if (!found || !target) return "nothing";
    return `[${textAt(fixture.source, found.originRange)}] → ${found.uri} ${place(found.selectionRange.start)} [${textAt(target, found.selectionRange)}]`;
  }),
  completion: (fixture) => atMarkers(fixture, (position) => {
    const found = [...completion(fixture.workspace, fixture.uri, position).items].sort((left, right) => left.rank - right.rank);
    if (found.length === 0) return "nothing";
    expect(new Set(found.map(({ label, origin }) => `${label} ${origin}`)).size, "each label stands there once").toBe(found.length);
    const [first] = found;
    const here = found.filter(({ origin }) => origin === undefined);
    const lines = here.map(({ label, kind, detail, leadsToWords }) => `${label} | ${kind}${detail === "" ? "" : ` | ${detail}`}${leadsToWords ? " →" : ""}`);
    // the standard library grows: its names are looked at elsewhere
    const origins = [...new Set(found.map(({ origin }) => origin))].filter((origin) => origin !== undefined).sort();
    return [`[${first ? textAt(fixture.source, first.range) : ""}]`, ...lines, ...(origins.length === 0 ? [] : [`to be imported: ${origins.join(", ")}`])].join("\n");
  }),
  // The cache of a token, of every declaration: formula by kind, breakdown by nesting, links.
  explanation: ({ workspace, uri }) => (fileScope(workspace, uri)?.declarations ?? []).map((node) => {
    const scope = fileScope(workspace, uri);
    const bound = scope && node.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
    return bound && explainMarkdown(workspace, bound, "kv_bytes_per_token", {}, (address, line) => (address.startsWith("file:") ? `${address}#L${line}` : undefined));
  }).join("\n"),
  folding: ({ workspace, uri }) => foldingRanges(workspace, uri).map(({ startLine, endLine, kind }) => `${startLine + 1}-${endLine + 1}${kind ? ` ${kind}` : ""}`).join("\n"),
  symbols: ({ workspace, uri }) => outline([...eachSymbol(workspace, uri)]),
  tokens: ({ workspace, uri, source }) => semanticTokens(workspace, uri).map(({ line, character, length, type, modifiers }) => {
    const start = { line, character };
    return `${place(start)} ${textAt(source, { start, end: { line, character: character + length } })} | ${[type, ...modifiers].join(" ")}`;
  }).join("\n"),
  hints: ({ workspace, uri }) => inlayHints(workspace, uri, everything).map(({ position, label, tooltip }) => `${place(position)} ${label}\n${tooltip.replace(/^/gm, "    ")}`).join("\n"),
  lenses: ({ workspace, uri }) => codeLenses(workspace, uri).map((lens) => {
    const text = lensText(workspace, uri, lens);
    return `${place(lens.range.start)} ${lens.declaration}${lens.user === undefined ? "" : ` in ${lens.user}`}.${lens.metric} | ${text?.title} | ${text?.state}`;
  }).join("\n"),
  fixes: ({ workspace, uri, source }) => quickFixes(workspace, uri, everything).map(({ title, edits, preferred, fixes }) =>
    `${fixes.code} at ${place(fixes.range.start)}: ${title}${preferred ? " (preferred)" : ""}\n${applyEdits(source.text, offsetEdits(source, edits)).replace(/^/gm, "    ")}`,
  ).join("\n"),
  refactorings: (fixture) => atMarkers(fixture, (position) => {
    const { workspace, uri, source } = fixture;
    return refactorings(workspace, uri, { start: position, end: position }, () => true).map(({ title, kind, edits }) =>
      `${kind}: ${title}\n${changedLines(source.text, applyEdits(source.text, offsetEdits(source, edits)))}`).join("\n");
  }),
  "fix-all": ({ workspace, uri, source }) => applyEdits(source.text, offsetEdits(source, fixAll(workspace, uri))),
  formatting: ({ workspace, uri, source }) => applyEdits(source.text, offsetEdits(source, formatting(workspace, uri))),
};

describe.each(readdirSync(root).sort())("%s", (feature) => {
  const folder = path.join(root, feature);
  const names = readdirSync(folder).filter((file) => file.endsWith(".dsco")).map((file) => file.slice(0, -".dsco".length)).filter((name) => !name.startsWith("_"));

  test("has tests", () => {
    expect(features, `a feature of that name`).toHaveProperty(feature);
    expect(names.length).toBeGreaterThan(0);
  });

  test.each(names)("%s", (name) => {
    const fixture = open(folder, name);
    const found = `${features[feature]?.(fixture)}\n`;
    const file = path.join(folder, `${name}.expected`);
    if (process.env["UPDATE"] === "1") writeFileSync(file, found);
    expect(found).toBe(existsSync(file) ? readFileSync(file, "utf8") : "");
    expect(found).not.toMatch(/NaN|undefined|\[object/);
    // A feature never depends on the file being right.
    expect(diagnostics(fixture.workspace, fixture.uri)).toBeInstanceOf(Array);
  });
});
