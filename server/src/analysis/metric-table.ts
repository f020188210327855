import type { DeclarationKeyword } from "../../../grammar/src";
import type { MetricUnit } from "../cost/metric";
import { dimensions, dimensionSymbol, sameDimension, units, type Dimension } from "../units";
import { computedKinds } from "./kinds";

/** Whether a metric is a share of one, such as `mfu`: above 1 it was meant in per cent. */
export const isShare = (keyword: DeclarationKeyword, id: string): boolean =>
  computedKinds[keyword]?.metrics.find((metric) => metric.id === id)?.share ?? false;

export const dimensionOfUnit: Readonly<Record<Exclude<MetricUnit, null>, Dimension>> = {
  "": dimensions.none, B: dimensions.bytes, s: dimensions.time, FLOP: dimensions.work, "FLOP/s": dimensions.workRate,
  "B/s": dimensions.byteRate, W: dimensions.power, J: dimensions.energy, USD: dimensions.money, "USD/h": dimensions.moneyRate,
  "GPU·h": dimensions.time, tokens: dimensions.tokens, "tokens/s": dimensions.tokenRate,
};

/** How many base units one unit of a metric has: the JSON states figures in the metric's unit. */
export const scaleOfUnit = (unit: MetricUnit): number => (unit === "USD/h" || unit === "GPU·h" ? (units.get(unit)?.scale ?? 1) : 1);

/** The unit in which values of a dimension are stated, and how many base units it has: as metrics are, else in base units. */
export function unitOfDimension(dimension: Dimension): { readonly unit: string; readonly scale: number } {
  const known = (Object.keys(dimensionOfUnit) as Exclude<MetricUnit, null>[]).find((unit) => sameDimension(dimensionOfUnit[unit], dimension));
  return known === undefined ? { unit: dimensionSymbol(dimension), scale: 1 } : { unit: known, scale: scaleOfUnit(known) };
}

const unitTables = new Map<string, Readonly<Record<string, MetricUnit>>>(
  Object.entries(computedKinds).map(([keyword, { metrics }]) => [keyword, Object.fromEntries(metrics.map(({ id, unit }) => [id, unit]))]),
);

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
