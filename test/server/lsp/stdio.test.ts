// The built server in a process of its own, as an editor runs it.
import { fork, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { repository } from "../../kit/repository";
import { buildServer } from "./built-server";
import { Client, pullCapabilities, pushCapabilities } from "./client";

interface Position { readonly line: number; readonly character: number }
interface Range { readonly start: Position; readonly end: Position }
interface Diagnostic {
  readonly range: Range; readonly code: string; readonly message: string; readonly severity: number;
  readonly codeDescription: { readonly href: string };
}
interface Report { readonly kind: "full" | "unchanged"; readonly resultId: string; readonly items?: readonly Diagnostic[] }
interface Lens { readonly range: Range; readonly command?: { readonly title: string; readonly command: string; readonly arguments: readonly unknown[] } }
interface TextEdit { readonly range: Range; readonly newText: string }
interface CodeAction {
  readonly title: string; readonly kind: string; readonly isPreferred: boolean; readonly diagnostics: readonly Diagnostic[];
  readonly edit: { readonly changes: Readonly<Record<string, readonly TextEdit[]>> };
}
interface Published { readonly uri: string; readonly version?: number; readonly diagnostics: readonly Diagnostic[] }

const deepseek = readFileSync(path.join(repository, "examples/deepseek-v3.dsco"), "utf8");
const requestCancelled = -32800;
const contentModified = -32801;
const serverCancelled = -32802;

let server: Awaited<ReturnType<typeof buildServer>>;
let folder: string;
const clients: Client[] = [];

beforeAll(async () => {
  server = await buildServer();
  folder = mkdtempSync(path.join(tmpdir(), "dsco-workspace-"));
});
afterAll(() => {
  server.remove();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.kill();
});

interface Options {
  readonly capabilities?: object;
  readonly settings?: () => unknown;
  readonly folders?: readonly string[];
  readonly processId?: number | null;
  readonly initializationOptions?: object;
}

function launch(args: readonly string[] = ["--stdio"], settings: () => unknown = () => ({})): Client {
  const client = new Client([process.execPath, server.file, ...args], { "workspace/configuration": () => [settings()] });
  clients.push(client);
  return client;
}

async function start({ capabilities = pullCapabilities, settings, folders = [], processId = process.pid, initializationOptions }: Options = {}): Promise<Client> {
  const client = launch(["--stdio"], settings);
  await client.request("initialize", {
    processId, rootUri: null, capabilities, initializationOptions,
    workspaceFolders: folders.length === 0 ? null : folders.map((name) => ({ uri: pathToFileURL(name).href, name: path.basename(name) })),
  });
  client.notify("initialized", {});
  return client;
}

/** A document in the editor: its text here follows the changes that are sent. */
function open(client: Client, text: string, uri = "file:///designs/design.dsco") {
  let version = 1;
  let current = text;
  client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version, text } });
  const document = { textDocument: { uri } };
  return {
    uri,
    document,
    text: () => current,
    version: () => version,
    position: (wanted: string, offset = 0): Position => positionAt(current, indexOf(current, wanted) + offset),
    /** Replaces the first occurrence of a text by an incremental change. */
    replace: (wanted: string, replacement: string) => {
      const at = indexOf(current, wanted);
      const range = { start: positionAt(current, at), end: positionAt(current, at + wanted.length) };
      current = current.slice(0, at) + replacement + current.slice(at + wanted.length);
      client.notify("textDocument/didChange", { textDocument: { uri, version: (version += 1) }, contentChanges: [{ range, text: replacement }] });
    },
    change: (contentChanges: readonly object[], after: string) => {
      current = after;
      client.notify("textDocument/didChange", { textDocument: { uri, version: (version += 1) }, contentChanges });
    },
    diagnostics: async () => (await client.request<Report>("textDocument/diagnostic", document)).items ?? [],
    unresolvedLenses: () => client.request<readonly Lens[]>("textDocument/codeLens", document),
    /** The resolved lenses of one declaration. */
    lenses: async (declaration = "DeepSeekV3") => {
      const lenses = await client.request<readonly Lens[]>("textDocument/codeLens", document);
      const resolved = await Promise.all(lenses.map((lens) => client.request<Lens>("codeLens/resolve", lens)));
      return resolved.filter(({ command }) => (command?.arguments?.[0] as { readonly declaration: string } | undefined)?.declaration === declaration);
    },
    hover: async (wanted: string, offset = 1) => {
      const found = await client.request<{ readonly contents: { readonly kind: string; readonly value: string } } | null>(
        "textDocument/hover", { ...document, position: positionAt(current, indexOf(current, wanted) + offset) },
      );
      return found?.contents;
    },
  };
}

function indexOf(text: string, wanted: string): number {
  const at = text.indexOf(wanted);
  expect(at, `the text holds ${JSON.stringify(wanted)}`).toBeGreaterThanOrEqual(0);
  return at;
}

function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

function applied(text: string, edits: readonly TextEdit[]): string {
  const offset = ({ line, character }: Position) => {
    const before = text.split(/(?<=\n)/).slice(0, line).join("");
    return before.length + character;
  };
  return [...edits]
    .sort((left, right) => offset(right.range.start) - offset(left.range.start))
    .reduce((result, edit) => result.slice(0, offset(edit.range.start)) + edit.newText + result.slice(offset(edit.range.end)), text);
}

describe("start and end", () => {
  test("an editor that asks for diagnostics is offered them, in UTF-16 and with incremental changes", async () => {
    const client = launch();
    const { capabilities, serverInfo } = await client.request<{ readonly capabilities: Record<string, unknown>; readonly serverInfo: { readonly name: string } }>(
      "initialize", { processId: process.pid, rootUri: null, workspaceFolders: null, capabilities: pullCapabilities });
    expect(serverInfo.name).toBe("dsco");
    expect(capabilities).toMatchObject({
      positionEncoding: "utf-16", textDocumentSync: { openClose: true, change: 2 }, codeLensProvider: { resolveProvider: true },
      diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: true },
    });
  });

  test("an editor that does not ask is not offered pulled diagnostics", async () => {
    const client = launch();
    const { capabilities } = await client.request<{ readonly capabilities: object }>(
      "initialize", { processId: null, rootUri: null, workspaceFolders: null, capabilities: pushCapabilities });
    expect(capabilities).not.toHaveProperty("diagnosticProvider");
  });

  test("the exit code is 0 after a shutdown and 1 without", async () => {
    const tidy = await start();
    await tidy.request("shutdown");
    tidy.notify("exit", undefined);
    expect(await tidy.exited).toBe(0);
    const hasty = await start();
    hasty.notify("exit", undefined);
    expect(await hasty.exited).toBe(1);
  });

  test("the server ends when its input ends", async () => {
    const client = await start();
    client.endInput();
    expect(await client.exited).toBe(1);
  });

  test("the server ends when the editor's process dies", async () => {
    const editor = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const client = await start({ processId: editor.pid ?? null });
    editor.kill("SIGKILL");
    expect(await client.exited).toBe(1);
  }, 15_000);

  test("Node's own channel, by which the extension starts it, works as well", async () => {
    const child = fork(server.file, ["--node-ipc"], { silent: true });
    try {
      const answer = new Promise<unknown>((resolve) => child.once("message", resolve));
      child.send({ jsonrpc: "2.0", id: 1, method: "initialize", params: { processId: process.pid, rootUri: null, workspaceFolders: null, capabilities: pullCapabilities } });
      expect(await answer).toMatchObject({ id: 1, result: { serverInfo: { name: "dsco" } } });
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.disconnect();
      expect(await exited).toBeTypeOf("number");
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("a command line that names no channel is one sentence", async () => {
    const client = launch([]);
    expect(await client.exited).toBe(2);
    expect(client.errors).toBe("dsco: the language server needs --stdio, --node-ipc, --pipe=NAME or --socket=PORT.\n");
  });
});

describe("diagnostics", () => {
  test("are pulled, with a link to the page of the code, and not pushed as well", async () => {
    const client = await start();
    const file = open(client, deepseek.replace("hidden_size", "hiden_size"));
    const report = await client.request<Report>("textDocument/diagnostic", file.document);
    expect(report.kind).toBe("full");
    const error = report.items?.find((item) => item.severity === 1);
    expect(error).toMatchObject({ code: "DSCO2020", range: { start: file.position("hiden_size"), end: file.position("hiden_size", "hiden_size".length) } });
    expect(error?.message).toContain("hidden_size");
    expect(error?.codeDescription.href).toMatch(/\/DSCO2020\.md$/);
    await client.request("textDocument/documentSymbol", file.document);
    expect(client.notifications.map(({ method }) => method)).not.toContain("textDocument/publishDiagnostics");
  });

  test("the same list is not sent twice", async () => {
    const client = await start();
    const file = open(client, deepseek);
    const first = await client.request<Report>("textDocument/diagnostic", file.document);
    expect(first.kind).toBe("full");
    const second = await client.request<Report>("textDocument/diagnostic", { ...file.document, previousResultId: first.resultId });
    expect(second).toEqual({ kind: "unchanged", resultId: first.resultId });
    file.replace("layers      = 61", "layerz      = 61");
    const third = await client.request<Report>("textDocument/diagnostic", { ...file.document, previousResultId: first.resultId });
    expect(third.kind).toBe("full");
    expect(third.resultId).not.toBe(first.resultId);
  });

  test("are pushed with the version of the text to an editor that does not ask, and taken back when it closes", async () => {
    const client = await start({ capabilities: pushCapabilities });
    const file = open(client, "model Small {\n  layerz = 2\n}\n");
    const published = () => client.notifications.filter(({ method }) => method === "textDocument/publishDiagnostics").map(({ params }) => params as Published);
    const first = await client.until("diagnostics", () => published().find(({ version }) => version === 1));
    expect(first.uri).toBe(file.uri);
    expect(first.diagnostics.map(({ code }) => code)).toContain("DSCO2020");
    file.replace("layerz", "layers");
    const second = await client.until("the next diagnostics", () => published().find(({ version }) => version === 2));
    expect(second.diagnostics.map(({ code }) => code)).not.toContain("DSCO2020");
    client.notify("textDocument/didClose", file.document);
    await client.until("empty diagnostics", () => published().find(({ version, diagnostics }) => version === undefined && diagnostics.length === 0));
  });

  test("a status says how many there are", async () => {
    const client = await start();
    const file = open(client, "model Small {\n  layerz = 2\n}\n");
    const found = await file.diagnostics();
    const status = await client.until("the status", () => client.notifications.find(({ method }) => method === "dsco/status")?.params);
    expect(status).toEqual({ state: "ready", uri: file.uri, version: 1, errors: found.filter(({ severity }) => severity === 1).length, warnings: 0 });
  });

  test("an edit with CRLF line ends and an emoji marks the right place", async () => {
    const client = await start();
    const file = open(client, "// 🚀 first\r\nmodel Small {\r\n  layers = 2 // 🚀\r\n}\r\n");
    file.replace("2 // 🚀", "2\r\n  /* 🚀🚀 */ hiden_size = 64");
    const error = (await file.diagnostics()).find(({ code }) => code === "DSCO2020");
    expect(error?.range).toEqual({ start: { line: 3, character: 13 }, end: { line: 3, character: 23 } });
  });

  test("several changes of one notification are applied in order", async () => {
    const client = await start();
    const file = open(client, "model Small {\n}\n");
    file.change([
      { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } }, text: "  layerz = 2\n" },
      { range: { start: { line: 1, character: 2 }, end: { line: 1, character: 8 } }, text: "layers" },
      { range: { start: { line: 0, character: 6 }, end: { line: 0, character: 11 } }, text: "Tiny" },
    ], "model Tiny {\n  layers = 2\n}\n");
    expect((await file.diagnostics()).map(({ code }) => code)).not.toContain("DSCO2020");
    expect(await file.hover("Tiny")).toBeDefined();
    file.change([{ text: "let A = B\n" }], "let A = B\n");
    expect((await file.diagnostics()).map(({ code }) => code)).toEqual(["DSCO2007"]);
  });

  test("200 quick edits end where a fresh server begins", async () => {
    const client = await start();
    const file = open(client, deepseek);
    const words = ["heads            = 128", "heads            = 12", "heads            = ", "heads            = 128 }", "hiads            = 128"];
    for (let index = 0; index < 200; index += 1) file.replace(words[index % words.length] ?? "", words[(index + 1) % words.length] ?? "");
    file.replace("group_limit       = 4", "group_limit       = 9");
    const edited = await file.diagnostics();
    const fresh = open(await start(), file.text());
    expect(edited).toEqual(await fresh.diagnostics());
    expect(edited.length).toBeGreaterThan(1);
  });
});

describe("features", () => {
  test("the hover on a property shows the figure that it feeds", async () => {
    const file = open(await start(), deepseek);
    const hover = await file.hover("kv_lora_rank");
    expect(hover?.kind).toBe("markdown");
    expect(hover?.value).toContain("KV cache per token: 70.27 KB (70,272 B)");
  });

  test("an editor with dsco's commands gets links to the explanations, and no other editor", async () => {
    const uri = "file:///designs/a (copy).dsco";
    const client = await start({ initializationOptions: { runsCommands: true } });
    const linked = (await open(client, deepseek, uri).hover("kv_lora_rank"))?.value ?? "";
    const [, address] = /KV cache per token: \[70\.27 KB \(70,272 B\)\]\(command:dsco\.showExplanation\?([^()\s]+)\)/.exec(linked) ?? [];
    expect(JSON.parse(decodeURIComponent(address ?? ""))).toEqual([{ uri, declaration: "DeepSeekV3", metric: "kv_bytes_per_token" }]);
    expect((await open(await start(), deepseek).hover("kv_lora_rank"))?.value).not.toContain("command:");
  });

  test("an editor without Markdown gets plain words", async () => {
    const file = open(await start({ capabilities: pushCapabilities }), deepseek);
    const hover = await file.hover("kv_lora_rank");
    expect(hover?.kind).toBe("plaintext");
    expect(hover?.value).toContain("70.27 KB (70,272 B)");
    expect(hover?.value).not.toMatch(/[`*]{2}|\\/);
  });

  test("the lenses of a model say its figures and lead to their explanation", async () => {
    const client = await start();
    const file = open(client, deepseek);
    const unresolved = await client.request<readonly Lens[]>("textDocument/codeLens", file.document);
    expect(unresolved.every(({ command }) => command === undefined)).toBe(true);
    const lenses = await file.lenses();
    expect(lenses.map(({ command }) => command?.title)).toEqual(["671.0B total", "37.55B active", "70.27 KB KV a token", "250.4 GFLOP training a token"]);
    expect(lenses[2]?.command).toMatchObject({
      command: "dsco.showExplanation", arguments: [{ uri: file.uri, declaration: "DeepSeekV3", metric: "kv_bytes_per_token" }],
    });
    const { markdown } = await client.request<{ readonly markdown: string }>("dsco/explain", lenses[2]?.command?.arguments[0]);
    expect(markdown).toContain("70,272 B");
    expect(markdown).toContain("design.dsco:16"); // kv_lora_rank
    expect(await client.request("dsco/explain", { uri: file.uri, declaration: "Nobody", metric: "kv_bytes_per_token" })).toBeNull();
  });

  test("the lenses of a broken model keep their place and last good figures", async () => {
    const file = open(await start(), deepseek);
    const before = (await file.lenses()).map(({ command }) => command?.title);
    for (const [wanted, broken] of [["kv_lora_rank     = 512", "kv_lora_rank     = "], ["model DeepSeekV3 {", "modl DeepSeekV3 {"]] as const) {
      file.replace(wanted, broken);
      const lenses = await file.lenses();
      expect(lenses.map(({ command }) => command?.title), broken).toEqual(before);
      // the plan rests on the model, and so does what stands above its layout and its workload
      const marks = (await file.unresolvedLenses()).filter(({ command }) => command !== undefined);
      const places = ["DeepSeekV3 {", "PP16EP64 {", "Pretrain {", "TrainV3 {"].map((name) => file.position(name).line);
      expect(marks.map(({ range }) => range.start.line), broken).toEqual(expect.arrayContaining(places));
      expect(marks, broken).toHaveLength(places.length);
      expect(new Set(marks.map(({ command }) => command?.title)), broken).toEqual(new Set(["before the last edit"]));
      expect(lenses[0]?.range.start.line, broken).toBe(file.position("DeepSeekV3 {").line);
      file.replace(broken, wanted);
      expect((await file.lenses()).map(({ command }) => command?.title)).toEqual(before);
      expect((await file.unresolvedLenses()).every(({ command }) => command === undefined)).toBe(true);
    }
  });

  test("a quick fix makes its diagnostic go away", async () => {
    const client = await start();
    const file = open(client, deepseek.replace("hidden_size", "hiden_size"));
    const [error] = (await file.diagnostics()).filter(({ code }) => code === "DSCO2020");
    expect(error).toBeDefined();
    const [fix] = await client.request<readonly CodeAction[]>("textDocument/codeAction", { ...file.document, range: error?.range, context: { diagnostics: [error] } });
    expect(fix).toMatchObject({ kind: "quickfix", isPreferred: true, diagnostics: [{ code: "DSCO2020" }] });
    expect(applied(file.text(), fix?.edit.changes[file.uri] ?? [])).toBe(deepseek);
    const none = await client.request<readonly CodeAction[]>("textDocument/codeAction", { ...file.document, range: error?.range, context: { diagnostics: [], only: ["refactor"] } });
    expect(none).toEqual([]);
  });

  test("completion offers the keys that are not written yet, required ones first", async () => {
    const client = await start();
    const file = open(client, "model Small {\n  layers = 2\n  \n}\n");
    const { items } = await client.request<{ readonly items: readonly { readonly label: string; readonly sortText: string; readonly textEdit: TextEdit }[] }>(
      "textDocument/completion", { ...file.document, position: { line: 2, character: 2 } });
    const labels = [...items].sort((left, right) => (left.sortText < right.sortText ? -1 : 1)).map(({ label }) => label);
    expect(labels.slice(0, 2)).toEqual(["hidden_size", "vocab_size"]);
    expect(labels).toContain("attention mla");
    expect(labels).not.toContain("layers");
    expect(items.find(({ label }) => label === "hidden_size")?.textEdit.newText).toBe("hidden_size = ");
  });

  test("a definition leads into the standard library, whose text can be asked for", async () => {
    const client = await start({ initializationOptions: { readsLibrary: true } });
    const file = open(client, deepseek);
    const [link] = await client.request<readonly { readonly targetUri: string; readonly targetSelectionRange: Range }[]>(
      "textDocument/definition", { ...file.document, position: file.position("= H800", 3) });
    expect(link?.targetUri).toBe("dsco-std:/hardware/nvidia.dsco");
    const library = await client.request<{ readonly text: string }>("dsco/sourceText", { uri: link?.targetUri });
    expect(library.text.split("\n")[link?.targetSelectionRange.start.line ?? -1]).toMatch(/^gpu H800\b/);
    expect(await client.request("dsco/sourceText", { uri: "dsco-std:/hardware/nobody.dsco" })).toBeNull();
    expect(await client.request("dsco/sourceText", { uri: "file:///etc/hostname" })).toBeNull();
    const opened = open(client, library.text, "dsco-std:/hardware/nvidia.dsco");
    expect((await opened.diagnostics()).filter(({ severity }) => severity === 1)).toEqual([]);
  });

  test("a config becomes a model, or says where it is wrong", async () => {
    const client = await start();
    const config = { model_type: "llama", hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, vocab_size: 128, intermediate_size: 160, foo_bar: 7 };
    const answer = await client.request<{ readonly model: string; readonly remarks: readonly unknown[] }>("dsco/importConfig", { text: JSON.stringify(config, undefined, 1), path: "/models/Small-1B/config.json" });
    expect(answer.model).toContain("\nmodel Small_1B {\n");
    expect(answer.remarks).toEqual([{ severity: "doubt", message: "`foo_bar` is not understood: the figures may miss it", line: 7, character: 12 }]);
    expect(await client.request("dsco/importConfig", { text: "{" })).toEqual({
      model: null, remarks: [{ severity: "error", message: "the text ends inside an object: `}` is missing", line: 0, character: 1 }],
    });
  });

  test("formatting, symbols, folding, tokens and hints answer for the example", async () => {
    const client = await start();
    const file = open(client, deepseek.replace("  layers      = 61", " layers=61"));
    const edits = await client.request<readonly TextEdit[]>("textDocument/formatting", { ...file.document, options: { tabSize: 2, insertSpaces: true } });
    expect(applied(file.text(), edits)).toBe(deepseek);
    expect(edits.map(({ newText }) => newText.trim()).join("")).toBe("");
    const symbols = await client.request<readonly { readonly name: string; readonly children: readonly { readonly name: string }[] }[]>("textDocument/documentSymbol", file.document);
    expect(symbols.map(({ name }) => name)).toEqual(["DeepSeekV3", "H800Cluster", "PP16EP64", "Pretrain", "TrainV3"]);
    const folds = await client.request<readonly { readonly startLine: number }[]>("textDocument/foldingRange", file.document);
    expect(folds.map(({ startLine }) => startLine)).toContain(file.position("attention mla").line);
    const { data } = await client.request<{ readonly data: readonly number[] }>("textDocument/semanticTokens/full", file.document);
    expect(data.length % 5).toBe(0);
    const range = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
    const part = await client.request<{ readonly data: readonly number[] }>("textDocument/semanticTokens/range", { ...file.document, range });
    expect(part.data).toEqual(data);
    const hints = await client.request<readonly { readonly label: string }[]>("textDocument/inlayHint", { ...file.document, range });
    expect(hints.map(({ label }) => label)).toContain("gated = true");
    for (const [wanted, broken] of [["kv_lora_rank     = 512", "kv_lora_rank     = "], ["model DeepSeekV3 {", "modl DeepSeekV3 {"]] as const) {
      file.replace(wanted, broken);
      const kept = await client.request<typeof hints>("textDocument/inlayHint", { ...file.document, range });
      expect(kept.map(({ label }) => label).sort(), broken).toEqual(hints.map(({ label }) => label).sort());
      file.replace(broken, wanted);
      await client.request("textDocument/inlayHint", { ...file.document, range });
    }
  });

  test("settings are asked for, and asked for again when they change", async () => {
    let settings: unknown = { codeLens: { enabled: false }, sequenceLength: 8192, contextLength: "many" };
    const client = await start({ settings: () => settings });
    const file = open(client, deepseek);
    expect(await file.lenses()).toEqual([]);
    settings = { sequenceLength: 8192 };
    client.notify("workspace/didChangeConfiguration", { settings: null });
    await client.until("the lenses to be asked for again", () => client.requests.find(({ method }) => method === "workspace/codeLens/refresh"));
    expect((await file.lenses())[3]?.command?.title).toMatch(/ GFLOP training a token at 8,192$/);
  });
});

describe("files", () => {
  test("another file's change asks the editor to look again, and what lies outside stays unread", async () => {
    const inside = path.join(folder, "inside");
    mkdirSync(inside, { recursive: true });
    writeFileSync(path.join(folder, "secret.dsco"), "let secret = 1\n");
    writeFileSync(path.join(inside, "a library.dsco"), "let heads_of_all = 4\n");
    const client = await start({ folders: [inside] });
    const text = 'import { heads_of_all } from "./a library.dsco"\nimport { secret } from "../secret.dsco"\nlet twice = 2 * heads_of_all + secret\n';
    // As VS Code spells addresses.
    const file = open(client, text, pathToFileURL(path.join(inside, "user.dsco")).href.replace("file:///", "file:///").replace(/inside/, "%69nside"));
    const messages = (await file.diagnostics()).map(({ message }) => message);
    expect(messages).toEqual(['cannot import "../secret.dsco": it lies outside the workspace']);
    writeFileSync(path.join(inside, "a library.dsco"), "let heads_of_none = 4\n");
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: pathToFileURL(path.join(inside, "a library.dsco")).href, type: 2 }] });
    await client.until("a refresh", () => client.requests.find(({ method }) => method === "workspace/diagnostic/refresh"));
    expect((await file.diagnostics()).map(({ code }) => code)).toContain("DSCO2002");
    // An open text counts more than the file.
    open(client, "let heads_of_all = 8\n", pathToFileURL(path.join(inside, "a library.dsco")).href);
    expect((await file.diagnostics()).map(({ code }) => code)).toEqual(["DSCO2001"]);
    expect((await file.hover("twice"))?.value).toBeDefined();
  });
});

describe("what goes wrong", () => {
  test("a cancelled request ends with an error, not with an empty answer", async () => {
    const client = await start();
    const file = open(client, deepseek);
    const { id, message } = client.send("textDocument/hover", { ...file.document, position: file.position("kv_lora_rank") });
    client.notify("$/cancelRequest", { id });
    expect((await message).error?.code).toBe(requestCancelled);
    expect((await file.hover("kv_lora_rank"))?.value).toContain("70.27 KB");
  });

  test("a request about a text that has changed meanwhile ends with an error", async () => {
    const client = await start();
    const file = open(client, deepseek);
    await file.diagnostics();
    client.cork();
    const hover = client.send("textDocument/hover", { ...file.document, position: file.position("kv_lora_rank") });
    const diagnostics = client.send("textDocument/diagnostic", file.document);
    file.replace("// of one expert", "// of one  expert");
    client.uncork();
    const answers = [await hover.message, await diagnostics.message];
    expect(answers.map(({ error }) => error?.code)).toEqual([contentModified, serverCancelled]);
    expect(answers[1]?.error?.data).toEqual({ retriggerRequest: true });
  });

  test("unknown methods, bad parameters and documents that are not open harm nothing", async () => {
    const client = await start();
    const file = open(client, deepseek);
    expect((await client.send("textDocument/nonsense", {}).message).error?.code).toBe(-32601);
    client.notify("dsco/nonsense", {});
    expect((await client.send("textDocument/hover", {}).message).error).toBeDefined();
    expect((await client.send("codeLens/resolve", { range: 1 }).message).result).toEqual({ range: 1 });
    client.notify("textDocument/didChange", { textDocument: { uri: "file:///nobody.dsco", version: 2 }, contentChanges: [{ text: "x" }] });
    client.notify("textDocument/didChange", { textDocument: file.document.textDocument, contentChanges: "none" });
    client.notify("textDocument/didClose", { textDocument: { uri: "file:///nobody.dsco" } });
    expect(await client.request("textDocument/hover", { textDocument: { uri: "file:///nobody.dsco" }, position: { line: 0, character: 0 } })).toBeNull();
    expect(await client.request("textDocument/hover", { ...file.document, position: { line: 1e9, character: 1e9 } })).toBeNull();
    expect((await file.hover("kv_lora_rank"))?.value).toContain("70.27 KB");
  });

  test("a message that is no JSON does not end the server", async () => {
    const client = await start();
    const file = open(client, deepseek);
    client.writeRaw("Content-Length: 9\r\n\r\n{garbage}");
    expect((await file.hover("kv_lora_rank"))?.value).toContain("70.27 KB");
  });

  test("a stream that is not the protocol ends the server or leaves it running, and hangs neither", async () => {
    const client = launch();
    client.writeRaw("GET / HTTP/1.1\r\n\r\n\0\0\0 garbage");
    client.endInput();
    expect(await client.exited).toBe(1);
  });
});
