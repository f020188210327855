import { defineDiagnostic } from "../../core";
import { domainsOf } from "../../cost/communication/collectives";
import { domainOf, groupsOf, moeBlocksOf, type Layout } from "../../cost/plan/layout";
import type { HardwareRecord } from "../../cost/hardware/record";
import type { MoeFfnRecord } from "../../cost/model/record";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { degreeFixes, nearestWhole, setLegal } from "../layout/nearest";
import { placeIn } from "../layout/plan";
import { soundPlanRule } from "../layout/sound";
import { nodeLimitedRouting } from "./moe";

const groupsOverDomains = defineDiagnostic<{ groups: number; limit: number; domains: number; ranks: number }>({
  code: "DSCO5201", severity: "warning", title: "Groups of experts that do not match the nodes they lie on",
  message: ({ groups, limit, domains, ranks }) =>
    `${formatGrouped(groups)} \`groups\` lie over ${formatGrouped(domains)} scale-up domains (\`ep\` = ${formatGrouped(ranks)}): some stand across two, and \`group_limit\` = ${formatGrouped(limit)} bounds no number of nodes`,
  explanation:
    "Node-limited routing bounds the nodes that a token is sent to by bounding the groups. That holds where each node (each scale-up domain) holds whole groups, or each group whole nodes: one of the two numbers divides the other. Elsewhere a group stands across two nodes, and a token of few groups travels to more nodes than the limit says.",
  source: nodeLimitedRouting,
  example: examplePlan({ layout: "ep = 48", model: "moe" }).replace("nodes = 2", "nodes = 6").replace("routed_experts = 64", "routed_experts = 96").replace("global_batch_size = 64", "global_batch_size = 96").replace("1408", "11_264"),
});

/** Scale-up domains that the experts of one layer stand on. */
const domainsUnder = (layout: Layout, hardware: HardwareRecord): number => domainsOf(groupsOf(layout, hardware).ep);

const matches = (groups: number, domains: number): boolean => groups % domains === 0 || domains % groups === 0;

/** A block whose limit binds: only then do the groups say where tokens go. */
const isLimited = ({ groups, group_limit, top_k }: MoeFfnRecord): boolean =>
  groups !== undefined && group_limit !== undefined && group_limit < groups && group_limit < top_k;

export const groupsOverDomainsRule = soundPlanRule([groupsOverDomains.entry], (plan, layout) => {
  const { record } = plan;
  const domains = domainsUnder(layout, record.hardware);
  // Decode sends every copy to its GPU directly, whatever node that is on; groups narrower than a domain that stand across two are DSCO5150's
  if (record.workload.phase === "decode" || domains === 1 || layout.ep * layout.etp < domainOf(record.hardware)) return [];
  const index = record.model.ffn.findIndex((block) => block.kind === "moe" && isLimited(block) && !matches(block.groups ?? 1, domains));
  const block = moeBlocksOf(record).find((candidate) => candidate === record.model.ffn[index]);
  if (!block) return [];
  const { groups = 1, group_limit: limit = 1, routed_experts, top_k } = block;
  return [groupsOverDomains.at(placeIn(plan, { path: "parallelism", keys: ["ep", "etp"] }), { groups, limit, domains, ranks: layout.ep }, { fixes: () => {
    const onNodes = (next: Layout) => {
      const count = domainsUnder(next, record.hardware);
      return count >= groups ? `each group on ${formatGrouped(count / groups)} of ${formatGrouped(count)} domains` : `${formatGrouped(groups / count)} whole groups on each of ${formatGrouped(count)} domains`;
    };
    const isMatch = (ep: number) => matches(groups, domainsUnder({ ...layout, ep }, record.hardware));
    const fits = (count: number) => routed_experts % count === 0 && limit < count && (routed_experts / count) * limit >= top_k && matches(count, domains);
    return [
      ...degreeFixes(plan, "ep", layout.ep, onNodes, isMatch),
      ...nearestWhole(groups, 1, routed_experts, fits).flatMap((count) =>
        setLegal(plan, `model.ffn[${index}]`, "groups", count, record, () => `a token goes to at most ${formatGrouped(Math.min(domains, Math.ceil((limit * Math.max(domains, count)) / count)))} of ${formatGrouped(domains)} domains`)),
    ];
  } })];
});
