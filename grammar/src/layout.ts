/**
 * From the tokens of one chunk to the tokens that the grammar reads: newlines that end nothing are gone, brackets and
 * braces are balanced, nesting is bounded, and the first word of each statement is marked with what the statement is.
 * What had to be mended is reported here, so that the parser meets at most one mistake a statement.
 */
import type { Span, SyntaxError } from "./ast";
import { declarationKeywords } from "./ast";
import { isDeclarationKeyword, isWord, startsDeclaration } from "./chunks";
import { createTokenAt, endOf, lineEnd, lineStartIfBlank, type Token } from "./lexer";
import * as mistakes from "./syntax-errors";
import {
  BlockWord, Colon, Comma, Comparison, DeclarationWord, Dot, DotDot, Equals, Extends, From, Identifier, ImportClose,
  ImportOpen, ImportWord, ItemComma, LeftBrace, LeftBracket,
  LeftParenthesis, LetWord, Newline, NumberToken, Operator, PropertyWord, RightBrace, RightBracket, RightParenthesis, Sign,
  statementWords, Step, StringToken, TooDeep, Unknown,
} from "./tokens";
import type { TokenType } from "chevrotain";

/** Blocks in blocks and brackets in brackets; bounds the parser's recursion. */
export const nestingLimit = 100;
/** Operations that hang on one another; bounds the depth of the tree for everyone who walks it. */
export const expressionDepthLimit = 500;

/** Tokens that are looked at for the end of a one-line block; bounds the time that a very long line takes. */
const oneLineBlockLimit = 200;

export interface Layout {
  readonly tokens: Token[];
  readonly errors: readonly SyntaxError[];
}

interface OpenBlock {
  readonly header: Span;
  readonly label: string;
  /** Columns before the header's first word. */
  readonly indent: number;
  /** Columns before its first statement on a line of its own. */
  bodyIndent: number | undefined;
}

function spanOf(first: Token, last: Token = first): Span {
  return { start: first.startOffset, end: endOf(last) };
}

function marked(token: Token, type: TokenType): Token {
  return createTokenAt(type, token.image, token.startOffset, endOf(token));
}

/** Columns before `offset` when only blanks stand there on its line. */
function indentOf(text: string, offset: number): number | undefined {
  const start = lineStartIfBlank(text, offset);
  return start === undefined ? undefined : offset - start;
}

export function layOut(text: string, tokens: readonly Token[]): Layout {
  const out: Token[] = [];
  const errors: SyntaxError[] = [];
  const blocks: OpenBlock[] = [];
  let at = 0;
  let surplus = surplusOfOpeners(tokens);
  let partner: Int32Array | undefined;
  let reportedTooDeep = false;
  let inStrayText = false;
  let presentLine = tokens[0]?.startOffset ?? 0;

  const previousEnd = (): number => {
    const last = out.at(-1);
    return last === undefined ? tokens[0]?.startOffset ?? 0 : endOf(last);
  };
  const pushVirtual = (type: TokenType, image: string): void => {
    out.push(createTokenAt(type, image, previousEnd(), previousEnd()));
  };
  const partnerOf = (index: number): number => {
    partner ??= matchBraces(tokens);
    return partner[index] as number;
  };
  const typeAt = (index: number): TokenType | undefined => tokens[index]?.tokenType;
  const afterNewlines = (index: number): number => (typeAt(index) === Newline ? index + 1 : index);

  /** The group that begins at the brace tokens[at]; the brace alone when the chunk has one too many. */
  const skipGroup = (): void => {
    const close = surplus > 0 ? -1 : partnerOf(at);
    if (close === -1) surplus -= 1;
    at = close === -1 ? at + 1 : close + 1;
  };

  /** A word and `=`, a block's header, a closing brace or a declaration: no item of a list looks like that. */
  const startsStatement = (index: number): boolean => {
    if (typeAt(index) === RightBrace || startsDeclaration(text, tokens, index)) return true;
    return isWord(tokens[index]) && (typeAt(index + 1) === Equals || startsBlock(index));
  };
  const startsBlock = (index: number): boolean => isWord(tokens[index])
    && (typeAt(index + 1) === LeftBrace || (isWord(tokens[index + 1]) && typeAt(index + 2) === LeftBrace));

  const skipStatement = (): Token => {
    let last = tokens[at] as Token;
    let open = 0;
    while (at < tokens.length) {
      const type = typeAt(at);
      if (blocks.length > 0 && (type === RightBrace || (type === Comma && open <= 0))) break;
      if (type === Newline && (open <= 0 || startsStatement(at + 1))) break;
      last = tokens[at] as Token;
      if (type === LeftParenthesis || type === LeftBracket) open += 1;
      else if (type === RightParenthesis || type === RightBracket) open -= 1;
      if (type === LeftBrace) skipGroup();
      else at += 1;
    }
    return last;
  };

  const openBlock = (header: Token, label: string): void => {
    const brace = tokens[at] as Token;
    if (blocks.length >= nestingLimit) {
      if (!reportedTooDeep) errors.push(mistakes.nestedTooDeeply(spanOf(brace), nestingLimit));
      reportedTooDeep = true;
      const close = partnerOf(at);
      pushVirtual(LeftBrace, "{");
      pushVirtual(RightBrace, "}");
      at = close === -1 ? tokens.length : close + 1;
      return;
    }
    blocks.push({ header: spanOf(header, brace), label, indent: indentOfBlock(header), bodyIndent: undefined });
    out.push(brace);
    at += 1;
  };

  const indentOfBlock = (header: Token): number => indentOf(text, header.startOffset) ?? blocks.at(-1)?.indent ?? 0;

  /** A block whose `{` is not written. */
  const openMissing = (header: Token, label: string): void => {
    const end = previousEnd();
    const span = { start: header.startOffset, end };
    errors.push(mistakes.blockNotOpened(span, label, end));
    blocks.push({ header: span, label, indent: indentOfBlock(header), bodyIndent: undefined });
    pushVirtual(LeftBrace, "{");
    surplus += 1;
  };

  /** Reports the innermost of `unclosed`, which is innermost first; the fix closes them all. */
  const reportUnclosed = (unclosed: readonly OpenBlock[]): void => {
    const innermost = unclosed[0];
    if (innermost === undefined || reportedTooDeep) return;
    // On the last line with something in it: the next one may begin the next declaration.
    const last = out.findLast((token) => token.tokenType !== Newline);
    const end = last === undefined ? previousEnd() : endOf(last);
    const isOneLine = (block: OpenBlock): boolean => lineEnd(text, block.header.start) >= end && block.header.end < end;
    const rest = text.slice(end, lineEnd(text, end));
    const place = isOneLine(innermost) || rest.includes("/*") ? end : end + rest.length;
    const closers = unclosed.map((block) => (isOneLine(block) ? " }" : `\n${" ".repeat(block.indent)}}`)).join("");
    errors.push(mistakes.blockNotClosed(innermost.header, innermost.label, place, closers));
  };

  const closeMissing = (): void => {
    const block = blocks.pop();
    if (block === undefined) return;
    reportUnclosed([block]);
    pushVirtual(Newline, "");
    pushVirtual(RightBrace, "}");
    surplus -= 1;
  };

  const onRightBrace = (): void => {
    const brace = tokens[at] as Token;
    const indent = indentOf(text, brace.startOffset);
    const block = blocks.at(-1);
    // With one brace too many, the one that does not stand under its block's header is the likely intruder.
    const isIntruder = block !== undefined && surplus < 0 && block.bodyIndent !== undefined
      && block.bodyIndent > block.indent && block.bodyIndent !== Infinity && (indent === undefined || indent >= block.bodyIndent);
    if (block === undefined || isIntruder) {
      errors.push(mistakes.strayCloser(spanOf(brace), "}"));
      surplus += 1;
    } else {
      blocks.pop();
      out.push(brace);
    }
    at += 1;
  };

  /** With a brace missing, the indentation tells which block lacks it. */
  const closeByIndentation = (): void => {
    const token = tokens[at] as Token;
    const indent = surplus > 0 ? indentOf(text, token.startOffset) : undefined;
    if (indent === undefined) return;
    const isClose = token.tokenType === RightBrace;
    for (let block = blocks.at(-1); block !== undefined && surplus > 0; block = blocks.at(-1)) {
      const isIndented = block.bodyIndent !== undefined && block.bodyIndent > block.indent;
      if (!isIndented || (isClose ? indent >= block.indent : indent > block.indent)) return;
      closeMissing();
    }
  };

  const noteIndentation = (token: Token): void => {
    const block = blocks.at(-1);
    // A member on the header's own line: every line below is out of such a block.
    if (block !== undefined && block.bodyIndent === undefined) block.bodyIndent = indentOf(text, token.startOffset) ?? Infinity;
  };

  /** Another statement may follow on the same line: its missing comma is reported. */
  const endStatement = (): void => {
    const next = typeAt(at);
    if (next !== undefined && next !== Newline && next !== Comma && next !== RightBrace) pushVirtual(Newline, "");
  };

  /** `0:2` for `0..2`: whether the colon at `at` stands between two whole numbers. */
  const isRangeColon = (): boolean => {
    const from = out.at(-1);
    const to = tokens[at + 1];
    return out.at(-2)?.tokenType === Equals && typeAt(at + 2) !== Colon && from !== undefined && isCount(from) && to !== undefined && isCount(to);
  };

  /** Reads to the end of the statement: brackets are balanced, newlines inside them dropped. `assigned`: its `=` has been read. */
  const readValue = (canAssign: boolean, isAssigned = false): void => {
    const open: Token[] = [];
    /** For each bracket level: operations in the present item, and the most of any item. */
    const counts: number[] = [0];
    const most: number[] = [0];
    let total = 0;
    let assigned = isAssigned;
    let valueStart = out.length;
    let tooDeep: Span | undefined;

    const push = (token: Token): void => {
      if (tooDeep === undefined) out.push(token);
      else tooDeep = { start: tooDeep.start, end: endOf(token) };
    };
    const cut = (error: SyntaxError, token: Token): void => {
      if (tooDeep !== undefined) return;
      errors.push(error);
      const start = out[valueStart]?.startOffset ?? token.startOffset;
      out.length = valueStart;
      tooDeep = { start, end: endOf(token) };
    };
    const countOperation = (token: Token): void => {
      counts[counts.length - 1] = (counts.at(-1) as number) + 1;
      total += 1;
      if (total > expressionDepthLimit) cut(mistakes.expressionTooLong(spanOf(token), expressionDepthLimit), token);
    };
    const close = (token: Token): void => {
      const item = counts.pop() as number;
      const deepest = Math.max(item, most.pop() as number);
      open.pop();
      total += deepest - item;
      counts[counts.length - 1] = (counts.at(-1) as number) + deepest;
      push(token);
    };
    const closeAllMissing = (): void => {
      const innermost = open.at(-1);
      if (innermost === undefined) return;
      const end = previousEnd();
      if (tooDeep === undefined) {
        const closer = innermost.tokenType === LeftBracket ? "]" : ")";
        errors.push(mistakes.bracketNotClosed(spanOf(innermost), innermost.image, closer, end));
      }
      while (open.length > 0) {
        const isSquare = open.at(-1)?.tokenType === LeftBracket;
        close(createTokenAt(isSquare ? RightBracket : RightParenthesis, isSquare ? "]" : ")", end, end));
      }
    };
    const closeBracket = (token: Token): void => {
      const isSquare = open.at(-1)?.tokenType === LeftBracket;
      if (open.length === 0) errors.push(mistakes.strayCloser(spanOf(token), token.image));
      else if ((token.tokenType === RightBracket) === isSquare) close(token);
      else {
        if (tooDeep === undefined) errors.push(mistakes.wrongCloser(spanOf(token), token.image, isSquare ? "]" : ")"));
        close(marked(token, isSquare ? RightBracket : RightParenthesis));
      }
    };
    /** Whether the word at `at` begins something of its own, though the present statement has not ended. */
    const startsAnother = (word: Token): boolean => {
      if (!assigned || open.length > 0 || out.length === valueStart) return false;
      if (blocks.length > 0) return typeAt(at + 1) === Equals || startsBlock(at);
      return (word.image === "let" && isWord(tokens[at + 1])) || (isDeclarationKeyword(word.image) && startsBlock(at));
    };

    reading: while (at < tokens.length) {
      const token = tokens[at] as Token;
      switch (token.tokenType) {
        case Newline:
          if (open.length === 0) break reading;
          if (startsStatement(at + 1)) {
            closeAllMissing();
            break reading;
          }
          break;
        case Comma:
          if (open.length === 0) break reading;
          most[most.length - 1] = Math.max(most.at(-1) as number, counts.at(-1) as number);
          total -= counts.at(-1) as number;
          counts[counts.length - 1] = 0;
          push(marked(token, ItemComma));
          break;
        case RightBrace:
          closeAllMissing();
          break reading;
        case LeftBrace:
          if (tooDeep === undefined) errors.push(mistakes.unexpectedBlock(spanOf(token)));
          push(marked(token, Unknown));
          skipGroup();
          continue;
        case LeftParenthesis:
        case LeftBracket:
          if (open.length >= nestingLimit) cut(mistakes.nestedTooDeeply(spanOf(token), nestingLimit), token);
          countOperation(token);
          open.push(token);
          counts.push(0);
          most.push(0);
          push(token);
          break;
        case RightParenthesis:
        case RightBracket:
          closeBracket(token);
          break;
        case Operator:
        case Sign:
          countOperation(token);
          push(token);
          break;
        case Equals:
        case Colon:
          if (token.tokenType === Colon && isRangeColon()) {
            const [from, to] = [out.at(-1) as Token, tokens[at + 1] as Token];
            errors.push(mistakes.colonInRange(spanOf(from, to), spanOf(token), from.image, to.image));
            push(marked(token, DotDot));
            break;
          }
          push(token);
          if (!assigned && open.length === 0 && canAssign && tooDeep === undefined) {
            assigned = true;
            valueStart = out.length;
          }
          break;
        case Unknown:
          break;
        default:
          if (isWord(token) && startsAnother(token)) {
            if (tooDeep === undefined) errors.push(mistakes.missingSeparator(spanOf(token), token.image, previousEnd()));
            break reading;
          }
          push(token);
      }
      at += 1;
    }
    closeAllMissing();
    if (tooDeep !== undefined) out.push(createTokenAt(TooDeep, "", tooDeep.start, tooDeep.end));
    endStatement();
  };

  /** Whether names, a `}` and `from` follow, though no `{` stands before them. */
  const lacksImportBrace = (): boolean => {
    let index = at;
    while (isWord(tokens[index]) || typeAt(index) === Comma || typeAt(index) === Newline) index += 1;
    return typeAt(index) === RightBrace && typeAt(index + 1) === From && typeAt(index + 2) === StringToken;
  };

  const readImport = (): void => {
    out.push(marked(tokens[at] as Token, ImportWord));
    at += 1;
    let opener = tokens[at];
    if (opener?.tokenType === LeftBrace) {
      out.push(marked(opener, ImportOpen));
      at += 1;
    } else if (lacksImportBrace()) {
      opener = out.at(-1) as Token;
      errors.push(mistakes.importNotOpened(spanOf(opener), previousEnd()));
      pushVirtual(ImportOpen, "{");
      surplus += 1;
    } else return readValue(false);
    readImportNames(opener);
    if (typeAt(at) === Newline && typeAt(at + 1) === From && typeAt(at + 2) === StringToken) at += 1;
    readValue(false);
  };

  const readImportNames = (opener: Token): void => {
    for (let isClosed = false; !isClosed; at += 1) {
      const token = tokens[at];
      if (token === undefined || (token.tokenType === From && typeAt(at + 1) === StringToken)) {
        surplus -= 1;
        errors.push(mistakes.bracketNotClosed(spanOf(opener), "{", "}", previousEnd()));
        pushVirtual(ImportClose, "}");
        return;
      }
      if (token.tokenType === RightBrace) {
        out.push(marked(token, ImportClose));
        isClosed = true;
      } else if (token.tokenType === Newline || token.tokenType === Comma) out.push(marked(token, ItemComma));
      else if (token.tokenType === LeftBrace) {
        errors.push(mistakes.unexpectedBlock(spanOf(token)));
        surplus -= 1;
      } else if (token.tokenType !== Unknown) out.push(token);
    }
    for (; surplus < 0 && typeAt(at) === RightBrace; at += 1) {
      errors.push(mistakes.strayCloser(spanOf(tokens[at] as Token), "}"));
      surplus += 1;
    }
  };

  /** `model 30B-MoE {`: the pieces that touch one another are one name, though none that the language has. */
  const readMalformedName = (keyword: Token): void => {
    const first = tokens[at];
    if (first === undefined || !isNamePart(first) || first.tokenType === Sign || first.tokenType === Dot) return;
    let last = first;
    let end = at + 1;
    for (let next = tokens[end]; next !== undefined && isNamePart(next) && next.startOffset === endOf(last); next = tokens[end]) {
      last = next;
      end += 1;
    }
    if (last === first && isWord(first)) return;
    const span = spanOf(first, last);
    const name = text.slice(span.start, span.end);
    errors.push(mistakes.malformedName(span, name, nearestName(name, keyword.image)));
    out.push(createTokenAt(Identifier, name, span.start, span.end));
    at = end;
  };

  const isColonForExtends = (): boolean => typeAt(at) === Colon && isWord(out.at(-1)) && isWord(tokens[at + 1]) && typeAt(at + 2) === LeftBrace;

  const readDeclaration = (): void => {
    const header = tokens[at] as Token;
    out.push(marked(header, DeclarationWord));
    at += 1;
    readMalformedName(header);
    while (at < tokens.length && typeAt(at) !== Newline && typeAt(at) !== LeftBrace && typeAt(at) !== RightBrace) {
      if (isWord(tokens[at]) && typeAt(at + 1) === Equals) break;
      if (typeAt(at) === Comma) out.push(marked(tokens[at] as Token, ItemComma));
      else if (isColonForExtends()) {
        const [name, colon, base] = [out.at(-1) as Token, tokens[at] as Token, tokens[at + 1] as Token];
        errors.push(mistakes.colonForExtends(spanOf(name), spanOf(colon), spanOf(base), base.image));
        out.push(createTokenAt(Extends, "extends", colon.startOffset, endOf(colon)));
      } else if (typeAt(at) !== Unknown) out.push(tokens[at] as Token);
      at += 1;
    }
    const label = text.slice(header.startOffset, previousEnd());
    if (typeAt(afterNewlines(at)) === LeftBrace) {
      at = afterNewlines(at);
      openBlock(header, label);
    } else if (surplus < 0) openMissing(header, label);
    else if (typeAt(at) !== Newline && at < tokens.length) skipStatement();
  };

  const readBlock = (braceIndex: number): void => {
    const header = tokens[at] as Token;
    out.push(marked(header, BlockWord));
    const words = [header];
    for (at += 1; at < braceIndex; at += 1) {
      const token = tokens[at] as Token;
      if (token.tokenType === Newline || token.tokenType === Unknown) continue;
      const kind = tokens[at + 1];
      if ((token.tokenType === Equals || token.tokenType === Colon) && isWord(kind)) {
        errors.push(mistakes.equalsBeforeKind(spanOf(token), spanOf(header), spanOf(kind as Token), header.image, (kind as Token).image));
      } else if (token.tokenType === Equals || token.tokenType === Colon) {
        errors.push(mistakes.equalsBeforeBlock(spanOf(token), token.image, header.image));
      } else if (isWord(token) && words.length === 1) {
        words.push(token);
        out.push(token);
      } else {
        errors.push(mistakes.extraInHeader(spanOf(token, tokens[braceIndex - 1]), text.slice(token.startOffset, endOf(tokens[braceIndex - 1] as Token)), header.image));
        at = braceIndex - 1;
      }
    }
    openBlock(header, words.map((word) => word.image).join(" "));
  };

  /** Index of the brace that makes the line at `at` a block header; -1 when it is none. */
  const headerBrace = (): number => {
    let index = at + 1;
    while (isWord(tokens[index]) && index < at + 2) index += 1;
    if (typeAt(afterNewlines(index)) === LeftBrace) return afterNewlines(index);
    // `precision = { … }` and `attention = gqa { … }`: habits from JSON and other languages.
    if (typeAt(index) === Equals || typeAt(index) === Colon) {
      if (typeAt(index + 1) === LeftBrace) return index + 1;
      if (index === at + 1 && isWord(tokens[index + 1]) && typeAt(index + 2) === LeftBrace) return index + 2;
    }
    for (; index < tokens.length; index += 1) {
      const type = typeAt(index);
      if (type === LeftBrace) return index;
      if (type === Newline || type === Comma || type === RightBrace || type === Equals || type === Colon || type === Comparison) return -1;
    }
    return -1;
  };

  /**
   * With an opening brace missing: how many words of the line at `at` are a block's header. The lines below are
   * indented then, or the line itself closes what it has not opened.
   */
  const headerWordsWithoutBrace = (): number => {
    let index = at;
    while (index < at + 2 && isWord(tokens[index]) && typeAt(index + 1) !== Equals) index += 1;
    if (index === at) return 0;
    if (typeAt(index) === Newline) {
      const next = tokens[index + 1];
      const below = next === undefined ? undefined : indentOf(text, next.startOffset);
      const own = indentOf(text, (tokens[at] as Token).startOffset);
      return below !== undefined && own !== undefined && below > own ? index - at : 0;
    }
    if (typeAt(index) !== RightBrace && !isWord(tokens[index])) return 0;
    // On one line with its parent's header, the brace closes the parent.
    if ((blocks.at(-1)?.header.end ?? 0) > presentLine) return 0;
    let depth = 0;
    const limit = Math.min(tokens.length, index + oneLineBlockLimit);
    for (let ahead = index; ahead < limit && typeAt(ahead) !== Newline && depth >= 0; ahead += 1) {
      if (typeAt(ahead) === LeftBrace) depth += 1;
      else if (typeAt(ahead) === RightBrace) depth -= 1;
    }
    return depth < 0 ? index - at : 0;
  };

  const readStrayText = (): void => {
    const first = tokens[at] as Token;
    const last = skipStatement();
    // A run of such lines is one mistake; what the lexer has reported is not said twice.
    if (inStrayText || first.tokenType === Unknown) return;
    inStrayText = true;
    const end = lineEnd(text, first.startOffset, endOf(last));
    const span = { start: first.startOffset, end };
    const suggestion = isWord(first) ? nearestKeyword(first.image) : undefined;
    errors.push(mistakes.outsideDeclaration(span, text.slice(span.start, span.end), spanOf(first), suggestion));
  };

  /** A whole file of JSON, such as a model's `config.json`: one mistake. */
  const readJson = (): void => {
    const first = tokens[at] as Token;
    skipStatement();
    if (!inStrayText) errors.push(mistakes.json(spanOf(first)));
    inStrayText = true;
  };

  const readTopLevel = (): void => {
    const first = tokens[at] as Token;
    if (first.tokenType === LeftBrace && typeAt(afterNewlines(at + 1)) === StringToken) return readJson();
    const second = typeAt(at + 1);
    const isProperty = second === Equals || second === Dot || second === Colon;
    if (!isWord(first) || (isProperty && first.image !== "let")) return readStrayText();
    if (first.image === "import") readImport();
    else if (first.image === "let") {
      out.push(marked(first, LetWord));
      at += 1;
      readValue(true);
    } else if (isDeclarationKeyword(first.image)) readDeclaration();
    else return readStrayText();
    inStrayText = false;
  };

  /** `1,000`: the digits after a comma that touches both numbers. */
  const readDigitGroups = (first: Token): boolean => {
    const comma = out.at(-1);
    const number = out.at(-2);
    if (first.tokenType !== NumberToken || comma?.tokenType !== Comma || number?.tokenType !== NumberToken) return false;
    if (endOf(number) !== comma.startOffset || endOf(comma) !== first.startOffset) return false;
    if (!/^[1-9]\d{0,2}$/u.test(number.image) || !/^\d{3}(?!\d)/u.test(first.image)) return false;
    let last = first;
    for (at += 1; typeAt(at) === Comma && typeAt(at + 1) === NumberToken && tokens[at + 1]?.startOffset === endOf(last) + 1; at += 2) {
      last = tokens[at + 1] as Token;
    }
    errors.push(mistakes.commaInNumber(spanOf(number, last), text.slice(number.startOffset, endOf(last))));
    return true;
  };

  /** `layers = 0, 1, 4..6`: the items of a list without its brackets, which are supplied. */
  const readItems = (first: Token): boolean => {
    const comma = out.at(-1);
    if (first.tokenType !== NumberToken || comma?.tokenType !== Comma) return false;
    let start = out.length - 1;
    while (isItemPart(out[start - 1]?.tokenType)) start -= 1;
    const value = out[start] as Token;
    if (out[start - 1]?.tokenType !== Equals || value === comma) return false;
    out[out.length - 1] = marked(comma, ItemComma);
    out.splice(start, 0, createTokenAt(LeftBracket, "[", value.startOffset, value.startOffset));
    for (; isItemPart(typeAt(at)) || (typeAt(at) === Comma && typeAt(at + 1) === NumberToken); at += 1) {
      const token = tokens[at] as Token;
      out.push(token.tokenType === Comma ? marked(token, ItemComma) : token);
    }
    const span = { start: value.startOffset, end: previousEnd() };
    errors.push(mistakes.itemsWithoutBrackets(span, text.slice(span.start, span.end)));
    pushVirtual(RightBracket, "]");
    endStatement();
    return true;
  };

  /** `"hidden_size": 2048,` as in JSON: read as the property that it was meant for. */
  const readQuotedKey = (key: Token): boolean => {
    const sign = tokens[at + 1];
    const name = key.image.slice(1, -1);
    if (key.tokenType !== StringToken || !/^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(name)) return false;
    if ((sign?.tokenType !== Colon && sign?.tokenType !== Equals) || typeAt(at + 2) === LeftBrace) return false;
    out.push(createTokenAt(PropertyWord, name, key.startOffset, endOf(key)), marked(sign, Equals));
    at += 2;
    const known = errors.length;
    readValue(true, true);
    const value = text.slice(endOf(sign), previousEnd()).trim();
    const comma = typeAt(at) === Comma && typeAt(at + 1) === Newline ? spanOf(tokens[at] as Token) : undefined;
    errors.splice(known, 0, mistakes.quotedKey(spanOf(key), spanOf(sign), name, value, comma));
    return true;
  };

  const readUnnamed = (first: Token): void => {
    if (readDigitGroups(first)) return;
    if (readItems(first) || readQuotedKey(first)) {
      inStrayText = false;
      return;
    }
    const last = skipStatement();
    if (inStrayText || first.tokenType === Unknown) return;
    inStrayText = true;
    const span = { start: first.startOffset, end: lineEnd(text, first.startOffset, endOf(last)) };
    errors.push(mistakes.cannotStartLine(span, text.slice(span.start, span.end)));
  };

  const readMember = (): void => {
    const first = tokens[at] as Token;
    noteIndentation(first);
    if (!isWord(first) || typeAt(at + 1) === LeftParenthesis) return readUnnamed(first);
    const second = typeAt(at + 1);
    const isAssignment = second === Equals || second === Dot || second === Colon;
    const statement = isAssignment ? undefined : statementWords.get(first.image);
    const brace = statement === undefined || second === LeftBrace ? headerBrace() : -1;
    if (brace !== -1) {
      inStrayText = false;
      return readBlock(brace);
    }
    inStrayText = false;
    const words = surplus < 0 && statement === undefined ? headerWordsWithoutBrace() : 0;
    if (words > 0) {
      out.push(marked(first, BlockWord), ...tokens.slice(at + 1, at + words));
      at += words;
      return openMissing(first, text.slice(first.startOffset, previousEnd()));
    }
    out.push(marked(first, statement ?? PropertyWord));
    at += 1;
    readValue(statement === undefined);
  };

  while (at < tokens.length) {
    closeByIndentation();
    const type = typeAt(at);
    if (type === Newline || type === Comma) {
      const separator = tokens[at] as Token;
      if (type === Newline) presentLine = endOf(separator);
      out.push(separator);
      at += 1;
    } else if (type === RightBrace) onRightBrace();
    else if (blocks.length === 0) readTopLevel();
    else readMember();
  }
  // Several open blocks are most often one brace: the innermost is named, the fix closes all.
  reportUnclosed([...blocks].reverse());
  for (; blocks.length > 0; blocks.pop()) {
    pushVirtual(Newline, "");
    pushVirtual(RightBrace, "}");
  }
  return { tokens: out, errors };
}

/** A whole number without magnitude and unit. */
function isCount({ number, image }: Token): boolean {
  return number !== undefined && number.digits === image && /^\d+$/u.test(image);
}

function isItemPart(type: TokenType | undefined): boolean {
  return type === NumberToken || type === DotDot || type === Step;
}

function isNamePart(token: Token): boolean {
  const { tokenType } = token;
  return isWord(token) || tokenType === NumberToken || tokenType === StringToken || tokenType === Sign || tokenType === Dot;
}

/** A name made of a text that is none: `Model30B_MoE` for `30B-MoE`. */
function nearestName(text: string, keyword: string): string {
  const letters = text.replace(/[^\p{L}\p{M}\p{N}_]+/gu, "_").replace(/^_+|_+$/gu, "");
  return /^[\p{L}_]/u.test(letters) ? letters : `${keyword.charAt(0).toUpperCase()}${keyword.slice(1)}${letters}`;
}

function surplusOfOpeners(tokens: readonly Token[]): number {
  let surplus = 0;
  for (const token of tokens) {
    if (token.tokenType === LeftBrace) surplus += 1;
    else if (token.tokenType === RightBrace) surplus -= 1;
  }
  return surplus;
}

/** For each opening brace the index of the one that closes it; -1 where none does. */
function matchBraces(tokens: readonly Token[]): Int32Array {
  const partner = new Int32Array(tokens.length).fill(-1);
  const open: number[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.tokenType === LeftBrace) open.push(index);
    else if (token.tokenType === RightBrace) {
      const opener = open.pop();
      if (opener !== undefined) partner[opener] = index;
    }
  }
  return partner;
}

/** The declaration keyword that a misspelt word most likely means: at most two letters away. */
function nearestKeyword(word: string): string | undefined {
  if (word.length > 20) return undefined;
  const lower = word.toLowerCase();
  let nearest: string | undefined;
  let best = 3;
  for (const keyword of ["import", "let", ...declarationKeywords]) {
    const distance = editDistance(lower, keyword);
    if (distance > 0 && distance < best && distance < keyword.length - 1) {
      best = distance;
      nearest = keyword;
    }
  }
  return nearest;
}

/** Insertions, deletions, replacements and swaps of neighbours between two short words. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = cell(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwap ? cell(row - 2, column - 2) + 1 : Infinity;
      rows[row]?.push(Math.min(replaced, swapped, cell(row - 1, column) + 1, cell(row, column - 1) + 1));
    }
  }
  return cell(a.length, b.length);
}
