/**
 * What an attention layer keeps of one micro-batch for its backward, and its gradients on their way. A sparse core works on the latent
 * (mla) or the shared keys themselves and keeps which tokens it picked.
 */

import { blocksOf, gateWidth, headDimOf, valueDim, type CachedAttention } from "../model/attention";
import { activationElement } from "../model/precision";
import { keeps } from "../plan/recomputation";
import { product, type Term } from "../term";
import { entryOnGpu, groupsOnGpu } from "./attention-weights";
import { normTensors, outputTensors, type Flow } from "./flow";
import { kvHeadsOf, shareOf } from "./matrix";

const fp32 = activationElement("fp32");
/** An index of a token. */
const int32 = { value: 4, unit: "B" };

/** `hasCache`: keys and values are its own; else those that another layer keeps. */
export function attentionTensors(block: CachedAttention, hasCache: boolean, flow: Flow): readonly Term[] {
  const { tokens, plain, layout: { tp }, recompute } = flow;
  const heads = shareOf(block.heads, tp);
  const { queries, keys, values, output } = coreWidths(block, hasCache, tp);
  const latent = absorbedLatent(block);
  const isProjectedAgain = block.kind === "mla" && !keeps(recompute, "mla queries, keys and values");
  const perHead = block.qk_norm ? [product("queries and keys before their norms", [tokens, queries + keys, plain])] : [];
  return [
    ...normTensors("norm before attention", flow.hidden, flow),
    ...latentTensors(block, hasCache, flow),
    ...(isProjectedAgain ? [] : [
      ...perHead,
      product("queries", [tokens, queries, plain]),
      ...(keys === 0 ? [] : [product("keys", [tokens, keys, plain])]),
      ...(values === 0 ? [] : [product("values", [tokens, values, plain])]),
    ]),
    ...(hasCache ? [...compressionTensors(block, flow), ...indexerTensors(block, flow)] : []),
    ...pickedTensors(block, flow),
    ...outputTensors([tokens, output], flow),
    ...(latent === undefined ? [] : [product("attention output in the latent", [tokens, heads * latent, plain])]),
    ...(block.o_lora_rank === undefined ? [] : [product("latent of the output", [tokens, groupsOnGpu(block, tp) * block.o_lora_rank, flow.input])]),
    product("softmax statistics", [tokens, heads, fp32]),
    ...gateTensors(block, output, flow),
  ];
}

/** The latent that sparse mla works in; `undefined` of all others, which lay keys and values out. */
const absorbedLatent = (block: CachedAttention): number | undefined => (block.kind === "mla" && block.sparse !== undefined ? block.kv_lora_rank : undefined);

/** The gate, and what it leaves of the output, which is the input of o; with recomputation that product is made again. */
function gateTensors(block: CachedAttention, output: number, { tokens, plain, input, layout: { tp }, recompute }: Flow): readonly Term[] {
  if (block.output_gate === false) return [];
  return [
    product("output gate", [tokens, shareOf(gateWidth(block), tp), plain]),
    ...(keeps(recompute, "activation outputs") ? [product("gated output", [tokens, output, input])] : []),
  ];
}

interface CoreWidths {
  readonly queries: number;
  readonly keys: number;
  readonly values: number;
  readonly output: number;
}

/** Elements of a token on one GPU that enter and leave the attention core, keys and values of every head laid out. */
function coreWidths(block: CachedAttention, hasCache: boolean, tp: number): CoreWidths {
  const heads = shareOf(block.heads, tp);
  const output = heads * valueDim(block);
  if (block.kind === "mla") {
    // queries before they are absorbed, and in the latent's width; the latent itself is kept as it comes
    if (block.sparse !== undefined) return { queries: heads * (block.qk_nope_head_dim + block.kv_lora_rank + block.qk_rope_head_dim), keys: 0, values: 0, output };
    const keys = heads * headDimOf(block);
    return { queries: keys, keys, values: output, output };
  }
  const kvHeads = hasCache ? kvHeadsOf(block.kv_heads, tp) : 0;
  return { queries: heads * block.head_dim, keys: kvHeads * block.head_dim, values: block.tie_kv === true ? 0 : kvHeads * valueDim(block), output };
}

function latentTensors(block: CachedAttention, hasCache: boolean, flow: Flow): readonly Term[] {
  return [
    ...(block.q_lora_rank === undefined ? [] : normTensors("q_a norm", block.q_lora_rank, flow)),
    ...(block.kind === "mla" && hasCache ? [...normTensors("kv_a norm", block.kv_lora_rank, flow), product("rope key", [flow.ownTokens, block.qk_rope_head_dim, flow.plain])] : []),
  ];
}

/** What entries are averages of, with the weights of the average, and the entries. */
function compressionTensors(block: CachedAttention, { tokens, plain, layout: { tp } }: Flow): readonly Term[] {
  if (block.compress === undefined) return [];
  const index = block.sparse === undefined || block.sparse.shared_indexer ? 0 : block.sparse.indexer_head_dim;
  const width = entryOnGpu(block, tp) + index;
  return [
    product("parts of compressed entries and their weights", [tokens, 2 * blocksOf(block) * width, plain]),
    product("compressed entries", [{ value: tokens.value / block.compress, unit: "entries" }, width, plain]),
  ];
}

/** Queries, keys and weights of the heads of an indexer. */
function indexerTensors({ sparse, compress }: CachedAttention, { tokens, plain }: Flow): readonly Term[] {
  if (sparse === undefined || sparse.shared_indexer) return [];
  const { indexer_heads, indexer_head_dim } = sparse;
  return [product("indexer queries, keys and weights", [tokens, indexer_heads * (indexer_head_dim + 1) + (compress === undefined ? indexer_head_dim : 0), plain])];
}

/** Which tokens each query picked. */
const pickedTensors = ({ sparse }: CachedAttention, { tokens }: Flow): readonly Term[] => (sparse === undefined ? [] : [product("picked tokens", [tokens, sparse.top_k, int32])]);

/** Gradients of queries, keys, values and output. Bytes of a token. */
export function attentionGradients(block: CachedAttention, { plain, layout: { tp } }: Flow): number {
  const { queries, keys, values, output } = coreWidths(block, true, tp);
  return plain.value * (queries + keys + values + output);
}
