/**
 * The fuzzed sessions of session.test.ts against the built server in a process of its own, over standard streams and a real
 * folder; a server in this process is the one that knows what is right. A tenth of `DSCO_FUZZ_MESSAGES`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectInMemory, memoryHost } from "../kit/in-memory-server";
import { overStdio, type Processes } from "../kit/stdio-server";
import { buildServer } from "../server/lsp/built-server";
import { startSession, type Disk } from "./session";
import { profiles } from "./session-profiles";
import { stepsOf } from "./session-steps";

const messages = Math.ceil(Number(process.env["DSCO_FUZZ_MESSAGES"] ?? 4_000) / 10);
const firstSeed = Number(process.env["DSCO_FUZZ_SEED"] ?? 1);

let server: Awaited<ReturnType<typeof buildServer>>;
let folder: string;
let processes: Processes;

beforeAll(async () => {
  server = await buildServer();
  folder = mkdtempSync(path.join(tmpdir(), "dsco-fuzz-"));
  mkdirSync(path.join(folder, "sub"));
  processes = overStdio([process.execPath, server.file, "--stdio"]);
});
afterAll(() => {
  processes.kill();
  server.remove();
  rmSync(folder, { recursive: true, force: true });
});

test.each(profiles)("$name: the built server is alive and right after a storm, and ends when its input does", { timeout: 3_600_000 }, async (profile) => {
  const files = new Map<string, string>();
  const disk: Disk = {
    root: `${pathToFileURL(folder).href}/`,
    write: (uri, text) => {
      files.set(new URL(uri).href, text);
      writeFileSync(fileURLToPath(uri), text);
    },
    remove: (uri) => {
      files.delete(new URL(uri).href);
      rmSync(fileURLToPath(uri), { force: true });
    },
  };
  const session = await startSession(profile, processes.connect, connectInMemory(memoryHost(files)), disk);
  for (let seed = firstSeed; session.played() < messages; seed += 1) {
    const complaints = await session.round(stepsOf(seed, 150));
    if (complaints.length > 0) expect.fail(`DSCO_FUZZ_SEED=${seed}: ${complaints.slice(0, 5).join("\n")}`);
  }
  session.editor.close();
  expect(await processes.ended.at(-1)).toEqual({ code: 1, errors: "" });
});
