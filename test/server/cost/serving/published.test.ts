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

/** Qwen3-8B in FP8: config.json of Qwen/Qwen3-8B. */
const qwen8 = `
model Qwen3_8B {
  layers = 36, hidden_size = 4096, vocab_size = 151_936
  attention gqa { heads = 32, kv_heads = 8, head_dim = 128, qk_norm = true }
  ffn dense { intermediate_size = 12_288 }
  precision { weights = fp8_e4m3, activations = fp8_e4m3 }
}`;

const onH20 = (gpus: number, model: string, layout: string, workload: string): PlanRecord => planRecord({
  before: `import { H20 } from "std:hardware/nvidia"\nimport { Qwen3_30B_A3B } from "std:models/qwen"\nhardware Cluster { gpu = H20, gpus_per_node = ${gpus}, nodes = 1 }\n${qwen8}`,
  model, hardware: "Cluster", parallelism: layout, workload,
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
    // the estimate of 1K is 1.24 times the published figure: what imbalance and the scheduler cost there is not known
    ["SGLang, prefill of 1K", 57_674, within(0.3), prefill(4, "ep = 32, redundant_experts = 32", 1024, 16, "H100")],
    ["SGLang, prefill of 4K", 50_302, within(0.35), prefill(4, "ep = 32, redundant_experts = 32", 4096, 4, "H100")],
    ["SGLang, decode at 2K", 22_282, within(0.35), decode(9, "ep = 72, redundant_experts = 32", 2000, 256, "H100")],
  ])("%s: %d", (_, published, [least, most], plan) => {
    expect(perNode(plan) / published).toBeGreaterThan(least);
    expect(perNode(plan) / published).toBeLessThan(most);
  });

  /**
   * SGLang on H20, as alibaba/InferSim's README states it (tokens/s and GPU; its examples say how many sequences): prompts of 4,096 tokens,
   * answers of 2,048, so that a cache holds 5,120 in the mean.
   */
  it.each([
    ["Qwen3-30B-A3B, prefill", 16_594, onH20(4, "Qwen3_30B_A3B", "ep = 4", "phase = prefill, prompt_length = 4096, batch_per_gpu = 4")],
    ["Qwen3-30B-A3B, decode", 2749, onH20(4, "Qwen3_30B_A3B", "ep = 4", "phase = decode, context_length = 5120, batch_per_gpu = 100")],
    ["Qwen3-8B in FP8, prefill", 15_061, onH20(1, "Qwen3_8B", "tp = 1", "phase = prefill, prompt_length = 4096, batch_per_gpu = 4")],
    ["Qwen3-8B in FP8, decode", 2682, onH20(1, "Qwen3_8B", "tp = 1", "phase = decode, context_length = 5120, batch_per_gpu = 64")],
  ])("H20, %s: %d a GPU", (_, published, plan) => {
    expect(servingTokensPerSecondPerGpu(plan) / published).toBeGreaterThan(0.8);
    expect(servingTokensPerSecondPerGpu(plan) / published).toBeLessThan(1.2);
  });

  /** Day 6: 20 to 22 tokens/s a user. */
  it("DeepSeek's users saw 20 to 22 tokens/s", () => {
    const tpot = evaluationOf(decode(18, "ep = 144, redundant_experts = 32", 4989, 88)).serving("estimate").latency;
    expect(1 / tpot).toBeGreaterThan(20 * 0.8);
    expect(1 / tpot).toBeLessThan(22 * 1.2);
  });
});
