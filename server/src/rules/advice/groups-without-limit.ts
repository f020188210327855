import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { removeKeysFix, setKeyFix } from "../edits";
import { exampleExperts } from "../examples";
import { knowsKeys, placeOfKey, type Rule } from "../rule";
import { checkRouting, limitText, nodeLimitedRouting, supplyOf } from "../routing/moe";

const groupsWithoutLimit = defineDiagnostic<{ groups: number }>({
  code: "DSCO7020", severity: "information", title: "Groups of experts, and no limit",
  message: ({ groups }) => `${formatGrouped(groups)} \`groups\` without \`group_limit\` limit nothing: a token's experts may come from all of them`,
  explanation: "`groups` divides the routed experts among nodes; `group_limit` says from how many of them a token may take its experts. DeepSeek-V3 limits a token to 4 of 8 groups, DeepSeek-V2 to 3 of 8.",
  source: nodeLimitedRouting,
  example: exampleExperts("routed_experts = 64, top_k = 6, groups = 8"),
});

export const groupsWithoutLimitRule: Rule = {
  on: ["model"],
  entries: [groupsWithoutLimit.entry],
  check: (subject) =>
    checkRouting(subject, ({ block, experts, topK, groups }) => {
      if (groups === undefined || block.properties.has("group_limit") || !knowsKeys(subject, block)) return [];
      if (experts !== undefined && experts % groups !== 0) return []; // the number of groups is wrong first
      return [groupsWithoutLimit.at(placeOfKey(subject, block, "groups"), { groups }, {
        fixes: () => {
          // Half of the groups as in DeepSeek-V3, or fewer where there are not as many experts to choose.
          const limit = Math.min(Math.ceil(groups / 2), (topK ?? 0) - 1);
          const isEnough = experts !== undefined && topK !== undefined && limit >= 1 && limit < groups && supplyOf(experts, groups, limit) >= topK;
          return [
            ...(isEnough ? setKeyFix(subject, block, "group_limit", limit, { buys: limitText(experts, groups, limit) }) : []),
            ...removeKeysFix(subject, block, ["groups"], { buys: "a token's experts may come from anywhere, as now" }),
          ];
        },
      })];
    }),
};
