import { describe, expect, test } from "vitest";
import { Unavailable } from "../../../../server/src/cost/definition";
import { maxBatchPerGpu, maxContextThatFits } from "../../../../server/src/cost/memory/capacity";
import { kvBytesPerSequenceOnGpu } from "../../../../server/src/cost/memory/kv-cache";
import { weightBytesPerGpu } from "../../../../server/src/cost/memory/stage-memory";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import { weightBytes } from "../../../../server/src/cost/model/weight-bytes";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import { bf16, deepSeekV3, dense, gqa, model, moe, range } from "../models";
import { decode, memoryOf, planOf } from "./plans";

const GiB = 2 ** 30;

describe("GPT-3 175B on tp 8 x pp 8", () => {
  const layers = range(0, 95);
  const gpt = model(96, 12_288, 51_200, [gqa({ layers, heads: 96, kv_heads: 96, head_dim: 128 })], [dense(layers, 49_152, false)]);
  const plan = planOf(gpt, {
    nodes: 8,
    parallelism: { tp: 8, pp: 8, schedule: "interleaved", vp: 3 },
    workload: { sequence_length: 2048, global_batch_size: 64 },
  });
  const { ranks } = memoryOf(plan);

  test("12 layers of 12 x 12,288 squared weights, each 2 B, and 16 B of gradient and optimizer: 45.5625 GiB, and norms and embeddings", () => {
    const { weights, gradients, optimizer } = ranks[3] ?? { weights: 0, gradients: 0, optimizer: 0 };
    const norms = (12 * 2 * 12_288 * 18) / GiB;
    expect((weights + gradients + optimizer) / GiB).toBeCloseTo(45.5625 + norms, 9);
  });

  // arXiv:2205.05198, Figure 1: 12.3516 GiB with sequence parallelism and selective recomputation, which leaves 34 x s x b x h / tp of a layer.
  // Two of those 34 are masks of dropout, which nobody counts here; the statistics of fused attention come on top: 4 B a head and token.
  test("96 layers of 34 s b h / tp, dropout's masks apart, 1 + 7 / 24 times", () => {
    const published = 12.3515625;
    const statistics = (2048 * 96 * 4) / (34 * 2048 * 12_288);
    const { activations, working } = ranks[0] ?? { activations: 0, working: 0 };
    expect((activations - working) / GiB).toBeCloseTo(published * (32 / 34 + statistics), 6);
  });
});

describe("what divides the states", () => {
  const layers = range(0, 7);
  const small = model(8, 1024, 65_536, [gqa({ layers, heads: 8, kv_heads: 8, head_dim: 128 })], [
    dense(range(0, 3), 4096), moe({ layers: range(4, 7), routed_experts: 16, top_k: 2, intermediate_size: 512 }),
  ]);
  const at = (zero: number) => memoryOf(planOf(small, { nodes: 2, parallelism: { zero, ep: 4 } })).worst;
  // matrices, router and norms; embedding and head; final norm
  const denseParameters = 8 * (4 * 1024 * 1024 + 2 * 1024) + 4 * 3 * 1024 * 4096 + 4 * 16 * 1024 + 2 * 65_536 * 1024 + 1024;
  const expertParameters = 4 * 4 * 3 * 1024 * 512;

  test("ZeRO: dense weights over 16 replicas, experts over 4", () => {
    const parameters = denseParameters + expertParameters;
    const divided = denseParameters / 16 + expertParameters / 4;
    expect(at(0)).toMatchObject({ weights: 2 * parameters, gradients: 4 * parameters, optimizer: 12 * parameters });
    expect(at(1)).toMatchObject({ weights: 2 * parameters, gradients: 4 * parameters, optimizer: 12 * divided });
    expect(at(2)).toMatchObject({ weights: 2 * parameters, gradients: 4 * divided, optimizer: 12 * divided });
    expect(at(3)).toMatchObject({ weights: 2 * divided, gradients: 4 * divided, optimizer: 12 * divided });
  });

  test("experts in host memory leave the GPU", () => {
    const plan = planOf(small, { parallelism: { ep: 4, offload: { experts: "host" } } });
    expect(memoryOf(plan).worst.weights).toBe(2 * denseParameters);
  });

  test("dualpipe keeps a stage and its mirror: the middle ranks hold what the whole of a two-stage pipeline does", () => {
    const plan = planOf(small, { parallelism: { pp: 2, schedule: "dualpipe" }, workload: { global_batch_size: 64 } });
    const { ranks } = memoryOf(plan);
    const whole = 2 * (denseParameters + 4 * 16 * 3 * 1024 * 512);
    expect(ranks.map(({ weights }) => weights)).toEqual([whole, whole]);
  });

  test("a schedule that cannot run says what it needs", () => {
    const plan = planOf(small, { parallelism: { pp: 2, schedule: "dualpipe" }, workload: { global_batch_size: 4 } });
    expect(() => memoryOf(plan)).toThrow(new Unavailable("`dualpipe` needs micro-batches of at least 4, in multiples of 2"));
  });
});

describe("serving DeepSeek-V3", () => {
  const decodePlan = (context: number, batch: number, memory = 80e9) => planOf(deepSeekV3, { nodes: 18, memory, parallelism: { ep: 144, redundant_experts: 32 }, workload: decode(context, batch) });

  // FACTS 2.1: (512 + 64) x 61 x 2 B = 70,272 B a token
  test("mla's cache stands whole on every tensor-parallel rank, and context parallelism divides it", () => {
    const { layout } = evaluationOf(decodePlan(4096, 1));
    expect(kvBytesPerSequenceOnGpu(decodePlan(4096, 1), layout(), 4096)).toBe(70_272 * 4096);
    expect(kvBytesPerSequenceOnGpu(decodePlan(4096, 1), { ...layout(), tp: 4, cp: 2 }, 4096)).toBe(70_272 * 2048);
  });

  // two experts a GPU on 144 GPUs: (256 + 32) / 144; the model without experts, and 2 of 256 of them
  test("each GPU holds its experts, the redundant ones with them, and everything else", () => {
    const experts = 58 * 256 * 3 * 7168 * 2048 * (1 + 4 / 16_384);
    expect(weightBytesPerGpu(evaluationOf(decodePlan(4096, 1)))).toBeCloseTo(weightBytes(deepSeekV3).value - experts + (experts * 2) / 256, 0);
  });

  test("the largest batch fits and one more does not, and so the longest context", () => {
    const batch = maxBatchPerGpu(evaluationOf(decodePlan(4989, 1)));
    expect(memoryOf(decodePlan(4989, batch)).worst.total).toBeLessThanOrEqual(80e9);
    expect(memoryOf(decodePlan(4989, batch + 1)).worst.total).toBeGreaterThan(80e9);
    const context = maxContextThatFits(evaluationOf(decodePlan(1, 64)));
    expect(memoryOf(decodePlan(context, 64)).worst.total).toBeLessThanOrEqual(80e9);
    expect(memoryOf(decodePlan(context + 1, 64)).worst.total).toBeGreaterThan(80e9);
  });

  test("nothing fits into a GPU that is smaller than the weights", () => {
    expect(maxBatchPerGpu(evaluationOf(decodePlan(4989, 1, 16e9)))).toBe(0);
    expect(maxContextThatFits(evaluationOf(decodePlan(4989, 1, 16e9)))).toBe(0);
  });

  test("where every layer has a window, any context fits", () => {
    const layers = range(0, 3);
    const windowed: ModelRecord = model(4, 1024, 32_000, [gqa({ layers, heads: 8, kv_heads: 2, head_dim: 128, window: 512 })], [dense(layers, 4096)], { precision: bf16 });
    const plan = planOf(windowed, { parallelism: { tp: 8 }, workload: decode(100_000, 2) });
    // one of the two heads a GPU: 4 layers x 512 tokens x 2 x 128 x 2 B
    expect(kvBytesPerSequenceOnGpu(plan, evaluationOf(plan).layout(), 100_000)).toBe(4 * 512 * 2 * 128 * 2);
    expect(() => maxContextThatFits(evaluationOf(plan))).toThrow(Unavailable);
  });
});
