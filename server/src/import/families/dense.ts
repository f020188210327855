/** Dense decoders further from Llama: Mistral, Phi-3, GLM, DeciLM, OLMo, Cohere, Hunyuan. */
import { blockConfigs, flag, index, size } from "../shape";
import {
  biased, checkLength, dense, everyLayer, ffnOf, headAttention, headsOf, headsWith, shared, slidingLayers, uniform, windowed, withPostNorm, withWindow,
} from "./blocks";
import { defineFamily, type Family } from "./family";

const mistral = defineFamily({
  title: "Mistral",
  modelTypes: ["mistral", "mistral3", "pixtral"],
  architectures: ["MistralForCausalLM", "Mistral3ForConditionalGeneration"],
  shape: {},
  defaults: { num_key_value_heads: 8 },
  read: (own) => {
    const config = shared(own);
    if (!config.mentions("sliding_window")) config.doubt("`sliding_window` is not set: no window is counted, older code of this family takes 4,096");
    const attention = headsWith(config, { bias: biased(config) });
    return { ...uniform(attention, ffnOf(config)), attention: windowed(attention, slidingLayers(config, config.has("sliding_window"), everyLayer)) };
  },
});

const ministral = defineFamily({
  title: "Ministral",
  modelTypes: ["ministral", "ministral3"],
  architectures: ["MinistralForCausalLM", "Ministral3ForCausalLM"],
  shape: {},
  defaults: { num_key_value_heads: 8 },
  read: (own) => {
    const config = shared(own);
    const attention = headsWith(config, { bias: biased(config) });
    return { ...uniform(attention, ffnOf(config)), attention: windowed(attention, slidingLayers(config, true, everyLayer)) };
  },
});

const phi3 = defineFamily({
  title: "Phi-3",
  modelTypes: ["phi3", "phi4mm", "phi4_multimodal"],
  architectures: ["Phi3ForCausalLM", "Phi4MMForCausalLM", "Phi4MultimodalForCausalLM"],
  shape: {},
  read: (own) => {
    const config = shared(own);
    const context = config.get("max_position_embeddings");
    const window = config.get("sliding_window");
    // A window as long as the context leaves nothing out.
    const used = window !== undefined && context !== undefined && window >= context ? undefined : window;
    config.skip("attention_bias"); // its projections have none
    return uniform(withWindow(headsWith(config, {}), used), ffnOf(config));
  },
});

const glm4 = defineFamily({
  title: "GLM-4",
  modelTypes: ["glm", "glm4", "glm4v", "glm4v_text"],
  architectures: ["GlmForCausalLM", "Glm4ForCausalLM"],
  shape: {},
  defaults: { head_dim: 128, num_key_value_heads: 2, attention_bias: true },
  read: (own) => {
    const config = shared(own);
    const hasPostNorms = config.get("model_type") !== "glm"; // GLM-4-9B; those of April 2025 have two norms a block
    const [attention, ffn] = [headsWith(config, { bias: biased(config, "qkv") }), ffnOf(config)];
    return hasPostNorms ? uniform(withPostNorm(attention), withPostNorm(ffn)) : uniform(attention, ffn);
  },
});

const chatGlm = defineFamily({
  title: "ChatGLM",
  modelTypes: ["chatglm"],
  architectures: ["ChatGLMModel", "ChatGLMForConditionalGeneration"],
  shape: { multi_query_attention: flag(), add_qkv_bias: flag(), add_bias_linear: flag() },
  renames: {
    num_layers: "num_hidden_layers", padded_vocab_size: "vocab_size", ffn_hidden_size: "intermediate_size", kv_channels: "head_dim",
    multi_query_group_num: "num_key_value_heads", seq_length: "max_position_embeddings",
  },
  read: (own) => {
    const config = shared(own);
    const grouped = own.get("multi_query_attention") !== false;
    const heads = headsOf(config);
    const bias = own.get("add_bias_linear") === true;
    const values = { bias: bias ? true : own.get("add_qkv_bias") === true ? "qkv" : undefined };
    return uniform(headAttention({ ...heads, kvHeads: grouped ? heads.kvHeads : heads.heads, values }), ffnOf(config, { bias }));
  },
});

const deciLm = defineFamily({
  title: "DeciLM",
  modelTypes: ["nemotron-nas", "deci"],
  architectures: ["DeciLMForCausalLM"],
  shape: { block_configs: blockConfigs() },
  read: (own) => {
    const config = shared(own);
    const heads = headsOf({ ...config, get: (key) => (key === "num_key_value_heads" ? undefined : config.get(key)) });
    const blocks = own.need("block_configs");
    checkLength(own, "block_configs", blocks);
    config.skip("num_key_value_heads", "intermediate_size");
    const bias = biased(config);
    return {
      attention: (layer) => {
        const attention = blocks[layer]?.attention;
        if (!attention || attention.no_op === true) return undefined;
        if (attention.replace_with_linear === true) return own.fail(`layer ${layer} has a linear layer in place of attention: the language has no such layer`, "block_configs");
        const inGroup = attention.n_heads_in_group ?? 1;
        return headAttention({ ...heads, kvHeads: heads.heads / inGroup, values: { bias } });
      },
      ffn: (layer) => {
        const ffn = blocks[layer]?.ffn;
        if (!ffn || ffn.no_op === true) return undefined;
        if (ffn.replace_with_linear === true) return own.fail(`layer ${layer} has a linear layer in place of its feed-forward network: the language has no such layer`, "block_configs");
        // Puzzle, arXiv:2411.19146: widths are 2/3 x 4 x hidden_size x ffn_mult, up to a multiple of 256.
        return dense(ffn.intermediate_size ?? Math.ceil((2 * 4 * config.need("hidden_size") * (ffn.ffn_mult ?? 1)) / 3 / 256 - 1e-9) * 256);
      },
    };
  },
});

const olmo = defineFamily({
  title: "OLMo",
  modelTypes: ["olmo", "olmo2", "olmo3"],
  architectures: ["OlmoForCausalLM", "Olmo2ForCausalLM", "Olmo3ForCausalLM"],
  shape: {},
  read: (own) => {
    const config = shared(own);
    const type = config.get("model_type") ?? "olmo";
    const attention = headsWith(config, { bias: biased(config), qk_norm: type === "olmo" ? undefined : "whole" });
    const window = slidingLayers(config, type === "olmo3", (layer) => (layer + 1) % 4 !== 0);
    return { ...uniform(attention, ffnOf(config)), attention: windowed(attention, window) };
  },
});

const cohere = defineFamily({
  title: "Cohere",
  modelTypes: ["cohere", "cohere2"],
  architectures: ["CohereForCausalLM", "Cohere2ForCausalLM"],
  shape: { sliding_window_pattern: size(), use_parallel_block: flag(), use_gated_activation: flag(), use_embedding_sharing: flag() },
  tied: true,
  read: (own) => {
    const config = shared(own);
    const turn = own.get("sliding_window_pattern") ?? 4;
    own.skip("use_parallel_block", "use_gated_activation", "use_embedding_sharing");
    const attention = headsWith(config, { bias: biased(config), qk_norm: config.get("use_qk_norm") === true ? "whole" : undefined });
    const window = slidingLayers(config, config.get("model_type") === "cohere2", (layer) => (layer + 1) % turn !== 0);
    return { ...uniform(attention, ffnOf(config)), attention: windowed(attention, window) };
  },
});

const hunyuanDense = defineFamily({
  title: "Hunyuan",
  modelTypes: ["hunyuan_v1_dense"],
  architectures: ["HunYuanDenseV1ForCausalLM"],
  shape: { attention_head_dim: size(), use_cla: flag(), cla_share_factor: index(), add_classification_head: flag() },
  renames: { attention_head_dim: "head_dim" },
  read: (own) => {
    const config = shared(own);
    own.skip("add_classification_head");
    const share = own.get("cla_share_factor");
    const kvShare = own.get("use_cla") === true && share !== undefined && share > 1 ? share : undefined;
    return uniform(headsWith(config, { bias: biased(config), qk_norm: config.get("use_qk_norm") === false ? undefined : true, kv_share: kvShare }), ffnOf(config));
  },
});

export const denseFamilies: readonly Family[] = [mistral, ministral, phi3, glm4, chatGlm, deciLm, olmo, cohere, hunyuanDense];
