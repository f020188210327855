/** The designs of a plot, drawn on a canvas: there may be a hundred thousand. */
import type { SweepView } from "./messages";
import type { Results } from "./results";
import type { Scale } from "./scales";

/** `order`: the rows that pass the filters; `themed`: an element that has the colours of the plot. */
export function drawPoints(
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
