import { dimensions, dimensionSymbol, isPlain, sameDimension, type Dimension } from "./dimension";

/** How a family of figures is written, largest step first. */
const ladders: readonly { readonly dimension: Dimension; readonly steps: readonly (readonly [number, string])[] }[] = [
  { dimension: dimensions.bytes, steps: [[1e15, "PB"], [1e12, "TB"], [1e9, "GB"], [1e6, "MB"], [1e3, "KB"], [1, "B"]] },
  { dimension: dimensions.byteRate, steps: [[1e15, "PB/s"], [1e12, "TB/s"], [1e9, "GB/s"], [1e6, "MB/s"], [1e3, "KB/s"], [1, "B/s"]] },
  { dimension: dimensions.time, steps: [[86_400, "d"], [3600, "h"], [1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]] },
  {
    dimension: dimensions.work,
    steps: [[1e24, "YFLOP"], [1e21, "ZFLOP"], [1e18, "EFLOP"], [1e15, "PFLOP"], [1e12, "TFLOP"], [1e9, "GFLOP"], [1e6, "MFLOP"], [1e3, "KFLOP"], [1, "FLOP"]],
  },
  {
    dimension: dimensions.workRate,
    steps: [[1e18, "EFLOPS"], [1e15, "PFLOPS"], [1e12, "TFLOPS"], [1e9, "GFLOPS"], [1e6, "MFLOPS"], [1e3, "KFLOPS"], [1, "FLOPS"]],
  },
  { dimension: dimensions.energy, steps: [[3.6e12, "GWh"], [3.6e9, "MWh"], [3.6e6, "kWh"], [1, "J"]] },
  { dimension: dimensions.power, steps: [[1e9, "GW"], [1e6, "MW"], [1e3, "kW"], [1, "W"]] },
  { dimension: dimensions.money, steps: [[1e9, "BUSD"], [1e6, "MUSD"], [1e3, "kUSD"], [1, "USD"]] },
  { dimension: dimensions.moneyRate, steps: [[1 / 3600, "USD/h"]] },
  { dimension: dimensions.moneyPerEnergy, steps: [[1 / 3.6e6, "USD/kWh"]] },
  { dimension: dimensions.frequency, steps: [[1e9, "GHz"], [1e6, "MHz"], [1e3, "kHz"], [1, "Hz"]] },
  { dimension: dimensions.tokens, steps: [[1, "tokens"]] },
  { dimension: dimensions.tokenRate, steps: [[1, "tokens/s"]] },
];

/** `us` is how `µs` is typed. */
const shownUnits: ReadonlySet<string> = new Set([...ladders.flatMap(({ steps }) => steps.map(([, unit]) => unit)), "us"]);

/** Whether figures are shown in a unit: `GB/s` is one, `Gbps`, `GiB` and `min` are converted. */
export const isShownUnit = (unit: string): boolean => shownUnits.has(unit);

const magnitudeSteps = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]] as const;

/** Nothing prints `NaN` or `Infinity`: who shows a ratio of two figures says nothing instead. */
const notFinite = "not a finite number";

/** `1,234,567`, whole part grouped; up to 15 significant digits, so that a whole double is exact. */
export function formatGrouped(value: number): string {
  if (!Number.isFinite(value)) return notFinite;
  const text = Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(Number(value.toPrecision(12)));
  if (text.includes("e")) return text;
  const [whole = "", fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A number in its own unit: whole ones below 10,000 as they are, others with four significant digits. */
const unscaled = (value: number): string => (Number.isInteger(value) && Math.abs(value) < 1e4 ? String(value) : fourDigits(value));

/** Four significant digits, never in exponent form between 1e-6 and 1e21. */
function fourDigits(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return notFinite;
  const size = Math.abs(value);
  if (size >= 1e21 || size < 1e-6) return value.toExponential(3);
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(size)));
  const text = value.toFixed(Math.min(decimals, 20));
  // 9.9996 rounds up to 10.000: one digit too many
  const digits = text.replace(/[^0-9]/g, "").replace(/^0+/, "").length;
  return digits > 4 && decimals > 0 ? value.toFixed(decimals - 1) : text;
}

/** The largest step that leaves at least 1 after rounding to four digits. */
function pickStep<Step extends readonly [number, string]>(size: number, steps: readonly Step[]): Step | undefined {
  return steps.find(([scale]) => Number((size / scale).toPrecision(4)) >= 1);
}

/** A plain count with four significant digits: `671.0B`, `4096`, `37.55B`, `0.4375`. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return notFinite;
  const size = Math.abs(value);
  if (Number(size.toPrecision(4)) < 1e4) return unscaled(value);
  if (size >= 1e16) return value.toExponential(3);
  const step = pickStep(size, magnitudeSteps);
  return step ? `${fourDigits(value / step[0])}${step[1]}` : unscaled(value);
}

/**
 * A figure for reading: decimal unit, four significant digits, an ordinary space (`70.27 KB`, `250.5 GFLOP`, `671.0B`).
 * `value` is in base units of `dimension`.
 */
export function formatQuantity(value: number, dimension: Dimension): string {
  if (!Number.isFinite(value)) return notFinite;
  if (isPlain(dimension)) return formatCount(value);
  const ladder = ladders.find((candidate) => sameDimension(candidate.dimension, dimension));
  if (!ladder) return `${unscaled(value)} ${dimensionSymbol(dimension)}`;
  const last = ladder.steps[ladder.steps.length - 1];
  const baseStep = ladder.steps.find(([scale]) => scale === 1) ?? last;
  const step = value === 0 ? baseStep : (pickStep(Math.abs(value), ladder.steps) ?? last);
  if (!step) return unscaled(value);
  const scaled = value / step[0];
  if (sameDimension(dimension, dimensions.tokens) || sameDimension(dimension, dimensions.tokenRate)) return `${formatCount(scaled)} ${step[1]}`;
  return `${step[0] === 1 ? unscaled(scaled) : fourDigits(scaled)} ${step[1]}`;
}

/** The figure in base units, every digit: `70,272 B`, `671,026,419,200`; money per hour and per kWh as they are quoted. */
export function formatExact(value: number, dimension: Dimension): string {
  const steps = ladders.find((ladder) => sameDimension(ladder.dimension, dimension))?.steps ?? [];
  const [scale, unit] = steps.find(([size]) => size === 1) ?? steps[0] ?? [1, undefined];
  if (unit !== undefined) return `${formatGrouped(value / scale)} ${unit}`;
  const symbol = dimensionSymbol(dimension);
  return symbol === "" ? formatGrouped(value) : `${formatGrouped(value)} ${symbol}`;
}

/** Every digit where the figure is whole in base units, else four significant ones: what a simulation gave has no more to say. */
export const formatPart = (value: number, dimension: Dimension): string =>
  (Number.isInteger(value) ? formatExact(value, dimension) : formatQuantity(value, dimension));

/** The shortest text that loses nothing: `989 TFLOPS`, `2 USD/h`, but `84,943,110,144 B`; what is computed and no whole number has four digits. */
export const formatShortest = (value: number, dimension: Dimension): string => inShortUnit(value, dimension) ?? formatPart(value, dimension);

/** As `formatShortest`, but with four digits where it takes many: `84.94 GB`. */
export const formatBrief = (value: number, dimension: Dimension): string => inShortUnit(value, dimension) ?? formatQuantity(value, dimension);

/** In a unit in which a few digits lose nothing, if there is one. */
function inShortUnit(value: number, dimension: Dimension): string | undefined {
  const steps = ladders.find((candidate) => sameDimension(candidate.dimension, dimension))?.steps ?? [];
  for (const [scale, unit] of steps) {
    const scaled = value / scale;
    const rounded = Number(scaled.toPrecision(6));
    const isLarge = rounded >= 1 || (rounded > 0 && scale === steps.at(-1)?.[0]);
    if (isLarge && Math.abs(rounded - scaled) <= 1e-12 * rounded) return `${formatGrouped(rounded)} ${unit}`;
  }
  return undefined;
}

/** `70.27 KB (70,272 B)`; the bracket only where it adds something. */
export function formatWithExact(value: number, dimension: Dimension): string {
  const short = formatQuantity(value, dimension);
  const exact = formatExact(value, dimension);
  return short === exact || exact.replace(/,/g, "") === short ? short : `${short} (${exact})`;
}

/** A share of one as per cent: `5.597 %`. */
export const formatPercent = (fraction: number): string => `${fourDigits(fraction * 100)} %`;

/** A number as a file has it: `4096`, `129_280`. */
export const numberText = (value: number): string =>
  value < 10_000 ? String(value) : String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "_");

/** How the figures of a dimension are written: units with how many base units each is, the largest first. Plain numbers have one, without a name. */
export function unitSteps(dimension: Dimension): readonly (readonly [scale: number, unit: string])[] {
  if (isPlain(dimension)) return [[1, ""]];
  return ladders.find((candidate) => sameDimension(candidate.dimension, dimension))?.steps ?? [[1, dimensionSymbol(dimension)]];
}
