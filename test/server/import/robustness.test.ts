// Whatever a config holds: a result, never an exception; and what it makes is valid.
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportConfig, importConfig } from "../../../server/src/import";
import { plainModel } from "../../../server/src/import/plain-model";
import { layerText } from "../../../server/src/import/text";
import { repository, repositoryFiles } from "../../kit/repository";
import { declarationOf, openFiles } from "../../kit/workspace";

const configs = repositoryFiles("test/fixtures/import").filter((file) => !file.endsWith(".dsco")).map((file) => readFileSync(path.join(repository, file), "utf8"));
const someConfig = fc.constantFrom(...configs);

const settled = (text: string): void => {
  const result = importConfig(text);
  for (const { offset } of result.remarks) expect(offset).toBeLessThanOrEqual(text.length);
  if (result.kind === "failed") expect(result.remarks.some(({ severity }) => severity === "error")).toBe(true);
  else expect(openFiles({ "a.dsco": result.text }).workspace.load("file:///design/a.dsco")).toMatchObject({ kind: "source", source: { parsed: { errors: [] } } });
};

describe("importConfig", () => {
  it("ends well at every truncation", () => {
    fc.assert(fc.property(someConfig, fc.nat(), (text, at) => settled(text.slice(0, at % (text.length + 1)))), { numRuns: 300 });
  });

  it("ends well at changed letters", () => {
    fc.assert(fc.property(someConfig, fc.nat(), fc.string({ maxLength: 3 }), (text, at, with_) => {
      const place = at % text.length;
      settled(text.slice(0, place) + with_ + text.slice(place + 1));
    }), { numRuns: 300 });
  });

  it("ends well at values of any kind", () => {
    const json = configs.filter((text) => text.startsWith("{")).map((text) => JSON.parse(text) as Record<string, unknown>);
    fc.assert(fc.property(fc.constantFrom(...json), fc.nat(), fc.oneof(fc.jsonValue(), fc.integer(), fc.constantFrom(0, -1, 1e300, 0.5, 1e9, "4", [], {}, [[0]], null)), (config, at, value) => {
      const keys = Object.keys(config);
      settled(JSON.stringify({ ...config, [keys[at % keys.length] ?? ""]: value }));
    }), { numRuns: 500 });
  });

  it("ends well at names of the language of its own: __proto__, constructor", () => {
    settled('{"__proto__": {"hidden_size": 4}, "constructor": 1, "toString": 2, "model_type": "llama"}');
    settled('{"model_type": "constructor", "architectures": ["__proto__"]}');
    const base = { hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 4, vocab_size: 8, intermediate_size: 8, constructor: 1 };
    const messages = (more: object) => importConfig(JSON.stringify({ ...base, ...more })).remarks.map(({ message }) => message);
    expect(messages({ model_type: "llama", torch_dtype: "constructor" })).toEqual([
      "`torch_dtype`: the number format constructor is not known, bf16 is taken", "`constructor` is not understood: the figures may miss it",
    ]);
    expect(messages({ model_type: "nemotron_h", num_key_value_heads: 4, layers_block_type: ["toString"] })).toContain("`layers_block_type` names a kind of block that is not known: toString");
  });

  it.each([
    ["jamba", "JambaForCausalLM", "JambaForCausalLM cannot be imported: the language has no Mamba layers of the first version (a step of its own for every channel)"],
    ["bert", "BertForMaskedLM", "BertForMaskedLM cannot be imported: it is an encoder, and the language says decoders alone"],
    ["falcon_h1", "FalconH1ForCausalLM", "FalconH1ForCausalLM cannot be imported: its attention and its Mamba-2 heads stand beside each other on one layer, and a layer of the language has one mixer"],
  ])("refuses %s, whose layers the language cannot say", (model_type, architecture, message) => {
    const text = JSON.stringify({ architectures: [architecture], model_type, hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 4, vocab_size: 8, intermediate_size: 8 });
    expect(importConfig(text)).toEqual({ kind: "failed", remarks: [{ severity: "error", message, offset: text.indexOf(`"${model_type}"`) }] });
  });

  it("refuses an unknown model with an encoder", () => {
    const text = JSON.stringify({ architectures: ["NewForConditionalGeneration"], model_type: "new", is_encoder_decoder: true, hidden_size: 64 });
    expect(importConfig(text)).toMatchObject({ kind: "failed", remarks: [{ message: "the architecture NewForConditionalGeneration is not known: it has an encoder and a decoder, and the language says decoders alone" }] });
  });

  it("says how many matrices it takes where an unknown model's activation leaves it open", () => {
    const text = JSON.stringify({ model_type: "new", hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 4, vocab_size: 8, intermediate_size: 8, hidden_act: "gelu_new" });
    const messages = importConfig(text).remarks.map(({ message }) => message);
    expect(messages).toContain("`hidden_act` is gelu_new: three matrices a network are counted, as Llama has them; models with it often have two");
  });

  it("says so where type and architecture are of two families", () => {
    const text = JSON.stringify({
      model_type: "glm", architectures: ["Glm4MoeForCausalLM"], hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 16, vocab_size: 8, intermediate_size: 8,
    });
    expect(importConfig(text).remarks.map(({ message }) => message)).toContain("`model_type` is that of GLM-4, `architectures` names one of GLM-4.5: it is read as GLM-4");
  });

  it("takes the inner part's word for what it is before the outer one's", () => {
    const inner = { model_type: "qwen3", hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 16, vocab_size: 8, intermediate_size: 8 };
    const result = importConfig(JSON.stringify({ model_type: "mistral", architectures: ["MistralForCausalLM"], text_config: inner }), { name: "M" });
    expect(result).toMatchObject({ kind: "imported", remarks: [], text: expect.stringContaining("qk_norm  = true") });
  });

  it("keeps what a config says out of the text it writes", () => {
    const result = importConfig(JSON.stringify({
      architectures: ["LlamaForCausalLM\n}\nmodel Other {"], model_type: "llama", _name_or_path: "a/b }\nmodel X {", hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 4,
      vocab_size: 8, intermediate_size: 8, "evil\n}\nlet x = 1\n": 3,
    }));
    if (result.kind === "failed") throw new Error("failed");
    expect(openFiles({ "a.dsco": result.text }).scope.declarations.map((declaration) => declaration.kind === "declaration" && declaration.name?.text)).toEqual(["b_model_X"]);
  });
});

describe("layerText", () => {
  it.each([
    [[3], "3"], [[0, 1, 2], "0..2"], [[0, 3, 4, 5], "[0, 3..5]"], [[1, 3, 5, 7], "1..7 step 2"], [[0, 2], "[0, 2]"], [[0, 1, 3, 5, 7], "[0..1, 3..7 step 2]"],
  ])("%j is %s", (layers, text) => {
    expect(layerText(layers)).toBe(text);
  });

  it("says every set so that the language reads it back", () => {
    fc.assert(fc.property(fc.uniqueArray(fc.nat(60), { minLength: 1 }), (layers) => {
      const sorted = [...layers].sort((left, right) => left - right);
      const text = `model M { layers = 61, hidden_size = 8, vocab_size = 8, attention mha { layers = ${layerText(sorted)}, heads = 2 } }`;
      const { workspace, declaration } = declarationOf({ "a.dsco": text }, "M");
      const attention = plainModel(workspace, declaration)?.attention ?? [];
      expect(attention.flatMap((block, layer) => (block ? [layer] : []))).toEqual(sorted);
    }));
  });
});

describe("import, export, import", () => {
  const width = fc.integer({ min: 1, max: 16 }).map((count) => count * 32);
  const common = { hidden_size: width, num_hidden_layers: fc.integer({ min: 1, max: 12 }), vocab_size: width, intermediate_size: width, tie_word_embeddings: fc.boolean() };
  const heads = fc.record({ groups: fc.integer({ min: 1, max: 4 }), kv: fc.integer({ min: 1, max: 4 }), head_dim: fc.option(width, { nil: undefined }) });
  const experts = fc.record({ moe_intermediate_size: width, experts: fc.integer({ min: 2, max: 9 }), top: fc.integer({ min: 1, max: 2 }) });
  const precision = fc.constantFrom({}, { torch_dtype: "float16" }, { quantization_config: { quant_method: "fp8", fmt: "e4m3" } }, { quantization_config: { quant_method: "gptq", bits: 4 } });

  const dense = fc.record({ model_type: fc.constantFrom("llama", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "phi", "nemotron", "olmo2", "glm4"), ...common, attention_bias: fc.boolean() });
  const sparse = fc.record({ model_type: fc.constantFrom("mixtral", "gpt_oss", "minimax_m2", "qwen3_moe", "qwen2_moe", "deepseek", "glm4_moe"), ...common, first_k_dense_replace: fc.nat(2) });
  const latent = fc.record({
    model_type: fc.constantFrom("deepseek_v2", "deepseek_v3"), ...common, q_lora_rank: fc.option(width), kv_lora_rank: width, qk_nope_head_dim: width, qk_rope_head_dim: width, v_head_dim: width,
    n_shared_experts: fc.nat(2), first_k_dense_replace: fc.nat(3), num_nextn_predict_layers: fc.nat(2),
  });

  it("is the same model", () => {
    fc.assert(fc.property(fc.oneof(dense, sparse, latent), heads, experts, precision, (own, { groups, kv, head_dim }, moe, formats) => {
      const config = {
        ...own, ...formats, num_attention_heads: groups * kv, num_key_value_heads: kv, head_dim: head_dim ?? 32, sliding_window: own.model_type.startsWith("gemma") ? 64 : undefined,
        num_experts: moe.experts, num_local_experts: moe.experts, n_routed_experts: own.model_type.startsWith("deepseek") || own.model_type === "glm4_moe" ? moe.experts : undefined,
        num_experts_per_tok: moe.top, moe_intermediate_size: moe.moe_intermediate_size,
      };
      const imported = importConfig(JSON.stringify(config), { name: "M" });
      if (imported.kind === "failed") throw new Error(imported.remarks.map(({ message }) => message).join());
      const { workspace, declaration } = declarationOf({ "a.dsco": imported.text }, "M");
      const exported = exportConfig(workspace, declaration);
      if (exported.kind === "failed") throw new Error(`${exported.problems.join()}\n${imported.text}`);
      const again = importConfig(exported.text, { name: "M" });
      if (again.kind === "failed") throw new Error("the export is no config");
      const back = declarationOf({ "a.dsco": again.text }, "M");
      expect(plainModel(back.workspace, back.declaration)).toEqual(plainModel(workspace, declaration));
    }), { numRuns: 200 });
  });
});
