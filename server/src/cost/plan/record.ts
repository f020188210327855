/**
 * A plan as the cost room sees it: its four declarations as plain records, and the efficiencies that its author wrote. Property
 * names are those of the language, so that an input path such as `model.attention[0].heads` names both a field here and a
 * property in a file. Values are in base units; counts are whole numbers that the caller has checked.
 */

import type { ScheduleKind } from "../pipeline/schedule";
import type { HardwareRecord } from "../hardware/record";
import type { ModelRecord } from "../model/record";

export interface PlanRecord {
  readonly model: ModelRecord;
  readonly hardware: HardwareRecord;
  readonly parallelism: ParallelismRecord;
  readonly workload: WorkloadRecord;
  readonly efficiency: EfficiencyRecord;
}

export type Degree = number | "auto";

export interface ParallelismRecord {
  readonly tp: Degree;
  readonly pp: Degree;
  readonly ep: Degree;
  readonly dp: Degree;
  readonly cp: Degree;
  readonly etp: Degree;
  readonly vp: Degree;
  readonly schedule: ScheduleKind;
  readonly zero: number;
  readonly sequence_parallel: "true" | "false" | "auto";
  readonly micro_batch_size: number;
  readonly recompute: "none" | "selective" | "full";
  /** Streaming multiprocessors that communication takes; `undefined`: the default of the schedule. */
  readonly comm_sms: number | undefined;
  /** Tensor-parallel exchanges run beside the GEMMs that they feed. */
  readonly overlap_tensor_parallel: boolean;
  /** Gradients and weights are exchanged beside the passes; `auto`: under ZeRO 3. */
  readonly overlap_data_parallel: "true" | "false" | "auto";
  /** In all, over the whole expert-parallel group. */
  readonly redundant_experts: number;
  /** Bytes of each GPU that are kept free for what is not computed. */
  readonly memory_reserve: number;
  readonly dual_micro_batch: boolean;
  readonly offload: { readonly experts: "host" | "none" | undefined } | undefined;
}

export interface WorkloadRecord {
  readonly phase: "training" | "prefill" | "decode";
  readonly sequence_length: number | undefined;
  /** Sequences in a step. */
  readonly global_batch_size: number | undefined;
  readonly tokens: number | undefined;
  /** In seconds. */
  readonly checkpoint_interval: number | undefined;
  readonly prompt_length: number | undefined;
  /** Tokens in the cache of a sequence. */
  readonly context_length: number | undefined;
  /** Sequences that a GPU holds. */
  readonly batch_per_gpu: number | undefined;
  readonly cache_hit_rate: number;
  /** Busiest over mean expert load, at least 1. */
  readonly imbalance: number;
}

export const efficiencyKeys = ["gemm", "grouped_gemm", "attention", "memory", "scale_up", "scale_out"] as const;

export type EfficiencyKey = (typeof efficiencyKeys)[number];

/** What the author wrote; a key left out has the default of the device class and the operator's shape. */
export type EfficiencyRecord = Readonly<Record<EfficiencyKey, number | undefined>>;
