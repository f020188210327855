import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, print, type BlockDeclaration, type Expression, type Member, type ParseResult, type Property } from "../../grammar/src/index";
import { endOf, lex } from "../../grammar/src/lexer";

const fixtures = join(import.meta.dirname, "fixtures", "valid");
const names = readdirSync(fixtures);

function fixture(name: string): string {
  return readFileSync(join(fixtures, name), "utf8");
}

/** A tree as one line: what is read, without positions. */
function shown(expression: Expression): string {
  switch (expression.kind) {
    case "number": return `${expression.digits}${expression.suffix ?? ""}${expression.unit === undefined ? "" : `'${expression.unit}${expression.unitKnown ? "" : "?"}`}`;
    case "string": return JSON.stringify(expression.value);
    case "boolean": return `<${expression.value}>`;
    case "name": return expression.parts.map((part) => part.text).join(".");
    case "range": return `{${shown(expression.from)}..${shown(expression.to)}${expression.step === undefined ? "" : ` step ${shown(expression.step)}`}}`;
    case "list": return `[${expression.items.map(shown).join(" ")}]`;
    case "unary": return `(${expression.operator}${shown(expression.operand)})`;
    case "binary": return `(${shown(expression.left)} ${expression.operator} ${shown(expression.right)})`;
    case "call": return `${expression.callee.text}(${expression.arguments.map(shown).join(" ")})`;
    case "parenthesized": return `p${shown(expression.inner)}`;
    case "missing": return "?";
  }
}

function firstBlock(result: ParseResult): BlockDeclaration {
  const declaration = result.file.declarations.find((candidate) => candidate.kind === "declaration");
  if (declaration === undefined) throw new Error("no declaration");
  return declaration;
}

function members(text: string): readonly Member[] {
  return firstBlock(parse(text)).body?.members ?? [];
}

function properties(text: string): readonly string[] {
  return members(text).filter((member): member is Property => member.kind === "property")
    .map((member) => `${member.path.map((part) => part.text).join(".")}: ${shown(member.value)}`);
}

describe.each(names)("%s", (name) => {
  test("reads without an error", () => {
    expect(parse(fixture(name)).errors).toEqual([]);
  });

  test("reads the same with other line ends and a byte order mark", () => {
    const text = fixture(name);
    const kinds = (source: string): readonly string[] => parse(source).file.declarations
      .map((declaration) => (declaration.kind === "declaration" ? `${declaration.keyword} ${declaration.body?.members.length} ${declaration.doc}` : declaration.kind));
    for (const ending of ["\r\n", "\r"]) {
      const other = `\ufeff${text.replaceAll("\n", ending)}`;
      expect(parse(other).errors).toEqual([]);
      expect(kinds(other)).toEqual(kinds(text));
    }
  });
});

describe("expressions", () => {
  test.each([
    ["61", "61"], ["18_432", "18_432"], ["1e-3", "1e-3"], ["671B", "671B"], ["671 B", "671'B"], ["671B/s", "671'B/s"],
    ["80GB", "80'GB"], ["80 \t GB", "80'GB"], ["14.8T tokens", "14.8T'tokens"], ["128Ki", "128Ki"], ["128 K", "128'K?"],
    ["85%", "85%"], ["7 % 3", "(7 % 3)"], ["7 %3", "(7 % 3)"], ["0..2", "{0..2}"], ["0.5..2", "{0.5..2}"], ["5..61 step 6", "{5..61 step 6}"],
    ["5..61step 6", "{5..61 step 6}"], ["1 s..2 s", "{1's..2's}"], ["1f1b", "1f1b"], ["zb1p", "zb1p"], ["2 µs", "2'us"], ["2μs", "2'us"],
    ["3 GPU·h", "3'GPU·h"], ["400 Gb", "400'Gb?"], ["2 USD/h", "2'USD/h"], ["2 USD/hour", "(2'USD / hour)"], ["10 min", "10'min"],
    ["min(1, 2)", "min(1 2)"], ["10 * min(1, 2)", "(10 * min(1 2))"], ["1EFLOP", "1'EFLOP"], ["1e3", "1e3"],
    ["1 + 2 * 3", "(1 + (2 * 3))"], ["1 - 2 - 3", "((1 - 2) - 3)"], ["2 ^ 3 ^ 2", "(2 ^ (3 ^ 2))"], ["-2 ^ 2", "(-(2 ^ 2))"],
    ["2 ^ -1", "(2 ^ (-1))"], ["-a * b", "((-a) * b)"], ["- -1", "(-(-1))"], ["8 / 4 * 2", "((8 / 4) * 2)"], ["(1 + 2) * 3", "(p(1 + 2) * 3)"],
    ["A.b.c / 2", "(A.b.c / 2)"], ["[0, 3..60]", "[0 {3..60}]"], ["[]", "[]"], ["[\n1,\n2,\n]", "[1 2]"], ["(1 +\n 2)", "p(1 + 2)"],
    ["true", "<true>"], ["auto", "auto"], ["\"a \\\"b\\\" \\\\ \\n\"", "\"a \\\"b\\\" \\\\ \\n\""], ["import", "import"], ["step", "step"],
  ])("%s", (source, expected) => {
    const text = `model A {\n  x = ${source}\n}\n`;
    expect(parse(text).errors).toEqual([]);
    expect(properties(text)).toEqual([`x: ${expected}`]);
  });

  test("a value is the double that its digits say", () => {
    const values = members("model A { a = 18_432, b = 1e-3, c = 1e999, d = 3.35 TB/s }")
      .map((member) => (member.kind === "property" && member.value.kind === "number" ? member.value.value : undefined));
    expect(values).toEqual([18_432, 0.001, Infinity, 3.35]);
  });
});

describe("what is lost to a mistake", () => {
  test("a broken line loses its own value alone", () => {
    expect(properties("model A {\n  a = 1\n  b = * 2\n  c 3\n  = 4\n  d = 5 6\n  e = 7\n}\n"))
      .toEqual(["a: 1", "b: ?", "c: 3", "d: ?", "e: 7"]);
  });

  test("an unclosed block leaves the declarations below it alone", () => {
    const { file, errors } = parse("model A {\n  attention mla {\n    heads = 1\n\n/// About B.\nmodel B { layers = 2 }\nplan P {\n  model = B\n}\n");
    expect(errors.map((error) => error.code)).toEqual(["DSCO1003"]);
    expect(file.declarations.map((declaration) => declaration.kind === "declaration" && [declaration.name?.text, declaration.doc]))
      .toEqual([["A", undefined], ["B", "About B."], ["P", undefined]]);
  });

  test("indentation tells which block lacks its brace", () => {
    const [attention, ffn, layers] = members("model A {\n  attention mla {\n    heads = 1\n  ffn dense { x = 1 }\n  layers = 2\n}\n");
    expect([attention?.kind, ffn?.kind, layers?.kind]).toEqual(["block", "block", "property"]);
  });

  test("an unclosed comment ends with its line", () => {
    expect(properties("model A {\n  a = 1 /* so\n  b = 2\n}\n")).toEqual(["a: 1", "b: 2"]);
  });

  test("a declaration without a body is kept", () => {
    const { file } = parse("model A\nplan P extends Q of R { }\n");
    expect(file.declarations).toMatchObject([
      { keyword: "model", name: { text: "A" }, body: undefined },
      { keyword: "plan", name: { text: "P" }, base: { text: "Q" }, of: { text: "R" } },
    ]);
  });
});

describe("one mistake", () => {
  /** Two ordinary files with one token lost or written twice. */
  const mistakes = ["deepseek-v3.dsco", "declarations.dsco"].flatMap((name) => {
    const text = fixture(name);
    return lex(text).tokens.flatMap((token) => {
      const { startOffset } = token;
      const end = endOf(token);
      return [text.slice(0, startOffset) + text.slice(end), `${text.slice(0, end)} ${text.slice(startOffset)}`];
    });
  });

  test("is one message, but for rare ones that are two", () => {
    const counts = mistakes.map((text) => parse(text).errors.length);
    expect(mistakes.length).toBeGreaterThan(1000);
    expect(Math.max(...counts)).toBe(2);
    expect(counts.filter((count) => count === 2).length / counts.length).toBeLessThan(0.005);
  });

  test("costs at most the declaration that it stands in", () => {
    for (const name of names) {
      const text = fixture(name);
      const whole = parse(text).chunks;
      for (const [index, chunk] of whole.entries()) {
        const own = text.slice(chunk.start, chunk.end);
        for (const token of lex(own).tokens.filter((candidate) => candidate.image !== "\n")) {
          const shorter = own.slice(0, token.startOffset) + own.slice(endOf(token));
          const after = parse(text.slice(0, chunk.start) + shorter + text.slice(chunk.end)).file.declarations.length;
          expect(after).toBeGreaterThanOrEqual(parse(text).file.declarations.length - (whole[index]?.declarations.length ?? 0));
        }
      }
    }
  });
});

describe("doc comments", () => {
  test.each([
    ["/// one\n/// two\nmodel A { }", "one\ntwo"],
    ["model Z { }\n/// one\nmodel A { }", "one"],
    ["/// one\n\nmodel A { }", undefined],
    ["/// one\n// note\nmodel A { }", undefined],
    ["//// ruler\nmodel A { }", undefined],
    ["model Z { } /// behind\nmodel A { }", undefined],
    ["\ufeff  /// one\n  model A { }", "one"],
  ])("%j", (text, doc) => {
    const last = parse(text).file.declarations.at(-1);
    expect(last?.kind === "declaration" ? last.doc : "no declaration").toBe(doc);
  });
});

describe("nesting", () => {
  const deep = 10_000;
  test.each<readonly [string, string]>([
    ["parentheses", `${"(".repeat(deep)}1${")".repeat(deep)}`],
    ["open parentheses", "(".repeat(deep)],
    ["lists", `${"[".repeat(deep)}${"]".repeat(deep)}`],
    ["calls", `${"min(".repeat(deep)}1${")".repeat(deep)}`],
    ["signs", `${"-".repeat(deep)}1`],
    ["sums", `1${" + 1".repeat(deep)}`],
    ["powers", `1${" ^ 1".repeat(deep)}`],
  ])("10,000 %s are one error, and the rest lives", (_, value) => {
    const text = `model A {\n  a = 1\n  b = ${value}\n  c = 2\n}\nmodel B { d = 3 }\n`;
    const parsed = parse(text);
    expect(parsed.errors.map((error) => error.code)).toEqual(["DSCO1006"]);
    expect(properties(text)).toEqual(["a: 1", "b: ?", "c: 2"]);
    expect(parsed.file.declarations).toHaveLength(2);
    expect(print(parsed)).toContain("model B { d = 3 }");
  });

  test.each([["closed", "}".repeat(deep)], ["open", ""]])("10,000 blocks, %s, are one error", (_, closers) => {
    const parsed = parse(`model A {\n  a = 1\n  ${"x {\n".repeat(deep)}${closers}\n${closers === "" ? "" : "  b = 2\n}"}\nmodel B { d = 3 }\n`);
    expect(parsed.errors.map((error) => error.code)).toEqual(["DSCO1006"]);
    expect(parsed.file.declarations).toHaveLength(2);
  });

  test("what is below the limits is read", () => {
    const text = `model A {\n  a = ${"(".repeat(100)}1${")".repeat(100)}\n  b = 1${" + 1".repeat(500)}\n  c = [${"1 + 1, ".repeat(5000)}]\n}\n`;
    expect(parse(text).errors).toEqual([]);
    const blocks = `model A {\n${"x {\n".repeat(99)}${"}\n".repeat(99)}}\n`;
    expect(parse(blocks).errors).toEqual([]);
  });
});

describe("a line of 1 MB", () => {
  const size = 1_000_000;
  test.each<readonly [string, string]>([
    ["of spaces", " ".repeat(size)],
    ["of digits", "9".repeat(size)],
    ["of one name", "a".repeat(size)],
    ["in quotes", `"${"x ".repeat(size / 2)}`],
    ["of quotes", "\"".repeat(size)],
    ["of open comments", "/*".repeat(size / 2)],
    ["of open comments on lines", "/*\n".repeat(size / 3)],
    ["of braces", "{".repeat(size)],
    ["of closing braces", "}".repeat(size)],
    ["of brackets", "[(".repeat(size / 2)],
    ["of commas", ",".repeat(size)],
    ["of points", ".".repeat(size)],
    ["of underscores after a digit", `1${"_".repeat(size)}`],
    ["of emoji", "😀".repeat(size / 4)],
    ["of halves of emoji", "\ud800".repeat(size)],
    ["of NUL", "\0".repeat(size)],
    ["of properties", "x = 1, ".repeat(size / 7)],
    ["of properties without commas", "x = 1 ".repeat(size / 6)],
    ["of words", "word ".repeat(size / 5)],
    ["of blocks", "x { } ".repeat(size / 6)],
    ["of blocks without an opening brace", "a b }".repeat(size / 5)],
    ["of block headers and values", `}${"a b = 1, ".repeat(size / 9)}`],
    ["of values without names", "5, x = 1, ".repeat(size / 10)],
    ["of numbers with unknown units", "1 a ".repeat(size / 4)],
    ["of typographic quotes", "“".repeat(size)],
    ["of list items", `x = [${"1, ".repeat(size / 3)}]`],
  ])("%s is read in bounded time, alone and in a block", (_, line) => {
    for (const text of [line, `model A {\n  ${line.slice(0, size / 10)}\n}\n`]) {
      const parsed = parse(text);
      expect(parsed.file.end).toBe(text.length);
      expect(parsed.errors.every((error) => error.start <= error.end && error.end <= text.length)).toBe(true);
      expect(print(parsed).length).toBeGreaterThanOrEqual(0);
    }
  }, 60_000);
});

describe("reading again after an edit", () => {
  const text = Array.from({ length: 50 }, (_, index) => `/// Model ${index}.\nmodel M${index} {\n  layers = ${index}\n}\n`).join("\n");
  const before = parse(text);

  function replaced(from: string, to: string): string {
    return text.replace(from, to);
  }

  test("the same text is the same result", () => {
    expect(parse(text, before)).toBe(before);
  });

  test("declarations above the edit are the same objects, and below it too when nothing moves", () => {
    const after = parse(replaced("layers = 25", "layers = 99"), before);
    const same = after.file.declarations.map((declaration, index) => declaration === before.file.declarations[index]);
    expect(same.indexOf(false)).toBeGreaterThanOrEqual(24);
    expect(same.lastIndexOf(false)).toBe(25);
  });

  test("the earlier result is left as it was", () => {
    const copy = structuredClone(before);
    parse(replaced("layers = 3\n", "layers = 3_000_000\n  x = [\n"), before);
    expect(before).toEqual(copy);
  });

  test.each([
    ["an open comment", "layers = 20", "layers = 20 /*"],
    ["a comment over a border", "}\n\n/// Model 20.", "} /*\n\n*/ /// Model 20."],
    ["a doc comment above a border", "}\n\n/// Model 20.", "}\n/// New.\n/// Model 20."],
    ["a lost border", "model M20 {", "M20 {"],
    ["a new border", "  layers = 20", "}\nmodel N {\n  layers = 20"],
    ["an unclosed block", "layers = 20\n}", "layers = 20\n"],
    ["a lone carriage return", "layers = 20\n", "layers = 20\r"],
  ])("%s gives what a fresh read gives, there and back", (_, from, to) => {
    const changed = replaced(from, to);
    const after = parse(changed, before);
    expect(after).toEqual(parse(changed));
    expect(parse(text, after)).toEqual(before);
  });
});
