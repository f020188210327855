import * as z from "zod";
import type { DeclarationKeyword } from "../../../../grammar/src";
import { metaOf, type PropertyMeta } from "./property";

/** One key of a block: where it is declared once, with everything that is known of it. */
export interface PropertySpec extends PropertyMeta {
  readonly key: string;
  readonly schema: z.ZodType;
  readonly required: boolean;
}

/** A block and what may stand in it: declared once, for checking, completion, hover and the reference. */
export interface BlockSchema<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** `model`, `attention`. */
  readonly keyword: string;
  /** `mla`; `undefined` for a block without kinds. */
  readonly variant: string | undefined;
  readonly documentation: string;
  /** The whole block at once; its output type is that of the record. */
  readonly record: z.ZodObject<Shape>;
  readonly properties: ReadonlyMap<string, PropertySpec>;
  readonly children: readonly ChildSchema[];
  /** Any key and any block may stand here: its meaning comes in a later version. */
  readonly open: boolean;
  /** Keys that are required only where another key has a certain word. */
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly key: string;
  readonly is: string;
  readonly needs: readonly string[];
}

/** One nested block by its keyword; with `variants` where a kind is written after it. */
export interface ChildSchema {
  readonly keyword: string;
  readonly documentation: string;
  readonly variants: readonly BlockSchema[];
  /** False: the block has no kinds and `variants` holds exactly one schema. */
  readonly hasKinds: boolean;
  /** True where several may stand side by side, told apart by their layers. */
  readonly many: boolean;
  readonly required: boolean;
}

interface BlockOptions {
  readonly variant?: string;
  readonly children?: readonly ChildSchema[];
  readonly open?: boolean;
  readonly conditions?: readonly Condition[];
}

export function defineBlock<Shape extends z.ZodRawShape>(
  keyword: string, documentation: string, shape: Shape, options: BlockOptions = {},
): BlockSchema<Shape> {
  const record = z.object(shape);
  const properties = new Map<string, PropertySpec>();
  for (const [key, schema] of Object.entries(shape)) {
    const type = schema as z.ZodType;
    const meta = metaOf(type);
    if (!meta) throw new Error(`${keyword}.${key} has no description`);
    properties.set(key, { key, schema: type, required: !(type instanceof z.ZodOptional) && meta.default === undefined, ...meta });
  }
  return {
    keyword, variant: options.variant, documentation, record, properties,
    children: options.children ?? [], open: options.open ?? false, conditions: options.conditions ?? [],
  };
}

export function child(
  schema: BlockSchema, options: { readonly required?: boolean } = {},
): ChildSchema {
  return { keyword: schema.keyword, documentation: schema.documentation, variants: [schema], hasKinds: false, many: false, required: options.required ?? false };
}

export function childKinds(
  keyword: string, documentation: string, variants: readonly BlockSchema[],
  options: { readonly many?: boolean; readonly required?: boolean } = {},
): ChildSchema {
  return { keyword, documentation, variants, hasKinds: true, many: options.many ?? false, required: options.required ?? false };
}

/** A top-level declaration: its block and where statements may stand. */
export interface DeclarationSchema {
  readonly keyword: DeclarationKeyword;
  readonly block: BlockSchema;
  readonly canExtend: boolean;
  readonly hasAssertions: boolean;
  /** Its metrics are computed by this version. */
  readonly computed: boolean;
  /** It has metrics at all. */
  readonly hasMetrics: boolean;
}

/** How a message names a block: `attention mla`, `model`. */
export const blockTitle = (schema: BlockSchema): string =>
  schema.variant === undefined ? schema.keyword : `${schema.keyword} ${schema.variant}`;
