/** How far the evidence behind a plan's compute times reaches: as far as its weakest default. */

import { moeBlocksOf } from "../plan/layout";
import type { PlanRecord } from "../plan/record";
import { deviceOf, rateOf } from "./device";
import type { EfficiencyName, Evidence, Reach } from "./efficiency";
import { shareName } from "./time";

export interface Confidence {
  readonly level: Reach;
  /** The default that decides, and what it comes from. */
  readonly name: EfficiencyName;
  readonly evidence: Evidence;
}

const order: Readonly<Record<Reach, number>> = { measured: 0, scaled: 1, assumed: 2 };

/**
 * Of the defaults that the plan's phase and model use; what `efficiency` of the plan says instead is its author's. `undefined` where the
 * author wrote all of them. Throws `Unavailable` where the GPU has no rate for the precision of the linear layers.
 */
export function confidenceOf(plan: PlanRecord): Confidence | undefined {
  const device = deviceOf(plan, "estimate");
  const names = usedDefaults(plan);
  const [first, ...rest] = names.map((name): Confidence => ({ level: device.defaults[name].reach, name, evidence: device.defaults[name] }));
  return first && rest.reduce((weakest, next) => (order[next.level] > order[weakest.level] ? next : weakest), first);
}

function usedDefaults(plan: PlanRecord): readonly EfficiencyName[] {
  const { efficiency, workload: { phase } } = plan;
  const rate = rateOf(deviceOf(plan, "estimate"), plan.model.precision.compute, "`precision.compute`");
  const isWide = plan.model.attention.some((block) => block.kind === "mla" && block.qk_nope_head_dim + block.qk_rope_head_dim > 128);
  const hasLatent = plan.model.attention.some(({ kind }) => kind === "mla");
  const attention = {
    training: ["attention_forward", isWide ? "attention_backward_wide" : "attention_backward"],
    prefill: ["attention_forward"],
    decode: [hasLatent ? "attention_decode" : "attention_decode_memory"],
  } as const;
  return [
    ...(efficiency.gemm === undefined ? [shareName("gemm", rate)] : []),
    ...(efficiency.grouped_gemm === undefined && moeBlocksOf(plan).length > 0 ? [shareName("grouped_gemm", rate)] : []),
    ...(efficiency.attention === undefined ? attention[phase] : []),
    ...(efficiency.memory === undefined ? ["memory" as const] : []),
  ];
}
