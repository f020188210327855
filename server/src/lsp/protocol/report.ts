/** The figures of a file, two declarations beside each other, and designs to start from. */
import type { DeclarationName, DocumentPosition } from "./places";

export type StarterName = "model" | "plan";

export interface DeclarationFigures {
  readonly declaration: string;
  /** `model` */
  readonly kind: string;
  /** Zero-based, both inclusive. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** `value`: in four digits, with its unit. */
  readonly figures: readonly { readonly metric: string; readonly title: string; readonly value: string }[];
}

export interface CompareParams {
  readonly left: DeclarationName;
  readonly right: DeclarationName;
}

export interface ComparableDeclaration extends DeclarationName {
  /** `model` */
  readonly kind: string;
  /** The first sentence of its documentation; empty where there is none. */
  readonly summary: string;
  /** The whole declaration; zero-based. */
  readonly range: { readonly start: DocumentPosition; readonly end: DocumentPosition };
}
