import { defineDiagnostic } from "../../core";
import type { HardwareRecord } from "../../cost/hardware/record";
import { domainOf } from "../../cost/plan/layout";
import { dimensions, formatGrouped, formatQuantity } from "../../units";
import { examplePlan } from "../examples";
import { fitsDomain } from "./conditions";
import { degreeFixes } from "./nearest";
import { placeIn } from "./plan";
import { soundPlanRule } from "./sound";

const tensorGroupOverDomain = defineDiagnostic<{ degree: "tp" | "etp"; size: number; domain: number; falls: string }>({
  code: "DSCO5150", severity: "warning", title: "A tensor-parallel group that leaves its scale-up domain",
  message: ({ degree, size, domain, falls }) =>
    size > domain
      ? `a group of \`${degree}\` = ${formatGrouped(size)} GPUs is wider than the scale-up domain of ${formatGrouped(domain)}: ${falls}`
      : `groups of \`${degree}\` = ${formatGrouped(size)} GPUs do not fill scale-up domains of ${formatGrouped(domain)}: some stand across two, where ${falls}`,
  explanation:
    "Tensor parallelism exchanges the activations of every layer several times, on the critical path. That is affordable over the scale-up link; across domains the group runs at the rate of the network cards. Keep `tp` (and `etp`) within one domain, a divisor of its GPUs, and use pipeline, expert or data parallelism across.",
  source: "Megatron-LM on GPU clusters, arXiv:2104.04473, section 3.2, takeaway 1: tensor parallelism up to the GPUs of a node; Insights into DeepSeek-V3, arXiv:2505.09343, section 4.2",
  example: examplePlan({ layout: "tp = 16" }).replace("kv_heads = 8", "kv_heads = 16"),
});

/** What the GPUs of a group have instead of the scale-up link, achieved rates where both are known. */
function fallText({ gpu: { scale_up }, nic, nics_per_node, gpus_per_node }: HardwareRecord): string {
  if (!scale_up || !nic || nics_per_node === undefined) return "part of its traffic goes over the network";
  const isAchieved = scale_up.effective_bandwidth !== undefined && nic.effective_bandwidth !== undefined;
  const [fast, card] = isAchieved ? [scale_up.effective_bandwidth ?? 0, nic.effective_bandwidth ?? 0] : [scale_up.bandwidth, nic.rate];
  const rate = (value: number) => formatQuantity(value, dimensions.byteRate);
  return `a GPU has ${rate((card * nics_per_node) / gpus_per_node)} over its network cards in place of ${rate(fast)}`;
}

export const tensorGroupOverDomainRule = soundPlanRule([tensorGroupOverDomain.entry], (plan, layout) => {
  const { hardware } = plan.record;
  const domain = domainOf(hardware);
  const degree = (["tp", "etp"] as const).find((key) => !fitsDomain(plan.record, layout[key]));
  if (degree === undefined) return [];
  const size = layout[degree];
  return [tensorGroupOverDomain.at(placeIn(plan, { path: "parallelism", keys: [degree] }), { degree, size, domain, falls: fallText(hardware) }, { fixes: () =>
    degreeFixes(plan, degree, size, (next) => (next[degree] === 1 ? "no group to exchange in" : `groups of ${formatGrouped(next[degree])} inside one domain of ${formatGrouped(domain)}`)) })];
});
