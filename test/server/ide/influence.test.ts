// What a key costs where it stands. Expected figures are worked by hand from the formulas of the papers.
import { describe, expect, it } from "vitest";
import { metricOf } from "../../../server/src/analysis";
import { bindDeclaration, type BoundBlock } from "../../../server/src/core";
import { hover } from "../../../server/src/ide";
import { influenceOf, numericKey, type Influence } from "../../../server/src/ide/influence";
import { smallPlans } from "../../kit/plans";
import { openFiles } from "../../kit/workspace";

/** A model with latent attention: 4 layers, a latent of 512 and a rotary key of 64 in BF16. */
const latent = `model Latent {
  layers = 4, hidden_size = 1024, vocab_size = 32_000
  attention mla { heads = 8, kv_lora_rank = 512, qk_nope_head_dim = 64, qk_rope_head_dim = 64, v_head_dim = 64 }
  ffn dense { intermediate_size = 4 * hidden_size }
}
`;

function boundIn(text: string, name: string) {
  const files = openFiles({ "a.dsco": text });
  const symbol = files.scope.symbols.get(name);
  const bound = symbol?.kind === "declaration" ? bindDeclaration(files.workspace, symbol.node, files.scope) : undefined;
  if (!bound) throw new Error(`no ${name}`);
  return { ...files, bound };
}

const blockWith = (block: BoundBlock, key: string): BoundBlock | undefined =>
  block.properties.has(key) ? block : block.blocks.map((inner) => blockWith(inner, key)).find((found) => found !== undefined);

/** What a key of one declaration does to the figures of it, or of another one. */
function influence(text: string, name: string, key: string, of = name): Influence | undefined {
  const { workspace, bound, scope } = boundIn(text, name);
  const block = blockWith(bound.block, key);
  const number = block && numericKey(workspace, block, key);
  const symbol = scope.symbols.get(of);
  const user = symbol?.kind === "declaration" ? bindDeclaration(workspace, symbol.node, scope) : undefined;
  return number && user && influenceOf(workspace, user, number);
}

const moved = (found: Influence | undefined, id: string) => found?.moves.find(({ metric }) => metric.id === id);

describe("the influence of a key", () => {
  it("of a latent's rank: the cache is 2 bytes x 4 layers x (rank + 64)", () => {
    const found = influence(latent, "Latent", "kv_lora_rank");
    expect(found).toMatchObject({ change: "halved", to: 256 });
    expect(moved(found, "kv_bytes_per_token")).toMatchObject({ before: 2 * 4 * 576, after: 2 * 4 * 320, part: 2 * 4 * 512 });
    expect(found?.moves[0]?.metric.id).toBe("kv_bytes_per_token");
  });

  it("of the vocabulary: two matrices of it, and the rest", () => {
    const found = influence(latent, "Latent", "vocab_size");
    expect(moved(found, "total_params")?.part).toBe(2 * 32_000 * 1024);
    expect(moved(found, "kv_bytes_per_token")).toBeUndefined();
  });

  it("reaches what is written in terms of it: the width enters attention, ffn and embedding, not in proportion", () => {
    const found = influence(latent, "Latent", "hidden_size");
    const total = moved(found, "total_params");
    // per layer 12 x width^2 of the dense network alone becomes a quarter
    expect(total && total.before - total.after).toBeGreaterThan(4 * 12 * (1024 ** 2 - 512 ** 2));
    expect(total?.part).toBeUndefined();
  });

  it("is that of doubling where half is no whole number, or where a rule forbids half", () => {
    expect(influence(latent.replace("kv_lora_rank = 512", "kv_lora_rank = 511"), "Latent", "kv_lora_rank")).toMatchObject({ change: "doubled", to: 1022 });
    // two query heads cannot share four key and value heads
    expect(influence(smallPlans.replace("heads = 16, kv_heads = 4", "heads = 4, kv_heads = 4"), "Small", "heads")).toMatchObject({ change: "doubled", to: 8 });
  });

  it("is none where neither half nor twice can be", () => {
    // one of two experts, or all four of two: half is below what a token is sent to, twice above what is there
    const odd = smallPlans.replace("routed_experts = 16, top_k = 2", "routed_experts = 5, top_k = 5");
    expect(influence(odd, "Small", "top_k")).toBeUndefined();
  });

  it("is none of words, lists, zero and what nobody wrote", () => {
    const { workspace, bound } = boundIn(smallPlans, "Split");
    expect(numericKey(workspace, bound.block, "schedule")).toBeUndefined();
    expect(numericKey(workspace, bound.block, "dp")).toBeUndefined();
    expect(numericKey(workspace, bound.block, "tp")).toBeUndefined();
    expect(numericKey(workspace, bound.block, "pp")?.value).toBe(2);
    const zero = boundIn("parallelism A { zero = 0 }\n", "A");
    expect(numericKey(zero.workspace, zero.bound.block, "zero")).toBeUndefined();
  });

  it("of a layout and a workload is that in a plan", () => {
    // a step of 64 sequences becomes one of 32: half the micro-batches of eight replicas
    const found = influence(smallPlans, "Learn", "global_batch_size", "Train");
    expect(found).toMatchObject({ change: "halved", to: 32 });
    expect(moved(found, "micro_batches")).toMatchObject({ before: 8, after: 4, part: 8 });
    // twice the price, half of it is money
    const price = influence(smallPlans, "Rack", "price", "Train");
    expect(price?.moves.map(({ metric }) => metric.id)).toEqual(["training_cost"]);
    expect(price?.moves[0]?.part).toBeCloseTo(price?.moves[0]?.before ?? 0, 9);
  });

  it("follows a key into declarations that extend its own", () => {
    const text = `${smallPlans}workload More extends Learn { tokens = 2B }\nplan Other extends Train { workload = More }\n`;
    expect(moved(influence(text, "Learn", "global_batch_size", "Other"), "micro_batches")).toMatchObject({ before: 8, after: 4 });
    expect(influence(text, "Learn", "tokens", "Other")?.moves).toEqual([]);
  });

  it("is shown though a requirement then fails: that is a finding", () => {
    const text = latent.replace("  layers = 4", "  require kv_bytes_per_token >= 4 KB\n  layers = 4");
    const found = influence(text, "Latent", "kv_lora_rank");
    expect(moved(found, "kv_bytes_per_token")?.after).toBe(2560);
    expect(found?.fails).toEqual([expect.stringMatching(/^`kv_bytes_per_token` is 2\.560 KB, required is at least 4 KB/)]);
  });

  it("says why half is not possible, and what moves by the same factor", () => {
    const found = influence(smallPlans.replace("heads = 16, kv_heads = 4", "heads = 4, kv_heads = 4"), "Small", "heads");
    expect(found?.obstacle).toContain("kv_heads");
    const nodes = influence(smallPlans, "Rack", "nodes");
    expect(nodes?.moves.map(({ metric, alike }) => [metric.id, ...alike.map(({ id }) => id)])).toEqual([["gpus", "peak_flops", "memory_total", "cost_per_hour"]]);
    // counts divide what there is: they come behind what costs
    expect(influence(smallPlans, "Rack", "nodes", "Train")?.moves.at(-1)?.metric.id).toBe("data_parallel");
  });

  it("leaves the design as it is", () => {
    const { workspace, bound } = boundIn(smallPlans, "Train");
    const before = metricOf(workspace, bound, "step_time");
    influence(smallPlans, "Split", "pp", "Train");
    expect(metricOf(workspace, bound, "step_time")).toEqual(before);
  });
});

describe("the hover of a key", () => {
  const hoverAt = (text: string, wanted: string) => {
    const { workspace, uri, scope } = openFiles({ "a.dsco": text });
    return hover(workspace, uri, scope.source.lines.position(text.indexOf(wanted) + 1))?.contents ?? "";
  };

  it("says what it costs here, with its share and what half of it saves", () => {
    const text = hoverAt(latent, "kv_lora_rank");
    expect(text).toContain("Of KV cache per token, 4.096 KB of 4.608 KB are in proportion to it: 88.89 %.");
    expect(text).toMatch(/^Halving it to 256 moves KV cache per token most:\n\n\* KV cache per token: 4\.608 KB → 2\.560 KB \(-44\.44 %, 2\.048 KB less\)$/m);
  });

  it("names the plan whose figures move", () => {
    expect(hoverAt(smallPlans, "global_batch_size")).toMatch(/In `plan Train`, halving it to 32 moves [\w -]+ most:\n\n\* /);
    expect(hoverAt(smallPlans, "price = 2")).toMatch(/In `plan Train`, halving it to 1\.000 USD\/h:\n\n\* Training cost: /);
  });

  it("says nothing of costs at a word", () => {
    expect(hoverAt(smallPlans, "schedule = 1f1b")).not.toContain("What it costs");
  });
});
