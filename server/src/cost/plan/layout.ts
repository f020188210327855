/**
 * How the ranks of a plan are laid out. Ranks count along tp first, then cp, then dp, then pp, as in Megatron-LM's order
 * tp-cp-ep-dp-pp: the GPUs of a tensor group are neighbours, the stages of a pipeline stand far apart. Expert parallelism takes
 * its ranks from the dp x cp x tp of one stage.
 */

import { Unavailable } from "../definition";
import type { HardwareRecord } from "../hardware/record";
import type { FfnRecord, MoeFfnRecord } from "../model/record";
import { formatNumber } from "../term";
import { greatestCommonDivisor } from "../whole-numbers";
import type { Degree, ParallelismRecord, PlanRecord } from "./record";

export interface Layout {
  /** GPUs of the cluster: all of them take part. */
  readonly gpus: number;
  readonly tp: number;
  readonly pp: number;
  readonly cp: number;
  readonly dp: number;
  readonly ep: number;
  readonly etp: number;
  /** Virtual stages of a rank; 1 unless the schedule is interleaved. */
  readonly vp: number;
  /** Copies of one expert: dp x cp x tp / (ep x etp). */
  readonly expert_dp: number;
  readonly sequence_parallel: boolean;
}

/** GPUs that exchange data, and how they stand to each other. */
export interface Group {
  readonly size: number;
  /** GPUs of the group that share a scale-up domain with one of it; `size` where all do. Of the group that stands in most domains, the mean. */
  readonly per_domain: number;
}

/** Throws `Unavailable` where the degrees do not fit the cluster. */
export function layoutOf({ model, hardware, parallelism }: PlanRecord): Layout {
  const gpus = hardware.nodes * hardware.gpus_per_node;
  const { tp, pp, cp, dp } = denseDegrees(parallelism, gpus);
  const etp = parallelism.etp === "auto" ? 1 : parallelism.etp;
  const ranks = dp * cp * tp;
  const ep = parallelism.ep === "auto" ? largestEp(ranks / etp, model.ffn) : parallelism.ep;
  if (ranks % (ep * etp) !== 0) {
    throw new Unavailable(`\`ep\` x \`etp\` (${formatNumber(ep * etp)}) does not divide dp x cp x tp (${formatNumber(ranks)})`);
  }
  const sequence_parallel = parallelism.sequence_parallel === "auto" ? tp > 1 : parallelism.sequence_parallel === "true";
  return { gpus, tp, pp, cp, dp, ep, etp, vp: virtualStages(parallelism), expert_dp: ranks / (ep * etp), sequence_parallel };
}

/** `auto` of one degree is what the others leave of the cluster. Throws `Unavailable` where their product does not fit. */
export function denseDegrees({ tp, pp, cp, dp }: ParallelismRecord, gpus: number): Pick<Layout, "tp" | "pp" | "cp" | "dp"> {
  const degrees = { tp, pp, cp, dp };
  const open = Object.entries(degrees).filter(([, degree]) => degree === "auto").map(([name]) => name);
  const given = Object.values(degrees).reduce<number>((product, degree) => product * (degree === "auto" ? 1 : degree), 1);
  if (open.length > 1) throw new Unavailable(`${open.map((name) => `\`${name}\``).join(" and ")} are \`auto\`: only one of tp, pp, cp and dp can take what the others leave`);
  const [name] = open;
  const names = Object.keys(degrees).filter((key) => key !== name).join(" x ");
  if (name === undefined && given !== gpus) throw new Unavailable(`${names} (${formatNumber(given)}) is not the number of GPUs in the cluster (${formatNumber(gpus)})`);
  if (gpus % given !== 0) throw new Unavailable(`${names} (${formatNumber(given)}) does not divide the GPUs of the cluster (${formatNumber(gpus)})`);
  const rest = (degree: Degree): number => (degree === "auto" ? gpus / given : degree);
  return { tp: rest(tp), pp: rest(pp), cp: rest(cp), dp: rest(dp) };
}

/** The widest expert parallelism that gives every rank equally many experts. */
function largestEp(ranks: number, ffn: readonly FfnRecord[]): number {
  return ffn.reduce((degree, block) => (block.kind === "moe" ? greatestCommonDivisor(degree, block.routed_experts) : degree), Math.floor(ranks));
}

/** Only the interleaved schedule has virtual stages to choose; `auto` is then the fewest that interleave. */
function virtualStages({ schedule, vp }: ParallelismRecord): number {
  if (vp === "auto") return schedule === "interleaved" ? 2 : 1;
  return vp;
}

/**
 * GPUs that share a scale-up domain: the gpu's `domain` where it is written, else the node. A domain may span nodes (NVL72), but for links
 * that do not leave one (`within_node`). GPUs without a scale-up link share the PCIe of their node where that is written.
 */
export const domainOf = ({ gpu: { scale_up, pcie }, gpus_per_node, nodes }: HardwareRecord): number => {
  if (scale_up === undefined) return pcie === undefined ? 1 : gpus_per_node;
  const { domain = gpus_per_node } = scale_up;
  return Math.min(domain, domain > gpus_per_node && scale_up.within_node === true ? gpus_per_node : nodes * gpus_per_node);
};

/** Scale-up domains of `domain` GPUs under a cluster of `gpus`. */
export interface Domains {
  readonly domain: number;
  readonly gpus: number;
}

export const domainsUnder = (hardware: HardwareRecord): Domains => ({ domain: domainOf(hardware), gpus: hardware.nodes * hardware.gpus_per_node });

/**
 * Every GPU of every domain takes part, so that ranks go on from one domain to the next without a gap. Elsewhere a part of some domains
 * is left out, and groups are placed inside them: 256 GPUs of NVL72 racks are 64 of each of four.
 */
export const fillsDomains = ({ domain, gpus }: Domains): boolean => gpus % domain === 0;

/**
 * `size` ranks, `stride` apart in the order of the ranks. Groups follow each other without gaps: where they do not divide full domains,
 * some begin inside one and reach into further ones, and everybody waits for them.
 */
export function groupOf(size: number, stride: number, domains: Domains): Group {
  const { domain } = domains;
  if (!fillsDomains(domains)) return { size, per_domain: Math.max(1, Math.min(size, Math.floor(domain / stride))) };
  const span = size * stride;
  // the furthest from the start of a domain that a group begins
  const latest = domain - greatestCommonDivisor(span, domain);
  return { size, per_domain: Math.ceil(size / Math.ceil((latest + span) / domain)) };
}

/** The groups of a layout by what they exchange. */
export interface Groups {
  readonly tp: Group;
  readonly cp: Group;
  /** Ranks with the same dense weights, over which gradients are reduced: dp x cp. */
  readonly dp: Group;
  readonly ep: Group;
  readonly etp: Group;
  readonly expert_dp: Group;
  /** A stage and the next one. */
  readonly pp: Group;
}

/**
 * Ranks of a pipeline on which each of its stages stands: dualpipe trains with two copies of the model (arXiv:2412.19437, Table 2, 2x
 * parameters), which get the same gradients and so are replicas of each other as those of data parallelism are.
 */
export const stageCopies = ({ workload, parallelism }: Pick<PlanRecord, "workload" | "parallelism">): number =>
  (workload.phase === "training" && parallelism.schedule === "dualpipe" ? 2 : 1);

/** GPUs that hold the same weights: they add up their gradients, and ZeRO divides among them. `copies`: `stageCopies`. */
export const replicaCounts = ({ dp, cp, expert_dp }: Layout, copies: number): { readonly dense: number; readonly experts: number } =>
  ({ dense: dp * cp * copies, experts: expert_dp * copies });

export function groupsOf(layout: Layout, hardware: HardwareRecord, copies = 1): Groups {
  const domains = domainsUnder(hardware);
  const { tp, pp, cp, dp, ep, etp, expert_dp } = layout;
  const replicas = replicaCounts(layout, copies);
  // the other copy of a stage stands as far away as the pipeline is long
  const copiesTogether = domains.domain >= domains.gpus ? copies : 1;
  const replicasOf = (size: number, ofOneCopy: number, stride: number): Group => ({ size, per_domain: groupOf(ofOneCopy, stride, domains).per_domain * copiesTogether });
  return {
    tp: groupOf(tp, 1, domains),
    cp: groupOf(cp, tp, domains),
    dp: replicasOf(replicas.dense, dp * cp, tp),
    ep: groupOf(ep, etp, domains),
    etp: groupOf(etp, 1, domains),
    expert_dp: replicasOf(replicas.experts, expert_dp, ep * etp),
    pp: groupOf(pp, dp * cp * tp, domains),
  };
}

/** The `ffn moe` blocks of a plan's model. */
export const moeBlocksOf = ({ model }: Pick<PlanRecord, "model">): readonly MoeFfnRecord[] => model.ffn.filter((block) => block.kind === "moe");
