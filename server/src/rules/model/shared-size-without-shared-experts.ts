import { defineDiagnostic } from "../../core";
import { removeKeysFix, setKeyFix } from "../edits";
import { exampleExperts } from "../examples";
import { blocksOf, knowsKeys, numberOf, ownKey, placeOfKey, type Rule } from "../rule";

const sharedSizeWithoutShared = defineDiagnostic<Record<never, never>>({
  code: "DSCO3021", severity: "warning", title: "A width of shared experts, and no shared experts",
  message: () => "`shared_intermediate_size` changes nothing: there are no `shared_experts`",
  explanation: "`shared_intermediate_size` is the width of one shared expert. `shared_experts` is 0 unless written.",
  example: exampleExperts("routed_experts = 8, top_k = 2, shared_intermediate_size = 64"),
});

export const sharedSizeWithoutSharedRule: Rule = {
  on: ["model"],
  entries: [sharedSizeWithoutShared.entry],
  check: (subject) =>
    blocksOf(subject, "ffn", ["moe"]).flatMap((block) => {
      if (!block.properties.has("shared_intermediate_size") || numberOf(subject, block, "shared_experts") !== 0 || !knowsKeys(subject, block)) return [];
      return sharedSizeWithoutShared.at(placeOfKey(subject, block, ownKey(block, ["shared_intermediate_size", "shared_experts"])), {}, {
        fixes: () => [
          ...setKeyFix(subject, block, "shared_experts", 1, { shows: ["total_params"], otherwise: "an expert that every token passes" }),
          ...removeKeysFix(subject, block, ["shared_intermediate_size"], { buys: "no figure changes" }),
        ],
      });
    }),
};
