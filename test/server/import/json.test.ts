import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { offsetAt, plainValue, readJson } from "../../../server/src/import/json";

const plain = (text: string): unknown => {
  const read = readJson(text);
  return read.kind === "read" ? plainValue(read.node) : read.problem;
};

describe("readJson", () => {
  it("reads what JSON.parse reads, as it does", () => {
    fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(plain(text))).toBe(text === "-0" ? "0" : JSON.stringify(JSON.parse(text)));
    }));
  });

  it.each([
    ['{ "a": 1, } // end', { a: 1 }],
    ['/* first */ { "a": [1, 2,], }', { a: [1, 2] }],
    ['\uFEFF{ "a": "\\u00e9\\n" }', { a: "é\n" }],
    ['{ "a": [0.0, Infinity], "b": NaN, "c": -Infinity }', { a: [0, Infinity], b: NaN, c: -Infinity }],
    ["1e-5", 1e-5],
    ["", { message: "the text ends where a value is expected", offset: 0 }],
    ['{ "a": 1', { message: "the text ends here: `}` is missing", offset: 8 }],
    ['{ "a" 1 }', { message: '`:` is expected after "a"', offset: 6 }],
    ["{ a: 1 }", { message: "a name in double quotes is expected here: found `a`", offset: 2 }],
    ['{ "a": True }', { message: "a value is expected here: found `True`", offset: 7 }],
    ['{ "a": "b }', { message: 'this text is not closed: `"` is missing', offset: 7 }],
    ["{} {}", { message: "nothing is expected behind the end: found `{}`", offset: 3 }],
    ["{ /* never", { message: "this comment is not closed", offset: 2 }],
    ["[1 2]", { message: "`,` or `]` is expected here: found `2`", offset: 3 }],
  ])("%j", (text, expected) => {
    expect(plain(text)).toEqual(expected);
  });

  it("refuses nesting that would fill the stack", () => {
    expect(plain("[".repeat(100_000))).toMatchObject({ message: "values stand more than 100 deep in one another" });
  });

  it("says which name stands twice", () => {
    expect(readJson('{"a": 1, "a": 2}')).toMatchObject({ kind: "read", repeated: [{ message: "`a` stands twice: the last one counts", offset: 9 }] });
  });

  it("knows where a value stands", () => {
    const read = readJson('{ "a": [1, { "b": 2 }] }');
    if (read.kind !== "read") throw new Error("unread");
    expect([["a"], ["a", 1, "b"], ["a", 7], []].map((path) => offsetAt(read.node, path))).toEqual([7, 18, 7, 0]);
  });
});
