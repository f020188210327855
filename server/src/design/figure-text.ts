import { exactText, shortText, type FigureForm } from "../analysis";
import type { Figure } from "../cost/metric";
import { formatCount } from "../units";
import type { Published, ReportedMetric } from "./report";

/** A figure in four digits and with every digit; the second is empty where it would repeat the first. */
export interface FigureText {
  /** In a what-if that changed it: `70.27 KB → 35.14 KB`. */
  readonly short: string;
  readonly exact: string;
  /** The physical bound of a time; empty for other figures. */
  readonly ideal: string;
  /** `-50.0 %`; empty where nothing changed. */
  readonly change: string;
}

export function figureText(metric: ReportedMetric): FigureText {
  const { figure, before } = metric;
  const [short, exact, ideal] = [shortOf(figure, metric), exactOf(figure, metric), idealOf(figure, metric)];
  if (!before) return { short, exact, ideal, change: "" };
  const was = shortOf(before, metric);
  const change = before.kind === "value" && figure.kind === "value" ? differenceText(figure.value, before.value) : "";
  if (was !== short) return { short: `${was} → ${short}`, exact, ideal, change };
  return { short: `${exactOf(before, metric) || was} → ${exact || short}`, exact: "", ideal, change };
}

function shortOf(figure: Figure, form: FigureForm): string {
  switch (figure.kind) {
    case "unavailable": return "not computed";
    case "text": return figure.value;
    case "value": return shortText(figure.value, form);
  }
}

const exactOf = (figure: Figure, form: FigureForm): string => (figure.kind === "value" ? exactText(figure.value, form) : "");

const idealOf = (figure: Figure, form: FigureForm): string =>
  (figure.kind === "value" && figure.ideal !== undefined ? shortText(figure.ideal, form) : "");

export interface PublishedText {
  readonly title: string;
  readonly computed: string;
  readonly published: string;
  readonly difference: string;
  readonly source: string;
}

export function publishedText({ metric, computed, measured, written, source }: Published): PublishedText {
  return {
    title: metric.title, source,
    computed: shortText(computed, metric),
    published: written,
    difference: differenceText(computed, measured),
  };
}

/** How far a figure lies from another one: `+1.5 %`, `x 443.5`. */
function differenceText(value: number, from: number): string {
  if (value === from) return "exact";
  const percent = (value / from - 1) * 100;
  if (!Number.isFinite(percent)) return "";
  if (Math.abs(percent) < 0.05) return "<0.1 %";
  if (percent >= 1000) return `x ${formatCount(percent / 100 + 1)}`;
  return `${percent < 0 ? "-" : "+"}${Math.abs(percent).toFixed(1)} %`;
}
