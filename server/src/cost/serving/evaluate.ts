/** What a prefill or decode plan computes, once for each mode. */

import { Unavailable } from "../definition";
import type { Evaluation, Mode } from "../plan/evaluation";
import { batchOf, lengthOf, type Batch } from "./batch";
import { stagePasses, timeOf, type Parts, type StagePass } from "./pass";

export interface Serving {
  readonly batch: Batch;
  readonly stages: readonly StagePass[];
  /** Where the latency goes, summed over the stages. */
  readonly parts: Parts;
  /** Seconds that groups wait for one another where the stages do not take equally long. */
  readonly waiting: number;
  /** Decode: seconds from a token of a sequence to its next; prefill: from the start of a pass to the first tokens. */
  readonly latency: number;
  /** Seconds from a group that leaves the last stage to the next one. */
  readonly interval: number;
  /** Tokens of a sequence that a pass deals with: 1 in decode, those of the prompt in prefill. */
  readonly tokens: number;
  /** GPUs of one replica. */
  readonly replica_gpus: number;
}

/** Throws `Unavailable` for training plans and for what is not modelled. */
export function servingOf(evaluation: Evaluation, mode: Mode): Serving {
  const layout = evaluation.layout;
  const batch = batchOf(evaluation.plan, layout);
  if (batch.phase === "decode" && layout.cp > 1) throw new Unavailable("context parallelism in decode is not modelled");
  const stages = stagePasses(evaluation, batch, mode);
  const parts = total(stages);
  const through = timeOf(parts);
  const slowest = stages.reduce((time, stage) => Math.max(time, timeOf(stage.parts)), 0);
  // a group comes back to the first stage, or in prefill the next prompts take its place, when it has left the last one and all the others have passed there
  const round = Math.max(through, batch.groups * slowest);
  const latency = batch.phase === "decode" ? round : through;
  const interval = round / batch.groups;
  const tokens = batch.phase === "decode" ? 1 : lengthOf(evaluation.plan);
  return { batch, stages, parts, waiting: latency - through, latency, interval, tokens, replica_gpus: layout.tp * layout.cp * layout.pp };
}

function total(stages: readonly StagePass[]): Parts {
  const sums = { attention: 0, ffn: 0, routed: 0, ends: 0, exchange: 0, tensor_parallel: 0, context_parallel: 0, send: 0 };
  for (const { parts } of stages) for (const name of Object.keys(sums) as (keyof Parts)[]) sums[name] += parts[name];
  return sums;
}

/** Tokens a second and GPU: generated ones in decode, those of prompts in prefill, found in the cache or not. */
export function tokensPerSecondPerGpu({ batch, tokens, interval, replica_gpus }: Serving): number {
  return (batch.sequences * tokens) / interval / replica_gpus;
}
