#!/usr/bin/env node
// `npm run fuzz`: long runs of every property test, broken designs and sessions of the language server.
//   npm run fuzz -- --seed 7 --runs 100000 --messages 30000
// `--messages` is for each kind of editor. A failure names the seed that shows it again, shortened where it can be.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const { values } = parseArgs({ options: { seed: { type: "string" }, runs: { type: "string" }, messages: { type: "string" } } });
const seed = values.seed ?? String(Date.now() % 1_000_000);
const runs = values.runs ?? "100000";
const messages = values.messages ?? "30000";

console.log(`npm run fuzz -- --seed ${seed} --runs ${runs} --messages ${messages}`);
const { status } = spawnSync(process.execPath, [path.join(root, "node_modules/vitest/vitest.mjs"), "run", "test/property"], {
  cwd: root, stdio: "inherit", env: { ...process.env, DSCO_FUZZ_SEED: seed, DSCO_FUZZ_RUNS: runs, DSCO_FUZZ_MESSAGES: messages },
});
process.exitCode = status ?? 1;
