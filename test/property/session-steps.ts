// What a user, an editor and a broken editor do, as plain data: a session can be printed, replayed and shortened.
import fc from "fast-check";
import { meaningfulMutation, mutation, type Mutation } from "../kit/mutations";

export type Step =
  | { readonly kind: "open"; readonly file: number; readonly text: number }
  | { readonly kind: "edit"; readonly file: number; readonly change: Mutation; readonly style: "range" | "pieces" | "whole"; readonly stale: boolean }
  | { readonly kind: "rewrite"; readonly file: number; readonly text: number }
  | { readonly kind: "outside"; readonly file: number; readonly line: number; readonly character: number; readonly text: string }
  | { readonly kind: "close"; readonly file: number }
  | { readonly kind: "disk"; readonly file: number; readonly text: number | "gone"; readonly everything: boolean }
  | { readonly kind: "settings"; readonly pick: number }
  | { readonly kind: "request"; readonly file: number; readonly method: number; readonly at: number; readonly to: number; readonly cancel: "no" | "at once" | "before" }
  | { readonly kind: "resolve"; readonly pick: number }
  | { readonly kind: "bad request"; readonly file: number; readonly method: number; readonly damage: number }
  | { readonly kind: "bad notification"; readonly file: number; readonly damage: number }
  | { readonly kind: "noise"; readonly pick: number }
  | { readonly kind: "wait"; readonly turns: number };

const file = fc.nat(19);
const part = fc.nat(1000).map((thousandths) => thousandths / 1000);

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("open" as const), file, text: fc.nat(99) }) },
  {
    weight: 30, arbitrary: fc.record({
      kind: fc.constant("edit" as const), file, change: fc.oneof({ weight: 2, arbitrary: meaningfulMutation }, { weight: 1, arbitrary: mutation }), style: fc.constantFrom("range", "range", "range", "pieces", "whole"), stale: fc.boolean(),
    }),
  },
  // Now and then a text is whole again: where everything is broken, nothing depends on anything.
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("rewrite" as const), file, text: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("outside" as const), file, line: fc.nat(2 ** 31 - 1), character: fc.nat(2 ** 31 - 1), text: fc.constantFrom("", "\n", "// é🚀", "}") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("close" as const), file }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("disk" as const), file, text: fc.oneof(fc.nat(99), fc.constant("gone" as const)), everything: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("settings" as const), pick: fc.nat(99) }) },
  {
    weight: 40, arbitrary: fc.record({
      kind: fc.constant("request" as const), file, method: fc.nat(999), at: part, to: part, cancel: fc.constantFrom("no", "no", "no", "no", "at once", "before"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("resolve" as const), pick: fc.nat(999) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("bad request" as const), file, method: fc.nat(999), damage: fc.nat(999) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("bad notification" as const), file, damage: fc.nat(999) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("noise" as const), pick: fc.nat(99) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("wait" as const), turns: fc.nat(3) }) },
);

/** The steps of one round of a session: the same for the same seed. */
export function stepsOf(seed: number, count: number): readonly Step[] {
  const [steps = []] = fc.sample(fc.array(step, { minLength: count, maxLength: count, size: "max" }), { seed, numRuns: 1 });
  return steps;
}

/** The fewest of the steps that still fail, by leaving out ever smaller parts; `fails` runs a session of its own. */
export async function shortest(steps: readonly Step[], fails: (steps: readonly Step[]) => Promise<boolean>, mostRuns = 200): Promise<readonly Step[]> {
  let current = steps;
  let runs = 0;
  for (let size = Math.ceil(current.length / 2); size >= 1 && runs < mostRuns; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < current.length && runs < mostRuns;) {
      const without = [...current.slice(0, start), ...current.slice(start + size)];
      runs += 1;
      if (await fails(without)) current = without;
      else start += size;
    }
  }
  return current;
}
