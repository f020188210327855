/** The roofline of a GPU, log over log: its peaks and its memory bandwidth, and where a plan's operators lie below them. */

import { dimensions, formatGrouped, formatQuantity, formatShortest, formatCount } from "../../units";
import { frame, hidden, legend, markOf, type Canvas, type LegendEntry } from "../canvas";
import type { Colour } from "../colours";
import { roomIn, type Room } from "../labels";
import type { DrawingOptions, Picture } from "../picture";
import type { Places } from "../places";
import { logScale, logTicks, shareText, type Scale } from "../scale";
import { element, line, tenth, text, type Box } from "../svg";
import { lineHeight, smallSize, textSize, textWidth, widestOf } from "../text-width";
import type { RooflineData, RooflinePoint } from "./data";

export { rooflineData, roofsOf } from "./data";

const rateText = (value: number): string => formatQuantity(value, dimensions.workRate);
const bandwidthText = (value: number): string => formatShortest(value, dimensions.byteRate);
const timeText = (value: number): string => formatQuantity(value, dimensions.time);

export interface RooflineSubject {
  readonly options: DrawingOptions;
  readonly places: Places;
  /** `hardware.gpu` in a plan, `gpu` in hardware. */
  readonly gpu: string;
}

export function rooflinePicture(subject: RooflineSubject, data: RooflineData): Picture {
  const title = data.points.length === 0 ? "Roofline of the GPU" : "Roofline of the operators";
  return { id: "roofline", title, summary: summaryOf(data), svg: draw(subject, data, title), table: tableOf(data) };
}

const ridgeOf = (peak: number, bandwidth: number): number => peak / bandwidth;

const roofName = ({ precisions, peak }: RooflineData["roofs"][number]): string => `${precisions.join(", ")} ${formatShortest(peak, dimensions.workRate)}`;

const boundWords = { compute: "compute", memory: "memory bandwidth", launch: "launches" } as const;

function summaryOf({ roofs, bandwidth, points, moving }: RooflineData): string {
  const ridges = roofs.slice(0, 3).map(({ precisions, peak }) => `${precisions.join(", ")} from ${formatCount(ridgeOf(peak, bandwidth))} FLOP/B on`);
  const device = `The memory moves ${bandwidthText(bandwidth)}; compute bounds ${ridges.join("; ")}.`;
  const [longest] = points;
  if (!longest) return device;
  const share = (bound: RooflinePoint["bound"]): number => points.filter((point) => point.bound === bound).reduce((sum, point) => sum + point.share, 0);
  const bounds = (["compute", "memory", "launch"] as const).filter((bound) => share(bound) > 0).map((bound) => `${shareText(share(bound))} in operators bound by ${boundWords[bound]}`);
  return `Of the time of all operators, ${bounds.join(", ")}${moving.share > 0 ? `, ${shareText(moving.share)} in ${moving.names.length} that only move memory and are not drawn` : ""}. The longest is ${longest.name} (${shareText(longest.share)}), at ${rateText(longest.rate)} and ${formatCount(longest.intensity)} FLOP/B. Points are forward passes; their size counts backward passes too where there are any. ${device}`;
}

function tableOf({ points, roofs, bandwidth }: RooflineData): Picture["table"] {
  if (points.length === 0) {
    return { columns: ["Precision", "Peak", "Compute bounds from"], rows: roofs.map(({ precisions, peak }) => [precisions.join(", "), formatShortest(peak, dimensions.workRate), `${formatCount(ridgeOf(peak, bandwidth))} FLOP/B`]) };
  }
  return {
    columns: ["Operator", "Runs a micro-batch", "FLOP a run", "Bytes a run", "FLOP/B", "Rate", "Time of all runs", "Share", "Bound by"],
    rows: points.map(({ name, count, flops, bytes, intensity, rate, time, share, bound }) => [
      name, formatGrouped(count), formatQuantity(flops, dimensions.work), formatQuantity(bytes, dimensions.bytes), formatCount(intensity), rateText(rate), timeText(time), shareText(share), boundWords[bound],
    ]),
  };
}

const partColours: Readonly<Record<RooflinePoint["part"], readonly [Colour, string]>> = {
  attention: ["attention", "attention"], ffn: ["dense", "dense ffn, shared experts, router"], routed: ["experts", "routed experts"], ends: ["embedding", "embedding, head, loss"],
};

interface Plot extends Box {
  readonly xOf: Scale;
  readonly yOf: Scale;
  readonly least: { readonly intensity: number; readonly rate: number };
  readonly most: { readonly intensity: number; readonly rate: number };
}

function draw(subject: RooflineSubject, data: RooflineData, title: string): string {
  const canvas: Canvas = { ...subject.options, id: "roofline" };
  const parts = (["attention", "ffn", "routed", "ends"] as const).filter((part) => data.points.some((point) => point.part === part));
  const entries = parts.map((part): LegendEntry => ({ colour: partColours[part][0], label: partColours[part][1] }));
  const key = legend(canvas, entries, 0);
  const shapes = shapeLegend(canvas, data, key.height);
  const top = key.height + shapes.height + 14;
  const plot = plotOf(canvas, data, top);
  const room = roomIn({ x: plot.x, y: plot.y - 12, width: plot.width, height: plot.height + 12 });
  for (const point of data.points) room.take(bodyOf(point, plot));
  const roofs = drawRoofs(subject, canvas, data, plot, room);
  const points = drawPoints(subject, canvas, data, plot, room);
  return frame(canvas, plot.y + plot.height + 38, title, entries.map(({ colour }) => colour), key.drawn + hidden(shapes.drawn + axes(plot)) + roofs + points);
}

function plotOf({ width }: Canvas, { points, roofs, bandwidth }: RooflineData, top: number): Plot {
  const peaks = roofs.map(({ peak }) => peak);
  const [highest, lowest] = [Math.max(...peaks), Math.min(...peaks)];
  const least = {
    intensity: Math.min(ridgeOf(lowest, bandwidth) / 8, ...points.map(({ intensity }) => intensity / 1.6)), rate: Math.min(lowest / 8, ...points.map(({ rate }) => rate / 1.6)),
  };
  const most = { intensity: Math.max(ridgeOf(highest, bandwidth) * 8, ...points.map(({ intensity }) => intensity * 1.6)), rate: highest * 1.8 };
  const x = widestOf(logTicks(least.rate, most.rate, 12).map(rateTick), smallSize) + 10;
  const size = { x, y: top, width: width - x - 2, height: Math.min(460, Math.max(260, width * 0.46)) };
  return { ...size, least, most, xOf: logScale(least.intensity, most.intensity, x, x + size.width), yOf: logScale(least.rate, most.rate, top + size.height, top) };
}

const rateTick = (value: number): string => formatShortest(Number(value.toPrecision(3)), dimensions.workRate);

function axes({ x, y, width, height, xOf, yOf, least, most }: Plot): string {
  const columns = logTicks(least.intensity, most.intensity, width / 60).map((tick) => {
    const label = formatCount(Number(tick.toPrecision(3)));
    const at = xOf(tick);
    const half = textWidth(label, smallSize) / 2;
    return line(at, y, at, y + height, "grid") + (at - half < x || at + half > x + width ? "" : text(label, at, y + height + 15, { anchor: "middle", className: "muted small" }));
  });
  const rows = logTicks(least.rate, most.rate, height / 30).map((tick) => line(x, yOf(tick), x + width, yOf(tick), "grid") + text(rateTick(tick), x - 6, yOf(tick) + 4, { anchor: "end", className: "muted small" }));
  return columns.join("") + rows.join("") + text("FLOP for each byte of memory traffic", x + width, y + height + 32, { anchor: "end", className: "muted small" });
}

function drawRoofs({ places, gpu }: RooflineSubject, canvas: Canvas, { roofs, bandwidth }: RooflineData, plot: Plot, room: Room): string {
  const { x, width, xOf, yOf, least, most } = plot;
  const highest = roofs[0]?.peak ?? most.rate;
  const labelBox = (label: string, right: number, base: number): Box => ({ x: right - textWidth(label, textSize + 1), y: base - 11, width: textWidth(label, textSize + 1), height: 14 });
  const slopeStart = Math.max(least.intensity, least.rate / bandwidth);
  const slopeEnd = Math.min(most.intensity, ridgeOf(highest, bandwidth));
  const flats = roofs.map((roof) => {
    const at = yOf(roof.peak);
    const from = xOf(Math.max(least.intensity, ridgeOf(roof.peak, bandwidth)));
    const label = roofName(roof);
    const ends = [x + width, from + textWidth(label) + 6, (from + x + width + textWidth(label)) / 2];
    // where there is no room, the tip says it
    const box = room.place([...ends.map((end) => labelBox(label, end, at - 5)), ...ends.map((end) => labelBox(label, end, at + 14))]);
    const drawn = line(from, at, x + width, at, "limit") + element("rect", { class: "hit", x: from, y: at - 4, width: Math.max(0, x + width - from), height: 8 }) + (box ? text(label, box.x, box.y + 11, { className: "strong halo" }) : "");
    return markOf(canvas, { id: `peak-${roof.precisions.join("-")}`, tip: [`peak: ${label}`, `compute bounds from ${formatCount(ridgeOf(roof.peak, bandwidth))} FLOP/B on`], place: places(`${gpu}.peak.${roof.precisions[0] ?? ""}`, `${gpu}.peak`) }, drawn);
  });
  for (const { peak } of roofs) room.take({ x: xOf(Math.max(least.intensity, ridgeOf(peak, bandwidth))), y: yOf(peak) - 2, width, height: 4 });
  const name = `memory ${bandwidthText(bandwidth)}`;
  const [startX, startY, endX, endY] = [xOf(slopeStart), yOf(slopeStart * bandwidth), xOf(slopeEnd), yOf(slopeEnd * bandwidth)];
  const along = [0.35, 0.2, 0.55, 0.7].map((share): Box => {
    const [px, py] = [startX + share * (endX - startX), startY + share * (endY - startY)];
    return { x: px - textWidth(name) - 10, y: py - 13, width: textWidth(name), height: 14 };
  });
  const box = room.place(along);
  const slope = markOf(canvas, { id: "memory-bandwidth", tip: [`memory bandwidth: ${bandwidthText(bandwidth)}`, "operators below the slope wait for memory"], place: places(`${gpu}.memory_bandwidth`) },
    line(startX, startY, endX, endY, "limit") + (box ? text(name, box.x, box.y + 11, { className: "strong halo" }) : ""));
  return slope + flats.join("");
}

function bodyOf({ intensity, rate, share }: RooflinePoint, { xOf, yOf }: Plot): Box {
  const half = 0.7 * radiusOf(share);
  return { x: xOf(intensity) - half, y: yOf(rate) - half, width: 2 * half, height: 2 * half };
}

const radiusOf = (share: number): number => 4 + 14 * Math.sqrt(share);

/** Labels of points beyond which they only crowd. */
const mostLabels = 12;

function drawPoints(subject: RooflineSubject, canvas: Canvas, { points }: RooflineData, { xOf, yOf }: Plot, room: Room): string {
  const placed = points.map((point) => ({ point, x: xOf(point.intensity), y: yOf(point.rate), radius: radiusOf(point.share) }));
  const marks = placed.map(({ point, x, y, radius }, index) => markOf(canvas, {
    id: `operator-${index}`, place: subject.places(...editsOf[point.part], subject.gpu),
    tip: [
      `${point.name}: ${shareText(point.share)} of the time of all operators`, `${rateText(point.rate)} at ${formatCount(point.intensity)} FLOP/B, bound by ${boundWords[point.bound]}`,
      `${formatQuantity(point.flops, dimensions.work)} / ${formatQuantity(point.bytes, dimensions.bytes)} a run, ${formatGrouped(point.count)} runs a micro-batch, ${timeText(point.time)} in all`,
    ],
  }, shape(canvas, point, x, y, radius)));
  const named = new Set<string>();
  const labels = placed.filter(({ point }) => point.share >= 0.01).slice(0, mostLabels).map(({ point: { name }, x, y, radius }) => {
    if (named.has(name)) return "";
    const width = textWidth(name, smallSize);
    const [beside, over] = [radius + 3, radius + 4];
    const box = room.place([
      { x: x + beside, y: y - 6, width, height: 13 }, { x: x - beside - width, y: y - 6, width, height: 13 }, { x: x - width / 2, y: y - over - 13, width, height: 13 }, { x: x - width / 2, y: y + over, width, height: 13 },
      { x: x + beside, y: y - over - 10, width, height: 13 }, { x: x + beside, y: y + over - 2, width, height: 13 }, { x: x - beside - width, y: y + over - 2, width, height: 13 },
    ]);
    if (box) named.add(name);
    return box ? text(name, box.x, box.y + 10, { className: "small halo" }) : "";
  });
  return marks.join("") + hidden(labels.join(""));
}

const editsOf: Readonly<Record<RooflinePoint["part"], readonly string[]>> = {
  attention: ["model.attention[0]"], ffn: ["model.ffn[0]"], routed: ["model.ffn[1]", "model.ffn[0]"], ends: ["model.vocab_size"],
};

/** Round where compute bounds it, square where memory does, a triangle where its launch takes longest. */
function shape(canvas: Canvas, { part, bound }: Pick<RooflinePoint, "part" | "bound">, x: number, y: number, radius: number): string {
  const attributes = { class: `edge c-${partColours[part][0]}`, fill: `url(#${canvas.scope}-${canvas.id}-${partColours[part][0]})` };
  return outline(attributes, bound, x, y, radius);
}

function outline(attributes: Readonly<Record<string, string>>, bound: RooflinePoint["bound"], x: number, y: number, radius: number): string {
  switch (bound) {
    case "compute": return element("circle", { ...attributes, cx: x, cy: y, r: radius });
    case "memory": return element("rect", { ...attributes, x: x - 0.88 * radius, y: y - 0.88 * radius, width: 1.76 * radius, height: 1.76 * radius });
    case "launch": return element("path", { ...attributes, d: `M${tenth(x)} ${tenth(y - 1.2 * radius)}L${tenth(x + 1.1 * radius)} ${tenth(y + 0.8 * radius)}H${tenth(x - 1.1 * radius)}z` });
  }
}

function shapeLegend({ width }: Canvas, { points }: RooflineData, y: number): { readonly drawn: string; readonly height: number } {
  const used = (["compute", "memory", "launch"] as const).filter((bound) => points.some((point) => point.bound === bound));
  if (used.length === 0) return { drawn: "", height: 0 };
  let [x, row] = [0, 0];
  let drawn = "";
  const next = (room: number): number => {
    if (x > 0 && x + room > width) [x, row] = [0, row + 1];
    const at = x;
    x += room + 18;
    return at;
  };
  for (const bound of used) {
    const label = `bound by ${boundWords[bound]}`;
    const at = next(18 + textWidth(label));
    drawn += outline({ class: "axis" }, bound, at + 6, y + row * lineHeight + 8.5, 5) + text(label, at + 18, y + row * lineHeight + 12);
  }
  const size = "size: share of the time";
  const at = next(textWidth(size));
  return { drawn: drawn + text(size, at, y + row * lineHeight + 12, { className: "muted" }), height: (row + 1) * lineHeight };
}
