import type { DeclarationKeyword } from "../../../grammar/src";
import type { BoundDeclaration, Workspace } from "../core";
import { hardwareMetrics } from "../cost/hardware/metrics";
import type { Explanation, Figure, Metric, MetricInput } from "../cost/metric";
import { modelMetrics } from "../cost/model/metrics";
import { planMetrics } from "../cost/plan/metrics";
import { serviceMetrics } from "../cost/serving/service-metrics";
import { hardwareResult } from "./hardware-record";
import { modelResult } from "./model-record";
import { planResult } from "./plan-record";
import { serviceResult } from "./service-record";
import type { RecordBlocks, RecordResult } from "./records";

/** What the reader asks the figures at; a part left out has the language's default. */
export interface FigureOptions {
  /** Tokens of a training sequence; 4096 unless given. */
  readonly sequenceLength?: number | undefined;
  /** Tokens in the cache; the model's `max_context` unless given. */
  readonly contextLength?: number | undefined;
}

export const defaultSequenceLength = 4096;

/** What is known of a metric without a declaration to compute it for. */
export type MetricHead = Omit<Metric<never, never>, "compute" | "estimate" | "explain" | "inputs">;

/** A kind of declaration whose figures are computed: its metrics, and how a declaration becomes what they take. */
export interface ComputedKind {
  /** In the order of the language's table. */
  readonly metrics: readonly MetricHead[];
  /** `undefined`: there is no such metric. */
  readonly figure: (workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions) => Figure | undefined;
  /** The explanation of a figure that has a value, and the block behind each of its input paths. */
  readonly explain: (workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions) => ExplainedBlocks | undefined;
  /** The inputs of that explanation alone: what a reader who asks for all figures at once needs of them. */
  readonly inputs: (workspace: Workspace, declaration: BoundDeclaration, id: string, options: FigureOptions) => readonly MetricInput[];
  /** The block behind each input path. */
  readonly blocks: (workspace: Workspace, declaration: BoundDeclaration) => RecordBlocks;
}

export interface ExplainedBlocks {
  readonly explanation: Explanation;
  readonly blocks: RecordBlocks;
}

/** Every kind that is computed. Adding one is adding a line. */
export const computedKinds: Partial<Readonly<Record<DeclarationKeyword, ComputedKind>>> = {
  model: kindOf(modelMetrics, modelResult, (model, options) => ({
    sequence_length: options.sequenceLength ?? defaultSequenceLength,
    // read when it is needed: a `max_context` in error takes no other figure with it
    get context_length() {
      return options.contextLength ?? model.max_context;
    },
  })),
  hardware: kindOf(hardwareMetrics, hardwareResult, () => ({})),
  plan: kindOf(planMetrics, planResult, () => ({})),
  service: kindOf(serviceMetrics, serviceResult, () => ({})),
};

function kindOf<Record, Context>(
  metrics: readonly Metric<Record, Context>[],
  resultOf: (workspace: Workspace, declaration: BoundDeclaration) => RecordResult<Record> | undefined,
  contextOf: (record: Record, options: FigureOptions) => Context,
): ComputedKind {
  const byId = new Map(metrics.map((metric) => [metric.id, metric]));
  return {
    metrics,
    figure: (workspace, declaration, id, options) => {
      const metric = byId.get(id);
      if (!metric) return undefined;
      const result = resultOf(workspace, declaration);
      if (!result) return { kind: "unavailable", reason: `the ${declaration.keyword} asks for its own figures` };
      return metric.compute(result.record, contextOf(result.record, options));
    },
    explain: (workspace, declaration, id, options) => {
      const result = resultOf(workspace, declaration);
      const explanation = result && byId.get(id)?.explain(result.record, contextOf(result.record, options));
      return explanation && { explanation, blocks: result.blocks };
    },
    inputs: (workspace, declaration, id, options) => {
      const result = resultOf(workspace, declaration);
      return (result && byId.get(id)?.inputs(result.record, contextOf(result.record, options))) ?? [];
    },
    blocks: (workspace, declaration) => resultOf(workspace, declaration)?.blocks ?? new Map(),
  };
}
