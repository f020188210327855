import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleExperts } from "../examples";
import { blocksOf, numberOf, ownKey, placeOfKey, type Rule } from "../rule";

const topKOverExperts = defineDiagnostic<{ top_k: number; routed_experts: number }>({
  code: "DSCO3020", severity: "error", title: "More chosen experts than there are",
  message: ({ top_k, routed_experts }) => `\`top_k\` = ${formatGrouped(top_k)} is more than the ${formatGrouped(routed_experts)} \`routed_experts\``,
  explanation: "A token is sent to `top_k` different routed experts. Shared experts are not counted: every token passes them.",
  source: "DeepSeekMoE, arXiv:2401.06066, section 3",
  example: exampleExperts("routed_experts = 8, top_k = 16"),
});

/** How many experts published models choose, where there are at least four times as many; the largest first. */
const usualChoices = [8, 6, 4, 2];

const choiceText = (chosen: number, experts: number): string => `${formatGrouped(chosen)} of ${formatGrouped(experts)} experts a token`;

export const topKOverExpertsRule: Rule = {
  on: ["model"],
  entries: [topKOverExperts.entry],
  check: (subject) =>
    blocksOf(subject, "ffn", ["moe"]).flatMap((block) => {
      const topK = numberOf(subject, block, "top_k");
      const experts = numberOf(subject, block, "routed_experts");
      if (topK === undefined || experts === undefined || topK <= experts) return [];
      return topKOverExperts.at(placeOfKey(subject, block, ownKey(block, ["top_k", "routed_experts"])), { top_k: topK, routed_experts: experts }, {
        fixes: () => {
          const fewer = usualChoices.find((choice) => choice * 4 <= experts) ?? 1;
          const more = 4 * 2 ** Math.ceil(Math.log2(topK));
          return [
            ...setKeyFix(subject, block, "top_k", fewer, { buys: choiceText(fewer, experts), shows: ["active_params"] }),
            ...setKeyFix(subject, block, "routed_experts", more, { buys: choiceText(topK, more), shows: ["total_params"] }),
          ];
        },
      });
    }),
};
