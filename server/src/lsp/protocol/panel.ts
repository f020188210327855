/** What the report panel shows. */
import type { DeclarationName, PanelPlace } from "./places";

export interface PanelParams {
  readonly uri: string;
  /** The declaration that is wanted: of the document, or imported. */
  readonly declaration?: string;
  /** Where none is named: that of this line, or the first plan that rests on it. Zero-based. */
  readonly line?: number;
  /** Of the room for a picture, in CSS pixels. */
  readonly width?: number;
  /** Pictures that the asker has, by their hashes: of these the answer names the hash alone. */
  readonly known?: readonly string[];
}

export type PanelAnswer =
  | { readonly kind: "report"; readonly version: number; readonly report: ShortReport }
  /**
   * The text is in error, and what is read first of the declaration is not computed now: what was shown of it before says more than
   * `rest`, which can be said all the same. `reason`: a clause.
   */
  | { readonly kind: "broken"; readonly version: number; readonly declaration: string; readonly reason: string; readonly rest?: ShortReport }
  /** No such declaration, or none that a report could be of. */
  | { readonly kind: "none"; readonly version: number };

/** With all pictures, or, of those that the other side has, with their hashes. */
export interface PanelReport<Drawn = PanelPicture> extends DeclarationName, PanelPlace {
  /** `plan` */
  readonly kind: string;
  /** The first sentence of its documentation; empty where there is none. */
  readonly summary: string;
  /** What it comes to, in a line. */
  readonly headline: string;
  /** Whether its memory fits; left out where that is no question or not known. */
  readonly fits?: boolean;
  /** The declarations that it binds, in the order of its kind. */
  readonly parts: readonly PanelPart[];
  /** Those first that a reader looks for first. */
  readonly figures: readonly PanelFigure[];
  readonly checks: readonly PanelCheck[];
  readonly pictures: readonly Drawn[];
  /** Pictures that such a declaration has and this one cannot have: `reason` completes "not drawn: …". */
  readonly missing: readonly { readonly title: string; readonly reason: string }[];
}

/** `hardware`: `H800Cluster`. */
export interface PanelPart extends PanelPlace {
  readonly key: string;
  readonly declaration: string;
}

export interface PanelFigure {
  readonly metric: string;
  readonly title: string;
  /** In four digits, with its unit; `51.20 GB of 84.94 GB` for a memory. */
  readonly value: string;
  /** The physical bound of a time; empty for others. */
  readonly ideal: string;
  /** A part of the figure before it. */
  readonly isPart: boolean;
}

/** A `require` or `measured` of the declaration, as it is written, beside what is computed. */
export interface PanelCheck extends PanelPlace {
  readonly text: string;
  /** `61.20 GB`; of a measurement with how far off: `19.93 s, +1.5 %`. */
  readonly computed: string;
  /** Of a requirement. */
  readonly holds?: boolean;
  /** Of a measurement; empty for others. */
  readonly source: string;
}

export type ShortReport = PanelReport<PanelPicture | SamePicture>;

/** A picture that the other side has. */
export interface SamePicture {
  /** Of all that a picture says. */
  readonly hash: string;
}

export interface PanelPicture extends SamePicture {
  /** `memory` */
  readonly id: string;
  readonly title: string;
  /** What it shows in a sentence or two. */
  readonly summary: string;
  /** One `<svg>` element. Its marks name what they stand for (`data-mark`, `data-tip`) and a place (`data-place`: `URI#LINE:CHARACTER`, as the editor spells it). */
  readonly svg: string;
  readonly table: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
}
