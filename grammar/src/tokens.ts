/**
 * The token table: what the lexer makes, what the parser reads, and the vocabulary that the TextMate grammar, the
 * snippets' tests and completion share. Patterns are `Lexer.NA`: `lexer.ts` scans by hand, because a number with its
 * magnitude and unit, or a name such as `1f1b`, is decided by what touches it.
 */
import { createToken, Lexer, type TokenType } from "chevrotain";

/** `label` is how an error message names the token to the user. */
function token(name: string, label: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, label, pattern: Lexer.NA, categories });
}

/** Everything that stands inside one statement: what is skipped when the rest of a line cannot be read. */
export const InLine = token("InLine", "text");
/** A newline or a comma: ends a property. */
export const Separator = token("Separator", "a new line");

/** Any word. Contextual keywords belong to this category: they are reserved only where they mean something. */
export const Identifier = token("Identifier", "a name", [InLine]);
export const Extends = token("Extends", "`extends`", [Identifier]);
export const Of = token("Of", "`of`", [Identifier]);
export const From = token("From", "`from`", [Identifier]);
export const As = token("As", "`as`", [Identifier]);
export const Step = token("Step", "`step`", [Identifier]);

/** First words of statements: `layout.ts` marks them, so that one token tells the parser what a line is. */
export const ImportWord = token("ImportWord", "`import`");
export const LetWord = token("LetWord", "`let`");
export const DeclarationWord = token("DeclarationWord", "a declaration");
export const BlockWord = token("BlockWord", "a block");
export const PropertyWord = token("PropertyWord", "a property");
export const RequireWord = token("RequireWord", "`require`");
export const WhereWord = token("WhereWord", "`where`");
export const MeasuredWord = token("MeasuredWord", "`measured`");
export const ObjectiveWord = token("ObjectiveWord", "`maximize` or `minimize`");

export const NumberToken = token("Number", "a number", [InLine]);
export const StringToken = token("String", "a text in quotes", [InLine]);

export const LeftBrace = token("LeftBrace", "`{`");
export const RightBrace = token("RightBrace", "`}`");
/** The braces of an import hold names, not statements. */
export const ImportOpen = token("ImportOpen", "names in `{ }`", [InLine]);
export const ImportClose = token("ImportClose", "`,` or `}`", [InLine]);
export const LeftParenthesis = token("LeftParenthesis", "`(`", [InLine]);
export const RightParenthesis = token("RightParenthesis", "`)`", [InLine]);
export const LeftBracket = token("LeftBracket", "`[`", [InLine]);
export const RightBracket = token("RightBracket", "`,` or `]`", [InLine]);

export const Newline = token("Newline", "a new line", [Separator]);
export const Comma = token("Comma", "`,`", [Separator]);
/** A comma inside `( )` or `[ ]`: it separates items and ends no property. */
export const ItemComma = token("ItemComma", "`,`", [InLine]);

export const Equals = token("Equals", "`=`", [InLine]);
export const Colon = token("Colon", "`:`", [InLine]);
export const Dot = token("Dot", "`.`", [InLine]);
export const DotDot = token("DotDot", "`..`", [InLine]);
export const Comparison = token("Comparison", "`<=`, `>=`, `<`, `>` or `==`", [InLine]);
export const Operator = token("Operator", "an operator", [InLine]);
/** `+` and `-` may also stand before a value. */
export const Sign = token("Sign", "`+` or `-`", [Operator]);
/** Characters that the language has not; already reported by the lexer. */
export const Unknown = token("Unknown", "text", [InLine]);
/** Stands for an expression that was cut because it nests too deeply; already reported by the layout. */
export const TooDeep = token("TooDeep", "text", [InLine]);

export const tokenTypes: readonly TokenType[] = [
  InLine, Separator, Identifier, Extends, Of, From, As, Step,
  ImportWord, LetWord, DeclarationWord, BlockWord, PropertyWord, RequireWord, WhereWord, MeasuredWord, ObjectiveWord,
  NumberToken, StringToken, LeftBrace, RightBrace, ImportOpen, ImportClose, LeftParenthesis, RightParenthesis, LeftBracket, RightBracket,
  Newline, Comma, ItemComma, Equals, Colon, Dot, DotDot, Comparison, Operator, Sign, Unknown, TooDeep,
];

export const contextualWords: ReadonlyMap<string, TokenType> = new Map([
  ["extends", Extends], ["of", Of], ["from", From], ["as", As], ["step", Step],
]);

/** First words of the statements of a block that are neither a property nor a block. */
export const statementWords: ReadonlyMap<string, TokenType> = new Map([
  ["require", RequireWord], ["where", WhereWord], ["measured", MeasuredWord],
  ["maximize", ObjectiveWord], ["minimize", ObjectiveWord],
]);

export const constantNames = ["true", "false", "auto"] as const;
export const functionNames = ["min", "max", "ceil", "floor", "round", "sqrt", "log2"] as const;
export const precisionNames = [
  "fp32", "tf32", "bf16", "fp16", "fp8_e4m3", "fp8_e5m2", "fp6", "fp4", "mxfp4", "nvfp4", "int8", "int4",
  "logfmt8", "logfmt10",
] as const;
export const magnitudeSuffixes = ["Ki", "Mi", "Gi", "Ti", "K", "M", "B", "T", "%"] as const;
