/**
 * Text to tokens and comments, for any text: what the language has not becomes an `Unknown` token beside an error.
 * Scanned by hand (see `tokens.ts`). Line breaks are `\n`, `\r\n` and `\r`, as in the language server protocol.
 */
import type { IToken, TokenType } from "chevrotain";
import type { Comment, MagnitudeSuffix, NumberLiteral, SyntaxError } from "./ast";
import * as mistakes from "./syntax-errors";
import {
  Colon, Comma, Comparison, contextualWords, Dot, DotDot, Equals, Identifier, LeftBrace, LeftBracket, LeftParenthesis,
  Newline, NumberToken, Operator, RightBrace, RightBracket, RightParenthesis, Sign, StringToken, Unknown,
} from "./tokens";
import { unitNames } from "./unit-names";

export interface Token extends IToken {
  /** For a number: all that its spelling says. */
  readonly number?: NumberLiteral;
}

export interface Lexed {
  readonly tokens: Token[];
  readonly comments: Comment[];
  readonly errors: SyntaxError[];
  /** Where scanning stopped: beyond `to` when a comment reaches over it. */
  readonly end: number;
  /** A block comment is not closed, so any later text may change what follows it. */
  readonly openComment: boolean;
}

export function createTokenAt(tokenType: TokenType, image: string, start: number, end: number): Token {
  return { image, startOffset: start, endOffset: end - 1, tokenType, tokenTypeIdx: tokenType.tokenTypeIdx as number };
}

/** Chevrotain's `endOffset` is inclusive; the tree's `end` is exclusive. */
export function endOf(token: IToken): number {
  return (token.endOffset as number) + 1;
}

const digits = /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d[\d_]*)?/y;
/** What follows a point that has no digit before it. */
const fraction = /\d[\d_]*(?:[eE][+-]?\d[\d_]*)?/y;
/** A point after which neither a digit, a name nor a second point stands. */
const danglingPoint = /\.(?![\p{L}\p{N}_.])/uy;
const word = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const wordEnd = "(?![\\p{L}\\p{M}\\p{N}_])";
/** `μs` (Greek mu) and `µs` (micro sign) are read as `us`. */
const microseconds = /^[μµ]s$/u;
/** A text in typographic quotes, as word processors make them, or in single ones, as other languages have them. */
const otherQuoted = /[“”„][^“”„\r\n]{0,1000}[“”]|'[^'\r\n]{0,1000}'|[‘’‚][^‘’‚\r\n]{0,1000}[‘’]/uy;
const knownUnits: ReadonlySet<string> = new Set(unitNames);
const unit = new RegExp(
  `(?:${[...unitNames, "μs", "µs"].sort((a, b) => b.length - a.length).join("|")})${wordEnd}`, "uy");
const suffix = new RegExp(`(?:[KMGT]i|[KMBT])${wordEnd}`, "uy");
/** After a number and a space: a word that begins something else is no unit. */
const notAUnit = /[ \t]*(?:=(?!=)|[:{(]|\.(?!\.))/y;
/** The same for a word that no unit is: it may also be a block's name, whose kind and `{` follow. */
const notAnyUnit = new RegExp(`${notAUnit.source}|[ \\t]+[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*[ \\t]*\\{`, "uy");
const afterNumber: ReadonlySet<string> = new Set(["step", "from", "as"]);
const blank = /[\s\u200b\ufeff]/u;

/** What people paste or type by habit, and what it stands for. */
const lookAlikes: ReadonlyMap<string, readonly [string, TokenType]> = new Map([
  ["×", ["*", Operator]], ["÷", ["/", Operator]], ["−", ["-", Sign]], ["–", ["-", Sign]],
  ["≤", ["<=", Comparison]], ["≥", [">=", Comparison]],
]);

const punctuation: readonly (TokenType | undefined)[] = (() => {
  const table: (TokenType | undefined)[] = new Array<undefined>(128).fill(undefined);
  const entries: readonly (readonly [string, TokenType])[] = [
    ["{", LeftBrace], ["}", RightBrace], ["(", LeftParenthesis], [")", RightParenthesis], ["[", LeftBracket],
    ["]", RightBracket], [",", Comma], [":", Colon], ["+", Sign], ["-", Sign], ["*", Operator], ["/", Operator],
    ["%", Operator], ["^", Operator],
  ];
  for (const [character, type] of entries) table[character.charCodeAt(0)] = type;
  return table;
})();

const lineFeed = 10;
const carriageReturn = 13;
const hash = 35;

export function isLineBreak(code: number): boolean {
  return code === lineFeed || code === carriageReturn;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isAsciiWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || isDigit(code);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** First offset at or after `from` that holds a line break, or `limit`. */
export function lineEnd(text: string, from: number, limit = text.length): number {
  let at = from;
  while (at < limit && !isLineBreak(text.charCodeAt(at))) at += 1;
  return at;
}

/** Start of the line that holds `offset` when nothing but blanks stands before it there. */
export function lineStartIfBlank(text: string, offset: number): number | undefined {
  let at = offset;
  while (at > 0 && !isLineBreak(text.charCodeAt(at - 1)) && blank.test(text.charAt(at - 1))) at -= 1;
  return at === 0 || isLineBreak(text.charCodeAt(at - 1)) ? at : undefined;
}

/** Scans tokens that start in [from, to). `from` must not lie inside a token or a comment. */
export function lex(text: string, from = 0, to = text.length): Lexed {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const errors: SyntaxError[] = [];
  let at = from;
  let openComment = false;

  const push = (type: TokenType, end: number): void => {
    tokens.push(createTokenAt(type, text.slice(at, end), at, end));
    at = end;
  };

  const scanComment = (): void => {
    const isLine = text.charCodeAt(at + 1) === 47;
    const closer = isLine || openComment ? -1 : text.indexOf("*/", at + 2);
    // An unclosed comment ends with its line, so that the rest of the file stays alive.
    const end = closer === -1 ? lineEnd(text, at) : closer + 2;
    const isDoc = isLine && text.charCodeAt(at + 2) === 47 && text.charCodeAt(at + 3) !== 47;
    const kind = isDoc ? "doc" : isLine ? "line" : "block";
    comments.push({ kind, start: at, end, text: text.slice(at, end) });
    if (!isLine && closer === -1) {
      openComment = true;
      errors.push(mistakes.unclosedComment({ start: at, end }));
    }
    at = end;
  };

  const scanString = (): void => {
    let end = at + 1;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === 34 || isLineBreak(code)) break;
      end += code === 92 && end + 1 < text.length && !isLineBreak(text.charCodeAt(end + 1)) ? 2 : 1;
    }
    if (text.charCodeAt(end) === 34) return push(StringToken, end + 1);
    const start = at;
    // What closes a bracket of this line at its end most likely still does.
    if (hasOpenerOnLine(tokens)) while (end > at + 1 && " \t,)]}".includes(text.charAt(end - 1))) end -= 1;
    push(StringToken, end);
    errors.push(mistakes.unclosedString({ start, end: at }));
  };

  const scanWord = (): void => {
    let end = at;
    while (end < text.length && isAsciiWord(text.charCodeAt(end))) end += 1;
    if (end < text.length && text.charCodeAt(end) > 127) end = at + (matchAt(word, text, at)?.length ?? end - at);
    const image = text.slice(at, end);
    tokens.push(createTokenAt(contextualWords.get(image) ?? Identifier, image, at, end));
    at = end;
  };

  const scanNumber = (): void => {
    const start = at;
    const number = scanQuantity(text, at, errors);
    if (number === undefined) return push(Identifier, at + wordLengthWithDigits(text, at));
    tokens.push({ ...createTokenAt(NumberToken, text.slice(start, number.end), start, number.end), number });
    at = number.end;
  };

  const scanOtherQuoted = (): boolean => {
    const written = matchAt(otherQuoted, text, at);
    if (written === undefined) return false;
    const meant = `"${written.slice(1, -1).replace(/"/gu, "\\\"")}"`;
    errors.push(mistakes.lookAlike({ start: at, end: at + written.length }, written, meant));
    tokens.push(createTokenAt(StringToken, meant, at, at + written.length));
    at += written.length;
    return true;
  };

  /** `# note`, as in Python: read as the comment that it was meant for. */
  const scanHashComment = (): void => {
    const start = at;
    while (text.charCodeAt(at) === hash) at += 1;
    errors.push(mistakes.hashComment({ start, end: at }));
    at = lineEnd(text, at);
    comments.push({ kind: "line", start, end: at, text: text.slice(start, at) });
  };

  const scanUnknown = (): void => {
    if (scanOtherQuoted()) return;
    let end = at;
    while (end < text.length && isUnknownAt(text, end)) end += (text.codePointAt(end) as number) > 0xffff ? 2 : 1;
    end = Math.max(end, at + 1);
    const start = at;
    const image = text.slice(at, end);
    const meant = lookAlikes.get(image);
    if (image === ";" && (end >= text.length || isLineBreak(text.charCodeAt(end)))) {
      errors.push(mistakes.semicolon({ start, end }));
      at = end;
    } else if (meant !== undefined) {
      errors.push(mistakes.lookAlike({ start, end }, image, meant[0]));
      tokens.push(createTokenAt(meant[1], meant[0], start, end));
      at = end;
    } else {
      push(Unknown, end);
      errors.push(mistakes.unknownCharacters({ start, end }, image));
    }
  };

  while (at < to) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 9) at += 1;
    else if (isLineBreak(code)) {
      // Blank lines and comment lines add nothing: one token for a run.
      if (tokens.at(-1)?.tokenType === Newline) at += 1;
      else push(Newline, at + 1);
    } else if (isDigit(code)) scanNumber();
    else if (isAsciiWord(code)) scanWord();
    else if (code === 34) scanString();
    else if (code === 47 && (text.charCodeAt(at + 1) === 47 || text.charCodeAt(at + 1) === 42)) scanComment();
    else if (code === 46) {
      if (text.charCodeAt(at + 1) === 46) push(DotDot, at + 2);
      else if (isDigit(text.charCodeAt(at + 1)) && !touchesValue(tokens.at(-1), at)) scanNumber();
      else push(Dot, at + 1);
    } else if (code === 61) {
      if (text.charCodeAt(at + 1) === 61) push(Comparison, at + 2);
      else push(Equals, at + 1);
    } else if (code === 60 || code === 62) push(Comparison, at + (text.charCodeAt(at + 1) === 61 ? 2 : 1));
    else if (code < 128 && punctuation[code] !== undefined) push(punctuation[code], at + 1);
    else if (code === hash) scanHashComment();
    else if (blank.test(text.charAt(at))) at += 1;
    else if (code > 127 && matchAt(word, text, at) !== undefined) scanWord();
    else scanUnknown();
  }
  return { tokens, comments, errors, end: at, openComment };
}

function hasOpenerOnLine(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (let index = tokens.length - 1; index >= 0; index -= 1) {
    const type = tokens[index]?.tokenType;
    if (type === Newline) break;
    if (type === LeftBrace || type === LeftParenthesis || type === LeftBracket) depth += 1;
    else if (type === RightBrace || type === RightParenthesis || type === RightBracket) depth -= 1;
    if (depth > 0) return true;
  }
  return false;
}

/** `a.5` is a path with a mistake, `.5` a number with one. */
function touchesValue(previous: Token | undefined, at: number): boolean {
  return previous !== undefined && endOf(previous) === at
    && (previous.tokenType === NumberToken || previous.tokenType === Identifier);
}

function isUnknownAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) {
    return !isAsciiWord(code) && punctuation[code] === undefined && !blank.test(text.charAt(at))
      && code !== 34 && code !== 46 && code !== 60 && code !== 61 && code !== 62 && code !== 59 && code !== hash;
  }
  return !blank.test(text.charAt(at)) && matchAt(word, text, at) === undefined;
}

function wordLengthWithDigits(text: string, at: number): number {
  const plain = matchAt(/\d+/y, text, at) ?? "";
  return plain.length + (matchAt(word, text, at + plain.length)?.length ?? 0);
}

/** A number with its magnitude and unit; `undefined` where the digits begin a name such as `1f1b`. */
function scanQuantity(text: string, start: number, errors: SyntaxError[]): NumberLiteral | undefined {
  const leadingPoint = text.charCodeAt(start) === 46;
  const written = `${leadingPoint ? "." : ""}${matchAt(leadingPoint ? fraction : digits, text, leadingPoint ? start + 1 : start) ?? ""}`;
  let at = start + written.length;
  let magnitude: MagnitudeSuffix | undefined;
  let unitStart: number | undefined;
  let unitText: string | undefined;

  const danglesPoint = !leadingPoint && matchAt(danglingPoint, text, at) !== undefined;
  if (danglesPoint) at += 1;

  const next = text.charCodeAt(at);
  if (next === 37) {
    magnitude = "%";
    at += 1;
  } else if (isAsciiWord(next) || next > 127) {
    const touchingUnit = matchAt(unit, text, at);
    const touchingSuffix = matchAt(suffix, text, at);
    if (touchingUnit !== undefined && touchingUnit !== "B") {
      unitStart = at;
      unitText = touchingUnit;
    } else if (touchingSuffix !== undefined) {
      magnitude = touchingSuffix as MagnitudeSuffix;
      at += touchingSuffix.length;
    } else {
      const touchingWord = matchAt(word, text, at);
      // No unit has a digit in it: what does is a name that starts with one.
      if (touchingWord !== undefined && /\d/u.test(touchingWord) && /^\d+$/u.test(written)) return undefined;
      if (touchingWord !== undefined && !afterNumber.has(touchingWord)) {
        unitStart = at;
        unitText = touchingWord;
      }
    }
  }
  if (unitText === undefined && magnitude !== "%") {
    let spaced = at;
    while (text.charCodeAt(spaced) === 32 || text.charCodeAt(spaced) === 9) spaced += 1;
    const sign = text.charAt(spaced) === "$" ? "$" : undefined; // no unit, but meant as one: `2 $/h`
    if (spaced > at || sign !== undefined) {
      const knownUnit = matchAt(unit, text, spaced);
      const candidate = knownUnit ?? sign ?? matchAt(word, text, spaced);
      const otherwise = knownUnit === undefined ? notAnyUnit : notAUnit;
      if (candidate !== undefined && !afterNumber.has(candidate) && matchAt(otherwise, text, spaced + candidate.length) === undefined) {
        unitStart = spaced;
        unitText = candidate;
      }
    }
  }
  if (unitStart !== undefined && unitText !== undefined) at = unitStart + unitText.length;
  const digitsSpan = { start, end: start + written.length };
  const value = Number(written.replace(/_/gu, ""));
  if (leadingPoint) errors.push(mistakes.missingLeadingDigit(digitsSpan, written));
  else if (danglesPoint) errors.push(mistakes.missingFraction({ start, end: digitsSpan.end + 1 }, written));
  else if (/__|_(?!\d)/u.test(written)) errors.push(mistakes.misplacedUnderscore(digitsSpan, written));
  else if (value === Infinity) errors.push(mistakes.numberTooLarge(digitsSpan, written));
  else if (value === 0 && /^[^eE]*[1-9]/u.test(written)) errors.push(mistakes.numberTooSmall(digitsSpan, written));
  const known = unitText !== undefined && microseconds.test(unitText) ? "us" : unitText;
  return {
    kind: "number",
    start,
    end: at,
    value,
    digits: written,
    suffix: magnitude,
    unit: known,
    unitSpan: unitStart === undefined ? undefined : { start: unitStart, end: at },
    unitKnown: known === undefined || knownUnits.has(known),
  };
}
