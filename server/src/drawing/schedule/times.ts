/** The time axis of a schedule and the break between its stretches. */

import { dimensions, formatQuantity } from "../../units";
import { roundTicks, timeLabels } from "../scale";
import { element, line, text } from "../svg";
import { smallSize, textWidth } from "../text-width";
import type { ScheduleData } from "./data";
import type { TimePlot } from "./rows";

const apart = 64;

export function drawTimes(data: ScheduleData, plot: TimePlot): string {
  return plot.spans.map((span) => ticksOf(span, plot, timeLabels(data.step))).join("") + breaks(plot) + captions(data, plot);
}

function ticksOf({ stretch, start, end, x }: TimePlot["spans"][number], { top, bottom }: TimePlot, labelOf: (value: number) => string): string {
  const length = stretch.to - stretch.from;
  const [, step = length] = roundTicks(length, (x(stretch.to) - start) / apart);
  const first = Math.ceil(stretch.from / step - 1e-9);
  const count = Math.max(0, Math.floor(stretch.to / step + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step).map((tick) => {
    const label = labelOf(tick);
    const half = textWidth(label, smallSize) / 2;
    const at = x(tick);
    const drawn = line(at, top, at, bottom + 4, "grid");
    if (at + half > end) return drawn;
    return drawn + text(label, Math.max(start, at - half), bottom + 17, { className: "muted small" });
  }).join("");
}

/** A torn edge on both sides of what is left out. */
function breaks({ spans, top, bottom, pitch }: TimePlot): string {
  const torn = (x: number): string => {
    const teeth = Math.max(2, Math.round((bottom - top) / (pitch / 2)));
    const points = Array.from({ length: teeth + 1 }, (_, index) => `${(x + (index % 2 === 0 ? -2.5 : 2.5)).toFixed(1)} ${(top + ((bottom - top) * index) / teeth).toFixed(1)}`);
    return element("path", { class: "axis", d: `M${points.join("L")}` });
  };
  return spans.slice(1).map(({ start }, index) => torn((spans[index]?.end ?? start) + 5) + torn(start - 5)).join("");
}

/** What each stretch is, above it. */
function captions({ pipeline }: ScheduleData, { spans, top }: TimePlot): string {
  const [first, last] = spans;
  if (first === undefined || last === undefined) return "";
  const left = `the first ${formatQuantity(first.stretch.to, dimensions.time)}`;
  const right = `the last ${formatQuantity(pipeline - last.stretch.from, dimensions.time)} of the pipeline`;
  const middle = `… ${formatQuantity(last.stretch.from - first.stretch.to, dimensions.time)} of the same …`;
  const center = (first.end + last.start) / 2;
  const half = textWidth(middle, smallSize) / 2;
  const leftEnd = first.start + textWidth(left, smallSize) + 12;
  const rightStart = Math.max(center + half + 12, last.start);
  const y = top - 8;
  return text(left, first.start, y, { className: "muted small" })
    + (center - half > leftEnd ? text(middle, center, y, { anchor: "middle", className: "muted small" }) : "")
    + (rightStart + textWidth(right, smallSize) <= last.end ? text(right, last.end, y, { anchor: "end", className: "muted small" }) : "");
}
