// `torch_dtype` and `quantization_config`, as publishers write them, and what of it the `precision` block can say.
import { describe, expect, it } from "vitest";
import { importConfig } from "../../../server/src/import";

const base = { hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, vocab_size: 128, tie_word_embeddings: false };
const sparse = { model_type: "mixtral", ...base, intermediate_size: 48, num_local_experts: 8, num_experts_per_tok: 2 };
const dense = { model_type: "llama", ...base, intermediate_size: 160 };

function precisionOf(config: object) {
  const result = importConfig(JSON.stringify(config));
  if (result.kind === "failed") throw new Error("failed");
  const [, block = ""] = /precision \{([^}]*)\}/.exec(result.text) ?? [];
  const formats = Object.fromEntries([...block.matchAll(/(\w+)\s*= (\w+)/g)].map(([, key, value]) => [key, value]));
  return { formats, doubts: result.remarks.map(({ message }) => message) };
}

const weights = (bits: number, type: string, group_size: number) => ({ group_0: { targets: ["Linear"], weights: { num_bits: bits, type, group_size } } });
const inLayers = (part: string) => [0, 1].map((layer) => `model.layers.${layer}.${part}`);

describe("precision of a config", () => {
  it.each([
    [{ torch_dtype: "bfloat16" }, {}],
    [{ dtype: "float16" }, { weights: "fp16", embeddings: "fp16" }],
    [{ torch_dtype: "float32" }, { weights: "fp32", embeddings: "fp32" }],
    [{ quantization_config: { quant_method: "fp8", fmt: "e4m3", weight_block_size: [128, 128] } }, { weights: "fp8_e4m3" }],
    [{ quantization_config: { quant_method: "fp8", fmt: "e5m2" } }, { weights: "fp8_e5m2" }],
    [{ quantization_config: { quant_method: "gptq", bits: 4 } }, { weights: "int4" }],
    [{ quantization_config: { quant_method: "awq", bits: 8 } }, { weights: "int8" }],
    [{ quantization_config: { quant_method: "bitsandbytes", load_in_4bit: true } }, { weights: "int4" }],
    [{ quantization_config: { quant_method: "mxfp4", modules_to_not_convert: ["model.layers.*.self_attn", "lm_head"] } }, { experts: "mxfp4" }],
    [{ quantization_config: { quant_method: "compressed-tensors", config_groups: weights(4, "int", 32), ignore: ["lm_head", "re:.*self_attn.*"] } }, { experts: "int4" }],
    [{ quantization_config: { quant_method: "compressed-tensors", config_groups: weights(8, "float", 128), ignore: ["lm_head"] } }, { weights: "fp8_e4m3" }],
    [{ quantization_config: { quant_method: "modelopt", quant_algo: "NVFP4", ignore: inLayers("self_attn*"), kv_cache_scheme: { num_bits: 8, type: "float" } } }, { experts: "nvfp4", kv_cache: "fp8_e4m3" }],
    [{ quantization_config: { quant_method: "modelopt", quantization: { quant_algo: "FP8", kv_cache_quant_algo: "FP8" } } }, { weights: "fp8_e4m3", kv_cache: "fp8_e4m3" }],
    [{ quantization_config: { quant_method: "fp8", modules_to_not_convert: ["model.layers.*.mlp.experts"] } }, { weights: "fp8_e4m3", experts: "bf16" }],
    [
      { quantization_config: { quant_method: "compressed-tensors", config_groups: {
        group_0: { targets: ["re:.*self_attn.*"], weights: { num_bits: 8, type: "float" } }, group_1: { targets: ["re:.*experts.*"], weights: { num_bits: 4, type: "float", group_size: 16 } },
      } } },
      { weights: "fp8_e4m3", experts: "nvfp4" },
    ],
    [{ quantization_config: { quant_method: "quanto", weights: "int8" } }, { weights: "int8" }],
    [{ quantization_config: { quant_method: "torchao", quant_type: "int4_weight_only" } }, { weights: "int4" }],
    [{ torch_dtype: "bfloat16", dtype: "bfloat16" }, {}],
    [{ expert_dtype: "fp4", quantization_config: { quant_method: "fp8" } }, { weights: "fp8_e4m3", experts: "mxfp4" }],
  ])("%j of a model with experts", (given, formats) => {
    expect(precisionOf({ ...sparse, ...given })).toEqual({ formats, doubts: [] });
  });

  it.each([
    [{ torch_dtype: "float12" }, {}, "`torch_dtype`: the number format float12 is not known, bf16 is taken"],
    [{ quantization_config: { quant_method: "magic" } }, {}, "`quantization_config`: the method magic is not understood, weights are taken as stored in bf16"],
    [{ quantization_config: { quant_method: "gptq", bits: 3 } }, {}, "`quantization_config`: the method gptq with 3 bits is not understood, weights are taken as stored in bf16"],
    [{ torch_dtype: "float16", dtype: "float32" }, { weights: "fp16", embeddings: "fp16" }, "`dtype` says otherwise than `torch_dtype`: float16 counts"],
    [
      { quantization_config: { quant_method: "compressed-tensors", config_groups: { ...weights(8, "float", 128), group_1: { targets: ["re:.*down_proj"], weights: { num_bits: 4, type: "int" } } } } },
      { weights: "fp8_e4m3" }, "`quantization_config` names several formats (fp8_e4m3, int4): all weights are counted in fp8_e4m3",
    ],
    [{ quantization_config: { bits: 4 } }, {}, "`quantization_config`: it names no method, weights are taken as stored in bf16"],
    [{ quantization_config: { quant_method: "fp8", modules_to_not_convert: inLayers("self_attn.q_proj") } }, { weights: "fp8_e4m3" }, "`quantization_config` leaves out attention: its weights are counted in fp8_e4m3"],
    [{ quantization_config: { quant_method: "fp8", ignored_layers: ["model.layers.1.mlp.up_proj"] } }, { weights: "fp8_e4m3" }, "`quantization_config` leaves out model.layers.1.mlp.up_proj: their weights are counted in fp8_e4m3"],
  ])("%j of a dense model is doubtful", (given, formats, doubt) => {
    expect(precisionOf({ ...dense, ...given })).toEqual({ formats, doubts: [doubt] });
  });
});
