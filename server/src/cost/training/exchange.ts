/** What one stage exchanges for one micro-batch, and what of it the operators beside it hide. */

import { expertExchange, exchangeLinks, type Exchange } from "../communication/expert-parallel";
import { linksOf } from "../communication/links";
import { contextParallelTransfers, pipelineSend, tensorParallelTransfers, vocabularyTransfers } from "../communication/parallel";
import type { Links } from "../communication/transfer";
import type { FfnRecord, MoeFfnRecord } from "../model/record";
import { oncePerKey } from "../once";
import type { Evaluation, Mode } from "../plan/evaluation";
import { oncePerLayer, type LayerBlocks, type StageParts } from "../plan/stages";

/** Seconds of one micro-batch, hidden or not. */
export interface StageTraffic {
  /** Dispatch and combine, alike in both passes: alone, and beside compute. */
  readonly expert: number;
  readonly expert_beside: number;
  readonly tensor_forward: number;
  readonly tensor_backward: number;
  readonly context_forward: number;
  readonly context_backward: number;
}

/** What the stages of one mode share for micro-batches of so many tokens: what a layer of each kind exchanges, found once. */
export interface TrainingTraffic {
  readonly tokens: number;
  readonly collective: Links;
  readonly layerOf: (layer: LayerBlocks) => StageTraffic;
  /** With nothing beside it. */
  readonly exchangeOf: (block: MoeFfnRecord) => Exchange;
}

/** `tokens`: of a micro-batch on one context-parallel rank. */
export function trainingTraffic(evaluation: Evaluation, mode: Mode, tokens: number): TrainingTraffic {
  const { plan } = evaluation;
  const collective = linksOf(plan.hardware, plan.efficiency, mode);
  const exchangesOver = (links: Links): ((block: MoeFfnRecord) => Exchange) =>
    oncePerKey((block: MoeFfnRecord) => block, (block) => layerExchange(evaluation, block, tokens, mode, links));
  const exchangeOf = exchangesOver(exchangeLinks(plan, mode, false));
  const besideOf = exchangesOver(exchangeLinks(plan, mode, true));
  return { tokens, collective, exchangeOf, layerOf: oncePerLayer((layer) => layerTraffic(evaluation, layer, tokens, collective, exchangeOf, besideOf)) };
}

/** Of one MoE layer and one micro-batch, on one GPU: tensor-parallel ranks with sequence parallelism each send their part of the tokens. */
function layerExchange({ plan, layout, groups }: Evaluation, block: MoeFfnRecord, tokens: number, mode: Mode, links: Links): Exchange {
  return expertExchange(plan, groups, block, tokens / layout.tp, mode, links);
}

export function stageTraffic(evaluation: Evaluation, stage: StageParts, traffic: TrainingTraffic): StageTraffic {
  const total = { expert: 0, expert_beside: 0, tensor_forward: 0, tensor_backward: 0, context_forward: 0, context_backward: 0 };
  for (const run of stage.runs) addLayers(total, run.layers.length, traffic.layerOf(run));
  if (stage.mtp_layer !== undefined) addLayers(total, stage.mtp_modules, traffic.layerOf(stage.mtp_layer));
  addEnds(total, evaluation, stage, traffic);
  return total;
}

function layerTraffic(
  { plan, layout, groups }: Evaluation, { attention, ffn }: LayerBlocks, tokens: number, links: Links,
  exchangeOf: TrainingTraffic["exchangeOf"], besideOf: TrainingTraffic["exchangeOf"],
): StageTraffic {
  const tensor = tensorParallelTransfers(plan, layout, groups, attention, ffn, tokens, links);
  const context = contextParallelTransfers(plan, layout, groups, attention, tokens, links);
  const bothOf = ({ dispatch, combine }: Exchange): number => dispatch.time + combine.time;
  return {
    expert: isMoe(ffn) ? bothOf(exchangeOf(ffn)) : 0, expert_beside: isMoe(ffn) ? bothOf(besideOf(ffn)) : 0,
    tensor_forward: tensor.forward.time, tensor_backward: tensor.backward.time,
    context_forward: context.forward.time, context_backward: context.backward.time,
  };
}

type Totals = { -readonly [Key in keyof StageTraffic]: StageTraffic[Key] };

function addLayers(total: Totals, count: number, layer: StageTraffic): void {
  total.expert += count * layer.expert;
  total.expert_beside += count * layer.expert_beside;
  total.tensor_forward += count * layer.tensor_forward;
  total.tensor_backward += count * layer.tensor_backward;
  total.context_forward += count * layer.context_forward;
  total.context_backward += count * layer.context_backward;
}

function addEnds(total: Totals, { plan, layout, groups }: Evaluation, stage: StageParts, { tokens, collective }: TrainingTraffic): void {
  const ends = vocabularyTransfers(plan, layout, groups, tokens, collective);
  const heads = (stage.head ? 1 : 0) + stage.mtp_modules;
  total.tensor_forward += (stage.embedding ? ends.embedding.forward.time : 0) + heads * ends.head.forward.time;
  total.tensor_backward += (stage.embedding ? ends.embedding.backward.time : 0) + heads * ends.head.backward.time;
}

const isMoe = (ffn: FfnRecord | undefined): ffn is MoeFfnRecord => ffn?.kind === "moe";

/** A micro-batch from one stage to the next. Seconds. */
export const sendTime = ({ plan, layout, groups }: Evaluation, { tokens, collective }: TrainingTraffic): number =>
  pipelineSend(plan, layout, groups, tokens, collective).time;
