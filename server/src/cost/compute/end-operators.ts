/** The operators at the ends of a model: embedding, head with the loss, MTP modules (DeepSeek-V3, arXiv:2412.19437, section 2.2). */

import { holdsLastLayer } from "../model/availability";
import type { ModelRecord } from "../model/record";
import type { LayerBlocks } from "../plan/stages";
import { linears, norm, unsplitTokens, wide } from "./linears";
import type { OperatorShape } from "./operator";
import { linear, sweep, weightBytes, type Site } from "./operators";
import { joinedStreams, layerEmbeddings } from "./stream-operators";

/** Rows of the table, gathered; their gradients are added up in FP32. */
export const embeddingOperators = (site: Site): readonly OperatorShape[] => [embeddingOperator(site), ...layerEmbeddings(site)];

function embeddingOperator(site: Site): OperatorShape {
  const elements = site.work.tokens * site.plan.model.hidden_size;
  return sweep(site, { name: "embedding", part: "ends", share: "gather", bytes: { forward: 4 * elements, backward_input: 0, backward_weight: 10 * elements } });
}

/** The final norm, the head, and in training the loss; serving needs the logits of the last token of a prompt alone. */
export function headOperators(site: Site): readonly OperatorShape[] {
  const { plan: { model: { hidden_size, vocab_size, precision } }, layout: { tp }, work: { phase, tokens, sequences } } = site;
  const rate = site.rates.embedding();
  const rows = phase === "prefill" ? sequences : tokens;
  const logits = (rows * vocab_size) / tp;
  const head = linear(site, "ends", { name: "head", rows, columns: vocab_size / tp, inner: hidden_size }, rate, weightBytes(site, rate, precision.embeddings));
  // forward reads the logits twice (sum, then difference) and writes them in FP32; backward scales that and writes it in bf16
  const loss = site.training ? [sweep(site, { name: "cross entropy", part: "ends", bytes: { forward: 8 * logits, backward_input: 6 * logits, backward_weight: 0 } })] : [];
  return [...joinedStreams(site, unsplitTokens(site)), norm(site, "final norm", "ends"), head, ...loss];
}

/** The layer that each MTP module repeats. */
export function lastLayer(model: ModelRecord): LayerBlocks {
  const holds = holdsLastLayer(model);
  return { attention: model.attention.find(holds), ffn: model.ffn.find(holds) };
}

/** An MTP module up to its layer, which is one like the model's last, and the head again: the embedding of the next token, two norms, a projection of both halves. */
export function mtpOperators(site: Site): readonly OperatorShape[] {
  const { model } = site.plan;
  const rows = site.work.tokens / site.layout.tp;
  const operators: OperatorShape[] = [embeddingOperator(site), norm(site, "mtp norms", "ends")];
  linears(site, "ends", weightBytes(site, site.rates.linear(), model.precision.weights), [
    { name: "mtp projection", rows, columns: model.hidden_size, inner: 2 * model.hidden_size },
  ], wide(2 * rows * model.hidden_size), operators);
  return operators;
}
