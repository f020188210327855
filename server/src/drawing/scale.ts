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

/** Round figures from `least` to `most` for a logarithmic axis, no more than `count`: powers of ten, with 2 and 5 between them where there is room. */
export function logTicks(least: number, most: number, count: number): readonly number[] {
  const first = Math.floor(Math.log10(least));
  const last = Math.ceil(Math.log10(most));
  const within = (factors: readonly number[], every: number): readonly number[] =>
    Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) => first + index * every)
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`))).filter((tick) => tick >= least * (1 - 1e-9) && tick <= most * (1 + 1e-9));
  const fine = within([1, 2, 5], 1);
  if (fine.length <= count) return fine;
  for (let every = 1; every < last - first; every++) {
    const ticks = within([1], every);
    if (ticks.length <= count) return ticks;
  }
  return within([1], Math.max(1, last - first));
}

/** How the ticks of a time axis are written, all in the unit that fits its longest time: `0.25 s`. */
export function timeLabels(most: number): (value: number) => string {
  const [scale, unit] = timeUnits.find(([size]) => most >= size) ?? [1e-9, "ns"];
  return (value) => `${formatGrouped(Number((value / scale).toPrecision(6)))} ${unit}`;
}

/** A share of one for reading in passing: `79.4 %`. */
export function shareText(share: number): string {
  if (share > 0 && share < 0.001) return "<0.1 %";
  return `${(100 * share).toFixed(1)} %`;
}

const timeUnits = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]] as const;
