/** Single changes of a plan that its author might make: each a legal design, none tried or judged yet. */

import { recomputeOf } from "../../analysis";
import { settledValue, type FixCandidate } from "../../core";
import { maxBatchPerGpu, maxContextThatFits } from "../../cost/memory/capacity";
import type { ModelRecord, MoeFfnRecord, Precision } from "../../cost/model/record";
import { evaluationOf } from "../../cost/plan/evaluation";
import { moeBlocksOf } from "../../cost/plan/layout";
import type { ParallelismRecord, PlanRecord, WorkloadRecord } from "../../cost/plan/record";
import type { ScheduleKind } from "../../cost/pipeline/schedule";
import { overlapsReplicas } from "../../cost/training/replicas";
import { numberText } from "../../units";
import { fitsDomain, legalLayout, withChanges } from "../layout/conditions";
import { available } from "../../cost/definition";
import { setAllIn, type PlanSubject } from "../layout/plan";

export interface Change {
  /** Changes of one lever are tried together: the best of them speaks for it. */
  readonly lever: string;
  /** Of the block, as in the plan's record: `parallelism`, `model.precision`. */
  readonly path: string;
  readonly values: Readonly<Record<string, number | string>>;
  /** The plan with it. */
  readonly record: PlanRecord;
  /** What a reader calls it, where that is not its edit. */
  readonly title?: string;
  /** The changes of the lever stand in their order, and the first that is enough is the best: a further one costs what no figure shows. */
  readonly mildestFirst?: true;
  /** It asks something else of the design than its author did: offered behind all others. */
  readonly asksOther?: true;
}

export type Lever = (plan: PlanSubject) => readonly Change[];

/** Those of some levers whose layout can run. */
export const changesOf = (plan: PlanSubject, levers: readonly Lever[]): readonly Change[] =>
  levers.flatMap((lever) => (available(() => lever(plan)) ?? []).filter(({ record }) => legalLayout(record) !== undefined));

/** The edits of a change, with what it buys. */
export const fixOf = (plan: PlanSubject, { path, values, title }: Change, buys: string): readonly FixCandidate[] => setAllIn(plan, path, values, { buys }, title);

/** `pp = 4 with dp = 2`, as in a file. */
export const textOf = ({ values }: Change): string =>
  Object.entries(values).map(([key, value]) => `\`${key} = ${typeof value === "number" ? numberText(value) : value}\``).join(" with ");

const isTraining = ({ record }: PlanSubject): boolean => record.workload.phase === "training";

const inLayout = ({ record }: PlanSubject, lever: string, parallelism: Partial<ParallelismRecord>, values: Change["values"]): Change =>
  ({ lever, path: "parallelism", values, record: withChanges(record, { parallelism }) });

const inWorkload = ({ record }: PlanSubject, lever: string, workload: Partial<WorkloadRecord>, values: Change["values"]): Change =>
  ({ lever, path: "workload", values, record: withChanges(record, { workload }) });

export const zero: Lever = (plan) =>
  (isTraining(plan) ? [1, 2, 3] : []).filter((stage) => stage > plan.record.parallelism.zero).map((stage) => inLayout(plan, "zero", { zero: stage }, { zero: stage }));

export const recompute: Lever = (plan) =>
  (isTraining(plan) ? (["none", "selective", "full"] as const) : []).filter((choice) => choice !== plan.record.parallelism.recompute)
    .map((choice) => inLayout(plan, "recompute", { recompute: choice }, { recompute: choice }));

/** How far a degree or a batch is changed in one step. */
const factors = [2, 4, 1 / 2, 1 / 4];

type Degree = "tp" | "pp" | "cp" | "ep" | "etp";

/** A written `dp` gives way to the other degrees: their product is the cluster. */
const degree = (key: Degree): Lever => (plan) => {
  const { record } = plan;
  const layout = plan.evaluation.layout;
  const { dp } = record.parallelism;
  const sharesGpus = key !== "ep" && key !== "etp";
  return factors.flatMap((factor): readonly Change[] => {
    const value = layout[key] * factor;
    const isTensor = key === "tp" || key === "etp";
    if (!Number.isInteger(value) || (isTensor && !fitsDomain(record, value))) return [];
    if (typeof dp !== "number" || !sharesGpus) return [inLayout(plan, key, { [key]: value }, { [key]: value })];
    return [inLayout(plan, key, { [key]: value, dp: dp / factor }, { [key]: value, dp: dp / factor })].filter(() => Number.isInteger(dp / factor));
  });
};

export const tp = degree("tp");
export const pp = degree("pp");
export const cp: Lever = (plan) => (isTraining(plan) ? degree("cp")(plan) : []);
export const ep: Lever = (plan) => (moeBlocksOf(plan.record).length > 0 ? degree("ep")(plan) : []);
export const etp: Lever = (plan) => (plan.evaluation.layout.etp > 1 ? degree("etp")(plan) : []);

export const virtualStages: Lever = (plan) => {
  const { vp } = plan.evaluation.layout;
  if (!isTraining(plan) || plan.record.parallelism.schedule !== "interleaved") return [];
  return [vp * 2, vp * 4, vp / 2].filter((value) => Number.isInteger(value) && value > 1).map((value) => inLayout(plan, "vp", { vp: value }, { vp: value }));
};

const schedules: readonly ScheduleKind[] = ["1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev"];

export const schedule: Lever = (plan) => {
  if (!isTraining(plan) || plan.evaluation.layout.pp === 1) return [];
  return schedules.filter((kind) => kind !== plan.record.parallelism.schedule)
    .map((kind) => inLayout(plan, "schedule", { schedule: kind, recompute: recomputeUnder(plan, kind) }, { schedule: kind }));
};

/** What the plan recomputes under another schedule: `auto` depends on it. */
function recomputeUnder({ subject: { workspace }, blocks, record }: PlanSubject, kind: ScheduleKind): ParallelismRecord["recompute"] {
  const block = blocks.get("parallelism");
  const isOpen = block !== undefined && settledValue(workspace, block, "recompute").plain === "auto";
  return isOpen ? recomputeOf({ recompute: "auto", schedule: kind }) : record.parallelism.recompute;
}

/** Exchanges beside compute: between replicas, and of tensor parallelism. */
export const overlaps: Lever = (plan) => {
  const { tp, dp, cp } = plan.evaluation.layout;
  const { parallelism } = plan.record;
  return [
    ...(isTraining(plan) && dp * cp > 1 && !overlapsReplicas(parallelism) ? [inLayout(plan, "overlap_data_parallel", { overlap_data_parallel: "true" }, { overlap_data_parallel: "true" })] : []),
    ...(isTraining(plan) && tp > 1 && !parallelism.overlap_tensor_parallel ? [inLayout(plan, "overlap_tensor_parallel", { overlap_tensor_parallel: true }, { overlap_tensor_parallel: "true" })] : []),
  ];
};

export const microBatch: Lever = (plan) =>
  (isTraining(plan) ? factors : []).map((factor) => plan.record.parallelism.micro_batch_size * factor).filter(Number.isInteger)
    .map((value) => inLayout(plan, "micro_batch_size", { micro_batch_size: value }, { micro_batch_size: value }));

/** More micro-batches a step: it changes what is trained. */
export const globalBatch: Lever = (plan) => {
  const { global_batch_size } = plan.record.workload;
  if (!isTraining(plan) || global_batch_size === undefined) return [];
  return [2, 4].map((factor) => ({ ...inWorkload(plan, "global_batch_size", { global_batch_size: factor * global_batch_size }, { global_batch_size: factor * global_batch_size }), asksOther: true, mildestFirst: true }));
};

export const dualMicroBatch: Lever = (plan) => {
  const { workload, parallelism } = plan.record;
  const other = !parallelism.dual_micro_batch;
  if (isTraining(plan) || (other && (workload.batch_per_gpu ?? 1) % 2 === 1)) return [];
  return [inLayout(plan, "dual_micro_batch", { dual_micro_batch: other }, { dual_micro_batch: String(other) })];
};

/** Sequences of a GPU: more or fewer by whole factors, and as many as fit. */
export const batch: Lever = (plan) => {
  const { record } = plan;
  const now = record.workload.batch_per_gpu;
  if (isTraining(plan) || now === undefined) return [];
  const unit = record.parallelism.dual_micro_batch ? 2 : 1;
  const largest = record.workload.phase === "decode" ? available(() => maxBatchPerGpu(plan.evaluation)) : largestPrefill(record, now);
  const values = [...factors.map((factor) => now * factor), Math.floor((largest ?? 0) / unit) * unit];
  return [...new Set(values)].filter((value) => Number.isInteger(value) && value >= unit && value % unit === 0 && value !== now)
    .map((value) => inWorkload(plan, "batch_per_gpu", { batch_per_gpu: value }, { batch_per_gpu: value }));
};

/** Prompts that fit at the same time, fewer than now; memory grows with each of them. */
function largestPrefill(record: PlanRecord, now: number): number {
  const fits = (batch_per_gpu: number): boolean => evaluationOf(withChanges(record, { workload: { batch_per_gpu } })).memory.worst.total <= record.hardware.gpu.memory;
  let [low, high] = [0, now];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

export const context: Lever = (plan) => {
  if (plan.record.workload.phase !== "decode") return [];
  const most = available(() => maxContextThatFits(plan.evaluation)) ?? 0;
  const rounded = most >= contextStep ? Math.floor(most / contextStep) * contextStep : 0;
  return rounded > 0 && rounded < (plan.record.workload.context_length ?? 0) ? [{ ...inWorkload(plan, "context_length", { context_length: rounded }, { context_length: rounded }), asksOther: true }] : [];
};

/** Nobody serves a context of 31,943 tokens. */
const contextStep = 1024;

type PrecisionKey = keyof ModelRecord["precision"];

/** Formats that follow another one as long as nobody writes them. */
const followers: Partial<Readonly<Record<PrecisionKey, readonly PrecisionKey[]>>> = {
  weights: ["experts", "compute"], kv_cache: ["index_cache"],
};

const bytesOrder: readonly Precision[] = ["nvfp4", "mxfp4", "fp8_e4m3", "bf16", "fp32"];

/** One tensor in another, narrower format. */
const narrower = (key: PrecisionKey, to: Precision, applies: (plan: PlanSubject) => boolean): Lever => (plan) => {
  const { precision } = plan.record.model;
  if (!applies(plan) || bytesOrder.indexOf(to) >= bytesOrder.indexOf(precision[key])) return [];
  const written = plan.blocks.get("model.precision")?.properties;
  const followed = (followers[key] ?? []).filter((follower) => !written?.has(follower) && !(key === "weights" && follower === "compute" && written?.has("activations")));
  const values = Object.fromEntries([key, ...followed].map((each) => [each, to]));
  return [{
    lever: `precision ${key}`, path: "model.precision", values: { [key]: to },
    record: withChanges(plan.record, { model: { precision: { ...precision, ...values } } }),
  }];
};

const hasRate = ({ record }: PlanSubject, rate: string): boolean => record.hardware.gpu.peak[rate] !== undefined;
const isServing = (plan: PlanSubject): boolean => !isTraining(plan);
const hasExperts = ({ record }: PlanSubject): boolean => moeBlocksOf(record).length > 0;

export const moments = narrower("optimizer_moments", "bf16", isTraining);
export const gradients = narrower("gradients", "bf16", isTraining);
export const servedWeights = narrower("weights", "fp8_e4m3", (plan) => isServing(plan) && hasRate(plan, "fp8"));
export const servedExperts = narrower("experts", "nvfp4", (plan) => isServing(plan) && hasExperts(plan) && hasRate(plan, "fp4"));
/** What the host multiplies takes any format; it is the bytes that count there. */
export const hostExperts: Lever = (plan) => (["fp8_e4m3", "mxfp4"] as const).flatMap((format) => narrower("experts", format, hasExperts)(plan));
export const cache = narrower("kv_cache", "fp8_e4m3", isServing);
export const dispatch = narrower("dispatch", "fp8_e4m3", hasExperts);
/** Combine in eight bits loses too much of a sum: LogFMT-10 comes near bf16 (arXiv:2505.09343, section 3.2). */
export const combine: Lever = (plan) => {
  const { precision } = plan.record.model;
  if (!hasExperts(plan) || precision.combine !== "bf16") return [];
  return [{
    lever: "precision combine", path: "model.precision", values: { combine: "logfmt10" },
    record: withChanges(plan.record, { model: { precision: { ...precision, combine: "logfmt10" } } }),
  }];
};

/** The plan with other groups of one `ffn moe` block. */
export function withLimit(record: PlanRecord, index: number, groups: number, group_limit: number): PlanRecord {
  const ffn = record.model.ffn.map((block, place) => (place === index && block.kind === "moe" ? ({ ...block, groups, group_limit } satisfies MoeFfnRecord) : block));
  return withChanges(record, { model: { ffn } });
}
