/** What the report panel and the extension tell each other. Types only: both sides share this file. */
import type { DeclarationName, DocumentPosition, ExplainParams, PanelReport } from "../../../server/src/lsp/protocol";

/** From the extension to the page. */
export type ToReport =
  | { readonly type: "report"; readonly report: PanelReport; readonly pinned: boolean }
  /** The text cannot be read now: what is shown stays, with the reason beside it. */
  | { readonly type: "broken"; readonly reason: string }
  /** There is nothing to show yet. */
  | { readonly type: "nothing" };

/** From the page to the extension. */
export type FromReport =
  | { readonly type: "go"; readonly uri: string; readonly place: DocumentPosition }
  | { readonly type: "explain"; readonly figure: ExplainParams }
  | { readonly type: "pin"; readonly pinned: boolean };

/** What the page keeps over a reload. */
export interface ReportState {
  /** Left out: what the cursor stands in. */
  readonly target?: DeclarationName | undefined;
  readonly pinned: boolean;
  /** In CSS pixels from the top. */
  readonly scroll: number;
}

/** The texts of the page. */
export interface ReportWords {
  readonly nothing: string;
  readonly pin: string;
  readonly pinned: string;
  readonly figures: string;
  readonly ideal: string;
  /** `{0}`: a figure. */
  readonly explain: string;
  /** `{0}`: the reason. */
  readonly broken: string;
}
