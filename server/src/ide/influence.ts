/** What a key costs where it stands: its value is halved or doubled in memory, and the figures are computed again. */

import type { BlockDeclaration } from "../../../grammar/src";
import { figureOf, figuresOf, foundationsOf, keyMetricsOf, type FigureOptions, type MetricFigure } from "../analysis";
import {
  bindDeclaration, dimensionOf, settledValue, withOverrides, type BoundBlock, type BoundDeclaration, type BoundProperty, type Override, type PropertySpec, type Workspace,
} from "../core";
import { allRuleProblems } from "../rules";

/** What a change of one key does to the figures of one declaration. */
export interface Influence {
  readonly change: "halved" | "doubled";
  /** The value it is changed to, in base units. */
  readonly to: number;
  /** The figures that move, the one that moves most first. */
  readonly moves: readonly Move[];
  /** Why half of it is not possible, where it was doubled for that reason: a message without its full stop. */
  readonly obstacle: string | undefined;
  /** What the requirements say that fail then and do not fail now. */
  readonly fails: readonly string[];
}

export interface Move {
  readonly metric: MetricFigure;
  /** In base units. */
  readonly before: number;
  readonly after: number;
  /** Figures that move by the same factor. */
  readonly alike: readonly MetricFigure[];
  /** What of the figure is in proportion to the key, in base units; `undefined` where it is not a sum of such a part and a rest. */
  readonly part: number | undefined;
}

/** A key with the number that is written for it. */
export interface NumericKey {
  readonly property: BoundProperty;
  readonly spec: PropertySpec;
  readonly value: number;
}

/** The key as a number that can be changed; `undefined` for words, lists, zero and what nobody wrote. */
export function numericKey(workspace: Workspace, block: BoundBlock, key: string): NumericKey | undefined {
  const { property, spec, plain } = settledValue(workspace, block, key);
  return property && spec && typeof plain === "number" && plain > 0 ? { property, spec, value: plain } : undefined;
}

/**
 * What half of a key does to the figures of a declaration, or twice of it where half is not possible: where the value does not fit its
 * key, a rule finds an error or a figure is lost. `undefined` where neither is possible.
 */
export function influenceOf(workspace: Workspace, declaration: BoundDeclaration, key: NumericKey, options: FigureOptions = {}): Influence | undefined {
  const half = changed(workspace, declaration, key, key.value / 2);
  const twice = changed(workspace, declaration, key, key.value * 2);
  const before = errorsOf(workspace, declaration);
  let obstacle: string | undefined;
  for (const [change, design, other] of [["halved", half, twice], ["doubled", twice, half]] as const) {
    if (!design) continue;
    const after = errorsOf(design.workspace, design.declaration);
    const found = obstacleOf(workspace, declaration, design, options) ?? newIn(before.others, after.others)[0];
    if (found === undefined) {
      return { change, to: design.value, moves: movesOf(workspace, declaration, { key, design, other }, options), obstacle, fails: newIn(before.requirements, after.requirements) };
    }
    obstacle = found;
  }
  return undefined;
}

/** The messages that stand in the second list more often: a figure in them may be another one, so they are counted. */
const newIn = (before: readonly string[], after: readonly string[]): readonly string[] => (after.length > before.length ? after.filter((message) => !before.includes(message)) : []);

/** The design with another value for the key. */
interface Changed {
  readonly workspace: Workspace;
  readonly declaration: BoundDeclaration;
  readonly value: number;
}

function changed(workspace: Workspace, declaration: BoundDeclaration, { property, spec }: NumericKey, value: number): Changed | undefined {
  if (!spec.schema.safeParse(value).success) return undefined;
  const override: Override = { plain: value, value: { kind: "quantity", value, dimension: dimensionOf(spec.type) } };
  const overrides = new Map<BlockDeclaration, Map<string, Override>>();
  // what `extends` inherits is another key written at the same place
  for (const { node, block } of [declaration, ...foundationsOf(workspace, declaration)]) {
    const places = placesOf(block, property);
    if (places.length > 0) overrides.set(node, new Map(places.map((place) => [place, override])));
  }
  const edited = withOverrides(workspace, overrides);
  const bound = bindDeclaration(edited, declaration.node, declaration.file);
  return bound && { workspace: edited, declaration: bound, value };
}

/** The paths at which a block and those inside it hold a written property. */
function placesOf(block: BoundBlock, { node, key }: BoundProperty): readonly string[] {
  const own = block.properties.get(key)?.node === node ? [block.path === "" ? key : `${block.path}.${key}`] : [];
  return [...own, ...block.blocks.flatMap((inner) => placesOf(inner, { node, key } as BoundProperty))];
}

/** A requirement that fails is a finding, not an obstacle. */
const requirementFails = "DSCO6001";

/** The reason why a figure that is computed now is not computed then. */
function obstacleOf(workspace: Workspace, declaration: BoundDeclaration, design: Changed, options: FigureOptions): string | undefined {
  for (const { id, figure } of figuresOf(workspace, declaration, options)) {
    const after = figure.kind === "value" ? figureOf(design.workspace, design.declaration, id, options) : figure;
    if (after !== figure && after.kind === "unavailable") return after.reason;
  }
  return undefined;
}

interface Errors {
  readonly requirements: readonly string[];
  readonly others: readonly string[];
}

/** What the rules find wrong in a declaration and in all that it rests on. */
function errorsOf(workspace: Workspace, declaration: BoundDeclaration): Errors {
  const errors = [declaration, ...foundationsOf(workspace, declaration)].flatMap((each) => allRuleProblems(workspace, each)).filter(({ severity }) => severity === "error");
  return {
    requirements: errors.filter(({ code }) => code === requirementFails).map(({ message }) => message),
    others: errors.filter(({ code }) => code !== requirementFails).map(({ message }) => message),
  };
}

interface Trial {
  readonly key: NumericKey;
  readonly design: Changed;
  /** The change to the other side: with it, it shows whether a figure is a sum of a part in proportion and a rest. */
  readonly other: Changed | undefined;
}

/** A figure in another convention moves as the figure itself does. */
const otherConvention = /_(noncausal|without_embeddings)$/;

/** A change below this share of a figure is none. */
const leastMove = 5e-4;

function movesOf(workspace: Workspace, declaration: BoundDeclaration, trial: Trial, options: FigureOptions): readonly Move[] {
  const all = figuresOf(workspace, declaration, options).flatMap((metric) => moveOf(metric, trial, options) ?? []);
  const first = keyMetricsOf(workspace, declaration);
  const telling = all.filter(({ metric: { id } }) => first.includes(id) && !otherConvention.test(id)).sort((left, right) => first.indexOf(left.metric.id) - first.indexOf(right.metric.id));
  const bySize = new Map<string, Move>();
  // a throughput is one over a time: one of the two says it
  for (const move of telling.length > 0 ? telling : all) {
    const size = sizeOf(move).toPrecision(6);
    const first = bySize.get(size);
    const isAlike = first !== undefined && move.after > move.before === first.after > first.before;
    bySize.set(size, first ? { ...first, alike: isAlike ? [...first.alike, move.metric] : first.alike } : move);
  }
  return [...bySize.values()].sort((left, right) => Number(counts.has(left.metric.id)) - Number(counts.has(right.metric.id)) || sizeOf(right) - sizeOf(left));
}

/** They divide what there is and cost nothing themselves: they come last. */
const counts: ReadonlySet<string> = new Set(["data_parallel", "micro_batches"]);

const sizeOf = ({ before, after }: Move): number => Math.abs(Math.log(after / before));

function moveOf(metric: MetricFigure, { key, design, other }: Trial, options: FigureOptions): Move | undefined {
  const valueIn = (place: Changed | undefined): number | undefined => {
    const figure = place && figureOf(place.workspace, place.declaration, metric.id, options);
    return figure?.kind === "value" ? figure.value : undefined;
  };
  const { figure } = metric;
  const after = valueIn(design);
  if (figure.kind !== "value" || after === undefined || figure.value <= 0 || after <= 0 || Math.abs(after / figure.value - 1) < leastMove) return undefined;
  return { metric, before: figure.value, after, alike: [], part: partOf(figure.value, { at: design.value, value: after }, { at: other?.value, value: valueIn(other) }, key.value) };
}

interface Sample {
  readonly at: number | undefined;
  readonly value: number | undefined;
}

/** A figure that grows by as much a unit of the key on both sides is `rest + slope * key`: the second of these, where both are above zero. */
function partOf(before: number, one: Sample, two: Sample, key: number): number | undefined {
  if (one.at === undefined || one.value === undefined || two.at === undefined || two.value === undefined) return undefined;
  const slope = (one.value - before) / (one.at - key);
  const otherSlope = (two.value - before) / (two.at - key);
  const part = slope * key;
  return Math.abs(slope - otherSlope) <= 1e-9 * Math.abs(slope) && part > 0 && part <= before * (1 + 1e-9) ? part : undefined;
}
