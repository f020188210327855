/** A step of a training plan as its schedule runs it: what each rank of the pipeline does when, and which parts of the step a picture shows. */

import { Unavailable } from "../../cost/definition";
import { operationsOf, type Operation, type OperationKind } from "../../cost/pipeline/operations";
import { stageCount, stagesOfRank, type Chunk, type Pipeline, type ScheduleKind } from "../../cost/pipeline/schedule";
import { simulate, type Idle, type RankTimeline, type Simulation } from "../../cost/pipeline/simulate";
import type { Evaluation } from "../../cost/plan/evaluation";
import { withMicroBatches } from "../../cost/training/step";

/** Seconds from the start of the step. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface ScheduleOperation extends Stretch {
  readonly kind: OperationKind;
  /** Of a pair, its forward. */
  readonly chunk: DrawnChunk;
  /** The backward of a pair. */
  readonly beside: DrawnChunk | undefined;
}

export interface DrawnChunk extends Chunk {
  /** Two flows of micro-batches are told apart: dualpipe's directions, the letter V's ways down and up, every other virtual stage. */
  readonly flow: 0 | 1;
}

export interface ScheduleRank {
  readonly rank: number;
  readonly stages: readonly number[];
  /** Those that begin or end within the stretches. */
  readonly operations: readonly ScheduleOperation[];
  /** Within the stretches. */
  readonly idle: readonly Stretch[];
  /** Of the whole step; `undefined` where fewer micro-batches were run through. */
  readonly whole: { readonly busy: Readonly<Record<OperationKind, number>>; readonly idle: Idle; readonly bubble: number } | undefined;
}

export interface ScheduleData {
  readonly schedule: ScheduleKind;
  readonly pp: number;
  readonly microBatches: number;
  /** What the picture shows of the step: all of it, or its start and its end. */
  readonly stretches: readonly Stretch[];
  /** Ranks that are drawn: all of them, or the first and the last. */
  readonly ranks: readonly ScheduleRank[];
  /** In seconds, as the metrics have them. */
  readonly step: number;
  readonly bubble: number;
  readonly optimizer: number;
  /** The end of the last operation. */
  readonly pipeline: number;
}

/** Marks that an editor still shows without delay. */
export const mostOperations = 900;
/** Micro-batches in all stages that are run through while somebody types. */
const mostChunks = 10_000;
/** Rows that a reader still tells apart. */
export const mostRanks = 32;

/** Throws `Unavailable`. */
export function scheduleData(evaluation: Evaluation): ScheduleData {
  const pipeline = evaluation.pipeline;
  const { step, exposed_sync, sweep, ...training } = evaluation.training("estimate");
  const durations = training.durations();
  const stages = stageCount(pipeline);
  // once the pipeline is full the micro-batches repeat: a long step is run with fewer of them, and its end moved to where it is
  const fewer = withMicroBatches(pipeline, Math.max(4 * pipeline.pp, Math.floor(mostChunks / (2 * stages))));
  const isLong = stages * pipeline.micro_batches > mostChunks && fewer.micro_batches < pipeline.micro_batches;
  const run = isLong ? fewer : pipeline;
  const simulation = simulated(run, durations);
  const end = step.step_time - exposed_sync - sweep;
  const shift = end - simulation.step_time;
  const shown = shownRanks(pipeline.pp);
  const stretches = stretchesOf(simulation, shown, isLong, 2 * meanChunk(durations.stages));
  const moved = stretches.map((stretch, index) => (index === 0 ? stretch : { from: stretch.from + shift, to: stretch.to + shift }));
  return {
    schedule: pipeline.schedule, pp: pipeline.pp, microBatches: pipeline.micro_batches, step: step.step_time, bubble: step.bubble, optimizer: step.optimizer, pipeline: end,
    stretches: moved,
    ranks: shown.flatMap((rank) => {
      const timeline = simulation.ranks[rank];
      return timeline === undefined ? [] : [rankOf(run, pipeline, rank, timeline, simulation.step_time, stretches, shift, isLong)];
    }),
  };
}

function simulated(pipeline: Pipeline, durations: Parameters<typeof simulate>[1]): Simulation {
  const operations = operationsOf(pipeline);
  const result = operations.kind === "operations" ? simulate(operations, durations) : undefined;
  if (result?.kind !== "simulation") throw new Unavailable("the schedule has too many operations to draw");
  return result;
}

const meanChunk = (stages: readonly { readonly forward: number; readonly backward: number }[]): number =>
  stages.reduce((sum, { forward, backward }) => sum + forward + backward, 0) / stages.length;

function shownRanks(pp: number): readonly number[] {
  const all = Array.from({ length: pp }, (_, rank) => rank);
  return pp <= mostRanks ? all : [...all.slice(0, mostRanks / 2), ...all.slice(pp - mostRanks / 2)];
}

const hasForward = ({ kind }: Operation): boolean => kind === "forward" || kind === "overlapped";
const hasBackward = ({ kind }: Operation): boolean => kind !== "forward";

/**
 * The whole step where it has few operations; else its start until every rank has begun with backwards, and its end from where the first rank
 * has run its last forward, each with `more` seconds of the steady state.
 */
function stretchesOf({ ranks, step_time }: Simulation, shown: readonly number[], isLong: boolean, more: number): readonly Stretch[] {
  const whole = [{ from: 0, to: step_time }];
  const count = shown.reduce((sum, rank) => sum + (ranks[rank]?.operations.length ?? 0), 0);
  if (!isLong && count <= mostOperations) return whole;
  const filled = Math.max(...ranks.map(({ operations, end }) => end[operations.findIndex(hasBackward)] ?? 0)) + more;
  const emptied = Math.min(...ranks.map(({ operations, start }) => start[operations.findLastIndex(hasForward)] ?? step_time)) - more;
  // less than half is not worth a break
  return emptied - filled < step_time / 2 && !isLong ? whole : [{ from: 0, to: Math.min(filled, step_time / 2) }, { from: Math.max(emptied, step_time / 2), to: step_time }];
}

function rankOf(
  run: Pipeline, pipeline: Pipeline, rank: number, timeline: RankTimeline, end: number, stretches: readonly Stretch[], shift: number, isLong: boolean,
): ScheduleRank {
  const left = pipeline.micro_batches - run.micro_batches;
  const operations: ScheduleOperation[] = [];
  const idle: Stretch[] = [];
  stretches.forEach((stretch, index) => {
    const by = index === 0 ? 0 : shift;
    let free = stretch.from;
    timeline.operations.forEach((operation, at) => {
      const [from, to] = [timeline.start[at] ?? 0, timeline.end[at] ?? 0];
      if (to <= stretch.from || from >= stretch.to || to <= from) return;
      if (from > free) idle.push({ from: free + by, to: from + by });
      free = to;
      operations.push({ ...drawnOf(run, operation, index === 0 ? 0 : left), from: from + by, to: to + by });
    });
    const last = Math.min(stretch.to, end);
    if (free < last) idle.push({ from: free + by, to: last + by });
  });
  const { busy, idle: waited, bubble } = timeline;
  return { rank, stages: stagesOfRank(pipeline, rank), operations, idle, whole: isLong ? undefined : { busy, idle: waited, bubble } };
}

function drawnOf(pipeline: Pipeline, operation: Operation, left: number): Omit<ScheduleOperation, "from" | "to"> {
  const drawn = ({ stage, micro_batch }: Chunk): DrawnChunk => ({ stage, micro_batch: numberOf(pipeline, micro_batch, left), flow: flowOf(pipeline, stage, micro_batch) });
  return operation.kind === "overlapped"
    ? { kind: operation.kind, chunk: drawn(operation.forward), beside: drawn(operation.backward) }
    : { kind: operation.kind, chunk: drawn(operation), beside: undefined };
}

/** Which micro-batch of the whole step one of a shorter step's end is: dualpipe counts those of its two directions apart. */
function numberOf({ schedule, micro_batches }: Pipeline, micro_batch: number, left: number): number {
  return schedule !== "dualpipe" ? micro_batch + left : micro_batch + (micro_batch < micro_batches / 2 ? left / 2 : left);
}

function flowOf({ schedule, pp, micro_batches }: Pipeline, stage: number, micro_batch: number): 0 | 1 {
  switch (schedule) {
    case "dualpipe": return micro_batch < micro_batches / 2 ? 0 : 1;
    case "dualpipev": return stage < pp ? 0 : 1;
    case "interleaved": return Math.floor(stage / pp) % 2 === 0 ? 0 : 1;
    default: return 0;
  }
}
