// The shards of the example manifests, run as processes of this machine with the commands that the manifests hold.
import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { installCli } from "../kit/installed-cli";
import { repository } from "../kit/repository";

const patient = { timeout: 120_000 };
const shards = 8;

let installed: string;
let folder: string;

beforeAll(async () => {
  installed = await installCli();
  // `dsco` as a machine has it on its path
  const program = path.join(installed, "bin/dsco");
  writeFileSync(program, `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(path.join(installed, "bin/dsco.mjs"))} "$@"\n`);
  chmodSync(program, 0o755);
}, 60_000);
afterAll(() => rmSync(installed, { recursive: true, force: true }));

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "dsco-shards-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const manifest = (name: string) => path.join(repository, "examples", name);

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
  const around = { cwd: folder, env: { ...process.env, PATH: `${path.join(installed, "bin")}:${process.env["PATH"] ?? ""}`, ...env } };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, around);
    return { code: 0, output: stdout, errors: stderr };
  } catch (fault) {
    const { code, stdout, stderr } = fault as { code: number; stdout: string; stderr: string };
    return { code, output: stdout, errors: stderr };
  }
}

/** The bytes of one run over all designs, on one thread. */
async function whole(design: string): Promise<Buffer> {
  expect((await run("dsco", ["sweep", design, "DecodeFrontier", "--jobs", "1", "--out", "whole.csv"])).code).toBe(0);
  return readFileSync(path.join(folder, "whole.csv"));
}

/** The script of a manifest's only container, and what the manifest says of the key. */
function scriptOf(yaml: string): string {
  const [, indent = "", first = ""] = /^( +)- \|\n\1 {2}(?=(\S))/m.exec(yaml) ?? [];
  const lines = yaml.slice(yaml.indexOf("- |\n") + 4).split("\n");
  const end = lines.findIndex((line) => !line.startsWith(`${indent}  `));
  expect(first, "a script").not.toBe("");
  return lines.slice(0, end).map((line) => line.slice(indent.length + 2)).join("\n");
}
const valueOf = (yaml: string, key: string): string | undefined => new RegExp(`^ +${key}: "?([^"#\\n]+?)"?(?: #.*)?$`, "m").exec(yaml)?.[1];

describe("the shards of a manifest, put together, are what one run writes", () => {
  it("of a Slurm array, also where a job is killed and queued again", patient, async () => {
    copyFileSync(manifest("decode-frontier.dsco"), path.join(folder, "decode-frontier.dsco"));
    const text = readFileSync(manifest("sweep-slurm.sh"), "utf8");
    const [, submitted = ""] = /^#\s+sbatch --array=1-(\d+) sweep-slurm\.sh decode-frontier\.dsco DecodeFrontier$/m.exec(text) ?? [];
    expect([submitted, /^#SBATCH --array=1-(\d+)$/m.exec(text)?.[1]]).toEqual([`${shards}`, `${shards}`]);
    const [, merge = ""] = /--wrap '([^']+)'/.exec(text) ?? [];
    const job = (shard: number) => run("sh", [manifest("sweep-slurm.sh"), "decode-frontier.dsco", "DecodeFrontier"],
      { SLURM_ARRAY_TASK_ID: `${shard}`, SLURM_ARRAY_TASK_COUNT: `${shards}`, SLURM_CPUS_PER_TASK: "1" });
    for (let shard = shards; shard > 1; shard--) expect(await job(shard)).toMatchObject({ code: 0, errors: "" });
    expect(await run("sh", ["-c", merge])).toMatchObject({ code: 2, errors: "dsco sweep: designs 0 to 23 are in none of the files.\n" });
    expect(await job(1)).toMatchObject({ code: 0, errors: "" });
    const record = path.join(folder, "results/1.csv.run");
    const [header = ""] = readFileSync(record, "utf8").split("\n");
    writeFileSync(record, `${header}\n{"from":0,"to":2`);
    expect(await run("sh", ["-c", merge])).toMatchObject({ code: 2, errors: "dsco sweep: results/1.csv.run is not complete: designs 0 to 23 are missing; `--resume` finishes it.\n" });
    expect(await job(1)).toMatchObject({ code: 0, errors: "" });
    expect(await run("sh", ["-c", merge])).toMatchObject({ code: 0, errors: "" });
    expect(readFileSync(path.join(folder, "all.csv")).equals(await whole("decode-frontier.dsco"))).toBe(true);
  });

  it("of a Kubernetes indexed Job", patient, async () => {
    const [job, merge] = ["sweep-kubernetes.yaml", "sweep-kubernetes-merge.yaml"].map((name) => readFileSync(manifest(name), "utf8"));
    if (job === undefined || merge === undefined) throw new Error("no manifest");
    expect([valueOf(job, "completionMode"), valueOf(job, "completions"), valueOf(job, "value")]).toEqual(["Indexed", `${shards}`, `${shards}`]);
    // what the volumes bring into the working directory
    for (const mounted of ["design", "results"]) {
      expect(job).toContain(`mountPath: ${valueOf(job, "workingDir")}/${mounted}\n`);
      mkdirSync(path.join(folder, mounted));
    }
    expect(merge).toContain(`mountPath: ${valueOf(merge, "workingDir")}/results\n`);
    copyFileSync(manifest("decode-frontier.dsco"), path.join(folder, "design/decode-frontier.dsco"));
    for (let index = 0; index < shards; index += 2) {
      const pods = [index, index + 1].map((each) => run("sh", ["-euc", scriptOf(job)], { JOB_COMPLETION_INDEX: `${each}`, SHARDS: valueOf(job, "value") ?? "" }));
      for (const pod of await Promise.all(pods)) expect(pod).toMatchObject({ code: 0, errors: "" });
    }
    expect(await run("sh", ["-euc", scriptOf(merge)])).toMatchObject({ code: 0, errors: "" });
    expect(readFileSync(path.join(folder, "results/all.csv")).equals(await whole("design/decode-frontier.dsco"))).toBe(true);
  });

  it("refuses a shard of another design", patient, async () => {
    const text = readFileSync(manifest("decode-frontier.dsco"), "utf8");
    writeFileSync(path.join(folder, "a.dsco"), text);
    writeFileSync(path.join(folder, "b.dsco"), text.replace("context_length = 4096", "context_length = 8192"));
    for (const [name, shard] of [["a", 1], ["b", 2]] as const) {
      expect((await run("dsco", ["sweep", `${name}.dsco`, "DecodeFrontier", "--jobs", "1", "--shard", `${shard}/2`, "--out", `${shard}.csv`])).code).toBe(0);
    }
    expect(await run("dsco", ["sweep", "merge", "1.csv", "2.csv", "--out", "all.csv"])).toMatchObject({ code: 2, errors: "dsco sweep: 2.csv.run is of another sweep than 1.csv.run.\n" });
  });
});
