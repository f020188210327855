/**
 * What is computed of a plan, each part once and only when something asks for it. Every metric of a plan reads from here, so that
 * forty figures cost one pass; an explanation evaluates a watched copy of the plan and so sees what its figure read, and no more.
 */

import { operatorsOf, type Operators } from "../compute/layer";
import { Unavailable } from "../definition";
import { ranksInFlight, type InFlight } from "../memory/in-flight";
import { memoryModel, type MemoryModel } from "../memory/memory-model";
import { holdingsOf, stageMemory, type Holdings, type PlanMemory } from "../memory/stage-memory";
import { copyOfPipeline, type Pipeline } from "../pipeline/schedule";
import { formatNumber } from "../term";
import { settled, taken, type Outcome } from "../once";
import { groupsOf, layoutOf, stageCopies, type Groups, type Layout } from "./layout";
import type { PlanRecord } from "./record";
import { stagesOf, type Stage } from "./stages";
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
  /** What the figures of memory and the exchanges between replicas share. */
  readonly memoryModel: MemoryModel;
  readonly memory: PlanMemory;
  /** Of a training plan. */
  readonly holdings: Holdings;
  /** By rank. */
  readonly inFlight: readonly InFlight[];
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

/** A class for its speed alone: a search makes one for each design, and its parts are made when they are asked for. */
class PlanEvaluation implements Evaluation {
  private readonly known: Partial<Record<string, Outcome<unknown>>> = {};

  /** `ground`: what would else be computed of the plan. */
  constructor(readonly plan: PlanRecord, private readonly ground?: Ground) {}

  get layout(): Layout {
    return this.ground?.layout ?? this.once("layout", () => layoutOf(this.plan));
  }

  get pipeline(): Pipeline {
    return this.ground?.pipeline ?? this.once("pipeline", () => pipelineOf(this.plan, this.layout));
  }

  get groups(): Groups {
    return this.ground?.groups ?? this.once("groups", () => groupsOf(this.layout, this.plan.hardware, stageCopies(this.plan)));
  }

  get stages(): readonly Stage[] {
    return this.once("stages", () => stagesOf(this.plan.model, this.pipeline));
  }

  get memoryModel(): MemoryModel {
    return this.once("memory model", () => memoryModel(this));
  }

  get memory(): PlanMemory {
    return this.once("memory", () => stageMemory(this));
  }

  get holdings(): Holdings {
    return this.part("holdings", ({ memoryModel }) => holdingsOf(memoryModel));
  }

  get inFlight(): readonly InFlight[] {
    return this.once("in flight", () => shared("in flight", { pipeline: this.pipeline, holdings: this.holdings }, ({ pipeline, holdings }) => ranksInFlight(copyOfPipeline(pipeline), holdings.kept)));
  }

  get trainingOperators(): Operators {
    return this.once("training operators", () => operatorsOf(this.plan, this.layout, trainingWork(this.plan, this.layout)));
  }

  passes(mode: Mode): Passes {
    return this.part(passesNames[mode], (evaluation) => passesOf(evaluation, mode));
  }

  pipelineRun(mode: Mode): PipelineRun {
    return this.once(runNames[mode], () => shared("run", { pipeline: this.pipeline, passes: this.passes(mode) }, ({ pipeline, passes }) => pipelineRunOf(copyOfPipeline(pipeline), passes)));
  }

  training(mode: Mode): Training {
    return this.once(trainingNames[mode], () => trainingOf(this, mode));
  }

  serving(mode: Mode): Serving {
    return this.once(servingNames[mode], () => servingOf(this, mode));
  }

  private once<Result>(name: string, compute: () => Result): Result {
    return taken((this.known[name] ??= settled(compute)) as Outcome<Result>); // what this name's computation gave
  }

  /** Plain data, no part of which asks the plan again: plans that are searched together share it. */
  private part<Result>(name: string, compute: (evaluation: Evaluation) => Result): Result {
    return this.once(name, () => {
      if (!isSharing()) return compute(this);
      const { plan, layout, groups, pipeline } = this;
      return shared<Ground, Result>(name, { plan, layout, groups, pipeline }, (ground) => compute(new PlanEvaluation(ground.plan, ground)));
    });
  }
}

const passesNames: Readonly<Record<Mode, string>> = { estimate: "passes", ideal: "ideal passes" };
const runNames: Readonly<Record<Mode, string>> = { estimate: "run", ideal: "ideal run" };
const trainingNames: Readonly<Record<Mode, string>> = { estimate: "training", ideal: "ideal training" };
const servingNames: Readonly<Record<Mode, string>> = { estimate: "serving", ideal: "ideal serving" };

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
