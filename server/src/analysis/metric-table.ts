import type { DeclarationKeyword } from "../../../grammar/src";
import type { MetricUnit } from "../cost/metric";
import { dimensions, units, type Dimension } from "../units";
import { computedKinds } from "./kinds";

/**
 * Ids and units of the metrics whose computation comes in a later version: they can be named in `require`, `measured`
 * and expressions, and their units are checked. A kind leaves this table when its registry exists in the cost room.
 */
const announced: Partial<Record<DeclarationKeyword, Readonly<Record<string, MetricUnit>>>> = {
  plan: {
    memory_per_gpu: "B", memory_weights: "B", memory_kv: "B", memory_activations: "B", memory_gradients: "B", memory_optimizer: "B",
    memory_buffers: "B", bottleneck: null, data_parallel: "", micro_batches: "", bubble_time: "s", bubble_fraction: "",
    ep_dispatch_time: "s", ep_combine_time: "s", ep_traffic_per_token: "B", exposed_comm_time: "s", compute_time: "s",
    tp_comm_time: "s", pp_comm_time: "s", cp_comm_time: "s", dp_sync_time: "s", forward_time: "s", backward_time: "s",
    weight_gradient_time: "s", overlapped_time: "s", optimizer_time: "s", step_time: "s", tokens_per_second: "tokens/s",
    tokens_per_second_per_gpu: "tokens/s", tokens_per_day: "tokens", mfu: "", mfu_noncausal: "", tflops_per_gpu: "FLOP/s",
    gpu_hours: "GPU·h", training_time: "s", training_cost: "USD", energy: "J", goodput: "", checkpoint_time: "s", ttft: "s",
    tokens_per_second_per_node: "tokens/s", cost_per_million_tokens: "USD", tpot: "s", tpot_limit: "s",
    tokens_per_second_per_user: "tokens/s", max_batch_per_gpu: "", max_context_that_fits: "tokens", ep_comm_time_per_layer: "s",
    mtp_speedup: "",
  },
};

/** Those of them that are shares of one. */
const announcedShares: Partial<Record<DeclarationKeyword, readonly string[]>> = { plan: ["bubble_fraction", "mfu", "mfu_noncausal", "goodput"] };

/** Whether a metric is a share of one, such as `mfu`: above 1 it was meant in per cent. */
export const isShare = (keyword: DeclarationKeyword, id: string): boolean =>
  computedKinds[keyword]?.metrics.find((metric) => metric.id === id)?.share ?? announcedShares[keyword]?.includes(id) ?? false;

export const dimensionOfUnit: Readonly<Record<Exclude<MetricUnit, null>, Dimension>> = {
  "": dimensions.none, B: dimensions.bytes, s: dimensions.time, FLOP: dimensions.work, "FLOP/s": dimensions.workRate,
  "B/s": dimensions.byteRate, W: dimensions.power, J: dimensions.energy, USD: dimensions.money, "USD/h": dimensions.moneyRate,
  "GPU·h": dimensions.time, tokens: dimensions.tokens, "tokens/s": dimensions.tokenRate,
};

/** How many base units one unit of a metric has: the JSON states figures in the metric's unit. */
export const scaleOfUnit = (unit: MetricUnit): number => (unit === "USD/h" || unit === "GPU·h" ? (units.get(unit)?.scale ?? 1) : 1);

const unitTables = new Map<string, Readonly<Record<string, MetricUnit>>>([
  ...Object.entries(announced),
  ...Object.entries(computedKinds).map(([keyword, { metrics }]) =>
    [keyword, { ...announced[keyword as DeclarationKeyword], ...Object.fromEntries(metrics.map(({ id, unit }) => [id, unit])) }] as const),
]);

const unitsOf = (keyword: DeclarationKeyword): Readonly<Record<string, MetricUnit>> => unitTables.get(keyword) ?? {};

export const metricIds = (keyword: DeclarationKeyword): readonly string[] => Object.keys(unitsOf(keyword));

/** The unit of a metric, `null` for a text; `undefined` where the kind of declaration has no such metric. */
export function metricUnit(keyword: DeclarationKeyword, id: string): MetricUnit | undefined {
  const table = unitsOf(keyword);
  return Object.hasOwn(table, id) ? table[id] : undefined;
}

/** The dimension of a metric; `undefined` where the kind of declaration has no such metric, or it is a text. */
export function metricDimension(keyword: DeclarationKeyword, id: string): Dimension | undefined {
  const unit = metricUnit(keyword, id);
  return unit === undefined || unit === null ? undefined : dimensionOfUnit[unit];
}
