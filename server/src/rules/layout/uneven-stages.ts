import { defineDiagnostic } from "../../core";
import { layersPerStage, rankLoads } from "../../cost/plan/stages";
import { formatGrouped, formatPercent } from "../../units";
import { examplePlan } from "../examples";
import { pipelineOf, stagesOf } from "./conditions";
import { degreeFixes } from "./nearest";
import { placeIn } from "./plan";
import { soundPlanRule } from "./sound";

const unevenStages = defineDiagnostic<{ layers: number; stages: number; counts: string; excess: number }>({
  code: "DSCO5131", severity: "information", title: "Layers that the pipeline does not split evenly",
  message: ({ layers, stages, counts, excess }) =>
    `${formatGrouped(layers)} layers do not divide into ${formatGrouped(stages)} equal stages: they come out as ${counts}, and the fullest rank computes ${formatPercent(excess)} more than the mean`,
  explanation:
    "A pipeline runs at the pace of its fullest rank. Where the layers do not divide, they go one at a time to the rank that has the least to compute, the head and the MTP modules counted. That can be as even as equal stages: Llama 3 has 126 layers so that they stand on 16 stages as 7, 8 x 14, 7. It is reported where the fullest rank has more than an eighth above the mean.",
  source: "Llama 3, arXiv:2407.21783, section 3.3.2",
  example: examplePlan({ layout: "pp = 8" }).replace("layers      = 16", "layers      = 12"),
});

/** `7, 8 x 14, 7`: neighbours with equally many layers together. */
function countsText(counts: readonly number[]): string {
  const runs: { layers: number; stages: number }[] = [];
  for (const layers of counts) {
    const last = runs.at(-1);
    if (last?.layers === layers) last.stages += 1;
    else runs.push({ layers, stages: 1 });
  }
  return runs.map(({ layers, stages }) => (stages === 1 ? formatGrouped(layers) : `${formatGrouped(layers)} x ${formatGrouped(stages)}`)).join(", ");
}

/** A share above the mean that published designs do not reach: DeepSeek-V3's 61 layers and MTP module on 16 ranks come near 10 %. */
const worthSaying = 1 / 8;

export const unevenStagesRule = soundPlanRule([unevenStages.entry], (plan, layout) => {
  const { record } = plan;
  const stages = stagesOf(record, layout);
  const { layers } = record.model;
  if (layers % stages === 0) return [];
  const pipeline = record.workload.phase === "training" ? pipelineOf(record, layout, 1) : { schedule: "1f1b" as const, pp: layout.pp, micro_batches: 1 };
  const loads = rankLoads(record.model, pipeline);
  const excess = (Math.max(...loads) * loads.length) / loads.reduce((sum, load) => sum + load, 0) - 1;
  if (excess <= worthSaying) return [];
  const counts = countsText(layersPerStage(record.model, pipeline));
  const perRank = stages / layout.pp;
  return [unevenStages.at(placeIn(plan, { path: "parallelism", keys: ["pp", "vp", "schedule"] }), { layers, stages, counts, excess }, { fixes: () =>
    degreeFixes(plan, "pp", layout.pp, (next) => `${formatGrouped(layers / (next.pp * perRank))} layers on every stage`, (pp) => layers % (pp * perRank) === 0) })];
});
