/** What explanations of a plan show beside their breakdown: its operators, its schedule, the memory of its ranks. */

import { dimensions, formatPercent, formatQuantity } from "../../units";
import type { Operator, Passes } from "../compute/operator";
import type { MemoryComponents } from "../memory/stage-memory";
import type { Detail } from "../metric";
import { closedForm } from "../pipeline/closed-form";
import { operationsOf } from "../pipeline/operations";
import type { ChunkDurations } from "../pipeline/schedule";
import { simulate } from "../pipeline/simulate";
import { timeline, timelineLegend } from "../pipeline/timeline";
import { formatNumber } from "../term";
import { evaluationOf } from "./evaluation";
import type { PlanRecord } from "./record";

/** Operators of the same name that run alike, over all layers and stages. */
interface OperatorRow {
  readonly operator: Operator;
  readonly count: number;
}

/** Every operator that a micro-batch passes, those that take longest first. `operators`: of all stages. */
export function operatorTable(title: string, operators: readonly Operator[]): Detail {
  const rows = new Map<string, OperatorRow>();
  for (const operator of operators) {
    const key = `${operator.name} ${operator.kind} ${operator.bound} ${operator.efficiency} ${operator.flops.forward} ${operator.bytes.forward}`;
    rows.set(key, { operator, count: (rows.get(key)?.count ?? 0) + operator.count });
  }
  const whole = [...rows.values()].reduce((time, { operator, count }) => time + count * allPasses(operator.time), 0);
  const hasBackward = operators.some(({ time }) => allPasses(time) > time.forward);
  const sorted = [...rows.values()].sort((left, right) => right.count * allPasses(right.operator.time) - left.count * allPasses(left.operator.time));
  return {
    kind: "table",
    title,
    columns: [
      { label: "operator" }, { label: "runs", right: true }, { label: "FLOPs a run", right: true }, { label: "bytes a run", right: true },
      { label: hasBackward ? "forward, all runs" : "all runs", right: true }, ...(hasBackward ? [{ label: "backward", right: true } as const] : []), { label: "share", right: true },
      { label: "bound by" }, { label: "of the peak", right: true },
    ],
    rows: sorted.map(({ operator: { name, flops, bytes, time, bound, efficiency }, count }) => [
      name, formatNumber(count), flops.forward === 0 ? "" : formatQuantity(flops.forward, dimensions.work), formatQuantity(bytes.forward, dimensions.bytes),
      secondsText(count * time.forward), ...(hasBackward ? [secondsText(count * (allPasses(time) - time.forward))] : []),
      whole === 0 ? "" : formatPercent((count * allPasses(time)) / whole), bound, formatPercent(efficiency),
    ]),
  };
}

const allPasses = ({ forward, backward_input, backward_weight }: Passes): number => forward + backward_input + backward_weight;

const secondsText = (value: number): string => formatQuantity(value, dimensions.time);

/** Operators of one micro-batch of a training step, without the multiprocessors that exchanges take beside them. */
export const trainingOperators = (plan: PlanRecord): readonly Detail[] =>
  [operatorTable("Operators of one micro-batch, all stages, alone on the GPU", evaluationOf(plan).training("estimate").operators())];

/** Characters that the drawing of a step takes. */
const drawingWidth = 96;
/** Ranks that are drawn; beyond them a drawing shows nothing that these do not. */
const mostRanks = 32;

/** How long ranks are idle by every way to count it, and the schedule as a drawing. */
export function schedule(plan: PlanRecord): readonly Detail[] {
  const evaluation = evaluationOf(plan);
  const pipeline = evaluation.pipeline;
  const durations = evaluation.training("estimate").durations();
  const operations = operationsOf(pipeline);
  const simulation = operations.kind === "operations" ? simulate(operations, durations) : undefined;
  if (simulation?.kind !== "simulation") return [];
  const closed = closedForm(pipeline, meanOf(durations.stages));
  const assumption = closed.assumption === "" ? "" : `, exact under ${closed.assumption}`;
  const lines = timeline({ ...simulation, ranks: simulation.ranks.slice(0, mostRanks) }, drawingWidth);
  const left = pipeline.pp - mostRanks;
  return [
    {
      kind: "table",
      title: "Idle time of a rank in a step",
      columns: [{ label: "counted by" }, { label: "time", right: true }, { label: "how" }],
      rows: [
        ["simulation, mean of the ranks", secondsText(simulation.bubble.mean), "the estimate"],
        ["simulation, worst rank", secondsText(simulation.bubble.worst), ""],
        ["closed form, mean stage", secondsText(closed.bubble), `${closed.formula}${assumption}`],
      ],
    },
    { kind: "drawing", title: `Schedule of a step, one line a rank: ${timelineLegend(simulation)}`, lines: [...lines, ...(left > 0 ? [`and ${left} more ranks`] : [])] },
  ];
}

/** The chunk of the mean stage. */
export function meanOf(stages: readonly ChunkDurations[]): ChunkDurations {
  const mean = (of: (stage: ChunkDurations) => number): number => stages.reduce((sum, stage) => sum + of(stage) / stages.length, 0);
  const plain = { forward: mean(({ forward }) => forward), backward: mean(({ backward }) => backward), weight: mean(({ weight }) => weight) };
  return stages.some(({ overlapped }) => overlapped !== undefined) ? { ...plain, overlapped: mean(({ overlapped = 0 }) => overlapped) } : plain;
}

/** Operators of one micro-batch in a pass of a prefill or decode plan. */
export const servingOperators = (plan: PlanRecord): readonly Detail[] =>
  [operatorTable("Operators of one micro-batch, all stages", evaluationOf(plan).serving("estimate").stages.flatMap(({ operators }) => operators()))];

const components = ["weights", "gradients", "optimizer", "activations", "kv", "buffers"] as const satisfies readonly (keyof MemoryComponents)[];

/** The memory of every rank of the pipeline by component, with the moment at which it needs most. */
export function memoryOfRanks(plan: PlanRecord): readonly Detail[] {
  const { worst, ranks: ranksOf } = evaluationOf(plan).memory;
  const ranks = ranksOf();
  if (ranks.length === 1) return [];
  const used = components.filter((name) => ranks.some((rank) => rank[name] > 0));
  return [{
    kind: "table",
    title: "Memory by rank of the pipeline",
    columns: [{ label: "rank" }, { label: "stages" }, ...used.map((label) => ({ label, right: true }) as const), { label: "in all", right: true }, { label: "needs most at" }],
    rows: ranks.map((rank) => [
      `${rank.rank}${rank === worst ? " (most)" : ""}`, rank.stages.map(({ index }) => index).join(", "),
      ...used.map((name) => formatQuantity(rank[name], dimensions.bytes)), formatQuantity(rank.total, dimensions.bytes), rank.moment,
    ]),
  }];
}
