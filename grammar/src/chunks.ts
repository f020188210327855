/**
 * Where a file may be cut: at every line that begins a declaration. The decision looks at a few tokens alone, never
 * at braces, so an unclosed block cannot swallow what follows, and an edit re-reads only the chunk it touches.
 */
import type { Comment, DeclarationKeyword } from "./ast";
import { declarationKeywords } from "./ast";
import { isLineBreak, lineStartIfBlank, type Token } from "./lexer";
import { Colon, contextualWords, Extends, Identifier, LeftBrace, Newline, Of } from "./tokens";

const keywords: ReadonlySet<string> = new Set(declarationKeywords);
const contextualTypes: ReadonlySet<unknown> = new Set(contextualWords.values());

export function isDeclarationKeyword(text: string): text is DeclarationKeyword {
  return keywords.has(text);
}

export function isWord(token: Token | undefined): boolean {
  return token !== undefined && (token.tokenType === Identifier || contextualTypes.has(token.tokenType));
}

function startsAtMargin(text: string, { startOffset }: Token): boolean {
  return startOffset === 0 || isLineBreak(text.charCodeAt(startOffset - 1));
}

/** Whether tokens[index] begins a declaration whatever stands before it. */
export function startsDeclaration(text: string, tokens: readonly Token[], index: number): boolean {
  const first = tokens[index];
  if (first === undefined || !isWord(first)) return false;
  const before = tokens[index - 1];
  if (before !== undefined && before.tokenType !== Newline) return false;
  const second = tokens[index + 1];
  if (first.image === "import") return second?.tokenType === LeftBrace;
  // `let` and a lone `plan Name` may also be a mistake inside a block: there they are indented.
  if (first.image === "let") return isWord(second) && startsAtMargin(text, first);
  if (!isDeclarationKeyword(first.image) || !isWord(second)) return false;
  const third = tokens[index + 2];
  if (third === undefined) return startsAtMargin(text, first);
  if (third.tokenType === Newline) return startsAtMargin(text, first) || tokens[index + 3]?.tokenType === LeftBrace;
  // `model Name : Base {`: a mistake with a certain meaning.
  if (third.tokenType === Colon) return isWord(tokens[index + 3]) && tokens[index + 4]?.tokenType === LeftBrace;
  return third.tokenType === LeftBrace || third.tokenType === Extends || third.tokenType === Of;
}

export interface Cut {
  /** Offset of the first character of the chunk: the line of its doc comment or of its keyword. */
  readonly start: number;
  readonly tokenIndex: number;
  readonly commentIndex: number;
}

/** The offset of the line break's first character when one ends right before `offset`. */
function beforeLineBreak(text: string, offset: number): number {
  const isPair = text.charCodeAt(offset - 1) === 10 && text.charCodeAt(offset - 2) === 13;
  return offset - (isPair ? 2 : 1);
}

/** Index of the first of the `///` lines that stand directly above `offset`, or `end` when there is none. */
export function firstDocComment(text: string, comments: readonly Comment[], end: number, offset: number): number {
  let index = end;
  let below = lineStartIfBlank(text, offset);
  while (below !== undefined && below > 0) {
    const comment = comments[index - 1];
    if (comment?.kind !== "doc" || comment.end !== beforeLineBreak(text, below)) break;
    const start = lineStartIfBlank(text, comment.start);
    if (start === undefined) break;
    below = start;
    index -= 1;
  }
  return index;
}

/** The places at which tokens and comments of text.slice(from, …) are cut; the first is always `from`. */
export function findCuts(text: string, from: number, tokens: readonly Token[], comments: readonly Comment[]): readonly Cut[] {
  const cuts: Cut[] = [{ start: from, tokenIndex: 0, commentIndex: 0 }];
  let commentIndex = 0;
  for (const [index, token] of tokens.entries()) {
    if (!startsDeclaration(text, tokens, index)) continue;
    const hasNothingBefore = index === 0 || (index === 1 && tokens[0]?.tokenType === Newline);
    if (hasNothingBefore) continue;
    while (commentIndex < comments.length && (comments[commentIndex] as Comment).start < token.startOffset) commentIndex += 1;
    const firstDoc = firstDocComment(text, comments, commentIndex, token.startOffset);
    const firstOffset = firstDoc < commentIndex ? (comments[firstDoc] as Comment).start : token.startOffset;
    cuts.push({ start: lineStartIfBlank(text, firstOffset) ?? token.startOffset, tokenIndex: index, commentIndex: firstDoc });
  }
  return cuts;
}

/** Index of the first comment that starts at or after `offset`; their number where none does. */
export function firstCommentFrom(comments: readonly Comment[], offset: number): number {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[middle] as Comment).start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Markdown of the `///` lines directly above `offset`, without the slashes; `undefined` where there are none. */
export function docAbove(text: string, comments: readonly Comment[], offset: number): string | undefined {
  const end = firstCommentFrom(comments, offset);
  const first = firstDocComment(text, comments, end, offset);
  if (first === end) return undefined;
  return comments.slice(first, end).map((comment) => comment.text.replace(/^\/\/\/ ?/u, "").trimEnd()).join("\n");
}
