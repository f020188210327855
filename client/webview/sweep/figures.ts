/** How figures of a column are written: one unit for all of them, so that they can be read down. */
import type { UnitSteps } from "../../../server/src/lsp/protocol";

export interface ColumnUnit {
  readonly scale: number;
  /** Empty for plain numbers. */
  readonly name: string;
}

/** The largest unit in which the largest of some figures is at least one. */
export function unitFor(steps: UnitSteps, largest: number): ColumnUnit {
  const [scale, name] = steps.find(([each]) => largest >= each) ?? steps.at(-1) ?? [1, ""];
  return { scale, name };
}

/** Four digits; whole ones above them, in groups. */
export function figureText(value: number, { scale }: ColumnUnit): string {
  const scaled = value / scale;
  const size = Math.abs(scaled);
  if (!Number.isFinite(scaled)) return "–";
  if (scaled === 0) return "0";
  if (size < 1e-4 || size >= 1e15) return scaled.toExponential(3);
  if (Number.isInteger(scaled) || size >= 999.95) return grouped(Math.round(scaled));
  return scaled.toFixed(Math.min(20, Math.max(0, 3 - Math.floor(Math.log10(size)))));
}

export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/** Values between two ends where lines of a scale stand: steps of 1, 2 or 5, or powers of ten. */
export function ticksOf(from: number, to: number, isLog: boolean, most: number): readonly number[] {
  if (isLog) {
    const [first, last] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
    const decades = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => 10 ** (first + index));
    if (decades.length > most) return decades.filter((_, index) => index % Math.ceil(decades.length / most) === 0);
    const finer = [first - 1, ...Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power)).filter((tick) => tick >= from && tick <= to);
    return decades.length >= 3 || finer.length > most ? decades : finer.length >= 2 ? finer : ticksOf(from, to, false, most);
  }
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((each) => each >= rough) ?? 10 * power;
  const first = Math.ceil(from / step - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(to / step + 1e-9) - first + 1) }, (_, index) => (first + index) * step);
}
