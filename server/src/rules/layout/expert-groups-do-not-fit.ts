import { defineDiagnostic } from "../../core";
import { moeBlocksOf } from "../../cost/plan/layout";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { layoutText, stageRanks } from "./conditions";
import { degreeFixes, nodeFixes, type Buys } from "./nearest";
import { placeIn, planRule } from "./plan";

const expertGroupsDoNotFit = defineDiagnostic<{ size: string; ranks: string }>({
  code: "DSCO5103", severity: "error", title: "Expert parallelism that the GPUs of a stage do not divide into",
  message: ({ size, ranks }) => `${size} does not divide the GPUs of a pipeline stage, ${ranks}`,
  explanation:
    "Expert parallelism takes its ranks from the GPUs that hold the same layers: dp x cp x tp of them. Groups of ep x etp share them out, so ep x etp divides dp x cp x tp; what is left is how often each expert exists.",
  source: "Megatron-LM, parallel_state.py, RankGenerator: expert data parallelism is what tp x cp x dp leaves over etp x ep",
  example: examplePlan({ layout: "pp = 2, ep = 16", model: "moe" }),
});

const buys: Buys = (layout) => `groups of ${formatGrouped(layout.ep * layout.etp)} of the ${formatGrouped(layout.tp * layout.cp * layout.dp)} GPUs of a stage; ${layoutText(layout)}`;

export const expertGroupsDoNotFitRule = planRule([expertGroupsDoNotFit.entry], (plan) => {
  const { record } = plan;
  const ranks = stageRanks(record);
  const { parallelism } = record;
  const etp = parallelism.etp === "auto" ? 1 : parallelism.etp;
  const ep = parallelism.ep === "auto" ? 1 : parallelism.ep;
  if (moeBlocksOf(record).length === 0 || ranks % (ep * etp) === 0) return [];
  const { pp } = parallelism;
  const size = etp === 1 ? `\`ep\` = ${formatGrouped(ep)}` : ep === 1 ? `\`etp\` = ${formatGrouped(etp)}` : `ep x etp = ${formatGrouped(ep)} x ${formatGrouped(etp)}`;
  return [expertGroupsDoNotFit.at(placeIn(plan, { path: "parallelism", keys: ep === 1 ? ["etp", "ep"] : ["ep", "etp"] }), { size, ranks: `dp x cp x tp = ${formatGrouped(ranks)}` }, { fixes: () => [
    ...(parallelism.ep === "auto" ? [] : degreeFixes(plan, "ep", ep, buys)),
    ...(parallelism.etp === "auto" || etp === 1 ? [] : degreeFixes(plan, "etp", etp, buys)),
    ...(pp === "auto" || pp === 1 ? [] : degreeFixes(plan, "pp", pp, buys, (value) => value < pp)),
    ...(pp === "auto" ? [] : nodeFixes(plan, pp * ep * etp)),
  ] })];
});
