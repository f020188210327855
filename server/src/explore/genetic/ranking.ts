/**
 * Which designs of a generation are better than others, as NSGA-II orders them (Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on
 * Evolutionary Computation 6, 2002): fronts of designs that no other one beats, and within a front those with most room around them.
 */

import { dominates } from "../front";
import type { Objective } from "../space";

/** What a design came to. */
export type Standing =
  /** One value for each objective, in base units. */
  | { readonly kind: "feasible"; readonly values: readonly number[] }
  /** How far it is from meeting everything: comparable between any two designs, above 0. */
  | { readonly kind: "infeasible"; readonly miss: number };

export type Senses = readonly Pick<Objective, "sense">[];

/** Constrained domination (section VI of the paper): what meets everything beats what does not, and of two that do not the nearer one. */
export function beats(objectives: Senses, one: Standing, other: Standing): boolean {
  if (one.kind === "feasible") return other.kind === "infeasible" || dominates(objectives, one.values, other.values);
  return other.kind === "infeasible" && one.miss < other.miss;
}

/** The place of each design: 0 for those that no other beats, 1 for those that only these beat, and so on. */
export function ranksOf(objectives: Senses, standings: readonly Standing[]): readonly number[] {
  const ranks = new Array<number>(standings.length).fill(0);
  const beatenBy = new Array<number>(standings.length).fill(0);
  const beaten = standings.map((): number[] => []);
  for (const [place, one] of standings.entries()) {
    for (let next = place + 1; next < standings.length; next++) {
      const other = standings[next];
      if (other === undefined) continue;
      const isBetter = beats(objectives, one, other);
      if (!isBetter && !beats(objectives, other, one)) continue;
      const loser = isBetter ? next : place;
      beaten[isBetter ? place : next]?.push(loser);
      beatenBy[loser] = (beatenBy[loser] ?? 0) + 1;
    }
  }
  let front = [...standings.keys()].filter((place) => beatenBy[place] === 0);
  for (let rank = 0; front.length > 0; rank++) {
    const next: number[] = [];
    for (const place of front) {
      ranks[place] = rank;
      for (const other of beaten[place] ?? []) {
        const left = (beatenBy[other] ?? 0) - 1;
        beatenBy[other] = left;
        if (left === 0) next.push(other);
      }
    }
    front = next;
  }
  return ranks;
}

/**
 * Room around each design of one front: the sum over the objectives of the distance between its neighbours, as a share of the front's
 * extent. The ends of an objective have endless room, and stay. Designs that miss something have the same miss in one front, and no room.
 */
export function roomOf(front: readonly Standing[]): readonly number[] {
  const room = new Array<number>(front.length).fill(0);
  const [first] = front;
  if (first?.kind !== "feasible") return room;
  const valuesAt = (objective: number): readonly number[] => front.map((standing) => (standing.kind === "feasible" ? (standing.values[objective] ?? 0) : 0));
  for (const objective of first.values.keys()) {
    const values = valuesAt(objective);
    const order = [...values.keys()].sort((left, right) => (values[left] ?? 0) - (values[right] ?? 0) || left - right);
    const at = (place: number): number => values[order[place] ?? 0] ?? 0;
    const extent = at(order.length - 1) - at(0);
    for (const [place, design] of order.entries()) {
      const isEnd = place === 0 || place === order.length - 1;
      room[design] = isEnd ? Infinity : (room[design] ?? 0) + (extent > 0 ? (at(place + 1) - at(place - 1)) / extent : 0);
    }
  }
  return room;
}

/** A member of a generation with its place. */
export interface Ranked {
  readonly rank: number;
  readonly room: number;
}

/** The crowded comparison of the paper: below 0 where the first one is better. */
export const compareRanked = (one: Ranked, other: Ranked): number => {
  if (one.rank !== other.rank) return one.rank - other.rank;
  return one.room === other.room ? 0 : other.room - one.room; // two endless ones have no difference
};

/** Rank and room of each design, in the order of the designs. */
export function rankedOf(objectives: Senses, standings: readonly Standing[]): readonly Ranked[] {
  const ranks = ranksOf(objectives, standings);
  const fronts = new Map<number, number[]>();
  for (const [place, rank] of ranks.entries()) fronts.set(rank, [...(fronts.get(rank) ?? []), place]);
  const ranked = new Array<Ranked>(standings.length).fill({ rank: 0, room: 0 });
  for (const [rank, places] of fronts) {
    const room = roomOf(places.flatMap((place) => standings[place] ?? []));
    for (const [index, place] of places.entries()) ranked[place] = { rank, room: room[index] ?? 0 };
  }
  return ranked;
}
