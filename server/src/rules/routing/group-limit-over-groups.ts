import { defineDiagnostic, type FixCandidate } from "../../core";
import { formatGrouped, numberText } from "../../units";
import { candidate, setKeyFix, writeKey } from "../edits";
import { exampleExperts } from "../examples";
import { ownKey, placeOfKey, type Rule, type RuleSubject } from "../rule";
import { checkRouting, limitText, nodeLimitedRouting, supplyOf, type Routing } from "./moe";

const groupLimitOverGroups = defineDiagnostic<{ groupLimit: number; groups: number }>({
  code: "DSCO5002", severity: "error", title: "A limit of more groups than there are",
  message: ({ groupLimit, groups }) => `\`group_limit\` = ${formatGrouped(groupLimit)} is more than the ${formatGrouped(groups)} \`groups\` there are`,
  explanation: "`group_limit` is how many of the `groups` a token's experts may come from at most. To route without a limit, leave both out.",
  source: nodeLimitedRouting,
  example: exampleExperts("routed_experts = 64, top_k = 4, groups = 8, group_limit = 9"),
});

/** The two keys are easily confused: one fix writes each in place of the other. */
function swap(subject: RuleSubject, { block, experts, groups, groupLimit }: Routing): readonly FixCandidate[] {
  if (groups === undefined || groupLimit === undefined || (experts !== undefined && experts % groupLimit !== 0)) return [];
  const edits = [writeKey(subject, block, "groups", numberText(groupLimit)), writeKey(subject, block, "group_limit", numberText(groups))];
  const [first, second] = edits;
  if (!first || !second) return [];
  return [candidate("Swap `groups` and `group_limit`", [...first, ...second], { buys: `at most ${groups} of ${groupLimit} groups a token` })];
}

export const groupLimitOverGroupsRule: Rule = {
  on: ["model"],
  entries: [groupLimitOverGroups.entry],
  check: (subject) =>
    checkRouting(subject, (routing) => {
      const { block, experts, topK, groups, groupLimit } = routing;
      if (groups === undefined || groupLimit === undefined || groupLimit <= groups) return [];
      return [groupLimitOverGroups.at(placeOfKey(subject, block, ownKey(block, ["group_limit", "groups"])), { groupLimit, groups }, {
        fixes: () => {
          const half = Math.ceil(groups / 2);
          const limits = experts === undefined || topK === undefined || experts % groups !== 0 ? [] : [half].filter((limit) => limit < groups && supplyOf(experts, groups, limit) >= topK);
          return [
            ...limits.flatMap((limit) => setKeyFix(subject, block, "group_limit", limit, { buys: limitText(experts ?? 0, groups, limit) })),
            ...setKeyFix(subject, block, "group_limit", groups, { buys: "no limit" }),
            ...swap(subject, routing),
          ];
        },
      })];
    }),
};
