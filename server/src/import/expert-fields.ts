/** Experts in the fields of each architecture that has some. */
import { first, type Part } from "./fields";
import type { PlainModel } from "./plain-model";

/** The number of experts, under each of its names, is filled in by those who name it. */
export function expertsOf({ ffn }: PlainModel) {
  const moe = first(ffn, ["moe"]);
  const values = moe?.values ?? {};
  const balance = moe?.children["balance"];
  return {
    routed: values["routed_experts"], topK: values["top_k"], width: values["intermediate_size"], shared: Number(values["shared_experts"] ?? 0),
    sharedWidth: values["shared_intermediate_size"], latent: values["latent_size"], groups: values["groups"], groupLimit: values["group_limit"],
    lossFree: balance?.kind === "loss_free", alpha: balance?.kind === "auxiliary_loss" ? balance.values["alpha"] : undefined,
    dense: first(ffn, ["dense"])?.values["intermediate_size"], isMoe: ffn.map((block) => block?.kind === "moe"),
  };
}

export function localExpertPart(model: PlainModel): Part {
  const experts = expertsOf(model);
  return {
    num_local_experts: experts.routed, num_experts_per_tok: experts.topK, intermediate_size: experts.width, shared_intermediate_size: experts.shared > 0 ? experts.sharedWidth : 0,
    router_aux_loss_coef: experts.alpha, use_routing_bias: experts.lossFree, num_mtp_modules: model.mtp?.values["depth"], use_mtp: model.mtp ? true : undefined,
    qk_norm_type: first(model.attention)?.values["qk_norm"] === "whole" ? "per_layer" : "per_head",
  };
}

export function qwenPart(model: PlainModel): Part {
  const experts = expertsOf(model);
  return {
    num_experts: experts.routed, num_experts_per_tok: experts.topK, moe_intermediate_size: experts.width, intermediate_size: experts.dense, router_aux_loss_coef: experts.alpha,
    shared_expert_intermediate_size: experts.shared > 0 ? experts.sharedWidth : 0, decoder_sparse_step: 1, mlp_only_layers: experts.isMoe.flatMap((moe, layer) => (moe ? [] : [layer])),
  };
}

export function deepseekPart(model: PlainModel): Part {
  const experts = expertsOf(model);
  if (!experts.isMoe.includes(true)) return { intermediate_size: experts.dense, n_routed_experts: null };
  const firstMoe = experts.isMoe.indexOf(true);
  const isPlain = experts.isMoe.every((moe, layer) => moe === layer >= firstMoe);
  return {
    n_routed_experts: experts.routed, num_experts_per_tok: experts.topK, moe_intermediate_size: experts.width, n_shared_experts: experts.shared,
    intermediate_size: experts.dense, n_group: experts.groups ?? 1, topk_group: experts.groupLimit ?? 1, aux_loss_alpha: experts.alpha,
    ...(isPlain ? { first_k_dense_replace: firstMoe, moe_layer_freq: 1 } : { moe_layer_freq: experts.isMoe.map(Number) }),
    topk_method: experts.lossFree ? "noaux_tc" : experts.groups === undefined ? "greedy" : "group_limited_greedy",
  };
}

export function llama4Part(model: PlainModel): Part {
  const experts = expertsOf(model);
  const windows = model.attention.map((block) => block?.values["window"]);
  return {
    num_local_experts: experts.routed, num_experts_per_tok: experts.topK, intermediate_size: experts.width, intermediate_size_mlp: experts.dense,
    moe_layers: experts.isMoe.flatMap((moe, layer) => (moe ? [layer] : [])), attention_chunk_size: windows.find((tokens) => tokens !== undefined) ?? null,
    layer_types: windows.map((tokens) => (tokens === undefined ? "full_attention" : "chunked_attention")), sliding_window: undefined, router_aux_loss_coef: experts.alpha,
  };
}

export function hunyuanPart(model: PlainModel): Part {
  const experts = expertsOf(model);
  const share = first(model.attention)?.values["kv_share"];
  return {
    num_experts: experts.routed, moe_topk: experts.topK, intermediate_size: experts.dense ?? experts.width, moe_intermediate_size: experts.width,
    num_shared_expert: experts.shared, use_mixed_mlp_moe: experts.shared > 0, use_cla: share !== undefined, cla_share_factor: share,
    moe_layer_num_skipped: experts.isMoe.indexOf(true),
  };
}

export function stepPart(model: PlainModel): Part {
  const experts = expertsOf(model);
  const full = model.attention.find((block) => block?.values["window"] === undefined)?.values ?? {};
  const sliding = model.attention.find((block) => block?.values["window"] !== undefined)?.values;
  return {
    num_attention_heads: full["heads"], num_attention_groups: full["kv_heads"], num_key_value_heads: undefined, head_dim: full["head_dim"], share_q_dim: full["q_lora_rank"],
    attention_other_setting: sliding ? { attention_type: "sliding_attention", num_attention_heads: sliding["heads"], num_attention_groups: sliding["kv_heads"], head_dim: sliding["head_dim"] } : undefined,
    use_head_wise_attn_gate: full["output_gate"] === "head", moe_num_experts: experts.routed, moe_top_k: experts.topK, moe_intermediate_size: experts.width,
    share_expert_dim: experts.shared > 0 ? experts.sharedWidth : 0, intermediate_size: experts.dense, use_moe_router_bias: experts.lossFree,
    moe_layers_enum: experts.isMoe.flatMap((moe, layer) => (moe ? [layer] : [])).join(","),
  };
}

export function graniteHybridPart(model: PlainModel): Part {
  const experts = expertsOf(model);
  return {
    num_local_experts: experts.routed ?? 0, num_experts_per_tok: experts.topK ?? 0, intermediate_size: experts.width ?? experts.dense, router_aux_loss_coef: experts.alpha,
    shared_intermediate_size: experts.routed === undefined ? experts.dense : experts.shared > 0 ? experts.sharedWidth : 0,
    layer_types: model.attention.map((block) => (block?.kind === "mamba2" ? "mamba" : "attention")), attn_layer_indices: undefined,
  };
}

export function afmoePart(model: PlainModel): Part {
  const experts = expertsOf(model);
  return {
    num_experts: experts.routed, num_experts_per_tok: experts.topK, moe_intermediate_size: experts.width, num_shared_experts: experts.shared, intermediate_size: experts.dense,
    num_dense_layers: experts.isMoe.indexOf(true), num_expert_groups: experts.groups, num_limited_groups: experts.groupLimit,
  };
}

/** Grok-2: the dense network beside the experts is the wider one. */
export function grokPart(model: PlainModel): Part {
  const experts = expertsOf(model);
  return {
    num_local_experts: experts.routed, num_experts_per_tok: experts.topK, moe_intermediate_size: experts.width, intermediate_size: experts.shared > 0 ? experts.sharedWidth : experts.width,
    residual_moe: experts.shared > 0, router_aux_loss_coef: experts.alpha,
  };
}
