// The npm package as a user of another editor gets it: packed, installed into an empty folder without a network, and asked
// by a plain client that has nothing of VS Code's.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import manifest from "../../../package.json";
import { createEditor, type Editor } from "../../kit/editor";
import { smallPlans } from "../../kit/plans";
import { repository } from "../../kit/repository";
import { overStdio, type Processes } from "../../kit/stdio-server";

let folder: string;
let processes: Processes;
const bin = () => path.join(folder, "project/node_modules/dsco", manifest.bin.dsco);

function run(command: string, args: readonly string[], cwd = repository) {
  // npm is a script on Windows, which only a shell runs.
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", shell: process.platform === "win32" && command === "npm" });
  if (error) throw error;
  return { status, stdout, stderr };
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "dsco-npm-"));
  expect(run(process.execPath, ["scripts/package-npm.mjs", "--out", folder])).toMatchObject({ status: 0 });
  const project = path.join(folder, "project");
  mkdirSync(project);
  writeFileSync(path.join(project, "package.json"), "{}");
  const install = ["install", "--offline", "--cache", path.join(folder, "cache"), path.join(folder, `dsco-${manifest.version}.tgz`)];
  expect(run("npm", install, project)).toMatchObject({ status: 0 });
  processes = overStdio([process.execPath, bin(), "lsp", "--stdio"], project);
});
afterAll(() => {
  processes.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe("the package", () => {
  test("is one package without any other, and says what it is", () => {
    const modules = path.join(folder, "project/node_modules");
    expect(readdirSync(modules).filter((name) => !name.startsWith("."))).toEqual(["dsco"]);
    const packed = JSON.parse(readFileSync(path.join(modules, "dsco/package.json"), "utf8")) as Record<string, unknown>;
    expect(packed).toMatchObject({ name: "dsco", version: manifest.version, license: "MIT", bin: { dsco: "bin/dsco.mjs" }, engines: { node: manifest.engines.node } });
    // Nothing of the extension: no manifest of its, no packages to install.
    for (const key of ["private", "dependencies", "devDependencies", "scripts", "contributes", "main"]) expect(packed).not.toHaveProperty(key);
  });

  test("checks a design and knows the standard library", () => {
    const project = path.join(folder, "project");
    writeFileSync(path.join(project, "design.dsco"), 'import { H100 } from "std:hardware/nvidia"\ngpu Mine extends H100 { memory = 96 GB }\nlet a = b\n');
    const checked = run(process.execPath, [bin(), "check", "design.dsco"], project);
    expect(checked).toMatchObject({ status: 1, stderr: "" });
    expect(checked.stdout).toContain("design.dsco:3:9: error DSCO2007");
    expect(run(process.execPath, [bin(), "--version"], project).stdout).toContain(manifest.version);
  });

  test("its program runs by its name", () => {
    expect(run("npm", ["exec", "--offline", "--", "dsco", "std"], path.join(folder, "project")).stdout).toContain("std:hardware/nvidia");
  });
});

/** What an editor without any extras says of itself. */
const plainCapabilities = (encoding: string) => ({ general: { positionEncodings: [encoding] }, textDocument: { hover: { contentFormat: ["plaintext"] } } });

interface Published {
  readonly uri: string;
  readonly diagnostics: readonly { readonly code: string; readonly range: { readonly start: { readonly line: number; readonly character: number } } }[];
}

async function start(encoding: string): Promise<{ readonly editor: Editor; readonly capabilities: Readonly<Record<string, unknown>> }> {
  const editor = createEditor(processes.connect);
  const answer = await editor.request<{ readonly capabilities: Readonly<Record<string, unknown>> }>("initialize", { processId: process.pid, rootUri: null, capabilities: plainCapabilities(encoding) });
  editor.notify("initialized", {});
  return { editor, capabilities: answer.capabilities };
}

async function published(editor: Editor, uri: string, wanted: (found: Published) => boolean): Promise<Published> {
  for (let look = 0; look < 500; look += 1) {
    const found = editor.notifications.findLast(({ method, params }) => method === "textDocument/publishDiagnostics" && (params as Published).uri === uri)?.params as Published | undefined;
    if (found && wanted(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no such diagnostics of ${uri} were pushed`);
}

describe.each(["utf-16", "utf-8"])("a plain editor, columns in %s", (encoding) => {
  const width = (text: string) => (encoding === "utf-8" ? Buffer.byteLength(text) : text.length);
  const uri = "file:///nowhere/plain.dsco";
  const document = { textDocument: { uri } };
  const before = "/* é🚀 */ ";
  const lines = smallPlans.split("\n").map((line) => (line.startsWith("  ") ? `${before}${line.trim()}` : line));
  const text = lines.join("\n");
  const placeOf = (wanted: string, offset = 0) => {
    const line = lines.findIndex((candidate) => candidate.includes(wanted));
    return { line, character: width((lines[line] ?? "").slice(0, (lines[line] ?? "").indexOf(wanted) + offset)) };
  };
  const whole = { ...document, range: { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } } };

  test("every feature that is announced answers, in plain words, and nothing is asked of the editor", async () => {
    const { editor, capabilities } = await start(encoding);
    expect(capabilities).toMatchObject({ positionEncoding: encoding, textDocumentSync: { openClose: true, change: 2 } });
    expect(capabilities).not.toHaveProperty("diagnosticProvider");
    editor.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text } });

    const hover = await editor.request<{ readonly contents: { readonly kind: string; readonly value: string }; readonly range: { readonly start: object } }>("textDocument/hover", { ...document, position: placeOf("hidden_size", 3) });
    expect(hover).toMatchObject({ contents: { kind: "plaintext" }, range: { start: placeOf("hidden_size"), end: placeOf("hidden_size", "hidden_size".length) } });
    expect(hover.contents.value).toContain("hidden_size");
    expect(hover.contents.value).not.toMatch(/\*\*|`/);

    interface Item { readonly label: string; readonly insertTextFormat?: number }
    const list = await editor.request<readonly Item[] | { readonly items: readonly Item[] }>("textDocument/completion", { ...document, position: placeOf("dp = auto") });
    const items = "items" in list ? list.items : list;
    expect(items.map(({ label }) => label)).toContain("tp");
    expect(items.filter(({ insertTextFormat }) => insertTextFormat === 2)).toEqual([]);

    const definition = await editor.request("textDocument/definition", { ...document, position: placeOf("model = Small", "model = ".length + 1) });
    expect(definition).toEqual({ uri, range: { start: placeOf("model Small", 6), end: placeOf("model Small", 11) } });

    const symbols = await editor.request<readonly { readonly name: string; readonly location: unknown }[]>("textDocument/documentSymbol", document);
    expect(symbols.map(({ name }) => name)).toContain("Train");
    expect(symbols[0]).toHaveProperty("location");

    expect(await editor.request("textDocument/foldingRange", document)).not.toEqual([]);
    expect(await editor.request("textDocument/formatting", { ...document, options: { tabSize: 2, insertSpaces: true } })).not.toEqual([]);
    const tokens = await editor.request<{ readonly data: readonly number[] }>("textDocument/semanticTokens/full", document);
    expect((await editor.request<typeof tokens>("textDocument/semanticTokens/range", whole)).data).toEqual(tokens.data);
    // The first token of the first line that begins with é and 🚀 stands where the editor counts it.
    let line = 0;
    const first = tokens.data.findIndex((delta, index) => index % 5 === 0 && (line += delta) === placeOf("hidden_size").line);
    expect(tokens.data.slice(first, first + 5).length).toBe(5);
    const columns: number[] = [];
    for (let index = first, character = 0; index < tokens.data.length && (index === first || tokens.data[index] === 0); index += 5) columns.push((character += tokens.data[index + 1] ?? 0));
    expect(columns).toContain(placeOf("hidden_size").character);

    expect(await editor.request("textDocument/inlayHint", whole)).not.toEqual([]);
    const lenses = await editor.request<readonly object[]>("textDocument/codeLens", document);
    const titles = await Promise.all(lenses.map(async (lens) => (await editor.request<{ readonly command?: { readonly title: string } }>("codeLens/resolve", lens)).command?.title));
    expect(titles.some((title) => title?.endsWith(" total"))).toBe(true);

    // What else is announced, whoever added it: asked once, answered without an error.
    const announced: Readonly<Record<string, readonly string[]>> = {
      referencesProvider: ["textDocument/references"], documentHighlightProvider: ["textDocument/documentHighlight"], renameProvider: ["textDocument/prepareRename", "textDocument/rename"],
      selectionRangeProvider: ["textDocument/selectionRange"], signatureHelpProvider: ["textDocument/signatureHelp"], documentLinkProvider: ["textDocument/documentLink"],
      documentRangeFormattingProvider: ["textDocument/rangeFormatting"], documentOnTypeFormattingProvider: ["textDocument/onTypeFormatting"], workspaceSymbolProvider: ["workspace/symbol"],
      codeActionProvider: ["textDocument/codeAction"],
    };
    const place = placeOf("hidden_size", 2);
    const params = { ...whole, position: place, positions: [place], context: { diagnostics: [], includeDeclaration: true }, newName: "Renamed", options: { tabSize: 2, insertSpaces: true }, ch: "\n", query: "Small" };
    for (const method of Object.keys(capabilities).flatMap((capability) => announced[capability] ?? [])) {
      const { error } = await editor.answer(editor.send(method, method.toLowerCase().endsWith("rename") ? { ...params, position: placeOf("model Small", 8) } : params));
      expect([method, error]).toEqual([method, undefined]);
    }
    expect(editor.complaints).toEqual([]);
    expect(editor.asked).toEqual([]);
    await editor.request("shutdown");
    editor.notify("exit");
    expect(await processes.ended.at(-1)).toEqual({ code: 0, errors: "" });
  });

  test("a name of the standard library leads to a file of the package, at its columns", async () => {
    const { editor } = await start(encoding);
    const design = 'import { DeepSeekV3 } from "std:models/deepseek"\nmodel Mine extends DeepSeekV3 { }\nmodel DeepSeekV3 { }\n';
    editor.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text: design } });
    const position = { line: 0, character: design.indexOf("DeepSeekV3") + 1 };
    const inLibrary = (places: readonly Place[]) => places.filter((place) => place.uri !== uri);
    const text = (place: Place) => {
      const line = Buffer.from(readFileSync(fileURLToPath(place.uri), "utf8").split("\n")[place.range.start.line] ?? "");
      // Of a line of ASCII, both countings.
      return line.toString("utf8", place.range.start.character, place.range.end.character);
    };
    interface Place { readonly uri: string; readonly range: { readonly start: { readonly line: number; readonly character: number }; readonly end: { readonly character: number } } }

    const definition = await editor.request<Place>("textDocument/definition", { ...document, position });
    expect(definition.uri).toBe(pathToFileURL(path.join(realpathSync(folder), "project/node_modules/dsco/dist/std/models/deepseek.dsco")).href);
    expect(text(definition)).toBe("DeepSeekV3");
    const references = inLibrary(await editor.request<readonly Place[]>("textDocument/references", { ...document, position, context: { includeDeclaration: true } }));
    expect(references.length).toBeGreaterThan(0);
    expect(references.map(text)).toEqual(references.map(() => "DeepSeekV3"));
    const links = await editor.request<readonly { readonly target: string }[]>("textDocument/documentLink", document);
    expect(links.map(({ target }) => target)).toEqual([definition.uri]);
    // The file is read as any other: no errors, and it is open there.
    const library = { textDocument: { uri: definition.uri } };
    editor.notify("textDocument/didOpen", { textDocument: { uri: definition.uri, languageId: "dsco", version: 1, text: readFileSync(fileURLToPath(definition.uri), "utf8") } });
    expect((await published(editor, definition.uri, () => true)).diagnostics).toEqual([]);
    expect(await editor.request("textDocument/documentSymbol", library)).not.toEqual([]);
    expect(editor.complaints).toEqual([]);
    editor.notify("exit");
    await processes.ended.at(-1);
  });

  test("diagnostics are pushed at the columns that the editor counts, and follow its edits", async () => {
    const { editor } = await start(encoding);
    editor.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text: "let a = 1\n/* é🚀 */ let b = c\n" } });
    const start1 = width("/* é🚀 */ let b = ");
    const first = await published(editor, uri, ({ diagnostics }) => diagnostics.length > 0);
    expect(first.diagnostics.map(({ range }) => range)).toEqual([{ start: { line: 1, character: start1 }, end: { line: 1, character: start1 + 1 } }]);
    const change = { range: { start: { line: 1, character: start1 }, end: { line: 1, character: start1 + 1 } }, text: "a + \"🚀\" + d" };
    editor.notify("textDocument/didChange", { textDocument: { uri, version: 2 }, contentChanges: [change] });
    const second = await published(editor, uri, ({ diagnostics }) => diagnostics.some(({ range }) => range.start.character !== start1));
    expect(second.diagnostics.map(({ range }) => range.start.character)).toContain(start1 + width("a + \"🚀\" + "));
    editor.notify("textDocument/didClose", document);
    await published(editor, uri, ({ diagnostics }) => diagnostics.length === 0);
    editor.notify("exit");
    expect(await processes.ended.at(-1)).toEqual({ code: 1, errors: "" });
  });
});

describe("the end", () => {
  test("of its input ends the server", async () => {
    const { editor } = await start("utf-16");
    editor.close();
    expect(await processes.ended.at(-1)).toEqual({ code: 1, errors: "" });
  });

  test("of the process that --clientProcessId names ends the server", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const watched = overStdio([process.execPath, bin(), "lsp", "--stdio", `--clientProcessId=${other.pid ?? 0}`]);
    const editor = createEditor(watched.connect);
    await editor.request("initialize", { processId: null, rootUri: null, capabilities: {} });
    other.kill("SIGKILL");
    expect((await watched.ended[0])?.code).toBe(1);
  });

  test("by force is not the end: another server says the same of the same text", async () => {
    const text = "let a = b\nmodel Small {\n  layerz = 2\n}\n";
    const uri = pathToFileURL(path.join(folder, "project/killed.dsco")).href;
    const found = async () => {
      const { editor } = await start("utf-16");
      editor.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text } });
      return published(editor, uri, ({ diagnostics }) => diagnostics.length > 0);
    };
    const first = await found();
    processes.kill();
    expect((await processes.ended.at(-1))?.code).toBeNull();
    expect(await found()).toEqual(first);
  });
});
