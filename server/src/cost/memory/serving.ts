/**
 * Activations of serving: the largest working set of one forward pass. Nothing is kept for a backward, so a layer's tensors go as the
 * next one runs; what lives through is the residual stream.
 */

import { gateWidth, valueDim, type CachedAttention } from "../model/attention";
import { plainElement } from "../model/precision";
import type { FfnRecord } from "../model/record";
import { modelledAttention } from "../plan/modelled";
import type { LayerRun, Stage } from "../plan/stages";
import { product, sum, type Term } from "../term";
import { expertCopies, type Flow } from "./activations";
import type { MemoryModel } from "./memory-model";
import { kvHeadsOf, shareOf, vocabularyOf } from "./weights";

/** Residual stream, the widest operator of any layer, and on the GPU with the head the logits of one token a sequence. */
export function servingActivations({ plan, flow, demand }: MemoryModel, stages: readonly Stage[]): Term {
  const { tokens, hidden, plain } = flow;
  const absorbed = plan.workload.phase === "decode";
  const widest = Math.max(0, ...stages.flatMap(({ runs }) => runs.map((run) => layerWidth(run, flow, absorbed))));
  const sequences = stages.some(({ head }) => head) ? demand.sequences : 0;
  return sum("activations", [
    product("residual stream and its norm", [2, tokens, hidden, plain]),
    product("widest operator, in and out", [tokens, widest, plain]),
    product("logits", [{ value: sequences, unit: "sequences" }, vocabularyOf(plan.model, flow.layout.tp), plainElement("fp32")]),
  ]);
}

/** Elements a token of the widest part of a layer. */
function layerWidth({ attention, ffn }: LayerRun, flow: Flow, absorbed: boolean): number {
  return Math.max(
    attention === undefined ? 0 : attentionWidth(modelledAttention(attention), flow.layout.tp, absorbed),
    ffn === undefined ? 0 : ffnWidth(ffn, flow),
  );
}

/** Decoding mla runs absorbed: queries and outputs in the latent's width (arXiv:2405.04434, section 2.1.2). */
function attentionWidth(block: CachedAttention, tp: number, absorbed: boolean): number {
  const heads = shareOf(block.heads, tp);
  if (block.kind !== "mla") return (heads + kvHeadsOf(block.kv_heads, tp)) * (block.head_dim + valueDim(block)) + shareOf(gateWidth(block), tp);
  const { kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim } = block;
  if (absorbed) return heads * (kv_lora_rank + qk_rope_head_dim + kv_lora_rank);
  return heads * (2 * (qk_nope_head_dim + qk_rope_head_dim) + 2 * v_head_dim);
}

function ffnWidth(ffn: FfnRecord, flow: Flow): number {
  const { hidden, layout: { tp, etp } } = flow;
  const matrices = ffn.gated ? 3 : 2;
  if (ffn.kind === "dense") return matrices * shareOf(ffn.intermediate_size, tp);
  return expertCopies(ffn, flow) * (2 * hidden + matrices * shareOf(ffn.intermediate_size, etp));
}
