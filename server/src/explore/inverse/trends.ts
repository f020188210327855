/**
 * Which figures of a plan are known to go one way along a key, and why. Bisection rests on this table and on nothing else: what is not in it
 * is tried one by one. A property test holds every entry against designs that are tried one by one.
 *
 * - `hardware.gpu.memory` is compared with what a GPU needs, and enters no figure but the two that ask what would fit.
 * - A batch, a context or a prompt enters the memory of a serving plan as tokens and sequences: sums, products with counts of at least 0,
 *   roundings up and the largest of several, none of which falls as they rise (`cost/memory`: cache, working set, logits, buffers; weights
 *   stay). Its parts are those of the fullest GPU, which may become another one, so only the sum is known.
 * - A bandwidth enters the times of a serving plan as bytes / bandwidth. These are added, compared by the longer or by the faster way, or
 *   joined as the root of the sum of squares; of two micro-batches a layer takes min(max(a, c) + max(a, d) + max(f, d) + max(f, c),
 *   2 (max(a, d + c) + f)) (`cost/serving/overlap`), and a step the longer of all stages and the slowest one as often as there are groups.
 *   None falls as a part rises. Memory reads no bandwidth.
 *
 * Left out, and why: `hardware.nodes` and the degrees of a layout change what divides what. Training steps pass through a simulated
 * schedule. Times and throughput over batches have steps where tiles of a product are half empty. `nic.rate` slows the link down as it
 * rises where an `effective_bandwidth` is written and the ports are slower than the card, so it counts only without the former.
 */

import type { PlanRecord } from "../../cost/plan/record";

/** What a figure does as a key rises; `rising` and `falling` may also stand still. */
export type Trend = "rising" | "falling" | "constant";

interface KeyTrends {
  readonly isKnown: (record: PlanRecord) => boolean;
  /** By the id of the metric; of the others nothing is known, or where `others` says so they stand still. */
  readonly figures: Readonly<Record<string, Trend>>;
  readonly others?: "constant";
}

const isServing = ({ workload: { phase } }: PlanRecord): boolean => phase !== "training";

const ofDemand: KeyTrends = { isKnown: isServing, figures: { memory_per_gpu: "rising" } };

const ofBandwidth: KeyTrends = {
  isKnown: isServing,
  figures: {
    memory_per_gpu: "constant", tpot: "falling", ttft: "falling", tokens_per_second_per_gpu: "rising", tokens_per_second_per_node: "rising",
    tokens_per_second_per_user: "rising", cost_per_million_tokens: "falling",
  },
};

const trends: Readonly<Record<string, KeyTrends>> = {
  "hardware.gpu.memory": { isKnown: () => true, figures: {}, others: "constant" },
  "workload.batch_per_gpu": ofDemand,
  "workload.context_length": ofDemand,
  "workload.prompt_length": ofDemand,
  "hardware.gpu.memory_bandwidth": ofBandwidth,
  "hardware.gpu.scale_up.bandwidth": ofBandwidth,
  "hardware.gpu.scale_up.effective_bandwidth": ofBandwidth,
  "hardware.nic.effective_bandwidth": ofBandwidth,
  "hardware.nic.rate": { ...ofBandwidth, isKnown: (record) => isServing(record) && record.hardware.nic?.effective_bandwidth === undefined },
};

/** The two metrics that read `gpu.memory`. */
const ofWhatFits: ReadonlySet<string> = new Set(["max_batch_per_gpu", "max_context_that_fits"]);

/** Keys of which something is known. */
export const keysWithTrends: readonly string[] = Object.keys(trends);

/** What a metric does as a key rises and all else of the plan stays; `undefined`: nobody has proved it. */
export function trendOf(key: string, metric: string, record: PlanRecord): Trend | undefined {
  const known = trends[key];
  if (!known?.isKnown(record)) return undefined;
  return known.figures[metric] ?? (ofWhatFits.has(metric) ? undefined : known.others);
}
