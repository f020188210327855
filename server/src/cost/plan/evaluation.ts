/**
 * What is computed of a plan, each part once and only when something asks for it. Every metric of a plan reads from here, so that
 * forty figures cost one pass; an explanation evaluates a watched copy of the plan and so sees what its figure read, and no more.
 */

import { operatorsOf, type Operators } from "../compute/layer";
import { Unavailable } from "../definition";
import { ranksInFlight } from "../memory/in-flight";
import { layerWeights, memoryModel, type LayerWeights, type MemoryModel } from "../memory/memory-model";
import { holdingsOf, stageMemory, type Holdings, type PlanMemory } from "../memory/stage-memory";
import { copyOfPipeline, type Pipeline } from "../pipeline/schedule";
import { formatNumber } from "../term";
import { settled, taken, type Outcome } from "../once";
import { groupsOf, layoutOf, stageCopies, type Groups, type Layout } from "./layout";
import type { PlanRecord } from "./record";
import { stagesOf, type LayerBlocks, type Stage } from "./stages";
import { servingOf, type Serving } from "../serving/evaluate";
import { isSharing, shared } from "../shared";
import { trainingOf, type Training } from "../training/evaluate";
import { passesOf, trainingWork, type Passes } from "../training/passes";
import { pipelineRunOf, type PipelineRun } from "../training/step";

/** `ideal`: the physical bound; peaks and line rates, efficiencies 1, no latency. */
export type Mode = "estimate" | "ideal";

/** What everything else of a plan rests on. */
interface Ground {
  readonly plan: PlanRecord;
  readonly layout: Layout;
  readonly groups: Groups;
  readonly pipeline: Pipeline;
}

/** Each part is computed when it is first read; what cannot be computed throws `Unavailable` then. */
export interface Evaluation extends Ground {
  readonly stages: readonly Stage[];
  readonly layerWeights: (layer: LayerBlocks) => LayerWeights;
  /** What the figures of memory and the exchanges between replicas share. */
  readonly memoryModel: MemoryModel;
  readonly memory: PlanMemory;
  /** Of a training plan. */
  readonly holdings: Holdings;
  /** What the micro-batches in flight keep at the worst moment, by rank: bytes. */
  readonly keptBytes: readonly number[];
  /** What a micro-batch of a training plan computes, whatever device runs it. */
  readonly trainingOperators: Operators;
  readonly passes: (mode: Mode) => Passes;
  /** The schedule with the durations of the passes. */
  readonly pipelineRun: (mode: Mode) => PipelineRun;
  readonly training: (mode: Mode) => Training;
  /** Of prefill and decode plans. */
  readonly serving: (mode: Mode) => Serving;
}

/**
 * The last few plans that somebody asked about: the figures of one are asked for in a row, a service and a comparison have two. A table of
 * all records by identity would make the collection of what they leave behind take as long as the figures themselves.
 */
const recent: (Evaluation | undefined)[] = [undefined, undefined, undefined, undefined];
let oldest = 0;

/** Evaluations of records that somebody holds on to, and no others: few, whatever a search tries in between. */
const lasting = new WeakMap<PlanRecord, Evaluation>();

/** What is computed of this record from now on lasts as long as the record: an editor asks again after every edit. */
export function keepEvaluation(plan: PlanRecord): void {
  if (!lasting.has(plan)) lasting.set(plan, evaluate(plan));
}

/** The same for the same record, while it is one of the last few or was asked to be kept. */
export function evaluationOf(plan: PlanRecord): Evaluation {
  for (const known of recent) if (known?.plan === plan) return known;
  const kept = lasting.get(plan);
  if (kept) return kept;
  const evaluation = evaluate(plan);
  recent[oldest] = evaluation;
  oldest = (oldest + 1) % recent.length;
  return evaluation;
}

const evaluate = (plan: PlanRecord): Evaluation => new PlanEvaluation(plan);

/**
 * A class for its speed alone: a search makes one for each design, its parts are made when they are asked for, and what makes them is
 * made once for all evaluations.
 */
class PlanEvaluation implements Evaluation {
  /** By part and mode, in the order in which parts are first named. */
  private readonly known = new Array<Outcome<unknown> | undefined>(parts);

  /** `ground`: what would else be computed of the plan. */
  constructor(readonly plan: PlanRecord, private readonly ground?: Ground) {}

  get layout(): Layout {
    return this.ground?.layout ?? this.once(layoutPart);
  }

  get pipeline(): Pipeline {
    return this.ground?.pipeline ?? this.once(pipelinePart);
  }

  get groups(): Groups {
    return this.ground?.groups ?? this.once(groupsPart);
  }

  get stages(): readonly Stage[] {
    return this.once(stagesPart);
  }

  get layerWeights(): (layer: LayerBlocks) => LayerWeights {
    return this.once(layerWeightsPart);
  }

  get memoryModel(): MemoryModel {
    return this.once(memoryModelPart);
  }

  get memory(): PlanMemory {
    return this.once(memoryPart);
  }

  get holdings(): Holdings {
    return this.once(holdingsPart);
  }

  get keptBytes(): readonly number[] {
    return this.once(keptBytesPart);
  }

  get trainingOperators(): Operators {
    return this.once(trainingOperatorsPart);
  }

  passes(mode: Mode): Passes {
    return this.once(passesPart[mode]);
  }

  pipelineRun(mode: Mode): PipelineRun {
    return this.once(pipelineRunPart[mode]);
  }

  training(mode: Mode): Training {
    return this.once(trainingPart[mode]);
  }

  serving(mode: Mode): Serving {
    return this.once(servingPart[mode]);
  }

  private once<Result>({ place, compute }: Part<Result>): Result {
    const known = (this.known[place] ??= settled(compute, this));
    return taken(known as Outcome<Result>); // what this part's computation gave
  }
}

/** How a part of an evaluation is computed. */
interface Part<Result> {
  /** Of its outcome in an evaluation. */
  readonly place: number;
  readonly compute: (evaluation: Evaluation) => Result;
}

let parts = 0;

const part = <Result>(compute: (evaluation: Evaluation) => Result): Part<Result> => ({ place: parts++, compute });

const perMode = <Result>(of: (mode: Mode) => Part<Result>): Readonly<Record<Mode, Part<Result>>> => ({ estimate: of("estimate"), ideal: of("ideal") });

/** Plain data, no part of which asks the plan again: plans that are searched together share it. */
const sharedPart = <Result>(name: string, compute: (evaluation: Evaluation) => Result): Part<Result> => part((evaluation) => {
  if (!isSharing()) return compute(evaluation);
  const { plan, layout, groups, pipeline } = evaluation;
  return shared<Ground, Result>(name, { plan, layout, groups, pipeline }, (ground) => compute(new PlanEvaluation(ground.plan, ground)));
});

const layoutPart = part(({ plan }) => layoutOf(plan));
const pipelinePart = part(({ plan, layout }) => pipelineOf(plan, layout));
const groupsPart = part(({ plan, layout }) => groupsOf(layout, plan.hardware, stageCopies(plan)));
const stagesPart = part(({ plan, pipeline }) => stagesOf(plan.model, pipeline));
const layerWeightsPart = part(({ plan, layout }) => layerWeights(plan, layout));
const memoryModelPart = part((evaluation) => memoryModel(evaluation));
const memoryPart = part(stageMemory);
const holdingsPart = sharedPart("holdings", ({ memoryModel }) => holdingsOf(memoryModel));
const keptBytesPart = part(({ pipeline, holdings }) =>
  shared("kept bytes", { pipeline, holdings }, (own) => ranksInFlight(copyOfPipeline(own.pipeline), own.holdings.kept).map(({ bytes }) => bytes)));
const trainingOperatorsPart = part(({ plan, layout }) => operatorsOf(plan, layout, trainingWork(plan, layout)));
const passesPart = perMode((mode) => sharedPart(mode === "ideal" ? "ideal passes" : "passes", (evaluation) => passesOf(evaluation, mode)));
const pipelineRunPart = perMode((mode) => part((evaluation) =>
  shared("run", { pipeline: evaluation.pipeline, passes: evaluation.passes(mode) }, (own) => pipelineRunOf(copyOfPipeline(own.pipeline), own.passes))));
const trainingPart = perMode((mode) => part((evaluation) => trainingOf(evaluation, mode)));
const servingPart = perMode((mode) => part((evaluation) => servingOf(evaluation, mode)));

export function microBatchesOf({ workload, parallelism }: PlanRecord, { dp }: Layout): number {
  const { global_batch_size } = workload;
  if (workload.phase !== "training") throw new Unavailable("only a training plan has micro-batches", true);
  if (global_batch_size === undefined) throw new Unavailable("the workload has no `global_batch_size`");
  const perStep = dp * parallelism.micro_batch_size;
  if (global_batch_size % perStep !== 0) {
    throw new Unavailable(`\`global_batch_size\` (${formatNumber(global_batch_size)}) is no multiple of dp x \`micro_batch_size\` (${formatNumber(perStep)})`);
  }
  return global_batch_size / perStep;
}

const pipelineOf = (plan: PlanRecord, layout: Layout): Pipeline =>
  (plan.workload.phase === "training" ? trainingPipeline(plan, layout, microBatchesOf(plan, layout)) : forwardPipeline(layout));

/** Serving runs forward alone, one micro-batch a stage, in the order of the stages whatever schedule is written. */
export const forwardPipeline = ({ pp }: Layout): Pipeline => ({ schedule: "1f1b", pp, micro_batches: pp });

/** Of a training plan with a number of micro-batches. */
export function trainingPipeline({ parallelism: { schedule } }: PlanRecord, { pp, vp }: Pick<Layout, "pp" | "vp">, micro_batches: number): Pipeline {
  return schedule === "interleaved" ? { schedule, pp, vp, micro_batches } : { schedule, pp, micro_batches };
}
