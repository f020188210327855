/**
 * The formatter: tree and comments to the one canonical text. Spellings stay as written; space, alignment and line
 * ends do not. A chunk with a syntax error is given back unchanged.
 *
 * Style: two spaces a level; `=` aligned in a run of lines without a blank one between (one key that is longer than
 * three or more others by eight columns stays out); comments after code at column 36, or two spaces after the longest
 * line of the run; one space between number and unit; a block that was written on one line stays there unless a
 * comment stands in it.
 */
import type { Block, BlockDeclaration, Body, Comment, Declaration, Member, Span } from "./ast";
import { firstCommentFrom } from "./chunks";
import { createTokenAt, endOf, isLineBreak, lex, type Token } from "./lexer";
import type { Chunk, ParsedText } from "./parse";
import {
  Comma, Comparison, Dot, DotDot, Equals, Identifier, LeftBrace, LeftBracket, LeftParenthesis, Newline, NumberToken,
  Operator, RightBrace, RightBracket, RightParenthesis, Sign, Step, Unknown,
} from "./tokens";
import type { TokenType } from "chevrotain";

const indentWidth = 2;
const commentColumn = 36;
const outlierGap = 8;
const byteOrderMark = "\ufeff";

interface Line {
  readonly depth: number;
  /** What is padded so that the tails of a run stand under one another. */
  readonly head: string;
  readonly tail: string;
  /** Lines of one kind are aligned with one another. */
  readonly aligned: "assignment" | "keyword" | undefined;
  readonly comment: string;
  readonly blankBefore: boolean;
}

interface Item extends Span {
  readonly node: Member | Declaration | Comment;
}

/** Canonical text of a parsed file. Idempotent; the tree of the outcome is the same but for positions. */
export function print(parsed: ParsedText): string {
  const { text, chunks } = parsed;
  const newline = usesCarriageReturns(text) ? "\r\n" : "\n";
  let printed = "";
  for (let first = 0; first < chunks.length;) {
    let end = first;
    while (chunks[end]?.errors.length === 0) end += 1;
    if (end > first) printed += printChunks(text, chunks.slice(first, end), newline, end === chunks.length);
    else {
      const broken = chunks[first] as Chunk;
      printed += text.slice(broken.start, broken.end);
      end += 1;
    }
    first = end;
  }
  return printed;
}

function usesCarriageReturns(text: string): boolean {
  return text.includes("\r\n") && !/[^\r]\n|^\n|\r(?!\n)/u.test(text);
}

/** Neighbouring chunks together: the lines at their borders may be aligned with one another. */
function printChunks(text: string, chunks: readonly Chunk[], newline: string, isLast: boolean): string {
  const region = { start: chunks[0]?.start ?? 0, end: chunks.at(-1)?.end ?? 0 };
  const mark = region.start === 0 && text.startsWith(byteOrderMark) ? byteOrderMark : "";
  const declarations = chunks.flatMap((chunk) => chunk.declarations);
  const comments = chunks.flatMap((chunk) => chunk.comments);
  const lines = linesOf(text, declarations, comments, region, 0);
  if (lines.length === 0) return mark;
  const last = Math.max(declarations.at(-1)?.end ?? region.start, comments.at(-1)?.end ?? region.start);
  const body = `${render(lines)}\n`.replace(/\r\n|\r|\n/gu, newline);
  return mark + body + (!isLast && lineBreaks(text, last, region.end) > 1 ? newline : "");
}

/** Line breaks in text[from, to), counted up to two: more make no difference. */
function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to && count < 2; at += 1) {
    const code = text.charCodeAt(at);
    if (!isLineBreak(code)) continue;
    count += 1;
    if (code === 13 && text.charCodeAt(at + 1) === 10) at += 1;
  }
  return count;
}

/** The lines of what stands in `region`: members or declarations, and the comments between them. */
function linesOf(text: string, nodes: readonly (Member | Declaration)[], comments: readonly Comment[], region: Span, depth: number): Line[] {
  const lines: Line[] = [];
  let previousEnd = region.start;
  for (const item of inOrder(nodes, comments)) {
    const { node } = item;
    const breaks = lineBreaks(text, previousEnd, item.start);
    const last = lines.at(-1);
    if (isComment(node) && breaks === 0 && last !== undefined) {
      lines[lines.length - 1] = { ...last, comment: last.comment === "" ? node.text.trimEnd() : `${last.comment} ${node.text.trimEnd()}` };
    } else {
      const blankBefore = breaks > 1 && lines.length > 0;
      if (isComment(node)) lines.push(plainLine(depth, node.text.trimEnd(), blankBefore));
      else for (const line of nodeLines(text, node, within(comments, node), depth, blankBefore)) lines.push(line);
    }
    previousEnd = item.end;
  }
  return lines;
}

function isComment(node: Item["node"]): node is Comment {
  return node.kind === "line" || node.kind === "block" && "text" in node || node.kind === "doc";
}

function inOrder(nodes: readonly (Member | Declaration)[], comments: readonly Comment[]): readonly Item[] {
  const items: Item[] = nodes.map((node) => ({ start: node.start, end: node.end, node }));
  let index = 0;
  for (const comment of comments) {
    while (index < nodes.length && (nodes[index] as Span).end <= comment.start) index += 1;
    const next = nodes[index];
    if (next === undefined || comment.start < next.start) items.push({ start: comment.start, end: comment.end, node: comment });
  }
  return items.sort((a, b) => a.start - b.start);
}

/** The comments inside a span; comments are in order, so only the span's own are looked at. */
function within(comments: readonly Comment[], span: Span): readonly Comment[] {
  const first = firstCommentFrom(comments, span.start);
  let last = first;
  while ((comments[last]?.end ?? Infinity) <= span.end) last += 1;
  return comments.slice(first, last);
}

function plainLine(depth: number, head: string, blankBefore: boolean): Line {
  return { depth, head, tail: "", aligned: undefined, comment: "", blankBefore };
}

function nodeLines(text: string, node: Member | Declaration, comments: readonly Comment[], depth: number, blankBefore: boolean): readonly Line[] {
  if ((node.kind === "declaration" || node.kind === "block") && node.body !== undefined) {
    return blockLines(text, node, node.body, comments, depth, blankBefore);
  }
  return [{ ...statement(text, node, depth), depth, comment: "", blankBefore }];
}

function blockLines(
  text: string, node: Block | BlockDeclaration, body: Body, comments: readonly Comment[], depth: number, blankBefore: boolean,
): readonly Line[] {
  const header = pieces(text, node.start, body.open.end, depth);
  if (isOnOneLine(text, body, comments)) return [plainLine(depth, header + oneLineBody(text, body), blankBefore)];
  const region = { start: body.open.end, end: body.close?.start ?? body.end };
  const inner = linesOf(text, body.members, within(comments, region), region, depth + 1);
  const first = inner[0];
  const opening = plainLine(depth, header, blankBefore);
  const closing = plainLine(depth, "}", false);
  // A comment right after the brace stays on the header's line.
  const firstComment = within(comments, region)[0];
  const isTrailing = first !== undefined && firstComment !== undefined && first.tail === ""
    && first.head === firstComment.text.trimEnd() && lineBreaks(text, region.start, firstComment.start) === 0;
  if (!isTrailing) return [opening, ...inner, closing];
  const comment = [first.head, first.comment].filter((part) => part !== "").join(" ");
  return [{ ...opening, comment }, ...inner.slice(1).map((line, index) => (index === 0 ? { ...line, blankBefore: false } : line)), closing];
}

function isOnOneLine(text: string, body: Body, comments: readonly Comment[]): boolean {
  return lineBreaks(text, body.open.start, body.end) === 0
    && !comments.some((comment) => comment.start >= body.open.start && comment.end <= body.end);
}

function oneLineBody(text: string, body: Body): string {
  if (body.members.length === 0) return " }";
  const members = body.members.map((member) => {
    if (member.kind === "block") return pieces(text, member.start, member.body.open.end, 0) + oneLineBody(text, member.body);
    const { head, tail } = statement(text, member, 0);
    return tail === "" ? head : `${head} ${tail}`;
  });
  return ` ${members.join(", ")} }`;
}

/** A statement cut where it is aligned: before `=`, or after `require` and `measured`. */
function statement(text: string, node: Member | Declaration, depth: number): Pick<Line, "head" | "tail" | "aligned"> {
  if (node.kind === "property" || node.kind === "let") {
    const equals = firstEquals(text, node);
    if (equals !== undefined) {
      return { head: pieces(text, node.start, equals, depth), tail: pieces(text, equals, node.end, depth), aligned: "assignment" };
    }
  }
  if (node.kind === "require" || node.kind === "measured") {
    const { start, end } = node.keywordSpan;
    return { head: text.slice(start, end), tail: pieces(text, end, node.end, depth), aligned: "keyword" };
  }
  if (node.kind === "where" || node.kind === "objective") {
    const { start, end } = node.keywordSpan;
    return { head: `${text.slice(start, end)} ${pieces(text, end, node.end, depth)}`, tail: "", aligned: undefined };
  }
  return { head: pieces(text, node.start, node.end, depth), tail: "", aligned: undefined };
}

function firstEquals(text: string, span: Span): number | undefined {
  return lex(text, span.start, span.end).tokens.find((token) => token.tokenType === Equals)?.startOffset;
}

const openers: ReadonlySet<TokenType> = new Set([LeftParenthesis, LeftBracket, LeftBrace]);
const closers: ReadonlySet<TokenType> = new Set([RightParenthesis, RightBracket, RightBrace]);
const tightBefore: ReadonlySet<TokenType> = new Set([Comma, RightParenthesis, RightBracket, Dot, DotDot]);
const tightAfter: ReadonlySet<TokenType> = new Set([LeftParenthesis, LeftBracket, Dot, DotDot]);
/** After these a `+` or `-` belongs to the value that follows. */
const beforePrefix: ReadonlySet<TokenType | undefined> = new Set([
  undefined, LeftParenthesis, LeftBracket, Comma, DotDot, Operator, Sign, Comparison, Equals, Step,
]);

/** The tokens and comments of text[start, end) with canonical space; line breaks inside brackets stay. */
function pieces(text: string, start: number, end: number, depth: number): string {
  const lexed = lex(text, start, end);
  // A comment takes part as an unknown token: a space on either side.
  const comments = lexed.comments.map((comment) => createTokenAt(Unknown, comment.text.trimEnd(), comment.start, comment.end));
  const all = [...lexed.tokens.filter((token) => token.tokenType !== Newline), ...comments].sort((a, b) => a.startOffset - b.startOffset);
  let printed = "";
  let level = 0;
  let previous: Token | undefined;
  let beforePrevious: TokenType | undefined;
  for (const token of all) {
    if (closers.has(token.tokenType)) level -= 1;
    if (previous !== undefined) {
      const isAfterLineComment = previous.tokenType === Unknown && previous.image.startsWith("//");
      const isBroken = isAfterLineComment || (bracketed(level, token) && lineBreaks(text, endOf(previous), token.startOffset) > 0);
      const isPrefix = previous.tokenType === Sign && beforePrefix.has(beforePrevious);
      const isHeader = level === 0 && !closers.has(token.tokenType);
      printed += isBroken ? `\n${" ".repeat(indentWidth * (depth + (isHeader ? 1 : level)))}` : gap(previous, token, isPrefix);
    }
    printed += spelling(text, token);
    if (openers.has(token.tokenType)) level += 1;
    if (token.tokenType !== Unknown) beforePrevious = previous?.tokenType === Unknown ? beforePrevious : previous?.tokenType;
    previous = token;
  }
  return printed;
}

function bracketed(level: number, token: Token): boolean {
  return level > 0 || (closers.has(token.tokenType) && level === 0);
}

function gap(previous: Token, next: Token, isAfterPrefix: boolean): string {
  if (tightBefore.has(next.tokenType) || tightAfter.has(previous.tokenType) || isAfterPrefix) return "";
  return next.tokenType === LeftParenthesis && previous.tokenType === Identifier ? "" : " ";
}

function spelling(text: string, token: Token): string {
  const { number } = token;
  if (token.tokenType !== NumberToken || number === undefined || number.unitSpan === undefined) return token.image;
  return `${number.digits}${number.suffix ?? ""} ${text.slice(number.unitSpan.start, number.unitSpan.end)}`;
}

function render(lines: readonly Line[]): string {
  const rendered: string[] = [];
  for (let start = 0; start < lines.length;) {
    let end = start + 1;
    while (end < lines.length && lines[end]?.depth === lines[start]?.depth && lines[end]?.blankBefore === false) end += 1;
    for (const line of renderRun(lines.slice(start, end))) rendered.push(line);
    start = end;
  }
  return rendered.join("\n");
}

function renderRun(run: readonly Line[]): readonly string[] {
  const assignments = alignmentOf(run, "assignment");
  const keywords = alignmentOf(run, "keyword");
  const code = run.map((line) => {
    const width = line.aligned === "assignment" ? assignments : keywords;
    const head = line.tail === "" ? line.head : `${line.head.padEnd(line.aligned === undefined ? 0 : width)} ${line.tail}`;
    return " ".repeat(indentWidth * line.depth) + head;
  });
  const longest = code.reduce((most, text, index) => (run[index]?.comment === "" ? most : Math.max(most, lastLineLength(text))), 0);
  const column = Math.max(commentColumn, longest + 2);
  return code.map((text, index) => {
    const line = run[index] as Line;
    const padding = " ".repeat(Math.max(0, column - lastLineLength(text)));
    return (line.blankBefore ? "\n" : "") + (line.comment === "" ? text : text + padding + line.comment);
  });
}

/** The width that heads of a kind are padded to. One long key does not push three or more others far out. */
function alignmentOf(run: readonly Line[], kind: Line["aligned"]): number {
  const widths = run.filter((line) => line.aligned === kind).map((line) => line.head.length).sort((a, b) => b - a);
  const [longest = 0, second = 0] = widths;
  return widths.length > 3 && longest - second >= outlierGap ? second : longest;
}

function lastLineLength(text: string): number {
  return text.length - (text.lastIndexOf("\n") + 1);
}
