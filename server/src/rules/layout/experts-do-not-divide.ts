import { defineDiagnostic, type FixCandidate } from "../../core";
import { moeBlocksOf } from "../../cost/plan/layout";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { heldExperts, withChanges } from "./conditions";
import { degreeFixes, setLegal, type Buys } from "./nearest";
import { placeIn, planRule, type PlanSubject } from "./plan";

const expertsDoNotDivide = defineDiagnostic<{ routed: number; redundant: number; ep: number }>({
  code: "DSCO5104", severity: "error", title: "Experts that do not divide over the GPUs that hold them",
  message: ({ routed, redundant, ep }) =>
    `${redundant === 0 ? `${formatGrouped(routed)} \`routed_experts\`` : `${formatGrouped(routed)} routed and ${formatGrouped(redundant)} redundant experts`} cannot be shared out evenly over \`ep\` = ${formatGrouped(ep)} GPUs`,
  explanation:
    "Every GPU of an expert-parallel group holds as many experts as the others: `ep` divides `routed_experts` and `redundant_experts` together. DeepSeek-V3 prefills with 256 + 32 experts on 32 GPUs, 9 on each.",
  source: "DeepSeek-V3 technical report, arXiv:2412.19437, section 3.4; Megatron-LM: num_experts is divisible by the expert-parallel size",
  example: examplePlan({ layout: "ep = 16, redundant_experts = 8", model: "moe", workload: "decode" }),
});

function fixes(plan: PlanSubject, ep: number, routed: number): readonly FixCandidate[] {
  const { record } = plan;
  const { redundant_experts } = record.parallelism;
  const held = heldExperts(routed, record.parallelism);
  const buys: Buys = (layout, { parallelism }) => {
    const each = heldExperts(routed, parallelism) / layout.ep;
    return `${formatGrouped(each)} ${each === 1 ? "expert" : "experts"} on each of ${formatGrouped(layout.ep)} GPUs`;
  };
  const counts = [Math.floor(held / ep) * ep - routed, Math.ceil(held / ep) * ep - routed].filter((count) => count >= 0 && count !== redundant_experts);
  return [
    ...degreeFixes(plan, "ep", ep, buys),
    ...(record.workload.phase === "training" ? counts.filter((count) => count === 0) : counts).flatMap((count) =>
      setLegal(plan, "parallelism", "redundant_experts", count, withChanges(record, { parallelism: { redundant_experts: count } }), buys)),
  ];
}

export const expertsDoNotDivideRule = planRule([expertsDoNotDivide.entry], (plan) => {
  const { record, evaluation } = plan;
  const { ep } = evaluation.layout;
  const block = moeBlocksOf(record).find(({ routed_experts }) => heldExperts(routed_experts, record.parallelism) % ep !== 0);
  if (!block) return [];
  const { routed_experts: routed } = block;
  const place = placeIn(plan, { path: "parallelism", keys: ["ep", "redundant_experts"] });
  return [expertsDoNotDivide.at(place, { routed, redundant: record.parallelism.redundant_experts, ep }, { fixes: () => fixes(plan, ep, routed) })];
});
