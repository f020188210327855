/** Serving of sparse mla (DeepSeek-V3.2: 64 indexer heads of 128, 2048 tokens a query), by hand. */

import { describe, expect, it } from "vitest";
import { deviceOf } from "../../../../server/src/cost/compute/device";
import { computeOf } from "../../../../server/src/cost/compute/layer";
import type { Operator, Work } from "../../../../server/src/cost/compute/operator";
import { cacheOfRuns } from "../../../../server/src/cost/memory/kv-cache";
import { decodeFlops } from "../../../../server/src/cost/model/flops";
import { kvBytesPerSequence } from "../../../../server/src/cost/model/kv-cache";
import type { ModelRecord, SparseRecord } from "../../../../server/src/cost/model/record";
import { wholeModel } from "../../../../server/src/cost/plan/stages";
import { decode, memoryOf, planOf } from "../memory/plans";
import { bf16, deepSeekV3, mla, range } from "../models";
import { layout, plan, training, timeOfAll } from "./records";

const dense: ModelRecord = { ...deepSeekV3, mtp: undefined, precision: bf16 };
const sparseModel = (sparse: Partial<SparseRecord> = {}): ModelRecord => ({
  ...dense,
  attention: [mla({
    layers: range(0, 60), heads: 128, q_lora_rank: 1536,
    sparse: { indexer_heads: 64, indexer_head_dim: 128, top_k: 2048, shared_indexer: false, ...sparse },
  })],
});

const operatorsOf = (model: ModelRecord, work: Work, degrees = {}): readonly Operator[] => {
  const written = plan(model);
  return computeOf(written, layout(degrees), work, deviceOf(written, "estimate")).operators(wholeModel(model));
};
const named = (operators: readonly Operator[], name: string): Operator => {
  const found = operators.find((operator) => operator.name === name);
  if (!found) throw new Error(`no operator ${name}`);
  return found;
};
const decoding = (sequence_length: number): Work => ({ phase: "decode", tokens: 64, sequences: 64, sequence_length, imbalance: 1 });
const prompt = (sequence_length: number): Work => ({ phase: "prefill", tokens: sequence_length, sequences: 1, sequence_length, imbalance: 1 });
const timeOf = (model: ModelRecord, work: Work): number => timeOfAll(operatorsOf(model, work), "forward");

describe("sparse mla in serving", () => {
  it.each([1024, 131_072])("decodes with the FLOPs of the model's metric at %i tokens", (context_length) => {
    const flops = operatorsOf(sparseModel(), decoding(context_length)).reduce((sum, { count, flops: { forward } }) => sum + count * forward, 0);
    expect(flops / (64 * decodeFlops(sparseModel(), { sequence_length: 1, context_length }).value)).toBeCloseTo(1, 9);
  });

  it("reads 2048 tokens of the cache for every query, and every index key once", () => {
    const operators = operatorsOf(sparseModel(), decoding(131_072));
    expect(named(operators, "attention core").bytes.forward).toBe(64 * 2048 * 576 * 2);
    // keys of 128 in bf16, and a score in FP32
    expect(named(operators, "indexer scores").bytes.forward).toBe(64 * 131_072 * (128 * 2 + 4));
    expect(named(operators, "indexer top_k").bytes.forward).toBe(64 * 131_072 * 4);
  });

  it("runs absorbed in prefill: the mean of min(position, 2048) over 8192 is 1792, and that of the position 4096", () => {
    const operators = operatorsOf(sparseModel(), prompt(8192));
    expect(named(operators, "attention core").flops.forward).toBe(8192 * 2 * 1792 * 128 * (576 + 512));
    expect(named(operators, "indexer scores").flops.forward).toBe(8192 * 2 * 4096 * 64 * 128);
    expect(operators.map(({ name }) => name)).not.toContain("kv_b");
  });

  it("repeats the indexer on every tensor-parallel rank, and shares the heads out", () => {
    const [one, four] = [operatorsOf(sparseModel(), decoding(8192)), operatorsOf(sparseModel(), decoding(8192), { tp: 4 })];
    expect(named(four, "indexer scores").flops.forward).toBe(named(one, "indexer scores").flops.forward);
    expect(4 * named(four, "attention core").flops.forward).toBe(named(one, "attention core").flops.forward);
  });

  it("decodes a long context faster than dense attention, and a short one no faster", () => {
    expect(timeOf(sparseModel(), decoding(131_072))).toBeLessThan(timeOf(dense, decoding(131_072)));
    expect(timeOf(sparseModel(), decoding(1024))).toBeGreaterThan(timeOf(dense, decoding(1024)));
  });

  it.each([decoding(65_536), prompt(16_384)])("takes no longer with fewer tokens a query, or without an indexer of its own", (work) => {
    const whole = timeOf(sparseModel(), work);
    expect(timeOf(sparseModel({ top_k: 512 }), work)).toBeLessThan(whole);
    expect(timeOf(sparseModel({ shared_indexer: true }), work)).toBeLessThan(whole);
  });

  it("caches what the model's metric says, and holds 61 indexers of 13,959,424 weights (norm included) more", () => {
    const on = (model: ModelRecord) => planOf(model, { nodes: 2, workload: decode(4096, 1) });
    expect(cacheOfRuns(sparseModel(), wholeModel(sparseModel()).runs, layout())(4096)).toBe(kvBytesPerSequence(sparseModel(), { sequence_length: 1, context_length: 4096 }).value);
    const weights = (model: ModelRecord): number => memoryOf(on(model)).worst.weights;
    expect(weights(sparseModel()) - weights(dense)).toBe(61 * (12_582_912 + 917_504 + 458_752 + 256) * 2);
  });

});

describe("sparse mla in training: 8,192 tokens, of which a query picks 1,792 in the mean", () => {
  const operators = operatorsOf(sparseModel(), training({ tokens: 8192, sequence_length: 8192 }));

  it("runs the core over picked tokens, and back in five products for two", () => {
    const { flops } = named(operators, "attention core");
    expect(flops.forward).toBe(8192 * 2 * 1792 * 128 * (576 + 512));
    expect(flops.backward_input).toBe(2.5 * flops.forward);
  });

  it("scores every token, and learns from those that were picked: three products of its own and the attention of 128 heads", () => {
    const { flops } = named(operators, "indexer scores");
    expect(flops.forward).toBe(8192 * 2 * 4096 * 64 * 128);
    expect(flops.backward_input).toBe(8192 * 2 * 1792 * (3 * 64 * 128 + 128 * 576));
  });

  it("takes no gradient of what the indexer reads, but of its weights", () => {
    for (const name of ["indexer q", "indexer k", "indexer weights"]) {
      const { flops, time } = named(operators, name);
      expect([flops.backward_input, time.backward_input]).toEqual([0, 0]);
      expect(flops.backward_weight).toBe(flops.forward);
      expect(time.backward_weight).toBeGreaterThan(0);
    }
  });

  it("a shared indexer learns nowhere else", () => {
    const names = operatorsOf(sparseModel({ shared_indexer: true }), training()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("indexer"))).toEqual([]);
  });

  it("keeps which tokens were picked, four bytes each, and no keys and values of heads", () => {
    const kept = (model: ModelRecord): number => memoryOf(planOf(model, { nodes: 64, parallelism: { pp: 16, ep: 8 }, workload: { sequence_length: 4096, global_batch_size: 512 } })).worst.activations;
    expect(kept(sparseModel({ top_k: 1024 }))).toBeLessThan(kept(sparseModel()));
  });
});
