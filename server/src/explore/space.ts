/** A `sweep` as a design space: what varies, what must hold, what is looked for. */

import type { ComparisonOperator, Expression, Member, Property } from "../../../grammar/src";
import { metricDimension } from "../analysis";
import {
  bindDeclaration, blocksNamed, checkedValue, evaluate, fileScope, plainNumber, resolveSymbol, settledValue,
  type BoundBlock, type BoundDeclaration, type FileScope, type Override, type PropertySpec, type PropertyValue, type Scope, type Value, type Workspace,
} from "../core";
import { numberText } from "../rules/numbers";
import { formatGrouped, formatShortest, isPlain, type Dimension as UnitDimension } from "../units";

/** One value that a key can take. */
export interface Choice {
  /** As a file would say it: `16`, `1.6 TB/s`, `H800Cluster`. */
  readonly text: string;
  /** For tables and files of results: a number in base units, or a word. */
  readonly plain: number | string;
  readonly override: Override;
}

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
  readonly dimension: UnitDimension;
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

export type SpaceResult = { readonly kind: "space"; readonly space: Space } | { readonly kind: "invalid"; readonly reason: string };

/** The choice of each axis, by its place; in the order of the axes. */
export type Point = readonly number[];

/** The space of a sweep; what is wrong with it stands in the diagnostics of its file, `reason` says the first of it. */
export function spaceOf(workspace: Workspace, sweep: BoundDeclaration): SpaceResult {
  const { node, file, block } = sweep;
  const symbol = node.of && resolveSymbol(workspace, file, node.of.text);
  const target = symbol && fileScope(workspace, symbol.uri);
  const plan = symbol?.kind === "declaration" && target ? bindDeclaration(workspace, symbol.node, target) : undefined;
  if (plan?.keyword !== "plan") return invalid(`\`${node.of?.text ?? ""}\` is no plan`);
  const members = node.body?.members ?? [];
  const axes: Axis[] = [];
  const reads: PropertyValue[] = [];
  const scope: Scope = { workspace, file, block: plan.block, key: undefined, metricsOf: undefined, problems: [], reads };
  for (const member of members) {
    if (member.kind !== "property" || isOwnKey(block, member)) continue;
    const path = member.path.map(({ text }) => text).join(".");
    if (axes.some((axis) => axis.path === path)) return invalid(`\`${path}\` varies twice`);
    const parts = member.path.map(({ text }) => text);
    const spec = targetOf(workspace, plan, parts)?.spec;
    if (!spec) return invalid(`the plan has no \`${path}\` to vary`);
    const choices = choicesOf(scope, member.value, spec);
    if (typeof choices === "string") return invalid(`\`${path}\`: ${choices}`);
    axes.push({ path, parts, choices, node: member });
  }
  const moving = axes.find((axis) => reads.some(({ property }) => property !== undefined && property === targetOf(workspace, plan, axis.parts)?.block.properties.get(axis.parts.at(-1) ?? "")));
  if (moving) return invalid(`another key's values are computed from \`${moving.path}\`, which varies itself`);
  if (axes.length === 0) return invalid("nothing varies: write a line such as `parallelism.ep = [8, 16, 32]`");
  const objectives = members.flatMap((member) => objectiveOf(member));
  const unknown = objectives.find(({ dimension }) => dimension === undefined);
  if (unknown) return invalid(`\`${unknown.id}\` is no metric of a plan`);
  if (objectives.length === 0) return invalid("nothing is looked for: write `maximize METRIC` or `minimize METRIC`");
  const twice = objectives.find(({ id }, index) => objectives.findIndex((other) => other.id === id) !== index);
  if (twice) return invalid(`\`${twice.id}\` is an objective twice`);
  const { budget, seed } = { budget: settledValue(workspace, block, "budget").plain, seed: settledValue(workspace, block, "seed").plain };
  if (typeof budget !== "number" || typeof seed !== "number") return invalid("`budget` and `seed` are whole numbers");
  return {
    kind: "space",
    space: {
      workspace, sweep, plan, axes, budget, seed,
      constraints: [...members.flatMap((member) => whereOf(member, file)), ...requirementsOf(plan)],
      objectives: objectives.flatMap(({ dimension, ...rest }) => (dimension ? [{ ...rest, dimension }] : [])),
      size: axes.reduce((size, { choices }) => size * choices.length, 1),
    },
  };
}

const invalid = (reason: string): SpaceResult => ({ kind: "invalid", reason });

const isOwnKey = (block: BoundBlock, { path }: Property): boolean => path.length === 1 && (block.schema?.properties.has(path[0]?.text ?? "") ?? false);

function objectiveOf(member: Member): readonly { readonly sense: Objective["sense"]; readonly id: string; readonly dimension: UnitDimension | undefined }[] {
  if (member.kind !== "objective" || member.metric.kind !== "name") return [];
  const id = member.metric.parts.map(({ text }) => text).join(".");
  return [{ sense: member.sense, id, dimension: id === "gpus" ? metricDimension("hardware", "gpus") : metricDimension("plan", id) }];
}

function whereOf(member: Member, file: FileScope): readonly Constraint[] {
  if (member.kind !== "where" || member.operator === undefined) return [];
  const { left, operator, right } = member;
  return [{ text: file.source.text.slice(left.start, right.end), origin: "where", left, operator, right, file }];
}

const requirementsOf = (plan: BoundDeclaration): readonly Constraint[] =>
  plan.assertions.flatMap((assertion) => {
    if (assertion.kind !== "require" || assertion.node.operator === undefined) return [];
    const { node: { left, operator, right }, file } = assertion;
    return [{ text: file.source.text.slice(left.start, right.end), origin: "require", left, operator, right, file }];
  });

/** Where a path leads, seen from the plan: the block that holds its last key. */
export interface Target {
  readonly declaration: BoundDeclaration;
  readonly block: BoundBlock;
  readonly key: string;
  readonly spec: PropertySpec;
}

/** Follows `hardware.gpu.memory` through the declarations that the keys name and the blocks inside them. */
export function targetOf(workspace: Workspace, plan: BoundDeclaration, parts: readonly string[]): Target | undefined {
  let declaration = plan;
  let block = plan.block;
  for (const [index, part] of parts.entries()) {
    const spec = block.schema?.properties.get(part);
    if (spec && index === parts.length - 1) return { declaration, block, key: part, spec };
    if (spec) {
      const { value } = settledValue(workspace, block, part);
      if (value?.kind !== "declaration") return undefined;
      declaration = value.declaration;
      block = declaration.block;
    } else {
      const [inner, another] = blocksNamed(block, part);
      if (!inner || another) return undefined;
      block = inner;
    }
  }
  return undefined;
}

/** More choices of one key than anybody tries. */
const mostChoices = 1_000_000;

/** The values of one key, in the order in which they are written; a text says what is wrong with them. */
function choicesOf(scope: Scope, expression: Expression, spec: PropertySpec): readonly Choice[] | string {
  const choices: Choice[] = [];
  const texts = new Set<string>();
  const add = (choice: Choice | undefined, written: string): string | undefined => {
    if (!choice) return `\`${written}\` is no value of it`;
    if (texts.has(choice.text)) return `\`${choice.text}\` stands there twice`;
    texts.add(choice.text);
    choices.push(choice);
    return undefined;
  };
  for (const item of expression.kind === "list" ? expression.items : [expression]) {
    const written = textOf(item, scope.file);
    const range = item.kind === "range" ? evaluate(item, scope) : undefined;
    if (item.kind === "range" && range?.kind !== "range") return `\`${written}\` is no range`;
    const numbers = range?.kind === "range" ? numbersOf(range) : undefined;
    if (numbers === undefined && range) return `\`${written}\` has more than ${formatGrouped(mostChoices)} values`;
    const found = numbers?.map((value) => [numberChoice(value, spec), String(value)] as const) ?? [[singleChoice(item, written, spec, scope), written] as const];
    for (const [choice, text] of found) {
      const problem = add(choice, text);
      if (problem !== undefined) return problem;
    }
  }
  return choices.length === 0 ? "it has no values" : choices;
}

function numbersOf({ from, to, step }: { readonly from: number; readonly to: number; readonly step: number }): readonly number[] | undefined {
  const count = Math.floor((to - from) / step) + 1;
  return count > mostChoices ? undefined : Array.from({ length: count }, (_, index) => from + index * step);
}

const numberChoice = (value: number, spec: PropertySpec): Choice | undefined =>
  (spec.type.kind === "quantity" || !spec.schema.safeParse(value).success ? undefined : { text: numberText(value), plain: value, override: { plain: value, value: plainNumber(value) } });

function singleChoice(expression: Expression, text: string, spec: PropertySpec, scope: Scope): Choice | undefined {
  const { plain, value } = checkedValue(expression, spec, { ...scope, key: spec.key });
  if (plain === undefined || value === undefined) return undefined;
  if (value.kind === "quantity") return { text: expression.kind === "number" ? text : exactText(value), plain: value.value, override: { plain, value } };
  return { text, plain: typeof plain === "number" || typeof plain === "string" ? plain : text, override: { plain, value } };
}

/** A value that was computed, as a file would say it. */
const exactText = ({ value, dimension }: Extract<Value, { kind: "quantity" }>): string => (isPlain(dimension) ? numberText(value) : formatShortest(value, dimension));

const textOf = ({ start, end }: Expression, file: FileScope): string => file.source.text.slice(start, end);
