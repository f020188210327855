/** Decoders that mix attention with linear or state-space layers. */
import type { BlockFacts } from "../facts";
import { flag, indices, kimiLinearPart, perLayer, real, size, sizeOrNone, word, words } from "../shape";
import { auxiliaryLoss, checkLength, dense, headAttention, headsOf, layerTypes, mla, moe, shared } from "./blocks";
import { qwenFfn } from "./experts";
import { defineFamily, type Family } from "./family";

const qwenHybridShape = {
  decoder_sparse_step: size(), mlp_only_layers: indices(), shared_expert_intermediate_size: sizeOrNone(), qkv_bias: flag(),
  full_attention_interval: size(), attn_output_gate: flag(), linear_num_key_heads: size(), linear_num_value_heads: size(), linear_key_head_dim: size(),
  linear_value_head_dim: size(), linear_conv_kernel_dim: size(), mtp_num_hidden_layers: sizeOrNone(), mtp_use_dedicated_embeddings: flag(), mamba_ssm_dtype: word(),
} as const;

const qwenHybrid = defineFamily({
  title: "Qwen3-Next",
  modelTypes: ["qwen3_next", "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text"],
  architectures: ["Qwen3NextForCausalLM", "Qwen3_5ForConditionalGeneration", "Qwen3_5MoeForConditionalGeneration", "Qwen3_5ForCausalLM", "Qwen3_5MoeForCausalLM"],
  shape: qwenHybridShape,
  defaults: {
    head_dim: 256, full_attention_interval: 4, linear_conv_kernel_dim: 4, linear_key_head_dim: 128, linear_value_head_dim: 128, linear_num_key_heads: 16,
    linear_num_value_heads: 32,
  },
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

const kimiLinear = defineFamily({
  title: "Kimi Linear",
  modelTypes: ["kimi_linear", "kimi_k3"],
  architectures: ["KimiLinearForCausalLM", "KimiK3ForConditionalGeneration"],
  shape: {
    linear_attn_config: kimiLinearPart(), q_lora_rank: sizeOrNone(), kv_lora_rank: size(), qk_nope_head_dim: size(), qk_rope_head_dim: size(), v_head_dim: size(),
    qk_head_dim: size(), mla_use_nope: flag(), mla_use_output_gate: flag(), num_experts_per_token: size(), num_shared_experts: sizeOrNone(), num_expert_group: sizeOrNone(),
    use_grouped_topk: flag(), moe_layer_freq: perLayer(), moe_router_activation_func: word(), moe_renormalize: flag(), routed_expert_hidden_size: sizeOrNone(),
    latent_moe_use_norm: flag(), attn_res_block_size: size(), activation_situ_beta: real(), activation_situ_linear_beta: real(),
  },
  renames: { model_max_length: "max_position_embeddings" },
  read: (own) => {
    const config = shared(own);
    own.skip("mla_use_nope", "moe_renormalize", "latent_moe_use_norm", "activation_situ_beta", "activation_situ_linear_beta");
    if (own.get("attn_res_block_size") !== undefined) own.doubt("the projections of the residual attention are not counted", "attn_res_block_size");
    const linear = own.need("linear_attn_config");
    if (linear.use_full_rank_gate === true) own.doubt("the output gate is projected at full rank: it is counted at the rank of the forget gate", "linear_attn_config");
    const kdaLayers = new Set(linear.kda_layers.map((layer) => layer - 1)); // counted from 1 in the file
    const full = mla(own as unknown as Parameters<typeof mla>[0], { values: { output_gate: own.get("mla_use_output_gate") === true ? true : undefined } });
    const kda: BlockFacts = {
      kind: "kda",
      values: { heads: linear.num_heads, key_head_dim: linear.head_dim, value_head_dim: linear.head_dim, conv_kernel: linear.short_conv_kernel_size },
    };
    const first = config.get("first_k_dense_replace") ?? 0;
    const frequency = own.get("moe_layer_freq") ?? 1;
    const step = typeof frequency === "number" ? Math.max(frequency, 1) : 1;
    const routed = config.get("num_experts");
    const width = config.get("moe_intermediate_size");
    const bias = own.get("moe_router_activation_func") !== "softmax";
    config.get("topk_method");
    const grouped = own.get("use_grouped_topk") === true;
    const groups = own.get("num_expert_group");
    const groupLimit = config.get("topk_group");
    const denseWidth = config.get("intermediate_size");
    const ffn = (layer: number): BlockFacts => {
      const hasExperts = routed !== undefined && (typeof frequency === "number" ? layer >= first && layer % step === 0 : frequency[layer] !== 0);
      if (!hasExperts) return dense(denseWidth ?? config.fail("`intermediate_size` is missing: some layers are dense", "intermediate_size"));
      return moe({
        routed, topK: own.need("num_experts_per_token"), width: typeof width === "number" ? width : own.fail("`moe_intermediate_size` must be a whole number", "moe_intermediate_size"),
        shared: own.get("num_shared_experts"), latent: own.get("routed_expert_hidden_size"), balance: bias ? "loss_free" : undefined,
        groups: grouped ? groups : undefined, groupLimit: grouped ? groupLimit : undefined,
      });
    };
    return { attention: (layer) => (kdaLayers.has(layer) ? kda : full), ffn, mtp: config.get("num_nextn_predict_layers") };
  },
});

const minimaxM1 = defineFamily({
  title: "MiniMax-M1",
  modelTypes: ["minimax_m1", "minimax_text_01", "minimax"],
  architectures: ["MiniMaxM1ForCausalLM", "MiniMaxText01ForCausalLM", "MiniMaxForCausalLM"],
  shape: {
    attn_type_list: indices(), shared_intermediate_size: sizeOrNone(), shared_moe_mode: word(), use_lightning: flag(), block_size: size(), attention_type: word(),
    full_attn_alpha_factor: real(), full_attn_beta_factor: real(), linear_attn_alpha_factor: real(), linear_attn_beta_factor: real(), mlp_alpha_factor: real(), mlp_beta_factor: real(),
  },
  required: ["num_hidden_layers", "hidden_size", "vocab_size", "num_attention_heads", "intermediate_size", "num_local_experts", "num_experts_per_tok"],
  read: (own) => {
    const config = shared(own);
    own.skip(
      "shared_moe_mode", "use_lightning", "block_size", "attention_type", "full_attn_alpha_factor", "full_attn_beta_factor", "linear_attn_alpha_factor", "linear_attn_beta_factor",
      "mlp_alpha_factor", "mlp_beta_factor", "sliding_window",
    );
    const list = own.get("attn_type_list");
    if (list) checkLength(own, "attn_type_list", list);
    if (!list && !config.has("layer_types")) own.fail("`attn_type_list` is missing: it says which layers have softmax attention", "attn_type_list");
    const kinds = layerTypes(config, (layer) => (list?.[layer] === 1 ? "full_attention" : "linear_attention"));
    const heads = headsOf(config);
    const full = headAttention(heads);
    const lightning: BlockFacts = { kind: "lightning", values: { heads: heads.heads, key_head_dim: heads.headDim, value_head_dim: heads.headDim } };
    const sharedWidth = own.get("shared_intermediate_size");
    const ffn = moe({
      routed: config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size"), balance: auxiliaryLoss(config),
      ...(sharedWidth === undefined ? {} : { shared: 1, sharedWidth }),
    });
    return { attention: (layer) => (kinds(layer) === "full_attention" ? full : lightning), ffn: () => ffn };
  },
});

const blockLetters: Readonly<Record<string, string>> = { M: "mamba", "*": "attention", "-": "mlp", E: "moe" };

const nemotronH = defineFamily({
  title: "Nemotron-H",
  modelTypes: ["nemotron_h", "nemotron_h_moe"],
  architectures: ["NemotronHForCausalLM"],
  shape: {
    hybrid_override_pattern: word(), layers_block_type: words(), mtp_hybrid_override_pattern: word(), mamba_num_heads: size(), mamba_head_dim: size(), ssm_state_size: size(), n_groups: size(),
    conv_kernel: size(), expand: real(), chunk_size: size(), use_conv_bias: flag(), use_bias: flag(), mamba_proj_bias: flag(), mamba_hidden_act: word(), mlp_hidden_act: word(),
    attention_head_dim: size(), mamba_ssm_cache_dtype: word(), use_mamba_kernels: flag(), num_logits_to_keep: real(), sliding_window_attention: flag(), rescale_prenorm_residual: flag(),
    moe_shared_expert_intermediate_size: sizeOrNone(), moe_latent_size: sizeOrNone(), moe_shared_expert_overlap: flag(), num_query_groups: size(),
  },
  renames: { attention_head_dim: "head_dim" },
  defaults: { conv_kernel: 4, n_groups: 8, ssm_state_size: 128 },
  required: ["hidden_size", "vocab_size", "num_attention_heads"],
  read: (own) => {
    const config = shared(own);
    own.skip(
      "chunk_size", "expand", "mamba_hidden_act", "mamba_ssm_cache_dtype", "use_mamba_kernels", "num_logits_to_keep", "rescale_prenorm_residual",
      "moe_shared_expert_overlap", "mlp_hidden_act", "hidden_act", "mtp_hybrid_override_pattern", "sliding_window", "sliding_window_attention",
    );
    for (const key of ["use_bias", "mamba_proj_bias"] as const) if (own.get(key) === true) own.doubt("the biases of the projections are not counted", key);
    const bias = config.get("mlp_bias") === true;
    const pattern = own.get("hybrid_override_pattern");
    const blocks = own.get("layers_block_type") ?? [...pattern ?? own.fail("`hybrid_override_pattern` is missing: it says what stands on each layer")].map((letter) =>
      blockLetters[letter] ?? own.fail(`\`hybrid_override_pattern\`: ${letter} stands for no block that is known (M, *, - and E are)`, "hybrid_override_pattern"));
    checkLength(own, own.has("layers_block_type") ? "layers_block_type" : "hybrid_override_pattern", blocks);
    const heads = headsOf(config);
    const full = headAttention({ ...heads, values: { bias: config.get("attention_bias") === true ? true : undefined } });
    const mamba = (): BlockFacts => ({
      kind: "mamba2",
      values: {
        heads: own.need("mamba_num_heads"), groups: own.need("n_groups"), value_head_dim: own.need("mamba_head_dim"), state_size: own.need("ssm_state_size"),
        conv_kernel: own.need("conv_kernel"), conv_bias: own.get("use_conv_bias") === false ? false : undefined,
      },
    });
    const width = config.get("intermediate_size");
    const groups = config.get("n_group");
    const groupLimit = config.get("topk_group");
    const expertWidth = config.get("moe_intermediate_size");
    const shareds = config.get("n_shared_experts");
    const sharedWidth = own.get("moe_shared_expert_intermediate_size");
    const latent = own.get("moe_latent_size");
    config.skip("n_routed_experts", "num_experts_per_tok");
    return {
      attention: (layer) => (blocks[layer] === "mamba" ? mamba() : blocks[layer] === "attention" ? full : undefined),
      ffn: (layer) => {
        if (blocks[layer] === "mlp") return dense(width ?? config.fail("`intermediate_size` is missing: some layers are dense", "intermediate_size"), { gated: false, bias });
        if (blocks[layer] !== "moe") return undefined;
        return moe({
          routed: config.need("n_routed_experts"), topK: config.need("num_experts_per_tok"), gated: false, bias, latent, balance: "loss_free", groups, groupLimit,
          width: typeof expertWidth === "number" ? expertWidth : config.fail("`moe_intermediate_size` must be a whole number", "moe_intermediate_size"),
          shared: shareds, sharedWidth,
        });
      },
      mtp: config.get("num_nextn_predict_layers"),
    };
  },
});

export const hybridFamilies: readonly Family[] = [qwenHybrid, kimiLinear, minimaxM1, nemotronH];
