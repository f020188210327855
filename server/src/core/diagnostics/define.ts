import type { Span, TextEdit } from "../../../../grammar/src";

export type Severity = "error" | "warning" | "information" | "hint";

/** Where the project is published. */
export const projectUrl = "https://github.com/dsco-dev/dsco";

/** The documentation page of a code; `codeDescription` links to it. */
export const documentationBase = `${projectUrl}/blob/main/docs/diagnostics`;

/** One registry entry: what stands in the documentation of a code. */
export interface DiagnosticEntry {
  readonly code: `DSCO${number}`;
  readonly severity: Severity;
  readonly title: string;
  /** Markdown: why it is reported and what to do. */
  readonly explanation: string;
  /** Paper, section or document behind the rule; `undefined` for a rule of the language itself. */
  readonly source?: string;
  /** A text that raises the diagnostic: the documentation shows it and a test holds that it does. */
  readonly example: string;
}

export interface DiagnosticDefinition<Arguments> extends DiagnosticEntry {
  readonly message: (values: Arguments) => string;
}

/** An edit to one file that claims to make a diagnostic go away. It is a promise only once it was proved. */
export interface FixCandidate {
  /** What it does, without what it buys: that is added from the proof. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly preferred?: boolean;
  /** Metric ids of the declaration whose change the title shows. */
  readonly shows?: readonly string[];
  /** Words for the title where none of these figures is known or changes. */
  readonly otherwise?: string;
  /** Tried where this one does not keep its promise. */
  readonly fallback?: FixCandidate;
  /**
   * It corrects a word that was not understood. What is then found wrong in the declaration was wrong before, and hidden
   * by the misspelling: it is no fault of the fix, unless it is said of the new word itself.
   */
  readonly corrects?: boolean;
}

export interface Related {
  readonly uri: string;
  readonly span: Span;
  readonly message: string;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly uri: string;
  readonly span: Span;
  readonly related?: readonly Related[];
  readonly unnecessary?: boolean;
  /** The declaration whose figures its fixes show, where the diagnostic stands in another one of the file. */
  readonly owner?: Span;
  /** Computed when somebody asks, never while checking. */
  readonly fixes?: () => readonly FixCandidate[];
}

export interface Place {
  readonly uri: string;
  readonly span: Span;
}

export interface DiagnosticOptions {
  readonly related?: readonly Related[];
  readonly unnecessary?: boolean;
  readonly owner?: Span;
  readonly fixes?: () => readonly FixCandidate[];
}

/** A registered code: the only way to make a diagnostic, so that a wrong code or argument does not compile. */
export interface DiagnosticCode<Arguments> {
  readonly entry: DiagnosticEntry;
  at(place: Place, values: Arguments, options?: DiagnosticOptions): Diagnostic;
}

/** A message quotes names and figures of the file, which may be of any length. */
const longestMessage = 500;

/** A text that is read as a message, cut where it is longer than one: never inside a character. */
export function asMessage(text: string): string {
  if (text.length <= longestMessage) return text;
  const isInside = /[\ud800-\udbff]/.test(text.charAt(longestMessage - 2));
  return `${text.slice(0, longestMessage - (isInside ? 2 : 1))}…`;
}

/** Registers a code. The arguments of its message are typed by the definition. */
export function defineDiagnostic<Arguments = Record<never, never>>(
  definition: DiagnosticDefinition<Arguments>,
): DiagnosticCode<Arguments> {
  const { message, ...entry } = definition;
  return {
    entry,
    at: (place, values, { related, ...options } = {}) => ({
      code: entry.code,
      severity: entry.severity,
      message: asMessage(message(values)),
      uri: place.uri,
      span: { start: place.span.start, end: place.span.end },
      ...options,
      ...(related && { related: related.map((one) => ({ ...one, message: asMessage(one.message) })) }),
    }),
  };
}

export const documentationUrl = (code: string): string => `${documentationBase}/${code}.md`;
