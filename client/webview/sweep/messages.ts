/** What the panel of a sweep and the extension tell each other. Types only: both sides share this file. */
import type { DeclarationName, SweepProgress, SweepSpace } from "../../../server/src/lsp/protocol";

/** From the extension to the page. */
export type ToSweep =
  /** A run has begun, or is shown again: what was shown before is over. */
  | { readonly type: "space"; readonly space: SweepSpace }
  /** What has been found since the last message, or all of it behind `space`. */
  | { readonly type: "progress"; readonly progress: SweepProgress }
  | { readonly type: "age"; readonly isOutdated: boolean }
  /** There is no run: why, a clause, where one was asked for. */
  | { readonly type: "none"; readonly sweep: string; readonly reason?: string };

/** From the page to the extension. `design`: by its number. */
export type FromSweep =
  | { readonly type: "run" | "cancel" | "go" }
  | { readonly type: "apply" | "compare" | "options"; readonly design: number }
  /** To the clipboard. */
  | { readonly type: "copy"; readonly text: string };

/** What a reader has chosen to see. */
export interface SweepView {
  /** The id of a column: `design`, the path of an axis, the id of an objective. */
  readonly sort: string | undefined;
  readonly isDescending: boolean;
  readonly filters: Readonly<Record<string, string>>;
  readonly onlyFront: boolean;
  readonly x: string | undefined;
  readonly y: string | undefined;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly selected: number | undefined;
}

/** What the page keeps over a reload: the extension runs the sweep again, which finds the same. */
export interface SweepState {
  readonly target: DeclarationName;
  /** The run had not been cancelled. */
  readonly isWanted: boolean;
  readonly view?: SweepView;
}

/** The texts of the page. `{0}` and so on: what is filled in. */
export interface SweepWords {
  readonly nothing: string;
  readonly refused: string;
  readonly run: string;
  readonly again: string;
  readonly cancel: string;
  readonly go: string;
  readonly tried: string;
  readonly feasible: string;
  readonly onFront: string;
  readonly running: string;
  readonly done: string;
  readonly searched: string;
  readonly cancelled: string;
  readonly failed: string;
  readonly outdated: string;
  readonly plot: string;
  readonly plotHelp: string;
  readonly across: string;
  readonly upward: string;
  readonly logarithmic: string;
  readonly designs: string;
  readonly design: string;
  readonly front: string;
  readonly onlyFront: string;
  readonly frontMark: string;
  readonly filter: string;
  readonly filterHelp: string;
  readonly shown: string;
  readonly copy: string;
  readonly apply: string;
  readonly compare: string;
  readonly options: string;
  readonly selectHint: string;
  readonly leftOut: string;
  readonly share: string;
  readonly reason: string;
  readonly memory: string;
  readonly where: string;
  readonly require: string;
  readonly best: string;
}
