// Indentation while typing, formatting of a part, and the function that is being called.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatting, rangeFormatting, signatureHelp, typedIndentation, type RangeEdit } from "../../../server/src/ide";
import { applyEdits } from "../../../server/src/rules";
import { openFiles, type OpenFiles } from "../../kit/workspace";

const open = (text: string): OpenFiles => openFiles({ "a.dsco": text });

function after({ scope: { source: { text, lines } } }: OpenFiles, edits: readonly RangeEdit[]): string {
  return applyEdits(text, edits.map(({ range, newText }) => ({ start: lines.offset(range.start), end: lines.offset(range.end), newText })));
}

/** The text with its cursor taken out, and where it was. */
function cursor(marked: string) {
  const offset = marked.indexOf("$0");
  const files = open(marked.replace("$0", ""));
  return { files, position: files.scope.source.lines.position(offset) };
}

describe("indentation after a key", () => {
  it.each<[string, string, string, string]>([
    ["a closing brace moves under its header", "}", "model A {\n  layers = 2\n  }$0\n", "model A {\n  layers = 2\n}\n"],
    ["of an inner block", "}", "model A {\n  attention mla {\n    heads = 4\n}$0\n}\n", "model A {\n  attention mla {\n    heads = 4\n  }\n}\n"],
    ["of a block that holds a comment with braces", "}", "model A { // {{{\n  layers = 2\n    }$0\n", "model A { // {{{\n  layers = 2\n}\n"],
    ["a brace behind other text stays", "}", "model A {\n     attention mla { heads = 4 }$0\n}\n", "model A {\n     attention mla { heads = 4 }\n}\n"],
    ["a new line in a block", "\n", "model A {\n$0\n}\n", "model A {\n  \n}\n"],
    ["a new line in an inner block", "\n", "model A {\n  attention mla {\n$0heads = 4\n  }\n}\n", "model A {\n  attention mla {\n    heads = 4\n  }\n}\n"],
    ["a new line before a closing brace", "\n", "model A {\n  layers = 2\n  $0}\n", "model A {\n  layers = 2\n}\n"],
    ["a new line outside", "\n", "model A { }\n  $0\n", "model A { }\n\n"],
    ["a new line below a declaration that is not closed", "\n", "model A {\n  layers = 2\n$0", "model A {\n  layers = 2\n  "],
    ["tabs", "\n", "model A {\n\t$0layers = 2\n}\n", "model A {\n  layers = 2\n}\n"],
    ["CRLF", "\n", "model A {\r\n$0layers = 2\r\n}\r\n", "model A {\r\n  layers = 2\r\n}\r\n"],
    ["inside brackets the writer decides", "\n", "sweep S of P {\n  parallelism.ep = [8,\n       $016]\n}\n", "sweep S of P {\n  parallelism.ep = [8,\n       16]\n}\n"],
    ["inside a comment nothing moves", "\n", "model A {\n  /* one\n       $0two */\n}\n", "model A {\n  /* one\n       two */\n}\n"],
    ["other characters move nothing", "x", "model A {\n       x$0\n}\n", "model A {\n       x\n}\n"],
  ])("%s", (_, typed, text, expected) => {
    const { files, position } = cursor(text);
    const result = after(files, typedIndentation(files.workspace, files.uri, position, typed));
    expect(result).toBe(expected);
    const line = result.split("\n")[position.line] ?? "";
    const again = open(result);
    const character = typed === "}" ? line.indexOf("}") + 1 : /^[ \t]*/.exec(line)?.[0].length ?? 0;
    expect(typedIndentation(again.workspace, again.uri, { line: position.line, character }, typed)).toEqual([]);
  });
});

const untidy = "model A {\n layers=2\n     hidden_size   = 64 // width\n\n\n  attention mha{heads=4}\n}\nmodel B { layers =  2 }\n";

describe("formatting of a part", () => {
  const lines = (from: number, to: number, character = 0) => ({ start: { line: from, character: 0 }, end: { line: to, character } });

  it("changes the lines that the range touches and no other", () => {
    const files = open(untidy);
    const result = after(files, rangeFormatting(files.workspace, files.uri, lines(1, 2))).split("\n");
    expect(result[1]).toBe("  layers      = 2");
    expect([...result.slice(0, 1), ...result.slice(2)]).toEqual([...untidy.split("\n").slice(0, 1), ...untidy.split("\n").slice(2)]);
    // a range that ends inside a line touches it
    expect(after(files, rangeFormatting(files.workspace, files.uri, lines(1, 2, 3))).split("\n")[2]).toMatch(/^ {2}hidden_size = 64 +\/\/ width$/);
  });

  it("keeps comments and leaves a broken declaration alone", () => {
    const files = open("model A {\n layers = = 2 // why\n}\n model B {layers=2}\n");
    const all = after(files, rangeFormatting(files.workspace, files.uri, lines(0, 99)));
    expect(all).toContain(" layers = = 2 // why");
    expect(all).toContain("\nmodel B { layers = 2 }");
  });

  it("of the whole is that of the file; of any part it is done in one go, and tidy text stays", () => {
    const pieces = fc.constantFrom("model A {\n", "}\n", " layers=2\n", "\tattention mha{heads=4}\n", "\n\n", "// note\n", "let x=1+2\n", "  x = [1,\n 2]\n", "\r\n", "plan P {", "/* a\n b */\n");
    fc.assert(fc.property(fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join("")), fc.nat(20), fc.nat(20), (text, from, length) => {
      const files = open(text);
      const whole = lines(0, 1e6);
      expect(after(files, rangeFormatting(files.workspace, files.uri, whole))).toBe(after(files, formatting(files.workspace, files.uri)));
      const part = lines(from, from + length, 1);
      const edits = rangeFormatting(files.workspace, files.uri, part);
      for (const { range } of edits) expect([range.start.line >= from, range.end.line <= from + length]).toEqual([true, true]);
      const tidy = open(after(files, formatting(files.workspace, files.uri)));
      expect(rangeFormatting(tidy.workspace, tidy.uri, part)).toEqual([]);
    }), { numRuns: 200, examples: [[untidy, 1, 2], [untidy, 3, 1]] });
  });
});

describe("the function that is being called", () => {
  it.each<[string, string | undefined, number]>([
    ["let a = max($0", "max(value, …)", 0],
    ["let a = max(1, $0)", "max(value, …)", 1],
    ["let a = max(1, 2, 3$0)", "max(value, …)", 1],
    ["let a = max(1, log2($0", "log2(number)", 0],
    ["let a = max(1, log2(4), $0", "max(value, …)", 1],
    ["let a = max([1, 2], $0", "max(value, …)", 1],
    ["let a = max((1 + 2$0", "max(value, …)", 0],
    ["model A {\n  layers = ceil(\n    3 / 2$0\n  )\n}\n", "ceil(number)", 0],
    ["model A { layers = sqrt ($0 }", "sqrt(value)", 0],
    ["let a = max(1)$0", undefined, 0],
    ["let a = (1 + $02)", undefined, 0],
    ["let a = nobody($0", undefined, 0],
    ['let a = "max($0"', undefined, 0],
    ["let a = 1 // max($0", undefined, 0],
    ["model A {\n  layers = max(1\n  hidden_size = $0\n}\n", undefined, 0],
  ])("%s", (text, label, activeParameter) => {
    const { files, position } = cursor(text);
    const found = signatureHelp(files.workspace, files.uri, position);
    expect(found?.label).toBe(label);
    if (label !== undefined) expect(found?.activeParameter).toBe(activeParameter);
  });
});
