#!/usr/bin/env node
// Runs the suite in a real VS Code with the packaged extension installed, through @vscode/test-electron.
//   DSCO_VSCODE=all        both builds from npm: VS Code (server and web workbench), and the web; the default
//   DSCO_VSCODE=min        the oldest that engines.vscode allows
//   DSCO_VSCODE=latest     the newest, and what stands in webviews through its window
//   DSCO_VSCODE=web        the newest workbench without a server, as on vscode.dev: the extension in a web worker
//   DSCO_VSCODE=download   the newest desktop VS Code, which @vscode/test-electron downloads (needs a display)
// Ends with the line `N passed, N failed`.
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from "@vscode/test-electron";
import { build as bundle } from "esbuild";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "./chromium.mjs";
import { Failure, runScript } from "./failure.mjs";
import { getVSCode } from "./get-vscode.mjs";
import { runPanel } from "./panel.mjs";
import { installExtension } from "./server.mjs";
import { serveWeb } from "./web.mjs";
import { freshWorkspace, repository, requirePackagedExtension } from "./workspace.mjs";

const choices = new Map([
  ["all", ["min", "latest", "web"]],
  ["min", ["min"]],
  ["latest", ["latest"]],
  ["web", ["web"]],
  ["download", ["download"]],
]);

/** The suite as one CommonJS file. */
async function bundleSuite(/** @type {string} */ folder, /** @type {"node" | "browser"} */ platform) {
  const suite = path.join(folder, "suite.cjs");
  await bundle({
    entryPoints: [path.join(repository, `test/vscode/suite/${platform === "node" ? "index" : "index.browser"}.ts`)],
    outfile: suite, bundle: true, platform, format: "cjs", target: platform === "node" ? "node20" : "es2022", external: ["vscode"], sourcemap: "inline",
    logLevel: "warning",
  });
  return suite;
}

/** The empty extension that VS Code's test host wants to be developed. */
function emptyExtension(/** @type {string} */ folder) {
  const development = path.join(folder, "development");
  mkdirSync(development);
  writeFileSync(path.join(development, "package.json"), JSON.stringify({ name: "none", publisher: "none", version: "0.0.0", engines: { vscode: "*" } }));
  return development;
}

/** The executable for @vscode/test-electron, with the packaged extension installed in `extensionsFolder`. */
async function prepare(/** @type {string} */ build, /** @type {string} */ extensionsFolder, /** @type {string} */ dataFolder) {
  const vsix = requirePackagedExtension();
  if (build === "download") {
    const executable = await downloadAndUnzipVSCode();
    const [command = executable, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable);
    execFileSync(command, [...args, "--extensions-dir", extensionsFolder, "--user-data-dir", dataFolder, "--install-extension", vsix], { stdio: "ignore" });
    return executable;
  }
  await installExtension(await getVSCode(build), { vsix, extensionsFolder, dataFolder });
  return path.join(path.dirname(fileURLToPath(import.meta.url)), "code.mjs");
}

/** @returns {Promise<{ readonly passed: number, readonly failed: number }>} */
async function runBuild(/** @type {string} */ build) {
  const { folder, workspace, remove } = freshWorkspace();
  const results = path.join(folder, "results.jsonl");
  const extensionsFolder = path.join(folder, "extensions");
  try {
    const executable = await prepare(build, extensionsFolder, path.join(folder, "data"));
    console.log(`VS Code ${build === "download" ? "(desktop)" : `${(await getVSCode(build)).version} (server and web workbench)`}`);
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: emptyExtension(folder),
      extensionTestsPath: await bundleSuite(folder, "node"),
      reuseMachineInstall: true,
      launchArgs: [workspace, `--extensions-dir=${extensionsFolder}`, ...(build === "download" ? [`--user-data-dir=${path.join(folder, "data")}`] : [])],
      extensionTestsEnv: { DSCO_VSCODE_BUILD: build, DSCO_VSCODE_RESULTS: results },
    }).catch(() => undefined); // What failed is in the results.
    return count(linesOf(results));
  } finally {
    remove();
  }
}

/** A window that did not come up as it should says nothing of the panel: once more in another one. */
async function panelInFreshWindow(/** @type {string} */ build) {
  const first = await runPanel(build);
  if (first.failed === 0) return first;
  console.log("Once more, in another window:");
  return runPanel(build);
}

/** @returns {Promise<{ readonly passed: number, readonly failed: number }>} */
async function runWeb() {
  const { folder, workspace, remove } = freshWorkspace();
  const extensionsFolder = path.join(folder, "extensions");
  /** @type {string[]} */
  const results = [];
  try {
    const vscode = await getVSCode("latest");
    await installExtension(vscode, { vsix: requirePackagedExtension(), extensionsFolder, dataFolder: path.join(folder, "data") });
    const installed = readdirSync(extensionsFolder).find((name) => name.startsWith("dsco.dsco-")) ?? "";
    const suite = await bundleSuite(folder, "browser");
    console.log(`VS Code ${vscode.version} (web workbench alone, extensions in a web worker)`);
    const { address, stop } = await serveWeb(vscode, { extension: path.join(extensionsFolder, installed), suite, workspace, onResult: (line) => results.push(line) });
    const browser = await launchChromium();
    try {
      await runPage(browser, address);
    } finally {
      await browser.close();
      stop();
    }
    return count(results);
  } finally {
    remove();
  }
}

/** Opens the workbench and waits for the end of the suite, which it runs. */
async function runPage(/** @type {import("playwright-core").Browser} */ browser, /** @type {string} */ address) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    setTimeout(resolve, 180_000).unref();
    void page.exposeFunction("codeAutomationExit", () => resolve());
  });
  await page.exposeFunction("codeAutomationLog", (/** @type {string} */ _type, /** @type {unknown[]} */ args) => {
    const line = args.map(String).join(" ");
    if (/^ {2}[✓✗]/.test(line)) console.log(line);
  });
  await page.goto(address);
  await ended;
  if (process.env.DSCO_VSCODE_PICTURE) await page.screenshot({ path: process.env.DSCO_VSCODE_PICTURE });
}

const linesOf = (/** @type {string} */ file) => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);

/** A suite that did not come to its end is one more failure. */
function count(/** @type {readonly string[]} */ results) {
  /** @type {{ passed?: boolean, finished?: boolean }[]} */
  const lines = results.map((line) => JSON.parse(line));
  const finished = lines.some((line) => line.finished);
  if (!finished) console.log("  ✗ the suite did not come to its end");
  return {
    passed: lines.filter(({ passed }) => passed === true).length,
    failed: lines.filter(({ passed }) => passed === false).length + (finished ? 0 : 1),
  };
}

await runScript(async () => {
  const choice = process.env.DSCO_VSCODE ?? "all";
  const builds = choices.get(choice);
  if (builds === undefined) throw new Failure(`DSCO_VSCODE is "${choice}": choose one of ${[...choices.keys()].join(", ")}.`);
  let passed = 0;
  let failed = 0;
  for (const build of builds) {
    const results = build === "web" ? [await runWeb()] : build === "latest" ? [await runBuild(build), await panelInFreshWindow(build)] : [await runBuild(build)];
    for (const result of results) {
      passed += result.passed;
      failed += result.failed;
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
