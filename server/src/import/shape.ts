/** What fields of a config may hold. All are optional here: what a family needs, it asks for. */
import * as z from "zod";
import { mostLayers } from "../core/schema/model";

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .number({ error: `must be a whole number of at least ${least}` })
    .refine((value) => Number.isInteger(value) && value >= least, { error: `must be a whole number of at least ${least}`, abort: true })
    .refine((value) => value <= most, { error: `must not be above ${most.toLocaleString("en-US")}` });

/** A whole number from 1 up. */
export const size = () => whole(1).optional();
/** A whole number from 0 up; configs write 0 for "there is none". */
export const sizeOrNone = () => whole(0).transform((value) => (value === 0 ? undefined : value)).optional();
export const index = () => whole(0).optional();
export const flag = () => z.boolean({ error: "must be true or false" }).optional();
export const real = () => z.number({ error: "must be a number" }).optional();
export const word = () => z.string({ error: "must be a text" }).optional();
export const words = () => z.array(z.string({ error: "must be a text" }), { error: "must be a list of texts" }).optional();
export const indices = () => z.array(whole(0), { error: "must be a list of whole numbers" }).optional();
/** One number for all layers, or a list with one for each. */
export const perLayer = () => z.union([whole(0), z.array(whole(0))], { error: "must be a whole number, or a list with one for each layer" }).optional();
/** Names of kinds of layers that stand by turns: `LLLG`, or every how many one is of the other kind. */
export const pattern = () => z.union([z.string(), whole(0)], { error: "must be a text or a whole number" }).optional();
/** Laguna's gate: whether there is one, or on what. */
export const headGate = () => z.union([z.boolean(), z.string()], { error: "must be true, false or a text" }).optional();
/** A width, or `auto`: that which fills what is left. */
export const headWidth = () => z.union([whole(1), z.literal("auto")], { error: "must be a whole number or \"auto\"" }).optional();
/** `127,0`, or the two in a list. */
export const leftAndRight = () => z.union([z.string(), z.array(z.number()), whole(0).transform((before) => [before])], { error: "must be two whole numbers" }).optional();
/** One letter or word for each layer. */
export const layerLetters = () => z.union([z.string(), z.array(z.string())], { error: "must be a text or a list of texts" }).optional();
export const layerCount = () => whole(1, mostLayers).optional();
export const part = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, { error: "must be an object" }).optional();

/** The fields that decoders share. Each family adds its own and may read a shared one in its own sense. */
export const sharedShape = {
  model_type: word(),
  num_hidden_layers: layerCount(),
  hidden_size: size(),
  vocab_size: size(),
  intermediate_size: size(),
  max_position_embeddings: size(),
  tie_word_embeddings: flag(),
  num_attention_heads: size(),
  num_key_value_heads: size(),
  head_dim: size(),
  attention_bias: flag(),
  mlp_bias: flag(),
  hidden_act: word(),
  sliding_window: sizeOrNone(),
  use_sliding_window: flag(),
  max_window_layers: index(),
  layer_types: words(),
  moe_intermediate_size: perLayer(),
  n_routed_experts: sizeOrNone(),
  num_experts: sizeOrNone(),
  num_local_experts: sizeOrNone(),
  n_shared_experts: sizeOrNone(),
  num_experts_per_tok: sizeOrNone(),
  n_group: sizeOrNone(),
  topk_group: sizeOrNone(),
  topk_method: word(),
  scoring_func: word(),
  aux_loss_alpha: real(),
  router_aux_loss_coef: real(),
  first_k_dense_replace: index(),
  num_nextn_predict_layers: sizeOrNone(),
  use_qk_norm: flag(),
} as const;

/** Layers that differ one from the other, as DeciLM lists them. */
export const blockConfigs = () =>
  z.array(z.object({
    attention: z.looseObject({ n_heads_in_group: z.number().int().min(1).nullish(), no_op: z.boolean().nullish(), replace_with_linear: z.boolean().nullish() }).nullish(),
    ffn: z.looseObject({ ffn_mult: z.number().positive().nullish(), intermediate_size: z.number().int().min(1).nullish(), no_op: z.boolean().nullish(), replace_with_linear: z.boolean().nullish() }).nullish(),
  }), { error: "must be a list of blocks" }).optional();

/** The experts of Mistral's `params.json`. */
export const expertPart = () => z.object({ num_experts: whole(1), num_experts_per_tok: whole(1) }, { error: "must be an object" }).optional();

/** DeepSeek-V4's tokens of an entry, by kind of layer. */
export const compressRates = () => z.looseObject({ compressed_sparse_attention: whole(1).optional(), heavily_compressed_attention: whole(1).optional() }, { error: "must be an object" }).optional();

/** MPT's attention. */
export const mptAttention = () => z.looseObject({
  attn_type: z.string().optional(), kv_n_heads: whole(1).optional(), alibi: z.boolean().optional(), qk_ln: z.boolean().optional(),
}, { error: "must be an object" }).optional();

/** Layers of Gemma 4 that differ from the others, by their index. */
export const layerOverrides = () => z.record(z.string(), z.looseObject({ head_dim: whole(1).optional(), num_key_value_heads: whole(1).optional() }), { error: "must be an object" }).optional();

/** DBRX keeps attention and experts in parts of their own. */
export const attentionPart = () => z.looseObject({ kv_n_heads: whole(1) }, { error: "must be an object" }).optional();
export const expertsPart = () =>
  z.looseObject({ ffn_hidden_size: whole(1), moe_num_experts: whole(1), moe_top_k: whole(1), moe_loss_weight: z.number().optional() }, { error: "must be an object" }).optional();

/** MiniMax-M3's choice of blocks of tokens. */
export const blockSparsePart = () => z.looseObject({
  use_sparse_attention: z.boolean().optional(), sparse_index_dim: whole(1), sparse_num_index_heads: whole(1), sparse_topk_blocks: whole(1), sparse_block_size: whole(1),
  sparse_attention_freq: z.array(whole(0)).optional(),
}, { error: "must be an object" }).optional();

/** Heads of Step's sliding layers. */
export const stepSettings = () =>
  z.looseObject({ num_attention_heads: whole(1).optional(), num_attention_groups: whole(1).optional(), head_dim: whole(1).optional() }, { error: "must be an object" }).optional();

/** Kimi Linear's linear layers; layers are counted from 1 there. */
export const kimiLinearPart = () => z.looseObject({
  kda_layers: z.array(whole(1)), full_attn_layers: z.array(whole(1)).optional(), head_dim: whole(1), num_heads: whole(1), short_conv_kernel_size: whole(1).optional(),
  use_full_rank_gate: z.boolean().optional(),
}, { error: "must be an object with kda_layers, head_dim and num_heads" }).optional();
