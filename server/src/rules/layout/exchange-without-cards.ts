import { defineDiagnostic } from "../../core";
import { domainOf, groupsOf, moeBlocksOf, type Layout } from "../../cost/plan/layout";
import type { PlanRecord } from "../../cost/plan/record";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { placeIn, setIn } from "./plan";
import { soundPlanRule } from "./sound";

const exchangeWithoutCards = defineDiagnostic<{ degree: Degree; size: number; domain: number; missing: "nic" | "nics_per_node" }>({
  code: "DSCO5151", severity: "warning", title: "Exchanges between nodes, and no network cards",
  message: ({ degree, size, domain, missing }) =>
    `the ${formatGrouped(size)} GPUs of \`${degree}\` exchange data and ` +
    (domain === 1 ? "share no scale-up link" : `stand in several scale-up domains of ${formatGrouped(domain)}`) + `; the hardware has no \`${missing}\`: how long that takes is not computed`,
  explanation:
    "GPUs of one scale-up domain (a node, or an NVL72 rack) exchange data over its link, those of several over the network cards of their nodes. `nic` names the card, `nics_per_node` how many of them a node has. Without both a plan whose groups span domains has its memory, and no time.",
  source: "Insights into DeepSeek-V3, arXiv:2505.09343, section 4",
  example: examplePlan({ layout: "ep = 16", model: "moe", workload: "prefill" }).replace("ConnectX7, ", "").replace(", nic = ConnectX7, nics_per_node = 8", ""),
});

const degrees = ["tp", "cp", "ep", "pp", "dp"] as const;
type Degree = (typeof degrees)[number];

/** The first degree whose groups exchange data between scale-up domains, and how many GPUs one of them has. */
function spreadDegree({ model, hardware, workload }: PlanRecord, layout: Layout): { readonly degree: Degree; readonly size: number } | undefined {
  const groups = groupsOf(layout, hardware);
  const isUsed: Readonly<Record<Degree, boolean>> = { tp: true, cp: true, ep: moeBlocksOf({ model }).length > 0, pp: true, dp: workload.phase === "training" };
  const degree = degrees.find((key) => isUsed[key] && groups[key].size > groups[key].per_domain);
  return degree && { degree, size: groups[degree].size };
}

export const exchangeWithoutCardsRule = soundPlanRule([exchangeWithoutCards.entry], (plan, layout) => {
  const { hardware } = plan.record;
  const missing = hardware.nic === undefined ? "nic" : hardware.nics_per_node === undefined ? "nics_per_node" : undefined;
  const spread = missing && spreadDegree(plan.record, layout);
  if (!spread) return [];
  return [exchangeWithoutCards.at(placeIn(plan, { path: "hardware", keys: missing === "nic" ? ["nodes"] : ["nic"] }), { ...spread, domain: domainOf(hardware), missing }, {
    fixes: () => (missing === "nic" ? [] : setIn(plan, "hardware", "nics_per_node", hardware.gpus_per_node, { shows: ["scale_up_to_scale_out_ratio"], otherwise: "a card for each GPU" })),
  })];
});
