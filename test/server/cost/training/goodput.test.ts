import fc from "fast-check";
import { expect, test } from "vitest";
import { bestInterval, clusterMtbf, goodputOf, lossesOf } from "../../../../server/src/cost/training/goodput";

test("failures of all parts add up", () => {
  // 16,384 GPUs that each fail every 50,000 h: one failure every 3.052 h
  expect(clusterMtbf({ gpu_mtbf: 50_000 * 3600 }, 16_384, 2048) / 3600).toBeCloseTo(3.0518, 4);
  expect(clusterMtbf({ gpu_mtbf: 50_000 * 3600, node_mtbf: 50_000 * 3600 }, 16_384, 2048) / 3600).toBeCloseTo(50_000 / 18_432, 4);
  expect(clusterMtbf({}, 8, 1)).toBe(Infinity);
});

// arXiv:2407.21783, section 3.3.4: 419 unexpected interruptions in 54 days, effective training time above 90 %
test("Llama 3's failures leave more than 90 %", () => {
  const mtbf = (54 * 86_400) / 419;
  const checkpoint = 10;
  expect(goodputOf(lossesOf(checkpoint, bestInterval(checkpoint, mtbf), mtbf, 300))).toBeGreaterThan(0.9);
});

test("the best interval is no worse than any other", () => {
  fc.assert(fc.property(fc.double({ min: 1, max: 100, noNaN: true }), fc.double({ min: 1e4, max: 1e7, noNaN: true }), fc.double({ min: 1.2, max: 5, noNaN: true }), (checkpoint, mtbf, factor) => {
    const best = bestInterval(checkpoint, mtbf);
    const loss = (interval: number): number => {
      const { checkpoints, lost_work } = lossesOf(checkpoint, interval, mtbf, 0);
      return checkpoints + lost_work;
    };
    expect(loss(best)).toBeLessThanOrEqual(loss(best * factor) + 1e-12);
    expect(loss(best)).toBeLessThanOrEqual(loss(best / factor) + 1e-12);
  }));
});

test("goodput is a share", () => {
  const positive = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
  fc.assert(fc.property(positive, positive, positive, positive, (checkpoint, interval, mtbf, restart) => {
    const share = goodputOf(lossesOf(checkpoint, interval, mtbf, restart));
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  }));
});
