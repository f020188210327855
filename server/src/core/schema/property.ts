import * as z from "zod";
import type { DeclarationKeyword } from "../../../../grammar/src";
import { dimensions, formatGrouped, type Dimension } from "../../units";

/** What kind of value a property takes, as the checker, completion, hover and the reference see it. */
export type PropertyType =
  | { readonly kind: "number" }
  /** A number of tokens: a plain count or a quantity in tokens. */
  | { readonly kind: "token-count" }
  /** 0 to 1, written as a plain number or in per cent. */
  | { readonly kind: "fraction" }
  | { readonly kind: "quantity"; readonly dimension: Dimension; readonly example: string }
  | { readonly kind: "boolean" }
  /** One of some words; `true` and `false` among them stand for the booleans. */
  | { readonly kind: "word"; readonly words: readonly string[] }
  /** A whole number or the word `auto`. */
  | { readonly kind: "number-or-auto" }
  | { readonly kind: "numbers" }
  | { readonly kind: "layers" }
  | { readonly kind: "reference"; readonly to: DeclarationKeyword };

export interface PropertyDefault {
  /** An expression of the language, evaluated in the block: `hidden_size / heads`, `bf16`, `true`. */
  readonly expression: string;
  /** Takes the first of these keys that the author wrote, before `expression`. */
  readonly firstWritten?: readonly string[];
  /** Why this value: a convention, a paper. */
  readonly source: string;
}

export interface PropertyMeta {
  readonly type: PropertyType;
  /** Markdown, one or two sentences: what it is, with its unit. */
  readonly documentation: string;
  /** The name of this field in Hugging Face configs, where it differs. */
  readonly alsoKnownAs?: string;
  readonly default?: PropertyDefault;
  /** Where K is easily written for Ki: a `width` is a multiple of a power of two, a `length` mostly a power of two. */
  readonly binary?: "width" | "length";
}

const metas = z.registry<PropertyMeta>();

export const metaOf = (schema: z.ZodType): PropertyMeta | undefined => metas.get(schema);

interface Extra {
  readonly alsoKnownAs?: string;
  readonly default?: PropertyDefault;
  readonly binary?: "width" | "length";
}

function described<Schema extends z.ZodType>(schema: Schema, type: PropertyType, documentation: string, extra: Extra = {}): Schema {
  metas.add(schema, { type, documentation, ...extra });
  return schema;
}

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .number()
    .refine((value) => Number.isInteger(value), { error: "must be a whole number", abort: true })
    .min(least, { error: least === 1 ? "must be at least 1" : `must not be below ${least}`, abort: true })
    .max(most, { error: `must not be above ${formatGrouped(most)}` });

/** A whole number from 1 up, or from `least`. */
export const count = (documentation: string, extra: Extra & { least?: number; most?: number } = {}) =>
  described(whole(extra.least ?? 1, extra.most), { kind: "number" }, documentation, extra);

/** A whole number of tokens. */
export const tokenCount = (documentation: string, extra: Extra = {}) =>
  described(whole(1), { kind: "token-count" }, documentation, extra);

/** Any number above zero. */
export const positive = (documentation: string, extra: Extra = {}) =>
  described(z.number().positive({ error: "must be above zero" }), { kind: "number" }, documentation, extra);

/** A number of at least `least`. */
export const atLeast = (least: number, documentation: string, extra: Extra = {}) =>
  described(z.number().min(least, { error: `must be at least ${least}` }), { kind: "number" }, documentation, extra);

/** A share, 0 to 1. */
export const fraction = (documentation: string, extra: Extra = {}) =>
  described(
    z.number().min(0, { error: "must not be below 0 %" }).max(1, { error: "must not be above 100 %" }),
    { kind: "fraction" }, documentation, extra,
  );

/** A share above zero, to 1: nothing that runs has an efficiency of 0. */
export const efficiency = (documentation: string, extra: Extra = {}) =>
  described(
    z.number().positive({ error: "must be above 0 %" }).max(1, { error: "must not be above 100 %" }),
    { kind: "fraction" }, documentation, extra,
  );

/** A quantity above zero in base units of its dimension; `example` is shown where the unit is missing. */
export const quantity = (dimension: Dimension, example: string, documentation: string, extra: Extra = {}) =>
  described(z.number().positive({ error: "must be above zero" }), { kind: "quantity", dimension, example }, documentation, extra);

/** A quantity that may be zero, such as a price or a latency. */
export const quantityOrZero = (dimension: Dimension, example: string, documentation: string, extra: Extra = {}) =>
  described(z.number().min(0, { error: "must not be negative" }), { kind: "quantity", dimension, example }, documentation, extra);

export const flag = (documentation: string, extra: Extra = {}) =>
  described(z.boolean(), { kind: "boolean" }, documentation, extra);

export const word = <const Words extends readonly [string, ...string[]]>(words: Words, documentation: string, extra: Extra = {}) =>
  described(z.enum(words), { kind: "word", words }, documentation, extra);

export const countOrAuto = (documentation: string, extra: Extra = {}) =>
  described(z.union([whole(1), z.literal("auto")], { error: "must be a whole number of at least 1, or `auto`" }), { kind: "number-or-auto" }, documentation, extra);

export const counts = (documentation: string, extra: Extra = {}) =>
  described(z.array(whole(1)).min(1, { error: "must name at least one number" }), { kind: "numbers" }, documentation, extra);

/** A set of layers as written: numbers and ranges, both ends included. */
export interface LayerRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export const layerSet = (documentation: string, extra: Extra = {}) =>
  described(z.custom<readonly LayerRange[]>((value) => Array.isArray(value)), { kind: "layers" }, documentation, extra);

export const reference = (to: DeclarationKeyword, documentation: string, extra: Extra = {}) =>
  described(z.string(), { kind: "reference", to }, documentation, extra);

/** May be left out; keeps the description. */
export function optional<Schema extends z.ZodType>(schema: Schema): z.ZodOptional<Schema> {
  const wrapped = schema.optional();
  const meta = metas.get(schema);
  if (meta) metas.add(wrapped, meta);
  return wrapped;
}

/** The dimension of the numbers that a type takes; plain for all but quantities and tokens. */
export function dimensionOf(type: PropertyType): Dimension {
  if (type.kind === "quantity") return type.dimension;
  return type.kind === "token-count" ? dimensions.tokens : dimensions.none;
}

/** How a message and the reference name a type: `a number`, `bytes, such as \`80 GB\``. */
export function describeType(type: PropertyType): string {
  switch (type.kind) {
    case "number": return "a number";
    case "token-count": return "a number of tokens";
    case "fraction": return "a share, such as `85%`";
    case "quantity": return `a quantity, such as \`${type.example}\``;
    case "boolean": return "`true` or `false`";
    case "word": return `one of ${type.words.slice(0, 6).map((entry) => `\`${entry}\``).join(", ")}${type.words.length > 6 ? ", …" : ""}`;
    case "number-or-auto": return "a number or `auto`";
    case "numbers": return "a list of numbers, such as `[8, 16]`";
    case "layers": return "a set of layers, such as `0..2` or `[0, 3..60]`";
    case "reference": return `the name of a \`${type.to}\``;
  }
}
