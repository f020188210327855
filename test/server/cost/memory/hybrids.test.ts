/** What layers with a state, compressed caches and shared ones keep of one token for the backward pass, tensor by tensor, by hand. BF16. */

import { describe, expect, it } from "vitest";
import { savedByLayer, workingBytes } from "../../../../server/src/cost/memory/activations";
import { flowOf } from "../../../../server/src/cost/memory/flow";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import type { LayerBlocks } from "../../../../server/src/cost/plan/stages";
import { deepSeekV4Flash, hunyuanLarge, kimiLinear, nemotron3Nano, nemotron3Super, qwen3Next } from "../hybrids";
import { layout } from "../compute/records";

const attention = (record: ModelRecord, index = 0): LayerBlocks => ({ attention: record.attention[index], ffn: undefined });
const saved = (record: ModelRecord, blocks: LayerBlocks, recompute: "none" | "selective" | "full" = "none", degrees = {}): number =>
  savedByLayer(blocks, flowOf(record, layout(degrees), 1, recompute, 1)).value;

const norms = (width: number): number => 2 * 2 * width;

describe("kept of a token", () => {
  it("by Qwen3-Next's gated delta rule: 8,192 channels before and after the convolution, 32 heads of 128", () => {
    const gates = 2 * 32 * 4;
    const withinChunks = 32 * 64 * 2;
    const expected = norms(2048) + 2 * 8192 * 2 + gates + withinChunks + 3 * 4096 * 2;
    expect(saved(qwen3Next, attention(qwen3Next))).toBe(expected);
    // the norm's output and the gated output are made again
    expect(saved(qwen3Next, attention(qwen3Next), "selective")).toBe(expected - 2048 * 2 - 4096 * 2);
    expect(saved(qwen3Next, attention(qwen3Next), "full")).toBe(2048 * 2);
  });

  it("by Kimi Linear's delta attention: a decay for each of 32 x 128 elements in FP32, and two products within chunks", () => {
    const gates = 128 * 2 + 32 * 128 * 4 + 32 * 4;
    expect(saved(kimiLinear, attention(kimiLinear))).toBe(norms(2304) + 2 * 12_288 * 2 + gates + 2 * 32 * 64 * 2 + 4096 * 2 + (4096 + 128) * 2 + 4096 * 2);
  });

  it("by Nemotron 3 Nano's Mamba-2, whose convolution runs again: 6,144 channels once", () => {
    expect(saved(nemotron3Nano, attention(nemotron3Nano))).toBe(norms(2688) + 6144 * 2 + 64 * 2 + 3 * 4096 * 2);
  });

  it("by DeepSeek-V4-Flash's sparse layers, with four residual streams", () => {
    const queries = 64 * 512;
    const entries = 512 + 128;
    const projections = norms(1024) + 2 * (queries + 512) * 2;
    const compressed = 2 * 2 * entries * 2 + (entries * 2) / 4;
    const indexer = 64 * (128 + 1) * 2 + 512 * 4;
    const output = queries * 2 + 8 * 1024 * 2 + 64 * 4;
    const streams = 4 * 4096 * 2 + 4096 * 2;
    expect(saved(deepSeekV4Flash, attention(deepSeekV4Flash, 1))).toBe(norms(4096) + projections + compressed + indexer + output + streams);
  });

  it("by a layer that reads another one's cache: no keys and values of 8 heads of 80, nor keys before their norm", () => {
    const own = attention(hunyuanLarge);
    expect(saved(hunyuanLarge, own) - saved(hunyuanLarge, { ...own, shares_cache: true })).toBe(3 * 8 * 80 * 2);
  });

  it("by experts in a latent: 22 copies 1,024 wide, and the latent there and back", () => {
    const experts: LayerBlocks = { attention: undefined, ffn: nemotron3Super.ffn[0] };
    const shared = 2 * 5376 * 2;
    const routed = 22 * (1024 + 2 * 2688) * 2;
    expect(saved(nemotron3Super, experts)).toBe(norms(4096) + 512 * 13 + 2 * 1024 * 2 + routed + shared);
  });
});

describe("on two tensor-parallel GPUs", () => {
  it("heads with a state are shared out, groups of B and C too", () => {
    const tensors = (tp: number): number => saved(nemotron3Nano, attention(nemotron3Nano), "none", { tp });
    expect(2 * tensors(2)).toBe(tensors(1));
  });
});

describe("needed for a moment", () => {
  it("are the states of every chunk and their gradients: 32 heads of 128 x 128 for each 64 tokens, twice in bf16", () => {
    const flow = flowOf(qwen3Next, layout(), 64, "none", 1);
    expect(workingBytes(attention(qwen3Next), flow)).toBe(64 * 2 * (2048 + 8192 + 2 * 4096) + 2 * 2 * 32 * 128 * 128);
  });
});
