/** Why a figure of a cluster cannot be computed; a gap closes exactly the metrics that need the missing part. */

import type { Gap } from "../definition";
import type { HardwareRecord, NetworkRecord, NicRecord } from "./record";
import { reachesSpine } from "./topology";

export function peakGap({ gpu }: HardwareRecord): Gap {
  return gpu.peak["bf16"] === undefined ? "the gpu has no `bf16` in `peak`" : undefined;
}

export function priceGap({ price }: HardwareRecord): Gap {
  return price === undefined ? "the hardware has no `price`" : undefined;
}

export function powerGap({ gpu }: HardwareRecord): Gap {
  return gpu.power === undefined ? "the gpu has no `power`" : undefined;
}

/** Both links are known, and how many cards serve the GPUs of a node. */
export function ratioGap({ gpu, nic, nics_per_node }: HardwareRecord): Gap {
  if (gpu.scale_up === undefined) return "the gpu has no `scale_up`";
  if (nic === undefined) return "the hardware has no `nic`";
  return nics_per_node === undefined ? "`nics_per_node` is missing" : undefined;
}

/** Everything that the counts of a network need. */
export function networkGap({ network }: HardwareRecord): Gap {
  if (network === undefined) return "the hardware has no `network`";
  if (network.kind === "multi_plane_fat_tree" && network.planes === undefined) return missing(network, "planes");
  if (network.kind === "dragonfly" || network.kind === "slim_fly" || network.kind === "torus") return undefined;
  if (network.tiers === undefined) return missing(network, "tiers");
  if (network.switch_ports === undefined) return missing(network, "switch_ports");
  if (network.tiers > 1 && network.switch_ports < 2) return "a switch of a tree of several tiers needs at least 2 ports";
  return reachesSpine(network) ? undefined : `${network.switch_ports} \`switch_ports\` at this \`oversubscription\` leave no port to the tier above`;
}

export function bisectionGap(hardware: HardwareRecord): Gap {
  const gap = networkGap(hardware);
  if (gap !== undefined) return gap;
  if (hardware.network?.kind === "slim_fly") return "the bisection of a slim fly has no closed formula";
  return hardware.network?.port_rate === undefined && hardware.nic === undefined ? "the network has no `port_rate`, and the hardware no `nic`" : undefined;
}

/** A message between two endpoints: there are cards, and (for leaves) switches. */
export function leafGap({ nic, network }: HardwareRecord): Gap {
  if (nic === undefined && network === undefined) return "the hardware has neither `nic` nor `network`";
  return network?.kind === "torus" ? { inapplicable: "a torus has no leaf switch" } : undefined;
}

export function nodesPerLeafGap(hardware: HardwareRecord): Gap {
  const gap = networkGap(hardware) ?? leafGap(hardware);
  if (gap !== undefined) return gap;
  return hardware.nics_per_node === undefined ? "`nics_per_node` is missing" : undefined;
}

export function failedPlaneGap({ nic, nics_per_node, network }: HardwareRecord): Gap {
  if (network === undefined) return "the hardware has no `network`";
  if (network.kind === "multi_plane_fat_tree" && network.planes === undefined) return missing(network, "planes");
  if ((network.planes ?? 1) === 1) return { inapplicable: "the network has one plane" };
  if (nic === undefined) return "the hardware has no `nic`";
  return nics_per_node === undefined ? "`nics_per_node` is missing" : undefined;
}

const missing = ({ kind }: NetworkRecord, key: string): Gap => `\`${key}\` of \`network ${kind}\` is missing`;

/** The network that `networkGap` has asked for. */
export function networkOf({ network }: HardwareRecord): NetworkRecord {
  if (network === undefined) throw new Error("asked for the network of a cluster that has none");
  return network;
}

/**
 * What one card moves in one direction, no more than the port that it plugs into, and what a GPU moves in its domain: achieved rates
 * where both are known, neither above the line rate of its link.
 */
export function linkRates({ gpu, nic, network }: HardwareRecord): { readonly scaleUp: number; readonly scaleOut: number } {
  const port = network?.port_rate ?? Infinity;
  const scaleUp = gpu.scale_up?.effective_bandwidth;
  const line = gpu.scale_up?.bandwidth ?? Number.NaN;
  if (scaleUp !== undefined && nic?.effective_bandwidth !== undefined) return { scaleUp: Math.min(scaleUp, line), scaleOut: Math.min(achievedRate(nic), port) };
  return { scaleUp: line, scaleOut: Math.min(rateOf(nic), port) };
}

/** What large transfers achieve over a card: what is written, never above its line rate; the line rate where nothing is. */
export const achievedRate = (nic: NicRecord | undefined): number => Math.min(nic?.effective_bandwidth ?? Infinity, rateOf(nic));

const rateOf = (nic: NicRecord | undefined): number => nic?.rate ?? Number.NaN;

/** The rate of a switch port: that of the card unless the network says otherwise. */
export const portRate = ({ network, nic }: HardwareRecord): number => network?.port_rate ?? rateOf(nic);
