/** Which figures of a declaration a reader looks for first: by its kind, and of a plan by its phase. */

import type { BoundDeclaration, Workspace } from "../core";
import { Unavailable } from "../cost/definition";
import { figureText, shortText } from "./figure-text";
import { figuresOf, type MetricFigure } from "./figures";
import { planResult } from "./plan-record";
import { phaseOf, type Phase } from "./plans";

/** The kinds of declarations that are read in one way. */
export type Reading = "model" | "hardware" | "service" | Phase;

/** In the order in which they are read; the parts of a figure stand behind it. */
const keyMetrics: Readonly<Record<Reading, readonly string[]>> = {
  model: [
    "total_params", "active_params", "active_params_without_embeddings", "kv_bytes_per_token", "train_flops_per_token", "train_flops_per_token_noncausal",
  ],
  hardware: ["gpus", "peak_flops", "memory_total", "scale_up_to_scale_out_ratio", "max_endpoints", "cost_per_hour"],
  training: [
    "step_time", "tokens_per_second_per_gpu", "mfu", "memory_per_gpu", "bubble_fraction", "exposed_comm_time", "bottleneck", "training_time", "gpu_hours",
    "training_cost", "tokens_per_second", "tokens_per_day", "mfu_noncausal", "tflops_per_gpu", "goodput", "data_parallel", "micro_batches",
  ],
  prefill: ["ttft", "tokens_per_second_per_node", "tokens_per_second_per_gpu", "memory_per_gpu", "bottleneck", "cost_per_million_tokens", "data_parallel"],
  decode: [
    "tpot", "tpot_limit", "tokens_per_second_per_user", "tokens_per_second_per_node", "memory_per_gpu", "max_batch_per_gpu", "max_context_that_fits",
    "bottleneck", "tokens_per_second_per_gpu", "ep_comm_time_per_layer", "mtp_speedup", "cost_per_million_tokens", "data_parallel",
  ],
  service: ["prefill_nodes", "decode_nodes", "ttft", "kv_transfer_time", "tpot", "tokens_per_second_per_node", "cost_per_million_tokens"],
};

/** How a declaration is read; `undefined` for those without figures. A plan that does not say its phase is read as training. */
export function readingOf(workspace: Workspace, declaration: BoundDeclaration): Reading | undefined {
  const { keyword } = declaration;
  if (keyword === "plan") return phaseOf(workspace, declaration) ?? "training";
  return keyword === "model" || keyword === "hardware" || keyword === "service" ? keyword : undefined;
}

/** The ids of the figures that are read first, in that order; not all of them need have a value. */
export function keyMetricsOf(workspace: Workspace, declaration: BoundDeclaration): readonly string[] {
  const reading = readingOf(workspace, declaration);
  return reading === undefined ? [] : keyMetrics[reading];
}

const wholeMemory = "memory_per_gpu";

const isMemoryPart = (id: string): boolean => id.startsWith("memory_") && id !== wholeMemory;

/** The parts that a plan's memory is made of, in its registry's order; those of nothing are left out. */
const memoryParts = (metrics: readonly MetricFigure[]): readonly MetricFigure[] =>
  metrics.filter(({ id, figure }) => isMemoryPart(id) && figure.kind === "value" && figure.value > 0);

export type InReadingOrder<Metric> = Metric & {
  /** A part of the figure before it, such as the weights in the memory. */
  readonly isPart: boolean;
};

/** The figures that are read first, each with its parts behind it, and the others; parts of nothing are others. */
export function inReadingOrder<Metric extends { readonly id: string }>(
  first: readonly string[], metrics: readonly Metric[], isNothing: (metric: Metric) => boolean,
): { readonly main: readonly InReadingOrder<Metric>[]; readonly others: readonly InReadingOrder<Metric>[] } {
  const main = first.flatMap((id) => {
    const parts = id === wholeMemory ? metrics.filter((metric) => isMemoryPart(metric.id) && !isNothing(metric)) : [];
    return [...metrics.filter((metric) => metric.id === id).map((metric) => ({ ...metric, isPart: false })), ...parts.map((metric) => ({ ...metric, isPart: true }))];
  });
  const taken = new Set(main.map(({ id }) => id));
  return { main, others: metrics.filter(({ id }) => !taken.has(id)).map((metric) => ({ ...metric, isPart: false })) };
}

/** What a figure is measured against: the memory of a plan against that of its GPU, in bytes; `undefined` for others. */
export function capacityOf(workspace: Workspace, declaration: BoundDeclaration, metric: string): number | undefined {
  if (declaration.keyword !== "plan" || metric !== wholeMemory) return undefined;
  try {
    return planResult(workspace, declaration)?.record.hardware.gpu.memory;
  } catch (fault) {
    if (fault instanceof Unavailable) return undefined;
    throw fault;
  }
}

/** `51.20 GB of 84.94 GB`; `undefined` where the figure has no value. */
export function shortFigure(workspace: Workspace, declaration: BoundDeclaration, metric: MetricFigure): string | undefined {
  const { figure, id } = metric;
  if (figure.kind === "unavailable") return undefined;
  if (figure.kind === "text") return figure.value;
  const capacity = capacityOf(workspace, declaration, id);
  return `${shortText(figure.value, metric)}${capacity === undefined ? "" : ` of ${shortText(capacity, metric)}`}`;
}

/** `19.93 s, ideal 12.40 s`; `51.20 GB of 84.94 GB: weights 12.10 GB, optimizer 8.400 GB`. */
export function fullFigure(workspace: Workspace, declaration: BoundDeclaration, metric: MetricFigure): string {
  const capacity = capacityOf(workspace, declaration, metric.id);
  if (capacity === undefined) return figureText(metric.figure, metric);
  const parts = memoryParts(figuresOf(workspace, declaration)).flatMap((part) => (part.figure.kind === "value" ? [`${partName(part)} ${shortText(part.figure.value, part)}`] : []));
  return `${shortFigure(workspace, declaration, metric) ?? figureText(metric.figure, metric)}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

/** `memory_kv` is the `kv` part of the memory. */
const partName = ({ id }: MetricFigure): string => id.slice("memory_".length);
