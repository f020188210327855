/** How a figure is written for reading: one way for lens, hover, report and explanation. */

import type { Figure, MetricPart, MetricUnit } from "../cost/metric";
import { formatCount, formatExact, formatPercent, formatQuantity, type Dimension } from "../units";
import { scaleOfUnit } from "./metric-table";

/** What the text of a value depends on. */
export interface FigureForm {
  readonly unit: MetricUnit;
  readonly dimension: Dimension;
  readonly share: boolean;
}

/** `70.27 KB`, `42.94 %`, `2.664M GPU·h`: four significant digits. `value` is in base units. */
export function shortText(value: number, { unit, dimension, share }: FigureForm): string {
  if (share) return formatPercent(value);
  return unit === "GPU·h" ? `${formatCount(value / scaleOfUnit(unit))} ${unit}` : formatQuantity(value, dimension);
}

/**
 * `70,272 B`: every digit, where they are worth reading. Empty where they would repeat the short text, where the value is no whole
 * number of base units (a time, a share: nobody reads 15 digits), and for powers and prices a time: joules or USD a second say nothing.
 */
export function exactText(value: number, form: FigureForm): string {
  const { joule, usd, second } = form.dimension;
  const isRate = (usd !== 0 || joule !== 0) && (second !== 0 || (usd !== 0 && joule !== 0));
  if (form.share || form.unit === "GPU·h" || isRate || !Number.isInteger(value)) return "";
  const exact = formatExact(value, form.dimension);
  return exact.replace(/,/g, "") === shortText(value, form) ? "" : exact;
}

/** `70.27 KB (70,272 B)`, `19.93 s, ideal 12.40 s`, `not computed: …`. */
export function figureText(figure: Figure, form: FigureForm): string {
  switch (figure.kind) {
    case "unavailable": return `not computed: ${figure.reason}`;
    case "text": return figure.value;
    case "value": {
      const exact = exactText(figure.value, form);
      const ideal = figure.ideal === undefined ? "" : `, ideal ${shortText(figure.ideal, form)}`;
      return `${shortText(figure.value, form)}${exact === "" ? "" : ` (${exact})`}${ideal}`;
    }
  }
}

/** Lines of a breakdown beyond which nobody reads them. */
const mostParts = 60;

/** A breakdown for reading: as many of its levels as stay within so many lines, at least the first. `left`: parts that are not shown. */
export function readableParts(parts: readonly MetricPart[]): { readonly parts: readonly MetricPart[]; readonly left: number } {
  const levels: number[] = [];
  const count = (list: readonly MetricPart[], depth: number): void => {
    levels[depth] = (levels[depth] ?? 0) + list.length;
    for (const part of list) if (part.parts) count(part.parts, depth + 1);
  };
  count(parts, 0);
  let depth = 1;
  let lines = levels[0] ?? 0;
  while (depth < levels.length && lines + (levels[depth] ?? 0) <= mostParts) lines += levels[depth++] ?? 0;
  return { parts: cutAt(parts, depth), left: levels.slice(depth).reduce((sum, each) => sum + each, 0) };
}

const cutAt = (parts: readonly MetricPart[], depth: number): readonly MetricPart[] =>
  parts.map(({ parts: inner, ...part }) => (inner === undefined || depth <= 1 ? part : { ...part, parts: cutAt(inner, depth - 1) }));
