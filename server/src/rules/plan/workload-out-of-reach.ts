import { defineDiagnostic, type Diagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { loadIsPossible } from "../layout/conditions";
import { placeIn, planRule, setIn, type PlanSubject } from "../layout/plan";

const overContext = defineDiagnostic<{ key: string; length: number; most: number }>({
  code: "DSCO5401", severity: "warning", title: "Sequences longer than the model's context",
  message: ({ key, length, most }) => `\`${key}\` = ${formatGrouped(length)} is more than the \`max_context\` of the model, ${formatGrouped(most)}`,
  explanation: "The positions of a model reach as far as it was trained for. Costs are computed all the same: they say what a longer context would take.",
  example: examplePlan({ layout: "tp = 2", lines: ["max_context = 2048"] }),
});

const lessThanAStep = defineDiagnostic<{ tokens: number; step: number }>({
  code: "DSCO5402", severity: "warning", title: "A training of less than one step",
  message: ({ tokens, step }) => `\`tokens\` = ${formatGrouped(tokens)} is less than one step of ${formatGrouped(step)} tokens: a magnitude may be missing (\`${formatGrouped(tokens)}B\`, \`${formatGrouped(tokens)}T\`)`,
  explanation: "`tokens` are those of the whole training; a step has global_batch_size x sequence_length of them.",
  example: examplePlan({ layout: "tp = 2", workload: "workload Run { phase = training, sequence_length = 4096, global_batch_size = 64, tokens = 15 }" }),
});

const moreThanAll = defineDiagnostic<{ imbalance: number; ep: number }>({
  code: "DSCO5403", severity: "error", title: "More imbalance than there are GPUs",
  message: ({ imbalance, ep }) => `\`imbalance\` = ${formatGrouped(imbalance)}: the busiest of \`ep\` = ${formatGrouped(ep)} GPUs has at most ${formatGrouped(ep)} times the mean load`,
  explanation: "`imbalance` is the load of the busiest GPU over the mean. When one GPU of the group gets every token, it is the size of the group.",
  example: examplePlan({ layout: "ep = 4, tp = 1", model: "moe", workload: "workload Run { phase = decode, context_length = 4096, batch_per_gpu = 64, imbalance = 20 }" }),
});

const lengths = { training: "sequence_length", prefill: "prompt_length", decode: "context_length" } as const;

export const workloadOutOfReachRule = planRule([overContext.entry, lessThanAStep.entry, moreThanAll.entry], (plan) =>
  [...longerThanContext(plan), ...shorterThanAStep(plan), ...busierThanAll(plan)]);

function longerThanContext(plan: PlanSubject): readonly Diagnostic[] {
  const { model: { max_context }, workload } = plan.record;
  const key = lengths[workload.phase];
  const length = workload[key];
  if (length === undefined || max_context === undefined || length <= max_context) return [];
  return [overContext.at(placeIn(plan, { path: "workload", keys: [key] }), { key, length, most: max_context }, {
    fixes: () => setIn(plan, "workload", key, max_context, { buys: "as long as the model goes" }),
  })];
}

function shorterThanAStep(plan: PlanSubject): readonly Diagnostic[] {
  const { tokens, global_batch_size, sequence_length, phase } = plan.record.workload;
  if (phase !== "training" || tokens === undefined || global_batch_size === undefined || sequence_length === undefined) return [];
  const step = global_batch_size * sequence_length;
  return tokens >= step ? [] : [lessThanAStep.at(placeIn(plan, { path: "workload", keys: ["tokens"] }), { tokens, step })];
}

function busierThanAll(plan: PlanSubject): readonly Diagnostic[] {
  const layout = plan.evaluation.layout;
  if (loadIsPossible(plan.record, layout)) return [];
  const { ep } = layout;
  const { imbalance } = plan.record.workload;
  return [moreThanAll.at(placeIn(plan, { path: "workload", keys: ["imbalance"] }), { imbalance, ep }, {
    fixes: () => setIn(plan, "workload", "imbalance", ep, { buys: "all tokens on one GPU" }),
  })];
}
