import type { Figure } from "../../cost/metric";
import type { MetricFigure } from "../figures";
import type { ComparedFigure } from "./comparison";

/** The metrics of both lists, in the order of the right one. */
export function compareFigures(left: readonly MetricFigure[], right: readonly MetricFigure[]): readonly ComparedFigure[] {
  const byId = new Map(left.map((metric) => [metric.id, metric.figure]));
  return right.flatMap(({ figure, ...metric }) => {
    const other = byId.get(metric.id);
    return other ? [{ ...metric, left: other, right: figure, isEqual: isSame(other, figure) }] : [];
  });
}

function isSame(left: Figure, right: Figure): boolean {
  if (left.kind === "unavailable" || right.kind === "unavailable") return left.kind === right.kind;
  if (left.kind === "value" && right.kind === "value" && left.ideal !== right.ideal) return false;
  return left.value === right.value;
}
