import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleAttention } from "../examples";
import { blocksOf, numberOf, placeOfKey, type Rule } from "../rule";

const oddRotaryWidth = defineDiagnostic<{ key: string; width: number }>({
  code: "DSCO3014", severity: "warning", title: "An odd width under a rotary embedding",
  message: ({ key, width }) => `\`${key}\` = ${formatGrouped(width)} is odd: a rotary embedding turns pairs of elements`,
  explanation:
    "Rotary position embedding turns the elements of a query or key head in pairs, so the width it works on is even. It is a warning, not an error, because a model may use another position embedding.",
  source: "RoFormer, arXiv:2104.09864, section 3.2.2",
  example: exampleAttention("mla", "heads = 4, kv_lora_rank = 32, qk_nope_head_dim = 16, qk_rope_head_dim = 7, v_head_dim = 16"),
});

export const oddRotaryWidthRule: Rule = {
  on: ["model"],
  entries: [oddRotaryWidth.entry],
  check: (subject) =>
    blocksOf(subject, "attention").flatMap((block) => {
      const key = block.variant === "mla" ? "qk_rope_head_dim" : "head_dim";
      const width = numberOf(subject, block, key);
      if (width === undefined || width % 2 === 0) return [];
      return oddRotaryWidth.at(placeOfKey(subject, block, key), { key, width }, {
        fixes: () => [width - 1, width + 1].filter((even) => even > 0).flatMap((even) => setKeyFix(subject, block, key, even, { shows: ["kv_bytes_per_token"], otherwise: "whole pairs" })),
      });
    }),
};
