// The server over a connection in memory: what it does with its own faults, and with calls that nobody waits for any more.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { createAgentServer, type AgentHost } from "../../../server/src/mcp/serve";
import { memoryFiles } from "../agents/kit";
import { tiny } from "../cli/designs";

async function connect(host: Partial<AgentHost>): Promise<{ readonly client: Client; readonly logged: string[]; readonly call: (name: string, args: Record<string, unknown>) => Promise<CallToolResult> }> {
  const logged: string[] = [];
  const [mine, theirs] = InMemoryTransport.createLinkedPair();
  await createAgentServer({ files: memoryFiles({ "tiny.dsco": tiny }), letMessagesIn: () => setImmediate(), log: (text) => logged.push(text), ...host }, "1.2.3").connect(theirs);
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(mine);
  return { client, logged, call: async (name, args) => (await client.callTool({ name, arguments: args })) as CallToolResult };
}

it("a fault of its own is logged, told to the model, and ends nothing", async () => {
  const files = memoryFiles({ "tiny.dsco": tiny });
  let isBroken = true;
  const broken = { ...files, load: (uri: string) => {
    if (isBroken) throw new Error("the disk is on fire");
    return files.load(uri);
  } };
  const { call, logged } = await connect({ files: broken });
  const failed = await call("check", { file: "tiny.dsco" });
  expect(failed.isError).toBe(true);
  expect(failed.content[0]).toMatchObject({ text: "dsco met a fault of its own in `check`, which its log tells more of: the disk is on fire" });
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatch(/^A fault in check: Error: the disk is on fire\n {4}at /);
  isBroken = false;
  expect((await call("check", { file: "tiny.dsco" })).isError).toBeUndefined();
});

it("a call that was cancelled stops computing", async () => {
  let moments = 0;
  const { client, call, logged } = await connect({ letMessagesIn: () => {
    moments += 1;
    return setImmediate();
  } });
  // A report lets messages in before each of its models.
  await call("report", { file: "std:models/deepseek" });
  const whole = moments;
  expect(whole).toBeGreaterThan(6);
  moments = 0;
  const given = new AbortController();
  const asked = client.callTool({ name: "report", arguments: { file: "std:models/deepseek" } }, undefined, { signal: given.signal });
  await setImmediate();
  given.abort();
  await expect(asked).rejects.toThrow();
  for (let turn = 0; turn < 50; turn += 1) await setImmediate();
  expect(moments).toBeLessThan(whole);
  expect(logged).toEqual([]);
  expect((await call("check", { file: "tiny.dsco" })).isError).toBeUndefined();
});

it("names its version", async () => {
  expect((await connect({})).client.getServerVersion()).toMatchObject({ name: "dsco", version: "1.2.3" });
});
