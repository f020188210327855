import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { removeKeysFix, setKeyFix } from "../edits";
import { exampleExperts } from "../examples";
import { nearestDivisors } from "../numbers";
import { knowsKeys, placeOfKey, type Rule } from "../rule";
import { checkRouting, limitText, nodeLimitedRouting } from "./moe";

const groupLimitWithoutGroups = defineDiagnostic<{ groupLimit: number }>({
  code: "DSCO5004", severity: "error", title: "A limit of groups, and no groups",
  message: ({ groupLimit }) => `\`group_limit\` = ${formatGrouped(groupLimit)} needs \`groups\`: the routed experts are not divided`,
  explanation: "`group_limit` is how many groups a token's experts may come from. It has no meaning without `groups`, which says into how many the routed experts are divided.",
  source: nodeLimitedRouting,
  example: exampleExperts("routed_experts = 64, top_k = 4, group_limit = 4"),
});

/** One group a node: the nodes over which DeepSeek-V2 and V3 divide their experts. */
const usualGroups = 8;

export const groupLimitWithoutGroupsRule: Rule = {
  on: ["model"],
  entries: [groupLimitWithoutGroups.entry],
  check: (subject) =>
    checkRouting(subject, ({ block, experts, groupLimit }) => {
      if (groupLimit === undefined || block.properties.has("groups") || !knowsKeys(subject, block)) return [];
      return [groupLimitWithoutGroups.at(placeOfKey(subject, block, "group_limit"), { groupLimit }, {
        fixes: () => {
          const divisors = experts === undefined ? [] : experts % usualGroups === 0 && experts > usualGroups ? [usualGroups] : nearestDivisors(experts, usualGroups, (divisor) => divisor < experts);
          return [
            ...divisors.flatMap((groups) => setKeyFix(subject, block, "groups", groups, { buys: limitText(experts ?? 0, groups, groupLimit) })),
            ...removeKeysFix(subject, block, ["group_limit"], { buys: "a token's experts may come from anywhere" }),
          ];
        },
      })];
    }),
};
