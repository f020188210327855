import { describe, expect, test } from "vitest";
import { Unavailable } from "../../../../server/src/cost/definition";
import { groupsOf, layoutOf } from "../../../../server/src/cost/plan/layout";
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
    ["pp = 3", "tp x pp x cp (3) does not divide the 2,048 GPUs"],
    ["pp = 16, dp = 100", "tp x pp x cp x dp is 1,600, and the cluster has 2,048 GPUs"],
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

  test("replicas of an expert stand `ep` ranks apart", () => {
    expect(groups("pp = 16, ep = 4").expert_dp).toEqual({ size: 32, per_domain: 2 });
  });
});
