/** A stretch of a space, design by design: what threads do, and what their answers add up to. */

import { loadStandard, openWorkspace } from "../analysis";
import { bindDeclaration, createSource, fileScope } from "../core";
import { evaluatorOf, type Evaluator, type Reason } from "./evaluate";
import { frontOf, type Front } from "./front";
import type { Trial } from "./genetic/trial";
import { pointAt } from "./points";
import { reasonCounter, type ReasonCount } from "./reasons";
import { spaceOf, type Point, type Space } from "./space";

/** A sweep with every file that it rests on, so that a thread or another machine can run it: nothing is read from a disk. */
export interface SweepTask {
  /** Texts by address, the standard library left out. */
  readonly files: Readonly<Record<string, string>>;
  readonly uri: string;
  readonly sweep: string;
}

/** What the files of a workspace have to do with a sweep: all that it has met. */
export function taskOf({ workspace, sweep }: Space): SweepTask {
  const files: Record<string, string> = {};
  for (const [uri, scope] of workspace.cache.files) if (scope && !uri.startsWith("std:")) files[uri] = scope.source.text;
  return { files, uri: sweep.file.uri, sweep: sweep.name };
}

/** The same sweep again; a reason where its files no longer make one. */
export function openTask({ files, uri, sweep }: SweepTask): Space | string {
  const workspace = openWorkspace((wanted) => {
    if (wanted.startsWith("std:")) return loadStandard(wanted);
    const text = files[wanted];
    return text === undefined ? { kind: "failed", reason: "there is no such file" } : { kind: "source", source: createSource(wanted, text) };
  });
  const scope = fileScope(workspace, uri);
  const node = scope?.declarations.find((candidate) => candidate.kind === "declaration" && candidate.keyword === "sweep" && candidate.name?.text === sweep);
  const declaration = scope && node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
  if (!declaration) return `there is no sweep \`${sweep}\``;
  const found = spaceOf(workspace, declaration);
  return found.kind === "space" ? found.space : found.reason;
}

/** The sweep of a task, ready to try its designs. Throws where it cannot be opened: who made the task has opened it before. */
export function openEvaluator(task: SweepTask): Evaluator {
  const space = openTask(task);
  if (typeof space === "string") throw new Error(space);
  return evaluatorOf(space);
}

/** What a stretch of designs comes to; plain arrays of numbers, so that threads hand them over without copying. */
export interface Stretch {
  readonly from: number;
  /** The first design that was not tried; earlier than asked for where the run was stopped. */
  readonly to: number;
  /** Numbers of the designs that meet everything, in order. */
  readonly indices: Float64Array<ArrayBuffer>;
  /** Their objectives, one design after the other. */
  readonly values: Float64Array<ArrayBuffer>;
  readonly reasons: readonly ReasonCount[];
}

/** How many designs pass between two looks at whether the run was stopped: a few milliseconds. */
const betweenLooks = 32;

/** Neighbours that are worth a look at why the first of them is left out. */
const smallestBlock = 16;
/** Looks at a kind of reason that are made before they must have left out this many designs each. */
const firstLooks = 64;
const worthALook = 8;

/**
 * Leaves out in one go what is left out for the same reason: where the verdict on a design follows from the first axes alone, all
 * designs that make the same choices there have the same one. Gives up on reasons that follow from nearly all axes.
 */
function pruning({ compiled: { space }, causes }: Evaluator): (index: number, point: Point, kind: Reason["kind"]) => number {
  /** By axis, designs that agree on it and on all before it: they stand in a row. */
  const rows = space.axes.map((_, axis) => space.axes.slice(axis + 1).reduce((size, { choices }) => size * choices.length, 1));
  const least = rows.findLast((size) => size >= smallestBlock) ?? Number.POSITIVE_INFINITY;
  const looks = new Map<Reason["kind"], { made: number; leftOut: number }>();
  return (index, point, kind) => {
    if (index % least !== 0) return 1;
    const own = looks.get(kind) ?? { made: 0, leftOut: 0 };
    looks.set(kind, own);
    if (own.made >= firstLooks && own.leftOut < worthALook * own.made) return 1;
    const row = rows[Math.max(-1, ...causes(point))] ?? space.size;
    const alike = row - (index % row);
    own.made += 1;
    own.leftOut += alike - 1;
    return alike;
  };
}

/** Tries the designs from `from` to before `to`: each one, or several that are left out together. */
export function runStretch(evaluator: Evaluator, from: number, to: number, isStopped: () => boolean = () => false): Stretch {
  const { compiled: { space }, verdict } = evaluator;
  const alikeFrom = pruning(evaluator);
  const indices: number[] = [];
  const values: number[] = [];
  const reasons = reasonCounter();
  let index = from;
  for (let tried = 0; index < to; tried++) {
    if (tried % betweenLooks === 0 && isStopped()) break;
    const point = pointAt(space, index);
    const found = verdict(point);
    if (found.kind === "feasible") {
      indices.push(index);
      values.push(...found.values);
      index += 1;
      continue;
    }
    const alike = Math.min(to - index, alikeFrom(index, point, found.reason.kind));
    reasons.add(found.reason, alike);
    index += alike;
  }
  return { from, to: index, indices: Float64Array.from(indices), values: Float64Array.from(values), reasons: reasons.all() };
}

/** Somewhere that the designs of one sweep are tried: threads, or moments of this one. */
export interface SweepPool {
  /** Tries the designs from `from` to before `to`; a run that was stopped ends earlier. Rejects where the sweep cannot be opened. */
  readonly run: (from: number, to: number) => Promise<Stretch>;
  /** Tries designs by their numbers; fewer where the run was stopped. */
  readonly attempt: (designs: readonly number[]) => Promise<Trial>;
  /** Why nothing meets everything, as `adviceFor` says it. */
  readonly advise: (reasons: readonly ReasonCount[]) => Promise<readonly string[]>;
  /** Ends what runs within some milliseconds; what was tried until then is answered. */
  readonly stop: () => void;
  readonly close: () => Promise<void>;
}

/** Stretches that follow one another as one. */
export function joined(stretches: readonly Stretch[]): Stretch {
  const counts = reasonCounter();
  for (const { reasons } of stretches) counts.addAll(reasons);
  return {
    from: stretches[0]?.from ?? 0, to: stretches.at(-1)?.to ?? 0, reasons: counts.all(),
    indices: Float64Array.from(stretches.flatMap(({ indices }) => [...indices])), values: Float64Array.from(stretches.flatMap(({ values }) => [...values])),
  };
}

/** What has been found so far, of stretches in any order. */
export interface Tally {
  readonly add: (stretch: Stretch) => void;
  readonly tried: () => number;
  readonly feasible: () => number;
  readonly front: Front;
  /** Those met most often first. */
  readonly reasons: () => readonly ReasonCount[];
}

export function tallyOf({ objectives }: Pick<Space, "objectives">): Tally {
  const front = frontOf(objectives);
  const counts = reasonCounter();
  let [tried, feasible] = [0, 0];
  return {
    front,
    add: ({ from, to, indices, values, reasons }) => {
      tried += to - from;
      feasible += indices.length;
      const width = objectives.length;
      indices.forEach((index, place) => front.add({ index, values: [...values.subarray(place * width, (place + 1) * width)] }));
      counts.addAll(reasons);
    },
    tried: () => tried,
    feasible: () => feasible,
    reasons: () => [...counts.all()].sort((left, right) => right.count - left.count || (left.text < right.text ? -1 : 1)),
  };
}
