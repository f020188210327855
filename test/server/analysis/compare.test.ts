import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareDeclarations, isComparable, loadStandard, standardDeclarations, type ComparedFact, type Comparison } from "../../../server/src/analysis";
import { bindDeclaration, fileScope, type BoundDeclaration, type Workspace } from "../../../server/src/core";
import { standardLibrary } from "../../../server/src/std";
import { openFiles } from "../../kit/workspace";

/** The declarations `A` and `B` of one text beside each other. */
function comparison(text: string): Comparison {
  const { workspace, scope } = openFiles({ "a.dsco": text });
  const [left, right] = ["A", "B"].map((name) => named(workspace, scope.uri, name));
  if (!left || !right) throw new Error("the text declares no A and no B");
  return compareDeclarations(workspace, left, right);
}

function named(workspace: Workspace, uri: string, name: string): BoundDeclaration | undefined {
  const scope = fileScope(workspace, uri);
  const node = scope?.declarations.find((candidate) => candidate.name?.text === name);
  return scope && node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
}

const side = (fact: ComparedFact["left"]): string => (fact ? `${fact.text}${fact.origin === "default" ? " (default)" : ""}` : "-");
/** One line a fact: `attention mla.kv_lora_rank: 512 | 256`. */
const factsOf = (text: string): readonly string[] =>
  comparison(text).facts.map(({ owner, path, left, right }) => `${[...owner, path].join(".")}: ${side(left)} | ${side(right)}`);

const layers = "layers = 4, hidden_size = 64, vocab_size = 100";
const gqa = "attention gqa { heads = 8, kv_heads = 2 }";
const dense = "ffn dense { intermediate_size = 16 }";
const model = (name: string, ...parts: readonly string[]) => `model ${name} {\n${[layers, ...parts].join("\n")}\n}\n`;

describe("facts", () => {
  test.each<[what: string, left: string, right: string, facts: readonly string[]]>([
    ["nothing", `${gqa}\n${dense}`, `${gqa}\n${dense}`, []],
    ["a value", `${gqa}\n${dense}`, `${gqa}\nffn dense { intermediate_size = 2 * 16 }`, ["ffn dense.intermediate_size: 16 | 32"]],
    ["the same value written otherwise", `${gqa}\nffn dense { intermediate_size = 1Ki }`, `${gqa}\nffn dense { intermediate_size = 1_024 }`, []],
    ["a default that is written out", `${gqa}\n${dense}`, `tie_embeddings = false\nattention gqa { heads = 8, kv_heads = 2, head_dim = 8 }\n${dense}`, []],
    ["a default on one side", `${gqa}\n${dense}`, `tie_embeddings = true\n${gqa}\n${dense}`, ["tie_embeddings: false (default) | true"]],
    ["a key on one side", `max_context = 4096\n${gqa}\n${dense}`, `${gqa}\n${dense}`, ["max_context: 4,096 | -"]],
    ["a default that follows", `${gqa}\n${dense}`, `attention gqa { heads = 4, kv_heads = 2 }\n${dense}`,
      ["attention gqa.heads: 8 | 4", "attention gqa.head_dim: 8 (default) | 16 (default)"]],
    ["a block on one side", `${gqa}\n${dense}\nmtp { depth = 1, acceptance = 85% }`, `${gqa}\n${dense}`, ["mtp.depth: 1 | -", "mtp.acceptance: 85 % | -"]],
    ["a block that nobody need write", `${gqa}\n${dense}\nprecision { kv_cache = fp8_e4m3 }`, `${gqa}\n${dense}`,
      ["precision.kv_cache: fp8_e4m3 | bf16 (default)", "precision.index_cache: fp8_e4m3 (default) | bf16 (default)"]],
    ["a block of another kind", `${gqa}\n${dense}`, `attention mha { heads = 8 }\n${dense}`,
      ["attention: gqa | mha", "attention.kv_heads: 2 | 8 (default)"]],
    ["a block inside of another kind", `${gqa}\nffn moe { routed_experts = 8, top_k = 2, intermediate_size = 16, balance loss_free { bias_update_rate = 0.001 } }`,
      `${gqa}\nffn moe { routed_experts = 8, top_k = 2, intermediate_size = 16, balance auxiliary_loss { alpha = 0.01 } }`,
      ["ffn moe.balance: loss_free | auxiliary_loss", "ffn moe.balance.bias_update_rate: 0.001 | -", "ffn moe.balance.alpha: - | 0.01"]],
    ["layer sets, equal where they are written otherwise", `${gqa}\nffn dense { layers = [0, 1], intermediate_size = 16 }\nffn dense { layers = 2..3, intermediate_size = 32 }`,
      `${gqa}\nffn dense { layers = 0..1, intermediate_size = 16 }\nffn dense { intermediate_size = 32 }`, []],
    ["layer sets", `${gqa}\nffn dense { layers = 0, intermediate_size = 16 }\nffn moe { layers = 1..3, routed_experts = 8, top_k = 2, intermediate_size = 16 }`,
      `${gqa}\nffn dense { layers = [0, 3], intermediate_size = 16 }\nffn moe { layers = 1..2, routed_experts = 8, top_k = 2, intermediate_size = 16 }`,
      ["ffn dense.layers: 0 | [0, 3]", "ffn moe.layers: 1..3 | 1..2"]],
    ["layers that follow from other facts", `${gqa}\nffn dense { layers = 0, intermediate_size = 16 }\nffn dense { intermediate_size = 32 }`,
      `${gqa}\nffn dense { layers = 0..1, intermediate_size = 16 }\nffn dense { intermediate_size = 32 }`, ["ffn dense[0].layers: 0 | 0..1"]],
    ["a kind of block on one side", `${gqa}\nffn dense { layers = 0..1, intermediate_size = 16 }\nffn moe { layers = 2..3, routed_experts = 8, top_k = 2, intermediate_size = 16 }`, `${gqa}\n${dense}`,
      ["ffn dense.layers: 0..1 | 0..3 (default)", "ffn moe.layers: 2..3 | -", "ffn moe.routed_experts: 8 | -", "ffn moe.top_k: 2 | -", "ffn moe.intermediate_size: 16 | -"]],
    ["blocks of one kind, joined by likeness and not by their order", `attention gqa { layers = 0..2, heads = 8, kv_heads = 2, window = 128 }\nattention gqa { layers = 3, heads = 8, kv_heads = 2 }\n${dense}`,
      `attention gqa { layers = 0, heads = 8, kv_heads = 2 }\nattention gqa { layers = 1..3, heads = 8, kv_heads = 2, window = 256 }\n${dense}`,
      ["attention gqa[0].layers: 0..2 | 1..3", "attention gqa[0].window: 128 | 256", "attention gqa[1].layers: 3 | 0"]],
    ["blocks of one kind before others on the same layers", `attention mha { layers = 0..1, heads = 8 }\nattention gqa { layers = 2..3, heads = 8, kv_heads = 2 }\n${dense}`,
      `attention gqa { layers = 0..1, heads = 4, kv_heads = 1, window = 64 }\nattention mha { layers = 2..3, heads = 8, bias = true, qk_norm = true }\n${dense}`,
      ["attention mha.layers: 0..1 | 2..3", "attention mha.bias: false (default) | true", "attention mha.qk_norm: false (default) | true",
        "attention gqa.layers: 2..3 | 0..1", "attention gqa.heads: 8 | 4", "attention gqa.kv_heads: 2 | 1", "attention gqa.head_dim: 8 (default) | 16 (default)", "attention gqa.window: - | 64"]],
    ["a value in error", `${gqa}\n${dense}`, `attention gqa { heads = eight, kv_heads = 2 }\n${dense}`, ["attention gqa.heads: 8 | no valid value"]],
    ["the same error", `attention gqa { heads = eight, kv_heads = 2 }\n${dense}`, `attention gqa { heads = eight, kv_heads = 2 }\n${dense}`, []],
    ["a kind in error", `${gqa}\n${dense}`, `attention gpa { heads = 8 }\n${dense}`,
      ["attention: gqa | gpa", "attention.kv_heads: 2 | -"]],
    ["a kind that is missing", `${gqa}\n${dense}`, `attention { heads = 8 }\n${dense}`, ["attention: gqa | no valid kind", "attention.kv_heads: 2 | -"]],
  ])("%s", (_what, left, right, facts) => {
    expect(factsOf(model("A", left) + model("B", right))).toEqual(facts);
  });

  test("what has no value on both sides is not counted as equal", () => {
    const count = (attention: string) => comparison(model("A", attention, dense) + model("B", attention, dense)).equalFacts;
    // `heads`, and `head_dim` that follows from it
    expect(count("attention gqa { heads = eight, kv_heads = 2 }")).toBe(count(gqa) - 2);
  });

  test("what `extends` and imports bring in counts, and says that it is inherited", () => {
    const base = model("Base", gqa, dense);
    const { workspace, uri } = openFiles({ "a.dsco": `import { Base } from "./b.dsco"\nmodel A extends Base {}\nmodel B extends Base { ffn dense { intermediate_size = 32 } }\n`, "b.dsco": base });
    const [left, right] = [named(workspace, uri, "A"), named(workspace, uri, "B")];
    const { facts, equalFacts } = compareDeclarations(workspace, left as BoundDeclaration, right as BoundDeclaration);
    expect(facts.map(({ path, left, right }) => [path, left?.origin, right?.origin])).toEqual([["ffn dense.intermediate_size", "inherited", "written"]]);
    expect(equalFacts).toBeGreaterThan(3);
  });

  test("values are in base units, prices by the hour, and the text says every digit where fewer would not tell them apart", () => {
    const gpu = (name: string, keys: string) => `gpu ${name} { ${keys} }\n`;
    const found = (left: string, right: string) => comparison(gpu("A", left) + gpu("B", right)).facts.map(({ path, left, right }) => [path, left, right]);
    expect(found("memory = 80 GB, memory_bandwidth = 3.35 TB/s", "memory = 79.1 GiB, memory_bandwidth = 3.35 TB/s")).toMatchObject([
      ["memory", { text: "80 GB", value: 80e9, unit: "B" }, { text: "84.93 GB", value: 79.1 * 2 ** 30, unit: "B" }],
    ]);
    expect(found("memory = 84_934_656_001 B", "memory = 84_934_656_000 B")).toMatchObject([
      ["memory", { text: "84,934,656,001 B" }, { text: "84,934,656,000 B" }],
    ]);
    const hardware = (name: string, price: string) => `hardware ${name} { gpu = G, gpus_per_node = 8, nodes = 1, price = ${price} }\n`;
    const { facts } = comparison(`${gpu("G", "memory = 80 GB, memory_bandwidth = 3 TB/s")}${hardware("A", "2 USD/h")}${hardware("B", "3.5 USD/h")}`);
    expect(facts.map(({ path, left, right }) => [path, left, right])).toMatchObject([
      ["price", { text: "2 USD/h", value: 2, unit: "USD/h" }, { text: "3.5 USD/h", value: 3.5, unit: "USD/h" }],
    ]);
  });
});

describe("what a declaration names", () => {
  const parts = `gpu G { memory = 80 GB, memory_bandwidth = 3 TB/s }
gpu G2 extends G { memory = 96 GB }
hardware H { gpu = G, gpus_per_node = 8, nodes = 1 }
hardware H2 extends H { gpu = G2, nodes = 2 }
${model("M", gqa, dense)}
parallelism P { tp = 8 }
parallelism P2 { tp = 4 }
workload W { phase = decode, context_length = 128, batch_per_gpu = 1 }
`;

  test("is compared under the key that names it", () => {
    const plan = (name: string, hardware: string, parallelism: string) => `plan ${name} { model = M, hardware = ${hardware}, parallelism = ${parallelism}, workload = W }\n`;
    expect(factsOf(parts + plan("A", "H", "P") + plan("B", "H2", "P2"))).toEqual([
      "hardware: H | H2", "hardware.gpu: G | G2", "hardware.gpu.memory: 80 GB | 96 GB", "hardware.nodes: 1 | 2", "parallelism: P | P2", "parallelism.tp: 8 | 4",
    ]);
    expect(factsOf(parts + plan("A", "H", "P") + plan("B", "H", "P"))).toEqual([]);
  });

  test("stands under its name where the name alone is the same", () => {
    const { workspace, uri } = openFiles({
      "a.dsco": `import { G } from "./b.dsco"\nhardware A { gpu = G, gpus_per_node = 8, nodes = 1 }\n`,
      "b.dsco": "gpu G { memory = 80 GB, memory_bandwidth = 3 TB/s }\n",
      "c.dsco": "gpu G { memory = 96 GB, memory_bandwidth = 3 TB/s }\nhardware B { gpu = G, gpus_per_node = 8, nodes = 1 }\n",
    });
    const other = new URL("c.dsco", uri).href;
    const { facts, equalFacts } = compareDeclarations(workspace, named(workspace, uri, "A") as BoundDeclaration, named(workspace, other, "B") as BoundDeclaration);
    // gpu, gpus_per_node, nodes, power_overhead; memory_bandwidth
    expect(equalFacts).toBe(5);
    expect(facts.map(({ owner, path, isEqual }) => [owner.join("."), path, isEqual])).toEqual([["", "gpu", true], ["gpu", "memory", false]]);
  });

  test("is compared once where two keys name it", () => {
    const plan = (name: string, hardware: string) => `plan ${name} { model = M, hardware = ${hardware}, parallelism = P, workload = W }\n`;
    const service = (name: string, plan: string) => `service ${name} { prefill = ${plan}, decode = ${plan}, input_tokens = 1, output_tokens = 1 }\n`;
    const facts = factsOf(parts + plan("X", "H") + plan("Y", "H2") + service("A", "X") + service("B", "Y"));
    expect(facts.filter((fact) => fact.includes("nodes"))).toEqual(["prefill.hardware.nodes: 1 | 2"]);
    expect(facts.at(-1)).toBe("decode: X | Y");
  });
});

describe("figures", () => {
  test("stand beside each other with what is equal", () => {
    const { figures } = comparison(model("A", gqa, dense) + model("B", gqa, "ffn dense { intermediate_size = 32 }"));
    const of = (id: string) => figures.find((figure) => figure.id === id);
    // three matrices of 64 by 16 more in each of four layers
    const [left, right] = [of("total_params")?.left, of("total_params")?.right];
    expect(left?.kind === "value" && right?.kind === "value" && right.value - left.value).toBe(4 * 3 * 64 * 16);
    expect(of("total_params")?.isEqual).toBe(false);
    // keys and values, 2 heads, 8 wide, 2 B, 4 layers
    expect(of("kv_bytes_per_token")).toMatchObject({ isEqual: true, left: { value: 2 * 2 * 8 * 2 * 4 }, right: { value: 2 * 2 * 8 * 2 * 4 } });
    expect(of("kv_bytes_per_sequence")).toMatchObject({ isEqual: true, left: { kind: "unavailable" }, right: { kind: "unavailable" } });
  });

  test("differ where the physical bound of a time alone does", () => {
    const text = (rate: string) => `hardware H${rate} { gpu = G, gpus_per_node = 1, nodes = 16, nic = N${rate}, nics_per_node = 1 }
nic N${rate} { rate = ${rate} GB/s, effective_bandwidth = 40 GB/s }
`;
    const moe = "ffn moe { routed_experts = 16, top_k = 2, intermediate_size = 16 }";
    const plan = (name: string, rate: string) => `plan ${name} { model = M, hardware = H${rate}, parallelism = P, workload = W }\n`;
    const { figures } = comparison(`gpu G { architecture = hopper, memory = 80 GB, memory_bandwidth = 3 TB/s, peak { bf16 = 900 TFLOPS } }
${model("M", gqa, moe)}parallelism P { ep = 16 }
workload W { phase = decode, context_length = 128, batch_per_gpu = 8 }
${text("50")}${text("60")}${plan("A", "50")}${plan("B", "60")}`);
    const exchange = figures.find(({ id }) => id === "ep_comm_time_per_layer");
    if (exchange?.left.kind !== "value" || exchange.right.kind !== "value") throw new Error("the exchange has no value");
    expect(exchange.right.value).toBe(exchange.left.value);
    expect((exchange.left.ideal ?? 0) / (exchange.right.ideal ?? 1)).toBeCloseTo(60 / 50, 12);
    expect(exchange.isEqual).toBe(false);
  });
});

describe("whatever is compared", () => {
  const entries = standardDeclarations().filter(({ keyword }) => isComparable(keyword));
  /** The standard library, and each part of it once more as a file: the same declarations at another address. */
  const copies = new Map([...standardLibrary].map(([uri, text]) => [`${uri.slice("std:".length)}.dsco`, text]));
  const { workspace } = openFiles(Object.fromEntries(copies));
  const found = (entry: { readonly uri: string; readonly name: string }) => named(workspace, entry.uri, entry.name) as BoundDeclaration;
  const copyOf = (entry: { readonly uri: string; readonly name: string }) => named(workspace, `file:///design/${entry.uri.slice("std:".length)}.dsco`, entry.name) as BoundDeclaration;

  test("the library is there twice", () => {
    expect(entries.length).toBeGreaterThan(60);
    expect(loadStandard(entries[0]?.uri ?? "").kind).toBe("source");
  });

  test.each(entries.map((entry) => [entry.name, entry] as const))("%s is the same as its copy", (_name, entry) => {
    const { facts, equalFacts, figures } = compareDeclarations(workspace, found(entry), copyOf(entry));
    expect(facts).toEqual([]);
    expect(equalFacts).toBeGreaterThan(0);
    expect(figures.filter(({ isEqual }) => !isEqual)).toEqual([]);
  });

  test("what differs one way differs the other way", () => {
    const pair = fc.tuple(fc.constantFrom(...entries), fc.constantFrom(...entries)).filter(([left, right]) => left.keyword === right.keyword);
    fc.assert(fc.property(pair, ([left, right]) => {
      const there = compareDeclarations(workspace, found(left), found(right));
      const back = compareDeclarations(workspace, found(right), found(left));
      // blocks of one kind are numbered in the order of the left side
      const line = (fact: ComparedFact, swapped: boolean) => [...fact.owner, fact.path.replace(/\[\d+\]/g, ""), ...(swapped ? [side(fact.right), side(fact.left)] : [side(fact.left), side(fact.right)])].join(" ");
      expect(there.facts.map((fact) => line(fact, false)).toSorted()).toEqual(back.facts.map((fact) => line(fact, true)).toSorted());
      expect(there.equalFacts).toBe(back.equalFacts);
      for (const fact of there.facts) expect(fact.isEqual || side(fact.left) !== side(fact.right)).toBe(true);
    }), { numRuns: 300 });
  });
});
