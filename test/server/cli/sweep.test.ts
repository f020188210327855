// Sweeps on the command line, in the thread of the test; one with real threads stands in built.test.ts.
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { smallPlans } from "../../kit/plans";
import { runIn, words, type MemoryFiles } from "./memory-host";

const text = (sweep: string, plan = "") => `
import { DeepSeekV3 } from "std:models/deepseek"
import { H800Cluster } from "std:clusters/deepseek"
parallelism Layout { pp = 16, ep = 64, zero = 1, recompute = full }
workload Work { phase = training, sequence_length = 4096, global_batch_size = 15_360 }
plan Train { model = DeepSeekV3, hardware = H800Cluster, parallelism = Layout, workload = Work${plan} }
sweep Layouts of Train {
${sweep}
}
`;
const layouts = `parallelism.ep = [32, 64, 128]
parallelism.zero = [0, 1]
parallelism.micro_batch_size = [1, 2]
maximize tokens_per_second_per_gpu
minimize memory_per_gpu`;
const files: MemoryFiles = { "a.dsco": text(layouts) };

describe("dsco sweep", () => {
  it("shows what no other design beats, and why the others are left out", async () => {
    const { code, output } = await runIn({ "a.dsco": text(`${layouts}\nhardware.gpu.memory = [80 GB, 20 GB]`) }, words("sweep a.dsco Layouts"));
    expect(code).toBe(0);
    expect(output).toMatch(/^sweep Layouts of Train: 24 designs tried one by one, \d+ meet everything/);
    expect(output).toContain("parallelism.micro_batch_size");
    expect(output).toMatch(/12 {2}do not fit; the largest part of their memory: /);
  });

  it("writes shares in per cent, and what is wrong with a model without the figures of one design", async () => {
    const design = `${smallPlans}\nsweep Depths of Train { model.layers = [2, 4, 8], maximize mfu }\n`;
    const { output } = await runIn({ "a.dsco": design }, words("sweep a.dsco Depths"));
    expect(output).toMatch(/\n {2}2 +8 +\d+\.\d+ %\n/);
    expect(output).toMatch(/\n {2}2 {2}layers outside the model \(DSCO3001\)\n/);
  });

  it("writes every design that meets everything, and three shards put together are the same bytes", async () => {
    const whole = await runIn(files, words("sweep a.dsco Layouts --out all.csv"));
    const rows = String(whole.files.get("all.csv")).trimEnd().split("\r\n");
    expect(rows[0]).toBe("design,parallelism.ep,parallelism.zero,parallelism.micro_batch_size,tokens_per_second_per_gpu,memory_per_gpu,pareto");
    expect(whole.files.has("all.csv.run"), "the record of a run that has ended").toBe(false);
    for (const format of ["csv", "jsonl"] as const) {
      const one = await runIn(files, words(`sweep a.dsco Layouts --out all.${format}`));
      let around: MemoryFiles = files;
      for (const shard of [3, 1, 2]) around = Object.fromEntries((await runIn(around, words(`sweep a.dsco Layouts --shard ${shard}/3 --out s${shard}.csv`))).files);
      const merged = await runIn(around, words(`sweep merge s1.csv s2.csv s3.csv --out m.${format}`));
      expect(merged.code).toBe(0);
      expect(merged.files.get(`m.${format}`)).toBe(one.files.get(`all.${format}`));
    }
  });

  it("marks as Pareto what no other row beats", async () => {
    const { output } = await runIn(files, words("sweep a.dsco Layouts --format jsonl"));
    const rows = output.trimEnd().split("\n").map((line) => JSON.parse(line) as { tokens_per_second_per_gpu: number; memory_per_gpu: number; pareto: boolean });
    const beaten = (row: (typeof rows)[number]) => rows.some((other) => other.tokens_per_second_per_gpu >= row.tokens_per_second_per_gpu && other.memory_per_gpu <= row.memory_per_gpu
      && (other.tokens_per_second_per_gpu > row.tokens_per_second_per_gpu || other.memory_per_gpu < row.memory_per_gpu));
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.map(({ pareto }) => pareto)).toEqual(rows.map((row) => !beaten(row)));
    expect(new Set(rows.map(({ pareto }) => pareto)).size, "some are, some are not").toBe(2);
  });

  it("writes Parquet that other programs read", async () => {
    const csv = await runIn(files, words("sweep a.dsco Layouts --out a.csv"));
    const { files: after } = await runIn(files, words("sweep a.dsco Layouts --out a.parquet"));
    const bytes = after.get("a.parquet");
    if (!(bytes instanceof Uint8Array)) throw new Error("no bytes");
    const rows = await parquetReadObjects({ file: bytes.slice().buffer });
    expect([Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].map((row) => row.map(String).join(","))).toEqual(String(csv.files.get("a.csv")).trimEnd().split("\r\n"));
  });

  it("goes on where it was ended, also behind a line that was torn off", async () => {
    const shard = await runIn(files, words("sweep a.dsco Layouts --shard 1/1 --out all.csv"));
    const record = String(shard.files.get("all.csv.run"));
    const [header = ""] = record.split("\n");
    const torn = await runIn({ ...files, "all.csv.run": `${header}\n${record.slice(header.length + 1, header.length + 40)}` }, words("sweep a.dsco Layouts --shard 1/1 --out all.csv --resume"));
    expect(torn.code).toBe(0);
    expect(torn.files.get("all.csv")).toBe(shard.files.get("all.csv"));
    expect(torn.files.get("all.csv.run")).toBe(record);
    const other = await runIn({ "a.dsco": text(layouts.replace("[0, 1]", "[0, 2]")), "all.csv.run": record }, words("sweep a.dsco Layouts --shard 1/1 --out all.csv --resume"));
    expect([other.code, other.errors]).toEqual([2, "dsco sweep: all.csv.run is of another sweep or another shard: the design has changed since; remove it to begin anew.\n"]);
  });

  describe("a record is of one meaning of the files", () => {
    const varied: MemoryFiles = {
      "a.dsco": `import { Small } from "./b.dsco"\n${text(`hardware = [H800Cluster, Small]\nparallelism.ep = [32, 64]\nwhere memory_per_gpu <= most\nmaximize tokens_per_second_per_gpu`)}let most = 80 GB\n`,
      "b.dsco": 'import { H800Cluster } from "std:clusters/deepseek"\nhardware Small extends H800Cluster { nodes = 128 }\n',
    };
    const line = words("sweep a.dsco Layouts --shard 1/1 --out s.csv");
    /** A run that is gone on with after an edit, beside the record of the one before it. */
    const resumed = async (file: string, before: string, after: string) => {
      expect(varied[file]).toContain(before);
      const record = String((await runIn(varied, line)).files.get("s.csv.run"));
      const edited: MemoryFiles = { ...varied, [file]: String(varied[file]).replace(before, after) };
      return { record, ...(await runIn({ ...edited, "s.csv.run": record }, [...line, "--resume"])) };
    };

    it.each([
      ["of a declaration that is tried second", "b.dsco", "nodes = 128", "nodes = 64"],
      ["of a constant in a condition", "a.dsco", "most = 80 GB", "most = 40 GB"],
    ])("an edit %s makes another sweep of it", async (_, file, before, after) => {
      const found = await resumed(file, before, after);
      expect([found.code, found.errors]).toEqual([2, "dsco sweep: s.csv.run is of another sweep or another shard: the design has changed since; remove it to begin anew.\n"]);
    });

    it.each([
      ["a comment", "b.dsco", "{ nodes = 128 }", "{ // the small one\n\n  nodes = 128\n} /* it */"],
      ["line ends", "a.dsco", "\n", "\r\n"],
    ])("an edit of %s does not", async (_, file, before, after) => {
      const found = await resumed(file, before, after);
      expect([found.code, found.errors]).toEqual([0, ""]);
      expect(found.files.get("s.csv.run")).toBe(found.record);
    });
  });

  it("does not throw away a record that it cannot read", async () => {
    const found = await runIn({ ...files, "all.csv.run": Uint8Array.of(0xff) }, words("sweep a.dsco Layouts --out all.csv --resume"));
    expect(found.code).toBe(2);
    expect(found.errors).toBe("dsco sweep: all.csv.run: it is not UTF-8 text; remove it to begin anew.\n");
    expect(found.files.get("all.csv.run")).toEqual(Uint8Array.of(0xff));
  });

  it("does not write over a file that no record says anything of", async () => {
    const found = await runIn({ ...files, "all.csv": "somebody's" }, words("sweep a.dsco Layouts --out all.csv --resume"));
    expect(found.code).toBe(2);
    expect(found.errors).toBe("dsco sweep: all.csv is there, and all.csv.run, which says what it holds, is not: nothing can be gone on with; remove all.csv to begin anew.\n");
    expect(found.files.get("all.csv")).toBe("somebody's");
  });

  it("tries the designs that there are where the first of varied declarations lacks a key", async () => {
    const without = 'hardware Bare { gpu = H800, gpus_per_node = 8, nodes = 2 }\n';
    const found = await runIn({
      "a.dsco": `import { H800 } from "std:hardware/nvidia"\n${without}${text("hardware = [Bare, H800Cluster]\nhardware.nic.rate = [200 Gbps, 400 Gbps]\nmaximize tokens_per_second_per_gpu")}`,
    }, words("sweep a.dsco Layouts"));
    expect([found.code, found.errors]).toEqual([0, ""]);
    expect(found.output).toMatch(/^sweep Layouts of Train: 4 designs tried one by one, 2 meet everything/);
  });

  it("says which condition keeps all designs out, and what would let one in", async () => {
    const { code, output } = await runIn({ "a.dsco": text(`${layouts}\nwhere step_time <= 1 s`) }, words("sweep a.dsco Layouts"));
    expect(code).toBe(0);
    expect(output).toMatch(/Nothing meets everything\. Most designs \(\d+\) are left out because of this: /);
    expect(output).toMatch(/Without `step_time <= 1 s` \d+ designs meet the rest; the nearest has step_time = \d+\.\d+ s\./);
  });

  it.each([
    ["sweep a.dsco", 2, "name a file and a sweep: `dsco sweep FILE NAME`."],
    ["sweep a.dsco Layout", 2, "the file has no sweep Layout; did you mean Layouts?"],
    ["sweep a.dsco Layouts --shard 0/3 --out x.csv", 2, "--shard takes I/N with I from 1 to N, such as 1/8: found 0/3."],
    ["sweep a.dsco Layouts --shard 1/3", 2, "--shard needs --out: `dsco sweep merge` puts the files together."],
    ["sweep a.dsco Layouts --jobs none", 2, "--jobs takes a number of threads: found none."],
    ["sweep a.dsco Layouts --format parquet", 2, "--format parquet needs --out."],
    ["sweep a.dsco Layouts --out x.txt", 2, "x.txt does not end in .csv, .jsonl or .parquet: say --format."],
    ["sweep merge", 2, "name the shards and where to put them together: `dsco sweep merge FILES… --out FILE`."],
    ["sweep merge x.csv --out y.csv", 2, "x.csv.run: there is no such file; a shard's record stands beside its file."],
  ])("%s", async (line, code, message) => {
    const found = await runIn(files, words(line));
    expect([found.code, found.errors]).toEqual([code, `dsco sweep: ${message}\n`]);
  });

  it("refuses shards that leave designs out or have some twice", async () => {
    const one = (await runIn(files, words("sweep a.dsco Layouts --shard 1/3 --out s1.csv"))).files;
    const three = (await runIn(files, words("sweep a.dsco Layouts --shard 3/3 --out s3.csv"))).files;
    const half = (await runIn(files, words("sweep a.dsco Layouts --shard 1/2 --out h1.csv"))).files;
    const all = { ...Object.fromEntries(one), ...Object.fromEntries(three), ...Object.fromEntries(half) };
    expect((await runIn(all, words("sweep merge s1.csv s3.csv --out m.csv"))).errors).toBe("dsco sweep: designs 4 to 7 are in none of the files.\n");
    expect((await runIn(all, words("sweep merge s1.csv h1.csv --out m.csv"))).errors).toMatch(/has designs that another file has too/);
  });
});
