/** Where the time of a training step goes, as the metrics have it: seconds, the mean over the ranks of a pipeline. */

import type { Evaluation } from "../../cost/plan/evaluation";

/** In the order in which they are drawn; together the step. */
export const stepParts = ["compute", "expert", "blocking", "replicas", "bubble", "sweep"] as const;

/** `expert`, `blocking` (tensor and context parallelism) and `replicas`: exchanges that nothing hides; `sweep`: the optimizer's pass over its shard. */
export type StepPart = (typeof stepParts)[number];

/** Of Table 4 of arXiv:2505.09343; together the step. */
export const stepPhases = ["forward", "backward", "weightGradient", "overlapped", "bubble", "optimizer"] as const;

export type StepPhase = (typeof stepPhases)[number];

export type ExchangeKind = "ep" | "tp" | "cp" | "tp and cp" | "pp" | "dp";

/** All exchanges of a kind in a step. */
export interface StepExchange {
  readonly kind: ExchangeKind;
  readonly total: number;
  /** What nothing hides; `undefined` for sends between stages: waiting for them is part of the bubble. */
  readonly exposed: number | undefined;
}

export interface StepData {
  readonly step: number;
  readonly parts: Readonly<Record<StepPart, number>>;
  readonly phases: Readonly<Record<StepPhase, number>>;
  /** Without those that the layout has not. */
  readonly exchanges: readonly StepExchange[];
}

/** Throws `Unavailable`. */
export function stepData(evaluation: Evaluation): StepData {
  const { step, tp, cp, pp, expert, sync, exposed_sync, sweep } = evaluation.training("estimate");
  const pipelineExposed = step.exposed_communication - exposed_sync;
  const exposedExpert = Math.min(step.exposed_expert, pipelineExposed);
  const blocking = pipelineExposed - exposedExpert;
  const both: StepExchange = { kind: tp > 0 && cp > 0 ? "tp and cp" : cp > 0 ? "cp" : "tp", total: tp + cp, exposed: blocking };
  const exchanges: readonly StepExchange[] = [{ kind: "ep", total: expert, exposed: exposedExpert }, both, { kind: "pp", total: pp, exposed: undefined }, { kind: "dp", total: sync, exposed: exposed_sync }];
  return {
    step: step.step_time,
    parts: { compute: step.compute, expert: exposedExpert, blocking, replicas: exposed_sync, bubble: step.bubble, sweep },
    phases: { forward: step.forward, backward: step.backward, weightGradient: step.weight_gradient, overlapped: step.overlapped, bubble: step.bubble, optimizer: step.optimizer },
    exchanges: exchanges.filter(({ total }) => total > 0).map((exchange) => (exchange.exposed !== undefined && isClose(exchange.exposed, exchange.total) ? { ...exchange, exposed: exchange.total } : exchange)),
  };
}

/** A difference of sums: what is not hidden at all may come out a little off. */
const isClose = (one: number, other: number): boolean => Math.abs(one - other) <= 1e-9 * other;
