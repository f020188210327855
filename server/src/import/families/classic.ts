/** Decoders from before Llama and those that kept their manner: LayerNorm, a network of two matrices, biases, learned positions. */
import type { BlockFacts, FactValue } from "../facts";
import { flag, mptAttention, real, size, sizeOrNone, word, words } from "../shape";
import { checkLength, dense, ffnOf, headAttention, headsOf, headsWith, learnedPositions, shared, slidingLayers, everyLayer, uniform, windowed, withWindow, type Shared } from "./blocks";
import { defineFamily, type Family, type Network } from "./family";

const withoutWidth = ["num_hidden_layers", "hidden_size", "vocab_size", "num_attention_heads"] as const;

const gptNames = {
  n_layer: "num_hidden_layers", n_embd: "hidden_size", n_head: "num_attention_heads", n_positions: "max_position_embeddings", n_inner: "intermediate_size",
} as const;

/** Four times as wide as the model, unless the config says otherwise. */
const wide = (config: Shared, bias: boolean): BlockFacts => dense(config.get("intermediate_size") ?? 4 * config.need("hidden_size"), { gated: false, bias });

/** Fields that only say how these models are trained or run. */
const isGptNoise = (field: string): boolean => /^(summary_|n_ctx$|scale_attention|inference_runner|validate_runner_input|pre_allocate|max_sequence_length$|predict_special|afn$|gradient_checkpointing)/.test(field);

const gpt2 = defineFamily({
  title: "GPT-2",
  modelTypes: ["gpt2", "gpt-sw3"],
  architectures: ["GPT2LMHeadModel"],
  shape: {},
  renames: gptNames,
  required: withoutWidth,
  ignored: isGptNoise,
  tied: true,
  read: (own) => {
    const config = shared(own);
    learnedPositions(config);
    return uniform(headsWith(config, { bias: true }), wide(config, true));
  },
});

const gptBigCode = defineFamily({
  title: "GPTBigCode",
  modelTypes: ["gpt_bigcode"],
  architectures: ["GPTBigCodeForCausalLM"],
  shape: { multi_query: flag() },
  renames: gptNames,
  required: withoutWidth,
  ignored: isGptNoise,
  tied: true,
  read: (own) => {
    const config = shared(own);
    learnedPositions(config);
    const heads = headsOf(config);
    return uniform(headAttention({ ...heads, kvHeads: own.get("multi_query") === false ? heads.heads : 1, values: { bias: true } }), wide(config, true));
  },
});

/** The attention of these has no biases, their networks do. */
const gptJ = defineFamily({
  title: "GPT-J",
  modelTypes: ["gptj", "codegen"],
  architectures: ["GPTJForCausalLM", "CodeGenForCausalLM"],
  shape: {},
  renames: gptNames,
  required: withoutWidth,
  ignored: isGptNoise,
  read: (own) => uniform(headsWith(shared(own), {}), wide(shared(own), true)),
});

const gptNeo = defineFamily({
  title: "GPT-Neo",
  modelTypes: ["gpt_neo"],
  architectures: ["GPTNeoForCausalLM"],
  shape: { window_size: size(), attention_layers: words() },
  renames: { num_layers: "num_hidden_layers", num_heads: "num_attention_heads" },
  required: withoutWidth,
  defaults: { window_size: 256 },
  ignored: (field) => field === "attention_types" || isGptNoise(field), // the short form of attention_layers
  tied: true,
  read: (own) => {
    const config = shared(own);
    learnedPositions(config);
    const kinds = own.get("attention_layers");
    if (kinds) checkLength(own, "attention_layers", kinds);
    const isLocal = (layer: number): boolean => (kinds === undefined ? layer % 2 === 1 : kinds[layer] === "local");
    const attention = headsWith(config, {}); // a bias on the output projection alone: as little as a norm
    return { ...uniform(attention, wide(config, true)), attention: (layer) => withWindow(attention, isLocal(layer) ? own.need("window_size") : undefined) };
  },
});

const gptNeoX = defineFamily({
  title: "GPT-NeoX",
  modelTypes: ["gpt_neox"],
  architectures: ["GPTNeoXForCausalLM"],
  shape: { use_parallel_residual: flag() },
  defaults: { attention_bias: true },
  read: (own) => {
    const config = shared(own);
    own.skip("use_parallel_residual");
    return uniform(headsWith(config, { bias: config.get("attention_bias") === false ? undefined : true }), ffnOf(config, { gated: false, bias: true }));
  },
});

const opt = defineFamily({
  title: "OPT",
  modelTypes: ["opt"],
  architectures: ["OPTForCausalLM"],
  shape: { enable_bias: flag(), word_embed_proj_dim: size(), do_layer_norm_before: flag(), layerdrop: real(), layer_norm_elementwise_affine: flag(), _remove_final_layer_norm: flag() },
  renames: { ffn_dim: "intermediate_size" },
  tied: true,
  read: (own) => {
    const config = shared(own);
    own.skip("do_layer_norm_before", "layerdrop", "layer_norm_elementwise_affine", "_remove_final_layer_norm");
    learnedPositions(config, 2);
    const width = own.get("word_embed_proj_dim");
    if (width !== undefined && width !== config.need("hidden_size")) own.doubt(`the embedding is ${width} wide and projected: it is counted at the width of the model`, "word_embed_proj_dim");
    const bias = own.get("enable_bias") !== false;
    return uniform(headsWith(config, { bias: bias ? true : undefined }), ffnOf(config, { gated: false, bias }));
  },
});

const bloom = defineFamily({
  title: "BLOOM",
  modelTypes: ["bloom"],
  architectures: ["BloomForCausalLM"],
  shape: {},
  renames: { n_layer: "num_hidden_layers", n_embed: "hidden_size", n_head: "num_attention_heads", seq_length: "max_position_embeddings" },
  required: withoutWidth,
  ignored: (field) => ["offset_alibi", "skip_bias_add", "skip_bias_add_qkv", "slow_but_exact", "masked_softmax_fusion", "unk_token_id"].includes(field),
  tied: true,
  read: (own) => uniform(headsWith(shared(own), { bias: true }), wide(shared(own), true)),
});

const falcon = defineFamily({
  title: "Falcon",
  modelTypes: ["falcon", "RefinedWeb", "RefinedWebModel"],
  architectures: ["FalconForCausalLM", "RWForCausalLM"],
  shape: { multi_query: flag(), new_decoder_architecture: flag(), bias: flag(), alibi: flag(), parallel_attn: flag(), num_ln_in_parallel_attn: sizeOrNone(), activation: word() },
  renames: {
    n_layer: "num_hidden_layers", n_embed: "hidden_size", n_head: "num_attention_heads", num_kv_heads: "num_key_value_heads", n_head_kv: "num_key_value_heads", ffn_hidden_size: "intermediate_size",
  },
  required: withoutWidth,
  tied: true,
  read: (own) => {
    const config = shared(own);
    own.skip("alibi", "parallel_attn", "num_ln_in_parallel_attn", "activation");
    const heads = headsOf(config);
    // Without the new architecture the number of key and value heads is not read: one, or all.
    const isNew = own.get("new_decoder_architecture") ?? config.get("model_type") === "RefinedWeb";
    const isSingle = own.get("multi_query") !== false;
    const kvHeads = isNew ? heads.kvHeads : isSingle ? 1 : heads.heads;
    const bias = own.get("bias") === true;
    return uniform(headAttention({ ...heads, kvHeads, values: { bias: bias ? true : undefined } }), wide(config, bias));
  },
});

const mpt = defineFamily({
  title: "MPT",
  modelTypes: ["mpt"],
  architectures: ["MPTForCausalLM", "MptForCausalLM"],
  shape: { attn_config: mptAttention(), expansion_ratio: size(), no_bias: flag(), learned_pos_emb: flag() },
  renames: { d_model: "hidden_size", n_heads: "num_attention_heads", n_layers: "num_hidden_layers", max_seq_len: "max_position_embeddings" },
  defaults: { expansion_ratio: 4, no_bias: true },
  required: withoutWidth,
  ignored: (field) => ["init_config", "init_device", "embedding_fraction", "emb_pdrop", "use_pad_tok_in_ffn", "fc_type", "ffn_config"].includes(field),
  tied: true,
  read: (own) => {
    const config = shared(own);
    const kind = own.get("attn_config");
    if (own.get("learned_pos_emb") !== false && kind?.alibi === false) learnedPositions(config);
    const heads = headsOf(config);
    const kvHeads = kind?.attn_type === "multiquery_attention" ? 1 : kind?.kv_n_heads ?? heads.heads;
    const bias = own.get("no_bias") === false;
    const width = own.need("expansion_ratio") * config.need("hidden_size");
    return uniform(headAttention({ ...heads, kvHeads, values: { bias: bias ? true : undefined, qk_norm: kind?.qk_ln === true ? "whole" : undefined } }), dense(width, { gated: false, bias }));
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

const persimmon = defineFamily({
  title: "Persimmon",
  modelTypes: ["persimmon"],
  architectures: ["PersimmonForCausalLM"],
  shape: { qk_layernorm: flag() },
  read: (own) => {
    const config = shared(own);
    const qk_norm = own.get("qk_layernorm") === false ? undefined : true;
    return uniform(headsWith(config, { bias: true, qk_norm }), ffnOf(config, { gated: false, bias: true }));
  },
});

const stableLm = defineFamily({
  title: "StableLM",
  modelTypes: ["stablelm", "stablelm_epoch"],
  architectures: ["StableLmForCausalLM", "StableLMEpochForCausalLM"],
  shape: { use_qkv_bias: flag(), qk_layernorm: flag(), use_parallel_residual: flag(), rotary_scaling_factor: real() },
  read: (own) => {
    const config = shared(own);
    own.skip("use_parallel_residual", "rotary_scaling_factor");
    const bias: FactValue | undefined = own.get("use_qkv_bias") === true ? "qkv" : undefined;
    return uniform(headsWith(config, { bias, qk_norm: own.get("qk_layernorm") === true ? "whole" : undefined }), ffnOf(config));
  },
});

const starcoder2 = defineFamily({
  title: "StarCoder2",
  modelTypes: ["starcoder2"],
  architectures: ["Starcoder2ForCausalLM"],
  shape: { use_bias: flag() },
  defaults: { num_key_value_heads: 2 },
  tied: true,
  read: (own): Network => {
    const config = shared(own);
    const bias = own.get("use_bias") !== false;
    const attention = headsWith(config, { bias: bias ? true : undefined });
    return { ...uniform(attention, ffnOf(config, { gated: false, bias })), attention: windowed(attention, slidingLayers(config, true, everyLayer)) };
  },
});

export const classicFamilies: readonly Family[] = [gpt2, gptBigCode, gptJ, gptNeo, gptNeoX, opt, bloom, falcon, mpt, phi, persimmon, stableLm, starcoder2];
