/** Megatron's argument names. */
import type { Config } from "../config";
import type { BlockFacts } from "../facts";
import { flag, leftAndRight, perLayer, real, size, sizeOrNone, word } from "../shape";
import { checkLength, dense, headAttention, headsOf, learnedPositions, mla, moe, shared, windowed } from "./blocks";
import { defineFamily, type Fields } from "./family";

/** Words that an argument about the network has. */
const isOfNetwork = (field: string): boolean =>
  /attention|attn|heads?($|_)|layer|hidden|ffn|mlp|expert|moe|embedding|lora|latent|mamba|ssm|query|kv_|window|gated|swiglu|mtp|hybrid|linear|vocab|experimental|multi/.test(field);

/** Arguments that say how a model is trained, not what it is. */
const isTraining = (field: string): boolean =>
  /dropout|pipeline|parallel|recompute|backend|fusion|overlap|epsilon|init_method|flash|_impl$|scaling|cross_entropy|tokenizer|layernorm|persist|precision|fp8|fp32|bf16|checkpoint|delay|logit|grad|deterministic|mask|file$|path$/.test(field)
  || /^(no_|log_|use_rotary|rotary_|enable_experimental|vocab_extra|make_vocab|calculate_per_token)/.test(field)
  || /^moe_(token_dispatcher|grouped_gemm|permute|pad|expert_capacity|per_layer|router_(dtype|pre_softmax|score_function|topk_scaling|bias_update|fusion|force)|shared_expert_overlap|enable|flex|z_loss|use|layer_recompute|input_jitter|deepep)/.test(field)
  || /^(num_(workers|dataset|distributed|layers_per_virtual|virtual|gpus|samples|layers_in)|attention_(backend|softmax|dropout)|hidden_dropout|expert_(model|tensor)_parallel|mtp_loss)/.test(field);

const megatronShape = {
  swiglu: flag(), group_query_attention: flag(), add_qkv_bias: flag(), add_bias_linear: flag(), disable_bias_linear: flag(), qk_layernorm: flag(), untie_embeddings_and_output_weights: flag(),
  moe_layer_freq: perLayer(), moe_router_topk: size(), moe_shared_expert_intermediate_size: sizeOrNone(), moe_router_num_groups: size(), moe_router_group_topk: size(),
  moe_router_enable_expert_bias: flag(), moe_router_load_balancing_type: word(), moe_aux_loss_coeff: real(), multi_latent_attention: flag(), q_lora_rank: sizeOrNone(), kv_lora_rank: size(),
  qk_nope_head_dim: size(), qk_rope_head_dim: size(), v_head_dim: size(), window_size: leftAndRight(), window_attn_skip_freq: perLayer(), moe_shared_expert_gate: flag(),
  gated_linear_unit: flag(), attention_output_gate: flag(), position_embedding_type: word(), use_rotary_position_embeddings: flag(), mtp_num_layers: sizeOrNone(),
} as const;

/** `--window-size 127,0`: tokens before and behind the own one; `--window-attn-skip-freq 4`: every fourth layer sees all. */
function megatronWindow(own: Config<Fields<typeof megatronShape>>): (layer: number) => number | undefined {
  const written = own.get("window_size");
  const skip = own.get("window_attn_skip_freq");
  if (written === undefined) return () => undefined;
  if (typeof skip === "object") checkLength(own, "window_attn_skip_freq", skip);
  const [before = Number.NaN] = typeof written === "string" ? written.replace(/[()[\] ]/g, "").split(",").map(Number) : written;
  if (!Number.isInteger(before)) return own.fail("`window_size` must be two whole numbers: tokens before and behind", "window_size");
  const isFull = (layer: number): boolean => (typeof skip === "object" ? skip[layer] === 0 : skip !== undefined && skip > 0 && (layer + 1) % skip === 0);
  return (layer) => (before < 0 || isFull(layer) ? undefined : before + 1);
}

/** Megatron-LM's arguments, `--num-layers 61` read as `num_layers`. */
export const megatron = defineFamily({
  title: "Megatron",
  modelTypes: [],
  shape: megatronShape,
  renames: {
    num_layers: "num_hidden_layers", ffn_hidden_size: "intermediate_size", num_query_groups: "num_key_value_heads", kv_channels: "head_dim", moe_ffn_hidden_size: "moe_intermediate_size",
    qk_head_dim: "qk_nope_head_dim", qk_pos_emb_head_dim: "qk_rope_head_dim", mtp_num_layers: "num_nextn_predict_layers", padded_vocab_size: "vocab_size",
  },
  required: ["num_hidden_layers", "hidden_size", "num_attention_heads"],
  ignored: (field) => !isOfNetwork(field) || isTraining(field),
  read: (own) => {
    const config = shared(own);
    own.skip("moe_router_load_balancing_type");
    const latent = own.get("multi_latent_attention") === true;
    const turned = own.get("use_rotary_position_embeddings") === true ? "rope" : "learned_absolute";
    if ((own.get("position_embedding_type") ?? turned) === "learned_absolute" && !latent) learnedPositions(config);
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
      attention: windowed(attention, megatronWindow(own)), ffn: (layer) => (experts && hasExperts(layer) ? experts : denseFfn), mtp: config.get("num_nextn_predict_layers"),
      head: { tie_embeddings: own.get("untie_embeddings_and_output_weights") === true ? undefined : true },
    };
  },
});
