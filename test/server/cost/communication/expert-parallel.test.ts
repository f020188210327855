/** Dispatch and combine against DeepEP's tables and the public training trace; the bound of arXiv:2505.09343, section 2.3.2. */

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  commSms, copiesPerToken, expertExchange, idealExchange, mostDomains, routingCost,
} from "../../../../server/src/cost/communication/expert-parallel";
import { placesReached } from "../../../../server/src/cost/communication/reach";
import type { MoeFfnRecord } from "../../../../server/src/cost/model/record";
import { groupsOf, layoutOf, moeBlocksOf, type Groups } from "../../../../server/src/cost/plan/layout";
import type { PlanRecord } from "../../../../server/src/cost/plan/record";
import { planRecord, type PlanText } from "../../../kit/plan";

interface Design {
  readonly plan: PlanRecord;
  readonly groups: Groups;
  readonly block: MoeFfnRecord;
}

function design(text: PlanText, groupCount?: number, limit?: number): Design {
  const plan = planRecord(text);
  const [written] = moeBlocksOf(plan);
  if (!written) throw new Error("no mixture of experts");
  const block = groupCount === undefined ? written : { ...written, groups: groupCount, group_limit: limit };
  return { plan, groups: groupsOf(layoutOf(plan), plan.hardware), block };
}

const decode = (batch: number): string => `phase = decode, context_length = 4096, batch_per_gpu = ${batch}`;

// deepseek-ai/DeepEP, docs/legacy.md: H800, 4096 tokens a GPU, hidden 7168, top 8 of 256, FP8 dispatch, BF16 combine. "GB/s" are bytes of
// copies counted once a node (EP8: once a GPU), the own one among them, over the time; groups are nodes, at most 4 of them.
// Two more rows: arXiv:2505.09343, Figure 7, 128 GPUs (which points belong to which size is inferred).
describe("DeepEP, normal kernels", () => {
  it.each([
    [8, 153, 158, 5],
    [16, 43, 43, 12],
    [32, 58, 57, 12],
    [64, 51, 50, 12],
    [128, 45.34, 41.6, 12],
  ])("EP%i: %d and %d GB/s, within %i %%", (ep, dispatch, combine, percent) => {
    const nodes = ep / 8;
    const { plan, groups, block } = design({ parallelism: `ep = ${ep}` }, nodes, Math.min(4, nodes));
    const exchange = expertExchange(plan, groups, block, 4096, "estimate");
    const places = placesReached(block, nodes === 1 ? 8 : nodes);
    const counted = (element: number, time: number): number => (4096 * places * 7168 * element) / time / 1e9;
    expect(Math.abs(counted(1 + 4 / 128, exchange.dispatch.time) / dispatch - 1) * 100).toBeLessThan(percent);
    expect(Math.abs(counted(2, exchange.combine.time) / combine - 1) * 100).toBeLessThan(percent);
  });
});

describe("experts in a latent of 1,024", () => {
  const { plan, groups, block } = design({ parallelism: "ep = 64" });
  const latent = { ...block, latent_size: 1024 };

  it("send tokens a seventh as wide as the model's 7,168", () => {
    for (const kind of ["dispatch", "combine"] as const) {
      const [whole, narrow] = [expertExchange(plan, groups, block, 4096, "ideal")[kind], expertExchange(plan, groups, latent, 4096, "ideal")[kind]];
      expect(7 * narrow.scale_out_bytes).toBeCloseTo(whole.scale_out_bytes, 0);
      expect(7 * narrow.scale_up_bytes).toBeCloseTo(whole.scale_up_bytes, 0);
    }
  });

  it("and the bound of the paper counts the shared expert in the model's width", () => {
    const tokens = (width: number): number => (8 * width + 7168) * 3;
    expect(idealExchange(plan, groups, latent, 1) / idealExchange(plan, groups, block, 1)).toBeCloseTo(tokens(1024) / tokens(7168), 9);
  });
});

// the same, low-latency kernels: 128 tokens a GPU
describe("DeepEP, low-latency kernels", () => {
  it.each([
    [8, 77, 114],
    [16, 118, 195],
    [32, 155, 273],
    [64, 173, 314],
    [128, 192, 369],
    [256, 194, 360],
  ])("EP%i: %d and %d us, within 11 %%", (ep, dispatch, combine) => {
    const { plan, groups, block } = design({ parallelism: `ep = ${ep}`, workload: decode(128) });
    const exchange = expertExchange(plan, groups, block, 128, "estimate");
    expect(Math.abs((exchange.dispatch.time * 1e6) / dispatch - 1)).toBeLessThan(0.11);
    expect(Math.abs((exchange.combine.time * 1e6) / combine - 1)).toBeLessThan(0.11);
  });
});

// deepseek-ai/profile-data, train.json: EP64, 4096 tokens a GPU, dispatch 3.1 to 3.6 ms and combine 5.8 to 6.5 ms, beside compute
describe("beside compute", () => {
  const exchange = (text: PlanText) => {
    const { plan, groups, block } = design(text);
    return expertExchange(plan, groups, block, 4096, "estimate");
  };
  const layout = "pp = 16, ep = 64";
  it("dualpipe's exchanges take as long as the training trace's", () => {
    const { dispatch, combine } = exchange({ parallelism: `${layout}, schedule = dualpipe` });
    expect(dispatch.time).toBeGreaterThan(3.1e-3);
    expect(dispatch.time).toBeLessThan(3.6e-3);
    expect(combine.time).toBeGreaterThan(5.8e-3);
    expect(combine.time).toBeLessThan(6.5e-3);
  });
  it("an exchange alone is faster", () => {
    expect(exchange({ parallelism: `${layout}, schedule = 1f1b` }).combine.time).toBeLessThan(5.8e-3);
  });
  it("what `efficiency` says holds as it is written", () => {
    const plan = "efficiency { scale_up = 85%, scale_out = 100% }";
    expect(exchange({ parallelism: `${layout}, schedule = dualpipe`, plan }).combine.time).toBeCloseTo(exchange({ parallelism: layout }).combine.time, 12);
  });
});

// deepseek-ai/DeepEP, README: SM100, EP8 over NVLink, 8192 tokens: 726 and 740 GB/s, copies that stay on the GPU counted
test("EP8 on B200: within 8 % of 726 and 740 GB/s", () => {
  const { plan, groups, block } = design({ hardware: "DGX_B200", parallelism: "ep = 8" }, 1, 1);
  const { dispatch, combine } = expertExchange(plan, groups, block, 8192, "estimate");
  const copies = 8192 * placesReached(block, 8) * 7168;
  expect(Math.abs((copies * (1 + 4 / 128)) / dispatch.time / 726e9 - 1)).toBeLessThan(0.08);
  expect(Math.abs((copies * 2) / combine.time / 740e9 - 1)).toBeLessThan(0.08);
});

// the same: SM100, two nodes of 8 with ConnectX-7, copies counted once a node
test("EP16 on two DGX B200: within 12 % of 90 and 91 GB/s", () => {
  const { plan, groups, block } = design({ before: "hardware Two extends DGX_B200 { nodes = 2 }", hardware: "Two", parallelism: "ep = 16" }, 2, 2);
  const { dispatch, combine } = expertExchange(plan, groups, block, 8192, "estimate");
  const copies = 8192 * placesReached(block, 2) * 7168;
  expect(Math.abs((copies * (1 + 4 / 128)) / dispatch.time / 90e9 - 1)).toBeLessThan(0.13);
  expect(Math.abs((copies * 2) / combine.time / 91e9 - 1)).toBeLessThan(0.13);
});

// NVIDIA/TensorRT-LLM, tech blog 18: one-sided kernels on GB200 NVL72, BF16 both ways, every token to 8 GPUs. No default was set by these rows.
describe("TensorRT-LLM's exchanges in one NVLink domain, dispatch and combine together, within 20 %", () => {
  it.each([
    [8, 1, 18.9 + 31],
    [8, 128, 31.7 + 38.1],
    [8, 2048, 311.8 + 322.6],
    [16, 128, 34.6 + 39.9],
    [16, 2048, 343.3 + 348.4],
    [32, 32, 21.1 + 34.6],
    [32, 128, 37.8 + 41.1],
    [32, 2048, 373.7 + 369.5],
    [64, 32, 23.1 + 36.1],
    [64, 128, 41.6 + 44.5],
    [64, 2048, 399.2 + 372.1],
  ])("EP%i, %i tokens: %d us", (ep, tokens, microseconds) => {
    const { plan, groups, block } = design({
      before: "model Wide extends DeepSeekV3 { precision { dispatch = bf16 } }", model: "Wide", hardware: "GB200_NVL72", parallelism: "ep = 8", workload: decode(128),
    });
    const { dispatch, combine } = expertExchange(plan, { ...groups, ep: { size: ep, per_domain: ep } }, block, tokens, "estimate");
    expect(Math.abs(((dispatch.time + combine.time) * 1e6) / microseconds - 1)).toBeLessThan(0.2);
  });
});

describe("the bound of arXiv:2505.09343, section 2.3.2, of 32 tokens", () => {
  const on = (hardware: string, ep: number, hidden: number): number => {
    const { plan, groups, block } = design({
      before: "model Wide extends DeepSeekV3 { hidden_size = " + hidden + " }", model: "Wide", hardware, parallelism: `ep = ${ep}`, workload: decode(64),
    });
    return idealExchange(plan, groups, block, 32) * 1e6;
  };
  it.each([
    ["H800Cluster", 64, 7000, 120.96],
    ["GB200_NVL72", 72, 7000, 6.72],
    ["H800Cluster", 64, 7168, 123.863_04],
    ["GB200_NVL72", 72, 7168, 6.881_28],
  ])("%s, EP%i, hidden %i: %d us", (hardware, ep, hidden, microseconds) => {
    expect(on(hardware, ep, hidden)).toBeCloseTo(microseconds, 9);
  });
  it("is nothing without expert parallelism", () => {
    expect(on("H800Cluster", 1, 7168)).toBe(0);
  });
});

describe("copies", () => {
  const { plan, groups, block } = design({});
  it("low-latency kernels send each of the 8: 56 of 64 GPUs stand on other nodes, 7 beside", () => {
    expect(copiesPerToken(block, groups.ep, "low_latency")).toEqual({ scale_up: 7 / 8, scale_out: 7 });
  });
  it("normal kernels cross once a node, seven times in eight to another one", () => {
    expect(copiesPerToken(block, groups.ep, "normal").scale_out).toBeCloseTo((placesReached(block, 8) * 7) / 8, 12);
  });
  it("a limit of 4 groups halves the most nodes and spares a quarter of the mean copies", () => {
    const limited = routingCost(plan, groups, block, 4096);
    const free = routingCost(plan, groups, block, 4096, { groups: undefined, group_limit: undefined });
    expect([free?.most_domains, limited?.most_domains]).toEqual([8, 4]);
    // 8 x (1 - C(224, 8) / C(256, 8)) = 5.295 nodes against 3.983
    expect((limited?.scale_out_time ?? 0) / (free?.scale_out_time ?? 1)).toBeCloseTo(3.983 / 5.295, 3);
    expect(limited?.time).toBeCloseTo(expertExchange(plan, groups, block, 4096, "estimate").dispatch.time, 12);
  });
  it("both links are busy equally long at the balanced number of nodes", () => {
    const cost = routingCost(plan, groups, block, 4096);
    if (!cost) throw new Error("no copies cross");
    expect((cost.scale_out_time * cost.balanced_domains) / cost.mean_domains).toBeCloseTo(cost.scale_up_time, 12);
  });
  it("a group in one domain has no limit to choose", () => {
    const inside = design({ parallelism: "ep = 8" });
    expect(routingCost(inside.plan, inside.groups, inside.block, 4096)).toBeUndefined();
  });
  it("a group that straddles nodes may reach one more", () => {
    const routing = { routed_experts: 240, top_k: 8, groups: 6, group_limit: 2 };
    expect([mostDomains(routing, 6), mostDomains(routing, 12), mostDomains(routing, 4), mostDomains(routing, 3)]).toEqual([2, 4, 4, 2]);
  });
});

describe("multiprocessors that communication takes", () => {
  it.each([
    ["dualpipe overlaps exchanges: DeepEP's 20", {}, 20],
    ["what is written", { parallelism: "pp = 16, ep = 64, schedule = dualpipe, comm_sms = 6" }, 6],
    ["1f1b overlaps none", { parallelism: "pp = 16, ep = 64" }, 0],
    ["no expert parallelism", { parallelism: "pp = 16, schedule = dualpipe" }, 0],
    ["low-latency kernels", { parallelism: "ep = 64, dual_micro_batch = true", workload: decode(64) }, 0],
    ["two micro-batches of prefill", { parallelism: "ep = 32, dual_micro_batch = true", workload: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4" }, 20],
  ])("%s", (_, text, sms) => {
    const { plan, groups } = design(text);
    expect(commSms(plan, groups)).toBe(sms);
  });
});

test("a link that the hardware lacks is a reason", () => {
  const { plan, block } = design({ parallelism: "ep = 64" });
  const bare: PlanRecord = { ...plan, hardware: { ...plan.hardware, nic: undefined } };
  const groups = groupsOf(layoutOf(bare), bare.hardware);
  expect(() => expertExchange(bare, groups, block, 1, "estimate")).toThrow(/lacks `nic`/);
  expect(() => idealExchange(bare, groups, block, 1)).toThrow(/lacks `nic`/);
});

const degrees = fc.constantFrom(8, 16, 32, 64, 128, 256);
const workloads = fc.constantFrom(decode(64), undefined);

test("the bound at line rates is below the estimate, more tokens take longer, imbalance never hurries", () => {
  fc.assert(fc.property(degrees, workloads, fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 1, max: 4, noNaN: true }), (ep, workload, tokens, imbalance) => {
    const { plan, groups, block } = design({ parallelism: `ep = ${ep}`, ...(workload === undefined ? {} : { workload }) });
    const estimate = expertExchange(plan, groups, block, tokens, "estimate");
    const ideal = expertExchange(plan, groups, block, tokens, "ideal");
    const more = expertExchange(plan, groups, block, tokens + 1, "estimate");
    const uneven = expertExchange({ ...plan, workload: { ...plan.workload, imbalance } }, groups, block, tokens, "estimate");
    for (const way of ["dispatch", "combine"] as const) {
      expect(ideal[way].time).toBeLessThanOrEqual(estimate[way].time);
      expect(more[way].time).toBeGreaterThan(estimate[way].time);
      expect(uneven[way].time).toBeGreaterThanOrEqual(estimate[way].time);
    }
  }), { numRuns: 30 });
});
