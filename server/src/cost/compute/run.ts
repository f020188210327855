/** What a device makes of operators: the time of each pass, what bounds it, and the times of all of them by what they belong to. Seconds. */

import type { Device } from "./device";
import type { Operator, OperatorPart, OperatorShape, Passes } from "./operator";
import { scanBound, scanShare, scanTime } from "./scan-time";
import { coreBound, coreTime, decodeBound, decodeTime, memoryBound, memoryTime, productBound, productTime, type Bound } from "./time";

function forwardTime(device: Device, { passes, flops, bytes }: OperatorShape): number {
  switch (passes.kind) {
    case "product": return productTime(device, passes.forward, passes.rate);
    case "core": return coreTime(device, passes.forward, passes.rate, "forward");
    case "cache": return decodeTime(device, flops.forward, bytes.forward, passes.rate);
    case "scan": return scanTime(device, passes.forward, passes.rate, "forward");
    case "memory": return memoryTime(bytes.forward, device, passes.share);
  }
}

function forwardBound(device: Device, { passes, flops, bytes }: OperatorShape): Bound {
  switch (passes.kind) {
    case "product": return productBound(device, passes.forward, passes.rate);
    case "core": return coreBound(device, passes.forward, passes.rate);
    case "cache": return decodeBound(device, flops.forward, bytes.forward, passes.rate);
    case "scan": return scanBound(device, passes.forward, passes.rate);
    case "memory": return memoryBound(device, memoryTime(bytes.forward, device, passes.share));
  }
}

function backwardInputTime(device: Device, { passes, bytes }: OperatorShape): number {
  switch (passes.kind) {
    case "product": return passes.backward_input ? productTime(device, passes.backward_input, passes.rate) : 0;
    case "core": return passes.backward_input ? coreTime(device, passes.backward_input, passes.rate, "backward") : 0;
    case "cache": return 0;
    case "scan": return passes.backward_input ? scanTime(device, passes.backward_input, passes.rate, "backward") : 0;
    case "memory": return memoryTime(bytes.backward_input, device, passes.share);
  }
}

function backwardWeightTime(device: Device, { passes, bytes }: OperatorShape): number {
  switch (passes.kind) {
    case "product": return passes.backward_weight ? productTime(device, passes.backward_weight, passes.rate) : 0;
    case "core": case "cache": case "scan": return 0;
    case "memory": return memoryTime(bytes.backward_weight, device, passes.share);
  }
}

/** An operator as the device runs it, `count` times. */
export function operatorOn(device: Device, shape: OperatorShape, count: number): Operator {
  const { name, part, again, passes, flops, bytes } = shape;
  const forward = forwardTime(device, shape);
  const bound = forwardBound(device, shape);
  const time: Passes = { forward, backward_input: backwardInputTime(device, shape), backward_weight: backwardWeightTime(device, shape) };
  const whole = again ? forwardAgain : same;
  return {
    name, part, count, bound, efficiency: achieved(device, shape, forward, bound),
    kind: kindOf(passes),
    flops: whole(flops), bytes: whole(bytes), time: whole(time),
  };
}

function kindOf(passes: OperatorShape["passes"]): Operator["kind"] {
  switch (passes.kind) {
    case "product": return passes.forward.kind;
    case "core": case "cache": return "attention";
    case "scan": case "memory": return passes.kind;
  }
}

function achieved(device: Device, { passes, flops, bytes }: OperatorShape, time: number, bound: Bound): number {
  if (time === 0) return 0;
  if (passes.kind === "scan") return scanShare(device, passes.forward, passes.rate, time, bound);
  return bound === "memory" || passes.kind === "memory" ? bytes.forward / (device.memory_bandwidth * time) : flops.forward / (passes.rate.peak * time);
}

const same = (passes: Passes): Passes => passes;
const forwardAgain = ({ forward, backward_input, backward_weight }: Passes): Passes => ({ forward, backward_input: backward_input + forward, backward_weight });

/** Times of all operators by what they belong to, each as often as it runs. `core`: the attention cores among them. */
export interface PartTimes extends Readonly<Record<OperatorPart, Passes>> {
  readonly all: Passes;
  readonly core: Passes;
}

interface Sum {
  forward: number;
  backward_input: number;
  backward_weight: number;
}

/** What `add` adds to. */
export type PartSums = Readonly<Record<keyof PartTimes, Sum>>;

const zero = (): Sum => ({ forward: 0, backward_input: 0, backward_weight: 0 });

export const noTimes = (): PartSums => ({ all: zero(), core: zero(), attention: zero(), ffn: zero(), routed: zero(), ends: zero() });

/** The times of a list of operators, each run once. */
export function timesOn(device: Device, shapes: readonly OperatorShape[]): PartTimes {
  const times = noTimes();
  for (const shape of shapes) {
    const forward = forwardTime(device, shape);
    const backwardInput = backwardInputTime(device, shape) + (shape.again ? forward : 0);
    const backwardWeight = backwardWeightTime(device, shape);
    addPasses(times.all, 1, forward, backwardInput, backwardWeight);
    addPasses(times[shape.part], 1, forward, backwardInput, backwardWeight);
    if (shape.passes.kind === "core" || shape.passes.kind === "cache") addPasses(times.core, 1, forward, backwardInput, backwardWeight);
  }
  return times;
}

const timeKeys = ["all", "core", "attention", "ffn", "routed", "ends"] as const satisfies readonly (keyof PartTimes)[];

export function addTimes(sums: PartSums, count: number, times: PartTimes): void {
  for (const key of timeKeys) {
    const { forward, backward_input, backward_weight } = times[key];
    addPasses(sums[key], count, forward, backward_input, backward_weight);
  }
}

function addPasses(sum: Sum, count: number, forward: number, backwardInput: number, backwardWeight: number): void {
  sum.forward += count * forward;
  sum.backward_input += count * backwardInput;
  sum.backward_weight += count * backwardWeight;
}
