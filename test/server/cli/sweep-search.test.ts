// A space above its budget, searched on the command line.
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { runIn, words, type MemoryFiles } from "./memory-host";

const text = (lines: string, plan = ""): string => `
import { DeepSeekV3 } from "std:models/deepseek"
import { H800Cluster } from "std:clusters/deepseek"
parallelism Layout { pp = 16, ep = 64, zero = 1, recompute = full }
workload Work { phase = training, sequence_length = 4096, global_batch_size = 15_360 }
plan Train { model = DeepSeekV3, hardware = H800Cluster, parallelism = Layout, workload = Work${plan} }
sweep Layouts of Train {
parallelism.pp = [4, 8, 16]
parallelism.ep = [16, 32, 64, 96]
parallelism.zero = [0, 1, 2]
parallelism.recompute = [none, selective, full]
parallelism.micro_batch_size = [1, 2]
maximize tokens_per_second_per_gpu
minimize memory_per_gpu
${lines}
}
`;
const search = (lines = "budget = 60", plan = ""): MemoryFiles => ({ "a.dsco": text(lines, plan) });

interface Row {
  readonly design: number;
  readonly search?: string;
  readonly pareto: boolean;
}
const rowsOf = (output: string): readonly Row[] => output.trimEnd().split("\n").map((line) => JSON.parse(line) as Row);

describe("dsco sweep of a space above its budget", () => {
  it("tries as many designs as the budget allows, and says how and that nothing is proved", async () => {
    const { code, output, errors } = await runIn(search(), words("sweep a.dsco Layouts"));
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toMatch(/^sweep Layouts of Train: 60 designs of 216 by a search \(NSGA-II, budget 60, seed 1\), \d+ meet everything\n/);
    expect(output).toMatch(/\n\d+ that no other design tried beats in tokens_per_second_per_gpu and memory_per_gpu\n/);
    expect(output).toContain("Found, not proved: another `seed` or a larger `budget` may find better designs.");
  });

  it("says so in every file too, and marks what no other row beats", async () => {
    const { output } = await runIn(search(), words("sweep a.dsco Layouts --format jsonl"));
    const rows = rowsOf(output);
    expect(new Set(rows.map((row) => row.search))).toEqual(new Set(["nsga2 budget=60 seed=1 found but not proved"]));
    expect(rows.map(({ design }) => design)).toEqual([...new Set(rows.map(({ design }) => design))].sort((left, right) => left - right));
    expect(new Set(rows.map(({ pareto }) => pareto))).toEqual(new Set([true, false]));
    const csv = await runIn(search(), words("sweep a.dsco Layouts --out a.csv"));
    expect(String(csv.files.get("a.csv")).split("\r\n")[0]).toMatch(/,memory_per_gpu,pareto,search$/);
    const bytes = (await runIn(search(), words("sweep a.dsco Layouts --out a.parquet"))).files.get("a.parquet");
    if (!(bytes instanceof Uint8Array)) throw new Error("no bytes");
    const [first] = await parquetReadObjects({ file: bytes.slice().buffer });
    expect(first?.["search"]).toBe("nsga2 budget=60 seed=1 found but not proved");
    expect([...csv.files.keys()].filter((path) => path.endsWith(".run")), "the record of a run that has ended").toEqual([]);
  });

  it("finds the same whatever the number of threads, and something else for another seed", async () => {
    const found = async (lines: string, jobs: number) => (await runIn(search(lines), words(`sweep a.dsco Layouts --format csv --jobs ${jobs}`))).output;
    const one = await found("budget = 60", 1);
    expect(await found("budget = 60", 3)).toBe(one);
    expect(await found("budget = 60\nseed = 1", 7)).toBe(one);
    expect((await found("budget = 60\nseed = 2", 1)).replaceAll("seed=2", "seed=1")).not.toBe(one);
  });

  it("has the rows of one that tries everything, of the designs that both tried", async () => {
    const all = new Map((await runIn(search("budget = 216"), words("sweep a.dsco Layouts --format csv"))).output.split("\r\n").map((line) => [line.split(",")[0], line]));
    const rows = (await runIn(search(), words("sweep a.dsco Layouts --format csv"))).output.trimEnd().split("\r\n").slice(1);
    const withoutEnd = (line = ""): string => line.replace(/,(true|false)(,nsga2.*)?$/, "");
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.map(withoutEnd)).toEqual(rows.map((row) => withoutEnd(all.get(row.split(",")[0]))));
  });

  it("goes on where it was ended and finds the same", async () => {
    const after: string[] = [];
    // a file that cannot be written at the end leaves the record: what a killed run leaves is its beginning
    const whole = await runIn(search(), words("sweep a.dsco Layouts --out all.csv"), { onAppend: (_, content) => after.push(content) });
    const record = after.at(-1) ?? "";
    const lines = record.split("\n");
    expect(lines.length, "the header, ten generations of six designs, and an end").toBe(12);
    for (const kept of [1, 4, 11]) {
      const torn = `${lines.slice(0, kept).join("\n")}\n{"designs":[1,`;
      const again: string[] = [];
      const resumed = await runIn({ ...search(), "all.csv.run": torn }, words("sweep a.dsco Layouts --out all.csv --resume"), { onAppend: (_, content) => again.push(content) });
      expect([resumed.code, resumed.errors]).toEqual([0, ""]);
      expect(resumed.files.get("all.csv")).toBe(whole.files.get("all.csv"));
      expect(again.length, "only what was left is tried").toBe(kept === 1 ? 11 : 11 - kept);
    }
  });

  it.each([
    ["of another seed", "budget = 60\nseed = 2", (record: string) => record, "all.csv.run is of another sweep or another shard: the design has changed since; remove it to begin anew"],
    ["whose designs are not those of this search", "budget = 60", (record: string) => record.replace(/"designs":\[\d+,/, '"designs":[999,'), "all.csv.run is of another sweep or another shard: the design has changed since; remove it to begin anew"],
    ["of designs tried one by one", "budget = 60", (record: string) => record.replace(/,"search":\{[^}]*\}/, ""), "all.csv.run: it is of designs tried one by one, not of a search; remove it to begin anew"],
    ["that is no record", "budget = 60", (record: string) => record.replace('"misses":[', '"misses":[0,'), "all.csv.run: line 2 is no generation of designs; remove it to begin anew"],
    ["that is read as one of every design", "budget = 1000", (record: string) => record, "all.csv.run: it is of a search, not of designs tried one by one; remove it to begin anew"],
  ])("refuses to go on with a record %s", async (_, lines, changed, message) => {
    const after: string[] = [];
    await runIn(search(), words("sweep a.dsco Layouts --out all.csv"), { onAppend: (__, content) => after.push(content) });
    const found = await runIn({ ...search(lines), "all.csv.run": changed(after.at(-1) ?? "") }, words("sweep a.dsco Layouts --out all.csv --resume"));
    expect([found.code, found.errors]).toEqual([2, `dsco sweep: ${message}.\n`]);
  });

  it("has no shards", async () => {
    const found = await runIn(search(), words("sweep a.dsco Layouts --shard 1/2 --out s.csv"));
    expect([found.code, found.errors]).toEqual([2,
      "dsco sweep: Layouts has 216 designs, more than its `budget` of 60, so it is searched, and each step of a search rests on all before it: it has no shards; for shards write a larger `budget` or fewer values.\n"]);
  });

  it("does not prove that there is nothing where it finds nothing", async () => {
    const { output } = await runIn(search("budget = 20\nwhere step_time <= 1 ms"), words("sweep a.dsco Layouts"));
    expect(output).toContain("None of them meets everything, which does not prove that no design does");
    expect(output).not.toContain("Nothing meets everything");
  });

  it("finds the few designs that meet much, by how far the others are off", async () => {
    const lines = "where memory_per_gpu <= 40 GB\nwhere tokens_per_second_per_gpu >= 900 tokens/s";
    const all = rowsOf((await runIn(search(`budget = 216\n${lines}`), words("sweep a.dsco Layouts --format jsonl"))).output);
    const found = rowsOf((await runIn(search(`budget = 100\n${lines}`), words("sweep a.dsco Layouts --format jsonl"))).output);
    expect(all.length).toBeGreaterThan(0);
    expect(all.length, "few").toBeLessThan(22);
    expect(found.length / all.length, "more of them than chance would find").toBeGreaterThan(0.7);
  });

  it("refuses more designs than have numbers", async () => {
    const axes = ["tp", "cp", "dp", "etp", "vp"].map((key) => `parallelism.${key} = 1..99999`).join("\n");
    const found = await runIn(search(`budget = 60\n${axes}`), words("sweep a.dsco Layouts"));
    expect([found.code, found.errors]).toEqual([2, "dsco sweep: Layouts has more than 9,007,199,254,740,991 designs, which have no numbers: write fewer values.\n"]);
  });
});
