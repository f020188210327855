import type { Found, ReasonCount, RunHeader, Space } from "../../explore";
import { objectiveText, pointAt } from "../../explore";
import { formatGrouped } from "../../units";
import { alignColumns, indent } from "../terminal-text";

/** Designs of the front that a terminal shows. */
const mostShown = 20;

export interface Summary {
  readonly space: Space;
  readonly header: RunHeader;
  readonly tried: number;
  readonly feasible: number;
  readonly front: readonly Found[];
  readonly reasons: readonly ReasonCount[];
  /** What would let a design in where none meets everything. */
  readonly advice: readonly string[];
}

export function summaryText({ space, header, tried, feasible, front, reasons, advice }: Summary): string {
  const { objectives, plan } = space;
  const part = header.from > 0 || header.to < header.size ? `, ${formatGrouped(header.from)} to ${formatGrouped(header.to - 1)} of ${formatGrouped(header.size)}` : "";
  const { search } = header;
  const how = search
    ? ` of ${formatGrouped(header.size)} by a search (NSGA-II, budget ${formatGrouped(search.budget)}, seed ${search.seed})`
    : ` tried one by one${part}`;
  const lines = [`sweep ${header.sweep} of ${plan.name}: ${designs(tried)}${how}, ${formatGrouped(feasible)} meet everything`, ""];
  if (front.length > 0) {
    lines.push(objectives.length === 1 ? `The best ${search ? "found " : ""}by ${objectives[0]?.id ?? ""}` : `${formatGrouped(front.length)} that no other ${search ? "design tried " : ""}beats in ${objectives.map(({ id }) => id).join(" and ")}`, "");
    const head = ["design", ...header.axes.map(({ path }) => path), ...objectives.map(({ id }) => id)];
    const rows = front.slice(0, mostShown).map(({ index, values }) => [
      formatGrouped(index), ...pointAt(header, index).map((choice, axis) => header.axes[axis]?.choices[choice] ?? ""),
      ...objectives.map((objective, place) => objectiveText(objective, values[place] ?? Number.NaN)),
    ]);
    lines.push(...indent(alignColumns([head, ...rows])));
    if (front.length > mostShown) lines.push(`  … and ${formatGrouped(front.length - mostShown)} more: --out FILE writes all designs`);
    lines.push("");
  }
  if (search) lines.push(front.length > 0 ? "Found, not proved: another `seed` or a larger `budget` may find better designs." : "None of them meets everything, which does not prove that no design does: another `seed` or a larger `budget` may find one.", "");
  if (reasons.length > 0) lines.push("Left out", "", ...indent(alignColumns(leftOut(reasons))), "");
  if (advice.length > 0) lines.push(...advice, "");
  return `${lines.join("\n")}`;
}

const designs = (count: number): string => `${formatGrouped(count)} ${count === 1 ? "design" : "designs"}`;

/** Designs that do not fit stand on one line, with what their memory goes to. */
function leftOut(reasons: readonly ReasonCount[]): readonly (readonly [string, string])[] {
  const memory = reasons.filter(({ kind }) => kind === "memory");
  const tooLarge = memory.reduce((sum, { count }) => sum + count, 0);
  const shares = memory.map(({ text, count }) => `${text.replace("does not fit: ", "")} in ${wholePercent(count / tooLarge)} of them`).join(", ");
  const rows = reasons.filter(({ kind }) => kind !== "memory").map(({ kind, text, count }) => ({ count, text: kind === "where" || kind === "require" ? `${kind} ${text}` : text }));
  return [...rows, ...(tooLarge > 0 ? [{ count: tooLarge, text: `do not fit; the largest part of their memory: ${shares}` }] : [])]
    .sort((left, right) => right.count - left.count).map(({ count, text }) => [formatGrouped(count), text]);
}

const wholePercent = (share: number): string => (share < 0.01 ? "less than 1 %" : `${Math.round(100 * share)} %`);
