import { defineDiagnostic } from "../../core";
import type { ParallelismRecord } from "../../cost/plan/record";
import { removeKeysFix } from "../edits";
import { examplePlan } from "../examples";
import { isWrittenHere } from "../rule";
import { isHere, isShared, placeIn, planRule, subjectOf } from "./plan";

/** What keys of serving would mean in training. */
const ofServing: Readonly<Record<string, string>> = {
  redundant_experts: "`redundant_experts` are of serving: in training a copy takes memory, and its gradients would have to be added to those of its original",
  offload: "`offload { experts = host }` is of serving: in training the gradients and moments of the experts would live on the host too, and no memory or time is computed",
};

const phaseWithoutEffect = defineDiagnostic<{ key: string; phase: string; isTraining: boolean }>({
  code: "DSCO7031", severity: "information", title: "A key of the layout that is not of this phase",
  message: ({ key, phase, isTraining }) =>
    ofServing[key] ?? `\`${key}\` changes nothing in ${phase}: only ${isTraining ? "serving" : "training"} reads it`,
  explanation:
    "Schedules, virtual stages, ZeRO, recomputation and micro-batches of sequences belong to training: there is nothing to overlap with a backward pass, to shard or to compute again in serving. Two overlapping micro-batches, redundant experts and experts in the host's memory belong to prefill and decode; DualPipe overlaps micro-batches in training.",
  source: "DeepSeek-V3 technical report, arXiv:2412.19437, sections 3.2 and 3.4",
  example: examplePlan({ layout: "tp = 8, zero = 1", workload: "decode" }),
});

/** The keys that only training or only serving reads, each with its default: somebody who writes that says that there is nothing of it. */
const trainingKeys = { schedule: "1f1b", zero: 0, micro_batch_size: 1, recompute: "none" } as const;
const servingKeys = { dual_micro_batch: false, redundant_experts: 0 } as const;

export const phaseWithoutEffectRule = planRule([phaseWithoutEffect.entry], (plan) => {
  const { phase } = plan.record.workload;
  const path = "parallelism";
  const block = plan.blocks.get(path);
  if (!block || !isHere(plan, path)) return [];
  const isTraining = phase === "training";
  const defaults: Readonly<Partial<ParallelismRecord>> = isTraining ? servingKeys : trainingKeys;
  const unread = (Object.keys(defaults) as (keyof ParallelismRecord)[]).filter((key) => isWrittenHere(block, key) && plan.record.parallelism[key] !== defaults[key]);
  const offload = plan.blocks.get("parallelism.offload");
  const offloaded = isTraining && offload !== undefined && plan.record.parallelism.offload?.experts === "host"
    ? [phaseWithoutEffect.at(placeIn(plan, { path: "parallelism.offload", keys: ["experts"] }), { key: "offload", phase, isTraining }, {
      fixes: () => isShared(plan, path) ? [] : removeKeysFix(subjectOf(plan, path), offload, ["experts"], { buys: "the experts on the GPUs, and figures", preferred: true }),
    })]
    : [];
  return [...offloaded, ...unread.map((key) =>
    phaseWithoutEffect.at(placeIn(plan, { path, keys: [key] }), { key, phase, isTraining }, {
      // another plan may be of another phase
      fixes: () => isShared(plan, path) ? [] : removeKeysFix(subjectOf(plan, path), block, [key], { buys: key === "redundant_experts" ? "each expert on one GPU of its group" : "no figure changes", preferred: true }),
      unnecessary: true,
    }))];
});
