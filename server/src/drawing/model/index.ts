/** A model: its layers in their order, and what each block has of parameters, active parameters and cache. */

import { summarizeLayers } from "../../analysis";
import { dimensions, formatCount, formatGrouped, formatQuantity } from "../../units";
import { filled, filledPath, frame, hidden, legend, markOf, type Canvas, type LegendEntry } from "../canvas";
import type { Colour } from "../colours";
import type { DrawingOptions, Picture } from "../picture";
import type { Places } from "../places";
import { linearScale, shareText } from "../scale";
import { drawSegments, type Segment } from "../segments";
import { boxPath, text, type Box } from "../svg";
import { lineHeight, smallSize, textWidth } from "../text-width";
import { stretchesOf, type LayerStretch, type ModelBlock, type ModelData } from "./data";

export { modelData } from "./data";

export interface ModelSubject {
  readonly name: string;
  readonly options: DrawingOptions;
  readonly places: Places;
  /** `model.` in a plan, nothing in a model. */
  readonly prefix: string;
}

export function modelPicture(subject: ModelSubject, data: ModelData): Picture {
  const title = `Layers of ${subject.name}`;
  return { id: "model", title, summary: summaryOf(data), svg: draw(subject, data, title), table: tableOf(data) };
}

const bytes = (value: number): string => formatQuantity(value, dimensions.bytes);

function summaryOf({ layers, blocks, total, active, cache, mtp }: ModelData): string {
  const parts = blocks.map(({ name, layers: own, parameters }) => `${name} on ${own.length === layers ? "all layers" : `${formatGrouped(own.length)} (${summarizeLayers(own)})`} with ${formatCount(parameters)} parameters`);
  return `${formatGrouped(layers)} layers: ${parts.join("; ")}. In all ${formatCount(total)} parameters, ${formatCount(active)} active a token${cache === undefined ? "" : `, ${bytes(cache)} of cache a token`}${mtp ? `; ${mtp.depth} MTP ${mtp.depth === 1 ? "module" : "modules"} with ${formatCount(mtp.parameters)} come on top` : ""}.`;
}

function tableOf({ blocks, ends, total, active, cache, mtp }: ModelData): Picture["table"] {
  const row = (name: string, layers: string, parameters: number, passed: number | undefined, kept: number | undefined): readonly string[] =>
    [name, layers, formatCount(parameters), shareText(parameters / total), passed === undefined ? "" : formatCount(passed), kept === undefined ? "" : bytes(kept)];
  return {
    columns: ["Block", "Layers", "Parameters", "Share", "Active a token", "Cache a token"],
    rows: [
      ...blocks.map((block) => row(block.name, summarizeLayers(block.layers), block.parameters, block.active, cache === undefined ? undefined : block.cache)),
      row("embedding, head, norms", "", ends, active - blocks.reduce((sum, block) => sum + block.active, 0), undefined),
      row("in all", "", total, active, cache),
      ...(mtp ? [row(`MTP, not in the sum`, "", mtp.parameters, undefined, undefined)] : []),
    ],
  };
}

/** Blocks of one kind are told apart by these, in turn. */
const palettes: Readonly<Record<ModelBlock["kind"], readonly [Colour, ...Colour[]]>> = {
  attention: ["attention", "cp", "tp"], mixer: ["mixer", "forward2"], dense: ["dense", "backward2"], moe: ["experts", "weightGradient"],
};

function coloursOf(blocks: readonly ModelBlock[]): ReadonlyMap<ModelBlock, Colour> {
  return new Map(blocks.map((block) => {
    const palette = palettes[block.kind];
    const at = blocks.filter(({ kind }) => kind === block.kind).indexOf(block);
    return [block, palette[at % palette.length] ?? palette[0]];
  }));
}

const rowHeight = 34;
const endWidth = 76;

function draw(subject: ModelSubject, data: ModelData, title: string): string {
  const canvas: Canvas = { ...subject.options, id: "model" };
  const { blocks, total, active, cache, ends } = data;
  const colours = coloursOf(blocks);
  const colourOf = (block: ModelBlock): Colour => colours.get(block) ?? "device";
  const entries: readonly LegendEntry[] = [
    ...blocks.map((block): LegendEntry => ({ colour: colourOf(block), label: `${block.name}, ${formatGrouped(block.layers.length)} ${block.layers.length === 1 ? "layer" : "layers"}` })), { colour: "embedding", label: "embedding, head, norms" },
  ];
  const key = legend(canvas, entries, 0);
  const top = key.height + 10;
  let y = top + 2 * rowHeight + 2 * lineHeight + 10;
  let drawn = key.drawn + stack(subject, canvas, data, colourOf, top);
  const endsActive = active - blocks.reduce((sum, block) => sum + block.active, 0);
  const bars: readonly (readonly [id: string, heading: string, whole: number, of: (block: ModelBlock) => number, outside: number, format: (value: number) => string])[] = [
    ["parameters", `Parameters: ${formatCount(total)}`, total, (block) => block.parameters, ends, formatCount],
    ["active", `Active a token: ${formatCount(active)}`, active, (block) => block.active, endsActive, formatCount],
    ...(cache === undefined || cache === 0 ? [] : [["cache", `Cache a token: ${bytes(cache)}`, cache, (block: ModelBlock) => block.cache, 0, bytes] as const]),
  ];
  for (const [id, heading, whole, of, outside, format] of bars) {
    const segments: readonly Segment[] = [
      ...blocks.map((block): Segment => ({
        id: `${id}-${block.path}`, value: of(block), colour: colourOf(block), labels: [`${block.name} ${format(of(block))}`, format(of(block))],
        tip: [`${block.name}: ${format(of(block))}`, `${shareText(of(block) / whole)} of ${format(whole)}`, `layers ${summarizeLayers(block.layers)}`], place: subject.places(subject.prefix + block.path),
      })),
      { id: `${id}-ends`, value: outside, colour: "embedding", labels: [format(outside)], tip: [`embedding, head, norms: ${format(outside)}`, `${shareText(outside / whole)} of ${format(whole)}`], place: subject.places(`${subject.prefix}vocab_size`) },
    ];
    drawn += hidden(text(heading, 0, y, { className: "strong" })) + drawSegments(canvas, segments, linearScale(whole, 0, canvas.width), y + 6, 24);
    y += 24 + 6 + lineHeight + 8;
  }
  return frame(canvas, y - lineHeight - 4, title, entries.map(({ colour }) => colour), drawn);
}

/** The layers from left to right: what mixes the tokens above, the ffn below, with embedding and head at the ends. */
function stack(subject: ModelSubject, canvas: Canvas, { layers, blocks, mtp }: ModelData, colourOf: (block: ModelBlock) => Colour, top: number): string {
  const tail = mtp === undefined ? 0 : 44;
  const [left, right] = [endWidth + 6, canvas.width - endWidth - 6 - tail];
  const x = linearScale(layers, left, right);
  const end = (name: string, at: number, width: number, id: string, path: string, tip: readonly string[]): string => markOf(canvas, { id, tip, place: subject.places(subject.prefix + path) },
    filled(canvas, { x: at, y: top + 0.5, width, height: 2 * rowHeight - 1 }, "embedding") + (textWidth(name, smallSize) + 4 <= width ? text(name, at + width / 2, top + rowHeight + 4, { anchor: "middle", className: "inside" }) : ""));
  const rows = [blocks.filter(({ kind }) => kind === "attention" || kind === "mixer"), blocks.filter(({ kind }) => kind === "dense" || kind === "moe")];
  const boxOf = (index: number, { first, last }: LayerStretch): Box =>
    ({ x: x(first) + 0.5, y: top + index * rowHeight + 0.5, width: Math.max(0.5, x(last + 1) - x(first) - 1), height: rowHeight - 2 });
  const cells = rows.flatMap((row, index) => {
    const stretches = stretchesOf(row);
    if (stretches.length > mostStretches) return row.map((block) => scattered(subject, canvas, block, colourOf(block), stretches.filter((stretch) => stretch.block === block).map((stretch) => boxOf(index, stretch))));
    return stretches.map((stretch) => stretchMark(subject, canvas, stretch, colourOf(stretch.block), boxOf(index, stretch)));
  });
  const base = top + 2 * rowHeight + 14;
  const numbers = hidden(text("layer 0", left, base, { className: "muted small" }) + (layers > 1 ? text(`layer ${layers - 1}`, right, base, { anchor: "end", className: "muted small" }) : ""));
  return end("embedding", 0.5, endWidth, "embedding", "vocab_size", ["input embedding"]) + cells.join("") + end("head", right + 6, endWidth - 1, "head", "vocab_size", ["final norm and head"])
    + (mtp === undefined ? "" : end("mtp", right + 6 + endWidth + 4, tail - 5, "mtp", "mtp", [`${mtp.depth} MTP ${mtp.depth === 1 ? "module" : "modules"}: ${formatCount(mtp.parameters)} parameters, not in the sums`])) + numbers;
}

/** Stretches of layers that are marks of their own; of more, each block is one. */
const mostStretches = 160;

function stretchMark(subject: ModelSubject, canvas: Canvas, { block, first, last }: LayerStretch, colour: Colour, box: Box): string {
  const count = last - first + 1;
  const range = first === last ? `layer ${first}` : `layers ${first}..${last}`;
  const label = [`${block.name}, ${range}`, block.name].find((candidate) => textWidth(candidate, smallSize) + 8 <= box.width);
  const tip = [`${block.name}, ${range}`, `${formatCount((block.parameters * count) / block.layers.length)} parameters${block.cache > 0 ? `, ${bytes((block.cache * count) / block.layers.length)} of cache a token` : ""}`];
  return markOf(canvas, { id: `${block.path}-${first}`, tip, place: subject.places(subject.prefix + block.path) },
    filled(canvas, box, colour, 1) + (label === undefined ? "" : text(label, box.x + box.width / 2, box.y + rowHeight / 2 + 3, { anchor: "middle", className: "inside" })));
}

const scattered = (subject: ModelSubject, canvas: Canvas, block: ModelBlock, colour: Colour, boxes: readonly Box[]): string =>
  markOf(canvas, { id: block.path, tip: [`${block.name}, ${formatGrouped(block.layers.length)} layers (${summarizeLayers(block.layers)})`, `${formatCount(block.parameters)} parameters`], place: subject.places(subject.prefix + block.path) },
    filledPath(canvas, boxes.map(boxPath).join(""), colour));
