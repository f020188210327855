/**
 * Fields of configs that change no figure, beyond those that authors write (`core/without-cost.ts`): what tools leave behind,
 * token numbers, and factors by which a tensor is scaled.
 */

const names: ReadonlySet<string> = new Set([
  // settings of libraries and of generation that `to_dict` writes
  "return_dict", "output_hidden_states", "output_attentions", "torchscript", "use_bfloat16", "is_decoder", "is_encoder_decoder", "cross_attention_hidden_size",
  "add_cross_attention", "tie_encoder_decoder", "chunk_size_feed_forward", "pruned_heads", "finetuning_task", "problem_type", "id2label", "label2id",
  "max_length", "min_length", "do_sample", "early_stopping", "num_beams", "num_beam_groups", "diversity_penalty", "temperature", "top_k", "top_p", "typical_p",
  "repetition_penalty", "length_penalty", "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids", "num_return_sequences", "output_scores",
  "return_dict_in_generate", "forced_bos_token_id", "forced_eos_token_id", "remove_invalid_values", "exponential_decay_length_penalty", "suppress_tokens",
  "begin_suppress_tokens", "tokenizer_class", "prefix", "task_specific_params", "tf_legacy_loss", "keys_to_ignore_at_inference", "custom_pipelines",
  "attn_implementation", "_attn_implementation", "_attn_implementation_autoset", "attn_impl", "use_flash_attn", "flash_attn", "use_flash_attention_2", "_commit_hash",
  "seed", "verbose", "license", "model_name", "name", "transformers.js_config", "unsloth_fixed", "unsloth_version", "trust_remote_code",
  // how attention and norms compute, not how much
  "attention_softmax_in_fp32", "bias_dropout_fusion", "fp32_residual_connection", "residual_in_fp32", "scale_attn_weights", "scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn",
  "query_pre_attn_scalar", "clip_qkv", "logit_scale", "normalize_attention_scores", "parallel_attn", "norm_type", "normalization", "rmsnorm", "layernorm", "postnorm",
  "post_layer_norm", "apply_residual_connection_post_layernorm", "apply_query_key_layer_scaling", "original_rope", "seq_length", "model_max_length",
  "initial_context_length", "original_max_position_embeddings", "swiglu_limit", "swiglu_limits", "swiglu_limits_shared", "hidden_act_params", "position_embedding_type",
  "need_fp32_gate", "router_dtype", "moe_router_dtype", "norm_after_topk", "mscale", "route_scale", "score_func", "max_batch_size", "max_seq_len", "dtype_bytes",
  "use_bidirectional_attention", "no_rope_layers", "no_rope_layer_interval", "nope_layer_interval", "use_rope_layers", "yarn_only_types", "partial_rotary_factors",
  "use_dynamic_ntk", "use_logn_attn", "logn_list", "use_cache_quantization", "use_cache_kernel", "softmax_in_fp32", "attn_temperature_tuning", "floor_scale", "attn_scale", "for_llm_compressor", "beta_fast", "beta_slow", "rope_factor", "original_seq_len", "ep_size",
]);

const patterns: readonly RegExp[] = [
  /^_/, // a note of whoever wrote the file
  /(^|_)(token|tokens)_(id|ids|index|idx|num)$/, /_token$/, /eps(ilon)?$/, /(dropout|pdrop)(_prob)?$/, /^(rope|rotary|mrope|yarn)_/, /_rope_/, /rope_(theta|scaling|parameters|freq|local_base_freq)$/,
  /rotary/, /^initializer|^init_|_init(_std)?$/, /softcap/, /_(multiplier|scaling_factor|value_scale)$/, /(aux_loss|z_loss|router_loss|loss)_(coef|coeff|alpha|weight|factor)$/, /(jitter|noise)(_eps)?$/,
  /^layernorm_.*_(alpha|beta)$/, /^time_step_/, /^scale_(emb|depth)$/,
];

export const isNoise = (field: string): boolean => names.has(field) || patterns.some((pattern) => pattern.test(field));
