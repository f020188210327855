/** Gates, values narrower than keys, biases, sinks and second norms: what a GPU runs and holds is what the model's metrics count. */

import { describe, expect, it } from "vitest";
import { deviceOf } from "../../../../server/src/cost/compute/device";
import { computeOf } from "../../../../server/src/cost/compute/layer";
import type { Operator, Work } from "../../../../server/src/cost/compute/operator";
import { cacheOfRuns } from "../../../../server/src/cost/memory/kv-cache";
import { decodeFlops, forwardFlops } from "../../../../server/src/cost/model/flops";
import { kvBytesPerSequence } from "../../../../server/src/cost/model/kv-cache";
import type { AttentionRecord, FfnRecord, ModelRecord } from "../../../../server/src/cost/model/record";
import { weightBytes } from "../../../../server/src/cost/model/weight-bytes";
import { wholeModel } from "../../../../server/src/cost/plan/stages";
import { decode, memoryOf, planOf } from "../memory/plans";
import { dense, gqa, mla, model, moe } from "../models";
import { layout, plan, training } from "./records";

const of = (attention: AttentionRecord, ffn: FfnRecord = dense([0, 1], 512)): ModelRecord => model(2, 256, 1280, [attention], [ffn]);
const heads = { layers: [0, 1], heads: 8, kv_heads: 2, head_dim: 64 };

const models: readonly (readonly [string, ModelRecord])[] = [
  ["a gate an element", of(gqa({ ...heads, output_gate: true }))],
  ["a gate a head", of(gqa({ ...heads, output_gate: "head" }))],
  ["narrow values", of(gqa({ ...heads, v_head_dim: 32 }))],
  ["narrow values, gated", of(gqa({ ...heads, v_head_dim: 32, output_gate: true, bias: true, qk_norm: "whole" }))],
  ["gated mla", of(mla({ layers: [0, 1], heads: 8, q_lora_rank: 128, output_gate: true }))],
  ["sinks and second norms", of(gqa({ ...heads, sinks: true, post_norm: true }), { ...dense([0, 1], 512), post_norm: true, bias: true })],
  ["experts with biases and a gate", of(gqa({ ...heads, bias: true }), moe({
    layers: [0, 1], routed_experts: 8, shared_experts: 2, top_k: 2, intermediate_size: 128, shared_gate: true, bias: true, post_norm: true, balance: "loss_free",
  }))],
];

const operatorsOf = (record: ModelRecord, work: Work, degrees = {}): readonly Operator[] => {
  const written = plan(record);
  return computeOf(written, layout(degrees), work, deviceOf(written, "estimate")).operators(wholeModel(record));
};
const flopsOf = (operators: readonly Operator[]): number => operators.reduce((sum, { count, flops: { forward } }) => sum + count * forward, 0);
const decoding: Work = { phase: "decode", tokens: 64, sequences: 64, sequence_length: 4096, imbalance: 1 };

describe.each(models)("%s", (_, record) => {
  it("forward FLOPs are those of the metric", () => {
    const expected = forwardFlops(record, { sequence_length: 4096, context_length: undefined }).value;
    expect(flopsOf(operatorsOf(record, training({ tokens: 4096, sequences: 1 }))) / (4096 * expected)).toBeCloseTo(1, 9);
  });

  it("decode FLOPs are those of the metric", () => {
    const expected = decodeFlops(record, { sequence_length: 1, context_length: 4096 }).value;
    expect(flopsOf(operatorsOf(record, decoding)) / (64 * expected)).toBeCloseTo(1, 9);
  });

  it("one GPU holds the weights of the metric, and caches what it says", () => {
    const written = planOf(record, { workload: decode(4096, 1) });
    expect(memoryOf(written).worst.weights).toBeCloseTo(weightBytes(record).value, 3);
    expect(cacheOfRuns(record, wholeModel(record).runs, layout())(4096)).toBe(kvBytesPerSequence(record, { sequence_length: 1, context_length: 4096 }).value);
  });

  it("tensor parallelism shares the gate out", () => {
    const gate = (degrees: object): number => flopsOf(operatorsOf(record, decoding, degrees).filter((operator) => operator.name === "output gate"));
    expect(2 * gate({ tp: 2 })).toBe(gate({}));
  });
});

describe("a gate costs time and memory", () => {
  const [plain, gated] = [of(gqa(heads)), of(gqa({ ...heads, output_gate: true }))];
  const time = (record: ModelRecord): number => operatorsOf(record, decoding).reduce((sum, { count, time: { forward } }) => sum + count * forward, 0);
  const activations = (record: ModelRecord): number => memoryOf(planOf(record, { workload: { phase: "training", sequence_length: 4096, global_batch_size: 8 } })).worst.activations;

  it("in decoding and in training", () => {
    expect(time(gated)).toBeGreaterThan(time(plain));
    // the gate and the gated output of two layers, in bf16
    expect(activations(gated) - activations(plain)).toBe(2 * 2 * 4096 * 512 * 2);
  });
});
