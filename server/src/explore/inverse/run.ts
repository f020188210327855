/**
 * Inverse questions: the least or the greatest value of one axis with which a design meets everything, over all choices of the others. Along
 * each of these the axis is bisected as far as certificates reach, and tried one by one from its best end otherwise.
 */

import { evaluatorOf } from "../evaluate";
import type { Point, Space } from "../space";
import { certificateOf, type Side } from "./certificate";

export interface InverseAnswer {
  /** Designs with the best value, one for each combination of the other axes that has one, in the order of the space. */
  readonly points: readonly Point[];
  readonly tried: number;
  /** `mixed`: certificates did not reach everywhere. */
  readonly method: "bisection" | "mixed" | "one by one";
}

/** `axis`: its values are numbers. What the sweep looks for plays no part. */
export function inverse(space: Space, axis: number, side: Side): InverseAnswer {
  const { compiled, verdict } = evaluatorOf({ ...space, objectives: [] });
  const certificate = certificateOf(compiled, axis, side);
  const places = bestFirst(space, axis, side);
  let [tried, isMixed, best] = [0, false, places.length - 1];
  let points: Point[] = [];

  /** `feasible`, `beyond`: neither is any better value; `infeasible`: nothing is known of better ones. */
  const attempt = (point: Point): "feasible" | "beyond" | "infeasible" => {
    tried += 1;
    if (verdict(point).kind === "feasible") return "feasible";
    return certificate?.(point) === true ? "beyond" : "infeasible";
  };

  for (const others of combinations(space, axis)) {
    const at = (place: number): Point => others.map((choice, index) => (index === axis ? (places[place] ?? 0) : choice));
    const found = certificate ? bisect((place) => attempt(at(place)), best, () => { isMixed = true; }) : scan((place) => attempt(at(place)), 0, best);
    if (found === undefined) continue;
    if (found < best) points = [];
    best = found;
    points.push(at(found));
  }
  return { points, tried, method: certificate === undefined ? "one by one" : isMixed ? "mixed" : "bisection" };
}

type Attempt = (place: number) => "feasible" | "beyond" | "infeasible";

/** The first feasible place from `from` to `to`. */
function scan(attempt: Attempt, from: number, to: number): number | undefined {
  for (let place = from; place <= to; place++) if (attempt(place) === "feasible") return place;
  return undefined;
}

/** The first feasible place up to `last`. Nothing up to `low` is feasible; `high` is, once it is no more than `last`. */
function bisect(attempt: Attempt, last: number, onGap: () => void): number | undefined {
  let [low, high] = [-1, last + 1];
  // that it may be worse than what another combination has is found out first
  for (let place = last; high - low > 1; place = low + Math.floor((high - low) / 2)) {
    const outcome = attempt(place);
    if (outcome === "feasible") high = place;
    else if (outcome === "beyond") low = place;
    else {
      onGap();
      const [before, after] = [scan(attempt, low + 1, place - 1), high];
      if (before !== undefined) return before;
      low = place;
      high = after;
    }
  }
  return high <= last ? high : undefined;
}

/** The places of the axis' values, the best first. */
function bestFirst({ axes }: Space, axis: number, side: Side): readonly number[] {
  const values = (axes[axis]?.choices ?? []).map(({ plain }) => Number(plain));
  const sign = side === "least" ? 1 : -1;
  return [...values.keys()].sort((left, right) => sign * ((values[left] ?? 0) - (values[right] ?? 0)));
}

/** Every combination of the other axes, with the first choice of the axis in its place. */
function* combinations({ axes }: Space, axis: number): Iterable<Point> {
  const sizes = axes.map(({ choices }, index) => (index === axis ? 1 : choices.length));
  const total = sizes.reduce((product, size) => product * size, 1);
  for (let number = 0; number < total; number++) {
    let rest = number;
    yield sizes.map((size, index) => {
      const below = sizes.slice(index + 1).reduce((product, next) => product * next, 1);
      const choice = Math.floor(rest / below);
      rest %= below;
      return choice % size;
    });
  }
}
