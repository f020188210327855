import type { BoundDeclaration, BoundProperty, Workspace } from "../../core";
import type { Figure } from "../../cost/metric";
import type { MetricFigure } from "../figures";

/** Two declarations of one kind beside each other. Plain data: every output says it in its own words. */
export interface Comparison {
  readonly left: BoundDeclaration;
  readonly right: BoundDeclaration;
  /** The facts that differ, in the order of the language; those of a declaration that a key names stand behind that key. */
  readonly facts: readonly ComparedFact[];
  /** How many facts of both are the same. */
  readonly equalFacts: number;
  /** Every metric of the kind, in the registry's order; none for kinds that have none. */
  readonly figures: readonly ComparedFigure[];
}

export interface ComparedFact {
  /** The keys that lead from the declaration compared to the one it stands in: `hardware`, `gpu`. */
  readonly owner: readonly string[];
  /** In that declaration: `layers`, `attention mla.kv_lora_rank`, `network` for the kind of a block. */
  readonly path: string;
  /** `undefined`: that side has none. */
  readonly left: FactValue | undefined;
  readonly right: FactValue | undefined;
  /** The name of a declaration is the same on both sides; facts in it, which follow, are not. */
  readonly isEqual: boolean;
}

export interface FactValue {
  /** For reading: `129,280`, `3.35 TB/s`, `3..60`; with every digit where fewer would not tell the sides apart. */
  readonly text: string;
  /** In `unit`; layers as the language writes them; `null` where what is written has no valid value. */
  readonly value: number | string | boolean | readonly number[] | null;
  /** A base unit, or `USD/h`; "" for counts and fractions, `null` for words, names and layers. */
  readonly unit: string | null;
  readonly origin: "written" | "inherited" | "default";
  /** Where it is written; `undefined` for defaults and kinds of blocks. */
  readonly property: BoundProperty | undefined;
}

/** A metric of two declarations of one kind, or of one before and after an edit. */
export interface ComparedFigure extends Omit<MetricFigure, "figure"> {
  readonly left: Figure;
  readonly right: Figure;
  /** The same value and the same physical bound; two that cannot be computed count as the same. */
  readonly isEqual: boolean;
}

/** What each side is seen in: two, where one of them is an edit of the other. */
export interface Workspaces {
  readonly left: Workspace;
  readonly right: Workspace;
}
