/** The designs that a run has found, by rows in the order in which they came, and their columns. */
import type { SweepAxis, SweepSpace } from "../../../server/src/lsp/protocol";
import { figureText, grouped, unitFor, type ColumnUnit } from "./figures";

export interface Column {
  /** `design`, the path of an axis, the id of an objective. */
  readonly id: string;
  readonly title: string;
  readonly isNumber: boolean;
  /** It can stand on a scale. */
  readonly isScale: boolean;
  /** Which end of it is the better one; `undefined` for what nobody looks for. */
  readonly sense: "maximize" | "minimize" | undefined;
  /** For sorting and drawing, in base units; of words, their place among the choices. */
  readonly number: (row: number) => number;
  readonly text: (row: number) => string;
  readonly unit: () => ColumnUnit;
  /** Characters of the longest text; of figures, which have four digits, 0. */
  readonly longest: number;
}

export interface Results {
  readonly space: SweepSpace;
  readonly columns: readonly Column[];
  readonly count: () => number;
  readonly add: (designs: readonly number[], values: readonly number[]) => void;
  readonly designOf: (row: number) => number;
  /** `undefined` for a design that has not been found. */
  readonly rowOf: (design: number) => number | undefined;
  readonly setFront: (designs: readonly number[]) => void;
  /** Designs that no other one beats, the best in the first objective first. */
  readonly front: () => readonly number[];
  readonly isOnFront: (row: number) => boolean;
}

export function createResults(space: SweepSpace): Results {
  const { axes, objectives } = space;
  const designs: number[] = [];
  const values: number[] = [];
  const rows = new Map<number, number>();
  let front: readonly number[] = [];
  let onFront: ReadonlySet<number> = new Set();
  const largest = objectives.map(() => 0);
  const choiceOf = (axis: number) => {
    const stride = axes.slice(axis + 1).reduce((product, { choices }) => product * choices.length, 1);
    const { length } = axes[axis]?.choices ?? [];
    return (row: number): number => Math.floor((designs[row] ?? 0) / stride) % length;
  };
  const plain = (): ColumnUnit => ({ scale: 1, name: "" });
  const number: Column = {
    id: "design", title: "design", isNumber: true, isScale: false, sense: undefined, unit: plain, longest: grouped(space.size).length,
    number: (row) => designs[row] ?? 0, text: (row) => grouped(designs[row] ?? 0),
  };
  const ofAxes = axes.map((axis, index): Column => {
    const choice = choiceOf(index);
    const { numbers, choices, path } = axis;
    return {
      id: path, title: shortPath(path, axes), isNumber: numbers !== null, isScale: numbers !== null && numbers.length > 1, sense: undefined, unit: () => axisUnit(axis),
      longest: Math.max(...choices.map(({ length }) => length)),
      number: numbers ? (row) => numbers[choice(row)] ?? 0 : choice, text: (row) => choices[choice(row)] ?? "",
    };
  });
  const ofObjectives = objectives.map(({ id, title, sense, steps }, index): Column => {
    const unit = (): ColumnUnit => unitFor(steps, largest[index] ?? 0);
    const value = (row: number): number => values[row * objectives.length + index] ?? 0;
    return { id, title, isNumber: true, isScale: true, sense, unit, longest: 0, number: value, text: (row) => figureText(value(row), unit()) };
  });
  return {
    space, columns: [number, ...ofAxes, ...ofObjectives],
    count: () => designs.length,
    add: (found, figures) => {
      for (const design of found) {
        rows.set(design, designs.length);
        designs.push(design);
      }
      for (const [place, figure] of figures.entries()) {
        values.push(figure);
        const objective = place % objectives.length;
        largest[objective] = Math.max(largest[objective] ?? 0, Math.abs(figure));
      }
    },
    designOf: (row) => designs[row] ?? 0,
    rowOf: (design) => rows.get(design),
    setFront: (found) => {
      front = found;
      onFront = new Set(found);
    },
    front: () => front,
    isOnFront: (row) => onFront.has(designs[row] ?? -1),
  };
}

/** The end of a path that no other one has: `ep` of `parallelism.ep`. */
function shortPath(path: string, axes: readonly SweepAxis[]): string {
  const parts = path.split(".");
  for (let length = 1; length < parts.length; length += 1) {
    const end = parts.slice(-length).join(".");
    if (axes.every((axis) => axis.path === path || !`.${axis.path}`.endsWith(`.${end}`))) return end;
  }
  return path;
}

/** What a scale of an axis is in; its table says values as the file does. */
const axisUnit = ({ numbers, steps }: SweepAxis): ColumnUnit => unitFor(steps, Math.max(...(numbers ?? [1]).map(Math.abs)));

/** Whether a row is among those that a reader wants to see. */
export type Filter = (row: number) => boolean;

/**
 * A filter as a reader writes it: `>= 40`, `10..20` or `64` of numbers, in the unit of the column; else a part of the text. `undefined`
 * for one that filters nothing.
 */
export function filterOf({ isNumber, number, text, unit, isScale }: Column, written: string): Filter | undefined {
  const wanted = written.trim();
  if (wanted === "") return undefined;
  const { scale } = isScale || isNumber ? unit() : { scale: 1 };
  const amount = (digits: string): number => Number(digits.replace(/[_,]/g, "")) * scale;
  const compared = isNumber ? /^(<=|>=|<|>|=)\s*([\d._,eE+-]+)$/.exec(wanted) : null;
  const between = isNumber ? /^([\d._,eE+-]+?)\s*\.\.\s*([\d._,eE+-]+)$/.exec(wanted) : null;
  if (between) {
    const [from, to] = [amount(between[1] ?? ""), amount(between[2] ?? "")];
    return (row) => number(row) >= from && number(row) <= to;
  }
  const bound = compared ? amount(compared[2] ?? "") : Number.NaN;
  switch (compared?.[1]) {
    case "<=": return (row) => number(row) <= bound;
    case ">=": return (row) => number(row) >= bound;
    case "<": return (row) => number(row) < bound;
    case ">": return (row) => number(row) > bound;
    case "=": return (row) => number(row) === bound || text(row) === wanted.slice(1).trim();
    default: {
      const part = wanted.toLowerCase();
      if (isNumber && /^[\d_,.]+$/.test(wanted)) return (row) => number(row) === amount(wanted) || text(row) === wanted;
      return (row) => text(row).toLowerCase().includes(part);
    }
  }
}

/** Rows in the order in which they are shown: those that pass all filters, sorted by a column; designs that are equal in it by their numbers. */
export function orderOf({ columns, count, designOf, isOnFront }: Results, view: { readonly sort: string | undefined; readonly isDescending: boolean; readonly filters: Readonly<Record<string, string>>; readonly onlyFront: boolean }): Uint32Array {
  const filters = columns.flatMap((column) => filterOf(column, view.filters[column.id] ?? "") ?? []);
  if (view.onlyFront) filters.push(isOnFront);
  const rows = new Uint32Array(count());
  let length = 0;
  for (let row = 0; row < rows.length; row += 1) if (filters.every((passes) => passes(row))) rows[length++] = row;
  const column = columns.find(({ id }) => id === view.sort);
  const shown = rows.subarray(0, length);
  if (!column) return shown.sort((left, right) => designOf(left) - designOf(right));
  const sign = view.isDescending ? -1 : 1;
  const keys = new Float64Array(count());
  for (const row of shown) keys[row] = column.number(row);
  return shown.sort((left, right) => sign * ((keys[left] ?? 0) - (keys[right] ?? 0)) || designOf(left) - designOf(right));
}

/** For a spreadsheet: a heading, then a row for each design; figures with all their digits in base units. */
export function tsvOf({ columns, isOnFront }: Results, rows: Uint32Array): string {
  const lines = [[...columns.map(({ id }) => id), "pareto"].join("\t")];
  for (const row of rows) lines.push([...columns.map(({ sense, id, number, text }) => (sense || id === "design" ? String(number(row)) : text(row))), String(isOnFront(row))].join("\t"));
  return `${lines.join("\n")}\n`;
}
