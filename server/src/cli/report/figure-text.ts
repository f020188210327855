import type { MetricFigure } from "../../analysis";
import { formatExact, formatQuantity } from "../../units";
import type { Published } from "./document";

/** A figure in four digits and with every digit; the second is empty where it would repeat the first. */
export interface FigureText {
  readonly short: string;
  readonly exact: string;
}

export function figureText({ figure, dimension }: MetricFigure): FigureText {
  switch (figure.kind) {
    case "unavailable": return { short: "", exact: "" };
    case "text": return { short: figure.value, exact: "" };
    case "value": {
      const short = formatQuantity(figure.value, dimension);
      const exact = formatExact(figure.value, dimension);
      return { short, exact: exact.replace(/,/g, "") === short ? "" : exact };
    }
  }
}

/** Why a figure is missing; empty where it is not. */
export const reasonText = ({ figure }: MetricFigure): string => (figure.kind === "unavailable" ? figure.reason : "");

export interface PublishedText {
  readonly title: string;
  readonly computed: string;
  readonly published: string;
  readonly difference: string;
  readonly source: string;
}

export function publishedText({ metric, computed, measured, written, source }: Published): PublishedText {
  const { title, dimension } = metric;
  return {
    title, source,
    computed: formatQuantity(computed, dimension),
    published: written,
    difference: differenceText(computed, measured),
  };
}

/** How far the computed figure lies from the published one: `+1.5 %`. */
function differenceText(computed: number, measured: number): string {
  if (computed === measured) return "exact";
  if (measured === 0) return "";
  const percent = (computed / measured - 1) * 100;
  if (Math.abs(percent) < 0.05) return "<0.1 %";
  return `${percent < 0 ? "-" : "+"}${Math.abs(percent).toFixed(1)} %`;
}
