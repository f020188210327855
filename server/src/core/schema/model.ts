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

const sparse = defineBlock("sparse", "DeepSeek sparse attention (DSA): an indexer picks the tokens that a query attends to.", {
  indexer_heads: count("Heads of the indexer.", { alsoKnownAs: "index_n_heads" }),
  indexer_head_dim: count("Width of one indexer head.", { alsoKnownAs: "index_head_dim" }),
  top_k: tokenCount("Tokens that a query attends to.", { alsoKnownAs: "index_topk", binary: "length" }),
});

const modifiers = {
  bias: word(["true", "false", "qkv"], "Bias vectors of the projections: `true` on all four, `qkv` on query, key and value alone (Qwen 2).", { alsoKnownAs: "attention_bias", ...otherwise("false") }),
  qk_norm: flag("RMSNorm over each head of query and key.", otherwise("false")),
  output_gate: flag("A gate on the attention output.", otherwise("false")),
  o_lora_rank: optional(count("Rank of a low-rank output projection.")),
  o_groups: optional(count("Groups of the output projection.")),
  window: optional(tokenCount("Sliding window: the tokens a query sees at most, itself included.", { alsoKnownAs: "sliding_window", binary: "length" })),
  compress: optional(count("One cached entry for a block of this many tokens.")),
  kv_share: optional(count("Layers that share one cache.", { alsoKnownAs: "cla_share_factor" })),
};

const headDim = () =>
  count("Width of one head.", { ...otherwise("hidden_size / heads", "Hugging Face: head_dim defaults to hidden_size / num_attention_heads") });

export const attentionKinds = {
  mha: defineBlock("attention", "Multi-head attention: every query head has its own key and value head.", {
    layers: layers(), heads: heads(),
    kv_heads: count("Number of key and value heads; in `mha` as many as `heads`.", { alsoKnownAs: "num_key_value_heads", ...otherwise("heads", "mha: one key and value head a query head") }),
    head_dim: headDim(), ...modifiers,
  }, { variant: "mha", children: [child(sparse)] }),
  mqa: defineBlock("attention", "Multi-query attention: all query heads share one key and value head.", {
    layers: layers(), heads: heads(),
    kv_heads: count("Number of key and value heads; in `mqa` one.", { alsoKnownAs: "num_key_value_heads", ...otherwise("1", "mqa: one key and value head") }),
    head_dim: headDim(), ...modifiers,
  }, { variant: "mqa", children: [child(sparse)] }),
  gqa: defineBlock("attention", "Grouped-query attention: groups of query heads share a key and value head.", {
    layers: layers(), heads: heads(),
    kv_heads: count("Number of key and value heads: it divides `heads`, and the cache grows with it.", { alsoKnownAs: "num_key_value_heads" }),
    head_dim: headDim(), ...modifiers,
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

const mixer = <Variant extends string>(variant: Variant, documentation: string) =>
  defineBlock("attention", documentation, {
    layers: layers(), heads: heads(),
    key_head_dim: optional(count("Width of one key head.")),
    value_head_dim: optional(count("Width of one value head.")),
    state_size: optional(count("State per head and channel.")),
    conv_kernel: optional(count("Width of the short convolution.")),
    output_gate: flag("A gate on the output.", otherwise("false")),
  }, { variant });

export const mixerKinds = {
  mamba2: mixer("mamba2", "Mamba-2 state-space layer: a state per sequence in place of a cache per token."),
  lightning: mixer("lightning", "Lightning (linear) attention: a state per sequence in place of a cache per token."),
  gated_delta: mixer("gated_delta", "Gated delta rule: a state per sequence in place of a cache per token."),
  kda: mixer("kda", "Kimi delta attention: a state per sequence in place of a cache per token."),
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
  }, { variant: "dense" }),
  moe: defineBlock("ffn", "A mixture of experts (DeepSeekMoE, arXiv:2401.06066).", {
    layers: layers(),
    routed_experts: count("Number of routed experts.", { alsoKnownAs: "n_routed_experts" }),
    shared_experts: count("Experts that every token passes.", { least: 0, alsoKnownAs: "n_shared_experts", ...otherwise("0") }),
    top_k: count("Routed experts a token is sent to; shared ones are not counted.", { alsoKnownAs: "num_experts_per_tok" }),
    intermediate_size: count("Width of one routed expert.", { alsoKnownAs: "moe_intermediate_size", binary: "width" }),
    shared_intermediate_size: count("Width of one shared expert.", { ...otherwise("intermediate_size", "DeepSeekMoE: shared experts are as wide as routed ones"), binary: "width" }),
    latent_size: optional(count("Width of the latent in which experts work.", { binary: "width" })),
    gated: gated(),
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
  activations: precisionOf("Activations between operators.", "bf16", language),
  compute: precisionOf("The rate at which linear GEMMs run.", "weights", "`activations` where written, else `weights`", ["activations"]),
  kv_cache: precisionOf("Key-value cache; for `mla` the latent.", "bf16", "bf16 unless written, whatever the weights are"),
  kv_rope: precisionOf("The rotary part of the `mla` cache.", "bf16", "FlashMLA keeps the rotary part in BF16"),
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
  max_context: optional(tokenCount("The longest sequence the model takes.", { alsoKnownAs: "max_position_embeddings", binary: "length" })),
}, {
  children: [attention, ffn, child(mtp), child(precision)],
});

