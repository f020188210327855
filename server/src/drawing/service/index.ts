/** A service: the time of one request, and its nodes. */

import type { MetricFigure } from "../../analysis";
import { dimensions, formatCount, formatGrouped, formatQuantity } from "../../units";
import { frame, hidden, legend, type Canvas } from "../canvas";
import type { DrawingOptions, Picture } from "../picture";
import type { Places } from "../places";
import { linearScale, shareText } from "../scale";
import { drawSegments, type Segment } from "../segments";
import { formulaLine } from "../subject";
import { text } from "../svg";
import { lineHeight } from "../text-width";
import type { ServiceData } from "./data";

export { serviceData } from "./data";

export interface ServiceSubject {
  readonly options: DrawingOptions;
  readonly places: Places;
  readonly metric: (id: string) => MetricFigure | undefined;
}

const time = (value: number): string => formatQuantity(value, dimensions.time);

const wholeOf = ({ prefill, transfer, decode }: ServiceData): number => prefill + transfer + decode;

export function servicePicture(subject: ServiceSubject, data: ServiceData): Picture {
  const title = "Time of a request, and the nodes";
  const { prefill, transfer, decode, tokens, nodes } = data;
  const whole = wholeOf(data);
  const parts = [["prefill", prefill], ["cache transfer", transfer], ["decode", decode]] as const;
  const allNodes = nodes.prefill + nodes.decode;
  return {
    id: "step", title, svg: draw(subject, data, title),
    summary: `A request of ${formatGrouped(tokens.input)} tokens in and ${formatGrouped(tokens.output)} out takes ${time(whole)}: ${parts.map(([name, value]) => `${name} ${time(value)} (${shareText(value / whole)})`).join(", ")}. `
      + `${rateText(data)} ${formatCount(nodes.prefill)} nodes read prompts and ${formatCount(nodes.decode)} write answers. Waiting in queues is left out.`,
    table: {
      columns: ["Of", "Part", "Figure", "Share"],
      rows: [
        ...parts.map(([name, value]) => ["a request", name, time(value), shareText(value / whole)]),
        ...([["prefill", nodes.prefill], ["decode", nodes.decode]] as const).map(([name, value]) => ["the nodes", name, formatCount(value), shareText(value / allNodes)]),
      ],
    },
  };
}

const rateText = ({ requestsPerSecond }: ServiceData): string =>
  (requestsPerSecond === undefined ? "For as many requests as the prefill cluster takes," : `For ${formatCount(requestsPerSecond)} requests/s`);

const barHeight = 28;

function draw(subject: ServiceSubject, data: ServiceData, title: string): string {
  const canvas: Canvas = { ...subject.options, id: "service" };
  const { prefill, transfer, decode, tokens, nodes } = data;
  const { places } = subject;
  const whole = wholeOf(data);
  const allNodes = nodes.prefill + nodes.decode;
  const entries = [{ colour: "forward", label: "prefill" }, { colour: "exposed", label: "cache transfer" }, { colour: "experts", label: "decode" }] as const;
  const key = legend(canvas, entries, 0);
  const of = (id: string, name: string, value: number, all: number, colour: Segment["colour"], shown: string, more: readonly string[], place: string | undefined): Segment =>
    ({ id, value, colour, labels: [`${name} ${shown}`, shown], tip: [`${name}: ${shown}`, `${shareText(value / all)} of ${all === whole ? time(all) : `${formatCount(all)} nodes`}`, ...more], place });
  const request = [
    of("prefill", "prefill", prefill, whole, "forward", time(prefill), ["prefill.ttft of the prefill plan"], places("prefill")),
    of("transfer", "cache transfer", transfer, whole, "exposed", time(transfer), [formulaLine(subject, "kv_transfer_time")], places("prefill.hardware.nic")),
    of("decode", "decode", decode, whole, "experts", time(decode), [`(output_tokens - 1) x tpot, ${formatGrouped(tokens.output)} tokens`], places("decode")),
  ];
  const shared = [
    of("prefill-nodes", "prefill", nodes.prefill, allNodes, "forward", `${formatCount(nodes.prefill)} nodes`, [formulaLine(subject, "prefill_nodes")], places("prefill")),
    of("decode-nodes", "decode", nodes.decode, allNodes, "experts", `${formatCount(nodes.decode)} nodes`, [formulaLine(subject, "decode_nodes")], places("decode")),
  ];
  const first = key.height + lineHeight + 8;
  const second = first + barHeight + 2 * lineHeight;
  const heading = (content: string, y: number): string => hidden(text(content, 0, y - 6, { className: "strong" }));
  const drawn = key.drawn + heading(`A request: ${time(whole)}`, first) + drawSegments(canvas, request, linearScale(whole, 0, canvas.width), first, barHeight)
    + heading(`Nodes at work: ${formatCount(allNodes)}`, second) + drawSegments(canvas, shared, linearScale(allNodes, 0, canvas.width), second, barHeight);
  return frame(canvas, second + barHeight + 4, title, entries.map(({ colour }) => colour), drawn);
}
