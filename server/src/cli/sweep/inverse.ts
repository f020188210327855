/** `dsco sweep FILE NAME --least PATH` and `--most PATH`: how little or how much of something meets everything. */

import { adviceFor, evaluatorOf, indexOf, inverse, objectiveText, runStretch, tallyOf, type InverseAnswer, type Point, type Side, type Space } from "../../explore";
import { didYouMean, nearest } from "../../core";
import { formatGrouped } from "../../units";
import { WrongUse } from "../command";
import { alignColumns, indent } from "../terminal-text";

/** Answers that a terminal shows. */
const mostShown = 20;

/** Throws `WrongUse` where the path is no axis of numbers, and for a space above its budget. */
export function inverseText(space: Space, path: string, side: Side): string {
  const { axes, sweep, size, budget } = space;
  const name = sweep.name;
  const axis = axes.findIndex((candidate) => candidate.path === path);
  const found = axes[axis];
  if (!found) {
    const paths = axes.map((candidate) => candidate.path);
    throw new WrongUse(`${name} does not vary ${path}${didYouMean(nearest(path, paths)).replace(/`/g, "") || `: it varies ${paths.join(", ")}`}`);
  }
  if (found.choices.some(({ plain }) => typeof plain !== "number")) throw new WrongUse(`the values of ${path} are no numbers: there is no least or greatest of them`);
  if (size > budget) throw new WrongUse(`${name} has ${formatGrouped(size)} designs, more than its \`budget\` of ${formatGrouped(budget)}: write a larger \`budget\` or fewer values`);
  const answer = inverse(space, axis, side);
  return [...answerLines(space, axis, side, answer), "", `${howText(size, path, side, answer)}`, ""].join("\n");
}

const adjective = (side: Side): string => (side === "least" ? "least" : "greatest");

function answerLines(space: Space, axis: number, side: Side, { points }: InverseAnswer): readonly string[] {
  const { axes, sweep, plan } = space;
  const [first] = points;
  const path = axes[axis]?.path ?? "";
  if (!first) return [`sweep ${sweep.name} of ${plan.name}: no design meets everything, whatever its ${path}`, ...adviceOf(space)];
  const value = axes[axis]?.choices[first[axis] ?? 0]?.text ?? "";
  const head = ["design", ...axes.map((each) => each.path), ...space.objectives.map(({ id }) => id)];
  const { verdict } = evaluatorOf(space);
  const row = (point: Point): readonly string[] => {
    const found = verdict(point);
    const figures = space.objectives.map((objective, place) => (found.kind === "feasible" ? objectiveText(objective, found.values[place] ?? Number.NaN) : "not known"));
    return [formatGrouped(indexOf(space, point)), ...point.map((choice, place) => axes[place]?.choices[choice]?.text ?? ""), ...figures];
  };
  return [
    `sweep ${sweep.name} of ${plan.name}: the ${adjective(side)} ${path} that meets everything is ${value}`, "",
    ...indent(alignColumns([head, ...points.slice(0, mostShown).map(row)])),
    ...(points.length > mostShown ? [`  … and ${formatGrouped(points.length - mostShown)} more with the same ${path}`] : []),
  ];
}

/** What would let a design in. */
function adviceOf(space: Space): readonly string[] {
  const tally = tallyOf({ objectives: [] });
  tally.add(runStretch(evaluatorOf({ ...space, objectives: [] }), 0, space.size));
  return ["", ...adviceFor(space, tally.reasons())];
}

function howText(size: number, path: string, side: Side, { tried, method }: InverseAnswer): string {
  const count = `${formatGrouped(tried)} of ${formatGrouped(size)} designs tried`;
  const beyond = side === "least" ? "smaller" : "greater";
  switch (method) {
    case "bisection": return `${count}, by bisection along ${path}: what leaves a design out there leaves it out with every ${beyond} value too.`;
    case "mixed": return `${count}, by bisection along ${path}, and one by one where what leaves a design out need not do so with every ${beyond} value.`;
    case "one by one": return `${count}, one by one from the ${adjective(side)} ${path}: nothing is proved about what it changes.`;
  }
}
