/** The operators of a plan between what its GPU computes and what its memory moves. */

import { rateOf } from "../../cost/compute/device";
import { Unavailable } from "../../cost/definition";
import type { Operator, Passes } from "../../cost/compute/operator";
import type { Precision } from "../../cost/model/record";
import type { GpuRecord } from "../../cost/hardware/record";
import type { Evaluation } from "../../cost/plan/evaluation";

/** A peak rate, FLOP/s, and the precisions that have it. */
export interface Roof {
  readonly precisions: readonly string[];
  readonly peak: number;
}

/** Operators of one name that run alike, by their forward pass. */
export interface RooflinePoint {
  readonly name: string;
  readonly part: Operator["part"];
  readonly bound: Operator["bound"];
  /** Runs for one micro-batch, over all layers and stages. */
  readonly count: number;
  /** Of one run. */
  readonly flops: number;
  readonly bytes: number;
  /** FLOP a byte. */
  readonly intensity: number;
  /** FLOP/s. */
  readonly rate: number;
  /** Of all runs, and of their backward passes where it trains. Seconds. */
  readonly time: number;
  /** Of the time of all operators. */
  readonly share: number;
}

export interface RooflineData {
  /** The highest first: of a plan those that its model computes at, of hardware all. */
  readonly roofs: readonly Roof[];
  /** B/s. */
  readonly bandwidth: number;
  /** Those that take most time first. */
  readonly points: readonly RooflinePoint[];
  /** Operators that compute nothing and so have no place: their number and their share of the time. */
  readonly moving: { readonly names: readonly string[]; readonly share: number };
}

/** Throws `Unavailable`. */
export function rooflineData(evaluation: Evaluation): RooflineData {
  const { gpu } = evaluation.plan.hardware;
  const operators = evaluation.plan.workload.phase === "training" ? evaluation.training("estimate").operators() : evaluation.serving("estimate").stages.flatMap((stage) => stage.operators());
  const rows = new Map<string, { readonly operator: Operator; count: number }>();
  for (const operator of operators) {
    const { name, part, bound, flops, bytes, time, count } = operator;
    const key = `${name} ${part} ${bound} ${flops.forward} ${bytes.forward} ${time.forward}`;
    const row = rows.get(key);
    if (row) row.count += count;
    else rows.set(key, { operator, count });
  }
  const whole = operators.reduce((sum, { count, time }) => sum + count * allPasses(time), 0);
  const all = [...rows.values()].map(({ operator: { name, part, bound, flops, bytes, time }, count }): RooflinePoint => ({
    name, part, bound, count, flops: flops.forward, bytes: bytes.forward, intensity: flops.forward / bytes.forward, rate: flops.forward / time.forward,
    time: count * allPasses(time), share: whole === 0 ? 0 : (count * allPasses(time)) / whole,
  })).filter(({ time }) => time > 0);
  const hasPlace = ({ intensity, rate }: RooflinePoint): boolean => intensity > 0 && rate > 0 && Number.isFinite(intensity) && Number.isFinite(rate);
  const moving = all.filter((point) => !hasPlace(point));
  const { precision } = evaluation.plan.model;
  // the router computes in bf16 whatever the linear layers do
  const used = new Set((["compute", "attention", "embeddings"] as const).map((key) => precision[key]).concat("bf16").flatMap((word) => peakOf(gpu, word) ?? []));
  const { roofs, bandwidth } = roofsOf(gpu);
  return {
    bandwidth,
    roofs: roofs.filter(({ peak }) => used.has(peak)),
    points: all.filter(hasPlace).sort((one, other) => other.time - one.time),
    moving: { names: [...new Set(moving.map(({ name }) => name))], share: moving.reduce((sum, { share }) => sum + share, 0) },
  };
}

const allPasses = ({ forward, backward_input, backward_weight }: Passes): number => forward + backward_input + backward_weight;

/** The rate at which a GPU computes in a precision; `undefined` where it has none. */
function peakOf(gpu: GpuRecord, precision: Precision): number | undefined {
  try {
    return rateOf(gpu, precision, "a precision").peak;
  } catch (fault) {
    if (fault instanceof Unavailable) return undefined;
    throw fault;
  }
}

/** Throws `Unavailable` where the device says no rate. */
export function roofsOf({ peak, memory_bandwidth }: GpuRecord): Pick<RooflineData, "roofs" | "bandwidth"> {
  const roofs = new Map<number, string[]>();
  for (const [precision, rate] of Object.entries(peak)) {
    if (rate === undefined) continue;
    const known = roofs.get(rate);
    if (known) known.push(precision);
    else roofs.set(rate, [precision]);
  }
  if (roofs.size === 0) throw new Unavailable("the gpu has no `peak`");
  return { bandwidth: memory_bandwidth, roofs: [...roofs].map(([rate, precisions]) => ({ peak: rate, precisions })).sort((one, other) => other.peak - one.peak) };
}
