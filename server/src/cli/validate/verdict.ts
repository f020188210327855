/** How close an estimate comes to a published figure, in words and in numbers. Pure. */

export interface Verdict {
  /** Estimate over published. */
  readonly ratio: number;
  /** Distance of the ratio from 1. */
  readonly error: number;
  /** The estimate rounds to the published figure, in every digit that is printed. */
  readonly exact: boolean;
  /** `exact`, `within 3 %`, `within 10 %`, `within 25 %`, `off by 40 %`. */
  readonly words: string;
}

/** Relative differences up to which a verdict names a bound. */
const bounds = [0.03, 0.1, 0.25] as const;

/** As equal as sums of doubles can be. */
const rounding = 1e-12;

/**
 * `published` is above zero; `lastDigit` is what one unit in the last printed digit of it is worth, 0 where that is not known: then
 * only an equal estimate is exact.
 */
export function judge(estimate: number, published: number, lastDigit: number): Verdict {
  const ratio = estimate / published;
  const error = Math.abs(ratio - 1);
  const exact = Math.abs(estimate - published) <= lastDigit / 2 + rounding * published;
  return { ratio, error, exact, words: wordsOf(error, exact) };
}

function wordsOf(error: number, exact: boolean): string {
  if (exact) return "exact";
  const bound = bounds.find((candidate) => error <= candidate + rounding);
  return bound === undefined ? `off by ${percent(error)}` : `within ${percent(bound)}`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
