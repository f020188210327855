/**
 * The messages and the settings that dsco adds to the Language Server Protocol. Types only: client and server
 * share this file, and it imports neither of their libraries.
 */
import type { AgentToolAnswer, AgentToolParams } from "./agents";
import type { ReadFileAnswer } from "./editor";
import type { ExplainParams, ExplainedFigure, StatedFigure } from "./explanation";
import type { ImportAnswer, ImportParams, ImportTarget } from "./import";
import type { PanelAnswer, PanelParams } from "./panel";
import type { DeclarationName } from "./places";
import type { ComparableDeclaration, CompareParams, DeclarationFigures, StarterName } from "./report";
import type { DesignParams, SweepAge, SweepApplication, SweepOptions, SweepParams, SweepProgress, SweepStart } from "./sweep";

export type * from "./editor";
export type * from "./places";
export type * from "./settings";
export type * from "./agents";
export type * from "./sweep";
export type * from "./report";
export type * from "./import";
export type * from "./explanation";
export type * from "./panel";

/** Requests from the server to an editor that hands out files (`DscoInitialization.readsFiles`), by method. */
export interface DscoEditorRequests {
  /** The text of a file that the server cannot see: of a virtual file system, or of any where the server runs in a browser. */
  readonly "dsco/readFile": {
    readonly params: { readonly uri: string };
    readonly result: ReadFileAnswer;
  };
  /** The addresses of the `.dsco` files in such a folder and below it. */
  readonly "dsco/findFiles": {
    readonly params: { readonly folder: string };
    readonly result: readonly string[];
  };
}

/** Requests from the editor to the server, by method. */
export interface DscoRequests {
  /** The text behind a `dsco-std:` document; `null` when the library holds no such file. */
  readonly "dsco/sourceText": {
    readonly params: { readonly uri: string };
    readonly result: { readonly text: string } | null;
  };
  /** Where a figure comes from, as Markdown; `null` when the document holds no such declaration or metric any more. */
  readonly "dsco/explain": {
    readonly params: ExplainParams;
    readonly result: { readonly markdown: string } | null;
  };
  /** The same as data, one level deep: a figure, the metrics that its formula names, its parts, its facts. */
  readonly "dsco/explanationTree": {
    readonly params: StatedFigure;
    readonly result: ExplainedFigure | null;
  };
  /** What can be compared: the declarations of the document, of the other files of the workspace, of the standard library, in this order. */
  readonly "dsco/comparable": {
    readonly params: { readonly uri: string };
    readonly result: readonly ComparableDeclaration[];
  };
  /** Two declarations of one kind beside each other, as Markdown; `null` where one of them is gone or they are of two kinds. */
  readonly "dsco/compare": {
    readonly params: CompareParams;
    readonly result: { readonly markdown: string } | null;
  };
  /** Every figure of a file, as Markdown. */
  readonly "dsco/report": {
    readonly params: { readonly uri: string };
    readonly result: { readonly markdown: string } | null;
  };
  /** What the report panel shows of the plan at a place. */
  readonly "dsco/panel": {
    readonly params: PanelParams;
    readonly result: PanelAnswer;
  };
  /** The same as a page that needs nothing else: figures with their formulas, pictures. `null` where the document declares no such thing any more. */
  readonly "dsco/reportPage": {
    readonly params: DeclarationName;
    readonly result: { readonly html: string } | null;
  };
  /** The figures of a file that can be explained, by declaration, those first that a reader looks for first. */
  readonly "dsco/figures": {
    readonly params: { readonly uri: string };
    readonly result: readonly DeclarationFigures[];
  };
  /** A small design to start from. */
  readonly "dsco/starter": {
    readonly params: { readonly name: StarterName };
    readonly result: { readonly text: string };
  };
  /** The `.dsco` model of another tool's config, and what is doubtful about it. */
  readonly "dsco/importConfig": {
    readonly params: ImportParams;
    readonly result: ImportAnswer;
  };
  /** Begins to try the designs of a sweep; a run of the same sweep that is going on ends. `DscoNotifications` bring what it finds. */
  readonly "dsco/sweep/start": {
    readonly params: SweepParams;
    readonly result: SweepStart;
  };
  /** Ends a run at once; what it has found so far stays. `false` where it has ended before or is not known. */
  readonly "dsco/sweep/cancel": {
    readonly params: { readonly run: string };
    readonly result: boolean;
  };
  /** The edit after which the plan is a design of a run, proved in memory. */
  readonly "dsco/sweep/apply": {
    readonly params: DesignParams;
    readonly result: SweepApplication;
  };
  /** A design beside the plan, as Markdown; `null` where the run is not known any more. */
  readonly "dsco/sweep/compare": {
    readonly params: DesignParams;
    readonly result: { readonly markdown: string } | null;
  };
  /** A design as `--set` of the command line. */
  readonly "dsco/sweep/options": {
    readonly params: DesignParams;
    readonly result: SweepOptions;
  };
  /** What a tool of a language model answers, from the texts that the editor holds. */
  readonly "dsco/agentTool": {
    readonly params: AgentToolParams;
    readonly result: AgentToolAnswer;
  };
}

/** Notifications from the server to the editor, by method. */
export interface DscoNotifications {
  readonly "dsco/status": StatusParams;
  /** At most ten times a second for a run, and when it ends. */
  readonly "dsco/sweep/progress": SweepProgress;
  readonly "dsco/sweep/age": SweepAge;
}

export interface StatusParams {
  readonly state: "ready" | "busy" | "error";
  /** The document that the counts are of; left out when the state is the server's own. */
  readonly uri?: string;
  readonly errors: number;
  readonly warnings: number;
  /** Of the document, as in `textDocument/didChange`; of the server's own state, 0. */
  readonly version: number;
}

/**
 * Commands that a code lens or a hover may name. The editor runs them; an editor without dsco's extension shows the
 * lens as text, so the title must say everything.
 */
export interface DscoCommands {
  readonly "dsco.showExplanation": readonly [ExplainParams];
  /** The report panel, at a declaration. */
  readonly "dsco.openReportPanel": readonly [DeclarationName];
  /** What a declaration is compared with is chosen by the reader. */
  readonly "dsco.compareWith": readonly [DeclarationName];
  /** The model of a config that the reader chooses, written into a document. */
  readonly "dsco.importConfig": readonly [ImportTarget];
  /** Tries the designs of a sweep; they are shown beside the editor. */
  readonly "dsco.runSweep": readonly [DeclarationName];
}
