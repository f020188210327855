// Texts that editors hold and that break language servers: other line ends, marks and halves of characters, depth, size.
import { describe, expect, test } from "vitest";
import { editorsOfTests } from "../../kit/editors-of-tests";
import { placeAt, type FoundDiagnostic } from "../../kit/in-memory-editor";

const main = "file:///design/main.dsco";

const start = editorsOfTests();

const errors = (found: readonly FoundDiagnostic[]) => found.filter(({ severity }) => severity === 1);
const withoutHints = (found: readonly FoundDiagnostic[]) => found.map(({ code, range }) => ({ code, range }));

describe("line ends and marks", () => {
  const text = "let a = 4\nmodel Small {\n  layers = a // é🚀\n  hiden_size = 64\n}\nlet b = c\n";
  const lineEnds: readonly (readonly [string, (index: number) => string])[] = [
    ["CRLF", () => "\r\n"], ["CR", () => "\r"], ["LF", () => "\n"], ["mixed ends", (index) => ["\n", "\r\n", "\r"][index % 3] ?? "\n"],
  ];

  test.each(lineEnds)("%s: the same places as with LF, also after an edit, and one way back", async (_name, endOf) => {
    let index = 0;
    const other = text.replaceAll("\n", () => endOf(index++));
    const editor = await start();
    const [expected, file] = [editor.open("file:///design/lf.dsco", text), editor.open(main, other)];
    expect(withoutHints(await file.diagnostics())).toEqual(withoutHints(await expected.diagnostics()));
    expect((await file.diagnostics()).length).toBeGreaterThan(1);
    for (const each of [expected, file]) {
      each.replace("hiden_size", "hidden_size");
      each.replace("= a", "= a * 2");
    }
    expect(withoutHints(await file.diagnostics())).toEqual(withoutHints(await expected.diagnostics()));
    expect(await file.hover("a * 2")).toBe(await expected.hover("a * 2"));
  });

  test("a byte-order mark is no part of the first line's words", async () => {
    const editor = await start();
    const file = editor.open(main, `\ufeff${text}`);
    expect(errors(await file.diagnostics()).map(({ range }) => range.start)).toEqual([
      // The model lacks keys.
      { line: 1, character: 0 }, placeAt(file.text(), file.text().indexOf("hiden")), placeAt(file.text(), file.text().indexOf("c\n")),
    ]);
    expect(await file.hover("let a".slice(4))).toContain("4");
  });

  test("halves of characters, zeros and line separators are told as errors or left in comments, and nothing shifts", async () => {
    const editor = await start();
    const file = editor.open(main, "// \ud800 \udc00 \u0000 \u2028 \u0085\nlet \udfff = 1\nlet ok = 2\nlet bad = ko\n");
    const found = errors(await file.diagnostics());
    expect(found.map(({ range }) => range.start.line)).toContain(1);
    expect(found.at(-1)?.range).toEqual({ start: { line: 3, character: 10 }, end: { line: 3, character: 12 } });
    expect(await file.hover("ok")).toContain("2");
  });
});

describe("depth", () => {
  test.each([
    ["parentheses", (depth: number) => `let a = ${"(".repeat(depth)}1${")".repeat(depth)}\n`],
    ["open parentheses", (depth: number) => `let a = ${"(".repeat(depth)}\n`],
    ["lists", (depth: number) => `model M { layers = ${"[".repeat(depth)}1${"]".repeat(depth)} }\n`],
    ["blocks", (depth: number) => `model M {\n${"a b {\n".repeat(depth)}${"}\n".repeat(depth)}}\n`],
    ["minus signs", (depth: number) => `let a = ${"-".repeat(depth)}1\n`],
    ["sums", (depth: number) => `let a = 1${" + 1".repeat(depth)}\n`],
    ["powers", (depth: number) => `let a = 1${" ^ 1".repeat(depth)}\n`],
    ["constants", (depth: number) => `let a0 = 1\n${Array.from({ length: depth / 3 }, (_, index) => `let a${index + 1} = a${index}`).join("\n")}\n`],
    ["bases", (depth: number) => `model M0 { layers = 1 }\n${Array.from({ length: depth / 3 }, (_, index) => `model M${index + 1} extends M${index} { layers = 2 }`).join("\n")}\n`],
  ])("%s, thousands deep: every question has an answer", async (_what, textOf) => {
    const editor = await start();
    const file = editor.open(main, `${textOf(3_000)}let last = 7\n`);
    const whole = { ...file.document, range: { start: { line: 0, character: 0 }, end: { line: 9_999, character: 0 } }, position: { line: 0, character: 9 }, context: { diagnostics: [] } };
    for (const method of ["diagnostic", "documentSymbol", "foldingRange", "semanticTokens/full", "completion", "hover", "formatting", "inlayHint", "codeLens", "codeAction"]) {
      expect((await editor.answer(editor.send(`textDocument/${method}`, whole))).error, method).toBeUndefined();
    }
    expect(await file.hover("last")).toContain("7");
  });
});

describe("size", () => {
  const models = (count: number) => Array.from({ length: count }, (_, index) =>
    `/// Number ${index}.\nmodel M${index} {\n  layers = 2, hidden_size = 256, vocab_size = 1000\n  attention mha { heads = 4 }\n  ffn dense { intermediate_size = 512 }\n}\n\n`).join("");

  test("a file of 10,000 lines is right after an edit in its middle and one at its end", async () => {
    const editor = await start();
    const file = editor.open(main, models(1_429));
    expect(file.text().split("\n").length).toBeGreaterThan(10_000);
    expect(errors(await file.diagnostics())).toEqual([]);
    file.replace("model M700 {", "model M700 extends M701 {");
    file.replace("model M1428 {\n  layers", "model M1428 {\n  layerz");
    const found = await file.diagnostics();
    expect(errors(found).some(({ range }) => range.start.line === 1428 * 7 + 2)).toBe(true);
    const fresh = (await start()).open(main, file.text());
    expect(found).toEqual(await fresh.diagnostics());
    expect(await editor.request<readonly unknown[]>("textDocument/documentSymbol", file.document)).toHaveLength(1_429);
  });

  test("a file of more than 1 MB, on many lines or on one", async () => {
    const editor = await start();
    const lines = editor.open(main, `let a = b\n${"// a comment that says nothing, on a line of its own\n".repeat(25_000)}let c = d\n`);
    const line = editor.open("file:///design/line.dsco", `let a = "${"é🚀".repeat(400_000)}"\nlet b = c\n`);
    for (const file of [lines, line]) expect(file.text().length).toBeGreaterThan(1_000_000);
    expect(errors(await lines.diagnostics()).map(({ range }) => range.start.line)).toEqual([0, 25_001]);
    lines.replace("let c = d", "let c = 4");
    expect(errors(await lines.diagnostics()).map(({ range }) => range.start.line)).toEqual([0]);
    line.replace("b = c", "b = 2");
    expect(errors(await line.diagnostics()).filter(({ range }) => range.start.line === 1)).toEqual([]);
    expect(await line.hover("b = 2")).toContain("2");
  });

  test("500 files in a folder: an edit reaches whoever imports them", async () => {
    const names = Array.from({ length: 500 }, (_, index) => `file${index}`);
    const files = Object.fromEntries(names.map((name, index) => [`${name}.dsco`, `let ${name} = ${index}\n`]));
    const editor = await start(files);
    const user = editor.open(main, `${names.map((name) => `import { ${name} } from "./${name}.dsco"`).join("\n")}\nlet total = ${names.join(" + ")}\n`);
    expect(errors(await user.diagnostics())).toEqual([]);
    // 0 + 1 + … + 499
    expect(await user.hover("total")).toContain("124,750");
    const opened = names.slice(0, 100).map((name, index) => editor.open(`file:///design/${name}.dsco`, `let ${name} = ${index}\n`));
    opened[99]?.replace("= 99", "= 1099");
    expect(await user.hover("total")).toContain("125,750");
    for (const file of opened) file.close();
    expect(await user.hover("total")).toContain("124,750");
    editor.disk.delete("file:///design/file7.dsco");
    editor.notify("workspace/didChangeWatchedFiles", { changes: names.map((name) => ({ uri: `file:///design/${name}.dsco`, type: 2 })) });
    expect(errors(await user.diagnostics())[0]?.message).toBe('cannot import "./file7.dsco": there is no such file');
  });
});
