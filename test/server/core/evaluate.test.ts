import { describe, expect, test } from "vitest";
import { implicitBlock, letValue, resolveSymbol, settledValue } from "../../../server/src/core";
import { checkFiles, declarationOf, openFiles } from "../../kit/workspace";

/** The value of `let x = …` in base units, or the first message. */
function valueOf(expression: string, before = ""): number | string {
  const { workspace, scope } = openFiles({ "main.dsco": `${before}\nlet x = ${expression}\n` });
  const symbol = resolveSymbol(workspace, scope, "x");
  if (symbol?.kind !== "let") throw new Error("no constant");
  const found = letValue(workspace, symbol);
  if (typeof found === "symbol") throw new Error("in progress");
  if (found.value?.kind === "quantity") return found.value.value;
  return found.problems[0]?.message ?? "no value";
}

describe("numbers and units", () => {
  test.each([
    ["18_432", 18_432],
    ["128K", 128_000],
    ["128Ki", 131_072],
    ["14.8T", 14_800_000_000_000],
    ["671B", 671e9],
    ["671 B", 671],
    ["1e-3", 0.001],
    ["85%", 0.85],
    ["70.272 KB", 70_272],
    ["80 GiB", 80 * 2 ** 30],
    ["400 Gbps", 50e9],
    ["3.35 TB/s", 3.35e12],
    ["2 USD/h", 2 / 3600],
    ["5 min", 300],
    ["14.8T tokens", 14.8e12],
    ["1 kWh", 3.6e6],
  ])("%s is %d", (text, value) => {
    expect(valueOf(text)).toBe(value);
  });
});

describe("arithmetic", () => {
  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["7 % 4", 3],
    ["-7 % 3", 2],
    ["7 % -3", -2],
    ["round(80 GB / 1 GiB)", 75],
    ["2 ^ 10", 1024],
    ["10 - 2 - 3", 5],
    ["80 GB / 2", 40e9],
    ["80 GB / 20 GB", 4],
    ["3 TB/s * 2 s", 6e12],
    ["min(3, 1, 2)", 1],
    ["max(3 GB, 1 GiB)", 3e9],
    ["ceil(7 / 2)", 4],
    ["floor(7 / 2)", 3],
    ["round(2.5)", 3],
    ["sqrt(16)", 4],
    ["log2(1024)", 10],
    ["-3 + 5", 2],
  ])("%s is %d", (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  test.each([
    ["80 GB + 3 s", "`+` needs the same dimension on both sides: bytes and time"],
    ["1 / 0", "the divisor is zero"],
    ["5 % 0", "the divisor is zero"],
    ["10 ^ 400", "this result is beyond what a number can hold"],
    ["sqrt(0 - 1)", "this result is not a real number"],
    ["log2(0)", "the logarithm of zero is no number"],
    ["ceil(1.5 ms)", "`ceil` needs a number: found time; divide by a unit first"],
    ["(2 GB) ^ 0.3", "the exponent of a quantity needs a number: found 0.3, which is neither whole nor a half"],
    ["true + 1", "`+` needs a number: found `true`"],
    ["80 GBs", "`GBs` is not a unit; did you mean `GB/s`?"],
    ["128 K", "`K` is not a unit: a magnitude touches its number, `128K`"],
    ["sqr(4)", "`sqr` is not a function; did you mean `sqrt`?"],
    ["sqrt(1, 2)", "`sqrt` takes one argument: found 2"],
    ["nothing + 1", "`nothing` is not known here"],
    ["3..1", "the range 3..1 is empty: the first number is the larger one"],
  ])("%s: %s", (text, message) => {
    expect(valueOf(text)).toBe(message);
  });
});

describe("names", () => {
  const model = `
model M {
  layers      = 2
  hidden_size = 64
  vocab_size  = 100
  attention gqa { heads = 8, kv_heads = 2 }
  ffn dense { layers = [0], intermediate_size = 4 * hidden_size }
  ffn moe { layers = [1], routed_experts = 8, top_k = 2, intermediate_size = hidden_size / 2 }
}
gpu G { memory = 80 GB, memory_bandwidth = 3 TB/s }
hardware C { gpu = G, gpus_per_node = 8, nodes = 4 }
plan P { model = M, hardware = C }
`;
  test.each([
    ["M.hidden_size", 64],
    ["M.attention.head_dim", 8],
    ["M.moe.intermediate_size", 32],
    ["M.dense.intermediate_size", 256],
    // 2 caches x 2 heads x 8 wide x 2 layers x 2 bytes
    ["M.kv_bytes_per_token", 128],
    // 2 GB squared, and back
    ["sqrt((C.gpu.memory / 40) ^ 2)", 2e9],
    ["0.5 * C.gpu.memory", 40e9],
    ["C.gpus_per_node * C.nodes", 32],
    ["C.gpus", 32],
    ["C.memory_total / 32", 80e9],
  ])("%s is %d", (text, value) => {
    expect(valueOf(text, model)).toBe(value);
  });

  test.each([
    ["M.hidden", "`M` has no property or metric `hidden`; did you mean `hidden_size`?"],
    ["M.ffn.intermediate_size", "`M` has several `ffn` blocks (dense, moe): name the kind that stands once"],
    ["C.peak_flops", "`peak_flops` cannot be computed: the gpu has no `bf16` in `peak`"],
    ["P.tpot", "`tpot` cannot be computed: `workload` of `plan` is missing"],
  ])("%s: %s", (text, message) => {
    expect(valueOf(text, model)).toBe(message);
  });

  test("a chain of constants in any order has a value; a circle is reported once", () => {
    expect(valueOf("a", "let a = b + 1\nlet b = c * 2\nlet c = 5")).toBe(11);
    const circle = checkFiles({ "main.dsco": "let a = b\nlet b = a\n" });
    expect(circle.map((problem) => problem.code)).toEqual(["DSCO2009"]);
  });

  test("a thousand constants that build on each other are one message, not a stack overflow", () => {
    const chain = Array.from({ length: 1000 }, (_, index) => `let a${index} = a${index + 1}`).join("\n");
    const problems = checkFiles({ "main.dsco": `${chain}\nlet a1000 = 1\n` });
    expect(problems.map((problem) => problem.code)).toEqual(["DSCO2113"]);
  });
});

describe("extends", () => {
  const base = `
model Base {
  layers = 4, hidden_size = 64, vocab_size = 100
  attention gqa { heads = 8, kv_heads = 2 }
  ffn dense { layers = 0..1, intermediate_size = 128 }
  ffn moe { layers = 2..3, routed_experts = 8, top_k = 2, intermediate_size = 32 }
}
`;
  const layersOf = (text: string) => {
    const { workspace, declaration } = declarationOf({ "main.dsco": base + text }, "Child");
    return declaration.block.blocks.map((block) => ({
      kind: `${block.keyword} ${block.variant}`,
      path: block.path,
      heads: settledValue(workspace, block, "heads").plain,
      top_k: settledValue(workspace, block, "top_k").plain,
    }));
  };

  test("a block of the same kind merges: what is not written is inherited", () => {
    expect(layersOf("model Child extends Base {\n  ffn moe { top_k = 4 }\n}\n")).toEqual([
      { kind: "attention gqa", path: "attention[0]", heads: 8, top_k: undefined },
      { kind: "ffn dense", path: "ffn[0]", heads: undefined, top_k: undefined },
      { kind: "ffn moe", path: "ffn[1]", heads: undefined, top_k: 4 },
    ]);
  });

  test("a block of another kind without layers replaces", () => {
    const blocks = layersOf("model Child extends Base {\n  attention mha { heads = 4 }\n}\n");
    expect(blocks.filter((block) => block.kind.startsWith("attention"))).toEqual([
      { kind: "attention mha", path: "attention[0]", heads: 4, top_k: undefined },
    ]);
  });

  test("an override changes what an inherited expression sees", () => {
    const text = "model A {\n  layers = 1, hidden_size = 64, vocab_size = 8\n  attention mha { heads = 8 }\n  ffn dense { intermediate_size = 4 * hidden_size }\n}\nmodel Child extends A {\n  hidden_size = 128\n}\n";
    const { workspace, declaration } = declarationOf({ "main.dsco": text }, "Child");
    const ffn = declaration.block.blocks.find((block) => block.keyword === "ffn");
    expect(ffn && settledValue(workspace, ffn, "intermediate_size").plain).toBe(512);
  });

  test("layers are compared as sets: `2..3` is `[3, 2]`", () => {
    const two = "model A {\n  layers = 4, hidden_size = 64, vocab_size = 8\n  attention mha { heads = 8 }\n  ffn dense { layers = 0..1, intermediate_size = 8 }\n  ffn dense { layers = 2..3, intermediate_size = 16 }\n}\n";
    const child = "model Child extends A {\n  ffn dense { layers = [3, 2], intermediate_size = 32 }\n}\n";
    expect(checkFiles({ "main.dsco": two + child })).toEqual([]);
    const { workspace, declaration } = declarationOf({ "main.dsco": two + child }, "Child");
    const widths = declaration.block.blocks.filter((block) => block.keyword === "ffn").map((block) => settledValue(workspace, block, "intermediate_size").plain);
    expect(widths).toEqual([8, 32]);
  });

  test("constants do not count towards the bases of a declaration", () => {
    const chain = Array.from({ length: 150 }, (_, index) => `let a${index} = a${index + 1}\n`).join("");
    const models = "model B extends A {\n}\nmodel A {\n  layers = 1, hidden_size = 8, vocab_size = 8\n  attention mha { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n}\n";
    expect(checkFiles({ "main.dsco": `${chain}let a150 = B.layers\n${models}` })).toEqual([]);
  });

  test("a chain of bases that is too long says so, and is no circle", () => {
    const chain = Array.from({ length: 600 }, (_, index) => `gpu G${index} extends G${index + 1} {\n}\n`).join("");
    const last = "gpu G600 {\n  memory = 80 GB, memory_bandwidth = 3 TB/s\n}\n";
    expect(checkFiles({ "main.dsco": chain + last }).map((problem) => problem.code)).toEqual(["DSCO2113"]);
  });

  test("a block that nobody wrote has its defaults", () => {
    const { workspace, declaration } = declarationOf({ "main.dsco": "model M {\n  layers = 1, hidden_size = 8, vocab_size = 8\n  attention mha { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n}\nmodel Child extends M {\n}\n" }, "Child");
    const block = implicitBlock(workspace, declaration.block, "precision");
    expect(block && settledValue(workspace, block, "kv_cache").plain).toBe("bf16");
    expect(block && settledValue(workspace, block, "gradients").plain).toBe("fp32");
  });

  test("a declaration that extends itself is an error, not a loop", () => {
    expect(checkFiles({ "main.dsco": "gpu A extends B {\n}\ngpu B extends A {\n}\n" }).map((problem) => problem.code)).toContain("DSCO2009");
  });
});

describe("imports", () => {
  test("names come from other files and the standard library", () => {
    const files = {
      "main.dsco": 'import { M as Net } from "./models/m.dsco"\nimport { H800 } from "std:hardware/nvidia"\nlet a = Net.hidden_size\nlet b = H800.sms\n',
      "models/m.dsco": "model M {\n  layers = 1, hidden_size = 8, vocab_size = 8\n  attention mha { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n}\n",
    };
    expect(checkFiles(files)).toEqual([]);
  });

  test("a circle of files names the way round", () => {
    const files = {
      "main.dsco": 'import { B } from "./b.dsco"\nlet A = 1\nlet C = B\n',
      "b.dsco": 'import { A } from "./main.dsco"\nlet B = A\n',
    };
    expect(checkFiles(files).map((problem) => problem.message)).toEqual(["import cycle: main.dsco → b.dsco → main.dsco"]);
  });

  test("what a file has imported itself it does not offer", () => {
    const files = {
      "main.dsco": 'import { H800 } from "./b.dsco"\nlet A = H800.sms\n',
      "b.dsco": 'import { H800 } from "std:hardware/nvidia"\nlet B = H800.sms\n',
    };
    expect(checkFiles(files).map((problem) => problem.code)).toEqual(["DSCO2002"]);
  });
});

describe("sweeps", () => {
  const design = `import { DeepSeekV3 } from "std:models/deepseek"
import { H800 } from "std:hardware/nvidia"
hardware A { gpu = H800, gpus_per_node = 8, nodes = 4 }
parallelism P { ep = 32 }
workload W { phase = decode, context_length = 4096, batch_per_gpu = 8 }
plan Q { model = DeepSeekV3, hardware = A, parallelism = P, workload = W }
`;
  test.each([
    ["parallelism.ep = [8, 16]", []],
    ["workload.batch_per_gpu = 16..256 step 16", []],
    ["model.moe.top_k = [4, 8]", []],
    ["hardware = [A]", []],
    ["hardware.gpu.memory = [80 GB, 141 GB]", []],
    ["where memory_per_gpu <= 0.9 * hardware.gpu.memory", []],
    ["minimize tpot", []],
    ["parallelism.foo = 3", ["`parallelism` has no property or metric `foo`"]],
    ["parallelism.ep = [8, 2.5]", ["`ep` must be a whole number of at least 1, or `auto`: found 2.5"]],
    ["hardware = [A, P]", ["`hardware` needs the name of a `hardware`: found the parallelism `P`"]],
    ["hardware.gpu.memory = 80", ["`memory` needs a unit, such as `80 GB`: found 80"]],
    ["where foo <= 3", ["a plan has no metric `foo`"]],
    ["maximize tokens_per_sec", ["a plan has no metric `tokens_per_sec`; did you mean `tokens_per_second`?"]],
  ])("%s", (line, messages) => {
    const problems = checkFiles({ "main.dsco": `${design}sweep S of Q {\n  ${line}\n  parallelism.zero = [0]\n  minimize memory_per_gpu\n}\n` });
    expect(problems.filter((problem) => problem.severity === "error").map((problem) => problem.message)).toEqual(messages);
  });

  test("a sweep is over a plan", () => {
    const problems = checkFiles({ "main.dsco": `${design}sweep S of A {\n  minimize tpot\n}\n` });
    expect(problems.filter((problem) => problem.severity === "error").map((problem) => problem.message)).toEqual(["`of` needs the name of a `plan`: found a cluster (`hardware`)"]);
  });
});

test("layers beyond the whole numbers of a double are compared, not counted one by one", () => {
  // 10^16 + 1 is 10^16 in a double: a loop that adds one would not end.
  const layers = "layers = 10_000_000_000_000_000..10_000_000_000_000_004";
  const text = `model A {
  layers = 4, hidden_size = 8, vocab_size = 8
  attention mha { heads = 2 }
  ffn dense { layers = 0..3, intermediate_size = 4 }
  ffn dense { ${layers}, intermediate_size = 4 }
}

model B extends A {
  ffn dense { ${layers}, intermediate_size = 8 }
}
`;
  const codes = checkFiles({ "main.dsco": text }).map(({ code }) => code);
  expect(codes).toEqual(["DSCO3001", "DSCO3001"]);
});
