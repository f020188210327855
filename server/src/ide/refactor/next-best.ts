import { nextBestChanges } from "../../rules";
import { candidatesWithFallbacks } from "./fallbacks";
import type { Asked, Candidate } from "./asked";

/** On the header of a plan: the single changes that gain most, evaluated before and after. */
export function nextBest({ workspace, located, declaration }: Asked): readonly (readonly Candidate[])[] {
  if (located.kind !== "declaration" || declaration?.keyword !== "plan") return [];
  return nextBestChanges({ workspace, declaration }).map((fix) => candidatesWithFallbacks(fix, (title) => `Next best change: ${title}`));
}
