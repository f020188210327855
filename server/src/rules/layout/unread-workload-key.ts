import { defineDiagnostic, settledValue, type BoundBlock, type FixCandidate } from "../../core";
import { candidate, removeKeysFix } from "../edits";
import { isWrittenHere, placeOfKey, type Rule, type RuleSubject } from "../rule";

const unreadWorkloadKey = defineDiagnostic<{ key: string; phase: string; instead: string | undefined }>({
  code: "DSCO7033", severity: "information", title: "A key of the workload that its phase does not read",
  message: ({ key, phase, instead }) => `\`${key}\` changes nothing in ${phase}${instead === undefined ? "" : `: its length is \`${instead}\``}`,
  explanation:
    "Training reads `sequence_length`, `global_batch_size`, `tokens` and `checkpoint_interval`; prefill reads `prompt_length`, `batch_per_gpu` and `cache_hit_rate`; decode reads `context_length` and `batch_per_gpu`. All three read `imbalance`.",
  example: "workload Run {\n  phase          = decode\n  context_length = 4096\n  batch_per_gpu  = 64\n  cache_hit_rate = 50%\n}\n",
});

type Phase = "training" | "prefill" | "decode";

/** The keys that only some phases read. */
const readers: Readonly<Record<string, readonly Phase[]>> = {
  sequence_length: ["training"], global_batch_size: ["training"], tokens: ["training"], checkpoint_interval: ["training"],
  prompt_length: ["prefill"], cache_hit_rate: ["prefill"], context_length: ["decode"], batch_per_gpu: ["prefill", "decode"],
};

const lengths: Readonly<Record<Phase, string>> = { training: "sequence_length", prefill: "prompt_length", decode: "context_length" };

const isPhase = (value: unknown): value is Phase => typeof value === "string" && value in lengths;

export const unreadWorkloadKeyRule: Rule = {
  on: ["workload"],
  entries: [unreadWorkloadKey.entry],
  check: (subject) => {
    const { block } = subject.declaration;
    const phase = settledValue(subject.workspace, block, "phase").plain;
    if (!isPhase(phase)) return [];
    return Object.entries(readers)
      .filter(([key, phases]) => !phases.includes(phase) && isWrittenHere(block, key))
      .map(([key]) => {
        const isLength = Object.values(lengths).includes(key);
        return unreadWorkloadKey.at(placeOfKey(subject, block, key), { key, phase, instead: isLength ? lengths[phase] : undefined }, {
          unnecessary: true, fixes: () => fixes(subject, block, key, isLength ? lengths[phase] : undefined),
        });
      });
  },
};

/** A length under another phase's name is the length, where this phase has none yet. */
function fixes(subject: RuleSubject, block: BoundBlock, key: string, instead: string | undefined): readonly FixCandidate[] {
  const name = block.properties.get(key)?.node.path[0];
  const renamed = instead !== undefined && name && !block.properties.has(instead)
    ? [candidate(`Rename to \`${instead}\``, [{ start: name.start, end: name.end, newText: instead }], { buys: "the length that the phase reads", preferred: true })]
    : [];
  return [...renamed, ...removeKeysFix(subject, block, [key], { buys: "no figure changes" })];
}
