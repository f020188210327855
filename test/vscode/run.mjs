#!/usr/bin/env node
// Runs the suite in a real VS Code with the packaged extension installed, through @vscode/test-electron.
//   DSCO_VSCODE=all        both builds from npm: VS Code (server and web workbench), the default
//   DSCO_VSCODE=min        the oldest that engines.vscode allows
//   DSCO_VSCODE=latest     the newest
//   DSCO_VSCODE=download   the newest desktop VS Code, which @vscode/test-electron downloads (needs a display)
// Ends with the line `N passed, N failed`.
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from "@vscode/test-electron";
import { build as bundle } from "esbuild";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, runScript } from "./failure.mjs";
import { getVSCode } from "./get-vscode.mjs";
import { installExtension } from "./server.mjs";
import { freshWorkspace, repository, requirePackagedExtension } from "./workspace.mjs";

const choices = new Map([
  ["all", ["min", "latest"]],
  ["min", ["min"]],
  ["latest", ["latest"]],
  ["download", ["download"]],
]);

/** The suite as one CommonJS file, and the empty extension that VS Code's test host wants to be developed. */
async function bundleSuite(/** @type {string} */ folder) {
  const suite = path.join(folder, "suite.cjs");
  await bundle({
    entryPoints: [path.join(repository, "test/vscode/suite/index.ts")],
    outfile: suite, bundle: true, platform: "node", format: "cjs", target: "node20", external: ["vscode"], sourcemap: "inline", logLevel: "warning",
  });
  const development = path.join(folder, "development");
  mkdirSync(development);
  writeFileSync(path.join(development, "package.json"), JSON.stringify({ name: "none", publisher: "none", version: "0.0.0", engines: { vscode: "*" } }));
  return { suite, development };
}

/** The executable for @vscode/test-electron, with the packaged extension installed in `extensionsFolder`. */
async function prepare(/** @type {string} */ build, /** @type {string} */ extensionsFolder, /** @type {string} */ dataFolder) {
  const vsix = requirePackagedExtension();
  if (build === "download") {
    const executable = await downloadAndUnzipVSCode();
    const [command = executable, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable);
    execFileSync(command, [...args, "--extensions-dir", extensionsFolder, "--user-data-dir", dataFolder, "--install-extension", vsix], { stdio: "ignore" });
    return executable;
  }
  await installExtension(await getVSCode(build), { vsix, extensionsFolder, dataFolder });
  return path.join(path.dirname(fileURLToPath(import.meta.url)), "code.mjs");
}

/** @returns {Promise<{ readonly passed: number, readonly failed: number }>} */
async function runBuild(/** @type {string} */ build) {
  const { folder, workspace, remove } = freshWorkspace();
  const results = path.join(folder, "results.jsonl");
  const extensionsFolder = path.join(folder, "extensions");
  try {
    const executable = await prepare(build, extensionsFolder, path.join(folder, "data"));
    const { suite, development } = await bundleSuite(folder);
    console.log(`VS Code ${build === "download" ? "(desktop)" : `${(await getVSCode(build)).version} (server and web workbench)`}`);
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: development,
      extensionTestsPath: suite,
      reuseMachineInstall: true,
      launchArgs: [workspace, `--extensions-dir=${extensionsFolder}`, ...(build === "download" ? [`--user-data-dir=${path.join(folder, "data")}`] : [])],
      extensionTestsEnv: { DSCO_VSCODE_BUILD: build, DSCO_VSCODE_RESULTS: results },
    }).catch(() => undefined); // What failed is in the results.
    return count(results);
  } finally {
    remove();
  }
}

/** A suite that did not come to its end is one more failure. */
function count(/** @type {string} */ results) {
  /** @type {{ passed?: boolean, finished?: boolean }[]} */
  const lines = existsSync(results) ? readFileSync(results, "utf8").trim().split("\n").map((line) => JSON.parse(line)) : [];
  const finished = lines.some((line) => line.finished);
  if (!finished) console.log("  ✗ the suite did not come to its end");
  return {
    passed: lines.filter(({ passed }) => passed === true).length,
    failed: lines.filter(({ passed }) => passed === false).length + (finished ? 0 : 1),
  };
}

await runScript(async () => {
  const choice = process.env.DSCO_VSCODE ?? "all";
  const builds = choices.get(choice);
  if (builds === undefined) throw new Failure(`DSCO_VSCODE is "${choice}": choose one of ${[...choices.keys()].join(", ")}.`);
  let passed = 0;
  let failed = 0;
  for (const build of builds) {
    const result = await runBuild(build);
    passed += result.passed;
    failed += result.failed;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
