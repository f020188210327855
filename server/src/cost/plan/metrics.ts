/** The metrics of a plan: one definition an id, read by hover, lens, report, command line and sweep alike. */

import { toMetric, type Definition } from "../definition";
import type { Metric } from "../metric";
import { amount, product, quotient, sum } from "../term";
import { evaluationOf, microBatchesOf } from "./evaluation";
import { memoryMetrics } from "./memory-metrics";
import { onlyIn } from "./phase";
import type { PlanRecord } from "./record";
import { promptTokens, servingBottleneck, servingMetrics, servingThroughput } from "./serving-metrics";
import { trainingBottleneck, trainingMetrics, trainingTokensPerSecond } from "./training-metrics";

/** Nothing but the plan enters into its figures. */
export type PlanContext = Readonly<Record<never, never>>;

export type PlanDefinition = Definition<PlanRecord, PlanContext>;

const layoutMetrics: readonly PlanDefinition[] = [
  {
    id: "data_parallel",
    title: "Data-parallel degree",
    unit: "",
    documentation: "Replicas of the model, each with its own share of the batch.",
    formula: "dp; auto: gpus / (tp x pp x cp)",
    convention: "Expert parallelism takes its ranks from dp x cp x tp and divides nothing further.",
    source: "The definition",
    arithmetic: (plan) => sum("data_parallel", [product("replicas", [evaluationOf(plan).layout.dp])]),
  },
  {
    id: "micro_batches",
    title: "Micro-batches",
    unit: "",
    documentation: "Micro-batches that a replica runs in one step.",
    formula: "global_batch_size / (dp x micro_batch_size)",
    convention: "Of one replica, over the whole pipeline; dualpipe runs half of them in each direction.",
    source: "The definition",
    gap: onlyIn("training", "steps of micro-batches"),
    arithmetic: (plan) => {
      const evaluation = evaluationOf(plan);
      microBatchesOf(plan, evaluation.layout);
      const perStep = evaluation.layout.dp * plan.parallelism.micro_batch_size;
      return sum("micro_batches", [quotient("micro-batches", plan.workload.global_batch_size ?? Number.NaN, perStep)]);
    },
  },
];

/** What plans of several phases have: one definition, by the phase. */
const sharedMetrics: readonly PlanDefinition[] = [
  {
    id: "tokens_per_second_per_gpu",
    title: "Throughput of a GPU",
    unit: "tokens/s",
    documentation: "Tokens that a GPU trains on, reads or generates in a second.",
    formula: "training: tokens_per_second / gpus; prefill: prompt tokens of a pass / (time of a pass x GPUs); decode: batch / (tpot x GPUs)",
    convention: `Training leaves failures and checkpoints out: see \`goodput\`. ${promptTokens} Decode counts one token a step: see \`mtp_speedup\`.`,
    source: "The definition",
    arithmetic: (plan) => {
      if (plan.workload.phase !== "training") return servingThroughput(plan);
      return sum("tokens_per_second_per_gpu", [amount("tokens a second over GPUs", trainingTokensPerSecond(plan) / evaluationOf(plan).layout.gpus)]);
    },
  },
  {
    id: "bottleneck",
    title: "Bottleneck",
    unit: null,
    documentation: "What most of the time goes to.",
    formula: "the largest of compute, memory bandwidth, launches, each kind of communication, and in training bubble and optimizer",
    convention: "Of operators, with the one that takes longest. Communication counts as far as nothing hides it.",
    source: "The definition",
    arithmetic: (plan) => (plan.workload.phase === "training" ? trainingBottleneck(plan) : servingBottleneck(plan)),
  },
];

export const planMetrics: readonly Metric<PlanRecord, PlanContext>[] = [
  ...layoutMetrics,
  ...sharedMetrics,
  ...memoryMetrics,
  ...trainingMetrics.map((definition) => ({ ...definition, gap: onlyIn("training", "steps") })),
  ...servingMetrics,
].map(toMetric);
