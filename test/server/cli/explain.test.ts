import { describe, expect, it } from "vitest";
import { smallPlans } from "../../kit/plans";
import { misspelt, tiny } from "./designs";
import { runIn, words } from "./memory-host";

const explain = (text: string, line: string) => runIn({ "a.dsco": text }, ["explain", "a.dsco", ...words(line)]);

/** The lines under a heading, without their indentation of two. */
function section(output: string, heading: string): readonly string[] {
  const lines = output.split("\n");
  const start = lines.indexOf(heading);
  const end = lines.findIndex((line, index) => index > start && line === "");
  return lines.slice(start + 1, end < 0 ? undefined : end).map((line) => line.replace(/^ {2}/, ""));
}

describe("dsco explain", () => {
  it("shows figure, formula, breakdown with the numbers filled in, inputs and source", async () => {
    const { code, output } = await explain(tiny, "Tiny.kv_bytes_per_sequence");
    expect(code).toBe(0);
    expect(output.split("\n").slice(0, 3)).toEqual(["Tiny.kv_bytes_per_sequence  KV cache per sequence", "", "  2.048 KB (2,048 B)"]);
    // 32 tokens x 2 layers x (2 x 2 heads x 4 wide) x 2 B
    expect(section(output, "Breakdown")[0]).toMatch(/^mha cache \(layers 0\.\.1\) +2,048 B +=/);
    expect(section(output, "Formula").join(" ")).toContain("min(context_length, window)");
    expect(section(output, "Source").join(" ")).toContain("arXiv:2405.04434");
  });

  it("names the line that each input was written at", async () => {
    const { output } = await explain(tiny, "Tiny.total_params");
    const inputs = section(output, "Inputs");
    expect(inputs).toContainEqual(expect.stringMatching(/^hidden_size +8 +a\.dsco:4:17$/));
    expect(inputs).toContainEqual(expect.stringMatching(/^attention\[0\]\.heads +2 +a\.dsco:8:27$/));
  });

  it("names default and source of an input that nobody wrote", async () => {
    const inputs = section((await explain(tiny, "Tiny.total_params")).output, "Inputs");
    expect(inputs).toContainEqual(expect.stringMatching(/^attention\[0\]\.head_dim +4 +default: hidden_size \/ heads \(Hugging Face: head_dim defaults to /));
    expect(inputs).toContainEqual(expect.stringMatching(/^attention\[0\]\.layers +0\.\.1 +a\.dsco:3:17$/));
  });

  it("names the block behind an input that is a kind", async () => {
    const moe = tiny.replace("ffn dense { intermediate_size = 16 }", "ffn moe {\n    routed_experts = 4, top_k = 1, intermediate_size = 8\n    balance loss_free { bias_update_rate = 0.001 }\n  }");
    const inputs = section((await explain(moe, "Tiny.total_params")).output, "Inputs");
    expect(inputs).toContainEqual(expect.stringMatching(/^ffn\[0\]\.balance +loss_free +a\.dsco:12:5$/));
  });

  it("names an inherited input at the line of the base", async () => {
    const files = { "a.dsco": 'import { Tiny } from "./base.dsco"\nmodel Wide extends Tiny { hidden_size = 16 }\n', "base.dsco": tiny };
    const { output } = await runIn(files, words("explain a.dsco Wide.embedding_params"));
    expect(section(output, "Inputs")).toContainEqual(expect.stringMatching(/^vocab_size +16 +base\.dsco:5:17 \(inherited\)$/));
    expect(section(output, "Inputs")).toContainEqual(expect.stringMatching(/^hidden_size +16 +a\.dsco:2:41$/));
  });

  it("says where sequence length and context come from", async () => {
    const byDefault = (await explain(tiny, "Tiny.train_flops_per_token")).output;
    expect(section(byDefault, "Inputs")).toContainEqual(expect.stringMatching(/^sequence_length +4,096 tokens +default; --sequence-length N states another$/));
    const given = (await explain(tiny, "Tiny.train_flops_per_token --sequence-length 100")).output;
    expect(section(given, "Inputs")).toContainEqual(expect.stringMatching(/^sequence_length +100 tokens +--sequence-length$/));
    const context = (await explain(tiny, "Tiny.kv_bytes_per_sequence --context 64")).output;
    expect(section(context, "Inputs")).toContainEqual(expect.stringMatching(/^context_length +64 tokens +--context$/));
  });

  it("explains a figure of an imported declaration", async () => {
    const { code, output } = await explain('import { Qwen2_5_72B } from "std:models/qwen"\nlet A = Qwen2_5_72B.layers\n', "Qwen2_5_72B.kv_bytes_per_token");
    expect(code).toBe(0);
    expect(output).toContain("327.7 KB (327,680 B)");
    expect(output).toMatch(/attention\[0\]\.kv_heads +8 +std:models\/qwen:\d+:\d+/);
  });

  it("takes a figure without a name where one declaration has it", async () => {
    expect(await explain(tiny, "kv_bytes_per_token")).toEqual(await explain(tiny, "Tiny.kv_bytes_per_token"));
    const { code, errors } = await explain(`${tiny}\n${tiny.replace("Tiny", "Twin")}`, "total_params");
    expect({ code, errors }).toEqual({ code: 2, errors: "dsco explain: several declarations have the figure `total_params`: write `Tiny.total_params` or `Twin.total_params`.\n" });
  });

  it("names the figures that a property feeds", async () => {
    const { errors } = await explain(tiny, "Tiny.vocab_size");
    // the fewer inputs a figure has, the more this one says about it
    expect(errors.split("\n").slice(1).join(" ")).toContain("It feeds:     Tiny.embedding_params ");
    expect(errors).toContain("Tiny.total_params");
    expect(errors).not.toContain("kv_bytes_per_token");
  });

  it("says why a figure is not computed", async () => {
    const { code, output } = await explain(tiny, "Tiny.expert_combinations");
    expect(code).toBe(0);
    expect(output).toContain("not computed: the model has no `ffn moe` block");
  });

  it("explains also where the design has errors, and ends with 1", async () => {
    const { code, output, errors } = await explain(`${tiny}\n${misspelt.replace("Tiny", "Broken")}`, "Tiny.kv_bytes_per_token");
    expect(code).toBe(1);
    expect(output).toContain("64 B");
    expect(errors).toBe("dsco: the design has 1 error: `dsco check` shows them.\n");
  });

  it("names the figures of plans that a property feeds", async () => {
    const { errors } = await explain(smallPlans, "Split.schedule");
    expect(errors).toContain("Train.step_time");
    expect(errors).not.toMatch(/Prompts\.|Answers\./); // they use another layout
    expect((await explain(smallPlans, "Wide.ep")).errors).toContain("Answers.tpot");
  });

  it("shows the ideal beside a time, and the place of what the plan's parts say", async () => {
    const { output } = await explain(smallPlans, "Train.step_time");
    expect(output.split("\n")[2]).toMatch(/^ {2}[\d.]+ m?s, ideal [\d.]+ (m|µ)?s$/);
    expect(section(output, "Inputs")).toContainEqual(expect.stringMatching(/^parallelism\.pp +2 +a\.dsco:16:8$/));
  });

  it("takes GPU hours apart in GPU hours, and echoes what was written", async () => {
    const { output } = await explain(smallPlans, "Train.gpu_hours");
    expect(section(output, "Breakdown")).toEqual([expect.stringMatching(/^GPUs x time +[\d.]+K? GPU·h$/)]);
    expect(section(output, "Inputs")).toContainEqual(expect.stringMatching(/^workload\.tokens +1B +a\.dsco:\d+:\d+$/));
    expect(section(output, "Inputs")).toContainEqual(expect.stringMatching(/^hardware\.nic\.rate +400 Gbps \(50 GB\/s\) +std:/));
  });

  it("lists the operators of a plan, the longest first", async () => {
    const { output } = await explain(smallPlans, "Train.compute_time");
    const [header = "", ...rows] = section(output, "Operators of one micro-batch, all stages, alone on the GPU");
    expect(header).toMatch(/^operator +runs +FLOPs a run +bytes a run +forward, all runs +backward +share +bound by +of the peak$/);
    const shares = rows.map((row) => Number(/([\d.]+) % +(?:compute|memory|launch)/.exec(row)?.[1]));
    expect(shares).toEqual([...shares].sort((left, right) => right - left));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
    // 8 layers, each with one core
    expect(rows).toContainEqual(expect.stringMatching(/^attention core +8 /));
    expect(section((await explain(smallPlans, "Answers.tpot")).output, "Operators of one micro-batch, all stages")[0]).not.toContain("backward");
  });

  it("draws the schedule and states its closed form", async () => {
    const { output } = await explain(smallPlans, "Train.bubble_time");
    expect(section(output, "Idle time of a rank in a step")).toContainEqual(expect.stringMatching(/^closed form, mean stage +[\d.]+ (m|µ)?s +\(pp - 1\) x \(F \+ B\)$/));
    const drawing = section(output, "Schedule of a step, one line a rank: F forward, B backward, . idle");
    expect(drawing).toHaveLength(2);
    expect(drawing.map((line) => line.length)).toEqual([98, 98]);
    expect(drawing[0]).toMatch(/^0 F[FB.]+B$/); // the first stage begins and ends the step
    expect(drawing[1]).toMatch(/^1 \.+F[FB.]+$/);
  });

  it("shows the memory of every rank", async () => {
    const rows = section((await explain(smallPlans, "Train.memory_per_gpu")).output, "Memory by rank of the pipeline");
    expect(rows[0]).toMatch(/^rank +stages +weights +gradients +optimizer +activations +buffers +in all +needs most at$/);
    expect(rows).toHaveLength(3);
    expect(rows.filter((row) => row.includes("(most)"))).toHaveLength(1);
  });

  it.each([
    ["Tiny", "name a figure of `Tiny`."],
    ["Tiny.kv_bytes_per_tokn", "a model has no metric `kv_bytes_per_tokn`; did you mean `kv_bytes_per_token`?"],
    ["Tinny.total_params", "there is no declaration `Tinny` in a.dsco; did you mean `Tiny`?"],
    ["scale.total_params", "`scale` is a constant: it has no figures."],
    ["Card.power", "`Card` is a nic: it has no figures, and no property `power`."],
    ["Card.rat", "`Card` is a nic: it has no figures, and no property `rat`; did you mean `rate`?"],
    ["Tiny.hiden_size", "a model has no metric `hiden_size`; did you mean `hidden_size`?"],
    ["DeepSeekV3.total_params", "there is no declaration `DeepSeekV3` in a.dsco; `std:models/deepseek` has it, and the file does not import it."],
    ["DeepSeekV3", "there is no declaration and no figure `DeepSeekV3` in a.dsco; `std:models/deepseek` has it, and the file does not import it."],
    ["Train.model.layers", "`Train.model.layers`: `model` is `Tiny`, a declaration of its own: write `Tiny.layers`."],
    ["total_prams", "there is no declaration and no figure `total_prams` in a.dsco; did you mean `total_params`?"],
    ["Tiny.layers", "`Tiny.layers` is a property, not a figure: 2 (a.dsco:3:3)."],
    ["Tiny.mha.heads", "`Tiny.mha.heads` is a property, not a figure: 2 (a.dsco:8:19)."],
    ["Tiny.mha.head_dim", "`Tiny.mha.head_dim` is a property, not a figure: 4 (its default)."],
    ["Tiny.mha.hheads", "`Tiny.mha.hheads`: `attention mha` has no property `hheads`; did you mean `heads`?"],
    ["Train.step_tim", "a plan has no metric `step_tim`; did you mean `step_time`?"],
    ["Train", "name a figure of `Train`."],
  ])("refuses %s in one sentence", async (asked, sentence) => {
    const { code, output, errors } = await explain(`${tiny}\nlet scale = 2\nnic Card { rate = 400 Gbps }\nplan Train {\n  model = Tiny\n}\n`, asked);
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors.split("\n")[0]).toBe(`dsco explain: ${sentence}`);
  });

  it.each([
    [["DeepSeekV3.total_params"], "std:models/deepseek DeepSeekV3.total_params"],
    [["DeepSeekV3"], "std:models/deepseek DeepSeekV3.METRIC"],
    [["std:models/deepseek:DeepSeekV3.total_params"], "std:models/deepseek DeepSeekV3.total_params"],
    [["a.dsco"], "FILE NAME.METRIC"],
    [[], "FILE NAME.METRIC"],
    [["a.dsco", "Tiny.total_params", "b"], "FILE NAME.METRIC"],
  ])("%j: says the whole question", async (words, question) => {
    const { code, errors } = await runIn({ "a.dsco": tiny }, ["explain", ...words]);
    expect({ code, first: errors.split("\n")[0] }).toEqual({ code: 2, first: `dsco explain: name one file and one figure: dsco explain ${question}.` });
  });
});
