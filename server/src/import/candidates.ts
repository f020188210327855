/** Configs that may say a model, the most common architectures first. Which of them does, the caller finds out. */
import {
  afmoePart, deepseekPart, expertsOf, graniteHybridPart, grokPart, hunyuanPart, llama4Part, localExpertPart, qwenPart, stepPart,
} from "./expert-fields";
import { first, headKinds, is, type Part } from "./fields";
import type { PlainModel } from "./plain-model";
import { precisionPart } from "./precision-fields";

export interface Candidate {
  readonly architecture: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export function candidates(model: PlainModel): readonly Candidate[] {
  const common = { ...headOf(model), ...precisionPart(model) };
  const attention = attentionPart(model);
  const make = (modelType: string, architecture: string, ...parts: readonly Part[]): Candidate =>
    ({ architecture, config: Object.assign({ architectures: [architecture], model_type: modelType }, common, attention, ...parts) as Part });
  const has = (kind: string): boolean => model.attention.some((block) => block?.kind === kind);
  const isLossFree = expertsOf(model).lossFree;
  if (has("mla") && !has("kda")) return (isLossFree ? latentTypes : latentTypes.toReversed()).map(([type, name]) => make(type, name, latentPart(model), deepseekPart(model)));
  if (has("kda")) return [make("kimi_linear", "KimiLinearForCausalLM", latentPart(model), kimiPart(model))];
  if (has("gated_delta")) {
    return [
      make("qwen3_next", "Qwen3NextForCausalLM", deltaPart(model), qwenPart(model)),
      make("qwen3_5_moe_text", "Qwen3_5MoeForCausalLM", deltaPart(model), qwenPart(model), modulesPart(model)),
      make("qwen3_5_text", "Qwen3_5ForCausalLM", deltaPart(model), densePart(model), modulesPart(model)),
      make("olmo_hybrid", "OlmoHybridForCausalLM", deltaPart(model), densePart(model)),
    ];
  }
  if (has("lightning")) return [make("minimax_m1", "MiniMaxM1ForCausalLM", lightningPart(model), localExpertPart(model))];
  if (has("mamba2") && model.ffn.every((block) => block) && model.attention.every((block) => block)) {
    return [
      make("bamba", "BambaForCausalLM", namedMambaPart(model), densePart(model)),
      make("granitemoehybrid", "GraniteMoeHybridForCausalLM", namedMambaPart(model), graniteHybridPart(model)),
    ];
  }
  if (has("mamba2") || model.attention.some((block) => !block) || model.ffn.some((block) => !block)) return [make("nemotron_h", "NemotronHForCausalLM", mambaPart(model))];
  if (model.attention.some((block) => block?.values["compress"] !== undefined)) return [make("deepseek_v4", "DeepseekV4ForCausalLM", compressedPart(model), deepseekPart(model))];
  const hasWindow = model.attention.every((block) => block?.values["window"] !== undefined);
  const denseFirst = hasWindow ? [["mistral", "MistralForCausalLM"] as const, ...denseTypes] : denseTypes;
  if (model.ffn.every((block) => block?.kind === "dense")) return denseFirst.map(([type, name]) => make(type, name, densePart(model)));
  return [
    ...localTypes.map(([type, name]) => make(type, name, localExpertPart(model))),
    ...qwenTypes.map(([type, name]) => make(type, name, qwenPart(model))),
    ...deepseekTypes.map(([type, name]) => make(type, name, deepseekPart(model))),
    make("llama4_text", "Llama4ForCausalLM", llama4Part(model)),
    make("hunyuan", "HunYuanForCausalLM", hunyuanPart(model)),
    make("minimax_m2", "MiniMaxM2ForCausalLM", localExpertPart(model)),
    make("step3p5", "Step3p5ForCausalLM", stepPart(model)),
    make("mimo_v2_flash", "MiMoV2FlashForCausalLM", deepseekPart(model), swaPart(model)),
    make("afmoe", "AfmoeForCausalLM", afmoePart(model)),
    make("git", "Grok1ForCausalLM", grokPart(model)),
  ];
}

const latentTypes = [
  ["deepseek_v3", "DeepseekV3ForCausalLM"], ["deepseek_v32", "DeepseekV32ForCausalLM"], ["glm_moe_dsa", "GlmMoeDsaForCausalLM"], ["deepseek_v2", "DeepseekV2ForCausalLM"],
] as const;
const denseTypes = [
  ["llama", "LlamaForCausalLM"], ["qwen3", "Qwen3ForCausalLM"], ["qwen2", "Qwen2ForCausalLM"], ["mistral", "MistralForCausalLM"], ["gemma", "GemmaForCausalLM"],
  ["gemma2", "Gemma2ForCausalLM"], ["gemma3_text", "Gemma3ForCausalLM"], ["gemma4_text", "Gemma4ForCausalLM"], ["phi3", "Phi3ForCausalLM"], ["phi", "PhiForCausalLM"],
  ["glm", "GlmForCausalLM"], ["glm4", "Glm4ForCausalLM"], ["nemotron", "NemotronForCausalLM"], ["olmo2", "Olmo2ForCausalLM"], ["cohere2", "Cohere2ForCausalLM"],
  ["starcoder2", "Starcoder2ForCausalLM"], ["apertus", "ApertusForCausalLM"], ["hunyuan_v1_dense", "HunYuanDenseV1ForCausalLM"],
] as const;
const localTypes = [
  ["mixtral", "MixtralForCausalLM"], ["gpt_oss", "GptOssForCausalLM"], ["phimoe", "PhiMoEForCausalLM"],
] as const;
const qwenTypes = [["qwen3_moe", "Qwen3MoeForCausalLM"], ["qwen2_moe", "Qwen2MoeForCausalLM"]] as const;
const deepseekTypes = [["deepseek", "DeepseekForCausalLM"], ["glm4_moe", "Glm4MoeForCausalLM"]] as const;

function headOf({ values, mtp }: PlainModel): Part {
  return {
    num_hidden_layers: values["layers"], hidden_size: values["hidden_size"], vocab_size: values["vocab_size"], tie_word_embeddings: values["tie_embeddings"] === true,
    max_position_embeddings: values["max_context"], num_nextn_predict_layers: mtp?.values["depth"], hidden_act: "silu",
  };
}

/** Heads by the first block that has some, windows layer by layer. */
function attentionPart({ attention }: PlainModel): Part {
  const block = first(attention, headKinds) ?? first(attention);
  if (!block) return {};
  const { values } = block;
  const windows = attention.map((each) => each?.values["window"]);
  const window = windows.find((tokens) => tokens !== undefined);
  const normed = values["qk_norm"] !== undefined && values["qk_norm"] !== "false" && values["qk_norm"] !== false;
  return {
    num_attention_heads: values["heads"], num_key_value_heads: values["kv_heads"] ?? values["heads"], head_dim: values["head_dim"],
    attention_bias: values["bias"] !== undefined && values["bias"] !== "false", use_qk_norm: normed,
    ...(window === undefined ? {} : {
      sliding_window: window, use_sliding_window: true,
      layer_types: windows.map((tokens) => (tokens === undefined ? "full_attention" : "sliding_attention")),
    }),
  };
}

function latentPart({ attention }: PlainModel): Part {
  const block = first(attention, ["mla"]);
  const values = block?.values ?? {};
  const sparse = block?.children["sparse"]?.values;
  return {
    num_attention_heads: values["heads"], num_key_value_heads: values["heads"], head_dim: undefined, use_qk_norm: undefined,
    q_lora_rank: values["q_lora_rank"] ?? null, kv_lora_rank: values["kv_lora_rank"], qk_nope_head_dim: values["qk_nope_head_dim"],
    qk_rope_head_dim: values["qk_rope_head_dim"], v_head_dim: values["v_head_dim"], attention_bias: is(values["bias"]), mla_use_output_gate: is(values["output_gate"]) ? true : undefined,
    ...(sparse ? {
      index_n_heads: sparse["indexer_heads"], index_head_dim: sparse["indexer_head_dim"], index_topk: sparse["top_k"],
      indexer_types: attention.some((each) => is(each?.children["sparse"]?.values["shared_indexer"]))
        ? attention.map((each) => (is(each?.children["sparse"]?.values["shared_indexer"]) ? "shared" : "full")) : undefined,
    } : {}),
  };
}

function densePart({ ffn, values, attention }: PlainModel): Part {
  const block = first(ffn, ["dense"]);
  const cached = attention.filter((each) => each && headKinds.includes(each.kind));
  const global = cached.find((each) => each?.values["window"] === undefined)?.values;
  const local = cached.find((each) => each?.values["window"] !== undefined)?.values ?? global;
  const tied = global?.["tie_kv"] === "projection";
  return {
    intermediate_size: block?.values["intermediate_size"], mlp_bias: is(block?.values["bias"]),
    num_key_value_heads: local?.["kv_heads"], head_dim: local?.["head_dim"], global_head_dim: global?.["head_dim"], num_global_key_value_heads: tied ? global["kv_heads"] : undefined,
    attention_k_eq_v: tied, hidden_size_per_layer_input: values["per_layer_embedding_size"] ?? 0, use_bias: is(block?.values["bias"]),
  };
}

/** Sliding layers with heads of their own. */
function swaPart({ attention }: PlainModel): Part {
  const full = attention.find((block) => block?.values["window"] === undefined)?.values;
  const sliding = attention.find((block) => block?.values["window"] !== undefined)?.values;
  if (!full || !sliding) return { v_head_dim: full?.["v_head_dim"] };
  return {
    num_attention_heads: full["heads"], num_key_value_heads: full["kv_heads"], head_dim: full["head_dim"], v_head_dim: full["v_head_dim"],
    swa_num_attention_heads: sliding["heads"], swa_num_key_value_heads: sliding["kv_heads"], swa_head_dim: sliding["head_dim"], swa_v_head_dim: sliding["v_head_dim"],
    add_full_attention_sink_bias: full["sinks"] === true, add_swa_attention_sink_bias: sliding["sinks"] === true,
  };
}

function deltaPart({ attention }: PlainModel): Part {
  const values = first(attention, ["gated_delta"])?.values ?? {};
  const full = first(attention, headKinds)?.values ?? {};
  return {
    layer_types: attention.map((block) => (block?.kind === "gated_delta" ? "linear_attention" : "full_attention")), attn_output_gate: is(full["output_gate"]), use_qk_norm: undefined,
    linear_num_key_heads: values["heads"], linear_num_value_heads: values["value_heads"], linear_key_head_dim: values["key_head_dim"],
    linear_value_head_dim: values["value_head_dim"], linear_conv_kernel_dim: values["conv_kernel"],
  };
}

const modulesPart = ({ mtp }: PlainModel): Part => ({ mtp_num_hidden_layers: mtp?.values["depth"] });

function kimiPart(model: PlainModel): Part {
  const experts = expertsOf(model);
  const kda = first(model.attention, ["kda"])?.values ?? {};
  const firstMoe = experts.isMoe.indexOf(true);
  const at = (wanted: boolean) => model.attention.flatMap((block, layer) => ((block?.kind === "kda") === wanted ? [layer + 1] : []));
  return {
    linear_attn_config: { kda_layers: at(true), full_attn_layers: at(false), head_dim: kda["key_head_dim"], num_heads: kda["heads"], short_conv_kernel_size: kda["conv_kernel"] },
    num_experts: experts.routed, num_experts_per_token: experts.topK, num_shared_experts: experts.shared, moe_intermediate_size: experts.width, intermediate_size: experts.dense,
    routed_expert_hidden_size: experts.latent, first_k_dense_replace: firstMoe < 0 ? 0 : firstMoe, moe_layer_freq: 1, moe_router_activation_func: experts.lossFree ? "sigmoid" : "softmax",
    use_grouped_topk: experts.groups !== undefined, num_expert_group: experts.groups, topk_group: experts.groupLimit,
  };
}

function lightningPart({ attention }: PlainModel): Part {
  return { attn_type_list: attention.map((block) => (block?.kind === "lightning" ? 0 : 1)), layer_types: undefined };
}

function mambaPart(model: PlainModel): Part {
  const experts = expertsOf(model);
  const mamba = first(model.attention, ["mamba2"])?.values ?? {};
  const letters = model.attention.map((block, layer) => (block?.kind === "mamba2" ? "M" : block ? "*" : model.ffn[layer]?.kind === "moe" ? "E" : "-"));
  return {
    hybrid_override_pattern: letters.join(""), mamba_num_heads: mamba["heads"], n_groups: mamba["groups"], mamba_head_dim: mamba["value_head_dim"], ssm_state_size: mamba["state_size"],
    conv_kernel: mamba["conv_kernel"], use_conv_bias: mamba["conv_bias"], use_qk_norm: undefined, hidden_act: undefined, mlp_hidden_act: "relu2",
    intermediate_size: experts.dense, mlp_bias: is(first(model.ffn)?.values["bias"]), moe_latent_size: experts.latent,
    ...(experts.routed === undefined ? {} : {
      n_routed_experts: experts.routed, num_experts_per_tok: experts.topK, moe_intermediate_size: experts.width, n_shared_experts: experts.shared,
      moe_shared_expert_intermediate_size: experts.sharedWidth, n_group: experts.groups, topk_group: experts.groupLimit,
    }),
  };
}

function namedMambaPart({ attention }: PlainModel): Part {
  const mamba = first(attention, ["mamba2"])?.values ?? {};
  return {
    mamba_n_heads: mamba["heads"], mamba_n_groups: mamba["groups"], mamba_d_head: mamba["value_head_dim"], mamba_d_state: mamba["state_size"], mamba_d_conv: mamba["conv_kernel"],
    mamba_conv_bias: mamba["conv_bias"] !== false, mamba_proj_bias: false, use_qk_norm: undefined,
    attn_layer_indices: attention.flatMap((block, layer) => (block?.kind === "mamba2" ? [] : [layer])),
  };
}

function compressedPart({ attention, values }: PlainModel): Part {
  const sparse = attention.find((block) => block?.children["sparse"]);
  const index = sparse?.children["sparse"]?.values;
  const block = first(attention)?.values ?? {};
  return {
    q_lora_rank: block["q_lora_rank"], o_lora_rank: block["o_lora_rank"], o_groups: block["o_groups"], num_key_value_heads: 1,
    compress_ratios: attention.map((each) => each?.values["compress"] ?? 0), layer_types: undefined, use_sliding_window: undefined, use_qk_norm: undefined, hc_mult: values["hyper_connections"],
    index_n_heads: index?.["indexer_heads"], index_head_dim: index?.["indexer_head_dim"], index_topk: index?.["top_k"],
  };
}
