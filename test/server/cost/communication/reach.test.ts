/** Places that a token reaches, against the enumeration of every order of scores, and what must always hold. */

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { placesReached, type Routing } from "../../../../server/src/cost/communication/reach";

/** Mean over all orders of the experts' scores: the first M groups to appear are kept, and the best k of their experts. */
function enumerated({ routed_experts, top_k, groups = 1, group_limit = groups }: Routing, places: number): number {
  let orders = 0;
  let reached = 0;
  const visit = (order: readonly number[], left: readonly number[]): void => {
    if (left.length > 0) return left.forEach((expert) => { visit([...order, expert], left.filter((other) => other !== expert)); });
    const groupOf = (expert: number): number => Math.floor((expert * groups) / routed_experts);
    const kept = [...new Set(order.map(groupOf))].slice(0, group_limit);
    const chosen = order.filter((expert) => kept.includes(groupOf(expert))).slice(0, top_k);
    orders += 1;
    reached += new Set(chosen.map((expert) => Math.floor((expert * places) / routed_experts))).size;
  };
  visit([], Array.from({ length: routed_experts }, (_, expert) => expert));
  return reached / orders;
}

describe("against every order of 8 experts", () => {
  const routing = (top_k: number, groups?: number, group_limit?: number): Routing => ({ routed_experts: 8, top_k, groups, group_limit });
  it.each([
    ["no limit, 4 places", routing(3), 4],
    ["no limit, a place each", routing(2), 8],
    ["no limit, all chosen", routing(8), 2],
    ["groups are places", routing(3, 4, 2), 4],
    ["two groups a place", routing(2, 8, 2), 4],
    ["a limit that limits nothing", routing(3, 4, 4), 8],
    ["one group, two places a group", routing(2, 4, 1), 8],
  ])("%s", (_, design, places) => {
    expect(placesReached(design, places)).toBeCloseTo(enumerated(design, places), 10);
  });

  it.each([
    ["two places a group", routing(3, 4, 2), 8],
    ["a group straddles places", routing(3, 4, 2), 2],
    ["four places a group", routing(3, 2, 1), 8],
  ])("%s, within 3 %%", (_, design, places) => {
    expect(placesReached(design, places) / enumerated(design, places)).toBeCloseTo(1, 1.5);
  });
});

const v3: Routing = { routed_experts: 256, top_k: 8, groups: 8, group_limit: 4 };
const binomial = (n: number, k: number): number => Array.from({ length: k }, (_, i) => (n - i) / (k - i)).reduce((a, b) => a * b, 1);

test("without a limit it is the expectation of draws without replacement", () => {
  expect(placesReached({ ...v3, groups: undefined, group_limit: undefined }, 8)).toBeCloseTo(8 * (1 - binomial(224, 8) / binomial(256, 8)), 10);
});

test("4 of 8 groups on 8 nodes: nearly every token reaches 4 (3.98 in 4,000 simulated tokens)", () => {
  expect(placesReached(v3, 8)).toBeCloseTo(3.98, 2);
});

const routings = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 12 }))
  .map(([limit, perGroup, more, top]): Routing => {
    const groups = limit + more - 1;
    return { routed_experts: groups * perGroup, top_k: Math.min(top, limit * perGroup), groups, group_limit: limit };
  });

test("a token reaches at least one place, no more than it has experts, and no more without a limit than there are", () => {
  fc.assert(fc.property(routings, fc.integer({ min: 1, max: 48 }), (routing, wanted) => {
    const places = Math.min(wanted, routing.routed_experts);
    const reached = placesReached(routing, places);
    expect(reached).toBeGreaterThanOrEqual(1 - 1e-9);
    expect(reached).toBeLessThanOrEqual(Math.min(places, routing.top_k) + 1e-9);
  }));
});

test("a tighter limit reaches no more places", () => {
  fc.assert(fc.property(routings, (routing) => {
    const { groups = 1, group_limit = 1 } = routing;
    const reached = placesReached(routing, groups);
    if (group_limit < groups) expect(reached).toBeLessThanOrEqual(placesReached({ ...routing, group_limit: group_limit + 1 }, groups) + 1e-9);
    expect(reached).toBeLessThanOrEqual(group_limit + 1e-9);
  }));
});

test("millions of choices a token are refused, not waited for", () => {
  expect(() => placesReached({ routed_experts: 1e9, top_k: 1e8, groups: undefined, group_limit: undefined }, 8)).toThrow("`top_k` and `group_limit`");
  expect(() => placesReached({ routed_experts: 1e9, top_k: 1e4, groups: 1e6, group_limit: 1e4 }, 8)).toThrow("`top_k` and `group_limit`");
});
