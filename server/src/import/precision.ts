/** Number formats: `torch_dtype` and what `quantization_config` says, with its exclusions. */
import * as z from "zod";
import type { Config } from "./config";
import { noted, type BlockFacts, type Fact, type FactValue } from "./facts";
import { flag, index, real, word, words } from "./shape";

const weightGroup = z.looseObject({
  num_bits: real(), type: word(), group_size: real(), strategy: word(),
});

/** torchao writes a text, or an object of a class of its own. */
const typeName = z.union([z.string(), z.looseObject({}).transform(() => undefined)]).optional();

const quantization = z.looseObject({
  quant_method: word(), fmt: word(), bits: index(), w_bit: index(), load_in_4bit: flag(), load_in_8bit: flag(),
  quant_algo: word(), kv_cache_quant_algo: word(), weights: word(), quant_type: typeName,
  modules_to_not_convert: words(), ignored_layers: words(), exclude_modules: words(), ignore: words(), llm_int8_skip_modules: words(),
  weight_block_size: z.array(z.number()).optional(),
  config_groups: z.record(z.string(), z.looseObject({ weights: weightGroup.nullish(), targets: words() })).optional(),
  kv_cache_scheme: z.looseObject({ num_bits: real(), type: word() }).nullish(),
  quantization: z.looseObject({ quant_algo: word(), kv_cache_quant_algo: word(), exclude_modules: words() }).optional(),
}, { error: "must be an object" });

export const precisionShape = {
  torch_dtype: word(),
  dtype: word(),
  expert_dtype: word(),
  quantization_config: quantization.optional(),
  compression_config: quantization.optional(),
} as const;

type PrecisionFields = z.output<z.ZodObject<typeof precisionShape>>;
type Quantization = z.output<typeof quantization>;

const plainFormats: ReadonlyMap<string, string> = new Map(Object.entries({
  bfloat16: "bf16", bf16: "bf16", float16: "fp16", half: "fp16", fp16: "fp16", float32: "fp32", float: "fp32", fp32: "fp32",
  float8_e4m3fn: "fp8_e4m3", fp8: "fp8_e4m3", float8_e5m2: "fp8_e5m2", fp4: "mxfp4", mxfp4: "mxfp4", nvfp4: "nvfp4", int8: "int8", int4: "int4",
}));

const cacheFormats: ReadonlyMap<string, string> = new Map([["FP8", "fp8_e4m3"], ["INT8", "int8"], ["NVFP4", "nvfp4"]]);

/** Which kinds of feed-forward networks a model has. */
export interface Networks {
  readonly experts: boolean;
  readonly dense: boolean;
}

/** The `precision` block; `undefined` where all of it is the language's default. */
export function precisionOf(config: Config<PrecisionFields>, networks: Networks): BlockFacts | undefined {
  const stored = config.get("torch_dtype") ?? config.get("dtype");
  const key = config.has("torch_dtype") ? "torch_dtype" : "dtype";
  const other = config.get("dtype");
  if (key === "torch_dtype" && other !== undefined && other !== stored) config.doubt(`\`dtype\` says otherwise than \`torch_dtype\`: ${stored} counts`, "dtype");
  const plain = stored === undefined ? "bf16" : plainFormats.get(stored.replace(/^torch\./, ""));
  if (plain === undefined) config.doubt(`\`${key}\`: the number format ${stored} is not known, bf16 is taken`, key);
  const values: Record<string, FactValue | Fact | undefined> = {};
  if (plain !== undefined && plain !== "bf16") values["weights"] = plain;
  if (plain === "fp32" || plain === "fp16") values["embeddings"] = plain;
  const quantizationKey = config.has("quantization_config") ? "quantization_config" : "compression_config";
  const quantized = config.get(quantizationKey);
  if (quantized) Object.assign(values, quantizedValues(config, quantizationKey, quantized, networks));
  const experts = config.get("expert_dtype");
  if (experts !== undefined) {
    const format = plainFormats.get(experts);
    if (format === undefined) config.doubt(`\`expert_dtype\`: the number format ${experts} is not known`, "expert_dtype");
    else values["experts"] = format;
  }
  if (values["experts"] === values["weights"]) delete values["experts"];
  return Object.values(values).every((value) => value === undefined) ? undefined : { values };
}

function quantizedValues(
  config: Config<PrecisionFields>, key: "quantization_config" | "compression_config", given: Quantization, networks: Networks,
): Record<string, FactValue | Fact | undefined> {
  const format = formatOf(given);
  if (format === undefined) {
    config.doubt(`\`${key}\`: ${notUnderstood(given)}, weights are taken as stored in bf16`, key);
    return {};
  }
  const values: Record<string, FactValue | Fact | undefined> = {};
  const grouped = formatsOfGroups(given);
  if (new Set(grouped.values()).size > 1) {
    const [experts, rest] = [grouped.get("experts"), grouped.get("rest")];
    if (grouped.has(undefined) || !experts || !rest || !networks.experts) {
      config.doubt(`\`${key}\` names several formats (${[...new Set(grouped.values())].join(", ")}): all weights are counted in ${format}`, key);
    } else return { weights: rest, experts, ...cacheOf(config, key, given) };
  }
  const left = inAllLayers(excluded(given), config.layers);
  const block = given.weight_block_size?.join("x");
  const value = block === undefined ? format : noted(format, `block ${block}`);
  const leavesAttention = given.quant_method === "mxfp4" || left.some((module) => /self_attn|attention|attn/.test(module) && isGeneral(module));
  // The language tells experts from all else, not attention from networks.
  const keepsAttention = leavesAttention && networks.experts;
  if (leavesAttention && !networks.experts) config.doubt(`\`${key}\` leaves out attention: its weights are counted in ${format}`, key);
  if (keepsAttention && networks.dense && given.quant_method !== "mxfp4" && !left.some((module) => /mlp\b(?!.*experts)/.test(module) && isGeneral(module) && !/gate$|router/.test(module))) {
    config.doubt(`\`${key}\` leaves out attention: the dense layers are counted in the format of attention`, key);
  }
  const keepsExperts = left.some((module) => /experts/.test(module) && !/shared|router/.test(module) && isGeneral(module));
  if (keepsAttention && keepsExperts) config.doubt(`\`${key}\` leaves out attention and experts both: weights are taken as bf16`, key);
  else if (keepsAttention) values["experts"] = value;
  else if (keepsExperts) {
    values["weights"] = value;
    values["experts"] = "bf16";
  } else values["weights"] = value;
  const unclear = left.filter((module) => !isExpected(module, leavesAttention, keepsExperts));
  if (unclear.length > 0) {
    config.doubt(`\`${key}\` leaves out ${unclear.slice(0, 3).join(", ")}${unclear.length > 3 ? ` and ${unclear.length - 3} more` : ""}: their weights are counted in ${format}`, key);
  }
  return { ...values, ...cacheOf(config, key, given) };
}

/** The format of the cache, where one is named. */
function cacheOf(config: Config<PrecisionFields>, key: "quantization_config" | "compression_config", given: Quantization): Readonly<Record<string, string | undefined>> {
  const cache = given.kv_cache_quant_algo ?? given.quantization?.kv_cache_quant_algo ?? (given.kv_cache_scheme?.num_bits === 8 ? (given.kv_cache_scheme.type === "int" ? "INT8" : "FP8") : undefined);
  if (cache === undefined) return {};
  const known = cacheFormats.get(cache.toUpperCase());
  if (known === undefined) config.doubt(`\`${key}\`: the format ${cache} of the cache is not understood`, key);
  return { kv_cache: known };
}

function notUnderstood({ quant_method, quant_algo, bits, w_bit }: Quantization): string {
  if (quant_method === undefined) return "it names no method";
  const detail = quant_algo ?? (bits === undefined && w_bit === undefined ? undefined : `${bits ?? w_bit} bits`);
  return `the method ${quant_method}${detail === undefined ? "" : ` with ${detail}`} is not understood`;
}

/** Formats of the groups of compressed-tensors, by what their targets are: experts, all else, or (`undefined`) both or neither. */
function formatsOfGroups({ config_groups = {} }: Quantization): ReadonlyMap<"experts" | "rest" | undefined, string | undefined> {
  const formats = new Map<"experts" | "rest" | undefined, string | undefined>();
  for (const { weights, targets = [] } of Object.values(config_groups)) {
    if (!weights) continue;
    const named = targets.map((target) => (/experts/.test(target) && !/shared/.test(target) ? "experts" : /Linear|attn|attention|shared|mlp/.test(target) ? "rest" : undefined));
    const [first] = named;
    const part = named.every((each) => each === first) ? first : undefined;
    const format = groupFormat(weights);
    formats.set(formats.has(part) && formats.get(part) !== format ? undefined : part, format);
  }
  return formats;
}

function groupFormat({ num_bits, type, group_size }: z.output<typeof weightGroup>): string | undefined {
  if (num_bits === 4) return type === "float" ? (group_size === 32 ? "mxfp4" : "nvfp4") : "int4";
  if (num_bits === 8) return type === "float" ? "fp8_e4m3" : "int8";
  return undefined;
}

/** `int4`, `float8` and their like, as quanto, eetq and torchao name formats. */
function namedFormat(name: string | undefined): string | undefined {
  const [, kind, bits] = /(int|float|fp)_?(4|8)/.exec(name ?? "") ?? [];
  if (bits === undefined) return undefined;
  return kind === "int" ? `int${bits}` : bits === "8" ? "fp8_e4m3" : undefined;
}

function formatOf(given: Quantization): string | undefined {
  const groups = Object.values(given.config_groups ?? {}).flatMap(({ weights }) => (weights ? [weights] : []));
  const [group] = groups;
  const algorithm = (given.quant_algo ?? given.quantization?.quant_algo ?? "").toUpperCase();
  const bits = given.bits ?? given.w_bit;
  switch (given.quant_method) {
    case "fp8": case "fbgemm_fp8": case "deepseek_fp8": return given.fmt === "e5m2" ? "fp8_e5m2" : "fp8_e4m3";
    case "mxfp4": return "mxfp4";
    case "gptq": case "awq": case "auto-round": case "gptq_marlin": case "awq_marlin": return bits === 4 ? "int4" : bits === 8 ? "int8" : undefined;
    case "bitsandbytes": return given.load_in_4bit === true ? "int4" : given.load_in_8bit === true ? "int8" : undefined;
    case "compressed-tensors": case "modelopt": case "modelopt_fp4":
      if (algorithm.includes("NVFP4")) return "nvfp4";
      if (algorithm === "FP8") return "fp8_e4m3";
      return group && groupFormat(group);
    case "quanto": case "eetq": return namedFormat(given.weights);
    case "torchao": return namedFormat(given.quant_type);
    default: return undefined;
  }
}

/** Modules that keep the format of the checkpoint. */
const excluded = (given: Quantization): readonly string[] => [
  ...given.modules_to_not_convert ?? [], ...given.ignored_layers ?? [], ...given.exclude_modules ?? [], ...given.ignore ?? [],
  ...given.llm_int8_skip_modules ?? [], ...given.quantization?.exclude_modules ?? [],
];

/** Names of one layer's modules each, where they are those of most layers, become one name for all. */
function inAllLayers(modules: readonly string[], layers: number): readonly string[] {
  const counts = new Map<string, number>();
  const general = (module: string): string => module.replace(/layers\.\d+/, "layers.*");
  for (const module of modules) counts.set(general(module), (counts.get(general(module)) ?? 0) + 1);
  return [...new Set(modules.map((module) => ((counts.get(general(module)) ?? 0) * 2 > layers ? general(module) : module)))];
}

const isGeneral = (module: string): boolean => !/layers\.\d/.test(module);

/** What the language keeps in bf16 anyway, what another key says, and what lies outside the language model. */
function isExpected(module: string, keepsAttention: boolean, keepsExperts: boolean): boolean {
  if (/lm_head|embed|head$|norm|router|gate(\.weight)?$|vision|visual|image|audio|conv1d|dt_bias|A_log|eh_proj|bias$|mm_projector|multi_modal/.test(module)) return true;
  if (!isGeneral(module)) return false;
  return keepsAttention ? /attn|attention|mlp\b(?!.*experts)/.test(module) : keepsExperts && /experts/.test(module);
}
