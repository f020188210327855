/**
 * The grammar. It reads what `layout.ts` has balanced and marked, so each statement is told by its first token, and
 * a mistake inside a statement loses that statement's value alone. Mistakes that people make often (`:` for `=`, no
 * `=` at all) are part of the grammar.
 */
import { EmbeddedActionsParser, isRecognitionException, tokenMatcher } from "chevrotain";
import type { IToken, TokenType } from "chevrotain";
import type {
  Block, BlockDeclaration, Body, Comment, ComparisonOperator, Declaration, DeclarationKeyword, Expression, Identifier,
  ImportDeclaration, ImportName, LetDeclaration, Measured, Member, MissingExpression, NameExpression, Objective,
  Property, Require, Span, StringLiteral, SyntaxError, Where,
} from "./ast";
import * as build from "./build-ast";
import { docAbove } from "./chunks";
import { endOf, type Token } from "./lexer";
import * as mistakes from "./syntax-errors";
import {
  As, BlockWord, Colon, Comparison, DeclarationWord, Dot, DotDot, Equals, Extends, From, Identifier as Word,
  ImportClose, ImportOpen, ImportWord, InLine, ItemComma, LeftBrace, LeftBracket, LeftParenthesis, LetWord, MeasuredWord, Newline, NumberToken,
  ObjectiveWord, Of, Operator, PropertyWord, RequireWord, RightBrace, RightBracket, RightParenthesis, Separator, Sign,
  Step, StringToken, tokenTypes, TooDeep, WhereWord,
} from "./tokens";

/** Thrown where no value can be read; caught at the statement. Not an Error: it is on the way of every half-typed line. */
const noValue = { expected: "a value" } as const;

const valueStarts: ReadonlySet<TokenType> = new Set([
  NumberToken, StringToken, Word, Extends, Of, From, As, Step, LeftParenthesis, LeftBracket, Sign, TooDeep,
]);

interface ComparisonParts {
  readonly left: Expression;
  readonly operator: ComparisonOperator | undefined;
  readonly operatorSpan: Span | undefined;
  readonly right: Expression;
  readonly end: number;
}

export class DscoParser extends EmbeddedActionsParser {
  private text = "";
  private comments: readonly Comment[] = [];
  /** Where mistakes were reported before the parser ran, sorted; a statement that holds one gets no second message. */
  private earlier: readonly number[] = [];
  private found: SyntaxError[] = [];
  /** What the messages about the present statement call it; where it begins, and where its value does. */
  private subject = "";
  private statementStart = 0;
  private valueFrom = 0;

  /** `validate`: whether the grammar itself is checked for ambiguity and left recursion. A test does that, not every start. */
  constructor(validate = false) {
    super([...tokenTypes], {
      recoveryEnabled: false,
      maxLookahead: 1,
      nodeLocationTracking: "none",
      skipValidations: !validate,
      errorMessageProvider: {
        buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
        buildNotAllInputParsedMessage: () => "the end",
        buildNoViableAltMessage: () => "a value",
        buildEarlyExitMessage: () => "a value",
      },
    });
    this.performSelfAnalysis();
  }

  /** Reads one chunk. `tokens` is consumed: the parser pads it. */
  read(text: string, tokens: Token[], comments: readonly Comment[], earlier: readonly SyntaxError[]): {
    readonly declarations: readonly Declaration[];
    readonly errors: readonly SyntaxError[];
  } {
    this.text = text;
    this.comments = comments;
    this.earlier = earlier.map((error) => error.start).sort((a, b) => a - b);
    this.found = [];
    this.input = tokens;
    const declarations = this.chunk();
    const errors = this.found;
    // The parser outlives the file: it keeps nothing of it.
    this.text = "";
    this.comments = [];
    this.input = [];
    return { declarations, errors };
  }

  public chunk = this.RULE("chunk", (): readonly Declaration[] => {
    const declarations: Declaration[] = [];
    this.MANY(() => {
      this.OR([
        { ALT: () => { this.CONSUME(Separator); } },
        { ALT: () => { declarations.push(this.SUBRULE(this.importDeclaration)); } },
        { ALT: () => { declarations.push(this.SUBRULE(this.letDeclaration)); } },
        { ALT: () => { declarations.push(this.SUBRULE(this.blockDeclaration)); } },
      ]);
    });
    return declarations;
  });

  public importDeclaration = this.RULE("importDeclaration", (): ImportDeclaration => {
    const keyword = this.CONSUME(ImportWord);
    const names: ImportName[] = [];
    const from = this.statement(keyword, "import", (): StringLiteral => {
      this.CONSUME(ImportOpen);
      this.MANY(() => {
        this.OR([
          { ALT: () => { this.CONSUME(ItemComma); } },
          { ALT: () => {
            this.ACTION(() => this.checkImportComma());
            names.push(this.SUBRULE(this.importName));
          } },
        ]);
      });
      this.CONSUME(ImportClose);
      this.CONSUME(From);
      this.subject = "from";
      return build.stringLiteral(this.CONSUME(StringToken));
    }, () => undefined);
    return { kind: "import", start: keyword.startOffset, end: this.previousEnd(), names, from };
  });

  public importName = this.RULE("importName", (): ImportName => {
    const name = build.identifier(this.CONSUME(Word));
    const alias = this.OPTION(() => {
      this.CONSUME(As);
      this.subject = "as";
      const aliasName = build.identifier(this.CONSUME2(Word));
      this.subject = "import";
      return aliasName;
    });
    return { kind: "import-name", start: name.start, end: (alias ?? name).end, name, alias };
  });

  public letDeclaration = this.RULE("letDeclaration", (): LetDeclaration => {
    const keyword = this.CONSUME(LetWord);
    const name = this.OPTION(() => build.identifier(this.CONSUME(Word)));
    const value = this.statement(keyword, name?.text ?? "let", (): Expression => {
      if (!this.RECORDING_PHASE && name === undefined) throw { expected: "a name" };
      this.SUBRULE(this.assignment);
      return this.SUBRULE(this.expression);
    }, build.missing);
    const doc = this.ACTION(() => docAbove(this.text, this.comments, keyword.startOffset));
    return { kind: "let", start: keyword.startOffset, end: this.previousEnd(), name, value, doc };
  });

  public blockDeclaration = this.RULE("blockDeclaration", (): BlockDeclaration => {
    const keyword = this.CONSUME(DeclarationWord);
    let name: Identifier | undefined;
    let base: Identifier | undefined;
    let of: Identifier | undefined;
    this.statement(keyword, keyword.image, () => {
      if (!this.RECORDING_PHASE && (!this.nextIs(Word) || this.startsClause())) throw { expected: "a name" };
      name = build.identifier(this.CONSUME(Word));
      this.OPTION(() => {
        this.subject = this.CONSUME(Extends).image;
        base = build.identifier(this.CONSUME2(Word));
      });
      this.OPTION2(() => {
        this.subject = this.CONSUME(Of).image;
        of = build.identifier(this.CONSUME3(Word));
      });
      this.subject = keyword.image;
      if (!this.RECORDING_PHASE && !this.nextIs(LeftBrace)) throw { expected: "a block in `{ }`" };
    }, () => undefined);
    const body = this.OPTION3(() => this.SUBRULE(this.body));
    const doc = this.ACTION(() => docAbove(this.text, this.comments, keyword.startOffset));
    return {
      kind: "declaration", start: keyword.startOffset, end: this.previousEnd(), keyword: keyword.image as DeclarationKeyword,
      keywordSpan: build.spanOf(keyword), name, base, of, body, doc,
    };
  });

  public body = this.RULE("body", (): Body => {
    const open = this.CONSUME(LeftBrace);
    const members: Member[] = [];
    this.MANY(() => {
      this.OR([
        { ALT: () => { this.CONSUME(Separator); } },
        { ALT: () => { members.push(this.SUBRULE(this.property)); } },
        { ALT: () => { members.push(this.SUBRULE(this.block)); } },
        { ALT: () => { members.push(this.SUBRULE(this.require)); } },
        { ALT: () => { members.push(this.SUBRULE(this.measured)); } },
        { ALT: () => { members.push(this.SUBRULE(this.where)); } },
        { ALT: () => { members.push(this.SUBRULE(this.objective)); } },
      ]);
    });
    const close = this.CONSUME(RightBrace);
    const end = endOf(close);
    // A brace that the layout has supplied has no width.
    const isWritten = end > close.startOffset;
    return {
      kind: "body", start: open.startOffset, end, members, open: build.spanOf(open),
      close: isWritten ? build.spanOf(close) : undefined,
    };
  });

  public block = this.RULE("block", (): Block => {
    const keyword = build.identifier(this.CONSUME(BlockWord));
    const variant = this.OPTION(() => build.identifier(this.CONSUME(Word)));
    const body = this.SUBRULE(this.body);
    return { kind: "block", start: keyword.start, end: body.end, keyword, variant, body };
  });

  public property = this.RULE("property", (): Property => {
    const first = this.CONSUME(PropertyWord);
    const path: Identifier[] = [build.identifier(first)];
    const value = this.statement(first, first.image, (): Expression => {
      this.MANY(() => {
        this.CONSUME(Dot);
        path.push(build.identifier(this.CONSUME(Word)));
        this.subject = path.map((part) => part.text).join(".");
      });
      this.SUBRULE(this.assignment);
      return this.SUBRULE(this.expression);
    }, build.missing);
    return { kind: "property", start: first.startOffset, end: this.previousEnd(), path, value };
  });

  /** `=`, and what stands there by mistake. */
  public assignment = this.RULE("assignment", (): void => {
    const sign = this.OPTION(() => this.OR([
      { ALT: () => this.CONSUME(Equals) },
      { ALT: () => this.CONSUME(Colon) },
    ]));
    this.ACTION(() => {
      if (sign === undefined) this.reportMissingEquals();
      else if (sign.tokenType === Colon) this.found.push(mistakes.colonForEquals(build.spanOf(sign), this.subject));
      this.valueFrom = this.previousEnd();
    });
  });

  public require = this.RULE("require", (): Require => {
    const keyword = this.CONSUME(RequireWord);
    const { end, ...parts } = this.SUBRULE(this.comparison, { ARGS: [keyword] });
    return { kind: "require", start: keyword.startOffset, end, keywordSpan: build.spanOf(keyword), ...parts };
  });

  public where = this.RULE("where", (): Where => {
    const keyword = this.CONSUME(WhereWord);
    const { end, ...parts } = this.SUBRULE(this.comparison, { ARGS: [keyword] });
    return { kind: "where", start: keyword.startOffset, end, keywordSpan: build.spanOf(keyword), ...parts };
  });

  public comparison = this.RULE("comparison", (keyword: IToken | undefined): ComparisonParts => {
    let left: Expression | undefined;
    let operator: IToken | undefined;
    const right = this.statement(keyword ?? this.LA(0), keyword?.image ?? "", (): Expression => {
      left = this.SUBRULE(this.expression);
      operator = this.CONSUME(Comparison);
      this.valueFrom = this.previousEnd();
      return this.SUBRULE2(this.expression);
    }, build.missing);
    const keywordEnd = this.ACTION(() => (keyword === undefined ? 0 : endOf(keyword)));
    return {
      left: left ?? build.missing(keywordEnd ?? 0, keywordEnd ?? 0),
      operator: operator?.image as ComparisonOperator | undefined,
      operatorSpan: operator === undefined ? undefined : build.spanOf(operator),
      right,
      end: this.previousEnd(),
    };
  });

  public measured = this.RULE("measured", (): Measured => {
    const keyword = this.CONSUME(MeasuredWord);
    let metric: NameExpression | MissingExpression | undefined;
    let from: StringLiteral | undefined;
    const value = this.statement(keyword, keyword.image, (): Expression => {
      metric = this.SUBRULE(this.metric);
      this.ACTION(() => { this.subject = this.LA(0).image; });
      this.SUBRULE(this.assignment);
      const measuredValue = this.SUBRULE(this.expression);
      this.OPTION(() => {
        this.CONSUME(From);
        this.subject = "from";
        from = build.stringLiteral(this.CONSUME(StringToken));
      });
      return measuredValue;
    }, build.missing);
    return {
      kind: "measured", start: keyword.startOffset, end: this.previousEnd(), keywordSpan: build.spanOf(keyword),
      metric: metric ?? build.missing(endOf(keyword), endOf(keyword)), value, from,
    };
  });

  public objective = this.RULE("objective", (): Objective => {
    const keyword = this.CONSUME(ObjectiveWord);
    const metric = this.statement(keyword, keyword.image, () => this.SUBRULE(this.metric), build.missing);
    return {
      kind: "objective", start: keyword.startOffset, end: this.previousEnd(),
      sense: keyword.image === "maximize" ? "maximize" : "minimize", keywordSpan: build.spanOf(keyword), metric,
    };
  });

  public metric = this.RULE("metric", (): NameExpression | MissingExpression => {
    if (!this.RECORDING_PHASE && !this.nextIs(Word)) throw { expected: "a metric" };
    const parts = [build.identifier(this.CONSUME(Word))];
    this.MANY(() => {
      this.CONSUME(Dot);
      parts.push(build.identifier(this.CONSUME2(Word)));
    });
    return { kind: "name", start: parts[0]?.start ?? 0, end: this.previousEnd(), parts };
  });

  public expression = this.RULE("expression", (): Expression => {
    const from = this.SUBRULE(this.chain);
    let range = from;
    this.OPTION(() => {
      this.CONSUME(DotDot);
      const to = this.SUBRULE2(this.chain);
      const step = this.OPTION2(() => {
        this.CONSUME(Step);
        return this.SUBRULE3(this.chain);
      });
      range = { kind: "range", start: from.start, end: (step ?? to).end, from, to, step };
    });
    return range;
  });

  /** Values and the operations between them, flat; `build.operation` makes the tree. */
  public chain = this.RULE("chain", (): Expression => {
    const operands: build.Operand[] = [this.SUBRULE(this.operand)];
    const operators: IToken[] = [];
    this.MANY(() => {
      operators.push(this.CONSUME(Operator));
      operands.push(this.SUBRULE2(this.operand));
    });
    return this.ACTION(() => {
      const first = operands[0] as build.Operand;
      return operators.length === 0 && first.signs.length === 0 ? first.value : build.operation(operands, operators);
    });
  });

  public operand = this.RULE("operand", (): build.Operand => {
    const signs: IToken[] = [];
    this.MANY(() => { signs.push(this.CONSUME(Sign)); });
    if (!this.RECORDING_PHASE && !this.startsValue()) throw noValue;
    const value = this.OR<Expression>([
      { ALT: () => build.numberLiteral(this.CONSUME(NumberToken)) },
      { ALT: () => this.SUBRULE(this.nameOrCall) },
      { ALT: () => build.stringLiteral(this.CONSUME(StringToken)) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.parenthesized) },
      { ALT: () => {
        const cut = this.CONSUME(TooDeep);
        return build.missing(cut.startOffset, endOf(cut));
      } },
    ]);
    return { signs, value };
  });

  public nameOrCall = this.RULE("nameOrCall", (): Expression => {
    const first = build.identifier(this.CONSUME(Word));
    const parts: Identifier[] = [first];
    const items = this.OPTION(() => {
      this.CONSUME(LeftParenthesis);
      const values = this.SUBRULE(this.items, { ARGS: [RightParenthesis] });
      this.CONSUME(RightParenthesis);
      return values;
    });
    this.MANY({
      GATE: () => items === undefined,
      DEF: () => {
        this.CONSUME(Dot);
        parts.push(build.identifier(this.CONSUME2(Word)));
      },
    });
    const end = this.previousEnd();
    return items === undefined
      ? build.nameOrBoolean(parts, end)
      : { kind: "call", start: first.start, end, callee: first, arguments: items };
  });

  public list = this.RULE("list", (): Expression => {
    const open = this.CONSUME(LeftBracket);
    const items = this.SUBRULE(this.items, { ARGS: [RightBracket] });
    const close = this.CONSUME(RightBracket);
    return { kind: "list", start: open.startOffset, end: endOf(close), items };
  });

  public parenthesized = this.RULE("parenthesized", (): Expression => {
    const open = this.CONSUME(LeftParenthesis);
    const inner = this.SUBRULE(this.expression);
    const close = this.CONSUME(RightParenthesis);
    return { kind: "parenthesized", start: open.startOffset, end: endOf(close), inner };
  });

  /** Expressions between commas; a comma may end the last line of a list. */
  public items = this.RULE("items", (closer: TokenType | undefined): readonly Expression[] => {
    const items: Expression[] = [];
    this.OPTION({
      GATE: () => !this.nextIs(closer ?? RightBracket),
      DEF: () => {
        items.push(this.SUBRULE(this.expression));
        this.MANY({
          GATE: () => !tokenMatcher(this.LA(2), closer ?? RightBracket),
          DEF: () => {
            this.CONSUME(ItemComma);
            items.push(this.SUBRULE2(this.expression));
          },
        });
        this.OPTION2(() => { this.CONSUME2(ItemComma); });
      },
    });
    return items;
  });

  /** What is left of a statement that cannot be read. Not part of any other rule: `statement` calls it. */
  public rest = this.RULE("rest", (): void => {
    this.MANY(() => { this.CONSUME(InLine); });
  });

  /**
   * Reads one statement to its end. What cannot be read is reported once and skipped, and `instead` gives the value,
   * spanning what was skipped.
   */
  private statement<Value, Fallback>(
    first: IToken,
    subject: string,
    read: () => Value,
    instead: (start: number, end: number) => Fallback,
  ): Value | Fallback {
    if (this.RECORDING_PHASE) return read();
    this.subject = subject;
    this.statementStart = first.startOffset;
    this.valueFrom = endOf(first);
    const reported = this.found.length;
    try {
      const value = read();
      if (!this.nextIs(InLine)) return value;
      this.found.push(mistakes.unexpectedAfter(build.spanOf(this.LA(1)), this.subject, this.LA(1).image));
    } catch (thrown) {
      this.reportMissing(expectationOf(thrown));
    }
    this.SUBRULE(this.rest);
    const end = this.previousEnd();
    this.found.length = this.hasEarlierMistake(first.startOffset, end) ? reported : reported + 1;
    return instead(Math.min(this.valueFrom, end), end);
  }

  private reportMissing(expected: string): void {
    const next = this.LA(1);
    const isHere = this.nextIs(InLine);
    const span = isHere ? build.spanOf(next) : { start: this.statementStart, end: this.previousEnd() };
    // What the layout has supplied has no width: the author wrote nothing there.
    const isShown = isHere || (!this.nextIs(Newline) && endOf(next) > next.startOffset);
    const found = isShown ? `found ${mistakes.quote(next.image)}` : "the line ends here";
    this.found.push(expected === noValue.expected
      ? mistakes.missingValue(span, this.subject, found)
      : mistakes.missingPart(span, this.subject, expected, found));
  }

  private reportMissingEquals(): void {
    if (!valueStarts.has(this.LA(1).tokenType)) throw { expected: "`=` and a value" };
    const span = { start: this.statementStart, end: endOf(this.LA(1)) };
    this.found.push(mistakes.missingEquals(span, this.subject, this.previousEnd()));
  }

  /** `import { A B }`: what stands between two names must be a comma or a new line. */
  private checkImportComma(): void {
    const before = this.LA(0);
    if (before.tokenType === ItemComma || before.tokenType === ImportOpen) return;
    this.found.push(mistakes.missingSeparator(build.spanOf(this.LA(1)), this.LA(1).image, endOf(before)));
  }

  private hasEarlierMistake(start: number, end: number): boolean {
    let low = 0;
    let high = this.earlier.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.earlier[middle] as number) < start) low = middle + 1;
      else high = middle;
    }
    return (this.earlier[low] ?? Infinity) <= end;
  }

  /** `model extends Base {`: the name is missing; in `model extends extends Base {` it is not. */
  private startsClause(): boolean {
    return (this.nextIs(Extends) || this.nextIs(Of)) && tokenMatcher(this.LA(2), Word) && !tokenMatcher(this.LA(3), Word);
  }

  /** `from "…"` names a source: it is no value. */
  private startsValue(): boolean {
    const { tokenType } = this.LA(1);
    return valueStarts.has(tokenType) && !(tokenType === From && this.LA(2).tokenType === StringToken);
  }

  private nextIs(type: TokenType): boolean {
    return tokenMatcher(this.LA(1), type);
  }

  private previousEnd(): number {
    return endOf(this.LA(0));
  }
}

function expectationOf(thrown: unknown): string {
  if (thrown instanceof Error && isRecognitionException(thrown)) return thrown.message;
  if (typeof thrown === "object" && thrown !== null && "expected" in thrown) return String(thrown.expected);
  throw thrown;
}

let parser: DscoParser | undefined;

/** Reads one chunk's balanced tokens. The parser is made at the first call: its self-analysis is most of a cold start. */
export function parseChunkTokens(
  text: string, tokens: Token[], comments: readonly Comment[], earlier: readonly SyntaxError[],
): { readonly declarations: readonly Declaration[]; readonly errors: readonly SyntaxError[] } {
  parser ??= new DscoParser();
  return parser.read(text, tokens, comments, earlier);
}
