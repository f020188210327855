/** How a value of the language is written for reading, without Markdown. */

import type { PropertyType, PropertyValue, Value } from "../core";
import { formatBrief, formatGrouped, formatShortest, isPlain, isShownUnit, type Dimension } from "../units";

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

const mostDigits = 7;

/**
 * A number as its author wrote it: `1.6 TB/s`, `14.8T`, `18,432`; what figures are not shown in with what it comes to: `400 Gbps (50 GB/s)`,
 * `4Ki (4,096)`. `undefined` for a value that is computed, no number, or written in so many digits that nobody reads them: `84_943_110_144 B`.
 */
export function writtenNumber({ property, value }: Pick<PropertyValue, "property" | "value">): string | undefined {
  const node = property?.node.value;
  if (node?.kind !== "number" || value?.kind !== "quantity") return undefined;
  const { suffix, unit } = node;
  const isPlainNumber = isPlain(value.dimension);
  if (!isPlainNumber && node.digits.replace(/\D/g, "").length > mostDigits) return undefined;
  if (suffix === undefined && unit === undefined && isPlainNumber) return formatGrouped(value.value);
  const text = `${node.digits.replace(/_/g, ",")}${suffix ?? ""}${unit === undefined ? "" : ` ${unit}`}`;
  if (suffix?.endsWith("i") !== true && (unit === undefined || isShownUnit(unit))) return text;
  return `${text} (${isPlainNumber ? formatGrouped(value.value) : formatShortest(value.value, value.dimension)})`;
}
