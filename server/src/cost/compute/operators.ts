/** Makes operators: what a product, a core or a sweep through memory costs in each pass. */

import { plainElement, weightElement } from "../model/precision";
import type { Precision } from "../model/record";
import type { Layout } from "../plan/layout";
import type { PlanRecord } from "../plan/record";
import { rateOf, type Device, type Rate } from "./device";
import type { Operator, OperatorPart, Passes, Work } from "./operator";
import { coreTime, decodeTime, memoryTime, productTime, type Core, type Product, type Timing } from "./time";

/** Everything that the operators of one stage depend on. */
export interface Site {
  readonly plan: PlanRecord;
  readonly layout: Layout;
  readonly work: Work;
  readonly device: Device;
  readonly training: boolean;
}

const none: Passes = { forward: 0, backward_input: 0, backward_weight: 0 };
const forwardOnly = (forward: number): Passes => ({ forward, backward_input: 0, backward_weight: 0 });

/** A matrix product with weights of `inner` x `columns`, as many as `experts`. */
export interface Matrix {
  readonly name: string;
  readonly kind?: Product["kind"];
  readonly experts?: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/** Activations and gradients between operators are bf16, as results of products are. */
const activationBytes = 2;

/** Forward, the gradient of its input and that of its weight: three products of the same size. `weight`: bytes of one where it is kept. */
export function linear(site: Site, part: OperatorPart, { name, kind = "gemm", experts = 1, rows, columns, inner }: Matrix, rate: Rate, weight: number): Operator {
  const { device } = site;
  const weights = experts * columns * inner;
  const inputs = experts * rows * inner;
  const outputs = experts * rows * columns;
  const flops = 2 * outputs * inner;
  const forwardBytes = inputs * rate.bytes + weights * weight + outputs * activationBytes;
  const forward = productTime(device, { kind, experts, rows, columns, inner, bytes: forwardBytes, accumulated_bytes: 0 }, rate);
  const efficiency = achieved(device, forward, flops, forwardBytes, rate.peak);
  if (!site.training) {
    return { name, part, count: 1, kind, bound: forward.bound, efficiency, flops: forwardOnly(flops), bytes: forwardOnly(forwardBytes), time: forwardOnly(forward.time) };
  }
  const inputBytes = outputs * rate.bytes + weights * weight + inputs * activationBytes;
  const backwardInput = productTime(device, { kind, experts, rows, columns: inner, inner: columns, bytes: inputBytes, accumulated_bytes: 0 }, rate);
  const weightBytes = (inputs + outputs) * rate.bytes;
  const accumulated = 2 * weights * plainElement(site.plan.model.precision.gradients).value;
  const backwardWeight = productTime(device, { kind, experts, rows: columns, columns: inner, inner: rows, bytes: weightBytes, accumulated_bytes: accumulated }, rate);
  return {
    name, part, count: 1, kind, bound: forward.bound, efficiency,
    flops: { forward: flops, backward_input: flops, backward_weight: flops },
    bytes: { forward: forwardBytes, backward_input: inputBytes, backward_weight: weightBytes + accumulated },
    time: { forward: forward.time, backward_input: backwardInput.time, backward_weight: backwardWeight.time },
  };
}

/** An operator that moves bytes and computes next to nothing. */
export interface Sweep {
  readonly name: string;
  readonly part: OperatorPart;
  readonly bytes: Passes;
  readonly share?: "memory" | "gather";
}

export function sweep(site: Site, { name, part, bytes, share = "memory" }: Sweep): Operator {
  const timeOf = (moved: number): number => memoryTime(moved, site.device, share);
  const moved = site.training ? bytes : forwardOnly(bytes.forward);
  const forward = timeOf(moved.forward);
  return {
    name, part, count: 1, kind: "memory", flops: none, bytes: moved,
    time: { forward, backward_input: timeOf(moved.backward_input), backward_weight: timeOf(moved.backward_weight) },
    bound: site.device.mode === "estimate" && forward < 2 * site.device.launch.memory.value ? "launch" : "memory",
    efficiency: forward === 0 ? 0 : moved.forward / (site.device.memory_bandwidth * forward),
  };
}

/** Scores and values of new queries. Backward computes the scores again: five products for two. */
export function core(site: Site, name: string, forward: Core, rate: Rate): Operator {
  const { device, training } = site;
  const timing = coreTime(device, forward, rate, "forward");
  const backward: Core = { ...forward, flops: 2.5 * forward.flops, bytes: 2 * forward.bytes };
  const passes = (ahead: number, back: number): Passes => (training ? { forward: ahead, backward_input: back, backward_weight: 0 } : forwardOnly(ahead));
  return {
    name, part: "attention", count: 1, kind: "attention", bound: timing.bound,
    efficiency: achieved(device, timing, forward.flops, forward.bytes, rate.peak),
    flops: passes(forward.flops, backward.flops),
    bytes: passes(forward.bytes, backward.bytes),
    time: passes(timing.time, training ? coreTime(device, backward, rate, "backward").time : 0),
  };
}

export function decodeCore(site: Site, name: string, flops: number, bytes: number, rate: Rate): Operator {
  const timing = decodeTime(site.device, flops, bytes, rate);
  return {
    name, part: "attention", count: 1, kind: "attention", flops: forwardOnly(flops), bytes: forwardOnly(bytes), time: forwardOnly(timing.time),
    bound: timing.bound, efficiency: achieved(site.device, timing, flops, bytes, rate.peak),
  };
}

function achieved(device: Device, { time, bound }: Timing, flops: number, bytes: number, peak: number): number {
  if (time === 0) return 0;
  return bound === "memory" ? bytes / (device.memory_bandwidth * time) : flops / (peak * time);
}

/** The same with its forward pass run again before the gradients. */
export function recomputed(operator: Operator): Operator {
  const { name, part, count, kind, bound, efficiency, flops, bytes, time } = operator;
  return { name, part, count, kind, bound, efficiency, flops: forwardAgain(flops), bytes: forwardAgain(bytes), time: forwardAgain(time) };
}

const forwardAgain = ({ forward, backward_input, backward_weight }: Passes): Passes => ({ forward, backward_input: backward_input + forward, backward_weight });

/** The rate of linear layers. */
export const linearRate = ({ device, plan }: Site): Rate => rateOf(device, plan.model.precision.compute, "`precision.compute`");

/** The rate of the attention core. */
export const attentionRate = ({ device, plan }: Site): Rate => rateOf(device, plan.model.precision.attention, "`precision.attention`");

/** The rate of the head and of the embedding's precision. */
export const embeddingRate = ({ device, plan }: Site): Rate => rateOf(device, plan.model.precision.embeddings, "`precision.embeddings`");

/** The router runs in bf16 whatever the linear layers do. */
export const routerRate = ({ device }: Site): Rate => rateOf(device, "bf16", "the router");

/** Bytes of a weight as a product reads it: in training the copy in the precision of the product, made once a step. */
export const weightBytes = ({ training }: Site, rate: Rate, precision: Precision): number => (training ? rate.bytes : weightElement(precision).value);
