/** What is computed once and asked for often. */

import { isNoting, noteReads, repeatReads, type InputsByPath } from "./reads";

/** What a computation gave or threw, and what it read where somebody notes that. */
export type Outcome<Result> = ({ readonly result: Result } | { readonly fault: unknown }) & { readonly inputs?: InputsByPath };

export function settled<Subject, Result>(compute: (subject: Subject) => Result, subject: Subject): Outcome<Result> {
  if (!isNoting()) return outcomeOf(compute, subject);
  const { result, inputs } = noteReads(() => outcomeOf(compute, subject));
  return { ...result, inputs };
}

/** The result again, or the fault; whoever takes it reads what its computation read. */
export function taken<Result>(outcome: Outcome<Result>): Result {
  if (outcome.inputs) repeatReads(outcome.inputs);
  if ("fault" in outcome) throw outcome.fault;
  return outcome.result;
}

function outcomeOf<Subject, Result>(compute: (subject: Subject) => Result, subject: Subject): Outcome<Result> {
  try {
    return { result: compute(subject) };
  } catch (fault) {
    return { fault };
  }
}

/** A function that computes once; a fault is thrown again without computing again. */
export function once<Result>(compute: () => Result): () => Result {
  let outcome: Outcome<Result> | undefined;
  return () => taken((outcome ??= settled(compute, undefined)));
}

/** A function that computes once for each key: of items with the same key one stands for all. */
export function oncePerKey<Item, Key, Result>(keyOf: (item: Item) => Key, compute: (item: Item) => Result): (item: Item) => Result {
  const known = new Map<Key, Outcome<Result>>();
  return (item) => {
    const key = keyOf(item);
    const found = known.get(key);
    if (found !== undefined) return taken(found);
    const outcome = settled(compute, item);
    known.set(key, outcome);
    return taken(outcome);
  };
}

/**
 * A function of a record that computes once for each key, as long as the record lives: a design in which another record changes asks
 * for the same again. What is explained is computed anew, so that its reads are noted.
 */
export function oncePerRecord<Subject extends object, Item, Key, Result>(
  keyOf: (item: Item) => Key, compute: (record: Subject, item: Item) => Result,
): (record: Subject, item: Item) => Result {
  const known = new WeakMap<Subject, (item: Item) => Result>();
  return (record, item) => {
    if (isNoting()) return compute(record, item);
    const found = known.get(record) ?? oncePerKey(keyOf, (each: Item) => compute(record, each));
    known.set(record, found);
    return found(item);
  };
}

/** Results that depend on the values in their key alone. Where `most` of them are kept, they make room for new ones. */
export function keptResults<Result>(most: number): (key: string, compute: () => Result) => Result {
  const known = new Map<string, Result>();
  return (key, compute) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const result = compute();
    if (known.size >= most) known.clear();
    known.set(key, result);
    return result;
  };
}
