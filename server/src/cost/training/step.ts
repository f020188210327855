/**
 * One training step: the schedule of the pipeline run with what each chunk takes, then what of the gradient traffic nothing
 * hides, then the optimizer. Times are in seconds and the mean over the ranks of a pipeline, so that the phases add up to the step:
 * step = forward + backward + weight gradients + overlapped pairs + bubble + optimizer, as in Table 4 of arXiv:2505.09343, and
 * step = compute + exposed communication + bubble + optimizer sweep.
 */

import { Unavailable } from "../definition";
import { conditionsOf, unmetConditions, unmetText } from "../pipeline/conditions";
import { durationFault } from "../pipeline/faults";
import type { OperationKind } from "../pipeline/operations";
import { pipelineOrder, stepTime } from "../pipeline/order";
import { stageCount, type ChunkDurations, type Durations, type Pipeline } from "../pipeline/schedule";
import { durationOfKind } from "../pipeline/simulate";
import { formatNumber } from "../term";
import type { ChunkTimes } from "./chunk";

/** What a step takes around its chunks. */
export interface StepEnds {
  /** What no backward or forward hides of the traffic between the replicas. */
  readonly exposed_sync: number;
  /** The optimizer's pass over its shard. */
  readonly sweep: number;
}

export interface Step {
  readonly step_time: number;
  /** The phases of Table 4. */
  readonly forward: number;
  readonly backward: number;
  readonly weight_gradient: number;
  readonly overlapped: number;
  readonly bubble: number;
  readonly optimizer: number;
  /** Operators alone, without communication. */
  readonly compute: number;
  /** Communication that no compute hides: the sum of its parts. */
  readonly exposed_communication: number;
  /** What exchanges of experts have in that. */
  readonly exposed_expert: number;
  readonly exposed: {
    readonly forward: number;
    readonly backward: number;
    readonly overlapped: number;
    /** Between replicas, around the optimizer. */
    readonly replicas: number;
  };
}

/** A schedule run with the durations of its chunks: seconds, the mean over the ranks. */
export interface PipelineRun {
  readonly step_time: number;
  /**
   * Time in operations of each kind; the part of it in which operators run, that in which nothing but exchanges of experts does, and how
   * long such exchanges run, beside operators or not.
   */
  readonly busy: Busy;
  readonly compute: Busy;
  readonly expert: Busy;
  readonly exchange: Busy;
}

/** Throws `Unavailable` where the schedule cannot run with these sizes. */
export function pipelineRunOf(pipeline: Pipeline, { chunks, send }: { /** By stage. */ readonly chunks: readonly ChunkTimes[]; readonly send: number }): PipelineRun {
  const durations = { stages: chunks.map((chunk) => chunk.durations), send };
  const run = longRun(pipeline, durations) ?? simulatedRun(pipeline, durations);
  return {
    step_time: run.step_time,
    busy: meanBusy(pipeline, run, durations.stages),
    compute: meanBusy(pipeline, run, chunks.map((chunk) => chunk.compute)),
    expert: meanBusy(pipeline, run, chunks.map((chunk) => chunk.expert)),
    exchange: meanBusy(pipeline, run, chunks.map((chunk) => chunk.exchange)),
  };
}

export function stepOf({ step_time, busy, compute, expert }: PipelineRun, ends: StepEnds): Step {
  const backwardOf = ({ backward, backward_input, backward_weight }: Busy): number => backward + backward_input + backward_weight;
  const exposed = {
    forward: Math.max(0, busy.forward - compute.forward),
    backward: Math.max(0, backwardOf(busy) - backwardOf(compute)),
    overlapped: Math.max(0, busy.overlapped - compute.overlapped),
    replicas: ends.exposed_sync,
  };
  return {
    step_time: step_time + ends.exposed_sync + ends.sweep,
    forward: busy.forward,
    backward: busy.backward + busy.backward_input,
    weight_gradient: busy.backward_weight,
    overlapped: busy.overlapped,
    bubble: Math.max(0, step_time - totalOf(busy)), // a difference of sums: 0 may come out a little below
    optimizer: ends.exposed_sync + ends.sweep,
    compute: totalOf(compute),
    exposed_communication: exposed.forward + exposed.backward + exposed.overlapped + exposed.replicas,
    exposed_expert: totalOf(expert),
    exposed,
  };
}

type Busy = Readonly<Record<OperationKind, number>>;

export const totalOf = ({ forward, backward, backward_input, backward_weight, overlapped }: Busy): number =>
  forward + backward + backward_input + backward_weight + overlapped;

/** Time in operations of each kind, the mean over the ranks, with the given durations. */
function meanBusy({ pp }: Pipeline, { counts }: Run, stages: readonly ChunkDurations[]): Busy {
  let [forward, backward, backward_input, backward_weight, overlapped] = [0, 0, 0, 0, 0];
  counts.forEach((count, stage) => {
    forward += count.forward * durationOfKind("forward", stage, stages);
    backward += count.backward * durationOfKind("backward", stage, stages);
    backward_input += count.backward_input * durationOfKind("backward_input", stage, stages);
    backward_weight += count.backward_weight * durationOfKind("backward_weight", stage, stages);
    overlapped += count.overlapped * durationOfKind("overlapped", stage, stages);
  });
  return { forward: forward / pp, backward: backward / pp, backward_input: backward_input / pp, backward_weight: backward_weight / pp, overlapped: overlapped / pp };
}

/** What running a schedule gives: its time, and how often each kind of operation runs in each stage, over all ranks; pairs count at their forward's stage. */
interface Run {
  readonly step_time: number;
  readonly counts: readonly Busy[];
}

function simulatedRun(pipeline: Pipeline, durations: Durations): Run {
  const order = pipelineOrder(pipeline);
  switch (order.kind) {
    case "unmet": throw new Unavailable(unmetText(pipeline, order.conditions));
    case "too_many": throw new Unavailable(`the step has too many chunks to run through (${formatNumber(order.chunks)})`);
    case "deadlock": throw new Unavailable("the schedule comes to a standstill");
    case "order": break;
  }
  const fault = durationFault(order, durations);
  const step_time = stepTime(order, durations);
  if (fault !== undefined || !Number.isFinite(step_time)) throw new Unavailable(`the schedule cannot be timed: ${fault ?? "the step takes longer than a number can hold"}`);
  return { step_time, counts: order.counts };
}

/** Chunks of a step that is run through as a whole, under a millisecond. */
const mostSimulated = 40_000;

/**
 * A longer step by two short ones: once the pipeline is full each further micro-batch takes the same on average, so that time and counts grow
 * in a line. `undefined` for a step that is not so long, and for sizes that the schedule does not allow.
 */
function longRun(pipeline: Pipeline, durations: Durations): Run | undefined {
  const stages = stageCount(pipeline);
  if (stages * pipeline.micro_batches <= mostSimulated || unmetConditions(pipeline).length > 0) return undefined;
  const short = withMicroBatches(pipeline, Math.max(4 * pipeline.pp, Math.floor(mostSimulated / (4 * stages))));
  const long = { ...pipeline, micro_batches: 2 * short.micro_batches };
  if (long.micro_batches >= pipeline.micro_batches) return undefined;
  const [one, two] = [simulatedRun(short, durations), simulatedRun(long, durations)];
  const further = (pipeline.micro_batches - long.micro_batches) / short.micro_batches;
  const along = (from: number, to: number): number => to + (to - from) * further;
  const counts = two.counts.map((count, stage) => {
    const before = one.counts[stage] ?? count;
    return {
      forward: along(before.forward, count.forward), backward: along(before.backward, count.backward),
      backward_input: along(before.backward_input, count.backward_input), backward_weight: along(before.backward_weight, count.backward_weight),
      overlapped: along(before.overlapped, count.overlapped),
    };
  });
  return { step_time: along(one.step_time, two.step_time), counts };
}

/** With at least so many micro-batches, and no more than the schedule's conditions ask for. */
export function withMicroBatches(pipeline: Pipeline, few: number): Pipeline {
  const { atLeast = 1, multipleOf = 1 } = conditionsOf(pipeline).find(({ property }) => property === "micro_batches") ?? {};
  return { ...pipeline, micro_batches: Math.ceil(Math.max(atLeast, few) / multipleOf) * multipleOf };
}
