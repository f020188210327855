/** Configs beside those of Hugging Face: DeepSeek's inference code, and `params.json` of Meta and Mistral. */
import type { BlockFacts } from "../facts";
import { expertPart, layerCount, real, size, sizeOrNone, word } from "../shape";
import { dense, headAttention, headsOf, mla, moe, shared } from "./blocks";
import { deepseekFfn, latentShape, sparseShape } from "./deepseek";
import { defineFamily } from "./family";

/** DeepSeek's own inference code names everything differently (github.com/deepseek-ai/DeepSeek-V3, inference/model.py). */
export const deepseekNative = defineFamily({
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
export const params = defineFamily({
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
