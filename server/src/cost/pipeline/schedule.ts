/**
 * Pipeline parallelism as plain records: which rank holds which stage, and how long one chunk takes. A stage is a
 * stretch of the model's layers, a chunk is one micro-batch in one stage, a rank is one device of the pipeline
 * (`pp` of them). All indices count from 0; stages count along the forward pass. Times are in seconds.
 *
 * | schedule    | stages  | a rank holds                                                         |
 * |-------------|---------|----------------------------------------------------------------------|
 * | 1f1b, zb1p  | pp      | one stage                                                            |
 * | interleaved | pp x vp | every pp-th stage                                                    |
 * | dualpipe    | pp      | its stage and the mirror stage: each stage stands on two ranks       |
 * | dualpipev   | 2 x pp  | a stage of the way down and its mirror on the way up: the letter V   |
 */

export const scheduleKinds = ["1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev"] as const;

export type ScheduleKind = (typeof scheduleKinds)[number];

export type Pipeline = PlainPipeline | InterleavedPipeline;

interface PlainPipeline {
  readonly schedule: Exclude<ScheduleKind, "interleaved">;
  /** Ranks. */
  readonly pp: number;
  /** Of one step and one data-parallel replica; dualpipe runs half of them in each direction. */
  readonly micro_batches: number;
}

export interface InterleavedPipeline {
  readonly schedule: "interleaved";
  readonly pp: number;
  /** Virtual stages of a rank. */
  readonly vp: number;
  readonly micro_batches: number;
}

/** Another record of the same pipeline: it names what it reads. */
export const copyOfPipeline = (pipeline: Pipeline): Pipeline => (pipeline.schedule === "interleaved"
  ? { schedule: pipeline.schedule, pp: pipeline.pp, vp: pipeline.vp, micro_batches: pipeline.micro_batches }
  : { schedule: pipeline.schedule, pp: pipeline.pp, micro_batches: pipeline.micro_batches });

/** One micro-batch in one stage. */
export interface Chunk {
  readonly stage: number;
  readonly micro_batch: number;
}

/** How long one micro-batch takes in one stage, in seconds. */
export interface ChunkDurations {
  readonly forward: number;
  /** The full backward: gradients of inputs and of weights. */
  readonly backward: number;
  /** The part of `backward` that yields the gradients of the weights. */
  readonly weight: number;
  /**
   * The forward of this stage overlapped with the backward of the mirror stage (`mirrorStage`), the only pairs that
   * dualpipe and dualpipev make. Where it is left out the two run one after the other.
   */
  readonly overlapped?: number;
}

export interface Durations {
  /** One for each stage. */
  readonly stages: readonly ChunkDurations[];
  /** From the end of a chunk until another rank has its output; nothing between stages of one rank. */
  readonly send: number;
}

export function stageCount(pipeline: Pipeline): number {
  switch (pipeline.schedule) {
    case "interleaved": return pipeline.pp * pipeline.vp;
    case "dualpipev": return 2 * pipeline.pp;
    default: return pipeline.pp;
  }
}

/** The stage as far from the end as `stage` is from the start. */
export const mirrorStage = (stages: number, stage: number): number => stages - 1 - stage;

/** The stages whose weights a rank holds, in the order of the forward pass. */
export function stagesOfRank(pipeline: Pipeline, rank: number): readonly number[] {
  switch (pipeline.schedule) {
    case "interleaved": return Array.from({ length: pipeline.vp }, (_, index) => rank + index * pipeline.pp);
    case "dualpipe":
    case "dualpipev": {
      const mirror = mirrorStage(stageCount(pipeline), rank);
      return rank < mirror ? [rank, mirror] : [mirror, rank];
    }
    default: return [rank];
  }
}

/** The same durations for every stage. */
export const uniformDurations = (pipeline: Pipeline, chunk: ChunkDurations, send = 0): Durations => ({
  stages: Array.from({ length: stageCount(pipeline) }, () => chunk),
  send,
});
