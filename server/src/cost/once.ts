/** What is computed once and asked for often. */

import { isNoting, noteReads, repeatReads, type InputsByPath } from "./reads";

/** A function that computes once; a fault is thrown again without computing again. Whoever asks again reads what the first one read. */
export function once<Result>(compute: () => Result): () => Result {
  let state: Outcome<Result> | undefined;
  return () => {
    if (state === undefined) state = isNoting() ? noted(() => outcomeOf(compute)) : outcomeOf(compute);
    else if (state.inputs) repeatReads(state.inputs);
    if ("fault" in state) throw state.fault;
    return state.result;
  };
}

type Outcome<Result> = ({ readonly result: Result } | { readonly fault: unknown }) & { readonly inputs?: InputsByPath };

function outcomeOf<Result>(compute: () => Result): Outcome<Result> {
  try {
    return { result: compute() };
  } catch (fault) {
    return { fault };
  }
}

function noted<Result>(compute: () => Outcome<Result>): Outcome<Result> {
  const { result, inputs } = noteReads(compute);
  return { ...result, inputs };
}

/** A function that computes once for each key: of items with the same key one stands for all. */
export function oncePerKey<Item, Key, Result>(keyOf: (item: Item) => Key, compute: (item: Item) => Result): (item: Item) => Result {
  const known = new Map<Key, () => Result>();
  return (item) => {
    const key = keyOf(item);
    const found = known.get(key);
    if (found !== undefined) return found();
    const result = once(() => compute(item));
    known.set(key, result);
    return result();
  };
}
