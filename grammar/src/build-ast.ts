/**
 * From tokens to nodes. Pure and total: for any tokens there is a node. Only positions and spellings are read here;
 * what may stand where is the grammar's affair (`parser.ts`).
 */
import type { IToken } from "chevrotain";
import type {
  BinaryExpression, BinaryOperator, Expression, Identifier, MissingExpression, NumberLiteral, Span,
  StringLiteral,
} from "./ast";
import { endOf, type Token } from "./lexer";

export function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: endOf(token) };
}

export function identifier(token: IToken): Identifier {
  return { kind: "identifier", start: token.startOffset, end: endOf(token), text: token.image };
}

export function missing(start: number, end: number): MissingExpression {
  return { kind: "missing", start, end: Math.max(start, end) };
}

export function numberLiteral(token: Token): NumberLiteral | MissingExpression {
  return token.number ?? missing(token.startOffset, endOf(token));
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** A quote that is not closed leaves the rest of its line as the value. */
export function stringLiteral(token: IToken): StringLiteral {
  const isClosed = token.image.length > 1 && token.image.endsWith("\"");
  const inner = token.image.slice(1, isClosed ? -1 : undefined);
  const value = inner.includes("\\")
    ? inner.replace(/\\(.)/gsu, (_, character: string) => escapes[character] ?? character) : inner;
  return { kind: "string", start: token.startOffset, end: endOf(token), value };
}

export function nameOrBoolean(parts: readonly Identifier[], end: number): Expression {
  const first = parts[0];
  const start = first?.start ?? end;
  if (parts.length === 1 && (first?.text === "true" || first?.text === "false")) {
    return { kind: "boolean", start, end, value: first.text === "true" };
  }
  return { kind: "name", start, end, parts };
}

/** One value of a chain of operations, with the signs before it. */
export interface Operand {
  readonly signs: readonly IToken[];
  readonly value: Expression;
}

const strengths: Readonly<Record<string, number>> = { "+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "^": 4 };
/** A sign binds tighter than `*` and looser than `^`: `-2 ^ 2` is -4. */
const signStrength = 3;

/**
 * The tree of `a + b * c …`: `^` binds to the right, everything else to the left. `operators[i]` stands between
 * operands i and i + 1. The recursion is bounded by the layout's limit on expressions.
 */
export function operation(operands: readonly Operand[], operators: readonly IToken[]): Expression {
  let next = 0;

  const signed = (signs: readonly IToken[], index: number, value: Expression): Expression => {
    const sign = signs[index];
    if (sign === undefined) return climb(value, signStrength + 1);
    const operand = signed(signs, index + 1, value);
    return { kind: "unary", operator: sign.image === "+" ? "+" : "-", start: sign.startOffset, end: operand.end, operand };
  };

  const take = (): Expression => {
    const operand = operands[next] as Operand;
    return operand.signs.length === 0 ? operand.value : signed(operand.signs, 0, operand.value);
  };

  const climb = (first: Expression, weakest: number): Expression => {
    let left = first;
    for (let operator = operators[next]; operator !== undefined; operator = operators[next]) {
      const strength = strengths[operator.image] ?? 1;
      if (strength < weakest) break;
      next += 1;
      const right = climb(take(), operator.image === "^" ? strength : strength + 1);
      left = binary(left, operator, right);
    }
    return left;
  };

  return climb(take(), 1);
}

function binary(left: Expression, operator: IToken, right: Expression): BinaryExpression {
  return {
    kind: "binary", start: left.start, end: right.end, operator: operator.image as BinaryOperator,
    operatorSpan: spanOf(operator), left, right,
  };
}
