/**
 * The two links of a GPU as exchanges find them. What is written in the file comes first; each default below names the
 * measurement that it comes from.
 */

import { endpointLatency, leafIsShared, nodesPerLeaf, scaleOutRate } from "../hardware/scale-out";
import { reachFrom } from "../compute/efficiency";
import type { Default, Evidence, Reach } from "../defaults-read";
import type { HardwareRecord } from "../hardware/record";
import type { Mode } from "../plan/evaluation";
import type { EfficiencyRecord } from "../plan/record";
import type { Link, Links } from "./transfer";

/**
 * `collective`: rings and trees, as NCCL runs them; `exchange`: the all-to-all of expert parallelism, as DeepEP runs it.
 */
export type Use = "collective" | "exchange";

/**
 * Share of the line rate that large messages reach where `effective_bandwidth` is not written. Measured on the H800: 160 of
 * 200 GB/s (arXiv:2505.09343, section 4.2). NCCL counts as much of an NVLink on other devices: 20.0 of 25 GB/s (Ampere), 20.6 of 25
 * (Hopper), 40.1 of 50 (Blackwell; src/graph/topo.h). Other makers' links: assumed alike.
 */
const scaleUpShare = 0.8;

/**
 * The same of a network card. Measured: 24 of 25 GB/s for NCCL's rings on 200G cards and 46 to 48 of 50 on 400G cards
 * (NVIDIA/nccl-tests, issues 252 and 290); 43 to 45 of 50 for DeepEP's all-to-all (its table of normal kernels, own node taken off).
 * Other cards: assumed alike.
 */
const scaleOutShare = 0.9;

/**
 * Share of the effective scale-up bandwidth that the all-to-all of expert parallelism reaches. Measured on the H800: DeepEP's 153
 * and 158 GB/s at EP8 count the copies that stay on the GPU; 7/8 of them, 134 and 138 GB/s, pass the link of 160. On the H20 it is
 * 327 and 333 (deepseek-ai/DeepEP, issue 138): 286 and 291 of 360. On GB200 TensorRT-LLM's one-sided kernels take 146 and 190 us for
 * another 1,024 tokens at EP8 and EP64, which is 706 and 609 of 720 GB/s (its tech blog 18). Other devices: assumed alike.
 */
const exchangeScaleUpShare = 0.85;

/** What exchanges reach of the effective bandwidth where `efficiency` says nothing: the shares above, for hover and documentation. */
export const linkShares: Readonly<Record<"scale_up" | "scale_out", readonly (Evidence & { readonly name: string })[]>> = {
  scale_up: [
    {
      name: "collectives", value: 1, reach: "measured",
      source: `what \`effective_bandwidth\` says; ${scaleUpShare} of the line rate where it is left out (H800: 160 of 200 GB/s, arXiv:2505.09343, section 4.2)`,
    },
    {
      name: "expert parallelism", value: exchangeScaleUpShare, reach: "measured",
      source: "DeepEP on H800 134 and 138 of 160 GB/s, on H20 286 and 291 of 360; TensorRT-LLM on GB200 609 and 706 of 720",
    },
  ],
  scale_out: [{
    name: "all exchanges", value: 1, reach: "measured",
    source: `what \`effective_bandwidth\` of the card says; ${scaleOutShare} of its rate where it is left out (nccl-tests, issues 252 and 290: 46 to 48 of 50 GB/s; DeepEP 43 to 45)`,
  }],
};

/** One small message over NVLink, end to end: 64 B, arXiv:2505.09343, Table 5. Other links: assumed alike. */
const scaleUpLatency = 3.33e-6;

/** Until an NCCL collective has started: base latency of its ring and tree with the protocol for small messages, 6.6 and 6.8 us (src/graph/tuning.cc). */
const collectiveStart = 6.7e-6;

/**
 * Until an exchange of expert parallelism has started and after it has ended: quantization, counts, packing. Measured on the
 * H800 as the part of DeepEP's low-latency kernels that does not grow with bytes: dispatch and combine at one EP differ in
 * bytes alone (7,392 and 14,336 B a copy), and the line through the two meets no bytes at 4 to 38 us, 24 us in the mean of EP8 to
 * EP256. One message of each link, 7 us, is taken off. On GB200 TensorRT-LLM's kernels take 18 to 28 us to dispatch one token and 31 to
 * 33 us to combine it (its tech blog 18), one message of 3 us included. Other devices and normal kernels: assumed alike.
 */
const exchangeStart = 17e-6;

/** The links of one GPU. `ideal`: line rates, no latency. A link that the hardware lacks is `undefined`. */
export function linksOf(hardware: HardwareRecord, efficiency: EfficiencyRecord, mode: Mode, use: Use = "collective"): Links {
  if (mode === "ideal") return { scale_up: idealScaleUp(hardware), scale_out: idealScaleOut(hardware), start: 0 };
  const start = use === "exchange" ? exchangeStart : collectiveStart;
  return { scale_up: scaleUp(hardware, efficiency, use), scale_out: scaleOut(hardware, efficiency), start, start_default: startDefault(hardware, use) };
}

const share = (name: string, value: number, reach: Reach, source: string): Default => ({ name, unit: "share", evidence: { value, reach, source } });
const seconds = (name: string, value: number, reach: Reach, source: string): Default => ({ name, unit: "s", evidence: { value, reach, source } });

const startDefault = ({ gpu }: HardwareRecord, use: Use): Default => (use === "exchange"
  ? seconds("start of an exchange", exchangeStart, reachFrom(["hopper", "blackwell"], gpu), "DeepEP's low-latency kernels on H800, TensorRT-LLM's on GB200")
  : seconds("start of a collective", collectiveStart, reachFrom([], gpu), "NCCL's own model of its protocols, src/graph/tuning.cc"));

/** What of the scale-up link of a GPU nobody wrote. */
function scaleUpDefaults({ gpu }: HardwareRecord, efficiency: EfficiencyRecord, use: Use): readonly Default[] {
  const { scale_up } = gpu;
  return [
    ...(scale_up?.effective_bandwidth === undefined
      ? [share("scale-up share", scaleUpShare, scale_up === undefined ? "assumed" : reachFrom(["ampere", "hopper", "blackwell"], gpu), "H800: 160 of 200 GB/s, arXiv:2505.09343, section 4.2; NCCL, src/graph/topo.h")] : []),
    ...(efficiency.scale_up === undefined && use === "exchange"
      ? [share("scale-up share of exchanges", exchangeScaleUpShare, reachFrom(["hopper", "blackwell"], gpu), "DeepEP on H800 134 and 138 of 160 GB/s, on H20 286 and 291 of 360; TensorRT-LLM on GB200 609 and 706 of 720")] : []),
    ...(scale_up?.latency === undefined ? [seconds("scale-up latency", scaleUpLatency, reachFrom(["hopper"], gpu), "NVLink of the H800, 64 B: arXiv:2505.09343, Table 5")] : []),
  ];
}

/** Cards of up to 400 Gbps were measured. */
const measuredCardRate = 50e9;

/** What of the cards and their network nobody wrote. */
function scaleOutDefaults(hardware: HardwareRecord, reach: "same_leaf" | "cross_leaf"): readonly Default[] {
  const { nic, network } = hardware;
  if (nic === undefined) return [];
  const latency = network?.latency_same_leaf ?? nic.latency ?? (reach === "cross_leaf" ? network?.latency_cross_leaf : undefined);
  return [
    ...(nic.effective_bandwidth === undefined
      ? [share("share of the card", scaleOutShare, nic.rate <= measuredCardRate ? "measured" : "scaled", "nccl-tests, issues 252 and 290, on 200G and 400G cards; DeepEP 43 to 45 of 50 GB/s")] : []),
    ...(latency === undefined
      ? [seconds("scale-out latency", endpointLatency(hardware, reach), network?.protocol === undefined ? "assumed" : "measured", "64 B from end to end, arXiv:2505.09343, Table 5; InfiniBand where no protocol is written")] : []),
  ];
}

/** GPUs without a scale-up link of their own meet over PCIe. */
const scaleUpLine = ({ gpu }: HardwareRecord): number | undefined => gpu.scale_up?.bandwidth ?? gpu.pcie?.bandwidth;

function idealScaleUp(hardware: HardwareRecord): Link | undefined {
  const bandwidth = scaleUpLine(hardware);
  return bandwidth === undefined ? undefined : { bandwidth, latency: 0 };
}

function idealScaleOut(hardware: HardwareRecord): Link | undefined {
  const bandwidth = scaleOutRate(hardware);
  return bandwidth === undefined ? undefined : { bandwidth, latency: 0 };
}

function scaleUp(hardware: HardwareRecord, efficiency: EfficiencyRecord, use: Use): Link | undefined {
  const line = scaleUpLine(hardware);
  if (line === undefined) return undefined;
  const { scale_up } = hardware.gpu;
  const effective = Math.min(line, scale_up?.effective_bandwidth ?? line * scaleUpShare);
  const reached = efficiency.scale_up ?? (use === "exchange" ? exchangeScaleUpShare : 1);
  return { bandwidth: effective * reached, latency: scale_up?.latency ?? scaleUpLatency, defaults: scaleUpDefaults(hardware, efficiency, use) };
}

function scaleOut(hardware: HardwareRecord, efficiency: EfficiencyRecord): Link | undefined {
  const line = scaleOutRate(hardware);
  const { nic } = hardware;
  if (line === undefined || nic === undefined) return undefined;
  const reached = Math.min(1, nic.effective_bandwidth === undefined ? scaleOutShare : nic.effective_bandwidth / nic.rate) * (efficiency.scale_out ?? 1);
  const reach = leafIsShared(hardware) ? "same_leaf" : "cross_leaf";
  const link: Link = { bandwidth: line * reached, latency: endpointLatency(hardware, reach), defaults: scaleOutDefaults(hardware, reach) };
  const oversubscription = reach === "same_leaf" ? 1 : (hardware.network?.oversubscription ?? 1);
  if (oversubscription === 1) return link;
  // where nobody says what a leaf serves, every node has its own
  const leaf_gpus = (nodesPerLeaf(hardware) ?? 1) * hardware.gpus_per_node;
  return { ...link, across_leaves: { bandwidth: (line * reached) / oversubscription, leaf_gpus } };
}
