/** The time of a training step: what it is spent on, its phases, and what of each exchange is hidden. */

import { dimensions, formatQuantity } from "../../units";
import { frame, hidden, legend, markOf, type Canvas, type LegendEntry } from "../canvas";
import type { Colour } from "../colours";
import type { Picture } from "../picture";
import { linearScale, roundTicks, shareText, timeLabels, type Scale } from "../scale";
import { drawSegments, type Segment } from "../segments";
import { formulaLine, type PlanSubject } from "../subject";
import { line, rect, text } from "../svg";
import { lineHeight, smallSize, textWidth, widestOf } from "../text-width";
import { stepData, stepParts, stepPhases, type ExchangeKind, type StepData, type StepExchange, type StepPart, type StepPhase } from "./data";

const time = (value: number): string => formatQuantity(value, dimensions.time);

/** Throws `Unavailable`. */
export function stepPicture(subject: PlanSubject): Picture {
  const data = stepData(subject.evaluation);
  const title = "Time of a step";
  return { id: "step", title, summary: summaryOf(data), svg: draw(subject, data, title), table: tableOf(data) };
}

interface Kind {
  readonly name: string;
  readonly short: string;
  readonly colour: Colour;
  readonly metric: string;
  /** The key that changes it most directly. */
  readonly edit: string;
}

const kind = (name: string, short: string, colour: Colour, metric: string, edit: string): Kind => ({ name, short, colour, metric, edit });

const partKinds: Readonly<Record<StepPart, Kind>> = {
  compute: kind("compute", "compute", "compute", "compute_time", "parallelism.recompute"),
  expert: kind("expert exchanges, exposed", "experts", "exposed", "exposed_comm_time", "parallelism.ep"),
  blocking: kind("tensor and context exchanges, exposed", "tp, cp", "exposed", "exposed_comm_time", "parallelism.tp"),
  replicas: kind("exchanges between replicas, exposed", "replicas", "exposed", "exposed_comm_time", "parallelism.zero"),
  bubble: kind("bubble", "bubble", "bubble", "bubble_time", "parallelism.schedule"),
  sweep: kind("optimizer's pass", "optimizer", "optimizer", "optimizer_time", "parallelism.zero"),
};

const phaseKinds: Readonly<Record<StepPhase, Kind>> = {
  forward: kind("forward (1F)", "1F", "forward", "forward_time", "parallelism.schedule"),
  backward: kind("backward (1B)", "1B", "backward", "backward_time", "parallelism.schedule"),
  weightGradient: kind("weight gradients (1W)", "1W", "weightGradient", "weight_gradient_time", "parallelism.schedule"),
  overlapped: kind("overlapped pairs (1F1B)", "1F1B", "forward2", "overlapped_time", "parallelism.schedule"),
  bubble: kind("bubble", "bubble", "bubble", "bubble_time", "parallelism.schedule"),
  optimizer: kind("optimizer and what it waits for", "optimizer", "optimizer", "optimizer_time", "parallelism.zero"),
};

const exchangeKinds: Readonly<Record<ExchangeKind, Pick<Kind, "name" | "metric" | "edit">>> = {
  ep: { name: "experts (ep)", metric: "ep_dispatch_time", edit: "parallelism.ep" },
  tp: { name: "tensor (tp)", metric: "tp_comm_time", edit: "parallelism.tp" },
  cp: { name: "context (cp)", metric: "cp_comm_time", edit: "parallelism.cp" },
  "tp and cp": { name: "tensor, context", metric: "tp_comm_time", edit: "parallelism.tp" },
  pp: { name: "pipeline (pp)", metric: "pp_comm_time", edit: "parallelism.pp" },
  dp: { name: "replicas (dp)", metric: "dp_sync_time", edit: "parallelism.zero" },
};

const exposedOf = ({ parts: { expert, blocking, replicas } }: StepData): number => expert + blocking + replicas;

const hiddenOf = ({ total, exposed = 0 }: StepExchange): number => Math.max(0, total - exposed);

function summaryOf(data: StepData): string {
  const { step, parts } = data;
  const share = (value: number): string => `${time(value)} (${shareText(value / step)})`;
  const kept = data.exchanges.filter(({ exposed }) => exposed !== undefined);
  const hiddenTime = kept.reduce((sum, exchange) => sum + hiddenOf(exchange), 0);
  return `A step takes ${time(step)}: ${share(parts.compute)} compute, ${share(exposedOf(data))} exposed communication, ${share(parts.bubble)} bubble, ${share(parts.sweep)} in the optimizer's pass.`
    + (hiddenTime > 0 ? ` Compute hides ${time(hiddenTime)} of exchanges.` : "");
}

function tableOf(data: StepData): Picture["table"] {
  const { step, parts, phases, exchanges } = data;
  const row = (of: string, name: string, value: number): readonly string[] => [of, name, time(value), shareText(value / step)];
  return {
    columns: ["Of", "Part", "Time", "Share of the step"],
    rows: [
      ...stepParts.filter((part) => parts[part] > 0).map((part) => row("the step", partKinds[part].name, parts[part])),
      ...stepPhases.filter((phase) => phases[phase] > 0).map((phase) => row("the phases of the step", phaseKinds[phase].name, phases[phase])),
      ...exchanges.flatMap((exchange) => (exchange.exposed === undefined
        ? [row("exchanges", `${exchangeKinds[exchange.kind].name}, in all`, exchange.total)]
        : [row("exchanges", `${exchangeKinds[exchange.kind].name}, hidden`, hiddenOf(exchange)), row("exchanges", `${exchangeKinds[exchange.kind].name}, exposed`, exchange.exposed)])),
    ],
  };
}

function segmentsOf<Part extends string>(subject: PlanSubject, of: string, values: Readonly<Record<Part, number>>, parts: readonly Part[], kinds: Readonly<Record<Part, Kind>>, step: number): readonly Segment[] {
  return parts.map((part) => {
    const { name, short, colour, metric, edit } = kinds[part];
    const value = values[part];
    return {
      id: `${of}-${part}`, value, colour, labels: [`${short} ${time(value)}`, time(value), short],
      tip: [`${name}: ${time(value)}`, `${shareText(value / step)} of the step`, formulaLine(subject, metric)], place: subject.places(edit),
    };
  });
}

const barHeight = 26;
const exchangeHeight = 18;

function draw(subject: PlanSubject, data: StepData, title: string): string {
  const canvas: Canvas = { ...subject.options, id: "step" };
  const { step, parts, phases, exchanges } = data;
  const entries = legendOf(data);
  const key = legend(canvas, entries, 0);
  const names = ["Spent on", "Phases", ...exchanges.map((exchange) => exchangeKinds[exchange.kind].name)];
  const left = widestOf(names) + 12;
  const notes = exchanges.map(noteOf);
  const most = Math.max(step, ...exchanges.map(({ total, exposed = 0 }) => Math.max(total, exposed)));
  const x = linearScale(most, left, Math.max(left + 80, canvas.width - 2));
  const top = key.height + 8;
  const bars = drawSegments(canvas, segmentsOf(subject, "step", parts, stepParts, partKinds, step), x, top, barHeight)
    + drawSegments(canvas, segmentsOf(subject, "phase", phases, stepPhases, phaseKinds, step), x, top + barHeight + 8, barHeight);
  const exchangeTop = top + 2 * (barHeight + 8) + 24;
  const rows = exchanges.map((exchange, index) => exchangeRow(subject, canvas, exchange, notes[index] ?? "", x, exchangeTop + index * (exchangeHeight + 8))).join("");
  const bottom = exchanges.length === 0 ? exchangeTop - 24 : exchangeTop + exchanges.length * (exchangeHeight + 8);
  const labels = text("Spent on", 0, top + 17) + text("Phases", 0, top + barHeight + 8 + 17) + (exchanges.length === 0 ? "" : text("Exchanges of the step, hidden behind compute and not", 0, exchangeTop - 10, { className: "muted halo" }))
    + exchanges.map((exchange, index) => text(exchangeKinds[exchange.kind].name, 0, exchangeTop + index * (exchangeHeight + 8) + 13)).join("");
  return frame(canvas, bottom + lineHeight, title, entries.map(({ colour }) => colour), key.drawn + hidden(grid(x, most, left, canvas.width, top, bottom) + labels) + bars + rows);
}

function legendOf({ parts, phases, exchanges }: StepData): readonly LegendEntry[] {
  const isHidden = exchanges.some((exchange) => hiddenOf(exchange) > 0);
  const entries: readonly (readonly [boolean, Colour, string])[] = [
    [true, "compute", "compute"], [parts.expert + parts.blocking + parts.replicas > 0, "exposed", "exposed communication"], [isHidden, "hidden", "hidden communication"],
    [phases.forward > 0, "forward", "forward"], [phases.backward > 0, "backward", "backward"], [phases.weightGradient > 0, "weightGradient", "gradients of weights"], [phases.overlapped > 0, "forward2", "overlapped pairs"],
    [parts.bubble > 0, "bubble", "bubble"], [phases.optimizer > 0, "optimizer", "optimizer"],
  ];
  return entries.filter(([isUsed]) => isUsed).map(([, colour, label]) => ({ colour, label }));
}

function grid(x: Scale, most: number, left: number, right: number, top: number, bottom: number): string {
  const labelOf = timeLabels(most);
  return roundTicks(most, (right - left) / 90).map((tick) => {
    const label = labelOf(tick);
    const half = textWidth(label, smallSize) / 2;
    return line(x(tick), top - 3, x(tick), bottom, "grid") + text(label, Math.min(Math.max(left, x(tick) - half), right - 2 * half), bottom + 14, { className: "muted small" });
  }).join("");
}

/** `2.100 s, 0.2000 s exposed`. */
const noteOf = ({ total, exposed }: StepExchange): string =>
  (exposed === undefined ? `${time(total)}, waiting for it is bubble` : exposed === 0 ? `${time(total)}, all hidden` : exposed >= total ? `${time(exposed)}, all exposed` : `${time(total)}, ${time(exposed)} exposed`);

function exchangeRow(subject: PlanSubject, canvas: Canvas, exchange: StepExchange, note: string, x: Scale, y: number): string {
  const { kind: of, total, exposed } = exchange;
  const { name, metric, edit } = exchangeKinds[of];
  const place = subject.places(edit);
  const end = x(Math.max(total, exposed ?? 0));
  const segment = (id: string, value: number, colour: Colour, word: string): Segment => ({ id: `exchange-${of}-${id}`, value, colour, labels: [], tip: [`${name}, ${word}: ${time(value)}`, formulaLine(subject, metric)], place });
  const bar = drawSegments(canvas, exposed === undefined
    ? [segment("all", total, "hidden", "in all")]
    : [segment("exposed", exposed, "exposed", "exposed"), segment("hidden", hiddenOf(exchange), "hidden", "hidden")], x, y, exchangeHeight);
  const width = textWidth(note, smallSize);
  const isBehind = end + 8 + width <= canvas.width;
  const drawn = isBehind ? text(note, end + 8, y + 13, { className: "muted small" }) : text(note, canvas.width - 6, y + 13, { anchor: "end", className: "inside" });
  return bar + markOf(canvas, { id: `exchange-${of}`, tip: [`${name}: ${note}`, formulaLine(subject, metric)], place }, rect({ x: 0, y, width: x(0) - 8, height: exchangeHeight }, "hit")) + hidden(drawn);
}
