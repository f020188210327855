// Whatever a plan's degrees, batches and models are: no rule throws, one mistake has one message, every fix keeps its promise and its title is true.
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { figuresOf, loadStandard, openWorkspace } from "../../../server/src/analysis";
import { createSource, type Workspace } from "../../../server/src/core";
import { applyEdits, checkFile, provedFixes } from "../../../server/src/rules";
import { applyEachFix, checkIn, workspaceOf, type Files } from "../../kit/diagnostics";
import { brokenPromises } from "../../kit/promise";
import { repository } from "../../kit/repository";
import { declarationOf } from "../../kit/workspace";

const main = (text: string): Files => new Map([["main.dsco", text]]);
const ofLayout = /^DSCO(42|51|52|703)/;

interface Design {
  readonly tp?: string | null | undefined;
  readonly pp?: string | null | undefined;
  readonly cp?: string | null | undefined;
  readonly dp?: string | null | undefined;
  readonly ep?: string | null | undefined;
  readonly etp?: string | null | undefined;
  readonly vp?: string | null | undefined;
  readonly schedule?: string | null | undefined;
  readonly size?: string | null | undefined;
  readonly redundant?: string | null | undefined;
  readonly model?: "Dense" | "Sparse" | undefined;
  readonly layers?: string | undefined;
  readonly heads?: string | undefined;
  readonly kvHeads?: string | undefined;
  readonly experts?: string | undefined;
  readonly groups?: string | undefined;
  readonly nodes?: string | undefined;
  readonly phase?: "training" | "prefill" | "decode" | undefined;
  readonly length?: string | undefined;
  readonly batch?: string | undefined;
  readonly precision?: string | undefined;
}

const workloadOf = (phase: string, length: string, batch: string): string =>
  ({
    training: `phase = training, sequence_length = ${length}, global_batch_size = ${batch}`,
    prefill: `phase = prefill, prompt_length = ${length}, batch_per_gpu = 3`,
    decode: `phase = decode, context_length = ${length}, batch_per_gpu = 33`,
  })[phase] ?? "";

/** A design in one file: a plan, and what it binds. */
function design(of: Design): string {
  const keys: Readonly<Record<string, string | null | undefined>> = {
    tp: of.tp, pp: of.pp, cp: of.cp, dp: of.dp, ep: of.ep, etp: of.etp, vp: of.vp, schedule: of.schedule, micro_batch_size: of.size, redundant_experts: of.redundant,
  };
  const head = (name: string) => [
    `model ${name} {`, `  layers      = ${of.layers ?? "16"}`, "  hidden_size = 2048", "  vocab_size  = 32_000",
    `  attention gqa { heads = ${of.heads ?? "16"}, kv_heads = ${of.kvHeads ?? "8"}, head_dim = 128 }`,
  ];
  return [
    'import { ConnectX7, H800 } from "std:hardware/nvidia"', "",
    ...head("Dense"), "  ffn dense { intermediate_size = 8192 }", ...(of.precision === undefined ? [] : [`  precision { ${of.precision} }`]), "}", "",
    ...head("Sparse"), "  ffn moe {", `    routed_experts    = ${of.experts ?? "64"}`, "    top_k             = 4", "    intermediate_size = 1408",
    `    groups            = ${of.groups ?? "8"}`, "    group_limit       = 3", "  }", "}", "",
    "hardware Cluster {", "  gpu           = H800", "  gpus_per_node = 8", `  nodes         = ${of.nodes ?? "4"}`, "  nic           = ConnectX7", "  nics_per_node = 8", "}", "",
    "parallelism Layout {", ...Object.entries(keys).flatMap(([key, value]) => (value === undefined || value === null ? [] : [`  ${key} = ${value} // ${key}`])), "}", "",
    `workload Run { ${workloadOf(of.phase ?? "training", of.length ?? "4096", of.batch ?? "64")} }`, "",
    "plan P {", `  model       = ${of.model ?? "Dense"}`, "  hardware    = Cluster", "  parallelism = Layout", "  workload    = Run", "}", "",
  ].join("\n");
}

const degree = fc.option(fc.constantFrom("1", "2", "3", "4", "5", "6", "8", "12", "15", "16", "32", "64", "auto"), { freq: 3 });
const usual = fc.record({
  tp: degree, pp: degree, cp: fc.option(fc.constantFrom("2", "3", "4"), { freq: 1 }), dp: fc.option(fc.constantFrom("auto", "2", "4", "16"), { freq: 1 }), ep: degree,
  etp: fc.option(fc.constantFrom("2", "3", "auto"), { freq: 1 }), vp: fc.option(fc.constantFrom("1", "2", "3", "auto"), { freq: 1 }),
  schedule: fc.option(fc.constantFrom("1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev")), size: fc.option(fc.constantFrom("1", "2", "3")), redundant: fc.option(fc.constantFrom("0", "8", "16", "200"), { freq: 1 }),
  model: fc.constantFrom("Dense", "Sparse"), layers: fc.constantFrom("16", "12", "61", "4", "1"), heads: fc.constantFrom("16", "24", "40"), kvHeads: fc.constantFrom("8", "2", "1", "4"),
  experts: fc.constantFrom("64", "96", "160"), groups: fc.constantFrom("8", "16", "4"), nodes: fc.constantFrom("1", "2", "4", "6", "16", "32"),
  phase: fc.constantFrom("training", "training", "prefill", "decode"), length: fc.constantFrom("4096", "4100", "1000"), batch: fc.constantFrom("64", "100", "384", "15_360", "7"),
  precision: fc.option(fc.constantFrom("weights = fp8_e4m3", "compute = fp8_e4m3", "attention = fp8_e5m2", "compute = nvfp4", "weights = int4"), { nil: undefined }),
} satisfies { readonly [Key in keyof Design]: fc.Arbitrary<Design[Key]> });

/** A sound design with a few things written otherwise, so that what is wrong has one or two causes. */
const slips = fc.tuple(usual, fc.subarray(["tp", "pp", "cp", "dp", "ep", "vp", "schedule", "size", "redundant", "layers", "heads", "kvHeads", "nodes", "phase", "length", "batch", "precision"] as const, { minLength: 1, maxLength: 3 }), fc.constantFrom("Dense" as const, "Sparse" as const))
  .map(([of, keys, model]): Design => ({ model, ...Object.fromEntries(keys.map((key) => [key, of[key]])) }));

const odd = fc.constantFrom("0", "-1", "1.5", "1e300", "9_007_199_254_740_991", "8 GB", "85%", "4Ki", "auto", '"8"', "[8, 16]", "0..3", "missing_name", "tp", "2 ^ 400", "1 +", "");

test("no rule throws, and no text holds what is no number", () => {
  const careless = fc.tuple(usual, fc.dictionary(fc.constantFrom("tp", "pp", "cp", "dp", "ep", "etp", "vp", "schedule", "size", "redundant", "layers", "heads", "experts", "groups", "nodes", "length", "batch"), odd, { maxKeys: 3 }));
  fc.assert(fc.property(careless, ([of, slips]) => {
    const text = design({ ...of, ...slips });
    for (const { span, message, related } of checkIn(main(text), "main.dsco")) {
      expect(span.start).toBeLessThanOrEqual(span.end);
      expect(span.end).toBeLessThanOrEqual(text.length);
      expect(message).not.toMatch(/undefined|NaN|\[object|Infinity/);
      for (const one of related ?? []) expect(one.span.end).toBeLessThanOrEqual(text.length);
    }
  }), { numRuns: 400 });
}, 120_000);

/** The product that a title such as `256 GPUs = tp 8 x pp 2 x dp 16` states, and its result. */
function productOf(title: string): { readonly stated: number; readonly product: number } | undefined {
  const found = /([\d,]+) GPUs? = ((?:(?:tp|cp|pp|dp) [\d,]+(?: x )?)+)/.exec(title);
  if (!found) return undefined;
  const whole = (text: string | undefined) => Number((text ?? "").replaceAll(",", ""));
  return { stated: whole(found[1]), product: [...(found[2] ?? "").matchAll(/[\d,]+/g)].reduce((all, [digits]) => all * whole(digits), 1) };
}

/** One for each of the usual mistakes: the random ones need not meet them all. */
const mistakes: readonly Design[] = [
  { pp: "3" }, { tp: "auto" }, { model: "Sparse", pp: "2", ep: "32" }, { model: "Sparse", ep: "32", redundant: "8", phase: "decode" }, { batch: "100" }, { pp: "4", schedule: "dualpipe", batch: "24" }, { pp: "32" },
  { tp: "8", heads: "20", kvHeads: "4" }, { cp: "4", length: "4100" }, { tp: "16", kvHeads: "16" }, { model: "Sparse", ep: "48", experts: "96", nodes: "6", batch: "384" }, { ep: "8" },
];

test("every fix of a layout keeps its promise, and says it truly", () => {
  const met = new Set<string>();
  fc.assert(fc.property(fc.oneof(usual, { weight: 5, arbitrary: slips }), (of) => {
    const text = design(of);
    for (const { diagnostic, fix, before, after } of applyEachFix(main(text), "main.dsco")) {
      expect(brokenPromises(diagnostic, fix.title, before, after), `${diagnostic.code} ${fix.title}\n${text}`).toEqual([]);
      const said = productOf(fix.title);
      if (said) expect(said.product, fix.title).toBe(said.stated);
      met.add(diagnostic.code);
    }
  }), { numRuns: 200, examples: mistakes.map((of) => [of]) });
  const codes = ["5101", "5102", "5103", "5104", "5110", "5120", "5130", "5140", "5143", "5150", "5201", "7032"].map((number) => `DSCO${number}`);
  expect(codes.filter((code) => !met.has(code))).toEqual([]);
}, 240_000);

test("degrees that do not fit silence what follows from them", () => {
  fc.assert(fc.property(usual, (of) => {
    const codes = checkIn(main(design(of)), "main.dsco").map(({ code }) => code).filter((code) => /^DSCO5[12]/.test(code));
    const first = codes.find((code) => code === "DSCO5101" || code === "DSCO5102" || code === "DSCO5103");
    // that virtual stages are not interleaved is said of the layout alone
    if (first !== undefined) expect(codes.filter((code) => code !== "DSCO5121")).toEqual([first]);
  }), { numRuns: 300 });
}, 120_000);

test("what is said to change no figure changes none", () => {
  const figures = (text: string) => {
    const { workspace, declaration } = declarationOf({ "main.dsco": text }, "P");
    return figuresOf(workspace, declaration).map(({ id, figure }) => [id, figure.kind === "unavailable" ? "none" : figure.value]);
  };
  expect(figures(design({})).filter(([, value]) => value !== "none").length).toBeGreaterThan(5);
  const met = new Set<string>();
  const texts = [
    ...(["prefill", "decode"] as const).flatMap((phase) => [
      design({ phase, ep: "8", model: "Sparse", schedule: "dualpipe" }), design({ phase, ep: "8", model: "Sparse", size: "2" }),
      design({ phase, ep: "8", model: "Sparse" }).replace("ep = 8", "recompute = full\n  ep = 8"), design({ phase, ep: "8", model: "Sparse" }).replace("ep = 8", "zero = 3\n  ep = 8"),
      design({ phase, ep: "8" }), design({ phase, redundant: "8" }), design({ phase, tp: "8", etp: "2" }), design({ phase }).replace("phase =", "imbalance = 1.5, phase ="),
    ]),
    design({ model: "Sparse", ep: "8" }).replace("ep = 8", "dual_micro_batch = true\n  ep = 8"), design({ ep: "8" }), design({ vp: "2", pp: "4" }),
    design({}).replace("phase =", "cache_hit_rate = 50%, phase ="), design({}).replace("parallelism Layout {", "parallelism Layout {\n  sequence_parallel = true"),
    design({ phase: "decode" }).replace("phase =", "sequence_length = 128, cache_hit_rate = 50%, phase ="), design({ phase: "prefill" }).replace("phase =", "tokens = 1T, phase ="),
  ];
  for (const text of texts) {
    for (const { fix, diagnostic, after } of applyEachFix(main(text), "main.dsco")) {
      if (!fix.title.endsWith("no figure changes")) continue;
      expect(figures(after.text), `${fix.title}\n${text}`).toEqual(figures(text));
      met.add(diagnostic.code);
    }
  }
  expect([...met].sort()).toEqual(["DSCO5121", "DSCO7030", "DSCO7031", "DSCO7032", "DSCO7033"]);
});

test("of the design of the language's description there is to say how its layers come out on the stages, and no more", () => {
  const text = readFileSync(path.join(repository, "test/grammar/fixtures/valid/deepseek-v3.dsco"), "utf8");
  expect(checkIn(main(text), "main.dsco").map(({ code }) => code).filter((code) => ofLayout.test(code))).toEqual(["DSCO5131"]);
});

const deepSeek = { name: "DeepSeekV3", from: "std:models/deepseek" };
const llama = { name: "Llama3_1_405B", from: "std:models/meta" };

test.each([
  // DeepSeek-V3, arXiv:2412.19437, section 3.4, and the overview of its inference system.
  ["prefill", deepSeek, 4, "tp = 4, ep = 32, redundant_experts = 32, dual_micro_batch = true", "phase = prefill, prompt_length = 4096, batch_per_gpu = 4"],
  ["decode", deepSeek, 40, "ep = 320, redundant_experts = 64", "phase = decode, context_length = 4096, batch_per_gpu = 128"],
  ["decode", deepSeek, 18, "ep = 144, redundant_experts = 32, dual_micro_batch = true", "phase = decode, context_length = 4096, batch_per_gpu = 128"],
  // Llama 3, arXiv:2407.21783, Table 4: 8K tokens on 8 x 16 x 128 GPUs, 128K on 8 x 16 x 16 x 8.
  ["training", llama, 2048, "tp = 8, pp = 16, dp = 128, zero = 1", "phase = training, sequence_length = 8192, global_batch_size = 2048"],
  ["training", llama, 2048, "tp = 8, cp = 16, pp = 16, dp = 8, zero = 1", "phase = training, sequence_length = 131_072, global_batch_size = 128"],
])("a published layout has no error or warning: %s", (_phase, model, nodes, keys, workload) => {
  const text = [
    'import { ConnectX7, H800 } from "std:hardware/nvidia"', `import { ${model.name} } from "${model.from}"`,
    `hardware Cluster { gpu = H800, gpus_per_node = 8, nodes = ${nodes}, nic = ConnectX7, nics_per_node = 8 }`,
    `parallelism Layout { ${keys} }`, `workload Run { ${workload} }`, `plan P { model = ${model.name}, hardware = Cluster, parallelism = Layout, workload = Run }`, "",
  ].join("\n");
  const found = checkIn(main(text), "main.dsco").filter(({ code }) => ofLayout.test(code));
  expect(found.filter(({ severity }) => severity === "error" || severity === "warning")).toEqual([]);
});

test("a plan checked again after an edit of its parts is a plan checked anew", () => {
  const uri = "file:///design/main.dsco";
  const seen = (workspace: Workspace) => checkFile(workspace, uri).map(({ code, message, span }) => [code, message, span.start]);
  fc.assert(fc.property(fc.array(usual, { minLength: 2, maxLength: 6 }), (designs) => {
    let workspace: Workspace | undefined;
    for (const text of designs.map((of) => design(of))) {
      workspace = openWorkspace((address) => (address === uri ? { kind: "source", source: createSource(uri, text) } : loadStandard(address)), workspace);
      expect(seen(workspace), text).toEqual(seen(workspaceOf(main(text))));
    }
  }), { numRuns: 60 });
}, 120_000);

describe("two plans with one layout", () => {
  const secondPlan = (hardware: string) => ["", "/// Another.", "plan Q {", "  model       = Dense", `  hardware    = ${hardware}`, "  parallelism = Layout", "  workload    = Run", "}", ""].join("\n");

  test("one message says what is wrong with it in both, and each fix mends both", () => {
    const files = main(design({ pp: "3" }) + secondPlan("Cluster"));
    const found = checkIn(files, "main.dsco");
    expect(found.map(({ code }) => code)).toEqual(["DSCO5101"]);
    expect(found[0]?.related).toMatchObject([{ message: "in the plan `P`" }]);
    const fixes = applyEachFix(files, "main.dsco");
    expect(fixes.map(({ fix }) => fix.title)).toContain("Set `pp` to 2: 32 GPUs = pp 2 x dp 16");
    for (const { after } of fixes) expect(after.problems.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("a fix that would break the other is made in a layout that extends it", () => {
    const text = `${design({ pp: "4", dp: "8" })}${secondPlan("Half")}\nhardware Half extends Cluster {\n  nodes = 2\n}\n`;
    const workspace = workspaceOf(main(text));
    const problem = checkFile(workspace, "file:///design/main.dsco").find(({ code }) => code === "DSCO5101");
    const fixes = problem ? provedFixes(workspace, problem) : [];
    expect(problem?.message).toBe("pp x dp = 4 x 8 takes 32 GPUs, and `Half` has 16 GPUs");
    expect(fixes.map(({ title }) => title)).toEqual([
      "Set `dp` to `auto`: 16 GPUs = pp 4 x dp 4", "Extend `Layout` with `dp = 4`: 16 GPUs = pp 4 x dp 4", "Extend `Layout` with `pp = 2`: 16 GPUs = pp 2 x dp 8",
      "Set `nodes` to 4: 32 GPUs = pp 4 x dp 8",
    ]);
    expect(applyEdits(text, fixes[1]?.edits ?? [])).toContain([
      "parallelism Layout_dp_4 extends Layout {", "  dp = 4", "}", "", "/// Another.", "plan Q {", "  model       = Dense", "  hardware    = Half", "  parallelism = Layout_dp_4", "",
    ].join("\n"));
  });
});
