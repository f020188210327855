/** MiniMax: lightning attention up to M1, softmax attention throughout since M2, an indexer of blocks in M3. */
import type { Config } from "../config";
import type { BlockFacts } from "../facts";
import { blockSparsePart, flag, index, indices, perLayer, real, size, sizeOrNone, word, words } from "../shape";
import { auxiliaryLoss, biased, checkLength, dense, headAttention, headsOf, headsWith, layerTypes, moe, shared } from "./blocks";
import { moeLayers } from "./deepseek";
import { defineFamily, type Family, type Fields } from "./family";

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
    if (!list && !config.has("layer_types") && config.get("model_type") !== "minimax") own.fail("`attn_type_list` is missing: it says which layers have softmax attention", "attn_type_list");
    const kinds = layerTypes(config, (layer) => (list === undefined ? layer % 2 === 0 : list[layer] === 1) ? "full_attention" : "linear_attention");
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

const minimaxShape = {
  moe_layer_freq: perLayer(), mlp_layer_types: words(), routed_scaling_factor: real(), dense_intermediate_size: size(), sparse_attention_config: blockSparsePart(), attention_output_gate: flag(), use_gemma_norm: flag(), swiglu_alpha: real(), swiglu_beta: real(),
  index_n_heads: size(), index_head_dim: size(), index_block_size: size(), index_topk_blocks: size(), index_local_blocks: index(), attn_type_list: indices(), qk_norm_type: word(), use_mtp: flag(),
  num_mtp_modules: sizeOrNone(), mtp_transformer_layers: size(), use_routing_bias: flag(), shared_intermediate_size: sizeOrNone(), rotary_dim: size(),
} as const;

/** MiniMax-M3's indexer of blocks of tokens, by either of the two sets of names, and the layers it stands on. */
function pickedBlocks(own: Config<Fields<typeof minimaxShape>>) {
  const config = shared(own);
  own.skip("index_local_blocks");
  const part = own.get("sparse_attention_config");
  if (part) {
    const values = { indexer_heads: part.sparse_num_index_heads, indexer_head_dim: part.sparse_index_dim, top_k: part.sparse_topk_blocks * part.sparse_block_size };
    return { values, on: (layer: number): boolean => part.use_sparse_attention !== false && part.sparse_attention_freq?.[layer] !== 0 };
  }
  const kinds = config.get("layer_types");
  if (kinds) checkLength(config, "layer_types", kinds);
  if (kinds?.includes("minimax_m3_sparse") !== true) {
    own.skip("index_n_heads", "index_head_dim", "index_block_size", "index_topk_blocks");
    return undefined;
  }
  const values = { indexer_heads: own.need("index_n_heads"), indexer_head_dim: own.need("index_head_dim"), top_k: own.need("index_topk_blocks") * own.need("index_block_size") };
  return { values, on: (layer: number): boolean => kinds[layer] === "minimax_m3_sparse" };
}

const minimaxM2 = defineFamily({
  title: "MiniMax-M2",
  modelTypes: ["minimax_m2", "minimax-m2", "minimax_m3", "minimax_m3_vl", "minimax_m3_text", "minimax_m3_vl_text"],
  architectures: ["MiniMaxM2ForCausalLM", "MiniMaxM3SparseForCausalLM", "MiniMaxM3SparseForConditionalGeneration"],
  shape: minimaxShape,
  defaults: { use_qk_norm: true, use_routing_bias: true },
  read: (own) => {
    const config = shared(own);
    const kinds = own.get("attn_type_list") ?? [];
    if (kinds.some((kind) => kind !== 1)) own.fail("`attn_type_list` names layers without softmax attention: MiniMax-M2 has none", "attn_type_list");
    const normed = config.get("use_qk_norm") === true;
    const isThird = config.get("model_type")?.startsWith("minimax_m3") === true;
    const isWhole = (own.get("qk_norm_type") ?? (isThird ? "per_head" : "per_layer")) === "per_layer";
    const attention = headsWith(config, { bias: biased(config), qk_norm: normed ? (isWhole ? "whole" : true) : undefined });
    own.skip("use_gemma_norm", "swiglu_alpha", "swiglu_beta", "rotary_dim");
    if (own.get("attention_output_gate") === true) own.doubt("the gate on the attention output is not counted", "attention_output_gate");
    const picked = pickedBlocks(own);
    if (picked) own.doubt("attention to picked blocks of tokens is counted as attention to as many picked tokens");
    const hasExperts = own.has("moe_layer_freq") || own.has("mlp_layer_types") ? moeLayers(own) : () => true;
    const denseWidth = own.get("dense_intermediate_size");
    const sharedWidth = own.get("shared_intermediate_size");
    const loss = auxiliaryLoss(config);
    const ffn = moe({
      routed: config.need("num_local_experts"), topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size"),
      balance: own.get("use_routing_bias") === true ? "loss_free" : loss, ...(sharedWidth === undefined ? {} : { shared: config.get("n_shared_experts") ?? 1, sharedWidth }),
    });
    own.skip("mtp_transformer_layers", "num_nextn_predict_layers");
    const modules = own.get("num_mtp_modules");
    return {
      attention: (layer) => (picked?.on(layer) === true ? { ...attention, children: { sparse: { values: picked.values } } } : attention),
      ffn: (layer) => (hasExperts(layer) ? ffn : dense(denseWidth ?? own.fail("`dense_intermediate_size` is missing: some layers are dense", "dense_intermediate_size"))),
      mtp: own.get("use_mtp") === false ? undefined : modules,
    };
  },
});

export const minimaxFamilies: readonly Family[] = [minimaxM1, minimaxM2];
