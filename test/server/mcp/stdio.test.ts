// The built server in a process of its own, spoken to by the SDK's own client.
import { build } from "esbuild";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tools, topics } from "../../../server/src/agents";
import { smallPlans } from "../../kit/plans";
import { repository } from "../../kit/repository";
import { misspelt, tiny, tinyFigures } from "../cli/designs";

let installed: string;
let folder: string;
let client: Client;
let transport: StdioClientTransport;

/** Only the command line and the server that it loads. */
async function install(): Promise<string> {
  const to = mkdtempSync(path.join(tmpdir(), "dsco-mcp-"));
  mkdirSync(path.join(to, "bin"));
  copyFileSync(path.join(repository, "bin/dsco.mjs"), path.join(to, "bin/dsco.mjs"));
  await build({
    absWorkingDir: repository, entryPoints: { cli: "server/src/cli/main.ts", mcp: "server/src/hosts/mcp.ts" }, outdir: path.join(to, "dist"),
    bundle: true, platform: "node", target: "node20", format: "cjs", mainFields: ["module", "main"], conditions: ["module"],
    loader: { ".dsco": "text" }, minify: true, logLevel: "error",
  });
  return to;
}

const bin = () => path.join(installed, "bin/dsco.mjs");

async function connect(args: readonly string[] = []): Promise<{ readonly client: Client; readonly transport: StdioClientTransport }> {
  const stdio = new StdioClientTransport({ command: process.execPath, args: [bin(), "mcp", ...args], cwd: folder, stderr: "pipe" });
  const made = new Client({ name: "test", version: "1.0.0" });
  await made.connect(stdio);
  return { client: made, transport: stdio };
}

const sweepText = `${smallPlans.replaceAll("Answers", "Answer")}sweep Layers of Answer {\n  workload.batch_per_gpu = [16, 32]\n  minimize tpot\n}\n`;

const textOf = ({ content }: CallToolResult): string => content.map((part) => (part.type === "text" ? part.text : "")).join("");
const call = async (name: string, args: Record<string, unknown>): Promise<CallToolResult> => (await client.callTool({ name, arguments: args })) as CallToolResult;

beforeAll(async () => {
  installed = await install();
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "dsco-designs-")));
  writeFileSync(path.join(folder, "tiny.dsco"), tiny);
  writeFileSync(path.join(folder, "misspelt.dsco"), misspelt);
  writeFileSync(path.join(folder, "bytes.dsco"), Uint8Array.of(0xff, 0xfe, 0x00));
  ({ client, transport } = await connect());
});
afterAll(async () => {
  await client.close();
  for (const each of [installed, folder]) rmSync(each, { recursive: true, force: true });
});

describe("the handshake", () => {
  it("names the server and says how to begin", () => {
    expect(client.getServerVersion()).toMatchObject({ name: "dsco" });
    expect(client.getServerCapabilities()).toMatchObject({ tools: {}, resources: {} });
    expect(client.getInstructions()).toContain("`language`");
  });

  it("lists the tools with schemas, each of which only reads", async () => {
    const listed = (await client.listTools()).tools;
    expect(listed.map(({ name }) => name)).toEqual(["check", "report", "explain", "what_if", "compare", "sweep", "list_std", "language"]);
    for (const { annotations, inputSchema, outputSchema } of listed) {
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false, openWorldHint: false });
      expect(inputSchema.type).toBe("object");
      expect(outputSchema?.type).toBe("object");
    }
    // All of it stands in the context of every conversation.
    expect(JSON.stringify(listed.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))).length).toBeLessThan(14_000);
  });

  it("offers the reference of the language as resources", async () => {
    const { resources } = await client.listResources();
    expect(resources.map(({ name }) => name)).toEqual([...topics]);
    const { contents } = await client.readResource({ uri: "dsco://language/plan" });
    expect(contents[0]).toMatchObject({ uri: "dsco://language/plan", mimeType: "text/plain", text: expect.stringContaining("plan NAME") as unknown });
    await expect(client.readResource({ uri: "dsco://language/poems" })).rejects.toThrow(/no resource/);
  });
});

describe("a call", () => {
  // The client checks the data of each answer against the schema that the server gave.
  it.each([
    ["check", { file: "tiny.dsco" }, /^tiny\.dsco: no errors/],
    ["check", { file: "misspelt.dsco" }, /error DSCO2020/],
    ["report", { file: "tiny.dsco" }, /total_params = 1576/],
    ["report", { file: "tiny.dsco", all: true }, /kv_bytes_per_sequence/],
    ["explain", { file: "tiny.dsco", about: "Tiny.total_params" }, /Formula:/],
    ["explain", { file: "tiny.dsco", about: "Tiny.layers" }, /It feeds/],
    ["explain", { file: "tiny.dsco", about: "Tiny" }, /has these figures/],
    ["explain", { about: "DSCO2020" }, /^DSCO2020/],
    ["what_if", { file: "tiny.dsco", set: ["Tiny.layers=3"] }, /1576 → 2232/],
    ["what_if", { file: "misspelt.dsco", edits: [{ old_text: "head = 2", new_text: "heads = 2" }] }, /No longer found/],
    ["compare", { a: "DeepSeekV3", b: "KimiK2" }, /model `DeepSeekV3` against `KimiK2`/],
    ["sweep", { text: sweepText }, /sweep Layers of Answer: all 2 designs, 2 meet everything/],
    ["list_std", {}, /std:models\/deepseek/],
    ["list_std", { name: "H800" }, /gpu H800/],
    ["language", { topic: "metrics" }, /kv_bytes_per_token/],
  ])("%s %j", async (name, args, text) => {
    await client.listTools();
    const result = await call(name, args);
    expect(result.isError).toBeUndefined();
    expect(textOf(result)).toMatch(text);
    expect(result.structuredContent).toBeDefined();
  });

  it("gives the figures as data too", async () => {
    const { structuredContent } = await call("report", { file: "tiny.dsco", metrics: ["kv_bytes_per_token"] });
    expect(structuredContent).toMatchObject({ errors: 0, declarations: [{ kind: "model", name: "Tiny", file: "tiny.dsco", line: 2, figures: [{ id: "kv_bytes_per_token", value: tinyFigures.kv_bytes_per_token, unit: "B" }] }] });
  });

  it.each([
    ["check", { fil: "tiny.dsco" }, "did you mean `file`?"],
    ["check", {}, "name a design"],
    ["check", { file: "tin.dsco" }, "did you mean `tiny.dsco`?"],
    ["check", { file: "bytes.dsco" }, "bytes.dsco: it is not UTF-8 text"],
    ["check", { file: "../outside.dsco" }, "outside the folder that may be read"],
    ["check", { file: "/etc/passwd" }, "outside the folder that may be read"],
    ["report", { file: "tiny.dsco", metrics: ["total_parms"] }, "did you mean `total_params`?"],
    ["explain", { file: "tiny.dsco", about: "Tiny.speed" }, "has no metric `speed`"],
    ["what_if", { file: "tiny.dsco", set: ["Tiny.layers=no"] }, "Tiny.layers: "],
    ["list_std", { name: "H801" }, "did you mean `H800`?"],
    ["chek", {}, "There is no tool `chek`; did you mean `check`?"],
  ])("%s %j is an error of the tool, not of the protocol", async (name, args, text) => {
    const result = await call(name, args);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(text);
  });

  it("sees a file as it is now", async () => {
    writeFileSync(path.join(folder, "now.dsco"), tiny);
    expect(textOf(await call("check", { file: "now.dsco" }))).toContain("no errors");
    writeFileSync(path.join(folder, "now.dsco"), misspelt);
    expect(textOf(await call("check", { file: "now.dsco" }))).toContain("DSCO2020");
    rmSync(path.join(folder, "now.dsco"));
  });

  it("writes nothing", async () => {
    const state = () => readdirSync(folder).map((name) => [name, statSync(path.join(folder, name)).mtimeMs, readFileSync(path.join(folder, name)).toString("hex")]);
    const before = state();
    await call("what_if", { file: "tiny.dsco", set: ["Tiny.layers=3"], edits: [{ old_text: "", new_text: "let a = 1" }] });
    await call("check", { file: "misspelt.dsco", fixes: "all" });
    expect(state()).toEqual(before);
  });
});

describe("many at once", () => {
  it("20 calls together are each answered with their own figures", async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => call("report", { text: tiny.replace("layers      = 2", `layers = ${index + 1}`), metrics: ["kv_bytes_per_token"] })));
    // 32 B a layer and token.
    expect(results.map(({ structuredContent }) => structuredContent)).toMatchObject(
      Array.from({ length: 20 }, (_, index) => ({ declarations: [{ figures: [{ value: 32 * (index + 1) }] }] })),
    );
  });

  it("a cancelled call ends, and the others and later ones are answered", async () => {
    const given = new AbortController();
    const cancelled = client.callTool({ name: "report", arguments: { file: "std:models/deepseek", all: true } }, undefined, { signal: given.signal });
    const other = call("report", { file: "tiny.dsco" });
    given.abort();
    await expect(cancelled).rejects.toThrow();
    expect((await other).isError).toBeUndefined();
    expect(textOf(await call("check", { file: "tiny.dsco" }))).toContain("no errors");
  });
});

describe("the process", () => {
  it("reads the folders that it was started with, and no other", async () => {
    const other = realpathSync(mkdtempSync(path.join(tmpdir(), "dsco-other-")));
    writeFileSync(path.join(other, "here.dsco"), tiny);
    const second = await connect([other]);
    try {
      const ask = async (file: string) => (await second.client.callTool({ name: "check", arguments: { file } })) as CallToolResult;
      expect(textOf(await ask("here.dsco"))).toContain("no errors");
      expect(await ask(path.join(folder, "tiny.dsco"))).toMatchObject({ isError: true });
    } finally {
      await second.client.close();
      rmSync(other, { recursive: true, force: true });
    }
  });

  it("refuses a folder that is none, and ends with 2", async () => {
    const child = spawn(process.execPath, [bin(), "mcp", "nowhere"], { cwd: folder });
    let errors = "";
    child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(2);
    expect(errors).toContain("nowhere: there is no such folder");
  });

  it("answers a line that is no message as JSON-RPC asks, and goes on", async () => {
    const child = spawn(process.execPath, [bin(), "mcp"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (text: Buffer) => (output += text.toString()));
    child.stdin.end(`{"jsonrpc": "2.0", "id": 1,\n{"hello": "world"}\n${JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" })}\n`);
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    const answers = output.trim().split("\n").map((line) => JSON.parse(line) as { readonly id: number | null; readonly error?: { readonly code: number } });
    expect(answers.map(({ id, error }) => [id, error?.code])).toEqual([[null, -32_700], [null, -32_600], [2, undefined]]);
  });

  it("ends by itself when its client goes away", async () => {
    const child = spawn(process.execPath, [bin(), "mcp"], { cwd: folder, stdio: ["pipe", "ignore", "ignore"] });
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })}\n`);
    child.stdin.end();
    expect(await ended).toBe(0);
  });

  it("survives what is no message, and writes nothing but messages to standard output", async () => {
    const child = spawn(process.execPath, [bin(), "mcp"], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (text: Buffer) => (output += text.toString()));
    child.stdin.write("not JSON\n{}\n[1,2]\n");
    child.stdin.end(`${JSON.stringify({ jsonrpc: "2.0", id: 7, method: "ping" })}\n`);
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    const messages = output.trim().split("\n").map((line) => JSON.parse(line) as { id: number; result?: object });
    expect(messages).toContainEqual({ jsonrpc: "2.0", id: 7, result: {} });
  });
});

it("the server offers every tool of the room", async () => {
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
  expect(transport.pid).toBeGreaterThan(0);
});
