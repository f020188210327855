/** Designs of a space by number: the last axis varies fastest. */

import type { Point } from "./space";

/** As much of a space as numbers its designs. */
interface Numbered {
  readonly axes: readonly { readonly choices: { readonly length: number } }[];
}

/** Of the design with this number, from 0 to the size of the space. */
export function pointAt({ axes }: Numbered, index: number): Point {
  const point = new Array<number>(axes.length).fill(0);
  let rest = index;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const choices = axes[axis]?.choices.length ?? 1;
    point[axis] = rest % choices;
    rest = Math.floor(rest / choices);
  }
  return point;
}

export const indexOf = ({ axes }: Numbered, point: Point): number =>
  axes.reduce((index, { choices }, axis) => index * choices.length + (point[axis] ?? 0), 0);
