import type { NumberLiteral } from "../../../../grammar/src";
import { evaluate } from "../../core";
import { dimensions, formatExact, formatGrouped, isPlain, magnitudes, sameDimension, units, type Dimension, type Unit } from "../../units";
import { code } from "../markdown";
import type { Asked } from "./asked";

/** A number in other words: `400 Gbps` = 50 GB/s, `128Ki` = 131,072, `18_432` = 18Ki; `undefined` where there is nothing to add. Markdown. */
export function describeNumber({ workspace, scope }: Asked, literal: NumberLiteral): string | undefined {
  const { suffix, unit, digits } = literal;
  const value = evaluate(literal, { workspace, file: scope, block: undefined, key: undefined, metricsOf: undefined, problems: [] });
  if (value?.kind !== "quantity") return undefined;
  const written = `${digits}${suffix ?? ""}${unit === undefined ? "" : ` ${unit}`}`;
  const others = unit === undefined ? plainForms(value.value, written) : otherUnits(value.value, value.dimension, unit);
  return others.length === 0 ? undefined : `${code(written)} ${others.join(" ")}`;
}

/** A count with all its digits, and as a multiple of 1,024 where it is one. */
function plainForms(value: number, written: string): readonly string[] {
  const grouped = formatGrouped(value);
  const isSpelt = /^[\d_]+(?:\.\d+)?$/.test(written);
  const kibi = value / magnitudes.Ki;
  const isMultiple = isSpelt && Number.isInteger(kibi) && kibi >= 2;
  return [...(isSpelt ? [] : [`= ${grouped}`]), ...(isMultiple ? [`= ${formatGrouped(kibi)}Ki`] : [])];
}

/** Other units that a reader may think in. */
const mostUnits = 2;

/** The value in base units, and in the units of its dimension in which it is neither tiny nor huge. */
function otherUnits(value: number, dimension: Dimension, written: string): readonly string[] {
  if (isPlain(dimension)) return [];
  const fitting = [...units.values()].filter((unit) => unit.name !== written && sameDimension(unit.dimension, dimension) && isReadable(value / unit.scale) && !isOdd(unit));
  const base = units.get(written)?.scale === 1 || !isCounted(dimension) || !Number.isInteger(value) ? [] : [`= ${formatExact(value, dimension)}`];
  return [...new Set([...fitting.sort((left, right) => distance(value / left.scale) - distance(value / right.scale)).slice(0, mostUnits).map((unit) => inUnit(value, unit)), ...base])];
}

const isReadable = (amount: number): boolean => Math.abs(amount) >= 1 && Math.abs(amount) < 10_000;

/** Amounts below 1,000 come first; of these, decimal units before binary ones, as the table has them. */
const distance = (amount: number): number => (Math.abs(amount) < 1000 ? 0 : 1);

/** Units that say more than their dimension, or the same in another spelling. */
const isOdd = ({ name }: Unit): boolean => name === "GPU·h" || name === "KHz";

/** Bytes are counted; of a time or a rate nobody reads the digits. */
const isCounted = (dimension: Dimension): boolean => sameDimension(dimension, dimensions.bytes) || sameDimension(dimension, dimensions.money) || sameDimension(dimension, dimensions.tokens);

function inUnit(value: number, { name, scale }: Unit): string {
  const amount = value / scale;
  const short = Number(amount.toPrecision(4));
  return `${Math.abs(short - amount) <= 1e-9 * Math.abs(amount) ? "=" : "≈"} ${formatGrouped(short)} ${name}`;
}
