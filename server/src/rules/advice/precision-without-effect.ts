import { defineDiagnostic } from "../../core";
import { removeKeysFix } from "../edits";
import { exampleModel } from "../examples";
import { blocksOf, isWrittenHere, knowsBlocks, placeOfKey, type Rule, type RuleSubject } from "../rule";

const precisionWithoutEffect = defineDiagnostic<{ key: string; needs: string }>({
  code: "DSCO7012", severity: "information", title: "A precision of something that the model has not",
  message: ({ key, needs }) => `\`${key}\` changes nothing: the model has no ${needs}`,
  explanation: "Some precisions belong to one part of a model: `kv_rope` to `attention mla`, `index_cache` to a `sparse` indexer, `experts`, `dispatch` and `combine` to `ffn moe`.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { intermediate_size = 256 }", "precision { kv_rope = fp8_e4m3 }"),
});

const hasSparse = (subject: RuleSubject) => blocksOf(subject, "attention").some((block) => block.blocks.some((inner) => inner.keyword === "sparse"));
const hasExperts = (subject: RuleSubject) => blocksOf(subject, "ffn", ["moe"]).length > 0;
const hasLatent = (subject: RuleSubject) => blocksOf(subject, "attention", ["mla"]).length > 0;

const owners: readonly { readonly key: string; readonly needs: string; readonly has: (subject: RuleSubject) => boolean }[] = [
  { key: "kv_rope", needs: "`attention mla` block", has: hasLatent },
  { key: "index_cache", needs: "`sparse` block", has: hasSparse },
  ...["experts", "dispatch", "combine"].map((key) => ({ key, needs: "`ffn moe` block", has: hasExperts })),
];

export const precisionWithoutEffectRule: Rule = {
  on: ["model"],
  entries: [precisionWithoutEffect.entry],
  check: (subject) => {
    const [precision] = blocksOf(subject, "precision");
    if (!precision || !knowsBlocks(subject, "attention", "ffn")) return [];
    return owners
      .filter(({ key, has }) => isWrittenHere(precision, key) && !has(subject))
      .map(({ key, needs }) =>
        precisionWithoutEffect.at(placeOfKey(subject, precision, key), { key, needs }, {
          unnecessary: true,
          fixes: () => removeKeysFix(subject, precision, [key], { buys: "no figure changes", preferred: true }),
        }),
      );
  },
};
