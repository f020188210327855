/** The pipeline schedule: a row a rank, time from left to right, what is idle hatched. */

import { formatLayers } from "../../analysis";
import { dimensions, formatGrouped, formatQuantity } from "../../units";
import { filled, frame, hidden, legend, markOf, type Canvas, type LegendEntry } from "../canvas";
import type { Colour } from "../colours";
import type { Picture } from "../picture";
import { shareText } from "../scale";
import { formulaLine, type PlanSubject } from "../subject";
import { text } from "../svg";
import { scheduleData, type ScheduleData } from "./data";
import { coloursIn, flowNames, kindNames } from "./names";
import { drawRows, mostShapes, operationCount, type TimePlot } from "./rows";
import { drawTimes } from "./times";

const time = (value: number): string => formatQuantity(value, dimensions.time);

/** Throws `Unavailable`. */
export function schedulePicture(subject: PlanSubject): Picture {
  const data = scheduleData(subject.evaluation);
  const title = `Schedule of a step: ${data.schedule}`;
  return { id: "schedule", title, summary: summaryOf(data), svg: draw(subject, data, title), table: tableOf(data) };
}

function summaryOf(data: ScheduleData): string {
  const { schedule, pp, microBatches, step, bubble, stretches, ranks } = data;
  const [first, last] = stretches;
  const parts = first && last
    ? `Drawn are the first ${time(first.to)}, in which the pipeline fills, and the last ${time(last.to - last.from)}, in which it empties, each with some of the steady state; the ${time(last.from - first.to)} between them repeat it.`
    : "Drawn is the whole step.";
  const left = pp - ranks.length;
  return `${schedule} runs ${formatGrouped(microBatches)} ${microBatches === 1 ? "micro-batch" : "micro-batches"} over ${pp} ${pp === 1 ? "rank" : "ranks"} in ${time(step)}; a rank is idle for ${time(bubble)} (${shareText(bubble / step)}) of it in the mean. ${parts}`
    + (left === 0 ? "" : ` Of the ranks the first and the last ${ranks.length / 2} are drawn, ${left} are not.`)
    + (operationCount(data) <= mostShapes ? "" : " Operations that are too short to be seen are joined with their neighbours.");
}

function tableOf({ ranks, step }: ScheduleData): Picture["table"] {
  const kinds = kindNames.filter(([kind]) => ranks.some(({ whole, operations }) => (whole ? whole.busy[kind] > 0 : operations.some((operation) => operation.kind === kind))));
  return {
    columns: ["Rank", "Stages", ...kinds.map(([, name]) => name), "Idle", "Idle share", "Before its first operation", "For activations", "For gradients", "After its last operation"],
    rows: ranks.map(({ rank, stages, whole }) => [
      String(rank), formatLayers(stages),
      ...(whole === undefined ? [...kinds, "", "", "", "", "", ""].map(() => "")
        : [...kinds.map(([kind]) => time(whole.busy[kind])), time(whole.bubble), shareText(whole.bubble / step), time(whole.idle.fill), time(whole.idle.forward), time(whole.idle.backward), time(whole.idle.drain)]),
    ]),
  };
}

const breakWidth = 30;
const cutHeight = 20;

function draw(subject: PlanSubject, data: ScheduleData, title: string): string {
  const canvas: Canvas = { ...subject.options, id: "schedule" };
  const entries = legendOf(data);
  const key = legend(canvas, entries, 0);
  const pitch = data.ranks.length <= 8 ? 30 : data.ranks.length <= 16 ? 24 : 16;
  const top = key.height + (data.stretches.length > 1 ? 28 : 10);
  const plot = plotOf(canvas, data, top, pitch);
  const rows = drawRows(subject, canvas, data, plot);
  const drawn = key.drawn + hidden(drawTimes(data, plot) + leftOut(data, plot)) + rows + optimizer(subject, canvas, data, plot);
  return frame(canvas, plot.bottom + 24, title, entries.map(({ colour }) => colour), drawn);
}

function plotOf({ width }: Canvas, { pp, stretches, ranks, step, pipeline }: ScheduleData, top: number, pitch: number): TimePlot {
  const left = 66;
  const isCut = ranks.length < pp;
  const cut = { after: ranks.length / 2, height: isCut ? cutHeight : 0 };
  const bottom = top + ranks.length * pitch + cut.height;
  const shown = stretches.reduce((sum, { from, to }) => sum + to - from, 0) + step - pipeline;
  const scale = (width - left - 2 - breakWidth * (stretches.length - 1)) / shown;
  let start = left;
  const spans = stretches.map((stretch, index) => {
    const isLast = index === stretches.length - 1;
    const length = (stretch.to - stretch.from + (isLast ? step - pipeline : 0)) * scale;
    const span = { stretch, start, end: start + length, x: (at: number): number => span.start + (at - stretch.from) * scale };
    start += length + breakWidth;
    return span;
  });
  return { spans, top, bottom, pitch, cut };
}

/** Where ranks are left out. */
function leftOut({ pp, ranks }: ScheduleData, { top, pitch, cut }: TimePlot): string {
  return cut.height === 0 ? "" : text(`… ranks ${cut.after} to ${pp - ranks.length / 2 - 1} are not drawn …`, 0, top + cut.after * pitch + 14, { className: "muted halo" });
}

function legendOf(data: ScheduleData): readonly LegendEntry[] {
  const used = new Set(data.ranks.flatMap(({ operations }) => operations.flatMap(coloursIn)));
  const names: readonly (readonly [Colour, string])[] = [
    ["forward", "forward"], ["forward2", "forward"], ["backward", "backward"], ["backward2", "backward"], ["weightGradient", "gradients of weights"],
  ];
  const both = flowNames(data);
  const shown = names.filter(([colour]) => used.has(colour)).map(([colour, name]): LegendEntry => {
    const flow = colour === "weightGradient" ? undefined : both?.[colour.endsWith("2") ? 1 : 0];
    return { colour, label: flow === undefined ? name : `${name} ${flow}` };
  });
  return [...shown, { colour: "bubble", label: "idle" }, ...(data.optimizer > 0 ? [{ colour: "optimizer", label: "optimizer" } as const] : [])];
}

/** What follows the last backward, over all ranks. */
function optimizer(subject: PlanSubject, canvas: Canvas, { step, pipeline, optimizer: value }: ScheduleData, { spans, top, bottom }: TimePlot): string {
  const last = spans.at(-1);
  if (last === undefined || value <= 0) return "";
  const x = last.x(pipeline);
  const tip = [`optimizer: ${time(value)}`, `${shareText(value / step)} of the step`, formulaLine(subject, "optimizer_time")];
  return markOf(canvas, { id: "optimizer", tip, place: subject.places("parallelism.zero") }, filledColumn(canvas, x, Math.max(2, last.x(step) - x), top, bottom));
}

const filledColumn = (canvas: Canvas, x: number, width: number, top: number, bottom: number): string => filled(canvas, { x, y: top + 2, width, height: bottom - top - 4 }, "optimizer");
