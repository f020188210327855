/** Decoders with many experts, narrower than their dense networks: Qwen, GLM, Hunyuan, Step, MiMo. */
import type { Config } from "../config";
import type { BlockFacts } from "../facts";
import { flag, index, indices, perLayer, real, size, sizeOrNone, stepSettings, word, words } from "../shape";
import {
  auxiliaryLoss, biased, checkLength, dense, everyLayer, headAttention, headsOf, headsWith, layerTypes, moe, shared, slidingLayers, windowed, withWindow, type Shared,
} from "./blocks";
import { deepseekExperts, moeLayers } from "./deepseek";
import { defineFamily, type Family, type Fields } from "./family";

/** A width that some configs write once and others once a layer. */
function widthAt(config: Shared, value: number | readonly number[], key: "moe_intermediate_size"): (layer: number) => number {
  if (typeof value === "number") return () => value;
  checkLength(config, key, value);
  return (layer) => value[layer] ?? config.fail(`\`${key}\` names no width for layer ${layer}`, key);
}

const qwenShape = {
  decoder_sparse_step: size(), mlp_only_layers: indices(), shared_expert_intermediate_size: sizeOrNone(), qkv_bias: flag(),
} as const;

/** What stands on each layer, by Qwen's field names. `hasShared`: whether the family has a shared expert. */
export function qwenFfn(own: Config<Fields<typeof qwenShape>>, hasShared = true): (layer: number) => BlockFacts {
  const config = shared(own);
  const step = own.get("decoder_sparse_step") ?? 1;
  const only = new Set(own.get("mlp_only_layers") ?? []);
  const sharedWidth = hasShared ? own.get("shared_expert_intermediate_size") : undefined;
  const width = config.get("intermediate_size");
  const expertWidth = widthAt(config, config.need("moe_intermediate_size"), "moe_intermediate_size");
  const routed = config.get("num_experts");
  if (routed === undefined) config.skip("num_experts_per_tok", "router_aux_loss_coef");
  return (layer) => {
    if (routed === undefined || only.has(layer) || (layer + 1) % step !== 0) return dense(width ?? config.fail("`intermediate_size` is missing: some layers are dense", "intermediate_size"));
    return moe({
      routed, topK: config.need("num_experts_per_tok"), width: expertWidth(layer), balance: auxiliaryLoss(config),
      ...(sharedWidth === undefined ? {} : { shared: 1, sharedWidth, sharedGate: true }),
    });
  };
}

const qwen2Moe = defineFamily({
  title: "Qwen2-MoE",
  modelTypes: ["qwen2_moe"],
  architectures: ["Qwen2MoeForCausalLM"],
  shape: qwenShape,
  defaults: { num_experts: 60, num_experts_per_tok: 4, moe_intermediate_size: 1408, shared_expert_intermediate_size: 5632, max_window_layers: 28, num_key_value_heads: 16 },
  read: (own) => {
    const config = shared(own);
    const window = slidingLayers(config, config.get("use_sliding_window") === true, everyLayer);
    const attention = headsWith(config, { bias: own.get("qkv_bias") === false ? undefined : "qkv" });
    return { attention: windowed(attention, window), ffn: qwenFfn(own) };
  },
});

const qwen3Moe = defineFamily({
  title: "Qwen3-MoE",
  modelTypes: ["qwen3_moe", "qwen3_vl_moe", "qwen3_vl_moe_text", "qwen3_omni_moe", "qwen3_omni_moe_text"],
  architectures: ["Qwen3MoeForCausalLM"],
  shape: qwenShape,
  defaults: { num_experts: 128, num_experts_per_tok: 8, moe_intermediate_size: 768, num_key_value_heads: 4 },
  read: (own) => {
    const config = shared(own);
    own.skip("qkv_bias");
    config.skip("num_local_experts"); // the number of experts again
    if (own.get("shared_expert_intermediate_size") !== undefined) own.doubt("Qwen3-MoE has no shared expert: its width is left out", "shared_expert_intermediate_size");
    const window = slidingLayers(config, config.get("use_sliding_window") === true, everyLayer);
    const attention = headsWith(config, { bias: biased(config), qk_norm: true });
    return { attention: windowed(attention, window), ffn: qwenFfn(own, false) };
  },
});

const glm4Moe = defineFamily({
  title: "GLM-4.5",
  modelTypes: ["glm4_moe", "glm4v_moe", "glm4v_moe_text"],
  architectures: ["Glm4MoeForCausalLM", "Glm4vMoeForConditionalGeneration"],
  shape: { moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real() },
  defaults: { first_k_dense_replace: 1, n_shared_experts: 1, num_key_value_heads: 8 },
  read: (own) => {
    const config = shared(own);
    const attention = headsWith(config, { bias: biased(config, "qkv"), qk_norm: config.get("use_qk_norm") === true ? true : undefined });
    const hasExperts = moeLayers(own);
    config.skip("router_aux_loss_coef", "aux_loss_alpha", "topk_method");
    const experts = deepseekExperts(own, "loss_free", true);
    const width = config.get("intermediate_size");
    return {
      attention: () => attention,
      ffn: (layer) => (hasExperts(layer) ? experts : dense(width ?? config.fail("`intermediate_size` is missing: the first layers are dense", "intermediate_size"))),
      mtp: config.get("num_nextn_predict_layers"),
    };
  },
});

const hunyuanMoe = defineFamily({
  title: "Hunyuan-MoE",
  modelTypes: ["hunyuan", "hunyuan_moe", "hunyuan_v1_moe"],
  architectures: ["HunYuanForCausalLM", "HunYuanMoEV1ForCausalLM"],
  shape: {
    moe_topk: perLayer(), num_shared_expert: perLayer(), attention_head_dim: size(), use_cla: flag(), cla_share_factor: index(), use_mixed_mlp_moe: flag(),
    moe_layer_num_skipped: index(), num_experts_per_layer: indices(), moe_drop_tokens: flag(), moe_random_routing_dropped_token: flag(), group_limited_greedy: flag(),
    anyres_pooling_size: real(), capacity_factor: real(),
  },
  renames: { attention_head_dim: "head_dim" },
  read: (own) => {
    const config = shared(own);
    const at = (value: number | readonly number[] | undefined, layer: number): number | undefined => (typeof value === "object" ? value[layer] : value);
    own.skip("moe_drop_tokens", "moe_random_routing_dropped_token", "anyres_pooling_size", "capacity_factor");
    const share = own.get("cla_share_factor");
    const kvShare = own.get("use_cla") === true && share !== undefined && share > 1 ? share : undefined;
    const attention = headsWith(config, { bias: biased(config), qk_norm: config.get("use_qk_norm") === true ? true : undefined, kv_share: kvShare });
    const width = config.need("intermediate_size");
    const expertWidths = config.get("moe_intermediate_size");
    const topKs = own.get("moe_topk");
    const sharedCounts = own.get("num_shared_expert");
    const isMixed = own.get("use_mixed_mlp_moe") !== false;
    const skipped = own.get("moe_layer_num_skipped") ?? 0;
    const grouped = own.get("group_limited_greedy") === true;
    const groups = config.get("n_group");
    const groupLimit = config.get("topk_group");
    const routed = config.get("num_experts");
    const ffn = (layer: number): BlockFacts => {
      if (routed === undefined || routed === 1 || layer < skipped) return dense(width);
      const sharedCount = isMixed ? at(sharedCounts, layer) : undefined;
      return moe({
        routed, topK: at(topKs, layer) ?? config.fail("`moe_topk` is missing: Hunyuan-MoE needs it"), width: at(expertWidths, layer) ?? width,
        shared: sharedCount === 0 ? undefined : sharedCount, groups: grouped ? groups : undefined, groupLimit: grouped ? groupLimit : undefined,
      });
    };
    return { attention: () => attention, ffn };
  },
});

const step3 = defineFamily({
  title: "Step-3",
  modelTypes: ["step3", "step3_text", "step3_vl", "step3p5", "step3p7", "step3p7_text"],
  architectures: ["Step3TextForCausalLM", "Step3VLForConditionalGeneration", "Step3p5ForCausalLM"],
  shape: {
    moe_layers_enum: word(), moe_num_experts: size(), moe_top_k: size(), share_expert_dim: sizeOrNone(), share_expert_dims: sizeOrNone(), share_q_dim: size(), use_moe: flag(),
    use_head_wise_attn_gate: flag(), attention_other_setting: stepSettings(), use_moe_router_bias: flag(), moe_router_activation: word(), norm_expert_weight: flag(),
    moe_every_n_layer: size(), use_mfa: flag(), sink: flag(), share_expert_dim_list: indices(),
  },
  renames: { num_attention_groups: "num_key_value_heads", max_position_embedding: "max_position_embeddings", max_seq_len: "max_position_embeddings" },
  read: (own) => {
    const config = shared(own);
    own.skip("moe_router_activation", "norm_expert_weight", "use_mfa", "sink", "moe_every_n_layer");
    const gated = own.get("use_head_wise_attn_gate") === true ? "head" : undefined;
    const later = config.get("model_type")?.startsWith("step3p") === true || own.has("attention_other_setting");
    const normed = config.get("use_qk_norm") ?? later;
    const values = { bias: biased(config), qk_norm: normed ? true : undefined, output_gate: gated, q_lora_rank: own.get("share_q_dim") };
    const heads = headsOf(config);
    const other = own.get("attention_other_setting");
    const full = headAttention({ ...heads, values });
    const sliding = headAttention({ heads: other?.num_attention_heads ?? heads.heads, kvHeads: other?.num_attention_groups ?? heads.kvHeads, headDim: other?.head_dim ?? heads.headDim, values });
    const window = slidingLayers(config, false, () => false);
    const listed = own.get("moe_layers_enum");
    const layersWithExperts = listed === undefined ? undefined : new Set(listed.split(",").filter((word) => word.trim() !== "").map(Number));
    const hasExperts = (layer: number) => own.get("use_moe") !== false && (layersWithExperts === undefined ? layer > 0 : layersWithExperts.has(layer));
    const sharedWidth = own.get("share_expert_dim") ?? own.get("share_expert_dims");
    const expertWidth = widthAt(config, config.need("moe_intermediate_size"), "moe_intermediate_size");
    const experts = (layer: number) => moe({
      routed: own.need("moe_num_experts"), topK: own.need("moe_top_k"), width: expertWidth(layer), balance: own.get("use_moe_router_bias") === true ? "loss_free" : undefined,
      ...(sharedWidth === undefined ? {} : { shared: 1, sharedWidth }),
    });
    const width = config.get("intermediate_size");
    return {
      attention: (layer) => (window(layer) === undefined ? full : withWindow(sliding, window(layer))),
      ffn: (layer) => (hasExperts(layer) ? experts(layer) : dense(width ?? config.fail("`intermediate_size` is missing: some layers are dense", "intermediate_size"))),
      mtp: config.get("num_nextn_predict_layers"),
    };
  },
});

const mimoV2 = defineFamily({
  title: "MiMo-V2",
  modelTypes: ["mimo_v2", "mimo_v2_flash"],
  architectures: ["MiMoV2FlashForCausalLM", "MiMoV2ForCausalLM"],
  shape: {
    moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real(), hybrid_layer_pattern: indices(), hybrid_block_size: sizeOrNone(), v_head_dim: size(),
    swa_num_attention_heads: size(), swa_num_key_value_heads: size(), swa_head_dim: size(), swa_v_head_dim: size(), sliding_window_size: sizeOrNone(),
    add_swa_attention_sink_bias: flag(), add_full_attention_sink_bias: flag(), attention_projection_layout: word(), attention_chunk_size: sizeOrNone(),
  },
  defaults: { head_dim: 192, v_head_dim: 128, num_key_value_heads: 4, add_swa_attention_sink_bias: true },
  read: (own) => {
    const config = shared(own);
    own.skip("attention_projection_layout", "attention_chunk_size", "hybrid_block_size");
    const pattern = own.get("hybrid_layer_pattern");
    if (pattern) checkLength(own, "hybrid_layer_pattern", pattern);
    const named = layerTypes(config, (layer) => (pattern?.[layer] === 1 ? "sliding_attention" : "full_attention"));
    // Files of Hugging Face transformers leave out what its own code knows: twice the key and value heads.
    const slidingHeads = own.get("swa_num_key_value_heads") ?? (pattern ? undefined : 2 * config.need("num_key_value_heads"));
    const window = config.get("sliding_window") ?? own.get("sliding_window_size");
    own.skip("sliding_window_size");
    const heads = headsOf(config);
    const bias = biased(config, "qkv");
    const full = headAttention({ ...heads, values: { bias, v_head_dim: own.get("v_head_dim"), sinks: own.get("add_full_attention_sink_bias") === true ? true : undefined } });
    const sliding = headAttention({
      heads: own.get("swa_num_attention_heads") ?? heads.heads, kvHeads: slidingHeads ?? heads.kvHeads,
      headDim: own.get("swa_head_dim") ?? heads.headDim, 
      values: { bias, v_head_dim: own.get("swa_v_head_dim") ?? own.get("v_head_dim"), sinks: own.get("add_swa_attention_sink_bias") === true ? true : undefined },
    });
    const hasExperts = moeLayers(own);
    config.skip("router_aux_loss_coef", "aux_loss_alpha");
    const experts = deepseekExperts(own, (config.get("topk_method") ?? "noaux_tc") === "noaux_tc" ? "loss_free" : undefined, true);
    const width = config.get("intermediate_size");
    return {
      attention: (layer) => (named(layer) === "sliding_attention" ? withWindow(sliding, window ?? config.fail("`sliding_window` is missing: some layers have one", "sliding_window")) : full),
      ffn: (layer) => (hasExperts(layer) ? experts : dense(width ?? config.fail("`intermediate_size` is missing: some layers are dense", "intermediate_size"))),
      mtp: config.get("num_nextn_predict_layers"),
    };
  },
});

export const expertFamilies: readonly Family[] = [qwen2Moe, qwen3Moe, glm4Moe, hunyuanMoe, step3, mimoV2];
