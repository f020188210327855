import { defineDiagnostic, type BoundBlock } from "../../core";
import { dimensions, formatQuantity } from "../../units";
import { removeKeysFix } from "../edits";
import { blocksOf, numberOf, ownKey, placeOfKey, type Rule, type RuleSubject } from "../rule";

const effectiveOverLine = defineDiagnostic<{ line: string; effective: number; rate: number }>({
  code: "DSCO4007", severity: "warning", title: "A link that achieves more than its line rate",
  message: ({ line, effective, rate }) =>
    `\`effective_bandwidth\` is ${formatQuantity(effective, dimensions.byteRate)}, more than the \`${line}\` of ${formatQuantity(rate, dimensions.byteRate)}: exchanges are counted at the line rate`,
  explanation:
    "`rate` and `bandwidth` are what a link carries at most, in one direction; `effective_bandwidth` is what exchanges reach of it, 40 of 50 GB/s over a ConnectX-7 and 160 of 200 GB/s over the H800's NVLink. A greater one is often a figure of both directions together, bytes for bits (400 Gbps are 50 GB/s), or what a collective reports as the rate of its buffers (algorithm or bus bandwidth).",
  source: "Insights into DeepSeek-V3, arXiv:2505.09343, section 4.2; NVIDIA/nccl-tests, doc/PERFORMANCE.md",
  example: "nic Card {\n  rate                = 400 Gbps\n  effective_bandwidth = 60 GB/s\n}\n",
});

/** The block of a link and the key of its line rate. */
function linkOf(subject: RuleSubject): { readonly block: BoundBlock | undefined; readonly line: "rate" | "bandwidth" } {
  return subject.declaration.keyword === "nic" ? { block: subject.declaration.block, line: "rate" } : { block: blocksOf(subject, "scale_up")[0], line: "bandwidth" };
}

export const effectiveOverLineRule: Rule = {
  on: ["gpu", "nic"],
  entries: [effectiveOverLine.entry],
  check: (subject) => {
    const { block, line } = linkOf(subject);
    const rate = block && numberOf(subject, block, line);
    const effective = block && numberOf(subject, block, "effective_bandwidth");
    if (!block || rate === undefined || effective === undefined || effective <= rate) return [];
    return [effectiveOverLine.at(placeOfKey(subject, block, ownKey(block, ["effective_bandwidth", line])), { line, effective, rate }, {
      fixes: () => removeKeysFix(subject, block, ["effective_bandwidth"], { buys: "what is known of such links counts in its place" }),
    })];
  },
};
