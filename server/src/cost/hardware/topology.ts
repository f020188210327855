/**
 * What a network is made of. Counts are those of the full topology, whatever of it is in use: endpoints are ports of
 * network cards, links join switches (in a torus, endpoints), and the links to the endpoints are left out.
 * Source of the counts: Insights into DeepSeek-V3, arXiv:2505.09343, Table 3, whose method is that of
 * "A High-Performance Design, Implementation, Deployment, and Evaluation of The Slim Fly Network", NSDI 2024.
 */

import { product, quotient, sum, times, type Count, type Term } from "../term";
import type { DragonflyNetwork, NetworkRecord, SlimFlyNetwork, TorusNetwork, TreeNetwork } from "./record";

/** How the switches of one plane of a tree are connected. */
export interface Tree {
  readonly tiers: number;
  readonly leaves: number;
  /** Ports of a leaf switch to endpoints. */
  readonly down: number;
  /** Ports of a leaf switch to the tier above. */
  readonly up: number;
  /** Switches of each tier between leaves and spine. */
  readonly middle: number;
  readonly spine: number;
}

/**
 * A folded Clos network of any number of tiers: with `k` ports, leaves 2 (k/2)^(tiers - 1). An odd port, and ports that
 * the oversubscription leaves over, stay free. Asked only where `tiers` and `switch_ports` are known.
 */
export function treeOf({ tiers = 0, switch_ports = 0, oversubscription }: TreeNetwork): Tree {
  if (tiers === 1) return { tiers, leaves: 1, down: switch_ports, up: 0, middle: 0, spine: 0 };
  const half = Math.floor(switch_ports / 2);
  const up = Math.floor(switch_ports / (1 + oversubscription));
  const down = Math.floor(up * oversubscription);
  const pods = half ** (tiers - 2);
  return { tiers, leaves: 2 * half * pods, down, up, middle: 2 * pods * up, spine: pods * up };
}

/** True where a leaf has ports in both directions. */
export const reachesSpine = (network: TreeNetwork): boolean => network.tiers === 1 || treeOf(network).up > 0;

/** Ports of one switch to endpoints; `undefined` where the network has no switches or does not describe them. */
export function leafPorts(network: NetworkRecord): number | undefined {
  switch (network.kind) {
    case "torus": return undefined;
    case "dragonfly": case "slim_fly": return network.endpoints_per_switch;
    default: return network.tiers === undefined || network.switch_ports === undefined ? undefined : treeOf(network).down;
  }
}

/** Network radix of a McKay-Miller-Širáň graph: (3q - d) / 2 with q = 4w + d; for an even q that is 3q / 2. */
export function slimFlyRadix(q: number): number {
  const remainder = q % 4;
  const d = remainder === 1 ? 1 : remainder === 3 ? -1 : 0;
  return (3 * q - d) / 2;
}

const planesOf = ({ planes = 1 }: NetworkRecord): readonly Count[] => (planes === 1 ? [] : [{ value: planes, unit: "planes" }]);

const inAllPlanes = (network: NetworkRecord, of: Term): Term => times(planesOf(network), of);

/** The largest even number that is not above it: links join two ports, an odd one stays free. */
const paired = (ports: number): number => ports - (ports % 2);

export function endpoints(network: NetworkRecord): Term {
  return sum("max_endpoints", [inAllPlanes(network, endpointsOfPlane(network))]);
}

function endpointsOfPlane(network: NetworkRecord): Term {
  switch (network.kind) {
    case "dragonfly": {
      const { groups, switches_per_group: switches, endpoints_per_switch: each } = network;
      return product("endpoints", [{ value: groups, unit: "groups" }, { value: switches, unit: "switches" }, { value: each, unit: "endpoints" }]);
    }
    case "slim_fly":
      return product("endpoints", [{ value: 2 * network.q ** 2, unit: "switches" }, { value: network.endpoints_per_switch, unit: "endpoints" }]);
    case "torus": return product("endpoints", network.dimensions);
    default: {
      const { leaves, down } = treeOf(network);
      return product("endpoints", [{ value: leaves, unit: "leaf switches" }, { value: down, unit: "ports" }]);
    }
  }
}

export function switches(network: NetworkRecord): Term {
  return sum("switches", switchParts(network).map((part) => inAllPlanes(network, part)));
}

function switchParts(network: NetworkRecord): readonly Term[] {
  switch (network.kind) {
    case "dragonfly":
      return [product("switches", [{ value: network.groups, unit: "groups" }, { value: network.switches_per_group, unit: "switches" }])];
    case "slim_fly": return [product("switches", [2, network.q, network.q])];
    case "torus": return [];
    default: {
      const { tiers, leaves, middle, spine } = treeOf(network);
      return [
        product("leaf switches", [leaves]),
        product("switches between", [{ value: Math.max(0, tiers - 2), unit: "tiers" }, middle]),
        product("spine switches", [spine]),
      ];
    }
  }
}

export function links(network: NetworkRecord): Term {
  return sum("links", linkParts(network).map((part) => inAllPlanes(network, part)));
}

function linkParts(network: NetworkRecord): readonly Term[] {
  switch (network.kind) {
    case "dragonfly": return dragonflyLinks(network);
    case "slim_fly": return [quotient("links", paired(2 * network.q ** 2 * slimFlyRadix(network.q)), 2)];
    case "torus": return torusLinks(network);
    default: {
      const { tiers, leaves, up } = treeOf(network);
      return [product("links between tiers", [{ value: tiers - 1, unit: "gaps" }, { value: leaves, unit: "leaf switches" }, { value: up, unit: "ports" }])];
    }
  }
}

function dragonflyLinks({ groups, switches_per_group, global_links }: DragonflyNetwork): readonly Term[] {
  const count = groups * switches_per_group;
  return [
    quotient("links inside groups", count * (switches_per_group - 1), 2),
    quotient("links between groups", paired(count * global_links), 2),
  ];
}

/** A ring of two has one link, not two; a ring of one has none. */
function torusLinks({ dimensions }: TorusNetwork): readonly Term[] {
  const count = dimensions.reduce((size, dimension) => size * dimension, 1);
  return dimensions.map((dimension, index) => {
    const rings = { value: count / dimension, unit: "rings" };
    return product(`links along dimension ${index + 1}`, [rings, { value: dimension > 2 ? dimension : dimension - 1, unit: "links" }]);
  });
}

/**
 * Links across a cut of one plane into halves, each counted once; one direction of it carries a port's rate.
 * Trees: what the leaves' uplinks of one half carry. Dragonfly: the links between two halves of its groups, or of the
 * switches of its one group. Torus: the cut across its longest dimension.
 */
export function bisectionLinks(network: Exclude<NetworkRecord, SlimFlyNetwork>): Term {
  const halves = (size: number) => Math.floor(size / 2) * Math.ceil(size / 2);
  switch (network.kind) {
    case "dragonfly": {
      const { groups, switches_per_group, global_links } = network;
      if (groups === 1) return product("links across the cut", [halves(switches_per_group)]);
      return quotient("links across the cut", halves(groups) * switches_per_group * global_links, groups - 1);
    }
    case "torus": {
      const longest = network.dimensions.reduce((size, dimension) => Math.max(size, dimension), 1);
      const count = network.dimensions.reduce((size, dimension) => size * dimension, 1);
      return product("links across the cut", [{ value: count / longest, unit: "rings" }, { value: Math.min(2, longest - 1), unit: "links" }]);
    }
    default: {
      const { tiers, leaves, down, up } = treeOf(network);
      return quotient("links across the cut", tiers === 1 ? down : leaves * up, 2);
    }
  }
}
