/** Decoders with many experts of further publishers: ERNIE 4.5, Ling and Ring, dots, Hy3, EXAONE, Solar, Trinity, Mellum, Laguna. */
import type { BlockFacts } from "../facts";
import type { Config } from "../config";
import { flag, headGate, index, indices, pattern, perLayer, real, size, sizeOrNone, word, words } from "../shape";
import {
  auxiliaryLoss, biased, checkLength, dense, headAttention, headsOf, headsWith, moe, shared, slidingLayers, windowed, withPostNorm, withWindow, type Experts, type Shared,
} from "./blocks";
import { deepseekExperts, moeLayers } from "./deepseek";
import { defineFamily, type Family, type Fields } from "./family";

/** Which layers have experts, and how many shared ones there are, by the names that most of these have. */
const layerShape = { moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real(), num_shared_experts: sizeOrNone() } as const;

/** Experts on the layers that `has` names, a dense network of `intermediate_size` on the others. */
function expertsOn(config: Shared, has: (layer: number) => boolean, experts: BlockFacts): (layer: number) => BlockFacts {
  const width = config.get("intermediate_size");
  return (layer) => (has(layer) ? experts : dense(width ?? config.fail("`intermediate_size` is missing: some layers are dense", "intermediate_size")));
}

function expertWidth(config: Shared): number {
  const width = config.need("moe_intermediate_size");
  return typeof width === "number" ? width : config.fail("`moe_intermediate_size` must be a whole number", "moe_intermediate_size");
}

/** By `num_experts`, `num_experts_per_tok`, `moe_intermediate_size` and `num_shared_experts`. */
function namedExperts(own: Config<Fields<typeof layerShape>>, balance: Experts["balance"], more: Partial<Experts> = {}): BlockFacts {
  const config = shared(own);
  const routed = config.get("num_experts") ?? config.get("num_local_experts") ?? config.get("n_routed_experts") ?? config.need("num_experts");
  config.skip("num_local_experts", "n_routed_experts");
  return moe({
    routed, topK: config.need("num_experts_per_tok"), width: expertWidth(config), shared: own.get("num_shared_experts"), balance,
    groups: config.get("n_group"), groupLimit: config.get("topk_group"), ...more,
  });
}

const ernieMoe = defineFamily({
  title: "ERNIE 4.5 MoE",
  modelTypes: ["ernie4_5_moe"],
  architectures: ["Ernie4_5_MoeForCausalLM", "Ernie4_5_MoEForCausalLM"],
  shape: {
    use_bias: flag(), moe_num_experts: size(), moe_k: size(), moe_num_shared_experts: sizeOrNone(), moe_layer_start_index: index(), moe_layer_end_index: real(), moe_layer_interval: size(),
    moe_use_aux_free: flag(), moe_norm_min: real(), moe_gate: word(), moe_capacity: indices(), moe_gate_act: word(), moe_norm_gate_logits: flag(),
  },
  renames: { num_experts: "moe_num_experts", num_experts_per_tok: "moe_k" },
  defaults: { num_key_value_heads: 4, moe_k: 6, moe_num_experts: 64, moe_num_shared_experts: 2, moe_layer_start_index: 1, moe_layer_interval: 1, moe_intermediate_size: 1536 },
  tied: true,
  read: (own) => {
    const config = shared(own);
    own.skip("moe_norm_min", "moe_gate", "moe_capacity", "moe_gate_act", "moe_norm_gate_logits");
    config.skip("router_aux_loss_coef", "num_local_experts");
    const bias = own.get("use_bias") === true;
    const [from, every] = [own.need("moe_layer_start_index"), own.need("moe_layer_interval")];
    const end = own.get("moe_layer_end_index") ?? -1;
    const to = end === -1 ? config.layers - 1 : end;
    const experts = moe({
      routed: own.need("moe_num_experts"), topK: own.need("moe_k"), width: expertWidth(config), shared: own.get("moe_num_shared_experts"), bias,
      balance: own.get("moe_use_aux_free") === false ? undefined : "loss_free",
    });
    const attention = headsWith(config, { bias: bias ? true : undefined });
    return { attention: () => attention, ffn: expertsOn(config, (layer) => (layer + 1) % every === 0 && layer >= from && layer <= to, experts), mtp: config.get("num_nextn_predict_layers") };
  },
});

const bailingShape = {
  ...layerShape, use_bias: flag(), use_qkv_bias: flag(), moe_router_enable_expert_bias: flag(), moe_shared_expert_intermediate_size: sizeOrNone(), score_function: word(), norm_head: flag(),
  norm_softmax: flag(), use_rmsnorm: flag(), moe_router_enable_routed_scaling: flag(), moe_router_enable_shared_expert: flag(), output_dropout: real(), router_type: word(),
} as const;

/** Ling and Ring. */
const bailing = defineFamily({
  title: "Bailing",
  modelTypes: ["bailing_moe", "bailing_moe_v2", "bailing_moe_linear_v1"],
  architectures: ["BailingMoeForCausalLM", "BailingMoeV2ForCausalLM"],
  shape: bailingShape,
  read: (own) => {
    const config = shared(own);
    if (config.get("model_type") === "bailing_moe_linear_v1") config.fail("linear layers of Ring-linear are not known here", "model_type");
    own.skip("norm_head", "norm_softmax", "use_rmsnorm", "moe_router_enable_routed_scaling", "moe_router_enable_shared_expert", "output_dropout", "router_type");
    const all = own.get("use_bias") === true;
    const bias = all ? true : own.get("use_qkv_bias") === true ? "qkv" : undefined;
    const scores = own.get("score_function");
    const steered = own.get("moe_router_enable_expert_bias") ?? scores === "sigmoid";
    const sharedWidth = own.get("moe_shared_expert_intermediate_size");
    const loss = auxiliaryLoss(config);
    const experts = namedExperts(own, steered ? "loss_free" : loss, { bias: all, sharedWidth });
    const attention = headsWith(config, { bias, qk_norm: config.get("use_qk_norm") === true ? true : undefined });
    config.skip("use_sliding_window", "sliding_window", "max_window_layers");
    return { attention: () => attention, ffn: expertsOn(config, moeLayers(own), experts), mtp: config.get("num_nextn_predict_layers") };
  },
});

const dots = defineFamily({
  title: "dots.llm1",
  modelTypes: ["dots1"],
  architectures: ["Dots1ForCausalLM"],
  shape: layerShape,
  read: (own) => {
    const config = shared(own);
    const attention = headsWith(config, { bias: biased(config), qk_norm: true });
    const window = slidingLayers(config, true, (layer) => layer >= (config.get("max_window_layers") ?? config.layers));
    config.skip("topk_method", "aux_loss_alpha", "router_aux_loss_coef");
    if (config.get("n_routed_experts") === undefined) return { attention: windowed(attention, window), ffn: expertsOn(config, () => false, attention) };
    return { attention: windowed(attention, window), ffn: expertsOn(config, moeLayers(own), deepseekExperts(own, "loss_free", true)) };
  },
});

const hy3 = defineFamily({
  title: "Hy3",
  modelTypes: ["hy_v3"],
  architectures: ["HYV3ForCausalLM"],
  shape: { ...layerShape, enable_moe_fp32_combine: flag(), expert_hidden_dim: size(), qk_norm: flag(), moe_router_enable_expert_bias: flag(), moe_router_use_sigmoid: flag(), enable_attention_fp32_softmax: flag() },
  renames: { expert_hidden_dim: "moe_intermediate_size" },
  defaults: { first_k_dense_replace: 1 },
  read: (own) => {
    const config = shared(own);
    own.skip("enable_moe_fp32_combine", "moe_router_use_sigmoid", "enable_attention_fp32_softmax");
    const attention = headsWith(config, { bias: biased(config), qk_norm: own.get("qk_norm") === false ? undefined : true });
    const bias = config.get("mlp_bias") === true;
    const experts = namedExperts(own, own.get("moe_router_enable_expert_bias") === false ? undefined : "loss_free", { bias });
    return { attention: () => attention, ffn: expertsOn(config, moeLayers(own), experts), mtp: config.get("num_nextn_predict_layers") };
  },
});

const solarOpen = defineFamily({
  title: "Solar Open",
  modelTypes: ["solar_open"],
  architectures: ["SolarOpenForCausalLM"],
  shape: layerShape,
  defaults: { num_key_value_heads: 8, head_dim: 128, n_shared_experts: 1 },
  read: (own) => {
    const config = shared(own);
    const attention = headsWith(config, { bias: biased(config), qk_norm: config.get("use_qk_norm") === true ? true : undefined });
    config.skip("num_local_experts");
    return { attention: () => attention, ffn: expertsOn(config, moeLayers(own), deepseekExperts(own, "loss_free", true)), mtp: config.get("num_nextn_predict_layers") };
  },
});

const exaoneMoe = defineFamily({
  title: "EXAONE-MoE",
  modelTypes: ["exaone_moe"],
  architectures: ["ExaoneMoeForCausalLM", "ExaoneMoEForCausalLM"],
  shape: { ...layerShape, sliding_window_pattern: pattern() },
  defaults: { first_k_dense_replace: 1 },
  read: (own) => {
    const config = shared(own);
    const turn = own.get("sliding_window_pattern") ?? 4;
    const isLocal = (layer: number): boolean => (typeof turn === "string" ? turn[layer % Math.max(turn.length, 1)] === "L" : turn > 0 && (layer + 1) % turn !== 0);
    const attention = headsWith(config, { bias: biased(config), qk_norm: true });
    return {
      attention: windowed(attention, slidingLayers(config, true, isLocal)), ffn: expertsOn(config, moeLayers(own), namedExperts(own, "loss_free")), mtp: config.get("num_nextn_predict_layers"),
    };
  },
});

const mellum = defineFamily({
  title: "Mellum",
  modelTypes: ["mellum"],
  architectures: ["MellumForCausalLM"],
  shape: layerShape,
  defaults: { num_key_value_heads: 4, head_dim: 128 },
  read: (own) => {
    const config = shared(own);
    const attention = headsWith(config, { bias: biased(config), qk_norm: true });
    return { attention: windowed(attention, slidingLayers(config, true, () => false)), ffn: expertsOn(config, moeLayers(own), namedExperts(own, auxiliaryLoss(config))) };
  },
});

/** Layers with heads of their own, and a gate on each head. */
const laguna = defineFamily({
  title: "Laguna",
  modelTypes: ["laguna"],
  architectures: ["LagunaForCausalLM"],
  shape: {
    ...layerShape, gating: headGate(), num_attention_heads_per_layer: indices(), shared_expert_intermediate_size: sizeOrNone(), moe_apply_router_weight_on_input: flag(), decoder_sparse_step: size(),
    mlp_only_layers: indices(), moe_router_use_sigmoid: flag(),
  },
  defaults: { num_key_value_heads: 8, head_dim: 128, first_k_dense_replace: 1, shared_expert_intermediate_size: 512 },
  read: (own) => {
    const config = shared(own);
    own.skip("moe_apply_router_weight_on_input", "moe_router_use_sigmoid", "decoder_sparse_step", "mlp_only_layers");
    const gating = own.get("gating") ?? true;
    const output_gate = gating === false ? undefined : gating === true || gating === "per-head" ? "head" : true;
    const heads = headsOf(config);
    const counts = own.get("num_attention_heads_per_layer");
    if (counts) checkLength(own, "num_attention_heads_per_layer", counts);
    const attention = (layer: number): BlockFacts => headAttention({ ...heads, heads: counts?.[layer] ?? heads.heads, values: { bias: biased(config), qk_norm: true, output_gate } });
    const window = slidingLayers(config, true, () => false);
    const sharedWidth = own.get("shared_expert_intermediate_size");
    const experts = namedExperts(own, "loss_free", sharedWidth === undefined ? {} : { shared: 1, sharedWidth });
    return { attention: (layer) => withWindow(attention(layer), window(layer)), ffn: expertsOn(config, moeLayers(own), experts) };
  },
});

/** Trinity of Arcee. */
const afmoe = defineFamily({
  title: "AFMoE",
  modelTypes: ["afmoe"],
  architectures: ["AfmoeForCausalLM"],
  shape: { ...layerShape, num_dense_layers: index(), global_attn_every_n_layers: size(), mup_enabled: flag(), load_balance_coeff: real(), num_expert_groups: sizeOrNone(), num_limited_groups: sizeOrNone(), use_grouped_mm: flag() },
  renames: { num_dense_layers: "first_k_dense_replace" },
  defaults: { head_dim: 128, num_shared_experts: 2, first_k_dense_replace: 1, sliding_window: 1024 },
  read: (own) => {
    const config = shared(own);
    own.skip("mup_enabled", "load_balance_coeff", "use_grouped_mm");
    const every = own.get("global_attn_every_n_layers") ?? 4;
    const attention = withPostNorm(headsWith(config, { bias: biased(config), qk_norm: true, output_gate: true }));
    const experts = namedExperts(own, "loss_free", { groups: own.get("num_expert_groups"), groupLimit: own.get("num_limited_groups") });
    const ffn = expertsOn(config, moeLayers(own), experts);
    return { attention: windowed(attention, slidingLayers(config, true, (layer) => (layer + 1) % every !== 0)), ffn: (layer) => withPostNorm(ffn(layer)) };
  },
});

export const moreExpertFamilies: readonly Family[] = [ernieMoe, bailing, dots, hy3, solarOpen, exaoneMoe, mellum, laguna, afmoe];
