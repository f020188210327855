import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleExperts } from "../examples";
import { nearestDivisors, nearestMultiples } from "../numbers";
import { ownKey, placeOfKey, type Rule } from "../rule";
import { checkRouting, nodeLimitedRouting } from "./moe";

const groupsDivideExperts = defineDiagnostic<{ experts: number; groups: number }>({
  code: "DSCO5001", severity: "error", title: "Experts that do not divide into groups",
  message: ({ experts, groups }) => `${formatGrouped(experts)} \`routed_experts\` cannot be divided into ${formatGrouped(groups)} equal \`groups\``,
  explanation: "Node-limited routing puts each group of experts on one node, so all groups have the same number of experts: `groups` divides `routed_experts`. DeepSeek-V3 has 256 experts in 8 groups of 32.",
  source: nodeLimitedRouting,
  example: exampleExperts("routed_experts = 64, top_k = 4, groups = 7, group_limit = 2"),
});

export const groupsDivideExpertsRule: Rule = {
  on: ["model"],
  entries: [groupsDivideExperts.entry],
  check: (subject) =>
    checkRouting(subject, ({ block, experts, groups }) => {
      if (experts === undefined || groups === undefined || experts % groups === 0) return [];
      return [groupsDivideExperts.at(placeOfKey(subject, block, ownKey(block, ["groups", "routed_experts"])), { experts, groups }, {
        fixes: () => [
          ...nearestDivisors(experts, groups).flatMap((divisor) =>
            setKeyFix(subject, block, "groups", divisor, { buys: `${formatGrouped(experts / divisor)} ${experts === divisor ? "expert" : "experts"} a group` }),
          ),
          ...nearestMultiples(groups, experts).flatMap((multiple) =>
            setKeyFix(subject, block, "routed_experts", multiple, { buys: `${formatGrouped(multiple / groups)} ${multiple === groups ? "expert" : "experts"} a group`, shows: ["total_params"] }),
          ),
        ],
      })];
    }),
};
