// How long all figures of one plan take, as a search over designs computes them: a plan whose parts are known, but no figure of it.
import type { PlanRecord } from "../../server/src/cost/plan/record";
import { planMetrics } from "../../server/src/cost/plan/metrics";
import { planRecord } from "../kit/plan";

/** Plans of each phase, by the name that the bench prints. */
export const planCases = (): Readonly<Record<string, PlanRecord>> => ({
  deepseek_v3_training: planRecord({}),
  llama_405b_training: planRecord({
    model: "Llama3_1_405B", hardware: "Large", before: "hardware Large extends DGX_H100 { nodes = 2048 }",
    parallelism: "tp = 8, pp = 16, schedule = interleaved, vp = 2, zero = 1",
    workload: "phase = training, sequence_length = 8192, global_batch_size = 2048, tokens = 15.6T",
  }),
  decode_ep144: planRecord({
    hardware: "Unit", before: "hardware Unit extends H800Cluster { nodes = 18 }", parallelism: "ep = 144, dual_micro_batch = true",
    workload: "phase = decode, context_length = 4096, batch_per_gpu = 128",
  }),
  prefill_ep32: planRecord({
    hardware: "Unit", before: "hardware Unit extends H800Cluster { nodes = 4 }", parallelism: "ep = 32, dual_micro_batch = true",
    workload: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4",
  }),
});

/** Every metric of the plan, none of it kept from before but the run of its schedule; the number of those that have a value. */
export function figuresOfPlan(record: PlanRecord): number {
  const plan = { ...record };
  let values = 0;
  for (const metric of planMetrics) if (metric.compute(plan, {}).kind === "value") values += 1;
  return values;
}

/** The same with the physical bound of each time, which is computed when it is read. */
export function boundsOfPlan(record: PlanRecord): number {
  const plan = { ...record };
  let bounds = 0;
  for (const metric of planMetrics) {
    const figure = metric.compute(plan, {});
    if (figure.kind === "value" && figure.ideal !== undefined) bounds += 1;
  }
  return bounds;
}

/** The plan on a GPU whose memory is faster by `billionths`: every operator takes another time, so that the schedule runs anew. */
export const onAnotherGpu = (plan: PlanRecord, billionths: number): PlanRecord => {
  const { gpu } = plan.hardware;
  return { ...plan, hardware: { ...plan.hardware, gpu: { ...gpu, memory_bandwidth: gpu.memory_bandwidth * (1 + billionths * 1e-9) } } };
};

/** Microseconds, sorted. */
function timesOf(run: () => void, repetitions: number): readonly number[] {
  for (let warmUp = 0; warmUp < 5000; warmUp++) run();
  const times = Array.from({ length: repetitions }, () => {
    const start = performance.now();
    run();
    return 1000 * (performance.now() - start);
  });
  return times.sort((left, right) => left - right);
}

/** What the figures of a plan take, in microseconds. The least of many is what the computation takes; what is above it is the engine's collector and the machine's other work. */
export interface PlanTimes {
  readonly name: string;
  readonly figures: number;
  readonly least: number;
  readonly p50: number;
  /** Where every operator takes another time, so that the schedule runs anew. */
  readonly another: number;
  /** With the physical bound of each time. */
  readonly bounds: number;
}

export const planTimes = (repetitions: number): readonly PlanTimes[] => Object.entries(planCases()).map(([name, plan]) => {
  const times = timesOf(() => figuresOfPlan(plan), repetitions);
  const [least = Number.NaN, p50 = Number.NaN] = [times[0], times[Math.floor(times.length / 2)]];
  let other = 0;
  const [another = Number.NaN] = timesOf(() => figuresOfPlan(onAnotherGpu(plan, (other += 1))), repetitions);
  const [bounds = Number.NaN] = timesOf(() => boundsOfPlan(plan), repetitions);
  return { name, figures: figuresOfPlan(plan), least, p50, another, bounds };
});
