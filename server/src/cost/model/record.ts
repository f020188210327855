/**
 * A model as the cost room sees it: plain, complete records. Property names are those of the language, so that an
 * input path such as `attention[0].kv_lora_rank` names both a field here and a property in the file.
 * All counts are whole numbers >= 0 that the caller has checked; layer sets are sorted, without repeats.
 */

export const precisions = [
  "fp32", "tf32", "bf16", "fp16", "fp8_e4m3", "fp8_e5m2", "fp6", "fp4", "mxfp4", "nvfp4", "int8", "int4",
  "logfmt8", "logfmt10",
] as const;
export type Precision = (typeof precisions)[number];

export interface ModelRecord {
  readonly layers: number;
  readonly hidden_size: number;
  readonly vocab_size: number;
  readonly tie_embeddings: boolean;
  readonly max_context: number | undefined;
  /** Residual streams that hyper-connections mix; `undefined`: one plain residual. */
  readonly hyper_connections: number | undefined;
  /** Width of the embedding that every layer has for itself; `undefined`: none. */
  readonly per_layer_embedding_size: number | undefined;
  readonly attention: readonly AttentionRecord[];
  readonly ffn: readonly FfnRecord[];
  readonly mtp: MtpRecord | undefined;
  readonly precision: PrecisionRecord;
}

export type AttentionRecord = CachedAttention | MixerRecord;

/** Kinds whose heads read a cache of past tokens. */
export type CachedAttention = HeadAttentionRecord | MlaRecord;

/** Linear and state-space kinds, which keep a state a sequence. */
export type MixerRecord = LightningRecord | GatedDeltaRecord | KdaRecord | Mamba2Record;

interface BlockCommon {
  /** Layer indices, zero-based. */
  readonly layers: readonly number[];
  /** A norm on the output, beside the one on the input. */
  readonly post_norm: boolean;
}

interface CachedCommon extends BlockCommon {
  /** `false`: none; `true`: on query, key, value and output; `qkv`: not on the output. For mla: see `attentionBiases`. */
  readonly bias: boolean | "qkv";
  /** RMSNorm of queries and keys: `true` over each head, `whole` over all heads together. */
  readonly qk_norm: boolean | "whole";
  /** Projected from the layer's input: `true` one number an element of the output, `head` one a head. */
  readonly output_gate: boolean | "head";
  /** One learned logit a head in the softmax. */
  readonly sinks: boolean;
  /** Tokens a layer attends to at most; `undefined`: all. Beside `compress`: those that it sees uncompressed, `undefined` none. */
  readonly window: number | undefined;
  readonly sparse: SparseRecord | undefined;
  /** Tokens of one cached entry; `undefined`: every token is cached. */
  readonly compress: number | undefined;
  /** An entry is made of two blocks of tokens. */
  readonly compress_overlap: boolean;
  /** Layers that share one cache; `undefined`: each has its own. */
  readonly kv_share: number | undefined;
  /** Rank of the output projection in each of its groups; `undefined`: a full matrix. */
  readonly o_lora_rank: number | undefined;
  readonly o_groups: number | undefined;
}

/** An indexer that picks the tokens (under `compress` the entries) a query attends to. */
export interface SparseRecord {
  readonly indexer_heads: number;
  readonly indexer_head_dim: number;
  readonly top_k: number;
  /** An earlier layer's indexer picks: no weights, keys and work here. */
  readonly shared_indexer: boolean;
}

/** mha, mqa and gqa: they differ in `kv_heads` alone (mha: = heads, mqa: 1). */
export interface HeadAttentionRecord extends CachedCommon {
  readonly kind: "mha" | "mqa" | "gqa";
  readonly heads: number;
  readonly kv_heads: number;
  readonly head_dim: number;
  /** `undefined`: values are as wide as keys. */
  readonly v_head_dim: number | undefined;
  /** `undefined`: queries are not compressed. */
  readonly q_lora_rank: number | undefined;
  /** `true`: one vector is key and value; `projection`: values come of the key projection, and both are cached. */
  readonly tie_kv: boolean | "projection";
}

export interface MlaRecord extends CachedCommon {
  readonly kind: "mla";
  readonly heads: number;
  /** `undefined`: queries are not compressed. */
  readonly q_lora_rank: number | undefined;
  readonly kv_lora_rank: number;
  readonly qk_nope_head_dim: number;
  readonly qk_rope_head_dim: number;
  readonly v_head_dim: number;
}

interface MixerCommon extends BlockCommon {
  readonly heads: number;
  readonly key_head_dim: number;
  readonly value_head_dim: number;
  /** Rows of the state of one head. */
  readonly state_size: number;
  /** Inputs that the short convolution sees; 0: there is none. */
  readonly conv_kernel: number;
  /** A gate on the output, projected from the layer's input; of kda through `gate_rank`, unless `full_rank`. */
  readonly output_gate: boolean | "full_rank";
}

export interface LightningRecord extends MixerCommon {
  readonly kind: "lightning";
}

export interface GatedDeltaRecord extends MixerCommon {
  readonly kind: "gated_delta";
  /** Heads with a state; `heads` are those of queries and keys. */
  readonly value_heads: number;
}

export interface KdaRecord extends MixerCommon {
  readonly kind: "kda";
  readonly value_heads: number;
  /** Rank of the projections of the forget gate and of the output gate. */
  readonly gate_rank: number;
}

export interface Mamba2Record extends MixerCommon {
  readonly kind: "mamba2";
  /** Groups of heads that share one B and one C. */
  readonly groups: number;
  readonly conv_bias: boolean;
}

export type FfnRecord = DenseFfnRecord | MoeFfnRecord;

export interface DenseFfnRecord extends BlockCommon {
  readonly kind: "dense";
  readonly intermediate_size: number;
  /** Three matrices (SwiGLU) when true, two when false. */
  readonly gated: boolean;
  /** On every projection. */
  readonly bias: boolean;
}

export interface MoeFfnRecord extends BlockCommon {
  readonly kind: "moe";
  readonly routed_experts: number;
  readonly shared_experts: number;
  readonly top_k: number;
  /** Width of one routed expert. */
  readonly intermediate_size: number;
  /** Width of one shared expert; `intermediate_size` when not written. */
  readonly shared_intermediate_size: number;
  /** A gate on the output of the shared experts: one number a token. */
  readonly shared_gate: boolean;
  /** Width that routed experts work in; `undefined`: the model's. */
  readonly latent_size: number | undefined;
  readonly gated: boolean;
  /** On every projection of every expert, and in the router. */
  readonly bias: boolean;
  readonly groups: number | undefined;
  readonly group_limit: number | undefined;
  /** `loss_free`: one bias a routed expert in the router (counted in total_params). */
  readonly balance: "loss_free" | "auxiliary_loss" | undefined;
}

export interface MtpRecord {
  readonly depth: number;
  /** Probability that the extra token is accepted, 0 to 1. */
  readonly acceptance: number | undefined;
}

/** Every key filled in: the caller has applied the language's defaults. */
export interface PrecisionRecord {
  readonly weights: Precision;
  readonly experts: Precision;
  readonly activations: Precision;
  readonly compute: Precision;
  readonly kv_cache: Precision;
  readonly kv_rope: Precision;
  readonly index_cache: Precision;
  readonly state: Precision;
  readonly embeddings: Precision;
  readonly attention: Precision;
  readonly dispatch: Precision;
  readonly combine: Precision;
  readonly gradients: Precision;
  readonly master_weights: Precision;
  readonly optimizer_moments: Precision;
}

/** What a model metric is asked at. */
export interface ModelContext {
  /** Tokens of a training sequence; 4096 unless a plan says otherwise. */
  readonly sequence_length: number;
  /** Tokens in the cache for `kv_bytes_per_sequence` and `decode_flops_per_token`; `undefined`: nobody said. */
  readonly context_length: number | undefined;
}
