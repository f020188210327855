import { describe, expect, it } from "vitest";
import { z } from "zod";
import { misspelt, tiny, tinyFigures } from "./designs";
import { runIn, words } from "./memory-host";

const wide = tiny.replace("intermediate_size = 16", "intermediate_size = 32");
/** Three matrices of 8 by 16 more in each of two layers. */
const wideParams = tinyFigures.total_params + 2 * 3 * 8 * 16;
const other = wide.replace("Tiny", "Wide");
const files = { "a.dsco": tiny, "b.dsco": wide, "other.dsco": other, "both.dsco": `${tiny}\n${other}` };

const compare = (line: string, given: Parameters<typeof runIn>[0] = files) => runIn(given, words(`compare ${line}`));

describe("compare as text", () => {
  it("shows the facts and the figures that differ, counts the others, and ends with 0", async () => {
    const { code, output, errors } = await compare("a.dsco b.dsco");
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output.split("\n").slice(0, 8)).toEqual([
      "model    Tiny  a.dsco:2:1",
      "against  Tiny  b.dsco:2:1",
      "",
      "  Facts                        a.dsco  b.dsco",
      "  ffn dense.intermediate_size  16      32",
      expect.stringMatching(/^ {2}\d+ other facts are equal\.$/),
      "",
      expect.stringMatching(/^ {2}Figures +a\.dsco +b\.dsco +change$/),
    ]);
    // 2,344 / 1,576 - 1
    expect(output).toMatch(new RegExp(`^ {2}Parameters +${tinyFigures.total_params} +${wideParams} +\\+48\\.7 %$`, "m"));
    expect(output).not.toContain("KV cache per token");
    expect(output).toMatch(/^ {2}\d other figures are equal\.$/m);
    expect(output).toContain("\n  Training at a sequence of 4,096 tokens; cache and decoding at the model's max_context, 32 tokens.\n");
    expect(output.endsWith("\nno errors\n")).toBe(true);
  });

  it("says it where nothing differs", async () => {
    const { code, output } = await compare("a.dsco copy.dsco", { "a.dsco": tiny, "copy.dsco": `// a copy\n${tiny}` });
    expect(code).toBe(0);
    expect(output).toMatch(/^ {2}Nothing differs\.\n {2}\d+ facts are equal\.\n {2}\d+ figures are equal\.$/m);
  });

  it("shows a figure that was asked for, also where it is the same, and no others", async () => {
    const { output } = await compare("a.dsco b.dsco --metric kv_bytes_per_token --metric total_params --metric total_params");
    const rows = output.split("\n").filter((line) => /^ {2}(KV cache|Parameters|Active|Weights|Embedding|Training FLOPs)/.test(line));
    expect(rows).toEqual([expect.stringMatching(/^ {2}KV cache per token +64 B +64 B$/), expect.stringMatching(/^ {2}Parameters +1576 +2344 +\+48\.7 %$/)]);
    expect(output).not.toMatch(/figures? (is|are) equal/);
  });

  it("says why a figure has no value, on which side", async () => {
    const { output } = await compare("a.dsco b.dsco", { "a.dsco": tiny, "b.dsco": wide.replace("  max_context = 32\n", "") });
    expect(output).toMatch(/^ {2}KV cache per sequence +2\.048 KB +not computed$/m);
    expect(output).toMatch(/^ {4}b\.dsco: the model has no `max_context`, and no context length was given: kv_bytes_per_sequence,$/m);
    expect(output).toContain("\n  a.dsco: Training at a sequence of 4,096 tokens;");
    expect(output).toContain("\n  b.dsco: Training at a sequence of 4,096 tokens; no context is given: --context N states one.\n");
    expect(output).not.toContain("expert_combinations"); // neither can have one
    const stated = await compare("a.dsco b.dsco --context 32", { "a.dsco": tiny, "b.dsco": wide.replace("  max_context = 32\n", "") });
    expect(stated.output).not.toContain("Not computed");
  });

  it("says why a figure is missing that only the other design can have", async () => {
    const moe = tiny.replace("ffn dense { intermediate_size = 16 }", "ffn moe { routed_experts = 4, top_k = 2, intermediate_size = 16 }");
    const { output } = await compare("a.dsco b.dsco", { "a.dsco": tiny, "b.dsco": moe });
    // two of four experts
    expect(output).toMatch(/^ {2}Expert combinations +not computed +6$/m);
    expect(output).toMatch(/^ {4}a\.dsco: the model has no `ffn moe` block: expert_combinations$/m);
  });

  it("says how many times more or less where per cents say nothing", async () => {
    // 671,026,419,200 parameters and 1,576
    expect((await compare("a.dsco DeepSeekV3 --metric total_params")).output).toMatch(/^ {2}Parameters +1576 +671\.0B +x 425\.8M$/m);
    expect((await compare("DeepSeekV3 a.dsco --metric total_params")).output).toMatch(/^ {2}Parameters +671\.0B +1576 +x 2\.349e-9$/m);
  });

  it("stays within the terminal: long cells go on below themselves", async () => {
    const name = (letter: string) => letter.repeat(30);
    const long = { "a.dsco": tiny.replace("Tiny", name("A")), "b.dsco": wide.replace("Tiny", name("B")) };
    const { output } = await runIn(long, words("compare a.dsco b.dsco"), { columns: 100 });
    const lines = output.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}Parameters +1576 +2344 +\+48\.7 %$/));
    const at = lines.findIndex((line) => /^ {2}Active\b/.test(line) && !line.includes("embeddings") && !/Active parameters +\d/.test(line));
    expect(lines[at + 1]?.trim()).toMatch(/embeddings$/);
  });

  it("names the edits of a what-if", async () => {
    const { code, output } = await compare("both.dsco:Tiny both.dsco:Wide --set Tiny.layers=4");
    expect(code).toBe(0);
    expect(output.startsWith("with Tiny.layers = 4\n\n")).toBe(true);
    expect(output).toMatch(/^ {2}layers +4 +2$/m);
  });
});

describe("what is compared", () => {
  const title = async (line: string) => (await compare(line)).output.split("\n").slice(0, 2);

  it.each([
    ["a.dsco other.dsco", "Tiny", "Wide"],
    ["a.dsco both.dsco", "Tiny", "Tiny"],
    ["a.dsco both.dsco:Wide", "Tiny", "Wide"],
    ["both.dsco:Wide a.dsco", "Wide", "Tiny"],
    ["both.dsco:Tiny both.dsco:Wide", "Tiny", "Wide"],
    ["DeepSeekV3 std:models/deepseek:DeepSeekV2", "DeepSeekV3", "DeepSeekV2"],
    ["std:DeepSeekV3 a.dsco", "DeepSeekV3", "Tiny"],
    ["H100 H200", "H100", "H200"],
  ])("%s sets %s against %s", async (line, left, right) => {
    expect((await title(line)).map((heading) => heading.split(/ +/)[1])).toEqual([left, right]);
  });

  it("pairs the declarations of two files by name and kind, and says what has no like", async () => {
    const { code, output } = await compare("both.dsco both2.dsco", { ...files, "both2.dsco": `${wide}\n${other.replace("Wide", "Third")}` });
    expect(code).toBe(0);
    expect(output.match(/^against/gm)).toHaveLength(1);
    expect(output).toContain("Only in both.dsco: model Wide.\n");
    expect(output).toContain("Only in both2.dsco: model Third.\n");
  });

  it("compares parts under the plan that uses them, and alone where none does", async () => {
    const layout = (name: string, tp: number, plan: string) => `parallelism ${name} { tp = ${tp} }\n${plan}`;
    const plan = "plan Run { parallelism = P }\n";
    const used = await compare("a.dsco b.dsco", { "a.dsco": layout("P", 8, plan), "b.dsco": layout("P", 4, plan) });
    expect(used.output.match(/^against .*$/gm)).toEqual([expect.stringMatching(/^against +Run/)]);
    expect(used.output).toMatch(/^ {2}parallelism +P +P\n {4}tp +8 +4$/m);
    const alone = await compare("a.dsco b.dsco", { "a.dsco": layout("P", 8, ""), "b.dsco": layout("Q", 4, "") });
    expect(alone.output).toMatch(/^against +Q/m);
    expect(alone.output).not.toContain("figure");
  });

  it("takes the only declarations of a kind that has figures whatever their names, and leaves a plan its parts", async () => {
    const design = (letter: string, more = "") => `${tiny}\nparallelism Layout${letter} { tp = 8 }\nparallelism Unused${letter} { tp = 4 }\nplan Run${letter} { parallelism = Layout${letter} }\n${more}`;
    const { output } = await compare("a.dsco b.dsco", { "a.dsco": design("A"), "b.dsco": design("B", "plan Other { parallelism = UnusedB }\n") });
    expect(output.match(/^against .*$/gm)).toEqual(["against  Tiny  b.dsco:2:1"]);
    expect(output).toContain("Only in a.dsco: parallelism UnusedA, plan RunA.\n");
    expect(output).toContain("Only in b.dsco: plan RunB, plan Other.\n");
    const one = (letter: string) => `${tiny}\nparallelism Layout${letter} { tp = 8 }\n`;
    const layouts = await compare("a.dsco b.dsco", { "a.dsco": one("A"), "b.dsco": one("B") });
    expect(layouts.output).toContain("Only in a.dsco: parallelism LayoutA.\n");
  });

  it("only names the pairs in which nothing differs, unless a figure of them is asked for", async () => {
    const given = { "a.dsco": `${tiny}\n${other}`, "b.dsco": `${tiny}\n${other.replace("layers      = 2", "layers      = 3")}` };
    const { output } = await compare("a.dsco b.dsco", given);
    expect(output.match(/^against .*$/gm)).toEqual(["against  Wide  b.dsco:14:1"]);
    expect(output).toContain("\n\nNothing differs in model Tiny.\n\n");
    expect((await compare("a.dsco b.dsco --format markdown", given)).output).toContain("\n\nNothing differs in model `Tiny`.\n\n");
    expect((await compare("a.dsco b.dsco --metric total_params", given)).output.match(/^against/gm)).toHaveLength(2);
  });

  it("takes what a file imports, and standard input", async () => {
    expect((await compare("main.dsco:Tiny b.dsco", { ...files, "main.dsco": 'import { Tiny } from "./a.dsco"\n' })).output).toMatch(/^model +Tiny +a\.dsco:2:1$/m);
    expect((await runIn(files, words("compare - b.dsco"), { input: tiny })).output).toMatch(/^model +Tiny +-:2:1$/m);
  });

  it.each([
    ["", "name two designs: `dsco compare A B`."],
    ["a.dsco", "name two designs: `dsco compare A B`."],
    ["a.dsco b.dsco other.dsco", "name two designs: `dsco compare A B`."],
    ["a.dsco missing.dsco", "missing.dsco: there is no such file."],
    ["a.dsco missing.dsco:Tiny", "missing.dsco: there is no such file."],
    ["a.dsco:Tinny b.dsco", "there is no declaration `Tinny` in a.dsco; did you mean `Tiny`?"],
    ["a.dsco DeepSekV3", "there is no file DeepSekV3, and the standard library has no `DeepSekV3`; did you mean `DeepSeekV3`?"],
    ["a.dsco std:DeepSekV3", "there is no file DeepSekV3, and the standard library has no `DeepSekV3`; did you mean `DeepSeekV3`?"],
    ["a.dsco std:models/deepsek", "std:models/deepsek: the standard library has no such part; did you mean `std:models/deepseek`?"],
    ["a.dsco std:models/deepseek:Tiny", "there is no declaration `Tiny` in std:models/deepseek."],
    ["DeepSeekV3 H100", "`DeepSeekV3` is a model and `H100` is a gpu: only declarations of one kind can be compared."],
    ["a.dsco H100", "`H100` is a gpu and `Tiny` is a model: only declarations of one kind can be compared."],
    ["a.dsco gpu.dsco", "`Tiny` is a model and `G` is a gpu: only declarations of one kind can be compared."],
    ["H100 both.dsco", "both.dsco has no gpu to compare `H100` with."],
    ["DeepSeekV3 both.dsco", "both.dsco has several declarations of the kind model: write both.dsco:Tiny or both.dsco:Wide."],
    ["two.dsco both.dsco", "no declaration of two.dsco has its like in both.dsco: name one of each, such as two.dsco:M both.dsco:Tiny."],
    ["a.dsco let.dsco", "let.dsco declares nothing that can be compared."],
    ["a.dsco let.dsco:three", "`three` is a constant: it cannot be compared."],
    ["let.dsco:Mix a.dsco", "`Mix` is an operator: it cannot be compared."],
    ["a.dsco b.dsco --metric kv_per_token", "a model has no metric `kv_per_token`; did you mean `kv_bytes_per_token`?"],
    ["H100 H200 --metric total_params", "a gpu has no figures: leave --metric out."],
    ["a.dsco b.dsco --format html", "--format takes text, markdown or json: found html."],
    ["a.dsco b.dsco --set Tiny.layers=3", "--set Tiny.layers: several of the files declare `Tiny`: name one file."],
  ])("refuses `compare %s` with a sentence and exit code 2", async (line, sentence) => {
    const given = {
      ...files, "let.dsco": "let three = 3\noperator Mix {\n}\n", "two.dsco": `${tiny.replace("Tiny", "M")}${tiny.replace("Tiny", "N")}`,
      "gpu.dsco": "gpu G { memory = 80 GB, memory_bandwidth = 3 TB/s }\n",
    };
    const { code, output, errors } = await compare(line, given);
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors.split("\n")[0]).toBe(`dsco compare: ${sentence}`);
  });
});

describe("a design with errors", () => {
  it("is compared as far as it goes; its errors follow, and the exit code is 1", async () => {
    const { code, output, errors } = await compare("a.dsco broken.dsco", { ...files, "broken.dsco": misspelt });
    expect({ code, errors }).toEqual({ code: 1, errors: "" });
    expect(output).toMatch(/^ {2}attention mha\.heads +2 +–$/m);
    expect(output).toMatch(/^ {2}Parameters +1576 +not computed$/m);
    expect(output).toMatch(/^ {4}broken\.dsco: `heads` of `attention mha` is missing: total_params, /m);
    expect(output).toMatch(/^broken\.dsco:8:19: error DSCO2020: .*\n1 error\n$/m);
  });

  it.each(["text", "markdown", "json"])("says what is wrong where nothing is left to compare: %s", async (format) => {
    const { code, output, errors } = await compare(`a.dsco broken.dsco --format ${format}`, { ...files, "broken.dsco": "modle Tiny {\n}\n" });
    expect(code).toBe(1);
    expect(errors).toBe("dsco compare: broken.dsco declares nothing that can be compared.\n");
    expect(output).toContain("DSCO1001");
  });
});

describe("compare as Markdown", () => {
  it("has tables of facts and figures", async () => {
    const { code, output } = await compare("a.dsco other.dsco --format markdown");
    expect(code).toBe(0);
    const lines = output.split("\n");
    expect(lines.slice(0, 8)).toEqual([
      "# model `Tiny` against `Wide`", "", "`Tiny` (`a.dsco:2`) against `Wide` (`other.dsco:2`)", "", "## Facts", "",
      "| fact | `Tiny` | `Wide` |", "|:--|:--|:--|",
    ]);
    expect(lines).toContain("| `ffn dense.intermediate_size` | `16` | `32` |");
    expect(lines).toContain("| figure | `Tiny` | `Wide` | change | metric |");
    expect(lines).toContain("| Parameters | 1576 | 2344 | +48.7 % | `total_params` |");
    expect(output.endsWith("\n## Diagnostics\n\nno errors\n")).toBe(true);
    for (const line of lines.filter((line) => line.startsWith("|"))) expect([4, 6]).toContain(line.split("|").length - 1);
  });
});

const value = z.union([z.number(), z.string(), z.boolean(), z.array(z.number()), z.null()]);
const fact = z.strictObject({ value, unit: z.union([z.string(), z.null()]), origin: z.enum(["written", "inherited", "default"]) });
const figure = z.strictObject({ value: z.union([z.number(), z.string(), z.null()]), ideal: z.number().optional(), reason: z.string().optional() });
const position = z.strictObject({ line: z.int(), character: z.int() });
const declaration = z.strictObject({ kind: z.string(), name: z.string(), file: z.string(), range: z.strictObject({ start: position, end: position }) });
const compareSchema = z.strictObject({
  version: z.literal(1), files: z.array(z.string()), diagnostics: z.array(z.looseObject({ code: z.string() })),
  comparisons: z.array(z.strictObject({
    a: declaration, b: declaration,
    facts: z.array(z.strictObject({ path: z.string(), a: fact.nullable(), b: fact.nullable() })), equalFacts: z.int(),
    metrics: z.array(z.strictObject({
      id: z.string(), unit: z.union([z.string(), z.null()]), isEqual: z.boolean(), a: figure, b: figure, difference: z.number().nullable(), ratio: z.number().nullable(),
    })), equalMetrics: z.int(),
  })),
  unmatched: z.array(declaration),
});

describe("compare --format json", () => {
  const read = async (line: string, given?: Parameters<typeof runIn>[0]) => compareSchema.parse(JSON.parse((await compare(`${line} --format json`, given)).output));

  it("gives both sides, facts and metrics in base units", async () => {
    const { files: named, comparisons: [found] } = await read("a.dsco other.dsco");
    expect(named).toEqual(["a.dsco", "other.dsco"]);
    expect(found).toMatchObject({ a: { kind: "model", name: "Tiny", file: "a.dsco" }, b: { kind: "model", name: "Wide", file: "other.dsco" } });
    expect(found?.facts).toEqual([{
      path: "ffn dense.intermediate_size", a: { value: 16, unit: "", origin: "written" }, b: { value: 32, unit: "", origin: "written" },
    }]);
    expect(found?.metrics.find(({ id }) => id === "total_params")).toEqual({
      id: "total_params", unit: "", isEqual: false, a: { value: tinyFigures.total_params }, b: { value: wideParams },
      difference: wideParams - tinyFigures.total_params, ratio: wideParams / tinyFigures.total_params,
    });
    expect(found?.metrics.every(({ isEqual }) => !isEqual)).toBe(true);
    expect(found?.equalMetrics).toBeGreaterThan(2);
  });

  it("gives a metric that was asked for, and why it has no value", async () => {
    const without = { "a.dsco": tiny, "b.dsco": tiny.replace("  max_context = 32\n", "") };
    const { comparisons: [found] } = await read("a.dsco b.dsco --metric kv_bytes_per_token --metric kv_bytes_per_sequence --metric expert_combinations", without);
    expect(found?.metrics).toEqual([
      { id: "kv_bytes_per_token", unit: "B", isEqual: true, a: { value: 64 }, b: { value: 64 }, difference: 0, ratio: 1 },
      {
        id: "kv_bytes_per_sequence", unit: "B", isEqual: false, a: { value: 2048 }, b: { value: null, reason: expect.stringContaining("max_context") as string }, difference: null, ratio: null,
      },
    ]);
  });

  it("names what has no like", async () => {
    const { unmatched } = await read("a.dsco both.dsco", { ...files });
    expect(unmatched.map(({ kind, name, file }) => [kind, name, file])).toEqual([["model", "Wide", "both.dsco"]]);
  });

  it("states prices by the hour and GPU-hours as the report does", async () => {
    const hardware = (name: string, price: string) => `import { H800 } from "std:hardware/nvidia"\nhardware ${name} { gpu = H800, gpus_per_node = 8, nodes = 2, price = ${price} }\n`;
    const { comparisons: [found] } = await read("a.dsco b.dsco", { "a.dsco": hardware("A", "2 USD/h"), "b.dsco": hardware("B", "3 USD/h") });
    expect(found?.facts).toEqual([{ path: "price", a: { value: 2, unit: "USD/h", origin: "written" }, b: { value: 3, unit: "USD/h", origin: "written" } }]);
    expect(found?.metrics.find(({ id }) => id === "cost_per_hour")).toMatchObject({ unit: "USD/h", a: { value: 32 }, b: { value: 48 }, difference: 16, ratio: 1.5 });
  });
});
