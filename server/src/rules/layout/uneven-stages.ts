import { defineDiagnostic } from "../../core";
import { layersPerStage, rankLoads } from "../../cost/plan/stages";
import type { Layout } from "../../cost/plan/layout";
import type { PlanRecord } from "../../cost/plan/record";
import { formatGrouped, formatPercent } from "../../units";
import { examplePlan } from "../examples";
import { pipelineOf, stagesOf } from "./conditions";
import { degreeFixes } from "./nearest";
import { placeIn } from "./plan";
import { soundPlanRule } from "./sound";

const unevenStages = defineDiagnostic<{ layers: number; stages: number; counts: string; excess: number; ends: string }>({
  code: "DSCO5131", severity: "information", title: "Layers that the pipeline does not split evenly",
  message: ({ layers, stages, counts, excess, ends }) =>
    `${formatGrouped(layers)} layers do not divide into ${formatGrouped(stages)} equal stages: they come out as ${counts}; with ${ends} the fullest rank computes ${formatPercent(excess)} more than the mean`,
  explanation:
    "A pipeline runs at the pace of its fullest rank. Where the layers do not divide, they go one at a time to the rank that has the least to compute, the head and the MTP modules counted. That can be more even than equal stages: Llama 3 has 126 layers so that they stand on 16 stages as 7, 8 (14 times), 7.",
  source: "Llama 3, arXiv:2407.21783, section 3.3.2",
  example: examplePlan({ layout: "pp = 8" }).replace("layers      = 16", "layers      = 30").replace("global_batch_size = 64", "global_batch_size = 1024"),
});

/** `7, 8 (14 times), 7`: neighbours with equally many layers together. */
function countsText(counts: readonly number[]): string {
  const runs: { layers: number; stages: number }[] = [];
  for (const layers of counts) {
    const last = runs.at(-1);
    if (last?.layers === layers) last.stages += 1;
    else runs.push({ layers, stages: 1 });
  }
  return runs.map(({ layers, stages }) => (stages === 1 ? formatGrouped(layers) : `${formatGrouped(layers)} (${formatGrouped(stages)} times)`)).join(", ");
}

/** How much more than the mean the fullest rank of a pipeline computes, as a share of the mean. */
function excessOf(record: PlanRecord, layout: Layout): number {
  const loads = rankLoads(record.model, pipelineOf(record, layout));
  return (Math.max(...loads) * loads.length) / loads.reduce((sum, load) => sum + load, 0) - 1;
}

export const unevenStagesRule = soundPlanRule([unevenStages.entry], (plan, layout) => {
  const { record } = plan;
  const stages = stagesOf(record, layout);
  const { layers } = record.model;
  if (layers % stages === 0) return [];
  const excess = excessOf(record, layout);
  const counts = countsText(layersPerStage(record.model, pipelineOf(record, layout)));
  const perRank = stages / layout.pp;
  const ends = record.model.mtp ? "the head and MTP" : "the head";
  // a pipeline of another depth altogether is another design
  const isNear = (pp: number) => 2 * pp >= layout.pp && pp <= 2 * layout.pp;
  const isBetter = (pp: number) => isNear(pp) && layers % (pp * perRank) === 0 && excessOf(record, { ...layout, pp }) < excess;
  return [unevenStages.at(placeIn(plan, { path: "parallelism", keys: ["pp", "vp", "schedule"] }), { layers, stages, counts, excess, ends }, {
    fixes: () => degreeFixes(plan, "pp", layout.pp, (next) =>
      `${formatGrouped(layers / (next.pp * perRank))} layers on every stage, the fullest rank ${formatPercent(excessOf(record, next))} above the mean`, isBetter),
  })];
});
