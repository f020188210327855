/** The metrics of a model: one definition an id, read by hover, lens, report, command line and sweep alike. */

import { toMetric, type Definition, type Gap } from "../definition";
import type { Metric } from "../metric";
import { product, quotient, sum } from "../term";
import { activeWeightsGap, combinationsGap, contextGap, moeBlocks, mtpGap, weightsGap } from "./availability";
import { decodeFlops, forwardFlops, trainFlops, trainFlopsNoncausal } from "./flops";
import { kvBytesPerSequence, kvBytesPerToken } from "./kv-cache";
import { combinations } from "./moe";
import {
  activeParameters, activeParametersWithoutEmbeddings, embeddingParameters, mtpParameters, totalParameters,
} from "./parameters";
import type { ModelContext, ModelRecord } from "./record";
import { weightBytes } from "./weight-bytes";

export type ModelMetric = Metric<ModelRecord, ModelContext>;

const v3Report = "DeepSeek-V3 technical report, arXiv:2412.19437";
const v2Report = "DeepSeek-V2, arXiv:2405.04434";
const insights = "Insights into DeepSeek-V3, arXiv:2505.09343";

const implementations = "linear, sparse and compressed kinds as in Hugging Face transformers (nemotron_h, minimax, qwen3_next, kimi_linear, deepseek_v32, deepseek_v4)";

const noGap = (): Gap => undefined;

const layerFormula =
  "layers x (attention or mixer projections + ffn or experts + router + norms + biases)";

const linearFormula =
  "attention projections + dense ffn + (top_k + shared_experts) experts + router + head";

const countingRule =
  "A multiplication and an addition count as two. Linear weights are those that a token passes, router and head " +
  "included; the input embedding is a look-up and is left out, as are norms, activations, softmax and MTP modules.";

const causalRule =
  "Causal: a token attends to half the sequence on average, in a layer with a window to " +
  "window - window^2 / (2 x sequence_length).";

const headDims =
  "d_qk = head_dim, d_v = v_head_dim, which is head_dim unless written; mla: d_qk = qk_nope_head_dim + qk_rope_head_dim.";

const otherKinds =
  "Under `sparse` a token attends to `top_k` tokens and its indexer scores all before it (2 x indexer_heads x indexer_head_dim each); under `compress` " +
  "both see entries, one in `compress` tokens, and attention the window beside them. A linear or state-space layer works 5 FLOPs an element of its " +
  "state (7 under a delta rule) and 2 a weight of its convolution, whatever the length: the recurrence as it is defined; kernels that run it in " +
  "chunks do more.";

const definitions: readonly Definition<ModelRecord, ModelContext>[] = [
  {
    id: "total_params",
    title: "Parameters",
    unit: "",
    documentation: "All weights of the model, whether a token passes them or not. MTP modules are counted in `mtp_params`.",
    formula: `vocab_size x hidden_size x 2 (once when tied) + ${layerFormula} + final norm`,
    convention:
      "Includes norms, biases and the router biases of `balance loss_free`; tied embeddings count once; MTP modules are left out. " +
      "Norms: one before each attention and each ffn (two with `post_norm`), those on compressed queries, keys and entries, qk_norm, those inside " +
      "linear and state-space layers, and the final one. Fixed decays and tables of hashed routing are no parameters. " +
      "Of layers that share a cache only the first projects keys and values.",
    source: `${v3Report}, sections 2.1 and 4.2; config.json of the published checkpoints; ${implementations}`,
    gap: weightsGap,
    arithmetic: totalParameters,
  },
  {
    id: "active_params",
    title: "Active parameters",
    unit: "",
    documentation: "Weights that one token passes: everything but the experts it is not sent to.",
    formula: `vocab_size x hidden_size x 2 (once when tied) + layers x (attention projections + ffn or top_k + shared_experts experts + router + norms + biases) + final norm`,
    convention:
      "Includes the input embedding and the head (one matrix, counted once, when tied), norms and biases; publishers differ in this. " +
      "`active_params_without_embeddings` has neither.",
    source: `${v3Report}, section 4.2; README_WEIGHTS.md of deepseek-ai/DeepSeek-V3`,
    gap: activeWeightsGap,
    arithmetic: activeParameters,
  },
  {
    id: "active_params_without_embeddings",
    title: "Active parameters without embeddings",
    unit: "",
    documentation: "Weights that one token passes, without input embedding and head.",
    formula: "layers x (attention projections + ffn or top_k + shared_experts experts + router + norms + biases) + final norm",
    convention: "Leaves out the input embedding and the head, tied or not; includes norms and biases.",
    source: `${v3Report}, section 4.2`,
    gap: activeWeightsGap,
    arithmetic: activeParametersWithoutEmbeddings,
  },
  {
    id: "embedding_params",
    title: "Embedding parameters",
    unit: "",
    documentation: "Weights of the input embedding and of the output head.",
    formula: "vocab_size x hidden_size x 2 (once when tied)",
    convention: "Tied embeddings count once. The vocabulary counts as written, padding included.",
    source: "config.json of the published checkpoints (vocab_size, tie_word_embeddings)",
    gap: noGap,
    arithmetic: embeddingParameters,
  },
  {
    id: "mtp_params",
    title: "MTP parameters",
    unit: "",
    documentation: "Weights of the multi-token prediction modules, which no other model metric counts.",
    formula: "depth x (one layer like the last + 2 x hidden_size x hidden_size + 3 x hidden_size)",
    convention:
      "A module shares the model's embedding and head, which are left out. For DeepSeek-V3 this gives 11.61 B; " +
      "README_WEIGHTS.md prints 11.5 B, which is the layer without the projection of 0.10 B.",
    source: `${v3Report}, section 2.2; README_WEIGHTS.md of deepseek-ai/DeepSeek-V3`,
    gap: mtpGap,
    arithmetic: mtpParameters,
  },
  {
    id: "weight_bytes",
    title: "Weights",
    unit: "B",
    documentation: "Bytes of the resident weights in their precisions, scales included, MTP modules left out.",
    formula: "sum over the parts of total_params of count x (bytes an element + scale bytes an element)",
    convention:
      "Routed and shared experts in `experts`, embedding and head in `embeddings`, other matrices in `weights`; router, norms, biases, and convolutions and decays of linear kinds bf16, " +
      "router biases fp32. FP8 weights carry 4 B a 128x128 block, mxfp4 1 B a 32, nvfp4 1 B a 16; for other formats no scales count.",
    source: `${v3Report}, sections 3.3.1 and 3.3.2; OCP Microscaling Formats specification v1.0`,
    gap: weightsGap,
    arithmetic: weightBytes,
  },
  {
    id: "kv_bytes_per_token",
    title: "KV cache per token",
    unit: "B",
    documentation: "Bytes that one token adds to the cache, over every layer that caches.",
    formula:
      "mla: layers x (kv_lora_rank x bytes(kv_cache) + qk_rope_head_dim x bytes(kv_rope)); " +
      "mha, mqa, gqa: layers x kv_heads x (head_dim + v_head_dim) x bytes(kv_cache); sparse: + layers x indexer_head_dim x bytes(index_cache)",
    convention:
      "Before a window evicts anything. Scales count: 4 B a 128 elements for FP8, the format's own block scale otherwise. " +
      "Under `compress` a token adds 1 / compress of an entry (and of an index key), and its own entry where there is a window; `kv_share` divides the layers. " +
      "Layers that keep a state instead of a cache add nothing.",
    source: `${v2Report}, Table 1; ${insights}, Table 1; FP8 layout: deepseek-ai/FlashMLA`,
    gap: noGap,
    arithmetic: kvBytesPerToken,
  },
  {
    id: "kv_bytes_per_sequence",
    title: "KV cache per sequence",
    unit: "B",
    documentation: "Bytes that the cache of one sequence takes when it holds `context_length` tokens, states of linear layers included.",
    formula:
      "sum over caches of (min(context_length, window) tokens + floor(context_length / compress) entries) x bytes; mla: kv_lora_rank x bytes(kv_cache) + " +
      "qk_rope_head_dim x bytes(kv_rope); mha, mqa, gqa: kv_heads x (head_dim + v_head_dim) x bytes(kv_cache); sparse: + indexer_head_dim x bytes(index_cache); " +
      "linear kinds: heads x state_size x value_head_dim x bytes(state) + (conv_kernel - 1) x channels x 2 B",
    convention:
      "A layer with a window keeps at most that many tokens, one under `compress` an entry for each full block of tokens and, beside a window, the tokens in it. " +
      "A linear or state-space layer keeps a state and the last inputs of its convolution. Left out: paging granularity, and what goes into a block that is not full yet.",
    source: `${v2Report}, Table 1; sliding windows: Mistral 7B, arXiv:2310.06825, section 2; ${implementations}`,
    gap: (_, context) => contextGap(context),
    arithmetic: kvBytesPerSequence,
  },
  {
    id: "forward_flops_per_token",
    title: "Forward FLOPs per token",
    unit: "FLOP",
    documentation: "Work of the forward pass for one token of a sequence of `sequence_length`, causal.",
    formula: `2 x (${linearFormula}) + layers x 2 x sequence_length / 2 x heads x (d_qk + d_v)`,
    convention: `${countingRule} ${causalRule} ${headDims} ${otherKinds}`,
    source: `PaLM, arXiv:2204.02311, appendix B; causal counting: ${insights}, Table 2`,
    gap: activeWeightsGap,
    arithmetic: forwardFlops,
  },
  {
    id: "train_flops_per_token",
    title: "Training FLOPs per token",
    unit: "FLOP",
    documentation: "Work of forward and backward for one token of a sequence of `sequence_length`, causal.",
    formula: `6 x (${linearFormula}) + 3 x layers x 2 x sequence_length / 2 x heads x (d_qk + d_v)`,
    convention:
      `${countingRule} Backward is twice forward; recomputation is left out. ${causalRule} ${headDims} ${otherKinds}`,
    source: `PaLM, arXiv:2204.02311, appendix B; causal counting: ${insights}, Table 2`,
    gap: activeWeightsGap,
    arithmetic: trainFlops,
  },
  {
    id: "train_flops_per_token_noncausal",
    title: "Training FLOPs per token, non-causal",
    unit: "FLOP",
    documentation: "As `train_flops_per_token`, with attention to the whole sequence, as the PaLM rule counts it.",
    formula: `6 x (${linearFormula}) + 3 x layers x 2 x sequence_length x heads x (d_qk + d_v)`,
    convention:
      `${countingRule} Backward is twice forward; recomputation is left out. Non-causal: a token attends to the whole sequence, ` +
      `in a layer with a window to min(sequence_length, window). ${headDims} ${otherKinds}`,
    source: `PaLM, arXiv:2204.02311, appendix B; ${insights}, Table 4 (non-causal MFU)`,
    gap: activeWeightsGap,
    arithmetic: trainFlopsNoncausal,
  },
  {
    id: "decode_flops_per_token",
    title: "Decoding FLOPs per token",
    unit: "FLOP",
    documentation: "Work of one decoding step for one token that follows `context_length` cached tokens.",
    formula:
      `2 x (${linearFormula}) + layers x 2 x min(context_length, window) x heads x (d_qk + d_v); ` +
      "mla: d_qk = kv_lora_rank + qk_rope_head_dim, d_v = kv_lora_rank",
    convention:
      `${countingRule} ${headDims} In decoding mla runs absorbed: scores over the latent and the rope key, values over the latent; the up-projections act on ` +
      `query and output instead, with as many multiplications as kv_b has weights. ${otherKinds}`,
    source: `${v2Report}, section 2.1.2; PaLM, arXiv:2204.02311, appendix B`,
    gap: (model, context) => activeWeightsGap(model) ?? contextGap(context),
    arithmetic: decodeFlops,
  },
  {
    id: "activation_ratio",
    title: "Activation ratio",
    unit: "",
    documentation: "Active over total parameters: 1 for a dense model.",
    formula: "active_params / total_params",
    share: true,
    convention: "Both with embeddings, norms and biases.",
    source: "DeepSeekMoE, arXiv:2401.06066, section 3.1",
    gap: activeWeightsGap,
    arithmetic: (model) =>
      sum("activation_ratio", [
        quotient("active_params / total_params", activeParameters(model).value, totalParameters(model).value),
      ]),
  },
  {
    id: "expert_combinations",
    title: "Expert combinations",
    unit: "",
    documentation: "How many sets of routed experts one token may be sent to in a layer.",
    formula: "C(routed_experts, top_k)",
    convention: "Shared experts add no choice. `group_limit`, which rules some sets out, is not counted.",
    source: "DeepSeekMoE, arXiv:2401.06066, section 3.1",
    gap: combinationsGap,
    arithmetic: (model) =>
      sum("expert_combinations", moeBlocks(model).slice(0, 1).map((block) => {
        const { routed_experts, top_k } = block;
        return product(`C(${routed_experts}, ${top_k})`, [combinations(routed_experts, top_k)]);
      })),
  },
];

/** In the order of the language's table. */
export const modelMetrics: readonly ModelMetric[] = definitions.map(toMetric);

const byId: ReadonlyMap<string, ModelMetric> = new Map(modelMetrics.map((metric) => [metric.id, metric]));

export function modelMetric(id: string): ModelMetric | undefined {
  return byId.get(id);
}
