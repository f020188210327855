/**
 * How long one operator takes on one GPU. In estimates a product is cut into tiles that fill the streaming multiprocessors in waves;
 * its arithmetic and its memory traffic overlap in part (the root of the sum of their squares, which describes H800's tables best:
 * mean error 8 % over 110 dense and 144 grouped products, against 8 % and 11 % for the longer of the two). Ideal times are the longer of
 * arithmetic at the peak rate and traffic at full bandwidth. All in seconds, FLOP and bytes.
 */

import type { Device, Rate } from "./device";
import { noteDefault } from "../defaults-read";
import { greatestShare, type EfficiencyName } from "./efficiency";

/** What an operator waits for most. */
export type Bound = "compute" | "memory" | "launch";

/** `experts` products of (rows x inner) by (inner x columns) in one launch. */
export interface Product {
  readonly kind: "gemm" | "grouped_gemm";
  readonly experts: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Read and written, accumulation left out. */
  readonly bytes: number;
  /** Read and written to accumulate weight gradients; of another product 0. */
  readonly accumulated_bytes: number;
}

const largeTile = 128;
const smallTile = 64;
/** What a 64 x 64 tile reaches of the rate of a 128 x 128 one: H800 dense FP8. */
const smallTileShare = 0.82;

/**
 * Accumulation into the main gradients is hidden in part: in the B200 and A100 tables (SimuMax) products that accumulate in FP32 are
 * longer by a third of the time that the traffic alone takes.
 */
const exposedAccumulation = 0.33;

/** In s. */
export function productTime(device: Device, product: Product, rate: Rate): number {
  const compute = productCompute(device, product, rate);
  const memory = productMemory(device, product);
  const accumulation = accumulationTime(device, product);
  if (device.mode === "ideal") return Math.max(compute, memory + accumulation);
  return Math.max(overlapped(compute, memory) + exposedAccumulation * accumulation, memory + accumulation) + device.launch[product.kind].value;
}

export function productBound(device: Device, product: Product, rate: Rate): Bound {
  const launch = device.mode === "ideal" ? 0 : device.launch[product.kind].value;
  return boundOf(productCompute(device, product, rate), productMemory(device, product) + accumulationTime(device, product), launch);
}

function productCompute(device: Device, product: Product, rate: Rate): number {
  const written = device.mode === "ideal" ? 1 : device.written[product.kind];
  if (written === undefined) return tiledTime(device, product, rate);
  return (2 * product.experts * product.rows * product.columns * product.inner) / (rate.peak * device.sm_share * written);
}

const productMemory = (device: Device, { bytes }: Product): number =>
  bytes / (device.memory_bandwidth * (device.mode === "ideal" ? 1 : device.defaults.gemm_memory.value));

const accumulationTime = (device: Device, { accumulated_bytes }: Product): number =>
  (accumulated_bytes === 0 ? 0 : memoryBytesTime(device, accumulated_bytes, "memory"));

/** The faster of large and small tiles: few rows leave large ones half empty, or most of the device idle. */
function tiledTime(device: Device, product: Product, rate: Rate): number {
  const { kind, experts, rows, columns, inner, accumulated_bytes } = product;
  const isNarrowGradient = accumulated_bytes > 0 && rate.key === "fp8";
  const share = computeShare(device, shareName(kind, rate), rate) * (isNarrowGradient ? device.defaults.weight_gradient_fp8.value : 1);
  const depth = inner + device.defaults.prologue_bytes.value / rate.bytes;
  if (device.sms === undefined) return (2 * experts * rows * columns * depth) / (rate.peak * share);
  const perMultiprocessor = (rate.peak * device.sm_share * share) / device.sms;
  const large = waves(product, largeTile, device.sms) * 2 * largeTile * largeTile;
  const small = (waves(product, smallTile, device.sms) * 2 * smallTile * smallTile) / smallTileShare;
  return (Math.min(large, small) * depth) / perMultiprocessor;
}

const waves = ({ experts, rows, columns }: Product, tile: number, sms: number): number =>
  Math.ceil((experts * Math.ceil(rows / tile) * Math.ceil(columns / tile)) / sms);

/** Whose default a product takes. */
export function shareName(kind: Product["kind"], { key }: Rate): EfficiencyName {
  switch (key) {
    case "fp8": case "int8": return kind === "gemm" ? "gemm_fp8" : "grouped_gemm_fp8";
    case "fp4": case "fp6": case "int4": return kind === "gemm" ? "gemm_fp4" : "grouped_gemm_fp4";
    case "bf16": case "fp16": case "fp32": case "tf32": return kind;
  }
}

export function computeShare(device: Device, name: EfficiencyName, rate: Rate): number {
  const powered = device.power_factor(rate);
  if (powered !== 1) noteDefault({ name: "exponent of power", unit: "size", evidence: device.power_reference.exponent });
  return Math.min(greatestShare, device.defaults[name].value * powered);
}

/** The core of attention over queries that are all new: training and prefill. */
export interface Core {
  /** Executed: two products forward, five backward. */
  readonly flops: number;
  readonly bytes: number;
  /** Heads x sequences. */
  readonly heads: number;
  /** Queries of a sequence. */
  readonly queries: number;
  /** Keys that the last query sees. */
  readonly keys: number;
  /** Width of queries and of values, together. */
  readonly width: number;
  readonly wide: boolean;
}

/** Keys' worth of work with which a block of queries starts and ends. */
const blockPrologue = 128;
/** Backward, a block holds keys. */
const backwardBlock = 128;
/**
 * How much of its longest block a core waits for at the end, when other multiprocessors have run dry: A100 and B200 tables
 * (SimuMax), 4 to 128 heads.
 */
const forwardTail = 0.75;
const backwardTail = 0.3;

/** In s. */
export function coreTime(device: Device, core: Core, rate: Rate, pass: "forward" | "backward"): number {
  const compute = coreCompute(device, core, rate, pass);
  const memory = memoryBytesTime(device, core.bytes, "memory");
  return device.mode === "ideal" ? Math.max(compute, memory) : overlapped(compute, memory) + device.launch.attention.value;
}

export const coreBound = (device: Device, core: Core, rate: Rate): Bound =>
  boundOf(coreCompute(device, core, rate, "forward"), memoryBytesTime(device, core.bytes, "memory"), device.mode === "ideal" ? 0 : device.launch.attention.value);

function coreCompute(device: Device, { flops, heads, queries, keys, width, wide }: Core, rate: Rate, pass: "forward" | "backward"): number {
  const written = device.mode === "ideal" ? 1 : device.written.attention;
  if (written !== undefined) return flops / (rate.peak * device.sm_share * written);
  const name = pass === "forward" ? "attention_forward" : wide ? "attention_backward_wide" : "attention_backward";
  const achieved = rate.peak * device.sm_share * computeShare(device, name, rate);
  const products = pass === "forward" ? 1 : 2.5;
  const block = pass === "forward" ? device.defaults.attention_block.value : backwardBlock;
  const perKey = 2 * block * width * products;
  const blocks = heads * Math.ceil(queries / block);
  const tail = device.sms === undefined ? 0 : (pass === "forward" ? forwardTail : backwardTail) * device.sms * perKey * keys;
  return (flops + blocks * perKey * blockPrologue + tail) / achieved;
}

/** Attention of a few queries over a long cache: reading it, or over a latent that all heads share, computing. In s. */
export const decodeTime = (device: Device, flops: number, bytes: number, rate: Rate): number =>
  Math.max(decodeCompute(device, flops, rate), decodeMemory(device, bytes)) + decodeLaunch(device);

export const decodeBound = (device: Device, flops: number, bytes: number, rate: Rate): Bound =>
  boundOf(decodeCompute(device, flops, rate), decodeMemory(device, bytes), decodeLaunch(device));

function decodeCompute(device: Device, flops: number, rate: Rate): number {
  const share = device.mode === "ideal" ? 1 : (device.written.attention ?? computeShare(device, "attention_decode", rate));
  return flops / (rate.peak * device.sm_share * share);
}

const decodeMemory = (device: Device, bytes: number): number =>
  bytes / (device.memory_bandwidth * (device.mode === "ideal" ? 1 : device.defaults.attention_decode_memory.value));

const decodeLaunch = (device: Device): number => (device.mode === "ideal" ? 0 : device.launch.decode_attention.value);

/** An operator that moves `bytes` through memory and computes next to nothing. In s. */
export const memoryTime = (bytes: number, device: Device, share: "memory" | "gather" = "memory"): number =>
  (bytes === 0 ? 0 : memoryBytesTime(device, bytes, share) + (device.mode === "ideal" ? 0 : device.launch.memory.value));

/** The start of such an operator takes longer than its bytes. */
export const memoryBound = (device: Device, time: number): Bound => (device.mode === "estimate" && time < 2 * device.launch.memory.value ? "launch" : "memory");

/** Each multiprocessor keeps so many bytes on their way: with fewer of them less of the bandwidth is reached. */
export const memoryBytesTime = (device: Device, bytes: number, share: "memory" | "gather" | "scan" | "scan_backward"): number =>
  bytes / (device.memory_bandwidth * device.sm_share * (device.mode === "ideal" ? 1 : (device.written.memory ?? device.defaults[share].value)));

/** Arithmetic and traffic that overlap in part. */
export const overlapped = (compute: number, memory: number): number => Math.sqrt(compute * compute + memory * memory);

export function boundOf(compute: number, memory: number, fixed: number): Bound {
  if (fixed > compute && fixed > memory) return "launch";
  return compute >= memory ? "compute" : "memory";
}
