import { defineDiagnostic, type FixCandidate } from "../../core";
import { moeBlocksOf } from "../../cost/plan/layout";
import { removeKeysFix } from "../edits";
import { examplePlan } from "../examples";
import { isHere, placeIn, planRule, setIn, subjectOf, type PlanSubject } from "./plan";

const expertsOfDenseModel = defineDiagnostic<{ key: string; model: string }>({
  code: "DSCO7032", severity: "information", title: "Expert parallelism of a model without experts",
  message: ({ key, model }) => `\`${key}\` changes nothing: \`${model}\` has no \`ffn moe\` block`,
  explanation: "`ep`, `etp`, `redundant_experts` and the `imbalance` of a workload say how routed experts are laid out and loaded. A dense model has none.",
  example: examplePlan({ layout: "ep = 8" }),
});

interface Unread {
  readonly path: "parallelism" | "workload";
  readonly key: string;
  readonly isUsed: (plan: PlanSubject) => boolean;
  readonly neutral: number;
}

const expertKeys: readonly Unread[] = [
  { path: "parallelism", key: "ep", isUsed: ({ record }) => record.parallelism.ep !== 1 && record.parallelism.ep !== "auto", neutral: 1 },
  { path: "parallelism", key: "etp", isUsed: ({ record }) => record.parallelism.etp !== 1 && record.parallelism.etp !== "auto", neutral: 1 },
  { path: "parallelism", key: "redundant_experts", isUsed: ({ record }) => record.parallelism.redundant_experts > 0, neutral: 0 },
  { path: "workload", key: "imbalance", isUsed: ({ record }) => record.workload.imbalance !== 1, neutral: 1 },
];

export const expertsOfDenseModelRule = planRule([expertsOfDenseModel.entry], (plan) => {
  if (plan.record.model.ffn.length === 0 || moeBlocksOf(plan.record).length > 0) return [];
  return expertKeys.filter(({ isUsed }) => isUsed(plan)).map((unread) => {
    const place = placeIn(plan, { path: unread.path, keys: [unread.key] });
    return expertsOfDenseModel.at(place, { key: unread.key, model: plan.declarations.model.name }, { fixes: () => fixes(plan, unread) });
  });
});

function fixes(plan: PlanSubject, { path, key, neutral }: Unread): readonly FixCandidate[] {
  const block = plan.blocks.get(path);
  const words = { buys: "no figure changes" };
  const removed = block && isHere(plan, path) ? removeKeysFix(subjectOf(plan, path), block, [key], words) : [];
  return removed.length > 0 ? removed : setIn(plan, path, key, neutral, words);
}
