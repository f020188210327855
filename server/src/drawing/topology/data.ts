/** How a cluster is put together, from its GPUs to its spine, and which exchanges of a plan go how far. */

import { copiesPerToken, kernelsOf } from "../../cost/communication/expert-parallel";
import { linksOf } from "../../cost/communication/links";
import { Unavailable } from "../../cost/definition";
import type { HardwareRecord, NetworkRecord, TreeNetwork } from "../../cost/hardware/record";
import { nodesPerLeaf, scaleOutRate } from "../../cost/hardware/scale-out";
import { endpoints, switches, treeOf } from "../../cost/hardware/topology";
import type { Evaluation } from "../../cost/plan/evaluation";
import { domainOf, moeBlocksOf, stageCopies, type Group } from "../../cost/plan/layout";
import type { EfficiencyRecord } from "../../cost/plan/record";

/** Switches of one tier, in one plane. */
export interface Tier {
  readonly name: string;
  readonly count: number;
}

export interface NetworkData {
  readonly kind: NetworkRecord["kind"];
  readonly planes: number;
  /** From the nodes up; none in a torus. */
  readonly tiers: readonly Tier[];
  /** Of all planes. */
  readonly switches: number;
  /** That the full topology has, and those that the nodes' cards take. */
  readonly endpoints: number;
  readonly used: number;
  /** Of a torus. */
  readonly dimensions: readonly number[];
}

/** B/s of one GPU and direction. */
export interface LinkData {
  readonly line: number;
  readonly reached: number;
}

export type Parallelism = "tp" | "cp" | "ep" | "dp" | "pp";

/** The links that an exchange takes, from the inside out. `network`: over one whose leaves are not known. */
export type Level = "scale_up" | "leaf" | "spine" | "network";

export interface TrafficData {
  readonly kind: Parallelism;
  readonly size: number;
  /** GPUs of a group in one scale-up domain. */
  readonly perDomain: number;
  readonly levels: readonly Level[];
  /** Of expert parallelism: copies of a token that its GPU sends over each link, of the first `ffn moe` block. */
  readonly copies: { readonly scale_up: number; readonly scale_out: number } | undefined;
  /** What a group is made of where its size is not the degree; else empty. */
  readonly made: string;
}

export interface TopologyData {
  readonly gpus: number;
  readonly nodes: number;
  readonly gpusPerNode: number;
  readonly cardsPerNode: number | undefined;
  /** GPUs that share a scale-up link. */
  readonly domain: number;
  readonly scaleUp: LinkData | undefined;
  readonly scaleOut: LinkData | undefined;
  readonly network: NetworkData | undefined;
  /** Nodes whose cards stand at one leaf switch (of each plane or rail); `undefined` where leaves are not known. */
  readonly nodesPerLeaf: number | undefined;
  /** Empty for a cluster without a plan. */
  readonly traffic: readonly TrafficData[];
}

const noEfficiencies: EfficiencyRecord = { gemm: undefined, grouped_gemm: undefined, attention: undefined, memory: undefined, scale_up: undefined, scale_out: undefined };

/** Throws `Unavailable` where the cluster does not say what it is made of. */
export function topologyData(hardware: HardwareRecord, efficiency: EfficiencyRecord = noEfficiencies): Omit<TopologyData, "traffic"> {
  const { nodes, gpus_per_node, nics_per_node } = hardware;
  const [line, reached] = [linksOf(hardware, efficiency, "ideal"), linksOf(hardware, efficiency, "estimate")];
  const link = (up: number | undefined, got: number | undefined): LinkData | undefined => (up === undefined || got === undefined ? undefined : { line: up, reached: got });
  return {
    gpus: nodes * gpus_per_node, nodes, gpusPerNode: gpus_per_node, cardsPerNode: nics_per_node, domain: domainOf(hardware),
    scaleUp: link(line.scale_up?.bandwidth, reached.scale_up?.bandwidth), scaleOut: link(scaleOutRate(hardware), reached.scale_out?.bandwidth),
    network: hardware.network && networkOf(hardware.network, nodes * (nics_per_node ?? 0)), nodesPerLeaf: nodesPerLeaf(hardware),
  };
}

function networkOf(network: NetworkRecord, used: number): NetworkData {
  requireDescribed(network);
  const planes = network.planes ?? 1;
  return { kind: network.kind, planes, tiers: tiersOf(network), switches: switches(network).value, endpoints: endpoints(network).value, used, dimensions: network.kind === "torus" ? network.dimensions : [] };
}

function requireDescribed(network: NetworkRecord): void {
  if (!isTree(network)) return;
  for (const key of ["tiers", "switch_ports"] as const) if (network[key] === undefined) throw new Unavailable(`the network has no \`${key}\``);
}

const isTree = (network: NetworkRecord): network is TreeNetwork => network.kind === "fat_tree" || network.kind === "multi_rail_fat_tree" || network.kind === "multi_plane_fat_tree";

function tiersOf(network: NetworkRecord): readonly Tier[] {
  switch (network.kind) {
    case "torus": return [];
    case "dragonfly": return [{ name: `switches in ${network.groups} ${network.groups === 1 ? "group" : "groups"}`, count: network.groups * network.switches_per_group }];
    case "slim_fly": return [{ name: "switches", count: 2 * network.q ** 2 }];
    default: {
      const { tiers, leaves, middle, spine } = treeOf(network);
      if (tiers === 1) return [{ name: "switches", count: leaves }];
      const between = Array.from({ length: tiers - 2 }, (): Tier => ({ name: "switches between", count: middle }));
      return [{ name: "leaf switches", count: leaves }, ...between, { name: "spine switches", count: spine }];
    }
  }
}

/** The exchanges of a plan. Throws `Unavailable`. */
export function trafficData(evaluation: Evaluation): readonly TrafficData[] {
  const { plan, layout, groups } = evaluation;
  const { hardware, workload } = plan;
  const { tp, cp, dp, pp, ep, etp } = layout;
  const leaf = nodesPerLeaf(hardware);
  const isTraining = workload.phase === "training";
  const copies = stageCopies(plan);
  const of = (kind: Parallelism, { size, per_domain }: Group, stride: number, made = ""): readonly TrafficData[] => {
    if (size <= 1) return [];
    // ranks of a group are `stride` GPUs apart: all of them stand in so many nodes
    const nodes = Math.ceil((size * stride) / hardware.gpus_per_node);
    const [block] = moeBlocksOf(plan);
    return [{
      kind, size, perDomain: per_domain, levels: levelsOf(hardware, size, per_domain, nodes, leaf),
      copies: kind === "ep" && block ? copiesPerToken(block, groups.ep, kernelsOf(plan)) : undefined, made,
    }];
  };
  return [
    ...of("tp", groups.tp, 1), ...of("cp", groups.cp, tp), ...(moeBlocksOf(plan).length === 0 || ep === 1 ? [] : of("ep", groups.ep, etp)),
    // the other copy of a stage stands as far away as the pipeline is long
    ...(isTraining ? of("dp", groups.dp, copies === 1 ? tp : (pp * tp) / copies, madeOf(dp, cp, copies)) : []), ...of("pp", groups.pp, dp * cp * tp),
  ];
}

const madeOf = (dp: number, cp: number, copies: number): string =>
  (cp === 1 && copies === 1 ? "" : [`dp ${dp}`, ...(cp === 1 ? [] : [`cp ${cp}`]), ...(copies === 1 ? [] : [`${copies} copies of each stage`])].join(" x "));

function levelsOf({ network, nodes: all }: HardwareRecord, size: number, perDomain: number, nodes: number, leaf: number | undefined): readonly Level[] {
  const inside: readonly Level[] = perDomain > 1 ? ["scale_up"] : [];
  if (perDomain >= size) return inside;
  if (network === undefined || leaf === undefined || !isTree(network)) return [...inside, "network"];
  return nodes <= leaf || all <= leaf ? [...inside, "leaf"] : [...inside, "leaf", "spine"];
}
