/** Decoders with a mixture of experts, each as wide as `intermediate_size` says. */
import { attentionPart, expertsPart, flag, index, indices, perLayer, real, size, sizeOrNone, word, words } from "../shape";
import {
  auxiliaryLoss, biased, dense, everyLayer, headAttention, headsOf, headsWith, layerTypes, moe, shared, slidingLayers, windowed, withPostNorm, withWindow,
} from "./blocks";
import { moeLayers } from "./deepseek";
import { defineFamily, type Family } from "./family";

const layerShape = { moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real() } as const;

const mixtral = defineFamily({
  title: "Mixtral",
  modelTypes: ["mixtral"],
  architectures: ["MixtralForCausalLM"],
  shape: {},
  required: ["num_hidden_layers", "hidden_size", "vocab_size", "num_attention_heads", "intermediate_size"],
  defaults: { num_local_experts: 8, num_experts_per_tok: 2, num_key_value_heads: 8 },
  read: (own) => {
    const config = shared(own);
    const window = slidingLayers(config, config.has("sliding_window"), everyLayer);
    const ffn = moe({ routed: config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size"), balance: auxiliaryLoss(config) });
    return { attention: windowed(headsWith(config, {}), window), ffn: () => ffn };
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
  defaults: {
    interleave_moe_layer_step: 1, num_local_experts: 16, num_experts_per_tok: 1, num_key_value_heads: 8, head_dim: 128, attention_chunk_size: 8192, intermediate_size_mlp: 16_384,
  },
  read: (own) => {
    const config = shared(own);
    const chunk = own.get("attention_chunk_size");
    const roped = own.get("no_rope_layers"); // 1: with rotary embedding, in spite of the name
    const interval = own.get("no_rope_layer_interval") ?? 4;
    const isRoped = (layer: number) => (roped === undefined || roped.length === 0 ? (layer + 1) % interval !== 0 : roped[layer] !== 0);
    const kinds = layerTypes(config, (layer) => (isRoped(layer) && chunk !== undefined ? "chunked_attention" : "full_attention"));
    config.skip("use_qk_norm"); // an L2 norm without weights
    if (own.has("moe_layers")) own.skip("interleave_moe_layer_step");
    const attention = headsWith(config, { bias: biased(config) });
    if (Array.from({ length: config.layers }, (_, layer) => kinds(layer)).includes("chunked_attention")) {
      own.doubt(`layers that attend within chunks of ${chunk?.toLocaleString("en-US") ?? "no"} tokens are counted as a window of that size`, "attention_chunk_size");
    }
    const listed = own.get("moe_layers");
    const step = listed === undefined ? own.need("interleave_moe_layer_step") : 1;
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

/** OLMoE: RMSNorm over all heads of query and key together. */
const olmoe = defineFamily({
  title: "OLMoE",
  modelTypes: ["olmoe", "flex_olmo"],
  architectures: ["OlmoeForCausalLM", "FlexOlmoForCausalLM"],
  shape: {},
  read: (own) => {
    const config = shared(own);
    const isFlexible = config.get("model_type") === "flex_olmo";
    const routed = config.get("num_experts") ?? config.get("num_local_experts") ?? config.need("num_experts");
    config.skip("num_local_experts"); // the same, by the name that later files have
    const attention = headsWith(config, { bias: biased(config), qk_norm: "whole" });
    const ffn = moe({ routed, topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size"), balance: isFlexible ? undefined : auxiliaryLoss(config) });
    return { attention: () => attention, ffn: () => ffn };
  },
});

const graniteMoe = defineFamily({
  title: "Granite-MoE",
  modelTypes: ["granitemoe", "granitemoeshared", "granitemoe_swa"],
  architectures: ["GraniteMoeForCausalLM", "GraniteMoeSharedForCausalLM", "GraniteMoeSWAForCausalLM"],
  shape: { shared_intermediate_size: sizeOrNone(), logits_scaling: real() },
  defaults: { num_local_experts: 8, num_experts_per_tok: 2 },
  read: (own) => {
    const config = shared(own);
    own.skip("logits_scaling");
    const hasWindows = config.get("model_type") === "granitemoe_swa";
    const attention = headsWith(config, { bias: biased(config), sinks: hasWindows ? true : undefined });
    const sharedWidth = own.get("shared_intermediate_size");
    const ffn = moe({
      routed: config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size"), balance: auxiliaryLoss(config),
      ...(sharedWidth === undefined ? {} : { shared: 1, sharedWidth }),
    });
    return { attention: windowed(attention, slidingLayers(config, hasWindows, (layer) => layer % 4 !== 0)), ffn: () => ffn };
  },
});

/** Experts beside a network as wide as the model, which every token passes: counted as a shared expert. */
const arctic = defineFamily({
  title: "Arctic",
  modelTypes: ["arctic"],
  architectures: ["ArcticForCausalLM"],
  shape: {
    moe_layer_frequency: size(), use_residual: flag(), parallel_attn_mlp_res: flag(), moe_eval_capacity_factor: real(), moe_train_capacity_factor: real(), moe_min_capacity: index(),
    moe_token_dropping: flag(), enable_expert_tensor_parallelism: flag(), quantization: word(), enc_index: indices(), max_sequence_length: size(),
  },
  defaults: { moe_layer_frequency: 2, num_local_experts: 8, num_experts_per_tok: 1 },
  read: (own) => {
    const config = shared(own);
    own.skip(
      "parallel_attn_mlp_res", "moe_eval_capacity_factor", "moe_train_capacity_factor", "moe_min_capacity", "moe_token_dropping", "enable_expert_tensor_parallelism", "enc_index", "max_sequence_length",
    );
    const attention = headsWith(config, { bias: biased(config) });
    const width = config.need("intermediate_size");
    const beside = own.get("use_residual") === true ? { shared: 1, sharedWidth: config.need("hidden_size") } : {};
    const experts = moe({ routed: config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width, balance: auxiliaryLoss(config), ...beside });
    const every = own.need("moe_layer_frequency");
    return { attention: windowed(attention, slidingLayers(config, true, everyLayer)), ffn: (layer) => ((layer + 1) % every === 0 ? experts : dense(width)) };
  },
});

/** Grok-1, and Grok-2 with a dense network beside its experts. */
const grok = defineFamily({
  title: "Grok",
  modelTypes: ["grok-1", "grok1"],
  architectures: ["Grok1ModelForCausalLM", "Grok1ForCausalLM"],
  shape: {
    residual_moe: flag(), sliding_window_size: real(), global_attn_every_n: size(), attn_output_multiplier: real(), output_multiplier_scale: real(), embedding_multiplier_scale: real(),
    router_logit_softcapping: real(), max_attn_value: real(), xai_temperature_len: real(), rope_type: word(), scaling_factor: real(), extrapolation_factor: real(), attn_factor: real(),
  },
  read: (own) => {
    const config = shared(own);
    own.skip(
      "sliding_window_size", "global_attn_every_n", "attn_output_multiplier", "output_multiplier_scale", "embedding_multiplier_scale", "router_logit_softcapping", "max_attn_value",
      "xai_temperature_len", "rope_type", "scaling_factor", "extrapolation_factor", "attn_factor",
    );
    const attention = withPostNorm(headsWith(config, { bias: biased(config) }));
    const width = config.need("intermediate_size");
    const expertWidth = config.get("moe_intermediate_size") ?? width;
    const beside = own.get("residual_moe") === true ? { shared: 1, sharedWidth: width } : {};
    const ffn = withPostNorm(moe({
      routed: config.get("num_local_experts") ?? config.need("num_experts"), topK: config.need("num_experts_per_tok"), balance: auxiliaryLoss(config), ...beside,
      width: typeof expertWidth === "number" ? expertWidth : config.fail("`moe_intermediate_size` must be a whole number", "moe_intermediate_size"),
    }));
    return { attention: () => attention, ffn: () => ffn };
  },
});

/** Shared experts are one network, as wide as all of them. */
const aria = defineFamily({
  title: "Aria",
  modelTypes: ["aria_text", "aria_moe_lm", "aria"],
  architectures: ["AriaTextForCausalLM", "AriaForConditionalGeneration"],
  shape: { moe_num_experts: size(), moe_topk: size(), moe_num_shared_experts: sizeOrNone() },
  read: (own) => {
    const config = shared(own);
    const attention = headsWith(config, { bias: biased(config) });
    const ffn = moe({ routed: own.need("moe_num_experts"), topK: own.need("moe_topk"), width: config.need("intermediate_size"), shared: own.get("moe_num_shared_experts") });
    return { attention: () => attention, ffn: () => ffn };
  },
});

/** Command's experts: the first layers are dense, with a turn of windows of their own. */
const cohereMoe = defineFamily({
  title: "Cohere-MoE",
  modelTypes: ["cohere2_moe"],
  architectures: ["Cohere2MoeForCausalLM"],
  shape: {
    ...layerShape, sliding_window_pattern: size(), prefix_dense_sliding_window_pattern: size(), prefix_dense_intermediate_size: size(), num_shared_experts: sizeOrNone(),
    shared_expert_combination_strategy: word(), expert_selection_fn: word(), use_parallel_block: flag(),
  },
  defaults: { head_dim: 128, sliding_window: 4096, sliding_window_pattern: 4, prefix_dense_sliding_window_pattern: 1 },
  tied: true,
  read: (own) => {
    const config = shared(own);
    own.skip("shared_expert_combination_strategy", "use_parallel_block");
    const prefix = config.get("first_k_dense_replace") ?? 0;
    const isLocal = (layer: number): boolean =>
      (layer < prefix ? (layer + 1) % own.need("prefix_dense_sliding_window_pattern") !== 0 : (layer - prefix + 1) % own.need("sliding_window_pattern") !== 0);
    const attention = headsWith(config, { bias: biased(config), qk_norm: config.get("use_qk_norm") === true ? "whole" : undefined });
    const hasExperts = moeLayers(own);
    const width = config.need("intermediate_size");
    own.skip("expert_selection_fn");
    const experts = moe({ routed: config.get("num_experts") ?? config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width, shared: own.get("num_shared_experts") });
    const denseWidth = own.get("prefix_dense_intermediate_size") ?? width;
    return { attention: windowed(attention, slidingLayers(config, true, isLocal)), ffn: (layer) => (hasExperts(layer) ? experts : dense(denseWidth)) };
  },
});

export const wideExpertFamilies: readonly Family[] = [mixtral, phiMoe, gptOss, llama4, dbrx, olmoe, graniteMoe, arctic, grok, aria, cohereMoe];
