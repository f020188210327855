#!/usr/bin/env node
// Tests `npm start` end to end: what it prints, serves and says when something is in its way.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { repository } from "./workspace.mjs";

/** Runs scripts/start.mjs without a terminal. */
function start(/** @type {readonly string[]} */ args, /** @type {NodeJS.ProcessEnv} */ env = {}) {
  const child = spawn(process.execPath, [path.join(repository, "scripts/start.mjs"), ...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (output.stdout += chunk));
  child.stderr.on("data", (chunk) => (output.stderr += chunk));
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
  /** Waits for a match in what it printed, or for its end. */
  const printed = async (/** @type {RegExp} */ pattern) => {
    let running = true;
    void ended.then(() => (running = false));
    for (;;) {
      const match = pattern.exec(output.stdout);
      if (match) return match;
      if (!running) throw new Error(`it ended before it printed ${pattern}:\n${output.stdout}${output.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { child, output, ended, printed };
}

/** @returns {Promise<{ readonly port: number, readonly close: () => Promise<void> }>} a listener on some port */
function listen() {
  const server = net.createServer();
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      resolve({ port, close: () => new Promise((closed) => void server.close(() => closed(undefined))) });
    }),
  );
}

async function freePort() {
  const { port, close } = await listen();
  await close();
  return port;
}

/** @type {readonly (readonly [string, () => Promise<void>])[]} */
const tests = [
  ["without a terminal it ends after the report", async () => {
    const { output, ended } = start([]);
    assert.equal(await ended, 0, output.stderr);
    assert.match(output.stdout, /671,026,419,200|671\.0/);
    assert.match(output.stdout, /70\.27 KB/);
    assert.doesNotMatch(output.stdout, /http:/);
  }],
  ["it serves VS Code on this machine, to who has the token, until it is told to stop", async () => {
    const port = await freePort();
    const { child, ended, printed } = start(["--serve", "--port", String(port)], { CI: "true" });
    const [, address = ""] = await printed(/(http:\/\/localhost:\d+\/\S+)/);
    await printed(/Press Ctrl\+C to stop/);
    const url = new URL(address);
    assert.equal(url.port, String(port));
    assert.equal(url.searchParams.get("folder"), path.join(repository, "examples"));
    // VS Code answers the token with a cookie and a redirect to the page.
    const welcome = await fetch(address, { redirect: "manual" });
    const cookie = welcome.headers.get("set-cookie")?.split(";")[0] ?? "";
    const page = await fetch(new URL(welcome.headers.get("location") ?? "/", address), { headers: { cookie } });
    assert.equal(page.status, 200);
    assert.match(await page.text(), /vscode-workbench-web-configuration/);
    url.searchParams.delete("tkn");
    assert.equal((await fetch(url, { redirect: "manual" })).status, 403, "without the token nobody comes in");
    child.kill("SIGTERM");
    assert.equal(await ended, 0);
    await assert.rejects(fetch(url), "nothing listens any more");
  }],
  ["a taken port is one sentence", async () => {
    const { port, close } = await listen();
    const { output, ended } = start(["--serve", "--port", String(port)]);
    assert.equal(await ended, 1);
    assert.equal(output.stderr, `Port ${port} is taken: stop what listens there or choose another with --port.\n`);
    await close();
  }],
  ["a wrong option is one sentence and exit code 2", async () => {
    for (const args of [["--port", "many"], ["--prot", "1"], ["--serve", "--no-serve"]]) {
      const { output, ended } = start(args);
      assert.equal(await ended, 2, args.join(" "));
      assert.equal(output.stderr.trim().split("\n").length, 1, output.stderr);
      assert.equal(output.stdout, "");
    }
  }],
];

let failed = 0;
for (const [name, run] of tests) {
  const begin = Date.now();
  const error = await run().then(() => undefined, (reason) => reason);
  if (error !== undefined) failed += 1;
  console.log(`${error === undefined ? "  ✓" : "  ✗"} ${name} (${Date.now() - begin} ms)${error === undefined ? "" : `\n${error.stack ?? error}`}`);
}
console.log(`${tests.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
