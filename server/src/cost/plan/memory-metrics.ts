/** The memory of the worst GPU of a plan, component by component, and what a decode plan could hold at most. */

import { amount, sum } from "../term";
import { componentTerm, type Component } from "../memory/breakdown";
import { maxBatchPerGpu, maxContextThatFits } from "../memory/capacity";
import { memoryOfRanks } from "./details";
import { evaluationOf } from "./evaluation";
import type { PlanDefinition } from "./metrics";
import { onlyIn } from "./phase";

const megatron = "Megatron-LM and TransformerEngine; held against 15 runs on 8 B200 (SimuMax, docs/b200)";
const ofTheWorst = "Of the GPU that needs most, at the moment at which it needs most: the components add up to memory_per_gpu. As torch counts allocations: "
  + "the CUDA context, NCCL's own buffers and fragmentation are not in it (about 0.5 to 2 GB, and 2 to 7 % of the allocated on the B200 runs) unless `memory_reserve` of the layout says how much to keep free for them.";

const replicaGroup = "The group is dp x cp for dense weights and dp x cp x tp / (ep x etp) for experts; under dualpipe twice that, for both copies of a stage.";

function component(id: string, of: Component, head: Pick<PlanDefinition, "title" | "documentation" | "formula"> & { readonly convention?: string; readonly source?: string }): PlanDefinition {
  const { convention, source = megatron, ...rest } = head;
  return {
    id, ...rest, unit: "B", source,
    convention: convention === undefined ? ofTheWorst : `${convention} ${ofTheWorst}`,
    arithmetic: (plan) => sum(id, [componentTerm(evaluationOf(plan).memory, of)]),
    value: (plan) => evaluationOf(plan).memory.worst[of],
  };
}

const components: readonly Component[] = ["weights", "gradients", "optimizer", "activations", "kv", "buffers"];

export const memoryMetrics: readonly PlanDefinition[] = [
  {
    id: "memory_per_gpu",
    title: "Memory per GPU",
    unit: "B",
    documentation: "What the fullest GPU holds at its worst moment. The breakdown says which stage that is and what it is doing.",
    formula: "memory_weights + memory_gradients + memory_optimizer + memory_activations + memory_kv + memory_buffers",
    convention: ofTheWorst,
    source: megatron,
    arithmetic: (plan) => {
      const memory = evaluationOf(plan).memory;
      return sum("memory_per_gpu", components.map((of) => componentTerm(memory, of)));
    },
    value: (plan) => evaluationOf(plan).memory.worst.total,
    details: memoryOfRanks,
  },
  component("memory_weights", "weights", {
    title: "Memory of the weights",
    documentation: "Resident weights: attention and dense ffn divided by tp, experts by ep x etp.",
    formula: "layers of the rank's stages x weights of a layer / (tp or ep x etp) x bytes; zero = 3: / data-parallel group",
    convention: "The vocabulary is filled up to a multiple of 128 x tp. Norms, the router and mla's down-projections stand whole on every tp rank; redundant "
      + "experts are shared out over ep; a dualpipe rank holds two stages, and each stage stands on two ranks, so that the cluster holds the parameters twice (arXiv:2412.19437, Table 2). MTP modules count in training alone.",
  }),
  component("memory_kv", "kv", {
    title: "Memory of the KV cache",
    documentation: "The cache of the sequences that a GPU holds, and the states of linear and state-space layers.",
    formula: "batch_per_gpu x layers x (min(context, window) / cp x bytes of a token + context / compress / cp x bytes of an entry, or the state)",
    convention: "gqa heads and states are divided by tp, heads at most kv_heads ways; mla's latent and index keys stand whole on every tp rank. Of layers that share a cache (`kv_share`) one counts. Training has none.",
    source: "DeepSeek-V2, arXiv:2405.04434, section 2.1; vLLM's shapes of states",
  }),
  component("memory_activations", "activations", {
    title: "Memory of the activations",
    documentation: "What the micro-batches in flight keep for their backward, and what the worst moment needs on top (logits, gradients on their way).",
    formula: "micro-batches in flight x layers x bytes kept by a layer + working set of the moment",
    convention: "Fused attention, no dropout. recompute = selective computes norms, SwiGLU's output and mla's up-projections again, and of other attention nothing, for a fused core keeps nothing that would come free; full keeps each layer's input. "
      + "Where GEMMs run in FP8 the inputs of linear layers are kept in FP8; the residual stream, norms' inputs and queries, keys and values in BF16. Serving: the widest operator of one forward pass.",
    source: "arXiv:2205.05198, section 4; arXiv:2412.19437, sections 3.2.3 and 3.3.3; TransformerEngine",
  }),
  component("memory_gradients", "gradients", {
    title: "Memory of the gradients",
    documentation: "The buffer into which every micro-batch adds its weight gradients.",
    formula: "parameters of the GPU x bytes of `gradients`; zero >= 2: / data-parallel group",
    convention: replicaGroup,
    source: "ZeRO, arXiv:1910.02054, section 5",
  }),
  component("memory_optimizer", "optimizer", {
    title: "Memory of the optimizer",
    documentation: "Master weights and Adam's two moments.",
    formula: "parameters of the GPU x (bytes of `master_weights` + 2 x bytes of `optimizer_moments`); zero >= 1: / data-parallel group",
    convention: `A master copy in the precision of the resident weights is no second copy. ${replicaGroup}`,
    source: "ZeRO, arXiv:1910.02054, section 5",
  }),
  component("memory_buffers", "buffers", {
    title: "Memory of buffers",
    documentation: "Workspaces of GEMMs, room for tensors on their way between GPUs, and in training one empty gradient for each shape of a linear layer.",
    formula: "GEMM workspaces + gathered sequence + received activations + placeholders of weight gradients + gathered ZeRO shards + expert dispatch + memory_reserve",
    source: "TransformerEngine, pytorch/module/base.py; DeepEP, csrc/config.hpp",
  }),
  {
    id: "max_batch_per_gpu",
    title: "Largest batch per GPU",
    unit: "",
    documentation: "Sequences that a GPU can hold when each has `context_length` tokens in the cache.",
    formula: "the greatest batch_per_gpu with memory_per_gpu <= gpu.memory",
    convention: "0 where not even one fits. memory_per_gpu leaves out the CUDA context and fragmentation: leave a few per cent of the GPU free.",
    source: "The definition",
    gap: onlyIn("decode", "a largest batch"),
    arithmetic: (plan) => sum("max_batch_per_gpu", [amount("sequences", maxBatchPerGpu(evaluationOf(plan)))]),
  },
  {
    id: "max_context_that_fits",
    title: "Longest context that fits",
    unit: "tokens",
    documentation: "Tokens that each of the `batch_per_gpu` sequences can have in the cache.",
    formula: "the greatest context_length with memory_per_gpu <= gpu.memory",
    convention: "Memory alone: the model's `max_context` does not bound it. 0 where nothing is left for a cache. Leave a few per cent of the GPU free for what torch does not count.",
    source: "The definition",
    gap: onlyIn("decode", "a longest context"),
    arithmetic: (plan) => sum("max_context_that_fits", [amount("tokens", maxContextThatFits(evaluationOf(plan)))]),
  },
];
