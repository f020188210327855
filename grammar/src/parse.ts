/** Text to tree, whole or by the chunks that an edit has touched. */
import type { Comment, Declaration, ParseResult, SourceFile, SyntaxError } from "./ast";
import { findCuts } from "./chunks";
import { layOut } from "./layout";
import { isLineBreak, lex, type Lexed, type Token } from "./lexer";
import { parseChunkTokens } from "./parser";
import { shiftChunk } from "./shift";
import { Newline } from "./tokens";

/** A run of the text that is read on its own: from a declaration's doc comment to the next declaration's. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
  readonly errors: readonly SyntaxError[];
  /** A `/*` without its end stands here: text far below may change what it means. */
  readonly openComment: boolean;
}

export interface ParsedText extends ParseResult {
  readonly text: string;
  readonly chunks: readonly Chunk[];
}

/**
 * Reads `text`: never throws, and gives a tree for any text. With the result for an earlier version of the text, only
 * what has changed is read again; declarations before the change are the same objects as there.
 */
export function parse(text: string, previous?: ParsedText): ParsedText {
  if (previous === undefined) return assemble(text, readChunks(text, 0, text.length));
  if (previous.text === text) return previous;
  return assemble(text, readChanged(text, previous) ?? readChunks(text, 0, text.length));
}

function readChunks(text: string, from: number, to: number): readonly Chunk[] {
  return cutAndRead(text, from, to, lex(text, from, to));
}

function cutAndRead(text: string, from: number, to: number, lexed: Lexed): readonly Chunk[] {
  const { tokens, comments, errors } = lexed;
  const cuts = findCuts(text, from, tokens, comments);
  let errorIndex = 0;
  return cuts.map((cut, index) => {
    const next = cuts[index + 1];
    const end = next?.start ?? to;
    const firstError = errorIndex;
    while (errorIndex < errors.length && (errors[errorIndex] as SyntaxError).start < end) errorIndex += 1;
    return readChunk(
      text, cut.start, end,
      tokens.slice(cut.tokenIndex, next?.tokenIndex),
      comments.slice(cut.commentIndex, next?.commentIndex),
      errors.slice(firstError, next === undefined ? undefined : errorIndex),
    );
  });
}

function readChunk(
  text: string, start: number, end: number, tokens: readonly Token[], comments: readonly Comment[], lexErrors: readonly SyntaxError[],
): Chunk {
  const layout = layOut(text, tokens);
  const earlier = [...lexErrors, ...layout.errors];
  const { declarations, errors } = parseChunkTokens(text, layout.tokens, comments, earlier);
  const all = [...earlier, ...errors];
  return {
    start, end, declarations, comments,
    errors: all.length > 1 ? all.sort((a, b) => a.start - b.start || a.end - b.end) : all,
    openComment: lexErrors.some((error) => error.code === "DSCO1004" && text.startsWith("/*", error.start)),
  };
}

function assemble(text: string, chunks: readonly Chunk[]): ParsedText {
  const declarations: Declaration[] = [];
  const comments: Comment[] = [];
  const errors: SyntaxError[] = [];
  for (const chunk of chunks) {
    for (const declaration of chunk.declarations) declarations.push(declaration);
    for (const comment of chunk.comments) comments.push(comment);
    for (const error of chunk.errors) errors.push(error);
  }
  const file: SourceFile = { kind: "file", start: 0, end: text.length, declarations, comments };
  return { file, errors, text, chunks };
}

/** The chunks of `text`, with those of `previous` that the change has not touched; `undefined` when all must be read. */
function readChanged(text: string, previous: ParsedText): readonly Chunk[] | undefined {
  const { chunks } = previous;
  const { start, suffix } = difference(previous.text, text);
  const changeEnd = previous.text.length - suffix;
  const delta = text.length - previous.text.length;

  // The chunk before the change as well: what it ends with may belong to the next one.
  const first = Math.max(0, lastIndexWhere(chunks, (chunk) => chunk.start <= start) - 1);
  const kept = chunks.slice(0, first);
  if (kept.some((chunk) => chunk.openComment)) return undefined;
  const from = chunks[first]?.start ?? 0;

  for (let next = firstUntouched(previous.text, chunks, changeEnd, first + 1); ; next += 1) {
    const resume = chunks[next];
    const to = resume === undefined ? text.length : resume.start + delta;
    const lexed = lex(text, from, to);
    const last = lexed.comments.at(-1);
    // A comment that reaches over the border, a doc comment right above it, or nothing but comments before it move it.
    const isInStep = lexed.end === to && !(last?.kind === "doc" && isLineBreakOnly(text, last.end, to))
      && lexed.tokens.some((token) => token.tokenType !== Newline);
    if (resume !== undefined && !isInStep) {
      if (lexed.end > to && next + 1 < chunks.length) next = chunks.length - 1;
      continue;
    }
    return [...kept, ...cutAndRead(text, from, to, lexed), ...chunks.slice(next).map((chunk) => shiftChunk(chunk, delta))];
  }
}

function isLineBreakOnly(text: string, from: number, to: number): boolean {
  return to - from <= 2 && /^(?:\r\n|\n|\r)$/u.test(text.slice(from, to));
}

/** Index of the first chunk that begins, at the start of a line, after the change and the line break before it. */
function firstUntouched(text: string, chunks: readonly Chunk[], changeEnd: number, from: number): number {
  for (let index = from; index < chunks.length; index += 1) {
    const { start } = chunks[index] as Chunk;
    if (start > changeEnd && isLineBreak(text.charCodeAt(start - 1))) return index;
  }
  return chunks.length;
}

function lastIndexWhere(chunks: readonly Chunk[], holds: (chunk: Chunk) => boolean): number {
  let index = chunks.length - 1;
  while (index > 0 && !holds(chunks[index] as Chunk)) index -= 1;
  return index;
}

/** Length of what two texts begin with alike, and of what they end with alike beyond that. */
function difference(before: string, after: string): { readonly start: number; readonly suffix: number } {
  const shorter = Math.min(before.length, after.length);
  const start = commonLength(shorter, (from, to) => before.slice(from, to) === after.slice(from, to), (at) => before.charCodeAt(at) === after.charCodeAt(at));
  const left = shorter - start;
  const suffix = commonLength(
    left,
    (from, to) => before.slice(before.length - to, before.length - from) === after.slice(after.length - to, after.length - from),
    (at) => before.charCodeAt(before.length - 1 - at) === after.charCodeAt(after.length - 1 - at),
  );
  return { start, suffix };
}

const stride = 4096;

/** Compares by large slices first: the engine compares those far faster than a loop over characters. */
function commonLength(limit: number, isSliceEqual: (from: number, to: number) => boolean, isEqual: (at: number) => boolean): number {
  let at = 0;
  while (at + stride <= limit && isSliceEqual(at, at + stride)) at += stride;
  while (at < limit && isEqual(at)) at += 1;
  return at;
}
