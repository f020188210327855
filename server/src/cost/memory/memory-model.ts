/**
 * What all figures of a plan's memory share: how the layout divides the model, what one layer of each kind takes on one GPU, and which
 * layers stand on which rank of the pipeline.
 */

import { Unavailable } from "../definition";
import { plainElement } from "../model/precision";
import type { Pipeline } from "../pipeline/schedule";
import type { Evaluation } from "../plan/evaluation";
import { replicaCounts, stageCopies, type Layout } from "../plan/layout";
import type { PlanRecord } from "../plan/record";
import { groupsOf } from "../serving/batch";
import { oncePerLayer, rankKindsOf, ranksOf, wholeModel, type LayerBlocks, type RankKinds, type Stage, type StageUnit } from "../plan/stages";
import type { Term } from "../term";
import { savedByLayer, workingBytes } from "./activations";
import { flowOf, flowTokens, type Flow } from "./flow";
import { bytesOf, elementsOf, type Matrix } from "./matrix";
import { divisionOf, endMatrices, layerMatrices, type Division } from "./weights";

/** What one pass works on; of a serving plan it can be asked for another batch than the plan's. */
export interface Demand {
  /** New tokens of one pass, of the sequences that a pipeline works on together, on one context-parallel rank. */
  readonly tokens: number;
  /** Sequences in the cache of one GPU; 0 in training. */
  readonly sequences: number;
  /** Tokens that each of them has there. */
  readonly context: number;
}

export interface MemoryModel {
  readonly plan: PlanRecord;
  readonly layout: Layout;
  readonly pipeline: Pipeline;
  readonly demand: Demand;
  readonly flow: Flow;
  readonly training: boolean;
  readonly weightsOf: (layer: LayerBlocks) => LayerWeights;
  /** Of a training plan. */
  readonly activationsOf: (layer: LayerBlocks) => LayerActivations;
  readonly stages: readonly Stage[];
  /** The stages that each rank holds. */
  readonly ranks: readonly (readonly Stage[])[];
  readonly kinds: RankKinds;
}

/** What one layer of a run holds on one GPU; the same for all layers of the run. */
export interface LayerWeights {
  readonly matrices: readonly Matrix[];
  /** Of all matrices. */
  readonly elements: number;
  readonly bytes: number;
  readonly states: States;
}

export interface LayerActivations {
  /** Bytes that one micro-batch keeps, as a breakdown. */
  readonly saved: Term;
  /** Bytes that the layer needs for a moment on top. */
  readonly working: number;
}

/** Of weights before any ZeRO stage divides them. */
export interface GroupStates {
  /** Bytes. */
  readonly weights: number;
  /** Parameters that the optimizer moves. */
  readonly trained: number;
  /** Bytes of master weights and moments. */
  readonly optimizer: number;
}

/** Dense weights are alike on dp x cp ranks, experts on `expert_dp`. */
export interface States {
  readonly dense: GroupStates;
  readonly experts: GroupStates;
}

/** Throws `Unavailable` for what the plan lacks. */
export function memoryModel(evaluation: Evaluation, demand?: Demand): MemoryModel {
  const { plan } = evaluation;
  const layout = evaluation.layout;
  const training = plan.workload.phase === "training";
  if (training && plan.parallelism.offload?.experts === "host") {
    throw new Unavailable("`offload { experts = host }` is modelled in serving alone: in training the gradients and moments of the experts would live on the host too");
  }
  const asked = demand ?? demandOf(plan, layout);
  const pipeline = evaluation.pipeline;
  const stages = evaluation.stages;
  const flow = flowOf(plan.model, layout, asked.tokens, plan.parallelism.recompute, plan.workload.imbalance);
  const ranks = ranksOf(plan.model, pipeline);
  const kinds = rankKindsOf(plan.model, pipeline);
  return { plan, layout, pipeline, demand: asked, flow, training, stages, ranks, kinds, weightsOf: evaluation.layerWeights, activationsOf: activationsOnce(flow) };
}

/** The same serving plan with another batch or context. */
export const withDemand = (model: MemoryModel, demand: Demand): MemoryModel => ({ ...model, demand, flow: { ...model.flow, ...flowTokens(model.layout, demand.tokens) } });

export function demandOf({ workload, parallelism }: PlanRecord, { cp, pp }: Layout): Demand {
  if (workload.phase === "training") {
    return { tokens: (parallelism.micro_batch_size * required(workload.sequence_length, "sequence_length")) / cp, sequences: 0, context: 0 };
  }
  const sequences = required(workload.batch_per_gpu, "batch_per_gpu");
  const passing = sequences / groupsOf(sequences, pp);
  if (workload.phase === "decode") return { tokens: passing, sequences, context: decodeContext({ workload }) };
  const prompt = required(workload.prompt_length, "prompt_length");
  return { tokens: Math.ceil((passing * prompt * (1 - workload.cache_hit_rate)) / cp), sequences, context: prompt };
}

/** Tokens that a sequence of a decode plan has in the cache. Throws `Unavailable`. */
export const decodeContext = ({ workload }: Pick<PlanRecord, "workload">): number => required(workload.context_length, "context_length");

function required(value: number | undefined, key: string): number {
  if (value === undefined) throw new Unavailable(`the workload has no \`${key}\``);
  return value;
}

/** Whatever micro-batch, batch or context the plan has. */
export function layerWeights(plan: PlanRecord, layout: Layout): (layer: LayerBlocks) => LayerWeights {
  const division = divisionOf(layout, plan.parallelism);
  return oncePerLayer((layer) => {
    const matrices = layerMatrices(plan.model, layer, division);
    const total = (of: (matrix: Matrix) => number): number => matrices.reduce((sum, matrix) => sum + of(matrix), 0);
    return { matrices, elements: total(elementsOf), bytes: total(bytesOf), states: statesOf(matrices, plan, plan.workload.phase === "training") };
  });
}

const activationsOnce = (flow: Flow): (layer: LayerBlocks) => LayerActivations =>
  oncePerLayer((layer) => ({ saved: savedByLayer(layer, flow), working: workingBytes(layer, flow) }));

type GroupSums = { -readonly [Key in keyof GroupStates]: GroupStates[Key] };

type StateSums = Readonly<Record<keyof States, GroupSums>>;

const noGroup = (): GroupSums => ({ weights: 0, trained: 0, optimizer: 0 });

/** A master copy in the very precision of the resident weights is that copy. */
function statesOf(matrices: readonly Matrix[], { model }: PlanRecord, training: boolean): StateSums {
  const states = { dense: noGroup(), experts: noGroup() };
  for (const matrix of matrices) {
    const group = states[matrix.group];
    group.weights += bytesOf(matrix);
    if (!training || !matrix.trained) continue;
    const trained = elementsOf(matrix);
    group.trained += trained;
    group.optimizer += trained * optimizerBytes(matrix, model.precision);
  }
  return states;
}

function optimizerBytes({ precision }: Matrix, { master_weights, optimizer_moments }: PlanRecord["model"]["precision"]): number {
  const master = precision === master_weights ? 0 : plainElement(master_weights).value;
  return master + 2 * plainElement(optimizer_moments).value;
}

export interface Shards {
  readonly dense: number;
  readonly experts: number;
}

/**
 * How many GPUs divide something: ZeRO divides the optimizer from stage 1, gradients from 2, weights from 3 (arXiv:1910.02054). They
 * are those with the same weights, so the two copies that dualpipe keeps of every stage share it as well.
 */
export const shardsOf = ({ plan, layout, training }: Pick<MemoryModel, "plan" | "layout" | "training">, from: 1 | 2 | 3): Shards =>
  (!training || plan.parallelism.zero < from ? { dense: 1, experts: 1 } : replicaCounts(layout, stageCopies(plan)));

/** Those of its stages, and of the MTP modules when it trains. */
export function unitsOfRank({ training }: Pick<MemoryModel, "training">, stages: readonly Stage[]): readonly StageUnit[] {
  const units: StageUnit[] = [];
  for (const stage of stages) for (const unit of stage.units) if (training || !unit.mtp) units.push(unit);
  return units;
}

export const endsOfRank = ({ plan, layout, training }: MemoryModel, stages: readonly Stage[]): readonly Matrix[] =>
  endMatrices(plan.model, stages, layout.tp, training);

/** Of all that stands on a rank with these stages. */
export function rankStates(memory: MemoryModel, stages: readonly Stage[]): States {
  const states = statesOf(endsOfRank(memory, stages), memory.plan, memory.training);
  for (const { run, count } of unitsOfRank(memory, stages)) {
    const layer = memory.weightsOf(run).states;
    addGroup(states.dense, layer.dense, count);
    addGroup(states.experts, layer.experts, count);
  }
  return states;
}

/**
 * A checkpoint of the whole model in bytes, however many GPUs hold a part: resident weights, master weights where those are a copy of
 * their own, and moments, each once.
 */
export function checkpointBytes({ plan, layout }: MemoryModel): number {
  const undivided: Division = { layout: { ...layout, tp: 1, ep: 1, etp: 1 }, redundant_experts: 0, offloaded: false };
  const whole = wholeModel(plan.model);
  const bytesOfStates = (matrices: readonly Matrix[]): number => {
    const { dense, experts } = statesOf(matrices, plan, true);
    return dense.weights + dense.optimizer + experts.weights + experts.optimizer;
  };
  return whole.units.reduce(
    (total, { run, count }) => total + count * bytesOfStates(layerMatrices(plan.model, run, undivided)), bytesOfStates(endMatrices(plan.model, [whole], 1, true)),
  );
}

function addGroup(sums: GroupSums, { weights, trained, optimizer }: GroupStates, count: number): void {
  sums.weights += count * weights;
  sums.trained += count * trained;
  sums.optimizer += count * optimizer;
}
