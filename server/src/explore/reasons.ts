/** Why designs are left out, counted. */

import type { Reason } from "./evaluate";

/** How often designs were left out for a reason. */
export interface ReasonCount extends Reason {
  readonly count: number;
}

export interface ReasonCounter {
  readonly add: (reason: Reason, count: number) => void;
  readonly addAll: (counts: readonly ReasonCount[]) => void;
  /** In the order in which they were first met. */
  readonly all: () => readonly ReasonCount[];
}

export function reasonCounter(): ReasonCounter {
  const counts = new Map<string, Reason & { count: number }>();
  const add = ({ kind, text }: Reason, count: number): void => {
    const key = `${kind} ${text}`;
    const known = counts.get(key);
    if (known) known.count += count;
    else counts.set(key, { kind, text, count });
  };
  return {
    add,
    addAll: (others) => {
      for (const other of others) add(other, other.count);
    },
    all: () => [...counts.values()].map((reason) => ({ ...reason })),
  };
}
