/**
 * Physical dimensions as integer (or fractional, after `sqrt`) exponents over six base quantities.
 * A plain count has every exponent zero.
 */
export interface Dimension {
  readonly byte: number;
  readonly second: number;
  readonly flop: number;
  readonly joule: number;
  readonly usd: number;
  readonly token: number;
}

const bases = ["byte", "second", "flop", "joule", "usd", "token"] as const;

export const none: Dimension = { byte: 0, second: 0, flop: 0, joule: 0, usd: 0, token: 0 };

const of = (part: Partial<Dimension>): Dimension => ({ ...none, ...part });

export const dimensions = {
  none,
  bytes: of({ byte: 1 }),
  byteRate: of({ byte: 1, second: -1 }),
  time: of({ second: 1 }),
  frequency: of({ second: -1 }),
  work: of({ flop: 1 }),
  workRate: of({ flop: 1, second: -1 }),
  energy: of({ joule: 1 }),
  power: of({ joule: 1, second: -1 }),
  money: of({ usd: 1 }),
  moneyRate: of({ usd: 1, second: -1 }),
  moneyPerEnergy: of({ usd: 1, joule: -1 }),
  tokens: of({ token: 1 }),
  tokenRate: of({ token: 1, second: -1 }),
} as const satisfies Record<string, Dimension>;

const combine = (left: Dimension, right: Dimension, sign: 1 | -1): Dimension => ({
  byte: left.byte + sign * right.byte,
  second: left.second + sign * right.second,
  flop: left.flop + sign * right.flop,
  joule: left.joule + sign * right.joule,
  usd: left.usd + sign * right.usd,
  token: left.token + sign * right.token,
});

export const multiplyDimensions = (left: Dimension, right: Dimension): Dimension => combine(left, right, 1);
export const divideDimensions = (left: Dimension, right: Dimension): Dimension => combine(left, right, -1);

export const raiseDimension = (dimension: Dimension, exponent: number): Dimension => ({
  byte: dimension.byte * exponent,
  second: dimension.second * exponent,
  flop: dimension.flop * exponent,
  joule: dimension.joule * exponent,
  usd: dimension.usd * exponent,
  token: dimension.token * exponent,
});

export const sameDimension = (left: Dimension, right: Dimension): boolean =>
  bases.every((base) => left[base] === right[base]);

export const isPlain = (dimension: Dimension): boolean => sameDimension(dimension, none);

const names: readonly (readonly [Dimension, string])[] = [
  [dimensions.none, "a plain number"],
  [dimensions.bytes, "bytes"],
  [dimensions.byteRate, "bytes per second"],
  [dimensions.time, "time"],
  [dimensions.frequency, "frequency"],
  [dimensions.work, "FLOP"],
  [dimensions.workRate, "FLOP per second"],
  [dimensions.energy, "energy"],
  [dimensions.power, "power"],
  [dimensions.money, "money"],
  [dimensions.moneyRate, "money per time"],
  [dimensions.moneyPerEnergy, "money per energy"],
  [dimensions.tokens, "tokens"],
  [dimensions.tokenRate, "tokens per second"],
];

const symbols = { byte: "B", second: "s", flop: "FLOP", joule: "J", usd: "USD", token: "tokens" } as const;

/** The symbol of a dimension in base units: `B/s`, `B*s^2`; empty for a plain number. */
export function dimensionSymbol(dimension: Dimension): string {
  const term = (base: (typeof bases)[number], exponent: number) =>
    exponent === 1 ? symbols[base] : `${symbols[base]}^${exponent}`;
  const above = bases.filter((base) => dimension[base] > 0).map((base) => term(base, dimension[base]));
  const below = bases.filter((base) => dimension[base] < 0).map((base) => term(base, -dimension[base]));
  if (below.length === 0) return above.join("*");
  return `${above.join("*") || "1"}/${below.join("/")}`;
}

/** How a message names a dimension: `bytes per second`, `B*s^2`. */
export function describeDimension(dimension: Dimension): string {
  const known = names.find(([candidate]) => sameDimension(candidate, dimension));
  return known ? known[1] : dimensionSymbol(dimension);
}
