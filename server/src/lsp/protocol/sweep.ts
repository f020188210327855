/** Sweeps that run beside the server. */
import type { DocumentEdit } from "./places";

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
