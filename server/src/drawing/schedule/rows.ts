/** The rows of a schedule: each operation a mark of its own, or where there are many all of a rank as one. */

import { formatLayers } from "../../analysis";
import { dimensions, formatQuantity } from "../../units";
import { filled, filledPath, markOf, type Canvas } from "../canvas";
import type { Colour } from "../colours";
import { shareText } from "../scale";
import type { PlanSubject } from "../subject";
import { boxPath, element, escapeXml, rect, text, type Box } from "../svg";
import { smallSize, textWidth } from "../text-width";
import { mostOperations, type ScheduleData, type ScheduleOperation, type ScheduleRank, type Stretch } from "./data";
import { coloursIn, kindNames, operationName, shortName } from "./names";

/** Where the stretches of the step stand. */
export interface TimePlot {
  readonly spans: readonly Span[];
  readonly top: number;
  readonly bottom: number;
  /** Height of a row with the room below it. */
  readonly pitch: number;
  /** Rows above those that are left out, and the room for saying so; 0 where none is. */
  readonly cut: { readonly after: number; readonly height: number };
}

interface Span {
  readonly stretch: Stretch;
  readonly start: number;
  readonly end: number;
  readonly x: (at: number) => number;
}

const time = (value: number): string => formatQuantity(value, dimensions.time);

export function drawRows(subject: PlanSubject, canvas: Canvas, data: ScheduleData, plot: TimePlot): string {
  const isNumbered = hasRoomForNumbers(data, plot);
  const count = operationCount(data);
  const isDetailed = count <= mostOperations;
  const least = count <= mostShapes ? 0 : canvas.width / 380;
  const rows = data.ranks.map((rank, index) => {
    const y = plot.top + index * plot.pitch + (index >= plot.cut.after ? plot.cut.height : 0) + 2;
    const height = plot.pitch - 4;
    return rankMark(canvas, data, rank, plot, y, height) + (isDetailed ? marksOf(canvas, data, rank, plot, y, height, isNumbered) : massOf(canvas, rank, plot, y, height, least));
  }).join("");
  // one place for all: the schedule decides what runs when
  return element("g", { "data-place": subject.places("parallelism.schedule") }, rows);
}

export const operationCount = ({ ranks }: ScheduleData): number => ranks.reduce((sum, { operations }) => sum + operations.length, 0);

/** Operations that are drawn one by one; beyond them the picture would take more than an editor shows at once. */
export const mostShapes = 7000;

/** The name of a rank and its idle time. */
function rankMark(canvas: Canvas, { step }: ScheduleData, { rank, stages, whole, idle }: ScheduleRank, plot: TimePlot, y: number, height: number): string {
  const name = `rank ${rank}`;
  const tip = [
    `${name}: ${stages.length === 1 ? "stage" : "stages"} ${formatLayers(stages)}`,
    ...(whole === undefined ? [] : [
      ...kindNames.filter(([kind]) => whole.busy[kind] > 0).map(([kind, word]) => `${word.toLowerCase()}: ${time(whole.busy[kind])}`),
      `idle: ${time(whole.bubble)} (${shareText(whole.bubble / step)} of the step)`,
      ...([["before its first operation", whole.idle.fill], ["waiting for activations", whole.idle.forward], ["waiting for gradients", whole.idle.backward], ["after its last operation", whole.idle.drain]] as const)
        .filter(([, value]) => value > 0).map(([word, value]) => `  ${word}: ${time(value)}`),
    ]),
  ];
  const gaps = idle.flatMap((gap) => clipped(plot, gap, y, height)).map(boxPath).join("");
  const label = height >= 10 ? text(name, 0, y + height / 2 + 4) : "";
  return markOf(canvas, { id: `rank-${rank}`, tip }, rect({ x: 0, y, width: 60, height }, "hit") + label + filledPath(canvas, gaps, "bubble"));
}

/** The boxes in which a time is seen: one, unless it reaches over a break. */
function clipped({ spans }: TimePlot, { from, to }: Stretch, y: number, height: number): readonly Box[] {
  return spans.flatMap(({ stretch, x }) => {
    const [start, end] = [x(Math.max(from, stretch.from)), x(Math.min(to, stretch.to))];
    return from < stretch.to && to > stretch.from ? [{ x: start, y, width: end - start, height }] : [];
  });
}

/** Of a box, the part of each colour: pairs have the forward above the backward. */
const layered = (box: Box, colours: readonly Colour[]): readonly (readonly [Colour, Box])[] =>
  colours.map((colour, index) => [colour, { ...box, y: box.y + (index * box.height) / colours.length, height: box.height / colours.length }]);

function marksOf(canvas: Canvas, data: ScheduleData, { rank, operations }: ScheduleRank, plot: TimePlot, y: number, height: number, isNumbered: boolean): string {
  return operations.map((operation, at) => {
    const drawn = clipped(plot, operation, y, height).map((box) => {
      const parts = layered(box, coloursIn(operation));
      return parts.map(([colour, part]) => filled(canvas, part, colour, 0)).join("") + (isNumbered ? labels(data, operation, box) : "");
    }).join("");
    const tip = `${operationName(operation)}\n${time(operation.to - operation.from)}, from ${time(operation.from)}`;
    return element("g", { class: "mark", role: "img", "data-mark": `${rank}.${at}`, "aria-label": shortName(operation), "data-tip": canvas.titles ? undefined : tip }, (canvas.titles ? `<title>${escapeXml(tip)}</title>` : "") + drawn);
  }).join("");
}

/** Numbers here and there would only puzzle: most operations have room for theirs, or none has one. */
function hasRoomForNumbers({ pp, microBatches, ranks }: ScheduleData, { spans: [span], pitch }: TimePlot): boolean {
  const widths = ranks.flatMap(({ operations }) => operations.map(({ from, to }) => (span === undefined ? 0 : span.x(to) - span.x(from)))).sort((one, other) => one - other);
  const widest = textWidth(`${microBatches - 1}${ranks.some(({ stages }) => stages.some((stage) => stage >= pp)) ? "b" : ""}`, smallSize) + 4;
  return pitch >= 24 && (widths[Math.floor(widths.length / 4)] ?? 0) >= widest;
}

/** The numbers of its micro-batches; where a rank has several stages of one micro-batch, letters tell them apart. */
function labels({ pp }: ScheduleData, { chunk, beside }: ScheduleOperation, box: Box): string {
  const rows = [chunk, ...(beside ? [beside] : [])];
  const height = box.height / rows.length;
  return rows.map(({ micro_batch, stage }, index) => {
    const name = `${micro_batch}${stage >= pp ? String.fromCharCode(97 + Math.floor(stage / pp)) : ""}`;
    const isRoom = height >= 11 && textWidth(name, smallSize) + 2 <= box.width;
    return isRoom ? text(name, box.x + box.width / 2, box.y + (index + 0.5) * height + 4, { anchor: "middle", className: "inside" }) : "";
  }).join("");
}

/** All operations of a rank as one shape for each colour; those narrower than `least` pixels join their neighbours, of which the longest lends its colour. */
function massOf(canvas: Canvas, { operations }: ScheduleRank, plot: TimePlot, y: number, height: number, least: number): string {
  const paths = new Map<Colour, string>();
  let from = Number.NaN;
  let to = Number.NaN;
  let shares = new Map<string, { readonly colours: readonly Colour[]; readonly width: number }>();
  const flush = (): void => {
    const most = [...shares.values()].reduce<{ readonly colours: readonly Colour[]; readonly width: number }>((found, one) => (one.width > found.width ? one : found), { colours: [], width: 0 });
    for (const [colour, box] of layered({ x: from, y, width: to - from, height }, most.colours)) paths.set(colour, (paths.get(colour) ?? "") + boxPath(box));
    shares = new Map();
  };
  for (const operation of operations) {
    for (const { x, width } of clipped(plot, operation, y, height)) {
      const isApart = Math.abs(x - to) > 0.2;
      if (shares.size > 0 && (isApart || to - from >= least)) flush();
      if (shares.size === 0) from = x;
      to = x + width;
      const colours = coloursIn(operation);
      const key = colours.join();
      shares.set(key, { colours, width: (shares.get(key)?.width ?? 0) + width });
    }
  }
  if (shares.size > 0) flush();
  return [...paths].map(([colour, path]) => filledPath(canvas, path, colour)).join("");
}
