/** Where no design meets everything: which condition leaves out most, and what of it would let one in. */

import type { Expression } from "../../../grammar/src";
import { metricDimension } from "../analysis";
import { formatGrouped, formatQuantity } from "../units";
import { evaluatorOf } from "./evaluate";
import type { ReasonCount } from "./reasons";
import { runStretch, tallyOf } from "./run";
import type { Constraint, Space } from "./space";

/** Designs that are tried again without a condition. */
const mostTried = 20_000;

const metricOf = (expression: Expression): string | undefined => (expression.kind === "name" && expression.parts.length === 1 ? expression.parts[0]?.text : undefined);

/** Sentences; `reasons` of a run in which nothing met everything, the most frequent first. */
export function adviceFor(space: Space, reasons: readonly ReasonCount[]): readonly string[] {
  const steps = adviceSteps(space, reasons);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same in steps of some milliseconds, for who has other things to do meanwhile. */
export function* adviceSteps(space: Space, reasons: readonly ReasonCount[]): Generator<void, readonly string[]> {
  if (reasons.length === 0) return [];
  const lines = [`Nothing meets everything. ${mostFrequent(reasons)}`];
  for (const constraint of space.constraints) lines.push(...(yield* without(space, constraint)));
  if (lines.length === 1 && space.constraints.length > 0) lines.push("No single condition is to blame: without any one of them there is still no design.");
  return lines;
}

/** What leaves out the most designs: most of all, more than any other reason, or as many as some. */
export function mostFrequent(reasons: readonly ReasonCount[]): string {
  const most = reasons.filter(({ count }) => count === reasons[0]?.count);
  const count = most[0]?.count ?? 0;
  const texts = most.map(({ kind, text }) => (kind === "where" || kind === "require" ? `\`${text}\`` : text)).join("; ");
  if (most.length > 1) return `Each of these leaves out as many designs (${formatGrouped(count)}), and none leaves out more: ${texts}.`;
  const isMost = 2 * count > reasons.reduce((sum, reason) => sum + reason.count, 0);
  return `${isMost ? `Most designs (${formatGrouped(count)}) are left out` : `More designs (${formatGrouped(count)}) than for any other reason are left out`} because of this: ${texts}.`;
}

/** Designs between two steps. */
const atOnce = 8;

function* without(space: Space, constraint: Constraint): Generator<void, readonly string[]> {
  const id = metricOf(constraint.left);
  const dimension = id === undefined ? undefined : metricDimension("plan", id);
  const isUpper = constraint.operator === "<=" || constraint.operator === "<";
  const relaxed: Space = {
    ...space, constraints: space.constraints.filter((other) => other !== constraint),
    ...(id !== undefined && dimension ? { objectives: [{ sense: isUpper ? "minimize" as const : "maximize" as const, id, dimension }] } : {}),
  };
  const tally = tallyOf(relaxed);
  const evaluator = evaluatorOf(relaxed);
  const end = Math.min(relaxed.size, mostTried);
  for (let from = 0; from < end; from += atOnce) {
    tally.add(runStretch(evaluator, from, Math.min(end, from + atOnce)));
    yield;
  }
  if (tally.feasible() === 0) return [];
  const [best] = tally.front.designs();
  const bound = id !== undefined && dimension && best ? `; the nearest has ${id} = ${formatQuantity(best.values[0] ?? 0, dimension)}` : "";
  return [`Without \`${constraint.text}\` ${formatGrouped(tally.feasible())} ${tally.feasible() === 1 ? "design meets" : "designs meet"} the rest${bound}.`];
}
