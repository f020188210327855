import { defineDiagnostic, type FixCandidate } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleExperts } from "../examples";
import { nearestDivisors, nearestMultiples } from "../numbers";
import { ownKey, placeOfKey, type Rule, type RuleSubject } from "../rule";
import { checkRouting, nodeLimitedRouting, supplyOf, type Routing } from "./moe";

const groupsDivideExperts = defineDiagnostic<{ experts: number; groups: number }>({
  code: "DSCO5001", severity: "error", title: "Experts that do not divide into groups",
  message: ({ experts, groups }) => `${formatGrouped(experts)} \`routed_experts\` cannot be divided into ${formatGrouped(groups)} equal \`groups\``,
  explanation: "Node-limited routing puts each group of experts on one node, so all groups have the same number of experts: `groups` divides `routed_experts`. DeepSeek-V3 has 256 experts in 8 groups of 32.",
  source: nodeLimitedRouting,
  example: exampleExperts("routed_experts = 64, top_k = 4, groups = 7, group_limit = 2"),
});

function fixes(subject: RuleSubject, { block, topK, groupLimit }: Routing, experts: number, groups: number): readonly FixCandidate[] {
  const isEnough = (total: number, parts: number) =>
    groupLimit === undefined || (groupLimit <= parts && (topK === undefined || supplyOf(total, parts, groupLimit) >= topK));
  const buys = (size: number) => `${formatGrouped(size)} ${size === 1 ? "expert" : "experts"} a group`;
  return [
    ...nearestDivisors(experts, groups, (divisor) => isEnough(experts, divisor)).flatMap((divisor) =>
      setKeyFix(subject, block, "groups", divisor, { buys: buys(experts / divisor) }),
    ),
    ...nearestMultiples(groups, experts, (multiple) => isEnough(multiple, groups)).flatMap((multiple) =>
      setKeyFix(subject, block, "routed_experts", multiple, { buys: buys(multiple / groups), shows: ["total_params"] }),
    ),
  ];
}

export const groupsDivideExpertsRule: Rule = {
  on: ["model"],
  entries: [groupsDivideExperts.entry],
  check: (subject) =>
    checkRouting(subject, (routing) => {
      const { block, experts, groups } = routing;
      if (experts === undefined || groups === undefined || experts % groups === 0) return [];
      const place = placeOfKey(subject, block, ownKey(block, ["groups", "routed_experts"]));
      return [groupsDivideExperts.at(place, { experts, groups }, { fixes: () => fixes(subject, routing, experts, groups) })];
    }),
};
