// Whatever stands in a file, and wherever the cursor is: every feature answers, inside the text.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadStandard, openWorkspace } from "../../../server/src/analysis";
import { createLineIndex, createSource, fileScope, namesOfFile, type Position, type Range, type Workspace } from "../../../server/src/core";
import {
  codeLenses, completion, definition, diagnostics, documentLinks, eachSymbol, explainMarkdown, foldingRanges, formatting, hover, inlayHints, lensText, quickFixes, rangeFormatting,
  highlights, prepareRename, references, rename, selectionRanges, semanticTokens, signatureHelp, typedIndentation, type OutlineSymbol, type Selection,
} from "../../../server/src/ide";
import { bindDeclaration } from "../../../server/src/core";
import { whyNoName } from "../../../server/src/ide/rename/new-name";
import { applyEdits } from "../../../server/src/rules";
import { repository } from "../../kit/repository";

const uri = "file:///design.dsco";
const examples = readdirSync(path.join(repository, "examples")).filter((name) => name.endsWith(".dsco")).map((name) => readFileSync(path.join(repository, "examples", name), "utf8"));

const pieces = fc.constantFrom(
  "model A extends B {\n", "}", "{", "attention mla {", "layers = [0, 3..60]", "=", ",", "\r\n", "\n", "\r", "🚀", "/*", "*/", "///", "\"", "import { A as B } from \"", "let x = x\n",
  "0", "1e999", "128Ki", "80 GB", "0..", "step", "A.b.c", "max(", ")", "[", "require a <= ", "measured b = ", "from", "auto", "%", " ", "\t", "\0", "\ufeff", "__proto__", "constructor", "toString = 1\n",
);
const scrap = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));
const mutated = fc.tuple(fc.constantFrom(...examples), fc.nat(), fc.nat(60), scrap).map(([text, at, remove, insert]) => {
  const start = at % (text.length + 1);
  return text.slice(0, start) + insert + text.slice(start + remove);
});

function open(text: string): Workspace {
  return openWorkspace((wanted) => {
    if (wanted.startsWith("std:")) return loadStandard(wanted);
    return wanted === uri ? { kind: "source", source: createSource(uri, text) } : { kind: "failed", reason: "there is no such file" };
  });
}

const before = (left: Position, right: Position): boolean => left.line < right.line || (left.line === right.line && left.character <= right.character);

/** What is said of the name at a place: it is one of its own references, and renamed and named back it leaves the text as it was. */
function checkNames(text: string, workspace: Workspace, position: Position): void {
  const lines = createLineIndex(text);
  const project = { uris: [uri], textOf: () => text };
  const found = references(workspace, uri, position, project);
  expect(highlights(workspace, uri, position)).toEqual(found);
  const prepared = prepareRename(workspace, uri, position);
  if (prepared.kind === "refused") return;
  expect(found?.map(({ range }) => range)).toContainEqual(prepared.range);
  const renamed = rename(workspace, uri, position, "fresh_name", project);
  if (renamed.kind === "refused") return expect(renamed.reason).toMatch(/cannot be read/);
  const spans = renamed.files.flatMap((file) => file.edits).map(({ range }) => ({ start: lines.offset(range.start), end: lines.offset(range.end), newText: "fresh_name" }));
  for (const { start, end } of spans) expect(text.slice(start, end)).toBe(prepared.name);
  const file = fileScope(workspace, uri);
  const isTwice = file && namesOfFile(workspace, file).filter(({ role, text: name }) => name === prepared.name && role !== "reference").length > 1;
  if (isTwice) return; // the name is still taken, by the other one
  const after = applyEdits(text, spans);
  const back = rename(open(after), uri, createLineIndex(after).position(Math.min(...spans.map(({ start }) => start))), prepared.name, { uris: [uri], textOf: () => after });
  // What stands where a name should may be none: it can get a name, and no name can get that.
  if (whyNoName(prepared.name) !== undefined) return expect(back.kind).toBe("refused");
  const afterLines = createLineIndex(after);
  expect(back.kind === "edits" && applyEdits(after, back.files.flatMap((file) => file.edits).map(({ range, newText }) => ({ start: afterLines.offset(range.start), end: afterLines.offset(range.end), newText })))).toBe(text);
}

test("every feature answers for any text and any position", () => {
  fc.assert(
    fc.property(fc.oneof(scrap, mutated), fc.array(fc.nat(), { minLength: 5, maxLength: 20 }), (text, offsets) => {
      const workspace = open(text);
      const scope = fileScope(workspace, uri);
      if (!scope) throw new Error("no scope");
      const { lines } = scope.source;
      const end = lines.position(text.length);
      const lineLengths = text.split(/\r\n|\r|\n/).map((line) => line.length);
      const inText = (range: Range) => {
        expect(before({ line: 0, character: 0 }, range.start) && before(range.start, range.end) && before(range.end, end)).toBe(true);
      };
      const everything: Range = { start: { line: 0, character: 0 }, end };

      for (const { range, related, message } of diagnostics(workspace, uri)) {
        inText(range);
        expect(message).not.toMatch(/NaN|undefined|\[object/);
        for (const entry of related) if (entry.uri === uri) inText(entry.range);
      }
      const checkSymbols = (symbols: readonly OutlineSymbol[], outer: Range): void => symbols.forEach((symbol, index) => {
        inText(symbol.range);
        expect(before(outer.start, symbol.range.start) && before(symbol.range.end, outer.end), "a part lies inside the whole").toBe(true);
        expect(before(symbols[index - 1]?.range.end ?? outer.start, symbol.range.start), "parts stand in their order").toBe(true);
        expect(before(symbol.range.start, symbol.selectionRange.start) && before(symbol.selectionRange.end, symbol.range.end)).toBe(true);
        expect(symbol.name).not.toBe("");
        checkSymbols(symbol.children, symbol.range);
        expect(symbol.detail).not.toMatch(/NaN|undefined/);
      });
      checkSymbols([...eachSymbol(workspace, uri)], everything);
      for (const { range } of documentLinks(workspace, uri)) inText(range);
      for (const { startLine, endLine } of foldingRanges(workspace, uri)) {
        expect(startLine).toBeLessThan(endLine);
        expect(endLine).toBeLessThanOrEqual(end.line);
      }
      let last: Position = { line: 0, character: 0 };
      for (const { line, character, length } of semanticTokens(workspace, uri)) {
        expect(before(last, { line, character })).toBe(true);
        expect(length).toBeGreaterThan(0);
        expect(character + length).toBeLessThanOrEqual(lineLengths[line] ?? -1);
        last = { line, character: character + length };
      }
      for (const { position, label } of inlayHints(workspace, uri, everything)) {
        inText({ start: position, end: position });
        expect(label).not.toMatch(/NaN|undefined/);
      }
      for (const lens of codeLenses(workspace, uri)) {
        const { range, declaration, user, metric } = lens;
        inText(range);
        expect(lensText(workspace, uri, lens)?.title).not.toMatch(/NaN|undefined/);
        const symbol = scope.symbols.get(user ?? declaration);
        const bound = symbol?.kind === "declaration" ? bindDeclaration(workspace, symbol.node, scope) : undefined;
        if (bound) expect(explainMarkdown(workspace, bound, metric)).not.toMatch(/NaN|undefined/);
      }
      const edits = formatting(workspace, uri);
      edits.forEach(({ range }) => inText(range));
      const formatted = applyEdits(text, edits.map(({ range, newText }) => ({ start: lines.offset(range.start), end: lines.offset(range.end), newText })));
      expect(formatting(open(formatted), uri)).toEqual([]);

      for (const number of offsets) {
        const line = number % (end.line + 1);
        const part = rangeFormatting(workspace, uri, { start: { line, character: 0 }, end: { line: line + 2, character: 1 } });
        part.forEach(({ range }) => inText(range));
        const position = lines.position(number % (text.length + 1));
        const found = hover(workspace, uri, position);
        if (found) {
          inText(found.range);
          expect(found.contents).not.toMatch(/NaN|undefined|\[object/);
        }
        for (const typed of ["}", "\n"]) typedIndentation(workspace, uri, position, typed).forEach(({ range, newText }) => {
          inText(range);
          expect(newText.trim()).toBe("");
        });
        expect(signatureHelp(workspace, uri, position)?.activeParameter ?? 0).toBeGreaterThanOrEqual(0);
        const link = definition(workspace, uri, position);
        if (link) inText(link.originRange);
        for (let part: Selection | undefined = selectionRanges(workspace, uri, [position])[0]; part; part = part.parent) {
          inText(part.range);
          if (part.parent) expect(before(part.parent.range.start, part.range.start) && before(part.range.end, part.parent.range.end)).toBe(true);
        }
        checkNames(text, workspace, position);
        for (const { range, replaceRange, label, additionalEdits, more } of completion(workspace, uri, position).items) {
          inText(range);
          inText(replaceRange);
          additionalEdits.forEach((edit) => inText(edit.range));
          if (label.length % 7 === number % 7) expect(JSON.stringify(more?.() ?? {})).not.toMatch(/NaN|Infinity|undefined|\[object/);
          expect(label).not.toBe("");
        }
      }
    }),
    { numRuns: 400, examples: [["model 80 GB{ layers = 2 }\n", [0, 6, 7, 9, 14]], ["parallelism P {\n  ep = 14,  tp = 2\n  pp = 3\n}\n", [0]]] },
  );
}, 120_000);

test("quick fixes of a broken file apply inside it", () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const workspace = open(text);
      const lines = fileScope(workspace, uri)?.source.lines;
      const everything: Range = { start: { line: 0, character: 0 }, end: { line: 1e6, character: 0 } };
      for (const { edits, title } of quickFixes(workspace, uri, everything)) {
        expect(title).not.toMatch(/NaN|undefined/);
        for (const { range } of edits) expect(before(range.start, range.end) && before(range.end, lines?.position(text.length) ?? range.end)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);
