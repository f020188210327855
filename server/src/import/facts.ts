/**
 * What an importer found out, in the language's own names: between a config of any family and the text of a `.dsco` model.
 * A key stands here only where the config (or its family) says it; the language's defaults fill in the rest.
 */

export type FactValue = number | boolean | string;

/** A value, and what a reader of the model should know of it. */
export interface Fact {
  readonly value: FactValue;
  readonly note: string;
}

export interface BlockFacts {
  readonly kind?: string;
  readonly values: Readonly<Record<string, FactValue | Fact | undefined>>;
  readonly children?: Readonly<Record<string, BlockFacts | undefined>>;
}

export interface ModelFacts {
  /** How the family calls itself: `DeepSeek-V3`. */
  readonly family: string;
  readonly head: BlockFacts;
  /** The token mixer of each layer; `undefined`: none there. */
  readonly attention: readonly (BlockFacts | undefined)[];
  readonly ffn: readonly (BlockFacts | undefined)[];
  readonly mtp: BlockFacts | undefined;
  readonly precision: BlockFacts | undefined;
}

export const noted = (value: FactValue, note: string): Fact => ({ value, note });

export const valueOf = (fact: FactValue | Fact): FactValue => (typeof fact === "object" ? fact.value : fact);

export const noteOf = (fact: FactValue | Fact): string => (typeof fact === "object" ? fact.note : "");

/** What may be wrong with the figures, or what stands in their way. */
export interface Remark {
  readonly severity: "error" | "doubt";
  /** A sentence without its full stop. */
  readonly message: string;
  /** The field it is about, from the top of the config; empty: the config as a whole. */
  readonly path: readonly PropertyKey[];
}
