/** What a picture is, whoever shows it: the panel of an editor or a page. */

export type PictureId = "memory" | "schedule" | "step" | "roofline" | "topology" | "decode" | "model";

export interface Picture {
  readonly id: PictureId;
  readonly title: string;
  /** What it shows in a sentence or two, with the figures that matter: for those who do not see it. */
  readonly summary: string;
  /**
   * One `<svg>` element, drawn for a width. Its colours are custom properties (`colours.ts`) and its classes those of `pictureStyles`. A mark that
   * stands for something is a `<g class="mark" role="img" data-mark="id">` with `aria-label`, `data-tip` (figure and formula, lines of plain text) and,
   * where a line of the design is behind it, `data-place` (`URI#LINE:COLUMN`, zero-based) on it or on a group around it.
   */
  readonly svg: string;
  /** The same data as a table, for screen readers and copying. */
  readonly table: PictureTable;
}

export interface PictureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How a reader wants pictures. */
export interface DrawingOptions {
  /** Of the room for a picture in CSS pixels: text has one size whatever it is. */
  readonly width: number;
  /** Begins the ids of patterns: documents with several reports need one for each. */
  readonly scope: string;
  /** Tips as `<title>` elements, which browsers show without a script, in place of `data-tip`. */
  readonly titles: boolean;
}

export const narrowest = 360;
export const usualWidth = 760;
