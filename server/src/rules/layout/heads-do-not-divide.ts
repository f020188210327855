import { defineDiagnostic } from "../../core";
import { isCached } from "../../cost/model/attention";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { headsDivide } from "./conditions";
import { degreeFixes, type Buys } from "./nearest";
import { placeIn, planRule } from "./plan";

const headsDoNotDivide = defineDiagnostic<{ heads: number; key: "heads" | "kv_heads"; tp: number }>({
  code: "DSCO5140", severity: "error", title: "Attention heads that tensor parallelism does not share out",
  message: ({ heads, key, tp }) =>
    key === "heads"
      ? `${formatGrouped(heads)} \`heads\` cannot be shared out evenly over \`tp\` = ${formatGrouped(tp)} GPUs`
      : `${formatGrouped(heads)} \`kv_heads\` and \`tp\` = ${formatGrouped(tp)}: neither divides the other, so that the GPUs cannot have equally many`,
  explanation:
    "Tensor parallelism gives each GPU of a group whole attention heads, equally many: `tp` divides `heads`. Heads of keys and values are shared out too, or, where there are fewer than GPUs, each stands on equally many of them.",
  source: "Megatron-LM, arXiv:1909.08053, section 3; vLLM, QKVParallelLinear, for replicated key and value heads",
  example: examplePlan({ layout: "tp = 8" }).replace("heads = 16, kv_heads = 8", "heads = 12, kv_heads = 4"),
});

export const headsDoNotDivideRule = planRule([headsDoNotDivide.entry], (plan) => {
  const { record, evaluation } = plan;
  const { tp } = evaluation.layout();
  const block = record.model.attention.filter(isCached).find((candidate) => !headsDivide(candidate, tp));
  if (!block) return [];
  const isHeads = block.heads % tp !== 0 || block.kind === "mla";
  const values = isHeads ? { heads: block.heads, key: "heads" as const, tp } : { heads: block.kv_heads, key: "kv_heads" as const, tp };
  const { heads } = block;
  const buys: Buys = (layout) => `${formatGrouped(heads / layout.tp)} of ${formatGrouped(heads)} heads on each GPU`;
  return [headsDoNotDivide.at(placeIn(plan, { path: "parallelism", keys: ["tp"] }), values, { fixes: () => degreeFixes(plan, "tp", tp, buys) })];
});
