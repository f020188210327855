/** The metrics of a cluster: one definition an id, read by hover, lens, report, command line and sweep alike. */

import { dimensions } from "../../units";
import { toMetric, type Definition, type Gap } from "../definition";
import type { Metric } from "../metric";
import { product, quotient, sum, times, type Count, type Quantity, type Term } from "../term";
import {
  achievedRate, bisectionGap, failedPlaneGap, leafGap, linkRates, networkGap, networkOf, nodesPerLeafGap, peakGap, portRate, powerGap, priceGap, ratioGap,
} from "./availability";
import type { HardwareContext, HardwareRecord } from "./record";
import { endpointLatency, nodesPerLeaf, type Reach } from "./scale-out";
import { bisectionLinks, endpoints, links, switches } from "./topology";

export type HardwareMetric = Metric<HardwareRecord, HardwareContext>;

const insights = "Insights into DeepSeek-V3, arXiv:2505.09343";
const table3 = `${insights}, Table 3; cost method: the Slim Fly network, NSDI 2024`;
const dragonfly = "dragonfly: Kim et al., ISCA 2008";
const slimFly = "slim fly: Besta and Hoefler, SC 2014";

const noGap = (): Gap => undefined;

const gpuCount = ({ gpus_per_node, nodes }: HardwareRecord): Count => ({ value: nodes * gpus_per_node, unit: "GPUs" });
const of = (dimension: Quantity["dimension"]) => (value = Number.NaN): Quantity => ({ value, dimension });
const [bytes, byteRate, workRate, watts, money, moneyRate, seconds] = [
  of(dimensions.bytes), of(dimensions.byteRate), of(dimensions.workRate), of(dimensions.power), of(dimensions.money), of(dimensions.moneyRate), of(dimensions.time),
];

/** One line of a breakdown that is the whole figure. */
const whole = (id: string, part: Term): Term => sum(id, [part]);

const fullTopology =
  "Of the full topology, whatever of it is in use; every plane counts. A switch of a tree of several tiers has `switch_ports` ports, " +
  "`oversubscription` times as many down as up at the leaf; ports that do not divide stay free.";

const networkCost = (hardware: HardwareRecord): Term => {
  const network = networkOf(hardware);
  const item = (label: string, unit: string, count: Term, price: number): Term => product(label, [{ value: count.value, unit }, money(price)]);
  return sum("network_cost", [
    item("switches", "switches", switches(network), network.switch_price),
    item("links", "links", links(network), network.link_price),
    item("endpoints", "endpoints", endpoints(network), network.endpoint_price),
  ]);
};

const gpuCountOfNode = (gpus_per_node: number): Count => ({ value: gpus_per_node, unit: "GPUs" });

function latencyMetric(reach: Reach, title: string, documentation: string, formula: string): Definition<HardwareRecord, HardwareContext> {
  return {
    id: `latency_${reach}`, title, unit: "s", documentation, formula,
    convention: "From end to end, of 64 B. InfiniBand where no `protocol` is written.",
    source: `${insights}, Table 5`,
    gap: leafGap,
    arithmetic: (hardware) => whole(`latency_${reach}`, product("message", [seconds(endpointLatency(hardware, reach))])),
  };
}

const definitions: readonly Definition<HardwareRecord, HardwareContext>[] = [
  {
    id: "gpus",
    title: "GPUs",
    unit: "",
    documentation: "GPUs of the whole cluster.",
    formula: "nodes x gpus_per_node",
    convention: "Spares and failed GPUs are not taken off.",
    source: "The definition",
    gap: noGap,
    arithmetic: ({ nodes, gpus_per_node }) =>
      whole("gpus", product("GPUs", [{ value: nodes, unit: "nodes" }, { value: gpus_per_node, unit: "GPUs" }])),
  },
  {
    id: "peak_flops",
    title: "Peak compute",
    unit: "FLOP/s",
    documentation: "BF16 peak of the whole cluster.",
    formula: "gpus x gpu.peak.bf16",
    convention: "Dense, without sparsity. A multiplication and an addition count as two.",
    source: `Data sheet of the device; BF16 as the reference: ${insights}, Table 4`,
    gap: peakGap,
    arithmetic: (hardware) => whole("peak_flops", product("BF16 peak", [gpuCount(hardware), workRate(hardware.gpu.peak["bf16"])])),
  },
  {
    id: "memory_total",
    title: "GPU memory",
    unit: "B",
    documentation: "Memory of all GPUs.",
    formula: "gpus x gpu.memory",
    convention: "What the driver reports where that is known. Host memory is left out.",
    source: "The definition",
    gap: noGap,
    arithmetic: (hardware) => whole("memory_total", product("GPU memory", [gpuCount(hardware), bytes(hardware.gpu.memory)])),
  },
  {
    id: "scale_up_to_scale_out_ratio",
    title: "Scale-up to scale-out ratio",
    unit: "",
    documentation:
      "How much faster a GPU reaches the GPUs of its domain than those of other nodes: as many copies of a token as this can be forwarded " +
      "over the scale-up link in the time that one takes over the network.",
    formula: "gpu.scale_up.effective_bandwidth / (nic.effective_bandwidth x nics_per_node / gpus_per_node)",
    convention:
      "Per GPU and per direction, achieved over achieved, neither above its line rate. Where one of the two has no `effective_bandwidth`, `bandwidth` over `rate`: " +
      "line rates of both. Where `port_rate` of the network is below the card's, `port_rate`.",
    source: `${insights}, section 4.2: 160 over 40 GB/s; DeepSeek-V3 technical report, arXiv:2412.19437, section 3.2.2: 160 over 50 GB/s`,
    gap: ratioGap,
    arithmetic: (hardware) => {
      const { gpus_per_node, nics_per_node = Number.NaN } = hardware;
      const { scaleUp, scaleOut } = linkRates(hardware);
      return whole("scale_up_to_scale_out_ratio", quotient("scale-up over scale-out", byteRate(scaleUp), byteRate((scaleOut * nics_per_node) / gpus_per_node)));
    },
  },
  {
    id: "max_endpoints",
    title: "Endpoints",
    unit: "",
    documentation: "Ports of network cards that the network can connect.",
    formula:
      "trees, k = switch_ports: planes x 2 (k / 2)^tiers (k^2 / 2 with 2 tiers, k^3 / 4 with 3; k with 1); " +
      "dragonfly: planes x groups x switches_per_group x endpoints_per_switch; slim_fly: planes x 2 q^2 x endpoints_per_switch; " +
      "torus: planes x the product of dimensions",
    convention: `${fullTopology} A card with one port is one endpoint.`,
    source: `${table3}; ${dragonfly}; ${slimFly}`,
    gap: networkGap,
    arithmetic: (hardware) => endpoints(networkOf(hardware)),
  },
  {
    id: "switches",
    title: "Switches",
    unit: "",
    documentation: "Switches of the network.",
    formula:
      "trees, k = switch_ports: planes x (2 tiers - 1) (k / 2)^(tiers - 1) (3 k / 2 with 2 tiers, 5 k^2 / 4 with 3; 1 with 1); " +
      "dragonfly: planes x groups x switches_per_group; slim_fly: planes x 2 q^2; torus: 0",
    convention: `${fullTopology} In a torus the endpoints pass traffic on themselves.`,
    source: `${table3}; ${dragonfly}; ${slimFly}`,
    gap: networkGap,
    arithmetic: (hardware) => switches(networkOf(hardware)),
  },
  {
    id: "links",
    title: "Links",
    unit: "",
    documentation: "Links between switches; in a torus, between endpoints.",
    formula:
      "trees, k = switch_ports: planes x (tiers - 1) x 2 (k / 2)^tiers (k^2 / 2 with 2 tiers, k^3 / 2 with 3); " +
      "dragonfly: planes x groups x switches_per_group x (switches_per_group - 1 + global_links) / 2; " +
      "slim_fly: planes x 2 q^2 x radix / 2, radix = (3 q - d) / 2 with q = 4 w + d and d = -1, 0 or 1; " +
      "torus: planes x endpoints x the number of dimensions above 2",
    convention: `${fullTopology} Links to endpoints are left out. In a torus a ring of two has one link.`,
    source: `${table3}; ${dragonfly}; ${slimFly}`,
    gap: networkGap,
    arithmetic: (hardware) => links(networkOf(hardware)),
  },
  {
    id: "network_cost",
    title: "Network cost",
    unit: "USD",
    documentation: "Price of switches, links and endpoints of the full topology.",
    formula: "switches x switch_price + links x link_price + max_endpoints x endpoint_price",
    convention:
      `${fullTopology} The default prices (10.76 kUSD a switch, 2.73 kUSD a link, 1.17 kUSD an endpoint) are a linear fit to the five costs of ` +
      "the paper's Table 3: they meet each within 0.6 %, and are not the only prices that do.",
    source: table3,
    gap: networkGap,
    arithmetic: networkCost,
  },
  {
    id: "network_cost_per_endpoint",
    title: "Network cost per endpoint",
    unit: "USD",
    documentation: "Price of the network for one port of a network card.",
    formula: "network_cost / max_endpoints",
    convention: "Both of the full topology. Default prices as for `network_cost`.",
    source: table3,
    gap: networkGap,
    arithmetic: (hardware) => whole("network_cost_per_endpoint", quotient(
      "network_cost / max_endpoints", money(networkCost(hardware).value), { value: endpoints(networkOf(hardware)).value, unit: "endpoints" },
    )),
  },
  {
    id: "bisection_bandwidth",
    title: "Bisection bandwidth",
    unit: "B/s",
    documentation: "What one half of the endpoints can send to the other half, through the narrowest even cut.",
    formula:
      "links across the cut x port_rate; trees: planes x max_endpoints of a plane / 2 / oversubscription; " +
      "dragonfly, g = groups: planes x floor(g / 2) x ceil(g / 2) x switches_per_group x global_links / (g - 1); " +
      "torus: planes x 2 x endpoints / the longest dimension",
    convention:
      "Per direction, of the full topology, at line rate; `port_rate` is the card's `rate` unless written. Dragonfly: between halves of its groups, global " +
      "links spread evenly. Torus: across its longest dimension; a ring of two is cut once.",
    source: "Dally and Towles, Principles and Practices of Interconnection Networks, section 3.3",
    gap: bisectionGap,
    arithmetic: (hardware) => {
      const network = networkOf(hardware);
      if (network.kind === "slim_fly") throw new Error("the bisection of a slim fly has no closed formula");
      const { planes = 1 } = network;
      const cut = bisectionLinks(network);
      const factors = [...(planes === 1 ? [] : [{ value: planes, unit: "planes" }]), byteRate(portRate(hardware))];
      return whole("bisection_bandwidth", times(factors, cut));
    },
  },
  {
    id: "nodes_per_leaf",
    title: "Nodes a leaf switch",
    unit: "",
    documentation: "Nodes whose cards plug into the same leaf switches: traffic between them passes one switch.",
    formula:
      "floor(ports of a leaf to endpoints / cards of a node at it); fat_tree, multi_plane_fat_tree, dragonfly, slim_fly: nics_per_node / planes cards; " +
      "multi_rail_fat_tree: one card",
    convention: "At least 1. On planes and rails a node plugs into several leaf switches, into each together with the same other nodes.",
    source: `${insights}, section 5.1; rails: Wang et al., arXiv:2307.12169`,
    gap: nodesPerLeafGap,
    arithmetic: (hardware) => whole("nodes_per_leaf", product("nodes", [nodesPerLeaf(hardware) ?? Number.NaN])),
  },
  latencyMetric("same_leaf", "Latency below one leaf", "Time that a small message takes between two nodes below one leaf switch.",
    "network.latency_same_leaf; else nic.latency; else 2.8 us (infiniband), 3.6 us (roce)"),
  latencyMetric("cross_leaf", "Latency across leaves", "Time that a small message takes between two nodes below different leaf switches.",
    "network.latency_cross_leaf; else latency_same_leaf + 0.9 us (infiniband), 2 us (roce)"),
  {
    id: "bandwidth_with_failed_plane",
    title: "Bandwidth with a failed plane",
    unit: "B/s",
    documentation:
      "What a GPU sends to other nodes, in the mean, when one plane of the network has failed. A card belongs to one plane, and planes meet only inside nodes: " +
      "traffic between GPUs whose cards share a plane stays in it; other traffic first goes over the scale-up link to the GPU whose card is in " +
      "the receiver's plane (PXN). The GPUs of a failed plane send the same way through their neighbours' cards, so that the node loses that plane's share and no GPU is cut off.",
    formula: "nic.effective_bandwidth x nics_per_node / gpus_per_node x (planes - 1) / planes",
    convention:
      "Per GPU and per direction, cards spread evenly over planes, the scale-up link no limit. `rate` where the card has no `effective_bandwidth`; `port_rate` where it is " +
      "below. A network of one plane has no other way.",
    source: `${insights}, section 5.1`,
    gap: failedPlaneGap,
    arithmetic: (hardware) => {
      const { gpus_per_node, nics_per_node = Number.NaN, nic, network } = hardware;
      const card = Math.min(achievedRate(nic), network?.port_rate ?? Infinity);
      const planes = network?.planes ?? 1;
      const ofNode = byteRate((card * nics_per_node * (planes - 1)) / planes);
      return whole("bandwidth_with_failed_plane", quotient("cards of the other planes, over the node's GPUs", ofNode, gpuCountOfNode(gpus_per_node)));
    },
  },
  {
    id: "cost_per_hour",
    title: "Cost per hour",
    unit: "USD/h",
    documentation: "Price of all GPUs for one hour.",
    formula: "gpus x price",
    convention: "`price` is that of one GPU with its share of everything around it; the network's price is not added.",
    source: "DeepSeek-V3 technical report, arXiv:2412.19437, Table 1: 2 USD for one hour of an H800",
    gap: priceGap,
    arithmetic: (hardware) => whole("cost_per_hour", product("GPUs", [gpuCount(hardware), moneyRate(hardware.price)])),
  },
  {
    id: "power",
    title: "Power",
    unit: "W",
    documentation: "Power of all GPUs at their board limit, with the facility's share.",
    formula: "gpus x gpu.power x power_overhead",
    convention: "GPUs alone: processors, host memory, network cards, switches and storage are not counted. Their share can stand in `power_overhead`.",
    source: "Data sheet of the device; power usage effectiveness: ISO/IEC 30134-2",
    gap: powerGap,
    arithmetic: (hardware) => whole("power", product("GPUs", [gpuCount(hardware), watts(hardware.gpu.power), hardware.power_overhead])),
  },
];

/** In the order of the language's table. */
export const hardwareMetrics: readonly HardwareMetric[] = definitions.map(toMetric);
