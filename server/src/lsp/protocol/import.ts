/** Configs of other tools as models. */

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
