import { defineDiagnostic } from "../../core";
import { isCached } from "../../cost/model/attention";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { headsDivide, legalLayout, withChanges } from "./conditions";
import { setLegal } from "./nearest";
import { placeIn } from "./plan";
import { soundPlanRule } from "./sound";

const kvHeadsReplicated = defineDiagnostic<{ kvHeads: number | undefined; tp: number }>({
  code: "DSCO5141", severity: "information", title: "Key and value heads that stand on several GPUs",
  message: ({ kvHeads, tp }) =>
    kvHeads === undefined
      ? `each of \`tp\` = ${formatGrouped(tp)} GPUs holds the whole cache: the latent of \`mla\` has no heads to share out`
      : `${formatGrouped(kvHeads)} \`kv_heads\` on \`tp\` = ${formatGrouped(tp)} GPUs: each stands on ${formatGrouped(tp / kvHeads)} of them`,
  explanation:
    "Tensor parallelism shares the heads of keys and values out. Where there are fewer of them than GPUs, GPUs hold the same head, its weights and its cache: more `tp` then divides the cache no further. The latent of `mla` is one for all heads, so that each GPU holds all of it; data parallelism of the attention divides it by sequences.",
  source: "vLLM, QKVParallelLinear; DeepSeek-V3 technical report, arXiv:2412.19437, section 3.4.1 (data-parallel attention)",
  example: examplePlan({ layout: "tp = 16", workload: "decode", gpu: "GB200" }).replace("gpus_per_node = 8, nodes = 2", "gpus_per_node = 4, nodes = 4"),
});

export const kvHeadsReplicatedRule = soundPlanRule([kvHeadsReplicated.entry], (plan, layout) => {
  const { record } = plan;
  const { tp } = layout;
  const blocks = record.model.attention.filter(isCached).filter((block) => headsDivide(block, tp));
  const few = blocks.flatMap((block) => (block.kind === "mla" ? [] : [block.kv_heads])).filter((kvHeads) => kvHeads < tp);
  const isLatent = record.workload.phase === "decode" && tp > 1 && blocks.some(({ kind }) => kind === "mla");
  if (few.length === 0 && !isLatent) return [];
  const kvHeads = few.length === 0 ? undefined : Math.min(...few);
  const most = kvHeads ?? 1;
  const of = (value: number) => withChanges(record, { parallelism: { tp: value } });
  return [kvHeadsReplicated.at(placeIn(plan, { path: "parallelism", keys: ["tp"] }), { kvHeads, tp }, { fixes: () =>
    legalLayout(of(most)) ? setLegal(plan, "parallelism", "tp", most, of(most), () => (kvHeads === undefined ? "each GPU holds the cache of its own sequences" : "each head on one GPU")) : [] })];
});
