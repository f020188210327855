/** Hybrid models on GPUs: what operators compute, what a GPU holds and what a step reads is what the model's metrics count. */

import { describe, expect, it } from "vitest";
import { deviceOf } from "../../../../server/src/cost/compute/device";
import { computeOf } from "../../../../server/src/cost/compute/layer";
import type { Operator, Passes, Work } from "../../../../server/src/cost/compute/operator";
import { cacheOfRuns } from "../../../../server/src/cost/memory/kv-cache";
import { decodeFlops, forwardFlops, trainFlops } from "../../../../server/src/cost/model/flops";
import { kvBytesPerSequence } from "../../../../server/src/cost/model/kv-cache";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import { weightBytes } from "../../../../server/src/cost/model/weight-bytes";
import { planMetrics } from "../../../../server/src/cost/plan/metrics";
import type { ParallelismRecord } from "../../../../server/src/cost/plan/record";
import { wholeModel } from "../../../../server/src/cost/plan/stages";
import {
  deepSeekV32, deepSeekV4Flash, deepSeekV4Pro, gemma2, gemma3, gemma4, glm5, gptOss, hunyuanLarge, kimiLinear, llama4Maverick, miMoV2Flash, miniMaxM1,
  miniMaxM2, nemotron3Nano, nemotron3Super, qwen35Moe, qwen3Next,
} from "../hybrids";
import { decode, memoryOf, planOf } from "../memory/plans";
import { layout, plan, training } from "./records";

const dense = [
  ["Qwen3-Next", qwen3Next], ["Qwen3.5", qwen35Moe], ["MiniMax-M1", miniMaxM1], ["MiniMax-M2", miniMaxM2], ["Kimi Linear", kimiLinear], ["Nemotron 3 Nano", nemotron3Nano],
  ["Nemotron 3 Super", nemotron3Super], ["Gemma 2", gemma2], ["Gemma 3", gemma3], ["Gemma 4", gemma4], ["Llama 4 Maverick", llama4Maverick], ["gpt-oss", gptOss],
  ["MiMo-V2-Flash", miMoV2Flash], ["Hunyuan-Large", hunyuanLarge],
] as const satisfies readonly (readonly [string, ModelRecord])[];
const sparse = [
  ["DeepSeek-V3.2", deepSeekV32], ["GLM-5", glm5], ["DeepSeek-V4-Pro", deepSeekV4Pro], ["DeepSeek-V4-Flash", deepSeekV4Flash],
] as const satisfies readonly (readonly [string, ModelRecord])[];
const all = [...dense, ...sparse];

const operatorsOf = (record: ModelRecord, work: Work, degrees = {}): readonly Operator[] => {
  const written = plan(record);
  return computeOf(written, layout(degrees), work, deviceOf(written, "estimate")).operators(wholeModel(record));
};
const flopsOf = (operators: readonly Operator[], pass: keyof Passes = "forward"): number => operators.reduce((sum, { count, flops }) => sum + count * flops[pass], 0);
const named = (operators: readonly Operator[], name: string): readonly Operator[] => operators.filter((operator) => operator.name === name);
const decoding = (sequence_length: number): Work => ({ phase: "decode", tokens: 64, sequences: 64, sequence_length, imbalance: 1 });

/** What sparse mla computes beyond the metric, a token: it works on the latent, 576 + 512 wide, where the metric counts keys and values of heads. */
function absorbed(record: ModelRecord, seen: number): number {
  return record.attention.reduce((sum, block) => {
    if (block.kind !== "mla" || block.sparse === undefined) return sum;
    const laidOut = block.qk_nope_head_dim + block.qk_rope_head_dim + block.v_head_dim;
    return sum + block.layers.length * 2 * seen * block.heads * (576 + 512 - laidOut);
  }, 0);
}

/** Weights of one expert, with a bias a column where there are any. */
const routedExpert = (gated: boolean, outer: number, width: number, bias: boolean): number => (gated ? 3 : 2) * outer * width + (bias ? (gated ? 2 : 1) * width + outer : 0);

describe.each(all)("%s", (_, record) => {
  it("forward FLOPs are those of the metric", () => {
    const operators = operatorsOf(record, training({ tokens: 16_384, sequences: 2, sequence_length: 8192 }));
    // the mean of min(position, 2048) over 8192 tokens
    const expected = forwardFlops(record, { sequence_length: 8192, context_length: undefined }).value + absorbed(record, 1792);
    expect(flopsOf(operators) / (16_384 * expected)).toBeCloseTo(1, 9);
  });

  it.each([100, 4096, 262_144])("decode FLOPs at %i tokens are those of the metric", (context_length) => {
    const expected = decodeFlops(record, { sequence_length: 1, context_length }).value;
    expect(flopsOf(operatorsOf(record, decoding(context_length))) / (64 * expected)).toBeCloseTo(1, 9);
  });

  it("one GPU holds the weights of the metric", () => {
    const rows = Math.ceil(record.vocab_size / 128) * 128 - record.vocab_size;
    const padding = rows * record.hidden_size * (record.tie_embeddings ? 1 : 2) * 2;
    const { worst } = memoryOf(planOf(record, { workload: decode(4096, 1) }));
    expect((worst.weights - padding) / weightBytes(record).value).toBeCloseTo(1, 12);
  });

  it("the stages of a pipeline hold them together, and two expert-parallel GPUs half of the routed experts each", () => {
    const held = (parallelism: { readonly pp?: number; readonly ep?: number }): number =>
      memoryOf(planOf(record, { parallelism, workload: decode(4096, 2) })).ranks().reduce((sum, { weights }) => sum + weights, 0);
    // a tied embedding stands at both ends
    const again = record.tie_embeddings ? Math.ceil(record.vocab_size / 128) * 128 * record.hidden_size * 2 : 0;
    expect((held({ pp: 2 }) - again) / held({})).toBeCloseTo(1, 12);
    const routed = record.ffn.reduce((sum, block) => (block.kind === "dense"
      ? sum : sum + block.layers.length * (block.routed_experts / 2) * routedExpert(block.gated, block.latent_size ?? record.hidden_size, block.intermediate_size, block.bias)), 0);
    expect(held({}) - held({ ep: 2 })).toBeCloseTo(2 * routed, 0);
  });

  it.each([0, 3, 130, 4096, 1_048_576])("one GPU keeps of a sequence of %i tokens what the metric says", (context_length) => {
    const kept = cacheOfRuns(record, wholeModel(record).runs, layout())(context_length);
    expect(kept).toBeCloseTo(kvBytesPerSequence(record, { sequence_length: 1, context_length }).value, 3);
  });

  it("two tensor-parallel GPUs share the work of the heads, and hold half of what is divided", () => {
    const whole = operatorsOf(record, training());
    const half = operatorsOf(record, training(), { tp: 2 });
    for (const name of ["scan", "o", "o_a", "attention core", "convolution"]) {
      expect(2 * flopsOf(named(half, name)), name).toBeCloseTo(flopsOf(named(whole, name)), -3);
    }
    const weights = (tp: number): number => memoryOf(planOf(record, { parallelism: { tp }, workload: decode(4096, 1) })).worst.weights;
    expect(weights(2)).toBeLessThan(weights(1));
    expect(2 * weights(2)).toBeGreaterThanOrEqual(weights(1));
  });
});

describe.each(dense)("training of %s", (_, record) => {
  it("takes three times the forward FLOPs, and half of the cores of attention more, which are computed again", () => {
    const operators = operatorsOf(record, training());
    const core = flopsOf(operators.filter(({ kind }) => kind === "attention"));
    const expected = 4096 * trainFlops(record, { sequence_length: 4096, context_length: undefined }).value + 0.5 * core;
    expect((flopsOf(operators) + flopsOf(operators, "backward_input") + flopsOf(operators, "backward_weight")) / expected).toBeCloseTo(1, 9);
  });
});

describe("decoding reads", () => {
  const bytesOf = (record: ModelRecord, name: string, context = 4096): number =>
    named(operatorsOf(record, decoding(context)), name).reduce((sum, { count, bytes }) => sum + count * bytes.forward, 0);
  const kept = (record: ModelRecord, context_length: number): number => kvBytesPerSequence(record, { sequence_length: 1, context_length }).value;

  it.each([["gpt-oss", gptOss], ["Gemma 3", gemma3], ["MiMo-V2-Flash", miMoV2Flash], ["MiniMax-M2", miniMaxM2]] as const)("the cache of %s once", (_, record) => {
    expect(bytesOf(record, "attention core", 100_000)).toBeCloseTo(64 * kept(record, 100_000), -3);
  });

  it("a shared cache once for every layer that reads it", () => {
    expect(bytesOf(hunyuanLarge, "attention core")).toBe(64 * 2 * kept(hunyuanLarge, 4096));
  });

  it("the states of Nemotron 3 Nano, and writes them: 23 layers of 64 heads x 64 x 128 in FP32; 10,240 values and keys pass", () => {
    expect(bytesOf(nemotron3Nano, "recurrence")).toBe(64 * 23 * (2 * 64 * 64 * 128 * 4 + 4 * (1024 + 4096)));
    // three inputs of 6,144 channels are kept: read and written, beside the new one and what comes out
    expect(bytesOf(nemotron3Nano, "convolution")).toBe(64 * 23 * 6144 * 2 * (2 + 6));
  });

  it("of DeepSeek-V4-Pro at 1 M: a window and 8,192 entries, or a window and 1,024 picked ones, of 1,024 B; 262,144 index keys", () => {
    expect(bytesOf(deepSeekV4Pro, "attention core", 1_048_576)).toBe(64 * 1024 * (31 * (128 + 8192) + 30 * (128 + 1024)));
    expect(bytesOf(deepSeekV4Pro, "indexer scores", 1_048_576)).toBe(64 * 30 * 262_144 * (256 + 4));
  });

  it("states take as long at any context, a cache takes longer", () => {
    const time = (record: ModelRecord, context: number): number => operatorsOf(record, decoding(context)).reduce((sum, { count, time: { forward } }) => sum + count * forward, 0);
    const states: ModelRecord = { ...nemotron3Nano, attention: nemotron3Nano.attention.filter(({ kind }) => kind === "mamba2") };
    expect(time(states, 1_000_000)).toBe(time(states, 1000));
    expect(time(nemotron3Nano, 1_000_000)).toBeGreaterThan(time(nemotron3Nano, 1000));
  });
});

describe("a latent of experts", () => {
  it("Nemotron 3 Super sends tokens 1,024 wide to its experts, and projects them there and back", () => {
    const operators = operatorsOf(nemotron3Super, training());
    expect(named(operators, "latent down")[0]?.flops.forward).toBe(2 * 4096 * 4096 * 1024);
    expect(named(operators, "latent up")[0]?.flops.forward).toBe(2 * 4096 * 4096 * 1024);
    // 22 copies of a token, read and written in bf16
    expect(named(operators, "permute")[0]?.bytes.forward).toBe(4096 * 22 * 1024 * 2 * 2);
  });
});

describe("what plans do not model says why", () => {
  const reasonOf = (record: ModelRecord, parallelism: Partial<ParallelismRecord>): string => {
    const figure = planMetrics.find(({ id }) => id === "step_time")?.compute(planOf(record, { nodes: 8, parallelism, workload: { sequence_length: 4096, global_batch_size: 64 } }), {});
    return figure?.kind === "unavailable" ? figure.reason : "it has a value";
  };

  it("a cache that layers of two stages share", () => {
    expect(reasonOf(hunyuanLarge, { pp: 64 })).toBe("layers 0..1 share one cache (`kv_share`) and stand in several stages of the pipeline, which is not modelled");
    expect(reasonOf(hunyuanLarge, { pp: 32 })).not.toContain("share one cache");
  });

  it("embeddings of every layer in a pipeline", () => {
    expect(reasonOf(gemma4, { pp: 2 })).toBe("plans do not model `per_layer_embedding_size` with `pp` above 1: later stages would need what the first one looks up");
    expect(reasonOf(gemma4, {})).not.toContain("per_layer_embedding_size");
  });

  it("context parallelism of a layer with a state", () => {
    expect(reasonOf(nemotron3Nano, { cp: 2 })).toMatch(/^context parallelism of `attention mamba2` is not modelled: its state would pass from rank to rank$/);
  });
});
