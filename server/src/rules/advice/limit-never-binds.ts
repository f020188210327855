import { defineDiagnostic, type FixCandidate } from "../../core";
import { formatGrouped } from "../../units";
import { removeKeysFix, setKeyFix } from "../edits";
import { exampleExperts } from "../examples";
import { ownKey, placeOfKey, type Rule, type RuleSubject } from "../rule";
import { checkRouting, limitedRouting, limitText, nodeLimitedRouting, supplyOf, type LimitedRouting } from "../routing/moe";

const limitNeverBinds = defineDiagnostic<LimitedRouting>({
  code: "DSCO7021", severity: "information", title: "A limit of groups that never binds",
  message: ({ topK, groups, groupLimit }) =>
    groupLimit === groups
      ? `\`group_limit\` = ${formatGrouped(groupLimit)} limits nothing: there are no more \`groups\``
      : `\`group_limit\` = ${formatGrouped(groupLimit)} limits nothing: ${formatGrouped(topK)} experts come from ${formatGrouped(topK)} groups at most`,
  explanation:
    "The limit bounds the nodes that a token is sent to, and with them the traffic between nodes. It does so only where it is below both `groups` and `top_k`.",
  source: nodeLimitedRouting,
  example: exampleExperts("routed_experts = 64, top_k = 4, groups = 8, group_limit = 4"),
});

/** Limits that would bind: the largest, half of the groups as in DeepSeek-V3, and the smallest that supplies the experts. */
function fixes(subject: RuleSubject, { block, experts, topK, groups }: LimitedRouting): readonly FixCandidate[] {
  const largest = Math.min(groups, topK) - 1;
  const smallest = Math.ceil(topK / (experts / groups));
  const limits = [...new Set([largest, Math.ceil(groups / 2), smallest])].filter((limit) => limit >= smallest && limit <= largest);
  return [
    ...limits.flatMap((limit) => setKeyFix(subject, block, "group_limit", limit, { buys: limitText(experts, groups, limit) })),
    ...removeKeysFix(subject, block, ["groups", "group_limit"], { buys: "a token's experts may come from anywhere, as now" }),
  ];
}

export const limitNeverBindsRule: Rule = {
  on: ["model"],
  entries: [limitNeverBinds.entry],
  check: (subject) =>
    checkRouting(subject, (found) => {
      const routing = limitedRouting(found);
      if (!routing) return [];
      const { block, experts, topK, groups, groupLimit } = routing;
      if (groupLimit < groups && groupLimit < topK) return [];
      if (topK > supplyOf(experts, groups, groupLimit) || (groups === experts && groups > 1)) return []; // said elsewhere
      return [limitNeverBinds.at(placeOfKey(subject, block, ownKey(block, ["group_limit", "groups", "top_k"])), routing, { fixes: () => fixes(subject, routing) })];
    }),
};
