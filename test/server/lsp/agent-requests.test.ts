// The tools of language models over what an editor holds: unsaved texts first, nothing outside of its folders.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tools } from "../../../server/src/agents";
import type { AgentToolAnswer, AgentToolName } from "../../../server/src/lsp/protocol";
import { misspelt, tiny } from "../cli/designs";
import { buildServer } from "./built-server";
import { Client, pullCapabilities } from "./client";

let server: Awaited<ReturnType<typeof buildServer>>;
let root: string;
let client: Client;

const at = (...parts: readonly string[]) => path.join(root, ...parts);
const address = (...parts: readonly string[]) => pathToFileURL(at(...parts)).href;
const ask = (name: string, input: unknown) => client.request<AgentToolAnswer>("dsco/agentTool", { name, input });
const open = (uri: string, text: string) => client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text } });

async function start(folders: readonly string[]): Promise<void> {
  client = new Client([process.execPath, server.file, "--stdio"], { "workspace/configuration": () => [{}] });
  await client.request("initialize", {
    processId: process.pid, rootUri: null, capabilities: pullCapabilities,
    workspaceFolders: folders.length === 0 ? null : folders.map((name) => ({ uri: pathToFileURL(name).href, name })),
  });
  client.notify("initialized", {});
}

beforeAll(async () => {
  server = await buildServer();
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "dsco-agents-")));
  for (const folder of ["designs/sub", "outside"]) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at("designs/tiny.dsco"), tiny);
  writeFileSync(at("designs/sub/ä 100%.dsco"), tiny);
  writeFileSync(at("outside/secret.dsco"), tiny);
  symlinkSync(at("outside/secret.dsco"), at("designs/link.dsco"));
});
afterAll(() => {
  server.remove();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => start([at("designs")]));
afterEach(() => client.kill());

describe("a design", () => {
  it.each([["tiny.dsco"], ["./sub/../tiny.dsco"], ["sub/ä 100%.dsco"]])("%s is found in the folder", async (file) => {
    expect(await ask("check", { file })).toMatchObject({ isError: false, text: expect.stringContaining("no errors") as unknown });
  });

  it("is found by its whole path and by its address, and shown by a path that is taken again", async () => {
    for (const file of [at("designs/sub/ä 100%.dsco"), address("designs/sub/ä 100%.dsco")]) {
      expect(await ask("check", { file })).toMatchObject({ isError: false, text: expect.stringMatching(/^sub\/ä 100%\.dsco: no errors/) as unknown });
    }
  });

  it("is read as it stands in the editor, unsaved", async () => {
    open(address("designs/tiny.dsco"), misspelt);
    expect((await ask("check", { file: "tiny.dsco" })).text).toContain("DSCO2020");
    open("untitled:Untitled-1", misspelt);
    expect((await ask("check", { file: "untitled:Untitled-1" })).text).toContain("untitled:Untitled-1:8:19: error DSCO2020");
  });

  it("is read anew where it changed on the disk and no editor told of it", async () => {
    const file = at("designs/changing.dsco");
    expect((await ask("check", { file: "changing.dsco" })).text).toContain("there is no such file");
    writeFileSync(file, tiny);
    expect((await ask("check", { file: "changing.dsco" })).text).toContain("no errors");
    writeFileSync(file, misspelt);
    expect((await ask("check", { file: "changing.dsco" })).text).toContain("DSCO2020");
    rmSync(file);
  });

  it.each([["../outside/secret.dsco"], ["link.dsco"], ["/etc/hosts.dsco"], ["https://example.org/a.dsco"], ["tiny.txt"]])("%s is refused", async (file) => {
    expect((await ask("check", { file })).isError).toBe(true);
  });

  it("of an editor without folders may be a document that is open, and what stands beside it", async () => {
    client.kill();
    await start([]);
    open(address("designs/tiny.dsco"), misspelt);
    expect((await ask("check", { file: at("designs/tiny.dsco") })).text).toContain("DSCO2020");
    expect((await ask("check", { file: "tiny.dsco" })).text).toContain("DSCO2020");
    expect(await ask("check", { file: at("outside/secret.dsco") })).toMatchObject({ isError: true });
  });

  it("may be a text, which imports from the folder", async () => {
    const { text } = await ask("report", { text: 'import { Tiny } from "./tiny.dsco"\nmodel Mine extends Tiny { layers = 3 }\n', metrics: ["kv_bytes_per_token"] });
    expect(text).toContain("kv_bytes_per_token = 96 B");
  });
});

it.each(tools.map(({ name }) => name as AgentToolName))("%s is a tool of the protocol and answers", async (name) => {
  const answer = await ask(name, { file: "tiny.dsco", about: "Tiny.layers", set: ["Tiny.layers=3"] });
  // Not every tool takes all of these: then it says which it takes.
  expect(answer.text.length).toBeGreaterThan(20);
  expect(answer.isError).toBe(!["explain"].includes(name));
});

it("an unknown tool and a request without one are told apart from faults", async () => {
  expect(await ask("chek", {})).toEqual({ text: "There is no tool `chek`; did you mean `check`?", isError: true });
  await expect(client.request("dsco/agentTool", { input: {} })).rejects.toThrow("-32602 The request names no tool.");
});

it("edits while a tool works do not end it", async () => {
  open(address("designs/tiny.dsco"), tiny);
  client.cork();
  const asked = client.send("dsco/agentTool", { name: "report", input: { file: "tiny.dsco" } });
  client.notify("textDocument/didChange", { textDocument: { uri: address("designs/tiny.dsco"), version: 2 }, contentChanges: [{ text: tiny.replace("layers      = 2", "layers = 3") }] });
  client.uncork();
  const { result, error } = await asked.message;
  expect(error).toBeUndefined();
  expect((result as AgentToolAnswer).isError).toBe(false);
});

it("a cancelled call ends with the protocol's error", async () => {
  client.cork();
  const asked = client.send("dsco/agentTool", { name: "report", input: { file: "std:models/deepseek", all: true } });
  client.notify("$/cancelRequest", { id: asked.id });
  client.uncork();
  expect((await asked.message).error?.code).toBe(-32800);
});
