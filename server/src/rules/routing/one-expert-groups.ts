import { defineDiagnostic } from "../../core";
import { setKeyFix } from "../edits";
import { exampleExperts } from "../examples";
import { largestDivisor } from "../numbers";
import { ownKey, placeOfKey, type Rule } from "../rule";
import { checkRouting, limitedRouting, nodeLimitedRouting, supplyOf } from "./moe";

const oneExpertGroups = defineDiagnostic<{ groups: number }>({
  code: "DSCO5005", severity: "warning", title: "Groups of one expert",
  message: ({ groups }) => `${groups} \`groups\` hold one expert each: DeepSeek-V3 ranks groups by the sum of their two best experts`,
  explanation:
    "Node-limited routing first picks groups, then experts inside them. DeepSeek-V3 scores a group by the sum of its two highest affinities, which needs two experts a group. With one expert a group, `group_limit` says no more than a smaller `top_k` would.",
  source: nodeLimitedRouting,
  example: exampleExperts("routed_experts = 8, top_k = 4, groups = 8, group_limit = 4"),
});

export const oneExpertGroupsRule: Rule = {
  on: ["model"],
  entries: [oneExpertGroups.entry],
  check: (subject) =>
    checkRouting(subject, (found) => {
      const routing = limitedRouting(found);
      if (!routing || routing.groups === 1 || routing.groups !== routing.experts) return [];
      const { block, experts, topK, groups, groupLimit } = routing;
      if (topK > supplyOf(experts, groups, groupLimit)) return []; // too few experts is the first thing to mend
      return [oneExpertGroups.at(placeOfKey(subject, block, ownKey(block, ["groups", "routed_experts"])), { groups }, {
        fixes: () => {
          const fewer = largestDivisor(experts, Math.floor(experts / 2), 2);
          return [
            ...(fewer === undefined ? [] : setKeyFix(subject, block, "groups", fewer, { buys: `${experts / fewer} experts a group` })),
            ...setKeyFix(subject, block, "routed_experts", 2 * groups, { buys: "2 experts a group", shows: ["total_params"] }),
          ];
        },
      })];
    }),
};
