import { defineDiagnostic, settledValue } from "../../core";
import { removeKeysFix } from "../edits";
import { examplePlan } from "../examples";
import { isWrittenHere, numberOf, placeOfKey, type Rule } from "../rule";

const sequenceWithoutTensor = defineDiagnostic({
  code: "DSCO7030", severity: "information", title: "Sequence parallelism without tensor parallelism",
  message: () => "`sequence_parallel` changes nothing: it shares tokens out over a tensor-parallel group, and `tp` is 1",
  explanation: "Sequence parallelism takes the operators between tensor-parallel blocks (norms, dropout, residuals) and shares their tokens out over the same GPUs. With `tp = 1` there is no such group; to share a sequence out without one, write `cp`.",
  source: "Reducing Activation Recomputation in Large Transformer Models, arXiv:2205.05198, section 4.2.2",
  example: examplePlan({ layout: "sequence_parallel = true" }),
});

export const sequenceWithoutTensorRule: Rule = {
  on: ["parallelism"],
  entries: [sequenceWithoutTensor.entry],
  check: (subject) => {
    const { block } = subject.declaration;
    if (!isWrittenHere(block, "sequence_parallel") || numberOf(subject, block, "tp") !== 1) return [];
    if (settledValue(subject.workspace, block, "sequence_parallel").plain !== "true") return [];
    return [sequenceWithoutTensor.at(placeOfKey(subject, block, "sequence_parallel"), {}, {
      unnecessary: true,
      fixes: () => removeKeysFix(subject, block, ["sequence_parallel"], { buys: "no figure changes", preferred: true }),
    })];
  },
};
