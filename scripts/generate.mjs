#!/usr/bin/env node
// Writes what is made from the sources: the language reference, the figures beside published ones, a page for each diagnostic, the
// TextMate grammar, the texts for translators, the page of settings, the codes and the tools of language models that
// the manifest names.
import { build } from "esbuild";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const temporary = mkdtempSync(path.join(os.tmpdir(), "dsco-documents-"));
const bundle = path.join(temporary, "documents.mjs");

try {
  await build({
    absWorkingDir: root, entryPoints: ["scripts/documents/index.ts"], outfile: bundle, bundle: true, platform: "node", target: "node20", format: "esm",
    mainFields: ["module", "main"], loader: { ".dsco": "text" }, logLevel: "warning",
  });
  const { documents } = await import(pathToFileURL(bundle).href);
  const read = (/** @type {string} */ file) => readFileSync(path.join(root, file), "utf8");
  write(documents({ readme: read("README.md"), manifest: read("package.json"), manifestTexts: read("package.nls.json"), client: clientSources() }));
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function clientSources() {
  const folder = path.join(root, "client/src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).map((name) => readFileSync(path.join(folder, name), "utf8"));
}

/** Writes what has changed, and removes the pages of codes that are gone. */
function write(/** @type {ReadonlyMap<string, string>} */ files) {
  let changed = 0;
  for (const [file, text] of files) {
    const target = path.join(root, file);
    if (textOf(target) === text) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    changed += 1;
  }
  for (const name of readdirSync(path.join(root, "docs/diagnostics"))) {
    if (!name.endsWith(".md") || files.has(`docs/diagnostics/${name}`)) continue;
    rmSync(path.join(root, "docs/diagnostics", name));
    changed += 1;
  }
  console.log(`${files.size} documents, ${changed} changed`);
}

function textOf(/** @type {string} */ file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
