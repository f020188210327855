import { describe, expect, it } from "vitest";
import { tiny, tinyFigures } from "./designs";
import { runIn, words } from "./memory-host";

/** Two ffn blocks, an own precision block, a base with several blocks of one kind, a constant. */
const design = `let scale = 2

model Base {
  layers = 4, hidden_size = 8 * scale, vocab_size = 16

  attention gqa { layers = 0..1, heads = 2, kv_heads = 1, head_dim = 4 }
  attention gqa { layers = 2..3, heads = 4, kv_heads = 1, head_dim = 4 }

  ffn dense { layers = 0, intermediate_size = 16 }
  ffn moe {
    layers = 1..3
    routed_experts = 8, top_k = 2, intermediate_size = 8
    balance loss_free {}
  }
}

model Child extends Base {}

gpu Card {
  memory = 80 GB
  memory_bandwidth = 3 TB/s
}
`;

async function metric(text: string, name: string, id: string, sets: readonly string[]): Promise<unknown> {
  const { output, errors } = await runIn({ "a.dsco": text }, ["report", "a.dsco", "--format", "json", ...sets.flatMap((set) => ["--set", set])]);
  expect(errors).toBe("");
  const report = JSON.parse(output) as { declarations: { name: string; metrics: { id: string; value: unknown }[] }[] };
  return report.declarations.find((declaration) => declaration.name === name)?.metrics.find((entry) => entry.id === id)?.value;
}

describe("--set", () => {
  /** Each what-if beside the same edit in the file: they must give the same figures. */
  it.each<[set: string, before: string, after: string]>([
    ["Base.layers=5", "layers = 4,", "layers = 5,"],
    ["Base.hidden_size = 32", "8 * scale", "32"],
    ["Base.moe.top_k=4", "top_k = 2", "top_k = 4"],
    ["Base.ffn.moe.top_k=4", "top_k = 2", "top_k = 4"],
    ["Base.ffn[1].top_k=4", "top_k = 2", "top_k = 4"],
    ["Base.ffn.top_k=4", "top_k = 2", "top_k = 4"],
    ["Base.dense.intermediate_size=64", "layers = 0, intermediate_size = 16", "layers = 0, intermediate_size = 64"],
    ["Base.attention[1].heads=8", "heads = 4", "heads = 8"],
    ["Base.gqa[0].heads=4", "heads = 2", "heads = 4"],
    ["Base.tie_embeddings=true", "vocab_size = 16\n", "vocab_size = 16, tie_embeddings = true\n"],
    ["Base.moe.shared_experts=2 - 1", "top_k = 2,", "top_k = 2, shared_experts = 1,"],
    ["Base.precision.kv_cache=fp8_e4m3", "  ffn dense", "  precision { kv_cache = fp8_e4m3 }\n  ffn dense"],
    ["Base.mtp.depth=1", "  ffn dense", "  mtp { depth = 1 }\n  ffn dense"],
    ["Child.vocab_size=64", "model Child extends Base {}", "model Child extends Base { vocab_size = 64 }"],
    ["Child.moe.top_k=4", "model Child extends Base {}", "model Child extends Base { ffn moe { top_k = 4 } }"],
    ["Child.attention[1].heads=8", "model Child extends Base {}", "model Child extends Base { attention gqa { layers = 2..3, heads = 8 } }"],
    ["Child.precision.weights=int8", "model Child extends Base {}", "model Child extends Base { precision { weights = int8 } }"],
    ["scale=4", "let scale = 2", "let scale = 4"],
  ])("%s means what writing it would mean", async (set, before, after) => {
    expect(design.split(before)).toHaveLength(2);
    const written = await runIn({ "a.dsco": design.replace(before, after) }, words("report a.dsco --format json"));
    const asked = await runIn({ "a.dsco": design }, ["report", "a.dsco", "--format", "json", "--set", set]);
    expect(asked.errors).toBe("");
    const figures = (output: string) => (JSON.parse(output) as { declarations: { name: string; metrics: unknown }[] }).declarations.map(({ name, metrics }) => ({ name, metrics }));
    expect(figures(asked.output)).toEqual(figures(written.output));
    expect(figures(asked.output)).not.toEqual(figures((await runIn({ "a.dsco": design }, words("report a.dsco --format json"))).output));
  });

  it("applies several edits one after the other", async () => {
    const value = await metric(tiny, "Tiny", "kv_bytes_per_token", ["Tiny.layers=4", "Tiny.precision.kv_cache=fp32"]);
    expect(value).toBe(tinyFigures.kv_bytes_per_token * 2 * 2);
    expect(await metric(tiny, "Tiny", "kv_bytes_per_token", ["Tiny.layers=4", "Tiny.layers=8"])).toBe(tinyFigures.kv_bytes_per_token * 4);
  });

  it("reaches what the file imports, and leaves the file itself as it is", async () => {
    const files = { "a.dsco": 'import { Tiny } from "./base.dsco"\nmodel Twin extends Tiny {}\n', "base.dsco": tiny };
    const { output, written } = await runIn(files, words("report a.dsco --format json --set Tiny.layers=4"));
    expect(JSON.parse(output)).toMatchObject({ declarations: [{ name: "Twin", metrics: expect.arrayContaining([expect.objectContaining({ id: "kv_bytes_per_token", value: tinyFigures.kv_bytes_per_token * 2 })]) }] });
    expect(written).toEqual([]);
    const card = await runIn({ "a.dsco": 'import { H800 } from "std:hardware/nvidia"\nlet gigabytes = H800.memory\n' }, ["check", "a.dsco", "--set", "H800.memory=90 GB"]);
    expect(card).toMatchObject({ code: 0, errors: "" });
  });

  it("keeps every line of the file where it is", async () => {
    const broken = tiny.replace("heads = 2", "heads = 3");
    const lineOf = (output: string) => /a\.dsco:(\d+):/.exec(output)?.[1];
    const before = await runIn({ "a.dsco": broken }, words("check a.dsco"));
    const after = await runIn({ "a.dsco": broken }, words("check a.dsco --set Tiny.tie_embeddings=true --set Tiny.mtp.depth=1"));
    expect(lineOf(before.output)).toBeDefined();
    expect(lineOf(after.output)).toBe(lineOf(before.output));
  });

  it("explains at the asked value", async () => {
    const { output } = await runIn({ "a.dsco": tiny }, words("explain a.dsco Tiny.kv_bytes_per_token --set Tiny.layers=3"));
    expect(output).toContain(`${tinyFigures.kv_bytes_per_token * 1.5} B`);
  });

  it("lets what the edit does to the design be an error of the design", async () => {
    const { code, output } = await runIn({ "a.dsco": design }, words("check a.dsco --set Base.moe.top_k=9"));
    expect(code).toBe(1);
    expect(output).toContain("top_k");
  });

  it("names its edits above what it shows", async () => {
    const header = "with Tiny.layers = 3, Tiny.mha.heads = 4";
    const ask = (line: string) => runIn({ "a.dsco": tiny }, words(`${line} --set Tiny.layers=3 --set Tiny.mha.heads=4`));
    for (const line of ["check a.dsco", "report a.dsco", "explain a.dsco Tiny.total_params"]) expect((await ask(line)).output.startsWith(`${header}\n\n`), line).toBe(true);
    expect((await ask("report a.dsco --format markdown")).output.startsWith(`\`${header}\`\n\n`)).toBe(true);
    expect((await ask("report a.dsco --format html")).output).toContain(`<p><code>${header}</code></p>`);
    expect(Object.keys(JSON.parse((await ask("report a.dsco --format json")).output) as object)).toEqual(["version", "files", "diagnostics", "declarations"]);
  });

  it("shows each figure that changes beside what it was, and by how much", async () => {
    const { output } = await runIn({ "a.dsco": tiny }, words("report a.dsco --set Tiny.layers=4"));
    // 64 B and 2,048 B for two layers, twice that for four; the embeddings stay.
    expect(output).toMatch(/^ {2}KV cache per token +64 B → 128 B +\+100\.0 %$/m);
    expect(output).toMatch(/^ {2}KV cache per sequence +2\.048 KB → 4\.096 KB +\+100\.0 % +4,096 B$/m);
    expect(output).toMatch(/^ {2}Embedding parameters +256$/m);
    const markdown = (await runIn({ "a.dsco": tiny }, words("report a.dsco --format markdown --set Tiny.layers=4"))).output;
    expect(markdown).toContain("| KV cache per token | 64 B → 128 B | +100.0 % |  | `kv_bytes_per_token` |");
    expect(markdown).toContain("| Embedding parameters | 256 |  |  | `embedding_params` |");
    const html = (await runIn({ "a.dsco": tiny }, words("report a.dsco --format html --set Tiny.layers=4"))).output;
    expect(html).toContain('<td class="number">64 B → 128 B</td><td class="number">+100.0 %</td>');
  });

  it("shows every digit where the change is in one of the last, and a figure that is lost", async () => {
    const wide = tiny.replace("vocab_size  = 16", "vocab_size  = 100_000");
    const { output } = await runIn({ "a.dsco": wide }, words("report a.dsco --set Tiny.vocab_size=100_001"));
    expect(output).toMatch(/^ {2}Embedding parameters +1,600,000 → 1,600,016 +<0\.1 %$/m);
    const lost = await runIn({ "a.dsco": design }, words("report a.dsco --set Base.moe.top_k=9"));
    expect(lost.output).toMatch(/^ {2}Active parameters +\S+ → not computed$/m);
    expect(lost.output).toMatch(/`top_k` \(9\) is more than `routed_experts` \(8\): active_params, /);
  });

  it("marks the diagnostics that the edit brings about, and no others", async () => {
    const broken = `${tiny}\nlet wrong = nothing\n`;
    const { output } = await runIn({ "a.dsco": broken }, words("check a.dsco --format json --set Tiny.mha.heads=3"));
    const messages = (JSON.parse(output) as { diagnostics: { message: string }[] }).diagnostics.map(({ message }) => message);
    expect(messages.filter((message) => message.endsWith(" (with --set Tiny.mha.heads=3)")).length).toBeGreaterThan(0);
    expect(messages).toContain("`nothing` is not known here");
  });

  it("leaves out what was measured of the design as it is written", async () => {
    const measured = tiny.replace("  ffn", '  measured total_params = 1576 from "a paper"\n\n  ffn');
    expect((await runIn({ "a.dsco": measured }, words("report a.dsco"))).output).toContain("a paper");
    const { output } = await runIn({ "a.dsco": measured }, words("report a.dsco --set Tiny.layers=8"));
    expect(output).not.toContain("a paper");
    expect(output).toContain("\nno errors\n");
  });

  it.each([
    ["Base.moe.top_k", "--set Base.moe.top_k: write `NAME.path=VALUE`, such as `DeepSeekV3.moe.top_k=4`."],
    ["=4", "--set =4: write `NAME.path=VALUE`, such as `DeepSeekV3.moe.top_k=4`."],
    ["Base.moe.top_k=", "--set Base.moe.top_k: the value is missing."],
    ["Bse.layers=4", "--set Bse.layers: there is no declaration `Bse`; did you mean `Base`?"],
    ["DeepSeekV3.layers=4", "--set DeepSeekV3.layers: there is no declaration `DeepSeekV3`; `std:models/deepseek` has it, and the file does not import it."],
    ["Base=4", "--set Base: name a property of `Base`, such as `Base.layers`."],
    ["Base.layer=4", "--set Base.layer: `model` has no property `layer`; did you mean `layers`?"],
    ["Base.moe.topk=4", "--set Base.moe.topk: `ffn moe` has no property `topk`; did you mean `top_k`?"],
    ["Base.ffn.moa.top_k=4", "--set Base.ffn.moa.top_k: `ffn dense` has no block `moa`; did you mean `moe`?"],
    ["Base.atention.heads=4", "--set Base.atention.heads: `model` has no block `atention`; did you mean `attention`?"],
    ["Base.attention.heads=4", "--set Base.attention.heads: `heads` stands in several blocks: write `Base.attention[0].heads` or `Base.attention[1].heads`."],
    ["Base.attention[2].heads=4", "--set Base.attention[2].heads: there is no `attention[2]`: `model` has 2 (the first is `attention[0]`)."],
    ["Base.attention=4", "--set Base.attention: `attention` is a block: name a property of it."],
    ["Base.attention[0]=4", "--set Base.attention[0]: `attention[0]` is a block: name a property of it."],
    ["Base.mtp.deth=4", "--set Base.mtp.deth: `mtp` has no property `deth`; did you mean `depth`?"],
    ["Base.at-tention.heads=4", "--set Base.at-tention.heads: `at-tention` is no name: a path is written as `NAME.key`, `NAME.block.key` or `NAME.attention[0].key`."],
    ["Base.layers=0", "--set Base.layers: `layers` must be at least 1: found 0."],
    ["Base.layers=eight", "--set Base.layers: `eight` is not known here."],
    ["Base.layers=3 GB", "--set Base.layers: `layers` needs a number: found 3"],
    ["Base.layers=3, vocab_size = 4", "--set Base.layers: "],
    ["Base.layers=3 }", "--set Base.layers: "],
    ["Base.layers=3 // really", "--set Base.layers: `3 // really` is not one value."],
    ["Base.layers=3\nvocab_size = 4", "--set Base.layers: the value must stand on one line."],
    ["scale.layers=3", "--set scale.layers: `scale` is a constant and has no properties."],
    ["scale=unknown", "--set scale: `unknown` is not known here."],
    ["Card.memory=80", "--set Card.memory: `memory` needs a unit, such as `80 GB`: found 80."],
  ])("refuses %s with a sentence and exit code 2", async (set, sentence) => {
    for (const command of [["check", "a.dsco"], ["report", "a.dsco"], ["explain", "a.dsco", "Base.total_params"]]) {
      const { code, output, errors } = await runIn({ "a.dsco": design }, [...command, "--set", set]);
      expect({ code, output }).toEqual({ code: 2, output: "" });
      expect(errors.startsWith(`dsco ${command[0]}: ${sentence}`), errors).toBe(true);
      expect(errors.endsWith("\n") && errors.split("\n").length === 2, errors).toBe(true);
    }
  });

  it("asks which file is meant when two declare the name", async () => {
    const { code, errors } = await runIn({ "a.dsco": tiny, "b.dsco": tiny }, words("check a.dsco b.dsco --set Tiny.layers=4"));
    expect(code).toBe(2);
    expect(errors).toBe("dsco check: --set Tiny.layers: several of the files declare `Tiny`: name one file.\n");
  });
});
