/**
 * FLOPs of one token: 2 a linear weight forward and 4 backward, and the attention core likewise once and twice.
 * Sources: PaLM, arXiv:2204.02311, appendix B (the rule); Insights into DeepSeek-V3, arXiv:2505.09343, Table 2
 * (causal counting: half of the attention).
 */

import { layersOf, sum, times, type Term } from "../term";
import { attended, attentionCore, causal, decodeCore, indexerCore, isCached, type CachedAttention, type Reach } from "./attention";
import { contextLength } from "./availability";
import { mixerCore } from "./mixer";
import { activeLinearWeights } from "./parameters";
import type { ModelContext, ModelRecord } from "./record";

/** Forward, and backward for the input and for the weight: three products of the same size. */
const trainingPasses = 3;

export function forwardFlops(model: ModelRecord, { sequence_length }: ModelContext): Term {
  return sum("forward_flops_per_token", flops(model, 1, causal(sequence_length), attentionCore));
}

export function trainFlops(model: ModelRecord, { sequence_length }: ModelContext): Term {
  return sum("train_flops_per_token", flops(model, trainingPasses, causal(sequence_length), attentionCore));
}

export function trainFlopsNoncausal(model: ModelRecord, { sequence_length }: ModelContext): Term {
  return sum("train_flops_per_token_noncausal", flops(model, trainingPasses, { kind: "whole", tokens: sequence_length }, attentionCore));
}

export function decodeFlops(model: ModelRecord, context: ModelContext): Term {
  return sum("decode_flops_per_token", flops(model, 1, { kind: "whole", tokens: contextLength(context) }, decodeCore));
}

/** A multiplication and an addition a linear weight, and the core of every layer, `passes` times. */
function flops(model: ModelRecord, passes: number, reach: Reach, coreOf: (block: CachedAttention, context: number) => Term): readonly Term[] {
  const repeat = passes === 1 ? [] : [passes];
  return [
    times([2 * passes], activeLinearWeights(model)),
    ...model.attention.flatMap((block) => {
      const layers = [...repeat, layersOf(block)];
      if (!isCached(block)) return [times(layers, mixerCore(block))];
      const { core, indexed } = attended(block, reach);
      return [coreOf(block, core), ...indexerCore(block, indexed)].map((term) => times(layers, term));
    }),
  ];
}
