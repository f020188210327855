/**
 * What plans that are mostly alike share. While a search runs, a part of a plan's figures is computed once for all plans that agree in
 * what its computation reads: it runs over watched inputs, and every value that it reads becomes a condition. So nobody has to say what a
 * part depends on, and nobody can forget something. Outside a search parts are computed as they are.
 */

import { isCollecting } from "./defaults-read";
import { Unavailable } from "./definition";
import { isNoting } from "./reads";

/** The parts of a search. Bounded: a search that agrees in nothing makes room. */
export interface SharedParts {
  readonly parts: Map<string, Condition>;
  /** Numbers, words and records in all of them. */
  kept: number;
}

export const sharedParts = (): SharedParts => ({ parts: new Map(), kept: 0 });

/** What a search keeps: some tens of megabytes. */
const mostKept = 1_500_000;

let active: SharedParts | undefined;

/** Runs a computation whose plans share their parts with all others that were computed with the same ones. */
export function sharing<Result>(parts: SharedParts, compute: () => Result): Result {
  const outer = active;
  active = parts;
  try {
    return compute();
  } finally {
    active = outer;
  }
}

/** A value that was read, and what follows where it has been this or that; without `path` the result. */
interface Condition {
  path: readonly string[] | undefined;
  readonly branches: Map<unknown, Condition>;
  outcome: Outcome | undefined;
}

type Outcome = { readonly result: unknown } | { readonly fault: Unavailable };

const openCondition = (): Condition => ({ path: undefined, branches: new Map(), outcome: undefined });

/** Whether a search runs. What is explained, and what is asked for its evidence, is computed on its own. */
export const isSharing = (): boolean => active !== undefined && !isNoting() && !isCollecting();

/**
 * A part of a plan's figures. `compute` is a function of its inputs alone, and its result holds none of them: reading one later throws.
 * Throws what `compute` throws.
 */
export function shared<Inputs extends object, Result>(part: string, inputs: Inputs, compute: (inputs: Inputs) => Result): Result {
  if (active === undefined || !isSharing()) return compute(inputs);
  const root = active.parts.get(part) ?? openCondition();
  active.parts.set(part, root);
  const found = find(root, inputs);
  if (found !== undefined) return resultOf<Result>(found);
  const watch: Watch = { reads: new Map(), isOver: false };
  const outcome = outcomeOf(() => compute(watched(inputs, [], watch)));
  watch.isOver = true;
  if (active.kept >= mostKept) {
    active.parts.clear();
    active.kept = 0;
  } else {
    keep(root, watch.reads, outcome);
    active.kept += watch.reads.size + valuesIn("result" in outcome ? outcome.result : undefined);
  }
  return resultOf<Result>(outcome);
}

/** The values that a computation reads of its inputs, as paths to them, whether it gives something or throws `Unavailable`. */
export function pathsRead<Inputs extends object>(inputs: Inputs, compute: (inputs: Inputs) => unknown): readonly (readonly string[])[] {
  const watch: Watch = { reads: new Map(), isOver: false };
  outcomeOf(() => compute(watched(inputs, [], watch)));
  watch.isOver = true;
  return [...watch.reads.values()].map(({ path }) => path);
}

/** What stands in several places is there once. */
function valuesIn(value: unknown, met = new Set<object>()): number {
  if (typeof value !== "object" || value === null) return 1;
  if (met.has(value)) return 1;
  met.add(value);
  let count = 1;
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) count += valuesIn(inner, met);
  return count;
}

function outcomeOf(compute: () => unknown): Outcome {
  try {
    return { result: compute() };
  } catch (fault) {
    if (fault instanceof Unavailable) return { fault };
    throw fault;
  }
}

function resultOf<Result>(outcome: Outcome): Result {
  if ("fault" in outcome) throw outcome.fault;
  return outcome.result as Result; // what this part's computation gave
}

function find(root: Condition, inputs: object): Outcome | undefined {
  let condition: Condition | undefined = root;
  while (condition?.path !== undefined) condition = condition.branches.get(valueAt(inputs, condition.path));
  return condition?.outcome;
}

function valueAt(inputs: object, path: readonly string[]): unknown {
  let value: unknown = inputs;
  for (const key of path) value = typeof value === "object" && value !== null ? (Reflect.get(value, key) as unknown) : undefined;
  return value;
}

/** Files an outcome under the values that were read on the way to it. */
function keep(root: Condition, reads: ReadonlyMap<string, Read>, outcome: Outcome): void {
  let condition = root;
  for (const { path, value } of reads.values()) {
    if (condition.outcome !== undefined || (condition.path !== undefined && condition.path.join(".") !== path.join("."))) return; // an inner result was known this time: it read less
    condition.path ??= path;
    const next = condition.branches.get(value) ?? openCondition();
    condition.branches.set(value, next);
    condition = next;
  }
  if (condition.path === undefined) condition.outcome = outcome;
}

interface Read {
  readonly path: readonly string[];
  readonly value: unknown;
}

interface Watch {
  /** In the order in which they were first read. */
  readonly reads: Map<string, Read>;
  isOver: boolean;
}

/** Records that are compared as a whole: what they hold varies together. */
const wholes: ReadonlySet<string> = new Set(["model", "passes", "holdings"]);

const isDeep = (key: string, value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value) && !wholes.has(key);

function watched<Inputs extends object>(inputs: Inputs, path: readonly string[], watch: Watch): Inputs {
  /** By key: a value that was noted, or the record behind it, watched too. */
  const known = new Map<string, unknown>();
  const note = (at: readonly string[], value: unknown): void => {
    const name = at.join(".");
    if (!watch.reads.has(name)) watch.reads.set(name, { path: at, value });
  };
  const valueOf = (key: string): unknown => {
    try {
      return Reflect.get(inputs, key);
    } catch (fault) {
      asWhole(); // a value that cannot be read is none to compare: only this very record is like it
      throw fault;
    }
  };
  const read = (key: string): unknown => {
    const value = valueOf(key);
    const at = [...path, key];
    const seen = isDeep(key, value) ? watched(value, at, watch) : value;
    if (seen === value) note(at, value);
    known.set(key, seen);
    return seen;
  };
  const refuseLate = (key: string): void => {
    if (watch.isOver) throw new Error(`a shared part reads \`${[...path, key].join(".")}\` after it was computed`);
  };
  /** Which keys it has: whoever asks that depends on all of it. */
  const asWhole = (): void => note(path, inputs);
  return new Proxy(inputs, {
    get: (target, key) => {
      if (typeof key !== "string") return Reflect.get(target, key) as unknown;
      refuseLate(key);
      return known.has(key) ? known.get(key) : read(key);
    },
    has: (target, key) => (asWhole(), Reflect.has(target, key)),
    ownKeys: (target) => (asWhole(), Reflect.ownKeys(target)),
    getOwnPropertyDescriptor: (target, key) => (asWhole(), Reflect.getOwnPropertyDescriptor(target, key)),
  });
}
