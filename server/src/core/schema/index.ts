import type { DeclarationKeyword } from "../../../../grammar/src";
import type { DeclarationSchema } from "./block";
import { gpu, hardware, nic, operator, parallelism, plan, routing, service, sweep, workload } from "./cluster";
import { model } from "./model";

/** Every declaration of the language, by its keyword. */
export const declarationSchemas: Readonly<Record<DeclarationKeyword, DeclarationSchema>> = {
  model: { keyword: "model", block: model, canExtend: true, hasAssertions: true, computed: true, hasMetrics: true },
  gpu: { keyword: "gpu", block: gpu, canExtend: true, hasAssertions: false, computed: false, hasMetrics: false },
  nic: { keyword: "nic", block: nic, canExtend: true, hasAssertions: false, computed: false, hasMetrics: false },
  hardware: { keyword: "hardware", block: hardware, canExtend: true, hasAssertions: true, computed: true, hasMetrics: true },
  parallelism: { keyword: "parallelism", block: parallelism, canExtend: true, hasAssertions: false, computed: false, hasMetrics: false },
  workload: { keyword: "workload", block: workload, canExtend: true, hasAssertions: false, computed: false, hasMetrics: false },
  plan: { keyword: "plan", block: plan, canExtend: true, hasAssertions: true, computed: true, hasMetrics: true },
  service: { keyword: "service", block: service, canExtend: false, hasAssertions: false, computed: true, hasMetrics: true },
  sweep: { keyword: "sweep", block: sweep, canExtend: false, hasAssertions: false, computed: false, hasMetrics: false },
  routing: { keyword: "routing", block: routing, canExtend: false, hasAssertions: false, computed: false, hasMetrics: true },
  operator: { keyword: "operator", block: operator, canExtend: false, hasAssertions: false, computed: false, hasMetrics: true },
};

export * from "./block";
export * from "./property";
export {
  efficiency as efficiencySchema, failures as failuresSchema, gpu as gpuSchema, hardware as hardwareSchema, host as hostSchema, networkKinds, nic as nicSchema, offload as offloadSchema,
  parallelism as parallelismSchema, pcie as pcieSchema, peak as peakSchema, plan as planSchema, scaleUp as scaleUpSchema, service as serviceSchema,
  storage as storageSchema, workload as workloadSchema,
} from "./cluster";
export {
  attentionKinds, ffnKinds, mixerKinds, model as modelSchema, mostLayers, mtp as mtpSchema, precision as precisionSchema, precisionWords, sparse as sparseSchema,
} from "./model";
