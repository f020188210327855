/** What a training plan computes, once for each mode. */

import { Unavailable } from "../definition";
import type { Evaluation, Mode } from "../plan/evaluation";
import type { Step } from "./step";

export interface Training {
  readonly step: Step;
  /** Of one micro-batch and one MoE layer, forward, in s; `undefined` without a MoE layer. */
  readonly dispatch: number | undefined;
  readonly combine: number | undefined;
  /** Bytes that a token puts on the slower link in one MoE layer. */
  readonly traffic: { readonly dispatch: number; readonly combine: number } | undefined;
  /** Exchanges of a step in s, hidden or not, the mean over the ranks of a pipeline. */
  readonly tp: number;
  readonly pp: number;
  readonly cp: number;
  readonly sync: number;
  /** Between the replicas, what nothing hides, and the optimizer's pass over its shard: s. */
  readonly exposed_sync: number;
  readonly sweep: number;
  /** Of the whole model. */
  readonly checkpoint_bytes: number;
}

export function trainingOf({ plan }: Evaluation, mode: Mode): Training {
  throw new Unavailable(`the ${mode} of a training plan is not computed yet${plan.workload.phase === "training" ? "" : ", nor has this plan one"}`);
}
