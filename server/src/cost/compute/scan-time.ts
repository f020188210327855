/**
 * How long a state takes to pass over new tokens. Kernels cut a sequence into chunks: products within a chunk and with the state run on
 * tensor cores, and the state passes from chunk to chunk. Several kernels run one after the other and hand each other tensors through
 * memory, which sets the time (Mamba-2, arXiv:2405.21060, section 6; gated delta rule, arXiv:2412.06464, section 3.3). Seconds.
 */

import type { Device, Rate } from "./device";
import { boundOf, computeShare, memoryBytesTime, overlapped, type Bound } from "./time";

/** One pass of a chunked scan. */
export interface Scan {
  /** Executed on tensor cores, in chunks. */
  readonly flops: number;
  /** Read and written by all of its kernels. */
  readonly bytes: number;
  /** What every form has to do: the recurrence itself, and inputs and outputs once. */
  readonly least: { readonly flops: number; readonly bytes: number };
  readonly kernels: number;
  /** Chunks of one sequence, which wait for one another. */
  readonly steps: number;
}

type Pass = "forward" | "backward";

export function scanTime(device: Device, scan: Scan, rate: Rate, pass: Pass): number {
  if (device.mode === "ideal") return Math.max(scan.least.flops / rate.peak, memoryBytesTime(device, scan.least.bytes, "memory"));
  const work = overlapped(scanCompute(device, scan, rate, pass), scanMemory(device, scan, pass));
  return Math.max(work, scan.steps * device.launch.scan_step.value) + scan.kernels * device.launch.memory.value;
}

export function scanBound(device: Device, scan: Scan, rate: Rate): Bound {
  const waits = device.mode === "ideal" ? 0 : Math.max(scan.steps * device.launch.scan_step.value, scan.kernels * device.launch.memory.value);
  return boundOf(scanCompute(device, scan, rate, "forward"), scanMemory(device, scan, "forward"), waits);
}

/** What the forward pass achieves of the rate that bounds it. */
export function scanShare({ mode, memory_bandwidth }: Device, { flops, bytes, least }: Scan, rate: Rate, time: number, bound: Bound): number {
  const done = mode === "ideal" ? least : { flops, bytes };
  return bound === "compute" ? done.flops / (rate.peak * time) : done.bytes / (memory_bandwidth * time);
}

function scanCompute(device: Device, { flops, least }: Scan, rate: Rate, pass: Pass): number {
  if (device.mode === "ideal") return least.flops / rate.peak;
  const share = device.written.attention ?? computeShare(device, pass === "forward" ? "attention_forward" : "attention_backward", rate);
  return flops / (rate.peak * device.sm_share * share);
}

const scanMemory = (device: Device, { bytes, least }: Scan, pass: Pass): number =>
  (device.mode === "ideal" ? memoryBytesTime(device, least.bytes, "memory") : memoryBytesTime(device, bytes, pass === "forward" ? "scan" : "scan_backward"));
