import { figureOf } from "../../analysis";
import { defineDiagnostic, type FixCandidate } from "../../core";
import { dimensions, formatGrouped, formatQuantity } from "../../units";
import { examplePlan } from "../examples";
import { placeIn, type PlanSubject } from "../layout/plan";
import { soundPlanRule } from "../layout/sound";
import { nodeLimitedRouting } from "../routing/moe";
import { fixOf } from "./changes";
import { oncePerPlan } from "./outcome";
import { limitsOf, spreadRouting, type Limit, type SpreadRouting } from "./limits";

interface Words {
  readonly spread: SpreadRouting;
  readonly ranks: number;
  readonly ratio: number;
  /** The largest limit that the links hide. */
  readonly hidden: Limit | undefined;
}

const routingOverDomains = defineDiagnostic<Words>({
  code: "DSCO5202", severity: "warning", title: "Routing over more nodes than the links hide",
  message: ({ spread: { block, domains, cost }, ranks, ratio, hidden }) => {
    const limit = block.group_limit === undefined ? "no `group_limit`" : `\`group_limit\` = ${formatGrouped(block.group_limit)}`;
    const saved = hidden && `; \`group_limit\` = ${formatGrouped(hidden.limit)} of ${formatGrouped(hidden.groups)} groups saves ${secondsText(cost.time - hidden.cost.time)} of the ${secondsText(cost.time)} of a dispatch`;
    return `\`ep\` = ${formatGrouped(ranks)} over ${formatGrouped(domains)} scale-up domains with ${limit} sends a token to as many as ${formatGrouped(cost.most_domains)} of them (${number(cost.mean_domains)} in the mean): `
      + `a scale-up link ${number(ratio)} times as fast as the cards hides about ${formatGrouped(hiddenCopies(ratio))} copies${saved ?? ""}`
      + `; both links take equally long at ${number(cost.balanced_domains)} domains`;
  },
  explanation:
    "Normal kernels send a token over the cards once to each scale-up domain (each node) that holds experts of it, and forward it there over the scale-up link. In the time that one copy takes over the cards, as many copies pass the scale-up link as it is faster: about 4 on an H800, 160 against 40 GB/s. " +
    "Where routing reaches more domains than that, dispatch and combine wait for the cards. Node-limited routing bounds them: the experts stand in `groups`, one a node, and a token may choose from `group_limit` of them. DeepSeek-V3 takes 4 of 8 groups over 8 nodes. The time is that of one layer and micro-batch. " +
    "A lower limit is faster and leaves the router less choice. Decode is not meant: its kernels send every copy straight to its GPU.",
  source: nodeLimitedRouting,
  example: examplePlan({ layout: "ep = 64", model: "moe" }).replace(", groups = 8, group_limit = 3", "").replace("nodes = 2", "nodes = 8").replace("1408", "11_264"),
});

const secondsText = (value: number): string => formatQuantity(value, dimensions.time);
const number = (value: number): string => formatGrouped(Number(value.toPrecision(2)));

/** Copies over the cards that a ratio of links hides: a share of one more copy counts as one. */
const hiddenCopies = (ratio: number): number => Math.max(1, Math.ceil(ratio - 1e-9));

function ratioOf({ subject: { workspace }, declarations: { hardware } }: PlanSubject): number | undefined {
  const figure = figureOf(workspace, hardware, "scale_up_to_scale_out_ratio");
  return figure.kind === "value" ? figure.value : undefined;
}

/** Groups that stand across domains are said first: their limit bounds no number of domains. */
const isStraddled = ({ block: { groups, group_limit }, domains }: SpreadRouting): boolean =>
  groups !== undefined && group_limit !== undefined && group_limit < groups && groups % domains !== 0 && domains % groups !== 0;

function fixes(plan: PlanSubject, { cost }: SpreadRouting, limits: readonly Limit[], hidden: Limit | undefined): readonly FixCandidate[] {
  const balanced = limits.find(({ most }) => most <= Math.max(1, Math.round(cost.balanced_domains)));
  return [...new Set([hidden, balanced])].flatMap((limit) => {
    if (!limit) return [];
    const copies = `cross-node copies ${formatGrouped(cost.most_domains)} → ${formatGrouped(limit.most)} a token (${number(cost.mean_domains)} → ${number(limit.cost.mean_domains)} in the mean)`;
    return fixOf(plan, limit, `${copies}, dispatch ${secondsText(cost.time)} → ${secondsText(limit.cost.time)}`);
  });
}

/** A routing that reaches more domains than the links hide, with the limits that would reach fewer. */
interface Excess {
  readonly spread: SpreadRouting;
  readonly ratio: number;
  readonly limits: readonly Limit[];
  /** The largest limit that the links hide. */
  readonly hidden: Limit | undefined;
}

/** Throws `Unavailable` where a link has no rate. */
export const excessesOf = oncePerPlan((plan): readonly Excess[] => {
  const ratio = ratioOf(plan);
  if (ratio === undefined) return [];
  return spreadRouting(plan).flatMap((spread) => {
    if (spread.cost.most_domains <= hiddenCopies(ratio) || isStraddled(spread)) return [];
    const limits = limitsOf(plan, spread);
    return [{ spread, ratio, limits, hidden: limits.find(({ most }) => most <= hiddenCopies(ratio)) }];
  });
});

export const routingOverDomainsRule = soundPlanRule([routingOverDomains.entry], (plan, layout) =>
  excessesOf(plan).map((excess) => {
    const { spread, ratio, limits, hidden } = excess;
    const place = placeIn(plan, { path: `model.ffn[${spread.index}]`, keys: ["group_limit", "groups"] }, { path: "parallelism", keys: ["ep"] });
    return routingOverDomains.at(place, { spread, ranks: layout.ep, ratio, hidden }, { fixes: () => fixes(plan, spread, limits, hidden) });
  }));
