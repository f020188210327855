import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Unavailable } from "../../../../server/src/cost/definition";
import { groupOf, groupsOf, layoutOf } from "../../../../server/src/cost/plan/layout";
import { planRecord } from "../../../kit/plan";

const layout = (parallelism: string, hardware?: string) => layoutOf(planRecord({ parallelism, ...(hardware === undefined ? {} : { hardware }) }));

describe("degrees", () => {
  // 2,048 GPUs: DeepSeek-V3, arXiv:2412.19437, section 3.2 and FACTS 2.11: PP16, DP128, EP64 inside it, so two replicas of each expert
  test("data parallelism takes what tensor, pipeline and context parallelism leave", () => {
    expect(layout("pp = 16, ep = 64")).toMatchObject({ gpus: 2048, tp: 1, pp: 16, cp: 1, dp: 128, ep: 64, expert_dp: 2, sequence_parallel: false });
    expect(layout("tp = 8, pp = 16, cp = 2")).toMatchObject({ dp: 8, sequence_parallel: true });
  });

  test("any one of them may be `auto`", () => {
    expect(layout("tp = auto, pp = 16, dp = 64")).toMatchObject({ tp: 2 });
    expect(layout("pp = auto, dp = 128")).toMatchObject({ pp: 16 });
  });

  test("`ep = auto` is the widest that gives every rank equally many experts", () => {
    expect(layout("pp = 16, ep = auto")).toMatchObject({ ep: 128 });
    expect(layout("pp = 1, ep = auto")).toMatchObject({ ep: 256, expert_dp: 8 });
  });

  test.each([
    ["pp = 3", "tp x pp x cp (3) does not divide the GPUs of the cluster (2,048)"],
    ["pp = 16, dp = 100", "tp x pp x cp x dp (1,600) is not the number of GPUs in the cluster (2,048)"],
    ["pp = auto, dp = auto", "`pp` and `dp` are `auto`: only one of tp, pp, cp and dp can take what the others leave"],
    ["pp = 16, ep = 48", "`ep` x `etp` (48) does not divide dp x cp x tp (128)"],
  ])("%s has no layout", (parallelism, reason) => {
    expect(() => layout(parallelism)).toThrow(new Unavailable(reason));
  });
});

describe("groups", () => {
  const groups = (parallelism: string, hardware = "H800Cluster") => {
    const plan = planRecord({ parallelism, hardware });
    return groupsOf(layoutOf(plan), plan.hardware);
  };

  test("tensor groups are neighbours, stages stand far apart", () => {
    expect(groups("tp = 4, pp = 16, ep = 64")).toMatchObject({
      tp: { size: 4, per_domain: 4 }, dp: { size: 32, per_domain: 2 }, ep: { size: 64, per_domain: 8 }, pp: { size: 16, per_domain: 1 },
    });
  });

  test("a domain may span nodes", () => {
    expect(groups("ep = 72", "GB200_NVL72").ep).toEqual({ size: 72, per_domain: 72 });
  });

  test("a link that does not leave the node makes each node a domain: 4 H100 of a board of 8 a node", () => {
    const small = (gpu: string) => {
      const plan = planRecord({
        before: `import { H100, GB200, ConnectX7 } from "std:hardware/nvidia"\nhardware Small { gpu = ${gpu}, gpus_per_node = 4, nodes = 4, nic = ConnectX7, nics_per_node = 4 }`,
        hardware: "Small", parallelism: "ep = 8",
      });
      return groupsOf(layoutOf(plan), plan.hardware).ep;
    };
    expect(small("H100")).toEqual({ size: 8, per_domain: 4 });
    expect(small("GB200")).toEqual({ size: 8, per_domain: 8 });
  });

  test("replicas of an expert stand `ep` ranks apart", () => {
    expect(groups("pp = 16, ep = 4").expert_dp).toEqual({ size: 32, per_domain: 2 });
  });

  /** By hand, domains of 8: of groups of 6 the second has GPUs 6 to 11, of 3 the third 6 to 8, of 12 the first 0 to 11, of 14 the third 28 to 41. */
  test.each([
    [6, 1, 3], [3, 1, 2], [12, 1, 6], [14, 1, 5], [3, 2, 2],
    [8, 1, 8], [4, 1, 4], [2, 4, 2], [64, 1, 8], [4, 4, 2], [16, 128, 1],
  ])("%i ranks, %i apart, have %i in a domain of 8", (size, stride, per_domain) => {
    expect(groupOf(size, stride, { domain: 8, gpus: 8 * size * stride })).toEqual({ size, per_domain });
  });

  test("a cluster that leaves out a part of its domains places groups inside them: 64 of 72 GPUs in each of four racks", () => {
    expect(groupOf(64, 1, { domain: 72, gpus: 256 })).toEqual({ size: 64, per_domain: 64 });
    expect(groupOf(64, 1, { domain: 72, gpus: 576 })).toEqual({ size: 64, per_domain: 32 });
  });

  test("groups that do not fill domains are those that stand in most of them", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 24 }), (size, domain) => {
      // after `domain` groups they stand as from the first on
      const most = Math.max(...Array.from({ length: domain }, (_, group) => new Set(Array.from({ length: size }, (__, rank) => Math.floor((group * size + rank) / domain))).size));
      expect(groupOf(size, 1, { domain, gpus: domain * size })).toEqual({ size, per_domain: Math.ceil(size / most) });
    }), { examples: [[6, 8], [14, 8], [32, 72]] });
  });
});
