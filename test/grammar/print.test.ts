import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, print } from "../../grammar/src/index";

const fixtures = join(import.meta.dirname, "fixtures");

function format(text: string): string {
  return print(parse(text));
}

test("the style guide's file is in its own style", () => {
  const text = readFileSync(join(fixtures, "valid", "deepseek-v3.dsco"), "utf8");
  expect(format(text)).toBe(text);
});

/** `NAME.input.dsco` becomes `NAME.output.dsco`. */
const cases = readdirSync(join(fixtures, "format")).filter((name) => name.endsWith(".input.dsco"));
test.each(cases)("%s", (name) => {
  const input = readFileSync(join(fixtures, "format", name), "utf8");
  const output = readFileSync(join(fixtures, "format", name.replace(".input.", ".output.")), "utf8");
  expect(format(input)).toBe(output);
  expect(format(output)).toBe(output);
});

describe("line ends", () => {
  test.each([
    ["LF stays", "let a=1\nlet b=2\n", "let a = 1\nlet b = 2\n"],
    ["CRLF throughout stays", "let a=1\r\nlet b=2\r\n", "let a = 1\r\nlet b = 2\r\n"],
    ["a mixture becomes LF", "let a=1\r\nlet b=2\n", "let a = 1\nlet b = 2\n"],
    ["a lone CR becomes LF", "let a=1\rlet b=2\r", "let a = 1\nlet b = 2\n"],
    ["the last line gets its end", "let a=1", "let a = 1\n"],
    ["nothing stays nothing", "", ""],
    ["blank lines alone go", "\n\n  \n", ""],
    ["a byte order mark stays", "\ufefflet a=1\n", "\ufefflet a = 1\n"],
  ])("%s", (_, input, output) => {
    expect(format(input)).toBe(output);
  });
});

test("a declaration with a syntax error is left as it is, its neighbours are not", () => {
  const broken = "model B {\n     heads   =\n      x=1\n }\n\n";
  expect(format(`model A{layers=1}\n\n${broken}model C{layers=1}\n`))
    .toBe(`model A { layers = 1 }\n\n${broken}model C { layers = 1 }\n`);
});
