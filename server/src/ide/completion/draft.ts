import type { Span } from "../../../../grammar/src";
import type { Range } from "../../core";
import type { RangeEdit } from "../plain";

export type CompletionKind = "keyword" | "property" | "block" | "kind" | "word" | "unit" | "metric" | "function" | "declaration" | "constant" | "file" | "statement";

/** One word or line that may stand at the cursor. */
export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /** A few words beside the label. */
  readonly detail: string;
  /** Where the name comes from, if the file does not import it yet: `std:models/deepseek`. */
  readonly origin: string | undefined;
  readonly newText: string;
  /** `newText` with places to fill in (`$1`, `$0`), for editors that know them. */
  readonly snippet: string | undefined;
  /** What `newText` replaces: the word before the cursor. */
  readonly range: Range;
  /** The whole word at the cursor: what an editor that overwrites replaces. */
  readonly replaceRange: Range;
  /** Required keys come first, and what figures can be computed of; of one rank the order of the list holds. */
  readonly rank: number;
  /** One of a few words comes next: an editor may offer them at once. */
  readonly leadsToWords: boolean;
  /** Edits elsewhere that the choice needs: the import of its name. */
  readonly additionalEdits: readonly RangeEdit[];
  /** Markdown, known without computing anything. */
  readonly documentation: string | undefined;
  /** What is computed when a reader looks at the entry: too much for every entry of a list. */
  readonly more: (() => CompletionMore) | undefined;
}

export interface CompletionMore {
  /** Takes the place of `detail`: what the choice costs, in a line. */
  readonly detail?: string | undefined;
  /** Takes the place of `documentation`. Markdown. */
  readonly documentation?: string | undefined;
}

export interface CompletionList {
  readonly items: readonly Completion[];
  /** There are more once a letter is written. */
  readonly isIncomplete: boolean;
}

/** An entry before its place is known. */
export interface Draft {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly detail: string;
  readonly origin?: string | undefined;
  readonly newText?: string;
  readonly snippet?: string;
  readonly rank?: number;
  readonly leadsToWords?: boolean;
  readonly additionalEdits?: readonly RangeEdit[];
  /** Markdown, known without computing anything. */
  readonly documentation?: string | undefined;
  /** Computed when a reader looks at the entry. */
  readonly more?: () => CompletionMore;
}

export interface Drafts {
  readonly drafts: readonly Draft[];
  /** What the choice replaces, up to the cursor. */
  readonly from: number;
  readonly isIncomplete?: boolean;
}

export const nothing = (from: number): Drafts => ({ drafts: [], from });

/** The letters around an offset that make a word. */
export function wordAt(text: string, offset: number): Span {
  let start = offset;
  let end = offset;
  while (start > 0 && isWordCharacter(text.charCodeAt(start - 1))) start -= 1;
  while (end < text.length && isWordCharacter(text.charCodeAt(end))) end += 1;
  return { start, end };
}

const isWordCharacter = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

/** A text inside a snippet: `$`, `}` and `\` stand for themselves. */
export const inSnippet = (text: string): string => text.replace(/[$}\\]/g, "\\$&");
