import { defineDiagnostic } from "../../core";
import { mostStages } from "../../cost/plan/stages";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { legalLayout, stagesOf, withChanges } from "./conditions";
import { degreeFixes, nearestWhole, setLegal } from "./nearest";
import { placeIn, planRule } from "./plan";

const moreStagesThanLayers = defineDiagnostic<{ stages: number; layers: number; parts: string }>({
  code: "DSCO5130", severity: "error", title: "More pipeline stages than layers",
  message: ({ stages, layers, parts }) => `${parts} makes ${formatGrouped(stages)} stages, and the model has ${formatGrouped(layers)} ${layers === 1 ? "layer" : "layers"}: some would be empty`,
  explanation: "A stage of a pipeline is a stretch of layers. `interleaved` has pp x vp of them and `dualpipev` 2 x pp, so that the model needs about as many layers: only embedding, head and MTP modules may stand on a stage without one.",
  source: "Efficient Large-Scale Language Model Training on GPU Clusters, arXiv:2104.04473, section 2.2",
  example: examplePlan({ layout: "pp = 16, schedule = dualpipev" }),
});

export const moreStagesThanLayersRule = planRule([moreStagesThanLayers.entry], (plan) => {
  const { record, evaluation } = plan;
  const layout = evaluation.layout;
  const stages = stagesOf(record, layout);
  const { layers } = record.model;
  if (stages <= mostStages(record.model)) return [];
  const { schedule } = record.parallelism;
  const parts = stages === layout.pp ? "`pp`" : schedule === "interleaved" ? "pp x vp" : `\`${schedule}\``;
  const of = (vp: number) => withChanges(record, { parallelism: { vp } });
  return [moreStagesThanLayers.at(placeIn(plan, { path: "parallelism", keys: ["pp", "vp", "schedule"] }), { stages, layers, parts }, { fixes: () => [
    ...degreeFixes(plan, "pp", layout.pp),
    ...(schedule === "interleaved" ? nearestWhole(layout.vp, 1, layout.vp, (vp) => legalLayout(of(vp)) !== undefined).flatMap((vp) =>
      setLegal(plan, "parallelism", "vp", vp, of(vp), () => `${formatGrouped(layout.pp * vp)} stages`)) : []),
    ...(stages === layout.pp ? [] : setLegal(plan, "parallelism", "schedule", "1f1b", withChanges(record, { parallelism: { schedule: "1f1b" } }), () => `${formatGrouped(layout.pp)} stages`)),
  ] })];
});
