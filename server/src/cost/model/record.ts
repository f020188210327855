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
  readonly attention: readonly AttentionRecord[];
  readonly ffn: readonly FfnRecord[];
  readonly mtp: MtpRecord | undefined;
  readonly precision: PrecisionRecord;
}

export type AttentionRecord = HeadAttentionRecord | MlaRecord | OtherMixerRecord;

interface AttentionCommon {
  /** Layer indices, zero-based. */
  readonly layers: readonly number[];
  /** `false`: none; `true`: on query, key, value and output; `qkv`: not on the output. For mla: see `attentionBiases`. */
  readonly bias: boolean | "qkv";
  /** RMSNorm over the head dimension of queries and keys: 2 x head_dim weights a layer. */
  readonly qk_norm: boolean;
  /** Tokens a layer attends to at most; `undefined`: all. */
  readonly window: number | undefined;
  /** The properties written in this block whose cost is not modelled yet (`sparse`, `compress`, `output_gate`, …). */
  readonly notModelled: readonly string[];
}

/** mha, mqa and gqa: they differ in `kv_heads` alone (mha: = heads, mqa: 1). */
export interface HeadAttentionRecord extends AttentionCommon {
  readonly kind: "mha" | "mqa" | "gqa";
  readonly heads: number;
  readonly kv_heads: number;
  readonly head_dim: number;
}

export interface MlaRecord extends AttentionCommon {
  readonly kind: "mla";
  readonly heads: number;
  /** `undefined`: queries are not compressed. */
  readonly q_lora_rank: number | undefined;
  readonly kv_lora_rank: number;
  readonly qk_nope_head_dim: number;
  readonly qk_rope_head_dim: number;
  readonly v_head_dim: number;
}

/** State-space and linear mixers: their costs come later, so a metric that needs them is unavailable with a reason. */
export interface OtherMixerRecord extends AttentionCommon {
  readonly kind: "mamba2" | "lightning" | "gated_delta" | "kda";
}

export type FfnRecord = DenseFfnRecord | MoeFfnRecord;

export interface DenseFfnRecord {
  readonly kind: "dense";
  readonly layers: readonly number[];
  readonly intermediate_size: number;
  /** Three matrices (SwiGLU) when true, two when false. */
  readonly gated: boolean;
}

export interface MoeFfnRecord {
  readonly kind: "moe";
  readonly layers: readonly number[];
  readonly routed_experts: number;
  readonly shared_experts: number;
  readonly top_k: number;
  /** Width of one routed expert. */
  readonly intermediate_size: number;
  /** Width of one shared expert; `intermediate_size` when not written. */
  readonly shared_intermediate_size: number;
  readonly gated: boolean;
  readonly groups: number | undefined;
  readonly group_limit: number | undefined;
  /** `loss_free`: one bias a routed expert in the router (counted in total_params). */
  readonly balance: "loss_free" | "auxiliary_loss" | undefined;
  /** As in AttentionCommon: `latent_size` when written. */
  readonly notModelled: readonly string[];
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
