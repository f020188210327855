import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { exampleExperts } from "../examples";
import { blocksOf, numberOf, ownKey, placeOfKey, type Rule } from "../rule";

const everyExpertChosen = defineDiagnostic<{ experts: number }>({
  code: "DSCO7011", severity: "information", title: "Every token goes to every expert",
  message: ({ experts }) => `\`top_k\` = ${formatGrouped(experts)} sends every token to every routed expert: the router chooses nothing`,
  explanation: "With as many chosen experts as there are, a mixture of experts costs what one dense network of their joint width costs, and the router besides.",
  source: "DeepSeekMoE, arXiv:2401.06066, section 3",
  example: exampleExperts("routed_experts = 8, top_k = 8"),
});

export const everyExpertChosenRule: Rule = {
  on: ["model"],
  entries: [everyExpertChosen.entry],
  check: (subject) =>
    blocksOf(subject, "ffn", ["moe"]).flatMap((block) => {
      const experts = numberOf(subject, block, "routed_experts");
      if (experts === undefined || experts !== numberOf(subject, block, "top_k")) return [];
      return everyExpertChosen.at(placeOfKey(subject, block, ownKey(block, ["top_k", "routed_experts"])), { experts });
    }),
};
