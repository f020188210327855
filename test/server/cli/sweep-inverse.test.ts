// Inverse questions on the command line.
import { describe, expect, it } from "vitest";
import { runIn, words, type MemoryFiles } from "./memory-host";

const files = (lines: string): MemoryFiles => ({
  "a.dsco": `
import { DeepSeekV3 } from "std:models/deepseek"
import { H800Cluster } from "std:clusters/deepseek"
hardware Unit extends H800Cluster { nodes = 16 }
parallelism Wide { ep = 64 }
workload Chat { phase = decode, context_length = 4096, batch_per_gpu = 64 }
plan Serve { model = DeepSeekV3, hardware = Unit, parallelism = Wide, workload = Chat, require tpot <= 80 ms }
sweep S of Serve {
parallelism.ep = [32, 48, 64, 128]
${lines}
minimize tpot
}
`,
});
const memory = "hardware.gpu.memory = [24 GB, 32 GB, 40 GB, 48 GB, 64 GB, 80 GB, 96 GB, 141 GB]";

describe("dsco sweep --least and --most", () => {
  it("say the value, the designs that have it, and that it was bisected", async () => {
    const { code, output, errors } = await runIn(files(memory), words("sweep a.dsco S --least hardware.gpu.memory"));
    expect([code, errors]).toEqual([0, ""]);
    // the same design as among all that are tried one by one
    const all = (await runIn(files(memory), words("sweep a.dsco S --format csv"))).output.trimEnd().split("\r\n").slice(1).map((line) => line.split(","));
    const gigabytes = (row: readonly string[]) => Number(row[2]?.replace(" GB", ""));
    const [best = [], next = []] = all.sort((left, right) => gigabytes(left) - gigabytes(right));
    expect(gigabytes(best), "one alone is the best").toBeLessThan(gigabytes(next) || Infinity);
    const [design, ep, value] = best;
    expect(output).toMatch(new RegExp(`^sweep S of Serve: the least hardware\\.gpu\\.memory that meets everything is ${value}\n\n {2}design +parallelism\\.ep +hardware\\.gpu\\.memory +tpot\n {2}${design} +${ep} +${value} +\\d+\\.\\d+ ms\n\n`));
    expect(output).toMatch(/\n\d+ of 32 designs tried, by bisection along hardware\.gpu\.memory: what leaves a design out there leaves it out with every smaller value too\.\n$/);
  });

  it("say where bisection did not reach, and where nothing is proved", async () => {
    const batches = await runIn(files("workload.batch_per_gpu = 16..512 step 16\nwhere tokens_per_second_per_gpu <= 2000 tokens/s"), words("sweep a.dsco S --most workload.batch_per_gpu"));
    expect(batches.output).toContain(", by bisection along workload.batch_per_gpu, and one by one where what leaves a design out need not do so with every greater value.\n");
    const nodes = await runIn(files("hardware.nodes = 1..16"), words("sweep a.dsco S --least hardware.nodes"));
    expect(nodes.output).toMatch(/the least hardware\.nodes that meets everything is \d+\n/);
    expect(nodes.output).toMatch(/\n\d+ of 64 designs tried, one by one from the least hardware\.nodes: nothing is proved about what it changes\.\n$/);
  });

  it("say what keeps all designs out", async () => {
    const { code, output } = await runIn(files(`${memory}\nwhere tpot <= 1 ms`), words("sweep a.dsco S --least hardware.gpu.memory"));
    expect(code).toBe(0);
    expect(output).toMatch(/^sweep S of Serve: no design meets everything, whatever its hardware\.gpu\.memory\n/);
    expect(output).toContain("Without `tpot <= 1 ms` ");
  });

  it.each([
    ["--least hardware.gpu.memroy", "S does not vary hardware.gpu.memroy; did you mean hardware.gpu.memory?"],
    ["--least nodes", "S does not vary nodes: it varies parallelism.ep, hardware.gpu.memory."],
    ["--least hardware.gpu.memory --most parallelism.ep", "--least asks one question and prints the answer: leave --most out."],
    ["--most parallelism.ep --out a.csv", "--most asks one question and prints the answer: leave --out out."],
  ])("%s", async (options, message) => {
    const found = await runIn(files(memory), words(`sweep a.dsco S ${options}`));
    expect([found.code, found.errors]).toEqual([2, `dsco sweep: ${message}\n`]);
  });

  it("refuse words, and more designs than the budget", async () => {
    const named = await runIn(files("parallelism.schedule = [1f1b, dualpipe]"), words("sweep a.dsco S --least parallelism.schedule"));
    expect([named.code, named.errors]).toEqual([2, "dsco sweep: the values of parallelism.schedule are no numbers: there is no least or greatest of them.\n"]);
    const many = await runIn(files(`${memory}\nbudget = 31`), words("sweep a.dsco S --least hardware.gpu.memory"));
    expect([many.code, many.errors]).toEqual([2, "dsco sweep: S has 32 designs, more than its `budget` of 31: write a larger `budget` or fewer values.\n"]);
  });
});
