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

/** Where a value stands in the inputs of a part: the same one for the same keys, whoever reads it. */
interface Path {
  readonly keys: readonly string[];
  readonly below: Map<string, Path>;
}

const noPath: Path = { keys: [], below: new Map() };

function pathBelow(path: Path, key: string): Path {
  const known = path.below.get(key) ?? { keys: [...path.keys, key], below: new Map() };
  path.below.set(key, known);
  return known;
}

/** A value that was read, and what follows where it has been this or that; without `path` the result. */
interface Condition {
  path: Path | undefined;
  /** The first value that it had, and what follows. Mostly there is no other: a map of its own for each would be most of what is kept. */
  value: unknown;
  next: Condition | undefined;
  others: Map<unknown, Condition> | undefined;
  outcome: Outcome | undefined;
}

type Outcome = { readonly result: unknown } | { readonly fault: Unavailable };

const openCondition = (): Condition => ({ path: undefined, value: undefined, next: undefined, others: undefined, outcome: undefined });

const following = (condition: Condition, value: unknown): Condition | undefined => (value === condition.value ? condition.next : condition.others?.get(value));

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
  const watch: Watch = { reads: [], isOver: false };
  const outcome = outcomeOf(() => compute(watched(inputs, noPath, watch)));
  watch.isOver = true;
  if (active.kept >= mostKept) {
    active.parts.clear();
    active.kept = 0;
  } else {
    active.kept += keep(root, watch.reads, outcome) + valuesIn("result" in outcome ? outcome.result : undefined);
  }
  return resultOf<Result>(outcome);
}

/** The values that a computation reads of its inputs, as paths to them, whether it gives something or throws `Unavailable`. */
export function pathsRead<Inputs extends object>(inputs: Inputs, compute: (inputs: Inputs) => unknown): readonly (readonly string[])[] {
  const watch: Watch = { reads: [], isOver: false };
  outcomeOf(() => compute(watched(inputs, noPath, watch)));
  watch.isOver = true;
  return watch.reads.map(({ path }) => path.keys);
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
  while (condition?.path !== undefined) condition = following(condition, valueAt(inputs, condition.path));
  return condition?.outcome;
}

function valueAt(inputs: object, { keys }: Path): unknown {
  let value: unknown = inputs;
  for (const key of keys) value = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  return value;
}

/** Files an outcome under the values that were read on the way to it; the number of conditions that this adds. */
function keep(root: Condition, reads: readonly Read[], outcome: Outcome): number {
  let [condition, added] = [root, 0];
  for (const { path, value } of reads) {
    if (condition.outcome !== undefined || (condition.path !== undefined && condition.path !== path)) return added; // an inner result was known this time: it read less
    condition.path ??= path;
    const known = following(condition, value);
    condition = known ?? branchOff(condition, value);
    if (known === undefined) added += 1;
  }
  if (condition.path === undefined) condition.outcome = outcome;
  return added;
}

function branchOff(condition: Condition, value: unknown): Condition {
  const branch = openCondition();
  if (condition.next === undefined) {
    condition.value = value;
    condition.next = branch;
  } else {
    condition.others ??= new Map();
    condition.others.set(value, branch);
  }
  return branch;
}

interface Read {
  readonly path: Path;
  readonly value: unknown;
}

interface Watch {
  /** Each once, in the order in which they were first read. */
  readonly reads: Read[];
  isOver: boolean;
}

/** Records that are compared as a whole: what they hold varies together. */
const wholes: ReadonlySet<string> = new Set(["model", "passes", "holdings"]);

const isDeep = (key: string, value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value) && !wholes.has(key);

function watched<Inputs extends object>(inputs: Inputs, path: Path, watch: Watch): Inputs {
  /** By key: a value that was noted, or the record behind it, watched too. */
  const known = new Map<string, unknown>();
  let isNoted = false;
  /** Which keys it has: whoever asks that depends on all of it. */
  const asWhole = (): void => {
    if (!isNoted) watch.reads.push({ path, value: inputs });
    isNoted = true;
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
    if (watch.isOver) throw new Error(`a shared part reads \`${[...path.keys, key].join(".")}\` after it was computed`);
    const value = valueOf(key);
    const at = pathBelow(path, key);
    const seen = isDeep(key, value) ? watched(value, at, watch) : value;
    if (seen === value) watch.reads.push({ path: at, value });
    known.set(key, seen);
    return seen;
  };
  return new Proxy(inputs, {
    get: (target, key) => {
      if (typeof key !== "string") return Reflect.get(target, key) as unknown;
      // asked hundreds of times: what is known needs one look
      const seen = watch.isOver ? undefined : known.get(key);
      return seen !== undefined || (!watch.isOver && known.has(key)) ? seen : read(key);
    },
    has: (target, key) => (asWhole(), Reflect.has(target, key)),
    ownKeys: (target) => (asWhole(), Reflect.ownKeys(target)),
    getOwnPropertyDescriptor: (target, key) => (asWhole(), Reflect.getOwnPropertyDescriptor(target, key)),
  });
}
