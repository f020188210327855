#!/usr/bin/env node
// How long it takes from the press of a key to the squiggle under the mistake that it makes, in VS Code with the packaged extension.
//   node test/vscode/keypress.mjs [--build min|latest] [--presses N]
// A mutation observer in the page waits for the squiggle, so that the time ends where the user's eye would. Beside it stands the time
// until the letter itself is shown, and what VS Code takes with a server that answers at once (36 ms, median of 12 on such a machine):
// its own share, which no extension can shorten.
import path from "node:path";
import { parseArgs } from "node:util";
import { launchChromium } from "./chromium.mjs";
import { runScript } from "./failure.mjs";
import { getVSCode } from "./get-vscode.mjs";
import { installExtension, remote, serve, workbenchAddress, writeSettings } from "./server.mjs";
import { freshWorkspace, requirePackagedExtension } from "./workspace.mjs";

/** Milliseconds from key to squiggle with a server that does nothing. */
const floor = 36;

const example = "deepseek-v3.dsco";

await runScript(async () => {
  const { values } = parseArgs({ options: { build: { type: "string", default: "latest" }, presses: { type: "string", default: "20" } } });
  const presses = Number(values.presses);
  const vscode = await getVSCode(values.build);
  const { folder, workspace, remove } = freshWorkspace();
  process.once("exit", remove);
  const [extensionsFolder, dataFolder] = [path.join(folder, "extensions"), path.join(folder, "data")];
  writeSettings(dataFolder, { "workbench.secondarySideBar.defaultVisibility": "hidden", "editor.quickSuggestions": { other: "off" }, "editor.suggestOnTriggerCharacters": false });
  await installExtension(vscode, { vsix: requirePackagedExtension(), extensionsFolder, dataFolder });
  const server = await serve(vscode, { port: 0, dataFolder, extensionsFolder, extraArguments: ["--enable-smoke-test-driver"] });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1080, height: 680 } });
    page.setDefaultTimeout(30_000);
    await page.goto(workbenchAddress(server.port, workspace, [["openFile", remote(server.port, path.join(workspace, example))], ["skipWelcome", "true"]]));
    await page.locator(".codelens-decoration a").first().waitFor();
    await page.locator(".view-line span:not(:has(span))", { hasText: /^\s*hidden_size\s*$/ }).first().click();
    await page.keyboard.press("End");
    const shown = [];
    const squiggled = [];
    for (let press = 0; press < presses; press += 1) {
      // the observer is there before the key: on a busy machine the two messages may meet in the page in the other order
      await page.evaluate(observe);
      await page.keyboard.press("z");
      await page.waitForFunction(() => Object.hasOwn(globalThis, "keyPressTimes"));
      const { text, squiggle } = await page.evaluate(taken);
      shown.push(text);
      squiggled.push(squiggle);
      await page.keyboard.press("Backspace");
      await page.waitForFunction(() => document.querySelector(".squiggly-error") === null);
      await page.waitForTimeout(200);
    }
    const row = (/** @type {string} */ name, /** @type {number[]} */ list) => {
      const sorted = [...list].sort((left, right) => left - right);
      const at = (/** @type {number} */ share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
      console.log(`${name.padEnd(28)} median ${String(at(0.5)).padStart(4)} ms   p95 ${String(at(0.95)).padStart(4)} ms`);
      console.log(`METRIC key_press_to_${name.split(" ").at(-1)}_p50 ${at(0.5)} ms`);
    };
    row("from key press to text", shown);
    row("from key press to squiggle", squiggled);
    console.log(`VS Code's own floor          median ${String(floor).padStart(4)} ms   (a server that does nothing)`);
  } finally {
    await browser.close();
    await server.stop();
  }
});

/** @typedef {{ readonly text: number, readonly squiggle: number }} Times */

/** In the page: notes the milliseconds from the next press of a key to the change of the text and to the first squiggle. */
function observe() {
  let pressed = 0;
  let text = 0;
  const editor = document.querySelector(".monaco-editor");
  if (editor === null) throw new Error("there is no editor");
  window.addEventListener("keydown", () => { pressed = performance.now(); }, { capture: true, once: true });
  const observer = new MutationObserver((mutations) => {
    if (pressed === 0) return;
    if (text === 0 && mutations.some(({ target }) => target instanceof Element && target.closest(".view-lines") !== null)) text = performance.now() - pressed;
    if (document.querySelector(".squiggly-error") === null) return;
    observer.disconnect();
    Object.assign(globalThis, { keyPressTimes: { text, squiggle: performance.now() - pressed } });
  });
  observer.observe(editor, { subtree: true, childList: true, attributes: true, characterData: true });
}

/** In the page: what was noted, once. */
function taken() {
  const times = /** @type {Times} */ (Reflect.get(globalThis, "keyPressTimes"));
  Reflect.deleteProperty(globalThis, "keyPressTimes");
  return times;
}
