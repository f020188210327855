/** What no family is known for: the fields that most configs share, and Megatron's argument names. */
import type { BlockFacts } from "../facts";
import { flag, index, perLayer, real, size, sizeOrNone, word, words } from "../shape";
import { auxiliaryLoss, checkLength, dense, headAttention, headsOf, mla, moe, shared, slidingLayers } from "./blocks";
import { moeLayers } from "./deepseek";
import { defineFamily } from "./family";

/** Names of one thing in many configs. */
const renames = {
  n_layer: "num_hidden_layers", num_layers: "num_hidden_layers", n_embd: "hidden_size", d_model: "hidden_size", n_head: "num_attention_heads", num_heads: "num_attention_heads",
  num_kv_heads: "num_key_value_heads", n_inner: "intermediate_size", ffn_hidden_size: "intermediate_size", n_positions: "max_position_embeddings", kv_channels: "head_dim",
  activation_function: "hidden_act", hidden_activation: "hidden_act",
} as const;

/** Activations that two matrices have more often than three. */
const plainActivations = ["gelu", "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "relu", "relu2", "quick_gelu"];

export const genericDense = defineFamily({
  title: "a decoder like Llama",
  modelTypes: [],
  shape: {},
  renames,
  required: ["num_hidden_layers", "hidden_size", "vocab_size", "num_attention_heads", "intermediate_size"],
  read: (own) => {
    const config = shared(own);
    const window = slidingLayers(config, config.get("use_sliding_window") ?? true, () => true);
    const attention = headAttention({
      ...headsOf(config), values: { bias: config.get("attention_bias") === true ? true : undefined, qk_norm: config.get("use_qk_norm") === true ? true : undefined },
    });
    const ffn = dense(config.need("intermediate_size"), { bias: config.get("mlp_bias") === true });
    const activation = config.get("hidden_act") ?? "silu";
    if (plainActivations.includes(activation)) config.doubt(`\`hidden_act\` is ${activation}: three matrices a network are counted, as Llama has them; models with it often have two`, "hidden_act");
    return {
      attention: (layer) => { const tokens = window(layer); return tokens === undefined ? attention : { ...attention, values: { ...attention.values, window: tokens } }; },
      ffn: () => ffn, mtp: config.get("num_nextn_predict_layers"),
    };
  },
});

export const genericExperts = defineFamily({
  title: "a decoder with experts",
  modelTypes: [],
  shape: {
    moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real(), moe_num_experts: sizeOrNone(), num_experts_per_token: size(), experts_per_token: size(),
    moe_top_k: size(), moe_topk: size(), num_shared_experts: sizeOrNone(), shared_expert_intermediate_size: sizeOrNone(),
  },
  renames,
  read: (own) => {
    const config = shared(own);
    const window = slidingLayers(config, config.get("use_sliding_window") ?? true, () => true);
    const attention = headAttention({
      ...headsOf(config), values: { bias: config.get("attention_bias") === true ? true : undefined, qk_norm: config.get("use_qk_norm") === true ? true : undefined },
    });
    const routed = config.get("n_routed_experts") ?? config.get("num_experts") ?? config.get("num_local_experts") ?? own.get("moe_num_experts")
      ?? config.fail("the number of experts is missing");
    const topK = config.get("num_experts_per_tok") ?? own.get("num_experts_per_token") ?? own.get("experts_per_token") ?? own.get("moe_top_k") ?? own.get("moe_topk")
      ?? config.fail("`num_experts_per_tok` is missing: how many experts a token is sent to");
    const width = config.get("moe_intermediate_size")
      ?? config.fail(`\`moe_intermediate_size\` is missing: the width of one expert${config.has("intermediate_size") ? "; `intermediate_size` alone may be that of an expert or of a dense network" : ""}`);
    if (typeof width !== "number") return config.fail("`moe_intermediate_size` must be a whole number", "moe_intermediate_size");
    const sharedWidth = own.get("shared_expert_intermediate_size");
    const experts = moe({
      routed, topK, width, shared: config.get("n_shared_experts") ?? own.get("num_shared_experts") ?? (sharedWidth === undefined ? undefined : 1), sharedWidth,
      groups: config.get("n_group"), groupLimit: config.get("topk_group"), balance: config.get("topk_method") === "noaux_tc" ? "loss_free" : auxiliaryLoss(config),
    });
    const denseWidth = config.get("intermediate_size");
    const hasExperts = moeLayers(own);
    return {
      attention: (layer) => { const tokens = window(layer); return tokens === undefined ? attention : { ...attention, values: { ...attention.values, window: tokens } }; },
      ffn: (layer) => (hasExperts(layer) ? experts : dense(denseWidth ?? config.fail("`intermediate_size` is missing: some layers are dense", "intermediate_size"))),
      mtp: config.get("num_nextn_predict_layers"),
    };
  },
});

/** Arguments that say how a model is trained, not what it is. */
const isTraining = (field: string): boolean =>
  /^moe_(token_dispatcher|grouped_gemm|permute|pad|expert_capacity|per_layer|router_(dtype|pre_softmax|score_function|topk_scaling|bias_update|fusion|force)|shared_expert_overlap|enable|flex|z_loss|use|layer_recompute|input_jitter|deepep)/.test(field)
  || /^(num_(workers|dataset|distributed|layers_per_virtual|virtual|gpus|samples|layers_in)|attention_(backend|softmax|dropout)|hidden_dropout|expert_(model|tensor)_parallel|mtp_loss)/.test(field);

/** Megatron-LM's arguments, `--num-layers 61` read as `num_layers`. */
export const megatron = defineFamily({
  title: "Megatron",
  modelTypes: [],
  shape: {
    swiglu: flag(), group_query_attention: flag(), add_qkv_bias: flag(), add_bias_linear: flag(), disable_bias_linear: flag(), qk_layernorm: flag(), untie_embeddings_and_output_weights: flag(),
    moe_layer_freq: perLayer(), moe_router_topk: size(), moe_shared_expert_intermediate_size: sizeOrNone(), moe_router_num_groups: size(), moe_router_group_topk: size(),
    moe_router_enable_expert_bias: flag(), moe_router_load_balancing_type: word(), moe_aux_loss_coeff: real(), multi_latent_attention: flag(), q_lora_rank: sizeOrNone(), kv_lora_rank: size(),
    qk_nope_head_dim: size(), qk_rope_head_dim: size(), v_head_dim: size(), window_size: index(), make_vocab_size_divisible_by: size(), moe_shared_expert_gate: flag(),
    gated_linear_unit: flag(), attention_output_gate: flag(), sequence_length: size(), mtp_num_layers: sizeOrNone(),
  },
  renames: {
    num_layers: "num_hidden_layers", ffn_hidden_size: "intermediate_size", num_query_groups: "num_key_value_heads", kv_channels: "head_dim", moe_ffn_hidden_size: "moe_intermediate_size",
    qk_head_dim: "qk_nope_head_dim", qk_pos_emb_head_dim: "qk_rope_head_dim", mtp_num_layers: "num_nextn_predict_layers", seq_length: "sequence_length", padded_vocab_size: "vocab_size",
  },
  required: ["num_hidden_layers", "hidden_size", "num_attention_heads"],
  ignored: (field) => !/^(num|hidden|ffn|moe|kv|qk|q|v|attention|experimental|mtp|mamba|hybrid|linear|window|multi|expert|group|swiglu)_/.test(field) || isTraining(field),
  read: (own) => {
    const config = shared(own);
    own.skip("sequence_length", "make_vocab_size_divisible_by", "moe_router_load_balancing_type");
    const latent = own.get("multi_latent_attention") === true;
    const gated = own.get("swiglu") === true || own.get("gated_linear_unit") === true;
    const bias = own.get("disable_bias_linear") !== true && own.get("add_bias_linear") !== false;
    const hidden = config.need("hidden_size");
    const normed = own.get("qk_layernorm") === true;
    const grouped = own.get("group_query_attention") === true;
    const attention = latent
      ? mla(own as unknown as Parameters<typeof mla>[0])
      : headOf();
    function headOf(): BlockFacts {
      const heads = headsOf(config);
      const values = {
        bias: bias ? true : own.get("add_qkv_bias") === true ? "qkv" : undefined, qk_norm: normed ? true : undefined, output_gate: own.get("attention_output_gate") === true ? true : undefined,
      };
      return headAttention({ ...heads, kvHeads: grouped || heads.kvHeads === 1 ? heads.kvHeads : heads.heads, values });
    }
    const denseFfn = dense(config.get("intermediate_size") ?? 4 * hidden, { gated, bias });
    const routed = config.get("num_experts");
    const frequency = own.get("moe_layer_freq") ?? 1;
    if (typeof frequency !== "number") checkLength(own, "moe_layer_freq", frequency);
    const hasExperts = (layer: number) => (typeof frequency === "number" ? layer % Math.max(frequency, 1) === 0 : frequency[layer] !== 0);
    const width = config.get("moe_intermediate_size") ?? config.get("intermediate_size") ?? 4 * hidden;
    const sharedWidth = own.get("moe_shared_expert_intermediate_size");
    const coefficient = own.get("moe_aux_loss_coeff");
    const experts = routed === undefined ? undefined : moe({
      routed, topK: own.get("moe_router_topk") ?? 2, width: typeof width === "number" ? width : config.fail("`moe_ffn_hidden_size` must be a whole number", "moe_intermediate_size"),
      gated, bias, groups: own.get("moe_router_num_groups"), groupLimit: own.get("moe_router_group_topk"),
      balance: own.get("moe_router_enable_expert_bias") === true ? "loss_free" : coefficient,
      // All shared experts together are one network of this width.
      ...(sharedWidth === undefined ? {} : { shared: 1, sharedWidth, sharedGate: own.get("moe_shared_expert_gate") === true }),
    });
    if (config.get("vocab_size") === undefined) config.fail("`vocab_size` is missing: Megatron takes it from the tokenizer, add --vocab-size");
    return {
      attention: () => attention, ffn: (layer) => (experts && hasExperts(layer) ? experts : denseFfn), mtp: config.get("num_nextn_predict_layers"),
      head: { tie_embeddings: own.get("untie_embeddings_and_output_weights") === true ? undefined : true },
    };
  },
});
