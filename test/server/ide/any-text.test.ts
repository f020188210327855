// Whatever stands in a file, and wherever the cursor is: every feature answers, inside the text.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadStandard, openWorkspace } from "../../../server/src/analysis";
import { createSource, fileScope, type Position, type Range, type Workspace } from "../../../server/src/core";
import {
  codeLenses, completion, definition, diagnostics, documentSymbols, explainMarkdown, foldingRanges, formatting, hover, inlayHints, lensText, quickFixes,
  semanticTokens, type OutlineSymbol,
} from "../../../server/src/ide";
import { bindDeclaration } from "../../../server/src/core";
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
      const checkSymbols = (symbols: readonly OutlineSymbol[]): void => symbols.forEach((symbol) => {
        inText(symbol.range);
        expect(before(symbol.range.start, symbol.selectionRange.start) && before(symbol.selectionRange.end, symbol.range.end)).toBe(true);
        expect(symbol.name).not.toBe("");
        checkSymbols(symbol.children);
      });
      checkSymbols(documentSymbols(workspace, uri));
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
        const position = lines.position(number % (text.length + 1));
        const found = hover(workspace, uri, position);
        if (found) {
          inText(found.range);
          expect(found.contents).not.toMatch(/NaN|undefined|\[object/);
        }
        const link = definition(workspace, uri, position);
        if (link) inText(link.originRange);
        for (const { range, label } of completion(workspace, uri, position).items) {
          inText(range);
          expect(label).not.toBe("");
        }
      }
    }),
    { numRuns: 400 },
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
