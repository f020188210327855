/**
 * Two plans serve one stream of requests: nodes of the prefill plan compute the prompts, pass their caches on, and nodes of the
 * decode plan generate the answers. Source: DeepSeek-V3, arXiv:2412.19437, section 3.4; DistServe, arXiv:2401.09670.
 */

import { linksOf } from "../communication/links";
import { Unavailable, type Gap } from "../definition";
import { kvBytesPerSequence } from "../model/kv-cache";
import { evaluationOf, type Evaluation, type Mode } from "../plan/evaluation";
import type { PlanRecord } from "../plan/record";
import { formatGrouped, formatPercent } from "../../units";
import type { ServingPhase } from "./batch";
import { tokensPerSecondPerGpu, type Serving } from "./evaluate";
import type { ServiceRecord } from "./service-record";

/** The key of a service that disagrees with one of its plans, and how: a clause. */
export interface Mismatch {
  readonly key: "prefill" | "decode" | "input_tokens" | "cache_hit_rate";
  readonly reason: string;
}

/** What keeps a plan from being the service's: another phase, other prompts; `undefined` where nothing does. */
export function mismatchOf(service: ServiceRecord, side: ServingPhase): Mismatch | undefined {
  const { phase, prompt_length, cache_hit_rate } = service[side].workload;
  if (phase !== side) return { key: side, reason: `the workload of the \`${side}\` plan has \`phase = ${phase}\`` };
  if (side === "decode") return undefined;
  const { input_tokens, cache_hit_rate: written = cache_hit_rate } = service;
  if (prompt_length !== undefined && prompt_length !== input_tokens) {
    return { key: "input_tokens", reason: `\`input_tokens\` is ${formatGrouped(input_tokens)}, and the prefill plan has \`prompt_length = ${formatGrouped(prompt_length)}\`` };
  }
  if (written === cache_hit_rate) return undefined;
  return { key: "cache_hit_rate", reason: `\`cache_hit_rate\` is ${formatPercent(written)}, and that of the prefill plan ${formatPercent(cache_hit_rate)}` };
}

/** The `gap` of figures of one plan or of both. It stands before their arithmetic: what only a check reads is no input of a figure. */
export const gapOfSides = (...sides: readonly ServingPhase[]) => (service: ServiceRecord): Gap => {
  for (const side of sides) {
    const mismatch = mismatchOf(service, side);
    if (mismatch) return mismatch.reason;
  }
  return undefined;
};

/** Of a plan that is the service's: metrics have asked `gapOfSides`. */
const sideOf = (service: ServiceRecord, side: ServingPhase): Evaluation => evaluationOf(service[side]);

export const servingOfSide = (service: ServiceRecord, side: ServingPhase, mode: Mode = "estimate"): Serving => sideOf(service, side).serving(mode);

/** Nodes that one request a second keeps busy. */
export function nodesPerRequestRate(service: ServiceRecord, side: ServingPhase): number {
  const tokens = side === "prefill" ? service.input_tokens : service.output_tokens;
  return tokens / (tokensPerSecondPerGpu(servingOfSide(service, side)) * service[side].hardware.gpus_per_node);
}

/** Requests a second: those written, or as many as the cluster of the prefill plan takes. */
export function requestRate(service: ServiceRecord): number {
  return service.requests_per_second ?? service.prefill.hardware.nodes / nodesPerRequestRate(service, "prefill");
}

/** What the cache of one prompt takes to the decode plan. */
export interface CacheTransfer {
  readonly bytes: number;
  /** In B/s, of all GPUs of a replica that send or receive together, the slower side. */
  readonly bandwidth: number;
  /** In s. */
  readonly latency: number;
}

/** Throws `Unavailable` where the two plans cache differently or lack network cards. */
export function cacheTransfer(service: ServiceRecord, mode: Mode): CacheTransfer {
  const [sent, received] = [cacheBytes(service, "prefill"), cacheBytes(service, "decode")];
  if (sent !== received) throw new Unavailable(`the cache of a prompt takes ${formatGrouped(sent)} B in the prefill plan and ${formatGrouped(received)} B in the decode plan`);
  const [from, to] = [replicaLink(service, "prefill", mode), replicaLink(service, "decode", mode)];
  return { bytes: sent, bandwidth: Math.min(from.bandwidth, to.bandwidth), latency: Math.max(from.latency, to.latency) };
}

/** Seconds from the end of prefill until the cache has arrived. */
export function cacheTransferTime(service: ServiceRecord, mode: Mode): number {
  const { bytes, bandwidth, latency } = cacheTransfer(service, mode);
  return latency + bytes / bandwidth;
}

function cacheBytes(service: ServiceRecord, side: ServingPhase): number {
  const { model } = service[side];
  return kvBytesPerSequence(model, { sequence_length: service.input_tokens, context_length: service.input_tokens }).value;
}

/** All GPUs of a replica send or receive equal parts of a cache, each over its share of the cards. */
function replicaLink(service: ServiceRecord, side: ServingPhase, mode: Mode): { readonly bandwidth: number; readonly latency: number } {
  const { tp, cp, pp } = sideOf(service, side).layout;
  const { hardware, efficiency }: PlanRecord = service[side];
  const { scale_out } = linksOf(hardware, efficiency, mode);
  if (scale_out === undefined) throw new Unavailable(`caches pass from node to node, and the hardware of the \`${side}\` plan lacks \`nic\` or \`nics_per_node\``);
  return { bandwidth: tp * cp * pp * scale_out.bandwidth, latency: scale_out.latency };
}
