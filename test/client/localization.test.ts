// What a user reads can be translated: the manifest names keys of package.nls.json, the client's texts go through l10n.t.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json";
import texts from "../../package.nls.json";
import { textsOf } from "../../scripts/documents/localization";
import { repository, sourceFiles } from "../kit/repository";

/** Keys of the manifest whose strings VS Code shows. `description` and `displayName` at the top are npm's, too, which translates nothing. */
const shown = new Set([
  "title", "shortTitle", "description", "markdownDescription", "enumDescriptions", "markdownEnumDescriptions", "enumItemLabels", "deprecationMessage",
  "markdownDeprecationMessage", "contents", "label", "altText", "userDescription", "displayName",
]);

interface Shown {
  readonly place: string;
  readonly text: string;
}

function shownStrings(value: unknown, place: string, isShown: boolean): readonly Shown[] {
  if (typeof value === "string") return isShown ? [{ place, text: value }] : [];
  if (Array.isArray(value)) return value.flatMap((entry: unknown, index) => shownStrings(entry, `${place}[${index}]`, isShown));
  if (typeof value !== "object" || value === null) return [];
  // What stands in the schema of a tool's input is read by a language model.
  return Object.entries(value).filter(([name]) => name !== "inputSchema").flatMap(([name, entry]) => shownStrings(entry, `${place}.${name}`, shown.has(name)));
}

const keysOf = (text: string) => [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? "");
const usedKeys = keysOf(JSON.stringify(manifest));

describe("the manifest", () => {
  test("every key that it names is in package.nls.json", () => {
    expect(usedKeys.length).toBeGreaterThan(10);
    expect(usedKeys.filter((key) => !(key in texts))).toEqual([]);
  });

  test("every key of package.nls.json is used", () => {
    expect(Object.keys(texts).filter((key) => !usedKeys.includes(key))).toEqual([]);
  });

  test("what VS Code shows of it is a key, or the product's name", () => {
    const { contributes, capabilities } = manifest;
    const plain = [...shownStrings(contributes, "contributes", false), ...shownStrings(capabilities, "capabilities", false)]
      .filter(({ text }) => text !== "dsco" && !/^%[^%]+%$/.test(text));
    expect(plain).toEqual([]);
  });
});

/** A string or template that reads like words for a user: two words or more, tags of a document and directives of its policy left out. */
const isProse = (text: string): boolean => /[A-Za-z]{2,}[^A-Za-z]* [^A-Za-z]*[A-Za-z]{2,}/.test(text.replace(/<[^>]*>/g, " ").replace(/^[a-z]+-[a-z]+ .*/, ""));

/** Prose of a source outside `l10n.t` and the log, which is for developers: `file:line text`. */
function plainProse(file: string, source: string): readonly string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(l10n\.t|(this\.)?output\.(trace|debug|info|warn|error)|console\.\w+)$/.test(node.expression.getText(tree))) return;
    const text = ts.isStringLiteralLike(node) ? node.text : ts.isTemplateExpression(node) ? [node.head, ...node.templateSpans.map(({ literal }) => literal)].map((part) => part.text).join("{}") : undefined;
    if (text !== undefined && isProse(text)) found.push(`${file}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1} ${text}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

describe("the client", () => {
  const files = sourceFiles("client/src").map((file) => ({ file, text: readFileSync(path.join(repository, file), "utf8") }));

  test("its sentences go through l10n.t", () => {
    expect(files.flatMap(({ file, text }) => plainProse(file, text))).toEqual([]);
  });

  test("each call of l10n.t begins with one literal, which the texts for translators hold", () => {
    const calls = files.reduce((sum, { text }) => sum + [...text.matchAll(/\bl10n\.t\(/g)].length, 0);
    expect(calls).toBeGreaterThan(20);
    expect(files.flatMap(({ text }) => textsOf(text))).toHaveLength(calls);
    const folder = path.join(repository, manifest.l10n);
    expect(existsSync(path.join(folder, "bundle.l10n.json"))).toBe(true);
  });

  test("a sentence that was forgotten would be found", () => {
    expect(plainProse("a.ts", 'window.showErrorMessage("The file is gone."); output.info("The file is gone."); l10n.t("The file {0} is gone", name);')).toEqual(["a.ts:1 The file is gone."]);
    expect(plainProse("a.ts", "const page = `<p class=\"{}\">Not <b>saved</b></p>`; const policy = \"default-src 'none'\";")).toHaveLength(1);
    expect(plainProse("a.ts", "const text = `It took ${n} seconds`;")).toEqual(["a.ts:1 It took {} seconds"]);
    expect(textsOf('l10n.t("a \\"b\\"", 1) l10n.t(\n  "c",\n)')).toEqual(['a "b"', "c"]);
  });
});
