import { defineDiagnostic } from "../../core";
import { linkRates } from "../../cost/hardware/availability";
import type { HardwareRecord } from "../../cost/hardware/record";
import { domainOf, moeBlocksOf, type Layout } from "../../cost/plan/layout";
import { dimensions, formatGrouped, formatQuantity } from "../../units";
import { examplePlan } from "../examples";
import { fitsDomain } from "./conditions";
import { degreeFixes } from "./nearest";
import { placeIn, type PlanSubject } from "./plan";
import { soundPlanRule } from "./sound";

const groupOverDomain = defineDiagnostic<{ group: string; size: number; domain: number; falls: string }>({
  code: "DSCO5150", severity: "warning", title: "A group that leaves its scale-up domain",
  message: ({ group, size, domain, falls }) =>
    size > domain
      ? `a group of ${group} = ${formatGrouped(size)} GPUs is wider than the scale-up domain of ${formatGrouped(domain)}: ${falls}`
      : `groups of ${group} = ${formatGrouped(size)} GPUs do not fill scale-up domains of ${formatGrouped(domain)}: some stand across two, where ${falls}`,
  explanation:
    "Tensor parallelism exchanges the activations of every layer several times, on the critical path. That is affordable over the scale-up link; across domains the group runs at the rate of the network cards. Keep `tp` (and `etp`) within one domain, a divisor of its GPUs, and use pipeline, expert or data parallelism across. Groups of expert and context parallelism may span whole domains; narrower ones that do not divide a domain stand across two, and all others wait for those that do. The figures count that: as in a group half of which stands in either domain.",
  source: "Megatron-LM on GPU clusters, arXiv:2104.04473, section 3.2, takeaway 1: tensor parallelism up to the GPUs of a node; Insights into DeepSeek-V3, arXiv:2505.09343, section 4.2",
  example: examplePlan({ layout: "tp = 16" }).replace("kv_heads = 8", "kv_heads = 16"),
});

type GroupDegree = "tp" | "etp" | "cp" | "ep";

/** Ranks side by side that each group of a degree takes: those of context and expert parallelism hold whole groups of another. */
const within = { tp: undefined, etp: undefined, cp: "tp", ep: "etp" } as const satisfies Record<GroupDegree, GroupDegree | undefined>;

function spanOf(degree: GroupDegree, layout: Layout, value = layout[degree]): number {
  const inner = within[degree];
  return value * (inner === undefined ? 1 : layout[inner]);
}

/** Groups of the degree stand in one domain each, or, where they may span several, fill whole ones. */
function stands({ record }: PlanSubject, degree: GroupDegree, span: number): boolean {
  return fitsDomain(record, span) || (within[degree] !== undefined && span > domainOf(record.hardware));
}

/** What the GPUs of a group have instead of the scale-up link, achieved rates where both are known. */
function fallText(hardware: HardwareRecord): string {
  const { gpu: { scale_up }, nic, nics_per_node, gpus_per_node } = hardware;
  if (!scale_up || !nic || nics_per_node === undefined) return "part of its traffic goes over the network";
  const { scaleUp, scaleOut } = linkRates(hardware);
  const rate = (value: number) => formatQuantity(value, dimensions.byteRate);
  return `a GPU has ${rate((scaleOut * nics_per_node) / gpus_per_node)} over its network cards in place of ${rate(scaleUp)}`;
}

export const groupOverDomainRule = soundPlanRule([groupOverDomain.entry], (plan, layout) => {
  const { hardware } = plan.record;
  const domain = domainOf(hardware);
  const degrees: readonly GroupDegree[] = moeBlocksOf(plan.record).length === 0 ? ["tp", "etp", "cp"] : ["tp", "etp", "cp", "ep"];
  const degree = degrees.find((key) => layout[key] > 1 && !stands(plan, key, spanOf(key, layout)));
  if (degree === undefined) return [];
  const size = spanOf(degree, layout);
  const inner = within[degree];
  const group = inner === undefined || layout[inner] === 1 ? `\`${degree}\`` : `\`${degree}\` x \`${inner}\``;
  const buys = (next: Layout): string =>
    (next[degree] === 1 ? "no group to exchange in" : `groups of ${formatGrouped(spanOf(degree, next))} ${spanOf(degree, next) > domain ? "over whole domains" : "inside one domain"} of ${formatGrouped(domain)}`);
  return [groupOverDomain.at(placeIn(plan, { path: "parallelism", keys: [degree] }), { group, size, domain, falls: fallText(hardware) }, { fixes: () =>
    degreeFixes(plan, degree, layout[degree], buys, (value) => fitsDomain(plan.record, spanOf(degree, layout, value)) || spanOf(degree, layout, value) % domain === 0) })];
});
