import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { linksOf } from "../../../../server/src/cost/communication/links";
import type { HardwareRecord, NetworkRecord } from "../../../../server/src/cost/hardware/record";
import type { EfficiencyRecord } from "../../../../server/src/cost/plan/record";
import { planRecord } from "../../../kit/plan";

const { hardware, efficiency } = planRecord({});

const written = (changes: Partial<EfficiencyRecord>): EfficiencyRecord => ({ ...efficiency, ...changes });

const network: NetworkRecord = hardware.network ?? (() => { throw new Error("the cluster has a network"); })();
const withNetwork = (changes: object): HardwareRecord => ({ ...hardware, network: { ...network, ...changes } });

describe("the H800 cluster", () => {
  it("reaches what is written as effective, a message across leaves taking 3.7 us", () => {
    expect(linksOf(hardware, efficiency, "estimate")).toMatchObject({
      scale_up: { bandwidth: 160e9, latency: 3.33e-6 }, scale_out: { bandwidth: 40e9, latency: 3.7e-6 }, start: 6.7e-6,
    });
  });
  it("ideally runs at line rate without latency", () => {
    expect(linksOf(hardware, written({ scale_up: 0.5, scale_out: 0.5 }), "ideal")).toEqual({
      scale_up: { bandwidth: 200e9, latency: 0 }, scale_out: { bandwidth: 50e9, latency: 0 }, start: 0,
    });
  });
  it("takes the shares that a plan writes, of the effective bandwidth, for either use", () => {
    for (const use of ["collective", "exchange"] as const) {
      const links = linksOf(hardware, written({ scale_up: 0.5, scale_out: 0.25 }), "estimate", use);
      expect([links.scale_up?.bandwidth, links.scale_out?.bandwidth]).toEqual([80e9, 10e9]);
    }
  });
});

describe("what is not written", () => {
  const { nic, gpu } = hardware;
  const plain: HardwareRecord = {
    ...hardware, network: undefined, nic: nic && { ...nic, effective_bandwidth: undefined, latency: undefined },
    gpu: { ...gpu, scale_up: gpu.scale_up && { ...gpu.scale_up, effective_bandwidth: undefined, latency: undefined } },
  };
  const outOf = (changes: Partial<HardwareRecord>) => linksOf({ ...plain, ...changes }, efficiency, "estimate").scale_out;
  it("has documented shares and the latency of InfiniBand", () => {
    const links = linksOf(plain, efficiency, "estimate");
    expect([links.scale_up?.bandwidth, links.scale_up?.latency]).toEqual([160e9, 3.33e-6]);
    expect(links.scale_out?.bandwidth).toBeCloseTo(45e9, 0);
    expect(links.scale_out?.latency).toBeCloseTo(3.7e-6, 12);
  });
  it("one card for eight GPUs gives each an eighth", () => {
    expect(outOf({ nics_per_node: 1 })?.bandwidth).toBeCloseTo(45e9 / 8, 0);
  });
  it("no link is no figure", () => {
    expect(outOf({ nic: undefined })).toBeUndefined();
    expect(outOf({ nics_per_node: undefined })).toBeUndefined();
    expect(linksOf({ ...plain, gpu: { ...gpu, scale_up: undefined, pcie: undefined } }, efficiency, "estimate").scale_up).toBeUndefined();
  });
  it("GPUs without a scale-up link meet over PCIe", () => {
    const { scale_up } = linksOf({ ...plain, gpu: { ...gpu, scale_up: undefined, pcie: { bandwidth: 64e9 } } }, efficiency, "estimate");
    expect(scale_up?.bandwidth).toBeCloseTo(0.8 * 64e9, 0);
  });
});

describe("the network", () => {
  const out = (changes: object, nodes = 256) => linksOf({ ...withNetwork(changes), nodes }, efficiency, "estimate").scale_out;
  it("a port slower than the card bounds it", () => {
    expect(out({ port_rate: 25e9 })?.bandwidth).toBeCloseTo(20e9, 0);
  });
  it("oversubscription divides what crosses leaves, and nothing below one leaf", () => {
    // 64 ports at 3 to 1: 48 down, one node each on every plane
    expect(out({ oversubscription: 4 }, 52)).toMatchObject({ bandwidth: 40e9, latency: 3.7e-6, across_leaves: { bandwidth: 10e9, leaf_gpus: 48 * 8 } });
    expect(out({ oversubscription: 3 }, 48)).toMatchObject({ bandwidth: 40e9, latency: 2.8e-6 });
    expect(out({ oversubscription: 3 }, 48)?.across_leaves).toBeUndefined();
    expect(out({ oversubscription: 3, tiers: undefined }, 2)?.across_leaves?.leaf_gpus).toBe(8);
  });
  it("RoCE takes 3.6 us below a leaf and 5.6 across", () => {
    const roce = { protocol: "roce", latency_same_leaf: undefined, latency_cross_leaf: undefined };
    const noCard = (nodes: number) => linksOf({ ...withNetwork(roce), nodes, nic: hardware.nic && { ...hardware.nic, latency: undefined } }, efficiency, "estimate");
    expect(noCard(32).scale_out?.latency).toBeCloseTo(3.6e-6, 12);
    expect(noCard(33).scale_out?.latency).toBeCloseTo(5.6e-6, 12);
  });
});

test("no estimate is faster than the ideal", () => {
  const rate = fc.double({ min: 1e9, max: 1e12, noNaN: true });
  fc.assert(fc.property(rate, fc.option(rate, { nil: undefined }), rate, fc.option(rate, { nil: undefined }), fc.double({ min: 1, max: 8, noNaN: true }), (up, upEffective, out, outEffective, oversubscription) => {
    const { gpu, nic } = hardware;
    const cluster: HardwareRecord = {
      ...withNetwork({ oversubscription }),
      gpu: { ...gpu, scale_up: gpu.scale_up && { ...gpu.scale_up, bandwidth: up, effective_bandwidth: upEffective } },
      nic: nic && { ...nic, rate: out, effective_bandwidth: outEffective },
    };
    for (const use of ["collective", "exchange"] as const) {
      const [estimate, ideal] = [linksOf(cluster, efficiency, "estimate", use), linksOf(cluster, efficiency, "ideal", use)];
      expect(estimate.scale_up?.bandwidth).toBeLessThanOrEqual(ideal.scale_up?.bandwidth ?? 0);
      expect(estimate.scale_out?.bandwidth).toBeLessThanOrEqual((ideal.scale_out?.bandwidth ?? 0) * (1 + 1e-12));
    }
  }));
});
