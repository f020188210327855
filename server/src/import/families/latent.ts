/** Latent attention as in DeepSeek-V3, and what follows its fields: Kimi K2, GLM-4.7-Flash, MiniCPM3, LongCat; with an indexer DeepSeek-V3.2, GLM-5, Hy4. */
import type { Config } from "../config";
import type { BlockFacts } from "../facts";
import { flag, index, layerLetters, real, size, sizeOrNone, word, words } from "../shape";
import { checkLength, dense, mla, moe, shared, withPostNorm } from "./blocks";
import { deepseekFfn, latentShape, lossFree, sparseShape } from "./deepseek";
import { defineFamily, type Family, type FamilySpec, type Fields } from "./family";

type LatentOptions = Pick<FamilySpec<typeof latentShape>, "title" | "modelTypes" | "architectures" | "defaults" | "tied" | "renames"> & {
  /** A second norm after the experts. */
  readonly post_norm?: boolean;
};

/** Latent attention, and experts or dense networks by DeepSeek's field names. */
const latent = ({ post_norm = false, ...spec }: LatentOptions): Family => defineFamily({
  ...spec,
  shape: { ...latentShape, dim_model_base: size() },
  read: (own) => {
    const config = shared(own);
    own.skip("dim_model_base");
    const attention = mla(own as unknown as Parameters<typeof mla>[0]);
    const ffn = deepseekFfn(own, lossFree(own), true);
    const normed = (layer: number): BlockFacts => (post_norm && ffn(layer).kind === "moe" ? withPostNorm(ffn(layer)) : ffn(layer));
    return { attention: () => attention, ffn: normed, mtp: config.get("num_nextn_predict_layers") };
  },
});

const v3Latent = { q_lora_rank: 1536, kv_lora_rank: 512, qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128 } as const;
const v3Experts = { n_routed_experts: 256, n_shared_experts: 1, num_experts_per_tok: 8, moe_intermediate_size: 2048, first_k_dense_replace: 3, n_group: 8, topk_group: 4 } as const;

const deepseekV3 = latent({
  title: "DeepSeek-V3",
  modelTypes: ["deepseek_v3", "kimi_k2", "kimi_vl", "kimi_k25", "longcat_deepseek"],
  architectures: ["DeepseekV3ForCausalLM", "DeepseekV3ForCausalLMNextN"],
  defaults: { ...v3Latent, ...v3Experts },
});

/** Models with DeepSeek-V3's layers and defaults of their own; also what nothing more is known of than its fields. */
const latentFamilies: readonly Family[] = [
  latent({
    title: "GLM-4.7-Flash", modelTypes: ["glm4_moe_lite"], architectures: ["Glm4MoeLiteForCausalLM"], defaults: { first_k_dense_replace: 1, n_shared_experts: 1 },
  }),
  latent({ title: "Mistral Large 3", modelTypes: ["mistral4"], architectures: ["Mistral4ForCausalLM", "MistralLarge3ForCausalLM"], defaults: { n_shared_experts: 1 } }),
  latent({ title: "Youtu-LLM", modelTypes: ["youtu"], architectures: ["YoutuForCausalLM"], tied: true }),
  latent({ title: "MiniCPM3", modelTypes: ["minicpm3"], architectures: ["MiniCPM3ForCausalLM"], tied: true }),
  latent({ title: "A.X K1", modelTypes: ["axk1"], architectures: ["AXK1ForCausalLM"], defaults: { first_k_dense_replace: 1, n_shared_experts: 1 }, post_norm: true }),
];

/** By its fields alone. */
export const unknownLatent = latent({ title: "DeepSeek-V3", modelTypes: [], architectures: [] });

const indexerShape = {
  ...latentShape, ...sparseShape, indexer_rope_interleave: flag(), indexer_types: words(), index_topk_freq: size(), index_skip_topk_offset: index(), index_topk_pattern: layerLetters(), hc_mult: size(),
  hc_magnitude: real(), learnable_sink_init: real(),
} as const;

/** Which layers take the choice of an earlier layer's indexer. */
function sharesIndexer(own: Config<Fields<typeof indexerShape>>, everyFourth: boolean): (layer: number) => boolean {
  const [kinds, letters] = [own.get("indexer_types"), own.get("index_topk_pattern")];
  const frequency = own.get("index_topk_freq") ?? 1;
  const offset = own.get("index_skip_topk_offset") ?? 2;
  if (kinds) {
    checkLength(own, "indexer_types", kinds);
    return (layer) => kinds[layer] === "shared";
  }
  if (letters !== undefined) {
    checkLength(own, "index_topk_pattern", letters);
    return (layer) => ["S", "shared"].includes(letters[layer] ?? "");
  }
  if (everyFourth) return (layer) => layer !== 0 && (layer - 1) % 4 !== 0;
  return (layer) => Math.max(layer - offset + 1, 0) % frequency !== 0;
}

type SparseOptions = Pick<FamilySpec<typeof indexerShape>, "title" | "modelTypes" | "architectures" | "defaults"> & {
  /** Hy4: a gate and sinks beside, an indexer on every fourth layer, and hyper-connections of its own. */
  readonly isHy4?: boolean;
};

const sparseLatent = ({ isHy4 = false, ...spec }: SparseOptions): Family => defineFamily({
  ...spec,
  shape: indexerShape,
  read: (own) => {
    const config = shared(own);
    own.skip("indexer_rope_interleave", "hc_magnitude", "learnable_sink_init");
    config.skip("layer_types"); // `indexed_attention` throughout
    if (own.get("hc_mult") !== undefined) own.doubt("the hyper-connections are not counted", "hc_mult");
    const shares = sharesIndexer(own, isHy4);
    const values = isHy4 ? { output_gate: true, sinks: true } : {};
    const attention = (layer: number): BlockFacts => mla(own as unknown as Parameters<typeof mla>[0], {
      values,
      sparse: { values: { indexer_heads: own.need("index_n_heads"), indexer_head_dim: own.need("index_head_dim"), top_k: own.need("index_topk"), shared_indexer: shares(layer) ? true : undefined } },
    });
    return { attention, ffn: deepseekFfn(own, lossFree(own), true), mtp: config.get("num_nextn_predict_layers") };
  },
});

const indexer = { index_head_dim: 128, index_topk: 2048 } as const;

const sparseFamilies: readonly Family[] = [
  sparseLatent({
    title: "DeepSeek-V3.2", modelTypes: ["deepseek_v32"], architectures: ["DeepseekV32ForCausalLM"], defaults: { ...v3Latent, ...v3Experts, ...indexer, index_n_heads: 64 },
  }),
  sparseLatent({
    title: "GLM-5", modelTypes: ["glm_moe_dsa"], architectures: ["GlmMoeDsaForCausalLM"],
    defaults: { ...indexer, index_n_heads: 32, q_lora_rank: 2048, kv_lora_rank: 512, qk_nope_head_dim: 192, qk_rope_head_dim: 64, v_head_dim: 256, first_k_dense_replace: 3, n_shared_experts: 1 },
  }),
  sparseLatent({
    title: "Hy4", modelTypes: ["hy_v4"], architectures: ["HYV4ForCausalLM"], isHy4: true,
    defaults: { ...indexer, index_n_heads: 16, q_lora_rank: 1536, kv_lora_rank: 512, qk_nope_head_dim: 192, qk_rope_head_dim: 64, v_head_dim: 256, first_k_dense_replace: 1, n_shared_experts: 1 },
  }),
];

/** Each published layer is two attentions and two dense networks in a row, with experts beside the first network: two layers here. */
const longcat = defineFamily({
  title: "LongCat-Flash",
  modelTypes: ["longcat_flash"],
  architectures: ["LongcatFlashForCausalLM", "LongcatCausalLM"],
  shape: {
    ...latentShape, zero_expert_num: sizeOrNone(), zero_expert_type: word(), mla_scale_q_lora: flag(), mla_scale_kv_lora: flag(), router_bias: flag(), attention_method: word(), num_layers: size(),
  },
  renames: {
    ffn_hidden_size: "intermediate_size", expert_ffn_hidden_size: "moe_intermediate_size", moe_topk: "num_experts_per_tok", num_hidden_layers: "num_layers",
  },
  required: ["num_layers", "hidden_size", "vocab_size", "num_attention_heads"],
  defaults: { ...v3Latent, n_routed_experts: 512, num_experts_per_tok: 12 },
  layers: (own) => 2 * own.need("num_layers"),
  read: (own) => {
    const config = shared(own);
    own.skip("zero_expert_type", "mla_scale_q_lora", "mla_scale_kv_lora", "router_bias", "attention_method");
    const width = config.need("intermediate_size");
    const expertWidth = config.need("moe_intermediate_size");
    if (typeof expertWidth !== "number") return config.fail("`moe_intermediate_size` must be a whole number", "moe_intermediate_size");
    own.doubt("each layer of the config is two layers here: the first with its experts beside the dense network, as a shared expert, the second dense", "num_layers");
    const routed = config.need("n_routed_experts");
    const zero = own.get("zero_expert_num");
    if (zero !== undefined) own.doubt(`${zero} of ${routed + zero} choices of the router are experts that do nothing: a token is counted as if it chose none of them`, "zero_expert_num");
    const attention = mla(own as unknown as Parameters<typeof mla>[0]);
    const experts = moe({ routed, topK: config.need("num_experts_per_tok"), width: expertWidth, shared: 1, sharedWidth: width, balance: "loss_free" });
    return { attention: () => attention, ffn: (layer) => (layer % 2 === 0 ? experts : dense(width)), mtp: config.get("num_nextn_predict_layers") };
  },
});

export const latentModelFamilies: readonly Family[] = [deepseekV3, ...latentFamilies, ...sparseFamilies, longcat];
