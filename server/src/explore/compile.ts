/**
 * A design space made ready for many designs: what each choice changes in the plan's record is found out once, by the language itself
 * (the same files with other values in place), and a design is put together from these pieces. A piece is a function of the axes that its
 * keys read, also through expressions and constants. A property test holds every design equal to the one that an edit of the file gives.
 */

import { planResult, type RecordBlocks } from "../analysis";
import { settledValue, withOrigins, withOverrides, type BoundBlock, type Diagnostic, type Override, type Overrides, type PropertyValue, type Workspace } from "../core";
import { available, Unavailable } from "../cost/definition";
import type { PlanRecord } from "../cost/plan/record";
import { allRuleProblems, diagnosticEntries } from "../rules";
import { targetOf, type Point, type Space } from "./space";

/** Designs of a space, put together from pieces. */
export interface CompiledSpace {
  readonly space: Space;
  /** The files with the first choices in place; `blocks` and `varied` are of it. */
  readonly first: Workspace;
  /** The blocks behind the record. */
  readonly blocks: RecordBlocks;
  /** What the varied keys come to. */
  readonly varied: readonly (PropertyValue | undefined)[];
  /** Throws `Unavailable` where the choices leave a key of the plan without a value. */
  readonly record: (point: Point) => PlanRecord;
  /** The axes, by their places, that a value of the record follows from: `["parallelism", "tp"]`; of the whole record all. */
  readonly axesOf: (path: readonly string[]) => readonly number[];
  /** The files with a design's values in place: slow, and what `record` agrees with. Throws `Unavailable` where a path leads nowhere. */
  readonly workspaceAt: (point: Point) => Workspace;
}

type Part = keyof PlanRecord;

const parts = ["model", "hardware", "parallelism", "workload", "efficiency"] as const satisfies readonly Part[];

/** Parts whose records are the values of their keys, one by one; the others are put together from blocks and layers. */
const isFlat = (part: Part): boolean => part === "parallelism" || part === "workload" || part === "efficiency";

/** Something of the record that varies: a field of a part, or with `field` left out all of it. */
interface Piece {
  readonly part: Part;
  readonly field: string | undefined;
  /** The axes that it follows from, by their places. */
  readonly axes: readonly number[];
}

/** Throws `Unavailable` where the plan has no record at all. */
export function compileSpace(space: Space): CompiledSpace {
  const first = firstDesign(space);
  const base = recordAt(space, first);
  const workspace = workspaceAt(space, first);
  const pieces = piecesOf(space).map((piece) => ({ ...piece, valueAt: tableOf(space, piece, first) }));
  const whole = pieces.filter(({ field }) => field === undefined);
  const ofFields = parts.map((part) => ({ part, fields: pieces.filter((piece) => piece.part === part && piece.field !== undefined) })).filter(({ fields }) => fields.length > 0);
  return {
    space,
    first: workspace,
    blocks: planResult(workspace, space.plan)?.blocks ?? new Map(),
    varied: variedIn(workspace, space),
    workspaceAt: (point) => workspaceAt(space, point),
    axesOf: ([part, key]) => (part === undefined ? space.axes.map((_, axis) => axis)
      : pieces.filter((piece) => piece.part === part && (key === undefined || piece.field === undefined || piece.field === key)).flatMap(({ axes }) => axes)),
    record: (point) => {
      const record: Record<Part, unknown> = { ...base };
      for (const { part, valueAt } of whole) record[part] = valueAt(point);
      for (const { part, fields } of ofFields) {
        const values: Record<string, unknown> = { ...base[part] };
        for (const { field = "", valueAt } of fields) values[field] = valueAt(point);
        record[part] = values;
      }
      return record as unknown as PlanRecord; // each part is what the language made of it, or of its fields
    },
  };
}

/** The values of a piece, computed when a combination of its axes first comes up. */
function tableOf(space: Space, { part, field, axes }: Piece, first: Point): (point: Point) => unknown {
  const known = new Map<number, () => unknown>();
  const sizes = axes.map((axis) => space.axes[axis]?.choices.length ?? 1);
  return (point) => {
    let key = 0;
    for (const [place, axis] of axes.entries()) key = key * (sizes[place] ?? 1) + (point[axis] ?? 0);
    const found = known.get(key);
    if (found) return found();
    const own = first.map((choice, axis) => (axes.includes(axis) ? (point[axis] ?? 0) : choice));
    const value = kept(() => {
      if (field === undefined) refuseErrors(workspaceAt(space, own), space, part);
      const record = recordAt(space, own)[part];
      return field === undefined ? record : (Reflect.get(record, field) as unknown);
    });
    known.set(key, value);
    return value();
  };
}

/** A part that its own rules call an error is no design: `kv_heads` that do not divide the heads, more experts chosen than there are. */
function refuseErrors(workspace: Workspace, { plan }: Space, part: Part): void {
  const { value } = settledValue(workspace, plan.block, part);
  if (value?.kind !== "declaration") return;
  const [error] = allRuleProblems(workspace, value.declaration).filter(({ severity }) => severity === "error");
  if (error) throw new Unavailable(`${titleOf(error)} (${error.code})`);
}

/** What all designs with an error of a code have in common; its message names the figures of one of them. */
function titleOf({ code, message }: Diagnostic): string {
  const title = diagnosticEntries.find((entry) => entry.code === code)?.title;
  return title === undefined ? message : `${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

/** Computed once; what it throws is thrown again. */
function kept(compute: () => unknown): () => unknown {
  try {
    const value = compute();
    return () => value;
  } catch (fault) {
    if (!(fault instanceof Unavailable)) throw fault;
    return () => { throw fault; };
  }
}

function recordAt(space: Space, point: Point): PlanRecord {
  const result = planResult(workspaceAt(space, point), space.plan);
  if (!result) throw new Unavailable("the plan asks for its own figures");
  return result.record;
}

/**
 * The files with the values of a design in place. Short paths come first: where `hardware.gpu.memory` leads depends on which `hardware`
 * it is.
 */
export function workspaceAt(space: Space, point: Point): Workspace {
  const overrides = new Map<Overrides extends ReadonlyMap<infer Node, unknown> ? Node : never, Map<string, Override>>();
  let workspace = space.workspace;
  const ordered = [...space.axes.entries()].sort(([, left], [, right]) => left.parts.length - right.parts.length);
  for (const [index, axis] of ordered) {
    const choice = axis.choices[point[index] ?? 0];
    const target = targetOf(workspace, space.plan, axis.parts);
    if (!choice || !target) throw new Unavailable(`the design has no \`${axis.path}\``);
    const { declaration: { node }, block, key, spec } = target;
    const keys = overrides.get(node) ?? new Map<string, Override>();
    keys.set(block.path === "" ? key : `${block.path}.${key}`, choice.override);
    overrides.set(node, keys);
    if (spec.type.kind === "reference") workspace = withOverrides(space.workspace, overrides);
  }
  return withOverrides(space.workspace, overrides);
}

/** What varies and what it follows from, in whichever of the declarations that the plan can name. */
function piecesOf(space: Space): readonly Piece[] {
  const { axes } = space;
  const found = new Map<string, { readonly part: Part; readonly field: string | undefined; readonly axes: Set<number> }>();
  const add = (part: Part, field: string | undefined, members: readonly number[]): void => {
    if (members.length === 0) return;
    const piece = found.get(`${part}.${field ?? ""}`) ?? { part, field, axes: new Set() };
    for (const member of members) piece.axes.add(member);
    found.set(`${part}.${field ?? ""}`, piece);
  };
  const named = axes.flatMap((axis, index) => parts.flatMap((part) => (axis.parts.length === 1 && axis.path === part ? [{ part, index }] : [])));
  const fieldOf = (part: Part, path: readonly string[]): string | undefined =>
    (isFlat(part) && named.every((axis) => axis.part !== part) ? path[1] : undefined);
  for (const point of alternatives(space)) {
    const workspace = available(() => workspaceAt(space, point));
    const result = workspace && planResult(workspace, space.plan);
    if (!workspace || !result) continue;
    const varied = variedIn(workspace, space);
    for (const { part, path, block, key } of keysOf(result.blocks)) add(part, fieldOf(part, [...path, key]), readBy(settledValue(workspace, block, key), varied));
  }
  for (const { part, index } of named) add(part, undefined, [index]);
  // `recompute = auto` follows the schedule
  const schedule = found.get("parallelism.schedule");
  if (schedule) add("parallelism", "recompute", [...schedule.axes]);
  return [...found.values()].map((piece) => ({ ...piece, axes: [...piece.axes].sort((left, right) => left - right) }));
}

const variedIn = (workspace: Workspace, { axes, plan }: Space): readonly (PropertyValue | undefined)[] =>
  axes.map(({ parts: path }) => {
    const target = targetOf(workspace, plan, path);
    return target && settledValue(workspace, target.block, target.key);
  });

/** The first one that has every key that varies; where none has, the first of all. */
const firstDesign = (space: Space): Point =>
  alternatives(space).find((point) => available(() => recordAt(space, point)) !== undefined) ?? space.axes.map(() => 0);

/** The first design, and for each further declaration that an axis names one with it. */
function alternatives({ axes }: Space): readonly Point[] {
  const first = axes.map(() => 0);
  const others = axes.flatMap(({ choices }, axis) => (choices[0]?.override.value.kind === "declaration"
    ? choices.slice(1).map((_, index) => first.map((choice, place) => (place === axis ? index + 1 : choice))) : []));
  return [first, ...others];
}

interface Key {
  readonly part: Part;
  readonly path: readonly string[];
  readonly block: BoundBlock;
  readonly key: string;
}

/** Every key behind the record of a plan; its own keys name the parts. */
export const keysOf = (blocks: RecordBlocks): readonly Key[] =>
  [...blocks].flatMap(([path, block]) => {
    const steps = path.split(".");
    const part = parts.find((each) => each === steps[0]);
    return part === undefined ? [] : [...(block.schema?.properties.keys() ?? [])].map((key) => ({ part, path: steps, block, key }));
  });

/** The axes that a value follows from; a metric on the way may rest on any of them. */
export function readBy(property: Pick<PropertyValue, "reads" | "metrics">, varied: readonly (PropertyValue | undefined)[]): readonly number[] {
  const met = withOrigins([property]);
  const isOpen = [...met].some(({ metrics }) => metrics.length > 0);
  return varied.flatMap((value, axis) => (isOpen || (value !== undefined && met.has(value)) ? [axis] : []));
}
