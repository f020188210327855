#!/usr/bin/env node
// `npm test`: everything, step by step, with the time of each. Ends with one line, `N passed, N failed`, summed over
// all steps; a build, a typecheck, a lint or a packaging counts as one test. A step that could not run has failed.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {{ readonly passed: number, readonly failed: number }} Count */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const binary = (/** @type {string} */ name) => path.join(root, "node_modules/.bin", name);
const temporary = mkdtempSync(path.join(os.tmpdir(), "dsco-run-"));
const unitResults = path.join(temporary, "unit.json");

/** A step that hangs has failed. */
const stepLimitMilliseconds = 15 * 60 * 1000;

/** @type {readonly { readonly name: string, readonly command: readonly string[], readonly count: (status: number, output: string) => Count }[]} */
const steps = [
  { name: "build", command: [process.execPath, "scripts/build.mjs"], count: one },
  { name: "typecheck", command: [binary("tsc"), "--noEmit"], count: one },
  { name: "typecheck of the pages", command: [binary("tsc"), "--noEmit", "-p", "client/webview"], count: one },
  { name: "lint", command: [binary("eslint"), "."], count: one },
  { name: "package", command: [process.execPath, "scripts/package.mjs"], count: one },
  { name: "unit tests", command: [binary("vitest"), "run", "--reporter=default", "--reporter=json", `--outputFile.json=${unitResults}`], count: unitTests },
  { name: "pictures", command: [process.execPath, "test/browser/run.mjs"], count: lastLine },
  { name: "npm start", command: [process.execPath, "test/vscode/start.mjs"], count: lastLine },
  { name: "real VS Code", command: [process.execPath, "test/vscode/run.mjs"], count: lastLine },
];

function one(/** @type {number} */ status) {
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** A non-zero exit without a failed test (a file that does not load, an unhandled rejection) is one failure. */
function atLeastOneFailure(/** @type {Count} */ count, /** @type {number} */ status) {
  return status !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

function unitTests(/** @type {number} */ status) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(unitResults, "utf8"));
    return atLeastOneFailure({ passed: numPassedTests, failed: numFailedTests }, status);
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function lastLine(/** @type {number} */ status, /** @type {string} */ output) {
  const match = /^(\d+) passed, (\d+) failed$/.exec(output.trimEnd().split("\n").at(-1) ?? "");
  return atLeastOneFailure({ passed: Number(match?.[1] ?? 0), failed: Number(match?.[2] ?? 0) }, match ? status : 1);
}

/** Runs a command, shows what it prints, and gives its exit code and standard output. */
function run(/** @type {readonly string[]} */ [command = "", ...args]) {
  return new Promise((/** @type {(result: { status: number, output: string }) => void} */ resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"], timeout: stepLimitMilliseconds });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.once("error", (error) => resolve({ status: 1, output: error.message }));
    child.once("close", (code) => resolve({ status: code ?? 1, output }));
  });
}

const summary = [];
let passed = 0;
let failed = 0;
for (const { name, command, count } of steps) {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const { status, output } = await run(command);
  const result = count(status, output);
  passed += result.passed;
  failed += result.failed;
  summary.push(`${name.padEnd(24)}${`${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(8)}   ${result.passed} passed, ${result.failed} failed`);
}
rmSync(temporary, { recursive: true, force: true });
console.log(`\n${summary.join("\n")}\n\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
