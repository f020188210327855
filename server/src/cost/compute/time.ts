/**
 * How long one operator takes on one GPU. In estimates a product is cut into tiles that fill the streaming multiprocessors in waves;
 * its arithmetic and its memory traffic overlap in part (the root of the sum of their squares, which describes H800's tables best:
 * mean error 8 % over 110 dense and 144 grouped products, against 8 % and 11 % for the longer of the two). Ideal times are the longer of
 * arithmetic at the peak rate and traffic at full bandwidth. All in seconds, FLOP and bytes.
 */

import type { Device, Rate } from "./device";
import { noteDefault } from "../defaults-read";
import { greatestShare, type EfficiencyName } from "./efficiency";
import type { EfficiencyKey } from "../plan/record";

/** A time and what it comes from. */
export interface Timing {
  readonly time: number;
  readonly bound: "compute" | "memory" | "launch";
}

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

export function productTime(device: Device, product: Product, rate: Rate): Timing {
  const { kind, experts, rows, columns, inner, bytes, accumulated_bytes } = product;
  const flops = 2 * experts * rows * columns * inner;
  if (device.mode === "ideal") return roofline(flops / rate.peak, (bytes + accumulated_bytes) / device.memory_bandwidth, 0);
  const written = device.written[kind];
  const memory = bytes / (device.memory_bandwidth * device.defaults.gemm_memory.value);
  const accumulation = accumulated_bytes === 0 ? 0 : memoryBytesTime(device, accumulated_bytes, "memory");
  const compute = written === undefined
    ? tiledTime(device, product, rate)
    : flops / (rate.peak * device.sm_share * written);
  const busy = Math.max(Math.hypot(compute, memory) + exposedAccumulation * accumulation, memory + accumulation);
  const launch = device.launch[kind].value;
  return { time: busy + launch, bound: boundOf(compute, memory + accumulation, launch) };
}

/** The faster of large and small tiles: few rows leave large ones half empty, or most of the device idle. */
function tiledTime(device: Device, { kind, experts, rows, columns, inner, accumulated_bytes }: Product, rate: Rate): number {
  const isNarrowGradient = accumulated_bytes > 0 && rate.key === "fp8";
  const share = computeShare(device, shareName(kind, rate), rate) * (isNarrowGradient ? device.defaults.weight_gradient_fp8.value : 1);
  const depth = inner + device.defaults.prologue_bytes.value / rate.bytes;
  if (device.sms === undefined) return (2 * experts * rows * columns * depth) / (rate.peak * share);
  const perMultiprocessor = (rate.peak * device.sm_share * share) / device.sms;
  const waves = (tile: number): number => Math.ceil((experts * Math.ceil(rows / tile) * Math.ceil(columns / tile)) / (device.sms ?? 1));
  const large = waves(largeTile) * 2 * largeTile * largeTile;
  const small = (waves(smallTile) * 2 * smallTile * smallTile) / smallTileShare;
  return (Math.min(large, small) * depth) / perMultiprocessor;
}

/** Whose default a product takes. */
export function shareName(kind: Product["kind"], { key }: Rate): EfficiencyName {
  switch (key) {
    case "fp8": case "int8": return kind === "gemm" ? "gemm_fp8" : "grouped_gemm_fp8";
    case "fp4": case "fp6": case "int4": return kind === "gemm" ? "gemm_fp4" : "grouped_gemm_fp4";
    case "bf16": case "fp16": case "fp32": case "tf32": return kind;
  }
}

function computeShare(device: Device, name: EfficiencyName, rate: Rate): number {
  if (rate.power_factor !== 1) noteDefault({ name: "exponent of power", unit: "size", evidence: device.power_reference.exponent });
  return Math.min(greatestShare, device.defaults[name].value * rate.power_factor);
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

export function coreTime(device: Device, core: Core, rate: Rate, pass: "forward" | "backward"): Timing {
  const { flops, bytes, heads, queries, keys, width, wide } = core;
  if (device.mode === "ideal") return roofline(flops / rate.peak, bytes / device.memory_bandwidth, 0);
  const memory = memoryBytesTime(device, bytes, "memory");
  const written = device.written.attention;
  if (written !== undefined) return roofline(flops / (rate.peak * device.sm_share * written), memory, device.launch.attention.value);
  const name = pass === "forward" ? "attention_forward" : wide ? "attention_backward_wide" : "attention_backward";
  const achieved = rate.peak * device.sm_share * computeShare(device, name, rate);
  const products = pass === "forward" ? 1 : 2.5;
  const block = pass === "forward" ? device.defaults.attention_block.value : backwardBlock;
  const perKey = 2 * block * width * products;
  const blocks = heads * Math.ceil(queries / block);
  const tail = device.sms === undefined ? 0 : (pass === "forward" ? forwardTail : backwardTail) * device.sms * perKey * keys;
  return roofline((flops + blocks * perKey * blockPrologue + tail) / achieved, memory, device.launch.attention.value);
}

/** Attention of a few queries over a long cache: reading it, or over a latent that all heads share, computing. */
export function decodeTime(device: Device, flops: number, bytes: number, rate: Rate): Timing {
  if (device.mode === "ideal") return roofline(flops / rate.peak, bytes / device.memory_bandwidth, 0);
  const written = device.written.attention;
  const share = written ?? computeShare(device, "attention_decode", rate);
  const memory = bytes / (device.memory_bandwidth * device.defaults.attention_decode_memory.value);
  return longer(flops / (rate.peak * device.sm_share * share), memory, device.launch.decode_attention.value);
}

/** An operator that moves `bytes` through memory and computes next to nothing. */
export function memoryTime(bytes: number, device: Device, share: "memory" | "gather" = "memory"): number {
  if (bytes === 0) return 0;
  return device.mode === "ideal" ? bytes / device.memory_bandwidth : device.launch.memory.value + memoryBytesTime(device, bytes, share);
}

/** Each multiprocessor keeps so many bytes on their way: with fewer of them less of the bandwidth is reached. */
function memoryBytesTime(device: Device, bytes: number, share: "memory" | "gather"): number {
  return bytes / (device.memory_bandwidth * device.sm_share * (writtenOf(device, "memory") ?? device.defaults[share].value));
}

const writtenOf = (device: Device, key: EfficiencyKey): number | undefined => device.written[key];

/** Ideal times overlap wholly, estimates in part. */
function roofline(compute: number, memory: number, fixed: number): Timing {
  const busy = fixed === 0 ? Math.max(compute, memory) : Math.hypot(compute, memory);
  return { time: busy + fixed, bound: boundOf(compute, memory, fixed) };
}

const longer = (compute: number, memory: number, fixed: number): Timing =>
  ({ time: Math.max(compute, memory) + fixed, bound: boundOf(compute, memory, fixed) });

function boundOf(compute: number, memory: number, fixed: number): Timing["bound"] {
  if (fixed > compute && fixed > memory) return "launch";
  return compute >= memory ? "compute" : "memory";
}
