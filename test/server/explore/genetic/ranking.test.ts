import { describe, expect, it } from "vitest";
import { beats, compareRanked, rankedOf, ranksOf, roomOf, type Standing } from "../../../../server/src/explore/genetic/ranking";

const both = [{ sense: "minimize" }, { sense: "maximize" }] as const;
const met = (...values: readonly number[]): Standing => ({ kind: "feasible", values });
const missed = (miss: number): Standing => ({ kind: "infeasible", miss });

describe("constrained domination", () => {
  it.each<readonly [string, Standing, Standing, boolean]>([
    ["what meets everything beats what does not, however good", met(9, 0), missed(0.01), true],
    ["and is not beaten by it", missed(0.01), met(9, 0), false],
    ["of two that miss, the nearer one", missed(0.1), missed(0.2), true],
    ["not one as near", missed(0.1), missed(0.1), false],
    ["better in both senses", met(1, 5), met(2, 4), true],
    ["better in one and as good in the other", met(1, 5), met(1, 4), true],
    ["better in one, worse in the other", met(1, 4), met(2, 5), false],
    ["the same", met(1, 4), met(1, 4), false],
  ])("%s", (_, one, other, expected) => {
    expect(beats(both, one, other)).toBe(expected);
  });
});

describe("ranks", () => {
  it("are fronts, one behind the other, those that miss behind all others by how far they are off", () => {
    const standings = [missed(0.5), met(1, 1), met(2, 2), met(2, 1), met(3, 1), missed(0.2), met(2, 1)];
    expect(ranksOf(both, standings)).toEqual([4, 0, 0, 1, 2, 3, 1]);
  });
});

describe("room", () => {
  it("is endless at the ends and the distance of the neighbours between them", () => {
    // extents 10 and 20: (4 - 0) / 10 + (18 - 4) / 20, then (10 - 1) / 10 + (24 - 8) / 20
    const room = roomOf([met(0, 4), met(1, 8), met(4, 18), met(10, 24)]);
    expect([room[0], room[3]]).toEqual([Infinity, Infinity]);
    expect(room[1]).toBeCloseTo(1.1, 12);
    expect(room[2]).toBeCloseTo(1.7, 12);
  });
  it("is none in an objective that all share, and of designs that miss", () => {
    expect(roomOf([met(1, 5), met(2, 5), met(3, 5)])[1]).toBe(1);
    expect(roomOf([missed(0.1), missed(0.1)])).toEqual([0, 0]);
  });
  it("decides between designs of one rank", () => {
    const ranked = rankedOf(both, [met(4, 18), met(0, 4), met(10, 20), met(1, 8), met(11, 3)]);
    expect([...ranked.keys()].sort((left, right) => compareRanked(ranked[left] ?? { rank: 0, room: 0 }, ranked[right] ?? { rank: 0, room: 0 }))).toEqual([1, 2, 0, 3, 4]);
  });
});
