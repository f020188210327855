#!/usr/bin/env node
// Takes pictures of the packaged extension in VS Code: one file a feature, in .vscode-test/pictures/.
//   node test/vscode/pictures.mjs [--build min|latest] [--only NAME] [--docs]
// --docs also puts those that the README shows into docs/images/, those of the walkthrough into client/images/. Look at them
// before they are committed.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { launchChromium } from "./chromium.mjs";
import { runScript } from "./failure.mjs";
import { getVSCode } from "./get-vscode.mjs";
import { smallPng } from "./small-png.mjs";
import { installExtension, remote, serve, workbenchAddress, writeSettings } from "./server.mjs";
import { cacheFolder } from "./unpacked.mjs";
import { freshWorkspace, repository, requirePackagedExtension } from "./workspace.mjs";

/** @typedef {import("playwright-core").Page} Page */

const example = "deepseek-v3.dsco";
/** The design that the walkthrough starts with. */
const starter = readFileSync(path.join(repository, "server/src/design/starters/plan.dsco"), "utf8");
/** Pictures of the walkthrough are shown small and stand in the package. */
const small = { width: 620, height: 340 };

/** @type {readonly { readonly name: string, readonly size?: { readonly width: number, readonly height: number }, readonly sideBar?: boolean, readonly design?: string, readonly window?: { readonly width: number, readonly height: number }, readonly edit?: (text: string) => string, readonly show: (page: Page) => Promise<void> }[]} */
const pictures = [
  {
    name: "lenses",
    show: async (page) => {
      await page.locator(".codelens-decoration a").first().waitFor();
    },
  },
  {
    name: "hover",
    show: async (page) => {
      await word(page, "kv_lora_rank").hover();
      await page.locator(".monaco-hover .hover-contents", { hasText: "70.27 KB" }).first().waitFor();
    },
  },
  {
    name: "explanation",
    window: { width: 1440, height: 800 },
    show: async (page) => {
      await page.locator(".codelens-decoration a", { hasText: "KV" }).first().click();
      await webview(page).getByText("70,272").first().waitFor();
      await page.locator(".monaco-list-row", { hasText: "kv_lora_rank" }).first().waitFor();
    },
  },
  {
    name: "report-panel",
    window: { width: 1440, height: 900 },
    show: async (page) => {
      await goTo(page, 85);
      await command(page, "dsco: Open Report Panel");
      const panel = webview(page);
      await panel.getByText("72.23 GB").first().waitFor();
      await panel.locator('[data-mark="rank-1-activations"]').hover();
      await panel.locator(".tip", { hasText: "activations" }).waitFor();
    },
  },
  {
    name: "explanation-tree",
    window: { width: 1440, height: 900 },
    show: async (page) => {
      await goTo(page, 85);
      await command(page, "dsco: Open Report Panel");
      await webview(page).locator(".tile", { hasText: "MFU" }).click();
      const row = (/** @type {string} */ text) => page.locator(".pane-body .monaco-list-row", { hasText: text }).first();
      await row("Throughput of a GPU").waitFor();
      await row("Throughput of a GPU").click();
      await page.keyboard.press("ArrowRight");
      await row("GPUs").waitFor();
    },
  },
  {
    name: "quick-fix",
    edit: (text) => text.replace(/group_limit(\s*)= 4/, "group_limit$1= 9"),
    show: async (page) => {
      await page.locator(".squiggly-error, .squiggly-warning").first().waitFor();
      await word(page, "group_limit").click();
      for (let line = 0; line < 14; line += 1) await page.keyboard.press("Control+ArrowDown"); // Room for the menu.
      await command(page, "Quick Fix...");
      await page.locator(".action-widget .monaco-list-row").first().waitFor();
    },
  },
  {
    name: "diagnostics",
    edit: (text) => text.replace("hidden_size", "hiden_size").replace(/top_k(\s*)= 8/, "top_k$1= 200"),
    show: async (page) => {
      await page.locator(".squiggly-error").first().waitFor();
      await page.keyboard.press("Control+Shift+M");
      await page.locator(".markers-panel .monaco-list-row").first().waitFor();
    },
  },
  {
    name: "plan",
    show: async (page) => {
      await goTo(page, 72);
      await page.locator(".codelens-decoration a", { hasText: "in TrainV3" }).first().waitFor();
      await word(page, "zero").hover();
      await page.locator(".monaco-hover .hover-contents", { hasText: "Step time" }).first().waitFor();
    },
  },
  {
    name: "sweep",
    design: "decode-frontier.dsco",
    window: { width: 1380, height: 1060 },
    show: async (page) => {
      await page.locator(".codelens-decoration a", { hasText: "Run · 192 designs" }).first().click();
      const panel = page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
      await panel.getByText("all tried").waitFor();
      await panel.locator(".area").focus();
      for (let step = 0; step < 7; step += 1) await page.keyboard.press("ArrowRight");
      await panel.locator(".selection h2").waitFor();
      await panel.locator(".counts").click(); // The frame of the keyboard's place is none of the picture.
    },
  },
  {
    name: "walkthrough-plan",
    size: small,
    edit: () => starter,
    show: async (page) => {
      await goTo(page, 21);
      await page.locator(".codelens-decoration a", { hasText: "MFU" }).first().waitFor();
    },
  },
  {
    name: "walkthrough-explain",
    size: { ...small, height: 420 },
    edit: () => starter,
    show: async (page) => {
      await page.locator(".codelens-decoration a").first().waitFor();
      await word(page, "ep").hover();
      await page.locator(".monaco-hover .hover-contents").first().waitFor();
    },
  },
  {
    name: "walkthrough-fix",
    size: small,
    edit: () => starter.replace("<= 80 GB", "<= 40 GB"),
    show: async (page) => {
      await goTo(page, 27);
      await page.locator(".squiggly-error, .squiggly-warning").first().waitFor();
      await word(page, "memory_per_gpu").first().click();
      await command(page, "Quick Fix...");
      await page.locator(".action-widget .monaco-list-row").first().waitFor();
    },
  },
  {
    name: "outline",
    sideBar: true,
    show: async (page) => {
      await command(page, "Explorer: Focus on Outline View");
      await page.locator(".outline-pane .monaco-list-row", { hasText: "DeepSeekV3" }).first().waitFor();
    },
  },
];

/** The document of the webview that is seen. */
const webview = (/** @type {Page} */ page) => page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");

/** A word of the editor's text. */
function word(/** @type {Page} */ page, /** @type {string} */ text) {
  return page.locator(".view-line span:not(:has(span))", { hasText: new RegExp(`^\\s*${text}\\s*$`) }).first();
}

/** Brings a line into the middle of the editor. */
async function goTo(/** @type {Page} */ page, /** @type {number} */ line) {
  await page.keyboard.press("Control+G");
  await page.keyboard.type(String(line));
  await page.keyboard.press("Enter");
}

/** Runs a command by its title, as a user does. */
async function command(/** @type {Page} */ page, /** @type {string} */ title) {
  await page.keyboard.press("F1");
  await page.keyboard.type(title);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().waitFor();
  await page.keyboard.press("Enter");
}

await runScript(async () => {
  const { values } = parseArgs({
    options: { build: { type: "string", default: "latest" }, only: { type: "string" }, docs: { type: "boolean", default: false } },
  });
  const vsix = requirePackagedExtension();
  const vscode = await getVSCode(values.build);
  const { folder, workspace, remove } = freshWorkspace();
  process.once("exit", remove);
  const extensionsFolder = path.join(folder, "extensions");
  const dataFolder = path.join(folder, "data");
  writeSettings(dataFolder, {
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "window.commandCenter": false,
    "window.title": "${activeEditorShort}",
    "editor.hover.above": false,
    "editor.stickyScroll.enabled": false,
    "editor.minimap.enabled": false,
    "editor.fontSize": 13,
    "breadcrumbs.enabled": false,
  });
  await installExtension(vscode, { vsix, extensionsFolder, dataFolder });
  const server = await serve(vscode, { port: 0, dataFolder, extensionsFolder, extraArguments: ["--enable-smoke-test-driver"] });
  const browser = await launchChromium();
  const target = path.join(cacheFolder, "pictures");
  mkdirSync(target, { recursive: true });
  let failed = 0;
  for (const { name, size, sideBar, design = example, window, edit, show } of pictures.filter((picture) => values.only === undefined || picture.name === values.only)) {
    const file = path.join(workspace, design);
    const original = readFileSync(file, "utf8");
    if (edit) writeFileSync(file, edit(original));
    const page = await browser.newPage({ viewport: size ?? window ?? { width: 1080, height: 680 }, deviceScaleFactor: size !== undefined ? 1.25 : window ? 1.1 : 1.4 });
    page.setDefaultTimeout(20_000);
    try {
      await page.goto(workbenchAddress(server.port, workspace, [["openFile", remote(server.port, file)], ["skipWelcome", "true"]]));
      await page.locator(".view-lines .view-line").first().waitFor();
      await page.locator(".codelens-decoration a").first().waitFor();
      if (!sideBar) await page.keyboard.press("Control+B");
      await show(page);
      await page.waitForTimeout(500); // Animations of menus and hovers come to their end.
      console.log(`${name}.png`);
    } catch (error) {
      failed += 1;
      console.log(`${name}.png: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
    }
    if (size !== undefined) await page.addStyleTag({ content: ".part.activitybar { visibility: hidden }" });
    // Of a small one, the editor alone.
    const clip = size === undefined ? {} : { clip: { x: 38, y: 30, width: size.width - 38, height: size.height - 54 } };
    const picture = await page.screenshot({ path: path.join(target, `${name}.png`), ...clip });
    if (size !== undefined) writeFileSync(path.join(target, `${name}.png`), await smallPng(await browser.newPage(), picture));
    await page.close();
    writeFileSync(file, original);
  }
  await browser.close();
  await server.stop();
  if (failed === 0 && values.docs) {
    const images = path.join(repository, "docs/images");
    mkdirSync(images, { recursive: true });
    const readme = readFileSync(path.join(repository, "README.md"), "utf8");
    for (const { name } of pictures) {
      if (readme.includes(`docs/images/${name}.png`)) copyFileSync(path.join(target, `${name}.png`), path.join(images, `${name}.png`));
      if (name.startsWith("walkthrough-")) copyFileSync(path.join(target, `${name}.png`), path.join(repository, "client/images", `${name}.png`));
    }
  }
  return failed === 0 ? 0 : 1;
});
process.exit();
