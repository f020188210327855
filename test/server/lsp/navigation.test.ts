// Where names lead and stand, over the files of a folder of which only some are open: of VS Code, and of an editor that
// announces nothing beyond the protocol's first version.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { design } from "../../bench/content";
import { buildServer } from "./built-server";
import { Client } from "./client";

interface Position { readonly line: number; readonly character: number }
interface Range { readonly start: Position; readonly end: Position }
interface Location { readonly uri: string; readonly range: Range }
interface TextEdit { readonly range: Range; readonly newText: string }
interface WorkspaceEdit {
  readonly changes?: Readonly<Record<string, readonly TextEdit[]>>;
  readonly documentChanges?: readonly { readonly textDocument: { readonly uri: string; readonly version: number | null }; readonly edits: readonly TextEdit[] }[];
}
interface Symbol { readonly name: string; readonly kind: number; readonly containerName: string; readonly location: Location }
interface Selection { readonly range: Range; readonly parent?: Selection }

const everything = {
  workspace: { workspaceFolders: true, workspaceEdit: { documentChanges: true }, fileOperations: { willRename: true }, didChangeWatchedFiles: { dynamicRegistration: true } },
  textDocument: { diagnostic: {}, definition: { linkSupport: true }, rename: { prepareSupport: true }, documentLink: { tooltipSupport: true } },
};

const main = 'import { width } from "./sizes.dsco" // arXiv:2412.19437\n\nmodel Small {\n  layers = 2\n  hidden_size = width\n}\n';
const sizes = "/* 🚀 */ let width = 64\r\nlet twice = 2 * width\r\n";
const requestFailed = -32803;
const requestCancelled = -32800;

let server: Awaited<ReturnType<typeof buildServer>>;
let folder: string;
const clients: Client[] = [];

beforeAll(async () => {
  server = await buildServer();
});
afterAll(() => server.remove());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "dsco-navigation-"));
  write("main.dsco", main);
  write("sizes.dsco", sizes);
  write("deep/other.dsco", 'import { width as own } from "../sizes.dsco"\nlet a = own\n');
  write("foreign.dsco", "let width = 1\n");
});
afterEach(() => {
  for (const client of clients.splice(0)) client.kill();
  rmSync(folder, { recursive: true, force: true });
});

const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;

function write(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

async function start(capabilities: object, initializationOptions?: object) {
  const client = new Client([process.execPath, server.file, "--stdio"]);
  clients.push(client);
  const { capabilities: offered } = await client.request<{ readonly capabilities: Readonly<Record<string, unknown>> }>("initialize", {
    processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities, initializationOptions,
  });
  client.notify("initialized", {});
  const open = (name: string, text: string, version = 1) => client.notify("textDocument/didOpen", { textDocument: { uri: uriOf(name), languageId: "dsco", version, text } });
  const at = (name: string, text: string, wanted: string, offset = 0) => {
    const lines = text.slice(0, text.indexOf(wanted) + offset).split(/\r\n|\n/);
    return { textDocument: { uri: uriOf(name) }, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
  };
  return { client, offered, open, at };
}

const places = (found: readonly Location[]) => found.map(({ uri, range: { start } }) => `${path.posix.relative(new URL(uriOf(".")).pathname, new URL(uri).pathname)}:${start.line}:${start.character}`).sort();

const everyWidth = ["deep/other.dsco:0:9", "deep/other.dsco:0:18", "deep/other.dsco:1:8", "main.dsco:0:9", "main.dsco:4:16", "sizes.dsco:0:13", "sizes.dsco:1:16"].sort();

describe.each([["an editor that can do everything", everything], ["an editor that announces nothing", {}]])("%s", (_name, capabilities) => {
  test("finds the references in files that it has not opened", async () => {
    const { client, open, at } = await start(capabilities);
    open("main.dsco", main);
    const place = at("main.dsco", main, "= width", 4);
    expect(places(await client.request("textDocument/references", { ...place, context: { includeDeclaration: true } }))).toEqual(everyWidth);
    expect(places(await client.request("textDocument/references", { ...place, context: { includeDeclaration: false } }))).toEqual(everyWidth.filter((one) => one !== "sizes.dsco:0:13"));
    expect(await client.request("textDocument/documentHighlight", place)).toEqual([
      { range: { start: { line: 0, character: 9 }, end: { line: 0, character: 14 } }, kind: 2 }, { range: { start: { line: 4, character: 16 }, end: { line: 4, character: 21 } }, kind: 2 },
    ]);
  });

  test("sees what has changed since in a file that is not open", async () => {
    const { client, open, at } = await start(capabilities);
    open("main.dsco", main);
    const ask = () => client.request<Location[]>("textDocument/references", { ...at("main.dsco", main, "= width", 4), context: { includeDeclaration: true } });
    expect(places(await ask())).toEqual(everyWidth);
    write("new.dsco", 'import { width } from "./sizes.dsco"\n');
    write("deep/other.dsco", "let a = 1\n");
    if (capabilities === everything) {
      client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf("new.dsco"), type: 1 }, { uri: uriOf("deep/other.dsco"), type: 2 }] });
    }
    expect(places(await ask())).toEqual([...everyWidth.filter((one) => !one.startsWith("deep")), "new.dsco:0:9"].sort());
  });

  test("finds a text that it has changed and not saved", async () => {
    const { client, open, at } = await start(capabilities);
    open("main.dsco", main);
    const unsaved = `// one line more\n${sizes}`;
    open("sizes.dsco", unsaved);
    const found = await client.request<Location[]>("textDocument/references", { ...at("main.dsco", main, "= width", 4), context: { includeDeclaration: true } });
    expect(places(found)).toContain("sizes.dsco:1:13");
  });

  test("renames in all files, with the version of those that are open", async () => {
    const { client, open, at } = await start(capabilities);
    open("main.dsco", main, 7);
    const edit = await client.request<WorkspaceEdit>("textDocument/rename", { ...at("main.dsco", main, "= width", 4), newName: "size" });
    const byFile = edit.changes ?? Object.fromEntries((edit.documentChanges ?? []).map(({ textDocument, edits }) => [textDocument.uri, edits]));
    expect(Object.keys(byFile).sort()).toEqual(["deep/other.dsco", "main.dsco", "sizes.dsco"].map(uriOf));
    // The columns behind an emoji, of a file with CRLF.
    expect(byFile[uriOf("sizes.dsco")]).toEqual([
      { range: { start: { line: 0, character: 13 }, end: { line: 0, character: 18 } }, newText: "size" }, { range: { start: { line: 1, character: 16 }, end: { line: 1, character: 21 } }, newText: "size" },
    ]);
    expect(byFile[uriOf("deep/other.dsco")]).toHaveLength(1);
    if (capabilities !== everything) return expect(edit.documentChanges).toBeUndefined();
    expect(Object.fromEntries((edit.documentChanges ?? []).map(({ textDocument: { uri, version } }) => [path.posix.basename(uri), version]))).toEqual({ "main.dsco": 7, "other.dsco": null, "sizes.dsco": null });
  });

  test("is told why a name cannot be changed", async () => {
    const { client, open, at } = await start(capabilities);
    open("main.dsco", main);
    const key = at("main.dsco", main, "layers");
    const refused = { code: requestFailed, message: "`layers` is a key of the language: its name is fixed." };
    expect((await client.send("textDocument/prepareRename", key).message).error).toMatchObject(refused);
    expect((await client.send("textDocument/rename", { ...key, newName: "x" }).message).error).toMatchObject(refused);
    const name = at("main.dsco", main, "width");
    expect(await client.request("textDocument/prepareRename", name)).toEqual({ range: { start: { line: 0, character: 9 }, end: { line: 0, character: 14 } }, placeholder: "width" });
    expect((await client.send("textDocument/rename", { ...name, newName: "twice" }).message).error).toMatchObject({ message: "`twice` is already the name of a constant at sizes.dsco:2." });
  });

  test("finds the declarations of all files by some of their letters", async () => {
    const { client } = await start(capabilities);
    const names = async (query: string) => (await client.request<Symbol[]>("workspace/symbol", { query })).map(({ name, location }) => `${name} ${path.posix.basename(location.uri)}`).sort();
    expect(await names("wdt")).toEqual(["width foreign.dsco", "width sizes.dsco"]);
    expect(await names("SM")).toEqual(["Small main.dsco"]);
    expect(await names("")).toEqual(["Small main.dsco", "a other.dsco", "twice sizes.dsco", "width foreign.dsco", "width sizes.dsco"]);
    expect(await names("nothing")).toEqual([]);
  });

  test("selects more and more", async () => {
    const { client, open, at } = await start(capabilities);
    open("main.dsco", main);
    const { textDocument, position } = at("main.dsco", main, "= width", 4);
    const [first] = await client.request<Selection[]>("textDocument/selectionRange", { textDocument, positions: [position] });
    const lengths: string[] = [];
    for (let one = first; one; one = one.parent) lengths.push(`${one.range.start.line}:${one.range.start.character}-${one.range.end.line}:${one.range.end.character}`);
    expect(lengths).toEqual(["4:16-4:21", "4:2-4:21", "3:2-4:21", "2:12-5:1", "2:0-5:1", "0:0-6:0"]);
  });
});

describe("what an editor is offered", () => {
  test("renaming with a look at the name first, and edits before a file is renamed, where it knows them", async () => {
    expect((await start(everything)).offered).toMatchObject({
      referencesProvider: true, documentHighlightProvider: true, renameProvider: { prepareProvider: true }, workspaceSymbolProvider: true, selectionRangeProvider: true,
      workspace: { workspaceFolders: { supported: true }, fileOperations: { willRename: { filters: [{ pattern: { glob: "**/*.dsco", matches: "file" } }, { pattern: { glob: "**", matches: "folder" } }] } } },
    });
    const { offered } = await start({});
    expect(offered["renameProvider"]).toBe(true);
    expect(offered["workspace"]).toEqual({ workspaceFolders: { supported: true, changeNotifications: true } });
  });

  test("links to files and papers; to the standard library where it can be shown", async () => {
    const text = `import { H800 } from "std:hardware/nvidia"\n${main}`;
    const links = async (capabilities: object, options?: object) => {
      const { client, open } = await start(capabilities, options);
      open("main.dsco", text);
      return client.request<{ readonly target: string; readonly tooltip?: string }[]>("textDocument/documentLink", { textDocument: { uri: uriOf("main.dsco") } });
    };
    expect((await links({})).map(({ target, tooltip }) => [target, tooltip])).toEqual([[uriOf("sizes.dsco"), undefined], ["https://arxiv.org/abs/2412.19437", undefined]]);
    expect((await links(everything, { readsLibrary: true })).map(({ target, tooltip }) => [target, tooltip])).toEqual([
      ["dsco-std:/hardware/nvidia.dsco", "Open this part of the standard library"], [uriOf("sizes.dsco"), "Open this file"], ["https://arxiv.org/abs/2412.19437", "Open arXiv 2412.19437"],
    ]);
  });

  test("nothing leads where the editor cannot go: an editor that does not read the standard library, and no file of it", async () => {
    const text = 'import { H800 } from "std:hardware/nvidia"\nhardware H { gpu = H800 }\n';
    const asked = async (options?: object) => {
      const { client, open, at } = await start(everything, options);
      open("main.dsco", text);
      const place = at("main.dsco", text, "H800");
      return JSON.stringify(await Promise.all([
        client.request("textDocument/definition", place), client.request("textDocument/references", { ...place, context: { includeDeclaration: true } }),
        client.request("textDocument/documentLink", { textDocument: { uri: uriOf("main.dsco") } }), client.request("textDocument/hover", place),
      ]));
    };
    expect(await asked({ readsLibrary: true })).toContain("dsco-std:");
    expect(await asked()).not.toContain("dsco-std:");
    expect(await asked({ runsCommands: true })).not.toContain("dsco-std:");
  });

  test("references in the standard library where it can be shown", async () => {
    const text = 'import { H800 } from "std:hardware/nvidia"\nhardware H { gpu = H800 }\n';
    const uris = async (options?: object) => {
      const { client, open, at } = await start(everything, options);
      open("main.dsco", text);
      return (await client.request<Location[]>("textDocument/references", { ...at("main.dsco", text, "H800"), context: { includeDeclaration: true } })).map(({ uri }) => uri);
    };
    expect(new Set(await uris())).toEqual(new Set([uriOf("main.dsco")]));
    expect(await uris({ readsLibrary: true })).toContain("dsco-std:/hardware/nvidia.dsco");
  });
});

describe("a file that gets another name", () => {
  const moved = (from: string, to: string) => ({ files: [{ oldUri: uriOf(from), newUri: uriOf(to) }] });

  test("has it in the imports of all files", async () => {
    const { client } = await start(everything);
    const edit = await client.request<WorkspaceEdit>("workspace/willRenameFiles", moved("sizes.dsco", "deep/er/my sizes.dsco"));
    expect(Object.fromEntries((edit.documentChanges ?? []).map(({ textDocument, edits }) => [path.posix.basename(textDocument.uri), edits.map(({ newText }) => newText)]))).toEqual({
      "main.dsco": ["./deep/er/my sizes.dsco"], "other.dsco": ["./er/my sizes.dsco"],
    });
  });

  test("takes its own imports along; a folder too", async () => {
    const { client } = await start(everything);
    const edit = await client.request<WorkspaceEdit>("workspace/willRenameFiles", moved("deep", "one/two"));
    expect(edit.documentChanges?.map(({ textDocument, edits }) => [textDocument.uri, edits.map(({ newText }) => newText)])).toEqual([[uriOf("deep/other.dsco"), ["../../sizes.dsco"]]]);
    expect(await client.request("workspace/willRenameFiles", moved("foreign.dsco", "alien.dsco"))).toBeNull();
  });
});

test("without a folder, the files that the open ones import are searched", async () => {
  const client = new Client([process.execPath, server.file, "--stdio"]);
  clients.push(client);
  await client.request("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
  client.notify("initialized", {});
  client.notify("textDocument/didOpen", { textDocument: { uri: uriOf("main.dsco"), languageId: "dsco", version: 1, text: main } });
  const edit = await client.request<WorkspaceEdit>("textDocument/rename", { textDocument: { uri: uriOf("main.dsco") }, position: { line: 0, character: 10 }, newName: "size" });
  expect(Object.keys(edit.changes ?? {}).sort()).toEqual(["main.dsco", "sizes.dsco"].map(uriOf));
});

test("a cancelled search ends with an error, not with half an answer", async () => {
  for (let index = 0; index < 300; index += 1) write(`many/file${index}.dsco`, 'import { width } from "../sizes.dsco"\nlet a = width\n');
  const { client, open, at } = await start(everything);
  open("main.dsco", main);
  const { id, message } = client.send("textDocument/references", { ...at("main.dsco", main, "= width", 4), context: { includeDeclaration: true } });
  client.notify("$/cancelRequest", { id });
  expect((await message).error?.code).toBe(requestCancelled);
  const all = await client.request<Location[]>("textDocument/references", { ...at("main.dsco", main, "= width", 4), context: { includeDeclaration: true } });
  expect(all).toHaveLength(everyWidth.length + 600);
});

test("the outline of a long file lets other questions pass", async () => {
  const text = design(3000);
  const { client, open, at } = await start(everything);
  open("long.dsco", text);
  const place = at("long.dsco", text, "hidden_0 / 2", 2);
  await client.request("textDocument/definition", place);
  const order: string[] = [];
  client.cork();
  const outline = client.request<unknown[]>("textDocument/documentSymbol", { textDocument: place.textDocument }).then((found) => order.push(`outline of ${found.length}`));
  const definition = client.request<unknown>("textDocument/definition", place).then(() => order.push("definition"));
  client.uncork();
  await Promise.all([outline, definition]);
  expect(order).toEqual(["definition", expect.stringMatching(/^outline of \d\d\d$/)]);
});

const position = { line: 0, character: 10 };

test.each([
  ["a place", "textDocument/references", { context: { includeDeclaration: true } }], ["a context", "textDocument/references", { position }],
  ["a place", "textDocument/rename", { newName: "x" }], ["a new name", "textDocument/rename", { position }], ["places", "textDocument/selectionRange", {}],
  ["a query", "workspace/symbol", {}], ["files", "workspace/willRenameFiles", { files: [{ oldUri: 3 }] }],
])("without %s %s is refused", async (_what, method, rest) => {
  const { client, open } = await start(everything);
  open("main.dsco", main);
  expect((await client.send(method, { textDocument: { uri: uriOf("main.dsco") }, ...rest }).message).error?.code).toBe(-32602);
});
