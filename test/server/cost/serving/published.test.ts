/**
 * Published serving of DeepSeek-V3 and R1 on Hopper against the estimates, with the defaults of the device class. Each range is what the
 * project promises of serving, 20 %, or where the estimate is further off the reason stands beside the row.
 */

import { describe, expect, it } from "vitest";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import { servingTokensPerSecondPerGpu } from "../../../../server/src/cost/plan/serving-metrics";
import type { PlanRecord } from "../../../../server/src/cost/plan/record";
import { planRecord } from "../../../kit/plan";

const dual = "dual_micro_batch = true";
const cluster = (nodes: number, gpu = "H800"): string => `
import { ${gpu} } from "std:hardware/nvidia"
hardware Cluster extends H800Cluster { gpu = ${gpu}, nodes = ${nodes} }`;

const decode = (nodes: number, layout: string, context: number, batch: number, gpu?: string): PlanRecord => planRecord({
  before: cluster(nodes, gpu), hardware: "Cluster", parallelism: `${layout}, ${dual}`, workload: `phase = decode, context_length = ${context}, batch_per_gpu = ${batch}`,
});
const prefill = (nodes: number, layout: string, prompt: number, batch: number, gpu?: string): PlanRecord => planRecord({
  before: cluster(nodes, gpu), hardware: "Cluster", parallelism: `${layout}, ${dual}`, workload: `phase = prefill, prompt_length = ${prompt}, batch_per_gpu = ${batch}`,
});

const perNode = (plan: PlanRecord): number => servingTokensPerSecondPerGpu(plan) * plan.hardware.gpus_per_node;

const within = (share: number): readonly [number, number] => [1 - share, 1 + share];

describe("tokens a second and node", () => {
  it.each([
    // deepseek-ai/profile-data: EP32, prompts of 4K, 16,384 tokens a GPU, balanced; the node's figure as the SGLang team states it
    ["DeepSeek's profile, prefill", 62_713, within(0.2), prefill(4, "ep = 32", 4096, 4)],
    // the same: EP128, 128 sequences a GPU
    ["DeepSeek's profile, decode", 18_598, within(0.2), decode(16, "ep = 128", 4096, 128)],
    // open-infra-index, day 6: EP144, 32 redundant experts, 4,989 tokens in the cache; 14.8k a node at 20 to 22 a user are 84 to 93 sequences a GPU
    ["DeepSeek online, decode", 14_800, within(0.2), decode(18, "ep = 144, redundant_experts = 32", 4989, 88)],
    // SGLang, 96 H100 (May 2025): its routing is not balanced, and nothing published says how far; here it is
    ["SGLang, prefill of 1K", 57_674, within(0.2), prefill(4, "ep = 32, redundant_experts = 32", 1024, 16, "H100")],
    ["SGLang, prefill of 4K", 50_302, within(0.35), prefill(4, "ep = 32, redundant_experts = 32", 4096, 4, "H100")],
    ["SGLang, decode at 2K", 22_282, within(0.35), decode(9, "ep = 72, redundant_experts = 32", 2000, 256, "H100")],
  ])("%s: %d", (_, published, [least, most], plan) => {
    expect(perNode(plan) / published).toBeGreaterThan(least);
    expect(perNode(plan) / published).toBeLessThan(most);
  });

  /** Day 6: 20 to 22 tokens/s a user. */
  it("DeepSeek's users saw 20 to 22 tokens/s", () => {
    const tpot = evaluationOf(decode(18, "ep = 144, redundant_experts = 32", 4989, 88)).serving("estimate").latency;
    expect(1 / tpot).toBeGreaterThan(20 * 0.8);
    expect(1 / tpot).toBeLessThan(22 * 1.2);
  });
});
