/** Memory by rank of the pipeline: stacked bars against what the GPU has. */

import { formatLayers } from "../../analysis";
import { dimensions, formatQuantity, formatShortest } from "../../units";
import { frame, hidden, legend, markOf, type Canvas } from "../canvas";
import type { Picture } from "../picture";
import { linearScale, roundTicks, shareText } from "../scale";
import { drawSegments, type Segment } from "../segments";
import { formulaLine, type PlanSubject } from "../subject";
import { line, rect, text } from "../svg";
import { lineHeight, textWidth, widestOf } from "../text-width";
import { memoryData, memoryParts, type MemoryBar, type MemoryData, type MemoryPart } from "./data";

const bytes = (value: number): string => formatQuantity(value, dimensions.bytes);

const names: Readonly<Record<MemoryPart, string>> = {
  weights: "weights", gradients: "gradients", optimizer: "optimizer", activations: "activations", cache: "KV cache", buffers: "buffers", reserve: "kept free",
};

const metrics: Readonly<Record<MemoryPart, string>> = {
  weights: "memory_weights", gradients: "memory_gradients", optimizer: "memory_optimizer", activations: "memory_activations", cache: "memory_kv", buffers: "memory_buffers", reserve: "memory_buffers",
};

/** What changes a component most directly. */
const edits: Readonly<Record<MemoryPart, readonly string[]>> = {
  weights: ["model.precision.weights", "model.precision"], gradients: ["model.precision.gradients", "model.precision"], optimizer: ["parallelism.zero"], activations: ["parallelism.recompute"],
  cache: ["workload.batch_per_gpu"], buffers: ["parallelism"], reserve: ["parallelism.memory_reserve"],
};

/** Throws `Unavailable`. */
export function memoryPicture(subject: PlanSubject): Picture {
  const data = memoryData(subject.evaluation);
  const title = data.ranks === 1 ? "Memory of a GPU" : "Memory of a GPU by rank of the pipeline";
  return { id: "memory", title, summary: summaryOf(data), svg: draw(subject, data, title), table: tableOf(data) };
}

const rankText = ({ firstRank, lastRank }: MemoryBar): string => (firstRank === lastRank ? `rank ${firstRank}` : `ranks ${firstRank}..${lastRank}`);

const stagesText = ({ stages }: MemoryBar): string => `${stages.length === 1 ? "stage" : "stages"} ${formatLayers(stages)}`;

function summaryOf({ capacity, worst, used, ranks }: MemoryData): string {
  const verdict = worst.total <= capacity ? `${bytes(capacity - worst.total)} (${shareText(1 - worst.total / capacity)}) of the GPU's ${bytes(capacity)} stay free` : `${bytes(worst.total - capacity)} more than the ${bytes(capacity)} of the GPU`;
  const parts = used.filter((part) => worst.parts[part] > 0).sort((one, other) => worst.parts[other] - worst.parts[one]).slice(0, 3).map((part) => `${names[part]} ${bytes(worst.parts[part])}`);
  const where = ranks === 1 ? "Every GPU holds" : `The fullest rank (${worst.rank}, ${stagesText(worst)}) holds`;
  return `${where} ${bytes(worst.total)}: ${verdict}. Most of it: ${parts.join(", ")}. Its worst moment: ${worst.moment}.`;
}

function tableOf({ bars, used, capacity }: MemoryData): Picture["table"] {
  return {
    columns: ["Rank", "Stages", ...used.map((part) => names[part]), "In all", "Free", "Needs most at", "Micro-batches kept"],
    rows: bars.map((bar) => [
      bar.firstRank === bar.lastRank ? String(bar.rank) : `${bar.firstRank}..${bar.lastRank} (fullest: ${bar.rank})`, formatLayers(bar.stages), ...used.map((part) => bytes(bar.parts[part])), bytes(bar.total), bytes(capacity - bar.total), bar.moment,
      bar.inFlight === undefined ? "" : String(bar.inFlight),
    ]),
  };
}

interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: (value: number) => number;
}

function draw(subject: PlanSubject, data: MemoryData, title: string): string {
  const canvas: Canvas = { ...subject.options, id: "memory" };
  const { bars, capacity, worst, used } = data;
  const key = legend(canvas, used.map((part) => ({ colour: part, label: names[part] })), 0);
  const labels = bars.map((bar) => (data.ranks === 1 ? "each GPU" : rankText(bar)));
  const left = widestOf(labels) + 10;
  const totals = bars.map(({ total }) => bytes(total));
  const right = canvas.width - widestOf(totals) - 10;
  const pitch = bars.length <= 4 ? 34 : bars.length <= 16 ? 24 : 18;
  const isReserved = data.usable < capacity;
  const top = key.height + (isReserved ? 2 : 1) * lineHeight + 12;
  const bottom = top + bars.length * pitch;
  const plot: Plot = { left, right, top, bottom, x: linearScale(Math.max(capacity, worst.total), left, right) };
  const rows = bars.map((bar, index) => {
    const middle = top + (index + 0.5) * pitch;
    const isOver = bar.total > capacity;
    const total = text(totals[index] ?? "", canvas.width, middle + 4, { anchor: "end", className: isOver ? "over strong" : bar.rank === worst.rank ? "strong" : "muted" });
    return hidden(text(labels[index] ?? "", 0, middle + 4, { className: bar.rank === worst.rank && data.ranks > 1 ? "strong" : "" }) + total) + drawSegments(canvas, segmentsOf(subject, data, bar), plot.x, middle - pitch / 2 + 3, pitch - 6);
  });
  const drawn = key.drawn + hidden(grid(plot)) + rows.join("") + limits(subject, canvas, data, plot);
  return frame(canvas, bottom + lineHeight + 6, title, used, drawn);
}

function grid({ left, right, top, bottom, x }: Plot): string {
  const most = (right - left) / (x(1) - x(0));
  const ticks = roundTicks(most, (right - left) / 90);
  return ticks.map((tick) => line(x(tick), top - 4, x(tick), bottom, "grid") + text(formatShortest(tick, dimensions.bytes), x(tick), bottom + 15, { anchor: tick === 0 ? "start" : x(tick) > right - 20 ? "end" : "middle", className: "muted small" })).join("");
}

/** The bar of a rank, component by component. */
function segmentsOf(subject: PlanSubject, { ranks }: MemoryData, bar: MemoryBar): readonly Segment[] {
  const where = ranks === 1 ? "" : `, ${rankText(bar)} (${stagesText(bar)})`;
  return memoryParts.map((part) => {
    const value = bar.parts[part];
    const tip = [
      `${names[part]}${where}: ${bytes(value)}`, `${shareText(value / bar.total)} of ${bytes(bar.total)}`, formulaLine(subject, metrics[part]),
      ...(part === "activations" ? [`at its worst moment: ${bar.moment}${bar.inFlight === undefined ? "" : `, ${bar.inFlight} ${bar.inFlight === 1 ? "micro-batch" : "micro-batches"} kept`}`] : []),
    ];
    return { id: `rank-${bar.rank}-${part}`, value, colour: part, labels: [bytes(value)], tip, place: subject.places(...edits[part]) };
  });
}

/** What the GPU has, and what of it the layout lets the plan use. */
function limits(subject: PlanSubject, canvas: Canvas, { capacity, usable, worst }: MemoryData, { left, top, bottom, x }: Plot): string {
  const place = subject.places("hardware.gpu.memory");
  const one = (value: number, label: string, y: number, className: string, id: string, at: string | undefined): string => {
    const width = textWidth(label);
    const start = Math.min(Math.max(left, x(value) - width / 2), canvas.width - width);
    const drawn = rect({ x: x(value) - 3, y: y + 4, width: 6, height: bottom - y - 4 }, "hit") + line(x(value), y + 4, x(value), bottom + 3, className) + text(label, start, y, { className: "strong" });
    return markOf(canvas, { id, tip: [label, `the fullest GPU holds ${bytes(worst.total)}`], place: at }, drawn);
  };
  const first = top - 8 - (usable < capacity ? lineHeight : 0);
  return one(capacity, `GPU ${bytes(capacity)}`, first, "limit", "capacity", place)
    + (usable < capacity ? one(usable, `usable ${bytes(usable)}`, first + lineHeight, "usable", "usable", subject.places("parallelism.memory_reserve")) : "");
}
