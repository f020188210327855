/** Decoders whose layers are all alike but for their windows: Llama, Mistral, Qwen, Gemma, Phi, GLM, Nemotron. */
import type { Config } from "../config";
import { noted, type BlockFacts, type FactValue } from "../facts";
import { blockConfigs, flag, index, size, sizeOrNone } from "../shape";
import { checkLength, dense, headAttention, headsOf, layerTypes, moe, shared, withPostNorm, withWindow, type Shared } from "./blocks";
import { defineFamily, type Family, type Fields, type Network } from "./family";

/** One kind of layer throughout. */
const uniform = (attention: BlockFacts, ffn: BlockFacts, mtp?: number): Network => ({ attention: () => attention, ffn: () => ffn, mtp });

const ffnOf = (config: Shared, more: { readonly gated?: boolean; readonly bias?: boolean } = {}): BlockFacts =>
  dense(config.need("intermediate_size"), { ...more, bias: config.get("mlp_bias") === true || more.bias === true });

const biased = (config: Shared, bias: FactValue = true): FactValue | undefined => (config.get("attention_bias") === true ? bias : undefined);

const headsWith = (config: Shared, values: BlockFacts["values"]): BlockFacts => headAttention({ ...headsOf(config), values });

/** The window of Qwen's and Mistral's later configs: in use only where they say so, and on the layers that they name. */
export function slidingLayers(config: Shared, inUse: boolean, fallback: (layer: number) => boolean): (layer: number) => number | undefined {
  const window = config.get("sliding_window");
  if (!inUse || window === undefined || config.has("layer_types")) config.skip("max_window_layers");
  const from = inUse && window !== undefined ? config.get("max_window_layers") : undefined;
  const kinds = layerTypes(config, (layer) => (inUse && window !== undefined && fallback(layer) && (from === undefined || layer >= from) ? "sliding_attention" : "full_attention"));
  return (layer) => {
    const kind = kinds(layer);
    if (kind === "full_attention") return undefined;
    if (kind !== "sliding_attention") return config.fail(`\`layer_types\` names a kind of attention that is not understood here: ${kind}`, "layer_types");
    return window ?? config.fail("`sliding_window` is missing: `layer_types` names sliding layers", "layer_types");
  };
}

const qwenWindow = (config: Shared) => slidingLayers(config, config.get("use_sliding_window") === true, () => true);

const llama = defineFamily({
  title: "Llama",
  modelTypes: ["llama", "yi", "internlm2", "aquila", "mixformer", "seed_oss", "arcee", "smollm3", "granite", "exaone4", "helium", "ministral", "ministral3"],
  architectures: ["LlamaForCausalLM"],
  shape: { bias: flag(), attention_out_bias: flag() },
  read: (own) => {
    const config = shared(own);
    const type = config.get("model_type");
    if (type === "arcee" || type === "exaone4" || type === "helium") config.doubt(`the architecture ${type} is read as a Llama`, "model_type");
    const out = own.get("attention_out_bias");
    const bias = own.get("bias") === true ? true : biased(config, out === false ? "qkv" : true);
    const window = slidingLayers(config, config.get("use_sliding_window") === true, () => true);
    const attention = headsWith(config, { bias });
    return { ...uniform(attention, ffnOf(config)), attention: (layer) => withWindow(attention, window(layer)) };
  },
});

const mistral = defineFamily({
  title: "Mistral",
  modelTypes: ["mistral", "mistral3", "pixtral"],
  architectures: ["MistralForCausalLM", "Mistral3ForConditionalGeneration"],
  shape: {},
  defaults: { num_key_value_heads: 8 },
  read: (own) => {
    const config = shared(own);
    if (!config.mentions("sliding_window")) config.doubt("`sliding_window` is not set: no window is counted, older code of this family takes 4,096");
    const window = slidingLayers(config, config.has("sliding_window"), () => true);
    const attention = headsWith(config, { bias: biased(config) });
    return { ...uniform(attention, ffnOf(config)), attention: (layer) => withWindow(attention, window(layer)) };
  },
});

const qwen2 = defineFamily({
  title: "Qwen2",
  modelTypes: ["qwen2", "qwen2_vl", "qwen2_5_vl", "qwen2_vl_text", "qwen2_5_vl_text", "mimo"],
  architectures: ["Qwen2ForCausalLM", "MiMoForCausalLM"],
  shape: { use_mrope: flag() },
  defaults: { max_window_layers: 28 },
  read: (own) => {
    const config = shared(own);
    own.skip("use_mrope");
    const bias = config.get("attention_bias") === false ? undefined : "qkv";
    const window = qwenWindow(config);
    const attention = headsWith(config, { bias });
    return { ...uniform(attention, ffnOf(config), config.get("num_nextn_predict_layers")), attention: (layer) => withWindow(attention, window(layer)) };
  },
});

const qwen3 = defineFamily({
  title: "Qwen3",
  modelTypes: ["qwen3", "qwen3_vl", "qwen3_vl_text"],
  architectures: ["Qwen3ForCausalLM"],
  shape: {},
  defaults: { head_dim: 128, max_window_layers: 28 },
  read: (own) => {
    const config = shared(own);
    const window = qwenWindow(config);
    const attention = headsWith(config, { bias: biased(config), qk_norm: true });
    return { ...uniform(attention, ffnOf(config)), attention: (layer) => withWindow(attention, window(layer)) };
  },
});

const gemma = defineFamily({
  title: "Gemma",
  modelTypes: ["gemma"],
  architectures: ["GemmaForCausalLM"],
  shape: {},
  defaults: { head_dim: 256 },
  tied: true,
  read: (own) => {
    const config = shared(own);
    return uniform(headsWith(config, { bias: biased(config) }), ffnOf(config));
  },
});

const gemma2 = defineFamily({
  title: "Gemma 2",
  modelTypes: ["gemma2"],
  architectures: ["Gemma2ForCausalLM"],
  shape: { sliding_window_size: size() },
  defaults: { head_dim: 256, sliding_window: 4096 },
  tied: true,
  read: (own) => {
    const config = shared(own);
    own.skip("sliding_window_size");
    const window = slidingLayers(config, true, (layer) => layer % 2 === 0);
    const attention = withPostNorm(headsWith(config, { bias: biased(config) }));
    return { ...uniform(attention, withPostNorm(ffnOf(config))), attention: (layer) => withWindow(attention, window(layer)) };
  },
});

const gemma3 = defineFamily({
  title: "Gemma 3",
  modelTypes: ["gemma3", "gemma3_text"],
  architectures: ["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"],
  shape: { sliding_window_pattern: size(), _sliding_window_pattern: size() },
  required: ["num_hidden_layers", "hidden_size"],
  defaults: {
    head_dim: 256, sliding_window: 4096, sliding_window_pattern: 6, vocab_size: 262_208, num_attention_heads: 8, num_key_value_heads: 4,
    max_position_embeddings: 131_072,
  },
  tied: true,
  read: (own) => {
    const config = shared(own);
    if (config.has("layer_types")) own.skip("sliding_window_pattern", "_sliding_window_pattern");
    const pattern = () => own.get("_sliding_window_pattern") ?? own.need("sliding_window_pattern");
    const window = slidingLayers(config, true, (layer) => (layer + 1) % pattern() !== 0);
    const attention = withPostNorm(headsWith(config, { bias: biased(config), qk_norm: true }));
    return { ...uniform(attention, withPostNorm(ffnOf(config))), attention: (layer) => withWindow(attention, window(layer)) };
  },
});

const gemma4Shape = {
  global_head_dim: size(), num_global_key_value_heads: sizeOrNone(), attention_k_eq_v: flag(), num_kv_shared_layers: sizeOrNone(),
  hidden_size_per_layer_input: sizeOrNone(), vocab_size_per_layer_input: sizeOrNone(), enable_moe_block: flag(), top_k_experts: size(),
  use_double_wide_mlp: flag(), expert_intermediate_size: size(),
} as const;

/** A dense network or, where experts stand beside it, the network as the one that all tokens pass. */
function gemma4Ffn(own: Config<Fields<typeof gemma4Shape>>): (layer: number, width: number) => BlockFacts {
  const config = shared(own);
  if (own.get("enable_moe_block") !== true) {
    own.skip("num_experts", "top_k_experts", "moe_intermediate_size", "expert_intermediate_size");
    return (_layer, width) => dense(width);
  }
  const expertWidth = config.get("moe_intermediate_size") ?? own.get("expert_intermediate_size");
  if (typeof expertWidth !== "number") return config.fail("`moe_intermediate_size` is missing: the width of one expert", "moe_intermediate_size");
  const routed = config.need("num_experts");
  const topK = own.need("top_k_experts");
  return (_layer, width) => moe({ routed, topK, width: expertWidth, shared: 1, sharedWidth: width });
}

const gemma4 = defineFamily({
  title: "Gemma 4",
  modelTypes: ["gemma4", "gemma4_text", "gemma4_unified", "gemma4_unified_text"],
  architectures: ["Gemma4ForCausalLM", "Gemma4ForConditionalGeneration"],
  shape: gemma4Shape,
  defaults: { head_dim: 256, global_head_dim: 512, sliding_window: 512, vocab_size: 262_144, max_position_embeddings: 131_072 },
  tied: true,
  read: (own) => {
    const config = shared(own);
    const window = slidingLayers(config, true, (layer) => (layer + 1) % 6 !== 0);
    const local = headsOf(config);
    const keysAreValues = own.get("attention_k_eq_v") === true;
    const globalHeads = own.get("num_global_key_value_heads");
    const values = { bias: biased(config), qk_norm: true };
    const full = headAttention({
      ...local, kvHeads: keysAreValues ? globalHeads ?? local.kvHeads : local.kvHeads, headDim: own.get("global_head_dim"),
      values: { ...values, tie_kv: keysAreValues ? "projection" : undefined, post_norm: true },
    });
    const sliding = withPostNorm(headAttention({ ...local, values }));
    const embedding = own.get("hidden_size_per_layer_input");
    const rows = own.get("vocab_size_per_layer_input");
    if (embedding !== undefined && rows !== undefined && rows !== config.need("vocab_size")) {
      own.doubt(`the embeddings of each layer have ${rows} rows: they are counted with those of the vocabulary`, "vocab_size_per_layer_input");
    }
    const kindOf = (layer: number): BlockFacts => (window(layer) === undefined ? full : withWindow(sliding, window(layer)));
    const firstShared = config.layers - (own.get("num_kv_shared_layers") ?? 0);
    // The last layers take the cache of the last layer of their kind that has one.
    const sharers = (layer: number): readonly number[] => {
      const alike = Array.from({ length: config.layers }, (_, index) => index).filter((index) => window(index) === window(layer));
      const source = alike.filter((index) => index < firstShared).at(-1);
      return source === undefined ? [] : alike.filter((index) => index >= source);
    };
    const attention = (layer: number): BlockFacts => {
      const block = kindOf(layer);
      const group = firstShared < config.layers ? sharers(layer) : [];
      return group.length > 1 && group.includes(layer) ? { ...block, values: { ...block.values, kv_share: noted(group.length, "the first of these layers fills the cache of all") } } : block;
    };
    const width = config.need("intermediate_size");
    const isWide = own.get("use_double_wide_mlp") === true;
    const ffnAt = gemma4Ffn(own);
    return {
      attention, ffn: (layer) => withPostNorm(ffnAt(layer, isWide && layer >= firstShared ? 2 * width : width)),
      head: { per_layer_embedding_size: embedding },
    };
  },
});

const phi = defineFamily({
  title: "Phi",
  modelTypes: ["phi"],
  architectures: ["PhiForCausalLM"],
  shape: { qk_layernorm: flag() },
  read: (own) => {
    const config = shared(own);
    if (own.get("qk_layernorm") === true) own.doubt("norms of query and key with biases are counted as RMSNorm", "qk_layernorm");
    return uniform(headsWith(config, { bias: true, qk_norm: own.get("qk_layernorm") === true ? true : undefined }), ffnOf(config, { gated: false, bias: true }));
  },
});

const phi3 = defineFamily({
  title: "Phi-3",
  modelTypes: ["phi3", "phi4mm"],
  architectures: ["Phi3ForCausalLM", "Phi4MMForCausalLM"],
  shape: {},
  read: (own) => {
    const config = shared(own);
    const context = config.get("max_position_embeddings");
    const window = config.get("sliding_window");
    // A window as long as the context leaves nothing out.
    const used = window !== undefined && context !== undefined && window >= context ? undefined : window;
    return uniform(withWindow(headsWith(config, { bias: biased(config) }), used), ffnOf(config));
  },
});

const glm4 = defineFamily({
  title: "GLM-4",
  modelTypes: ["glm", "glm4", "glm4v", "glm4v_text"],
  architectures: ["GlmForCausalLM", "Glm4ForCausalLM"],
  shape: {},
  defaults: { head_dim: 128 },
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

const nemotron = defineFamily({
  title: "Nemotron",
  modelTypes: ["nemotron"],
  architectures: ["NemotronForCausalLM"],
  shape: {},
  read: (own) => {
    const config = shared(own);
    return uniform(headsWith(config, { bias: biased(config) }), ffnOf(config, { gated: false })); // squared ReLU: two matrices
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

/** Falcon, StarCoder 2, GPT-like: two matrices a network. */
const starcoder2 = defineFamily({
  title: "StarCoder2",
  modelTypes: ["starcoder2"],
  architectures: ["Starcoder2ForCausalLM"],
  shape: { use_bias: flag() },
  tied: true,
  read: (own) => {
    const config = shared(own);
    const window = config.get("sliding_window");
    const bias = own.get("use_bias") !== false;
    return uniform(withWindow(headsWith(config, { bias: bias ? true : undefined }), window), ffnOf(config, { gated: false, bias }));
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
    return { ...uniform(attention, ffnOf(config)), attention: (layer) => withWindow(attention, window(layer)) };
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
    const pattern = own.get("sliding_window_pattern") ?? 4;
    own.skip("use_parallel_block", "use_gated_activation", "use_embedding_sharing");
    const attention = headsWith(config, { bias: biased(config), qk_norm: config.get("use_qk_norm") === true ? "whole" : undefined });
    const window = slidingLayers(config, config.get("model_type") === "cohere2", (layer) => (layer + 1) % pattern !== 0);
    return { ...uniform(attention, ffnOf(config)), attention: (layer) => withWindow(attention, window(layer)) };
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

export const denseFamilies: readonly Family[] = [
  llama, mistral, qwen2, qwen3, gemma, gemma2, gemma3, gemma4, phi, phi3, glm4, chatGlm, nemotron, deciLm, starcoder2, olmo, cohere, hunyuanDense,
];
