#!/usr/bin/env node
// Stands in for the `code` executable of a desktop (vscodeExecutablePath of @vscode/test-electron): the same command
// line, answered by a VS Code server and a headless Chromium.
// Environment: DSCO_VSCODE_BUILD=min|latest, DSCO_VSCODE_TIMEOUT_MS, DSCO_VSCODE_PICTURE (a path; written at the end).
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { browserArguments, findChromium } from "./chromium.mjs";
import { runScript } from "./failure.mjs";
import { getVSCode } from "./get-vscode.mjs";
import { serve, writeSettings } from "./server.mjs";

/** Log lines of the workbench that say nothing about the extension. */
const noise =
  /locate the bindings|watchdog|ENOTFOUND|AgentHost|connection token|Creating a socket|Service Worker|ChatSession|builtin extensions cache|ChatModel|AccountPolicy|vsda|spdlog|gallery/i;

await runScript(async () => {
  const { options, positional } = readArguments(process.argv.slice(2));
  const [vscode, browserFound] = await Promise.all([getVSCode(process.env.DSCO_VSCODE_BUILD ?? "min"), findChromium()]);
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), "dsco-vscode-"));
  // The web workbench saves by itself unless told not to.
  writeSettings(dataFolder, { "files.autoSave": "off" });
  const extensionsFolder = options.get("extensions-dir")?.[0];
  const server = await serve(vscode, {
    port: 0,
    dataFolder,
    ...(extensionsFolder === undefined ? {} : { extensionsFolder }),
    // From 1.139 on a built workbench reads the payload below only with this.
    extraArguments: ["--enable-smoke-test-driver"],
  });
  const browser = await chromium.launch({
    executablePath: browserFound.executablePath,
    env: { ...process.env, ...browserFound.env },
    args: [...browserArguments],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const ended = new Promise((resolve) => {
      const milliseconds = Number(process.env.DSCO_VSCODE_TIMEOUT_MS ?? 180_000);
      setTimeout(() => {
        console.error(`VS Code ${vscode.version} did not end the tests within ${milliseconds / 1000} s.`);
        resolve(124);
      }, milliseconds).unref();
      for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => resolve(130));
      void page.exposeFunction("codeAutomationExit", (/** @type {number} */ code) => resolve(code));
    });
    await page.exposeFunction("codeAutomationLog", (/** @type {string} */ _type, /** @type {unknown[]} */ args) => {
      const line = args.map(String).join(" ");
      if (!noise.test(line)) console.log(line);
    });
    // localhost, not 127.0.0.1: webviews need a secure context.
    const host = `localhost:${server.port}`;
    const remote = (/** @type {string} */ file) => `vscode-remote://${host}${path.resolve(file)}`;
    const payload = [
      ...["extensionDevelopmentPath", "extensionTestsPath"].flatMap((name) => (options.get(name) ?? []).map((value) => [name, remote(value)])),
      ["enableProposedApi", ""], ["skipWelcome", "true"],
    ];
    const where = positional[0] === undefined ? "ew=true" : `folder=${encodeURIComponent(remote(positional[0]))}`;
    await page.goto(`http://${host}/?${where}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    const code = await ended;
    if (process.env.DSCO_VSCODE_PICTURE) await page.screenshot({ path: process.env.DSCO_VSCODE_PICTURE });
    return Number(code);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
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
