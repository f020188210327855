import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as vscode from "vscode";
import * as assert from "./assert";
import { test, until } from "./harness";
import { answered, edit, errorsOf, hoverAt, open, openText, positionOf, rangeOf } from "./workbench";

test("the restart command starts a new server, which knows the open files", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  const [before] = serverProcesses();
  assert.ok(before, "a server runs");
  await vscode.commands.executeCommand("dsco.restartServer");
  await answered(document);
  assert.match(await hoverAt(document, positionOf(document, "kv_lora_rank", 1)), /70\.27 KB/);
  await until("the old process to end", () => !serverProcesses().includes(before));
  assert.equal(serverProcesses().length, 1);
});

test("a server that ends by itself is started again", async () => {
  const document = await openText("crash.dsco", "model Small {\n  layers = 2\n}\n");
  await answered(document);
  const [before] = serverProcesses();
  assert.ok(before, "a server runs");
  process.kill(before, "SIGKILL");
  await until("another process", () => serverProcesses().some((pid) => pid !== before));
  await edit(document, rangeOf(document, "layers"), "layerz");
  await until("the error at the new text", () => errorsOf(document).some(({ range }) => document.getText(range) === "layerz"));
});

test("a server that keeps ending is left stopped, and the restart command starts it again", async () => {
  const document = await openText("crashes.dsco", "model Small {\n  layers = 2\n}\n");
  await vscode.commands.executeCommand("dsco.restartServer"); // Counts the ends anew.
  let killed = 0;
  for (let end = 1; end <= 5; end += 1) {
    killed = await until("another process", () => serverProcesses().find((pid) => pid !== killed));
    await answered(document);
    process.kill(killed, "SIGKILL");
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.deepEqual(serverProcesses(), [], "no sixth start");
  await vscode.commands.executeCommand("dsco.restartServer");
  await answered(document);
  assert.equal(serverProcesses().length, 1);
});

/** The language servers that this extension host started. */
function serverProcesses(): readonly number[] {
  return childProcesses(process.pid).filter(({ command }) => command.includes("dist/extension-program.js lsp ")).map(({ pid }) => pid);
}

function childProcesses(parent: number): readonly { readonly pid: number; readonly command: string }[] {
  if (!existsSync("/proc/self/stat")) {
    return execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n").flatMap((line) => {
      const [, pid, ppid, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(ppid) === parent ? [{ pid: Number(pid), command: command ?? "" }] : [];
    });
  }
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const ppid = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1]);
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      return ppid === parent && command !== "" ? [{ pid: Number(name), command }] : [];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}
