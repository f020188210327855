import { parse, type ParsedText, type Span } from "../../../grammar/src";

/** One text and its tree. Immutable: an edit makes a new one, which reuses the tree of the old where it can. */
export interface Source {
  readonly uri: string;
  /** The editor's version of the text; 0 for a file that no editor holds. */
  readonly version: number;
  readonly text: string;
  readonly parsed: ParsedText;
  readonly lines: LineIndex;
}

export function createSource(uri: string, text: string, version = 0, previous?: Source): Source {
  if (previous && previous.text === text) return { ...previous, uri, version };
  return { uri, version, text, parsed: parse(text, previous?.parsed), lines: createLineIndex(text) };
}

/** Zero-based line and UTF-16 column, as in the Language Server Protocol. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** Offsets to positions and back. A line ends at LF, CRLF or a lone CR. */
export interface LineIndex {
  readonly lineCount: number;
  position(offset: number): Position;
  offset(position: Position): number;
  range(span: Span): Range;
}

export function createLineIndex(text: string): LineIndex {
  const starts: number[] = [0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 13 && text.charCodeAt(index + 1) === 10) index += 1;
    if (code === 10 || code === 13) starts.push(index + 1);
  }
  const position = (offset: number): Position => {
    const clamped = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: clamped - (starts[low] ?? 0) };
  };
  /** Before the line break: a column beyond the line means its end. */
  const lineEnd = (line: number): number => {
    const next = starts[line + 1];
    if (next === undefined) return text.length;
    return text.charCodeAt(next - 1) === 10 && text.charCodeAt(next - 2) === 13 ? next - 2 : next - 1;
  };
  return {
    lineCount: starts.length,
    position,
    offset: ({ line, character }) => {
      if (line < 0) return 0;
      const start = starts[line];
      if (start === undefined) return text.length;
      return Math.min(start + Math.max(0, character), lineEnd(line));
    },
    range: (span) => ({ start: position(span.start), end: position(span.end) }),
  };
}
