/** The metrics of a training plan. Where a time is not said to be of one micro-batch it is of one step and the mean over the ranks of a pipeline. */

import { dimensions, formatGrouped, formatPercent, formatShortest } from "../../units";
import { Unavailable, type Gap } from "../definition";
import { checkpointBytes } from "../memory/memory-model";
import { trainFlops, trainFlopsNoncausal } from "../model/flops";
import type { ModelRecord } from "../model/record";
import { activeWeightsGap } from "../model/availability";
import { oncePerRecord } from "../once";
import { amount, product, quotient, sum, times, type Quantity, type Term } from "../term";
import type { Training } from "../training/evaluate";
import { bestInterval, clusterMtbf, goodputOf, lossesOf } from "../training/goodput";
import { schedule, trainingOperators } from "./details";
import { evaluationOf, type Mode } from "./evaluation";
import type { PlanDefinition } from "./metrics";
import { onlyIn } from "./phase";
import type { PlanRecord } from "./record";

const insights = "Insights into DeepSeek-V3, arXiv:2505.09343";
const v3Report = "DeepSeek-V3 technical report, arXiv:2412.19437";
const ofStep = "Of one step, the mean over the ranks of a pipeline.";

const trainingGap = onlyIn("training", "steps");

const training = (plan: PlanRecord, mode: Mode = "estimate"): Training => evaluationOf(plan).training(mode);

const quantityOf = (dimension: Quantity["dimension"]) => (value: number): Quantity => ({ value, dimension });
const [seconds, workRate, watts] = [quantityOf(dimensions.time), quantityOf(dimensions.workRate), quantityOf(dimensions.power)];

/** A time of a step, its two values read off the same place. */
function time(
  head: Pick<PlanDefinition, "id" | "title" | "documentation" | "formula" | "source" | "details"> & { readonly convention?: string },
  of: (training: Training) => number,
  { parts, bound }: { readonly parts?: (training: Training) => readonly Term[]; readonly bound?: (plan: PlanRecord) => number } = {},
): PlanDefinition {
  return {
    convention: ofStep, ...head, unit: "s", gap: trainingGap,
    arithmetic: (plan) => sum(head.id, parts?.(training(plan)) ?? [amount(head.title.toLowerCase(), of(training(plan)))]),
    value: (plan) => of(training(plan)),
    ideal: (plan) => bound?.(plan) ?? of(training(plan, "ideal")),
  };
}

const tokensPerStep = (plan: PlanRecord): { readonly sequences: number; readonly length: number } => {
  const { global_batch_size, sequence_length } = plan.workload;
  if (global_batch_size === undefined) throw new Unavailable("the workload has no `global_batch_size`");
  if (sequence_length === undefined) throw new Unavailable("the workload has no `sequence_length`");
  return { sequences: global_batch_size, length: sequence_length };
};

/** Tokens that the whole cluster trains on in a second. */
export function trainingTokensPerSecond(plan: PlanRecord, mode: Mode = "estimate"): number {
  const { sequences, length } = tokensPerStep(plan);
  return (sequences * length) / training(plan, mode).step.step_time;
}

/** The largest part of a step, in words. */
export function trainingBottleneck(plan: PlanRecord): string {
  const { step, exposed_sync } = training(plan);
  const parts: readonly (readonly [name: string, time: number])[] = [
    ["compute", step.compute], ["communication in the pipeline", step.exposed_communication - exposed_sync], ["communication between replicas", exposed_sync],
    ["bubble", step.bubble], ["optimizer", step.optimizer - exposed_sync],
  ];
  const [name, time] = parts.reduce((most, part) => (part[1] > most[1] ? part : most));
  return `${name} (${formatPercent(time / step.step_time)} of the step)`;
}

const gpusOf = (plan: PlanRecord): number => evaluationOf(plan).layout.gpus;

const tokensOfRun = ({ workload }: PlanRecord): number => {
  if (workload.tokens === undefined) throw new Unavailable("the workload has no `tokens`");
  return workload.tokens;
};

const trainingTime = (plan: PlanRecord, mode: Mode = "estimate"): number => tokensOfRun(plan) / trainingTokensPerSecond(plan, mode);

const gpuSeconds = (plan: PlanRecord): number => gpusOf(plan) * trainingTime(plan);

/** FLOPs of a model a token of a sequence of so many tokens, forward and backward. */
type ModelFlops = (model: ModelRecord, length: number) => number;

const flopsOnce = (of: typeof trainFlops): ModelFlops => oncePerRecord((length) => length, (model, length) => of(model, { sequence_length: length, context_length: undefined }).value);

const causalFlops = flopsOnce(trainFlops);
const noncausalFlops = flopsOnce(trainFlopsNoncausal);

function achieved(plan: PlanRecord, flops: ModelFlops): number {
  const gap = activeWeightsGap(plan.model);
  if (gap !== undefined) throw new Unavailable(typeof gap === "string" ? gap : gap.inapplicable);
  return (flops(plan.model, tokensPerStep(plan).length) * trainingTokensPerSecond(plan)) / gpusOf(plan);
}

function bf16Peak({ hardware }: PlanRecord): number {
  const peak = hardware.gpu.peak["bf16"];
  if (peak === undefined) throw new Unavailable("the gpu has no `bf16` in `peak`");
  return peak;
}

const utilisation = (id: "mfu" | "mfu_noncausal", counting: string, flops: ModelFlops): PlanDefinition => ({
  id,
  title: id === "mfu" ? "MFU" : "MFU, non-causal",
  unit: "",
  share: true,
  documentation: `Model FLOPs utilisation: the FLOPs of the model over what the GPUs could do at their BF16 peak. ${counting}`,
  formula: `${id === "mfu" ? "train_flops_per_token" : "train_flops_per_token_noncausal"} x tokens_per_second_per_gpu / gpu.peak.bf16`,
  convention: "Against the BF16 peak also where GEMMs run in FP8. Recomputation and MTP modules are not model FLOPs.",
  source: `${insights}, Table 4; PaLM, arXiv:2204.02311, appendix B`,
  arithmetic: (plan) => sum(id, [quotient("achieved over peak", workRate(achieved(plan, flops)), workRate(bf16Peak(plan)))]),
});

const phases = (step: Training["step"]): readonly Term[] => [
  amount("forward", step.forward), amount("backward", step.backward), amount("weight gradients", step.weight_gradient),
  amount("overlapped pairs", step.overlapped), amount("bubble", step.bubble), amount("optimizer", step.optimizer),
];

const noStorage = "the hardware has no `storage { write_bandwidth = … }`";

const storageGap = (plan: PlanRecord): Gap => trainingGap(plan) ?? (plan.hardware.storage?.write_bandwidth === undefined ? noStorage : undefined);

function checkpointTime(plan: PlanRecord): Term {
  const { hardware } = plan;
  const rate = hardware.storage?.write_bandwidth;
  if (rate === undefined) throw new Unavailable(noStorage);
  const bytes = { value: checkpointBytes(evaluationOf(plan).memoryModel), dimension: dimensions.bytes };
  return quotient("bytes over the write bandwidth of all nodes", bytes, { value: rate * hardware.nodes, dimension: dimensions.byteRate });
}

interface Reliability {
  readonly mtbf: number;
  readonly interval: number;
  readonly checkpoint: number;
  readonly restart: number;
}

const noFailures = "the hardware has no `failures { gpu_mtbf = … }` or `node_mtbf`";

function reliabilityGap(plan: PlanRecord): Gap {
  const { failures } = plan.hardware;
  return trainingGap(plan) ?? (failures?.gpu_mtbf === undefined && failures?.node_mtbf === undefined ? noFailures : undefined);
}

function reliabilityOf(plan: PlanRecord): Reliability {
  const { failures, nodes } = plan.hardware;
  if (failures === undefined) throw new Unavailable(noFailures);
  const checkpoint = checkpointTime(plan).value;
  const mtbf = clusterMtbf(failures, gpusOf(plan), nodes);
  return { mtbf, checkpoint, interval: plan.workload.checkpoint_interval ?? bestInterval(checkpoint, mtbf), restart: failures.restart_time ?? 0 };
}

function goodput(plan: PlanRecord): Term {
  const { mtbf, interval, checkpoint, restart } = reliabilityOf(plan);
  const losses = lossesOf(checkpoint, interval, mtbf, restart);
  const share = goodputOf(losses);
  return sum("goodput", [
    amount("all of the time", 1),
    amount("writing checkpoints", -losses.checkpoints, "checkpoint_time / checkpoint_interval"),
    amount("work lost to failures, and restarts", share - (1 - losses.checkpoints), "of what is left, by (interval / 2 + restart_time) / mean time between failures"),
  ]);
}

export const trainingMetrics: readonly PlanDefinition[] = [
  time({
    id: "step_time",
    title: "Step time",
    documentation: "One optimizer step over the global batch.",
    formula: "pipeline (forward, backward, weight gradients, overlapped pairs, bubble) + optimizer",
    convention: "The schedule is run operation by operation with the times of its chunks. `ideal`: peak rates and line rates, no latency, the same schedule.",
    source: `${insights}, Table 4 (the phases)`,
  }, ({ step }) => step.step_time, { parts: ({ step }) => phases(step) }),
  time({
    id: "forward_time", title: "Forward", documentation: "Forward chunks that run alone (1F of Table 4).", formula: "the sum of forward chunks outside pairs", source: `${insights}, Table 4`,
  }, ({ step }) => step.forward),
  time({
    id: "backward_time", title: "Backward", documentation: "Backward chunks that run alone, whole ones and those for the inputs (1B of Table 4).",
    formula: "the sum of backward chunks outside pairs", source: `${insights}, Table 4`,
  }, ({ step }) => step.backward),
  time({
    id: "weight_gradient_time", title: "Weight gradients", documentation: "Weight-gradient chunks that run alone (1W of Table 4): only zb1p, dualpipe and dualpipev have them.",
    formula: "the sum of weight chunks", source: `${insights}, Table 4`,
  }, ({ step }) => step.weight_gradient),
  time({
    id: "overlapped_time", title: "Overlapped pairs", documentation: "A forward and a backward side by side (1F1B of Table 4): only dualpipe and dualpipev make them.",
    formula: "pairs x max(compute on the SMs left, expert exchanges)", source: `${v3Report}, section 3.2.1; ${insights}, Table 4`,
  }, ({ step }) => step.overlapped),
  time({
    id: "bubble_time", title: "Bubble", details: schedule, documentation: "Time in which a rank has nothing to run. The closed form of the schedule is the stated bound, the simulation the estimate.",
    formula: "step of the pipeline - what its ranks run; closed forms: 1f1b (pp - 1)(F + B); zb1p (pp - 1)(F + B - 2W); dualpipe (pp / 2 - 1)(F&B + B - 3W)",
    convention: `${ofStep} Includes waiting for stages that take longer. \`ideal\` is the closed form with the mean chunk at its physical bound, never above what a run of such chunks waits: where F < B - W, dualpipe can wait less than its closed form says.`,
    source: `${v3Report}, Table 2; DualPipe repository, README`,
  }, ({ step }) => step.bubble, { bound: (plan) => Math.min(training(plan, "ideal").closed_form(), training(plan, "ideal").step.bubble, training(plan).step.bubble) }),
  {
    id: "bubble_fraction", title: "Bubble share", unit: "", share: true, details: schedule, documentation: "Share of the step in which a rank has nothing to run.",
    formula: "bubble_time / step_time", convention: ofStep, source: "The definition",
    arithmetic: (plan) => {
      const { step } = training(plan);
      return sum("bubble_fraction", [quotient("bubble over step", seconds(step.bubble), seconds(step.step_time))]);
    },
  },
  time({
    id: "optimizer_time", title: "Optimizer", documentation: "What follows the last backward: gradient and parameter exchanges that nothing hid, and the optimizer's pass over its shard.",
    formula: "exposed part of dp_sync_time + bytes of the optimizer's states / memory bandwidth", source: `${insights}, Table 4 (opt)`,
  }, ({ step }) => step.optimizer, {
    parts: ({ exposed_sync, sweep }) => [amount("exchanges that nothing hides", exposed_sync), amount("pass over weights, gradients and moments", sweep)],
  }),
  time({
    id: "compute_time", title: "Compute", details: trainingOperators, documentation: "Operators alone: no communication, no bubble, no optimizer.", formula: "the sum of operator times", source: "The roofline of each operator; see `efficiency`",
  }, ({ step }) => step.compute),
  time({
    id: "exposed_comm_time", title: "Exposed communication", documentation: "Communication that no compute hides.",
    formula: "chunks and pairs - their compute + exposed part of dp_sync_time", source: `${v3Report}, section 3.2.1 (what DualPipe hides)`,
    convention: `${ofStep} compute_time + exposed_comm_time + bubble_time + the optimizer's pass = step_time. \`ideal\`: all of it hidden.`,
  }, ({ step }) => step.exposed_communication, {
    bound: () => 0,
    parts: ({ step: { exposed } }) => [
      amount("in forward chunks", exposed.forward), amount("in backward chunks", exposed.backward), amount("in overlapped pairs", exposed.overlapped),
      amount("between replicas", exposed.replicas),
    ],
  }),
  time({
    id: "ep_dispatch_time", title: "Expert dispatch", documentation: "Sending the tokens of one micro-batch to their experts in one MoE layer, forward.",
    formula: "max(copies over the network / scale-out, copies inside domains / scale-up) + latency", source: `${v3Report}, section 3.2.2; DeepEP`,
    convention: "Of one micro-batch and one MoE layer, on one GPU, forward; hidden or not.",
  }, ({ dispatch }) => requireMoe(dispatch)),
  time({
    id: "ep_combine_time", title: "Expert combine", documentation: "Bringing the experts' results of one micro-batch back in one MoE layer, forward.",
    formula: "as ep_dispatch_time, in `precision.combine`", source: `${v3Report}, section 3.2.2; DeepEP`,
    convention: "Of one micro-batch and one MoE layer, on one GPU, forward; hidden or not.",
  }, ({ combine }) => requireMoe(combine)),
  {
    id: "ep_traffic_per_token", title: "Expert traffic per token", unit: "B",
    documentation: "Bytes that a token puts on the slower link in dispatch and combine of one MoE layer, forward: the network where expert parallelism spans domains, else the scale-up link.",
    formula: "copies x hidden_size (or latent_size) x (dispatch + combine element)", convention: "Scales included; a token crosses the network once to each domain that it needs (normal kernels).",
    source: `${v3Report}, section 3.2.2`,
    arithmetic: (plan) => {
      const { traffic } = training(plan);
      if (traffic === undefined) throw new Unavailable("the model has no `ffn moe` block", true);
      return sum("ep_traffic_per_token", [amount("dispatch", traffic.dispatch), amount("combine", traffic.combine)]);
    },
  },
  time({
    id: "tp_comm_time", title: "Tensor-parallel exchange", documentation: "All tensor-parallel exchanges of a step, hidden or not; recompute = full repeats those of the forward.", formula: "micro-batches x layers x (all-gather + reduce-scatter, or all-reduce)",
    source: "Megatron-LM, arXiv:1909.08053 and arXiv:2205.05198",
  }, ({ tp }) => tp),
  time({
    id: "pp_comm_time", title: "Pipeline sends", documentation: "All sends between stages in a step, hidden or not.", formula: "micro-batches x sends a micro-batch x bytes / bandwidth",
    source: "Megatron-LM, arXiv:2104.04473",
  }, ({ pp }) => pp),
  time({
    id: "cp_comm_time", title: "Context-parallel exchange", documentation: "All exchanges of keys and values in a step, hidden or not; recompute = full repeats those of the forward.", formula: "micro-batches x layers x keys and values / bandwidth",
    source: "Llama 3, arXiv:2407.21783, section 3.3.2",
  }, ({ cp }) => cp),
  time({
    id: "dp_sync_time", title: "Data-parallel exchange", documentation: "Gradients and parameters between replicas in a step, hidden or not.",
    formula: "zero = 0: all-reduce of gradients; from 1: reduce-scatter of gradients + all-gather of weights", source: "ZeRO, arXiv:1910.02054",
    convention: `Of one step, on the rank that has most to exchange. Among the ranks with the same weights: dp x cp of them, of an expert dp x cp x tp / (ep x etp); under dualpipe twice as many, for both copies of a stage, each of which sees half of the micro-batches.`,
  }, ({ sync }) => sync),
  {
    id: "tokens_per_second", title: "Throughput", unit: "tokens/s", documentation: "Tokens that the whole cluster trains on in a second.",
    formula: "global_batch_size x sequence_length / step_time", convention: "Failures and checkpoints are left out: see `goodput`.", source: "The definition",
    arithmetic: (plan) => sum("tokens_per_second", [amount("tokens of a step over its time", trainingTokensPerSecond(plan))]),
  },
  {
    id: "tokens_per_day", title: "Tokens a day", unit: "tokens", documentation: "Tokens that the whole cluster trains on in a day.",
    formula: "tokens_per_second x 86,400 s", convention: "Failures and checkpoints are left out: see `goodput`.", source: `${insights}, Table 4`,
    arithmetic: (plan) => sum("tokens_per_day", [product("tokens a second for a day", [trainingTokensPerSecond(plan), { value: 86_400, unit: "s" }])]),
  },
  utilisation("mfu", "Causal: half of the attention counts.", causalFlops),
  utilisation("mfu_noncausal", "Non-causal: all of the attention counts, as if nothing were masked.", noncausalFlops),
  {
    id: "tflops_per_gpu", title: "Achieved rate", unit: "FLOP/s", documentation: "Model FLOPs of a GPU in a second, causal.",
    formula: "train_flops_per_token x tokens_per_second / gpus", convention: "Recomputation and MTP modules are not model FLOPs.", source: `${insights}, Table 4`,
    arithmetic: (plan) => sum("tflops_per_gpu", [amount("FLOPs of a token x tokens a second and GPU", achieved(plan, causalFlops))]),
  },
  {
    id: "training_time", title: "Training time", unit: "s", documentation: "The whole training.", formula: "tokens / tokens_per_second",
    convention: "Failures and checkpoints are left out: divide by `goodput`.", source: "The definition",
    arithmetic: (plan) => sum("training_time", [amount("tokens over throughput", trainingTime(plan))]),
    ideal: (plan) => trainingTime(plan, "ideal"),
  },
  {
    id: "gpu_hours", title: "GPU-hours", unit: "GPU·h", documentation: "GPU-hours of the whole training.", formula: "gpus x training_time",
    convention: "Failures and checkpoints are left out: divide by `goodput`.", source: `${v3Report}, Table 1`,
    arithmetic: (plan) => sum("gpu_hours", [amount("GPUs x time", gpuSeconds(plan))]),
  },
  {
    id: "training_cost", title: "Training cost", unit: "USD", documentation: "Rent of the GPUs for the whole training.", formula: "gpu_hours x price",
    convention: "Failures and checkpoints are left out: divide by `goodput`.", source: `${v3Report}, Table 1`,
    arithmetic: (plan) => {
      const { price } = plan.hardware;
      if (price === undefined) throw new Unavailable("the hardware has no `price`");
      const time = gpuSeconds(plan);
      return sum("training_cost", [amount("rent", time * price, () => `${formatGrouped(Math.round(time / 3600))} GPU·h x ${formatShortest(price, dimensions.moneyRate)}`)]);
    },
  },
  {
    id: "energy", title: "Energy", unit: "J", documentation: "Energy of the GPUs over the whole training.", formula: "gpus x gpu.power x power_overhead x training_time",
    convention: "Board power all of the time; what stands around the GPUs only as far as `power_overhead` says.", source: "The definition",
    arithmetic: (plan) => {
      const { gpu, power_overhead } = plan.hardware;
      if (gpu.power === undefined) throw new Unavailable("the gpu has no `power`");
      return sum("energy", [times([power_overhead], product("GPU time x board power", [seconds(gpuSeconds(plan)), watts(gpu.power)]))]);
    },
  },
  {
    id: "checkpoint_time", title: "Checkpoint", unit: "s", documentation: "Writing one checkpoint: weights, master weights and moments, from all nodes at once.",
    formula: "(weights + master_weights + optimizer_moments) / (nodes x storage.write_bandwidth)", convention: "Training waits for it; an asynchronous checkpoint costs less.",
    source: "Fire-Flyer AI-HPC, arXiv:2408.14158, section VII",
    gap: storageGap,
    arithmetic: (plan) => sum("checkpoint_time", [checkpointTime(plan)]),
    ideal: (plan) => checkpointTime(plan).value,
  },
  {
    id: "goodput", title: "Goodput", unit: "", share: true, documentation: "Share of the time that trains, after checkpoints, work lost to failures, and restarts.",
    formula: "(1 - checkpoint_time / interval) / (1 + (interval / 2 + restart_time) / mtbf); mtbf = 1 / (gpus / gpu_mtbf + nodes / node_mtbf)",
    convention: "The interval is `checkpoint_interval`, or the best one, sqrt(2 x checkpoint_time x mtbf), where it is left out.", source: "Young, CACM 17(9), 1974; Daly, FGCS 22(3), 2006",
    gap: reliabilityGap,
    arithmetic: goodput,
  },
];

function requireMoe(time: number | undefined): number {
  if (time === undefined) throw new Unavailable("the model has no `ffn moe` block", true);
  return time;
}
