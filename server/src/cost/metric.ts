/**
 * What a metric is. One definition per id; hover, lens, report, CLI and sweep read the same registry.
 * `compute` is pure arithmetic; `explain` costs nothing until it is called.
 */

/** A unit in which the JSON states a value; "" for counts and fractions, `null` for text metrics. */
export type MetricUnit =
  | "" | "B" | "s" | "FLOP" | "FLOP/s" | "B/s" | "W" | "J" | "USD" | "USD/h" | "GPU·h" | "tokens" | "tokens/s" | null;

export type Figure =
  /** `ideal`: of a time, the physical bound; computed when it is first read. `undefined` where there is none. */
  | { readonly kind: "value"; readonly value: number; readonly ideal?: number | undefined }
  | { readonly kind: "text"; readonly value: string }
  /**
   * A clause that completes "not computed: …", in the user's words; `inapplicable`: there is nothing to compute in such a design;
   * `otherPhase`: nor in any other one of the phase of its workload.
   */
  | { readonly kind: "unavailable"; readonly reason: string; readonly inapplicable?: true; readonly otherPhase?: true };

/** One input of a figure: a property of the subject or a part of the context it was asked at. */
export interface MetricInput {
  /** `hidden_size`, `attention[0].kv_lora_rank`, `ffn[1].top_k`, `precision.kv_cache`; `@sequence_length` for context. */
  readonly path: string;
  readonly value: number | string | boolean;
  readonly unit: string;
}

/** One line of a breakdown; a part may have parts of its own. */
export interface MetricPart {
  readonly label: string;
  readonly value: number;
  /** With the numbers filled in: `61 layers x 187,105,280`. */
  readonly formula: string;
  readonly parts?: readonly MetricPart[];
}

/** What an explanation shows beside its breakdown: text for reading, already in units. */
export type Detail =
  | {
    readonly kind: "table";
    readonly title: string;
    /** `right`: figures, whose digits stand below each other. */
    readonly columns: readonly { readonly label: string; readonly right?: true }[];
    readonly rows: readonly (readonly string[])[];
  }
  /** Lines in type of one width. */
  | { readonly kind: "drawing"; readonly title: string; readonly lines: readonly string[] };

export interface Explanation {
  /** Symbolic, in the language's own names. */
  readonly formula: string;
  readonly inputs: readonly MetricInput[];
  /** Sums to the value where it is given. */
  readonly parts: readonly MetricPart[];
  /** Conventions a reader must know: what is counted and what is not. */
  readonly convention: string;
  /** Where the formula comes from: paper and section. */
  readonly source: string;
  /** Made when it is asked for: an explanation is also asked for its inputs alone. */
  readonly details?: () => readonly Detail[];
}

export interface Metric<Subject, Context> {
  readonly id: string;
  /** `KV cache per token`: for headings. */
  readonly title: string;
  readonly unit: MetricUnit;
  /** One or two sentences of Markdown: what it is. */
  readonly documentation: string;
  readonly formula: string;
  /** What is counted and what is not. */
  readonly convention: string;
  readonly source: string;
  /** A share of one: no value of it is above 1, and it is mostly written in per cent. */
  readonly share?: boolean;
  readonly compute: (subject: Subject, context: Context) => Figure;
  /** The value of `compute` alone, without the physical bound beside it: what a search asks for. Throws `Unavailable`. */
  readonly estimate: (subject: Subject, context: Context) => number;
  readonly explain: (subject: Subject, context: Context) => Explanation;
  /** The inputs of `explain` alone, without the words of its parts; none of a figure that has no value. */
  readonly inputs: (subject: Subject, context: Context) => readonly MetricInput[];
}
