#!/usr/bin/env node
// `npm start`: builds, prints the report of an example, then serves a real VS Code with the extension and the examples.
//   --no-serve     end after the report (so do CI=true and a run without a terminal)
//   --serve        serve all the same
//   --port N       8123 unless given
import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { parseArgs, promisify } from "node:util";
import { diskFailure, Failure, runScript } from "../test/vscode/failure.mjs";
import { getVSCode } from "../test/vscode/get-vscode.mjs";
import { withProgress } from "../test/vscode/progress.mjs";
import { installExtension, remote, serve, takenPort, writeSettings } from "../test/vscode/server.mjs";
import { cacheFolder } from "../test/vscode/unpacked.mjs";
import { packagedExtension, repository } from "../test/vscode/workspace.mjs";

/** The example that shows the most: the model of the language's own documentation. */
const example = "examples/deepseek-v3.dsco";
const wrongUse = 2;

await runScript(async () => {
  const options = readOptions();
  if (typeof options === "string") {
    console.error(options);
    return wrongUse;
  }
  if (options.serve) await requireFreePort(options.port);
  if (node(["scripts/build.mjs"]) !== 0) throw new Failure("dsco could not be built.");
  const report = node(["bin/dsco.mjs", "report", example]);
  // 1: the example holds an error, which the report names. Its place is the editor.
  if (!options.serve || report > 1) return report;
  return serveExamples(options.port);
});

/** @returns {{ readonly serve: boolean, readonly port: number } | string} what is asked for, or what is wrong with it */
function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({ options: { serve: { type: "boolean" }, "no-serve": { type: "boolean" }, port: { type: "string", default: "8123" } } }));
  } catch (error) {
    return `npm start: ${error instanceof Error ? error.message.split(". ")[0] : error}. It knows --no-serve, --serve and --port N.`;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return `npm start: "${values.port}" is no port: --port takes a number from 1 to 65535.`;
  if (values.serve && values["no-serve"]) return "npm start: choose one of --serve and --no-serve.";
  const attended = process.env.CI !== "true" && process.stdout.isTTY === true && process.stdin.isTTY === true;
  return { serve: values.serve ?? (attended && !values["no-serve"]), port };
}

/** Runs a script of this project, which says itself what is wrong when it fails. */
function node(/** @type {readonly string[]} */ args) {
  return spawnSync(process.execPath, args, { cwd: repository, stdio: "inherit" }).status ?? 1;
}

async function serveExamples(/** @type {number} */ port) {
  const vscode = await getVSCode("min");
  const folder = path.join(cacheFolder, "start");
  const dataFolder = path.join(folder, "data");
  const extensionsFolder = path.join(folder, "extensions");
  try {
    // What the user sets there stays from one start to the next.
    if (!existsSync(dataFolder)) writeSettings(dataFolder);
  } catch (error) {
    throw diskFailure(error, "VS Code could not be started", folder) ?? error;
  }
  await withProgress("Installing the extension", async () => {
    await promisify(execFile)(process.execPath, ["scripts/package.mjs"], { cwd: repository }).catch(({ stderr }) => {
      throw new Failure(`The extension could not be packaged: ${stderr.trim().split("\n").at(-1)}`);
    });
    await installExtension(vscode, { vsix: packagedExtension, extensionsFolder, dataFolder });
  });
  // The token keeps other users of this machine out.
  const token = randomBytes(16).toString("hex");
  const server = await serve(vscode, { port, dataFolder, extensionsFolder, token });
  const query = new URLSearchParams({
    folder: path.join(repository, "examples"), tkn: token,
    payload: JSON.stringify([["openFile", remote(server.port, path.join(repository, example))]]),
  });
  console.log(`\nVS Code ${vscode.version} with dsco and the examples:\n\n  http://localhost:${server.port}/?${query}\n\nPress Ctrl+C to stop.`);
  const stopped = new Promise((resolve) => {
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.once(signal, () => resolve("asked"));
  });
  const end = await Promise.race([stopped, server.ended]);
  await server.stop();
  if (end !== "asked") throw new Failure("VS Code ended by itself.");
  console.log("\nStopped.");
  return 0;
}

/** @returns {Promise<void>} */
function requireFreePort(/** @type {number} */ port) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === "EADDRINUSE") reject(new Failure(takenPort(port)));
      else reject(new Failure(`Port ${port} cannot be used (${error.code}): choose another with --port.`));
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}
