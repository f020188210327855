#!/usr/bin/env node
// Finds a Chromium that runs: $CHROMIUM, one that is installed, or the one of the npm package @sparticuz/chromium
// (Linux x64), unpacked once. That one brings its shared libraries for a machine that lacks them.
//   node test/vscode/chromium.mjs     prints JSON { executablePath, env }
import { execFileSync } from "node:child_process";
import { chmodSync, createReadStream, createWriteStream, realpathSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";
import { chromium } from "playwright-core";
import { Failure, runScript } from "./failure.mjs";
import { withProgress } from "./progress.mjs";
import { unpacked } from "./unpacked.mjs";

/** @typedef {{ readonly executablePath: string, readonly env: Record<string, string> }} Browser */

const installed = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** What it needs on the command line to run headless on any machine: as root, without a GPU. */
const browserArguments = [
  "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** A running headless browser. */
export async function launchChromium() {
  const { executablePath, env } = await findChromium();
  return chromium.launch({ executablePath, env: { ...process.env, ...env }, args: browserArguments });
}

/** @returns {Promise<Browser>} */
async function findChromium() {
  const chosen = process.env.CHROMIUM;
  if (chosen) {
    const trouble = troubleOf(chosen, {});
    if (trouble) throw new Failure(`CHROMIUM is ${chosen}, which does not run: ${trouble}.`);
    return { executablePath: chosen, env: {} };
  }
  for (const executablePath of installed) {
    if (troubleOf(executablePath, {}) === undefined) return { executablePath, env: {} };
  }
  return packagedChromium();
}

async function packagedChromium() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Failure("No Chromium was found: install Chromium or Google Chrome, or set CHROMIUM to its path.");
  }
  const folder = await unpacked("chromium-141.0.0", "Chromium could not be unpacked", (temporary) =>
    withProgress("Unpacking Chromium 141", () => unpack(temporary)),
  );
  const executablePath = path.join(folder, "chromium");
  const env = { FONTCONFIG_FILE: path.join(folder, "fonts.conf") };
  // The system's own libraries are preferred: they fit its C library.
  if (troubleOf(executablePath, env) === undefined) return { executablePath, env };
  const withLibraries = { ...env, LD_LIBRARY_PATH: path.join(folder, "lib") };
  const trouble = troubleOf(executablePath, withLibraries);
  if (trouble) throw new Failure(`The Chromium of @sparticuz/chromium does not run on this machine: ${trouble}.`);
  return { executablePath, env: withLibraries };
}

async function unpack(/** @type {string} */ folder) {
  const archives = path.resolve(path.dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "../../bin");
  const executable = path.join(folder, "chromium");
  await Promise.all([
    decompress(path.join(archives, "chromium.br"), executable),
    untar(path.join(archives, "swiftshader.tar.br"), folder),
    untar(path.join(archives, "al2023.tar.br"), folder),
    untar(path.join(archives, "fonts.tar.br"), folder),
  ]);
  chmodSync(executable, 0o755);
  // The machine's fonts where it has some, and Open Sans. The folder is renamed later, so its path is relative to this file.
  writeFileSync(
    path.join(folder, "fonts.conf"),
    '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n' +
      '  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n' +
      '  <dir prefix="relative">fonts</dir>\n  <cachedir prefix="xdg">fontconfig</cachedir>\n</fontconfig>\n',
  );
}

function decompress(/** @type {string} */ from, /** @type {string} */ to) {
  return pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}

async function untar(/** @type {string} */ archive, /** @type {string} */ folder) {
  const tar = path.join(folder, path.basename(archive, ".br"));
  await decompress(archive, tar);
  execFileSync("tar", ["xf", tar, "--no-same-owner", "-C", folder], { stdio: "ignore" });
  rmSync(tar);
}

/** Why the browser does not run, in a clause; undefined when it does. */
function troubleOf(/** @type {string} */ executablePath, /** @type {Record<string, string>} */ env) {
  try {
    execFileSync(executablePath, ["--version"], { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"], timeout: 20_000 });
    return undefined;
  } catch (error) {
    const { code, stderr } = /** @type {{ code?: string, stderr?: Buffer }} */ (error);
    if (code === "ENOENT") return "there is no such file";
    return stderr?.toString().trim().split("\n")[0] || `it ended with ${code ?? "an error"}`;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runScript(async () => console.log(JSON.stringify(await findChromium())));
}
