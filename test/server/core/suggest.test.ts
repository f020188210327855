import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nearest } from "../../../server/src/core";

/** The textbook recurrence (optimal string alignment), without any short cut. */
function editDistance(left: string, right: string): number {
  const table = Array.from({ length: left.length + 1 }, (_, row) => Array.from({ length: right.length + 1 }, (_, column) => (row === 0 ? column : column === 0 ? row : 0)));
  const at = (row: number, column: number) => table[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= left.length; row += 1) {
    for (let column = 1; column <= right.length; column += 1) {
      const cost = left[row - 1] === right[column - 1] ? 0 : 1;
      let best = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + cost);
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) best = Math.min(best, at(row - 2, column - 2) + 1);
      (table[row] as number[])[column] = best;
    }
  }
  return at(left.length, right.length);
}

describe("the nearest name", () => {
  test.each([
    ["hiden_size", ["layers", "hidden_size", "vocab_size"], "hidden_size"],
    ["kvLoraRank", ["q_lora_rank", "kv_lora_rank"], "kv_lora_rank"],
    ["num_experts_per_tok", ["top_k", "routed_experts"], "top_k"],
    ["fp8", ["fp6", "fp8_e4m3", "fp8_e5m2"], "fp8_e4m3"],
    ["FP8", ["fp6", "fp8_e4m3", "fp8_e5m2"], "fp8_e4m3"],
    ["h10", ["A100", "H100", "H20"], "H100"],
    ["bfloat16", ["fp32", "bf16"], "bf16"],
    ["train", ["training", "prefill", "decode"], "training"],
    ["tpo_k", ["top_k", "groups"], "top_k"],
    ["zebra", ["layers", "heads"], undefined],
    ["kv", ["weights", "kv_cache", "kv_rope"], "kv_cache"],
    ["kv_per_token", ["kv_bytes_per_sequence", "kv_bytes_per_token"], "kv_bytes_per_token"],
    ["token_per_kv", ["kv_bytes_per_token"], undefined],
    ["mlp", ["attention", "ffn"], "ffn"],
    ["yes", ["true", "false"], "true"],
  ])("of %s among %j is %s", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  test("is as near as any candidate, and never farther than a third of the word", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), minLength: 3, maxLength: 9 });
    fc.assert(
      fc.property(name, fc.array(name, { minLength: 1, maxLength: 6 }), (word, candidates) => {
        const best = Math.min(...candidates.map((candidate) => editDistance(word, candidate)));
        const found = nearest(word, candidates);
        if (best > Math.floor(word.length / 3)) expect(found).toBeUndefined();
        else expect(found === undefined ? undefined : editDistance(word, found)).toBe(best);
      }),
      { numRuns: 2000 },
    );
  });
});
