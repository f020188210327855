/** Chunked scans: what they execute and move by hand, and published times of their kernels (operator-level; the shares are rounded from these and others). */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceOf } from "../../../../server/src/cost/compute/device";
import { computeOf } from "../../../../server/src/cost/compute/layer";
import type { Operator, Work } from "../../../../server/src/cost/compute/operator";
import { scansOf } from "../../../../server/src/cost/compute/scan-traffic";
import type { MixerRecord, ModelRecord } from "../../../../server/src/cost/model/record";
import type { Mode } from "../../../../server/src/cost/plan/evaluation";
import { wholeModel } from "../../../../server/src/cost/plan/stages";
import { gatedDelta, kda, lightning, mamba2 } from "../hybrids";
import { model } from "../models";
import { b200, h800, layout, plan, training, type PlanOptions } from "./records";

const blocks = (heads: number) => ({
  gated_delta: gatedDelta({ layers: [0], heads, value_heads: heads, key_head_dim: 128 }),
  kda: kda({ layers: [0], heads, key_head_dim: 128 }),
  lightning: lightning({ layers: [0], heads, key_head_dim: 128 }),
});
const of = (block: MixerRecord): ModelRecord => model(1, 1024, 32_000, [block], []);
const operatorOf = (block: MixerRecord, name: string, work: Work, options: PlanOptions = {}, mode: Mode = "estimate"): Operator => {
  const written = plan(of(block), options);
  const found = computeOf(written, layout(), work, deviceOf(written, mode)).operators(wholeModel(of(block))).find((operator) => operator.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const sequencesOf = (sequences: number, length: number): Work => training({ tokens: sequences * length, sequences, sequence_length: length });
const off = (estimate: number, measured: number): number => Math.abs(estimate / measured - 1);

describe("a chunked scan", () => {
  it("of the gated delta rule: 20 rows of 128 in bf16 a token and head, ten products", () => {
    const { forward, backward } = scansOf(blocks(96).gated_delta, { tokens: 8192, length: 8192, tp: 1 });
    // 13 rows of keys and values, states of 128 x 128 twice a chunk of 64, three rows of two chunks
    expect(forward.bytes).toBe(8192 * 96 * 20 * 128 * 2);
    expect(forward.flops).toBe(8192 * 96 * (2 * 64 * 5 * 128 + 6 * 128 * 128));
    expect(backward.bytes).toBe(8192 * 96 * 44 * 128 * 2);
    expect(forward.least).toEqual({ flops: 8192 * 96 * 7 * 128 * 128, bytes: 8192 * 96 * 4 * 128 * 2 });
    expect(forward.steps).toBe(128);
  });

  it("of Mamba-2: B and C belong to groups, states pass memory six times a chunk of 128", () => {
    const { forward } = scansOf(mamba2({ layers: [0], heads: 64, groups: 8, value_head_dim: 64, state_size: 128 }), { tokens: 4096, length: 2048, tp: 1 });
    expect(forward.bytes).toBe(4096 * 2 * (8 * (4 * 128 + 4 * 128) + 64 * (3 * 64 + 6 * 64)));
    expect(forward.flops).toBe(4096 * (2 * 128 * (8 * 128 + 64 * 64) + 4 * 64 * 64 * 128));
    expect(forward.steps).toBe(16);
  });

  it("shares its heads out over tensor parallelism, down to one group of B and C", () => {
    const block = mamba2({ layers: [0], heads: 64, groups: 1, value_head_dim: 64, state_size: 128 });
    const [one, four] = [scansOf(block, { tokens: 4096, length: 4096, tp: 1 }), scansOf(block, { tokens: 4096, length: 4096, tp: 4 })];
    expect(4 * four.forward.least.flops).toBe(one.forward.least.flops);
    expect(four.forward.bytes).toBeLessThan(one.forward.bytes);
    expect(4 * four.forward.bytes).toBeGreaterThan(one.forward.bytes);
  });

  // pytorch/helion 3e928d1e, examples/linear/BENCHMARKS.md: flash-linear-attention's kernels, forward, and backward as forward and backward less forward
  it.each([
    ["gated_delta", h800, 1, 8192, 96, 1.623, 6.925], ["gated_delta", h800, 2, 16_384, 16, 1.062, 4.595], ["gated_delta", h800, 4, 4096, 64, 2.046, 8.925],
    ["kda", h800, 1, 8192, 96, 3.184, 17.387], ["kda", h800, 2, 16_384, 16, 2.223, 11.719], ["kda", h800, 4, 4096, 64, 4.072, 22.65],
    ["gated_delta", b200, 1, 8192, 96, 1.204, 5.388], ["kda", b200, 1, 8192, 96, 2.241, 11.204], ["kda", b200, 4, 4096, 64, 2.925, 14.615],
  ] as const)("%s takes what was measured, within a third forward and a half backward: %o, %i x %i tokens, %i heads", (kind, gpu, sequences, length, heads, forward, both) => {
    const { time } = operatorOf(blocks(heads)[kind], "scan", sequencesOf(sequences, length), { gpu });
    expect(off(time.forward, forward / 1e3)).toBeLessThan(0.33);
    expect(off(time.backward_input, (both - forward) / 1e3)).toBeLessThan(0.5);
  });

  // vllm-project/vllm, pull request 27299: tokens a second of Mamba-2's five kernels on an H100, one group
  it.each([[8192, 1.262e7], [16_384, 1.292e7]])("of Mamba-2 takes what was measured, within a third: %i tokens, 128 heads of 64", (length, rate) => {
    const block = mamba2({ layers: [0], heads: 128, groups: 1, value_head_dim: 64, state_size: 128 });
    expect(off(operatorOf(block, "scan", sequencesOf(1, length)).time.forward, length / rate)).toBeLessThan(0.33);
  });

  it("of one long sequence with few heads waits for its chunks: 512 of them, 1.8 us each", () => {
    const { time, bound } = operatorOf(blocks(1).gated_delta, "scan", sequencesOf(1, 32_768));
    expect(time.forward).toBeCloseTo(512 * 1.8e-6 + 6 * 3e-6, 9);
    expect(bound).toBe("launch");
  });
});

const sizes = fc.record({
  kind: fc.constantFrom("gated_delta" as const, "kda" as const, "lightning" as const), heads: fc.integer({ min: 1, max: 128 }), dim: fc.integer({ min: 8, max: 256 }),
  sequences: fc.integer({ min: 1, max: 64 }), length: fc.integer({ min: 1, max: 32_768 }), gpu: fc.constantFrom(h800, b200), state: fc.constantFrom("fp32" as const, "bf16" as const),
});

describe("always", () => {
  const timed = (block: MixerRecord, work: Work, options: PlanOptions, mode: Mode = "estimate"): Operator => operatorOf(block, work.phase === "decode" ? "recurrence" : "scan", work, options, mode);
  const phases = (sequences: number, length: number): readonly Work[] =>
    [sequencesOf(sequences, length), { phase: "decode", tokens: sequences, sequences, sequence_length: length, imbalance: 1 }];

  it("the bound is never longer than the estimate; longer, more or on a slower memory is never faster; shares are of one", () => {
    fc.assert(fc.property(sizes, ({ kind, heads, dim, sequences, length, gpu }) => {
      const block: MixerRecord = { ...blocks(heads)[kind], key_head_dim: dim, value_head_dim: dim, state_size: dim };
      phases(sequences, length).forEach((work, index) => {
        const { time, efficiency } = timed(block, work, { gpu });
        const sum = (found: Operator["time"]): number => found.forward + found.backward_input;
        expect(sum(timed(block, work, { gpu }, "ideal").time)).toBeLessThanOrEqual(sum(time) * (1 + 1e-9));
        expect(timed(block, work, { gpu }, "ideal").efficiency).toBeLessThanOrEqual(1 + 1e-9);
        expect(efficiency).toBeGreaterThan(0);
        expect(efficiency).toBeLessThanOrEqual(1);
        const more = phases(2 * sequences, 2 * length)[index];
        if (more) expect(sum(timed(block, more, { gpu }).time)).toBeGreaterThanOrEqual(sum(time));
        expect(sum(timed(block, work, { gpu: { ...gpu, memory_bandwidth: gpu.memory_bandwidth / 2 } }).time)).toBeGreaterThanOrEqual(sum(time));
      });
    }));
  });

  it("a step reads and writes the state in its own precision, however long the sequence is", () => {
    const bytes = (state: "fp32" | "bf16", sequence_length: number): number => {
      const record: ModelRecord = { ...of(blocks(32).kda), precision: { ...of(blocks(32).kda).precision, state } };
      const written = plan(record);
      const operators = computeOf(written, layout(), { phase: "decode", tokens: 8, sequences: 8, sequence_length, imbalance: 1 }, deviceOf(written, "estimate")).operators(wholeModel(record));
      return operators.find(({ name }) => name === "recurrence")?.bytes.forward ?? 0;
    };
    expect(bytes("fp32", 10) - bytes("bf16", 10)).toBe(8 * 2 * 32 * 128 * 128 * 2);
    expect(bytes("fp32", 1_000_000)).toBe(bytes("fp32", 10));
  });
});
