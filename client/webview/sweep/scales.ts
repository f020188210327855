/** The two scales of a plot: where a figure stands, and the lines and figures of its axes. */
import { figureText, ticksOf } from "./figures";
import type { Column, Results } from "./results";

/** CSS pixels around the points, for figures and titles of the scales. */
export const around = { left: 66, right: 18, top: 14, bottom: 44 };

export interface Scale {
  readonly column: Column;
  readonly isLog: boolean;
  readonly from: number;
  readonly to: number;
  readonly at: (value: number) => number;
}

/** From the least to the greatest figure of a column, at places from `start` to `end` in CSS pixels. */
export function scaleOf(column: Column, { count }: Results, isLog: boolean, start: number, end: number): Scale {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < count(); row += 1) {
    const value = column.number(row);
    if (isLog && value <= 0) continue;
    if (value < from) from = value;
    if (value > to) to = value;
  }
  if (!(from <= to)) [from, to] = isLog ? [1, 10] : [0, 1];
  if (from === to) [from, to] = isLog ? [from / 2, to * 2] : [from - Math.abs(from) / 2 - (from === 0 ? 1 : 0), to + Math.abs(to) / 2 + (to === 0 ? 1 : 0)];
  // a little air, so that no point lies on an edge
  const air = isLog ? (to / from) ** 0.04 : (to - from) * 0.04;
  [from, to] = isLog ? [from / air, to * air] : [from >= 0 ? Math.max(0, from - air) : from - air, to + air];
  const place = (value: number): number => (isLog ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from));
  return { column, isLog, from, to, at: (value) => start + (isLog && value <= 0 ? 0 : place(value)) * (end - start) };
}

export const svgName = "http://www.w3.org/2000/svg";

/** Both axes with lines at round figures. */
export function drawAxes(svg: SVGSVGElement, width: number, height: number, across: Scale, upward: Scale): void {
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const made: SVGElement[] = [];
  const add = (tag: string, attributes: Readonly<Record<string, string | number>>, text?: string): void => {
    const node = document.createElementNS(svgName, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
    if (text !== undefined) node.textContent = text;
    made.push(node);
  };
  const [left, right, top, bottom] = [around.left, width - around.right, around.top, height - around.bottom];
  const most = { across: Math.max(2, Math.floor((right - left) / 70)), upward: Math.max(2, Math.floor((bottom - top) / 36)) };
  const unitsAcross = unitInScale(across);
  for (const tick of ticksOf(across.from, across.to, across.isLog, most.across)) {
    const x = across.at(tick);
    add("line", { class: "grid-line", x1: x, x2: x, y1: top, y2: bottom });
    add("text", { x, y: bottom + 16, "text-anchor": "middle" }, figureText(tick, unitsAcross));
  }
  const unitsUpward = unitInScale(upward);
  for (const tick of ticksOf(upward.from, upward.to, upward.isLog, most.upward)) {
    const y = upward.at(tick);
    add("line", { class: "grid-line", x1: left, x2: right, y1: y, y2: y });
    add("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, figureText(tick, unitsUpward));
  }
  add("line", { class: "axis-line", x1: left, x2: right, y1: bottom, y2: bottom });
  add("line", { class: "axis-line", x1: left, x2: left, y1: top, y2: bottom });
  add("text", { class: "title", x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, titleOf(across));
  add("text", { class: "title", x: 0, y: 0, "text-anchor": "middle", transform: `translate(12 ${(top + bottom) / 2}) rotate(-90)` }, titleOf(upward));
  svg.replaceChildren(...made);
}

const unitInScale = ({ column }: Scale) => column.unit();

/** `Time per token, ms ↓ better`: the arrow points to the better end. */
function titleOf({ column }: Scale): string {
  const { name } = column.unit();
  return `${column.title}${name === "" ? "" : `, ${name}`}${column.sense === undefined ? "" : column.sense === "maximize" ? "  ↑" : "  ↓"}`;
}
