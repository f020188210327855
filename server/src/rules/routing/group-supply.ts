import { defineDiagnostic, type FixCandidate } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleExperts } from "../examples";
import { largestDivisor } from "../numbers";
import { ownKey, placeOfKey, type Rule, type RuleSubject } from "../rule";
import { checkRouting, limitedRouting, limitText, nodeLimitedRouting, supplyOf, type LimitedRouting } from "./moe";

const groupSupply = defineDiagnostic<LimitedRouting>({
  code: "DSCO5003", severity: "error", title: "More chosen experts than the groups can supply",
  message: ({ experts, topK, groups, groupLimit }) =>
    `\`top_k\` = ${formatGrouped(topK)} is more than ${formatGrouped(groupLimit)} of ${formatGrouped(groups)} groups can supply: ` +
    `${formatGrouped(groupLimit)} x ${formatGrouped(experts / groups)} = ${formatGrouped(supplyOf(experts, groups, groupLimit))} experts`,
  explanation: "A token chooses its `top_k` experts inside at most `group_limit` groups, and each group has `routed_experts / groups` of them.",
  source: nodeLimitedRouting,
  example: exampleExperts("routed_experts = 64, top_k = 12, groups = 16, group_limit = 2"),
});

function fixes(subject: RuleSubject, { block, experts, topK, groups, groupLimit }: LimitedRouting): readonly FixCandidate[] {
  const supply = supplyOf(experts, groups, groupLimit);
  const enough = Math.ceil(topK / (experts / groups));
  const fewer = largestDivisor(experts, groups - 1, groupLimit, (candidate) => supplyOf(experts, candidate, groupLimit) >= topK);
  const more = Math.ceil(topK / groupLimit) * groups;
  return [
    ...setKeyFix(subject, block, "group_limit", enough, { buys: limitText(experts, groups, enough) }),
    ...setKeyFix(subject, block, "top_k", supply, { buys: "all that the groups can supply", shows: ["active_params"] }),
    ...(fewer === undefined ? [] : setKeyFix(subject, block, "groups", fewer, { buys: limitText(experts, fewer, groupLimit) })),
    ...setKeyFix(subject, block, "routed_experts", more, { buys: limitText(more, groups, groupLimit), shows: ["total_params"] }),
  ];
}

export const groupSupplyRule: Rule = {
  on: ["model"],
  entries: [groupSupply.entry],
  check: (subject) =>
    checkRouting(subject, (found) => {
      const routing = limitedRouting(found);
      if (!routing || routing.topK <= supplyOf(routing.experts, routing.groups, routing.groupLimit)) return [];
      const { block } = routing;
      return [groupSupply.at(placeOfKey(subject, block, ownKey(block, ["top_k", "group_limit", "groups", "routed_experts"])), routing, { fixes: () => fixes(subject, routing) })];
    }),
};
