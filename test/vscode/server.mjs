// Starts the server of a VS Code that get-vscode.mjs fetched, and installs extensions into it.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "./failure.mjs";

/** @typedef {import("./get-vscode.mjs").VSCode} VSCode */

const settings = {
  "workbench.startupEditor": "none",
  "files.autoSave": "off", // a browser's VS Code saves by itself otherwise
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "chat.disableAIFeatures": true,
  "git.openRepositoryInParentFolders": "never",
};

/** Writes the settings of a user whose data lies in `dataFolder`. */
export function writeSettings(/** @type {string} */ dataFolder, /** @type {Record<string, unknown>} */ more = {}) {
  mkdirSync(path.join(dataFolder, "data/User"), { recursive: true });
  writeFileSync(path.join(dataFolder, "data/User/settings.json"), `${JSON.stringify({ ...settings, ...more }, null, 2)}\n`);
}

/** Installs a packaged extension, as a user does, into a folder of its own. */
export function installExtension(
  /** @type {VSCode} */ vscode,
  /** @type {{ readonly vsix: string, readonly extensionsFolder: string, readonly dataFolder: string }} */ { vsix, extensionsFolder, dataFolder },
) {
  const args = [
    path.join(vscode.root, "out/server-main.js"), "--install-extension", vsix, "--force",
    "--extensions-dir", extensionsFolder, "--server-data-dir", dataFolder, "--accept-server-license-terms",
  ];
  mkdirSync(dataFolder, { recursive: true });
  mkdirSync(extensionsFolder, { recursive: true });
  return new Promise((resolve, reject) => {
    execFile(vscode.node, args, { env: serverEnvironment() }, (error, stdout, stderr) => {
      if (error === null && stdout.includes("successfully installed")) resolve(undefined);
      else reject(new Failure(`VS Code ${vscode.version} did not install ${path.basename(vsix)}: ${(stderr || stdout).trim().split("\n").at(-1)}`));
    });
  });
}

/**
 * Serves VS Code on this machine alone.
 * @param {VSCode} vscode
 * @param {{
 *   readonly port: number, readonly dataFolder: string, readonly extensionsFolder?: string, readonly token?: string,
 *   readonly extraArguments?: readonly string[],
 * }} options `port` 0: any free one. Without a `token` every user of this machine can connect.
 * @returns {Promise<{ readonly port: number, readonly stop: () => Promise<void>, readonly ended: Promise<void> }>}
 */
export async function serve(vscode, { port, dataFolder, extensionsFolder, token, extraArguments = [] }) {
  const server = spawn(
    vscode.node,
    [
      path.join(vscode.root, "out/server-main.js"), "--host", "127.0.0.1", "--port", String(port),
      ...(token === undefined ? ["--without-connection-token"] : ["--connection-token", token]),
      "--accept-server-license-terms", "--disable-telemetry", "--disable-workspace-trust",
      "--server-data-dir", dataFolder,
      ...(extensionsFolder === undefined ? [] : ["--extensions-dir", extensionsFolder]),
      ...extraArguments,
    ],
    // A group of its own: Ctrl+C reaches this process alone, which then stops the server and its extension hosts.
    { env: serverEnvironment(), stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  const ended = new Promise((resolve) => server.once("exit", () => resolve(undefined)));
  // Also what outlives the server: extension hosts that wait for a client to come back.
  const endGroup = () => signalGroup(server.pid, "SIGKILL");
  process.once("exit", endGroup);
  const stop = async () => {
    signalGroup(server.pid, "SIGTERM");
    const forced = setTimeout(() => signalGroup(server.pid, "SIGKILL"), 3000);
    await ended;
    clearTimeout(forced);
    endGroup();
  };
  let log = "";
  const listening = new Promise((resolve, reject) => {
    const read = (/** @type {Buffer} */ chunk) => {
      log += chunk;
      const match = /Extension host agent listening on (\d+)/.exec(log);
      if (match) resolve(Number(match[1]));
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.once("error", (error) => reject(new Failure(`VS Code ${vscode.version} could not be started: ${error.message}.`)));
    server.once("exit", (code, signal) =>
      reject(new Failure(/EADDRINUSE/.test(log) ? takenPort(port) : `VS Code ${vscode.version} ended with ${code ?? signal} before it listened:\n${log.trim()}`)),
    );
  });
  return { port: await listening, stop, ended };
}

/**
 * The address of the workbench of a served VS Code, for tests: localhost, not 127.0.0.1, because webviews need a secure
 * context. The payload is what VS Code's own smoke tests use; it needs `--enable-smoke-test-driver`.
 * @param {number} port
 * @param {string | undefined} folder the folder to open; none: an empty window
 * @param {readonly (readonly [string, string])[]} payload
 */
export function workbenchAddress(port, folder, payload) {
  const query = new URLSearchParams({ payload: JSON.stringify(payload), ...(folder === undefined ? { ew: "true" } : { folder: remote(port, folder) }) });
  return `http://localhost:${port}/?${query}`;
}

/** A file of this machine as the workbench served at `port` names it. */
export function remote(/** @type {number} */ port, /** @type {string} */ file) {
  return `vscode-remote://localhost:${port}${path.resolve(file)}`;
}

/** @param {number} port */
export function takenPort(port) {
  return `Port ${port} is taken: stop what listens there or choose another with --port.`;
}

function signalGroup(/** @type {number | undefined} */ pid, /** @type {NodeJS.Signals} */ signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}

function serverEnvironment() {
  const environment = { ...process.env };
  // Set inside another VS Code's terminal; the server would wait to be embedded, or be asked for another's window.
  delete environment.CODE_SERVER_PARENT_PID;
  delete environment.VSCODE_IPC_HOOK_CLI;
  delete environment.NODE_OPTIONS;
  return environment;
}
