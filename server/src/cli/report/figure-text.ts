import type { Figure } from "../../cost/metric";
import { formatExact, formatQuantity, type Dimension } from "../../units";
import type { Published, ReportedMetric } from "./document";

/** A figure in four digits and with every digit; the second is empty where it would repeat the first. */
export interface FigureText {
  /** In a what-if that changed it: `70.27 KB → 35.14 KB`. */
  readonly short: string;
  readonly exact: string;
  /** `-50.0 %`; empty where nothing changed. */
  readonly change: string;
}

export function figureText({ figure, before, dimension }: ReportedMetric): FigureText {
  const [short, exact] = [shortText(figure, dimension), exactText(figure, dimension)];
  if (!before) return { short, exact, change: "" };
  const was = shortText(before, dimension);
  const change = before.kind === "value" && figure.kind === "value" ? differenceText(figure.value, before.value) : "";
  if (was !== short) return { short: `${was} → ${short}`, exact, change };
  return { short: `${exactText(before, dimension) || was} → ${exact || short}`, exact: "", change };
}

function shortText(figure: Figure, dimension: Dimension): string {
  switch (figure.kind) {
    case "unavailable": return "not computed";
    case "text": return figure.value;
    case "value": return formatQuantity(figure.value, dimension);
  }
}

function exactText(figure: Figure, dimension: Dimension): string {
  if (figure.kind !== "value") return "";
  const exact = formatExact(figure.value, dimension);
  return exact.replace(/,/g, "") === formatQuantity(figure.value, dimension) ? "" : exact;
}

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

/** How far a figure lies from another one: `+1.5 %`. */
function differenceText(value: number, from: number): string {
  if (value === from) return "exact";
  if (from === 0) return "";
  const percent = (value / from - 1) * 100;
  if (Math.abs(percent) < 0.05) return "<0.1 %";
  return `${percent < 0 ? "-" : "+"}${Math.abs(percent).toFixed(1)} %`;
}
