/** Measured memory of single pipeline ranks, where a plan's `memory_per_gpu` tells of the fullest one alone. */
export interface RankMemoryRow {
  /** A plan of b200.dsco. */
  readonly plan: string;
  /** Of the pipeline, from 0. */
  readonly rank: number;
  /** Largest `max_allocated` of its GPUs, in MiB. */
  readonly mebibytes: number;
  readonly source: string;
}

/** Of the two ranks of each PP2 run the emptier one; the other is the plan's own measurement. Source: see b200.dsco. */
export const rankMemories: readonly RankMemoryRow[] = [
  { plan: "Llama3_70B_12_PP2_M4", rank: 1, mebibytes: 64_479.48, source: "SimuMax b200 v1.2, llama3_70b_l12_tp1_pp2_dp4_mbc4_cef" },
  { plan: "DeepSeekV3_4_PP2_EP4_M8", rank: 0, mebibytes: 72_948.51, source: "SimuMax b200 v1.2, deepseekv3_l4_tp1_ep4_pp2_dp4_mbc8_cef" },
  { plan: "DeepSeekV2_4_PP2_EP4_M32", rank: 0, mebibytes: 32_343.43, source: "SimuMax b200 v1.2, deepseekv2_tp1_ep4_pp2_dp4_l4_mbc32_cef" },
  { plan: "Llama3_405B_4_PP2_M4", rank: 0, mebibytes: 88_688.88, source: "SimuMax b200 v1.2, llama3_405b_l4_tp1_pp2_dp4_mbc4_cef" },
];
