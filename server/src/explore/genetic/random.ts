/** Random numbers that follow from a seed, the same on every machine: xoshiro128** (Blackman and Vigna, ACM TOMS 47, 2021). */

export interface Random {
  /** From 0 to below 1, in steps of 2^-32. */
  readonly unit: () => number;
  /** A whole number from 0 to below `count`, for counts up to 2^53. */
  readonly below: (count: number) => number;
}

export type RandomState = readonly [number, number, number, number];

const rotated = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** The words of xoshiro128**, each from 0 to below 2^32; a state of zeros alone would stay one. */
export function words(state: RandomState): () => number {
  let [a, b, c, d] = state;
  return () => {
    const word = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return word;
  };
}

/** A state for a seed, by SplitMix32, as the authors of xoshiro advise: seeds that differ in one bit give unlike sequences. */
function stateOf(seed: number): RandomState {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
  const low = [next(), next()] as const;
  state ^= Math.floor(seed / 2 ** 32);
  return [...low, next(), next()];
}

/** `seed`: a whole number of at least 0. */
export function randomOf(seed: number): Random {
  const next = words(stateOf(seed));
  return {
    unit: () => next() / 2 ** 32,
    below: (count) => Math.floor(((next() * 2 ** 21 + (next() >>> 11)) / 2 ** 53) * count),
  };
}
