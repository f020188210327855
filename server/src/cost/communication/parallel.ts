/**
 * What tensor, context, pipeline and data parallelism exchange, as Megatron-LM runs them. `tokens` are those of a micro-batch that one
 * tensor-parallel group holds: micro_batch_size x sequence_length / cp in training.
 * Sources: Megatron-LM (arXiv:1909.08053; sequence parallelism: arXiv:2205.05198), ring attention (arXiv:2310.01889), Llama 3's
 * gathered keys and values (arXiv:2407.21783, section 3.3.2), ZeRO (arXiv:1910.02054).
 */

import { Unavailable } from "../definition";
import { isCached, valueDim } from "../model/attention";
import { expertWidth } from "../model/moe";
import { betweenLayers, plainElement, weightElement } from "../model/precision";
import type { AttentionRecord, CachedAttention, FfnRecord, MoeFfnRecord } from "../model/record";
import type { Group, Groups, Layout } from "../plan/layout";
import type { PlanRecord } from "../plan/record";
import { allGather, allReduce, pointToPoint, reduceScatter, smallAllReduce } from "./collectives";
import { inSequence, noTransfer, repeated, type Links, type Transfer } from "./transfer";

/** What a layer exchanges in the two passes of one micro-batch. */
export interface BothWays {
  readonly forward: Transfer;
  readonly backward: Transfer;
}

export const neitherWay: BothWays = { forward: noTransfer, backward: noTransfer };

const residualBytes = ({ model }: PlanRecord, tokens: number): number =>
  tokens * model.hidden_size * betweenLayers(model.precision).value;

/**
 * Tensor parallelism of one layer. Attention and a dense FFN (or the shared experts of an MoE) each gather their input and
 * reduce-scatter their output under sequence parallelism, else all-reduce their output; the backward pass does the mirror image,
 * and under sequence parallelism gathers the input once more for the weight gradient.
 * Routed experts get their tokens by expert parallelism; where each is split (`etp`), its group gathers and reduces them.
 */
export function tensorParallelTransfers(
  plan: PlanRecord, layout: Layout, groups: Groups, attention: AttentionRecord | undefined, ffn: FfnRecord | undefined, tokens: number, links: Links,
): BothWays {
  const blocks = (attention === undefined ? 0 : 1) + (ffn === undefined || (ffn.kind === "moe" && ffn.shared_experts === 0) ? 0 : 1);
  const dense = blockTransfers(residualBytes(plan, tokens), layout.sequence_parallel, groups.tp, links);
  const routed = ffn?.kind === "moe" ? splitExpertTransfers(plan, layout, groups, ffn, tokens, links) : neitherWay;
  return {
    forward: inSequence([repeated(blocks, dense.forward), routed.forward]),
    backward: inSequence([repeated(blocks, dense.backward), routed.backward]),
  };
}

/**
 * Tensor parallelism of one layer in decode, as serving engines run it: an all-reduce after attention and one after the FFN, routed and
 * shared experts together; tokens that came back from other ranks' experts are gathered, which takes no longer. Where experts are
 * split (`etp`) and stand on several ranks, the group of an expert reduces its copies too.
 */
export function decodeTensorParallelTransfer(
  plan: PlanRecord, layout: Layout, groups: Groups, attention: AttentionRecord | undefined, ffn: FfnRecord | undefined, tokens: number, links: Links,
): Transfer {
  const blocks = (attention === undefined ? 0 : 1) + (ffn === undefined ? 0 : 1);
  const reduced = repeated(blocks, smallAllReduce(residualBytes(plan, tokens), groups.tp, links));
  if (ffn?.kind !== "moe" || layout.ep === 1) return reduced;
  return inSequence([reduced, splitExpertTransfers(plan, layout, groups, ffn, tokens, links).forward]);
}

function blockTransfers(bytes: number, isSequenceParallel: boolean, group: Group, links: Links): BothWays {
  if (group.size === 1) return neitherWay;
  if (!isSequenceParallel) {
    const reduced = allReduce(bytes, group, links);
    return { forward: reduced, backward: reduced };
  }
  const gathered = allGather(bytes, group, links);
  const scattered = reduceScatter(bytes, group, links);
  return { forward: inSequence([gathered, scattered]), backward: inSequence([gathered, gathered, scattered]) };
}

/** `tokens` of a tensor-parallel group, each as often as it has experts; its GPUs hold equal parts of them. */
function splitExpertTransfers({ model }: PlanRecord, { tp, etp }: Layout, groups: Groups, ffn: MoeFfnRecord, tokens: number, links: Links): BothWays {
  const copies = (ffn.top_k * tokens * etp) / tp;
  const bytes = copies * expertWidth(ffn, model.hidden_size) * betweenLayers(model.precision).value;
  return blockTransfers(bytes, true, groups.etp, links);
}

/**
 * Tensor parallelism of what stands before and after the layers. The embedding reduce-scatters its output (all-reduce without
 * sequence parallelism); the head gathers its input and reduces the gradient of it. The loss exchanges a few numbers a token, which are left out.
 */
export function vocabularyTransfers(plan: PlanRecord, layout: Layout, groups: Groups, tokens: number, links: Links): { readonly embedding: BothWays; readonly head: BothWays } {
  if (groups.tp.size === 1) return { embedding: neitherWay, head: neitherWay };
  const bytes = residualBytes(plan, tokens);
  if (!layout.sequence_parallel) {
    const reduced = allReduce(bytes, groups.tp, links);
    return { embedding: { forward: reduced, backward: noTransfer }, head: { forward: noTransfer, backward: reduced } };
  }
  const gathered = allGather(bytes, groups.tp, links);
  const scattered = reduceScatter(bytes, groups.tp, links);
  return { embedding: { forward: scattered, backward: gathered }, head: { forward: gathered, backward: inSequence([gathered, scattered]) } };
}

/**
 * Context parallelism of one attention layer: keys and values of the whole sequence pass every GPU, around a ring or gathered (the
 * bytes are the same); the backward pass moves them once more and reduce-scatters their gradients. Nothing is taken off for a window.
 * Of mla these are the expanded keys and values, of sparse mla the latent; of `compress` the entries, beside which the few tokens of a
 * window are left out. `tokens`: those whose keys the rank holds, of a prompt also those found in the cache, which stands divided over the
 * ranks. Throws `Unavailable` for mixers, which pass a state on.
 */
export function contextParallelTransfers(plan: PlanRecord, layout: Layout, groups: Groups, attention: AttentionRecord | undefined, tokens: number, links: Links): BothWays {
  if (groups.cp.size === 1 || attention === undefined) return neitherWay;
  if (!isCached(attention)) throw new Unavailable(`context parallelism of \`attention ${attention.kind}\` is not modelled: its state would pass from rank to rank`);
  const bytes = tokens * layout.cp * keyValueElements(attention, layout.tp) * plainElement(plan.model.precision.attention).value;
  const gathered = allGather(bytes, groups.cp, links);
  return { forward: gathered, backward: inSequence([gathered, reduceScatter(bytes, groups.cp, links)]) };
}

/** Of one token and one GPU of the tensor-parallel group, keys of an indexer included; fewer heads than GPUs are held several times. */
function keyValueElements(attention: CachedAttention, tp: number): number {
  const { sparse, compress = 1 } = attention;
  const index = sparse === undefined || sparse.shared_indexer ? 0 : sparse.indexer_head_dim;
  return (coreElements(attention, tp) + index) / compress;
}

function coreElements(attention: CachedAttention, tp: number): number {
  if (attention.kind !== "mla") return Math.max(1, attention.kv_heads / tp) * (attention.head_dim + (attention.tie_kv === true ? 0 : valueDim(attention)));
  if (attention.sparse !== undefined) return attention.kv_lora_rank + attention.qk_rope_head_dim;
  return Math.max(1, attention.heads / tp) * (attention.qk_nope_head_dim + attention.qk_rope_head_dim + attention.v_head_dim);
}

/**
 * A micro-batch from one stage to the next, forward or backward. Each GPU of a tensor-parallel group sends its part; without
 * sequence parallelism the receivers then gather the whole.
 */
export function pipelineSend(plan: PlanRecord, layout: Layout, groups: Groups, tokens: number, links: Links): Transfer {
  if (layout.pp === 1) return noTransfer;
  const bytes = (plan.model.hyper_connections ?? 1) * residualBytes(plan, tokens);
  const sent = pointToPoint(bytes / layout.tp, groups.pp, links);
  return layout.sequence_parallel || layout.tp === 1 ? sent : inSequence([sent, allGather(bytes, groups.tp, links)]);
}

/** Parameters that one GPU works with, before ZeRO splits them. */
export interface ParameterCounts {
  readonly dense: number;
  /** Of routed experts. */
  readonly expert: number;
}

/** What data parallelism exchanges in one step. */
export interface GradientSync {
  /** Gradients: reduced, and from ZeRO stage 1 on scattered. */
  readonly gradients: Transfer;
  /** Weights, gathered: after the optimizer's step (ZeRO 1 and 2), or before each pass of each micro-batch (ZeRO 3). */
  readonly weights: Transfer;
}

/**
 * Gradients in `precision.gradients`, weights in their resident precision; dense parameters over dp x cp, experts over their own
 * replicas. From ZeRO stage 2 on gradients are scattered after each micro-batch, below it once a step.
 */
export function gradientSync(plan: PlanRecord, groups: Groups, counts: ParameterCounts, microBatches: number, links: Links): GradientSync {
  const { zero } = plan.parallelism;
  const { precision } = plan.model;
  const gradient = plainElement(precision.gradients).value;
  const reduce = zero === 0 ? allReduce : reduceScatter;
  const gradients = inSequence([reduce(counts.dense * gradient, groups.dp, links), reduce(counts.expert * gradient, groups.expert_dp, links)]);
  const weights = inSequence([
    allGather(counts.dense * weightElement(precision.weights).value, groups.dp, links),
    allGather(counts.expert * weightElement(precision.experts).value, groups.expert_dp, links),
  ]);
  return {
    gradients: repeated(zero >= 2 ? microBatches : 1, gradients),
    weights: repeated(zero === 0 ? 0 : zero === 3 ? 2 * microBatches : 1, weights),
  };
}
