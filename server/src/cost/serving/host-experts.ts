/**
 * Routed experts that live in the host's memory (`offload { experts = host }`).
 *
 * Decode: the host multiplies, as KTransformers does. A few tokens use every weight once or twice, so that reading the chosen experts
 * sets the time; how fast the host multiplies is not known to the language, and large batches would need it.
 * Prefill: the chosen experts pass to the GPUs over PCIe once a layer, and the GPUs multiply.
 */

import { Unavailable } from "../definition";
import { ffnWeights } from "../model/ffn";
import { weightElement } from "../model/precision";
import type { MoeFfnRecord } from "../model/record";
import type { Layout } from "../plan/layout";
import type { Mode } from "../plan/evaluation";
import type { PlanRecord } from "../plan/record";

/**
 * Share of the bandwidth of the host's memory channels that reading reaches where `efficiency.memory` says nothing: 320 of 409.6 GB/s on
 * two AMD Rome with 16 channels of DDR4-3200 (Fire-Flyer AI-HPC, arXiv:2408.14158, section IV). Other hosts: assumed alike.
 */
const hostMemoryShare = 0.78;

export const expertsOnHost = ({ parallelism }: PlanRecord): boolean => parallelism.offload?.experts === "host";

/**
 * Seconds that the experts of one layer take on the host of a node, or on the way from it, for a micro-batch of which each GPU has `tokens`.
 * The nodes of an expert-parallel group share the experts out evenly. Throws `Unavailable` where a rate is missing.
 */
export function hostExpertTime(plan: PlanRecord, { pp, ep, etp }: Layout, block: MoeFfnRecord, tokens: number, mode: Mode): number {
  if (pp > 1) throw new Unavailable("experts in the host's memory are not modelled with `pp` above 1: stages would share the host");
  const { gpus_per_node } = plan.hardware;
  const width = ep * etp;
  const onNode = Math.min(1, gpus_per_node / width);
  const chosen = onNode * block.routed_experts * chosenShare(block, Math.max(width, gpus_per_node) * tokens);
  const element = weightElement(plan.model.precision.experts).value;
  const bytes = chosen * element * ffnWeights("expert", block.gated, plan.model.hidden_size, block.intermediate_size).value;
  if (plan.workload.phase === "prefill") return bytes / (gpus_per_node * pcieBandwidth(plan));
  return bytes / memoryBandwidth(plan, mode) + copyTime(plan, tokens);
}

/** Share of the experts that at least one of `tokens` tokens chose, with balanced routing. */
export const chosenShare = ({ routed_experts, top_k }: MoeFfnRecord, tokens: number): number =>
  1 - Math.pow(Math.max(0, 1 - top_k / routed_experts), Math.max(1, tokens));

function memoryBandwidth({ hardware, efficiency }: PlanRecord, mode: Mode): number {
  const bandwidth = hardware.host?.memory_bandwidth;
  if (bandwidth === undefined) throw new Unavailable("experts are in the host's memory, and the hardware has no `host { memory_bandwidth = … }`");
  return mode === "ideal" ? bandwidth : bandwidth * (efficiency.memory ?? hostMemoryShare);
}

/** BF16 rows of a GPU's tokens to the host and back; none where GPU and host share one memory and no link is written. */
function copyTime({ hardware: { host, gpu }, model }: PlanRecord, tokens: number): number {
  const bandwidth = host?.pcie_bandwidth ?? gpu.pcie?.bandwidth;
  return bandwidth === undefined ? 0 : (2 * 2 * tokens * model.hidden_size) / bandwidth;
}

function pcieBandwidth({ hardware: { host, gpu } }: PlanRecord): number {
  const bandwidth = host?.pcie_bandwidth ?? gpu.pcie?.bandwidth;
  if (bandwidth === undefined) throw new Unavailable("experts come from the host's memory, and neither `host { pcie_bandwidth }` nor `gpu { pcie }` is written");
  return bandwidth;
}
