/**
 * What the network gives one GPU: its share of the node's cards, how long a message takes, which nodes stand under one leaf switch,
 * and what is left when a plane fails.
 */

import type { HardwareRecord } from "./record";
import { leafPorts } from "./topology";

export type Reach = "same_leaf" | "cross_leaf";

/** 64 B from end to end, arXiv:2505.09343, Table 5. */
const latencies: Readonly<Record<"infiniband" | "roce", Readonly<Record<Reach, number>>>> = {
  infiniband: { same_leaf: 2.8e-6, cross_leaf: 3.7e-6 },
  roce: { same_leaf: 3.6e-6, cross_leaf: 5.6e-6 },
};

/**
 * Seconds that a small message takes between two endpoints: what the network says; below one leaf also what the card says;
 * else what was measured of the protocol, InfiniBand where none is written.
 */
export function endpointLatency({ nic, network }: HardwareRecord, reach: Reach): number {
  const crossLeaf = reach === "cross_leaf" ? network?.latency_cross_leaf : undefined;
  if (crossLeaf !== undefined) return crossLeaf;
  const written = network?.latency_same_leaf ?? nic?.latency;
  if (reach === "same_leaf" && written !== undefined) return written;
  const measured = latencies[network?.protocol ?? "infiniband"];
  return written === undefined ? measured[reach] : written + measured.cross_leaf - measured.same_leaf;
}

/** Line rate in B/s and direction of one GPU's share of the cards, no faster than the ports that they plug into. */
export function scaleOutRate({ nic, nics_per_node, network, gpus_per_node }: HardwareRecord): number | undefined {
  if (nic === undefined || nics_per_node === undefined) return undefined;
  return (Math.min(nic.rate, network?.port_rate ?? nic.rate) * nics_per_node) / gpus_per_node;
}

/**
 * Nodes that one leaf switch serves. The cards of a node stand at one leaf in a fat tree, one at each rail's leaf on rails, and
 * evenly on the planes. `undefined`: the network has no switches (torus), or they are not described.
 */
export function nodesPerLeaf({ network, nics_per_node }: HardwareRecord): number | undefined {
  if (network === undefined || nics_per_node === undefined) return undefined;
  const ports = leafPorts(network);
  if (ports === undefined) return undefined;
  const cards = network.kind === "multi_rail_fat_tree" ? 1 : Math.max(1, Math.ceil(nics_per_node / (network.planes ?? 1)));
  return Math.max(1, Math.floor(ports / cards));
}

/** All nodes stand under one leaf switch (of each plane or rail). */
export function leafIsShared(hardware: HardwareRecord): boolean {
  const nodes = nodesPerLeaf(hardware);
  return nodes !== undefined && hardware.nodes <= nodes;
}
