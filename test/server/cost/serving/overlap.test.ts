/** Two micro-batches on one GPU: the closed forms against a run of the two orders, step by step. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exposedOfTwo, type LayerWork } from "../../../../server/src/cost/serving/overlap";

const duration = fc.integer({ min: 0, max: 1000 });
const work: fc.Arbitrary<LayerWork> = fc.record({ attention: duration, dispatch: duration, ffn: duration, combine: duration });

const inTurn = ({ attention, dispatch, ffn, combine }: LayerWork): number => attention + dispatch + ffn + combine;

const dual = (layer: LayerWork, mode: "estimate" | "ideal", mayHalve: boolean): number => 2 * (layer.attention + layer.ffn) + exposedOfTwo(layer, mode, mayHalve);

type Step = readonly [stream: "compute" | "exchange", batch: "A" | "B", duration: number];

/** Each step begins when its stream is free and the step before of its micro-batch has ended. Time of a layer after many. */
function run(layer: readonly Step[], layers = 400): number {
  const free = { compute: 0, exchange: 0, A: 0, B: 0 };
  const endOf = (): number => Math.max(free.compute, free.exchange);
  const half = layers / 2;
  let middle = 0;
  for (let index = 0; index < layers; index++) {
    if (index === half) middle = endOf();
    for (const [stream, batch, time] of layer) {
      const end = Math.max(free[stream], free[batch]) + time;
      free[stream] = end;
      free[batch] = end;
    }
  }
  return (endOf() - middle) / half;
}

const whole = ({ attention, dispatch, ffn, combine }: LayerWork): readonly Step[] => [
  ["compute", "A", attention], ["exchange", "B", combine], ["exchange", "A", dispatch], ["compute", "B", attention],
  ["compute", "A", ffn], ["exchange", "B", dispatch], ["exchange", "A", combine], ["compute", "B", ffn],
];

/** The attention cut so that its first part covers the dispatch of the other and the second part its combine. */
function halved({ attention, dispatch, ffn, combine }: LayerWork): readonly Step[] {
  const cut = Math.min(attention, dispatch);
  const first = attention - cut < combine ? cut : Math.max(cut, attention - combine);
  const second = attention - first;
  return [
    ["compute", "A", first], ["exchange", "B", dispatch], ["compute", "B", ffn], ["compute", "A", second], ["exchange", "B", combine],
    ["compute", "B", first], ["exchange", "A", dispatch], ["compute", "A", ffn], ["compute", "B", second], ["exchange", "A", combine],
  ];
}

describe("one layer of two micro-batches", () => {
  /** By hand: attention 4, dispatch 1, ffn 2, combine 3. Whole: max(4,3) + max(4,1) + max(2,1) + max(2,3) = 13; halved: 2 x (max(4, 4) + 2) = 12. */
  it("takes the shorter of both orders", () => {
    const layer = { attention: 4, dispatch: 1, ffn: 2, combine: 3 };
    expect(dual(layer, "estimate", false)).toBe(13);
    expect(dual(layer, "estimate", true)).toBe(12);
    expect(dual(layer, "ideal", true)).toBe(12);
    expect(exposedOfTwo(layer, "estimate", false)).toBe(1);
  });

  it("lasts as long as a run of it says", () => {
    fc.assert(fc.property(work, (layer) => {
      expect(run(whole(layer))).toBeCloseTo(dual(layer, "estimate", false), 6);
    }));
  });

  it("a run with the attention in two parts lasts no longer than its formula", () => {
    fc.assert(fc.property(work, (layer) => {
      expect(run(halved(layer))).toBeLessThanOrEqual(2 * (Math.max(layer.attention, layer.dispatch + layer.combine) + layer.ffn));
    }));
  });

  it("lies between the longer stream alone and both one after the other", () => {
    fc.assert(fc.property(work, fc.boolean(), (layer, mayHalve) => {
      const time = dual(layer, "estimate", mayHalve);
      expect(time).toBeGreaterThanOrEqual(dual(layer, "ideal", mayHalve) - 1e-12);
      expect(time).toBeLessThanOrEqual(2 * inTurn(layer) + 1e-12);
    }));
  });
});
