import { sameDimension, units } from "../units";
import type { PropertyType } from "./schema";
import { nearest } from "./suggest";

/** The type of a property that takes a unit. */
type UnitType = Extract<PropertyType, { kind: "quantity" }>;

const bits = (prefix: string): readonly string[] => [`${prefix}bps`, `${prefix}B`];
const bytes = (prefix: string): readonly string[] => [`${prefix}B`, `${prefix}B/s`, `${prefix}bps`];

/** Spellings of other tools and languages, with what they may stand for, the likeliest first. */
const synonyms: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...["K", "M", "G", "T"].flatMap((prefix): readonly (readonly [string, readonly string[]])[] => [
    [`${prefix}b`, bits(prefix)], [`${prefix}b/s`, bits(prefix)], [`${prefix}bit/s`, bits(prefix)], [`${prefix}bit`, bits(prefix)],
    [`${prefix}Bps`, [`${prefix}B/s`]], [`${prefix.toLowerCase()}b`, bytes(prefix)], [`${prefix.toLowerCase()}bps`, [`${prefix}bps`]],
    [`${prefix.toLowerCase()}b/s`, [`${prefix}B/s`, `${prefix}bps`]],
  ]),
  ...["G", "T", "P"].map((prefix): readonly [string, readonly string[]] => [`${prefix}FLOP/s`, [`${prefix}FLOPS`]]),
  ...["G", "T", "P"].map((prefix): readonly [string, readonly string[]] => [`${prefix}FLOPs`, [`${prefix}FLOPS`, `${prefix}FLOP`]]),
  ...Object.entries({
    sec: "s", secs: "s", second: "s", seconds: "s", msec: "ms", usec: "us", nsec: "ns", "µs": "us", "μs": "us", minute: "min", minutes: "min", mins: "min",
    hour: "h", hours: "h", hr: "h", hrs: "h", day: "d", days: "d", "$": "USD", usd: "USD", dollars: "USD", "USD/hour": "USD/h", "$/h": "USD/h", "$/hr": "USD/h", "$/hour": "USD/h", "usd/h": "USD/h", "USD/hr": "USD/h",
    token: "tokens", "token/s": "tokens/s", "tok/s": "tokens/s", byte: "B", bytes: "B", watt: "W", watts: "W",
  }).map(([spelling, unit]): readonly [string, readonly string[]] => [spelling, [unit]]),
]);

/** The unit that an unknown word was probably meant for, among those of the wanted type first. */
export function suggestUnit(word: string, type: UnitType | undefined): string | undefined {
  const known = synonyms.get(word) ?? [];
  if (!type) return known[0] ?? nearest(word, units.keys());
  const wanted = [...units.values()].filter((unit) => sameDimension(unit.dimension, type.dimension)).map((unit) => unit.name);
  return known.find((unit) => wanted.includes(unit)) ?? withPrefix(word, type) ?? nearest(word, wanted) ?? known[0] ?? nearest(word, units.keys());
}

/** The usual unit of a type with another prefix: `GB` for `G` or `B` where the example is `80 GB`, `Gbps` for a rate. */
export function withPrefix(prefix: string, type: UnitType): string | undefined {
  const usual = type.example.split(" ")[1] ?? "";
  const letter = prefix === "B" ? "G" : prefix.charAt(0).toUpperCase() + prefix.slice(1);
  const candidate = `${letter}${usual.replace(/^[KMGTP](?=[A-Zb])/, "")}`;
  const unit = units.get(candidate);
  return prefix.length <= 2 && unit && sameDimension(unit.dimension, type.dimension) ? candidate : undefined;
}

const magnitudeSpellings: ReadonlyMap<string, string> = new Map([["k", "K"], ["m", "M"], ["b", "B"], ["t", "T"], ["ki", "Ki"], ["mi", "Mi"], ["gi", "Gi"], ["ti", "Ti"]]);

/** The magnitude that a word stands for where a plain number is wanted: `K` for ` K` and `k`. */
export const suggestMagnitude = (word: string): string | undefined => magnitudeSpellings.get(word.toLowerCase());
