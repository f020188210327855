/** Decoders that mix attention with linear or state-space layers. */
import type { Config } from "../config";
import type { BlockFacts } from "../facts";
import { flag, indices, kimiLinearPart, perLayer, real, size, sizeOrNone, word, words } from "../shape";
import { dense, headAttention, headsOf, layerTypes, mla, moe, shared } from "./blocks";
import { moeLayers } from "./deepseek";
import { qwenFfn } from "./experts";
import { defineFamily, type Family, type FamilySpec, type Fields } from "./family";

const qwenHybridShape = {
  decoder_sparse_step: size(), mlp_only_layers: indices(), shared_expert_intermediate_size: sizeOrNone(), qkv_bias: flag(),
  full_attention_interval: size(), attn_output_gate: flag(), linear_num_key_heads: size(), linear_num_value_heads: size(), linear_key_head_dim: size(),
  linear_value_head_dim: size(), linear_conv_kernel_dim: size(), mtp_num_hidden_layers: sizeOrNone(), mtp_use_dedicated_embeddings: flag(), mamba_ssm_dtype: word(),
} as const;

const linearDefaults = {
  head_dim: 256, full_attention_interval: 4, linear_conv_kernel_dim: 4, linear_key_head_dim: 128, linear_value_head_dim: 128, linear_num_key_heads: 16,
  linear_num_value_heads: 32,
} as const;

type HybridOptions = Pick<FamilySpec<typeof qwenHybridShape>, "title" | "modelTypes" | "architectures" | "defaults">;

const qwenHybrid = ({ defaults = {}, ...names }: HybridOptions): Family => defineFamily({
  ...names,
  shape: qwenHybridShape,
  defaults: { ...linearDefaults, ...defaults },
  read: (own) => {
    const config = shared(own);
    own.skip("mtp_use_dedicated_embeddings", "mamba_ssm_dtype", "qkv_bias", "use_sliding_window", "max_window_layers", "sliding_window");
    if (config.has("layer_types")) own.skip("full_attention_interval");
    const kinds = layerTypes(config, (layer) => ((layer + 1) % own.need("full_attention_interval") === 0 ? "full_attention" : "linear_attention"));
    const full = headAttention({
      ...headsOf(config),
      values: { bias: config.get("attention_bias") === true ? true : undefined, qk_norm: true, output_gate: own.get("attn_output_gate") === false ? undefined : true },
    });
    const linear: BlockFacts = {
      kind: "gated_delta",
      values: {
        heads: own.need("linear_num_key_heads"), value_heads: own.need("linear_num_value_heads"), key_head_dim: own.need("linear_key_head_dim"),
        value_head_dim: own.need("linear_value_head_dim"), conv_kernel: own.need("linear_conv_kernel_dim"),
      },
    };
    const hasExperts = config.get("num_experts") !== undefined;
    if (!hasExperts) own.skip("decoder_sparse_step", "mlp_only_layers", "shared_expert_intermediate_size", "moe_intermediate_size", "num_experts_per_tok");
    const ffn = hasExperts ? qwenFfn(own) : () => dense(config.need("intermediate_size"));
    return { attention: (layer) => (kinds(layer) === "full_attention" ? full : linear), ffn, mtp: own.get("mtp_num_hidden_layers") };
  },
});

const kimiShape = {
  linear_attn_config: kimiLinearPart(), linear_head_dim: size(), linear_num_heads: size(), linear_conv_kernel_dim: size(), q_lora_rank: sizeOrNone(), kv_lora_rank: size(), qk_nope_head_dim: size(),
  qk_rope_head_dim: size(), v_head_dim: size(), qk_head_dim: size(), mla_use_nope: flag(), mla_use_output_gate: flag(), num_experts_per_token: size(), num_shared_experts: sizeOrNone(),
  num_expert_group: sizeOrNone(), use_grouped_topk: flag(), moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real(), moe_router_activation_func: word(),
  moe_renormalize: flag(), routed_expert_hidden_size: sizeOrNone(), latent_moe_use_norm: flag(), attn_res_block_size: size(), activation_situ_beta: real(), activation_situ_linear_beta: real(),
} as const;

/** The linear layers, by `linear_attn_config` or, in files of Hugging Face transformers, by fields of their own and `layer_types`. */
function kimiDelta(own: Config<Fields<typeof kimiShape>>): { readonly block: BlockFacts; readonly on: (layer: number) => boolean } {
  const config = shared(own);
  const part = own.get("linear_attn_config");
  if (!part) {
    const kinds = layerTypes(config, (layer) => (layer > 0 && layer % 4 === 0 ? "full_attention" : "linear_attention"));
    const width = own.need("linear_head_dim");
    const values = { heads: own.need("linear_num_heads"), key_head_dim: width, value_head_dim: width, conv_kernel: own.need("linear_conv_kernel_dim") };
    return { block: { kind: "kda", values }, on: (layer) => kinds(layer) === "linear_attention" };
  }
  own.skip("linear_head_dim", "linear_num_heads", "linear_conv_kernel_dim");
  config.skip("layer_types");
  const kdaLayers = new Set(part.kda_layers.map((layer) => layer - 1)); // counted from 1 in the file
  const output_gate = part.use_full_rank_gate === true ? "full_rank" : undefined;
  const values = { heads: part.num_heads, key_head_dim: part.head_dim, value_head_dim: part.head_dim, conv_kernel: part.short_conv_kernel_size, output_gate };
  return { block: { kind: "kda", values }, on: (layer) => kdaLayers.has(layer) };
}

const kimiLinear = defineFamily({
  title: "Kimi Linear",
  modelTypes: ["kimi_linear", "kimi_k3"],
  architectures: ["KimiLinearForCausalLM", "KimiK3ForConditionalGeneration"],
  shape: kimiShape,
  renames: { model_max_length: "max_position_embeddings" },
  defaults: { linear_head_dim: 128, linear_num_heads: 32, linear_conv_kernel_dim: 4, kv_lora_rank: 512, qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128, first_k_dense_replace: 1 },
  read: (own) => {
    const config = shared(own);
    own.skip("mla_use_nope", "moe_renormalize", "latent_moe_use_norm", "activation_situ_beta", "activation_situ_linear_beta");
    if (own.get("attn_res_block_size") !== undefined) own.doubt("the projections of the residual attention are not counted", "attn_res_block_size");
    const linear = kimiDelta(own);
    const full = mla(own as unknown as Parameters<typeof mla>[0], { values: { output_gate: own.get("mla_use_output_gate") === true ? true : undefined } });
    const routed = config.get("num_experts") ?? config.get("num_local_experts");
    const width = config.get("moe_intermediate_size");
    const bias = own.get("moe_router_activation_func") !== "softmax";
    config.get("topk_method");
    const grouped = own.get("use_grouped_topk") === true;
    const groups = own.get("num_expert_group");
    const groupLimit = config.get("topk_group");
    const denseWidth = config.get("intermediate_size");
    const topK = own.get("num_experts_per_token") ?? config.get("num_experts_per_tok");
    const hasExperts = moeLayers(own);
    const ffn = (layer: number): BlockFacts => {
      if (routed === undefined || !hasExperts(layer)) return dense(denseWidth ?? config.fail("`intermediate_size` is missing: some layers are dense", "intermediate_size"));
      return moe({
        routed, topK: topK ?? own.need("num_experts_per_token"), width: typeof width === "number" ? width : own.fail("`moe_intermediate_size` must be a whole number", "moe_intermediate_size"),
        shared: own.get("num_shared_experts"), latent: own.get("routed_expert_hidden_size"), balance: bias ? "loss_free" : undefined,
        groups: grouped ? groups : undefined, groupLimit: grouped ? groupLimit : undefined,
      });
    };
    return { attention: (layer) => (linear.on(layer) ? linear.block : full), ffn, mtp: config.get("num_nextn_predict_layers") };
  },
});

/** Gated delta layers with projections of their own for each part, and a turn of four. */
const olmoHybrid = defineFamily({
  title: "OLMo Hybrid",
  modelTypes: ["olmo_hybrid"],
  architectures: ["OlmoHybridForCausalLM"],
  shape: {
    linear_num_key_heads: size(), linear_num_value_heads: size(), linear_key_head_dim: size(), linear_value_head_dim: size(), linear_conv_kernel_dim: size(), linear_allow_neg_eigval: flag(),
    linear_a_log_min: real(), linear_a_log_max: real(), linear_dt_min: real(), linear_dt_max: real(), linear_dt_init_floor: real(),
  },
  read: (own) => {
    const config = shared(own);
    own.skip("linear_allow_neg_eigval", "linear_a_log_min", "linear_a_log_max", "linear_dt_min", "linear_dt_max", "linear_dt_init_floor");
    const kinds = layerTypes(config, (layer) => (layer % 4 === 3 || (layer === config.layers - 1 && config.layers < 4) ? "full_attention" : "linear_attention"));
    const full = headAttention({ ...headsOf(config), values: { bias: config.get("attention_bias") === true ? true : undefined, qk_norm: "whole" } });
    const heads = own.get("linear_num_key_heads") ?? config.need("num_attention_heads");
    const width = own.get("linear_key_head_dim") ?? Math.floor((0.75 * config.need("hidden_size")) / heads);
    const linear: BlockFacts = {
      kind: "gated_delta",
      values: {
        heads, value_heads: own.get("linear_num_value_heads") ?? config.need("num_attention_heads"), key_head_dim: width, value_head_dim: own.get("linear_value_head_dim") ?? 2 * width,
        conv_kernel: own.get("linear_conv_kernel_dim"),
      },
    };
    const ffn = dense(config.need("intermediate_size"));
    return { attention: (layer) => (kinds(layer) === "full_attention" ? full : linear), ffn: () => ffn };
  },
});

const qwenExperts = { num_experts_per_tok: 10, moe_intermediate_size: 512, shared_expert_intermediate_size: 512, num_key_value_heads: 2 } as const;

export const hybridFamilies: readonly Family[] = [
  qwenHybrid({ title: "Qwen3-Next", modelTypes: ["qwen3_next"], architectures: ["Qwen3NextForCausalLM"], defaults: { ...qwenExperts, num_experts: 512 } }),
  qwenHybrid({
    title: "Qwen3.5-MoE", modelTypes: ["qwen3_5_moe", "qwen3_5_moe_text"], architectures: ["Qwen3_5MoeForConditionalGeneration", "Qwen3_5MoeForCausalLM"],
    defaults: { ...qwenExperts, num_experts: 256, num_experts_per_tok: 8 },
  }),
  qwenHybrid({ title: "Qwen3.5", modelTypes: ["qwen3_5", "qwen3_5_text"], architectures: ["Qwen3_5ForConditionalGeneration", "Qwen3_5ForCausalLM"], defaults: { num_key_value_heads: 4 } }),
  kimiLinear, olmoHybrid,
];
