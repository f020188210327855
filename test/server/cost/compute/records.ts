/** Devices and plans as records, for the arithmetic of compute alone. */

import type { GpuRecord, HardwareRecord } from "../../../../server/src/cost/hardware/record";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import type { Layout } from "../../../../server/src/cost/plan/layout";
import type { EfficiencyRecord, ParallelismRecord, PlanRecord } from "../../../../server/src/cost/plan/record";
import type { Operator, Passes, Work } from "../../../../server/src/cost/compute/operator";

const links = { pcie: undefined, scale_up: undefined } as const;

export const h800: GpuRecord = {
  architecture: "hopper", memory: 80e9, memory_bandwidth: 3.35e12, sms: 132, power: 700, peak: { bf16: 989e12, fp8: 1979e12 }, ...links,
};

/** 78 multiprocessors with the power budget of far more. */
export const h20: GpuRecord = { ...h800, memory: 96e9, memory_bandwidth: 4e12, sms: 78, power: 500, peak: { bf16: 148e12, fp8: 296e12 } };

export const b200: GpuRecord = {
  architecture: "blackwell", memory: 180e9, memory_bandwidth: 8e12, sms: 148, power: 1000, peak: { bf16: 2250e12, fp8: 4500e12, fp4: 9000e12 }, ...links,
};

/** The board of SimuMax's table. */
export const a100Pcie: GpuRecord = {
  architecture: "ampere", memory: 80e9, memory_bandwidth: 1.935e12, sms: 108, power: 300, peak: { bf16: 312e12, int8: 624e12 }, ...links,
};

export const noEfficiencies: EfficiencyRecord = {
  gemm: undefined, grouped_gemm: undefined, attention: undefined, memory: undefined, scale_up: undefined, scale_out: undefined,
};

export interface PlanOptions {
  readonly gpu?: GpuRecord;
  readonly parallelism?: Partial<ParallelismRecord>;
  readonly efficiency?: Partial<EfficiencyRecord>;
}

export function plan(model: ModelRecord, { gpu = h800, parallelism = {}, efficiency = {} }: PlanOptions = {}): PlanRecord {
  const hardware: HardwareRecord = {
    gpu, gpus_per_node: 8, nodes: 8, nic: undefined, nics_per_node: undefined, network: undefined, host: undefined, storage: undefined,
    failures: undefined, price: undefined, power_overhead: 1,
  };
  return {
    model, hardware,
    parallelism: {
      tp: 1, pp: 1, ep: 1, dp: "auto", cp: 1, etp: 1, vp: 1, schedule: "1f1b", zero: 0, sequence_parallel: "auto", micro_batch_size: 1,
      recompute: "none", comm_sms: undefined, overlap_tensor_parallel: false, overlap_data_parallel: "auto",
      redundant_experts: 0, dual_micro_batch: false, memory_reserve: 0, offload: undefined, ...parallelism,
    },
    workload: {
      phase: "training", sequence_length: 4096, global_batch_size: 64, tokens: undefined, checkpoint_interval: undefined, prompt_length: undefined,
      context_length: undefined, batch_per_gpu: undefined, cache_hit_rate: 0, imbalance: 1,
    },
    efficiency: { ...noEfficiencies, ...efficiency },
  };
}

export const layout = (degrees: Partial<Layout> = {}): Layout => ({
  gpus: 64, tp: 1, pp: 1, cp: 1, dp: 64, ep: 1, etp: 1, vp: 1, expert_dp: 64, sequence_parallel: (degrees.tp ?? 1) > 1, ...degrees,
});

export const training = (work: Partial<Work> = {}): Work => ({ phase: "training", tokens: 4096, sequences: 1, sequence_length: 4096, imbalance: 1, ...work });

/** Seconds of all listed operators, each as often as it runs. */
export const timeOfAll = (operators: readonly Operator[], pass: keyof Passes): number => operators.reduce((sum, { count, time }) => sum + count * time[pass], 0);
