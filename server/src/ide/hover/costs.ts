import { shortText, usersOf } from "../../analysis";
import { declarationSchemas, dimensionOf, type BoundBlock, type BoundDeclaration } from "../../core";
import { formatGrouped, formatPercent, formatQuantity } from "../../units";
import { influenceOf, numericKey, type Influence, type Move, type NumericKey } from "../influence";
import { code, paragraphs } from "../markdown";
import type { Asked } from "./asked";

/** Plans and services whose figures are computed anew for a hover, and figures that each of them shows. */
const mostUsers = 2;
const mostMoves = 4;

/** What a number costs where it stands: the part of a figure that is in proportion to it, and what half or twice of it would do. Markdown. */
export function costsHere({ workspace, scope, options }: Asked, bound: BoundDeclaration, block: BoundBlock, key: string): string | undefined {
  const number = numericKey(workspace, block, key);
  if (!number || number.property.inherited) return undefined;
  const own = declarationSchemas[bound.keyword].computed ? influenceText(bound, number, influenceOf(workspace, bound, number, options), true) : undefined;
  const users = usersOf(workspace, scope, bound).slice(0, mostUsers).map((user) => influenceText(user, number, influenceOf(workspace, user, number, options), false));
  const text = paragraphs(own, ...users);
  return text === "" ? undefined : paragraphs("**What it costs here**", text);
}

function influenceText({ keyword, name }: BoundDeclaration, number: NumericKey, influence: Influence | undefined, isOwn: boolean): string | undefined {
  const [first] = influence?.moves ?? [];
  if (!influence || !first) return undefined;
  const lines = influence.moves.slice(0, mostMoves).map((move) => `* ${moveText(move)}`);
  const rest = influence.moves.length - mostMoves;
  const [begins, goesOn] = influence.change === "halved" ? ["Halving", "halving"] : ["Doubling", "doubling"];
  const opening = `${isOwn ? begins : `In ${code(`${keyword} ${name}`)}, ${goesOn}`} it to ${valueText(number, influence.to)}`;
  return paragraphs(
    partText(first),
    influence.obstacle === undefined ? undefined : `Half of it is not possible: ${influence.obstacle}.`,
    [`${opening}${lines.length > 1 ? ` moves ${inSentence(first.metric.title)} most` : ""}:`, "", ...lines, ...(rest > 0 ? [`* and ${rest} ${rest === 1 ? "other figure" : "others"}`] : [])].join("\n"),
    influence.fails.length === 0 ? undefined : `Then a requirement fails: ${influence.fails.join("; ")}.`,
  );
}

/** A metric's title inside a sentence: `parameters`, but `KV cache per token`. */
const inSentence = (title: string): string => (/^[A-Z]{2}/.test(title) ? title : `${title.charAt(0).toLowerCase()}${title.slice(1)}`);

/** `62.46 KB of the KV cache per token come of it: 88.89 %.` */
function partText({ metric, before, part }: Move): string | undefined {
  if (part === undefined) return undefined;
  const share = part / before;
  if (share > 1 - 1e-9) return `The whole of ${inSentence(metric.title)}, ${shortText(before, metric)}, is in proportion to it.`;
  return `Of ${inSentence(metric.title)}, ${shortText(part, metric)} of ${shortText(before, metric)} are in proportion to it: ${formatPercent(share)}.`;
}

/** Figures that move alike and are named. */
const mostAlike = 3;

/** `memory, cost per hour and 2 others` */
function listed(titles: readonly string[]): string {
  const rest = titles.length - mostAlike;
  const shown = rest > 0 ? [...titles.slice(0, mostAlike), `${rest} ${rest === 1 ? "other" : "others"}`] : titles;
  return shown.length === 1 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}

/** `KV cache per token: 70.27 KB → 39.04 KB (-44.44 %, saves 31.23 KB)` */
function moveText({ metric, before, after, alike }: Move): string {
  const change = after / before - 1;
  const isSaved = after < before && !metric.share;
  return `${metric.title}: ${shortText(before, metric)} → ${shortText(after, metric)} (${change < 0 ? "-" : "+"}${formatPercent(Math.abs(change))}${isSaved ? `, ${shortText(before - after, metric)} less` : ""})${alike.length === 0 ? "" : `; so ${alike.length === 1 ? "does" : "do"} ${listed(alike.map(({ title }) => inSentence(title)))}`}`;
}

function valueText({ spec }: NumericKey, value: number): string {
  if (spec.type.kind === "fraction") return formatPercent(value);
  return spec.type.kind === "quantity" ? formatQuantity(value, dimensionOf(spec.type)) : formatGrouped(value);
}
