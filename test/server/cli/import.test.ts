import { describe, expect, it } from "vitest";
import { tiny } from "./designs";
import { runIn, words } from "./memory-host";

const config = `{
  "architectures": ["MixtralForCausalLM"],
  "model_type": "mixtral",
  "hidden_size": 64,
  "num_hidden_layers": 2,
  "num_attention_heads": 4,
  "num_key_value_heads": 2,
  "vocab_size": 32000,
  "intermediate_size": 48,
  "num_local_experts": 8,
  "num_experts_per_tok": 2
}
`;

const importIn = (text: string, line = "import Small-8x7B/config.json", input?: string) =>
  runIn({ "Small-8x7B/config.json": text }, words(line), input === undefined ? {} : { input });

describe("dsco import", () => {
  it("prints a model in canonical form, named after its folder", async () => {
    const { code, output, errors } = await importIn(config);
    expect(code).toBe(0);
    expect(errors).toBe("");
    expect(output).toBe(`/// Imported from a config of Mixtral (MixtralForCausalLM).
model Small_8x7B {
  layers      = 2
  hidden_size = 64
  vocab_size  = 32_000

  attention gqa {
    heads    = 4
    kv_heads = 2
    head_dim = 16
  }

  ffn moe {
    routed_experts    = 8
    top_k             = 2
    intermediate_size = 48          // of one expert
  }
}
`);
    const formatted = await runIn({ "a.dsco": output }, words("fmt --check a.dsco"));
    expect(formatted.code).toBe(0);
  });

  it("takes the name that is asked for, and standard input", async () => {
    const { code, output } = await importIn(config, "import - --name Mine", config);
    expect(code).toBe(0);
    expect(output).toContain("\nmodel Mine {\n");
  });

  it("says what it does not understand at its place, and writes it beside the model", async () => {
    const { code, output, errors } = await importIn(config.replace('"vocab_size"', '"foo_bar": 7,\n  "vocab_size"'));
    expect(code).toBe(0);
    expect(errors).toBe("Small-8x7B/config.json:8:14: doubt: `foo_bar` is not understood: the figures may miss it.\n");
    expect(output).toContain("  // Not sure: `foo_bar` is not understood: the figures may miss it.\n");
  });

  it("names the field that another is a slip of, and none for a name of its own", async () => {
    const { errors } = await importIn(config.replace('"vocab_size"', '"sliding_windw": 4096,\n  "num_experts_of_the_vision_part": 4,\n  "vocab_size"'));
    expect(errors).toContain("doubt: `sliding_windw` is not understood: the figures may miss it (`sliding_window` is read, and not set).\n");
    expect(errors).toContain("doubt: `num_experts_of_the_vision_part` is not understood: the figures may miss it.\n");
  });

  it.each([
    ["a truncated config", config.slice(0, config.indexOf(",\n  \"model_type")), "2:42: error: the text ends here: `}` is missing."],
    ["a value of another type", config.replace('"vocab_size": 32000', '"vocab_size": "many"'), "8:17: error: `vocab_size` must be a whole number of at least 1."],
    ["a missing field", config.replace('  "hidden_size": 64,\n', ""), "1:1: error: `hidden_size` is missing: Mixtral needs it."],
    ["a field whose name is a slip", config.replace('"hidden_size"', '"hiden_size"'), ": error: `hidden_size` is missing: Mixtral needs it, and `hiden_size` is no field."],
    ["a list", "[1]", "1:1: error: a config is an object: `{ … }` is expected."],
    ["no JSON", "layers: many", "1:1: error: a value is expected here: found `layers`."],
    ["more experts a token than there are", config.replace('"num_experts_per_tok": 2', '"num_experts_per_tok": 9'), ": error: the model it makes is not valid: "],
  ])("ends with 1 at %s", async (_name, text, expected) => {
    const { code, errors } = await importIn(text);
    expect(code).toBe(1);
    expect(errors).toContain(expected.startsWith(":") ? expected : `Small-8x7B/config.json:${expected}`);
  });
});

describe("dsco export", () => {
  it("prints a config that imports as the same model", async () => {
    const { code, output, errors } = await runIn({ "a.dsco": tiny }, words("export a.dsco Tiny"));
    // what a config has and a model has not is said, never silent
    expect(errors).toMatch(/^Tiny: note: `rope_theta`, .* change no figure, so the model does not hold them and the config leaves them out\.\n$/);
    expect(code).toBe(0);
    const back = await runIn({ "c.json": output }, words("import c.json --name Tiny"));
    expect(back.code).toBe(0);
    const before = await runIn({ "a.dsco": tiny }, words("report a.dsco --format json --context 64"));
    const after = await runIn({ "a.dsco": back.output }, words("report a.dsco --format json --context 64"));
    const figures = (text: string) => (JSON.parse(text) as { declarations: { metrics: { id: string; value: unknown }[] }[] }).declarations[0]?.metrics.map(({ id, value }) => [id, value]);
    expect(figures(after.output)).toEqual(figures(before.output));
  });

  it("says what a config has no field for", async () => {
    const { code, errors } = await runIn({ "a.dsco": tiny.replace(/\}\s*$/, "  precision { dispatch = fp8_e4m3 }\n}\n") }, words("export a.dsco Tiny"));
    expect(code).toBe(0);
    expect(errors).toMatch(/^Tiny: doubt: `precision\.dispatch` has no field in a config: left out\.\nTiny: note: /);
  });

  it("refuses a model that no architecture says", async () => {
    const odd = tiny.replace("ffn dense { intermediate_size = 16 }", "ffn dense { intermediate_size = 16, gated = false, post_norm = true }");
    const { code, output, errors } = await runIn({ "a.dsco": odd }, words("export a.dsco Tiny"));
    expect(code).toBe(1);
    expect(output).toBe("");
    expect(errors).toContain("Tiny: error: no architecture that is known says this model.");
  });

  it("refuses what is no model, and a design with errors", async () => {
    expect(await runIn({ "a.dsco": `${tiny}\nlet a = 1\n` }, words("export a.dsco a"))).toMatchObject({ code: 2 });
    expect(await runIn({ "a.dsco": tiny.replace("heads = 2", "heads = 0") }, words("export a.dsco Tiny"))).toMatchObject({ code: 1, output: "", errors: "dsco: Tiny rests on 1 error: `dsco check` shows them.\n" });
    const derived = `${tiny.replace("heads = 2", "heads = none")}\nmodel Wider extends Tiny { vocab_size = 200 }\nlet none = 0 / 0\n`;
    expect(await runIn({ "a.dsco": derived }, words("export a.dsco Wider"))).toMatchObject({ code: 1, output: "" });
  });

  it("minds no error of what the model is not made of", async () => {
    const { output: alone } = await runIn({ "a.dsco": tiny }, words("export a.dsco Tiny"));
    const others = `${tiny}\nmodel Half extends Tiny { layers = }\nhardware Big { gpus_per_node = 0 }\n`;
    expect(await runIn({ "a.dsco": others }, words("export a.dsco Tiny"))).toMatchObject({ code: 0, output: alone });
    const imported = 'import { Tiny } from "./a.dsco"\nhardware Big { gpus_per_node = 0 }\n';
    expect(await runIn({ "a.dsco": tiny, "b.dsco": imported }, words("export b.dsco Tiny"))).toMatchObject({ code: 0, output: alone });
  });
});
