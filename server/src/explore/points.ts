/** Designs of a space by number: the last axis varies fastest. */

import type { Point, Space } from "./space";

/** Of the design with this number, from 0 to the size of the space. */
export function pointAt({ axes }: Pick<Space, "axes">, index: number): Point {
  const point = new Array<number>(axes.length).fill(0);
  let rest = index;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const choices = axes[axis]?.choices.length ?? 1;
    point[axis] = rest % choices;
    rest = Math.floor(rest / choices);
  }
  return point;
}

export const indexOf = ({ axes }: Pick<Space, "axes">, point: Point): number =>
  axes.reduce((index, { choices }, axis) => index * choices.length + (point[axis] ?? 0), 0);
