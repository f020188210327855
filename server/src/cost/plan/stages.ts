/**
 * Which layers stand in which stage of the pipeline. Stages take equally many layers where that comes out even, as in
 * Megatron-LM. Elsewhere the layers go one at a time to the rank that has the least to compute, head and MTP modules included:
 * Llama 3's 126 layers on 16 stages come out as 7, 8 x 14, 7 (arXiv:2407.21783, section 3.3.2, one layer less on the first and on
 * the last stage).
 */

import { Unavailable } from "../definition";
import { attentionWeights, isCached } from "../model/attention";
import { denseWeights } from "../model/ffn";
import { mixerWeights } from "../model/mixer";
import { latentWeights, routedWeights, routerWeights, sharedWeights } from "../model/moe";
import type { AttentionRecord, FfnRecord, ModelRecord } from "../model/record";
import { oncePerKey, oncePerRecord } from "../once";
import { stageCount, stagesOfRank, type Pipeline } from "../pipeline/schedule";
import { formatNumber, summarizeLayers } from "../term";

/** One layer: either part may be missing (Nemotron-H). */
export interface Layer {
  readonly index: number;
  readonly attention: AttentionRecord | undefined;
  readonly ffn: FfnRecord | undefined;
  /** It reads the cache of an earlier layer (`kv_share`): it has queries of its own alone. */
  readonly shares_cache?: boolean;
}

/** What a layer is made of. */
export type LayerBlocks = Pick<Layer, "attention" | "ffn" | "shares_cache">;

/** Layers of one stage that are alike. */
export interface LayerRun extends LayerBlocks {
  readonly layers: readonly number[];
}

/** That with the last of several layers. */
export const lastRun = (runs: readonly LayerRun[]): LayerRun | undefined =>
  runs.reduce<LayerRun | undefined>((found, run) => (found === undefined || (run.layers.at(-1) ?? -1) > (found.layers.at(-1) ?? -1) ? run : found), undefined);

/** Layers of equal blocks are alike in every stage: each pair of blocks is computed once. */
export function oncePerLayer<Result>(compute: (layer: LayerBlocks) => Result): (layer: LayerBlocks) => Result {
  const rows = oncePerAttention(() => oncePerKey(({ ffn }: LayerBlocks) => ffn, compute));
  return (layer) => rows(layer)(layer);
}

/** Of layers that share caches, those that have one and those that read it are two kinds. */
export function oncePerAttention<Result>(compute: (layer: LayerBlocks) => Result): (layer: LayerBlocks) => Result {
  const keyOf = ({ attention }: LayerBlocks): LayerBlocks["attention"] => attention;
  const [own, shared] = [oncePerKey(keyOf, compute), oncePerKey(keyOf, compute)];
  return (layer) => (layer.shares_cache === true ? shared : own)(layer);
}

export interface Stage {
  readonly index: number;
  readonly runs: readonly LayerRun[];
  /** Layers of all runs. */
  readonly layers: number;
  /** The input embedding stands here. */
  readonly embedding: boolean;
  /** The final norm, the head and the loss stand here. */
  readonly head: boolean;
  /** MTP modules that stand here: all of them on the last stage. */
  readonly mtp_modules: number;
  /** The layer that each of them repeats: the model's last. */
  readonly mtp_layer: LayerRun | undefined;
  /** Its runs, then its MTP modules. */
  readonly units: readonly StageUnit[];
  /** Equal for stages with as many layers of the same blocks and the same ends: what is computed of one holds for the other. */
  readonly shape: number;
}

/** Layers that stand in a stage; `count` of those of a run. */
export interface StageUnit {
  readonly stage: number;
  readonly run: LayerRun;
  readonly count: number;
  readonly mtp: boolean;
}

/** What stands in a stage, or in a part of one, wherever that is. */
export type StageParts = Pick<Stage, "runs" | "embedding" | "head" | "mtp_modules" | "mtp_layer">;

export const shapeOf = ({ shape }: Stage): number => shape;

/** Equal for ranks that hold stages of the same shapes. */
export const shapesOf = (stages: readonly Stage[]): string => stages.map(shapeOf).join();

/** Micro-batches change nothing in what stands where. */
const placement = (pipeline: Pipeline): string => `${pipeline.schedule} ${pipeline.pp} ${stageCount(pipeline)}`;

export const stagesOf: (model: ModelRecord, pipeline: Pipeline) => readonly Stage[] = oncePerRecord(placement, stackOf);

/** The stages that each rank holds. */
export const ranksOf: (model: ModelRecord, pipeline: Pipeline) => readonly (readonly Stage[])[] = oncePerRecord(placement, (model, pipeline) => {
  const stages = stagesOf(model, pipeline);
  return Array.from({ length: pipeline.pp }, (_, rank) => stagesOfRank(pipeline, rank).flatMap((index) => stages[index] ?? []));
});

/** Ranks that hold stages of the same shapes. */
export interface RankKind {
  /** How many they are. */
  readonly count: number;
  /** The stages that the first of them holds. */
  readonly stages: readonly Stage[];
}

export interface RankKinds {
  /** In the order of the first rank of each. */
  readonly kinds: readonly RankKind[];
  /** By rank, its place among the kinds. */
  readonly ofRank: readonly number[];
}

export const rankKindsOf: (model: ModelRecord, pipeline: Pipeline) => RankKinds = oncePerRecord(placement, (model, pipeline) => {
  const places = new Map<string, number>();
  const kinds: { count: number; readonly stages: readonly Stage[] }[] = [];
  const ofRank = ranksOf(model, pipeline).map((stages) => {
    const place = places.get(shapesOf(stages)) ?? kinds.length;
    places.set(shapesOf(stages), place);
    const known = kinds[place];
    if (known) known.count += 1;
    else kinds.push({ count: 1, stages });
    return place;
  });
  return { kinds, ofRank };
});

function stackOf(model: ModelRecord, pipeline: Pipeline): readonly Stage[] {
  const counts = layersPerStage(model, pipeline);
  const layers = layersOf(model);
  const stages: Stage[] = [];
  let first = 0;
  counts.forEach((count, index) => {
    const runs = runsOf(layers.slice(first, first + count));
    requireOwnCaches(model, first, first + count);
    first += count;
    const isLast = index === counts.length - 1;
    const modules = isLast ? modulesOf(model, layers) : noModules;
    const ends = { embedding: index === 0, head: isLast, ...modules };
    const alike = stages.find((other) => other.embedding === ends.embedding && !ends.head && haveSameLayers(other.runs, runs));
    stages.push({ index, runs, layers: count, ...ends, units: unitsOf(index, runs, modules), shape: alike?.shape ?? index });
  });
  return stages;
}

const haveSameLayers = (some: readonly LayerRun[], others: readonly LayerRun[]): boolean => some.length === others.length && some.every((run, index) => {
  const other = others[index];
  return other !== undefined && areAlike(other, run) && other.layers.length === run.layers.length;
});

const areAlike = (one: LayerBlocks, other: LayerBlocks): boolean =>
  one.attention === other.attention && one.ffn === other.ffn && one.shares_cache === other.shares_cache;

/** Layers from `first` up to `end` read no cache of another stage. Throws `Unavailable`. */
function requireOwnCaches({ attention }: ModelRecord, first: number, end: number): void {
  for (const block of attention) {
    if (!isCached(block) || block.kv_share === undefined) continue;
    for (let owner = 0; owner < block.layers.length; owner += block.kv_share) {
      const group = block.layers.slice(owner, owner + block.kv_share);
      const inside = group.filter((layer) => layer >= first && layer < end);
      if (inside.length > 0 && inside.length < group.length) {
        throw new Unavailable(`layers ${summarizeLayers(group)} share one cache (\`kv_share\`) and stand in several stages of the pipeline, which is not modelled`);
      }
    }
  }
}

type Modules = Pick<Stage, "mtp_modules" | "mtp_layer">;

const noModules: Modules = { mtp_modules: 0, mtp_layer: undefined };

const unitsOf = (stage: number, runs: readonly LayerRun[], { mtp_modules, mtp_layer }: Modules): readonly StageUnit[] => [
  ...runs.map((run) => ({ stage, run, count: run.layers.length, mtp: false })),
  ...(mtp_layer === undefined ? [] : [{ stage, run: mtp_layer, count: mtp_modules, mtp: true }]),
];

function modulesOf(model: ModelRecord, layers: readonly Layer[]): Modules {
  const last = layers.at(-1);
  const mtp_modules = model.mtp?.depth ?? 0;
  if (mtp_modules === 0 || !last) return noModules;
  // a module has a cache of its own
  return { mtp_modules, mtp_layer: { attention: last.attention, ffn: last.ffn, layers: [last.index] } };
}

/** The whole model on one stage. */
export function wholeModel(model: ModelRecord): Stage {
  const layers = layersOf(model);
  const [runs, modules] = [runsOf(layers), modulesOf(model, layers)];
  return { index: 0, runs, layers: model.layers, embedding: true, head: true, ...modules, units: unitsOf(0, runs, modules), shape: 0 };
}

function layersOf(model: ModelRecord): readonly Layer[] {
  const attention = byLayer(model.attention);
  const ffn = byLayer(model.ffn);
  const sharing = new Set(model.attention.flatMap(sharingLayers));
  return Array.from({ length: model.layers }, (_, index) =>
    ({ index, attention: attention.get(index), ffn: ffn.get(index), ...(sharing.has(index) ? { shares_cache: true } : {}) }));
}

/** Of every `kv_share` layers of a block the first has the cache, and the others read it. */
const sharingLayers = (block: AttentionRecord): readonly number[] => {
  if (!isCached(block) || block.kv_share === undefined) return [];
  const { layers, kv_share } = block;
  return layers.filter((_, place) => place % kv_share !== 0);
};

function byLayer<Block extends { readonly layers: readonly number[] }>(blocks: readonly Block[]): ReadonlyMap<number, Block> {
  const found = new Map<number, Block>();
  for (const block of blocks) for (const layer of block.layers) found.set(layer, block);
  return found;
}

function runsOf(layers: readonly Layer[]): readonly LayerRun[] {
  const runs: (LayerBlocks & { readonly layers: number[] })[] = [];
  for (const { index, ...blocks } of layers) {
    const same = runs.find((run) => areAlike(run, blocks));
    if (same) same.layers.push(index);
    else runs.push({ ...blocks, layers: [index] });
  }
  return runs;
}

/** Stages that have something to do: each layer, embedding, head and MTP module may stand alone, as in Megatron-LM's layouts. */
export const mostStages = ({ layers, mtp }: ModelRecord): number => layers + 2 + (mtp?.depth ?? 0);

/** How many layers each stage has, in the order of the forward pass. Throws `Unavailable` where some would have nothing at all. */
export function layersPerStage(model: ModelRecord, pipeline: Pipeline): readonly number[] {
  const stages = stageCount(pipeline);
  if (stages > mostStages(model)) throw new Unavailable(`the pipeline has more stages (${formatNumber(stages)}) than the layers of the model fill (${formatNumber(model.layers)})`);
  if (model.layers % stages === 0) return Array.from({ length: stages }, () => model.layers / stages);
  return balancedCounts(model, pipeline, stages);
}

function balancedCounts(model: ModelRecord, pipeline: Pipeline, stages: number): readonly number[] {
  const layer = meanLayerWeights(model);
  const counts = new Array<number>(stages).fill(0);
  const loads = new Array<number>(stages).fill(0);
  loads[stages - 1] = endWeights(model, layer);
  // the two ranks of a dualpipe stage hold the same stages: the later one stands for both
  const first = pipeline.schedule === "dualpipe" ? Math.floor(pipeline.pp / 2) : 0;
  const ranks = Array.from({ length: pipeline.pp - first }, (_, rank) => {
    const own = stagesOfRank(pipeline, first + rank);
    return { own, load: own.reduce((sum, stage) => sum + (loads[stage] ?? 0), 0) };
  });
  const place = (rank: { readonly own: readonly number[]; load: number }): void => {
    const stage = lightest(rank.own, (index) => loads[index] ?? 0) ?? 0;
    counts[stage] = (counts[stage] ?? 0) + 1;
    loads[stage] = (loads[stage] ?? 0) + layer;
    rank.load += layer;
  };
  // as many layers as every rank without ends takes in any case, in whatever order
  const level = (Math.floor(model.layers / ranks.length) - 0.5) * layer;
  let left = model.layers;
  for (const rank of ranks) {
    for (; rank.load < level; left--) place(rank);
  }
  for (; left > 0; left--) {
    // equal loads: the later rank, whose activations live shorter
    const rank = lightest(ranks, ({ load }) => load);
    if (rank) place(rank);
  }
  return counts;
}

/** The last of those with the least load; loads that differ by rounding alone count as equal. */
function lightest<Item>(items: readonly Item[], loadOf: (item: Item) => number): Item | undefined {
  let found: Item | undefined;
  let least = Infinity;
  for (const item of items) {
    const load = loadOf(item);
    if (load <= least * (1 + 1e-9)) [found, least] = [item, Math.min(load, least)];
  }
  return found;
}

/**
 * What each rank of a pipeline has to compute, in weights that a token passes: its layers, all alike, and on the last stage the head
 * and the MTP modules.
 */
export function rankLoads(model: ModelRecord, pipeline: Pipeline): readonly number[] {
  const layer = meanLayerWeights(model);
  const loads = layersPerStage(model, pipeline).map((count) => count * layer);
  loads[loads.length - 1] = (loads.at(-1) ?? 0) + endWeights(model, layer);
  return Array.from({ length: pipeline.pp }, (_, rank) => stagesOfRank(pipeline, rank).reduce((sum, stage) => sum + (loads[stage] ?? 0), 0));
}

/** Weights of the head and the MTP modules, each of which is a layer with a head and a projection. */
function endWeights(model: ModelRecord, layer: number): number {
  const head = model.vocab_size * model.hidden_size;
  return head + (model.mtp?.depth ?? 0) * (layer + head + 2 * model.hidden_size * model.hidden_size);
}

/** Weights that a token passes in the mean layer. */
function meanLayerWeights({ attention, ffn, hidden_size, layers }: ModelRecord): number {
  const attentions = attention.reduce((sum, block) => sum + block.layers.length * (isCached(block) ? attentionWeights(block, hidden_size) : mixerWeights(block, hidden_size)).value, 0);
  const ffns = ffn.reduce((sum, block) => sum + block.layers.length * activeFfnWeights(block, hidden_size), 0);
  return (attentions + ffns) / layers;
}

function activeFfnWeights(block: FfnRecord, hiddenSize: number): number {
  if (block.kind === "dense") return denseWeights(block, hiddenSize).value;
  const latent = latentWeights(block, hiddenSize).reduce((sum, { value }) => sum + value, 0);
  return routedWeights(block, hiddenSize, "chosen").value + latent + sharedWeights(block, hiddenSize).value + routerWeights(block, hiddenSize).value;
}
