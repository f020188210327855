/**
 * New designs from two that did well. Along an axis of numbers: simulated binary crossover (Deb and Agrawal, Complex Systems 9, 1995) and
 * polynomial mutation (Deb and Goyal, Computer Science and Informatics 26, 1996) on the places of the values, rounded. Along an axis of words
 * or declarations, which have no order: either parent's, and any other one.
 */

import type { Point } from "../space";
import type { Random } from "./random";

export interface SearchAxis {
  /** Values to choose from. */
  readonly size: number;
  /** The values are numbers that rise or fall from one to the next: neighbours are alike. */
  readonly isOrdered: boolean;
}

/** Shares and spreads of the paper's experiments (section V): how often parents are crossed, and how near children stay. */
const crossed = 0.9;
const crossoverIndex = 20;
const mutationIndex = 20;

/** Two children of two parents. */
export function childrenOf(axes: readonly SearchAxis[], mother: Point, father: Point, random: Random): readonly [Point, Point] {
  const [one, other] = random.unit() < crossed ? crossover(axes, mother, father, random) : [mother, father];
  return [mutated(axes, one, random), mutated(axes, other, random)];
}

function crossover(axes: readonly SearchAxis[], mother: Point, father: Point, random: Random): readonly [Point, Point] {
  const [one, other] = [[...mother], [...father]];
  for (const [place, { size, isOrdered }] of axes.entries()) {
    const [low, high] = [mother[place] ?? 0, father[place] ?? 0];
    if (low === high || random.unit() < 0.5) continue;
    const [left, right] = isOrdered ? spread(low, high, random.unit()) : [high, low];
    one[place] = within(left, size);
    other[place] = within(right, size);
  }
  return [one, other];
}

/** Two places as far around the middle of two others as chance says: as often nearer as farther. */
function spread(low: number, high: number, chance: number): readonly [number, number] {
  const power = 1 / (crossoverIndex + 1);
  const factor = chance < 0.5 ? (2 * chance) ** power : (1 / (2 * (1 - chance))) ** power;
  const [middle, half] = [(low + high) / 2, (factor * (high - low)) / 2];
  return [middle + half, middle - half];
}

/** One axis of all is changed on average. */
function mutated(axes: readonly SearchAxis[], point: Point, random: Random): Point {
  return point.map((choice, place) => {
    const { size, isOrdered } = axes[place] ?? { size: 1, isOrdered: false };
    if (size < 2 || random.unit() >= 1 / axes.length) return choice;
    if (!isOrdered) return (choice + 1 + random.below(size - 1)) % size;
    const chance = random.unit();
    const power = 1 / (mutationIndex + 1);
    const share = chance < 0.5 ? (2 * chance) ** power - 1 : 1 - (2 * (1 - chance)) ** power;
    // a step that rounds to none is one to the next value
    const step = Math.round(share * (size - 1)) || (chance < 0.5 ? -1 : 1);
    return within(choice + step, size);
  });
}

const within = (place: number, size: number): number => Math.min(Math.max(Math.round(place), 0), size - 1);
