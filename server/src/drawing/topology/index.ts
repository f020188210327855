/** A cluster from its GPUs to its spine, with the exchanges of a plan at the links that they take. */

import { dimensions, formatCount, formatGrouped, formatShortest } from "../../units";
import { filled, frame, hidden, markOf, type Canvas } from "../canvas";
import type { DrawingOptions, Picture } from "../picture";
import type { Places } from "../places";
import { line, rect, text } from "../svg";
import { smallSize, textWidth, wrapped } from "../text-width";
import type { Level, LinkData, Parallelism, TopologyData, TrafficData } from "./data";

export { topologyData, trafficData, type TopologyData } from "./data";

export interface TopologySubject {
  readonly options: DrawingOptions;
  readonly places: Places;
  /** `hardware.` in a plan, nothing in hardware. */
  readonly prefix: string;
  /** What the GPUs are called. */
  readonly gpu: string;
}

export function topologyPicture(subject: TopologySubject, data: TopologyData): Picture {
  const title = data.traffic.length === 0 ? "Topology" : "Topology and traffic";
  return { id: "topology", title, summary: summaryOf(subject, data), svg: draw(subject, data, title), table: tableOf(data) };
}

const rate = (value: number): string => formatShortest(value, dimensions.byteRate);

const linkText = ({ line: full, reached }: LinkData): string => `${rate(full)} a GPU${reached === full ? "" : `, ${rate(reached)} reached`}`;

const plural = (count: number, one: string, many = `${one}s`): string => `${formatGrouped(count)} ${count === 1 ? one : many}`;

const kindNames: Readonly<Record<Parallelism, string>> = { tp: "tensor parallelism", cp: "context parallelism", ep: "expert parallelism", dp: "data parallelism", pp: "pipeline parallelism" };

const levelNames: Readonly<Record<Level, string>> = { scale_up: "inside scale-up domains", leaf: "over the leaf switches", spine: "up to the spine", network: "over the network" };

const networkNames = { fat_tree: "fat tree", multi_rail_fat_tree: "multi-rail fat tree", multi_plane_fat_tree: "multi-plane fat tree", dragonfly: "dragonfly", slim_fly: "slim fly", torus: "torus" } as const;

function wayOf({ levels }: TrafficData): string {
  const outer = levels.filter((level) => level !== "scale_up");
  const inside = levels.includes("scale_up") ? [levelNames.scale_up] : [];
  const [last] = outer.slice(-1);
  return [...inside, ...(last === undefined ? [] : [last === "spine" ? "over leaves and spine" : levelNames[last]])].join(" and ");
}

function summaryOf({ gpu }: TopologySubject, { gpus, nodes, gpusPerNode, network, traffic, domain }: TopologyData): string {
  const cluster = `${formatGrouped(gpus)} ${gpu} in ${plural(nodes, "node")} of ${gpusPerNode}${domain > gpusPerNode ? `, ${formatGrouped(domain)} to a scale-up domain` : ""}`;
  const net = network === undefined ? "; no network is described"
    : ` on a ${networkNames[network.kind]}${network.planes > 1 ? ` of ${network.planes} planes` : ""} with ${network.tiers.length === 0 ? `${network.dimensions.join(" x ")} endpoints` : `${network.tiers.map(({ name, count }) => `${formatGrouped(count)} ${name}`).join(" and ")}${network.planes > 1 ? " in each" : ""}`}, of whose ${formatGrouped(network.endpoints)} endpoints it takes ${formatGrouped(network.used)}`;
  return `${cluster}${net}.${traffic.map((each) => ` ${each.kind} ${each.size}: ${wayOf(each)}.`).join("")}`;
}

function tableOf({ gpus, nodes, gpusPerNode, cardsPerNode, domain, scaleUp, scaleOut, network, nodesPerLeaf, traffic }: TopologyData): Picture["table"] {
  const rows: readonly (readonly [string, string] | undefined)[] = [
    ["GPUs", formatGrouped(gpus)], ["Nodes", `${formatGrouped(nodes)} of ${gpusPerNode} GPUs${cardsPerNode === undefined ? "" : ` and ${plural(cardsPerNode, "card")}`}`],
    ["Scale-up domain", plural(domain, "GPU")], scaleUp && ["Scale-up, in each direction", linkText(scaleUp)], scaleOut && ["Network, in each direction", linkText(scaleOut)],
    network && ["Network", `${networkNames[network.kind]}${network.planes > 1 ? `, ${network.planes} planes` : ""}`],
    ...(network?.tiers ?? []).map(({ name, count }): readonly [string, string] => [`${name[0]?.toUpperCase() ?? ""}${name.slice(1)}${(network?.planes ?? 1) > 1 ? " of a plane" : ""}`, formatGrouped(count)]),
    network && ["Endpoints", `${formatGrouped(network.used)} used of ${formatGrouped(network.endpoints)}`],
    nodesPerLeaf === undefined ? undefined : ["Nodes at one leaf", formatGrouped(nodesPerLeaf)],
    ...traffic.map((each): readonly [string, string] => [`Traffic of ${each.kind} (${each.size})`, `${wayOf(each)}${copiesText(each)}`]),
  ];
  return { columns: ["What", "How"], rows: rows.flatMap((row) => (row ? [row] : [])) };
}

const copiesText = ({ copies }: TrafficData): string =>
  (copies === undefined ? "" : `; copies a token: ${formatCount(copies.scale_up)} inside a domain, ${formatCount(copies.scale_out)} over the network`);

/** A row of boxes of one kind, of which a few stand for all. */
interface Row {
  readonly id: string;
  readonly heading: string;
  readonly note: string;
  readonly count: number;
  readonly place: string | undefined;
  readonly height: number;
  /** GPUs inside each box. */
  readonly inside: number;
}

/** The links between a row and the one above it, or inside the last row. */
interface Band {
  readonly id: string;
  readonly heading: string;
  readonly note: string;
  readonly level: readonly Level[];
  readonly place: string | undefined;
}

const rowHeight = 38;
const bandHeight = 62;
const badge = { height: 20, gap: 6 };

function draw(subject: TopologySubject, data: TopologyData, title: string): string {
  const canvas: Canvas = { ...subject.options, id: "topology" };
  const left = Math.min(220, Math.max(150, canvas.width * 0.3));
  const { rows, bands } = partsOf(subject, data);
  let y = 2;
  let drawn = "";
  rows.forEach((row, index) => {
    const boxes = boxesOf(row, left, canvas.width);
    drawn += markOf(canvas, { id: row.id, tip: [row.heading, row.note].filter((part) => part !== ""), place: row.place }, rect({ x: 0, y, width: left - 12, height: row.height }, "hit") + caption(row.heading, row.note, y, left - 12) + drawBoxes(canvas, row, boxes, y));
    y += row.height;
    const band = bands[index];
    if (band === undefined) return;
    const below = rows[index + 1];
    drawn += hidden(below === undefined ? "" : wires(boxes, boxesOf(below, left, canvas.width), y, y + bandHeight)) + drawBand(subject, canvas, data, band, y, left);
    y += bandHeight;
  });
  const colours = ["device", ...data.traffic.map(({ kind }) => kind)] as const;
  return frame(canvas, y + 4, title, colours, drawn);
}

/** From the spine down to the GPUs. */
function partsOf({ places, prefix, gpu }: TopologySubject, data: TopologyData): { readonly rows: readonly Row[]; readonly bands: readonly Band[] } {
  const { network, nodes, gpusPerNode, cardsPerNode, domain, gpus, scaleUp, scaleOut, nodesPerLeaf } = data;
  const networkPlace = places(`${prefix}network`);
  const tiers = network?.tiers ?? [];
  const isTree = tiers.some(({ name }) => name === "leaf switches");
  const planes = network !== undefined && network.planes > 1 ? ` in each of ${network.planes} planes` : "";
  const tierRows = [...tiers].reverse().map(({ name, count }, index): Row => ({
    id: `tier-${index}`, heading: `${formatGrouped(count)} ${name}`, note: `${planes.trim()}${name === "leaf switches" && nodesPerLeaf !== undefined ? `${planes === "" ? "" : ", "}${plural(nodesPerLeaf, "node")} at each` : ""}`,
    count, place: networkPlace, height: rowHeight, inside: 0,
  }));
  const wide = domain > gpusPerNode;
  const units = wide ? Math.ceil(gpus / domain) : nodes;
  const cards = cardsPerNode === undefined ? "" : `, ${plural(cardsPerNode, "card")} a node`;
  const nodeRow: Row = {
    id: "nodes", heading: wide ? `${plural(units, "domain")} of ${formatGrouped(domain)} GPUs` : `${plural(nodes, "node")} of ${plural(gpusPerNode, "GPU")}`,
    note: `${formatGrouped(gpus)} ${gpu}${wide ? ` in ${plural(nodes, "node")}` : ""}${cards}`, count: units, place: places(`${prefix}nodes`), height: 58, inside: wide ? domain : gpusPerNode,
  };
  const cable = scaleOut === undefined ? "" : linkText(scaleOut);
  const bands = tierRows.map((_, index): Band => {
    const isLowest = index === tierRows.length - 1;
    return {
      id: `links-${index}`, heading: isLowest ? "Links to the nodes" : "Links between switches", note: isLowest ? cable : "",
      level: isLowest ? (isTree ? ["leaf"] : ["network"]) : ["spine"], place: isLowest ? places(`${prefix}nic`) : networkPlace,
    };
  });
  // without switches to draw, the network is one box above the nodes; a single domain needs none
  const open: readonly Row[] = tierRows.length > 0 || units === 1 ? [] : [{
    id: "network", heading: network === undefined ? "Network" : `Torus of ${network.dimensions.join(" x ")}`, note: network === undefined ? "not described" : "", count: 1, height: rowHeight, inside: 0, place: places(`${prefix}network`, `${prefix}nic`),
  }];
  const toNetwork: Band = { id: "links-open", heading: "Links to the nodes", note: cable, level: ["network"], place: places(`${prefix}nic`) };
  const inside: Band = {
    id: "scale-up", heading: "Scale-up", note: scaleUp === undefined ? "no link between the GPUs" : linkText(scaleUp), level: ["scale_up"], place: places(`${prefix}gpu.scale_up.bandwidth`, `${prefix}gpu`),
  };
  return { rows: [...tierRows, ...open, nodeRow], bands: [...bands, ...open.map(() => toNetwork), inside] };
}

function caption(heading: string, note: string, y: number, room: number): string {
  const lines = note === "" ? [] : wrapped(note, room, smallSize).slice(0, 2);
  return hidden(text(heading, 0, y + 15, { className: "strong" }) + lines.map((each, index) => text(each, 0, y + 30 + index * 13, { className: "muted small" })).join(""));
}

interface Placed {
  readonly xs: readonly number[];
  readonly width: number;
  /** Those left out stand between the last two. */
  readonly isCut: boolean;
}

/** Boxes that are drawn of a row. */
const mostBoxes = 6;

function boxesOf({ count, inside }: Row, left: number, right: number): Placed {
  const room = right - left;
  const fit = Math.max(2, Math.min(inside > 0 ? 4 : mostBoxes, Math.floor(room / (inside > 0 ? 120 : 64))));
  const shown = Math.min(count, fit);
  const isCut = count > shown;
  const gap = 14;
  const slot = (room - (isCut ? 26 : 0)) / shown;
  const width = Math.min(slot - gap, inside > 0 ? 170 : 110);
  return { isCut, width, xs: Array.from({ length: shown }, (_, index) => left + index * slot + (slot - width) / 2 + (isCut && index === shown - 1 ? 26 : 0)) };
}

function drawBoxes(canvas: Canvas, { height, inside }: Row, { xs, width, isCut }: Placed, y: number): string {
  const boxes = xs.map((x) => filled(canvas, { x, y: y + 1, width, height: height - 2 }, "device", 4) + (inside === 0 ? "" : gpusIn(inside, x, y, width, height))).join("");
  const [before = 0, last = 0] = xs.slice(-2);
  return boxes + (isCut ? hidden(text("…", (before + width + last) / 2, y + height / 2 + 4, { anchor: "middle", className: "strong" })) : "");
}

/** GPUs of a box as squares, as many as have room; beyond them their number says it. */
function gpusIn(count: number, x: number, y: number, width: number, height: number): string {
  const side = 12;
  const columns = Math.max(1, Math.floor((width - 12) / (side + 4)));
  const rows = Math.max(1, Math.floor((height - 12) / (side + 4)));
  if (count > columns * rows) return hidden(text(`${formatGrouped(count)} GPUs`, x + width / 2, y + height / 2 + 4, { anchor: "middle", className: "inside" }));
  const across = Math.min(columns, Math.ceil(count / Math.min(rows, Math.max(1, Math.ceil(count / columns)))));
  const down = Math.ceil(count / across);
  const [startX, startY] = [x + (width - across * (side + 4) + 4) / 2, y + (height - down * (side + 4) + 4) / 2];
  return Array.from({ length: count }, (_, index) => rect({ x: startX + (index % across) * (side + 4), y: startY + Math.floor(index / across) * (side + 4), width: side, height: side }, "axis")).join("");
}

const wires = (above: Placed, below: Placed, top: number, bottom: number): string =>
  above.xs.flatMap((from) => below.xs.map((to) => line(from + above.width / 2, top, to + below.width / 2, bottom, "grid"))).join("");

/** What the links of a level are, and who uses them. */
function drawBand({ places }: TopologySubject, canvas: Canvas, { traffic }: TopologyData, { id, heading, note, level, place }: Band, y: number, left: number): string {
  const users = traffic.filter(({ levels }) => levels.some((each) => level.includes(each)));
  let x = left;
  let row = 0;
  const badges = users.map((user) => {
    const label = `${user.kind} ${formatGrouped(user.size)}`;
    const width = textWidth(label, smallSize) + 16;
    if (x > left && x + width > canvas.width) [x, row] = [left, row + 1];
    const box = { x, y: y + (bandHeight - badge.height) / 2 + (row === 0 ? 0 : badge.height + 2), width, height: badge.height };
    x += width + badge.gap;
    const tip = [
      `${kindNames[user.kind]}, groups of ${formatGrouped(user.size)}${user.made === "" ? "" : ` (${user.made})`}: ${wayOf(user)}`, `${formatGrouped(user.perDomain)} of each group ${user.perDomain === 1 ? "stands" : "stand"} in one scale-up domain`,
      ...(user.copies ? [`copies of a token: ${formatCount(user.copies.scale_up)} inside a domain, ${formatCount(user.copies.scale_out)} over the network`] : []),
    ];
    const behind = rect(box, "paper", 10);
    return markOf(canvas, { id: `${id}-${user.kind}`, tip, place: places(`parallelism.${user.kind}`) }, behind + filled(canvas, box, user.kind, 10) + text(label, box.x + width / 2, box.y + 14, { anchor: "middle", className: "inside" }));
  }).join("");
  return markOf(canvas, { id, tip: [heading, note, users.length === 0 ? "no exchange of the plan goes over it" : `used by ${users.map(({ kind }) => kind).join(", ")}`].filter((part) => part !== "" && (traffic.length > 0 || !part.startsWith("no exchange"))), place },
    rect({ x: 0, y: y + 4, width: left - 12, height: bandHeight - 8 }, "hit") + hidden(text(heading, 0, y + 27) + (note === "" ? "" : wrapped(note, left - 12, smallSize).slice(0, 2).map((each, index) => text(each, 0, y + 42 + index * 13, { className: "muted small" })).join("")))) + badges;
}
