/**
 * The operators of a stage: what one GPU runs of each layer and of the stage's ends for one micro-batch, communication left out.
 * Sources: Megatron-LM (which matrices tensor and sequence parallelism split, arXiv:1909.08053, arXiv:2205.05198); DeepSeek-V3,
 * arXiv:2412.19437, section 3.2.3 (what is recomputed).
 */

import { Unavailable } from "../definition";
import { activeWeightsGap } from "../model/availability";
import { once, oncePerKey } from "../once";
import type { Layout } from "../plan/layout";
import { planGap } from "../plan/modelled";
import type { PlanRecord } from "../plan/record";
import { runsAgain } from "../plan/recomputation";
import { oncePerAttention, oncePerLayer, type LayerBlocks, type Stage } from "../plan/stages";
import { attentionOperators } from "./attention-operators";
import type { Device } from "./device";
import { embeddingOperators, headOperators, lastLayer, mtpOperators } from "./end-operators";
import { ffnOperators } from "./ffn-operators";
import type { Operator, OperatorShape, Work } from "./operator";
import { recomputed, siteOf, type Site } from "./operators";
import { addTimes, noTimes, operatorOn, timesOn, type PartTimes } from "./run";

export type ComputedStage = Pick<Stage, "runs" | "embedding" | "head" | "mtp_modules">;

/** What repeats: one half of a layer, or one end of a stage. */
type Piece = readonly OperatorShape[];

/**
 * The operators of all stages of a plan that do the same work, whatever device runs them. Layers that are alike are made once, and only
 * when asked for.
 */
export interface Operators {
  readonly attention: (layer: LayerBlocks) => Piece;
  readonly ffn: (layer: LayerBlocks) => Piece;
  readonly embedding: () => Piece;
  readonly head: () => Piece;
  /** An MTP module up to its layer. */
  readonly mtp: () => Piece;
  /** The layer that each MTP module repeats. */
  readonly mtp_layer: () => LayerBlocks;
}

/**
 * Throws `Unavailable` for a model with layers whose cost is not known; each piece, where it asks for a precision that the GPU has no
 * rate for.
 */
export function operatorsOf(plan: PlanRecord, layout: Layout, work: Work): Operators {
  const gap = planGap(plan.model, layout) ?? activeWeightsGap(plan.model);
  if (typeof gap === "string") throw new Unavailable(gap);
  const site = siteOf(plan, layout, work);
  return {
    attention: oncePerAttention((layer) => halfOf(site, layer, attentionOperators)),
    ffn: oncePerKey(ffnKey, (layer) => halfOf(site, layer, ffnOperators)),
    embedding: once(() => embeddingOperators(site)),
    head: once(() => headOperators(site)),
    mtp: once(() => mtpOperators(site)),
    mtp_layer: once(() => lastLayer(plan.model)),
  };
}

const ffnKey = ({ ffn }: LayerBlocks): LayerBlocks["ffn"] => ffn;

/** One half of a layer, its `attention` or its `ffn`. */
function halfOf(site: Site, layer: LayerBlocks, half: (site: Site, layer: LayerBlocks, operators: OperatorShape[]) => void): Piece {
  const operators: OperatorShape[] = [];
  half(site, layer, operators);
  const again = runsAgain(site.training ? site.plan.parallelism.recompute : "none", layer.attention?.kind);
  return operators.map((operator) => (again(operator.name) ? recomputed(operator) : operator));
}

/** What a GPU computes of one stage for one micro-batch. */
export interface StageCompute {
  /** Every operator, for `explain`. */
  readonly operators: (stage: ComputedStage) => readonly Operator[];
  /** Their times, from those of the layers that are alike: asking again for another stage costs a few additions. */
  readonly times: (stage: ComputedStage) => PartTimes;
  /** Times of one layer. */
  readonly layerTimes: (layer: LayerBlocks) => PartTimes;
}

/** The operators on a device. */
export function computeOn(device: Device, operators: Operators): StageCompute {
  const attention = oncePerAttention((layer) => timesOn(device, operators.attention(layer)));
  const ffn = oncePerKey(ffnKey, (layer) => timesOn(device, operators.ffn(layer)));
  const layerTimes = oncePerLayer((layer) => sumOf([attention(layer), ffn(layer)]));
  const embedding = once(() => timesOn(device, operators.embedding()));
  const head = once(() => timesOn(device, operators.head()));
  const mtpModule = once(() => sumOf([timesOn(device, operators.mtp()), layerTimes(operators.mtp_layer()), head()]));
  return {
    layerTimes,
    times: (stage) => {
      const times = noTimes();
      if (stage.embedding) addTimes(times, 1, embedding());
      for (const run of stage.runs) addTimes(times, run.layers.length, layerTimes(run));
      if (stage.head) addTimes(times, 1, head());
      if (stage.mtp_modules > 0) addTimes(times, stage.mtp_modules, mtpModule());
      return times;
    },
    operators: (stage) => piecesOf(operators, stage).flatMap(({ piece, count }) => piece.map((shape) => operatorOn(device, shape, count))),
  };
}

function sumOf(parts: readonly PartTimes[]): PartTimes {
  const times = noTimes();
  for (const part of parts) addTimes(times, 1, part);
  return times;
}

/** Everything that a stage runs, and how often. */
function piecesOf(operators: Operators, { runs, embedding, head, mtp_modules }: ComputedStage): readonly { readonly piece: Piece; readonly count: number }[] {
  const layer = (blocks: LayerBlocks): Piece => [...operators.attention(blocks), ...operators.ffn(blocks)];
  return [
    ...(embedding ? [{ piece: operators.embedding(), count: 1 }] : []),
    ...runs.map((run) => ({ piece: layer(run), count: run.layers.length })),
    ...(head ? [{ piece: operators.head(), count: 1 }] : []),
    ...(mtp_modules > 0 ? [{ piece: [...operators.mtp(), ...layer(operators.mtp_layer()), ...operators.head()], count: mtp_modules }] : []),
  ];
}

/** The operators of a plan on one device. */
export const computeOf = (plan: PlanRecord, layout: Layout, work: Work, device: Device): StageCompute => computeOn(device, operatorsOf(plan, layout, work));
