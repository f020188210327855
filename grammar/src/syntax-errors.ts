/**
 * Every syntax error, in the user's words. One function per mistake; each takes what the author wrote and where.
 * Nothing here knows the parser: its token names and wording never reach a user.
 */
import { declarationKeywords } from "./ast";
import type { Span, SyntaxError, SyntaxErrorCode, TextEdit } from "./ast";

const quotedLimit = 40;

/** Source text in a message: between back-ticks, shortened, on one line. */
export function quote(text: string): string {
  const line = text.replace(/[\s\0]+/gu, " ").trim();
  const characters = line.length > quotedLimit ? `${Array.from(line.slice(0, quotedLimit)).slice(0, -1).join("")}…` : line;
  return `\`${characters}\``;
}

function error(code: SyntaxErrorCode, span: Span, message: string, fix?: SyntaxError["fix"]): SyntaxError {
  const place = { start: span.start, end: span.end };
  return fix === undefined ? { code, ...place, message } : { code, ...place, message, fix };
}

function insert(offset: number, newText: string): TextEdit {
  return { start: offset, end: offset, newText };
}

function replace(span: Span, newText: string): TextEdit {
  return { start: span.start, end: span.end, newText };
}

// Characters

export function unknownCharacters(span: Span, text: string): SyntaxError {
  const shown = /^\p{Cc}+$/u.test(text)
    ? `a control character (U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")})`
    : quote(text);
  return error("DSCO1005", span, `${shown} is not part of the language`);
}

export function lookAlike(span: Span, text: string, meant: string): SyntaxError {
  return error("DSCO1005", span, `${quote(text)} is not part of the language: write ${quote(meant)}`, {
    title: `Write ${meant}`,
    edits: [replace(span, meant)],
  });
}

export function hashComment(span: Span): SyntaxError {
  return error("DSCO1005", span, "a comment starts with `//`: found `#`", { title: "Write //", edits: [replace(span, "//")] });
}

export function semicolon(span: Span): SyntaxError {
  return error("DSCO1005", span, "a line needs no `;` at its end", { title: "Remove `;`", edits: [replace(span, "")] });
}

export function unclosedString(span: Span): SyntaxError {
  return error("DSCO1004", span, "this text in quotes is not closed: `\"` is missing", {
    title: "Add the closing quote",
    edits: [insert(span.end, "\"")],
  });
}

export function unclosedComment(span: Span): SyntaxError {
  return error("DSCO1004", span, "this comment is not closed: `*/` is missing", {
    title: "Close the comment at the end of its line",
    edits: [insert(span.end, " */")],
  });
}

// Numbers

export function numberTooLarge(span: Span, digits: string): SyntaxError {
  return error("DSCO1007", span, `${quote(digits)} is too large: numbers go up to about 1.8e308`);
}

export function numberTooSmall(span: Span, digits: string): SyntaxError {
  return error("DSCO1007", span, `${quote(digits)} is too small to be told from 0: numbers go down to about 5e-324`);
}

export function misplacedUnderscore(span: Span, digits: string): SyntaxError {
  return error("DSCO1007", span, `${quote(digits)} is not a number: a single \`_\` may stand between two digits`, {
    title: "Remove the misplaced `_`",
    edits: [replace(span, digits.replace(/_+/gu, "_").replace(/_(?!\d)/gu, ""))],
  });
}

export function missingLeadingDigit(span: Span, digits: string): SyntaxError {
  return error("DSCO1007", span, `${quote(digits)} is not a number: a digit is missing before the point`, {
    title: `Write 0${digits}`,
    edits: [insert(span.start, "0")],
  });
}

export function missingFraction(span: Span, digits: string): SyntaxError {
  return error("DSCO1007", span, `${quote(`${digits}.`)} is not a number: a digit is missing after the point`, {
    title: `Write ${digits}`,
    edits: [replace(span, digits)],
  });
}

// Nesting and brackets

export function nestedTooDeeply(span: Span, limit: number): SyntaxError {
  return error("DSCO1006", span, `this is nested too deeply: ${limit} levels are the limit`);
}

export function expressionTooLong(span: Span, limit: number): SyntaxError {
  return error("DSCO1006", span, `this expression is too deep: more than ${limit} operations hang on one another; split it with \`let\``);
}

export function blockNotClosed(header: Span, label: string, at: number, newText: string): SyntaxError {
  return error("DSCO1003", header, `this block of ${quote(label)} is not closed: \`}\` is missing`, {
    title: `Close the block of ${label}`,
    edits: [insert(at, newText)],
  });
}

export function blockNotOpened(header: Span, label: string, at: number): SyntaxError {
  return error("DSCO1003", header, `the block of ${quote(label)} is not opened: \`{\` is missing`, {
    title: "Add `{`",
    edits: [insert(at, " {")],
  });
}

export function importNotOpened(keyword: Span, at: number): SyntaxError {
  return error("DSCO1003", keyword, "the names of this import are not opened: `{` is missing", {
    title: "Add `{`",
    edits: [insert(at, " {")],
  });
}

export function bracketNotClosed(open: Span, bracket: string, closer: string, at: number): SyntaxError {
  return error("DSCO1003", open, `this \`${bracket}\` is not closed: \`${closer}\` is missing`, {
    title: `Add \`${closer}\``,
    edits: [insert(at, closer)],
  });
}

export function wrongCloser(span: Span, found: string, closer: string): SyntaxError {
  return error("DSCO1003", span, `found \`${found}\` where \`${closer}\` closes what was opened`, {
    title: `Write \`${closer}\``,
    edits: [replace(span, closer)],
  });
}

export function strayCloser(span: Span, found: string): SyntaxError {
  return error("DSCO1001", span, `this \`${found}\` closes nothing`, {
    title: `Remove \`${found}\``,
    edits: [replace(span, "")],
  });
}

// Statements

const declarationList = ["import", "let", ...declarationKeywords].map((word) => `\`${word}\``).join(", ");

export function outsideDeclaration(span: Span, text: string, keyword: Span, suggestion: string | undefined): SyntaxError {
  if (suggestion === undefined) {
    return error("DSCO1001", span, `${quote(text)} stands outside every declaration: a declaration starts with ${declarationList}`);
  }
  return error("DSCO1001", span, `${quote(text)} starts no declaration: did you mean \`${suggestion}\`?`, {
    title: `Change to ${suggestion}`,
    edits: [replace(keyword, suggestion)],
  });
}

export function cannotStartLine(span: Span, text: string): SyntaxError {
  return error("DSCO1001", span, `a line of a block starts with a name: found ${quote(text)}`);
}

/** `1,000`: the comma ended the property, and `000` stands alone. */
export function commaInNumber(span: Span, text: string): SyntaxError {
  const plain = text.replace(/,/gu, "_");
  return error("DSCO1007", span, `${quote(text)} is not a number: a comma ends a property; write \`${plain}\``, {
    title: `Write ${plain}`,
    edits: [replace(span, plain)],
  });
}

/** `layers = 0, 1, 2`: the first comma ended the property. */
export function itemsWithoutBrackets(span: Span, text: string): SyntaxError {
  const list = `[${text}]`;
  return error("DSCO1001", span, `several values stand in brackets: write ${quote(list)}`, {
    title: `Write ${quote(list)}`,
    edits: [insert(span.start, "["), insert(span.end, "]")],
  });
}

/** `0:2`, as in Python. */
export function colonInRange(span: Span, colon: Span, from: string, to: string): SyntaxError {
  const range = `${from}..${to}`;
  return error("DSCO1001", span, `a range is written with \`..\`, both ends included: ${quote(range)}`, {
    title: `Write ${quote(range)}`,
    edits: [replace(colon, "..")],
  });
}

/** `"hidden_size": 2048,`, as in JSON. `sign`: the `:` or `=`; `comma`: one that ends the line. */
export function quotedKey(key: Span, sign: Span, name: string, value: string, comma: Span | undefined): SyntaxError {
  const span = { start: key.start, end: sign.end };
  const line = `${name} = ${value === "" ? "…" : value}`;
  const message = `a key stands without quotes, with \`=\` before its value: write ${quote(line)}`;
  return error("DSCO1001", span, message, value === "" ? undefined : {
    title: `Write ${quote(line)}`,
    edits: [replace(span, `${name} =`), ...(comma === undefined ? [] : [replace(comma, "")])],
  });
}

export function json(span: Span): SyntaxError {
  return error("DSCO1001", span, "this is JSON: a model is written `model NAME { layers = … }`, a property a line, with `=` and without quotes");
}

export function unexpectedBlock(span: Span): SyntaxError {
  return error("DSCO1001", span, "a block cannot stand here: only after its name, at the start of a line");
}

export function equalsBeforeBlock(span: Span, found: string, name: string): SyntaxError {
  return error("DSCO1001", span, `${quote(name)} is a block: no \`${found}\` stands before its \`{\``, {
    title: `Remove \`${found}\``,
    edits: [replace(span, "")],
  });
}

/** `attention = gqa { … }`; `header` is the block's name. */
export function equalsBeforeKind(sign: Span, header: Span, kind: Span, name: string, kindName: string): SyntaxError {
  const meant = `${name} ${kindName}`;
  return error("DSCO1001", sign, `${quote(name)} is a block, and its kind stands behind it: write ${quote(`${meant} { … }`)}`, {
    title: `Write ${quote(meant)}`,
    edits: [replace({ start: header.end, end: kind.start }, " ")],
  });
}

/** `model A : Base {`, as in other languages. */
export function colonForExtends(name: Span, colon: Span, base: Span, baseName: string): SyntaxError {
  const meant = `extends ${baseName}`;
  return error("DSCO1001", colon, `a base is named with \`extends\`: write ${quote(meant)}`, {
    title: `Write ${quote(meant)}`,
    edits: [replace({ start: name.end, end: base.start }, " extends ")],
  });
}

/** `model 30B-MoE {`. `meant` is the nearest name. */
export function malformedName(span: Span, text: string, meant: string): SyntaxError {
  return error("DSCO1001", span, `${quote(text)} cannot be a name: a name is letters, digits and \`_\`, and does not start with a digit`, {
    title: `Write ${quote(meant)}`,
    edits: [replace(span, meant)],
  });
}

export function extraInHeader(span: Span, text: string, keyword: string): SyntaxError {
  return error("DSCO1001", span, `a block has a name and at most one kind: found ${quote(text)} before the \`{\` of ${quote(keyword)}`);
}

export function missingSeparator(span: Span, name: string, at: number): SyntaxError {
  return error("DSCO1001", span, `${quote(name)} needs its own line, or a comma before it`, {
    title: "Add a comma",
    edits: [insert(at, ",")],
  });
}

export function missingEquals(span: Span, name: string, at: number): SyntaxError {
  return error("DSCO1001", span, `${quote(name)} needs \`=\` between name and value`, {
    title: "Add `=`",
    edits: [insert(at, " =")],
  });
}

export function colonForEquals(colon: Span, name: string): SyntaxError {
  return error("DSCO1001", colon, `${quote(name)} needs \`=\` between name and value: found \`:\``, {
    title: "Replace `:` with `=`",
    edits: [replace(colon, " =")],
  });
}

/** `top_k` needs a value: found `}`. `property` lets the core say what kind of value. */
export function missingValue(span: Span, property: string, found: string): SyntaxError {
  return { ...error("DSCO1002", span, `${quote(property)} needs a value: ${found}`), missingValue: { property, found } };
}

export function missingPart(span: Span, subject: string, part: string, found: string): SyntaxError {
  return error("DSCO1002", span, `${quote(subject)} needs ${part}: ${found}`);
}

export function unexpectedAfter(span: Span, subject: string, text: string): SyntaxError {
  return error("DSCO1001", span, `${quote(text)} cannot stand here: ${quote(subject)} ends with its line, or with a comma`);
}
