#!/usr/bin/env node
// The pictures of every example in a real browser: no text lies on another, nothing leaves its picture, at several widths; and
// the report's page, light, dark and in forced colours. Ends with `N passed, N failed`; takes pictures into .vscode-test/pictures/.
//   node test/browser/run.mjs [EXAMPLE…]      of named examples all pictures at every width, and whole pages
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { launchChromium } from "../vscode/chromium.mjs";
import { runScript } from "../vscode/failure.mjs";
import { cacheFolder } from "../vscode/unpacked.mjs";
import { repository } from "../vscode/workspace.mjs";
import { troublesOf } from "./troubles.mjs";

/** @typedef {import("playwright-core").Browser} Browser */
/** @typedef {{ readonly name: string, readonly troubles: readonly string[] }} Outcome */

const examples = path.join(repository, "examples");
/** Designs whose pictures are out of the ordinary. */
const odd = path.join(repository, "test/browser/odd.dsco");
/** A narrow panel, the usual width, a wide one. */
const widths = [400, 760, 1560];
/** Examples whose page is looked at in every appearance. */
const looked = ["deepseek-v3-training.dsco", "personal-computer.dsco"];

const appearances = /** @type {const} */ ([
  { name: "light", colorScheme: "light", forcedColors: "none" },
  { name: "dark", colorScheme: "dark", forcedColors: "none" },
  { name: "forced", colorScheme: "dark", forcedColors: "active" },
]);

/** Draws in this process: pictures are functions of a width. */
async function loadDrawing(/** @type {string} */ folder) {
  const outfile = path.join(folder, "drawing.mjs");
  await build({
    stdin: {
      contents: 'export * from "./drawing"; export { openWorkspace, loadStandard } from "./analysis"; export { bindDeclaration, createSource, fileScope } from "./core";',
      resolveDir: path.join(repository, "server/src"), loader: "ts",
    },
    bundle: true, format: "esm", platform: "node", outfile, loader: { ".dsco": "text" }, logLevel: "error",
  });
  return import(pathToFileURL(outfile).href);
}

/** A page with all pictures of a design at a width. */
function galleryOf(/** @type {any} */ drawing, /** @type {string} */ file, /** @type {number} */ width) {
  const uri = pathToFileURL(file).href;
  const load = (/** @type {string} */ address) => {
    if (address.startsWith("std:")) return drawing.loadStandard(address);
    return { kind: "source", source: drawing.createSource(address, readFileSync(new URL(address), "utf8")) };
  };
  const workspace = drawing.openWorkspace(load);
  const scope = drawing.fileScope(workspace, uri);
  const bodies = scope.declarations.flatMap((/** @type {any} */ node, /** @type {number} */ index) => {
    const declaration = node.kind === "declaration" ? drawing.bindDeclaration(workspace, node, scope) : undefined;
    const report = declaration && drawing.reportOf(workspace, declaration, { width, scope: `d${index}` });
    return (report?.pictures ?? []).map((/** @type {any} */ picture) => `<div data-picture="${node.name.text} ${picture.id}">${picture.svg}</div>`);
  });
  return `<!doctype html><meta charset="utf-8"><style>body { margin: 10px; font: 13px system-ui, sans-serif; } ${drawing.pageColours}${drawing.pictureStyles}</style>${bodies.join("\n")}`;
}

/** @returns {Promise<Outcome[]>} */
async function gallery(/** @type {Browser} */ browser, /** @type {any} */ drawing, /** @type {string} */ file, /** @type {string | undefined} */ shots) {
  const page = await browser.newPage();
  const outcomes = [];
  for (const width of widths) {
    await page.setViewportSize({ width: width + 20, height: 800 });
    await page.setContent(galleryOf(drawing, file, width));
    outcomes.push({ name: `pictures of ${path.basename(file)} at ${width} pixels`, troubles: await page.evaluate(troublesOf) });
    if (shots !== undefined) await page.screenshot({ path: path.join(shots, `pictures-${path.basename(file, ".dsco")}-${width}.png`), fullPage: true });
  }
  await page.close();
  return outcomes;
}

/** @returns {Promise<Outcome[]>} */
async function reportPage(/** @type {Browser} */ browser, /** @type {string} */ example, /** @type {string} */ shots, /** @type {boolean} */ fullPage) {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(repository, "bin/dsco.mjs"), "report", path.join(examples, example), "--format", "html"], { maxBuffer: 64 * 1024 * 1024 });
  const outcomes = [];
  for (const { name, ...media } of appearances) {
    for (const width of [800, 1600]) {
      const page = await browser.newPage({ viewport: { width, height: 1000 }, ...media });
      /** @type {string[]} */
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => asked.push(message.text()));
      await page.setContent(stdout);
      const troubles = await page.evaluate(troublesOf);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      outcomes.push({
        name: `the report of ${example}, ${name}, at ${width} pixels`,
        troubles: [...troubles, ...asked.map((what) => `it asked for, or said: ${what}`), ...(overflow ? ["it is wider than the window"] : [])],
      });
      await page.screenshot({ path: path.join(shots, `report-${path.basename(example, ".dsco")}-${name}-${width}.png`), fullPage });
      await page.close();
    }
  }
  return outcomes;
}

await runScript(async () => {
  const named = process.argv.slice(2);
  // pages are long, and pictures of all of one take seconds
  const isAsked = named.length > 0;
  const all = readdirSync(examples).filter((file) => file.endsWith(".dsco") && (!isAsked || named.includes(file)));
  const shots = path.join(cacheFolder, "pictures");
  mkdirSync(shots, { recursive: true });
  const temporary = mkdtempSync(path.join(os.tmpdir(), "dsco-browser-"));
  writeFileSync(path.join(temporary, "package.json"), '{ "type": "module" }');
  const browser = await launchChromium();
  try {
    const drawing = await loadDrawing(temporary);
    /** @type {Outcome[]} */
    const outcomes = [];
    const designs = [...all.map((example) => path.join(examples, example)), ...(!isAsked || named.includes("odd.dsco") ? [odd] : [])];
    for (const file of designs) outcomes.push(...await gallery(browser, drawing, file, isAsked ? shots : undefined));
    for (const example of all.filter((file) => looked.includes(file))) outcomes.push(...await reportPage(browser, example, shots, isAsked));
    const failed = outcomes.filter(({ troubles }) => troubles.length > 0);
    for (const { name, troubles } of failed) console.log(`✗ ${name}\n${troubles.slice(0, 12).map((trouble) => `    ${trouble}`).join("\n")}`);
    console.log(`${outcomes.length - failed.length} passed, ${failed.length} failed`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    await browser.close();
    rmSync(temporary, { recursive: true, force: true });
  }
});
