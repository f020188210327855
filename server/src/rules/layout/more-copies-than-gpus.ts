import { defineDiagnostic } from "../../core";
import { moeBlocksOf } from "../../cost/plan/layout";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { heldExperts, withChanges } from "./conditions";
import { setLegal, type Buys } from "./nearest";
import { placeIn } from "./plan";
import { soundPlanRule } from "./sound";

const moreCopiesThanGpus = defineDiagnostic<{ redundant: number; routed: number; ep: number }>({
  code: "DSCO5105", severity: "warning", title: "More copies of experts than GPUs to hold them",
  message: ({ redundant, routed, ep }) =>
    ep === 1
      ? `${formatGrouped(redundant)} \`redundant_experts\` spread no load: with \`ep\` = 1 each GPU holds all ${formatGrouped(routed)} experts already`
      : `with ${formatGrouped(redundant)} \`redundant_experts\` each of \`ep\` = ${formatGrouped(ep)} GPUs holds more than the ${formatGrouped(routed)} experts that exist`,
  explanation:
    "A redundant expert is a second copy of a busy one on another GPU, so that two share its tokens. A copy beside its original shares nothing: at most (ep - 1) x `routed_experts` copies are of use.",
  source: "DeepSeek-V3 technical report, arXiv:2412.19437, section 3.4.1",
  example: examplePlan({ layout: "redundant_experts = 8", model: "moe", workload: "decode" }),
});

export const moreCopiesThanGpusRule = soundPlanRule([moreCopiesThanGpus.entry], (plan, layout) => {
  const { record } = plan;
  const { ep } = layout;
  const { redundant_experts: redundant } = record.parallelism;
  const block = moeBlocksOf(record).find(({ routed_experts }) => heldExperts(routed_experts, record.parallelism) > ep * routed_experts);
  if (!block || record.workload.phase === "training") return [];
  const { routed_experts: routed } = block;
  const buys: Buys = (_, { parallelism }) => (parallelism.redundant_experts === 0 ? "no copies" : "every expert on every GPU");
  return [moreCopiesThanGpus.at(placeIn(plan, { path: "parallelism", keys: ["redundant_experts", "ep"] }), { redundant, routed, ep }, { fixes: () => {
    const most = (ep - 1) * routed;
    return setLegal(plan, "parallelism", "redundant_experts", most, withChanges(record, { parallelism: { redundant_experts: most } }), buys);
  } })];
});
