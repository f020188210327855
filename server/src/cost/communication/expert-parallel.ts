/**
 * Dispatch and combine of one mixture-of-experts layer.
 *
 * Normal kernels (training, prefill): a token crosses to each domain that holds experts of it once, on the cards, to the GPU of equal place,
 * which forwards it to the GPUs that need it, over the scale-up link; combine takes the way back and adds up before it crosses.
 * Low-latency kernels (decode): every one of the `top_k` copies goes by itself, on the link that leads there.
 * Sources: DeepSeek-V3 technical report, arXiv:2412.19437, section 3.2.2; DeepEP (deepseek-ai/DeepEP, docs/legacy.md).
 */

import { reachFrom } from "../compute/efficiency";
import type { Default } from "../defaults-read";
import { expertWidth } from "../model/moe";
import { activationElement, plainElement } from "../model/precision";
import type { MoeFfnRecord, Precision } from "../model/record";
import { Unavailable } from "../definition";
import { domainOf, type Group, type Groups } from "../plan/layout";
import type { Mode } from "../plan/evaluation";
import type { PlanRecord } from "../plan/record";
import { scaleOutRate } from "../hardware/scale-out";
import { domainsOf } from "./collectives";
import { linksOf } from "./links";
import { placesReached, type Routing } from "./reach";
import { noTransfer, shareAcrossLeaves, transferOf, type Link, type Links, type Transfer } from "./transfer";

/** Of one layer, for the tokens of one GPU. The backward pass runs the same two exchanges in the other order. */
export interface Exchange {
  /** Tokens to their experts; in the backward pass, gradients to the experts. */
  readonly dispatch: Transfer;
  /** Outputs of the experts back to the tokens; in the backward pass, gradients of the experts' inputs. */
  readonly combine: Transfer;
}

export const noExchange: Exchange = { dispatch: noTransfer, combine: noTransfer };

/** `low_latency` in decode, where a GPU has few tokens; `normal` in training and prefill. */
export type Kernels = "normal" | "low_latency";

export const kernelsOf = ({ workload }: PlanRecord): Kernels => (workload.phase === "decode" ? "low_latency" : "normal");

/**
 * Share of its bandwidth that an exchange reaches beside compute, which takes memory bandwidth and makes GPUs wait for one another.
 * Measured on the H800: in DeepSeek's public training trace (deepseek-ai/profile-data, train.json) 105.5 MB of dispatch take 3.41 ms in
 * the mean and 204.7 MB of combine 6.18 ms, 31 and 33 GB/s of the 40 that such exchanges reach alone. Other devices: assumed alike.
 */
const besideCompute = 0.8;

/** Exchanges of normal kernels run beside compute: under dualpipe and with two micro-batches of prefill. */
function overlapsCompute(plan: PlanRecord): boolean {
  if (kernelsOf(plan) === "low_latency") return false;
  const { schedule, dual_micro_batch } = plan.parallelism;
  return plan.workload.phase === "training" ? schedule === "dualpipe" || schedule === "dualpipev" : dual_micro_batch;
}

const besideDefault = ({ hardware: { gpu }, workload: { phase } }: PlanRecord): Default => ({
  name: "share of exchanges beside compute", unit: "share",
  evidence: { value: besideCompute, reach: reachFrom(phase === "training" ? ["hopper"] : [], gpu), source: "deepseek-ai/profile-data, train.json, H800: 31 and 33 of 40 GB/s" },
});

/**
 * The links of one GPU as the exchanges of expert parallelism find them, `beside` compute or alone; what `efficiency` says of a link
 * holds as it is written.
 */
export function exchangeLinks(plan: PlanRecord, mode: Mode, beside = overlapsCompute(plan)): Links {
  const { hardware, efficiency } = plan;
  const links = linksOf(hardware, efficiency, mode, "exchange");
  if (mode === "ideal" || !beside) return links;
  const slowed = (link: Link | undefined, written: number | undefined): Link | undefined =>
    link === undefined || written !== undefined ? link : { ...link, bandwidth: link.bandwidth * besideCompute, defaults: [...(link.defaults ?? []), besideDefault(plan)] };
  return { ...links, scale_up: slowed(links.scale_up, efficiency.scale_up), scale_out: slowed(links.scale_out, efficiency.scale_out) };
}

/** Copies of one token that its GPU sends, in the mean. */
export interface Copies {
  readonly scale_up: number;
  readonly scale_out: number;
}

/**
 * Copies that one token of balanced routing makes over the expert-parallel group. A copy that stays on the GPU is none. Redundant
 * experts are copies of chosen ones and move no token to more places.
 */
export function copiesPerToken(routing: Routing, group: Group, kernels: Kernels): Copies {
  const { size, per_domain } = group;
  const domains = domainsOf(group);
  if (size === 1) return { scale_up: 0, scale_out: 0 };
  if (kernels === "low_latency") {
    return { scale_up: (routing.top_k * (per_domain - 1)) / size, scale_out: (routing.top_k * (size - per_domain)) / size };
  }
  // the GPU of equal place needs no forwarding: 1 of `per_domain`
  const scale_up = (placesReached(routing, size) * (per_domain - 1)) / per_domain;
  return { scale_up, scale_out: (placesReached(routing, domains) * (domains - 1)) / domains };
}

/**
 * Dispatch and combine of one layer of `block` for `tokens` tokens a GPU. `ideal`: the same copies without scales, at line rates,
 * without latency, balanced.
 *
 * With imbalance the busiest GPU receives `imbalance` times the mean: over the scale-up link, and over its cards where copies go to it
 * straight. Copies that are forwarded arrive at the GPU of equal place, whatever expert they are for.
 * Throws `Unavailable` where the group needs a link that the hardware lacks.
 */
export function expertExchange(
  plan: PlanRecord, groups: Groups, block: MoeFfnRecord, tokens: number, mode: Mode, links: Links = exchangeLinks(plan, mode),
): Exchange {
  const { ep } = groups;
  if (ep.size === 1) return noExchange;
  const kernels = kernelsOf(plan);
  const copies = copiesPerToken(block, ep, kernels);
  const imbalance = mode === "ideal" ? 1 : plan.workload.imbalance;
  const isForwarded = kernels === "normal" && ep.per_domain > 1;
  const elements = tokens * expertWidth(block, plan.model.hidden_size);
  const acrossLeaves = shareAcrossLeaves(ep.size, links);
  const along = (precision: Precision): Transfer => {
    const bytes = elements * (mode === "ideal" ? plainElement(precision) : activationElement(precision)).value;
    return transferOf({
      scale_up_bytes: bytes * copies.scale_up * imbalance,
      scale_out_bytes: bytes * copies.scale_out * (isForwarded ? 1 : imbalance),
      scale_up_steps: 1,
      scale_out_steps: 1,
      across_leaves: acrossLeaves,
    }, links);
  };
  const { dispatch, combine } = plan.model.precision;
  return { dispatch: along(dispatch), combine: along(combine) };
}

/**
 * Seconds of dispatch plus combine by the bound of arXiv:2505.09343, section 2.3.2: payload without scales, one copy a chosen and a shared
 * expert, none saved, no latency, at the cards' `rate`, or at the scale-up `bandwidth` where the group stands in one domain.
 */
export function idealExchange({ model, hardware }: PlanRecord, groups: Groups, block: MoeFfnRecord, tokens: number): number {
  const { ep } = groups;
  if (ep.size === 1) return 0;
  const { dispatch, combine } = model.precision;
  const element = plainElement(dispatch).value + plainElement(combine).value;
  const bytes = tokens * (block.top_k * expertWidth(block, model.hidden_size) + block.shared_experts * model.hidden_size) * element;
  const isOneDomain = ep.size * groups.etp.size <= domainOf(hardware);
  const bandwidth = isOneDomain ? (hardware.gpu.scale_up ?? hardware.gpu.pcie)?.bandwidth : scaleOutRate(hardware);
  if (bandwidth !== undefined) return bytes / bandwidth;
  throw new Unavailable(isOneDomain ? "the gpu has neither `scale_up` nor `pcie`" : "expert parallelism spans scale-up domains, and the hardware lacks `nic` or `nics_per_node`");
}

/**
 * Streaming multiprocessors that DeepEP's normal kernels take: 20 of the H800's 132 (arXiv:2412.19437, section 3.2.2; the public
 * training trace). Later versions need 4 to 24; `comm_sms` says so.
 */
const normalKernelSms = 20;

/**
 * Streaming multiprocessors that communication takes from compute which runs at the same time. None where the schedule overlaps no
 * exchange, and none in low-latency kernels, whose transfer occupies no multiprocessor. Throws `Unavailable` where none is left to compute.
 */
export function commSms(plan: PlanRecord, groups: Groups): number {
  const { parallelism: { comm_sms }, hardware: { gpu: { sms } } } = plan;
  const taken = comm_sms ?? (groups.ep.size > 1 && overlapsCompute(plan) ? normalKernelSms : 0);
  if (sms !== undefined && taken >= sms) throw new Unavailable(`\`comm_sms\` (${taken}) leaves none of the gpu's ${sms} multiprocessors to compute`);
  return taken;
}

/** What limiting routing does to one layer's dispatch, for messages and rules. */
export interface RoutingCost {
  /** Scale-up domains that the expert-parallel group stands in. */
  readonly domains: number;
  /** Domains a token reaches at most and in the mean, its own among them. */
  readonly most_domains: number;
  readonly mean_domains: number;
  /** Copies of a token that cross to another domain, in the mean. */
  readonly cross_copies: number;
  readonly scale_up_bytes: number;
  readonly scale_out_bytes: number;
  /** Seconds of dispatch over each link alone, and of the whole. */
  readonly scale_up_time: number;
  readonly scale_out_time: number;
  readonly time: number;
  /**
   * Domains that a token can reach until its copies over the cards take longer than those over the scale-up link: `group_limit`
   * at this figure uses both links fully.
   */
  readonly balanced_domains: number;
}

/** Of a `block` with its own limit or another, for `tokens` tokens a GPU; `undefined` where no copy leaves a domain. */
export function routingCost(plan: PlanRecord, groups: Groups, block: MoeFfnRecord, tokens: number, limit: Pick<Routing, "groups" | "group_limit"> = block): RoutingCost | undefined {
  const { ep } = groups;
  const domains = domainsOf(ep);
  if (domains === 1) return undefined;
  const links = exchangeLinks(plan, "estimate");
  const limited = { ...block, groups: limit.groups, group_limit: limit.group_limit };
  const { dispatch } = expertExchange(plan, groups, limited, tokens, "estimate", links);
  const copies = copiesPerToken(limited, ep, kernelsOf(plan));
  const scale_up_time = dispatch.scale_up_bytes / (links.scale_up?.bandwidth ?? Infinity);
  const scale_out_time = dispatch.scale_out_bytes / (links.scale_out?.bandwidth ?? Infinity);
  const mean_domains = placesReached(limited, domains);
  return {
    domains, mean_domains, cross_copies: copies.scale_out, most_domains: mostDomains(limited, domains),
    scale_up_bytes: dispatch.scale_up_bytes, scale_out_bytes: dispatch.scale_out_bytes, scale_up_time, scale_out_time, time: dispatch.time,
    balanced_domains: scale_out_time === 0 ? domains : Math.max(1, Math.min(domains, (mean_domains * scale_up_time) / scale_out_time)),
  };
}

/** Domains that one token's experts can stand in at most: of M groups in G, each spans ceil(domains / G), and one more where it straddles. */
export function mostDomains({ top_k, routed_experts, groups = 1, group_limit = groups }: Routing, domains: number): number {
  const free = Math.min(top_k, routed_experts, domains);
  if (group_limit >= groups) return free;
  const straddles = domains % groups === 0 || groups % domains === 0 ? 0 : 1;
  return Math.min(free, group_limit * (Math.ceil(domains / groups) + straddles));
}
