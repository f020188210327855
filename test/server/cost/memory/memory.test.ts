import { describe, expect, test } from "vitest";
import { Unavailable } from "../../../../server/src/cost/definition";
import { savedByLayer } from "../../../../server/src/cost/memory/activations";
import { flowOf } from "../../../../server/src/cost/memory/flow";
import { componentTerm } from "../../../../server/src/cost/memory/breakdown";
import { maxBatchPerGpu, maxContextThatFits } from "../../../../server/src/cost/memory/capacity";
import { cacheOfRuns } from "../../../../server/src/cost/memory/kv-cache";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import { weightBytes } from "../../../../server/src/cost/model/weight-bytes";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import { wholeModel } from "../../../../server/src/cost/plan/stages";
import { bf16, deepSeekV3, dense, gqa, model, moe, range } from "../models";
import { planRecord } from "../../../kit/plan";
import { decode, memoryOf, planOf, type Changes } from "./plans";

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
    const { weights, gradients, optimizer } = ranks()[3] ?? { weights: 0, gradients: 0, optimizer: 0 };
    const norms = (12 * 2 * 12_288 * 18) / GiB;
    expect((weights + gradients + optimizer) / GiB).toBeCloseTo(45.5625 + norms, 9);
  });

  // arXiv:2205.05198, Figure 1: 12.3516 GiB with sequence parallelism and selective recomputation, which leaves 34 x s x b x h / tp of a layer.
  // Two of those 34 are masks of dropout, which nobody counts here; the statistics of fused attention come on top: 4 B a head and token.
  test("96 layers of 34 s b h / tp, dropout's masks apart, 1 + 7 / 24 times", () => {
    const published = 12.3515625;
    const statistics = (2048 * 96 * 4) / (34 * 2048 * 12_288);
    const { activations, working } = ranks()[0] ?? { activations: 0, working: 0 };
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
    const offload = { experts: "host" } as const;
    expect(memoryOf(planOf(small, { parallelism: { ep: 4, offload }, workload: decode(1024, 1) })).worst.weights).toBe(2 * denseParameters);
    // their gradients and moments would be nowhere
    const training = evaluationOf(planOf(small, { parallelism: { ep: 4, offload } }));
    expect(() => training.memory).toThrow("serving alone");
    expect(() => training.holdings).toThrow(Unavailable);
  });

  test("dualpipe keeps a stage and its mirror: the middle ranks hold what the whole of a two-stage pipeline does", () => {
    const plan = planOf(small, { parallelism: { pp: 2, schedule: "dualpipe" }, workload: { global_batch_size: 64 } });
    const { ranks } = memoryOf(plan);
    const whole = 2 * (denseParameters + 4 * 16 * 3 * 1024 * 512);
    expect(ranks().map(({ weights }) => weights)).toEqual([whole, whole]);
  });

  test("a schedule that cannot run says what it needs", () => {
    const plan = planOf(small, { parallelism: { pp: 2, schedule: "dualpipe" }, workload: { global_batch_size: 4 } });
    expect(() => memoryOf(plan)).toThrow(new Unavailable("`dualpipe` needs micro-batches of at least 4, in multiples of 2"));
  });
});

describe("activations of one layer of DeepSeek-V3", () => {
  const run = { attention: deepSeekV3.attention[0], ffn: deepSeekV3.ffn[1], layers: [3] };
  const layout = { gpus: 64, tp: 1, pp: 1, cp: 1, dp: 64, ep: 64, etp: 1, vp: 1, expert_dp: 1, sequence_parallel: false };
  const bytesOfToken = (compute: "bf16" | "fp8_e4m3", recompute: "none" | "selective" | "full", imbalance = 1) =>
    savedByLayer(run, flowOf({ ...deepSeekV3, precision: { ...bf16, compute } }, layout, 1, recompute, imbalance)).value;

  // both norms' inputs; latents and rope key; attention output; softmax statistics
  const inputs = 2 * 7168 * 2 + (1536 + 512 + 64) * 2;
  const statistics = 128 * 4;
  // logits, scores and probabilities in FP32 and the map of choices
  const router = 256 * 13;
  const scaled = 1 + 4 / 128;

  test("BF16: inputs and outputs of norms, what the core needs, both sides of SwiGLU", () => {
    const outputs = (2 * 7168 + 1536 + 512) * 2;
    const core = 128 * (192 + 192 + 128 + 128) * 2;
    const experts = 8 * (7168 + 4096 + 2048) * 2 + (4096 + 2048) * 2;
    expect(bytesOfToken("bf16", "none")).toBe(inputs + outputs + core + statistics + router + experts);
  });

  test("FP8 as in arXiv:2412.19437, section 3.3.3: one attention output in 12 bits, SwiGLU's input and the experts' tokens in FP8", () => {
    const output = 128 * 128 * (1.5 + 4 / 128);
    const experts = (8 * (7168 + 4096) + 4096) * scaled;
    expect(bytesOfToken("fp8_e4m3", "selective")).toBe(inputs + output + statistics + router + experts);
  });

  test("full recomputation keeps the input of the layer, twice the load keeps twice the expert tokens", () => {
    expect(bytesOfToken("bf16", "full")).toBe(7168 * 2);
    expect(bytesOfToken("bf16", "none", 2) - bytesOfToken("bf16", "none")).toBe(8 * (7168 + 4096 + 2048) * 2);
  });
});

describe("where the peak stands", () => {
  const layers = range(0, 15);
  const wide = (vocabulary: number): ModelRecord => model(16, 2048, vocabulary, [gqa({ layers, heads: 16, kv_heads: 16, head_dim: 128 })], [dense(layers, 8192)]);
  const worstOf = (network: ModelRecord, changes: Changes["parallelism"]) =>
    memoryOf(planOf(network, { parallelism: { pp: 4, ...changes }, workload: { sequence_length: 4096, global_batch_size: 64 } })).worst;

  test("1f1b: on the first stage, which keeps as many micro-batches as there are stages, from its fourth forward on", () => {
    const { rank, moment, in_flight } = worstOf(wide(32_000), {});
    expect({ rank, moment }).toEqual({ rank: 0, moment: "working set of a layer" });
    expect(in_flight()).toMatchObject({ at: 3, operation: { kind: "forward", stage: 0, micro_batch: 3 } });
    expect(in_flight()?.chunks).toEqual(new Map([[0, 4]]));
  });

  test("a large vocabulary moves it to the loss of the last stage", () => {
    const { rank, moment } = worstOf(wide(512_000), { recompute: "full" });
    expect(rank).toBe(3);
    expect(["loss", "backward of the head"]).toContain(moment);
  });
});

describe("serving DeepSeek-V3", () => {
  const decodePlan = (context: number, batch: number, memory = 80e9) => planOf(deepSeekV3, { nodes: 18, memory, parallelism: { ep: 144, redundant_experts: 32 }, workload: decode(context, batch) });

  // FACTS 2.1: (512 + 64) x 61 x 2 B = 70,272 B a token
  test("mla's cache stands whole on every tensor-parallel rank, and context parallelism divides it", () => {
    const layout = evaluationOf(decodePlan(4096, 1)).layout;
    const { runs } = wholeModel(deepSeekV3);
    expect(cacheOfRuns(deepSeekV3, runs, layout)(4096)).toBe(70_272 * 4096);
    expect(cacheOfRuns(deepSeekV3, runs, { ...layout, tp: 4, cp: 2 })(4096)).toBe(70_272 * 2048);
  });

  // two experts a GPU on 144 GPUs: (256 + 32) / 144; the model without experts, and 2 of 256 of them
  test("each GPU holds its experts, the redundant ones with them, and everything else", () => {
    const experts = 58 * 256 * 3 * 7168 * 2048 * (1 + 4 / 16_384);
    expect(memoryOf(decodePlan(4096, 1)).worst.weights).toBeCloseTo(weightBytes(deepSeekV3).value - experts + (experts * 2) / 256, 0);
  });

  // DeepEP's low-latency layout, csrc/config.hpp: two send and two receive buffers of experts x tokens x hidden_size x 2 B
  test("dispatch buffers have room for each token of a micro-batch at every expert, four times; workspaces of 6 x 32 MiB beside them", () => {
    const plan = decodePlan(4096, 128);
    const workspaces = 6 * 32 * 2 ** 20;
    const buffers = 4 * (256 + 32) * 128 * 7168 * 2;
    expect(memoryOf(plan).worst.buffers).toBe(workspaces + buffers);
    expect(memoryOf({ ...plan, parallelism: { ...plan.parallelism, dual_micro_batch: true } }).worst.buffers).toBe(workspaces + buffers / 2);
  });

  // each stage of four works on 32 of 128 sequences at a time; each GPU of a tensor-parallel group dispatches a fourth
  test("dispatch buffers are of the sequences that pass together, and of a GPU's part of them", () => {
    const buffersOf = (parallelism: object, tp = 1) => componentTerm(memoryOf(planOf(deepSeekV3, { nodes: 32, parallelism: { ep: 16, tp, ...parallelism }, workload: decode(4096, 128) })), "buffers");
    const dispatchOf = (parallelism: object, tp = 1) => {
      const term = buffersOf(parallelism, tp);
      return term.kind === "sum" ? term.parts.find(({ label }) => label === "expert dispatch and combine")?.value : undefined;
    };
    expect(dispatchOf({})).toBe(4 * 256 * 128 * 7168 * 2);
    expect(dispatchOf({ pp: 4 })).toBe(4 * 256 * 32 * 7168 * 2);
    expect(dispatchOf({ sequence_parallel: false }, 4)).toBe(4 * 256 * 32 * 7168 * 2);
    expect(dispatchOf({ sequence_parallel: true }, 4)).toBe(4 * 256 * 32 * 7168 * 2);
  });

  test("the largest batch of a pipeline fits and one more does not", () => {
    for (const context of [4096, 400_000]) {
      const planAt = (batch: number) => planOf(deepSeekV3, { nodes: 8, memory: 80e9, parallelism: { ep: 16, pp: 4 }, workload: decode(context, batch) });
      const batch = maxBatchPerGpu(evaluationOf(planAt(1)));
      expect(batch).toBeGreaterThan(0);
      expect(memoryOf(planAt(batch)).worst.total).toBeLessThanOrEqual(80e9);
      expect(memoryOf(planAt(batch + 1)).worst.total).toBeGreaterThan(80e9);
    }
  });

  // 256 experts of 3 x 7168 x 2048 FP8 weights with 4 B a block of 16,384, of two layers
  test("in prefill experts on the host have room for two layers on the GPU", () => {
    const at = (offload: { experts: "host" } | undefined, ep: number) => memoryOf(planOf(deepSeekV3, {
      nodes: 1, parallelism: { ep, offload }, workload: { phase: "prefill", prompt_length: 4096, batch_per_gpu: 1 },
    })).worst.buffers;
    const expert = 3 * 7168 * 2048 * (1 + 4 / 16_384);
    expect(at({ experts: "host" }, 1) - at(undefined, 1)).toBeCloseTo(2 * 256 * expert - 4 * 32 * 2 ** 20, -1);
    expect(at({ experts: "host" }, 8) - at(undefined, 8)).toBeCloseTo((2 * 256 * expert) / 8 - 4 * 32 * 2 ** 20, -1);
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
    expect(cacheOfRuns(windowed, wholeModel(windowed).runs, evaluationOf(plan).layout)(100_000)).toBe(4 * 512 * 2 * 128 * 2);
    expect(() => maxContextThatFits(evaluationOf(plan))).toThrow(Unavailable);
  });
});

test("a stated reserve is part of the buffers, and nothing else", () => {
  const worstOf = (parallelism: string) => evaluationOf(planRecord({ parallelism })).memory.worst;
  const layout = "pp = 16, ep = 64, zero = 1, schedule = dualpipe";
  const [plain, reserved] = [worstOf(layout), worstOf(`${layout}, memory_reserve = 4 GB`)];
  expect(reserved.buffers - plain.buffers).toBe(4e9);
  expect(reserved.total - plain.total).toBe(4e9);
});
