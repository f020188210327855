/** A `sweep` as a design space: what varies, what must hold, what is looked for, and what is wrong with it. */

import type { ComparisonOperator, Expression, Identifier, Member, Objective as ObjectiveNode, Property, Where } from "../../../../grammar/src";
import { formatGrouped, numberText, type Dimension } from "../../units";
import { evaluateComparison } from "../assertions";
import { removeMember, replaceFix } from "../bind";
import type { BoundDeclaration, FileScope, PropertyValue } from "../bound";
import { names, sweeps, values, type Diagnostic } from "../diagnostics";
import { settledValue, type Scope } from "../evaluate";
import { nearest } from "../suggest";
import { memoized, withOverrides, type Workspace } from "../workspace";
import { readChoices, type Choice } from "./choices";
import { isOwnKey, isReadBy, subjectOf, targetOf, walkPath, type VariedKey } from "./path";
import { otherPhaseProblems } from "./phase";
import { pathProblems, subjectProblems } from "./problems";

/** A key of the plan's parts, or one of its parts, with its choices. */
export interface Axis {
  /** `parallelism.ep`, `hardware`. */
  readonly path: string;
  readonly parts: readonly string[];
  readonly choices: readonly Choice[];
  readonly node: Property;
}

/** A comparison that a design must meet. */
export interface Constraint {
  /** As it is written: `memory_per_gpu <= 0.9 * hardware.gpu.memory`. */
  readonly text: string;
  readonly origin: "where" | "require";
  readonly left: Expression;
  readonly operator: ComparisonOperator;
  readonly right: Expression;
  readonly file: FileScope;
}

export interface Objective {
  readonly sense: "maximize" | "minimize";
  /** A metric of the plan, or `gpus`: the size of the cluster. */
  readonly id: string;
  readonly dimension: Dimension;
}

export interface Space {
  readonly workspace: Workspace;
  readonly sweep: BoundDeclaration;
  readonly plan: BoundDeclaration;
  /** In the order of the file; the last one varies fastest. */
  readonly axes: readonly Axis[];
  readonly constraints: readonly Constraint[];
  readonly objectives: readonly Objective[];
  readonly budget: number;
  readonly seed: number;
  /** Designs: the product of the choices. */
  readonly size: number;
}

export interface SweepReading {
  /** `undefined` where the sweep, or the plan that it varies, has an error. */
  readonly space: Space | undefined;
  /** Of the sweep's own lines, in no order. */
  readonly problems: readonly Diagnostic[];
}

/** What a sweep says; once for a workspace. */
export function readSweep(workspace: Workspace, sweep: BoundDeclaration): SweepReading {
  const found = memoized(workspace, sweep, "sweep", () => computeReading(workspace, sweep));
  return typeof found === "symbol" ? { space: undefined, problems: [] } : found;
}

function computeReading(workspace: Workspace, sweep: BoundDeclaration): SweepReading {
  const { node, file, block } = sweep;
  const ofSubject = node.of ? subjectProblems(workspace, sweep, node.of) : [];
  const plan = subjectOf(workspace, sweep);
  if (!plan) return { space: undefined, problems: ofSubject };
  const problems: Diagnostic[] = [];
  const metricNames: Identifier[] = [];
  const scope: Scope = { workspace, file, block: plan.block, key: undefined, metricsOf: plan, problems, metricNames };
  const members = node.body?.members ?? [];
  const lines = members.filter((member): member is Property => member.kind === "property" && !isOwnKey(sweep, member));
  const axes = axesOf(lines, sweep, plan, { ...scope, metricsOf: undefined });
  // what a line in error would vary nobody knows
  const areAxesKnown = axes.length === lines.length && problems.length === 0;
  const objectives = objectivesOf(members, sweep, scope);
  const constraints = [...members.flatMap((member) => (member.kind === "where" ? whereOf(member, plan, scope) : [])), ...requirementsOf(plan)];
  const own = sweepProblems(sweep, lines.length > 0, members.some(({ kind }) => kind === "objective"));
  const ofOtherPhase = areAxesKnown ? otherPhaseProblems(workspace, sweep, plan, axes, metricNames) : [];
  // a figure that the plan as it is has not may well be one of other designs
  const all = [...ofSubject, ...own, ...problems.filter(({ code }) => code !== names.notComputed.entry.code), ...ofOtherPhase];
  const { budget, seed } = { budget: settledValue(workspace, block, "budget").plain, seed: settledValue(workspace, block, "seed").plain };
  const size = axes.reduce((product, { choices }) => product * choices.length, 1);
  const isSound = axes.length > 0 && objectives.length > 0 && axes.length === lines.length && axes.every(({ choices }) => choices.length > 0) && all.length === 0 && sweep.problems.length === 0;
  if (!isSound || typeof budget !== "number" || typeof seed !== "number") return { space: undefined, problems: all };
  const space: Space = { workspace, sweep, plan, axes, constraints, objectives, budget, seed, size };
  return { space, problems: [...(size > budget ? [overBudget(space)] : []), ...missingInChoices(space)] };
}

interface Varied {
  readonly axis: Axis;
  readonly target: VariedKey | undefined;
  readonly reads: readonly PropertyValue[];
}

function axesOf(lines: readonly Property[], sweep: BoundDeclaration, plan: BoundDeclaration, scope: Scope): readonly Axis[] {
  const { workspace, file, problems } = scope;
  const found: Varied[] = [];
  for (const node of lines) {
    const parts = node.path.map(({ text }) => text);
    const path = parts.join(".");
    const earlier = found.find(({ axis }) => axis.path === path)?.axis.node;
    if (earlier) {
      // of a path of one name, that it is there twice is said of all blocks
      if (parts.length > 1) problems.push(duplicate(path, node, earlier, sweep));
      continue;
    }
    const walked = walkPath(workspace, plan, node.path);
    for (const problem of pathProblems(node, walked, sweep)) problems.push(problem);
    const reads: PropertyValue[] = [];
    const choices = walked.spec ? readChoices(node.value, walked.spec, { ...scope, reads, metrics: [] }) : [];
    found.push({ axis: { path, parts, choices, node }, target: walked.target, reads });
  }
  for (const { axis: { node }, reads } of found) {
    const moving = found.find(({ target }) => target && isReadBy(workspace, target, reads));
    if (moving) problems.push(sweeps.movingValues.at({ uri: file.uri, span: node.value }, { path: moving.axis.path }));
  }
  return found.filter(({ target }) => target).map(({ axis }) => axis);
}

function duplicate(path: string, node: Property, earlier: Property, { file }: BoundDeclaration): Diagnostic {
  return names.duplicateKey.at({ uri: file.uri, span: { start: node.path[0]?.start ?? node.start, end: node.path.at(-1)?.end ?? node.end } }, { key: path }, {
    related: [{ uri: file.uri, span: earlier, message: "first written here" }],
    fixes: () => [{ title: `Remove this \`${path}\``, edits: [removeMember({ file }, node)] }],
  });
}

function objectivesOf(members: readonly Member[], { file }: BoundDeclaration, { workspace: { metrics }, problems, metricNames }: Scope): readonly Objective[] {
  const found = new Map<string, Objective & { readonly node: ObjectiveNode }>();
  for (const node of members) {
    if (node.kind !== "objective" || node.metric.kind !== "name") continue;
    const { metric, sense } = node;
    const id = metric.parts.map(({ text }) => text).join(".");
    const place = { uri: file.uri, span: metric };
    const dimension = metrics.dimension("plan", id) ?? (id === "gpus" ? metrics.dimension("hardware", id) : undefined);
    const earlier = found.get(id);
    if (earlier) {
      problems.push(sweeps.objectiveTwice.at({ uri: file.uri, span: node }, { metric: id }, {
        related: [{ uri: file.uri, span: earlier.node, message: "first written here" }],
        fixes: () => [{ title: `Remove \`${sense} ${id}\``, edits: [removeMember({ file }, node)], preferred: earlier.sense === sense }],
      }));
    } else if (dimension) {
      found.set(id, { sense, id, dimension, node });
      if (id !== "gpus") metricNames?.push(...metric.parts);
    } else if (metrics.ids("plan").includes(id)) {
      problems.push(values.needsNumber.at(place, { what: "an objective", found: `\`${id}\`, which is a text` }));
    } else {
      const suggestion = nearest(id, [...metrics.ids("plan"), "gpus"]);
      problems.push(names.unknownMetric.at(place, { name: id, owner: "plan", suggestion }, replaceFix(metric, suggestion)));
    }
  }
  return [...found.values()].map(({ sense, id, dimension }) => ({ sense, id, dimension }));
}

function whereOf({ left, operator, right }: Where, plan: BoundDeclaration, scope: Scope): readonly Constraint[] {
  if (operator === undefined) return []; // the grammar has said so
  evaluateComparison(left, operator, right, plan, scope);
  return [{ text: scope.file.source.text.slice(left.start, right.end), origin: "where", left, operator, right, file: scope.file }];
}

const requirementsOf = (plan: BoundDeclaration): readonly Constraint[] =>
  plan.assertions.flatMap((assertion) => {
    if (assertion.kind !== "require" || assertion.node.operator === undefined) return [];
    const { node: { left, operator, right }, file } = assertion;
    return [{ text: file.source.text.slice(left.start, right.end), origin: "require", left, operator, right, file }];
  });

function sweepProblems({ node, file }: BoundDeclaration, varies: boolean, seeks: boolean): readonly Diagnostic[] {
  const place = { uri: file.uri, span: { start: node.keywordSpan.start, end: node.name?.end ?? node.keywordSpan.end } };
  // of what is half written the grammar says what is missing
  if (!node.body || file.source.parsed.errors.some((error) => error.start <= node.end && node.start <= error.end)) return [];
  const last = node.body.members.at(-1);
  const { text } = file.source;
  const indent = last && /(?:\r\n|\n|\r)[ \t]*$/.exec(text.slice(0, last.start))?.[0];
  const at = last && last.end + (/^[ \t]*(?:\/\/[^\r\n]*)?(?=[\r\n])/.exec(text.slice(last.end))?.[0].length ?? 0);
  const newText = `${indent ?? ", "}maximize tokens_per_second_per_gpu`;
  return [
    ...(varies ? [] : [sweeps.nothingVaries.at(place, {})]),
    ...(seeks ? [] : [sweeps.nothingSought.at(place, {}, {
      fixes: () => (at === undefined ? [] : [{ title: "Write `maximize tokens_per_second_per_gpu`", edits: [{ start: at, end: at, newText }] }]),
    })]),
  ];
}

/** Keys of declarations that vary as a whole, where some of these have no such key. */
function missingInChoices({ workspace, sweep: { file }, plan, axes }: Space): readonly Diagnostic[] {
  return axes.flatMap(({ path: whole, parts: [role], choices }) => {
    const inside = axes.filter(({ path }) => path.startsWith(`${whole}.`));
    if (role !== whole || inside.length === 0) return [];
    const tried = choices.map(({ text, override }) => ({ text, other: withOverrides(workspace, new Map([[plan.node, new Map([[whole, override]])]])) }));
    return inside.flatMap(({ path, parts, node }) => {
      const missing = tried.filter(({ other }) => !targetOf(other, plan, parts)).map(({ text }) => text);
      const span = { start: node.path[0]?.start ?? node.start, end: node.path.at(-1)?.end ?? node.end };
      return missing.length === 0 ? [] : [sweeps.missingInChoice.at({ uri: file.uri, span }, { path, choices: missing })];
    });
  });
}

function overBudget({ sweep: { file, block, node }, size, budget }: Space): Diagnostic {
  const written = block.properties.get("budget")?.node.value;
  const first = node.body?.members[0];
  const span = written ?? { start: node.keywordSpan.start, end: node.name?.end ?? node.keywordSpan.end };
  const text = Number.isSafeInteger(size) ? numberText(size) : undefined;
  return sweeps.overBudget.at({ uri: file.uri, span }, { size, budget }, {
    fixes: () => (text === undefined || !first ? [] : [{
      title: `${written ? "Set" : "Write"} \`budget = ${text}\`: all ${formatGrouped(size)} designs are tried`,
      edits: [written ? { start: written.start, end: written.end, newText: text } : { start: first.start, end: first.start, newText: `budget = ${text}${/(?:\r\n|\n|\r)[ \t]*$/.exec(file.source.text.slice(0, first.start))?.[0] ?? ", "}` }],
    }]),
  });
}
