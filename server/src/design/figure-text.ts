import type { Figure } from "../cost/metric";
import { differenceText, exactText, figurePairText, idealText, shortText } from "../analysis";
import type { ReadRequirement } from "../rules";
import type { Published, ReportedMetric } from "./report";

/** A figure in four digits and with every digit; the second is empty where it would repeat the first. */
export interface FigureText {
  /** In a what-if that changed it: `70.27 KB → 35.14 KB`. */
  readonly short: string;
  readonly exact: string;
  /** The physical bound of a time; empty for other figures. In a what-if that changed it: `10 ms → 5 ms`. */
  readonly ideal: string;
  /** `-50.0 %`; empty where nothing changed. */
  readonly change: string;
}

export function figureText(metric: ReportedMetric): FigureText {
  const { figure, before = figure } = metric;
  const { left, right, isExact, change } = figurePairText(before, figure, metric);
  const exact = figure.kind === "value" && !isExact ? exactText(figure.value, metric) : "";
  return { short: arrow(left, right), exact, ideal: idealArrow(idealText(before, metric), idealText(figure, metric), figure), change };
}

/** Where the figure has gone altogether, that is said beside it. */
const idealArrow = (before: string, after: string, figure: Figure): string =>
  (after !== "" || before === "" ? arrow(before, after) : figure.kind === "value" ? `${before} → not computed` : "");

const arrow = (before: string, after: string): string => (before === after || before === "" ? after : `${before} → ${after}`);

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

/** The columns of a table of requirements. */
export const requirementColumns = ["Required", "Here", "Holds"] as const;

export const requirementText = ({ text, computed, holds }: ReadRequirement): readonly [text: string, computed: string, holds: string] => [text, computed, holds ? "yes" : "no"];
