/** What the replicas of a model exchange in a step, how much of it the passes hide, and the optimizer's pass over its shard. Seconds. */

import { gradientSync, type GradientSync } from "../communication/parallel";
import type { Links, Transfer } from "../communication/transfer";
import { memoryTime } from "../compute/time";
import type { Device } from "../compute/device";
import { shardsOf, type GroupStates, type States } from "../memory/memory-model";
import { plainElement } from "../model/precision";
import type { Evaluation } from "../plan/evaluation";
import type { ParallelismRecord } from "../plan/record";

/**
 * What the exchanges of one rank can stand beside on one link: its passes over one micro-batch of each of its stages, without the time in
 * which exchanges of the passes hold that link. Of a pass an exchange can stand beside all but the rank's last unit (head, MTP module,
 * layer or embedding), the first to have a gradient and the last to need its weights. Seconds.
 */
export interface Cover {
  readonly forward: number;
  readonly backward: number;
}

export interface Sync {
  /** Hidden or not. */
  readonly whole: number;
  readonly exposed: number;
}

/** Whether the replicas exchange beside the passes; `auto`: under ZeRO 3, which gathers the weights of each layer anyway. */
export const overlapsReplicas = ({ overlap_data_parallel, zero }: Pick<ParallelismRecord, "overlap_data_parallel" | "zero">): boolean =>
  overlap_data_parallel === "true" || (overlap_data_parallel === "auto" && zero === 3);

/**
 * With `overlap_data_parallel` gradients are reduced layer by layer while the backward pass goes on, weights gathered while the forward pass does, as Megatron-LM's
 * overlap-grad-reduce and overlap-param-gather do: below ZeRO 2 beside the last backward and the first forward of a step, else beside all of them. Without it everything waits.
 * `microBatches`: those that pass a stage of this rank.
 */
export function syncOf({ plan, groups }: Evaluation, states: States, microBatches: number, coverOn: (link: Transfer["link"]) => Cover, links: Links): Sync {
  const { zero } = plan.parallelism;
  const counts = { dense: states.dense.trained, expert: states.experts.trained };
  const { gradients, weights }: GradientSync = gradientSync(plan, groups, counts, microBatches, links);
  const whole = gradients.time + weights.time;
  if (!overlapsReplicas(plan.parallelism)) return { whole, exposed: whole };
  const besideGradients = (zero >= 2 ? microBatches : 1) * coverOn(gradients.link).backward;
  const { forward, backward } = coverOn(weights.link);
  const besideWeights = zero === 3 ? microBatches * (forward + backward) - Math.min(gradients.time, besideGradients) : forward;
  const exposed = (time: number, beside: number): number => Math.max(0, time - beside);
  return { whole, exposed: exposed(gradients.time, besideGradients) + exposed(weights.time, besideWeights) };
}

/**
 * The optimizer reads the gradients of its shard twice, once for their norm, reads and writes master weights and moments, and writes the
 * resident weights: Adam as Megatron-LM's distributed optimizer runs it.
 */
export function sweepTime({ plan, layout }: Evaluation, states: States, device: Device): number {
  const shards = shardsOf({ plan, layout: layout, training: true }, 1);
  const gradient = plainElement(plan.model.precision.gradients).value;
  const bytes = ({ trained, optimizer, weights }: GroupStates): number => 2 * trained * gradient + 2 * optimizer + weights;
  return memoryTime(bytes(states.dense) / shards.dense + bytes(states.experts) / shards.experts, device);
}
