/** The files that the editor reads beside the grammar: snippets and language configuration. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, print } from "../../grammar/src/index";

interface Snippet {
  readonly prefix: string | readonly string[];
  readonly description: string;
  readonly body: readonly string[];
}

function read<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "grammar", name), "utf8")) as Content;
}

/** What the editor inserts when every placeholder is left as it is. */
function expanded(body: readonly string[]): string {
  return body.join("\n")
    .replace(/\$\{\d+\|([^,|]*)[^}]*\|\}/gu, "$1")
    .replace(/\$\{\d+:([^}]*)\}/gu, "$1")
    .replace(/\$\d+/gu, "");
}

const snippets = Object.entries(read<Record<string, Snippet>>("snippets.json"));
const standsInModel = new Set(["mla", "gqa", "moe", "dense", "precision"]);

describe("snippets", () => {
  test.each(snippets)("%s reads without an error, in the formatter's style", (_, { prefix, body }) => {
    const isMember = typeof prefix === "string" && standsInModel.has(prefix);
    const text = isMember
      ? `model A {\n${expanded(body).replace(/^/gmu, "  ")}\n}\n` : expanded(body);
    const parsed = parse(text);
    expect(parsed.errors).toEqual([]);
    expect(parsed.file.declarations).toHaveLength(1);
    expect(print(parsed)).toBe(isMember ? print(parsed) : text);
  });

  test("there is one for each thing that a design is made of", () => {
    const prefixes = snippets.flatMap(([, { prefix }]) => prefix);
    expect(prefixes).toEqual(expect.arrayContaining([
      "import", "let", "model", "mla", "gqa", "moe", "dense", "precision", "gpu", "nic", "hardware", "parallelism",
      "training", "prefill", "decode", "plan",
    ]));
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });
});

interface Configuration {
  readonly wordPattern: { readonly pattern: string; readonly flags: string };
  readonly indentationRules: { readonly increaseIndentPattern: string; readonly decreaseIndentPattern: string };
  readonly onEnterRules: readonly { readonly beforeText: string; readonly afterText?: string; readonly action: { readonly indent: string; readonly appendText?: string } }[];
}

describe("language configuration", () => {
  const configuration = read<Configuration>("language-configuration.json");

  test.each([
    ["hidden_size / 80GB", ["hidden_size", "80GB"]],
    ["x = 1e-3, 0..2, 85%", ["x", "1e-3", "0", "2", "85%"]],
    ["DeepSeekV3.kv_bytes_per_token", ["DeepSeekV3", "kv_bytes_per_token"]],
    ["schedule = 1f1b", ["schedule", "1f1b"]],
  ])("the words of %s", (line, words) => {
    const { pattern, flags } = configuration.wordPattern;
    expect(line.match(new RegExp(pattern, `g${flags}`))).toEqual(words);
  });

  test.each([
    ["model A {", true], ["  x = [", true], ["  a { // note", true], ["  mtp { depth = 1 }", false],
    ["// a {", false], ["  s = \"{", false], ["  s = \"//\" {", true],
  ])("whether the line below `%s` is indented: %s", (line, isIndented) => {
    expect(new RegExp(configuration.indentationRules.increaseIndentPattern, "u").test(line)).toBe(isIndented);
  });

  test.each([["}", true], ["  ]", true], ["  x = 1 }", false]])("whether `%s` moves out: %s", (line, movesOut) => {
    expect(new RegExp(configuration.indentationRules.decreaseIndentPattern, "u").test(line)).toBe(movesOut);
  });

  function onEnter(before: string, after: string): unknown {
    return configuration.onEnterRules.find((rule) => new RegExp(rule.beforeText, "u").test(before)
      && (rule.afterText === undefined || new RegExp(rule.afterText, "u").test(after)))?.action;
  }

  test.each([
    ["/// A model", "", { indent: "none", appendText: "/// " }],
    ["//// a ruler", "", undefined],
    ["model A {", "}", { indent: "indentOutdent" }],
    ["model A {", "", { indent: "indent" }],
    ["  layers = 61", "", undefined],
  ])("Enter between `%s` and `%s`", (before, after, action) => {
    expect(onEnter(before, after)).toEqual(action);
  });
});
