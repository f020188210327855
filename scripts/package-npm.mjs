#!/usr/bin/env node
// Packs the command line, which is the language server of other editors too, as dist/dsco-<version>.tgz: a package that
// needs no other. The root's manifest is the extension's; this one says only what npm needs to know.
//   node scripts/package-npm.mjs --out FOLDER
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nodeBundles } from "./bundles.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { out: { type: "string", default: path.join(root, "dist") } } });
const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

/** Every bundle for Node but those of the extension: the command line loads the others by their names. */
const bundles = Object.keys(nodeBundles.entryPoints).filter((bundle) => !bundle.startsWith("extension")).map((bundle) => `dist/${bundle}.js`);
const files = [...bundles, "bin/dsco.mjs", "dist/std", "dist/third-party-notices.txt", "docs/editors.md", "grammar/dsco.tmLanguage.json", "README.md", "LICENSE"];

const { name, version, description, license, author, homepage, repository, bugs, keywords, bin } = manifest;
const packed = {
  name, version, description, license, author, homepage, repository, bugs, keywords, bin, engines: { node: manifest.engines.node }, files: files.filter((file) => file.includes("/")),
};

run(process.execPath, [path.join(root, "scripts/build.mjs")]);
const folder = mkdtempSync(path.join(os.tmpdir(), "dsco-npm-"));
try {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(folder, file), { recursive: true });
  }
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(packed, undefined, 2)}\n`);
  mkdirSync(values.out, { recursive: true });
  // npm started by npm is the same npm; on Windows it is a script that only a shell runs.
  const npm = process.env["npm_execpath"];
  const pack = ["pack", folder, "--pack-destination", path.resolve(values.out), "--silent"];
  if (npm?.endsWith(".js")) run(process.execPath, [npm, ...pack]);
  else run("npm", pack, process.platform === "win32");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(/** @type {string} */ command, /** @type {readonly string[]} */ args, shell = false) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
