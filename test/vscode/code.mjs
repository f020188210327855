#!/usr/bin/env node
// Stands in for the `code` executable of a desktop (vscodeExecutablePath of @vscode/test-electron): the same command
// line, answered by a VS Code server and a headless Chromium.
// Environment: DSCO_VSCODE_BUILD=min|latest, DSCO_VSCODE_TIMEOUT_MS, DSCO_VSCODE_PICTURE (a path; written at
// the end).
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { launchChromium } from "./chromium.mjs";
import { runScript } from "./failure.mjs";
import { getVSCode } from "./get-vscode.mjs";
import { remote, serve, workbenchAddress, writeSettings } from "./server.mjs";

/** Log lines of the workbench that say nothing about the extension. */
const noise =
  /locate the bindings|watchdog|ENOTFOUND|AgentHost|connection token|Creating a socket|Service Worker|ChatSession|builtin extensions cache|ChatModel|AccountPolicy|vsda|spdlog|gallery/i;

await runScript(async () => {
  const { options, positional } = readArguments(process.argv.slice(2));
  const vscode = await getVSCode(process.env.DSCO_VSCODE_BUILD ?? "min");
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), "dsco-vscode-"));
  // However this ends, it leaves nothing behind: serve() and Playwright end what they started in the same way.
  process.once("exit", () => rmSync(dataFolder, { recursive: true, force: true }));
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.once(signal, () => process.exit(130));
  // The web workbench saves by itself unless told not to.
  writeSettings(dataFolder);
  const extensionsFolder = options.get("extensions-dir")?.[0];
  const server = await serve(vscode, {
    port: 0,
    dataFolder,
    ...(extensionsFolder === undefined ? {} : { extensionsFolder }),
    // From 1.139 on a built workbench reads the payload below only with this.
    extraArguments: ["--enable-smoke-test-driver"],
  });
  const page = await (await launchChromium()).newPage({ viewport: { width: 1280, height: 800 } });
  const ended = new Promise((resolve) => {
    const milliseconds = Number(process.env.DSCO_VSCODE_TIMEOUT_MS ?? 300_000);
    setTimeout(() => {
      console.error(`VS Code ${vscode.version} did not end the tests within ${milliseconds / 1000} s.`);
      resolve(124);
    }, milliseconds);
    void page.exposeFunction("codeAutomationExit", (/** @type {number} */ code) => resolve(code));
  });
  await page.exposeFunction("codeAutomationLog", (/** @type {string} */ _type, /** @type {unknown[]} */ args) => {
    const line = args.map(String).join(" ");
    if (!noise.test(line)) console.log(line);
  });
  /** @type {[string, string][]} */
  const extension = ["extensionDevelopmentPath", "extensionTestsPath"].flatMap((name) =>
    (options.get(name) ?? []).map((/** @type {string} */ file) => /** @type {[string, string]} */ ([name, remote(server.port, file)])),
  );
  await page.goto(workbenchAddress(server.port, positional[0], [...extension, ["enableProposedApi", ""], ["skipWelcome", "true"]]));
  const code = await ended;
  if (process.env.DSCO_VSCODE_PICTURE) await page.screenshot({ path: process.env.DSCO_VSCODE_PICTURE });
  await page.context().browser()?.close();
  await server.stop();
  return Number(code);
});
process.exit();

/** `--name=value` and `--name` are options, the rest is what to open. */
function readArguments(/** @type {readonly string[]} */ args) {
  /** @type {Map<string, string[]>} */
  const options = new Map();
  const positional = [];
  for (const arg of args) {
    const match = /^--([\w-]+)(?:=(.*))?$/s.exec(arg);
    if (match?.[1]) options.set(match[1], [...(options.get(match[1]) ?? []), match[2] ?? ""]);
    else positional.push(arg);
  }
  return { options, positional };
}
