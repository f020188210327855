import { serviceResult } from "../../analysis";
import { defineDiagnostic } from "../../core";
import { mismatchOf } from "../../cost/serving/service";
import { examplePlan } from "../examples";
import { available } from "../../cost/definition";
import { placeOfKey, type Rule } from "../rule";

const otherPlans = defineDiagnostic<{ reason: string }>({
  code: "DSCO5410", severity: "error", title: "A service whose plans serve something else",
  message: ({ reason }) => reason,
  explanation: "A service passes the prompts of its prefill plan on to its decode plan: the first must be of phase `prefill` with prompts of `input_tokens` and the service's share of cache hits, the second of phase `decode`.",
  source: "DeepSeek-V3 technical report, arXiv:2412.19437, section 3.4",
  example: `${examplePlan({ layout: "tp = 2", workload: "decode" })}\nservice Chat { prefill = Example, decode = Example, input_tokens = 4096, output_tokens = 512 }\n`,
});

const sides = ["prefill", "decode"] as const;

export const serviceOfOtherPlansRule: Rule = {
  on: ["service"],
  entries: [otherPlans.entry],
  check: (subject) => {
    const { workspace, declaration: { block } } = subject;
    const record = serviceResult(workspace, subject.declaration)?.record;
    if (!record) return [];
    return sides.flatMap((side) => {
      // a plan or a key without a value has a message of its own
      const mismatch = available(() => mismatchOf(record, side));
      return mismatch ? [otherPlans.at(placeOfKey(subject, block, block.properties.has(mismatch.key) ? mismatch.key : side), { reason: mismatch.reason })] : [];
    });
  },
};
