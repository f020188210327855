/** Whole numbers near others, for the values that quick fixes write. */

/** How far a search for a neighbour goes: no design is further off, and no slip of a digit may stop the editor. */
const reach = 100_000;

function search(from: number, step: 1 | -1, last: number, test: (candidate: number) => boolean): number | undefined {
  for (let candidate = from, steps = 0; steps < reach && (step > 0 ? candidate <= last : candidate >= last); candidate += step, steps += 1) {
    if (test(candidate)) return candidate;
  }
  return undefined;
}

/** The divisors of `whole` next to `near`, the lower one first; `near` itself and 1 are left out. */
export function nearestDivisors(whole: number, near: number): readonly number[] {
  const divides = (candidate: number) => whole % candidate === 0;
  return present(search(near - 1, -1, 2, divides), search(near + 1, 1, whole, divides));
}

/** The multiples of `unit` next to `near`, the lower one first; `near` itself and 0 are left out. */
export function nearestMultiples(unit: number, near: number): readonly number[] {
  const below = (Math.ceil(near / unit) - 1) * unit;
  const above = (Math.floor(near / unit) + 1) * unit;
  return present(below > 0 ? below : undefined, Number.isSafeInteger(above) ? above : undefined);
}

/** The largest divisor of `whole` from `most` down to `least` that passes a test. */
export const largestDivisor = (whole: number, most: number, least: number, test: (candidate: number) => boolean): number | undefined =>
  search(most, -1, least, (candidate) => whole % candidate === 0 && test(candidate));

export const isPowerOfTwo = (value: number): boolean => Number.isInteger(value) && value >= 1 && Number.isInteger(Math.log2(value));

const present = (...values: readonly (number | undefined)[]): readonly number[] => values.filter((value) => value !== undefined);

/** A number as a file has it: `4096`, `129_280`. */
export const numberText = (value: number): string =>
  value < 10_000 ? String(value) : String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "_");
