/**
 * What share of its peak rates a device reaches, by kind of operator. Every figure names the measurement it comes from and how far
 * that reaches; none is fitted to the time of a whole step. The shape of an operator enters in `time.ts`.
 */

import type { Evidence, Reach } from "../defaults-read";
import type { Architecture, GpuRecord } from "../hardware/record";

/** What the shares of a device class say; each is of the peak rate of the precision, or of the memory bandwidth. */
export interface Efficiencies {
  /** Dense products large enough to fill the device, inside long runs. */
  readonly gemm: Evidence;
  readonly gemm_fp8: Evidence;
  readonly gemm_fp4: Evidence;
  /** Products of many experts in one launch. */
  readonly grouped_gemm: Evidence;
  readonly grouped_gemm_fp8: Evidence;
  readonly grouped_gemm_fp4: Evidence;
  /** What the gradient of a weight reaches of the FP8 shares above: Hopper scales both of its operands along the inner dimension. */
  readonly weight_gradient_fp8: Evidence;
  /** Of a training pass, the time in which an operator runs; the rest lies between operators. A share of the time. */
  readonly running: Evidence;
  /** Core of long sequences: scores and values. Backward counts five products where forward has two, as they are executed. */
  readonly attention_forward: Evidence;
  readonly attention_backward: Evidence;
  /** Queries that one block of the forward core takes. */
  readonly attention_block: Evidence;
  /** Backward where queries and keys are wider than 128. */
  readonly attention_backward_wide: Evidence;
  /** Decoding over a shared latent (absorbed mla): the share of the peak rate. */
  readonly attention_decode: Evidence;
  /** Decoding: the share of the memory bandwidth that reading the cache reaches. */
  readonly attention_decode_memory: Evidence;
  /** Norms, activations, casts. */
  readonly memory: Evidence;
  /** Rows gathered or scattered: permutation of tokens, embedding. */
  readonly gather: Evidence;
  /** Weights streamed through a product with few rows. */
  readonly gemm_memory: Evidence;
  /** Of the memory bandwidth, what the kernels of a chunked scan reach of the traffic that `scan-traffic.ts` counts. */
  readonly scan: Evidence;
  readonly scan_backward: Evidence;
  /** Elements of the inner dimension that the start and the end of a tile cost, in bytes of its operands. */
  readonly prologue_bytes: Evidence;
}

export type EfficiencyName = keyof Efficiencies;

const measured = (value: number, source: string): Evidence => ({ value, reach: "measured", source });
const scaled = (value: number, source: string): Evidence => ({ value, reach: "scaled", source });
const assumed = (value: number, source: string): Evidence => ({ value, reach: "assumed", source });

const h800Tables = "alibaba/InferSim f2293dab, H800 kernel tables";
const b200Table = "MooreThreads/SimuMax e691807a, configs/system/b200_bf16_ceperm.json, B200";
const a100Table = "MooreThreads/SimuMax 3005b17c, configs/system/a100_pcie.json, A100 PCIe";
const transformerEngine = "NVIDIA/TransformerEngine 8f2e6357, docs/examples/gemm_profiling";
const trace = "deepseek-ai/profile-data, train.json, H800";
const fla = "kernels of flash-linear-attention as pytorch/helion 3e928d1e times them (pull requests 2966 and 2973)";

const hopper: Efficiencies = {
  gemm: scaled(0.74, "between cuBLAS and MAMF on H100 in bf16, 716 and 794 of 989 TFLOPS, 0.72 and 0.80 (stas00/ml-engineering), nearer the lower, since runs are long"),
  gemm_fp8: measured(0.78, `${h800Tables}: dense FP8, 110 shapes, of which the largest reach 0.75; the asymptote of the shape model fitted to them, mean error 8 %`),
  gemm_fp4: assumed(0.7, "Hopper has no fp4 rate of its own"),
  grouped_gemm: scaled(0.65, `${h800Tables}: grouped FP8, taken over to bf16`),
  grouped_gemm_fp8: measured(0.65, `${h800Tables}: grouped FP8, 72 shapes twice, the asymptote of the shape model fitted to them; in training 0.60 of 112 SMs (${trace})`),
  grouped_gemm_fp4: assumed(0.6, "Hopper has no fp4 rate of its own"),
  weight_gradient_fp8: measured(0.58, `${trace}: 32.8 ms for 19.1 TFLOP of four layers on 112 of 132 SMs; kernels of their own reach 0.88 since (deepseek-ai/DeepGEMM pull request 95)`),
  running: measured(0.964, `${trace}: 124.3 ms of operators in 129.0 ms`),
  attention_forward: scaled(0.66, `the asymptote of the shape model, tails and block starts apart, fitted to ${h800Tables}: mla prefill 0.61 to 0.63 causal from 4K tokens; FlashAttention-3, arXiv:2407.08608: 638 of 989 TFLOPS, 0.645, at 4K`),
  attention_backward: measured(0.55, "FlashAttention-3, arXiv:2407.08608, figure 6: about 550 of 989 TFLOPS, head dimension 128"),
  attention_backward_wide: measured(0.55, `${trace}: 455 TFLOPS on 112 of 132 SMs, 192 and 128 wide`),
  attention_block: scaled(128, "FlashAttention-3, arXiv:2407.08608: 128 queries a block"),
  attention_decode: measured(0.53, `${h800Tables}: mla decode, 41 shapes; FlashMLA's own figure is 0.67`),
  attention_decode_memory: measured(0.945, `${h800Tables}: gqa decode, 41 shapes`),
  memory: measured(0.67, `${trace}: the kernels beside products and attention of four layers take 29.7 ms of 124.3, 0.65 of the bandwidth by the bytes counted here; casts alone reach 0.8 (pytorch/ao issue 4054)`),
  gather: scaled(0.5, `${b200Table}: permute 0.50`),
  gemm_memory: measured(0.85, `${h800Tables}: dense FP8 with 16 to 128 rows 0.84, grouped 0.88`),
  scan: measured(0.6, `H100, ${fla}: gated delta 0.74 and 0.76, kda 0.60 and 0.58, decayed linear attention 0.75 and 0.73 at 8,192 x 96 and 32,768 x 16 tokens and heads of 128; H800: gated delta 0.59 and 0.60, kda 0.59 and 0.56 (PaddlePaddle/flash-attention, pull request 133); Mamba-2 on H100, 128 heads of 64 at 8,192 and 16,384 tokens: 0.56 and 0.58 (vllm-project/vllm, pull request 27299), of which a fused kernel takes 0.55 of the time`),
  scan_backward: measured(0.35, `H100, ${fla}: gated delta 0.50 and 0.50, kda 0.33 and 0.33, linear attention 0.31 and 0.28`),
  prologue_bytes: measured(130, `${h800Tables}: dense FP8, fitted with the shape model`),
};

const blackwell: Efficiencies = {
  ...hopper,
  gemm: measured(0.52, `${b200Table}: bf16 products in long hot runs, the asymptote of the shape model fitted to 39 shapes, mean error 11 %; short runs reach 0.67 (vllm pull request 19566; B300: ${transformerEngine}), the best case 0.78 (MAMF)`),
  gemm_fp8: measured(0.57, `B200: 2545 of 4500 TFLOPS at 16,384 rows (vllm pull request 19566); B300: MXFP8 0.60, FP8 0.66 (${transformerEngine}); the best case is 0.76 (MAMF)`),
  gemm_fp4: scaled(0.52, `B300: NVFP4 5,100 TFLOPS (${transformerEngine}), at the power of a B200`),
  grouped_gemm: measured(0.48, `${b200Table}: grouped bf16 from 2,460 rows an expert, 0.45 to 0.50`),
  grouped_gemm_fp8: scaled(0.52, "the dense share, less as in bf16"),
  grouped_gemm_fp4: scaled(0.48, "the dense share, less as in bf16"),
  weight_gradient_fp8: measured(1, `B300: 2.40 ms for 2.37 ms forward in MXFP8 (${transformerEngine})`),
  running: scaled(0.964, "the H800 share"),
  attention_forward: scaled(0.56, `the asymptote of the shape model fitted to ${b200Table}: core attention forward, 0.44 to 0.60 causal; FlashMLA on B200 1460 of 2250`),
  attention_block: measured(256, `${b200Table}: 4 to 128 heads of 4,096 queries; two tiles of 128 a multiprocessor`),
  attention_backward: scaled(0.44, `the asymptote of the shape model fitted to ${b200Table}: core attention backward, 0.36 to 0.48 causal`),
  attention_backward_wide: scaled(0.33, `the asymptote of the shape model fitted to ${b200Table}: core attention backward, 192 and 128 wide, 0.30 to 0.33`),
  attention_decode: measured(0.43, "CUTLASS's dense mla decode on Blackwell in bf16, 128 heads: 4,047, 4,015 and 4,124 GB/s of cache, queries and outputs for 256 sequences of 2K, 4K and 8K (sgl-project/sglang, pull request 6929; bench_cutlass_mla.py), 0.43 to 0.44 of 2,250 TFLOPS but for the start; FlashMLA's sparse decode was at 350 TFLOPS in November 2025 and growing (deepseek-ai/FlashMLA, issue 120)"),
  attention_decode_memory: scaled(0.9, "the H800 share"),
  memory: measured(0.67, `${b200Table}: element-wise 0.67; casts to MXFP8 on B300 the same (${transformerEngine})`),
  gather: measured(0.5, `${b200Table}: permute 0.50`),
  gemm_memory: scaled(0.85, "the H800 share"),
  scan: measured(0.42, `B200, ${fla}: gated delta 0.42 and 0.36, kda 0.36 and 0.33, linear attention 0.58 and 0.52; a fused kernel is 2.5 times as fast (flashinfer-ai/flashinfer, pull request 2742)`),
  scan_backward: measured(0.25, `B200, ${fla}: gated delta 0.26 and 0.25, kda 0.22 and 0.21, linear attention 0.32`),
  prologue_bytes: measured(300, `${b200Table}: inner dimension 256 to 576 reaches 0.22 to 0.32`),
};

const ampere: Efficiencies = {
  ...hopper,
  gemm: measured(0.85, `263 of 312 TFLOPS on the DGX A100 (arXiv:2408.14158, table 2); ${a100Table}, mean error of the shape model 4 % over 22 shapes at 300 W`),
  gemm_fp8: assumed(0.8, "Ampere has no fp8 rate"),
  gemm_fp4: assumed(0.8, "Ampere has no fp4 rate"),
  grouped_gemm: scaled(0.78, `${a100Table}: 0.65 to 0.71 from 616 rows an expert at 300 W`),
  grouped_gemm_fp8: assumed(0.75, "Ampere has no fp8 rate"),
  grouped_gemm_fp4: assumed(0.75, "Ampere has no fp4 rate"),
  running: scaled(0.964, "the H800 share"),
  attention_forward: scaled(0.71, `the asymptote of the shape model, at 400 W, fitted to ${a100Table}: core attention forward at 300 W, 0.50 to 0.59 causal from 16 heads; FlashAttention-2, arXiv:2307.08691`),
  attention_backward: scaled(0.6, `the asymptote of the shape model, at 400 W, fitted to ${a100Table}: core attention backward at 300 W, 0.44 to 0.50 causal from 16 heads`),
  attention_backward_wide: scaled(0.48, `the asymptote of the shape model, at 400 W, fitted to ${a100Table}: core attention backward, 192 and 128 wide, 0.38 to 0.40`),
  attention_decode: scaled(0.5, "the H800 share, less without asynchronous products"),
  attention_decode_memory: scaled(0.9, "the H800 share"),
  memory: measured(0.85, `${a100Table}: 0.91 of 1.6 TB/s; calculon 0.90 for large transfers`),
  gather: scaled(0.35, `${a100Table}: permute 0.19; ${b200Table}: 0.50`),
  gemm_memory: scaled(0.85, "the H800 share"),
  scan: scaled(0.48, "A100, retention with 8 x 32 heads of 128 at 4,096 and 8,192 tokens, by the tables of an early flash-linear-attention (its README of 2024)"),
  scan_backward: scaled(0.27, "A100, retention with 8 x 32 heads of 128 at 4,096 tokens, by the same tables"),
  prologue_bytes: measured(250, `${a100Table}: inner dimension 512 to 1,024 reaches 0.62`),
};

const other: Efficiencies = weakened(hopper, "assumed", "the shares of Hopper: nobody said which family the device is of");

const cdna: Efficiencies = {
  ...weakened(hopper, "scaled", "the share of Hopper"),
  gemm: measured(0.51, "MAMF: MI300X 668 of 1307 TFLOPS, MI325X 785 (stas00/ml-engineering)"),
  gemm_fp8: scaled(0.48, "the bf16 share of MAMF"),
  gemm_fp4: assumed(0.45, "the fp8 share: no measurement at hand"),
  grouped_gemm: scaled(0.45, "the dense share, less as on Hopper"),
  grouped_gemm_fp8: scaled(0.42, "the dense share, less as on Hopper"),
  grouped_gemm_fp4: assumed(0.4, "the fp8 share: no measurement at hand"),
  attention_forward: scaled(0.4, "the dense share, less as on Hopper"),
  attention_backward: scaled(0.3, "the dense share, less as on Hopper"),
  attention_backward_wide: scaled(0.3, "the dense share, less as on Hopper"),
};

/** The defaults by device class, for hover, documentation and `explain`. */
export const efficiencies: Readonly<Record<Architecture | "unknown", Efficiencies>> = {
  ampere, hopper, blackwell,
  ada: { ...weakened(hopper, "scaled", "the share of Hopper"), gemm: scaled(0.8, "the share of Ampere"), gemm_fp8: scaled(0.8, "the share of Ampere") },
  cdna3: cdna,
  cdna4: weakened(cdna, "scaled", "the share of CDNA 3"),
  tpu: weakened(hopper, "assumed", "the share of Hopper: no operator of this family was at hand"),
  ascend: weakened(hopper, "assumed", "the share of Hopper: no operator of this family was at hand"),
  unknown: other,
};

function weakened(from: Efficiencies, reach: Reach, source: string): Efficiencies {
  return Object.fromEntries(Object.entries(from).map(([name, { value }]: [string, Evidence]) => [name, { value, reach, source }])) as unknown as Efficiencies;
}

export const efficienciesOf = ({ architecture }: GpuRecord): Efficiencies => efficiencies[architecture ?? "unknown"];

export type LaunchKind = "gemm" | "grouped_gemm" | "attention" | "decode_attention" | "memory" | "scan_step";

export type LaunchTimes = Readonly<Record<LaunchKind, Evidence>>;

/** Seconds that an operator costs whatever its size: from its launch to its last block. */
const hopperLaunches: LaunchTimes = {
  gemm: measured(4.1e-6, `${h800Tables}: dense FP8`),
  grouped_gemm: measured(9.1e-6, `${h800Tables}: grouped FP8`),
  attention: scaled(5e-6, "that of a dense product, 4.1 us in the H800 tables, and the longer start of a block"),
  decode_attention: measured(15e-6, `${h800Tables}: gqa and mla decode, the merge of its parts included`),
  memory: scaled(3e-6, "ai-dynamo/aiconfigurator takes 3 us an operator on every device"),
  scan_step: measured(1.8e-6, "FlashKDA on H100, one sequence of 4,096 and 8,192 tokens: 1.81 to 1.96 us for each of its 256 and 512 chunks, 8 to 24 heads (NVIDIA/cudnn-frontend, pull request 1017)"),
};

const isOfNvidia = (architecture: Architecture | undefined): boolean =>
  architecture === "ampere" || architecture === "ada" || architecture === "hopper" || architecture === "blackwell";

/** How far something measured on `on` reaches: to other devices of the same maker it is scaled, to the rest assumed. */
export function reachFrom(on: readonly Architecture[], { architecture }: Pick<GpuRecord, "architecture">): Reach {
  if (architecture !== undefined && on.includes(architecture)) return "measured";
  return isOfNvidia(architecture) ? "scaled" : "assumed";
}

export function launchTimesOf(gpu: Pick<GpuRecord, "architecture">): LaunchTimes {
  const reach = reachFrom(["hopper"], gpu);
  return reach === "measured" ? hopperLaunches : (reach === "scaled" ? scaledLaunches : assumedLaunches);
}

const takenOver = (reach: Reach): LaunchTimes => Object.fromEntries(
  Object.entries(hopperLaunches).map(([kind, { value, source }]: [string, Evidence]) => [kind, { value, reach, source: `as on Hopper: ${source}` }]),
) as unknown as LaunchTimes;

const scaledLaunches = takenOver("scaled");
const assumedLaunches = takenOver("assumed");

/** The board that a class was measured on, and how its compute-bound shares go with power. */
export interface PowerReference {
  /** In W. */
  readonly power: number;
  /** In FLOP/s, of products whose operands have that many bits. */
  readonly peak: Readonly<Record<16 | 8 | 4, number>>;
  /** Share that a board reaches goes with (its power over its peak rate) to this power. */
  readonly exponent: Evidence;
}

const hopperPower: PowerReference = {
  power: 700, peak: { 16: 989e12, 8: 1979e12, 4: 1979e12 },
  exponent: scaled(1 / 3, "the exponent of Ampere; H20, with four times the power a FLOP, is held by `greatestShare`"),
};

/**
 * Tensor cores at full rate draw more than a board allows, so its clock sinks. Dynamic power goes with the third power of the clock as
 * long as the voltage sinks too; at its floor, with the clock alone.
 */
export const powerReferences: Readonly<Record<Architecture | "unknown", PowerReference>> = {
  ampere: {
    power: 400, peak: { 16: 312e12, 8: 624e12, 4: 1248e12 },
    exponent: scaled(1 / 3, "that of dynamic power at a voltage that follows the clock; A100 at 250, 300 and 400 W, 220, 235 and 263 TFLOPS (arXiv:2408.14158; SimuMax's A100 PCIe table), has 0.36 to 0.39"),
  },
  hopper: hopperPower,
  blackwell: {
    power: 1000, peak: { 16: 2250e12, 8: 4500e12, 4: 9000e12 },
    exponent: scaled(1, "B300 (1100 W) beside B200 (1000 W): MXFP8 0.60 and FP8 0.66 of its peak for 0.57, NVFP4 0.36 of a peak 1.56 times as high (Transformer Engine, GEMM profiling)"),
  },
  ada: { power: 450, peak: { 16: 165e12, 8: 330e12, 4: 660e12 }, exponent: hopperPower.exponent },
  cdna3: { power: 750, peak: { 16: 1307e12, 8: 2615e12, 4: 2615e12 }, exponent: hopperPower.exponent },
  cdna4: { power: 1400, peak: { 16: 2500e12, 8: 5000e12, 4: 10_000e12 }, exponent: hopperPower.exponent },
  tpu: hopperPower, ascend: hopperPower, unknown: hopperPower,
};

/** What compute-bound shares reach where power does not limit: H20, 0.95 in dense FP8 (alibaba/InferSim, H20 kernel table). */
export const greatestShare = 0.95;
