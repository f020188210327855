/** What a reader of a comparison wants to see of it, and in which order: one choice for terminal, Markdown and JSON. */

import { conditionsOf, inReadingOrder, keyMetricsOf, type ComparedFigure, type Comparison, type FigureOptions, type InReadingOrder } from "../analysis";
import type { Workspace } from "../core";
import type { Figure } from "../cost/metric";

export interface FiguresForReading {
  /** Those that differ, the ones that are read first before the others; or those that were asked for, in that order. */
  readonly rows: readonly InReadingOrder<ComparedFigure>[];
  /** How many figures of both are the same and not shown. */
  readonly equal: number;
  /** Why figures have no value; those that neither design can have are left out. */
  readonly missing: readonly MissingFigures[];
}

export interface MissingFigures {
  readonly side: Side | "both";
  /** A clause that completes "not computed: …". */
  readonly reason: string;
  readonly ids: readonly string[];
}

export type Side = "left" | "right";

/** `asked`: ids of metrics; none: every figure that differs. */
export function figuresForReading(workspace: Workspace, { left, right, figures }: Comparison, asked: readonly string[]): FiguresForReading {
  const wanted = asked.length === 0 ? figures : [...new Set(asked)].flatMap((id) => figures.filter((figure) => figure.id === id));
  const known = wanted.filter((figure) => isKnown(figure.left) || isKnown(figure.right));
  const shown = asked.length === 0 ? known.filter(({ isEqual }) => !isEqual) : known;
  const first = asked.length === 0 ? [...new Set([...keyMetricsOf(workspace, left), ...keyMetricsOf(workspace, right)])] : [];
  const { main, others } = inReadingOrder(first, shown, (figure) => isNothing(figure.left) && isNothing(figure.right));
  return { rows: [...main, ...others], equal: known.length - shown.length, missing: missingOf(wanted) };
}

const isKnown = (figure: Figure): boolean => figure.kind !== "unavailable";
const isNothing = (figure: Figure): boolean => figure.kind !== "value" || figure.value === 0;

function missingOf(figures: readonly ComparedFigure[]): readonly MissingFigures[] {
  const found = new Map<string, MissingFigures>();
  const add = (side: Side | "both", reason: string, id: string): void => {
    const key = `${side} ${reason}`;
    found.set(key, { side, reason, ids: [...(found.get(key)?.ids ?? []), id] });
  };
  for (const { id, left, right } of figures) {
    const reasons = [left, right].map((figure, index) => (figure.kind === "unavailable" && (!figure.inapplicable || isKnown(index === 0 ? right : left)) ? figure.reason : undefined));
    const [first, second] = reasons;
    if (first !== undefined && first === second) add("both", first, id);
    else {
      if (first !== undefined) add("left", first, id);
      if (second !== undefined) add("right", second, id);
    }
  }
  return [...found.values()];
}

/** Whether a reader learns anything from a comparison: a fact or a figure differs, or one that was asked for is there or missing. */
export function isWorthShowing(workspace: Workspace, comparison: Comparison, asked: readonly string[]): boolean {
  const { rows, missing } = figuresForReading(workspace, comparison, asked);
  return comparison.facts.length > 0 || rows.length > 0 || missing.some(({ side }) => asked.length > 0 || side !== "both");
}

/** What the sides are called: by their names, else by their files, else by their order. `pathOf`: how a reader knows the file behind an address. */
export function sideLabels({ left, right }: Comparison, pathOf: (uri: string) => string): Readonly<Record<Side, string>> {
  const [first, second] = [pathOf(left.file.uri), pathOf(right.file.uri)];
  const choices = [[left.name, right.name], [fileName(first), fileName(second)], [first, second]] as const;
  const [one, other] = choices.find(([one, other]) => one !== other) ?? ["A", "B"];
  return { left: one, right: other };
}

/** The last part of a path; a part of the standard library has one name. */
const fileName = (path: string): string => (path.startsWith("std:") ? path : path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1));

/** What the figures are stated at: once where it is the same for both sides. */
export function conditionsOfBoth(
  workspace: Workspace, { left, right }: Comparison, options: FigureOptions, labels: Readonly<Record<Side, string>>, contextOption: string,
): readonly string[] {
  const [first, second] = [left, right].map((declaration) => conditionsOf(workspace, declaration, options, contextOption));
  if (first?.join() === second?.join()) return first ?? [];
  return [...(first ?? []).map((line) => `${labels.left}: ${line}`), ...(second ?? []).map((line) => `${labels.right}: ${line}`)];
}

/** `31 other facts are equal`; empty where there are none. */
export function equalText(count: number, what: "fact" | "figure", others: boolean): string {
  if (count === 0) return "";
  return `${count}${others ? " other" : ""} ${what}${count === 1 ? " is" : "s are"} equal`;
}
