/** How a figure is written for reading: one way for lens, hover, report and explanation. */

import type { Figure, MetricUnit } from "../cost/metric";
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
