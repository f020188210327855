/**
 * Routed experts that live in the host's memory (`offload { experts = host }`).
 *
 * Decode: the host multiplies, as KTransformers does. A few tokens use every weight once or twice, so that reading the chosen experts
 * sets the time; how fast the host multiplies is not known to the language, and large batches would need it.
 * Prefill: the chosen experts pass to the GPUs over PCIe once a layer, and the GPUs multiply. Every GPU fetches the experts that are its
 * own in the expert-parallel group; what another group of the node has fetched is not passed on.
 */

import { noteDefault } from "../defaults-read";
import { Unavailable } from "../definition";
import { ffnWeights } from "../model/ffn";
import { expertWidth } from "../model/moe";
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

/**
 * Share of the line rate of PCIe that copies from the host reach: 23.9 to 26.4 of 32 GB/s on eight GPUs at PCIe 4.0 x16 (NVIDIA/nvbandwidth,
 * issue 15). Other generations and chip-to-chip links: assumed alike.
 */
const pcieShare = 0.8;

export const expertsOnHost = ({ parallelism }: PlanRecord): boolean => parallelism.offload?.experts === "host";

/**
 * Seconds that the experts of one layer take on the host of a node, or on the way from it, for a micro-batch of which each GPU has `tokens`.
 * The nodes of an expert-parallel group share the experts out evenly, redundant ones included. Throws `Unavailable` where a rate is missing.
 */
export function hostExpertTime(plan: PlanRecord, { pp, ep, etp }: Layout, block: MoeFfnRecord, tokens: number, mode: Mode): number {
  if (pp > 1) throw new Unavailable("experts in the host's memory are not modelled with `pp` above 1: stages would share the host");
  const { hardware: { gpus_per_node, host }, parallelism: { redundant_experts }, model } = plan;
  const width = ep * etp;
  const copies = { routed_experts: block.routed_experts + redundant_experts, top_k: block.top_k };
  const bytes = weightElement(model.precision.experts).value * ffnWeights("expert", block.gated, expertWidth(block, model.hidden_size), block.intermediate_size).value;
  if (plan.workload.phase === "prefill") {
    const fetched = (copies.routed_experts / width) * chosenShare(copies, width * tokens) * bytes;
    const read = host?.memory_bandwidth === undefined ? 0 : (gpus_per_node * fetched) / memoryBandwidth(plan, mode);
    return Math.max(read, fetched / pcieBandwidth(plan, mode));
  }
  const onNode = Math.min(1, gpus_per_node / width);
  const read = onNode * copies.routed_experts * chosenShare(copies, Math.max(width, gpus_per_node) * tokens) * bytes;
  return read / memoryBandwidth(plan, mode) + copyTime(plan, block, tokens, mode);
}

/** Share of the experts that at least one of `tokens` tokens chose, with balanced routing. */
export const chosenShare = ({ routed_experts, top_k }: Pick<MoeFfnRecord, "routed_experts" | "top_k">, tokens: number): number =>
  1 - Math.pow(Math.max(0, 1 - top_k / routed_experts), Math.max(1, tokens));

function memoryBandwidth({ hardware, efficiency }: PlanRecord, mode: Mode): number {
  const bandwidth = hardware.host?.memory_bandwidth;
  if (bandwidth === undefined) throw new Unavailable("experts are in the host's memory, and the hardware has no `host { memory_bandwidth = … }`");
  if (mode === "ideal") return bandwidth;
  if (efficiency.memory === undefined) noteDefault({ name: "share of the host's memory", unit: "share", evidence: { value: hostMemoryShare, reach: "scaled", source: "two AMD Rome, arXiv:2408.14158, section IV" } });
  return bandwidth * (efficiency.memory ?? hostMemoryShare);
}

/** BF16 rows of a GPU's tokens to the host and back; none where GPU and host share one memory and no link is written. */
function copyTime(plan: PlanRecord, block: MoeFfnRecord, tokens: number, mode: Mode): number {
  const bandwidth = linkToHost(plan, mode);
  return bandwidth === undefined ? 0 : (2 * 2 * tokens * expertWidth(block, plan.model.hidden_size)) / bandwidth;
}

function pcieBandwidth(plan: PlanRecord, mode: Mode): number {
  const bandwidth = linkToHost(plan, mode);
  if (bandwidth === undefined) throw new Unavailable("experts come from the host's memory, and neither `host { pcie_bandwidth }` nor `gpu { pcie }` is written");
  return bandwidth;
}

/** In B/s of one GPU and direction. */
function linkToHost({ hardware: { host, gpu } }: PlanRecord, mode: Mode): number | undefined {
  const line = host?.pcie_bandwidth ?? gpu.pcie?.bandwidth;
  if (line === undefined || mode === "ideal") return line;
  noteDefault({ name: "share of PCIe", unit: "share", evidence: { value: pcieShare, reach: "scaled", source: "PCIe 4.0 x16, NVIDIA/nvbandwidth, issue 15" } });
  return line * pcieShare;
}
