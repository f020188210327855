/** A bar of segments side by side, each a mark with its figure inside where there is room. */

import { filled, markOf, type Canvas } from "./canvas";
import type { Colour } from "./colours";
import type { Scale } from "./scale";
import { text } from "./svg";
import { smallSize, textWidth } from "./text-width";

export interface Segment {
  readonly id: string;
  readonly value: number;
  readonly colour: Colour;
  /** From the longest to the shortest: the first that fits stands inside. */
  readonly labels: readonly string[];
  readonly tip: readonly string[];
  readonly place: string | undefined;
}

/** Segments of nothing are left out. `from`: where the bar begins, in the units of the scale. */
export function drawSegments(canvas: Canvas, segments: readonly Segment[], x: Scale, y: number, height: number, from = 0): string {
  let at = from;
  return segments.filter(({ value }) => value > 0).map(({ id, value, colour, labels, tip, place }) => {
    const start = x(at);
    at += value;
    const box = { x: start + 0.5, y, width: Math.max(0.5, x(at) - start - 1), height };
    const label = height < 16 ? undefined : labels.find((candidate) => textWidth(candidate, smallSize) + 8 <= box.width);
    const inside = label === undefined ? "" : text(label, box.x + box.width / 2, y + height / 2 + 4, { anchor: "middle", className: "inside" });
    return markOf(canvas, { id, tip, place }, filled(canvas, box, colour) + inside);
  }).join("");
}
