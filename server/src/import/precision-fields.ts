/** Number formats as `torch_dtype`, `quantization_config` and `expert_dtype`. */
import type { Part } from "./fields";
import type { PlainModel } from "./plain-model";

const dtypes: Readonly<Record<string, string | undefined>> = { fp16: "float16", fp32: "float32", bf16: "bfloat16" };

export function precisionPart({ precision }: PlainModel): Part {
  const weights = String(precision?.values["weights"] ?? "bf16");
  const experts = String(precision?.values["experts"] ?? weights);
  const cache = String(precision?.values["kv_cache"] ?? "bf16");
  const stored = { torch_dtype: dtypes[weights] ?? "bfloat16" };
  const inner = experts !== weights && dtypes[weights] !== undefined ? experts : weights;
  const quantization = quantizationOf(inner, inner === experts && experts !== weights, experts === "bf16" && weights !== "bf16", cache);
  const own = experts === "mxfp4" && weights !== "mxfp4" && dtypes[weights] === undefined ? { expert_dtype: "fp4" } : {};
  return { ...stored, ...(quantization ? { quantization_config: quantization } : {}), ...own };
}

function quantizationOf(format: string, expertsAlone: boolean, withoutExperts: boolean, cache: string): Part | undefined {
  const left = expertsAlone ? ["model.layers.*.self_attn", "lm_head"] : withoutExperts ? ["model.layers.*.mlp.experts", "lm_head"] : undefined;
  const scheme = cache === "fp8_e4m3" ? { kv_cache_quant_algo: "FP8" } : cache === "int8" ? { kv_cache_quant_algo: "INT8" } : {};
  const exclusions = left ? { modules_to_not_convert: left } : {};
  switch (format) {
    case "fp8_e4m3": case "fp8_e5m2":
      return { quant_method: "fp8", fmt: format.slice(4), activation_scheme: "dynamic", weight_block_size: [128, 128], ...exclusions, ...scheme };
    case "mxfp4": return expertsAlone ? { quant_method: "mxfp4", ...exclusions, ...scheme } : undefined;
    case "nvfp4": return { quant_method: "modelopt", quant_algo: "NVFP4", ...exclusions, ...scheme };
    case "int4": case "int8": return { quant_method: "gptq", bits: format === "int4" ? 4 : 8, ...exclusions, ...scheme };
    default: return undefined;
  }
}
