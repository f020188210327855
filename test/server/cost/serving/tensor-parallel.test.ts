/** All-reduces of decoding: small ones inside a node. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allReduce, smallAllReduce } from "../../../../server/src/cost/communication/collectives";
import { linksOf } from "../../../../server/src/cost/communication/links";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import { planRecord } from "../../../kit/plan";

const plan = planRecord({ model: "Llama3_1_405B", hardware: "DGX_H100", parallelism: "tp = 8", workload: "phase = decode, context_length = 1024, batch_per_gpu = 1" });
const links = linksOf(plan.hardware, plan.efficiency, "estimate");
const node = { size: 8, per_domain: 8 };

describe("an all-reduce on 8 H100", () => {
  /** sgl-project/sglang, pull request 2904, without CUDA graphs: SGLang's kernel, and vLLM's, which copies first. Microseconds. */
  it.each([
    [512, 5.9, 10.1],
    [4096, 5.7, 9.3],
    [32_768, 7.8, 11.8],
    [262_144, 16.7, 24.1],
    [524_288, 22.1, 30.4],
    [1_048_576, 33.8, 45],
  ])("of %d B takes about what kernels of serving engines take", (bytes, fast, slow) => {
    const time = smallAllReduce(bytes, node, links).time * 1e6;
    expect(time).toBeGreaterThan(0.6 * fast);
    expect(time).toBeLessThan(slow);
  });

  it("is never slower than the collective, and the collective where it is large or leaves the domain", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 2, max: 8 }), (bytes, size) => {
      const group = { size, per_domain: size };
      expect(smallAllReduce(bytes, group, links).time).toBeLessThanOrEqual(allReduce(bytes, group, links).time);
    }));
    expect(smallAllReduce(1e8, node, links)).toEqual(allReduce(1e8, node, links));
    const spread = { size: 16, per_domain: 8 };
    expect(smallAllReduce(1e4, spread, { ...links, scale_out: { bandwidth: 40e9, latency: 3e-6 } })).toEqual(allReduce(1e4, spread, { ...links, scale_out: { bandwidth: 40e9, latency: 3e-6 } }));
  });
});

it("a layer of a dense model runs two: 126 layers of Llama 3.1 405B, 16,384 values in BF16, beside those of the embedding and the head", () => {
  const { parts } = evaluationOf(plan).serving("estimate");
  const one = smallAllReduce(2 * 16_384, node, links).time;
  expect(parts.tensor_parallel).toBeGreaterThan(252 * one);
  expect(parts.tensor_parallel).toBeLessThan(252 * one + 100e-6);
});
