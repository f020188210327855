import type { DeclarationKeyword } from "../../../grammar/src";
import { describeDimension, dimensions, formatQuantity, isPlain, type Dimension } from "../units";
import type { BoundBlock, BoundDeclaration } from "./bound";

/** What an expression can be. Quantities are in base units (B, s, FLOP, J, USD, tokens). */
export type Value =
  | { readonly kind: "quantity"; readonly value: number; readonly dimension: Dimension }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "text"; readonly value: string }
  /** `auto`, `bf16`, `dualpipe`. */
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "range"; readonly from: number; readonly to: number; readonly step: number }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  | { readonly kind: "declaration"; readonly declaration: BoundDeclaration }
  | { readonly kind: "block"; readonly block: BoundBlock };

export const plainNumber = (value: number): Value => ({ kind: "quantity", value, dimension: dimensions.none });

/** How a message names a value that it did not expect. */
export function describeValue(value: Value): string {
  switch (value.kind) {
    case "quantity":
      return isPlain(value.dimension)
        ? `the number ${formatQuantity(value.value, value.dimension)}`
        : `${formatQuantity(value.value, value.dimension)} (${describeDimension(value.dimension)})`;
    case "boolean": return `\`${value.value}\``;
    case "text": return "a text";
    case "word": return `\`${value.word}\``;
    case "range": return `the range ${value.from}..${value.to}`;
    case "list": return "a list";
    case "declaration": return `the ${value.declaration.keyword} \`${value.declaration.name}\``;
    case "block": return `the block \`${value.block.keyword}\``;
  }
}

/** `a model`, `an operator`; hardware cannot be counted: `a cluster (hardware)`. */
export const withArticle = (keyword: DeclarationKeyword | string): string => {
  if (keyword === "hardware") return "a cluster (`hardware`)";
  return `${/^[aeio]/.test(keyword) ? "an" : "a"} ${keyword}`;
};
