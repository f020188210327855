/** What one stage exchanges for one micro-batch, and what of it the operators beside it hide. */

import { expertExchange, exchangeLinks, type Exchange } from "../communication/expert-parallel";
import { linksOf } from "../communication/links";
import { contextParallelTransfers, pipelineSend, tensorParallelTransfers, vocabularyTransfers } from "../communication/parallel";
import type { Links } from "../communication/transfer";
import type { FfnRecord, MoeFfnRecord } from "../model/record";
import type { Evaluation, Mode } from "../plan/evaluation";
import type { LayerRun, Stage } from "../plan/stages";

/** Seconds of one micro-batch, hidden or not. */
export interface StageTraffic {
  readonly expert_forward: number;
  readonly expert_backward: number;
  readonly tensor_forward: number;
  readonly tensor_backward: number;
  readonly context_forward: number;
  readonly context_backward: number;
}

/** Both kinds of links of one mode, found once. */
export interface TrainingLinks {
  readonly collective: Links;
  readonly exchange: Links;
  readonly mode: Mode;
}

export const trainingLinks = ({ plan }: Evaluation, mode: Mode): TrainingLinks => ({
  mode, collective: linksOf(plan.hardware, plan.efficiency, mode), exchange: exchangeLinks(plan, mode),
});

/** Of one MoE layer and one micro-batch, on one GPU: tensor-parallel ranks with sequence parallelism each send their part of the tokens. */
export function layerExchange({ plan, layout, groups }: Evaluation, block: MoeFfnRecord, tokens: number, { exchange, mode }: TrainingLinks): Exchange {
  return expertExchange(plan, groups(), block, tokens / layout().tp, mode, exchange);
}

/** `tokens`: of a micro-batch on one context-parallel rank. */
export function stageTraffic(evaluation: Evaluation, stage: Stage, tokens: number, links: TrainingLinks): StageTraffic {
  const total = { expert_forward: 0, expert_backward: 0, tensor_forward: 0, tensor_backward: 0, context_forward: 0, context_backward: 0 };
  for (const run of withModules(stage)) addRun(total, evaluation, run, tokens, links);
  addEnds(total, evaluation, stage, tokens, links);
  return total;
}

/** An MTP module is one more layer like the model's last. */
function withModules(stage: Stage): readonly LayerRun[] {
  const last = stage.mtp_layer;
  if (stage.mtp_modules === 0 || last === undefined) return stage.runs;
  return [...stage.runs, { ...last, layers: new Array<number>(stage.mtp_modules).fill(last.layers.at(-1) ?? 0) }];
}

type Totals = { -readonly [Key in keyof StageTraffic]: StageTraffic[Key] };

function addRun(total: Totals, evaluation: Evaluation, { attention, ffn, layers }: LayerRun, tokens: number, links: TrainingLinks): void {
  const { plan } = evaluation;
  const [layout, groups] = [evaluation.layout(), evaluation.groups()];
  const count = layers.length;
  const tensor = tensorParallelTransfers(plan, layout, groups, attention, ffn, tokens, links.collective);
  const context = contextParallelTransfers(plan, layout, groups, attention, tokens, links.collective);
  const expert = isMoe(ffn) ? layerExchange(evaluation, ffn, tokens, links) : undefined;
  const exchanged = expert === undefined ? 0 : expert.dispatch.time + expert.combine.time;
  total.tensor_forward += count * tensor.forward.time;
  total.tensor_backward += count * tensor.backward.time;
  total.context_forward += count * context.forward.time;
  total.context_backward += count * context.backward.time;
  total.expert_forward += count * exchanged;
  total.expert_backward += count * exchanged;
}

function addEnds(total: Totals, evaluation: Evaluation, stage: Stage, tokens: number, links: TrainingLinks): void {
  const ends = vocabularyTransfers(evaluation.plan, evaluation.layout(), evaluation.groups(), tokens, links.collective);
  const heads = (stage.head ? 1 : 0) + stage.mtp_modules;
  total.tensor_forward += (stage.embedding ? ends.embedding.forward.time : 0) + heads * ends.head.forward.time;
  total.tensor_backward += (stage.embedding ? ends.embedding.backward.time : 0) + heads * ends.head.backward.time;
}

const isMoe = (ffn: FfnRecord | undefined): ffn is MoeFfnRecord => ffn?.kind === "moe";

/** A micro-batch from one stage to the next. Seconds. */
export const sendTime = ({ plan, layout, groups }: Evaluation, tokens: number, { collective }: TrainingLinks): number =>
  pipelineSend(plan, layout(), groups(), tokens, collective).time;
