// Figures of a training plan that follow from others, or vanish where there is nothing to exchange.
import { describe, expect, test } from "vitest";
import { figureOf } from "../../../../server/src/analysis";
import { bindDeclaration } from "../../../../server/src/core";
import { planText, type PlanText } from "../../../kit/plan";
import { smallPlans } from "../../../kit/plans";
import { openFiles } from "../../../kit/workspace";

/** Figures of a plan of a text, of the model where the id is one of its own. */
function figuresIn(text: string, name: string): (id: string, of?: string) => number {
  const { workspace, scope } = openFiles({ "a.dsco": text });
  return (id, of = name) => {
    const symbol = scope.symbols.get(of);
    const bound = symbol?.kind === "declaration" ? bindDeclaration(workspace, symbol.node, scope) : undefined;
    const figure = bound && figureOf(workspace, bound, id);
    if (figure?.kind !== "value") throw new Error(`${of}.${id}: ${JSON.stringify(figure)}`);
    return figure.value;
  };
}

const small = (layout: string, hardware = "") => figuresIn(smallPlans.replace(/parallelism Split \{[^}]*\}/, `parallelism Split { ${layout} }`).replace("price = 2 USD/h", `price = 2 USD/h\n  ${hardware}`), "Train");
const v3 = (text: PlanText) => figuresIn(planText(text), "Plan");

describe("figures that follow from others", () => {
  test("a day has 86,400 seconds of tokens", () => {
    const figure = small("pp = 2, ep = 4");
    expect(figure("tokens_per_day")).toBeCloseTo(86_400 * figure("tokens_per_second"), 0);
  });

  test("the non-causal share counts all of the attention core, of which the causal one counts half", () => {
    const figure = small("pp = 2, ep = 4");
    // 8 layers of 16 heads over keys and values of 64: 2 x 2,048 tokens x 16 x (64 + 64) FLOPs a token and layer, three times in training
    const core = 3 * 8 * 2 * 2048 * 16 * 128;
    const peak = figure("peak_flops", "Rack") / 16;
    expect(((figure("mfu_noncausal") - figure("mfu")) * peak) / figure("tokens_per_second_per_gpu") / (core / 2)).toBeCloseTo(1, 9);
  });

  test("a step is compute, exposed communication, bubble and the optimizer's pass", () => {
    for (const figure of [small("pp = 2, ep = 4"), v3({})]) {
      const rest = figure("step_time") - figure("compute_time") - figure("exposed_comm_time") - figure("bubble_time");
      // the optimizer's time holds the exposed part of the exchange between replicas, which is communication
      expect(rest).toBeGreaterThan(0);
      expect(rest).toBeLessThanOrEqual(figure("optimizer_time") * (1 + 1e-9));
    }
  });

  test("a checkpoint is 14 bytes a parameter over the storage of all nodes", () => {
    const figure = small("pp = 1, dp = auto", "storage { write_bandwidth = 10 GB/s }");
    // weights 2 B, master weights 4 B, two moments of 4 B; two nodes
    expect(figure("checkpoint_time")).toBeCloseTo((14 * figure("total_params", "Small")) / (2 * 10e9), 6);
  });
});

describe("exchanges", () => {
  test.each([
    ["tp_comm_time", "tp = 1", "tp = 2"],
    ["pp_comm_time", "pp = 1", "pp = 2"],
    ["cp_comm_time", "cp = 1", "cp = 2"],
  ])("%s is nothing at a degree of one", (id, one, two) => {
    expect(small(one)(id)).toBe(0);
    expect(small(two)(id)).toBeGreaterThan(0);
  });

  test("replicas exchange gradients; where all weights stand once there are none", () => {
    // eight GPUs a stage: one copy of the dense weights with tp = 8, one of the experts with ep = 8
    expect(small("pp = 2, dp = 1, tp = 8, ep = 8")("dp_sync_time")).toBe(0);
    expect(small("pp = 2")("dp_sync_time")).toBeGreaterThan(0);
  });

  test("expert traffic is in proportion to the bytes of an element, there and back", () => {
    // FP8 with a scale of 4 bytes for 128 elements, BF16 with two bytes
    const [fp8, bf16] = [1 + 4 / 128, 2];
    const traffic = (precision: string) => v3({ before: `model Mine extends DeepSeekV3 { precision { ${precision} } }`, model: "Mine" })("ep_traffic_per_token");
    const usual = traffic("dispatch = fp8_e4m3, combine = bf16");
    expect(traffic("dispatch = bf16, combine = bf16") / usual).toBeCloseTo((2 * bf16) / (fp8 + bf16), 9);
    expect(traffic("dispatch = fp8_e4m3, combine = fp8_e4m3") / usual).toBeCloseTo((2 * fp8) / (fp8 + bf16), 9);
    // at most four nodes by the group limit, of which the token's own needs no network
    const copies = usual / (7168 * (fp8 + bf16));
    expect(copies).toBeGreaterThan(3);
    expect(copies).toBeLessThan(4);
  });

  test("combining in BF16 takes longer than dispatching in FP8, and as long in the same precision", () => {
    const times = (precision: string) => {
      const figure = v3({ before: `model Mine extends DeepSeekV3 { precision { ${precision} } }`, model: "Mine" });
      return figure("ep_combine_time") / figure("ep_dispatch_time");
    };
    expect(times("dispatch = fp8_e4m3, combine = bf16")).toBeGreaterThan(1.5);
    expect(times("dispatch = bf16, combine = bf16")).toBeCloseTo(1, 1);
  });
});
