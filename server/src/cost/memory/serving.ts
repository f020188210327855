/**
 * Activations of serving: the largest working set of one forward pass. Nothing is kept for a backward, so a layer's tensors go as the
 * next one runs; what lives through is the residual stream.
 */

import { blocksOf, gateWidth, isCached, valueDim, type CachedAttention } from "../model/attention";
import { plainElement } from "../model/precision";
import type { AttentionRecord, FfnRecord, MixerRecord } from "../model/record";
import type { LayerRun, Stage } from "../plan/stages";
import { product, sum, type Term } from "../term";
import { expertCopies } from "./activations";
import { entryOnGpu } from "./attention-weights";
import type { Flow } from "./flow";
import { kvHeadsOf, shareOf, vocabularyOf } from "./matrix";
import type { MemoryModel } from "./memory-model";
import { mixerWidths } from "./mixer-weights";

/** Residual stream, the widest operator of any layer, and on the GPU with the head the logits of one token a sequence. */
export function servingActivations({ plan, flow, demand }: MemoryModel, stages: readonly Stage[]): Term {
  const { tokens, hidden, plain } = flow;
  const absorbed = plan.workload.phase === "decode";
  const widest = Math.max(0, ...stages.flatMap(({ runs }) => runs.map((run) => layerWidth(run, flow, absorbed))));
  const sequences = stages.some(({ head }) => head) ? demand.sequences : 0;
  return sum("activations", [
    product(flow.streams === 1 ? "residual stream and its norm" : "residual streams and their norm", [flow.streams + 1, tokens, hidden, plain]),
    ...(flow.layer_embedding === 0 ? [] : [product("embeddings of the layers", [tokens, plan.model.layers, flow.layer_embedding, plain])]),
    product("widest operator, in and out", [tokens, widest, plain]),
    product("logits", [{ value: sequences, unit: "sequences" }, vocabularyOf(plan.model, flow.layout.tp), plainElement("fp32")]),
  ]);
}

/** Elements a token of the widest part of a layer. */
function layerWidth({ attention, ffn }: LayerRun, flow: Flow, absorbed: boolean): number {
  return Math.max(
    attention === undefined ? 0 : mixingWidth(attention, flow.layout.tp, absorbed),
    ffn === undefined ? 0 : ffnWidth(ffn, flow),
  );
}

const mixingWidth = (block: AttentionRecord, tp: number, absorbed: boolean): number => (isCached(block) ? attentionWidth(block, tp, absorbed) : mixerWidth(block, tp));

/** Queries, keys and values before and after their convolution, gate and output; of kda the decay in FP32. */
function mixerWidth(block: MixerRecord, tp: number): number {
  const { heads, values, channels } = mixerWidths(block, tp);
  return 2 * channels + (block.output_gate === false ? 1 : 2) * values + (block.kind === "kda" ? 2 * heads * block.key_head_dim : 0);
}

/** Decoding and sparse mla run absorbed: queries and outputs in the latent's width (arXiv:2405.04434, section 2.1.2). */
function attentionWidth(block: CachedAttention, tp: number, isDecode: boolean): number {
  const heads = shareOf(block.heads, tp);
  const compressed = block.compress === undefined ? 0 : 2 * blocksOf(block) * entryOnGpu(block, tp);
  if (block.kind !== "mla") return (heads + kvHeadsOf(block.kv_heads, tp)) * (block.head_dim + valueDim(block)) + shareOf(gateWidth(block), tp) + compressed;
  const { kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim } = block;
  if (isDecode || block.sparse !== undefined) return heads * (kv_lora_rank + qk_rope_head_dim + kv_lora_rank);
  return heads * (2 * (qk_nope_head_dim + qk_rope_head_dim) + 2 * v_head_dim);
}

function ffnWidth(ffn: FfnRecord, flow: Flow): number {
  const { hidden, layout: { tp, etp } } = flow;
  const matrices = ffn.gated ? 3 : 2;
  if (ffn.kind === "dense") return matrices * shareOf(ffn.intermediate_size, tp);
  return expertCopies(ffn, flow) * (2 * (ffn.latent_size ?? hidden) + matrices * shareOf(ffn.intermediate_size, etp));
}
