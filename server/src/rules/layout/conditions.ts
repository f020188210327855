/**
 * What must hold of a plan's layout, as plain questions on its record. A rule asks one of them and says what is wrong; a fix
 * proposes only values for which all of them hold.
 */

import { available } from "../../cost/definition";
import type { AttentionRecord } from "../../cost/model/record";
import { evaluationOf, forwardPipeline, microBatchesOf, trainingPipeline } from "../../cost/plan/evaluation";
import { denseDegrees, domainsUnder, fillsDomains, layoutOf, moeBlocksOf, type Layout } from "../../cost/plan/layout";
import type { ParallelismRecord, PlanRecord } from "../../cost/plan/record";
import { mostStages } from "../../cost/plan/stages";
import { unmetConditions, type Condition } from "../../cost/pipeline/conditions";
import { stageCount, type Pipeline } from "../../cost/pipeline/schedule";
import { formatGrouped } from "../../units";

export const gpusOf = ({ hardware }: PlanRecord): number => hardware.nodes * hardware.gpus_per_node;

/** GPUs that expert parallelism can take: those of one pipeline stage. Throws `Unavailable` where the degrees do not fit. */
export function stageRanks(record: PlanRecord): number {
  const { dp, cp, tp } = denseDegrees(record.parallelism, gpusOf(record));
  return dp * cp * tp;
}

/** Experts that a layer's GPUs hold in all: routed and redundant. */
export const heldExperts = (routed: number, { redundant_experts }: ParallelismRecord): number => routed + redundant_experts;

const expertsDivide = (record: PlanRecord, { ep }: Layout): boolean =>
  moeBlocksOf(record).every(({ routed_experts }) => heldExperts(routed_experts, record.parallelism) % ep === 0);

/** Heads of keys and values can be shared out: each on as many GPUs, or each GPU with as many. */
export const kvHeadsShare = (kvHeads: number, tp: number): boolean => kvHeads % tp === 0 || tp % kvHeads === 0;

/** Heads of a layer, by the key that counts them. */
export interface Heads {
  readonly key: "heads" | "kv_heads" | "value_heads" | "groups";
  readonly heads: number;
}

/** Those of which every GPU has its own: of linear and state-space layers the ones with a state. */
export const ownHeads = (block: AttentionRecord): Heads =>
  (block.kind === "gated_delta" || block.kind === "kda" ? { key: "value_heads", heads: block.value_heads } : { key: "heads", heads: block.heads });

/** Those that may stand on several GPUs: of keys and values; of mamba2, groups of B and C. */
function sharedHeads(block: AttentionRecord): Heads | undefined {
  switch (block.kind) {
    case "mha": case "mqa": case "gqa": return { key: "kv_heads", heads: block.kv_heads };
    case "gated_delta": case "kda": return { key: "heads", heads: block.heads };
    case "mamba2": return { key: "groups", heads: block.groups };
    case "mla": case "lightning": return undefined;
  }
}

/** The first heads of a layer that tensor parallelism cannot share out; `several`: not even if each stood on several GPUs. */
export function askewHeads(block: AttentionRecord, tp: number): (Heads & { readonly several: boolean }) | undefined {
  const [own, shared] = [ownHeads(block), sharedHeads(block)];
  if (own.heads % tp !== 0) return { ...own, several: false };
  return shared !== undefined && !kvHeadsShare(shared.heads, tp) ? { ...shared, several: true } : undefined;
}

/** Whether tensor parallelism gives each GPU whole heads. */
export const headsDivide = (block: AttentionRecord, tp: number): boolean => askewHeads(block, tp) === undefined;

/** A width of a feed-forward block and the degree that divides it. */
export interface Width {
  /** Place in `model.ffn`. */
  readonly index: number;
  readonly key: "intermediate_size" | "shared_intermediate_size";
  readonly size: number;
  readonly degree: "tp" | "etp";
}

/** Every width that a degree shares out: of dense layers and shared experts by tp, of routed experts by etp. */
export const widthsOf = ({ model }: PlanRecord): readonly Width[] =>
  model.ffn.flatMap((block, index): readonly Width[] => {
    if (block.kind === "dense") return [{ index, key: "intermediate_size", size: block.intermediate_size, degree: "tp" }];
    const routed: Width = { index, key: "intermediate_size", size: block.intermediate_size, degree: "etp" };
    if (block.shared_experts === 0) return [routed];
    return [routed, { index, key: "shared_intermediate_size", size: block.shared_experts * block.shared_intermediate_size, degree: "tp" }];
  });

const isTraining = ({ workload }: PlanRecord): boolean => workload.phase === "training";

/** Context parallelism halves each rank's part, so that causal attention is as much work on every one. */
export const contextDivides = ({ workload }: PlanRecord, { cp }: Layout): boolean => cp === 1 || (workload.sequence_length ?? 0) % (2 * cp) === 0;

/** Sequence parallelism shares the tokens of a context-parallel rank out over the tensor group. */
export const sequenceDivides = ({ workload }: PlanRecord, { cp, tp, sequence_parallel }: Layout): boolean =>
  !sequence_parallel || (workload.sequence_length ?? 0) % (cp * tp) === 0;

/** Groups of neighbours, `size` of them each, stand inside one scale-up domain; `true` for a device that has none. */
export const fitsDomain = ({ hardware }: PlanRecord, size: number): boolean => {
  const domains = domainsUnder(hardware);
  const { domain, gpus } = domains;
  if (hardware.gpu.scale_up === undefined || domain === gpus) return true;
  return fillsDomains(domains) ? domain % size === 0 : size <= domain;
};

/** The pipeline of a plan, however many micro-batches pass it. */
export const pipelineOf = (record: PlanRecord, layout: Layout): Pipeline => (isTraining(record) ? trainingPipeline(record, layout, 1) : forwardPipeline(layout));

/** The stages of a plan; a schedule other than 1f1b may have more of them than ranks, in training alone. */
export const stagesOf = (record: PlanRecord, layout: Layout): number => stageCount(pipelineOf(record, layout));

export interface UnmetCondition extends Condition {
  readonly size: number;
}

/** Conditions of the schedule that a training plan does not meet, with the size that it has. */
export function unmetSizes(record: PlanRecord, layout: Layout): readonly UnmetCondition[] {
  // a batch that does not divide has its own message
  const sizes = { pp: layout.pp, vp: layout.vp, micro_batches: available(() => microBatchesOf(record, layout)) };
  return unmetConditions({ schedule: record.parallelism.schedule, ...sizes }).flatMap((condition) => {
    const size = sizes[condition.property];
    return size === undefined ? [] : [{ ...condition, size }];
  });
}

/** The busiest GPU of an expert-parallel group has at most all the tokens of the group. */
export const loadIsPossible = (record: PlanRecord, { ep }: Layout): boolean => record.workload.imbalance <= ep || moeBlocksOf(record).length === 0 || record.workload.imbalance === 1;

/** All of it: the layout of a record for which every condition holds, `undefined` for another. */
export const legalLayout = (record: PlanRecord): Layout | undefined =>
  available(() => {
    const layout = layoutOf(record);
    return faultOf(record, layout) === undefined ? layout : undefined;
  });

/** Why a layout cannot run, in a few words that are the same for all designs with the same fault; throws `Unavailable` where the degrees do not fit. */
export const layoutFault = (record: PlanRecord): string | undefined => faultOf(record, layoutOf(record));

function faultOf(record: PlanRecord, layout: Layout): string | undefined {
  if (!expertsDivide(record, layout)) return "`ep` does not divide the experts";
  if (!loadIsPossible(record, layout)) return "`imbalance` is above what `ep` GPUs can see";
  if (stagesOf(record, layout) > mostStages(record.model)) return "the pipeline has more stages than the model fills";
  if (!record.model.attention.every((block) => headsDivide(block, layout.tp))) return "`tp` does not divide the heads";
  const width = widthsOf(record).find(({ size, degree }) => size % layout[degree] !== 0);
  if (width) return `\`${width.degree}\` does not divide \`${width.key}\``;
  return isTraining(record) ? trainingFault(record, layout) : undefined;
}

function trainingFault(record: PlanRecord, layout: Layout): string | undefined {
  if (record.workload.global_batch_size !== undefined && available(() => microBatchesOf(record, layout)) === undefined) return "`global_batch_size` does not divide";
  if (microBatchesOf(record, layout) <= 0) return "a step has no micro-batch";
  if (!contextDivides(record, layout)) return "`cp` does not divide the sequence";
  if (!sequenceDivides(record, layout)) return "sequence parallelism does not divide the sequence";
  const [unmet] = unmetSizes(record, layout);
  return unmet && `\`${unmet.property}\` does not suit the schedule`;
}

/** The fullest GPU of a plan has room for what stands on it; `true` where that cannot be computed. */
export const fitsMemory = (record: PlanRecord): boolean =>
  available(() => evaluationOf(record).memory.worst.total <= record.hardware.gpu.memory) ?? true;

type Changes = { readonly [Name in "model" | "hardware" | "parallelism" | "workload"]?: Partial<PlanRecord[Name]> };

/** The record with other values in some of its parts. */
export function withChanges(record: PlanRecord, changes: Changes): PlanRecord {
  const { model, hardware, parallelism, workload } = changes;
  return changed(record, {
    ...(model && { model: changed(record.model, model) }),
    ...(hardware && { hardware: changed(record.hardware, hardware) }),
    ...(parallelism && { parallelism: changed(record.parallelism, parallelism) }),
    ...(workload && { workload: changed(record.workload, workload) }),
  });
}

/** `2,048 GPUs = pp 16 x dp 128`, degrees of 1 left out. */
export function layoutText({ gpus, tp, pp, cp, dp }: Layout): string {
  const degrees = Object.entries({ tp, cp, pp, dp }).filter(([, degree]) => degree > 1).map(([name, degree]) => `${name} ${formatGrouped(degree)}`);
  return `${formatGrouped(gpus)} ${gpus === 1 ? "GPU" : "GPUs"}${degrees.length === 0 ? "" : ` = ${degrees.join(" x ")}`}`;
}

/** Some fields of a record with other values; the rest is read through, also what throws. */
function changed<Fields extends object>(record: Fields, values: Partial<Fields>): Fields {
  const fields = Object.entries(values).map(([key, value]) => [key, { value: value as unknown, enumerable: true }]);
  return Object.create(record, Object.fromEntries(fields) as PropertyDescriptorMap) as Fields;
}
