/**
 * How many places (nodes, GPUs) the experts of one token stand in, in the mean over balanced routing: every expert is equally likely,
 * and experts stand on the places in the order of their numbers, evenly. Exact without a limit, and where every place holds whole
 * groups; where a place holds a part of a group, within 3 % of what enumerating every order of scores gives.
 */

import { Unavailable } from "../definition";
import { greatestCommonDivisor } from "../whole-numbers";
import { keptResults } from "../once";
import type { MoeFfnRecord } from "../model/record";

export type Routing = Pick<MoeFfnRecord, "routed_experts" | "top_k" | "groups" | "group_limit">;

/** Draws that are still counted one by one: far more than any model has, few enough for an editor. */
const mostSteps = 1e6;

/**
 * Mean number of distinct places, of `places`, that one token's `top_k` experts stand in, its own place among them.
 *
 * No limit: the expected number of distinct values in draws without replacement, places x (1 - C(E - E/places, k) / C(E, k)).
 *
 * With `group_limit` M of `groups` G: a token keeps the M groups with the best expert. These are the first M groups to appear in the
 * order of its scores, so that it reaches min(M, X) of them, X being the groups among its unlimited top k. (DeepSeek-V3 ranks groups
 * by the sum of their best two: simulated for 4 of 8 groups, 8 of 256 experts, that gives 3.95 groups instead of 3.98.)
 * Throws `Unavailable` for millions of choices a token.
 */
export function placesReached({ routed_experts, top_k, groups = 1, group_limit = groups }: Routing, places: number): number {
  return known(`${routed_experts} ${top_k} ${groups} ${group_limit} ${places}`, () => countPlaces(routed_experts, Math.min(top_k, routed_experts), groups, group_limit, places));
}

const known = keptResults<number>(256);

function countPlaces(experts: number, topK: number, groups: number, group_limit: number, places: number): number {
  if (places <= 1) return Math.min(1, places);
  const steps = group_limit >= groups ? topK : topK * group_limit;
  if (steps > mostSteps) throw new Unavailable("the model's `top_k` and `group_limit` are larger than the chances of routing are counted for");
  if (group_limit >= groups) return places * (1 - missed(experts, experts / places, topK));
  const chances = groupsAmongTop(experts, groups, group_limit, topK);
  // places repeat their position among the groups after this many; parts of one group are all alike
  const distinct = places % groups === 0 ? 1 : places / greatestCommonDivisor(places, groups);
  let reached = 0;
  for (let place = 0; place < distinct; place++) {
    const overlap = overlapOf(place, places, groups);
    for (let count = 1; count <= group_limit; count++) {
      const chance = chances[count] ?? 0;
      if (chance > 0) reached += chance * (1 - missedByGroups(overlap, experts / groups, groups, count, topK));
    }
  }
  // experts that do not divide into places are counted in fractions, which may pass the bound by a little
  return Math.min((reached * places) / distinct, topK);
}

/** Chance that `draws` without replacement from `of` miss all `marked`: C(of - marked, draws) / C(of, draws), also for fractions. */
function missed(of: number, marked: number, draws: number): number {
  let chance = 1;
  for (let draw = 0; draw < draws && chance > 0; draw++) {
    const left = of - draw;
    if (left <= marked) return 0;
    chance *= (left - marked) / left;
    if (chance < 1e-15) return 0;
  }
  return chance;
}

/** Chance, at each index, that the `topK` best experts stand in so many groups, all above `limit` counted as `limit`. */
function groupsAmongTop(experts: number, groups: number, limit: number, topK: number): readonly number[] {
  const size = experts / groups;
  let chances: number[] = [1];
  for (let drawn = 0; drawn < topK; drawn++) {
    const next = new Array<number>(Math.min(limit, chances.length) + 1).fill(0);
    for (let count = 0; count < chances.length; count++) {
      const chance = chances[count] ?? 0;
      const fresh = count >= limit ? 0 : Math.min(1, ((groups - count) * size) / (experts - drawn));
      if (fresh > 0) next[count + 1] = (next[count + 1] ?? 0) + chance * fresh;
      next[count] = (next[count] ?? 0) + chance * (1 - fresh);
    }
    chances = next;
    if ((chances[limit] ?? 0) > 1 - 1e-15) break;
  }
  return chances;
}

/** The groups that a place holds whole, and the shares of the (at most two) groups that it holds in part. */
interface Overlap {
  readonly whole: number;
  readonly shares: readonly number[];
}

function overlapOf(place: number, places: number, groups: number): Overlap {
  // in units of one group, times `places`: whole numbers, so that no edge is lost to rounding
  const from = place * groups;
  const to = from + groups;
  const shares: number[] = [];
  const firstWhole = Math.ceil(from / places);
  const endWhole = Math.floor(to / places);
  if (firstWhole > endWhole) return { whole: 0, shares: [groups / places] };
  if (firstWhole * places > from) shares.push((firstWhole * places - from) / places);
  if (to > endWhole * places) shares.push((to - endWhole * places) / places);
  return { whole: endWhole - firstWhole, shares };
}

/**
 * Chance that a token which reaches `count` of the groups misses a place. One expert of each reached group is chosen for certain; the
 * others are drawn from the other experts of these groups.
 */
function missedByGroups({ whole, shares }: Overlap, size: number, groups: number, count: number, topK: number): number {
  const [first = 0, second = 0] = shares;
  const others = groups - whole - shares.length;
  const drawn = Math.max(0, topK - count);
  const miss = (...held: readonly number[]): number => {
    const certain = held.reduce((chance, share) => chance * (1 - share), 1);
    const heldExperts = held.reduce((sum, share) => sum + share, 0) * size;
    return choosing(others, count - held.length, groups, count) * certain * missed(count * (size - 1), heldExperts, drawn);
  };
  const none = choosing(others, count, groups, count);
  if (shares.length === 0) return none;
  return none + miss(first) + (shares.length === 1 ? 0 : miss(second) + miss(first, second));
}

/** C(n, k) / C(of, choose), where k <= choose and n <= of. */
function choosing(n: number, k: number, of: number, choose: number): number {
  if (k < 0 || k > n) return 0;
  let ratio = 1;
  for (let step = 0; step < choose; step++) {
    ratio *= step < k ? (n - step) / (k - step) : 1;
    ratio *= (choose - step) / (of - step);
  }
  return ratio;
}
