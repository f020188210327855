// What the editor asks for "Compare With…": what there is, and the page.
import { afterEach, describe, expect, test } from "vitest";
import type { ComparableDeclaration, DscoRequests } from "../../../server/src/lsp/protocol";
import { createEditor, type Editor } from "../../kit/editor";
import { connectInMemory, memoryHost } from "../../kit/in-memory-server";

const root = "file:///work/";
const model = (name: string, size: number) => `/// ${name} of this test. And more.
model ${name} {
  layers = 2, hidden_size = 8, vocab_size = 16, max_context = 32
  attention mha { heads = 2 }
  ffn dense { intermediate_size = ${size} }
}
`;

const editors: Editor[] = [];
afterEach(() => {
  for (const editor of editors.splice(0)) {
    expect(editor.complaints).toEqual([]);
    editor.close();
  }
});

async function start(open: Readonly<Record<string, string>>, disk: Readonly<Record<string, string>> = {}): Promise<Editor> {
  const files = new Map(Object.entries(disk).map(([name, text]) => [root + name, text]));
  const editor = createEditor(connectInMemory(memoryHost(files)));
  editors.push(editor);
  await editor.request("initialize", { processId: null, rootUri: null, capabilities: {}, workspaceFolders: [{ uri: root, name: "work" }] });
  editor.notify("initialized", {});
  for (const [name, text] of Object.entries(open)) editor.notify("textDocument/didOpen", { textDocument: { uri: root + name, languageId: "dsco", version: 1, text } });
  return editor;
}

const comparable = (editor: Editor, uri: string) => editor.request<readonly ComparableDeclaration[]>("dsco/comparable", { uri });
const compare = (editor: Editor, params: unknown) => editor.request<DscoRequests["dsco/compare"]["result"]>("dsco/compare", params);
const name = (uri: string, declaration: string) => ({ uri, declaration });

describe("dsco/comparable", () => {
  test("lists the document, the other files of the workspace and the library", async () => {
    const editor = await start({ "a.dsco": `${model("A", 16)}\nlet three = 3\noperator Mix {\n}\n${model("B", 32)}` }, { "a.dsco": "stale", "sub/c.dsco": model("C", 64) });
    const found = await comparable(editor, `${root}a.dsco`);
    expect(found.slice(0, 3)).toEqual([
      { uri: `${root}a.dsco`, declaration: "A", kind: "model", summary: "A of this test.", range: { start: { line: 1, character: 0 }, end: { line: 5, character: 1 } } },
      { uri: `${root}a.dsco`, declaration: "B", kind: "model", summary: "B of this test.", range: { start: { line: 11, character: 0 }, end: { line: 15, character: 1 } } },
      expect.objectContaining({ uri: `${root}sub/c.dsco`, declaration: "C" }),
    ]);
    expect(found).toContainEqual(expect.objectContaining({ uri: "dsco-std:/models/deepseek.dsco", declaration: "DeepSeekV3", kind: "model" }));
    expect(found).toContainEqual(expect.objectContaining({ uri: "dsco-std:/hardware/nvidia.dsco", declaration: "H100", kind: "gpu" }));
  });

  test("knows the names of a broken document, the first of two with one name", async () => {
    const editor = await start({ "a.dsco": `${model("A", 16)}${model("A", 32)}model B {\n  layers = \n` });
    const found = (await comparable(editor, `${root}a.dsco`)).filter(({ uri }) => uri === `${root}a.dsco`);
    expect(found.map(({ declaration, range }) => [declaration, range.start.line])).toEqual([["A", 1], ["B", 12]]);
  });
});

describe("dsco/compare", () => {
  test("gives the page of two declarations, also of another file and of the library", async () => {
    const editor = await start({ "a.dsco": model("A", 16) }, { "c.dsco": model("C", 64) });
    const own = await compare(editor, { left: name(`${root}a.dsco`, "A"), right: name(`${root}c.dsco`, "C") });
    expect(own?.markdown.startsWith("# model `A` against `C`\n")).toBe(true);
    // a link to where each was written
    expect(own?.markdown).toContain("| `ffn dense.intermediate_size` | [`16`](file:///work/a.dsco#L5) | [`64`](file:///work/c.dsco#L5) |");
    const library = await compare(editor, { left: name(`${root}a.dsco`, "A"), right: name("dsco-std:/models/deepseek.dsco", "DeepSeekV3") });
    expect(library?.markdown).toContain("| Parameters | 1576 | 671.0B | x 425.8M | `total_params` |");
  });

  test("follows the text", async () => {
    const editor = await start({ "a.dsco": `${model("A", 16)}${model("B", 32)}` });
    const params = { left: name(`${root}a.dsco`, "A"), right: name(`${root}a.dsco`, "B") };
    expect((await compare(editor, params))?.markdown).toContain("[`32`]");
    editor.notify("textDocument/didChange", { textDocument: { uri: `${root}a.dsco`, version: 2 }, contentChanges: [{ text: `${model("A", 16)}${model("B", 16)}` }] });
    expect((await compare(editor, params))?.markdown).toContain("\nNo fact differs.\n");
  });

  test("says how a context is stated here", async () => {
    const without = model("A", 16).replace(", max_context = 32", "");
    const editor = await start({ "a.dsco": `${without}${without.replace("model A", "model B")}` });
    const found = await compare(editor, { left: name(`${root}a.dsco`, "A"), right: name(`${root}a.dsco`, "B") });
    expect(found?.markdown).toContain("no context is given: the setting `dsco.contextLength` states one.");
  });

  test("has nothing of what is gone, of two kinds, or of what cannot be compared", async () => {
    const editor = await start({ "a.dsco": `${model("A", 16)}operator Mix {\n}\nlet three = 3\n` });
    const a = name(`${root}a.dsco`, "A");
    for (const other of [name(`${root}a.dsco`, "Gone"), name(`${root}gone.dsco`, "A"), name("dsco-std:/hardware/nvidia.dsco", "H100"), name(`${root}a.dsco`, "three")]) {
      expect(await compare(editor, { left: a, right: other })).toBeNull();
    }
    expect(await compare(editor, { left: name(`${root}a.dsco`, "Mix"), right: name(`${root}a.dsco`, "Mix") })).toBeNull();
  });

  test.each([{}, { left: 1, right: 2 }, { left: { uri: `${root}a.dsco`, declaration: "A" } }, { left: { uri: 1, declaration: "A" }, right: { uri: "a", declaration: "A" } }])(
    "refuses parameters that name no two declarations: %j", async (params) => {
      const editor = await start({ "a.dsco": model("A", 16) });
      expect((await editor.answer(editor.send("dsco/compare", params))).error).toMatchObject({ code: -32602, message: "The request names no two declarations." });
    });
});
