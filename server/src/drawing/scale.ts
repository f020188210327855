/** Axes: from figures to pixels, and the round figures that ticks stand at. */

import { formatGrouped } from "../units";

export type Scale = (value: number) => number;

export const linearScale = (most: number, from: number, to: number): Scale => (value) => (most === 0 ? from : from + ((to - from) * value) / most);

/** Both ends above 0. */
export function logScale(least: number, most: number, from: number, to: number): Scale {
  const span = Math.log(most / least);
  return (value) => from + ((to - from) * Math.log(value / least)) / span;
}

/** Round figures from 0 up to `most`, about `count` of them. */
export function roundTicks(most: number, count: number): readonly number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0];
  const rough = most / Math.max(1, count);
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 2.5, 5, 10].find((factor) => factor * size >= rough * (1 - 1e-9)) ?? 10);
  return Array.from({ length: Math.floor((most / step) * (1 + 1e-9)) + 1 }, (_, index) => index * step);
}

/** Powers of ten from `least` to `most`, every so many that no more than `count` are left. */
export function powerTicks(least: number, most: number, count: number): readonly number[] {
  const first = Math.ceil(Math.log10(least) - 1e-9);
  const last = Math.floor(Math.log10(most) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, count)));
  return Array.from({ length: Math.max(0, Math.floor((last - first) / every) + 1) }, (_, index) => 10 ** (first + index * every));
}

/** How the ticks of a time axis are written, all in the unit that fits its longest time: `0.25 s`. */
export function timeLabels(most: number): (value: number) => string {
  const [scale, unit] = timeUnits.find(([size]) => most >= size) ?? [1e-9, "ns"];
  return (value) => `${formatGrouped(Number((value / scale).toPrecision(6)))} ${unit}`;
}

const timeUnits = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]] as const;
