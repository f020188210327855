/** DeepSeek from MoE 16B to V4, and what follows its fields: Kimi K2, GLM-4.7-Flash, GLM-5, LongCat. */
import { noted, type BlockFacts } from "../facts";
import { compressRates, indices, perLayer, real, size, sizeOrNone, words } from "../shape";
import { auxiliaryLoss, checkLength, dense, headAttention, headsOf, layerTypes, mla, moe, shared, type Experts } from "./blocks";
import { defineFamily, type Family, type Fields } from "./family";
import type { Config } from "../config";

export const expertShape = { moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real() } as const;
export const latentShape = {
  ...expertShape, q_lora_rank: sizeOrNone(), kv_lora_rank: size(), qk_nope_head_dim: size(), qk_rope_head_dim: size(), v_head_dim: size(), qk_head_dim: size(),
} as const;
export const sparseShape = { index_n_heads: size(), index_head_dim: size(), index_topk: size() } as const;

type ExpertConfig = Config<Fields<typeof expertShape>>;

/** Which layers have experts, by any of the three ways to say it. */
export function moeLayers(own: ExpertConfig): (layer: number) => boolean {
  const config = shared(own);
  const frequency = own.get("moe_layer_freq") ?? 1;
  const kinds = own.get("mlp_layer_types");
  if (kinds !== undefined) {
    config.skip("first_k_dense_replace");
    checkLength(own, "mlp_layer_types", kinds);
    return (layer) => kinds[layer] !== "dense";
  }
  if (typeof frequency !== "number") {
    config.skip("first_k_dense_replace");
    checkLength(own, "moe_layer_freq", frequency);
    return (layer) => frequency[layer] !== 0;
  }
  const first = config.get("first_k_dense_replace") ?? 0;
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

export function deepseekFfn(own: ExpertConfig, balance: Experts["balance"], grouped: boolean): (layer: number) => BlockFacts {
  const config = shared(own);
  const width = config.get("intermediate_size");
  const denseFfn = () => dense(width ?? config.fail("`intermediate_size` is missing: the first layers are dense", "intermediate_size"));
  if (config.get("n_routed_experts") === undefined) {
    own.skip("moe_layer_freq", "mlp_layer_types");
    config.skip("first_k_dense_replace", "moe_intermediate_size", "n_shared_experts", "num_experts_per_tok", "n_group", "topk_group");
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
  defaults: { q_lora_rank: 1536, kv_lora_rank: 512, qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128, n_routed_experts: 64, n_shared_experts: 2 },
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

/** How the experts are balanced where the config does not say: by a bias on each, as in DeepSeek-V3. */
export const lossFree = (own: ExpertConfig): Experts["balance"] => {
  const config = shared(own);
  const method = config.get("topk_method") ?? "noaux_tc";
  const alpha = auxiliaryLoss(config);
  return method === "noaux_tc" ? "loss_free" : alpha;
};

const v4Shape = {
    ...latentShape, ...sparseShape, o_groups: size(), o_lora_rank: size(), compress_ratios: indices(), compress_rates: compressRates(), num_hash_layers: sizeOrNone(), hc_mult: size(),
    hc_sinkhorn_iters: size(), compress_rope_theta: real(),
} as const;

/** Tokens of one cached entry on each layer, 0 where none is compressed: as the published file lists them, or by the names of Hugging Face transformers. */
function compressRatios(own: Config<Fields<typeof v4Shape>>): readonly number[] {
  const config = shared(own);
  const listed = own.get("compress_ratios");
  if (listed) {
    own.skip("compress_rates");
    config.skip("layer_types");
    // One more stands there for each module that predicts a further token.
    if (listed.length < config.layers) own.fail(`\`compress_ratios\` names ${listed.length} layers: the model has ${config.layers}`, "compress_ratios");
    return listed;
  }
  const rates = own.get("compress_rates");
  const light = rates?.compressed_sparse_attention ?? 4;
  const heavy = rates?.heavily_compressed_attention ?? 128;
  const rate: ReadonlyMap<string, number> = new Map([["compressed_sparse_attention", light], ["heavily_compressed_attention", heavy], ["sliding_attention", 0]]);
  const kinds = layerTypes(config, (layer) => (layer >= 2 && layer % 2 === 1 ? "compressed_sparse_attention" : "heavily_compressed_attention"));
  return Array.from({ length: config.layers }, (_, layer) =>
    rate.get(kinds(layer)) ?? config.fail(`\`layer_types\` names a kind of attention that is not understood here: ${kinds(layer)}`, "layer_types"));
}

const deepseekV4 = defineFamily({
  title: "DeepSeek-V4",
  modelTypes: ["deepseek_v4"],
  architectures: ["DeepseekV4ForCausalLM"],
  shape: v4Shape,
  defaults: { num_key_value_heads: 1, head_dim: 512, sliding_window: 128, n_shared_experts: 1, hc_mult: 4, index_n_heads: 64, index_head_dim: 128, o_groups: 8, o_lora_rank: 1024 },
  read: (own) => {
    const config = shared(own);
    const ratios = compressRatios(own);
    const heads = headsOf(config);
    const bias = config.get("attention_bias") === true ? true : undefined;
    own.skip("qk_rope_head_dim", "hc_sinkhorn_iters", "compress_rope_theta");
    config.skip("mlp_bias"); // the rotary part lies within head_dim
    const window = config.need("sliding_window");
    const sparse: BlockFacts = {
      values: { indexer_heads: own.need("index_n_heads"), indexer_head_dim: own.need("index_head_dim"), top_k: own.need("index_topk") },
    };
    const smallest = Math.min(...ratios.filter((ratio) => ratio > 0));
    if (own.get("num_hash_layers") !== undefined || own.get("mlp_layer_types")?.includes("hash_moe") === true) own.doubt("the first layers choose experts by a table of the tokens: counted as if by a router", "num_hash_layers");
    const attention = (layer: number): BlockFacts => {
      const ratio = ratios[layer] ?? 0;
      const block = headAttention({
        ...heads,
        values: {
          q_lora_rank: own.get("q_lora_rank"), bias, qk_norm: true, tie_kv: noted(true, "one vector is key and value"), sinks: true, o_lora_rank: own.get("o_lora_rank"), o_groups: own.get("o_groups"), window,
          compress: ratio > 0 ? noted(ratio, "tokens an entry") : undefined, compress_overlap: ratio > 0 && ratio === smallest ? true : undefined,
        },
      });
      // The indexer picks among the lightly compressed entries; of the heavily compressed ones a query sees all.
      return ratio > 0 && ratio === smallest ? { ...block, children: { sparse } } : block;
    };
    return { attention, ffn: deepseekFfn(own, lossFree(own), false), mtp: config.get("num_nextn_predict_layers"), head: { hyper_connections: own.get("hc_mult") } };
  },
});

export const deepseekFamilies: readonly Family[] = [deepseekMoe, deepseekV2, deepseekV4];
