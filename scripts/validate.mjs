#!/usr/bin/env node
// `npm run validate`: builds, then sets the figures of these sources beside the published ones.
//   npm run -s validate -- --format markdown
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** @returns {number} the exit code */
function node(/** @type {readonly string[]} */ words, /** @type {import("node:child_process").StdioOptions} */ stdio) {
  return spawnSync(process.execPath, words, { cwd: root, stdio }).status ?? 2;
}

// what the build says is no part of the table
const isBuilt = node(["scripts/build.mjs"], ["inherit", 2, "inherit"]) === 0;
process.exitCode = isBuilt ? node(["bin/dsco.mjs", "validate", ...process.argv.slice(2)], "inherit") : 2;
