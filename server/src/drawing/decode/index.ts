/** The latency of a serving plan: the whole of it, then one layer of each kind with what its operators wait for and what of its exchange is hidden. */

import { summarizeLayers } from "../../analysis";
import { exchangeOf } from "../../cost/serving/bottleneck";
import { dimensions, formatGrouped, formatQuantity } from "../../units";
import { attentionName, ffnName } from "../block-names";
import { frame, hidden, legend, type Canvas, type LegendEntry } from "../canvas";
import type { Colour } from "../colours";
import type { Picture } from "../picture";
import { linearScale, shareText, type Scale } from "../scale";
import { drawSegments, type Segment } from "../segments";
import { formulaLine, type PlanSubject } from "../subject";
import { text } from "../svg";
import { fitted, lineHeight } from "../text-width";
import { boundNames, latencyData, latencyParts, type BoundName, type LatencyData, type LatencyPart, type LayerKind } from "./data";

const time = (value: number): string => formatQuantity(value, dimensions.time);

/** Throws `Unavailable`. */
export function latencyPicture(subject: PlanSubject): Picture {
  const data = latencyData(subject.evaluation);
  const title = data.phase === "decode" ? "Time of a decode step, layer by layer" : "Time of a prefill pass, layer by layer";
  return { id: "decode", title, summary: summaryOf(subject, data), svg: draw(subject, data, title), table: tableOf(subject, data) };
}

interface PartKind {
  readonly name: string;
  readonly colour: Colour;
  readonly edit: readonly string[];
}

const partKinds: Readonly<Record<Exclude<LatencyPart, "exchange">, PartKind>> = {
  attention: { name: "attention", colour: "attention", edit: ["workload.context_length", "workload.prompt_length"] },
  ffn: { name: "dense ffn, shared experts, router", colour: "dense", edit: ["parallelism.tp"] },
  routed: { name: "routed experts", colour: "experts", edit: ["parallelism.ep"] },
  ends: { name: "embedding, norm, head", colour: "embedding", edit: ["parallelism.tp"] },
  tensor_parallel: { name: "tensor parallelism", colour: "tp", edit: ["parallelism.tp"] },
  context_parallel: { name: "context parallelism", colour: "cp", edit: ["parallelism.cp"] },
  send: { name: "sends between stages", colour: "pp", edit: ["parallelism.pp"] },
  waiting: { name: "waiting for the slowest stage", colour: "bubble", edit: ["parallelism.pp"] },
};

const exchangeNames = { "expert-parallel communication": "dispatch and combine, exposed", "host memory": "experts on the host, exposed", PCIe: "experts from the host, exposed" } as const;

const exchangeKind = ({ evaluation: { plan } }: PlanSubject): PartKind => ({ name: exchangeNames[exchangeOf(plan)], colour: "exposed", edit: ["parallelism.dual_micro_batch", "parallelism.ep"] });

const kindOf = (subject: PlanSubject, part: LatencyPart): PartKind => (part === "exchange" ? exchangeKind(subject) : partKinds[part]);

const boundKinds: Readonly<Record<BoundName, { readonly name: string; readonly colour: Colour }>> = {
  compute: { name: "bound by compute", colour: "compute" }, memory: { name: "by memory bandwidth", colour: "cache" }, launch: { name: "by launches", colour: "buffers" },
};

const layerName = ({ attention, ffn, sharesCache }: LayerKind): string =>
  [...(attention === undefined ? [] : [`${attentionName(attention)}${sharesCache ? ", shared cache" : ""}`]), ...(ffn === undefined ? [] : [ffnName(ffn)])].join(" + ");

const countText = ({ layers }: LayerKind): string => `${formatGrouped(layers.length)} ${layers.length === 1 ? "layer" : "layers"}`;

const metricOf = ({ phase }: LatencyData): string => (phase === "decode" ? "tpot" : "ttft");

function summaryOf(subject: PlanSubject, data: LatencyData): string {
  const { phase, latency, parts, kinds, microBatches } = data;
  const largest = latencyParts.filter((part) => parts[part] > 0).sort((one, other) => parts[other] - parts[one]).slice(0, 3).map((part) => `${kindOf(subject, part).name} ${time(parts[part])} (${shareText(parts[part] / latency)})`);
  const [most] = kinds;
  const both = microBatches === 1 ? "" : " of both micro-batches";
  return `${phase === "decode" ? "A decode step takes" : "A prefill pass takes"} ${time(latency)}, most of it ${largest.join(", ")}.`
    + (most === undefined ? "" : ` A layer of ${layerName(most)} takes ${time(most.time)}${both}; there are ${formatGrouped(most.layers.length)}.`);
}

function tableOf(subject: PlanSubject, data: LatencyData): Picture["table"] {
  const { latency, parts, kinds } = data;
  const used = latencyParts.filter((part) => parts[part] > 0);
  return {
    columns: ["Of", "Part", "Time", "Share", "Bound by"],
    rows: [
      ...used.map((part) => ["the whole pass", kindOf(subject, part).name, time(parts[part]), shareText(parts[part] / latency), ""]),
      ...kinds.flatMap((kind) => {
        const of = `a layer of ${layerName(kind)} (${summarizeLayers(kind.layers)})`;
        const row = (name: string, value: number, bound: string): readonly string[] => [of, name, time(value), shareText(value / kind.time), bound];
        return [
          ...kind.operators.filter((operator) => operator.time > 0).map((operator) => row(operator.name, operator.time, operator.bound)),
          ...(["exchange", "tensor_parallel", "context_parallel"] as const).filter((part) => kind.parts[part] > 0).map((part) => row(kindOf(subject, part).name, kind.parts[part], "")),
          ...(kind.exchange > kind.parts.exchange ? [row("exchange hidden behind operators", kind.exchange - kind.parts.exchange, "")] : []),
        ];
      }),
    ],
  };
}

const barHeight = 26;
const stripHeight = 10;
/** Kinds of layers that are drawn; the table has them all. */
const mostKinds = 8;

function draw(subject: PlanSubject, data: LatencyData, title: string): string {
  const canvas: Canvas = { ...subject.options, id: "decode" };
  const { parts, latency, kinds } = data;
  const entries = legendOf(subject, data);
  const key = legend(canvas, entries, 0);
  const top = key.height + lineHeight + 10;
  const whole = linearScale(latency, 0, canvas.width);
  let drawn = key.drawn + hidden(text(`The whole of it: ${time(latency)}`, 0, top - 6, { className: "strong" }))
    + drawSegments(canvas, latencyParts.map((part): Segment => segmentOf(subject, data, "all", part, parts[part], latency)), whole, top, barHeight);
  const shown = kinds.slice(0, mostKinds);
  const longest = Math.max(...shown.map((kind) => Math.max(kind.time, kind.exchange)), Number.MIN_VALUE);
  const x = linearScale(longest, 0, canvas.width);
  let y = top + barHeight + 2 * lineHeight;
  drawn += hidden(text("One layer of each kind, all on one scale", 0, y - 6, { className: "muted" }));
  y += lineHeight;
  shown.forEach((kind, index) => {
    const heading = `${layerName(kind)}: ${time(kind.time)} a layer, ${countText(kind)} (${summarizeLayers(kind.layers)})`;
    drawn += hidden(text(fitted(heading, canvas.width), 0, y - 6));
    drawn += layerBars(subject, canvas, data, kind, index, x, y);
    y += layerHeight(kind) + lineHeight + 12;
  });
  if (kinds.length > shown.length) drawn += hidden(text(`and ${kinds.length - shown.length} more kinds of layers, which take less of the time`, 0, y - 6, { className: "muted" }));
  else y -= lineHeight + 6;
  return frame(canvas, y + 2, title, entries.map(({ colour }) => colour), drawn);
}

const layerHeight = ({ exchange }: LayerKind): number => barHeight + 3 + stripHeight + (exchange > 0 ? stripHeight + 3 : 0);

function legendOf(subject: PlanSubject, { parts, kinds }: LatencyData): readonly LegendEntry[] {
  const shown = latencyParts.filter((part) => parts[part] > 0).map((part): LegendEntry => ({ colour: kindOf(subject, part).colour, label: kindOf(subject, part).name }));
  const isHidden = kinds.some(({ exchange, parts: { exchange: exposed } }) => exchange > exposed * (1 + 1e-9));
  const bounds = boundNames.filter((bound) => kinds.some((kind) => kind.bounds[bound] > 0)).map((bound): LegendEntry => ({ colour: boundKinds[bound].colour, label: boundKinds[bound].name }));
  return [...shown, ...(isHidden ? [{ colour: "hidden", label: "exchange hidden by operators" } as const] : []), ...bounds];
}

function segmentOf(subject: PlanSubject, data: LatencyData, of: string, part: LatencyPart, value: number, whole: number, more: readonly string[] = [], places: readonly string[] = []): Segment {
  const { name, colour, edit } = kindOf(subject, part);
  const [first = name] = name.split(",");
  return {
    id: `${of}-${part}`, value, colour, labels: [`${first} ${time(value)}`, time(value)],
    tip: [`${name}: ${time(value)}`, `${shareText(value / whole)} of ${time(whole)}`, ...more, formulaLine(subject, metricOf(data))], place: subject.places(...places, ...edit),
  };
}

/** One layer: its parts, what its operators wait for, its exchange. */
function layerBars(subject: PlanSubject, canvas: Canvas, data: LatencyData, kind: LayerKind, index: number, x: Scale, y: number): string {
  const { parts, exchange, bounds, operators } = kind;
  const id = `kind-${index}`;
  const { model } = subject.evaluation.plan;
  const attentionPath = kind.attention === undefined ? [] : [`model.attention[${model.attention.indexOf(kind.attention)}]`];
  const ffnPath = kind.ffn === undefined ? [] : [`model.ffn[${model.ffn.indexOf(kind.ffn)}]`];
  const shown = (["attention", "ffn", "routed", "exchange", "tensor_parallel", "context_parallel"] as const).map((part) => {
    const own = operators.filter((operator) => operator.part === part && operator.time > 0).sort((one, other) => other.time - one.time).slice(0, 6);
    const path = part === "attention" ? attentionPath : part === "ffn" || part === "routed" ? ffnPath : [];
    return segmentOf(subject, data, id, part, parts[part], kind.time, own.map((operator) => `  ${operator.name}: ${time(operator.time)}, bound by ${operator.bound}`), path);
  });
  const computed = boundNames.reduce((sum, bound) => sum + bounds[bound], 0);
  const strip = boundNames.map((bound): Segment => ({
    id: `${id}-${bound}`, value: bounds[bound], colour: boundKinds[bound].colour, labels: [], place: subject.places("hardware.gpu"),
    tip: [`operators ${bound === "compute" ? "bound by compute" : `bound ${boundKinds[bound].name}`}: ${time(bounds[bound])}`, `${shareText(bounds[bound] / computed)} of the layer's operators`],
  }));
  const exposed = Math.min(parts.exchange, exchange);
  const exchanged: readonly Segment[] = [["exposed", exposed], ["hidden", exchange - exposed]].map(([word, value]) => ({
    id: `${id}-exchange-${word}`, value: Number(value), colour: word === "hidden" ? "hidden" : "exposed", labels: [], place: subject.places("parallelism.dual_micro_batch", "parallelism.ep"),
    tip: [`exchange of the layer, ${word}: ${time(Number(value))}`, `${time(exchange)} in all, of every micro-batch`],
  }));
  return drawSegments(canvas, shown, x, y, barHeight) + drawSegments(canvas, strip, x, y + barHeight + 3, stripHeight) + (exchange > 0 ? drawSegments(canvas, exchanged, x, y + barHeight + stripHeight + 6, stripHeight) : "");
}
