/** The smallest model with every metric that does not need experts; its figures are counted by hand below. */
export const tiny = `/// A tiny model | with <markup> & *stars*.
model Tiny {
  layers      = 2
  hidden_size = 8
  vocab_size  = 16
  max_context = 32

  attention mha { heads = 2 }

  ffn dense { intermediate_size = 16 }
}
`;

/** By hand, for `tiny`: two layers, no biases, three matrices in the ffn, head and embedding apart. */
const embedding = 16 * 8;
const attentionWeights = 4 * 8 * 8;
const ffnWeights = 3 * 8 * 16;
const norms = 2 * 2 * 8 + 8;
/** 2 (keys and values) x 2 heads x 4 wide x 2 B x 2 layers. */
const cachePerToken = 2 * 2 * 4 * 2 * 2;

export const tinyFigures = {
  total_params: 2 * embedding + 2 * (attentionWeights + ffnWeights) + norms,
  kv_bytes_per_token: cachePerToken,
  kv_bytes_per_sequence: 32 * cachePerToken,
  /** 6 x (linear weights + head) + 3 x 2 layers x 2 x 4096 / 2 x 2 heads x (4 + 4). */
  train_flops_per_token: 6 * (2 * (attentionWeights + ffnWeights) + embedding) + 3 * 2 * 2 * (4096 / 2) * 2 * 8,
  train_flops_per_token_at_100: 6 * (2 * (attentionWeights + ffnWeights) + embedding) + 3 * 2 * 2 * (100 / 2) * 2 * 8,
} as const;

/** One error of a name: `head` for `heads`. */
export const misspelt = tiny.replace("heads = 2", "head = 2");
