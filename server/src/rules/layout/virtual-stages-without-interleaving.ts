import { defineDiagnostic, settledValue } from "../../core";
import { formatGrouped } from "../../units";
import { removeKeysFix, setKeyFix } from "../edits";
import { examplePlan } from "../examples";
import { isWrittenHere, numberOf, ownKey, placeOfKey, type Rule } from "../rule";

const virtualStages = defineDiagnostic<{ vp: number; schedule: string }>({
  code: "DSCO5121", severity: "warning", title: "Virtual stages under a schedule that does not interleave",
  message: ({ vp, schedule }) => `\`vp\` = ${formatGrouped(vp)} changes nothing: \`${schedule}\` has no virtual stages, \`interleaved\` has`,
  explanation: "`vp` is how many pieces of the model each rank holds when the schedule interleaves them. `1f1b`, `zb1p` and `dualpipe` have one stage a rank, `dualpipev` always two.",
  source: "Efficient Large-Scale Language Model Training on GPU Clusters, arXiv:2104.04473, section 2.2.2",
  example: examplePlan({ layout: "pp = 4, vp = 2" }).replace("global_batch_size = 64", "global_batch_size = 1024"),
});

export const virtualStagesRule: Rule = {
  on: ["parallelism"],
  entries: [virtualStages.entry],
  check: (subject) => {
    const { block } = subject.declaration;
    const vp = numberOf(subject, block, "vp");
    const schedule = settledValue(subject.workspace, block, "schedule").plain;
    if (vp === undefined || vp === 1 || typeof schedule !== "string" || schedule === "interleaved") return [];
    return [virtualStages.at(placeOfKey(subject, block, ownKey(block, ["vp", "schedule"])), { vp, schedule }, {
      unnecessary: isWrittenHere(block, "vp"),
      fixes: () => [
        ...setKeyFix(subject, block, "schedule", "interleaved", { buys: `${formatGrouped(vp)} virtual stages on each rank, a bubble ${formatGrouped(vp)} times smaller than that of \`1f1b\`` }),
        ...removeKeysFix(subject, block, ["vp"], { buys: "no figure changes" }),
      ],
    })];
  },
};
