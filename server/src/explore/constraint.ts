/**
 * A comparison made ready for many designs: metrics are asked of the record, keys of the plan's parts are read from it, what no axis
 * touches is a number. Whatever is left is evaluated by the language, with the design's values in place.
 */

import type { BinaryExpression, CallExpression, Expression, NameExpression } from "../../../grammar/src";
import { evaluate, functions, modulo, referenceAt, type PropertyValue, type Scope, type Workspace } from "../core";
import { Unavailable } from "../cost/definition";
import { planMetrics } from "../cost/plan/metrics";
import type { PlanRecord } from "../cost/plan/record";
import { holds } from "../rules/requirements/assertions";
import { readBy, type CompiledSpace } from "./compile";
import { targetOf, type Constraint, type Point } from "./space";

export interface Design {
  readonly point: Point;
  readonly record: PlanRecord;
}

/** Throws `Unavailable` where the design has no such figure. */
type Side = (design: Design) => number;

export interface CompiledConstraint {
  readonly constraint: Constraint;
  /** Throws `Unavailable` where a side has no value. */
  readonly holds: (design: Design) => boolean;
  /** How far the sides are apart as a share of the larger one where it does not hold, else 0. Throws `Unavailable` where a side has no value. */
  readonly miss: (design: Design) => number;
}

export function compileConstraint(compiled: CompiledSpace, constraint: Constraint): CompiledConstraint {
  const { left, operator, right } = constraint;
  const [one, other] = [sideOf(compiled, constraint, left), sideOf(compiled, constraint, right)];
  return {
    constraint,
    holds: (design) => holds(one(design), operator, other(design)),
    miss: (design) => {
      const [value, bound] = [one(design), other(design)];
      return holds(value, operator, bound) || value === bound ? 0 : Math.abs(value - bound) / Math.max(Math.abs(value), Math.abs(bound));
    },
  };
}

function sideOf(compiled: CompiledSpace, constraint: Constraint, expression: Expression): Side {
  const entered = { reads: [] as PropertyValue[], metrics: [] as string[], problems: [] };
  const value = evaluate(expression, { ...scopeOf(compiled, constraint, compiled.first), ...entered });
  if (value?.kind === "quantity" && readBy(entered, compiled.varied).length === 0) return () => value.value;
  switch (expression.kind) {
    case "parenthesized": return sideOf(compiled, constraint, expression.inner);
    case "unary": {
      const operand = sideOf(compiled, constraint, expression.operand);
      return expression.operator === "-" ? (design) => -operand(design) : operand;
    }
    case "binary": return binary(compiled, constraint, expression);
    case "call": return call(compiled, constraint, expression);
    case "name": return named(compiled, constraint, expression);
    default: return slow(compiled, constraint, expression);
  }
}

const scopeOf = ({ space: { plan } }: CompiledSpace, { file }: Constraint, workspace: Workspace): Scope =>
  ({ workspace, file, block: plan.block, key: undefined, metricsOf: plan, problems: [] });

function binary(compiled: CompiledSpace, constraint: Constraint, { operator, left, right }: BinaryExpression): Side {
  const [one, other] = [sideOf(compiled, constraint, left), sideOf(compiled, constraint, right)];
  const divided = (design: Design, divide: (dividend: number, divisor: number) => number): number => {
    const divisor = other(design);
    if (divisor === 0) throw new Unavailable("it divides by zero");
    return divide(one(design), divisor);
  };
  switch (operator) {
    case "+": return (design) => one(design) + other(design);
    case "-": return (design) => one(design) - other(design);
    case "*": return (design) => one(design) * other(design);
    case "^": return (design) => one(design) ** other(design);
    case "/": return (design) => divided(design, (dividend, divisor) => dividend / divisor);
    case "%": return (design) => divided(design, modulo);
  }
}

function call(compiled: CompiledSpace, constraint: Constraint, { callee: { text }, arguments: given }: CallExpression): Side {
  const sides = given.map((argument) => sideOf(compiled, constraint, argument));
  const [first] = sides;
  if (text === "min" || text === "max") return (design) => Math[text](...sides.map((side) => side(design)));
  const apply = functions[text];
  if (!apply || !first) throw new Unavailable(`\`${text}\` is no function of one number`);
  return (design) => apply(first(design));
}

function named(compiled: CompiledSpace, constraint: Constraint, expression: NameExpression): Side {
  const { space: { plan }, blocks, first: workspace } = compiled;
  const [name, ...others] = expression.parts;
  const scope = scopeOf(compiled, constraint, workspace);
  const reference = others.length === 0 ? referenceAt(expression, 0, scope) : undefined;
  if (name && reference?.kind === "metric" && reference.declaration === plan) return metricSide(name.text);
  const target = constraint.file === plan.file || constraint.origin === "where" ? targetOf(workspace, plan, expression.parts.map(({ text }) => text)) : undefined;
  const path = target && [...blocks].find(([, block]) => block.node === target.block.node && block.path === target.block.path)?.[0];
  const isNumber = target?.spec.type.kind === "quantity" || target?.spec.type.kind === "number" || target?.spec.type.kind === "fraction" || target?.spec.type.kind === "token-count";
  if (path !== undefined && path !== "" && target && isNumber && !path.includes("[")) return recordSide([...path.split("."), target.key]);
  return slow(compiled, constraint, expression);
}

/** A figure of the plan, as every other place that shows it computes it. */
export function metricSide(id: string): Side {
  const metric = planMetrics.find((candidate) => candidate.id === id);
  if (!metric) throw new Unavailable(`a plan has no metric \`${id}\``);
  return ({ record }) => metric.estimate(record, {});
}

function recordSide(path: readonly string[]): Side {
  return ({ record }) => {
    let value: unknown = record;
    for (const step of path) value = typeof value === "object" && value !== null ? (Reflect.get(value, step) as unknown) : undefined;
    if (typeof value !== "number") throw new Unavailable(`\`${path.join(".")}\` has no value`);
    return value;
  };
}

const slow = (compiled: CompiledSpace, constraint: Constraint, expression: Expression): Side => ({ point, record }) => {
  Reflect.ownKeys(record); // whoever notes what is read: anything of it may enter
  const value = evaluate(expression, scopeOf(compiled, constraint, compiled.workspaceAt(point)));
  if (value?.kind === "quantity") return value.value;
  throw new Unavailable(`\`${constraint.file.source.text.slice(expression.start, expression.end)}\` has no value`);
};
