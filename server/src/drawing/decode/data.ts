/** Where the latency of a decode step or of a prefill pass goes: over the whole model, and in one layer of each kind. Seconds. */

import type { Operator } from "../../cost/compute/operator";
import type { AttentionRecord, FfnRecord } from "../../cost/model/record";
import type { Evaluation } from "../../cost/plan/evaluation";
import type { ServingPhase } from "../../cost/serving/batch";
import { partNames, timeOf, type LayerPass, type Parts } from "../../cost/serving/pass";

/** The parts of a pass, and what a group waits for the slowest stage of a pipeline. */
export const latencyParts = [...partNames, "waiting"] as const;

export type LatencyPart = (typeof latencyParts)[number];

/** What operators wait for. */
export const boundNames = ["compute", "memory", "launch"] as const;

export type BoundName = (typeof boundNames)[number];

/** Layers that are alike; times of one of them and all micro-batches of a group. */
export interface LayerKind {
  readonly attention: AttentionRecord | undefined;
  readonly ffn: FfnRecord | undefined;
  /** It reads the cache of an earlier layer. */
  readonly sharesCache: boolean;
  readonly layers: readonly number[];
  readonly parts: Parts;
  readonly time: number;
  /** Dispatch and combine, hidden or not; of experts on the host, what the host takes. */
  readonly exchange: number;
  /** Of its operators. */
  readonly bounds: Readonly<Record<BoundName, number>>;
  readonly operators: readonly LayerOperator[];
}

/** Of one layer and all micro-batches, in the order in which they run. */
export interface LayerOperator {
  readonly name: string;
  readonly part: Operator["part"];
  readonly bound: BoundName;
  readonly time: number;
}

export interface LatencyData {
  readonly phase: ServingPhase;
  readonly latency: number;
  readonly parts: Readonly<Record<LatencyPart, number>>;
  readonly microBatches: number;
  readonly groups: number;
  /** Those that take most of the latency first. */
  readonly kinds: readonly LayerKind[];
}

/** Throws `Unavailable`. */
export function latencyData(evaluation: Evaluation): LatencyData {
  const { batch, stages, parts, waiting, latency } = evaluation.serving("estimate");
  const found: { pass: LayerPass; layers: number[] }[] = [];
  evaluation.stages.forEach(({ runs }, index) => {
    // stages of the same shape have one pass in common: which layers stand in this one its own runs say
    const passes = stages[index]?.layers() ?? [];
    runs.forEach(({ layers }, at) => {
      const pass = passes[at];
      if (pass === undefined) return;
      const known = found.find(({ pass: { run } }) => run.attention === pass.run.attention && run.ffn === pass.run.ffn && run.shares_cache === pass.run.shares_cache);
      if (known) known.layers.push(...layers);
      else found.push({ pass, layers: [...layers] });
    });
  });
  const kinds = found.map(({ pass, layers }) => kindOf(pass, layers, batch.micro_batches));
  return {
    phase: batch.phase, latency, parts: { ...parts, waiting }, microBatches: batch.micro_batches, groups: batch.groups,
    kinds: kinds.sort((one, other) => other.time * other.layers.length - one.time * one.layers.length),
  };
}

function kindOf({ run, parts, exchange, operators }: LayerPass, layers: readonly number[], microBatches: number): LayerKind {
  const count = run.layers.length;
  const one: Parts = {
    attention: parts.attention / count, ffn: parts.ffn / count, routed: parts.routed / count, ends: parts.ends / count, exchange: parts.exchange / count,
    tensor_parallel: parts.tensor_parallel / count, context_parallel: parts.context_parallel / count, send: parts.send / count,
  };
  const each = operators.map(({ name, part, bound, time, count: runs }): LayerOperator => ({ name, part, bound, time: (microBatches * runs * time.forward) / count }));
  const bounds = { compute: 0, memory: 0, launch: 0 };
  for (const { bound, time } of each) bounds[bound] += time;
  return {
    attention: run.attention, ffn: run.ffn, sharesCache: run.shares_cache === true, layers: [...layers].sort((one, other) => one - other),
    parts: one, time: timeOf(one), exchange: exchange / count, bounds, operators: each,
  };
}
