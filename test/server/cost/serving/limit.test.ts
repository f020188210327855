/** The speed limit of expert parallelism, through real text: Insights into DeepSeek-V3, arXiv:2505.09343, section 2.3.2. */

import { describe, expect, it } from "vitest";
import { figureOf } from "../../../../server/src/analysis";
import { declarationOf } from "../../../kit/workspace";

const text = (hidden: number, hardware: string, layout: string, workload = "batch_per_gpu = 64"): string => `
import { DeepSeekV3 } from "std:models/deepseek"
import { H800, GB200, ConnectX7 } from "std:hardware/nvidia"
model Model extends DeepSeekV3 { hidden_size = ${hidden} }
hardware H800Nodes { gpu = H800, gpus_per_node = 8, nodes = 40, nic = ConnectX7, nics_per_node = 8 }
hardware ThreeNodes extends H800Nodes { nodes = 3 }
hardware Rack { gpu = GB200, gpus_per_node = 4, nodes = 18 }
parallelism Layout { ${layout} }
workload Work { phase = decode, context_length = 4096, ${workload} }
plan Plan { model = Model, hardware = ${hardware}, parallelism = Layout, workload = Work }
`;

function figure(id: string, ...of: Parameters<typeof text>): ReturnType<typeof figureOf> {
  const { workspace, declaration } = declarationOf({ "plan.dsco": text(...of) }, "Plan");
  return figureOf(workspace, declaration, id);
}

const value = (...of: Parameters<typeof figure>): number => {
  const found = figure(...of);
  if (found.kind !== "value") throw new Error(`no value: ${JSON.stringify(found)}`);
  return found.value;
};
const ideal = (...of: Parameters<typeof figure>): number | undefined => {
  const found = figure(...of);
  return found.kind === "value" ? found.ideal : undefined;
};

const dual = "ep = 320, dual_micro_batch = true, redundant_experts = 64";
const dualRack = "ep = 72, dual_micro_batch = true, redundant_experts = 32";

describe("the paper's cases", () => {
  /** Each by hand: (1 B + 2 B) x 32 tokens x 9 experts x hidden size / bandwidth; twice that and 61 layers. */
  it.each([
    [7000, "H800Nodes", dual, 120.96e-6, 14.757_12e-3, 67],
    [7168, "H800Nodes", dual, 123.863_04e-6, 15.111_290_88e-3, 66],
    [7000, "Rack", dualRack, 6.72e-6, 0.819_84e-3, 1219],
    [7168, "Rack", dualRack, 6.881_28e-6, 0.839_516_16e-3, 1191],
  ])("hidden size %d on %s: %d s a layer and micro-batch, %d s a token, about %d tokens/s", (hidden, hardware, layout, exchange, limit, tokensPerSecond) => {
    expect(ideal("ep_comm_time_per_layer", hidden, hardware, layout)).toBeCloseTo(exchange, 15);
    expect(value("tpot_limit", hidden, hardware, layout)).toBeCloseTo(limit, 13);
    expect(Math.floor(1 / value("tpot_limit", hidden, hardware, layout))).toBe(tokensPerSecond);
  });

  it("the limit does not depend on how a batch is divided, an exchange does", () => {
    const whole = "ep = 320, redundant_experts = 64";
    expect(value("tpot_limit", 7168, "H800Nodes", whole)).toBeCloseTo(value("tpot_limit", 7168, "H800Nodes", dual), 14);
    expect(ideal("ep_comm_time_per_layer", 7168, "H800Nodes", whole)).toBeCloseTo(2 * 123.863_04e-6, 14);
  });

  it("the GPUs of a tensor-parallel group exchange equal parts of their tokens", () => {
    expect(ideal("ep_comm_time_per_layer", 7000, "H800Nodes", `tp = 4, ${dual}`)).toBeCloseTo(120.96e-6 / 4, 15);
  });
});

describe("the estimate of an exchange", () => {
  it("is longer than what its bytes take: scales and latency count", () => {
    // 32 tokens x 8 experts, 312 of 320 on other nodes: (7168 x (1 + 4/128) + 2 x 7168) B a copy at 40 GB/s
    const bytes = 32 * 8 * (312 / 320) * 7168 * (1 + 4 / 128 + 2);
    expect(value("ep_comm_time_per_layer", 7168, "H800Nodes", dual)).toBeGreaterThan(bytes / 40e9);
    expect(value("ep_comm_time_per_layer", 7168, "H800Nodes", dual)).toBeLessThan(bytes / 40e9 + 70e-6);
  });
});

describe("groups that do not fill their domains", () => {
  const sixth = "ep = 6, redundant_experts = 8";

  it("are as fast as the slowest of them: GPUs 6 to 11 stand in two nodes", () => {
    // 64 tokens x 8 experts, half of a group in the other node; each exchange starts (17 us) and waits for NVLink (3.33 us) and a card (3.7 us)
    const bytes = 64 * 8 * (3 / 6) * 7168 * (1 + 4 / 128 + 2);
    expect(value("ep_comm_time_per_layer", 7168, "ThreeNodes", sixth)).toBeCloseTo(bytes / 40e9 + 2 * 24.03e-6, 9);
  });

  it("keep the bound of a group that fits one domain: (1 B + 2 B) x 64 x 9 x 7168 over 200 GB/s", () => {
    expect(ideal("ep_comm_time_per_layer", 7168, "ThreeNodes", sixth)).toBeCloseTo(61.931_52e-6, 14);
  });
});

describe("what there is no limit of", () => {
  it.each([
    ["tpot_limit", "tp = 1", "with `ep` = 1 no exchange limits a step"],
    ["tpot", "cp = 2", "context parallelism in decode is not modelled"],
  ])("%s with %s: %s", (id, layout, reason) => {
    expect(figure(id, 7168, "H800Nodes", layout)).toMatchObject({ kind: "unavailable", reason });
  });

  it("a GPU with one sequence has no two micro-batches", () => {
    const found = figure("tpot", 7168, "H800Nodes", dual, "batch_per_gpu = 1");
    expect(found).toEqual({ kind: "unavailable", reason: "`dual_micro_batch` divides the sequences of a GPU in two, and `batch_per_gpu` leaves one" });
  });
});
