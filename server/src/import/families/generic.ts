/** What no family is known for: the fields that most configs share. */
import { perLayer, real, size, sizeOrNone, words } from "../shape";
import { auxiliaryLoss, dense, headAttention, headsOf, moe, shared, slidingLayers } from "./blocks";
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
