/**
 * The messages and the settings that dsco adds to the Language Server Protocol. Types only: client and server
 * share this file, and it imports neither of their libraries.
 */

/** Documents of the standard library: `dsco-std:/hardware/nvidia.dsco` is the text of `std:hardware/nvidia`. */
export type StandardLibraryScheme = "dsco-std";

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

export type ReadFileAnswer =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "failed"; readonly reason: "missing" | "folder" | "forbidden" | "large" | "not-text" | "unavailable" };

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

/** The tools that language models call; in VS Code each has the prefix `dsco_`. */
export type AgentToolName = "check" | "report" | "explain" | "what_if" | "compare" | "sweep" | "list_std" | "language";

export interface AgentToolParams {
  readonly name: AgentToolName;
  /** As the model wrote it: the server checks it. */
  readonly input: unknown;
}

export interface AgentToolAnswer {
  /** For a model to read. */
  readonly text: string;
  /** The text says why there is no answer. */
  readonly isError: boolean;
}

export interface SweepParams {
  readonly uri: string;
  /** `DecodeFrontier` */
  readonly sweep: string;
  /** Of the document, as in `textDocument/didChange`: the sweep of another version is not what the reader sees. */
  readonly version?: number;
}

export type SweepStart =
  | { readonly kind: "started"; readonly run: string; readonly space: SweepSpace }
  /** `reason`: a clause. */
  | { readonly kind: "refused"; readonly reason: string };

/** What a run tries, in the order of its file. The number of a design counts them all: the last axis varies fastest. */
export interface SweepSpace {
  readonly uri: string;
  readonly sweep: string;
  readonly plan: string;
  /** Of the document that the run is of. */
  readonly version: number;
  /** Designs: the product of the choices. */
  readonly size: number;
  /** How many of them are tried where they are too many to try all: they are searched, and the front is found, not proved. */
  readonly searched?: number;
  readonly axes: readonly SweepAxis[];
  readonly objectives: readonly SweepObjective[];
}

/** Units with how many base units each is, the largest first; one without a name for plain numbers. */
export type UnitSteps = readonly (readonly [scale: number, unit: string])[];

export interface SweepAxis {
  /** `parallelism.ep` */
  readonly path: string;
  /** As a file would say them. */
  readonly choices: readonly string[];
  /** Of each choice in base units; `null` for what varies in words or names. */
  readonly numbers: readonly number[] | null;
  readonly steps: UnitSteps;
}

export interface SweepObjective {
  readonly id: string;
  readonly title: string;
  readonly sense: "maximize" | "minimize";
  readonly steps: UnitSteps;
}

/** A design of a run by its number. */
export interface DesignParams {
  readonly run: string;
  readonly design: number;
}

export type SweepApplication =
  | {
    readonly kind: "edit";
    /** None where the plan has these values already. */
    readonly files: readonly { readonly uri: string; readonly version: number | null; readonly edits: readonly DocumentEdit[] }[];
    /** What else the edit changes, a sentence each without its full stop. */
    readonly notes: readonly string[];
  }
  | { readonly kind: "refused"; readonly reason: string };

export interface DocumentEdit {
  readonly range: { readonly start: DocumentPosition; readonly end: DocumentPosition };
  readonly newText: string;
}

export type SweepOptions = { readonly kind: "text"; readonly text: string } | { readonly kind: "refused"; readonly reason: string };

/** What a run has found since its last message, and where it stands. */
export interface SweepProgress {
  readonly run: string;
  readonly state: "running" | "done" | "cancelled" | "failed";
  /** Why it failed, a clause. */
  readonly failure?: string;
  /** Designs so far. */
  readonly tried: number;
  readonly feasible: number;
  /** Numbers of designs that meet everything, in no order; those of earlier messages left out. */
  readonly designs: readonly number[];
  /** Their objectives in base units, one design after the other. */
  readonly values: readonly number[];
  /** All designs that no other one beats, the best in the first objective first; left out where they are the same as before. */
  readonly front?: readonly number[];
  /** Why designs are left out, the most frequent first. */
  readonly reasons: readonly SweepReason[];
  /** Sentences, where the run is over and nothing meets everything. */
  readonly advice?: readonly string[];
}

export interface SweepReason {
  /** `memory`: `text` names the largest part; `where`, `require`: the comparison. */
  readonly kind: "layout" | "memory" | "where" | "require" | "unknown";
  readonly text: string;
  readonly count: number;
}

/** The files of a run have been edited since it began, or are again as they were. */
export interface SweepAge {
  readonly run: string;
  readonly isOutdated: boolean;
}

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

export interface ImportParams {
  readonly text: string;
  /** The path of the config: a name for the model where the config has none. */
  readonly path?: string;
}

export interface ImportTarget {
  readonly into: string;
}

export interface ImportAnswer {
  /** The model; `null` where the config has none in it. */
  readonly model: string | null;
  readonly remarks: readonly ImportRemark[];
}

export interface ImportRemark {
  readonly severity: "error" | "doubt";
  /** A sentence without its full stop. */
  readonly message: string;
  /** Zero-based, in the config. */
  readonly line: number;
  readonly character: number;
}

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

/** A declaration by its name, and the document that declares or imports it. */
export interface DeclarationName {
  readonly uri: string;
  /** `DeepSeekV3` */
  readonly declaration: string;
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

export interface DocumentPosition {
  readonly line: number;
  readonly character: number;
}

export interface PanelParams {
  readonly uri: string;
  /** The declaration that is wanted: of the document, or imported. */
  readonly declaration?: string;
  /** Where none is named: that of this line, or the first plan that rests on it. Zero-based. */
  readonly line?: number;
  /** Of the room for a picture, in CSS pixels. */
  readonly width?: number;
}

export type PanelAnswer =
  | { readonly kind: "report"; readonly version: number; readonly report: PanelReport }
  /**
   * The text is in error, and what is read first of the declaration is not computed now: what was shown of it before says more than
   * `rest`, which can be said all the same. `reason`: a clause.
   */
  | { readonly kind: "broken"; readonly version: number; readonly declaration: string; readonly reason: string; readonly rest?: PanelReport }
  /** No such declaration, or none that a report could be of. */
  | { readonly kind: "none"; readonly version: number };

/** A place that a reader can go to. */
export interface PanelPlace {
  readonly uri: string;
  readonly place: DocumentPosition;
}

export interface PanelReport extends DeclarationName, PanelPlace {
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
  readonly pictures: readonly PanelPicture[];
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

export interface PanelPicture {
  /** `memory` */
  readonly id: string;
  readonly title: string;
  /** What it shows in a sentence or two. */
  readonly summary: string;
  /** One `<svg>` element. Its marks name what they stand for (`data-mark`, `data-tip`) and a place (`data-place`: `URI#LINE:CHARACTER`, as the editor spells it). */
  readonly svg: string;
  readonly table: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
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

/** What an editor that has dsco's extension tells the server at the start, as `initializationOptions`. */
export interface DscoInitialization {
  /** It runs `DscoCommands`: hovers may link to them. */
  readonly runsCommands: true;
  /** It answers `DscoEditorRequests`. */
  readonly readsFiles: true;
  /** It opens `dsco-std:` documents. Left out: the standard library is shown to it in files, or not at all. */
  readonly readsLibrary: true;
}

export type SeverityOverride = "off" | "hint" | "information" | "warning" | "error";

/** The section `dsco` of the editor's settings, as `workspace/configuration` gives it. */
export interface DscoSettings {
  /** Figures above declarations, by what they stand above, and behind them what can be done; `enabled: false` is none of them. */
  readonly codeLens: {
    readonly enabled: boolean; readonly models: boolean; readonly hardware: boolean; readonly layouts: boolean; readonly plans: boolean; readonly actions: boolean;
  };
  /** What is not written: what `auto` comes to, defaults at the header of their block, the ratio to a measurement. */
  readonly inlayHints: { readonly enabled: boolean; readonly derivedValues: boolean; readonly defaults: boolean; readonly measuredRatios: boolean };
  /** By code, in place of the code's own severity. */
  readonly diagnostics: { readonly severity: Readonly<Record<string, SeverityOverride>> };
  /** Tokens; at which training FLOPs are stated where no plan says otherwise. */
  readonly sequenceLength: number;
  /** Tokens; at which a sequence's KV cache is stated. `null`: the model's own `max_context`. */
  readonly contextLength: number | null;
}
