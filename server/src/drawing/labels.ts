/** Finds room for labels: none may lie on another or on what is named as taken. */

import type { Box } from "./svg";

export interface Room {
  /** Takes a box, whatever lies there. */
  readonly take: (box: Box) => void;
  /** The first of the boxes that is free and inside the picture, which is then taken. */
  readonly place: (candidates: readonly Box[]) => Box | undefined;
}

export function roomIn(inside: Box): Room {
  const taken: Box[] = [];
  const isInside = ({ x, y, width, height }: Box): boolean => x >= inside.x && y >= inside.y && x + width <= inside.x + inside.width && y + height <= inside.y + inside.height;
  return {
    take: (box) => void taken.push(box),
    place: (candidates) => {
      const found = candidates.find((candidate) => isInside(candidate) && taken.every((other) => !meet(candidate, other)));
      if (found) taken.push(found);
      return found;
    },
  };
}

const meet = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
