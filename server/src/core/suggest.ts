/** Rows of the table below, kept between calls: suggestions are asked for by the thousand in a broken file. */
let beforeLast: number[] = [];
let last: number[] = [];
let current: number[] = [];

/** Edit distance with transpositions, where it is at most `limit`; else more than `limit`. Looks only near the diagonal. */
function distance(left: string, right: string, limit: number): number {
  const beyond = limit + 1;
  if (Math.abs(left.length - right.length) > limit) return beyond;
  for (let column = 0; column <= right.length; column += 1) last[column] = column;
  for (let row = 1; row <= left.length; row += 1) {
    const from = Math.max(1, row - limit);
    const to = Math.min(right.length, row + limit);
    current[from - 1] = from === 1 ? row : beyond;
    let least = beyond;
    for (let column = from; column <= to; column += 1) {
      const cost = left[row - 1] === right[column - 1] ? 0 : 1;
      const above = column < row + limit || row === 1 ? (last[column] ?? beyond) : beyond;
      let best = Math.min(above + 1, (current[column - 1] ?? beyond) + 1, (last[column - 1] ?? beyond) + cost);
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? beyond) + 1);
      }
      current[column] = best;
      least = Math.min(least, best);
    }
    if (least > limit) return beyond;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return last[right.length] ?? beyond;
}

/** Names that other tools use for what the language calls otherwise. */
const synonyms: Readonly<Record<string, string>> = {
  num_hidden_layers: "layers", num_layers: "layers", n_layers: "layers",
  d_model: "hidden_size", hidden_dim: "hidden_size", hidden: "hidden_size",
  num_attention_heads: "heads", n_heads: "heads", num_heads: "heads",
  num_key_value_heads: "kv_heads", num_kv_heads: "kv_heads", n_kv_heads: "kv_heads",
  n_routed_experts: "routed_experts", num_experts: "routed_experts", num_local_experts: "routed_experts", experts: "routed_experts",
  n_shared_experts: "shared_experts", num_shared_experts: "shared_experts",
  num_experts_per_tok: "top_k", experts_per_token: "top_k", moe_topk: "top_k", topk: "top_k",
  n_group: "groups", n_groups: "groups", topk_group: "group_limit",
  moe_intermediate_size: "intermediate_size", ffn_hidden_size: "intermediate_size", ffn_dim: "intermediate_size",
  max_position_embeddings: "max_context", tie_word_embeddings: "tie_embeddings", sliding_window: "window",
  seq_len: "sequence_length", seq_length: "sequence_length", batch_size: "global_batch_size",
  tensor_parallel: "tp", tensor_parallel_size: "tp", tensor_model_parallel_size: "tp", pipeline: "pp", pipeline_parallel: "pp", pipeline_model_parallel_size: "pp",
  expert_parallel: "ep", expert_parallel_size: "ep", expert_model_parallel_size: "ep", data_parallel: "dp", data_parallel_size: "dp",
  context_parallel: "cp", context_parallel_size: "cp", expert_tensor_parallel_size: "etp", virtual_pipeline_model_parallel_size: "vp",
  gbs: "global_batch_size", mbs: "micro_batch_size", zero_stage: "zero", recompute_granularity: "recompute", activation_checkpointing: "recompute",
  context: "context_length", prompt: "prompt_length", mem: "memory", hbm: "memory", bandwidth: "memory_bandwidth", num_nodes: "nodes", gpus: "gpus_per_node",
  mlp: "ffn", feed_forward: "ffn", feedforward: "ffn", attn: "attention", self_attention: "attention", self_attn: "attention",
  quantization: "precision", dtype: "precision", nextn: "mtp",
  pipeline_parallel_size: "pp", virtual_pipeline_parallel_size: "vp",
  bfloat16: "bf16", float16: "fp16", half: "fp16", float32: "fp32", float: "fp32",
  e4m3: "fp8_e4m3", float8_e4m3fn: "fp8_e4m3", float8: "fp8_e4m3", e5m2: "fp8_e5m2", float8_e5m2: "fp8_e5m2",
  train: "training", pretrain: "training", pretraining: "training", generate: "decode", generation: "decode", decoding: "decode",
  yes: "true", on: "true", no: "false", off: "false",
};

/**
 * The candidate nearest to a word that is none of them: another spelling, another tool's name for it, or a slip of
 * at most a third of its letters; one or two letters are no slip of others. `undefined` where nothing is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const list = [...candidates];
  const wanted = plain(word);
  const sameLetters = list.find((candidate) => candidate.length >= wanted.length && candidate.length <= wanted.length + 8 && plain(candidate) === wanted);
  if (sameLetters !== undefined) return sameLetters;
  const synonym = synonyms[word.toLowerCase()];
  if (synonym !== undefined && list.includes(synonym)) return synonym;
  // The end is missing: `fp8` for `fp8_e4m3`, but `head` for `heads` rather than `head_dim`.
  const lower = word.toLowerCase();
  const begins = (candidate: string, beginning: string): boolean => candidate.toLowerCase().startsWith(beginning);
  const longer = word.length < 3 ? undefined : list.find((candidate) => candidate.length === word.length + 1 && begins(candidate, lower));
  if (longer !== undefined) return longer;
  if (word.length > 80) return undefined;
  const whole = word === "" ? undefined : list.find((candidate) => begins(candidate, `${lower}_`)) ?? withWordsBetween(word, list);
  if (whole !== undefined) return whole;
  let limit = word.length < 3 ? 0 : Math.floor(word.length / 3);
  let best: string | undefined;
  for (const candidate of list) {
    if (limit < 0) break;
    const between = distance(lower, candidate.toLowerCase(), limit);
    if (between <= limit) [best, limit] = [candidate, between - 1];
  }
  return best;
}

/** The shortest candidate that has all words of a name in their order: `kv_bytes_per_token` for `kv_per_token`. */
function withWordsBetween(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.toLowerCase().split("_");
  if (wanted.length < 2) return undefined;
  const holding = candidates.filter((candidate) => {
    let met = 0;
    for (const word of candidate.split("_")) if (word === wanted[met]) met += 1;
    return met === wanted.length;
  });
  return holding.reduce<string | undefined>((best, candidate) => (best !== undefined && best.length <= candidate.length ? best : candidate), undefined);
}

const plain = (text: string): string => text.toLowerCase().replace(/[_\-./]/g, "");

/** `; did you mean \`x\`?`, or nothing. */
export const didYouMean = (suggestion: string | undefined): string =>
  suggestion === undefined ? "" : `; did you mean \`${suggestion}\`?`;
