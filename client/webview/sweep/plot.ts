/** The designs as points: any two scales of a run against each other, with the front. Points are drawn on a canvas, for there may be a hundred thousand. */
import { element } from "../elements";
import { filled } from "../page";
import { figureText, ticksOf } from "./figures";
import type { SweepView, SweepWords } from "./messages";
import type { Column, Results } from "./results";

export interface PlotOptions {
  readonly words: SweepWords;
  readonly changed: (view: Partial<SweepView>) => void;
  readonly select: (design: number) => void;
}

export interface Plot {
  readonly node: HTMLElement;
  readonly begin: (results: Results) => void;
  /** `order`: the rows that pass the filters; the others stay as faint points. */
  readonly show: (results: Results, order: Uint32Array, view: SweepView) => void;
}

/** CSS pixels around the points, for figures and titles of the scales. */
const around = { left: 66, right: 18, top: 14, bottom: 44 };

/** How near a pointer must be to a point, in CSS pixels. */
const reach = 14;

interface Scale {
  readonly column: Column;
  readonly isLog: boolean;
  readonly from: number;
  readonly to: number;
  readonly at: (value: number) => number;
}

export function createPlot({ words, changed, select }: PlotOptions): Plot {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const axes = document.createElementNS(svgName, "svg");
  axes.setAttribute("aria-hidden", "true");
  const tip = element("div", { class: "tip", hidden: true });
  const area = element("div", { class: "area", tabindex: 0, role: "application", "aria-roledescription": words.plot }, canvas, axes, tip);
  const choices = element("div", { class: "scales" });
  const node = element("section", { class: "plot", "aria-label": words.plot }, choices, area);
  let shown: { readonly results: Results; readonly order: Uint32Array; readonly view: SweepView } | undefined;
  let scales: readonly [Scale, Scale] | undefined;

  const draw = (): void => {
    const { clientWidth: width, clientHeight: height } = area;
    if (!shown || width === 0) return;
    const { results, order, view } = shown;
    const [x, y] = columnsOf(results, view);
    if (!x || !y) return;
    const across = scaleOf(x, results, view.logX, around.left, width - around.right);
    const upward = scaleOf(y, results, view.logY, height - around.bottom, around.top);
    scales = [across, upward];
    drawAxes(axes, width, height, across, upward);
    drawPoints(canvas, width, height, results, order, view, scales, node);
    area.setAttribute("aria-label", filled(words.plotHelp, y.title, x.title, results.count()));
  };
  new ResizeObserver(draw).observe(area);
  // a theme that changes has other colours
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });

  const nearest = (left: number, top: number): number | undefined => {
    if (!shown || !scales) return undefined;
    const [across, upward] = scales;
    let found: number | undefined;
    let best = reach * reach;
    for (const row of shown.order) {
      const [dx, dy] = [across.at(across.column.number(row)) - left, upward.at(upward.column.number(row)) - top];
      const distance = dx * dx + dy * dy;
      if (distance < best) [best, found] = [distance, row];
    }
    return found;
  };

  area.addEventListener("pointermove", ({ clientX, clientY }) => {
    const box = area.getBoundingClientRect();
    const row = nearest(clientX - box.left, clientY - box.top);
    area.classList.toggle("near", row !== undefined);
    tip.hidden = row === undefined;
    if (row === undefined || !shown || !scales) return;
    const { results } = shown;
    tip.replaceChildren(element("strong", {}, filled(words.design, "") + " " + results.columns[0]?.text(row)), ...results.columns.slice(1).map((column) => element("div", {}, `${column.title}: ${column.text(row)}${column.sense && column.unit().name !== "" ? ` ${column.unit().name}` : ""}`)));
    const [left, top] = [scales[0].at(scales[0].column.number(row)), scales[1].at(scales[1].column.number(row))];
    const isRight = left + tip.offsetWidth + 16 > box.width;
    tip.style.setProperty("transform", `translate(${Math.max(0, isRight ? left - tip.offsetWidth - 12 : left + 12)}px, ${Math.max(0, Math.min(top - 8, box.height - tip.offsetHeight))}px)`);
  });
  area.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  area.addEventListener("click", ({ clientX, clientY }) => {
    const box = area.getBoundingClientRect();
    const row = nearest(clientX - box.left, clientY - box.top);
    if (row !== undefined && shown) select(shown.results.designOf(row));
  });
  // along the front, from one point to the next on the horizontal scale
  area.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step === undefined || !shown || !scales) return;
    event.preventDefault();
    const { results, view, order } = shown;
    const { column } = scales[event.key === "ArrowUp" || event.key === "ArrowDown" ? 1 : 0];
    const visible = new Set(order);
    const rows = results.front().flatMap((design) => results.rowOf(design) ?? []).filter((row) => visible.has(row)).sort((left, right) => column.number(left) - column.number(right));
    const at = rows.findIndex((row) => results.designOf(row) === view.selected);
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step))];
    if (next !== undefined) select(results.designOf(next));
  });

  return {
    node,
    begin: ({ columns }) => {
      const all = columns.filter(({ isScale }) => isScale);
      choices.replaceChildren(...(["y", "x"] as const).flatMap((key) => {
        const label = key === "x" ? words.across : words.upward;
        const chosen = element("select", { "aria-label": label, "data-scale": key }, ...all.map(({ id, title }) => element("option", { value: id, title: id }, title)));
        chosen.addEventListener("change", () => changed(key === "x" ? { x: chosen.value } : { y: chosen.value }));
        const log = element("button", { type: "button", "data-log": key, "aria-pressed": "false", "aria-label": `${label}: ${words.logarithmic}`, title: words.logarithmic }, "log");
        log.addEventListener("click", () => {
          const isLog = log.getAttribute("aria-pressed") !== "true";
          changed(key === "x" ? { logX: isLog } : { logY: isLog });
        });
        return [element("label", { class: "scale" }, element("span", {}, label), chosen, log)];
      }));
    },
    show: (results, order, view) => {
      shown = { results, order, view };
      const [x, y] = columnsOf(results, view);
      for (const [key, column, isLog] of [["x", x, view.logX], ["y", y, view.logY]] as const) {
        const chosen = choices.querySelector<HTMLSelectElement>(`[data-scale="${key}"]`);
        if (chosen && column) chosen.value = column.id;
        choices.querySelector(`[data-log="${key}"]`)?.setAttribute("aria-pressed", String(isLog));
      }
      node.hidden = !x || !y;
      draw();
    },
  };
}

/** What stands across and upward: what was chosen, else the second objective, or the first key that varies, against the first. */
function columnsOf({ columns }: Results, { x, y }: SweepView): readonly [Column | undefined, Column | undefined] {
  const scales = columns.filter(({ isScale }) => isScale);
  const objectives = scales.filter(({ sense }) => sense !== undefined);
  const upward = scales.find(({ id }) => id === y) ?? objectives[0];
  const others = scales.filter((column) => column !== upward);
  return [scales.find(({ id }) => id === x) ?? objectives.find((column) => column !== upward) ?? others[0] ?? upward, upward];
}

function scaleOf(column: Column, { count }: Results, isLog: boolean, start: number, end: number): Scale {
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

const svgName = "http://www.w3.org/2000/svg";

function drawAxes(svg: SVGSVGElement, width: number, height: number, across: Scale, upward: Scale): void {
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

function drawPoints(
  canvas: HTMLCanvasElement, width: number, height: number, results: Results, order: Uint32Array, view: SweepView, [across, upward]: readonly [Scale, Scale], themed: Element,
): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  const style = getComputedStyle(themed);
  const colour = (name: string): string => style.getPropertyValue(name).trim() || style.color;
  const [faint, point, front, selected] = [colour("--plot-faint"), colour("--plot-point"), colour("--plot-front"), colour("--plot-selected")];
  const place = (row: number): readonly [number, number] => [across.at(across.column.number(row)), upward.at(upward.column.number(row))];
  const size = results.count() > 20_000 ? 1.5 : results.count() > 2000 ? 2 : 3;
  const dots = (rows: Iterable<number>, fill: string, alpha: number, radius: number): void => {
    context.fillStyle = fill;
    context.globalAlpha = alpha;
    for (const row of rows) {
      const [x, y] = place(row);
      if (radius < 2) context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
      else {
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fill();
      }
    }
    context.globalAlpha = 1;
  };
  if (order.length < results.count()) dots(everyRow(results.count()), faint, 0.25, Math.min(size, 2));
  dots(order, point, results.count() > 2000 ? 0.45 : 0.7, size);
  const visible = new Set(order);
  const best = results.front().flatMap((design) => results.rowOf(design) ?? []);
  if (isFrontLine(results, across, upward)) {
    context.strokeStyle = front;
    context.lineWidth = 1.5;
    context.beginPath();
    let last: readonly [number, number] | undefined;
    for (const row of [...best].sort((left, right) => across.column.number(left) - across.column.number(right))) {
      const [x, y] = place(row);
      // between two designs of the front there is none: it goes in steps
      if (!last) context.moveTo(x, y);
      else {
        const isWorseAcross = across.column.sense === "minimize";
        context.lineTo(isWorseAcross ? x : last[0], isWorseAcross ? last[1] : y);
        context.lineTo(x, y);
      }
      last = [x, y];
    }
    context.stroke();
  }
  for (const row of best) {
    const [x, y] = place(row);
    context.fillStyle = front;
    context.globalAlpha = visible.has(row) ? 1 : 0.35;
    diamond(context, x, y, 5);
    context.fill();
  }
  context.globalAlpha = 1;
  const row = view.selected === undefined ? undefined : results.rowOf(view.selected);
  if (row === undefined) return;
  const [x, y] = place(row);
  context.strokeStyle = selected;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.stroke();
}

function* everyRow(count: number): Generator<number> {
  for (let row = 0; row < count; row += 1) yield row;
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
}

/** The front is a line where the run has two objectives and both are drawn. */
const isFrontLine = ({ space }: Results, across: Scale, upward: Scale): boolean =>
  space.objectives.length === 2 && across.column !== upward.column && across.column.sense !== undefined && upward.column.sense !== undefined;
