// What an editor asks for while somebody types: of an editor that can do everything and of one that can do nothing.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { buildServer } from "./built-server";
import { Client } from "./client";

interface Position { readonly line: number; readonly character: number }
interface Range { readonly start: Position; readonly end: Position }
interface TextEdit { readonly range: Range; readonly newText: string }
interface Item {
  readonly label: string; readonly detail?: string; readonly insertTextFormat: number; readonly documentation?: { readonly kind: string; readonly value: string };
  readonly labelDetails?: { readonly description: string }; readonly additionalTextEdits?: readonly TextEdit[]; readonly command?: { readonly command: string };
  readonly textEdit: TextEdit | { readonly newText: string; readonly insert: Range; readonly replace: Range };
}
interface List { readonly isIncomplete: boolean; readonly items: readonly Item[] }

const everything = {
  workspace: { configuration: true, workspaceFolders: true },
  textDocument: {
    diagnostic: {}, hover: { contentFormat: ["markdown", "plaintext"] },
    completion: {
      completionItem: {
        snippetSupport: true, insertReplaceSupport: true, labelDetailsSupport: true, documentationFormat: ["markdown"],
        resolveSupport: { properties: ["documentation", "detail"] },
      },
    },
  },
};
const nothing = { textDocument: { diagnostic: {} } };

let server: Awaited<ReturnType<typeof buildServer>>;
let folder: string;
const clients: Client[] = [];

beforeAll(async () => {
  server = await buildServer();
  folder = mkdtempSync(path.join(tmpdir(), "dsco-typing-"));
});
afterAll(() => {
  server.remove();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.kill();
});

interface Options {
  /** What an editor that is asked answers for a document. */
  readonly settingsOf?: (uri: string) => object;
  readonly initializationOptions?: object;
}

async function start(capabilities: object, { settingsOf = () => ({}), initializationOptions }: Options = {}): Promise<Client> {
  const client = new Client([process.execPath, server.file, "--stdio"], {
    "workspace/configuration": (params) => (params as { readonly items: readonly { readonly scopeUri: string }[] }).items.map(({ scopeUri }) => settingsOf(scopeUri)),
  });
  clients.push(client);
  await client.request("initialize", {
    processId: process.pid, rootUri: null, capabilities, initializationOptions, workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "design" }],
  });
  client.notify("initialized", {});
  return client;
}

/** A document with `$0` where the cursor is. */
function open(client: Client, marked: string, name = "design.dsco") {
  const uri = pathToFileURL(path.join(folder, name)).href;
  const [before = "", ...rest] = marked.split("$0");
  const lines = before.split("\n");
  client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text: before + rest.join("") } });
  return { textDocument: { uri }, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
}

const itemOf = ({ items }: List, label: string): Item => {
  const found = items.find((item) => item.label === label);
  if (!found) throw new Error(`no ${label}`);
  return found;
};

describe("formatting, colours and signatures", () => {
  interface Tokens { readonly resultId: string; readonly data?: readonly number[]; readonly edits?: readonly { readonly start: number; readonly deleteCount: number; readonly data?: readonly number[] }[] }

  test("the next tokens name what has changed", async () => {
    const client = await start(everything);
    const { textDocument } = open(client, "model A { layers = 2 }\nmodel B { layers = 2 }\nmodel C { layers = 2 }\n");
    const first = await client.request<Tokens>("textDocument/semanticTokens/full", { textDocument });
    client.notify("textDocument/didChange", { textDocument: { uri: textDocument.uri, version: 2 }, contentChanges: [{ range: { start: { line: 1, character: 19 }, end: { line: 1, character: 20 } }, text: "246" }] });
    const second = await client.request<Tokens>("textDocument/semanticTokens/full/delta", { textDocument, previousResultId: first.resultId });
    // the length of one number
    expect(second.edits).toHaveLength(1);
    expect(second.edits?.[0]).toMatchObject({ deleteCount: 1, data: [3] });
    const whole = await client.request<Tokens>("textDocument/semanticTokens/full", { textDocument });
    const [edit] = second.edits ?? [];
    expect([...(first.data ?? []).slice(0, edit?.start), ...(edit?.data ?? []), ...(first.data ?? []).slice((edit?.start ?? 0) + (edit?.deleteCount ?? 0))]).toEqual(whole.data);
    expect((await client.request<Tokens>("textDocument/semanticTokens/full/delta", { textDocument, previousResultId: "of another server" })).data).toEqual(whole.data);
  });

  test("a part is formatted, and a brace moves under its header", async () => {
    const client = await start(nothing);
    const { textDocument } = open(client, "model A {\n layers=2\n   }\nlet b=1\n");
    const options = { tabSize: 2, insertSpaces: true };
    const part = await client.request<readonly TextEdit[]>("textDocument/rangeFormatting", { textDocument, options, range: { start: { line: 3, character: 0 }, end: { line: 3, character: 7 } } });
    expect(part.map(({ range, newText }) => [range.start.line, range.start.character, newText])).toEqual([[3, 5, " "], [3, 6, " "]]);
    const brace = await client.request<readonly TextEdit[]>("textDocument/onTypeFormatting", { textDocument, options, position: { line: 2, character: 4 }, ch: "}" });
    expect(brace).toEqual([{ range: { start: { line: 2, character: 0 }, end: { line: 2, character: 3 } }, newText: "" }]);
  });

  test("a signature names its parameters by place or by text", async () => {
    const text = "let a = max(1, $0)\n";
    const full = await start({ textDocument: { signatureHelp: { signatureInformation: { documentationFormat: ["markdown"], parameterInformation: { labelOffsetSupport: true } } } } });
    expect(await full.request("textDocument/signatureHelp", open(full, text))).toMatchObject({
      activeSignature: 0, activeParameter: 1,
      signatures: [{ label: "max(value, …)", documentation: { kind: "markdown" }, parameters: [{ label: [4, 9] }, { label: [11, 12] }] }],
    });
    const plain = await start(nothing);
    expect(await plain.request("textDocument/signatureHelp", open(plain, text))).toMatchObject({ signatures: [{ documentation: { kind: "plaintext", value: "the largest of its arguments" }, parameters: [{ label: "value" }, { label: "…" }] }] });
    expect(await plain.request("textDocument/signatureHelp", open(plain, "let a = (1, $0)\n", "none.dsco"))).toBeNull();
  });
});

describe("settings", () => {
  const text = "workload W {\n  phase = decode, context_length = 4096, batch_per_gpu = 64\n  cache_hit_rate = 50%\n}\nmodel A { layerz = 2 }\n"; // DSCO7033, DSCO2020

  test("a code has the severity that its folder gives it", async () => {
    const client = await start(everything, { settingsOf: (uri) => (uri.includes("/strict/") ? { diagnostics: { severity: { DSCO7033: "error" } } } : { diagnostics: { severity: { DSCO7033: "off" } } }) });
    const severities = async (name: string) => {
      const { items } = await client.request<{ readonly items: readonly { readonly code: string; readonly severity: number }[] }>("textDocument/diagnostic", open(client, text, name));
      return items.filter(({ code }) => code === "DSCO7033").map(({ severity }) => severity);
    };
    expect(await severities("strict/a.dsco")).toEqual([1]);
    expect(await severities("loose/a.dsco")).toEqual([]);
    const status = client.notifications.filter(({ method }) => method === "dsco/status").map(({ params }) => (params as { readonly errors: number }).errors);
    expect(status[0]).toBe((status[1] ?? 0) + 1);
  });

  test("the quick fixes of a code that is off are gone too", async () => {
    const titles = async (settings: object) => {
      const client = await start({ textDocument: { ...everything.textDocument, codeAction: { codeActionLiteralSupport: {} } }, workspace: everything.workspace }, { settingsOf: () => settings });
      const { textDocument } = open(client, text);
      const range = { start: { line: 2, character: 2 }, end: { line: 2, character: 22 } };
      const found = await client.request<readonly { readonly title: string }[]>("textDocument/codeAction", { textDocument, range, context: { diagnostics: [] } });
      const all = await client.request<readonly object[]>("textDocument/codeAction", { textDocument, range, context: { diagnostics: [], only: ["source.fixAll.dsco"] } });
      return [...found.map(({ title }) => title).filter((title) => title.includes("cache_hit_rate")), ...(JSON.stringify(all).includes("cache_hit_rate") ? ["fix all"] : [])];
    };
    expect((await titles({}))[0]).toContain("cache_hit_rate");
    expect(await titles({ diagnostics: { severity: { DSCO7033: "off" } } })).toEqual([]);
  });

  test("refactorings come to who opens the menu, by their kind, and everything is fixed for who asks for that by name", async () => {
    const client = await start({ textDocument: { ...everything.textDocument, codeAction: { codeActionLiteralSupport: {} } }, workspace: everything.workspace });
    const { textDocument, position } = open(client, "nic Card {\n  rate = $0400 Gbps\n  latncy = 2 us\n}\n", "card.dsco");
    const actions = async (context: object) => (await client.request<readonly { readonly title: string; readonly kind: string }[]>(
      "textDocument/codeAction", { textDocument, range: { start: position, end: position }, context: { diagnostics: [], ...context } },
    )).map(({ kind, title }) => `${kind}: ${title}`);
    const converted = "refactor.rewrite: Write `50 GB/s`";
    expect(await actions({ triggerKind: 1 })).toContain(converted);
    expect(await actions({ only: ["refactor"] })).toContain(converted);
    expect(await actions({ only: ["refactor.inline"] })).toEqual([]);
    expect(await actions({ triggerKind: 2 }), "the light bulb").toEqual([]);
    expect(await actions({ only: ["source.fixAll"] })).toEqual(["source.fixAll.dsco: Fix everything that has one obvious fix"]);
  });

  test("an editor to which diagnostics are pushed gets them with its severities, and anew when these change", async () => {
    const client = await start({ textDocument: {} }, { initializationOptions: { diagnostics: { severity: { DSCO7033: "hint", DSCO8: "off" } } } });
    open(client, text);
    const published = () => client.notifications.filter(({ method }) => method === "textDocument/publishDiagnostics")
      .map(({ params }) => (params as { readonly diagnostics: readonly { readonly code: string; readonly severity: number }[] }).diagnostics.find(({ code }) => code === "DSCO7033")?.severity);
    await client.until("a hint", () => published().includes(4) || undefined);
    client.notify("workspace/didChangeConfiguration", { settings: { dsco: { diagnostics: { severity: { DSCO7033: "warning" } } } } });
    await client.until("a warning", () => published().includes(2) || undefined);
    const log = client.notifications.filter(({ method }) => method === "window/logMessage").map(({ params }) => (params as { readonly message: string }).message);
    expect(log).toContain('The setting `dsco.diagnostics.severity` names "DSCO8", which is no code of dsco.');
  });

  test("hints and lenses are shown by kind", async () => {
    const design = "model M {\n  layers = 2, hidden_size = 64, vocab_size = 100\n  attention mha { heads = 4 }\n  ffn dense { intermediate_size = 64 }\n  measured total_params = 1M from \"a\"\n}\n";
    const shown = async (settings: object) => {
      const client = await start(everything, { settingsOf: () => settings });
      const { textDocument } = open(client, design);
      const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
      const hints = await client.request<readonly { readonly label: string }[]>("textDocument/inlayHint", { textDocument, range });
      const lenses = await client.request<readonly unknown[]>("textDocument/codeLens", { textDocument });
      return { defaults: hints.some(({ label }) => label.includes("head_dim")), ratios: hints.some(({ label }) => label.startsWith("computed")), lenses: lenses.length > 0 };
    };
    expect(await shown({})).toEqual({ defaults: true, ratios: true, lenses: true });
    expect(await shown({ inlayHints: { defaults: false }, codeLens: { models: false } })).toEqual({ defaults: false, ratios: true, lenses: false });
    expect(await shown({ inlayHints: { measuredRatios: false }, codeLens: { plans: false } })).toEqual({ defaults: true, ratios: false, lenses: true });
  });
});

describe("completion", () => {
  const plan = "model Own { }\nplan P {\n  model = $0\n}\n";

  test("in a full editor: snippets, both ranges, and the cost of a model when the reader looks at it", async () => {
    const client = await start(everything, { initializationOptions: { runsCommands: true } });
    const keys = await client.request<List>("textDocument/completion", open(client, "gpu G {\n  mem$0ory\n}\n", "keys.dsco"));
    const memory = itemOf(keys, "memory");
    expect(memory).toMatchObject({ insertTextFormat: 2, textEdit: { newText: "memory = ${1:80 GB}", insert: { start: { character: 2 }, end: { character: 5 } }, replace: { end: { character: 8 } } } });
    expect(memory.documentation).toBeUndefined();
    expect((await client.request<Item>("completionItem/resolve", memory)).documentation).toMatchObject({ kind: "markdown", value: expect.stringContaining("such as `80 GB`") });
    const list = await client.request<List>("textDocument/completion", open(client, plan));
    const model = itemOf(list, "DeepSeekV3");
    expect(model).toMatchObject({
      detail: "model, std:models/deepseek", labelDetails: { description: "std:models/deepseek" },
      additionalTextEdits: [{ newText: 'import { DeepSeekV3 } from "std:models/deepseek"\n\n', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } }],
    });
    expect((await client.request<Item>("completionItem/resolve", model)).detail).toBe("model: 671.0B total, 37.55B active, 70.27 KB KV a token");
    // an entry of a list that is long gone, and one that no list of this server had
    expect(await client.request("completionItem/resolve", { label: "x", data: { list: 99, index: 0 } })).toEqual({ label: "x", data: { list: 99, index: 0 } });
    expect(await client.request("completionItem/resolve", { label: "x" })).toEqual({ label: "x" });
  });

  test("in a plain editor: plain text, at once, one range, no commands", async () => {
    const client = await start(nothing);
    const list = await client.request<List>("textDocument/completion", open(client, "parallelism L {\n  sch$0\n}\n"));
    const key = itemOf(list, "schedule");
    expect(key).toMatchObject({ insertTextFormat: 1, textEdit: { newText: "schedule = ", range: { start: { character: 2 }, end: { character: 5 } } } });
    expect(key.command).toBeUndefined();
    expect(key.documentation?.kind).toBe("plaintext");
    expect(key.documentation?.value).toContain("Pipeline schedule.");
    expect(list.items.map(({ documentation }) => documentation?.value ?? "").join("")).not.toContain("`");
    expect(list.items.every(({ insertTextFormat }) => insertTextFormat === 1)).toBe(true);
    const models = await client.request<List>("textDocument/completion", open(client, plan, "other.dsco"));
    expect(itemOf(models, "DeepSeekV3").labelDetails).toBeUndefined();
    // it may ask all the same
    expect((await client.request<Item>("completionItem/resolve", itemOf(models, "DeepSeekV3"))).detail).toMatch(/^model: 671\.0B total/);
  });

  test("offers the declarations of other files of the folder", async () => {
    writeFileSync(path.join(folder, "library.dsco"), "model Mine { layers = 2 }\n");
    const client = await start(everything);
    const list = await client.request<List>("textDocument/completion", open(client, plan));
    expect(itemOf(list, "Mine")).toMatchObject({ detail: "model, library.dsco", additionalTextEdits: [{ newText: 'import { Mine } from "./library.dsco"\n\n' }] });
    const paths = await client.request<List>("textDocument/completion", { ...open(client, 'import { Mine } from "./$0"\n', "third.dsco"), context: { triggerKind: 2, triggerCharacter: "/" } });
    expect(itemOf(paths, "./library.dsco").textEdit).toMatchObject({ newText: "./library.dsco" });
    const division = await client.request<List>("textDocument/completion", { ...open(client, "let a = 4 /$0\n", "fourth.dsco"), context: { triggerKind: 2, triggerCharacter: "/" } });
    expect(division.items).toEqual([]);
  });
});
