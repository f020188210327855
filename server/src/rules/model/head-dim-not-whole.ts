import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleAttention } from "../examples";
import { nearestDivisors } from "../numbers";
import { blocksOf, isWrittenHere, knowsKeys, numberOf, placeOfKey, type Rule } from "../rule";

const headDimNotWhole = defineDiagnostic<{ hidden_size: number; heads: number }>({
  code: "DSCO3013", severity: "error", title: "A head width that is not whole",
  message: ({ hidden_size, heads }) =>
    `\`head_dim\` is not written, and \`hidden_size / heads\` = ${formatGrouped(hidden_size)} / ${formatGrouped(heads)} = ${formatGrouped(Number((hidden_size / heads).toFixed(3)))} is not whole`,
  explanation:
    "`head_dim` is `hidden_size / heads` unless written. Where that is no whole number, the width must be written: some models have heads that are wider or narrower than the quotient.",
  source: "Hugging Face transformers: head_dim defaults to hidden_size / num_attention_heads",
  example: exampleAttention("mha", "heads = 6"),
});

/** The widths that attention kernels are written for, next to a quotient. */
const usualWidths = [64, 96, 128, 192, 256];

const nearestWidth = (quotient: number): number =>
  usualWidths.reduce((best, width) => (Math.abs(width - quotient) < Math.abs(best - quotient) ? width : best));

export const headDimNotWholeRule: Rule = {
  on: ["model"],
  entries: [headDimNotWhole.entry],
  check: (subject) => {
    const hiddenSize = numberOf(subject, subject.declaration.block, "hidden_size");
    if (hiddenSize === undefined) return [];
    return blocksOf(subject, "attention", ["mha", "mqa", "gqa"]).flatMap((block) => {
      const heads = numberOf(subject, block, "heads");
      if (heads === undefined || block.properties.has("head_dim") || hiddenSize % heads === 0 || !knowsKeys(subject, block)) return [];
      const headsHere = isWrittenHere(block, "heads") || !isWrittenHere(subject.declaration.block, "hidden_size");
      const place = headsHere ? placeOfKey(subject, block, "heads") : placeOfKey(subject, subject.declaration.block, "hidden_size");
      return headDimNotWhole.at(place, { hidden_size: hiddenSize, heads }, {
        fixes: () => [
          ...setKeyFix(subject, block, "head_dim", nearestWidth(hiddenSize / heads), { shows: ["total_params"], otherwise: "a width that attention kernels are written for" }),
          ...nearestDivisors(hiddenSize, heads).flatMap((divisor) =>
            setKeyFix(subject, block, "heads", divisor, { buys: `heads of width ${formatGrouped(hiddenSize / divisor)}`, shows: ["total_params"] }),
          ),
        ],
      });
    });
  },
};
