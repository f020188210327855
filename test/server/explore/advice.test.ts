import { expect, test } from "vitest";
import { mostFrequent } from "../../../server/src/explore/advice";
import type { ReasonCount } from "../../../server/src/explore/reasons";

const reason = (text: string, count: number, kind: ReasonCount["kind"] = "where"): ReasonCount => ({ kind, text, count });

test.each<[string, readonly ReasonCount[], string]>([
  ["most of all", [reason("tpot <= 1 ms", 9), reason("ep = 3 does not divide", 2, "layout")], "Most designs (9) are left out because of this: `tpot <= 1 ms`."],
  ["the only reason", [reason("tpot <= 1 ms", 1)], "Most designs (1) are left out because of this: `tpot <= 1 ms`."],
  ["more than the others, and less than half", [reason("a <= 1", 4), reason("b <= 1", 3), reason("c <= 1", 3)], "More designs (4) than for any other reason are left out because of this: `a <= 1`."],
  ["half of all and a tie", [reason("a <= 1", 4), reason("b <= 1", 4)], "Each of these leaves out as many designs (4), and none leaves out more: `a <= 1`; `b <= 1`."],
  ["half of all, and no tie", [reason("a <= 1", 4), reason("b <= 1", 3), reason("c <= 1", 1)], "More designs (4) than for any other reason are left out because of this: `a <= 1`."],
])("%s", (_, reasons, sentence) => {
  expect(mostFrequent(reasons)).toBe(sentence);
});
