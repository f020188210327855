import type { FixCandidate } from "../../core";
import type { Candidate } from "./asked";

/** A change and those that stand in for it where it breaks something, in their order. */
export function candidatesWithFallbacks(fix: FixCandidate, titleOf: (title: string) => string): readonly Candidate[] {
  const found: Candidate[] = [];
  for (let each: FixCandidate | undefined = fix; each; each = each.fallback) {
    found.push({ title: titleOf(each.title), kind: "refactor.rewrite", edits: each.edits, keepsFigures: false });
  }
  return found;
}
