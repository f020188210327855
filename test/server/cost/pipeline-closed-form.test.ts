/** The papers' formulas: their figures by hand, where the simulation agrees exactly, and by how much it may not. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activationsInFlight, closedForm, parameterMultiplicity } from "../../../server/src/cost/pipeline/closed-form";
import { fullestMoments } from "../../../server/src/cost/pipeline/in-flight";
import { stageCount, type ChunkDurations, type Pipeline } from "../../../server/src/cost/pipeline/schedule";
import { chunkDurations, dualPipe, dualPipeV, interleaved, lists, oneForwardOneBackward, pipelines, uniform, zeroBubble } from "./pipelines";

/** F 3, B 8 of which W 2. */
const chunk: ChunkDurations = { forward: 3, backward: 8, weight: 2 };

describe("the tables' figures", () => {
  // F 3, B 8, W 2; F&B 11 where it is not given.
  const cases: readonly (readonly [Pipeline, ChunkDurations, number])[] = [
    [{ schedule: "1f1b", pp: 16, micro_batches: 60 }, chunk, 15 * 11],
    [{ schedule: "interleaved", pp: 16, vp: 2, micro_batches: 64 }, chunk, 15 * 11],
    [{ schedule: "zb1p", pp: 16, micro_batches: 60 }, chunk, 15 * 7],
    [{ schedule: "dualpipe", pp: 16, micro_batches: 60 }, chunk, 7 * (11 + 8 - 6)],
    [{ schedule: "dualpipe", pp: 16, micro_batches: 60 }, { ...chunk, overlapped: 9 }, 7 * (9 + 8 - 6)],
    [{ schedule: "dualpipev", pp: 8, micro_batches: 60 }, { ...chunk, overlapped: 9 }, 7 * (9 + 8 - 6)],
    [{ schedule: "1f1b", pp: 1, micro_batches: 60 }, chunk, 0],
    [{ schedule: "dualpipe", pp: 2, micro_batches: 60 }, chunk, 0],
    // A bubble is no less than nothing.
    [{ schedule: "zb1p", pp: 4, micro_batches: 8 }, { forward: 1, backward: 4, weight: 4 }, 0],
    [{ schedule: "dualpipe", pp: 4, micro_batches: 8 }, { forward: 1, backward: 4, weight: 4, overlapped: 4 }, 0],
  ];
  it.each(cases)("bubble of %o", (pipeline, durations, expected) => {
    const { bubble, formula, source } = closedForm(pipeline, durations);
    expect(bubble).toBe(expected);
    expect(formula).toMatch(/^\(pp/);
    expect(source).toMatch(/arXiv:\d{4}\.\d{5}/);
  });

  it("bubble of a rank's layers under interleaved is 1f1b's divided by vp", () => {
    const half: ChunkDurations = { forward: 1.5, backward: 4, weight: 1 };
    const whole = closedForm({ schedule: "1f1b", pp: 16, micro_batches: 64 }, chunk).bubble;
    expect(closedForm({ schedule: "interleaved", pp: 16, vp: 2, micro_batches: 64 }, half).bubble).toBe(whole / 2);
  });

  it.each([
    // schedule, parameters, activations on rank 0 with 16 stages (interleaved: 32)
    [{ schedule: "1f1b", pp: 16, micro_batches: 60 }, 1, 16],
    [{ schedule: "zb1p", pp: 16, micro_batches: 60 }, 1, 16],
    [{ schedule: "dualpipe", pp: 16, micro_batches: 60 }, 2, 17],
    [{ schedule: "dualpipev", pp: 8, micro_batches: 60 }, 2, 17],
    // 32 x (1 + 15 / 32)
    [{ schedule: "interleaved", pp: 16, vp: 2, micro_batches: 64 }, 1, 47],
  ] satisfies readonly (readonly [Pipeline, number, number])[])("parameters and activations of %o", (pipeline, parameters, activations) => {
    expect(parameterMultiplicity(pipeline)).toBe(parameters);
    expect(activationsInFlight(pipeline, 0)).toBe(activations);
  });

  it("activations are those of the operation lists, on every rank and for any number of micro-batches", () => {
    fc.assert(fc.property(pipelines, (pipeline) => {
      const peaks = lists(pipeline).ranks.map((operations) => Math.max(0, ...fullestMoments(operations).map(({ chunks }) => [...chunks.values()].reduce((sum, count) => sum + count, 0))));
      expect(peaks).toEqual(peaks.map((_, rank) => activationsInFlight(pipeline, rank)));
    }));
  });
});

/** Whole seconds; F forward, I and W the parts of the backward. */
const parts = fc.record({ F: fc.integer({ min: 0, max: 20 }), I: fc.integer({ min: 0, max: 20 }), W: fc.integer({ min: 0, max: 20 }) });

const durations = (F: number, I: number, W: number): ChunkDurations => ({ forward: F, backward: I + W, weight: W });

const bubbles = (pipeline: Pipeline, of: ChunkDurations): readonly number[] => uniform(pipeline, of).ranks.map(({ bubble }) => bubble);

describe("the simulation against the closed form", { timeout: 60_000 }, () => {
  it("1f1b and interleaved: the same on every rank, always", () => {
    fc.assert(fc.property(fc.oneof(oneForwardOneBackward, interleaved), chunkDurations, (pipeline, of) => {
      const { bubble, assumption } = closedForm(pipeline, of);
      expect(assumption).toBe("");
      expect(bubbles(pipeline, of)).toEqual(Array.from({ length: pipeline.pp }, () => bubble));
    }));
  });

  it("zb1p: the same on every rank where W <= F, W <= B - W and micro-batches >= pp, never less elsewhere", () => {
    fc.assert(fc.property(zeroBubble, parts, (pipeline, { F, I, W }) => {
      const of = durations(F, I, W);
      const { bubble } = closedForm(pipeline, of);
      const { pp, micro_batches } = pipeline;
      if (W <= F && W <= I && micro_batches >= pp) expect(bubbles(pipeline, of)).toEqual(Array.from({ length: pp }, () => bubble));
      else expect(Math.min(...bubbles(pipeline, of))).toBeGreaterThanOrEqual(bubble);
    }));
  });

  it("zb1p: (pp - 1) x the longest of F + B - 2 W, F and B - W on every rank, with micro-batches >= pp", () => {
    fc.assert(fc.property(zeroBubble, parts, (pipeline, { F, I, W }) => {
      const { pp, micro_batches } = pipeline;
      fc.pre(micro_batches >= pp);
      expect(bubbles(pipeline, durations(F, I, W))).toEqual(Array.from({ length: pp }, () => (pp - 1) * Math.max(F + I - W, F, I)));
    }));
  });

  it("dualpipe and dualpipev: the same on the worst rank where F = B - W >= W, on every rank where pairs hide nothing", () => {
    fc.assert(fc.property(fc.oneof(dualPipe, dualPipeV), parts, fc.nat(20), (pipeline, { F, W }, hidden) => {
      fc.pre(W <= F);
      const apart = durations(F, F, W);
      expect(bubbles(pipeline, apart)).toEqual(Array.from({ length: pipeline.pp }, () => closedForm(pipeline, apart).bubble));
      const overlapped = { ...apart, overlapped: Math.max(apart.backward, apart.forward + apart.backward - hidden) };
      expect(Math.max(...bubbles(pipeline, overlapped))).toBe(closedForm(pipeline, overlapped).bubble);
    }));
  });

  it("dualpipe and dualpipev: no less where F >= B - W, at most one forward less where F < B - W", () => {
    fc.assert(fc.property(fc.oneof(dualPipe, dualPipeV), parts, fc.nat(20), (pipeline, { F, I, W }, hidden) => {
      const apart = durations(F, I, W);
      const of = { ...apart, overlapped: Math.max(apart.forward, apart.backward, apart.forward + apart.backward - hidden) };
      const gained = F >= I ? 0 : Math.min(F, (stageCount(pipeline) / 2 - 1) * (I - F));
      expect(Math.max(...bubbles(pipeline, of))).toBeGreaterThanOrEqual(closedForm(pipeline, of).bubble - gained);
    }));
  });

  it("dualpipe: less than the closed form where forwards are short", () => {
    // (4 / 2 - 1) x (6 + 4 - 3) = 7. By hand: rank 0 waits for rank 1's F6 and F7 from 20 to 22 and from 32 to 34, and for
    // its I3 from 48 to 50, and ends at 54.
    const pipeline: Pipeline = { schedule: "dualpipe", pp: 4, micro_batches: 8 };
    expect(closedForm(pipeline, durations(2, 3, 1)).bubble).toBe(7);
    expect(bubbles(pipeline, durations(2, 3, 1))).toEqual([6, 6, 6, 6]);
  });

  it("dualpipev does on each rank what dualpipe does on twice as many ranks with twice the micro-batches", () => {
    fc.assert(fc.property(dualPipeV, chunkDurations, ({ pp, micro_batches }, of) => {
      const twice = uniform({ schedule: "dualpipe", pp: 2 * pp, micro_batches: 2 * micro_batches }, of);
      const once = uniform({ schedule: "dualpipev", pp, micro_batches }, of);
      expect(once.step_time).toBe(twice.step_time);
      expect(once.ranks.map(({ start, end }) => [start, end])).toEqual(twice.ranks.slice(0, pp).map(({ start, end }) => [start, end]));
    }));
  });

  it("more micro-batches cost no more bubble", () => {
    fc.assert(fc.property(dualPipe, parts, fc.integer({ min: 1, max: 6 }), (pipeline, { F, I, W }, more) => {
      const longer = { ...pipeline, micro_batches: pipeline.micro_batches + 2 * more };
      expect(bubbles(longer, durations(F, I, W))).toEqual(bubbles(pipeline, durations(F, I, W)));
    }));
  });
});
