import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { askewHeads, headsDivide, ownHeads, type Heads } from "./conditions";
import { degreeFixes, type Buys } from "./nearest";
import { placeIn, planRule } from "./plan";

const headsDoNotDivide = defineDiagnostic<{ heads: number; key: Heads["key"]; several: boolean; tp: number }>({
  code: "DSCO5140", severity: "error", title: "Attention heads that tensor parallelism does not share out",
  message: ({ heads, key, several, tp }) =>
    several
      ? `${formatGrouped(heads)} \`${key}\` and \`tp\` = ${formatGrouped(tp)}: neither divides the other, so that the GPUs cannot have equally many`
      : `${formatGrouped(heads)} \`${key}\` cannot be shared out evenly over \`tp\` = ${formatGrouped(tp)} GPUs`,
  explanation:
    "Tensor parallelism gives each GPU of a group whole attention heads, equally many: `tp` divides `heads`. Heads of keys and values are shared out too, or, where there are fewer than GPUs, each stands on equally many of them. Of linear and state-space layers the heads with a state are meant (`value_heads` of gated_delta and kda); heads of queries and keys, and groups of mamba2, may stand on several GPUs.",
  source: "Megatron-LM, arXiv:1909.08053, section 3; vLLM, QKVParallelLinear, for replicated key and value heads",
  example: examplePlan({ layout: "tp = 8" }).replace("heads = 16, kv_heads = 8", "heads = 12, kv_heads = 4"),
});

export const headsDoNotDivideRule = planRule([headsDoNotDivide.entry], (plan) => {
  const { record, evaluation } = plan;
  const { tp } = evaluation.layout;
  const block = record.model.attention.find((candidate) => !headsDivide(candidate, tp));
  const askew = block && askewHeads(block, tp);
  if (!askew) return [];
  const { heads } = ownHeads(block);
  const buys: Buys = (layout) => `${formatGrouped(heads / layout.tp)} of ${formatGrouped(heads)} heads on each GPU`;
  return [headsDoNotDivide.at(placeIn(plan, { path: "parallelism", keys: ["tp"] }), { ...askew, tp }, { fixes: () => degreeFixes(plan, "tp", tp, buys) })];
});
