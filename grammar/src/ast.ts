/**
 * The syntax tree of one `.dsco` file.
 *
 * Plain, readonly records; every node carries `start` and `end`, UTF-16 offsets into the file
 * (`end` exclusive). The tree is total: for any text there is a tree, and what could not be read
 * is absent (`undefined`) or a `missing` expression, with a syntax error beside it.
 */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SourceFile extends Span {
  readonly kind: "file";
  readonly declarations: readonly Declaration[];
  /** All comments in order of position, doc comments included. */
  readonly comments: readonly Comment[];
}

export interface Comment extends Span {
  /** `line`: `// …`, `block`: `/* … *​/`, `doc`: `/// …`. */
  readonly kind: "line" | "block" | "doc";
  /** As written, delimiters included, line ending excluded. */
  readonly text: string;
}

/** A name as written. `text` is never empty. */
export interface Identifier extends Span {
  readonly kind: "identifier";
  readonly text: string;
}

export const declarationKeywords = [
  "model", "gpu", "nic", "hardware", "parallelism", "workload", "plan", "service", "sweep", "routing", "operator",
] as const;
export type DeclarationKeyword = (typeof declarationKeywords)[number];

export type Declaration = ImportDeclaration | LetDeclaration | BlockDeclaration;

/** `import { A, B as C } from "std:…"` */
export interface ImportDeclaration extends Span {
  readonly kind: "import";
  readonly names: readonly ImportName[];
  readonly from: StringLiteral | undefined;
}

export interface ImportName extends Span {
  readonly kind: "import-name";
  readonly name: Identifier;
  /** The local name after `as`. */
  readonly alias: Identifier | undefined;
}

/** `let NAME = expression` */
export interface LetDeclaration extends Span {
  readonly kind: "let";
  readonly name: Identifier | undefined;
  readonly value: Expression;
  readonly doc: string | undefined;
}

/** `model NAME extends BASE { … }` and its ten siblings. */
export interface BlockDeclaration extends Span {
  readonly kind: "declaration";
  readonly keyword: DeclarationKeyword;
  readonly keywordSpan: Span;
  readonly name: Identifier | undefined;
  readonly base: Identifier | undefined;
  /** `sweep NAME of PLAN`, `routing NAME of MODEL`. */
  readonly of: Identifier | undefined;
  readonly body: Body | undefined;
  /** Markdown of the `///` lines directly above, without the slashes. */
  readonly doc: string | undefined;
}

/** `{ … }`; `end` is where the block really ends, also when the brace is missing. */
export interface Body extends Span {
  readonly kind: "body";
  readonly members: readonly Member[];
  readonly open: Span;
  readonly close: Span | undefined;
}

export type Member = Property | Block | Require | Measured | Where | Objective;

/** `key = value`, and in a sweep `parallelism.ep = [8, 16]`. */
export interface Property extends Span {
  readonly kind: "property";
  /** One identifier, or the parts of a dotted path. */
  readonly path: readonly Identifier[];
  readonly value: Expression;
}

/** `attention mla { … }`: keyword, optional kind, body. */
export interface Block extends Span {
  readonly kind: "block";
  readonly keyword: Identifier;
  readonly variant: Identifier | undefined;
  readonly body: Body;
}

export type ComparisonOperator = "<=" | ">=" | "<" | ">" | "==";

/** `require memory_per_gpu <= 80 GB` */
export interface Require extends Span {
  readonly kind: "require";
  readonly keywordSpan: Span;
  readonly left: Expression;
  readonly operator: ComparisonOperator | undefined;
  readonly operatorSpan: Span | undefined;
  readonly right: Expression;
}

/** `measured step_time = 19.926 s from "source"` */
export interface Measured extends Span {
  readonly kind: "measured";
  readonly keywordSpan: Span;
  readonly metric: NameExpression | MissingExpression;
  readonly value: Expression;
  readonly from: StringLiteral | undefined;
}

/** `where left <= right`, in a sweep. */
export interface Where extends Span {
  readonly kind: "where";
  readonly keywordSpan: Span;
  readonly left: Expression;
  readonly operator: ComparisonOperator | undefined;
  readonly operatorSpan: Span | undefined;
  readonly right: Expression;
}

/** `maximize tokens_per_second_per_gpu`, in a sweep. */
export interface Objective extends Span {
  readonly kind: "objective";
  readonly sense: "maximize" | "minimize";
  readonly keywordSpan: Span;
  readonly metric: NameExpression | MissingExpression;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | NameExpression
  | RangeExpression
  | ListExpression
  | UnaryExpression
  | BinaryExpression
  | CallExpression
  | ParenthesizedExpression
  | MissingExpression;

export type MagnitudeSuffix = "K" | "M" | "B" | "T" | "Ki" | "Mi" | "Gi" | "Ti" | "%";

/** `61`, `18_432`, `14.8T`, `85%`, `80 GB`, `2 USD/h`. The meaning of suffix and unit is not applied here. */
export interface NumberLiteral extends Span {
  readonly kind: "number";
  /** The digits alone, as a double; `Infinity` when they are beyond one. */
  readonly value: number;
  /** Digits as written, `_` included, suffix and unit excluded. */
  readonly digits: string;
  readonly suffix: MagnitudeSuffix | undefined;
  /** A unit as written: one of `unitNames`, or an unknown word that stands where a unit would (`unitKnown` false). */
  readonly unit: string | undefined;
  readonly unitSpan: Span | undefined;
  readonly unitKnown: boolean;
}

export interface StringLiteral extends Span {
  readonly kind: "string";
  /** Without quotes, escapes resolved. */
  readonly value: string;
}

export interface BooleanLiteral extends Span {
  readonly kind: "boolean";
  readonly value: boolean;
}

/** `hidden_size`, `DeepSeekV3.kv_bytes_per_token`, `auto`, `fp8_e4m3`, `1f1b`. */
export interface NameExpression extends Span {
  readonly kind: "name";
  readonly parts: readonly Identifier[];
}

/** `0..2`, `5..61 step 6`: both ends included. */
export interface RangeExpression extends Span {
  readonly kind: "range";
  readonly from: Expression;
  readonly to: Expression;
  readonly step: Expression | undefined;
}

export interface ListExpression extends Span {
  readonly kind: "list";
  readonly items: readonly Expression[];
}

export interface UnaryExpression extends Span {
  readonly kind: "unary";
  readonly operator: "-" | "+";
  readonly operand: Expression;
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "^";

export interface BinaryExpression extends Span {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expression;
  readonly right: Expression;
}

export interface CallExpression extends Span {
  readonly kind: "call";
  readonly callee: Identifier;
  readonly arguments: readonly Expression[];
}

export interface ParenthesizedExpression extends Span {
  readonly kind: "parenthesized";
  readonly inner: Expression;
}

/** Where an expression should stand and none could be read; always beside a syntax error. */
export interface MissingExpression extends Span {
  readonly kind: "missing";
}

/** A syntax error in the user's words. `code` is one of the DSCO1xxx codes. */
export interface SyntaxError extends Span {
  readonly code: SyntaxErrorCode;
  readonly message: string;
  /** An edit that would mend it, where one is certain (a missing `}`, a `:` for `=`). */
  readonly fix?: { readonly title: string; readonly edits: readonly TextEdit[] };
  /**
   * Where a property has no value: its name, and what stands there instead as a clause ("found `}`"), so that who
   * knows the property's type can say "`top_k` needs a number: found `}`".
   */
  readonly missingValue?: { readonly property: string; readonly found: string };
}

export interface TextEdit extends Span {
  readonly newText: string;
}

/**
 * 1001 unexpected text · 1002 a value is missing · 1003 a block is not closed · 1004 a string or comment is not
 * closed · 1005 a character that the language has not · 1006 nested too deeply · 1007 a malformed number.
 */
export type SyntaxErrorCode =
  | "DSCO1001" | "DSCO1002" | "DSCO1003" | "DSCO1004" | "DSCO1005" | "DSCO1006" | "DSCO1007";

/** What `parse` returns for any text. */
export interface ParseResult {
  readonly file: SourceFile;
  readonly errors: readonly SyntaxError[];
}
