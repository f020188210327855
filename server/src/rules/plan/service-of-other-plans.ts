import { serviceResult } from "../../analysis";
import { defineDiagnostic, settledValue, type FixCandidate } from "../../core";
import { mismatchOf, type Mismatch } from "../../cost/serving/service";
import type { ServiceRecord } from "../../cost/serving/service-record";
import { candidate, removeKeysFix, setKeyFix, writeKeys } from "../edits";
import { examplePlan } from "../examples";
import { available } from "../../cost/definition";
import { numberText } from "../../units";
import { planSubject, setAllIn } from "../layout/plan";
import { placeOfKey, type Rule, type RuleSubject } from "../rule";

const otherPlans = defineDiagnostic<{ reason: string }>({
  code: "DSCO5410", severity: "error", title: "A service whose plans serve something else",
  message: ({ reason }) => reason,
  explanation: "A service passes the prompts of its prefill plan on to its decode plan: the first must be of phase `prefill` with prompts of `input_tokens` and, where it states one, the service's share of cache hits, the second of phase `decode`.",
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
      if (!mismatch) return [];
      const place = placeOfKey(subject, block, block.properties.has(mismatch.key) ? mismatch.key : side);
      return [otherPlans.at(place, { reason: mismatch.reason }, { fixes: () => fixesOf(subject, record, mismatch) })];
    });
  },
};

/** The service made to ask for what its plans serve, or its prefill plan to serve what it asks for. */
function fixesOf(subject: RuleSubject, record: ServiceRecord, { key }: Mismatch): readonly FixCandidate[] {
  const { block } = subject.declaration;
  switch (key) {
    case "input_tokens": {
      const { prompt_length } = record.prefill.workload;
      if (prompt_length === undefined) return [];
      return [...setKeyFix(subject, block, key, prompt_length, gain), ...inPrefillPlan(subject, "prompt_length", key, record.input_tokens)];
    }
    case "cache_hit_rate": {
      const asked = record.cache_hit_rate;
      return [...removeKeysFix(subject, block, [key], gain), ...(asked === undefined ? [] : inPrefillPlan(subject, key, key, asked))];
    }
    case "prefill":
    case "decode": return swapped(subject, record);
  }
}

const gain = { shows: ["ttft"] };

/** What the service says of a key, said by the workload of the prefill plan, where that plan stands in this file. */
function inPrefillPlan({ workspace, declaration: { block, file } }: RuleSubject, key: string, from: string, value: number): readonly FixCandidate[] {
  const named = settledValue(workspace, block, "prefill").value;
  if (named?.kind !== "declaration" || named.declaration.file.uri !== file.uri) return [];
  const plan = planSubject({ workspace, declaration: named.declaration });
  const written = block.properties.get(from)?.node.value;
  const text = written?.kind === "number" ? file.source.text.slice(written.start, written.end) : numberText(value);
  return plan ? setAllIn(plan, "workload", { [key]: text }, gain, `Give the prefill plan \`${key} = ${text}\``) : [];
}

/** Each plan in the other's place, where both are of the other's phase. */
function swapped(subject: RuleSubject, { prefill, decode }: ServiceRecord): readonly FixCandidate[] {
  if (prefill.workload.phase !== "decode" || decode.workload.phase !== "prefill") return [];
  const { declaration: { block } } = subject;
  const nameOf = (side: (typeof sides)[number]): string | undefined => {
    const value = block.properties.get(side)?.node.value;
    return value?.kind === "name" ? value.parts.map(({ text }) => text).join(".") : undefined;
  };
  const [first, second] = [nameOf("prefill"), nameOf("decode")];
  const edits = first !== undefined && second !== undefined ? writeKeys(subject, block, { prefill: second, decode: first }) : undefined;
  return edits ? [candidate("Swap the two plans", edits, gain)] : [];
}
