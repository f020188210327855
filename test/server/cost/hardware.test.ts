/** Networks against the published counts and costs, and what holds for every cluster. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hardwareMetrics } from "../../../server/src/cost/hardware/metrics";
import type { GpuRecord, HardwareRecord, NetworkRecord, NicRecord } from "../../../server/src/cost/hardware/record";
import { slimFlyRadix } from "../../../server/src/cost/hardware/topology";

const h800: GpuRecord = {
  memory: 80e9, memory_bandwidth: 3.35e12, architecture: "hopper", sms: 132, power: 700, peak: { bf16: 989e12, fp8: 1979e12 },
  scale_up: { bandwidth: 200e9, effective_bandwidth: 160e9, domain: 8, within_node: undefined, latency: undefined }, pcie: undefined,
};
const connectX7: NicRecord = { rate: 50e9, effective_bandwidth: 40e9, latency: undefined };

const common = {
  planes: 1, tiers: undefined, switch_ports: 64, port_rate: undefined, oversubscription: 1, switch_price: 10_760, link_price: 2730, endpoint_price: 1170,
  latency_same_leaf: undefined, latency_cross_leaf: undefined, protocol: undefined,
} as const;

const tree = (tiers: number | undefined, switch_ports: number | undefined, planes: number | undefined = 1, oversubscription = 1): NetworkRecord =>
  ({ kind: "multi_plane_fat_tree", ...common, tiers, switch_ports, planes, oversubscription });
const dragonfly = (switches_per_group: number, endpoints_per_switch: number, global_links: number, groups: number): NetworkRecord =>
  ({ kind: "dragonfly", ...common, switches_per_group, endpoints_per_switch, global_links, groups });
const slimFly = (q: number, endpoints_per_switch: number): NetworkRecord => ({ kind: "slim_fly", ...common, q, endpoints_per_switch });
const torus = (...dimensions: readonly number[]): NetworkRecord => ({ kind: "torus", ...common, dimensions });

const cluster = (network?: NetworkRecord, rest: Partial<HardwareRecord> = {}): HardwareRecord => ({
  gpu: h800, gpus_per_node: 8, nodes: 256, nic: connectX7, nics_per_node: 8, network, host: undefined, storage: undefined, failures: undefined,
  price: 2 / 3600, power_overhead: 1, ...rest,
});

function metric(id: string) {
  const found = hardwareMetrics.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no metric ${id}`);
  return found;
}

function value(id: string, record: HardwareRecord): number {
  const figure = metric(id).compute(record, {});
  if (figure.kind !== "value") throw new Error(`${id}: ${JSON.stringify(figure)}`);
  return figure.value;
}

const counts = (network: NetworkRecord) => ["max_endpoints", "switches", "links"].map((id) => value(id, cluster(network)));

const reason = (id: string, record: HardwareRecord): string | undefined => {
  const figure = metric(id).compute(record, {});
  return figure.kind === "unavailable" ? figure.reason : undefined;
};

it("holds the metrics of the language's table, in its order", () => {
  expect(hardwareMetrics.map(({ id }) => id)).toEqual([
    "gpus", "peak_flops", "memory_total", "scale_up_to_scale_out_ratio", "max_endpoints", "switches", "links", "network_cost",
    "network_cost_per_endpoint", "bisection_bandwidth", "nodes_per_leaf", "latency_same_leaf", "latency_cross_leaf", "bandwidth_with_failed_plane",
    "cost_per_hour", "power",
  ]);
});

describe("arXiv:2505.09343, Table 3", () => {
  it.each([
    ["FT2", tree(2, 64), 2048, 96, 2048, 9, 4.39],
    ["MPFT", tree(2, 64, 8), 16_384, 768, 16_384, 72, 4.39],
    ["FT3", tree(3, 64), 65_536, 5120, 131_072, 491, 7.5],
    ["SF", slimFly(28, 21), 32_928, 1568, 32_928, 146, 4.4],
    ["DF", dragonfly(32, 16, 16, 511), 261_632, 16_352, 384_272, 1522, 5.8],
  ])("%s", (_, network, endpoints, switches, links, millions, thousands) => {
    expect(counts(network)).toEqual([endpoints, switches, links]);
    // The fit's largest error is 0.6 %; the paper prints whole millions.
    const cost = value("network_cost", cluster(network)) / 1e6;
    expect(Math.abs(cost - millions)).toBeLessThanOrEqual(0.5 + 0.006 * millions);
    expect(Math.abs(value("network_cost_per_endpoint", cluster(network)) / 1e3 / thousands - 1)).toBeLessThan(0.012);
  });

  it("costs the paper's eight planes what the fit says, by hand", () => {
    // 768 x 10.76 kUSD + 16,384 x 2.73 kUSD + 16,384 x 1.17 kUSD
    expect(value("network_cost", cluster(tree(2, 64, 8)))).toBe(8_263_680 + 44_728_320 + 19_169_280);
  });
});

describe("counts by hand", () => {
  it.each([
    ["one switch", tree(1, 64), [64, 1, 0]],
    ["two tiers of 4-port switches: 4 leaves, 2 spines", tree(2, 4), [8, 6, 8]],
    ["three tiers of 4-port switches: k^3/4, 5k^2/4, k^3/2", tree(3, 4), [16, 20, 32]],
    ["four tiers of 4-port switches: 2 (k/2)^4, 7 (k/2)^3, 3 x 2 (k/2)^4", tree(4, 4), [32, 56, 96]],
    ["a tree of odd switches leaves a port free", tree(2, 5), [8, 6, 8]],
    // 3 : 1 at the leaf: 48 ports down, 16 up; 64 leaves, 16 spines.
    ["an oversubscribed tree", tree(2, 64, 1, 3), [3072, 80, 1024]],
    // 2 : 1 of 64 ports: 21 up, 42 down, one free.
    ["ports that do not divide", tree(2, 64, 1, 2), [64 * 42, 64 + 21, 64 * 21]],
    // Kim et al., ISCA 2008, figure 5: a = 4, p = h = 2: 9 groups, 72 endpoints.
    ["the dragonfly of its paper", dragonfly(4, 2, 2, 9), [72, 36, 36 * 3 / 2 + 36 * 2 / 2]],
    ["a dragonfly with an odd global port left", dragonfly(1, 1, 1, 1), [1, 1, 0]],
    // Hoffman-Singleton graph: 50 vertices of degree 7.
    ["slim fly of q = 5", slimFly(5, 4), [200, 50, 175]],
    ["a torus of 4 x 4 x 4", torus(4, 4, 4), [64, 0, 192]],
    ["a ring of two has one link", torus(2, 3), [6, 0, 3 + 6]],
  ])("%s", (_, network, expected) => {
    expect(counts(network)).toEqual(expected);
  });

  it.each([[5, 7], [7, 11], [8, 12], [9, 13], [13, 19], [28, 42]])("the network radix of q = %d is %d", (q, radix) => {
    expect(slimFlyRadix(q)).toBe(radix);
  });
});

describe("bisection bandwidth, per direction", () => {
  it.each([
    // Half of the endpoints at 50 GB/s: a fat tree blocks nothing.
    ["two tiers", tree(2, 64), 1024 * 50e9],
    ["eight planes", tree(2, 64, 8), 8192 * 50e9],
    ["one switch", tree(1, 64), 32 * 50e9],
    ["a third of it under 3 : 1", tree(2, 64, 1, 3), 3072 / 2 / 3 * 50e9],
    // 9 groups: 4 and 5; each pair of groups shares 4 x 2 / 8 = 1 link.
    ["a dragonfly", dragonfly(4, 2, 2, 9), 20 * 50e9],
    // Across the dimension of 8: two cuts through 4 x 4 rings.
    ["a torus", torus(4, 8, 4), 2 * 16 * 50e9],
  ])("%s", (_, network, expected) => {
    expect(value("bisection_bandwidth", cluster(network))).toBe(expected);
  });

  it("takes the port's rate where the network says one", () => {
    expect(value("bisection_bandwidth", cluster({ ...tree(2, 64), port_rate: 25e9 }))).toBe(1024 * 25e9);
  });
});

describe("leaves", () => {
  const rails = (network: NetworkRecord): NetworkRecord => ({ ...network, kind: "multi_rail_fat_tree" } as NetworkRecord);
  it.each([
    // 32 ports down of 64
    ["a fat tree: all 8 cards of a node at one leaf", { ...tree(2, 64), kind: "fat_tree" } as NetworkRecord, 4],
    ["rails: one card at each of 8 leaves", rails(tree(2, 64)), 32],
    ["8 planes: one card in each", tree(2, 64, 8), 32],
    ["4 planes: two cards in each", tree(2, 64, 4), 16],
    ["48 of 64 ports down", tree(2, 64, 8, 3), 48],
    ["one switch a plane", tree(1, 64, 8), 64],
    ["a dragonfly of 16 endpoints a switch", dragonfly(32, 16, 16, 511), 2],
    ["fewer ports than a node has cards", slimFly(5, 4), 1],
  ])("%s", (_, network, nodes) => {
    expect(value("nodes_per_leaf", cluster(network))).toBe(nodes);
  });

  // arXiv:2505.09343, Table 5
  it.each([
    ["infiniband", 2.8, 3.7],
    ["roce", 3.6, 5.6],
    [undefined, 2.8, 3.7],
  ] as const)("latency over %s: %d and %d us", (protocol, same, cross) => {
    const record = cluster({ ...tree(2, 64), protocol });
    expect(value("latency_same_leaf", record) * 1e6).toBeCloseTo(same, 9);
    expect(value("latency_cross_leaf", record) * 1e6).toBeCloseTo(cross, 9);
  });

  it("what is written comes first: the network's, then the card's", () => {
    const nic = { ...connectX7, latency: 2e-6 };
    const written = cluster({ ...tree(2, 64), latency_same_leaf: 1e-6, latency_cross_leaf: 5e-6 }, { nic });
    expect([value("latency_same_leaf", written), value("latency_cross_leaf", written)]).toEqual([1e-6, 5e-6]);
    expect(value("latency_same_leaf", cluster(tree(2, 64), { nic }))).toBe(2e-6);
    expect(value("latency_cross_leaf", cluster(tree(2, 64), { nic }))).toBeCloseTo(2.9e-6, 12);
  });
});

describe("a failed plane", () => {
  it("takes one of eight from every GPU: 35 of 40 GB/s", () => {
    expect(value("bandwidth_with_failed_plane", cluster(tree(2, 64, 8)))).toBe(35e9);
  });
  it("is counted at the card's rate where nothing achieved is known, and at the port's where that is slower", () => {
    expect(value("bandwidth_with_failed_plane", cluster(tree(2, 64, 2), { nic: { ...connectX7, effective_bandwidth: undefined } }))).toBe(25e9);
    expect(value("bandwidth_with_failed_plane", cluster({ ...tree(2, 64, 2), port_rate: 25e9 }))).toBe(12.5e9);
  });
});

describe("the figures that need no network", () => {
  it("DeepSeek's 2,048 H800", () => {
    const record = cluster();
    expect(value("gpus", record)).toBe(2048);
    expect(value("peak_flops", record)).toBe(2048 * 989e12);
    expect(value("memory_total", record)).toBe(2048 * 80e9);
    expect(value("cost_per_hour", record) * 3600).toBeCloseTo(4096, 9);
    expect(value("power", { ...record, power_overhead: 1.2 })).toBeCloseTo(2048 * 700 * 1.2, 3);
  });

  it("a ratio of 4 for H800: 160 over 40 GB/s; 3.2 at 50 GB/s (arXiv:2412.19437)", () => {
    expect(value("scale_up_to_scale_out_ratio", cluster())).toBe(4);
    expect(value("scale_up_to_scale_out_ratio", cluster(undefined, { nic: { ...connectX7, effective_bandwidth: 50e9 } }))).toBe(3.2);
    // Half the cards: half the bandwidth a GPU.
    expect(value("scale_up_to_scale_out_ratio", cluster(undefined, { nics_per_node: 4 }))).toBe(8);
  });

  it("no more than the port carries that the card plugs into", () => {
    expect(value("scale_up_to_scale_out_ratio", cluster({ ...tree(2, 64), port_rate: 25e9 }))).toBe(160 / 25);
  });

  it("no more than the line rates, whatever is said to be achieved", () => {
    const slow = { ...connectX7, rate: 12.5e9 };
    // 160 GB/s over the 12.5 GB/s of 100 Gbps; both above their lines: 100 over 12.5
    expect(value("scale_up_to_scale_out_ratio", cluster(undefined, { nic: slow }))).toBe(160 / 12.5);
    expect(value("scale_up_to_scale_out_ratio", cluster(undefined, { nic: slow, gpu: { ...h800, scale_up: { bandwidth: 100e9, effective_bandwidth: 160e9, domain: 8, within_node: undefined, latency: undefined } } }))).toBe(8);
    expect(value("bandwidth_with_failed_plane", cluster(tree(2, 64, 2), { nic: slow }))).toBe(6.25e9);
  });

  it("line rates of both where one of the two has nothing achieved", () => {
    expect(value("scale_up_to_scale_out_ratio", cluster(undefined, { nic: { ...connectX7, effective_bandwidth: undefined } }))).toBe(200 / 50);
  });
});

describe("figures that cannot be computed say why", () => {
  it.each([
    ["max_endpoints", cluster(), "the hardware has no `network`"],
    ["network_cost", cluster(), "the hardware has no `network`"],
    ["links", cluster(tree(undefined, 64)), "`tiers` of `network multi_plane_fat_tree` is missing"],
    ["switches", cluster(tree(2, undefined)), "`switch_ports` of `network multi_plane_fat_tree` is missing"],
    ["switches", cluster({ ...tree(2, 64), planes: undefined }), "`planes` of `network multi_plane_fat_tree` is missing"],
    ["links", cluster(tree(2, 1)), "a switch of a tree of several tiers needs at least 2 ports"],
    ["links", cluster(tree(2, 64, 1, 64)), "64 `switch_ports` at this `oversubscription` leave no port to the tier above"],
    ["links", cluster(tree(1e9, 64)), "the result is no number that a double can hold"],
    ["bisection_bandwidth", cluster(slimFly(5, 4)), "the bisection of a slim fly has no closed formula"],
    ["bisection_bandwidth", cluster(tree(2, 64), { nic: undefined }), "the network has no `port_rate`, and the hardware no `nic`"],
    ["scale_up_to_scale_out_ratio", cluster(undefined, { nic: undefined }), "the hardware has no `nic`"],
    ["scale_up_to_scale_out_ratio", cluster(undefined, { nics_per_node: undefined }), "`nics_per_node` is missing"],
    ["scale_up_to_scale_out_ratio", cluster(undefined, { gpu: { ...h800, scale_up: undefined } }), "the gpu has no `scale_up`"],
    ["nodes_per_leaf", cluster(tree(2, 64), { nics_per_node: undefined }), "`nics_per_node` is missing"],
    ["nodes_per_leaf", cluster(torus(4, 4)), "a torus has no leaf switch"],
    ["nodes_per_leaf", cluster(tree(2, undefined)), "`switch_ports` of `network multi_plane_fat_tree` is missing"],
    ["latency_same_leaf", cluster(torus(4, 4)), "a torus has no leaf switch"],
    ["latency_cross_leaf", cluster(undefined, { nic: undefined }), "the hardware has neither `nic` nor `network`"],
    ["bandwidth_with_failed_plane", cluster(tree(2, 64)), "the network has one plane"],
    ["bandwidth_with_failed_plane", cluster({ ...tree(2, 64), planes: undefined }), "`planes` of `network multi_plane_fat_tree` is missing"],
    ["bandwidth_with_failed_plane", cluster(tree(2, 64, 8), { nic: undefined }), "the hardware has no `nic`"],
    ["bandwidth_with_failed_plane", cluster(tree(2, 64, 8), { nics_per_node: undefined }), "`nics_per_node` is missing"],
    ["bandwidth_with_failed_plane", cluster(), "the hardware has no `network`"],
    ["peak_flops", cluster(undefined, { gpu: { ...h800, peak: {} } }), "the gpu has no `bf16` in `peak`"],
    ["cost_per_hour", cluster(undefined, { price: undefined }), "the hardware has no `price`"],
    ["power", cluster(undefined, { gpu: { ...h800, power: undefined } }), "the gpu has no `power`"],
  ])("%s", (id, record, expected) => {
    expect(reason(id, record)).toBe(expected);
    expect(metric(id).explain(record, {})).toMatchObject({ parts: [], inputs: [] });
  });
});

describe("explanations", () => {
  it("name every input of a figure and where the device's own stand", () => {
    expect(metric("scale_up_to_scale_out_ratio").explain(cluster(), {}).inputs.map(({ path }) => path)).toEqual([
      "gpus_per_node", "nics_per_node", "gpu.scale_up.effective_bandwidth", "gpu.scale_up.bandwidth", "nic.effective_bandwidth", "nic.rate",
    ]);
    const slow = cluster({ ...tree(2, 64), protocol: "roce", latency_same_leaf: 3e-6, latency_cross_leaf: 5e-6 });
    expect(metric("latency_cross_leaf").explain(slow, {}).inputs.map(({ path }) => path)).toEqual(["network.latency_cross_leaf"]);
    expect(metric("links").explain(cluster(torus(4, 4, 8)), {}).inputs).toContainEqual({ path: "network.dimensions", value: "[4, 4, 8]", unit: "" });
  });

  it("show the arithmetic", () => {
    expect(metric("cost_per_hour").explain(cluster(), {}).parts.map(({ formula }) => formula)).toEqual(["2,048 GPUs x 2 USD/h"]);
    expect(metric("switches").explain(cluster(tree(2, 64, 8)), {}).parts.map(({ label, formula }) => `${label}: ${formula}`)).toEqual([
      "leaf switches: 8 planes x 64", "spine switches: 8 planes x 32",
    ]);
    expect(metric("network_cost").explain(cluster(tree(2, 64, 8)), {}).parts[0]?.formula).toBe("768 switches x 10.76 kUSD");
  });
});

const size = (max: number) => fc.integer({ min: 1, max });
const networks: fc.Arbitrary<NetworkRecord> = fc.oneof(
  fc.tuple(size(4), fc.integer({ min: 2, max: 128 }), size(16), fc.constantFrom(1, 1, 1.5, 2, 3)).map(([tiers, ports, planes, over]) => tree(tiers, ports, planes, over)),
  fc.tuple(size(64), size(64), size(64), size(600), size(4)).map(([a, p, h, g, planes]) => ({ ...dragonfly(a, p, h, g), planes })),
  fc.tuple(size(128), size(64), size(4)).map(([q, p, planes]) => ({ ...slimFly(q, p), planes })),
  fc.tuple(fc.array(size(16), { minLength: 1, maxLength: 4 }), size(4)).map(([dimensions, planes]) => ({ ...torus(...dimensions), planes })),
);

describe("every network", () => {
  it("has whole counts whose parts add up, and nothing that is no number", () => {
    fc.assert(fc.property(networks, (network) => {
      for (const id of hardwareMetrics.map((one) => one.id)) {
        const figure = metric(id).compute(cluster(network), {});
        if (figure.kind !== "value") continue;
        expect(Number.isFinite(figure.value) && figure.value >= 0, id).toBe(true);
        if (["max_endpoints", "switches", "links"].includes(id)) expect(Number.isInteger(figure.value), `${id} ${figure.value}`).toBe(true);
        const total = metric(id).explain(cluster(network), {}).parts.reduce((sum, part) => sum + part.value, 0);
        expect(Math.abs(total - figure.value), id).toBeLessThanOrEqual(1e-9 * figure.value);
      }
    }), { numRuns: 300 });
  });

  it("has more endpoints, switches, links and bisection with more planes, in proportion", () => {
    fc.assert(fc.property(networks, size(8), (network, more) => {
      fc.pre(reason("links", cluster(network)) === undefined);
      const { planes = 1 } = network;
      for (const id of ["max_endpoints", "switches", "links", "network_cost", "bisection_bandwidth"]) {
        if (reason(id, cluster(network)) !== undefined) continue;
        const [one, many] = [value(id, cluster(network)), value(id, cluster({ ...network, planes: planes * more }))];
        expect(Math.abs(many - more * one), id).toBeLessThanOrEqual(1e-9 * many);
      }
    }), { numRuns: 200 });
  });

  it("carries as much as half of its endpoints send where a tree blocks nothing", () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 4 }), size(64), size(8), (tiers, half, planes) => {
      const record = cluster(tree(tiers, 2 * half, planes));
      expect(value("bisection_bandwidth", record)).toBeCloseTo(value("max_endpoints", record) / 2 * 50e9, -3);
    }));
  });
});
