/**
 * Fields of a Hugging Face `config.json` that change no figure of the language: sizes, cache and FLOPs are the same
 * whatever they say. Biases, layer patterns and number formats are no such fields.
 */
export const fieldsWithoutCost: ReadonlySet<string> = new Set([
  "architectures", "auto_map", "model_type", "_name_or_path", "transformers_version", "use_cache", "pretraining_tp",
  "bos_token_id", "eos_token_id", "pad_token_id",
  "hidden_act", "hidden_activation", "activation_function", "initializer_range",
  "rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon", "norm_eps", "norm_epsilon",
  "attention_dropout", "hidden_dropout", "dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop", "residual_dropout", "embedding_dropout",
  "rope_theta", "rope_scaling", "rope_interleave", "rope_parameters", "partial_rotary_factor", "rotary_pct", "rotary_emb_base",
  "scoring_func", "topk_method", "norm_topk_prob", "routed_scaling_factor", "router_aux_loss_coef", "output_router_logits", "router_jitter_noise",
  "seq_aux", "aux_loss_alpha",
]);

/** Fields of the same file that a block says, not a property. */
export const fieldsElsewhere: ReadonlyMap<string, string> = new Map(
  ["torch_dtype", "dtype"].map((field) => [field, "number formats stand in `precision { weights = … }`"]),
);
