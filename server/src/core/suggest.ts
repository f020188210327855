/** Edit distance with transpositions; stops early beyond `limit`. */
function distance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const cost = left[row - 1] === right[column - 1] ? 0 : 1;
      let best = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + cost);
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    if (Math.min(...current) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? limit + 1;
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
  hbm: "memory", bandwidth: "memory_bandwidth", num_nodes: "nodes", gpus: "gpus_per_node",
};

/**
 * The candidate nearest to a word that is none of them: another spelling, another tool's name for it, or a slip of
 * at most a third of its letters; one or two letters are no slip of others. `undefined` where nothing is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const list = [...candidates];
  const plain = (text: string) => text.toLowerCase().replace(/[_\-./]/g, "");
  const sameLetters = list.find((candidate) => plain(candidate) === plain(word));
  if (sameLetters !== undefined) return sameLetters;
  const synonym = synonyms[word.toLowerCase()];
  if (synonym !== undefined && list.includes(synonym)) return synonym;
  if (word.length > 80) return undefined;
  const limit = word.length < 3 ? 0 : Math.floor(word.length / 3);
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of list) {
    const between = distance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (between < bestDistance) [best, bestDistance] = [candidate, between];
  }
  return best;
}

/** `; did you mean \`x\`?`, or nothing. */
export const didYouMean = (suggestion: string | undefined): string =>
  suggestion === undefined ? "" : `; did you mean \`${suggestion}\`?`;
