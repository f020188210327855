/** What the picture of a cluster counts, and how far it says that exchanges go. */

import { describe, expect, test } from "vitest";
import { hardwareMetrics } from "../../../server/src/cost/hardware/metrics";
import { evaluationOf } from "../../../server/src/cost/plan/evaluation";
import { topologyData, trafficData, type TopologyData } from "../../../server/src/drawing/topology";
import { planRecord, type PlanText } from "../../kit/plan";

const dataOf = (text: PlanText): TopologyData => {
  const record = planRecord(text);
  return { ...topologyData(record.hardware, record.efficiency), traffic: trafficData(evaluationOf(record)) };
};

const levelsOf = ({ traffic }: TopologyData): Readonly<Record<string, readonly string[]>> => Object.fromEntries(traffic.map(({ kind, levels }) => [kind, levels]));

describe("DeepSeek-V3's cluster", () => {
  const data = dataOf({});

  test("is that of arXiv:2505.09343, Table 3: eight planes of 64 leaves and 32 spines, 16,384 endpoints, of which 2,048 are used", () => {
    expect(data.network).toMatchObject({ planes: 8, switches: 768, endpoints: 16_384, used: 2048, tiers: [{ name: "leaf switches", count: 64 }, { name: "spine switches", count: 32 }] });
    expect(data.nodesPerLeaf).toBe(32);
    expect(data.scaleUp).toEqual({ line: 200e9, reached: 160e9 });
    expect(data.scaleOut).toEqual({ line: 50e9, reached: 40e9 });
  });

  test("experts over 8 nodes stay at one leaf; replicas and the 16 stages, 16 nodes each, go up to the spine", () => {
    expect(levelsOf(data)).toEqual({ ep: ["scale_up", "leaf"], dp: ["scale_up", "leaf", "spine"], pp: ["leaf", "spine"] });
    const [ep] = data.traffic;
    expect(ep).toMatchObject({ size: 64, perDomain: 8 });
    // routing limited to 4 of 8 nodes: about 3.5 of the 8 nodes are not the token's own
    expect(ep?.copies?.scale_out).toBeGreaterThan(3);
    expect(ep?.copies?.scale_out).toBeLessThan(3.6);
  });
});

test("tensor parallelism stays in its node, context parallelism crosses to the next", () => {
  const data = dataOf({
    before: "hardware Part extends H800Cluster { nodes = 16 }", hardware: "Part", model: "Llama3_1_405B", parallelism: "tp = 8, cp = 2, pp = 4, zero = 1, schedule = 1f1b",
    workload: "phase = training, sequence_length = 8192, global_batch_size = 64",
  });
  expect(levelsOf(data)).toEqual({ tp: ["scale_up"], cp: ["leaf"], dp: ["leaf"], pp: ["leaf"] });
  expect(data.traffic.find(({ kind }) => kind === "dp")).toMatchObject({ size: 4, made: "dp 2 x cp 2" });
});

test("a rack is one domain whatever its nodes; nothing needs the network", () => {
  const data = dataOf({ hardware: "GB200_NVL72", parallelism: "ep = 72", model: "Wide", before: "model Wide extends DeepSeekV3 { ffn moe { routed_experts = 288, groups = 8 } }", workload: "phase = decode, context_length = 4096, batch_per_gpu = 64" });
  expect(data).toMatchObject({ domain: 72, gpusPerNode: 4, network: undefined });
  expect(levelsOf(data)).toEqual({ ep: ["scale_up"] });
});

test("where no leaves are described, what leaves a domain goes over the network", () => {
  const data = dataOf({ before: "hardware Four extends DGX_H100 { nodes = 4 }", hardware: "Four", parallelism: "ep = 32", workload: "phase = decode, context_length = 4096, batch_per_gpu = 64" });
  expect(levelsOf(data)).toEqual({ ep: ["scale_up", "network"] });
});

const networks: readonly (readonly [string, string])[] = [
  ["fat tree of three tiers", "fat_tree { tiers = 3, switch_ports = 16 }"], ["one switch", "fat_tree { tiers = 1, switch_ports = 64 }"], ["rails", "multi_rail_fat_tree { tiers = 2, switch_ports = 64 }"],
  ["dragonfly", "dragonfly { switches_per_group = 8, endpoints_per_switch = 4, global_links = 4, groups = 9 }"], ["slim fly", "slim_fly { q = 5 }"], ["torus", "torus { dimensions = [4, 4, 4] }"],
];

test.each(networks)("%s: the tiers of all planes are the switches that the metric counts", (_name, network) => {
  const { hardware } = planRecord({ before: `hardware Other { gpu = H800, gpus_per_node = 8, nodes = 4, nic = ConnectX7, nics_per_node = 8\nnetwork ${network} }\nimport { H800, ConnectX7 } from "std:hardware/nvidia"`, hardware: "Other" });
  const data = topologyData(hardware);
  const figure = hardwareMetrics.find(({ id }) => id === "switches")?.compute(hardware, {});
  const value = figure?.kind === "value" ? figure.value : 0;
  expect((data.network?.tiers ?? []).reduce((sum, { count }) => sum + count, 0) * (data.network?.planes ?? 1)).toBe(value);
  expect(data.network?.switches).toBe(value);
});
