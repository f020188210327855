/**
 * Memory that neither belongs to the model nor to a micro-batch: workspaces, and room for tensors on their way between GPUs.
 */

import { plainElement, weightElement } from "../model/precision";
import type { MoeFfnRecord } from "../model/record";
import type { Stage } from "../plan/stages";
import { expertsOnHost } from "../serving/host-experts";
import { product, type Term } from "../term";
import { bytesOf, elementsOf, type Matrix } from "./matrix";
import { endsOfRank, unitsOfRank, type LayerWeights, type MemoryModel } from "./memory-model";
import { layerMatrices } from "./weights";

const MiB = 1024 * 1024;

/** 32 MiB for cuBLAS, 32 MiB for TransformerEngine's GEMMs: what both allocate on Hopper and later. */
const gemmWorkspaces = 2;
/** Grouped GEMMs run on four streams, each with a workspace (TransformerEngine, get_multi_stream_cublas_workspace). */
const groupedWorkspaces = 4;

/** Buffers of a rank, apart from what the ZeRO stage and the author add. */
export interface Buffers {
  readonly always: readonly Term[];
  /** Of a training plan from ZeRO 2, and from 3. */
  readonly gradients: Term;
  readonly gathered: Term;
}

export function buffersOf(memory: MemoryModel, stages: readonly Stage[]): Buffers {
  const { training, layout, flow, plan: { model } } = memory;
  const layers: LayerWeights[] = [];
  for (const { run } of unitsOfRank(memory, stages)) {
    const weights = memory.weightsOf(run);
    if (!layers.includes(weights)) layers.push(weights);
  }
  const hasExperts = layers.some(({ states }) => states.experts.weights > 0);
  const workspaces = gemmWorkspaces + (hasExperts ? groupedWorkspaces : 0);
  // the ends are exchanged matrix by matrix
  const units = training ? [...layers, ...endsOfRank(memory, stages).map((matrix) => ({ elements: elementsOf(matrix), bytes: bytesOf(matrix) }))] : [];
  const always = [
    product("GEMM workspaces", [workspaces, { value: 32 * MiB, unit: "B" }]),
    ...(layout.tp > 1 && layout.sequence_parallel ? [product("gathered sequence", [flow.tokens, flow.hidden, flow.plain])] : []),
    ...(layout.pp > 1 ? [product("received from the stage before", [flow.ownTokens, flow.streams * flow.hidden, flow.plain])] : []),
    ...(training ? [product("placeholders for weight gradients", [placeholders(layers), { value: 1, unit: "B" }])] : [...dispatchBuffers(memory, stages), ...fetchedExperts(memory, stages)]),
  ];
  return {
    always,
    gradients: product("gradients of the largest layer before they are divided", [Math.max(0, ...units.map(({ elements }) => elements)), plainElement(model.precision.gradients)]),
    gathered: product("gathered weights of this layer and the next", [2, { value: Math.max(0, ...units.map(({ bytes }) => bytes)), unit: "B" }]),
  };
}

type Asked = Pick<MemoryModel, "training" | "plan">;

/** All of them, with what the layout asks for. */
export const bufferTerms = ({ always, gradients, gathered }: Buffers, { training, plan: { parallelism: { zero, memory_reserve } } }: Asked): readonly Term[] => [
  ...always,
  ...(training && zero >= 2 ? [gradients] : []),
  ...(training && zero >= 3 ? [gathered] : []),
  product("memory_reserve", [{ value: memory_reserve, unit: "B" }]),
];

/** The same in bytes alone: what a search keeps of them. */
export interface BufferBytes {
  readonly always: number;
  readonly gradients: number;
  readonly gathered: number;
}

export const bytesOfBuffers = ({ always, gradients, gathered }: Buffers): BufferBytes =>
  ({ always: always.reduce((total, { value }) => total + value, 0), gradients: gradients.value, gathered: gathered.value });

/** Their sum, with what the layout asks for. */
export const bufferSum = ({ always, gradients, gathered }: BufferBytes, { training, plan: { parallelism: { zero, memory_reserve } } }: Asked): number =>
  always + (training && zero >= 2 ? gradients : 0) + (training && zero >= 3 ? gathered : 0) + memory_reserve;

/**
 * Where weight gradients are added into the gradient buffer by the GEMM itself, TransformerEngine hands autograd an empty tensor in
 * their place: one for each shape of a linear layer, kept for the whole run (transformer_engine/pytorch/module/base.py,
 * get_dummy_wgrad). Bytes.
 */
function placeholders(layers: readonly Pick<LayerWeights, "matrices">[]): number {
  const shapes: Matrix[] = [];
  for (const { matrices } of layers) {
    for (const matrix of matrices) {
      if (!matrix.linear || !matrix.trained) continue;
      const known = shapes.findIndex(({ rows, columns }) => rows === matrix.rows && columns === matrix.columns);
      shapes[known < 0 ? shapes.length : known] = matrix;
    }
  }
  return shapes.reduce((sum, { rows, columns, precision }) => sum + rows * columns * weightElement(precision).value, 0);
}

/**
 * Low-latency dispatch and combine of decode write into registered memory: room to send and to receive each token of a micro-batch in
 * BF16 at every expert, twice, since two exchanges are under way (DeepEP, csrc/config.hpp, LowLatencyLayout).
 */
function dispatchBuffers({ plan, layout, flow, demand }: MemoryModel, stages: readonly Stage[]): readonly Term[] {
  const { dual_micro_batch, redundant_experts } = plan.parallelism;
  const blocks = stages.flatMap(({ runs }) => runs.flatMap(({ ffn }) => (ffn?.kind === "moe" ? [ffn] : [])));
  const experts = Math.max(0, ...blocks.map(({ routed_experts }) => routed_experts));
  const width = Math.max(0, ...blocks.map(({ latent_size = flow.hidden }) => latent_size));
  if (plan.workload.phase !== "decode" || layout.ep === 1 || experts === 0) return [];
  // the GPUs of a tensor-parallel group dispatch equal parts, sequence-parallel or not
  const tokens = { value: demand.tokens / layout.tp / (dual_micro_batch ? 2 : 1), unit: "tokens" };
  return [product("expert dispatch and combine", [4, experts + redundant_experts, tokens, width, plainElement("bf16")])];
}

/** In prefill experts that live on the host come layer by layer: room for those that multiply and for those on their way. */
function fetchedExperts({ plan, layout }: MemoryModel, stages: readonly Stage[]): readonly Term[] {
  const { model, workload, parallelism } = plan;
  if (workload.phase !== "prefill" || !expertsOnHost(plan)) return [];
  const blocks = stages.flatMap(({ runs }) => runs.flatMap(({ ffn }) => (ffn?.kind === "moe" ? [ffn] : [])));
  const own = { layout, redundant_experts: parallelism.redundant_experts, offloaded: false };
  const bytes = (ffn: MoeFfnRecord): number =>
    layerMatrices(model, { attention: undefined, ffn }, own).reduce((sum, matrix) => sum + (matrix.group === "experts" ? bytesOf(matrix) : 0), 0);
  return [product("experts of this layer and the next", [2, { value: Math.max(0, ...blocks.map(bytes)), unit: "B" }])];
}
