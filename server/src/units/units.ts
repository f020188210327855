import { dimensions, type Dimension } from "./dimension";

/** One unit: a value in it times `scale` is the value in base units (B, s, FLOP, J, USD, tokens). */
export interface Unit {
  readonly name: string;
  readonly dimension: Dimension;
  readonly scale: number;
}

const decimal = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18, Z: 1e21, Y: 1e24 } as const;
const binary = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 } as const;

const entries: Unit[] = [];
const add = (name: string, dimension: Dimension, scale: number) => void entries.push({ name, dimension, scale });

for (const [prefix, scale] of Object.entries(decimal)) {
  if (scale <= 1e15) {
    add(`${prefix}B`, dimensions.bytes, scale);
    add(`${prefix}B/s`, dimensions.byteRate, scale);
  }
  if (scale <= 1e12) add(`${prefix}bps`, dimensions.byteRate, scale / 8);
  add(`${prefix}FLOP`, dimensions.work, scale);
  if (scale <= 1e18) add(`${prefix}FLOPS`, dimensions.workRate, scale);
}
for (const [prefix, scale] of Object.entries(binary)) {
  add(`${prefix}B`, dimensions.bytes, scale);
  add(`${prefix}B/s`, dimensions.byteRate, scale);
}
for (const [name, scale] of [["ns", 1e-9], ["us", 1e-6], ["ms", 1e-3], ["s", 1], ["min", 60], ["h", 3600], ["d", 86_400]] as const) {
  add(name, dimensions.time, scale);
}
for (const [name, scale] of [["W", 1], ["kW", 1e3], ["MW", 1e6], ["GW", 1e9]] as const) {
  add(name, dimensions.power, scale);
  add(`${name}h`, dimensions.energy, scale * 3600);
}
for (const [name, scale] of [["J", 1], ["kJ", 1e3], ["MJ", 1e6], ["GJ", 1e9]] as const) add(name, dimensions.energy, scale);
for (const [name, scale] of [["USD", 1], ["kUSD", 1e3], ["MUSD", 1e6], ["BUSD", 1e9]] as const) {
  add(name, dimensions.money, scale);
  if (scale < 1e9) add(`${name}/h`, dimensions.moneyRate, scale / 3600);
}
add("USD/kWh", dimensions.moneyPerEnergy, 1 / 3.6e6);
for (const [name, scale] of [["Hz", 1], ["kHz", 1e3], ["KHz", 1e3], ["MHz", 1e6], ["GHz", 1e9]] as const) {
  add(name, dimensions.frequency, scale);
}
add("tokens", dimensions.tokens, 1);
add("tokens/s", dimensions.tokenRate, 1);
add("GPU·h", dimensions.time, 3600);

/** Every unit by its spelling, `GB/s`, `USD/h` and so on. */
export const units: ReadonlyMap<string, Unit> = new Map(entries.map((unit) => [unit.name, unit]));

/** What a touching magnitude suffix multiplies by: `128K` is 128,000, `128Ki` is 131,072, `85%` is 0.85. */
export const magnitudes = {
  K: 1e3, M: 1e6, B: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, "%": 0.01,
} as const;
