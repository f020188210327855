/** Published figures that no plan of the language states, each with the reason. Listed so that none is dropped in silence. */
export interface NotModelled {
  /** Title of the group it would stand in. */
  readonly group: string;
  readonly name: string;
  /** As it is printed. */
  readonly published: string;
  readonly source: string;
  /** A clause that completes "not modelled: …". */
  readonly reason: string;
}

type Row = readonly [name: string, published: string, source: string, reason: string];

const inGroup = (group: string, rows: readonly Row[]): readonly NotModelled[] => rows.map(([name, published, source, reason]) => ({ group, name, published, source, reason }));

const bridge = (release: string): string => `Megatron-Bridge performance summary, ${release}`;
const superMtp = "84 to 85 GFLOP a token are published, 75.6 without MTP: it trains modules of a shape that the table does not state";
const ultraShape = "its shape is not in the source";
const wholeMoe = "whole MoE layers are computed again, and nothing else but norms and cores of attention, which a plan cannot say";
const tokenDrop = "tokens over the capacity of an expert are dropped, which is not modelled";
const bestShape = "the best of shapes that are not stated, in a short run; estimates are for long ones";
const lora = "low-rank adapters are not modelled";

export const notModelled: readonly NotModelled[] = [
  ...inGroup("Training throughput, Megatron-Bridge", [
    ["Nemotron 3 Super, 64 GB300, MXFP8 (26.08)", "9856 tokens/s", bridge("26.08"), superMtp],
    ["Nemotron 3 Ultra, 256 GB300, MXFP8 (26.08)", "3552 tokens/s", bridge("26.08"), ultraShape],
    ["Nemotron 3 Super, 64 GB300, MXFP8 (26.06.01)", "9728 tokens/s", bridge("26.06.01"), superMtp],
    ["Nemotron 3 Nano, 16 H100, FP8 (26.06)", "14719 tokens/s", bridge("26.06"), wholeMoe],
    ["Nemotron 3 Super, 64 GB200, NVFP4 (26.06)", "6928 tokens/s", bridge("26.06"), superMtp],
    ["Llama 3 70B, fine-tuned, 32 GB300, MXFP8 (26.06)", "4312 tokens/s", bridge("26.06"), "packed sequences of unknown lengths"],
    ["Llama 3 70B, LoRA, 8 GB300, FP8 (26.06)", "7481 tokens/s", bridge("26.06"), lora],
    ["Llama 3 70B, LoRA, 8 H100, FP8 (26.06)", "2643 tokens/s", bridge("26.06"), lora],
    ["Nemotron 3 Super, 64 GB300, MXFP8 (26.04.01)", "9344 tokens/s", bridge("26.04.01"), superMtp],
    ["Nemotron 3 Super, 64 B300, MXFP8 (26.04.01)", "7296 tokens/s", bridge("26.04.01"), superMtp],
    ["Nemotron 3 Super, 64 GB200, NVFP4 (26.04)", "6777 tokens/s", bridge("26.04"), superMtp],
    ["Nemotron 3 Super, 64 GB200, MXFP8 (26.04)", "6674 tokens/s", bridge("26.04"), superMtp],
    ["Llama 3 70B, 64 GB300, NVFP4 (26.02.01)", "7002 tokens/s", bridge("26.02.01"), "as printed (no FSDP, TP1, PP1) weights and gradients of 70.6B parameters fit no GPU: the layout must be another one"],
    ["DeepSeek-V3, dropping tokens, 256 GB200, FP8 (25.09)", "3454 (2835) tokens/s", bridge("25.09"), tokenDrop],
    ["Qwen3-30B-A3B, dropping tokens, 16 H100, FP8 (25.09)", "10494 tokens/s", bridge("25.09"), tokenDrop],
  ]),
  ...inGroup("Models in other conventions", [
    ["Qwen-72B, FLOPs a token", "394 GFLOP", "arXiv:2505.09343, Table 2", "no configuration of a Qwen model of 72B gives it; Qwen2.5-72B comes to 444.9 GFLOP"],
    ["DeepSeek 67B, FLOPs of 4K tokens", "2057.5 TFLOP", "arXiv:2401.06066", "comes out with multi-head attention alone, and the model has grouped queries"],
    ["DeepSeekMoE 2B, FLOPs of 2K tokens", "4.3 TFLOP", "arXiv:2401.06066, Table 1", "the width of its experts is not in the source"],
    ["DeepSeekMoE 145B and 142B, FLOPs of 4K tokens", "585.6 and 374.6 TFLOP", "arXiv:2401.06066", "the width of the experts and the vocabulary are not in the source"],
    ["GShard 137B, FLOPs of 4K tokens", "572.7 TFLOP", "arXiv:2401.06066", "its shape is not in the source"],
    ["DeepSeek-V3, activated parameters of the main model", "36.7B", "deepseek-ai/DeepSeek-V3, README_WEIGHTS.md", "counts by a rule that is not stated; the abstract's 37B is compared"],
  ]),
  ...inGroup("Bound of expert parallelism: time of a token", [
    ["Tokens a second and user", "67 and about 1,200 tokens/s", "arXiv:2505.09343, section 2.3.2", "the inverse of `tpot_limit`, which is compared"],
  ]),
  ...inGroup("Cost of networks", [
    ["Fire-Flyer, switches of two zones", "122", "arXiv:2408.14158, Table III", "the links between zones are not modelled; each zone's 60 are compared"],
    ["Fire-Flyer, costs of network and servers", "11,600, 11,850 and 23,000", "arXiv:2408.14158, Table III", "printed without a unit"],
    ["PCIe nodes and DGX on three layers, switches", "200 and 1,320", "arXiv:2408.14158, Table III", "partly filled networks: counts here are of the full topology"],
  ]),
  ...inGroup("Memory in papers", [
    ["GPT-3 175B, parameters and optimizer", "45.5625 GiB", "arXiv:2205.05198, Figure 1", "leaves the embedding out, which stands on the first stage"],
    ["GPT-3 175B, activations without recomputation", "66.84375 GiB", "arXiv:2205.05198, Figure 1", "attention that stores its scores; FlashAttention does not"],
  ]),
  ...inGroup("Training throughput in papers", [
    ["DeepSeek-V2, H800 hours a trillion tokens", "172.8K GPU·h", "arXiv:2405.04434, section 3.2.3", "the number of GPUs is not published"],
    ["DeepSeek 67B, H800 hours a trillion tokens", "300.6K GPU·h", "arXiv:2405.04434, section 3.2.3", "neither layout nor number of GPUs is published"],
    ["DeepSeek-V3, context extension and post-training", "119K and 5K GPU·h", "arXiv:2412.19437, Table 1", "their tokens are not published"],
    ["DeepSeek-V3, one overlapped pair of 4 layers", "129.0 ms", "deepseek-ai/profile-data, train.json", "a part of a step, without pipeline communication: no plan"],
    ["Llama 3 405B, share of effective training time", "more than 90 %", "arXiv:2407.21783, section 3.3.4", "a bound, and the checkpoint interval is not published"],
    ["VGG16, GPT2-medium on Fire-Flyer", "0.13 and 0.57 s", "arXiv:2408.14158", "no transformer, and a sequence that is not in the source"],
  ]),
  ...inGroup("Serving", [
    ["InferSim, DeepSeek-V3, prefill", "7,839 tokens/s a GPU", "alibaba/InferSim, README", "the measurement is the profile's 62,713 tokens/s a node, which is compared"],
    ["DeepSeek in production, prefill without cache hits", "32,206 tokens/s a node", "SGLang team", "the same measurement as the 73.7K with cache hits, which is compared"],
    ["DeepSeek in production, tokens a second and user", "20 to 22 tokens/s", "open-infra-index, day 6", "enters the batch of the decode plan that is compared"],
    ["DeepSeek-V2 on an AI PC, V3 with KTransformers", "about 20 tokens/s", "arXiv:2505.09343", "the machines are not described"],
    ["3FS, read bandwidth and sort", "6.6 TiB/s, 3.66 TiB/min", "deepseek-ai/3FS, README", "a storage system: bandwidth is an input here"],
  ]),
  ...inGroup("Dense products on H800", [
    ["Best product of DeepGEMM, FP8", "1,550 TFLOPS", "deepseek-ai/DeepGEMM at 54e22612, README", bestShape],
    ["Best products by device, BF16 and FP8", "A100 271, H100 794 and 1,403, B200 1,745 and 3,432, MI300X 668 TFLOPS", "stas00/ml-engineering, MAMF", bestShape],
    ["Products of Fire-Flyer's A100 PCIe and of the DGX A100, FP16", "220 and 263 TFLOPS", "arXiv:2408.14158, Table II", bestShape],
  ]),
  ...inGroup("Attention of decoding on H800", [
    ["Best kernels of FlashMLA, BF16", "660 TFLOPS, 3,000 GB/s", "deepseek-ai/FlashMLA at 9241ae3e, README", bestShape],
    ["Sparse attention over 2,048 tokens, FP8 cache", "91.2 to 96.5 us", "alibaba/InferSim at f2293dab", "sparse attention of decoding is measured with its indexer left out"],
  ]),
  ...inGroup("Exchanges of expert parallelism", [
    ["DeepEP V2 on H800, 8x2 and 8x4", "90 and 81, 61 and 61 GB/s", "deepseek-ai/DeepEP at dd758caf, README", "a logical bandwidth whose counting of copies is not stated"],
    ["DeepEP, first release", "EP32 44 and 47, EP64 46 and 45 GB/s", "deepseek-ai/DeepEP, February 2025", "the later release of the same kernels is compared"],
    ["HFReduce and NCCL on Fire-Flyer", "8.1 to 6.3 and 4.8 to 1.6 GB/s", "arXiv:2408.14158", "all-reduce through host memory is not modelled"],
  ]),
];
