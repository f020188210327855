/** A search of a space from its beginning to its end: generations are tried side by side, what is next is decided in one place. */

import type { Stretch } from "../run";
import type { Space } from "../space";
import { searchOf } from "./search";
import { joinedTrials, reasonsOf, standingsOf, type Trial } from "./trial";
import type { SearchAxis } from "./variation";

/** A space that is searched, not tried design by design: larger than its budget. */
export const isSearched = ({ size, budget }: Pick<Space, "size" | "budget">): boolean => size > budget;

/** Where designs have numbers: beyond, two of them would share one. */
export const mostSearched = Number.MAX_SAFE_INTEGER;

export interface SearchRun {
  readonly space: Space;
  /** Tries designs; answers fewer where the run was stopped. */
  readonly attempt: (designs: readonly number[]) => Promise<Trial>;
  /** Parts of a generation that are tried side by side. */
  readonly parts: number;
  /** Generations of the same search that were tried before, from the first: they are not tried again. */
  readonly known?: readonly Trial[];
  /** Every generation that was tried now, whole, as soon as it is there. */
  readonly onTrial?: (trial: Trial) => void;
}

export interface SearchEnd {
  /** `strange`: a known generation is not what this search tries. */
  readonly kind: "complete" | "stopped" | "strange";
  /** In the order in which they were tried. */
  readonly trials: readonly Trial[];
}

export async function runSearch({ space, attempt, parts, known = [], onTrial }: SearchRun): Promise<SearchEnd> {
  const { axes, objectives, budget, seed } = space;
  const search = searchOf({ axes: axes.map(searchAxis), objectives, budget, seed });
  const trials: Trial[] = [];
  for (let step = search.next(); !step.done;) {
    const designs = step.value;
    const before = known[trials.length];
    if (before && !isOf(before, designs)) return { kind: "strange", trials };
    const trial = before ?? joinedTrials(await Promise.all(split(designs, parts).map(attempt)));
    if (trial.designs.length < designs.length) return { kind: "stopped", trials };
    if (!before) onTrial?.(trial);
    trials.push(trial);
    step = search.next(standingsOf(trial, objectives.length));
  }
  return { kind: "complete", trials };
}

const isOf = (trial: Trial, designs: readonly number[]): boolean =>
  trial.designs.length === designs.length && designs.every((design, place) => trial.designs[place] === design);

/** Numbers that rise or fall from choice to choice are near where their places are. */
function searchAxis({ choices }: Space["axes"][number]): SearchAxis {
  const numbers = choices.flatMap(({ plain }) => (typeof plain === "number" ? [plain] : []));
  const steps = numbers.slice(1).map((value, place) => Math.sign(value - (numbers[place] ?? 0)));
  return { size: choices.length, isOrdered: numbers.length === choices.length && steps.every((step) => step === steps[0]) };
}

/** Parts of as equal length as can be, in order, none empty. */
function split(designs: readonly number[], parts: number): readonly (readonly number[])[] {
  const count = Math.min(parts, designs.length);
  return Array.from({ length: count }, (_, part) => designs.slice(Math.floor((designs.length * part) / count), Math.floor((designs.length * (part + 1)) / count)));
}

/** What trials found, in the order of the numbers of the designs, as a stretch that counts trials: it begins at 0 and ends at how many there were. */
export function stretchOfTrials(trials: readonly Trial[], objectives: number): Stretch {
  const found = trials.flatMap((trial) => {
    const standings = standingsOf(trial, objectives);
    return [...trial.designs].flatMap((index, place) => {
      const standing = standings[place];
      return standing?.kind === "feasible" ? [{ index, values: standing.values }] : [];
    });
  }).sort((left, right) => left.index - right.index);
  return {
    from: 0, to: trials.reduce((sum, { designs }) => sum + designs.length, 0), reasons: reasonsOf(trials),
    indices: Float64Array.from(found.map(({ index }) => index)), values: Float64Array.from(found.flatMap(({ values }) => values)),
  };
}
