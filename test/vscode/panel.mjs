#!/usr/bin/env node
// The report panel of the packaged extension in VS Code, through the window as a user sees it: what stands in a webview no test inside
// VS Code can read. Ends with the line `N passed, N failed`.
//   node test/vscode/panel.mjs [--build min|latest]
import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launchChromium } from "./chromium.mjs";
import { Failure, runScript } from "./failure.mjs";
import { getVSCode } from "./get-vscode.mjs";
import { installExtension, serve, workbenchAddress, writeSettings } from "./server.mjs";
import { freshWorkspace, requirePackagedExtension } from "./workspace.mjs";

/** @typedef {import("playwright-core").Page} Page */

const example = "deepseek-v3.dsco";

/** The document of the panel. */
const panelOf = (/** @type {Page} */ page) => page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
const memoryOf = (/** @type {Page} */ page) => panelOf(page).locator(".tile", { hasText: "Memory per GPU" }).locator(".value");

/** One after the other, in one window. `lineOf`: of a text of the example, from 1. @type {readonly { readonly name: string, readonly run: (page: Page, lineOf: (text: string) => number) => Promise<void> }[]} */
const tests = [
  {
    name: "the panel shows the plan under the cursor, with the memory that its lens says",
    run: async (page, lineOf) => {
      await goTo(page, lineOf("plan TrainV3"));
      const lens = page.locator(".codelens-decoration a", { hasText: /GB of [\d.]+ GB a GPU$/ }).last();
      const memory = /[\d.]+ GB(?= of)/.exec((await lens.innerText()).replace(/\s/g, " "))?.[0] ?? "no memory";
      await command(page, "dsco: Open Report Panel");
      await memoryOf(page).getByText(memory, { exact: true }).waitFor();
      await panelOf(page).locator("svg.picture .mark").first().waitFor();
    },
  },
  {
    name: "it follows an edit, and stays what it is",
    run: async (page, lineOf) => {
      const before = await memoryOf(page).innerText();
      // Of another page, or a tile made anew, this would be gone.
      await memoryOf(page).evaluate((/** @type {{ id: string }} */ element) => void (element.id = "the-same"));
      await goTo(page, lineOf("  zero     = 1"));
      await page.keyboard.press("End");
      await page.keyboard.press("Backspace");
      await panelOf(page).getByRole("status").waitFor();
      expect(await memoryOf(page).innerText() === before, "a line without its value leaves the last good figure");
      await page.keyboard.type("3");
      await panelOf(page).locator("#the-same", { hasNotText: before }).waitFor();
      expect(await panelOf(page).getByRole("status").count() === 0, "the notice goes with the mistake");
      await page.keyboard.press("Backspace");
      await page.keyboard.type("1");
      await panelOf(page).locator("#the-same", { hasText: before }).waitFor();
    },
  },
  {
    name: "a mark leads to its line",
    run: async (page, lineOf) => {
      await goTo(page, 1);
      await command(page, "dsco: Open Report Panel");
      await panelOf(page).getByText("TrainV3").first().waitFor();
      await panelOf(page).locator(".mark[data-mark='rank-0-optimizer']").click();
      await page.locator(".statusbar-item", { hasText: new RegExp(`^Ln (?!1,)\\d+, Col \\d+`) }).first().waitFor();
      expect(lineOf("plan TrainV3") > 1, "the example holds the plan");
    },
  },
  {
    name: "it comes back when the window is loaded again",
    run: async (page) => {
      const memory = await memoryOf(page).innerText();
      await page.keyboard.press("Control+S");
      await page.locator(".editor-group-container .tab.dirty").waitFor({ state: "hidden" });
      await Promise.all([page.waitForEvent("load"), command(page, "Developer: Reload Window").catch(() => undefined)]);
      await page.locator(".view-lines .view-line").first().waitFor();
      await memoryOf(page).getByText(memory, { exact: true }).waitFor();
    },
  },
];

function expect(/** @type {boolean} */ holds, /** @type {string} */ what) {
  if (!holds) throw new Failure(`this does not hold: ${what}`);
}

/** Puts the cursor at the start of a line; tries again where a window that has just opened lost a key. */
async function goTo(/** @type {Page} */ page, /** @type {number} */ line) {
  const position = page.locator(".statusbar-item", { hasText: new RegExp(`^Ln ${line}, Col 1\\b`) }).first();
  for (let tries = 0; tries < 4; tries += 1) {
    await page.keyboard.press("Escape");
    await page.locator(".editor-group-container .tab", { hasText: example }).first().click();
    await page.keyboard.press("Control+G");
    await page.locator(".quick-input-widget input").first().waitFor();
    await page.keyboard.type(String(line));
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    if (await position.waitFor({ timeout: 3000 }).then(() => true, () => false)) return;
  }
  throw new Failure(`the cursor does not come to line ${line}`);
}

async function command(/** @type {Page} */ page, /** @type {string} */ title) {
  await page.keyboard.press("F1");
  await page.keyboard.type(title);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
}

/** @returns {Promise<{ readonly passed: number, readonly failed: number }>} */
export async function runPanel(/** @type {string} */ build) {
  const vscode = await getVSCode(build);
  const { folder, workspace, remove } = freshWorkspace();
  const [extensionsFolder, dataFolder] = [path.join(folder, "extensions"), path.join(folder, "data")];
  writeSettings(dataFolder, { "workbench.secondarySideBar.defaultVisibility": "hidden", "editor.quickSuggestions": { other: "off" }, "files.autoSave": "off" });
  await installExtension(vscode, { vsix: requirePackagedExtension(), extensionsFolder, dataFolder });
  const server = await serve(vscode, { port: 0, dataFolder, extensionsFolder, extraArguments: ["--enable-smoke-test-driver"] });
  const browser = await launchChromium();
  const lines = readFileSync(path.join(workspace, example), "utf8").split("\n");
  const lineOf = (/** @type {string} */ text) => lines.findIndex((line) => line.startsWith(text)) + 1;
  console.log(`VS Code ${vscode.version} (the report panel through its window)`);
  let passed = 0;
  let failed = 0;
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(20_000);
    // Not by the address: a window that is told what to open does not open what was open before.
    await page.goto(workbenchAddress(server.port, workspace, [["skipWelcome", "true"]]));
    await page.locator(".explorer-folders-view .monaco-list-row", { hasText: example }).dblclick();
    await page.locator(".codelens-decoration a").first().waitFor();
    for (const { name, run } of tests) {
      const start = Date.now();
      const error = await run(page, lineOf).then(() => undefined, (/** @type {Error} */ reason) => reason);
      if (error === undefined) passed += 1;
      else failed += 1;
      console.log(`  ${error === undefined ? "✓" : "✗"} ${name} (${Date.now() - start} ms)${error === undefined ? "" : `\n    ${error.message.split("\n").slice(0, 4).join("\n    ")}`}`);
      if (error !== undefined && process.env.DSCO_VSCODE_PICTURE) await page.screenshot({ path: process.env.DSCO_VSCODE_PICTURE });
    }
  } finally {
    await browser.close();
    await server.stop();
    remove();
  }
  return { passed, failed };
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    const { values } = parseArgs({ options: { build: { type: "string", default: "latest" } } });
    const { passed, failed } = await runPanel(values.build);
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  });
}
