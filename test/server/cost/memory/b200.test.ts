/**
 * Peaks of torch's max_memory_allocated on 8 B200, in MiB, the highest rank of each pipeline stage: SimuMax,
 * docs/b200/b200_release_v1.2_summary.json @4dcaae51 (Megatron-LM 23e00ed0, TransformerEngine 2.11; BF16, micro-batches of one sequence,
 * no recomputation, FP32 gradients, distributed optimizer, which is ZeRO-1, vocabulary filled up to 128 x tp).
 */

import { describe, expect, test } from "vitest";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import type { ParallelismRecord } from "../../../../server/src/cost/plan/record";
import { dense, gqa, mla, model, moe, range } from "../models";
import { memoryOf, planOf } from "./plans";

const llama = (layers: number, hidden: number, heads: number, kv_heads: number, width: number): ModelRecord =>
  model(layers, hidden, 128_256, [gqa({ layers: range(0, layers - 1), heads, kv_heads, head_dim: 128 })], [dense(range(0, layers - 1), width)]);

/** Four layers, the first of them dense. */
const deepSeek = (hidden: number, vocabulary: number, width: number, experts: Parameters<typeof moe>[0]): ModelRecord =>
  model(4, hidden, vocabulary, [mla({ layers: range(0, 3), heads: 128, q_lora_rank: 1536 })], [dense([0], width), moe(experts)]);

const llama70B = llama(12, 8192, 64, 8, 28_672);
const llama405B = llama(4, 16_384, 128, 16, 53_248);
const deepSeekV3 = deepSeek(7168, 129_280, 18_432, { layers: range(1, 3), routed_experts: 256, top_k: 8, intermediate_size: 2048, shared_experts: 1 });
const deepSeekV2 = deepSeek(5120, 102_400, 12_288, { layers: range(1, 3), routed_experts: 160, top_k: 6, intermediate_size: 1536, shared_experts: 2 });

type Row = readonly [name: string, model: ModelRecord, degrees: Partial<ParallelismRecord>, sequenceLength: number, microBatches: number, stages: readonly number[]];

const rows: readonly Row[] = [
  ["llama3_70b_l12_tp1_pp2_dp4_mbc4", llama70B, { pp: 2 }, 4_096, 4, [68_149.2, 64_479.5]],
  ["llama3_70b_l12_tp8_pp1_dp1_mbc4", llama70B, { tp: 8 }, 4_096, 4, [28_965.4]],
  ["deepseekv3_l4_tp1_ep8_pp1_dp8_mbc4", deepSeekV3, { ep: 8 }, 4_096, 4, [106_803.8]],
  ["llama3_70b_tp2_pp1_dp4_l12_mbc8", llama70B, { tp: 2 }, 4_096, 8, [62_136.4]],
  ["deepseekv2_tp1_ep8_pp1_dp8_l4_mbc8", deepSeekV2, { ep: 8 }, 4_096, 8, [46_730.0]],
  ["deepseekv3_l4_tp1_ep4_pp2_dp4_mbc8", deepSeekV3, { pp: 2, ep: 4 }, 4_096, 8, [72_948.5, 116_737.9]],
  ["llama3_70b_l12_tp4_pp1_dp2_mbc32", llama70B, { tp: 4 }, 4_096, 32, [40_009.8]],
  ["deepseekv2_tp1_ep4_pp2_dp4_l4_mbc32", deepSeekV2, { pp: 2, ep: 4 }, 4_096, 32, [32_343.4, 45_775.8]],
  ["llama3_405b_l4_tp1_pp2_dp4_mbc4", llama405B, { pp: 2 }, 4_096, 4, [88_688.9, 89_173.4]],
  ["llama3_405b_l4_tp8_pp1_dp1_mbc4", llama405B, { tp: 8 }, 4_096, 4, [39_499.8]],
  ["llama3_405b_l4_tp4_pp1_dp2_mbc8", llama405B, { tp: 4 }, 4_096, 8, [54_158.1]],
  ["llama3_405b_l4_tp2_pp1_dp4_mbc32", llama405B, { tp: 2 }, 4_096, 32, [83_549.9]],
  ["llama3_70b_l12_tp2_cp4_pp1_dp1_seq32768_mbc4", llama70B, { tp: 2, cp: 4 }, 32_768, 4, [70_070.6]],
  ["llama3_405b_l4_tp1_cp8_pp1_dp1_seq32768_mbc4", llama405B, { cp: 8 }, 32_768, 4, [142_557.5]],
  ["llama3_405b_l4_tp2_cp4_pp1_dp1_seq131072_mbc4", llama405B, { tp: 2, cp: 4 }, 131_072, 4, [120_962.5]],
];

/** Signed errors of the stages of a row. */
function errorsOf([, network, degrees, sequence_length, microBatches, measured]: Row): readonly number[] {
  const { tp = 1, pp = 1, cp = 1 } = degrees as { readonly tp?: number; readonly pp?: number; readonly cp?: number };
  const { ranks } = memoryOf(planOf(network, {
    parallelism: { ...degrees, zero: 1 },
    workload: { sequence_length, global_batch_size: (microBatches * 8) / (tp * pp * cp) },
  }));
  return measured.map((peak, stage) => (ranks()[stage]?.total ?? Number.NaN) / 2 ** 20 / peak - 1);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;

describe("peaks measured on 8 B200", () => {
  // The worst is the row of 131,072 tokens, 2.0 % too high, for a reason not found; every other stage is within 0.9 %.
  test.each(rows)("%s", (...row) => {
    for (const error of errorsOf(row)) expect(Math.abs(error)).toBeLessThan(0.025);
  });

  test("the mean over all stages is far below 3 %", () => {
    expect(mean(rows.flatMap(errorsOf))).toBeLessThan(0.006);
  });

  test("the worst stage is the one measured to be", () => {
    const found = rows.filter(([, , { pp = 1 }]) => pp === 2).map((row) => {
      const [, network, degrees, sequence_length, microBatches, measured] = row;
      const { worst } = memoryOf(planOf(network, { parallelism: { ...degrees, zero: 1 }, workload: { sequence_length, global_batch_size: microBatches * 4 } }));
      return [worst.rank, measured.indexOf(Math.max(...measured))];
    });
    expect(found).toHaveLength(4);
    for (const [estimated, peak] of found) expect(estimated).toBe(peak);
  });
});
