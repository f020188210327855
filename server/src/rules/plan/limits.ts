/** Limits of routing over the scale-up domains that expert parallelism stands in, and what each of them costs. */

import { domainsOf } from "../../cost/communication/collectives";
import { kernelsOf, mostDomains, routingCost, type RoutingCost } from "../../cost/communication/expert-parallel";
import type { MoeFfnRecord } from "../../cost/model/record";
import { batchOf } from "../../cost/serving/batch";
import { exchangedTokens } from "../../cost/serving/limit";
import { formatGrouped } from "../../units";
import type { PlanSubject } from "../layout/plan";
import { withLimit, type Change } from "./changes";

/** The routing of one `ffn moe` block over several domains, by normal kernels: a limit changes no copy that goes straight to its GPU. */
export interface SpreadRouting {
  /** Place in `model.ffn`. */
  readonly index: number;
  readonly block: MoeFfnRecord;
  readonly domains: number;
  readonly cost: RoutingCost;
}

/** Tokens of a micro-batch that one GPU sends to the experts of a layer. */
function tokensOf({ record: { workload, parallelism }, evaluation }: PlanSubject): number {
  const layout = evaluation.layout;
  if (workload.phase !== "training") return exchangedTokens(evaluation, batchOf(evaluation.plan, layout));
  return (parallelism.micro_batch_size * (workload.sequence_length ?? Number.NaN)) / layout.cp / layout.tp;
}

/** Throws `Unavailable` where a link has no rate. */
export function spreadRouting(plan: PlanSubject): readonly SpreadRouting[] {
  const { record, evaluation } = plan;
  const groups = evaluation.groups;
  const domains = domainsOf(groups.ep);
  if (domains === 1 || kernelsOf(record) === "low_latency") return [];
  const tokens = tokensOf(plan);
  return record.model.ffn.flatMap((block, index) => {
    const cost = block.kind === "moe" ? routingCost(record, groups, block, tokens) : undefined;
    return block.kind === "moe" && cost ? [{ index, block, domains, cost }] : [];
  });
}

export interface Limit extends Change {
  readonly groups: number;
  readonly limit: number;
  readonly most: number;
  readonly cost: RoutingCost;
}

/** Groups that lie whole on the domains, as the model has them or as few as there are domains. */
function groupsFor({ block, domains }: SpreadRouting): number | undefined {
  const { groups, routed_experts } = block;
  if (groups !== undefined && groups > 1 && (groups % domains === 0 || domains % groups === 0)) return groups;
  return [domains, 2 * domains, domains / 2].find((count) => Number.isInteger(count) && count > 1 && count < routed_experts && routed_experts % count === 0);
}

/** Every limit that supplies the experts and takes a token to fewer domains than now, the largest first. */
export function limitsOf(plan: PlanSubject, spread: SpreadRouting): readonly Limit[] {
  const { record, evaluation } = plan;
  const { index, block, domains, cost } = spread;
  const groups = groupsFor(spread);
  if (groups === undefined) return [];
  const tokens = tokensOf(plan);
  const found: Limit[] = [];
  for (let limit = groups - 1; limit >= 1 && (block.routed_experts / groups) * limit >= block.top_k; limit -= 1) {
    const most = mostDomains({ ...block, groups, group_limit: limit }, domains);
    const limited = most < cost.most_domains ? routingCost(record, evaluation.groups, block, tokens, { groups, group_limit: limit }) : undefined;
    if (!limited || found.at(-1)?.most === most) continue;
    const values = block.groups === groups ? { group_limit: limit } : { groups, group_limit: limit };
    found.push({
      lever: "group_limit", mildestFirst: true, path: `model.ffn[${index}]`, values, record: withLimit(record, index, groups, limit),
      title: `Limit routing to ${formatGrouped(limit)} ${limit === 1 ? "group" : "groups"}`, groups, limit, most, cost: limited,
    });
  }
  return found;
}

/** The limits of every block, as changes of the plan. */
export const groupLimits = (plan: PlanSubject): readonly Change[] => spreadRouting(plan).flatMap((spread) => limitsOf(plan, spread));

