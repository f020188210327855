/** How a value of the language is written for reading, without Markdown. */

import type { PropertyType, Value } from "../core";
import { formatBrief, formatGrouped, isPlain, type Dimension } from "../units";

/** `quantity` writes the numbers in it. */
export function valueText(value: Value, quantity: (value: number, dimension: Dimension) => string): string {
  switch (value.kind) {
    case "quantity": return quantity(value.value, value.dimension);
    case "boolean": return String(value.value);
    case "word": return value.word;
    case "text": return JSON.stringify(value.value);
    case "range": return `${value.from}..${value.to}${value.step === 1 ? "" : ` step ${value.step}`}`;
    case "list": return `[${value.items.map((item) => valueText(item, quantity)).join(", ")}]`;
    case "declaration": return value.declaration.name;
    case "block": return value.block.keyword;
  }
}

/** Counts with every digit, other numbers in a few: `129,280`, `3.35 TB/s`, `84.94 GB`, `85 %`. */
export function briefValueText(value: Value, type: PropertyType | undefined): string {
  if (type?.kind === "fraction" && value.kind === "quantity") return `${formatGrouped(value.value * 100)} %`;
  return valueText(value, (number, dimension) => (isPlain(dimension) ? formatGrouped(number) : formatBrief(number, dimension)));
}
