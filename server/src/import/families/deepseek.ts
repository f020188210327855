/** DeepSeek from MoE 16B to V4, and what follows its fields: Kimi K2, GLM-5, GLM-4.7-Flash, and DeepSeek's own inference configs. */
import { noted, type BlockFacts } from "../facts";
import { expertPart, flag, indices, layerCount, perLayer, real, size, sizeOrNone, word, words } from "../shape";
import { auxiliaryLoss, checkLength, dense, headAttention, headsOf, mla, moe, shared, type Experts } from "./blocks";
import { defineFamily, type Family, type Fields } from "./family";
import type { Config } from "../config";

const expertShape = { moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real() } as const;
const latentShape = {
  ...expertShape, q_lora_rank: sizeOrNone(), kv_lora_rank: size(), qk_nope_head_dim: size(), qk_rope_head_dim: size(), v_head_dim: size(), qk_head_dim: size(),
} as const;
const sparseShape = { index_n_heads: size(), index_head_dim: size(), index_topk: size() } as const;

type ExpertConfig = Config<Fields<typeof expertShape>>;

/** Which layers have experts, by any of the three ways to say it. */
export function moeLayers(own: ExpertConfig): (layer: number) => boolean {
  const config = shared(own);
  const frequency = own.get("moe_layer_freq") ?? 1;
  const kinds = own.get("mlp_layer_types");
  const first = config.get("first_k_dense_replace") ?? 0;
  if (kinds !== undefined) {
    checkLength(own, "mlp_layer_types", kinds);
    return (layer) => kinds[layer] !== "dense";
  }
  if (typeof frequency !== "number") {
    checkLength(own, "moe_layer_freq", frequency);
    return (layer) => frequency[layer] !== 0;
  }
  if (frequency === 0) own.fail("`moe_layer_freq` must be at least 1", "moe_layer_freq");
  return (layer) => layer >= first && layer % frequency === 0;
}

/** The experts by DeepSeek's field names. */
export function deepseekExperts(own: ExpertConfig, balance: Experts["balance"], grouped: boolean): BlockFacts {
  const config = shared(own);
  const width = config.need("moe_intermediate_size");
  if (typeof width !== "number") return config.fail("`moe_intermediate_size` must be a whole number", "moe_intermediate_size");
  const groups = config.get("n_group");
  const groupLimit = config.get("topk_group");
  return moe({
    routed: config.need("n_routed_experts"), topK: config.need("num_experts_per_tok"), width, shared: config.get("n_shared_experts"), balance,
    groups: grouped ? groups : undefined, groupLimit: grouped ? groupLimit : undefined,
  });
}

function deepseekFfn(own: ExpertConfig, balance: Experts["balance"], grouped: boolean): (layer: number) => BlockFacts {
  const config = shared(own);
  const width = config.get("intermediate_size");
  const denseFfn = () => dense(width ?? config.fail("`intermediate_size` is missing: the first layers are dense", "intermediate_size"));
  if (config.get("n_routed_experts") === undefined) {
    own.skip("moe_layer_freq", "first_k_dense_replace", "moe_intermediate_size");
    return denseFfn;
  }
  const hasExperts = moeLayers(own);
  const experts = deepseekExperts(own, balance, grouped);
  return (layer) => (hasExperts(layer) ? experts : denseFfn());
}

const deepseekMoe = defineFamily({
  title: "DeepSeekMoE",
  modelTypes: ["deepseek"],
  architectures: ["DeepseekForCausalLM"],
  shape: expertShape,
  read: (own) => {
    const config = shared(own);
    const attention = headAttention({ ...headsOf(config), values: { bias: config.get("attention_bias") === true ? true : undefined } });
    const ffn = deepseekFfn(own, auxiliaryLoss(config), false);
    return { attention: () => attention, ffn };
  },
});

const deepseekV2 = defineFamily({
  title: "DeepSeek-V2",
  modelTypes: ["deepseek_v2"],
  architectures: ["DeepseekV2ForCausalLM"],
  shape: latentShape,
  read: (own) => {
    const config = shared(own);
    const grouped = config.get("topk_method") === "group_limited_greedy";
    const attention = mla(own as Parameters<typeof mla>[0]);
    // With tools that sum the losses, `aux_loss_alpha` of the published file is the expert-level factor.
    const ffn = deepseekFfn(own, auxiliaryLoss(config), grouped);
    config.skip("n_group", "topk_group");
    return { attention: () => attention, ffn, mtp: config.get("num_nextn_predict_layers") };
  },
});

const lossFree = (own: ExpertConfig): Experts["balance"] => {
  const config = shared(own);
  const method = config.get("topk_method") ?? "noaux_tc";
  const alpha = auxiliaryLoss(config);
  return method === "noaux_tc" ? "loss_free" : alpha;
};

const deepseekV3 = defineFamily({
  title: "DeepSeek-V3",
  modelTypes: ["deepseek_v3", "kimi_k2", "deepseek_vl_v2", "kimi_vl", "kimi_k25", "glm4_moe_lite", "youtu", "longcat_deepseek"],
  architectures: ["DeepseekV3ForCausalLM", "DeepseekV3ForCausalLMNextN", "Glm4MoeLiteForCausalLM"],
  shape: latentShape,
  read: (own) => {
    const config = shared(own);
    const attention = mla(own as Parameters<typeof mla>[0]);
    return { attention: () => attention, ffn: deepseekFfn(own, lossFree(own), true), mtp: config.get("num_nextn_predict_layers") };
  },
});

const deepseekSparse = defineFamily({
  title: "DeepSeek-V3.2",
  modelTypes: ["deepseek_v32", "glm_moe_dsa"],
  architectures: ["DeepseekV32ForCausalLM", "GlmMoeDsaForCausalLM"],
  shape: { ...latentShape, ...sparseShape, indexer_rope_interleave: flag(), indexer_types: words() },
  read: (own) => {
    const config = shared(own);
    own.skip("indexer_rope_interleave");
    const kinds = own.get("indexer_types");
    if (kinds) checkLength(own, "indexer_types", kinds);
    const attention = (layer: number): BlockFacts => {
      const values = { indexer_heads: own.need("index_n_heads"), indexer_head_dim: own.need("index_head_dim"), top_k: own.need("index_topk") };
      const shared_indexer = kinds?.[layer] === "shared" ? true : undefined;
      return mla(own as unknown as Parameters<typeof mla>[0], { sparse: { values: { ...values, shared_indexer } } });
    };
    return { attention, ffn: deepseekFfn(own, lossFree(own), true), mtp: config.get("num_nextn_predict_layers") };
  },
});

const deepseekV4 = defineFamily({
  title: "DeepSeek-V4",
  modelTypes: ["deepseek_v4"],
  architectures: ["DeepseekV4ForCausalLM"],
  shape: {
    ...latentShape, ...sparseShape, o_groups: size(), o_lora_rank: size(), compress_ratios: indices(), num_hash_layers: sizeOrNone(), hc_mult: size(),
    hc_sinkhorn_iters: size(), compress_rope_theta: real(),
  },
  read: (own) => {
    const config = shared(own);
    const ratios = own.need("compress_ratios");
    if (ratios.length < config.layers) own.fail(`\`compress_ratios\` names ${ratios.length} layers: the model has ${config.layers}`, "compress_ratios");
    const heads = headsOf(config);
    const bias = config.get("attention_bias") === true ? true : undefined;
    own.skip("qk_rope_head_dim", "hc_sinkhorn_iters", "compress_rope_theta"); // the rotary part lies within head_dim
    const window = config.need("sliding_window");
    const sparse: BlockFacts = {
      values: { indexer_heads: own.need("index_n_heads"), indexer_head_dim: own.need("index_head_dim"), top_k: own.need("index_topk") },
    };
    const smallest = Math.min(...ratios.filter((ratio) => ratio > 0));
    if (own.get("num_hash_layers") !== undefined) own.doubt("the first layers choose experts by a table of the tokens: counted as if by a router", "num_hash_layers");
    const attention = (layer: number): BlockFacts => {
      const ratio = ratios[layer] ?? 0;
      const block = headAttention({
        ...heads,
        values: {
          q_lora_rank: own.get("q_lora_rank"), bias, tie_kv: noted(true, "one vector is key and value"), sinks: true, o_lora_rank: own.get("o_lora_rank"), o_groups: own.get("o_groups"), window,
          compress: ratio > 0 ? noted(ratio, "tokens an entry") : undefined, compress_overlap: ratio > 0 && ratio === smallest ? true : undefined,
        },
      });
      // The indexer picks among the lightly compressed entries; of the heavily compressed ones a query sees all.
      return ratio > 0 && ratio === smallest ? { ...block, children: { sparse } } : block;
    };
    return { attention, ffn: deepseekFfn(own, lossFree(own), false), mtp: config.get("num_nextn_predict_layers"), head: { hyper_connections: own.get("hc_mult") } };
  },
});

/** DeepSeek's own inference code names everything differently (github.com/deepseek-ai/DeepSeek-V3, inference/model.py). */
const deepseekNative = defineFamily({
  title: "DeepSeek's inference code",
  modelTypes: [],
  shape: { ...latentShape, ...sparseShape, n_dense_layers: sizeOrNone(), scale_fmt: word(), score_func: word() },
  renames: {
    n_layers: "num_hidden_layers", dim: "hidden_size", inter_dim: "intermediate_size", moe_inter_dim: "moe_intermediate_size", n_heads: "num_attention_heads",
    n_dense_layers: "first_k_dense_replace", n_activated_experts: "num_experts_per_tok", n_expert_groups: "n_group", n_limited_groups: "topk_group",
    n_mtp_layers: "num_nextn_predict_layers", max_seq_len: "max_position_embeddings",
  },
  defaults: {
    kv_lora_rank: 512, qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128, first_k_dense_replace: 1, n_shared_experts: 2, n_routed_experts: 64,
    num_experts_per_tok: 6,
  },
  read: (own) => {
    const config = shared(own);
    own.skip("scale_fmt");
    const heads = own.get("index_n_heads");
    const sparse: BlockFacts | undefined = heads === undefined ? undefined
      : { values: { indexer_heads: heads, indexer_head_dim: own.need("index_head_dim"), top_k: own.need("index_topk") } };
    // A bias steers the selection where the scores are sigmoids and the model is as wide as V3 (inference/model.py, class Gate).
    const balance = own.get("score_func") === "sigmoid" ? "loss_free" : undefined;
    const attention = mla(own as unknown as Parameters<typeof mla>[0], { sparse });
    return { attention: () => attention, ffn: deepseekFfn(own, balance, true), mtp: config.get("num_nextn_predict_layers") };
  },
});

/** Meta's and Mistral's `params.json`. */
const params = defineFamily({
  title: "params.json",
  modelTypes: [],
  shape: { multiple_of: size(), ffn_dim_multiplier: real(), n_layers: layerCount(), use_scaled_rope: word(), moe: expertPart() },
  renames: { n_layers: "num_hidden_layers", dim: "hidden_size", hidden_dim: "intermediate_size", n_heads: "num_attention_heads", n_kv_heads: "num_key_value_heads", max_seq_len: "max_position_embeddings" },
  read: (own) => {
    const config = shared(own);
    const hidden = config.need("hidden_size");
    const attention = headAttention(headsOf(config));
    const multiple = own.get("multiple_of") ?? 256;
    const factor = own.get("ffn_dim_multiplier") ?? 1;
    // github.com/meta-llama/llama, model.py: 2/3 of 4 x dim, scaled, up to a multiple
    const width = config.get("intermediate_size") ?? Math.ceil(Math.floor(factor * Math.floor((2 * 4 * hidden) / 3)) / multiple) * multiple;
    const experts = own.get("moe");
    const ffn = experts === undefined ? dense(width) : moe({ routed: experts.num_experts, topK: experts.num_experts_per_tok, width });
    return { attention: () => attention, ffn: () => ffn };
  },
});

export const deepseekFamilies: readonly Family[] = [deepseekMoe, deepseekV2, deepseekV3, deepseekSparse, deepseekV4];
export { deepseekNative, deepseekV3, params };
