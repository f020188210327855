/**
 * FLOPs of one token: 2 a linear weight forward and 4 backward, and the attention core likewise once and twice.
 * Sources: PaLM, arXiv:2204.02311, appendix B (the rule); Insights into DeepSeek-V3, arXiv:2505.09343, Table 2
 * (causal counting: half of the attention).
 */

import { layersOf, sum, times, type Term } from "../term";
import { attendedTokens, attentionCore, decodeCore, isCached, type CachedAttention } from "./attention";
import { contextLength } from "./availability";
import { activeLinearWeights } from "./parameters";
import type { ModelContext, ModelRecord } from "./record";

/** Forward, and backward for the input and for the weight: three products of the same size. */
const trainingPasses = 3;

export function forwardFlops(model: ModelRecord, context: ModelContext): Term {
  const coreOf = (block: CachedAttention): Term => attentionCore(block, causalContext(block, context.sequence_length));
  return sum("forward_flops_per_token", flops(model, 1, coreOf));
}

export function trainFlops(model: ModelRecord, context: ModelContext): Term {
  const coreOf = (block: CachedAttention): Term => attentionCore(block, causalContext(block, context.sequence_length));
  return sum("train_flops_per_token", flops(model, trainingPasses, coreOf));
}

export function trainFlopsNoncausal(model: ModelRecord, context: ModelContext): Term {
  const coreOf = (block: CachedAttention): Term => attentionCore(block, attendedTokens(block, context.sequence_length));
  return sum("train_flops_per_token_noncausal", flops(model, trainingPasses, coreOf));
}

export function decodeFlops(model: ModelRecord, context: ModelContext): Term {
  const coreOf = (block: CachedAttention): Term => decodeCore(block, attendedTokens(block, contextLength(context)));
  return sum("decode_flops_per_token", flops(model, 1, coreOf));
}

/**
 * Tokens that a token attends to on average over a sequence: the mean of min(position, window), which is half the
 * sequence without a window, and window - window^2 / (2 x sequence) with one. Continuous: a window as long as the
 * sequence changes nothing.
 */
export function causalContext(block: CachedAttention, sequenceLength: number): number {
  const { window } = block;
  if (window === undefined || window >= sequenceLength) return sequenceLength / 2;
  return window - (window * window) / (2 * sequenceLength);
}

/** A multiplication and an addition a linear weight, and the core of every attention layer, `passes` times. */
function flops(model: ModelRecord, passes: number, coreOf: (block: CachedAttention) => Term): readonly Term[] {
  const repeat = passes === 1 ? [] : [passes];
  return [
    times([2 * passes], activeLinearWeights(model)),
    ...model.attention.filter(isCached).map((block) => times([...repeat, layersOf(block)], coreOf(block))),
  ];
}
