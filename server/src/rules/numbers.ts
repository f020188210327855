/** Whole numbers near others, for the values that quick fixes write. */

/** How many candidates a search tries: no design is further off, and no slip of a digit may stop the editor. */
const reach = 100_000;

type Test = (candidate: number) => boolean;
const always: Test = () => true;

function search(from: number, step: number, last: number, test: Test): number | undefined {
  for (let candidate = from, tries = 0; tries < reach && (step > 0 ? candidate <= last : candidate >= last); candidate += step, tries += 1) {
    if (test(candidate)) return candidate;
  }
  return undefined;
}

/** The divisors of `whole` next to `near` that pass a test, the lower one first; `near` itself and 1 are left out. */
export function nearestDivisors(whole: number, near: number, test: Test = always): readonly number[] {
  const divides = (candidate: number) => whole % candidate === 0 && test(candidate);
  return present(search(Math.min(near - 1, whole), -1, 2, divides), search(near + 1, 1, whole, divides));
}

/** The multiples of `unit` next to `near` that pass a test, the lower one first; `near` itself and 0 are left out. */
export function nearestMultiples(unit: number, near: number, test: Test = always): readonly number[] {
  const below = (Math.ceil(near / unit) - 1) * unit;
  const above = (Math.floor(near / unit) + 1) * unit;
  return present(search(below, -unit, unit, test), search(above, unit, Number.MAX_SAFE_INTEGER, test));
}

/** The largest divisor of `whole` from `most` down to `least` that passes a test. */
export const largestDivisor = (whole: number, most: number, least: number, test: Test = always): number | undefined =>
  search(most, -1, least, (candidate) => whole % candidate === 0 && test(candidate));

export const isPowerOfTwo = (value: number): boolean => Number.isInteger(value) && value >= 1 && Number.isInteger(Math.log2(value));

/** True for powers of primes, the orders of finite fields. */
export function isPrimePower(value: number): boolean {
  if (!Number.isInteger(value) || value < 2) return false;
  let prime = 2;
  while (prime * prime <= value && value % prime !== 0) prime += 1;
  if (value % prime !== 0) return true;
  let rest = value;
  while (rest % prime === 0) rest /= prime;
  return rest === 1;
}

const present = (...values: readonly (number | undefined)[]): readonly number[] => values.filter((value) => value !== undefined);
