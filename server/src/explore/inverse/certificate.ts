/** When one design that is left out says that all beyond it along an axis are left out too. */

import type { BinaryExpression, CallExpression, Expression } from "../../../../grammar/src";
import { evaluate, referenceAt, settledValue, type PropertyValue } from "../../core";
import { Unavailable } from "../../cost/definition";
import { evaluationOf } from "../../cost/plan/evaluation";
import type { PlanRecord } from "../../cost/plan/record";
import { noteReads, watchedRecord } from "../../cost/reads";
import { layoutFault } from "../../rules/layout/conditions";
import { keysOf, readBy, type CompiledSpace } from "../compile";
import { compileConstraint } from "../constraint";
import { targetOf, type Constraint, type Point } from "../space";
import { keysWithTrends, trendOf, type Trend } from "./trends";

/** Where along an axis: to its least or to its greatest values. */
export type Side = "least" | "most";

/** Whether a design that is left out proves that those with the other values of the axis towards `side` are left out too. */
export type Certificate = (point: Point) => boolean;

/** How much a condition must be missed, as a share of its sides, for rounding to have no part in it. */
const margin = 1e-9;

/**
 * `undefined` where nothing is known along the axis: it is no key of the table, its values are no numbers from 0, other keys follow from it, or
 * another axis puts whole declarations in place, after which others may.
 */
export function certificateOf(compiled: CompiledSpace, axis: number, side: Side): Certificate | undefined {
  const { space } = compiled;
  const path = space.axes[axis]?.path ?? "";
  if (!keysWithTrends.includes(path) || !isAlone(compiled, axis)) return undefined;
  const constraints = space.constraints.map((constraint) => ({ ...compileConstraint(compiled, constraint), constraint }));
  return (point) => {
    try {
      const design = { point, record: compiled.record(point) };
      return layoutPersists(path, design.record) || memoryPersists(path, side, design.record)
        || constraints.some(({ constraint, miss }) => miss(design) > margin && persists(compiled, constraint, axis, side, design.record));
    } catch (fault) {
      if (fault instanceof Unavailable) return false;
      throw fault;
    }
  };
}

/** A layout that does not run, found without a look at the axis. */
function layoutPersists(path: string, record: PlanRecord): boolean {
  const { result, inputs } = noteReads(() => faultOf(watchedRecord(record, "")));
  return result !== undefined && !inputs.has(path);
}

function faultOf(record: PlanRecord): string | undefined {
  try {
    return layoutFault(record);
  } catch (fault) {
    if (fault instanceof Unavailable) return fault.message;
    throw fault;
  }
}

/** A plan that does not fit: it needs as much or more beyond, and has as much or less. */
function memoryPersists(path: string, side: Side, record: PlanRecord): boolean {
  if (evaluationOf(record).memory.worst.total <= record.hardware.gpu.memory) return false;
  const needs = trendOf(path, "memory_per_gpu", record);
  const has: Trend = path === "hardware.gpu.memory" ? "rising" : "constant";
  return needs !== undefined && goes(needs, side, "up") && goes(has, side, "down");
}

/** A comparison that fails fails by as much or more beyond. */
function persists(compiled: CompiledSpace, constraint: Constraint, axis: number, side: Side, record: PlanRecord): boolean {
  const left = sideTrend(compiled, constraint, constraint.left, axis, record)?.trend;
  const right = sideTrend(compiled, constraint, constraint.right, axis, record)?.trend;
  if (left === undefined || right === undefined) return false;
  switch (constraint.operator) {
    case "<": case "<=": return goes(left, side, "up") && goes(right, side, "down");
    case ">": case ">=": return goes(left, side, "down") && goes(right, side, "up");
    case "==": return left === "constant" && right === "constant";
  }
}

/** Whether a figure only goes one way, or stands still, as the axis goes to its side. */
const goes = (trend: Trend, side: Side, way: "up" | "down"): boolean => trend === "constant" || (trend === "rising") === ((side === "most") === (way === "up"));

/** What an expression does along the axis; `isPositive`: it is never below 0. */
interface Course {
  readonly trend: Trend;
  readonly isPositive: boolean;
}

function sideTrend(compiled: CompiledSpace, constraint: Constraint, expression: Expression, axis: number, record: PlanRecord): Course | undefined {
  const of = (inner: Expression): Course | undefined => sideTrend(compiled, constraint, inner, axis, record);
  const { first, varied, space: { plan, axes } } = compiled;
  const entered = { reads: [] as PropertyValue[], metrics: [] as string[], problems: [] };
  const scope = { workspace: first, file: constraint.file, block: plan.block, key: undefined, metricsOf: plan, ...entered };
  const value = evaluate(expression, scope);
  const axesRead = readBy(entered, varied);
  if (value?.kind === "quantity" && !axesRead.includes(axis)) return { trend: "constant", isPositive: axesRead.length === 0 && value.value >= 0 };
  switch (expression.kind) {
    case "parenthesized": return of(expression.inner);
    case "unary": {
      const inner = of(expression.operand);
      return inner && expression.operator === "-" ? { trend: turned(inner.trend), isPositive: false } : inner;
    }
    case "binary": return binary(expression, of);
    case "call": return call(expression, of);
    case "name": {
      const path = axes[axis]?.path ?? "";
      const parts = expression.parts.map(({ text }) => text);
      const [target, own] = [targetOf(first, plan, parts), targetOf(first, plan, axes[axis]?.parts ?? [])];
      if (target && own && target.block.node === own.block.node && target.block.path === own.block.path && target.key === own.key) return { trend: "rising", isPositive: true };
      const reference = parts.length === 1 ? referenceAt(expression, 0, scope) : undefined;
      const trend = reference?.kind === "metric" && reference.declaration === plan ? trendOf(path, parts[0] ?? "", record) : undefined;
      return trend && { trend, isPositive: true };
    }
    default: return undefined;
  }
}

const turned = (trend: Trend): Trend => (trend === "constant" ? trend : trend === "rising" ? "falling" : "rising");

/** The common way of two figures that are added or compared. */
const joint = (one: Trend, other: Trend): Trend | undefined => (one === "constant" ? other : other === "constant" || other === one ? one : undefined);

const course = (trend: Trend | undefined, isPositive: boolean): Course | undefined => trend && { trend, isPositive };

function binary({ operator, left, right }: BinaryExpression, of: (inner: Expression) => Course | undefined): Course | undefined {
  const [one, other] = [of(left), of(right)];
  if (!one || !other) return undefined;
  const arePositive = one.isPositive && other.isPositive;
  switch (operator) {
    case "+": return course(joint(one.trend, other.trend), arePositive);
    case "-": return course(joint(one.trend, turned(other.trend)), false);
    case "*": return arePositive ? course(joint(one.trend, other.trend), true) : undefined;
    case "/": return arePositive ? course(joint(one.trend, turned(other.trend)), true) : undefined;
    case "%": case "^": return one.trend === "constant" && other.trend === "constant" ? { trend: "constant", isPositive: false } : undefined;
  }
}

const rising: ReadonlySet<string> = new Set(["min", "max", "ceil", "floor", "round"]);

function call({ callee: { text }, arguments: given }: CallExpression, of: (inner: Expression) => Course | undefined): Course | undefined {
  if (!rising.has(text)) return undefined;
  const courses = given.map(of);
  let found: Course | undefined = { trend: "constant", isPositive: true };
  for (const each of courses) found = found && each && course(joint(found.trend, each.trend), found.isPositive && each.isPositive);
  return found;
}

/** No other key of the plan follows from the axis, whatever the design, and its values are numbers from 0. */
function isAlone({ blocks, first, varied, space: { axes, plan } }: CompiledSpace, axis: number): boolean {
  if (axes.some(({ choices }) => choices.some(({ override }) => override.value.kind === "declaration"))) return false;
  const [own, target] = [axes[axis], targetOf(first, plan, axes[axis]?.parts ?? [])];
  if (!own?.choices.every(({ plain }) => typeof plain === "number" && plain >= 0)) return false;
  return keysOf(blocks).every(({ block, key }) =>
    (target !== undefined && key === target.key && block.node === target.block.node && block.path === target.block.path)
    || !readBy(settledValue(first, block, key), varied).includes(axis));
}
