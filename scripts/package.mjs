#!/usr/bin/env node
// Packs the extension as dist/dsco-<version>.vsix. A warning of vsce, or a file that is too large, is a failure.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const vsix = path.join(root, "dist", `dsco-${version}.vsix`);
// The extension and its server are in it twice, for Node and for the web; of the two servers four fifths are the same.
const maximumBytes = 1_400_000;

// vsce builds first, by the script vscode:prepublish.
const vsce = path.join(path.dirname(createRequire(import.meta.url).resolve("@vscode/vsce/package.json")), "vsce");
const { status, stdout, stderr } = spawnSync(process.execPath, [vsce, "package", "--no-dependencies", "--out", vsix], { cwd: root, encoding: "utf8" });
process.stdout.write(stdout);
process.stderr.write(stderr);
const trouble = troubleOf();
if (trouble !== undefined) {
  console.error(trouble);
  process.exitCode = 1;
}

function troubleOf() {
  if (status !== 0) return "The extension was not packed.";
  if (`${stdout}${stderr}`.includes("WARNING")) return "The extension was packed, but not without the warning above.";
  const { size } = statSync(vsix);
  return size > maximumBytes ? `The extension has ${size} bytes, more than ${maximumBytes}.` : undefined;
}
