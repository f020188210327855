/** Bytes of tensor, context, pipeline and data parallelism, by hand. */

import { describe, expect, it, test } from "vitest";
import { linksOf } from "../../../../server/src/cost/communication/links";
import {
  contextParallelTransfers, gradientSync, pipelineSend, tensorParallelTransfers, vocabularyTransfers,
} from "../../../../server/src/cost/communication/parallel";
import type { Transfer } from "../../../../server/src/cost/communication/transfer";
import type { AttentionRecord } from "../../../../server/src/cost/model/record";
import { groupsOf, layoutOf, type Group } from "../../../../server/src/cost/plan/layout";
import { planRecord } from "../../../kit/plan";
import { gqa, mla } from "../models";

/** Llama 3.1 405B: hidden 16384, 128 heads, 8 key-value heads of 128; 2,048 H800. Only the links' rates are the cluster's own. */
function llama(parallelism: string) {
  const plan = planRecord({ model: "Llama3_1_405B", parallelism });
  const layout = layoutOf(plan);
  return { plan, layout, groups: groupsOf(layout, plan.hardware), links: linksOf(plan.hardware, plan.efficiency, "ideal") };
}

/** A buffer of 8192 tokens x 16384 x 2 B. */
const buffer = 8192 * 16_384 * 2;
const up = ({ scale_up_bytes }: Transfer): number => scale_up_bytes;
const out = ({ scale_out_bytes }: Transfer): number => scale_out_bytes;

describe("tensor parallelism of 8 in a node", () => {
  const bytes = (parallelism: string, parts: "both" | "attention" | "ffn" = "both") => {
    const { plan, layout, groups, links } = llama(parallelism);
    const attention = parts === "ffn" ? undefined : plan.model.attention[0];
    const ffn = parts === "attention" ? undefined : plan.model.ffn[0];
    const { forward, backward } = tensorParallelTransfers(plan, layout, groups, attention, ffn, 8192, links);
    return [up(forward), up(backward), out(forward)];
  };
  it("gathers and scatters twice a layer; the backward pass gathers once more each", () => {
    expect(bytes("tp = 8, pp = 16")).toEqual([4 * (7 / 8) * buffer, 6 * (7 / 8) * buffer, 0]);
  });
  it("all-reduces twice a layer and pass without sequence parallelism: as many bytes forward", () => {
    expect(bytes("tp = 8, pp = 16, sequence_parallel = false")).toEqual([4 * (7 / 8) * buffer, 4 * (7 / 8) * buffer, 0]);
  });
  it("half a layer exchanges half", () => {
    expect(bytes("tp = 8", "attention")[0]).toBe(2 * (7 / 8) * buffer);
    expect(bytes("tp = 8", "ffn")[0]).toBe(2 * (7 / 8) * buffer);
  });
  it("nothing without it", () => {
    expect(bytes("tp = 1")).toEqual([0, 0, 0]);
  });
  it("embedding and head exchange once", () => {
    const { plan, layout, groups, links } = llama("tp = 8");
    const { embedding, head } = vocabularyTransfers(plan, layout, groups, 8192, links);
    const each = (7 / 8) * buffer;
    expect([embedding.forward, embedding.backward, head.forward, head.backward].map(up)).toEqual([each, each, each, 2 * each]);
  });
});

describe("a mixture of experts under tensor parallelism", () => {
  const bytes = (parallelism: string, shared: number) => {
    const plan = planRecord({ parallelism });
    const layout = layoutOf(plan);
    const block = plan.model.ffn.find(({ kind }) => kind === "moe");
    if (block?.kind !== "moe") throw new Error("no mixture of experts");
    const links = linksOf(plan.hardware, plan.efficiency, "ideal");
    return up(tensorParallelTransfers(plan, layout, groupsOf(layout, plan.hardware), undefined, { ...block, shared_experts: shared }, 4096, links).forward);
  };
  const tokens = 4096 * 7168 * 2;
  it("routed experts exchange by expert parallelism, shared ones by tensor parallelism", () => {
    expect(bytes("tp = 4, ep = 8", 0)).toBe(0);
    expect(bytes("tp = 4, ep = 8", 1)).toBe(2 * (3 / 4) * tokens);
  });
  it("split experts gather and scatter the 8 copies of a quarter of the tokens from 2 GPUs", () => {
    expect(bytes("tp = 4, ep = 8, etp = 2", 0)).toBe(2 * (1 / 2) * (2 * 8 * tokens) / 4);
  });
});

describe("context parallelism", () => {
  const transfers = (parallelism: string) => {
    const { plan, layout, groups, links } = llama(parallelism);
    return contextParallelTransfers(plan, layout, groups, plan.model.attention[0], 2048, links);
  };
  it("gathers the keys and values of all 4 x 2048 tokens, one head of each a GPU, from 4 nodes", () => {
    // 2 x 1 head x 128 x 2 B = 512 B a token
    const { forward, backward } = transfers("tp = 8, cp = 4");
    expect(out(forward)).toBeCloseTo((3 / 4) * 8192 * 512, 3);
    expect(out(backward)).toBeCloseTo(2 * (3 / 4) * 8192 * 512, 3);
  });
  it("more GPUs than heads hold a head several times", () => {
    const per = (tp: number): number => { const { forward } = transfers(`tp = ${tp}, cp = 4`); return up(forward) + out(forward); };
    expect(per(16)).toBeCloseTo(per(8), 3);
  });
  it("of mla expands keys and values: 128 heads x (128 + 64 + 128)", () => {
    const plan = planRecord({ parallelism: "cp = 8" });
    const layout = layoutOf(plan);
    const links = linksOf(plan.hardware, plan.efficiency, "ideal");
    const { forward } = contextParallelTransfers(plan, layout, groupsOf(layout, plan.hardware), plan.model.attention[0], 512, links);
    expect(up(forward)).toBeCloseTo((7 / 8) * 4096 * 128 * 320 * 2, 3);
  });
  it("of sparse mla gathers the latent and the keys of the indexer, of compressed caches one entry a block", () => {
    const { plan, layout, groups, links } = llama("cp = 4");
    const indexer = { indexer_heads: 64, indexer_head_dim: 128, top_k: 2048, shared_indexer: false };
    const sparse = mla({ layers: [0], heads: 128, q_lora_rank: 1536, sparse: indexer });
    const compressed = gqa({ layers: [0], heads: 64, kv_heads: 1, head_dim: 512, tie_kv: true, compress: 4, sparse: indexer });
    const gathered = (block: AttentionRecord): number => { const { forward } = contextParallelTransfers(plan, layout, groups, block, 2048, links); return up(forward) + out(forward); };
    expect(gathered(sparse)).toBeCloseTo((3 / 4) * 8192 * (512 + 64 + 128) * 2, 3);
    expect(gathered(compressed)).toBeCloseTo((3 / 4) * 8192 * ((512 + 128) / 4) * 2, 3);
  });
  it("does not know how a state passes on", () => {
    const { plan, layout, groups, links } = llama("cp = 2");
    const state = {
      kind: "kda", layers: [0], post_norm: false, heads: 2, value_heads: 2, key_head_dim: 8, value_head_dim: 8, state_size: 8, conv_kernel: 4, output_gate: true, gate_rank: 8,
    } as const;
    expect(() => contextParallelTransfers(plan, layout, groups, state, 1, links)).toThrow("`attention kda`");
  });
});

describe("from stage to stage", () => {
  const send = (parallelism: string) => {
    const { plan, layout, groups, links } = llama(parallelism);
    return pipelineSend(plan, layout, groups, 8192, links);
  };
  it("each GPU of a tensor group sends its part over its own card", () => {
    expect([up(send("tp = 8, pp = 16")), out(send("tp = 8, pp = 16"))]).toEqual([0, buffer / 8]);
  });
  it("hyper-connections send all of their streams", () => {
    const { plan, layout, groups, links } = llama("tp = 8, pp = 16");
    const streams = { ...plan, model: { ...plan.model, hyper_connections: 4 } };
    expect(out(pipelineSend(streams, layout, groups, 8192, links))).toBe((4 * buffer) / 8);
  });
  it("without sequence parallelism the receivers gather the whole", () => {
    const transfer = send("tp = 8, pp = 16, sequence_parallel = false");
    expect([up(transfer), out(transfer)]).toEqual([(7 / 8) * buffer, buffer / 8]);
  });
  it("one stage sends nothing", () => {
    expect(send("tp = 8").time).toBe(0);
  });
});

describe("data parallelism over 16 replicas in as many nodes, a billion parameters", () => {
  const sync = (zero: number) => {
    const { plan, groups, links } = llama(`tp = 8, pp = 16, zero = ${zero}`);
    const { gradients, weights } = gradientSync(plan, groups, { dense: 1e9, expert: 0 }, 10, links);
    return [out(gradients) / 1e9, out(weights) / 1e9];
  };
  // FP32 gradients 4 GB, BF16 weights 2 GB, 15/16 of each
  it.each([
    [0, 2 * 3.75, 0],
    [1, 3.75, 1.875],
    [2, 37.5, 1.875],
    [3, 37.5, 37.5],
  ])("ZeRO %i: %d GB of gradients, %d GB of weights", (zero, gradients, weights) => {
    const [sent = Number.NaN, gathered = Number.NaN] = sync(zero);
    expect(sent).toBeCloseTo(gradients, 9);
    expect(gathered).toBeCloseTo(weights, 9);
  });
});

test("experts are reduced over their own replicas", () => {
  const plan = planRecord({});
  const layout = layoutOf(plan);
  const groups = groupsOf(layout, plan.hardware);
  const links = linksOf(plan.hardware, plan.efficiency, "ideal");
  const twoReplicas: Group = { size: 2, per_domain: 1 };
  expect(groups.expert_dp).toEqual(twoReplicas);
  // gradients are FP32: a billion of them, half of which crosses
  expect(out(gradientSync(plan, groups, { dense: 0, expert: 1e9 }, 1, links).gradients)).toBeCloseTo(2e9, 3);
});
