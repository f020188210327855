// What has gone wrong in other language servers: order, speed, life and death of documents and requests.
import { describe, expect, test } from "vitest";
import { createEditor } from "../../kit/editor";
import { editorsOfTests } from "../../kit/editors-of-tests";
import { hoverWords } from "../../kit/in-memory-editor";
import { connectInMemory, memoryHost } from "../../kit/in-memory-server";
import { smallPlans } from "../../kit/plans";

const main = "file:///design/main.dsco";
const codes = (found: readonly { readonly code: string }[]) => found.map(({ code }) => code);

const start = editorsOfTests();

describe("fast edits", () => {
  test("a hover between two edits says what was true of its own text, or that the text has changed", async () => {
    const editor = await start();
    const file = editor.open(main, "let size = 0\nlet twice = 2 * size\n");
    const asked: [number, number][] = [];
    for (let size = 1; size <= 50; size += 1) {
      file.replace(`size = ${size - 1}\n`, `size = ${size}\n`);
      asked.push([size, file.askHover("twice")]);
      // Now and then the server has the time to answer.
      if (size % 10 === 0) await editor.answer(asked.at(-1)?.[1] ?? 0);
    }
    const answers = await Promise.all(asked.map(async ([size, id]) => [size, await editor.answer(id)] as const));
    for (const [size, answer] of answers) {
      if (answer.error) expect(answer.error.code).toBe(-32801);
      else expect(hoverWords(answer)).toContain(`${2 * size}`);
    }
    expect(answers.filter(([, { error }]) => !error).map(([size]) => size)).toEqual([10, 20, 30, 40, 50]);
  });

  test("a lens of an earlier text shows the figures of the text as it is", async () => {
    const editor = await start();
    const file = editor.open(main, smallPlans);
    const [lens] = await editor.request<readonly object[]>("textDocument/codeLens", file.document);
    const before = await editor.request<{ readonly command: { readonly title: string } }>("codeLens/resolve", lens);
    file.replace("vocab_size = 32_000", "vocab_size = 64_000");
    const after = await editor.request<{ readonly command: { readonly title: string } }>("codeLens/resolve", lens);
    // 32,000 words more, in embedding and head of 1,024: 65.5M parameters more.
    const millions = ({ command }: typeof before) => Number(/^([\d.]+)M total$/.exec(command.title)?.[1]);
    expect(millions(after) - millions(before)).toBeCloseTo(65.536, 0);
  });

  test("a text that comes back with the same version number is another text", async () => {
    const editor = await start();
    const file = editor.open(main, "let first = 1\n");
    const hover = file.askHover("first");
    file.close();
    const again = editor.open(main, "let other = 2\n");
    expect((await editor.answer(hover)).error?.code).toBe(-32801);
    expect(await again.hover("other")).toContain("2");
  });
});

describe("cancelled requests", () => {
  test.each(["each right after it was sent", "all behind the last", "when some are under way"])("1,000, %s, are answered as cancelled, and the next is answered", async (when) => {
    const editor = await start();
    const file = editor.open(main, smallPlans);
    const whole = { ...file.document, range: { start: { line: 0, character: 0 }, end: { line: 60, character: 0 } }, position: { line: 4, character: 5 }, context: { diagnostics: [] } };
    const methods = ["hover", "completion", "codeLens", "diagnostic", "inlayHint", "codeAction", "semanticTokens/full", "documentSymbol", "definition", "formatting"];
    const begin = performance.now();
    const ids = Array.from({ length: 1000 }, (_, index) => {
      const id = editor.send(`textDocument/${methods[index % methods.length] ?? ""}`, whole);
      if (when.startsWith("each")) editor.notify("$/cancelRequest", { id });
      return id;
    });
    if (when.startsWith("when")) await new Promise((resolve) => setTimeout(resolve, 0));
    if (!when.startsWith("each")) for (const id of ids) editor.notify("$/cancelRequest", { id });
    const last = file.askHover("hidden_size");
    const answers = await Promise.all(ids.map((id) => editor.answer(id)));
    const cancelled = answers.filter(({ error }) => error?.code === -32800);
    expect(answers.filter(({ error }) => error && error.code !== -32800)).toEqual([]);
    // What was answered before its cancellation was read is an answer.
    expect(cancelled.length).toBeGreaterThan(when.startsWith("when") ? 900 : 999);
    expect(hoverWords(await editor.answer(last))).toContain("hidden_size");
    // Not computed one by one: each of them alone takes longer than a millisecond.
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  test("a cancellation that comes too late, twice, or for nobody changes nothing", async () => {
    const editor = await start();
    const file = editor.open(main, smallPlans);
    const id = file.askHover("hidden_size");
    await editor.answer(id);
    for (const cancelled of [id, id, 12_345, "nobody", null]) editor.notify("$/cancelRequest", { id: cancelled });
    expect(await file.hover("hidden_size")).toContain("hidden_size");
  });
});

describe("documents that come and go", () => {
  test("closed and opened again, a document is read from the disk by others and from the editor again", async () => {
    const editor = await start({ "library.dsco": "let shared = 4\n" });
    const user = editor.open(main, 'import { shared } from "./library.dsco"\nlet twice = 2 * shared\n');
    expect(await user.hover("twice")).toContain("8");
    const library = editor.open("file:///design/library.dsco", "let shared = 5\n");
    expect(await user.hover("twice")).toContain("10");
    library.close();
    expect(await user.hover("twice")).toContain("8");
    editor.open("file:///design/library.dsco", "let shared = 6\n");
    expect(await user.hover("twice")).toContain("12");
  });

  test("deleted and made again, a file is missed and found", async () => {
    const editor = await start({ "library.dsco": "let shared = 4\n" });
    const user = editor.open(main, 'import { shared } from "./library.dsco"\nlet twice = 2 * shared\n');
    const tell = (type: number) => editor.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: "file:///design/library.dsco", type }] });
    expect(codes(await user.diagnostics())).toEqual([]);
    editor.disk.delete("file:///design/library.dsco");
    tell(3);
    expect((await user.diagnostics()).map(({ message }) => message)).toContain('cannot import "./library.dsco": there is no such file');
    editor.disk.set("file:///design/library.dsco", "let shared = 40\n");
    tell(1);
    expect(codes(await user.diagnostics())).toEqual([]);
    expect(await user.hover("twice")).toContain("80");
  });

  test("renamed during a request: the old name's answer says so, the new name is answered", async () => {
    const editor = await start();
    const file = editor.open(main, smallPlans);
    const pending = [file.askHover("hidden_size"), editor.send("textDocument/codeLens", file.document), editor.send("textDocument/diagnostic", file.document)];
    file.close();
    const renamed = editor.open("file:///design/renamed.dsco", smallPlans);
    const answers = await Promise.all(pending.map((id) => editor.answer(id)));
    expect(answers.map(({ error }) => error?.code)).toEqual([-32801, -32801, -32802]);
    expect(await renamed.hover("hidden_size")).toContain("hidden_size");
    expect(await file.hover("hidden_size")).toBe("");
  });

  test("one file under two spellings of its address is one file", async () => {
    const editor = await start({}, { workspaceFolders: [{ uri: "file:///c%3A/design", name: "design" }] });
    const library = editor.open("file:///C:/design/library.dsco", "let shared = 4\n");
    const user = editor.open("file:///c%3A/design/user.dsco", 'import { shared } from "./library.dsco"\nlet twice = 2 * shared\n');
    expect(await user.hover("twice")).toContain("8");
    const definition = await editor.request<{ readonly uri: string }>("textDocument/definition", { ...user.document, position: { line: 0, character: 10 } });
    // As the editor spells it, or it would open a second copy.
    expect(definition.uri).toBe(library.uri);
    const twin = editor.open("file:///c%3A/design/library.dsco", "let shared = 5\n");
    expect(await user.hover("twice")).toContain("10");
    twin.close();
    expect(await user.hover("twice")).toContain("8");
  });

  test("a folder that is added to the workspace is one that imports may reach, and one that is removed is not", async () => {
    const disk = new Map([["file:///other/library.dsco", "let shared = 4\n"]]);
    let folders = [{ uri: "file:///design", name: "design" }];
    const editor = createEditor(connectInMemory(memoryHost(disk)), { "workspace/workspaceFolders": () => folders });
    await editor.request("initialize", { processId: null, rootUri: null, workspaceFolders: folders, capabilities: { workspace: { workspaceFolders: true }, textDocument: { diagnostic: {} } } });
    editor.notify("initialized", {});
    editor.notify("textDocument/didOpen", { textDocument: { uri: main, languageId: "dsco", version: 1, text: 'import { shared } from "../other/library.dsco"\nlet twice = 2 * shared\n' } });
    const found = async () => (await editor.request<{ readonly items: readonly { readonly message: string }[] }>("textDocument/diagnostic", { textDocument: { uri: main } })).items.map(({ message }) => message);
    const change = async (next: typeof folders) => {
      folders = next;
      editor.notify("workspace/didChangeWorkspaceFolders", { event: { added: [], removed: [] } });
      // The server asks for the folders, and is told, before it reads what follows.
      await editor.request("textDocument/foldingRange", { textDocument: { uri: main } });
      await editor.request("textDocument/foldingRange", { textDocument: { uri: main } });
    };
    expect(await found()).toContain('cannot import "../other/library.dsco": it lies outside the workspace');
    await change([...folders, { uri: "file:///other", name: "other" }]);
    expect(await found()).toEqual([]);
    await change(folders.slice(0, 1));
    expect(await found()).toContain('cannot import "../other/library.dsco": it lies outside the workspace');
    expect(editor.complaints).toEqual([]);
    editor.close();
  });

  test("an untitled document has figures, the standard library and no folder", async () => {
    const editor = await start();
    const file = editor.open("untitled:Untitled-1", 'import { H100 } from "std:hardware/nvidia"\nimport { a } from "./main.dsco"\ngpu Mine extends H100 { memory = 96 GB }\n');
    expect((await file.diagnostics()).map(({ message }) => message)).toContain('cannot import "./main.dsco": this file has no folder: save it first');
    expect(await file.hover("memory")).toContain("96 GB");
  });
});

describe("the two sides of a difference", () => {
  const git = "git:/design/main.dsco?%7B%22path%22%3A%22%2Fdesign%2Fmain.dsco%22%2C%22ref%22%3A%22HEAD%22%7D";
  interface Published { readonly uri: string; readonly version?: number; readonly diagnostics: readonly unknown[] }

  test("each has its own diagnostics, once", async () => {
    const editor = await start({}, { capabilities: {}, workspaceFolders: null });
    const published = () => editor.notifications.filter(({ method }) => method === "textDocument/publishDiagnostics").map(({ params }) => params as Published);
    const settled = async () => {
      await editor.request("textDocument/foldingRange", { textDocument: { uri: main } });
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const now = editor.open(main, "let a = b\n");
    const old = editor.open(git, "let a = 1\n");
    await settled();
    expect(published().map(({ uri, diagnostics }) => [uri, diagnostics.length])).toEqual([[main, 1], [git, 0]]);
    now.replace("b", "c");
    await settled();
    expect(published().slice(2).map(({ uri, version }) => [uri, version])).toEqual([[main, 2]]);
    old.close();
    await settled();
    expect(published().slice(3)).toEqual([{ uri: git, diagnostics: [] }]);
    expect(await now.hover("a")).not.toBe("");
  });
});

describe("before and after", () => {
  const initialize = { processId: null, rootUri: null, workspaceFolders: null, capabilities: {} };

  test("after a shutdown nothing is answered but with an error", async () => {
    const editor = await start();
    const file = editor.open(main, "let a = 1\n");
    await editor.request("shutdown");
    expect((await editor.answer(file.askHover("a"))).error?.code).toBe(-32600);
  });

  test("before it is initialized, a server says so", async () => {
    const editor = createEditor(connectInMemory(memoryHost(new Map())));
    editor.notify("textDocument/didOpen", { textDocument: { uri: main, languageId: "dsco", version: 1, text: "let a = b\n" } });
    expect((await editor.answer(editor.send("textDocument/diagnostic", { textDocument: { uri: main } }))).error?.code).toBe(-32002);
    await editor.request("initialize", initialize);
    // What came too early was dropped.
    expect(await editor.request("textDocument/hover", { textDocument: { uri: main }, position: { line: 0, character: 4 } })).toBeNull();
    editor.close();
    expect(editor.complaints).toEqual([]);
  });

  test("a second initialize is refused and changes nothing", async () => {
    const editor = await start();
    const file = editor.open(main, "let a = 1\n");
    expect((await editor.answer(editor.send("initialize", initialize))).error?.code).toBe(-32600);
    expect(await file.diagnostics()).toEqual([]);
  });

  test.each([
    ["no parameters", undefined], ["another shape", { textDocument: "a" }], ["an address that is none", { textDocument: { uri: 3 }, position: { line: 0, character: 0 } }],
    ["no position", { textDocument: { uri: main } }], ["a position before the text", { textDocument: { uri: main }, position: { line: -1, character: 0 } }],
    ["half a position", { textDocument: { uri: main }, position: { line: 0 } }], ["a broken position", { textDocument: { uri: main }, position: { line: 0.5, character: 0 } }],
  ])("a request with %s is refused", async (_what, params) => {
    const editor = await start();
    const file = editor.open(main, "let a = 1\n");
    expect((await editor.answer(editor.send("textDocument/hover", params))).error?.code).toBe(-32602);
    expect(await file.hover("a")).not.toBe("");
  });

  test.each(["completionItem/resolve", "codeLens/resolve", "dsco/agentTool", "workspace/symbol", "dsco/importConfig"])("%s without parameters is refused", async (method) => {
    const editor = await start();
    // By the handler, or by the protocol's library before it; a fault of the handler would be in the log.
    for (const params of [null, undefined]) expect([-32602, -32603]).toContain((await editor.answer(editor.send(method, params))).error?.code);
  });
});
