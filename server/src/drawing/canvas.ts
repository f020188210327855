/** What every picture is made of: the frame, marks that stand for something, fills that are told apart without colour, legends. */

import { patterns, type Colour } from "./colours";
import { element, escapeXml, text, type Box } from "./svg";
import { lineHeight, textWidth } from "./text-width";
import type { DrawingOptions } from "./picture";

/** What a mark of a picture says. */
export interface Mark {
  /** One of its kind in the picture. */
  readonly id: string;
  /** Name and figure first, then the formula and what else is worth knowing, a line each. */
  readonly tip: readonly string[];
  readonly place?: string | undefined;
  /** What it is called where the tip is long; else the tip. */
  readonly label?: string;
}

/** A picture on its way: what it draws with. */
export interface Canvas extends DrawingOptions {
  /** `memory`: a part of ids. */
  readonly id: string;
}

export function markOf({ titles }: Canvas, { id, tip, place, label }: Mark, drawn: string): string {
  const attributes = { class: "mark", role: "img", "data-mark": id, "aria-label": label ?? tip.join(". "), "data-place": place };
  const lines = tip.join("\n");
  return titles
    ? element("g", attributes, `<title>${escapeXml(lines)}</title>${drawn}`)
    : element("g", { ...attributes, "data-tip": lines }, drawn);
}

/** A box filled with a tint that text can stand on, its texture, and an edge in the full colour. */
export const filled = (canvas: Canvas, { x, y, width, height }: Box, colour: Colour, rounding = 2): string =>
  element("rect", { class: `edge c-${colour}`, x, y, width: Math.max(0, width), height: Math.max(0, height), rx: rounding === 0 ? undefined : rounding, fill: fillOf(canvas, colour) });

/** The same for any shape. */
export const filledPath = (canvas: Canvas, path: string, colour: Colour): string => (path === "" ? "" : element("path", { class: `edge c-${colour}`, d: path, fill: fillOf(canvas, colour) }));

const fillOf = (canvas: Canvas, colour: Colour): string => `url(#${patternId(canvas, colour)})`;

const patternId = ({ scope, id }: Canvas, colour: Colour): string => `${scope}-${id}-${colour}`;

/** The whole picture. `colours`: those whose fills occur. */
export function frame(canvas: Canvas, height: number, title: string, colours: readonly Colour[], drawn: string): string {
  const { width } = canvas;
  const definitions = element("defs", {}, [...new Set(colours)].map((colour) => patternOf(canvas, colour)).join(""));
  return element("svg", {
    xmlns: "http://www.w3.org/2000/svg", class: "picture", width, height: Math.ceil(height), viewBox: `0 0 ${width} ${Math.ceil(height)}`, role: "group", "aria-label": title,
  }, `${definitions}${drawn}`);
}

function patternOf(canvas: Canvas, colour: Colour): string {
  const path = patterns[colour];
  const texture = path === undefined ? "" : element("path", { class: `texture c-${colour}`, d: path });
  return element("pattern", { id: patternId(canvas, colour), width: 8, height: 8, patternUnits: "userSpaceOnUse" }, element("rect", { class: `tint c-${colour}`, width: 8, height: 8 }) + texture);
}

export interface LegendEntry {
  readonly colour: Colour;
  readonly label: string;
}

const swatch = 12;
const gap = 18;

/** Swatches with their names, in as many lines as they take. */
export function legend(canvas: Canvas, entries: readonly LegendEntry[], y: number): { readonly drawn: string; readonly height: number } {
  let x = 0;
  let row = 0;
  let drawn = "";
  for (const { colour, label } of entries) {
    const width = swatch + 6 + textWidth(label);
    if (x > 0 && x + width > canvas.width) [x, row] = [0, row + 1];
    const top = y + row * lineHeight;
    drawn += filled(canvas, { x: x + 0.5, y: top + 2.5, width: swatch - 1, height: swatch - 1 }, colour) + text(label, x + swatch + 6, top + swatch);
    x += width + gap;
  }
  return { drawn: hidden(drawn), height: entries.length === 0 ? 0 : (row + 1) * lineHeight };
}

/** What the table says too: screen readers pass over it. */
export const hidden = (drawn: string): string => (drawn === "" ? "" : element("g", { "aria-hidden": "true" }, drawn));
