/** What the report panel and the extension tell each other. Types only: both sides share this file. */
import type { DeclarationName, ExplainParams, PanelPlace, ShortReport } from "../../../server/src/lsp/protocol";

/** From the extension to the page. */
export type ToReport =
  /** Without the pictures of the report before that are the same still. */
  | { readonly type: "report"; readonly report: ShortReport; readonly pinned: boolean }
  /** The text cannot be read now: what is shown stays, with the reason beside it. */
  | { readonly type: "broken"; readonly reason: string }
  /** There is nothing to show yet. */
  | { readonly type: "nothing" };

/** From the page to the extension. */
export type FromReport =
  /** The room for a picture, in CSS pixels: first of all, and when it changes. */
  | { readonly type: "size"; readonly width: number }
  | { readonly type: "go"; readonly to: PanelPlace }
  | { readonly type: "explain"; readonly figure: ExplainParams }
  | { readonly type: "pin"; readonly pinned: boolean }
  /** A picture as a file; `data`: an SVG's text, a PNG in base 64. */
  | { readonly type: "save"; readonly format: "svg" | "png"; readonly name: string; readonly data: string }
  /** The whole report as a file, which the server writes. */
  | { readonly type: "save"; readonly format: "html" };

/** What the page keeps over a reload. */
export interface ReportState {
  /** Left out: what the cursor stands in. */
  readonly target?: DeclarationName | undefined;
  readonly pinned: boolean;
  /** In CSS pixels from the top. */
  readonly scroll: number;
  /** The tables that are open, by the ids of their pictures. */
  readonly open: readonly string[];
}

/** The texts of the page. */
export interface ReportWords {
  readonly nothing: string;
  readonly pin: string;
  readonly pinned: string;
  readonly saveReport: string;
  /** `{0}`: the title of a picture, `{1}`: SVG or PNG. */
  readonly savePicture: string;
  readonly figures: string;
  readonly allFigures: string;
  readonly ideal: string;
  /** `{0}`: a figure. */
  readonly explain: string;
  readonly checks: string;
  readonly holds: string;
  readonly fails: string;
  readonly measured: string;
  readonly table: string;
  /** `{0}`: a picture, `{1}`: the reason. */
  readonly missing: string;
  /** `{0}`: the reason. */
  readonly broken: string;
  /** `{0}`: a declaration or a statement. */
  readonly go: string;
}
