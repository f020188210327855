import { defineDiagnostic, type BoundBlock, type Diagnostic, type FixCandidate } from "../../core";
import { formatGrouped } from "../../units";
import { candidate, removeKeysFix, setKeyFix } from "../edits";
import { exampleAttention } from "../examples";
import { nearestDivisors, nearestMultiples } from "../numbers";
import { blocksOf, numberOf, ownKey, placeOfKey, type Rule, type RuleSubject } from "../rule";

const gqaPaper = "GQA: Training Generalized Multi-Query Transformer Models, arXiv:2305.13245, section 2.2";

const kvHeadsDivide = defineDiagnostic<{ heads: number; kv_heads: number }>({
  code: "DSCO3010", severity: "error", title: "Query heads that do not divide among the key and value heads",
  message: ({ heads, kv_heads }) => `${formatGrouped(heads)} \`heads\` cannot be divided among ${formatGrouped(kv_heads)} \`kv_heads\``,
  explanation: "Grouped-query attention gives every key and value head the same number of query heads, so `kv_heads` divides `heads`.",
  source: gqaPaper,
  example: exampleAttention("gqa", "heads = 16, kv_heads = 6"),
});

const kvHeadsOverHeads = defineDiagnostic<{ heads: number; kv_heads: number }>({
  code: "DSCO3011", severity: "error", title: "More key and value heads than query heads",
  message: ({ heads, kv_heads }) => `${formatGrouped(kv_heads)} \`kv_heads\` are more than the ${formatGrouped(heads)} \`heads\` that share them`,
  explanation: "A key and value head serves one query head or more: there can be at most as many as `heads`.",
  source: gqaPaper,
  example: exampleAttention("gqa", "heads = 8, kv_heads = 16"),
});

const kindAndKvHeads = defineDiagnostic<{ kind: string; heads: number; kv_heads: number }>({
  code: "DSCO3012", severity: "error", title: "A kind of attention that its key and value heads contradict",
  message: ({ kind, heads, kv_heads }) =>
    kind === "mha"
      ? `\`mha\` has as many \`kv_heads\` as \`heads\`: found ${formatGrouped(kv_heads)} for ${formatGrouped(heads)}`
      : `\`mqa\` has one key and value head: found ${formatGrouped(kv_heads)}`,
  explanation:
    "The kind says how many key and value heads there are: in `mha` one a query head, in `mqa` one for all, in `gqa` what `kv_heads` says. Leave `kv_heads` out, or write `gqa`.",
  source: gqaPaper,
  example: exampleAttention("mha", "heads = 16, kv_heads = 4"),
});

const kvHeadsKeys = ["kv_heads", "heads"] as const;
const shows = ["kv_bytes_per_token", "total_params"];

/** Writes another kind, where the block's header stands in this declaration. */
function kindFix({ declaration }: RuleSubject, block: BoundBlock, kind: string): readonly FixCandidate[] {
  if (!block.own || block.file.uri !== declaration.file.uri || block.node.kind !== "block" || !block.node.variant) return [];
  const { start, end } = block.node.variant;
  return [candidate(`Write \`attention ${kind}\``, [{ start, end, newText: kind }], { shows, otherwise: "the same key and value heads, under their name", preferred: true })];
}

function checkGrouped(subject: RuleSubject, block: BoundBlock, heads: number, kvHeads: number): readonly Diagnostic[] {
  const place = placeOfKey(subject, block, ownKey(block, kvHeadsKeys));
  const set = (key: "heads" | "kv_heads", values: readonly number[]) => values.flatMap((value) => {
    const shared = key === "heads" ? value / kvHeads : heads / value;
    return setKeyFix(subject, block, key, value, { shows, otherwise: `${formatGrouped(shared)} query ${shared === 1 ? "head" : "heads"} a key and value head` });
  });
  if (kvHeads > heads) {
    return [kvHeadsOverHeads.at(place, { heads, kv_heads: kvHeads }, {
      fixes: () => [...set("kv_heads", [heads, ...nearestDivisors(heads, heads)]), ...set("heads", [kvHeads])],
    })];
  }
  if (heads % kvHeads === 0) return [];
  return [kvHeadsDivide.at(place, { heads, kv_heads: kvHeads }, {
    fixes: () => [...set("kv_heads", nearestDivisors(heads, kvHeads)), ...set("heads", nearestMultiples(kvHeads, heads))],
  })];
}

function check(subject: RuleSubject): readonly Diagnostic[] {
  return blocksOf(subject, "attention", ["mha", "mqa", "gqa"]).flatMap((block) => {
    const heads = numberOf(subject, block, "heads");
    const kvHeads = numberOf(subject, block, "kv_heads");
    if (heads === undefined || kvHeads === undefined) return [];
    const kind = block.variant ?? "";
    if (kind === "gqa") return checkGrouped(subject, block, heads, kvHeads);
    if (kvHeads === (kind === "mha" ? heads : 1)) return [];
    return [kindAndKvHeads.at(placeOfKey(subject, block, ownKey(block, kvHeadsKeys)), { kind, heads, kv_heads: kvHeads }, {
      fixes: () => [
        ...(kind === "mha" && kvHeads === 1 ? kindFix(subject, block, "mqa") : kindFix(subject, block, "gqa")),
        ...removeKeysFix(subject, block, ["kv_heads"], { shows, otherwise: `as many as \`${kind}\` has` }),
      ],
    })];
  });
}

export const kvHeadsRule: Rule = { on: ["model"], entries: [kvHeadsDivide.entry, kvHeadsOverHeads.entry, kindAndKvHeads.entry], check };
