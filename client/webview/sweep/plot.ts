/** The designs as points: any two scales of a run against each other, with the front. Points are drawn on a canvas, for there may be a hundred thousand. */
import { element } from "../elements";
import { filled } from "../page";
import type { SweepView, SweepWords } from "./messages";
import { drawPoints } from "./points";
import type { Column, Results } from "./results";
import { around, drawAxes, scaleOf, svgName, type Scale } from "./scales";

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

/** How near a pointer must be to a point, in CSS pixels. */
const reach = 14;

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
