/**
 * The speed limit that the exchanges of expert parallelism set to decoding, whatever the GPUs compute. Source: Insights into DeepSeek-V3,
 * arXiv:2505.09343, section 2.3.2: one micro-batch exchanges while the other computes, so that a layer lasts at least two exchanges.
 */

import { exchangeLinks, expertExchange, idealExchange } from "../communication/expert-parallel";
import { Unavailable } from "../definition";
import type { MoeFfnRecord } from "../model/record";
import type { Evaluation } from "../plan/evaluation";
import { moeBlocksOf } from "../plan/layout";
import { tokensOf, type Batch } from "./batch";

/** Dispatch plus combine of one micro-batch in the layer that exchanges most. Seconds. */
export function idealExchangePerLayer(evaluation: Evaluation, batch: Batch): number {
  const { plan } = evaluation;
  const tokens = exchangedTokens(evaluation, batch);
  return longest(evaluation, (block) => idealExchange(plan, evaluation.groups, block, tokens));
}

/** The same as the kernels run it. */
export function exchangePerLayer(evaluation: Evaluation, batch: Batch): { readonly dispatch: number; readonly combine: number } {
  const { plan } = evaluation;
  const tokens = exchangedTokens(evaluation, batch);
  const links = exchangeLinks(plan, "estimate");
  let found = { dispatch: 0, combine: 0 };
  longest(evaluation, (block) => {
    const { dispatch, combine } = expertExchange(plan, evaluation.groups, block, tokens, "estimate", links);
    const time = dispatch.time + combine.time;
    if (time > found.dispatch + found.combine) found = { dispatch: dispatch.time, combine: combine.time };
    return time;
  });
  return found;
}

/** Seconds of a step that exchanges alone take. Throws `Unavailable` where nothing is exchanged. */
export function tpotLimit(evaluation: Evaluation, batch: Batch): number {
  if (evaluation.layout.ep === 1) throw new Unavailable("with `ep` = 1 no exchange limits a step", true);
  return batch.micro_batches * idealExchangePerLayer(evaluation, batch) * evaluation.plan.model.layers;
}

/** The GPUs of a tensor-parallel group dispatch equal parts of their tokens. */
export const exchangedTokens = (evaluation: Evaluation, batch: Batch): number => tokensOf(batch, evaluation.layout) / evaluation.layout.tp;

function longest({ plan }: Evaluation, timeOf: (block: MoeFfnRecord) => number): number {
  const blocks = moeBlocksOf(plan);
  if (blocks.length === 0) throw new Unavailable("the model has no `ffn moe` block", true);
  return blocks.reduce((time, block) => Math.max(time, timeOf(block)), 0);
}
