/** Plans of which the tests ask the memory. */

import type { PlanMemory } from "../../../../server/src/cost/memory/stage-memory";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import type { ParallelismRecord, PlanRecord, WorkloadRecord } from "../../../../server/src/cost/plan/record";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import { plan } from "../compute/records";

export interface Changes {
  readonly nodes?: number;
  readonly memory?: number;
  readonly parallelism?: Partial<ParallelismRecord>;
  readonly workload?: Partial<WorkloadRecord>;
}

/** On nodes of 8 GPUs. */
export function planOf(model: ModelRecord, { nodes = 1, memory = 80e9, parallelism = {}, workload = {} }: Changes = {}): PlanRecord {
  const base = plan(model, { parallelism });
  return { ...base, hardware: { ...base.hardware, nodes, gpu: { ...base.hardware.gpu, memory } }, workload: { ...base.workload, ...workload } };
}

export const memoryOf = (record: PlanRecord): PlanMemory => evaluationOf(record).memory;

export const decode = (context_length: number, batch_per_gpu: number): Partial<WorkloadRecord> => ({ phase: "decode", context_length, batch_per_gpu });
