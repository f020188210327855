import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { generateTmLanguage } from "../../grammar/src/tm-language";

const path = join(import.meta.dirname, "..", "..", "grammar", "dsco.tmLanguage.json");

let grammar: textmate.IGrammar;

beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(readFileSync(path, "utf8"), path)),
  });
  const loaded = await registry.loadGrammar("source.dsco");
  if (loaded === null) throw new Error("the grammar did not load");
  grammar = loaded;
});

/** Innermost scope of each piece of a line that is not blank, `.dsco` left out; neighbours of one scope are one piece. */
function scopes(line: string): readonly (readonly [string, string])[] {
  const pieces: [string, string][] = [];
  for (const token of grammar.tokenizeLine(line, textmate.INITIAL).tokens) {
    const text = line.slice(token.startIndex, token.endIndex);
    const scope = (token.scopes.at(-1) ?? "").replace(/\.dsco$/u, "");
    const last = pieces.at(-1);
    if (last?.[1] === scope) last[0] += text;
    else pieces.push([text, scope]);
  }
  return pieces.map(([text, scope]) => [text.trim(), scope] as const).filter(([text]) => text !== "");
}

test("the committed grammar is the generated one", () => {
  expect(readFileSync(path, "utf8")).toBe(generateTmLanguage());
});

describe("colours", () => {
  test.each<readonly [string, readonly (readonly [string, string])[]]>([
    ["model Small extends Base { // c", [
      ["model", "storage.type.declaration"], ["Small", "entity.name.type"], ["extends", "keyword.other"],
      ["Base", "entity.other.inherited-class"], ["{", "punctuation.section.block"], ["// c", "comment.line.double-slash"],
    ]],
    ["  layers = 61", [["layers", "variable.other.property"], ["=", "keyword.operator.assignment"], ["61", "constant.numeric"]]],
    ["  model = DeepSeekV3", [
      ["model", "variable.other.property"], ["=", "keyword.operator.assignment"], ["DeepSeekV3", "variable.other"],
    ]],
    ["  attention mla { heads = 128 }", [
      ["attention", "keyword.other.block"], ["mla", "support.type.variant"], ["{", "punctuation.section.block"],
      ["heads", "variable.other.property"], ["=", "keyword.operator.assignment"], ["128", "constant.numeric"],
      ["}", "punctuation.section.block"],
    ]],
    ["  weights = fp8_e4m3", [
      ["weights", "variable.other.property"], ["=", "keyword.operator.assignment"], ["fp8_e4m3", "constant.language.precision"],
    ]],
    ["  memory = 80GB / 2 USD/h + 671B - 671 B", [
      ["memory", "variable.other.property"], ["=", "keyword.operator.assignment"],
      ["80", "constant.numeric"], ["GB", "keyword.other.unit"], ["/", "keyword.operator.arithmetic"],
      ["2", "constant.numeric"], ["USD/h", "keyword.other.unit"], ["+", "keyword.operator.arithmetic"],
      ["671", "constant.numeric"], ["B", "keyword.other.unit.magnitude"], ["-", "keyword.operator.arithmetic"],
      ["671", "constant.numeric"], ["B", "keyword.other.unit"],
    ]],
    ["  tokens = 14.8T tokens", [
      ["tokens", "variable.other.property"], ["=", "keyword.operator.assignment"], ["14.8", "constant.numeric"],
      ["T", "keyword.other.unit.magnitude"], ["tokens", "keyword.other.unit"],
    ]],
    ["  schedule = 1f1b", [
      ["schedule", "variable.other.property"], ["=", "keyword.operator.assignment"], ["1f1b", "support.constant"],
    ]],
    ["  x = 5..61 step 6", [
      ["x", "variable.other.property"], ["=", "keyword.operator.assignment"], ["5", "constant.numeric"],
      ["..", "keyword.operator.range"], ["61", "constant.numeric"], ["step", "keyword.other.step"], ["6", "constant.numeric"],
    ]],
    ["  x = min(1e-3, 10 min)", [
      ["x", "variable.other.property"], ["=", "keyword.operator.assignment"], ["min", "support.function"],
      ["(", "punctuation.section.brackets"], ["1e-3", "constant.numeric"], [",", "punctuation.separator"],
      ["10", "constant.numeric"], ["min", "keyword.other.unit"], [")", "punctuation.section.brackets"],
    ]],
    ["  require memory_per_gpu <= 80 GB", [
      ["require", "keyword.control"], ["memory_per_gpu", "variable.other"], ["<=", "keyword.operator.comparison"],
      ["80", "constant.numeric"], ["GB", "keyword.other.unit"],
    ]],
    ["  measured step_time = 19.926 s from \"paper\"", [
      ["measured", "keyword.control"], ["step_time", "variable.other.property"], ["=", "keyword.operator.assignment"],
      ["19.926", "constant.numeric"], ["s", "keyword.other.unit"], ["from", "keyword.control.from"],
      ["\"paper\"", "string.quoted.double"],
    ]],
    ["import { A, B as C } from \"std:x\"", [
      ["import", "keyword.control.import"], ["{", "punctuation.section.block.begin"], ["A", "entity.name.type"],
      [",", "punctuation.separator"], ["B", "entity.name.type"], ["as", "keyword.control.as"], ["C", "entity.name.type"],
      ["}", "punctuation.section.block.end"], ["from", "keyword.control.from"], ["\"std:x\"", "string.quoted.double"],
    ]],
    ["/// A *model*.", [["/// A *model*.", "comment.line.documentation"]]],
    ["let half = true", [
      ["let", "storage.type.let"], ["half", "variable.other.constant"], ["=", "keyword.operator.assignment"],
      ["true", "constant.language"],
    ]],
  ])("%s", (line, expected) => {
    expect(scopes(line)).toEqual(expected);
  });
});
