/** The metrics of a plan: one definition an id, read by hover, lens, report, command line and sweep alike. */

import { toMetric, type Definition } from "../definition";
import type { Metric } from "../metric";
import { product, quotient, sum } from "../term";
import { evaluationOf } from "./evaluation";
import type { PlanRecord } from "./record";
import { servingMetrics } from "./serving-metrics";
import { trainingMetrics } from "./training-metrics";

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
    arithmetic: (plan) => sum("data_parallel", [product("replicas", [evaluationOf(plan).layout().dp])]),
  },
  {
    id: "micro_batches",
    title: "Micro-batches",
    unit: "",
    documentation: "Micro-batches that a replica runs in one step.",
    formula: "global_batch_size / (dp x micro_batch_size)",
    convention: "Of one replica, over the whole pipeline; dualpipe runs half of them in each direction.",
    source: "The definition",
    arithmetic: (plan) => {
      const evaluation = evaluationOf(plan);
      evaluation.microBatches();
      const perStep = evaluation.layout().dp * plan.parallelism.micro_batch_size;
      return sum("micro_batches", [quotient("micro-batches", plan.workload.global_batch_size ?? Number.NaN, perStep)]);
    },
  },
];

export const planMetrics: readonly Metric<PlanRecord, PlanContext>[] = [
  ...layoutMetrics,
  ...trainingMetrics,
  ...servingMetrics,
].map(toMetric);
