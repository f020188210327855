import { child, childKinds, defineBlock } from "./block";
import { count, flag, fraction, layerSet, optional, positive, tokenCount, word, type PropertyDefault } from "./property";

export const precisionWords = [
  "fp32", "tf32", "bf16", "fp16", "fp8_e4m3", "fp8_e5m2", "fp6", "fp4", "mxfp4", "nvfp4", "int8", "int4", "logfmt8", "logfmt10",
] as const;

/** More layers than any network has; keeps a slip such as `layers = 61B` from filling the memory. */
export const mostLayers = 10_000;

const language = "the language's convention";
const otherwise = (expression: string, source = language): { readonly default: PropertyDefault } => ({ default: { expression, source } });

const layers = () =>
  optional(layerSet("The layers this block stands on, counted from 0, both ends of a range included. Left out: the layers that no other block of its keyword takes."));

const heads = () => count("Number of query heads.", { alsoKnownAs: "num_attention_heads" });

export const sparse = defineBlock("sparse", "DeepSeek sparse attention (DSA): an indexer picks the tokens that a query attends to.", {
  indexer_heads: count("Heads of the indexer.", { alsoKnownAs: "index_n_heads" }),
  indexer_head_dim: count("Width of one indexer head.", { alsoKnownAs: "index_head_dim" }),
  top_k: tokenCount("Tokens that a query attends to; under `compress` cached entries.", { alsoKnownAs: "index_topk", binary: "length" }),
  shared_indexer: flag("The layer attends to what the indexer of an earlier layer picked: it has no indexer and no index keys of its own (GLM-5's `indexer_types`).", otherwise("false")),
});

const postNorm = () => flag("A second norm, on the output of the block (Gemma 2 and later, GLM-4).", otherwise("false"));

const modifiers = {
  bias: word(["true", "false", "qkv"], "Bias vectors of the projections: `true` on all four, `qkv` on query, key and value alone (Qwen 2).", { alsoKnownAs: "attention_bias", ...otherwise("false") }),
  qk_norm: word(["true", "false", "whole"], "RMSNorm of queries and keys: `true` over each head, `whole` over all heads together (OLMo 2, MiniMax-M2).", otherwise("false")),
  output_gate: word(["true", "false", "head"], "A gate on the attention output, projected from the layer's input: `true` one an element (Qwen3-Next), `head` one a head (Step-3.5).", { alsoKnownAs: "attn_output_gate", ...otherwise("false") }),
  sinks: flag("One learned logit a head that takes part in the softmax (gpt-oss).", otherwise("false")),
  post_norm: postNorm(),
  o_lora_rank: optional(count("Rank of a low-rank output projection, in each of `o_groups` groups of heads (DeepSeek-V4).")),
  o_groups: optional(count("Groups of heads that the low-rank output projection treats apart. Left out: one.")),
  window: optional(tokenCount("Sliding window: the tokens a query sees at most, itself included. Beside `compress`, the tokens it sees uncompressed.", { alsoKnownAs: "sliding_window", binary: "length" })),
  compress: optional(count("One cached entry for a block of this many tokens (DeepSeek-V4): a gated mean, of two projections of the layer's input.", { alsoKnownAs: "compress_ratios" })),
  compress_overlap: flag("Each entry of `compress` is a mean over two blocks, its own and the one before, with projections twice as wide (DeepSeek-V4's layers with `compress = 4`).", otherwise("false")),
  kv_share: optional(count("Layers that share one cache: the first projects keys and values, the others have queries alone.", { alsoKnownAs: "cla_share_factor" })),
};

const headModifiers = {
  q_lora_rank: optional(count("Rank of the compressed query. Left out: queries are not compressed.", { binary: "width" })),
  v_head_dim: optional(count("Width of one value head. Left out: `head_dim`.")),
  tie_kv: word(["true", "false", "projection"], "Keys and values are one: `true` one vector is both, and is cached once (DeepSeek-V4); `projection` values come of the key projection, and both are cached (Gemma 4).", { alsoKnownAs: "attention_k_eq_v", ...otherwise("false") }),
  ...modifiers,
};

const headDim = () =>
  count("Width of one head.", { ...otherwise("hidden_size / heads", "Hugging Face: head_dim defaults to hidden_size / num_attention_heads") });

export const attentionKinds = {
  mha: defineBlock("attention", "Multi-head attention: every query head has its own key and value head.", {
    layers: layers(), heads: heads(),
    kv_heads: count("Number of key and value heads; in `mha` as many as `heads`.", { alsoKnownAs: "num_key_value_heads", ...otherwise("heads", "mha: one key and value head a query head") }),
    head_dim: headDim(), ...headModifiers,
  }, { variant: "mha", children: [child(sparse)] }),
  mqa: defineBlock("attention", "Multi-query attention: all query heads share one key and value head.", {
    layers: layers(), heads: heads(),
    kv_heads: count("Number of key and value heads; in `mqa` one.", { alsoKnownAs: "num_key_value_heads", ...otherwise("1", "mqa: one key and value head") }),
    head_dim: headDim(), ...headModifiers,
  }, { variant: "mqa", children: [child(sparse)] }),
  gqa: defineBlock("attention", "Grouped-query attention: groups of query heads share a key and value head.", {
    layers: layers(), heads: heads(),
    kv_heads: count("Number of key and value heads: it divides `heads`, and the cache grows with it.", { alsoKnownAs: "num_key_value_heads" }),
    head_dim: headDim(), ...headModifiers,
  }, { variant: "gqa", children: [child(sparse)] }),
  mla: defineBlock("attention", "Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434): the cache holds one compressed latent and one rotary key a token.", {
    layers: layers(), heads: heads(),
    q_lora_rank: optional(count("Rank of the compressed query. Left out: queries are not compressed.", { binary: "width" })),
    kv_lora_rank: count("Rank of the latent that is cached in place of keys and values.", { binary: "width" }),
    qk_nope_head_dim: count("Width of the part of a query and key head without rotary embedding."),
    qk_rope_head_dim: count("Width of the rotary part of a query head; the key's is shared by all heads and cached."),
    v_head_dim: count("Width of a value head."),
    ...modifiers,
  }, { variant: "mla", children: [child(sparse)] }),
};

const convolution = "Width of the short convolution over the inputs; 0: none.";
const mixerGate = () => flag("A gate on the output, as wide as the values.", otherwise("true", "every published model of this kind has one"));
const stateSize = () => count("Rows of the state of one head: `key_head_dim` unless a feature map widens the keys.", otherwise("key_head_dim", "the state is a sum of products of keys and values"));
const four = otherwise("4", "Qwen3-Next, Kimi Linear and Nemotron-H: 4");

const deltaKeys = {
  layers: layers(),
  heads: count("Query and key heads.", { alsoKnownAs: "linear_num_key_heads" }),
  value_heads: count("Value heads, each with a state of its own.", { alsoKnownAs: "linear_num_value_heads", ...otherwise("heads") }),
  key_head_dim: count("Width of one query and key head.", { alsoKnownAs: "linear_key_head_dim" }),
  value_head_dim: count("Width of one value head.", { alsoKnownAs: "linear_value_head_dim", ...otherwise("key_head_dim") }),
  state_size: stateSize(),
  conv_kernel: count(convolution, { least: 0, alsoKnownAs: "linear_conv_kernel_dim", ...four }),
  output_gate: mixerGate(),
  post_norm: postNorm(),
};

export const mixerKinds = {
  mamba2: defineBlock("attention", "Mamba-2 state-space layer (arXiv:2405.21060): a state per sequence in place of a cache per token.", {
    layers: layers(),
    heads: count("Heads, each with a state of its own.", { alsoKnownAs: "mamba_num_heads" }),
    groups: count("Groups of heads that share one B and one C (input and output vectors of the state).", { alsoKnownAs: "n_groups", ...otherwise("1") }),
    value_head_dim: count("Width of one head.", { alsoKnownAs: "mamba_head_dim" }),
    state_size: count("Rows of the state of one head: the width of B and C.", { alsoKnownAs: "ssm_state_size" }),
    key_head_dim: count("Width of B and C of one group, which is that of the state.", otherwise("state_size")),
    conv_kernel: count(convolution, { least: 0, alsoKnownAs: "conv_kernel", ...four }),
    conv_bias: flag("A bias in the convolution.", { alsoKnownAs: "use_conv_bias", ...otherwise("true", "Nemotron-H and Mamba-2") }),
    output_gate: mixerGate(),
    post_norm: postNorm(),
  }, { variant: "mamba2" }),
  lightning: defineBlock("attention", "Lightning attention (linear, arXiv:2401.04658): a state per sequence in place of a cache per token.", {
    layers: layers(),
    heads: count("Heads of queries, keys and values.", { alsoKnownAs: "num_attention_heads" }),
    key_head_dim: count("Width of one query and key head.", { alsoKnownAs: "head_dim" }),
    value_head_dim: count("Width of one value head.", otherwise("key_head_dim")),
    state_size: stateSize(),
    conv_kernel: count(convolution, { least: 0, ...otherwise("0", "MiniMax-M1 has none") }),
    output_gate: mixerGate(),
    post_norm: postNorm(),
  }, { variant: "lightning" }),
  gated_delta: defineBlock("attention", "Gated delta rule (arXiv:2412.06464): a state per sequence in place of a cache per token.", deltaKeys, { variant: "gated_delta" }),
  kda: defineBlock("attention", "Kimi delta attention (arXiv:2510.26692), a gated delta rule that forgets by channel: a state per sequence in place of a cache per token.", {
    ...deltaKeys,
    output_gate: word(["true", "false", "full_rank"], "A gate on the output, as wide as the values: `true` of rank `gate_rank`, `full_rank` one matrix (Kimi K3).", otherwise("true", "every published model of this kind has one")),
    gate_rank: count("Rank of the projections of the forget gate and of the output gate.", otherwise("value_head_dim", "Kimi Linear")),
  }, { variant: "kda" }),
};

const attention = childKinds(
  "attention", "The token mixer of a set of layers.", [...Object.values(attentionKinds), ...Object.values(mixerKinds)], { many: true },
);

const balance = childKinds("balance", "How the load of the experts is balanced.", [
  defineBlock("balance", "Loss-free balancing (arXiv:2408.15664): a bias a routed expert steers the selection. The biases count as parameters.", {
    bias_update_rate: positive("Step of the bias after each batch.", otherwise("0.001", "arXiv:2408.15664, section 3; DeepSeek-V3 uses 0.001 for 14.3T tokens")),
  }, { variant: "loss_free" }),
  defineBlock("balance", "An auxiliary loss that punishes imbalance.", {
    alpha: positive("Weight of the loss.", otherwise("0.001", "arXiv:2408.15664, section 4: the baseline")),
  }, { variant: "auxiliary_loss" }),
]);

const gated = () => flag("Three matrices (SwiGLU) when true, two when false.", otherwise("true", "SwiGLU, as in Llama and DeepSeek"));

export const ffnKinds = {
  dense: defineBlock("ffn", "A dense feed-forward network.", {
    layers: layers(),
    intermediate_size: count("Width between the two projections.", { binary: "width" }),
    gated: gated(),
    bias: flag("Bias vectors of the projections.", { alsoKnownAs: "mlp_bias", ...otherwise("false") }),
    post_norm: postNorm(),
  }, { variant: "dense" }),
  moe: defineBlock("ffn", "A mixture of experts (DeepSeekMoE, arXiv:2401.06066).", {
    layers: layers(),
    routed_experts: count("Number of routed experts.", { alsoKnownAs: "n_routed_experts" }),
    shared_experts: count("Experts that every token passes.", { least: 0, alsoKnownAs: "n_shared_experts", ...otherwise("0") }),
    top_k: count("Routed experts a token is sent to; shared ones are not counted.", { alsoKnownAs: "num_experts_per_tok" }),
    intermediate_size: count("Width of one routed expert.", { alsoKnownAs: "moe_intermediate_size", binary: "width" }),
    shared_intermediate_size: count("Width of one shared expert.", { ...otherwise("intermediate_size", "DeepSeekMoE: shared experts are as wide as routed ones"), binary: "width" }),
    shared_gate: flag("A gate on the output of the shared experts, one number a token (Qwen 1.5 and 2 MoE, Qwen3-Next).", otherwise("false")),
    latent_size: optional(count("Width of the latent in which routed experts work: one projection down before them and one up after them (Nemotron 3).", { alsoKnownAs: "moe_latent_size", binary: "width" })),
    gated: gated(),
    bias: flag("Bias vectors of every expert and of the router (gpt-oss).", otherwise("false")),
    post_norm: postNorm(),
    groups: optional(count("Groups the routed experts are divided into, one group a node (node-limited routing).", { alsoKnownAs: "n_group" })),
    group_limit: optional(count("Groups a token's experts may come from at most: bounds the nodes it is sent to.", { alsoKnownAs: "topk_group" })),
  }, { variant: "moe", children: [balance] }),
};

const ffn = childKinds("ffn", "The feed-forward part of a set of layers.", Object.values(ffnKinds), { many: true });

export const mtp = defineBlock("mtp", "Multi-token prediction modules (DeepSeek-V3, arXiv:2412.19437, section 2.2).", {
  depth: count("Modules, each predicting one token more."),
  acceptance: optional(fraction("Share of the second tokens that are accepted in decoding.")),
});

const precisionOf = (documentation: string, expression: string, source: string, firstWritten?: readonly string[]) =>
  word(precisionWords, documentation, { default: { expression, source, ...(firstWritten ? { firstWritten } : {}) } });

const mixed = "mixed-precision training with Adam: gradients, master weights and moments in FP32 (Megatron-LM)";

export const precision = defineBlock("precision", "The number format of each tensor. Scale factors count: 4 bytes a tile of 128 elements for FP8, the format's own otherwise.", {
  weights: precisionOf("Resident copy of the linear weights.", "bf16", "checkpoints are published in bf16 where no quantisation is stated"),
  experts: precisionOf("Weights of the routed and shared experts.", "weights", "as `weights`"),
  activations: precisionOf("Activations that linear GEMMs take: FP8 makes them run in FP8 (`compute`). What operators hand on stays BF16, or FP32 where this is `fp32`.", "bf16", language),
  compute: precisionOf("The rate at which linear GEMMs run.", "weights", "`activations` where written, else `weights`", ["activations"]),
  kv_cache: precisionOf("Key-value cache; for `mla` the latent.", "bf16", "bf16 unless written, whatever the weights are"),
  kv_rope: precisionOf("The rotary part of the `mla` cache.", "bf16", "FlashMLA keeps the rotary part in BF16"),
  state: precisionOf("The state of linear and state-space layers.", "fp32", "the published implementations of Mamba-2, gated delta and KDA layers keep it in FP32 (Hugging Face transformers)"),
  index_cache: precisionOf("Index keys of sparse attention.", "kv_cache", "as `kv_cache`"),
  embeddings: precisionOf("Input embedding and output head.", "bf16", "DeepSeek-V3, arXiv:2412.19437, section 3.3: kept in BF16"),
  attention: precisionOf("The attention core: scores and weighted values.", "bf16", "DeepSeek-V3, arXiv:2412.19437, section 3.3: kept in BF16"),
  dispatch: precisionOf("Tokens on their way to the experts.", "bf16", language),
  combine: precisionOf("Expert outputs on their way back.", "bf16", language),
  gradients: precisionOf("Weight gradients.", "fp32", mixed),
  master_weights: precisionOf("Master copy of the weights.", "fp32", mixed),
  optimizer_moments: precisionOf("Each of Adam's two moments.", "fp32", mixed),
});

export const model = defineBlock("model", "The network.", {
  layers: count("Transformer layers, without multi-token prediction modules.", { most: mostLayers, alsoKnownAs: "num_hidden_layers" }),
  hidden_size: count("Width of the residual stream.", { alsoKnownAs: "hidden_size, d_model", binary: "width" }),
  vocab_size: count("Rows of the embedding, padding included.", { binary: "length" }),
  tie_embeddings: flag("Input embedding and output head are one matrix.", { alsoKnownAs: "tie_word_embeddings", ...otherwise("false") }),
  hyper_connections: optional(count("Parallel residual streams that each block mixes (manifold-constrained hyper-connections, DeepSeek-V4). Left out: one plain residual.", { alsoKnownAs: "hc_mult" })),
  per_layer_embedding_size: optional(count("Width of an embedding that every layer adds for itself (Gemma 3n and 4).", { alsoKnownAs: "hidden_size_per_layer_input" })),
  max_context: optional(tokenCount("The longest sequence the model takes.", { alsoKnownAs: "max_position_embeddings", binary: "length" })),
}, {
  children: [attention, ffn, child(mtp), child(precision)],
});

