import type { Range } from "../core";

/** What the features give: plain data in the shapes of the Language Server Protocol, which this room does not import. */
export interface MarkdownHover {
  /** Markdown. */
  readonly contents: string;
  readonly range: Range;
}

export interface Location {
  readonly uri: string;
  readonly range: Range;
}

export interface RangeEdit {
  readonly range: Range;
  readonly newText: string;
}

/** The edits of one file. */
export interface FileEdits {
  readonly uri: string;
  readonly edits: readonly RangeEdit[];
}
