// Completion in texts that are being written: half a line, a brace too few, a name that nobody declared yet.
import { describe, expect, it } from "vitest";
import { fileScope } from "../../../server/src/core";
import { completion, type Completion, type CompletionList } from "../../../server/src/ide";
import { applyEdits } from "../../../server/src/rules";
import { smallPlans } from "../../kit/plans";
import { openFiles } from "../../kit/workspace";

interface Asked extends CompletionList {
  readonly text: string;
  readonly offset: number;
  readonly offsetOf: (position: Completion["range"]["start"]) => number;
  /** Those of the file itself, by rank. */
  readonly labels: readonly string[];
}

/** What is offered at `$0` of the first file; the others can be imported. */
function ask(marked: string, others: Readonly<Record<string, string>> = {}): Asked {
  const offset = marked.indexOf("$0");
  const text = marked.slice(0, offset) + marked.slice(offset + 2);
  const { workspace, uri, scope } = openFiles({ "a.dsco": text, ...others });
  const { lines } = scope.source;
  const files = ["a.dsco", ...Object.keys(others)].map((name) => new URL(name, uri).href);
  const textOf = (address: string) => fileScope(workspace, address)?.source.text;
  const list = completion(workspace, uri, lines.position(offset), { files, textOf });
  const labels = list.items.filter(({ origin }) => origin === undefined).sort((left, right) => left.rank - right.rank).map(({ label }) => label);
  return { ...list, text, offset, labels, offsetOf: lines.offset };
}

const entry = (asked: Asked, label: string): Completion => {
  const found = asked.items.find((item) => item.label === label);
  if (!found) throw new Error(`no ${label} among ${asked.labels.join(", ")}`);
  return found;
};

/** The text after a choice, as an editor without snippets writes it. */
function chosen(asked: Asked, label: string): string {
  const { range, newText, additionalEdits } = entry(asked, label);
  const edits = [{ range, newText }, ...additionalEdits].map((edit) => ({ start: asked.offsetOf(edit.range.start), end: asked.offsetOf(edit.range.end), newText: edit.newText }));
  return applyEdits(asked.text, edits);
}

const open = `import { H100 } from "std:hardware/nvidia"\n`;

describe("what is offered in a half-typed text", () => {
  interface Expected {
    /** The entries that come first. */
    readonly first?: readonly string[];
    readonly has?: readonly string[];
    readonly lacks?: readonly string[];
    readonly only?: readonly string[];
  }
  it.each<[string, string, Expected]>([
    ["an empty file", "$0", { has: ["model", "plan", "import", "let"], lacks: ["heads"] }],
    ["the name of a declaration", "model $0", { only: [] }],
    ["behind a name", "model A $0", { first: ["extends", "{ }"] }],
    ["behind a sweep's name", "sweep A $0", { first: ["of", "{ }"] }],
    ["a base", "model B { }\ngpu G { }\nmodel A extends $0", { only: ["B"] }],
    ["a base with a body behind it", "model B { }\nmodel A extends $0 {\n}\n", { only: ["B"] }],
    ["the plan of a sweep", "plan P { }\nmodel M { }\nsweep S of $0", { only: ["P"] }],
    ["the model of an experiment", "plan P { }\nmodel M { }\nrouting R of $0", { only: ["M"] }],

    ["an empty model", "model A {\n  $0\n}\n", { first: ["layers", "hidden_size", "vocab_size"], has: ["attention mla", "ffn moe", "require"] }],
    ["a model that is not closed", "model A {\n  layers = 2\n  $0", { first: ["hidden_size", "vocab_size"], lacks: ["layers", "plan"] }],
    ["a model that is not closed before the next one", "model A {\n  layers = 2\n  $0\n\nmodel B { layers = 2 }\n", { first: ["hidden_size", "vocab_size"] }],
    ["a new declaration below one that is not closed", "model A {\n  layers = 2\n\n$0", { has: ["model", "plan"] }],
    ["a model on one line", "model A { layers = 2, $0 }\n", { first: ["hidden_size", "vocab_size"] }],
    ["a block that is not closed", "model A {\n  attention mla {\n    heads = 4\n    $0\n\n  ffn moe { top_k = 2 }\n}\n", { first: ["kv_lora_rank"], lacks: ["heads", "hidden_size"] }],
    ["behind a block that is not closed", "model A {\n  attention mla {\n    heads = 4\n  $0\n}\n", { has: ["hidden_size"], lacks: ["kv_lora_rank"] }],
    ["a block on one line that is not closed", "model A {\n  attention mla { heads = 4, $0\n  ffn moe { top_k = 2 }\n}\n", { first: ["kv_lora_rank"] }],
    ["a block whose keyword is wrong", "model A {\n  atention mla { $0 }\n}\n", { only: [] }],
    ["a key that is written already", "model A {\n  la$0yers = 2\n  hidden_size = 4\n}\n", { has: ["layers"], lacks: ["hidden_size"] }],
    ["behind the last brace", "model A { }\n$0", { has: ["model"], lacks: ["layers"] }],
    ["keys of a base need not be written", "model B { layers = 2, hidden_size = 4 }\nmodel A extends B {\n  $0\n}\n", { first: ["vocab_size"], has: ["layers"] }],
    ["keys that the phase needs", "workload W {\n  phase = decode\n  $0\n}\n", { first: ["context_length", "batch_per_gpu"], has: ["sequence_length"] }],
    ["keys that the phase does not read come last", "workload W {\n  phase = training\n  $0\n}\n", { first: ["sequence_length", "global_batch_size", "tokens"] }],
    ["behind CRLF", "model A {\r\n  layers = 2\r\n  $0\r\n}\r\n", { first: ["hidden_size"] }],
    ["behind a comment with braces", "model A { // }{\n  /* } */\n  $0\n}\n", { first: ["layers"] }],
    ["inside a comment", "model A {\n  // lay$0\n}\n", { only: [] }],
    ["inside a block comment", "model A {\n  /* lay$0 */\n}\n", { only: [] }],
    ["inside a text", 'plan P {\n  measured step_time = 1 s from "mo$0"\n}\n', { only: [] }],

    ["the kind of a block", "model A {\n  attention $0\n}\n", { has: ["mla", "gqa"], lacks: ["dense"] }],
    ["the kind of a block that has a body", "model A {\n  ffn $0 { top_k = 2 }\n}\n", { only: ["dense", "moe"] }],
    ["the kind of a network", "hardware H {\n  network fat$0\n}\n", { has: ["fat_tree", "torus"] }],

    ["words of a key", "parallelism P {\n  schedule = $0\n}\n", { only: ["1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev"] }],
    ["words of a key before a brace on the line", "parallelism P { schedule = $0 }\n", { has: ["dualpipe"] }],
    ["precisions", "model A {\n  precision { weights = fp$0 }\n}\n", { first: ["fp32"], has: ["fp8_e4m3", "nvfp4"] }],
    ["a degree", "parallelism P {\n  dp = $0\n}\n", { first: ["auto"], has: ["max"] }],
    ["a switch", "parallelism P {\n  dual_micro_batch = $0\n}\n", { first: ["true", "false"], lacks: ["zero"] }],
    ["units behind bytes", "gpu G {\n  memory = 80 $0\n}\n", { first: ["GB"], has: ["GiB"], lacks: ["GB/s", "s"] }],
    ["units behind a magnitude", "gpu G {\n  power = 0.7 $0\n}\n", { first: ["W"], has: ["kW"], lacks: ["GB"] }],
    ["no unit behind a count", "model A {\n  layers = 61 $0\n}\n", { only: [] }],
    ["units in a constant", "let a = 3 $0", { has: ["GB", "TFLOPS", "ms"] }],
    ["within a number", "model A {\n  layers = 6$0\n}\n", { only: [] }],
    ["a share", "plan P {\n  efficiency { gemm = 0.7 $0 }\n}\n", { only: [] }],
    ["an operand behind an operator", "model A {\n  hidden_size = 64\n  vocab_size = 2 * $0\n}\n", { first: ["hidden_size"], has: ["max"] }],
    ["no name behind a name", "model A {\n  hidden_size = 64\n  vocab_size = hidden_size $0\n}\n", { only: [] }],
    ["the step of a range", "sweep S of P {\n  workload.batch_per_gpu = 16..256 $0\n}\n", { only: ["step"] }],
    ["an argument over several lines", "model A {\n  hidden_size = max(\n    64,\n    $0\n  )\n}\n", { has: ["log2"], lacks: ["layers", "attention mla"] }],
    ["a list that is not closed", "model A {\n  layers = 4\n  ffn moe { layers = [0, $0\n  vocab_size = 4\n}\n", { has: ["vocab_size"], lacks: ["heads"] }],
    ["a name of another block hides one further out", "model A {\n  layers = 4\n  ffn moe { layers = 0..1, top_k = $0 }\n}\n", { lacks: ["layers"] }],

    ["declarations of a kind", `${open}gpu Mine { }\nmodel M { }\nhardware H {\n  gpu = $0\n}\n`, { only: ["H100", "Mine"] }],
    ["parts of a plan", "model M { }\nhardware H { }\nplan P {\n  model = $0", { only: ["M"] }],

    ["figures of a model", "model A {\n  require $0\n}\n", { first: ["total_params"], has: ["kv_bytes_per_token"], lacks: ["tpot"] }],
    ["figures at the end of the file", "model A {\n  require kv$0", { first: ["total_params"] }],
    ["figures of a plan", smallPlans.replace('measured step_time = 1 s from "a run"', "require $0"), { has: ["step_time", "model", "hardware"] }],
    ["a comparison behind a figure", "model A {\n  require total_params $0\n}\n", { only: ["<=", ">=", "<", ">", "=="] }],
    ["a comparison behind a figure that is wanted large", smallPlans.replace('measured step_time = 1 s from "a run"', "require mfu $0"), { only: [">=", "<=", ">", "<", "=="] }],
    ["a comparison behind a rate", smallPlans.replace('measured step_time = 1 s from "a run"', "require tokens_per_second $0"), { first: [">="] }],
    ["a comparison behind a sum", "model A {\n  require total_params + active_params $0\n}\n", { first: ["<="] }],
    ["a comparison that is there", "model A {\n  require total_params $0 <= 7B\n}\n", { only: [] }],
    ["inside of brackets nothing is compared", "model A {\n  require min(total_params $0\n}\n", { only: [] }],
    ["a comparison of a sweep", `${smallPlans}sweep S of Train {\n  where step_time $0\n}\n`, { only: ["<=", ">=", "<", ">", "=="] }],
    ["behind an objective", `${smallPlans}sweep S of Train {\n  minimize step_time $0\n}\n`, { only: [] }],
    ["behind a measured figure", "model A {\n  measured total_params $0\n}\n", { only: ["="] }],
    ["plans of a service, those of its phase first", `workload P { phase = prefill }\nworkload D { phase = decode }\nplan One { workload = D }\nplan Two { workload = P }\nplan Three extends One { }\nplan Open { }\nservice S { prefill = $0 }\n`, { only: ["Two", "Open", "One", "Three"] }],
    ["plans of a service's other side", `workload P { phase = prefill }\nworkload D { phase = decode }\nplan One { workload = P }\nplan Two { workload = D }\nplan Three extends Two { }\nservice S { decode = $0 }\n`, { only: ["Two", "Three", "One"] }],
    ["a bound in the unit of its figure", "model A {\n  require kv_bytes_per_token <= 80 $0\n}\n", { has: ["KB", "KiB"], lacks: ["s"] }],
    ["a bound without a unit", "model A {\n  require total_params < 7 $0\n}\n", { only: [] }],
    ["the source of a measurement", "plan P {\n  measured step_time = 19.9 s $0\n}\n", { has: ["from"] }],
    ["a measurement's unit", "plan P {\n  measured step_time = 19.9 $0\n}\n", { has: ["from", "s", "ms"], lacks: ["GB"] }],

    ["members of a declaration", `${smallPlans}let a = Small.$0`, { has: ["hidden_size", "total_params", "attention", "moe"], lacks: ["ffn"] }],
    ["members of a block", `${smallPlans}let a = Small.attention.$0`, { first: ["heads"], lacks: ["total_params"] }],
    ["members behind two points", smallPlans.replace('measured step_time = 1 s from "a run"', "require memory_per_gpu <= hardware.gpu.$0"), { first: ["memory"], has: ["peak", "scale_up"] }],
    ["members behind spaces", `${smallPlans}let a = Small . attention . $0`, { first: ["heads"] }],
    ["members of nothing", "let a = Nobody.$0", { only: [] }],
    ["digits behind a point are no members", "let a = 3.$0", { only: [] }],

    ["a sweep's own keys and what it varies", `${smallPlans}sweep S of Train {\n  $0\n}\n`, { has: ["budget", "parallelism", "parallelism.", "hardware", "where", "minimize"] }],
    ["a key that a sweep varies", `${smallPlans}sweep S of Train {\n  parallelism.$0\n}\n`, { has: ["ep", "schedule", "pp"], lacks: ["budget"] }],
    ["a key of a deeper part", `${smallPlans}sweep S of Train {\n  hardware.gpu.$0\n}\n`, { has: ["memory"] }],
    ["words in a list of a sweep", `${smallPlans}sweep S of Train {\n  parallelism.schedule = [1f1b, $0]\n}\n`, { has: ["zb1p"], lacks: ["hidden_size"] }],
    ["declarations in a list of a sweep", `${smallPlans}sweep S of Train {\n  hardware = [Rack, $0]\n}\n`, { only: ["Rack"] }],
    ["objectives", `${smallPlans}sweep S of Train {\n  minimize $0\n}\n`, { first: ["step_time", "tokens_per_second_per_gpu"] }],
    ["conditions", `${smallPlans}sweep S of Train {\n  where memory_per_gpu <= 0.9 * hardware.gpu.$0\n}\n`, { first: ["memory"] }],
    ["a sweep of a plan that is not there", "sweep S of Nobody {\n  maximize $0\n}\n", { has: ["step_time"] }],

    ["names to import", 'import { $0 } from "std:hardware/nvidia"', { has: ["H100", "ConnectX7"], lacks: ["model"] }],
    ["names to import that are there", 'import { H100, $0 } from "std:hardware/nvidia"', { has: ["H200"], lacks: ["H100"] }],
    ["names to import over several lines", 'import {\n  H100,\n  $0\n} from "std:hardware/nvidia"', { has: ["H200"], lacks: ["H100", "model"] }],
    ["names of a file that is not named", "import { $0", { only: [] }],
    ["an alias", 'import { H100 as $0 } from "std:hardware/nvidia"', { only: [] }],
    ["the word behind the names", "import { H100 } $0", { only: ["from"] }],
    ["an import path", 'import { H100 } from "$0', { has: ["std:hardware/nvidia", "std:models/deepseek"] }],
    ["a line below a broken import", 'import { H100 from "std:hardware/nvidia"\n$0', { has: ["model"] }],
  ])("%s", (_, text, { first = [], has = [], lacks = [], only }) => {
    const { labels } = ask(text);
    if (only) expect(labels).toEqual(only);
    expect(labels.slice(0, first.length)).toEqual(first);
    for (const label of has) expect(labels).toContain(label);
    for (const label of lacks) expect(labels).not.toContain(label);
  });
});

describe("what a choice writes", () => {
  it.each([
    ["a key", "model A {\n  hid$0\n}\n", "hidden_size", "model A {\n  hidden_size = \n}\n"],
    ["a key before its value", "model A {\n  hid$0 = 64\n}\n", "hidden_size", "model A {\n  hidden_size = 64\n}\n"],
    ["the kind of a new block", "model A {\n  ffn $0\n}\n", "dense", "model A {\n  ffn dense { }\n}\n"],
    ["the kind of a block with a body", "model A {\n  ffn d$0 { }\n}\n", "moe", "model A {\n  ffn moe { }\n}\n"],
    ["a path between quotation marks", 'import { H100 } from "std:m$0"', "std:hardware/nvidia", 'import { H100 } from "std:hardware/nvidia"'],
    ["a key that a sweep varies", `${smallPlans}sweep S of Train {\n  parallelism.$0\n}\n`, "ep", `${smallPlans}sweep S of Train {\n  parallelism.ep = [\n}\n`],
  ])("%s", (_, text, label, expected) => {
    expect(chosen(ask(text), label)).toBe(expected);
  });

  it("a whole block, in an editor that takes snippets, with a place for each required key", () => {
    expect(entry(ask("model A {\n  $0\n}\n"), "attention gqa").snippet).toBe("attention gqa {\n  heads    = ${1}\n  kv_heads = ${2}\n  $0\n}");
    expect(entry(ask("$0"), "workload").snippet).toBe("workload ${1:Name} {\n  phase = ${2|training,prefill,decode|}\n  $0\n}");
    expect(entry(ask("$0"), "sweep").snippet).toBe("sweep ${1:Name} of ${2:Plan} {\n  $0\n}");
    expect(entry(ask("gpu G {\n  $0\n}\n"), "memory").snippet).toBe("memory = ${1:80 GB}");
    expect(entry(ask("parallelism P {\n  $0\n}\n"), "zero").snippet).toBe("zero = ${1:0}");
  });

  it("replaces the whole word where the editor overwrites", () => {
    const asked = ask("model A {\n  hid$0den = 64\n}\n");
    const { range, replaceRange } = entry(asked, "hidden_size");
    expect([asked.text.slice(asked.offsetOf(range.start), asked.offsetOf(range.end)), asked.text.slice(asked.offsetOf(replaceRange.start), asked.offsetOf(replaceRange.end))]).toEqual(["hid", "hidden"]);
  });
});

describe("names that are not imported yet", () => {
  it("come with the import that they need", () => {
    const asked = ask("hardware H {\n  gpu = $0\n}\n");
    expect(entry(asked, "H800")).toMatchObject({ origin: "std:hardware/nvidia", detail: "gpu" });
    expect(chosen(asked, "H800")).toBe('import { H800 } from "std:hardware/nvidia"\n\nhardware H {\n  gpu = H800\n}\n');
  });

  it("join the import of their file", () => {
    expect(chosen(ask(`${open}hardware H {\n  gpu = $0\n}\n`), "H800")).toBe('import { H100, H800 } from "std:hardware/nvidia"\nhardware H {\n  gpu = H800\n}\n');
  });

  it("are of the kind that is wanted", () => {
    const { items } = ask("plan P {\n  model = $0\n}\n");
    const origins = items.flatMap(({ origin }) => origin ?? []);
    expect(origins).toContain("std:models/deepseek");
    expect(origins.filter((origin) => !origin.startsWith("std:models/"))).toEqual([]);
  });

  it("come from files of the workspace too, by a path from here", () => {
    const asked = ask("plan P {\n  model = $0\n}\n", { "lib/my models.dsco": "model Mine { }\ngpu G { }\n", "lib/100%25.dsco": "model Whole { }\n" });
    expect(entry(asked, "Mine").origin).toBe("my%20models.dsco");
    expect(chosen(asked, "Mine")).toBe('import { Mine } from "./lib/my models.dsco"\n\nplan P {\n  model = Mine\n}\n');
    expect(chosen(asked, "Whole")).toBe('import { Whole } from "./lib/100%25.dsco"\n\nplan P {\n  model = Whole\n}\n');
  });

  it("are not offered again under a name that the file has", () => {
    expect(ask("model DeepSeekV3 { }\nplan P {\n  model = $0\n}\n").items.filter(({ label }) => label === "DeepSeekV3").map(({ origin }) => origin)).toEqual([undefined]);
  });

  it("stand in expressions once a letter is written", () => {
    const empty = ask("let a = $0");
    expect(empty.isIncomplete).toBe(true);
    expect(empty.items.some(({ origin }) => origin !== undefined)).toBe(false);
    const one = ask("let a = Deep$0");
    expect(one.isIncomplete).toBe(false);
    expect(entry(one, "DeepSeekV3").origin).toBe("std:models/deepseek");
    expect(one.items.every(({ label, origin }) => origin === undefined || /^d/i.test(label))).toBe(true);
  });

  it("files of the workspace stand among the import paths", () => {
    const asked = ask('import { Mine } from ".$0"', { "lib/mine.dsco": "model Mine { }\n", "../other.dsco": "" });
    expect(asked.labels.slice(0, 2)).toEqual(["./lib/mine.dsco", "../other.dsco"]);
    expect(asked.labels).not.toContain("./a.dsco");
  });
});

describe("what is computed when a reader looks at an entry", () => {
  it("a model's parameters and cache", () => {
    const { detail, documentation } = entry(ask("plan P {\n  model = $0\n}\n"), "DeepSeekV3").more?.() ?? {};
    // arXiv:2412.19437: 671B in all, 37B active; 70.272 KB a token in FACTS 2.1
    expect(detail).toBe("model: 671.0B total, 37.55B active, 70.27 KB KV a token");
    expect(documentation).toContain("KV cache per token: 70.27 KB (70,272 B)");
  });

  it("a cluster's GPUs, a device's memory, a layout's degrees, a workload's batch", () => {
    const detailOf = (key: string, label: string) => entry(ask(`${smallPlans}plan P {\n  ${key} = $0\n}\n`), label).more?.().detail;
    expect(detailOf("hardware", "Rack")).toMatch(/^hardware: 16 GPUs, /);
    expect(detailOf("parallelism", "Split")).toBe("parallelism: pp 2, ep 4, 1f1b");
    expect(detailOf("workload", "Learn")).toBe("workload: training, 2048, 64 sequences a step");
    expect(detailOf("workload", "Write")).toBe("workload: decode, 4096, 32 a GPU");
    expect(entry(ask("hardware H {\n  gpu = $0\n}\n"), "H800").more?.().detail).toMatch(/^gpu: 8\d\.\d\d GB, 3\.35 TB\/s, 989 TFLOPS BF16$/);
  });

  it("the value of a property, a constant and a figure", () => {
    expect(entry(ask(`${smallPlans}let a = Small.$0`), "hidden_size").more?.().detail).toBe("number: 1024");
    expect(entry(ask("let a = 2 GB\nlet b = $0"), "a").more?.().detail).toBe("constant 2 GB");
    expect(entry(ask(smallPlans.replace('measured step_time = 1 s from "a run"', "require $0")), "data_parallel").more?.().detail).toBe("Data-parallel degree: 8");
  });

  it("what an import path leads to", () => {
    expect(entry(ask('import { A } from "$0"'), "std:hardware/nvidia").more?.().documentation).toMatch(/^Declares `A100`, /);
  });
});
