/** Decoders with ordinary attention and a mixture of experts. */
import type { BlockFacts, FactValue } from "../facts";
import { attentionPart, blockSparsePart, expertsPart, flag, index, indices, perLayer, real, size, sizeOrNone, stepSettings, word, words } from "../shape";
import { auxiliaryLoss, checkLength, dense, headAttention, headsOf, layerTypes, moe, shared, withWindow, type Shared } from "./blocks";
import { deepseekExperts, moeLayers } from "./deepseek";
import { slidingLayers } from "./dense";
import type { Config } from "../config";
import { defineFamily, type Family, type Fields } from "./family";

const headsWith = (config: Shared, values: BlockFacts["values"]): BlockFacts => headAttention({ ...headsOf(config), values });
const biased = (config: Shared, bias: FactValue = true): FactValue | undefined => (config.get("attention_bias") === true ? bias : undefined);

/** A width that some configs write once and others once a layer. */
function widthAt(config: Shared, value: number | readonly number[], key: "moe_intermediate_size"): (layer: number) => number {
  if (typeof value === "number") return () => value;
  checkLength(config, key, value);
  return (layer) => value[layer] ?? config.fail(`\`${key}\` names no width for layer ${layer}`, key);
}

const mixtral = defineFamily({
  title: "Mixtral",
  modelTypes: ["mixtral"],
  architectures: ["MixtralForCausalLM"],
  shape: {},
  required: ["num_hidden_layers", "hidden_size", "vocab_size", "num_attention_heads", "intermediate_size"],
  defaults: { num_local_experts: 8, num_experts_per_tok: 2, num_key_value_heads: 8 },
  read: (own) => {
    const config = shared(own);
    const attention = withWindow(headsWith(config, {}), config.get("sliding_window"));
    const ffn = moe({ routed: config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size"), balance: auxiliaryLoss(config) });
    return { attention: () => attention, ffn: () => ffn };
  },
});

const phiMoe = defineFamily({
  title: "Phi-3.5-MoE",
  modelTypes: ["phimoe"],
  architectures: ["PhiMoEForCausalLM", "PhimoeForCausalLM"],
  shape: { lm_head_bias: flag() },
  defaults: { num_local_experts: 16, num_experts_per_tok: 2, num_key_value_heads: 8 },
  read: (own) => {
    const config = shared(own);
    own.skip("lm_head_bias"); // as many numbers as the vocabulary has rows: nothing beside the head
    const window = config.get("sliding_window");
    const context = config.get("max_position_embeddings");
    const attention = withWindow(headsWith(config, { bias: biased(config) }), window !== undefined && context !== undefined && window >= context ? undefined : window);
    const ffn = moe({ routed: config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size"), balance: auxiliaryLoss(config) });
    return { attention: () => attention, ffn: () => ffn };
  },
});

const qwenShape = {
  decoder_sparse_step: size(), mlp_only_layers: indices(), shared_expert_intermediate_size: sizeOrNone(), qkv_bias: flag(),
} as const;

/** What stands on each layer, by Qwen's field names. */
export function qwenFfn(own: Config<Fields<typeof qwenShape>>): (layer: number) => BlockFacts {
  const config = shared(own);
  const step = own.get("decoder_sparse_step") ?? 1;
  const only = new Set(own.get("mlp_only_layers") ?? []);
  const sharedWidth = own.get("shared_expert_intermediate_size");
  const width = config.get("intermediate_size");
  const expertWidth = widthAt(config, config.need("moe_intermediate_size"), "moe_intermediate_size");
  const routed = config.get("num_experts");
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
  defaults: { num_experts: 60, num_experts_per_tok: 4, moe_intermediate_size: 1408, shared_expert_intermediate_size: 5632, max_window_layers: 28 },
  read: (own) => {
    const config = shared(own);
    const window = slidingLayers(config, config.get("use_sliding_window") === true, () => true);
    const attention = headsWith(config, { bias: own.get("qkv_bias") === false ? undefined : "qkv" });
    return { attention: (layer) => withWindow(attention, window(layer)), ffn: qwenFfn(own) };
  },
});

const qwen3Moe = defineFamily({
  title: "Qwen3-MoE",
  modelTypes: ["qwen3_moe", "qwen3_vl_moe", "qwen3_vl_moe_text", "qwen3_omni_moe", "qwen3_omni_moe_text"],
  architectures: ["Qwen3MoeForCausalLM"],
  shape: qwenShape,
  defaults: { num_experts: 128, num_experts_per_tok: 8, moe_intermediate_size: 768 },
  read: (own) => {
    const config = shared(own);
    own.skip("qkv_bias");
    const window = slidingLayers(config, config.get("use_sliding_window") === true, () => true);
    const attention = headsWith(config, { bias: biased(config), qk_norm: true });
    return { attention: (layer) => withWindow(attention, window(layer)), ffn: qwenFfn(own) };
  },
});

const gptOss = defineFamily({
  title: "gpt-oss",
  modelTypes: ["gpt_oss"],
  architectures: ["GptOssForCausalLM"],
  shape: { experts_per_token: size() },
  defaults: { num_local_experts: 128, num_experts_per_tok: 4, head_dim: 64, num_key_value_heads: 8, sliding_window: 128, attention_bias: true },
  read: (own) => {
    const config = shared(own);
    const window = slidingLayers(config, true, (layer) => layer % 2 === 0);
    const attention = headsWith(config, { bias: biased(config), sinks: true });
    const topK = own.get("experts_per_token") ?? config.need("num_experts_per_tok");
    config.skip("num_experts_per_tok", "router_aux_loss_coef"); // a weight of fine-tuning: how the model was balanced is not published
    const ffn = moe({ routed: config.need("num_local_experts"), topK, width: config.need("intermediate_size"), bias: true });
    return { attention: (layer) => withWindow(attention, window(layer)), ffn: () => ffn };
  },
});

const llama4 = defineFamily({
  title: "Llama 4",
  modelTypes: ["llama4", "llama4_text"],
  architectures: ["Llama4ForConditionalGeneration", "Llama4ForCausalLM"],
  shape: { intermediate_size_mlp: size(), interleave_moe_layer_step: size(), moe_layers: indices(), attention_chunk_size: sizeOrNone(), no_rope_layers: indices(), no_rope_layer_interval: size() },
  defaults: { interleave_moe_layer_step: 1, num_local_experts: 16, num_experts_per_tok: 1, num_key_value_heads: 8 },
  read: (own) => {
    const config = shared(own);
    const chunk = own.get("attention_chunk_size");
    const roped = own.get("no_rope_layers"); // 1: with rotary embedding, in spite of the name
    const interval = own.get("no_rope_layer_interval") ?? 4;
    const isRoped = (layer: number) => (roped === undefined || roped.length === 0 ? (layer + 1) % interval !== 0 : roped[layer] !== 0);
    const kinds = layerTypes(config, (layer) => (isRoped(layer) && chunk !== undefined ? "chunked_attention" : "full_attention"));
    config.skip("use_qk_norm"); // an L2 norm without weights
    const attention = headsWith(config, { bias: biased(config) });
    if (Array.from({ length: config.layers }, (_, layer) => kinds(layer)).includes("chunked_attention")) {
      own.doubt(`layers that attend within chunks of ${chunk?.toLocaleString("en-US") ?? "no"} tokens are counted as a window of that size`, "attention_chunk_size");
    }
    const step = own.need("interleave_moe_layer_step");
    const listed = own.get("moe_layers");
    const width = config.need("intermediate_size");
    const denseWidth = own.get("intermediate_size_mlp");
    const hasExperts = (layer: number) => (listed === undefined ? (layer + 1) % step === 0 : listed.includes(layer));
    const experts = moe({ routed: config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width, shared: 1, balance: auxiliaryLoss(config) });
    return {
      attention: (layer) => withWindow(attention, kinds(layer) === "chunked_attention" ? chunk : undefined),
      ffn: (layer) => (hasExperts(layer) ? experts : dense(denseWidth ?? own.fail("`intermediate_size_mlp` is missing: some layers are dense", "intermediate_size_mlp"))),
    };
  },
});

const glm4Moe = defineFamily({
  title: "GLM-4.5",
  modelTypes: ["glm4_moe", "glm4v_moe", "glm4v_moe_text"],
  architectures: ["Glm4MoeForCausalLM", "Glm4vMoeForConditionalGeneration"],
  shape: { moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real() },
  defaults: { first_k_dense_replace: 1 },
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

const dbrx = defineFamily({
  title: "DBRX",
  modelTypes: ["dbrx"],
  architectures: ["DbrxForCausalLM"],
  shape: { attn_config: attentionPart(), ffn_config: expertsPart() },
  renames: { d_model: "hidden_size", n_heads: "num_attention_heads", n_layers: "num_hidden_layers", max_seq_len: "max_position_embeddings" },
  read: (own) => {
    const config = shared(own);
    const heads = headsOf(config);
    const experts = own.need("ffn_config");
    const attention = headAttention({ ...heads, kvHeads: own.need("attn_config").kv_n_heads });
    const ffn = moe({ routed: experts.moe_num_experts, topK: experts.moe_top_k, width: experts.ffn_hidden_size, balance: experts.moe_loss_weight });
    return { attention: () => attention, ffn: () => ffn };
  },
});

const minimaxM2 = defineFamily({
  title: "MiniMax-M2",
  modelTypes: ["minimax_m2", "minimax-m2", "minimax_m3", "minimax_m3_vl", "minimax_m3_text"],
  architectures: ["MiniMaxM2ForCausalLM", "MiniMaxM3SparseForCausalLM", "MiniMaxM3SparseForConditionalGeneration"],
  shape: {
    moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real(), dense_intermediate_size: size(), sparse_attention_config: blockSparsePart(), attention_output_gate: flag(),
    use_gemma_norm: flag(), swiglu_alpha: real(), swiglu_beta: real(),
    attn_type_list: indices(), qk_norm_type: word(), use_mtp: flag(), num_mtp_modules: sizeOrNone(), mtp_transformer_layers: size(), use_routing_bias: flag(), shared_intermediate_size: sizeOrNone(), rotary_dim: size() },
  read: (own) => {
    const config = shared(own);
    const kinds = own.get("attn_type_list") ?? [];
    if (kinds.some((kind) => kind !== 1)) own.fail("`attn_type_list` names layers without softmax attention: MiniMax-M2 has none", "attn_type_list");
    const normed = config.get("use_qk_norm") === true;
    const isWhole = (own.get("qk_norm_type") ?? "per_layer") === "per_layer";
    const attention = headsWith(config, { bias: biased(config), qk_norm: normed ? (isWhole ? "whole" : true) : undefined });
    own.skip("use_gemma_norm", "swiglu_alpha", "swiglu_beta", "rotary_dim");
    if (own.get("attention_output_gate") === true) own.doubt("the gate on the attention output is not counted", "attention_output_gate");
    const sparse = own.get("sparse_attention_config");
    const isSparse = (layer: number): boolean => sparse !== undefined && sparse.use_sparse_attention !== false && sparse.sparse_attention_freq?.[layer] !== 0;
    const picked = sparse && { indexer_heads: sparse.sparse_num_index_heads, indexer_head_dim: sparse.sparse_index_dim, top_k: sparse.sparse_topk_blocks * sparse.sparse_block_size };
    if (sparse) own.doubt("attention to picked blocks of tokens is counted as attention to as many picked tokens", "sparse_attention_config");
    const hasExperts = own.has("moe_layer_freq") || own.has("mlp_layer_types") ? moeLayers(own) : () => true;
    const denseWidth = own.get("dense_intermediate_size");
    const sharedWidth = own.get("shared_intermediate_size");
    const loss = auxiliaryLoss(config);
    const ffn = moe({
      routed: config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size"),
      balance: own.get("use_routing_bias") === true ? "loss_free" : loss, ...(sharedWidth === undefined ? {} : { shared: config.get("n_shared_experts") ?? 1, sharedWidth }),
    });
    own.skip("mtp_transformer_layers", "num_nextn_predict_layers");
    const modules = own.get("num_mtp_modules");
    return {
      attention: (layer) => (isSparse(layer) && picked ? { ...attention, children: { sparse: { values: picked } } } : attention),
      ffn: (layer) => (hasExperts(layer) ? ffn : dense(denseWidth ?? own.fail("`dense_intermediate_size` is missing: some layers are dense", "dense_intermediate_size"))),
      mtp: own.get("use_mtp") === false ? undefined : modules,
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
  read: (own) => {
    const config = shared(own);
    own.skip("attention_projection_layout", "attention_chunk_size", "hybrid_block_size");
    const pattern = own.get("hybrid_layer_pattern");
    if (pattern) checkLength(own, "hybrid_layer_pattern", pattern);
    const named = layerTypes(config, (layer) => (pattern?.[layer] === 1 ? "sliding_attention" : "full_attention"));
    const window = config.get("sliding_window") ?? own.get("sliding_window_size");
    own.skip("sliding_window_size");
    const heads = headsOf(config);
    const bias = biased(config, "qkv");
    const full = headAttention({ ...heads, values: { bias, v_head_dim: own.get("v_head_dim"), sinks: own.get("add_full_attention_sink_bias") === true ? true : undefined } });
    const sliding = headAttention({
      heads: own.get("swa_num_attention_heads") ?? heads.heads, kvHeads: own.get("swa_num_key_value_heads") ?? heads.kvHeads,
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

export const expertFamilies: readonly Family[] = [
  mixtral, phiMoe, qwen2Moe, qwen3Moe, gptOss, llama4, glm4Moe, dbrx, minimaxM2, hunyuanMoe, step3, mimoV2,
];
