import { describe, expect, it } from "vitest";
import { z } from "zod";
import { smallPlans } from "../../kit/plans";
import { misspelt, tiny, tinyFigures } from "./designs";
import { runIn, words } from "./memory-host";

/** The JSON of `report` as the language reference states it. */
const position = z.strictObject({ line: z.int().min(0), character: z.int().min(0) });
const range = z.strictObject({ start: position, end: position });
const reportSchema = z.strictObject({
  version: z.literal(1),
  files: z.array(z.string()),
  diagnostics: z.array(z.strictObject({
    code: z.string(), severity: z.enum(["error", "warning", "information", "hint"]), message: z.string(), file: z.string(), range,
  })),
  declarations: z.array(z.strictObject({
    kind: z.string(), name: z.string(), file: z.string(), range,
    metrics: z.array(z.strictObject({
      id: z.string(), value: z.union([z.number(), z.string(), z.null()]), unit: z.union([z.string(), z.null()]), ideal: z.number().optional(),
      formula: z.string(), source: z.string(), reason: z.string().min(1).optional(),
    }).refine((metric) => metric.ideal === undefined || metric.unit === "s", "times alone have an ideal")
      .refine((metric) => metric.value === null || (metric.formula !== "" && metric.source !== ""), "a figure says where it comes from").refine((metric) => (metric.value === null) === (metric.reason !== undefined), "a figure is missing exactly where a reason says why")),
  })),
});

async function reportOf(files: Parameters<typeof runIn>[0], line: string) {
  const { code, output, errors } = await runIn(files, words(line));
  expect(errors).toBe("");
  return { code, report: reportSchema.parse(JSON.parse(output)) };
}

const metricOf = (report: z.output<typeof reportSchema>, id: string) => report.declarations[0]?.metrics.find((metric) => metric.id === id);

describe("report --format json", () => {
  it("gives every figure with unit, formula and source", async () => {
    const { code, report } = await reportOf({ "a.dsco": tiny }, "report a.dsco --format json");
    expect(code).toBe(0);
    expect(report.files).toEqual(["a.dsco"]);
    expect(report.declarations).toHaveLength(1);
    expect(report.declarations[0]).toMatchObject({
      kind: "model", name: "Tiny", file: "a.dsco", range: { start: { line: 1, character: 0 }, end: { line: 10, character: 1 } },
    });
    expect(metricOf(report, "total_params")).toMatchObject({ value: tinyFigures.total_params, unit: "" });
    expect(metricOf(report, "kv_bytes_per_token")).toMatchObject({ value: tinyFigures.kv_bytes_per_token, unit: "B" });
    expect(metricOf(report, "kv_bytes_per_sequence")).toMatchObject({ value: tinyFigures.kv_bytes_per_sequence, unit: "B" });
    expect(metricOf(report, "train_flops_per_token")).toMatchObject({ value: tinyFigures.train_flops_per_token, unit: "FLOP" });
    expect(metricOf(report, "expert_combinations")).toMatchObject({ value: null, reason: "the model has no `ffn moe` block" });
  });

  it("takes a sequence length and a context, as the language writes numbers", async () => {
    const { report } = await reportOf({ "a.dsco": tiny }, "report a.dsco --format json --sequence-length 100 --context 1_0Ki");
    expect(metricOf(report, "train_flops_per_token")?.value).toBe(tinyFigures.train_flops_per_token_at_100);
    expect(metricOf(report, "kv_bytes_per_sequence")?.value).toBe(10 * 1024 * tinyFigures.kv_bytes_per_token);
  });

  it("gives the figures that can be computed although the design has errors, and ends with 1", async () => {
    const { code, report } = await reportOf({ "a.dsco": `${tiny}\n${misspelt.replace("Tiny", "Broken")}` }, "report a.dsco --format json");
    expect(code).toBe(1);
    expect(report.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["DSCO2020"]);
    expect(metricOf(report, "total_params")?.value).toBe(tinyFigures.total_params);
    const broken = report.declarations.find((declaration) => declaration.name === "Broken");
    expect(broken?.metrics.find((metric) => metric.id === "embedding_params")?.value).toBe(2 * 16 * 8);
    expect(broken?.metrics.find((metric) => metric.id === "total_params")?.reason).toContain("heads");
  });

  it("lists the declarations of the named files and of no imported one", async () => {
    const files = { "main.dsco": 'import { Tiny } from "./part.dsco"\nmodel Wide extends Tiny { hidden_size = 16 }\n', "part.dsco": tiny };
    const { report } = await reportOf(files, "report ./main.dsco --format json");
    expect(report.files).toEqual(["./main.dsco"]);
    expect(report.declarations.map((declaration) => [declaration.name, declaration.file])).toEqual([["Wide", "./main.dsco"]]);
    expect(metricOf(report, "embedding_params")?.value).toBe(2 * 16 * 16);
  });

  it("reads several files in one workspace", async () => {
    const { report } = await reportOf({ "a.dsco": tiny, "b.dsco": tiny.replace("Tiny", "Other") }, "report a.dsco b.dsco --format json");
    expect(report.declarations.map((declaration) => `${declaration.file} ${declaration.name}`)).toEqual(["a.dsco Tiny", "b.dsco Other"]);
  });

  it("lists every figure of plans and services with its unit and why it is missing", async () => {
    const { report } = await reportOf({ "a.dsco": "plan Train {\n}\nservice Serve {\n}\n" }, "report a.dsco --format json");
    const [plan, service] = report.declarations;
    expect(plan?.metrics.find(({ id }) => id === "step_time")).toMatchObject({ value: null, unit: "s", reason: expect.stringMatching(/^`\w+` of `plan` is missing$/) as string });
    expect(plan?.metrics).toContainEqual(expect.objectContaining({ id: "gpu_hours", unit: "GPU·h" }));
    expect(plan?.metrics).toContainEqual(expect.objectContaining({ id: "bottleneck", unit: null }));
    expect(service?.metrics.map(({ id, unit }) => [id, unit])).toEqual([
      ["prefill_nodes", ""], ["decode_nodes", ""], ["kv_transfer_time", "s"], ["ttft", "s"], ["tpot", "s"],
      ["tokens_per_second_per_node", "tokens/s"], ["cost_per_million_tokens", "USD"],
    ]);
  });

  it("knows declarations without a metric", async () => {
    const { report } = await reportOf({ "a.dsco": "operator Mix {\n}\n" }, "report a.dsco --format json");
    expect(report.declarations).toEqual([expect.objectContaining({ kind: "operator", name: "Mix", metrics: [] })]);
    expect(report.diagnostics.map((diagnostic) => diagnostic.severity)).toEqual(["information"]);
  });
});

describe("report as text", () => {
  it("shows the figures that matter first, aligned, with exact values", async () => {
    const { code, output } = await runIn({ "a.dsco": tiny }, ["report", "a.dsco"]);
    expect(code).toBe(0);
    const lines = output.split("\n");
    expect(lines.slice(0, 3)).toEqual(["model Tiny  a.dsco:2:1", "A tiny model | with <markup> & *stars*.", ""]);
    const row = (title: string, figure: string, exact = "") => `  ${title.padEnd(36)}  ${figure.padStart(11)}  ${exact}`.trimEnd();
    expect(lines.slice(3, 9)).toEqual([
      row("Parameters", "1576"),
      row("Active parameters", "1576"),
      row("Active parameters without embeddings", "1320"),
      row("KV cache per token", "64 B"),
      row("Training FLOPs per token", "401.7 KFLOP", "401,664 FLOP"),
      row("Training FLOPs per token, non-causal", "794.9 KFLOP", "794,880 FLOP"),
    ]);
    expect(output).not.toContain("Not computed"); // a dense model has no combinations of experts that could be
    expect(output).toContain("  Training at a sequence of 4,096 tokens; cache and decoding at the model's max_context, 32 tokens.\n");
    expect(output).toContain("\nno errors\n");
    expect(output.endsWith("Where a figure comes from: dsco explain a.dsco Tiny.total_params\n")).toBe(true);
  });

  it("gives each reason for what is missing once, with the figures it holds for", async () => {
    const { output } = await runIn({ "a.dsco": misspelt.replace("  max_context = 32\n", "") }, ["report", "a.dsco"], { columns: 120 });
    const missing = output.slice(output.indexOf("  Not computed:\n"));
    expect(missing).toMatch(/^ {4}`heads` of `attention mha` is missing: total_params, active_params, /m);
    expect(missing.match(/`heads` of `attention mha` is missing/g)).toHaveLength(1);
    expect(output).toContain("explain a.dsco Tiny.embedding_params\n"); // the first figure that is computed
    const markdown = (await runIn({ "a.dsco": misspelt }, words("report a.dsco --format markdown"))).output;
    expect(markdown).toMatch(/^\| `heads` of `attention mha` is missing \| `total_params`, `active_params`, /m);
    for (const format of ["text", "markdown", "html"]) expect((await runIn({ "a.dsco": tiny }, words(`report a.dsco --format ${format}`))).output).not.toContain("expert_combinations");
  });

  it("notes where more is asked for than the model takes", async () => {
    const noteOf = async (line: string) => /^ *(Note: .*)$/m.exec((await runIn({ "a.dsco": tiny }, words(`report a.dsco ${line}`), { columns: 120 })).output)?.[1];
    expect(await noteOf("--context 33")).toBe("Note: the context asked for is longer than the model's max_context, 32 tokens.");
    expect(await noteOf("--sequence-length 33")).toBe("Note: the sequence asked for is longer than the model's max_context, 32 tokens.");
    expect(await noteOf("--sequence-length 33 --context 33")).toBe("Note: the sequence and the context asked for are longer than the model's max_context, 32 tokens.");
    expect(await noteOf("--sequence-length 32 --context 32")).toBeUndefined();
    expect(await noteOf("")).toBeUndefined();
  });

  it("notes that a plan has memory for a longer context than its model takes", async () => {
    const noteOf = async (longest: string) => {
      const design = smallPlans.replace("max_context = 8192", longest);
      return /^ *(Note: .*)$/m.exec((await runIn({ "a.dsco": design }, words("report a.dsco"), { columns: 120 })).output)?.[1];
    };
    expect(await noteOf("max_context = 8192")).toBe("Note: the longest context that fits is longer than the model's max_context, 8,192 tokens.");
    expect(await noteOf("max_context = 1G")).toBeUndefined(); // no number: nothing to compare with
    expect(await noteOf("max_context = 1T")).toBeUndefined();
    expect(await noteOf("tie_embeddings = true")).toBeUndefined();
  });

  it("says of which network the figures are where a cluster does not use all of it", async () => {
    const lineOf = async (nodes: number) => {
      const design = `import { H100, ConnectX7 } from "std:hardware/nvidia"\nhardware C {\n  gpu = H100, gpus_per_node = 8, nodes = ${nodes}, nic = ConnectX7, nics_per_node = 8\n  network fat_tree { tiers = 2, switch_ports = 64 }\n}\n`;
      return /Endpoints, switches[^.]*\./.exec((await runIn({ "a.dsco": design }, words("report a.dsco"))).output)?.[0].replace(/\s+/g, " ");
    };
    // 64^2 / 2 endpoints; 256 nodes of 8 cards take them all
    expect(await lineOf(64)).toBe("Endpoints, switches, links, bisection and cost of the network are those of the full topology; the cluster uses 512 of its 2,048 endpoints.");
    expect(await lineOf(256)).toBeUndefined();
  });

  it("states the context asked for", async () => {
    const { output } = await runIn({ "a.dsco": tiny }, words("report a.dsco --context 4Ki --sequence-length 8192"));
    expect(output).toContain("Training at a sequence of 8,192 tokens; cache and decoding at a context of 4,096 tokens.");
  });

  it("sets published figures beside its own, and leaves them out where they do not compare", async () => {
    const published = tiny.replace("  ffn", '  measured kv_bytes_per_token = 60 B from "a paper"\n  measured total_params = 1.576K from "another"\n  measured active_params = 1577 from "a third"\n  measured embedding_params = 1K from "a fourth"\n  measured mtp_params = 0 from "a fifth"\n\n  ffn');
    const { output } = await runIn({ "a.dsco": published }, ["report", "a.dsco"]);
    expect(output).toMatch(/KV cache per token +64 B +60 B +\+6\.7 % +a paper\n/);
    expect(output).toMatch(/Parameters +1576 +1\.576K +exact +another\n/);
    expect(output).toMatch(/Active parameters +1576 +1577 +-0\.1 % +a third\n/); // 1576 / 1577 - 1 = -0.063 %
    expect(output).toMatch(/Embedding parameters +256 +1K +-74\.4 % +a fourth\n/);
    expect(output).toMatch(/MTP parameters +0 +0 +exact +a fifth\n/);
    expect((await runIn({ "a.dsco": published }, words("report a.dsco --sequence-length 8192"))).output).not.toContain("a paper");
  });

  it("ends with the diagnostics", async () => {
    const { code, output } = await runIn({ "a.dsco": misspelt }, ["report", "a.dsco"]);
    expect(code).toBe(1);
    expect(output).toContain("a.dsco:8:19: error DSCO2020: `attention mha` has no property `head`; did you mean `heads`?\n1 error\n");
  });

  it("says that a file without a model has no figures", async () => {
    expect(await runIn({ "a.dsco": "" }, ["report", "a.dsco"])).toMatchObject({
      code: 0, output: "Neither a model, hardware nor a plan is declared in a.dsco: there are no figures to report.\n\nno errors\n",
    });
  });

  it("keeps to the width of the terminal", async () => {
    const { output } = await runIn({ "a.dsco": tiny }, ["report", "a.dsco"], { columns: 80 });
    expect(Math.max(...output.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe("a report of plans", () => {
  const sectionOf = (output: string, name: string) => output.slice(output.indexOf(`plan ${name}  `)).split("\n\nplan ")[0] ?? "";

  it("shows each phase its own figures first, times with their ideal, memory with its parts", async () => {
    const { code, output } = await runIn({ "a.dsco": smallPlans }, ["report", "a.dsco"]);
    expect(code).toBe(0);
    const [train, prompts, answers] = ["Train", "Prompts", "Answers"].map((name) => sectionOf(output, name));
    expect(train?.split("\n")[2]).toMatch(/^ {2}Step time +[\d.]+ m?s +ideal [\d.]+ (m|µ)?s$/);
    expect(prompts?.split("\n")[2]).toMatch(/^ {2}Time to first token /);
    expect(answers?.split("\n")[2]).toMatch(/^ {2}Time per output token /);
    expect(train).toMatch(/^ {2}MFU +[\d.]+ %$/m);
    expect(train).toMatch(/^ {2}GPU-hours +[\d.]+K? GPU·h$/m);
    const lines = train?.split("\n") ?? [];
    const memory = lines.findIndex((line) => line.startsWith("  Memory per GPU "));
    expect(lines.slice(memory + 1, memory + 6).every((line) => line.startsWith("    Memory of "))).toBe(true);
    for (const figure of ["Step time", "Bubble", "MFU"]) expect(answers).not.toContain(figure);
    expect(train).not.toContain("Time per output token");
  });

  it("sets a measurement beside its estimate, whatever sequence models are asked at", async () => {
    const row = /^ {2}Step time +([\d.]+) ms +1 s +-[\d.]+ % +a run$/m;
    expect((await runIn({ "a.dsco": smallPlans }, ["report", "a.dsco"])).output).toMatch(row);
    expect((await runIn({ "a.dsco": smallPlans }, words("report a.dsco --sequence-length 100"))).output).toMatch(row);
  });

  it("gives in JSON every figure of every phase, ideals, and reasons for what a phase has not", async () => {
    const { report } = await reportOf({ "a.dsco": smallPlans }, "report a.dsco --format json");
    const plans = report.declarations.filter(({ kind }) => kind === "plan");
    expect(plans.map(({ metrics }) => metrics.map(({ id }) => id))).toEqual(plans.map(() => plans[0]?.metrics.map(({ id }) => id)));
    const [train, , answers] = plans;
    const step = train?.metrics.find(({ id }) => id === "step_time");
    expect(step?.value).toBeGreaterThan(step?.ideal ?? Infinity);
    expect(answers?.metrics.find(({ id }) => id === "step_time")).toMatchObject({ value: null, reason: "only a training plan has steps" });
    const days = train?.metrics.find(({ id }) => id === "training_time")?.value as number;
    expect(train?.metrics.find(({ id }) => id === "gpu_hours")?.value).toBeCloseTo((16 * days) / 3600, 6);
  });

  it("has a column of ideals where there are times", async () => {
    const { output } = await runIn({ "a.dsco": smallPlans }, words("report a.dsco --format markdown"));
    expect(output).toContain("| Figure | Value | Ideal | Exact | Metric |");
    expect(output).toContain("| Figure | Value | Exact | Metric |"); // the model's
    expect(output).toMatch(/\| &emsp;Memory of the weights \| [\d.]+ MB \| +\| [\d,]+ B \| `memory_weights` \|/);
    const html = (await runIn({ "a.dsco": smallPlans }, words("report a.dsco --format html"))).output;
    expect(html).toContain('<th class="number">Ideal</th>');
    expect(balancedTags(html)).toBe(true);
  });

  it("says which requirements hold", async () => {
    // one that is written over two lines is shown on one
    const design = smallPlans.replace(/^(plan \w+ \{)/m, "$1\n  require data_parallel == 8\n  require micro_batches > (90 +\n    10)\n");
    const text = (await runIn({ "a.dsco": design }, words("report a.dsco"))).output;
    expect(text).toMatch(/\n {2}Required +here +holds\n {2}data_parallel == 8 +8 {2}yes\n {2}micro_batches > \(90 \+ 10\) +\d+ {2}no\n/);
    expect((await runIn({ "a.dsco": design }, words("report a.dsco --format markdown"))).output).toMatch(/\| Required \| Here \| Holds \|\n\| --- \| ---: \| --- \|\n\| `data_parallel == 8` \| 8 \| yes \|\n\| `micro_batches > \(90 \+ 10\)` \| \d+ \| no \|\n/);
    const html = (await runIn({ "a.dsco": design }, words("report a.dsco --format html"))).output;
    expect(html).toContain('<tr><td><code>data_parallel == 8</code></td><td class="number">8</td><td>yes</td></tr>');
    expect(html).toMatch(/<tr class="error"><td><code>micro_batches &gt; \(90 \+ 10\)<\/code><\/td><td class="number">\d+<\/td><td>no<\/td><\/tr>/);
    expect(html).toContain('; <span class="error"><code>micro_batches &gt; (90 + 10)</code> fails</span></span></li>');
    expect(balancedTags(html)).toBe(true);
  });

  it("shows what a what-if does to a plan", async () => {
    const { output } = await runIn({ "a.dsco": smallPlans }, words("report a.dsco --set Learn.sequence_length=4096"));
    expect(output).toMatch(/^ {2}Step time +[\d.]+ ms → [\d.]+ ms +\+[\d.]+ % +ideal /m);
    expect(output).toMatch(/^ {2}Data-parallel degree +8$/m);
  });
});

describe("report --format markdown", () => {
  it("writes tables in which nothing of the file is markup", async () => {
    const { output } = await runIn({ "a.dsco": tiny }, words("report a.dsco --format markdown"));
    expect(output).toContain("## model Tiny\n");
    expect(output).toContain("A tiny model \\| with \\<markup\\> & \\*stars\\*.");
    expect(output).toContain("| KV cache per token | 64 B |  | `kv_bytes_per_token` |");
    expect(output).toContain("| Training FLOPs per token | 401.7 KFLOP | 401,664 FLOP | `train_flops_per_token` |");
    expect(output.trimEnd().endsWith("no errors")).toBe(true);
  });
});

describe("report --format html", () => {
  it("is one page without scripts, outside resources or markup from the file", async () => {
    const { output } = await runIn({ "a.dsco": tiny.replace("&", "& <script>alert(1)</script> '\"") }, words("report a.dsco --format html"));
    expect(output.startsWith("<!doctype html>\n")).toBe(true);
    expect(output).toContain("A tiny model | with &lt;markup&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt; &#39;&quot; *stars*.");
    expect(output).not.toMatch(/<script|<link|<img|<iframe|src=|href="[^#]|url\([^#]/);
    expect(output).toContain("<td class=\"number\">401,664 FLOP</td><td><code>train_<wbr>flops_<wbr>per_<wbr>token</code></td>");
    expect(balancedTags(output)).toBe(true);
  });
});

/** Every tag that is opened is closed, in order. */
function balancedTags(html: string): boolean {
  const open: string[] = [];
  for (const [, slash, name = "", closed] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
    if (["meta", "wbr"].includes(name)) continue;
    if (closed === "/") continue; // within a picture
    if (slash === "") open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}
