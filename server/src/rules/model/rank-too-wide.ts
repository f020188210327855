import { defineDiagnostic, type BoundBlock, type Diagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { removeKeysFix, setKeyFix } from "../edits";
import { exampleAttention } from "../examples";
import { blocksOf, numberOf, placeOfKey, type Rule, type RuleSubject } from "../rule";

const rankTooWide = defineDiagnostic<{ key: string; rank: number; what: string; width: number }>({
  code: "DSCO3015", severity: "warning", title: "A low rank that compresses nothing",
  message: ({ key, rank, what, width }) => `\`${key}\` = ${formatGrouped(rank)} is wider than ${what} (${formatGrouped(width)}): it compresses nothing`,
  explanation:
    "Multi-head latent attention projects the hidden state down to a rank and up again to the heads. A rank wider than what goes in, or than what comes out, costs more weights than one direct projection, and a latent wider than keys and values takes more cache than they would. DeepSeek-V2 sets `kv_lora_rank` to 4 times the head width and `q_lora_rank` to 12 times.",
  source: "DeepSeek-V2, arXiv:2405.04434, sections 2.1.2, 2.1.3 and 3.1.2",
  example: exampleAttention("mla", "heads = 4, kv_lora_rank = 512, qk_nope_head_dim = 8, qk_rope_head_dim = 8, v_head_dim = 16"),
});

interface Side {
  readonly key: "q_lora_rank" | "kv_lora_rank";
  readonly what: string;
  /** Width of what comes out of the rank, over all heads. */
  readonly out: number | undefined;
}

function checkBlock(subject: RuleSubject, block: BoundBlock, hiddenSize: number): readonly Diagnostic[] {
  const of = (key: string) => numberOf(subject, block, key) ?? Number.NaN;
  const [heads, nope] = [of("heads"), of("qk_nope_head_dim")];
  const sides: readonly Side[] = [
    { key: "q_lora_rank", what: "the queries of all heads", out: heads * (nope + of("qk_rope_head_dim")) },
    { key: "kv_lora_rank", what: "the keys and values of all heads", out: heads * (nope + of("v_head_dim")) },
  ];
  return sides.flatMap(({ key, what, out }) => {
    const rank = numberOf(subject, block, key);
    if (rank === undefined || out === undefined) return [];
    const narrowest = out < hiddenSize ? { what, width: out } : { what: "the hidden state", width: hiddenSize };
    if (!(rank > narrowest.width)) return [];
    const usual = (key === "q_lora_rank" ? 12 : 4) * nope;
    return [rankTooWide.at(placeOfKey(subject, block, key), { key, rank, ...narrowest }, {
      fixes: () => [
        ...(key === "q_lora_rank" ? removeKeysFix(subject, block, [key], { buys: "queries are not compressed", shows: ["total_params"] }) : []),
        ...(usual < narrowest.width ? setKeyFix(subject, block, key, usual, { buys: `${usual / nope} times the head width, as in DeepSeek-V2`, shows: [key === "q_lora_rank" ? "total_params" : "kv_bytes_per_token"] }) : []),
      ],
    })];
  });
}

export const rankTooWideRule: Rule = {
  on: ["model"],
  entries: [rankTooWide.entry],
  check: (subject) => {
    const hiddenSize = numberOf(subject, subject.declaration.block, "hidden_size");
    return hiddenSize === undefined ? [] : blocksOf(subject, "attention", ["mla"]).flatMap((block) => checkBlock(subject, block, hiddenSize));
  },
};
