/** Where a figure comes from. */
import type { PanelPlace } from "./places";

export interface ExplainParams {
  readonly uri: string;
  /** `DeepSeekV3` */
  readonly declaration: string;
  /** `kv_bytes_per_token` */
  readonly metric: string;
}

/** A figure, stated at lengths (in tokens) that are not those of the settings where they are given. */
export interface StatedFigure extends ExplainParams {
  readonly sequenceLength?: number;
  readonly contextLength?: number;
}

export interface ExplainedFigure {
  readonly title: string;
  /** `19.93 s, ideal 12.40 s`; `not computed: …`. */
  readonly value: string;
  /** Markdown. */
  readonly documentation: string;
  /** Its clauses. */
  readonly formula: readonly string[];
  readonly convention: string;
  readonly source: string;
  /** Empty where there is nothing to say. */
  readonly confidence: string;
  readonly place: PanelPlace;
  /** Those that the formula names: of this declaration, or of one that it binds. */
  readonly metrics: readonly { readonly figure: StatedFigure; readonly title: string; readonly value: string }[];
  readonly parts: readonly ExplainedPart[];
  /** What enters, and no metric that the formula names. */
  readonly facts: readonly ExplainedFact[];
}

export interface ExplainedPart {
  readonly label: string;
  readonly value: string;
  /** Of the figure; empty where that says nothing. */
  readonly share: string;
  /** With the numbers filled in; may be empty. */
  readonly how: string;
  readonly parts: readonly ExplainedPart[];
}

export interface ExplainedFact {
  /** `parallelism.pp` */
  readonly path: string;
  readonly value: string;
  /** `layouts.dsco:35`, `default 1`. */
  readonly origin: string;
  /** Of a default. */
  readonly source: string;
  /** Markdown. */
  readonly documentation: string;
  /** Where it is written; left out for a default. */
  readonly to?: PanelPlace;
  /** What its expression took values from. */
  readonly facts: readonly ExplainedFact[];
}
