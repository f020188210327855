/** The designs of a run as rows: their numbers, choices and objectives, and whether no other design beats them. */

import { frontOf, type Found } from "./front";
import { pointAt } from "./points";
import type { RunHeader } from "./record";
import type { Stretch } from "./run";

export interface ResultColumn {
  readonly name: string;
  readonly kind: "number" | "text" | "boolean";
}

export type ResultRow = readonly (number | string | boolean)[];

export interface ResultTable {
  readonly columns: readonly ResultColumn[];
  /** In the order of the designs, each made when it is asked for: a million of them are never there at once. */
  readonly rows: Iterable<ResultRow>;
}

/** Every design that meets everything, in the order of their numbers. Stretches come in any order and do not overlap. */
export function* designsOf({ objectives }: Pick<RunHeader, "objectives">, stretches: readonly Stretch[]): Iterable<Found> {
  const width = objectives.length;
  for (const { indices, values } of [...stretches].sort((left, right) => left.from - right.from)) {
    for (const [place, index] of indices.entries()) yield { index, values: [...values.subarray(place * width, (place + 1) * width)] };
  }
}

export function frontDesigns({ objectives }: Pick<RunHeader, "objectives">, designs: Iterable<Found>): readonly Found[] {
  const front = frontOf(objectives);
  for (const design of designs) front.add(design);
  return front.designs();
}

/** `nsga2 budget=1000 seed=1 found but not proved`; nothing where every design was tried. */
const searchText = ({ search }: Pick<RunHeader, "search">): string | undefined =>
  search && `${search.method} budget=${search.budget} seed=${search.seed} found but not proved`;

export function tableOf(header: RunHeader, stretches: readonly Stretch[]): ResultTable {
  const front = new Set(frontDesigns(header, designsOf(header, stretches)).map(({ index }) => index));
  // a file says by itself that its front was found by a search, and how to find it again
  const search = searchText(header);
  const space = { axes: header.axes.map(({ path, choices }) => ({ path, choices })) };
  return {
    columns: [
      { name: "design", kind: "number" }, ...header.axes.map(({ path }): ResultColumn => ({ name: path, kind: "text" })),
      ...header.objectives.map(({ id }): ResultColumn => ({ name: id, kind: "number" })), { name: "pareto", kind: "boolean" },
      ...(search === undefined ? [] : [{ name: "search", kind: "text" as const }]),
    ],
    rows: { [Symbol.iterator]: rows },
  };
  function* rows(): Iterator<ResultRow> {
    for (const { index, values } of designsOf(header, stretches)) {
      yield [index, ...pointAt(space, index).map((choice, axis) => header.axes[axis]?.choices[choice] ?? ""), ...values, front.has(index), ...(search === undefined ? [] : [search])];
    }
  }
}
