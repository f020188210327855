/** How a figure is written for reading: one way for lens, hover, report and explanation. */

import type { Figure, MetricPart, MetricUnit } from "../cost/metric";
import { formatCount, formatExact, formatPart, formatPercent, formatQuantity, type Dimension } from "../units";
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

/** A part of a figure, in the figure's unit: every digit where it is whole in base units, else four significant ones. */
export const partText = (value: number, { unit, dimension }: Pick<FigureForm, "unit" | "dimension">): string =>
  (unit === "GPU·h" ? `${formatCount(value / scaleOfUnit(unit))} ${unit}` : formatPart(value, dimension));

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

/** Two figures beside each other: `70.27 KB`, `35.14 KB`, `-50.0 %`. */
export interface FigurePairText {
  readonly left: string;
  readonly right: string;
  /** Where four digits do not tell them apart, both have every digit. */
  readonly isExact: boolean;
  /** How far the right one lies from the left one; empty where they are equal or no numbers. */
  readonly change: string;
}

export function figurePairText(left: Figure, right: Figure, form: FigureForm): FigurePairText {
  const change = left.kind === "value" && right.kind === "value" && left.value !== right.value ? differenceText(right.value, left.value) : "";
  const [first, second] = [valueOf(left, form), valueOf(right, form)];
  if (first !== second || change === "") return { left: first, right: second, isExact: false, change };
  return { left: exactOf(left, form) || first, right: exactOf(right, form) || second, isExact: true, change };
}

/** A figure in four digits, without the reason where it has none. */
function valueOf(figure: Figure, form: FigureForm): string {
  switch (figure.kind) {
    case "unavailable": return "not computed";
    case "text": return figure.value;
    case "value": return shortText(figure.value, form);
  }
}

const exactOf = (figure: Figure, form: FigureForm): string => (figure.kind === "value" ? exactText(figure.value, form) : "");

/** The physical bound of a time; empty for other figures. */
export const idealText = (figure: Figure, form: FigureForm): string =>
  (figure.kind === "value" && figure.ideal !== undefined ? shortText(figure.ideal, form) : "");

/** How far a figure lies from another one: `+1.5 %`, `x 443.5`, `x 0.00005172`; `exact` where they are the same, empty where a ratio says nothing. */
export function differenceText(value: number, from: number): string {
  if (value === from) return "exact";
  const percent = (value / from - 1) * 100;
  if (!Number.isFinite(percent)) return "";
  if (Math.abs(percent) < 0.05) return "<0.1 %";
  if (percent >= 1000 || (percent < -99.9 && value !== 0)) return `x ${formatCount(value / from)}`;
  return `${percent < 0 ? "-" : "+"}${Math.abs(percent).toFixed(1)} %`;
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
