/** What the worst GPU holds, component by component, as terms: the same arithmetic as stage-memory.ts, matrix by matrix and tensor by tensor. */

import { dimensions } from "../../units";
import { plainElement } from "../model/precision";
import type { LayerRun, Stage, StageUnit } from "../plan/stages";
import { product, quotient, sum, times, type Count, type Quantity, type Term } from "../term";
import { headBytes, mtpTensors } from "./activations";
import { bufferTerms, buffersOf } from "./buffers";
import { operationText, type InFlight } from "./in-flight";
import { cacheTerms } from "./kv-cache";
import { endsOfRank, rankStates, unitsOfRank, shardsOf, type GroupStates, type MemoryModel } from "./memory-model";
import { servingActivations } from "./serving";
import type { MemoryComponents, PlanMemory, RankMemory } from "./stage-memory";
import { weightTerm } from "./weights";

export type Component = keyof MemoryComponents;

/** A component of the worst GPU. */
export function componentTerm({ model, worst }: PlanMemory, component: Component): Term {
  switch (component) {
    case "weights": return sum("weights", weightParts(model, worst));
    case "gradients": return sum("gradients", dividedParts(model, worst, 2, ({ trained }) => trained * plainElement(model.plan.model.precision.gradients).value));
    case "optimizer": return sum("master weights and moments", dividedParts(model, worst, 1, ({ optimizer }) => optimizer));
    case "activations": return sum("activations", model.training ? activationParts(model, worst) : [servingActivations(model, worst.stages)]);
    case "kv": return sum("kv cache", cacheParts(model, worst));
    case "buffers": return sum("buffers", bufferTerms(buffersOf(model, worst.stages), model));
  }
}

const bytes = (value: number): Quantity => ({ value, dimension: dimensions.bytes });

/** The layers of a run as a factor, named where they are known. */
const layersIn = ({ run, count, mtp }: StageUnit): Count => (mtp ? { value: count, unit: "MTP modules" } : { value: count, unit: "layers", layers: run.layers });

/** One part a stage where a rank holds several. */
function byStage(stages: readonly Stage[], runs: readonly StageUnit[], partsOf: (run: StageUnit) => readonly Term[]): readonly Term[] {
  if (stages.length === 1) return runs.flatMap(partsOf);
  return stages.map(({ index }) => sum(`stage ${index}`, runs.filter(({ stage }) => stage === index).flatMap(partsOf)));
}

function weightParts(model: MemoryModel, { stages }: RankMemory): readonly Term[] {
  if (model.training && model.plan.parallelism.zero === 3) return dividedParts(model, { stages }, 3, ({ weights }) => weights);
  const ends = endsOfRank(model, stages);
  return [
    ...byStage(stages, unitsOfRank(model, stages), (part) => [times([layersIn(part)], weightTerm(runLabel(part.run), model.weightsOf(part.run).matrices))]),
    ...(ends.length === 0 ? [] : [weightTerm("embedding, head and norm", ends)]),
  ];
}

const runLabel = ({ attention, ffn }: LayerRun): string => [attention?.kind, ffn?.kind].filter((kind) => kind !== undefined).join(" and ");

/** Dense and expert bytes, each divided by the GPUs that share them under ZeRO. */
function dividedParts(model: MemoryModel, { stages }: Pick<RankMemory, "stages">, from: 1 | 2 | 3, bytesOf: (group: GroupStates) => number): readonly Term[] {
  const states = rankStates(model, stages);
  const shards = shardsOf(model, from);
  const part = (label: string, whole: number, over: number): Term =>
    (over === 1 ? product(label, [bytes(whole)]) : quotient(label, bytes(whole), { value: over, unit: "GPUs" }));
  return [part("dense", bytesOf(states.dense), shards.dense), part("experts", bytesOf(states.experts), shards.experts)];
}

/** What is kept, with the operation from which on it is; then what the worst moment needs beside it. */
function activationParts(model: MemoryModel, worst: RankMemory): readonly Term[] {
  const { rank, stages, moment, working } = worst;
  const flight = worst.in_flight();
  const kept = moment === "optimizer step" || flight === undefined ? [] : [sum(`kept from ${operationPlace(flight)}`, keptParts(model, worst, flight))];
  return [...kept, sum(`${moment}, rank ${rank} (${stages.length === 1 ? "stage" : "stages"} ${stages.map(({ index }) => index).join(" and ")})`, momentParts(model, stages, moment, working))];
}

/** `operation 3: forward of micro-batch 3 in stage 0`; operations of a rank count from 0. */
const operationPlace = ({ at, operation }: InFlight): string => (operation === undefined ? "the start" : `operation ${at}: ${operationText(operation)}`);

function keptParts(model: MemoryModel, { stages, moment }: RankMemory, { chunks }: InFlight): readonly Term[] {
  return unitsOfRank(model, stages).flatMap((part) => {
    const count = (chunks.get(part.stage) ?? 0) - (moment === "gradient of the embedding" && part.stage === 0 ? 1 : 0);
    const factors = [{ value: count, unit: "micro-batches" }, layersIn(part)];
    return [times(factors, model.activationsOf(part.run).saved), ...(part.mtp ? [times(factors, mtpTensors(model.flow))] : [])];
  });
}

function momentParts(model: MemoryModel, stages: readonly Stage[], moment: RankMemory["moment"], working: number): readonly Term[] {
  const modules = stages.reduce((count, stage) => count + stage.mtp_modules, 0);
  const head = headBytes(model.plan.model, model.flow, modules);
  if (moment === "loss") return [head.norm, head.loss];
  if (moment === "backward of the head") return [head.norm, head.backward];
  return [product(moment, [bytes(working)])];
}

function cacheParts(model: MemoryModel, { stages }: RankMemory): readonly Term[] {
  const { plan, layout, demand } = model;
  return byStage(stages, unitsOfRank(model, stages), (part) => cacheTerms(part.run, layersIn(part), demand.sequences, demand.context, plan.model.precision, layout));
}
