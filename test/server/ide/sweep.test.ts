// A design of a sweep written into the files: the plan's figures after it are those of the sweep.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { metricOf, openWorkspace, loadStandard } from "../../../server/src/analysis";
import { bindDeclaration, createSource, fileScope } from "../../../server/src/core";
import { Unavailable } from "../../../server/src/cost/definition";
import { evaluatorOf, pointAt, runStretch, spaceOf, type Space, type Verdict } from "../../../server/src/explore";
import { applyDesign, designOptions, sweepLenses, type AppliedDesign } from "../../../server/src/ide";
import { composed } from "../../../server/src/ide/sweep/edits";
import { applyEdits, checkFile } from "../../../server/src/rules";
import { planText, type PlanText } from "../../kit/plan";
import { declarationOf, openFiles, uriOf } from "../../kit/workspace";

type Files = Readonly<Record<string, string>>;

/** The first file holds the sweep `S`. */
function spaceIn(files: Files): Space {
  const { workspace, declaration } = declarationOf(files, "S");
  const found = spaceOf(workspace, declaration);
  if (found.kind === "invalid") throw new Error(found.reason);
  return found.space;
}

/** The files with an edit made, in places of lines and columns as an editor makes it. */
function edited(files: Files, applied: Extract<AppliedDesign, { kind: "edit" }>): Files {
  const changed = new Map(Object.entries(files));
  const { workspace } = openFiles(files);
  for (const { uri, edits } of applied.files) {
    const path = Object.keys(files).find((name) => uriOf(name) === uri) ?? "";
    const { text, lines } = fileScope(workspace, uri)?.source ?? createSource(uri, "");
    changed.set(path, applyEdits(text, edits.map(({ range, newText }) => ({ start: lines.offset(range.start), end: lines.offset(range.end), newText }))));
  }
  return Object.fromEntries(changed);
}

function figure(files: Files, plan: string, metric: string): number | undefined {
  const texts = new Map(Object.entries(files).map(([path, text]) => [uriOf(path), text]));
  const workspace = openWorkspace((uri) => {
    const text = texts.get(uri);
    return uri.startsWith("std:") ? loadStandard(uri) : text === undefined ? { kind: "failed", reason: "none" } : { kind: "source", source: createSource(uri, text) };
  });
  for (const uri of texts.keys()) {
    const scope = fileScope(workspace, uri);
    const node = scope?.declarations.find((candidate) => candidate.name?.text === plan);
    const bound = scope && node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
    const found = bound && metricOf(workspace, bound, metric)?.figure;
    if (found) return found.kind === "value" ? found.value : undefined;
  }
  return undefined;
}

const shallow: PlanText = { parallelism: "pp = 16, ep = 64, zero = 1, schedule = 1f1b, recompute = full" };
const sweepOf = (...lines: readonly string[]): string => `\nsweep S of Plan {\n${lines.join("\n")}\nmaximize tokens_per_second_per_gpu\nminimize memory_per_gpu\n}\n`;
const alone = (text: PlanText, ...lines: readonly string[]): Files => ({ "plan.dsco": `${planText(text)}${sweepOf(...lines)}` });

const spaces: readonly (readonly [string, Files])[] = [
  ["keys that are written, and keys that are not", alone(shallow, "parallelism.ep = [32, 64, 128]", "parallelism.zero = 0..3", "parallelism.cp = [1, 2]", "workload.global_batch_size = [7680, 15_360]")],
  ["keys of the library's cluster, of its GPU and of its card", alone(shallow, "hardware.nodes = [128, 256]", "hardware.gpu.memory = [80 GB, 141 GB]", "hardware.gpu.scale_up.bandwidth = [200 GB/s, 450 GB/s]", "hardware.nic.rate = [400 Gbps, 800 Gbps]")],
  ["whole clusters, and a key of whichever it is", alone(shallow, "hardware = [H800Cluster, DGX_H100]", "hardware.nodes = [128, 256]", "hardware.gpu.memory = [96 GB, 141 GB]")],
  ["blocks of the library's model", alone(shallow, "model.moe.top_k = [4, 8]", "model.precision.weights = [bf16, fp8_e4m3]", "model.mla.heads = [64, 128]")],
  ["a model that extends another", alone({ ...shallow, before: "model Own extends DeepSeekV3 { ffn moe { top_k = 8 } }", model: "Own" }, "model.moe.top_k = [4, 8]", "model.moe.routed_experts = [128, 256]", "model.hidden_size = [4096, 7168]")],
  ["whole layouts beside a key of them", alone({ ...shallow, before: "parallelism Wide { tp = 8, pp = 4, ep = 32, zero = 1, recompute = full }" }, "parallelism = [Layout, Wide]", "parallelism.zero = [1, 2]")],
  ["values that are computed, and in other words", alone({ ...shallow, before: "let twice = 2" }, "parallelism.micro_batch_size = [1, twice]", "parallelism.recompute = [full, selective]", "hardware.gpu.memory_bandwidth = [3.35 TB/s, 2 * 3.35 TB/s]", "parallelism.sequence_parallel = [true, false]")],
  ["an efficiency that is written in the plan", alone({ ...shallow, plan: "efficiency { gemm = 0.7 }" }, "efficiency.gemm = [50%, 0.8]", "efficiency.attention = [0.5, 0.6]")],
  ["a plan of another file, whose clusters come from a third", {
    "sweep.dsco": `import { Plan } from "./plan.dsco"\nimport { Small } from "./parts/clusters.dsco"\nimport { H800Cluster } from "std:clusters/deepseek"${sweepOf("hardware = [H800Cluster, Small]", "parallelism.ep = [32, 64]")}`,
    "plan.dsco": planText(shallow),
    "parts/clusters.dsco": 'import { H800Cluster } from "std:clusters/deepseek"\nhardware Small extends H800Cluster { nodes = 128 }\n',
  }],
  ["lines that end as on Windows", { "plan.dsco": alone(shallow, "hardware.nodes = [128, 256]", "parallelism.ep = [32, 64]", "parallelism.cp = [1, 2]")["plan.dsco"]?.replace(/\n/g, "\r\n") ?? "" }],
];

/** At most so many of the items, the first and the last among them. */
const spread = (items: readonly number[], most: number): readonly number[] =>
  [...new Set(Array.from({ length: most }, (_, place) => items[Math.round((place * (items.length - 1)) / (most - 1))] ?? 0))];

describe("a design that is applied", () => {
  test.each(spaces)("%s", (_, files) => {
    const space = spaceIn(files);
    const evaluator = evaluatorOf(space);
    const seen = new Set<string>();
    const found = [...runStretch(evaluator, 0, space.size).indices];
    for (const design of spread(found, 8)) {
      const verdict = evaluator.verdict(pointAt(space, design));
      const values = verdict.kind === "feasible" ? verdict.values : [];
      const applied = applyDesign(space.workspace, space, design, values);
      if (applied.kind === "refused") throw new Error(applied.reason);
      const after = edited(files, applied);
      expect(["tokens_per_second_per_gpu", "memory_per_gpu"].map((metric) => figure(after, "Plan", metric))).toEqual(values);
      const { workspace, uri } = openFiles(after);
      expect(checkFile(workspace, uri).filter(({ severity }) => severity === "error").map(({ message }) => message)).toEqual([]);
      seen.add(JSON.stringify(values));
    }
    expect(seen.size, "designs that meet everything and differ").toBeGreaterThan(1);
  });

  /** Keys of every part, of the library's declarations and of the file's own, each with values that many plans can have. */
  const pool: readonly (readonly [path: string, values: readonly string[]])[] = [
    ["parallelism.pp", ["4", "8", "16"]], ["parallelism.ep", ["16", "32", "64"]], ["parallelism.tp", ["1", "2", "4"]], ["parallelism.zero", ["0", "1", "2", "3"]],
    ["parallelism.recompute", ["full", "selective", "none"]], ["parallelism.micro_batch_size", ["1", "2", "2 * 2"]], ["parallelism.sequence_parallel", ["true", "false"]],
    ["workload.global_batch_size", ["7680", "15_360", "30720"]], ["workload.sequence_length", ["4K", "4Ki", "8Ki"]], ["hardware", ["H800Cluster", "DGX_H100", "DGX_B200"]],
    ["hardware.nodes", ["128", "256", "2 * 96"]], ["hardware.gpu.memory", ["80 GB", "141 GB", "96 GiB"]], ["hardware.gpu.scale_up.bandwidth", ["200 GB/s", "450 GB/s"]],
    ["model", ["DeepSeekV3", "DeepSeekV2"]], ["model.moe.top_k", ["4", "8"]], ["model.mla.kv_lora_rank", ["256", "512"]], ["model.precision.weights", ["bf16", "fp8_e4m3"]], ["efficiency.gemm", ["50%", "0.8"]],
  ];
  const anySpace = fc.uniqueArray(fc.nat({ max: pool.length - 1 }), { minLength: 1, maxLength: 4 }).chain((chosen) =>
    fc.tuple(...chosen.map((index) => fc.subarray([...(pool[index]?.[1] ?? [])], { minLength: 1 }).map((values) => `${pool[index]?.[0]} = [${values.join(", ")}]`))));

  /** `undefined` where a key that varies is none of the declaration that is tried first. */
  const verdictOf = (space: Space, design: number): Verdict | undefined => {
    try {
      return evaluatorOf(space).verdict(pointAt(space, design));
    } catch (fault) {
      if (fault instanceof Unavailable) return undefined;
      throw fault;
    }
  };

  test("of any space", () => {
    let applied = 0;
    fc.assert(fc.property(anySpace, fc.nat(), (lines, number) => {
      const files = alone({ ...shallow, plan: "efficiency { gemm = 0.7 }" }, ...lines);
      const space = spaceIn(files);
      const design = number % space.size;
      const verdict = verdictOf(space, design);
      if (verdict?.kind !== "feasible") return;
      const found = applyDesign(space.workspace, space, design, verdict.values);
      if (found.kind === "refused") throw new Error(found.reason);
      const after = edited(files, found);
      expect(["tokens_per_second_per_gpu", "memory_per_gpu"].map((metric) => figure(after, "Plan", metric)), after["plan.dsco"]).toEqual(verdict.values);
      applied += 1;
    }), { numRuns: 60, seed: 7 });
    expect(applied).toBeGreaterThan(15);
  });

  const applyTo = (files: Files, choices: Readonly<Record<string, string>>): Files => {
    const space = spaceIn(files);
    const design = space.axes.reduce((number, { path, choices: all }) => number * all.length + Math.max(0, all.findIndex(({ text }) => text === choices[path])), 0);
    const verdict = evaluatorOf(space).verdict(pointAt(space, design));
    if (verdict.kind === "infeasible") throw new Error(verdict.reason.text);
    const applied = applyDesign(space.workspace, space, design, verdict.values);
    if (applied.kind === "refused") throw new Error(applied.reason);
    return edited(files, applied);
  };

  test("changes what is written in its place, and writes the rest behind it", () => {
    const after = applyTo(alone(shallow, "parallelism.ep = [32, 128]", "parallelism.cp = [1, 2]"), { "parallelism.ep": "128", "parallelism.cp": "2" });
    expect(after["plan.dsco"]).toContain("parallelism Layout { pp = 16, ep = 128, zero = 1, schedule = 1f1b, recompute = full, cp = 2 }");
  });

  test("extends what stands in the library, once for all of its keys, and names it in the plan", () => {
    const after = applyTo(alone(shallow, "hardware.nodes = [128, 64]", "hardware.gpus_per_node = [8, 16]", "hardware.gpu.memory = [80 GB, 141 GB]"), { "hardware.nodes": "128", "hardware.gpu.memory": "141 GB", "hardware.gpus_per_node": "8" });
    const text = after["plan.dsco"] ?? "";
    expect(text).toContain("gpu H800_Plan extends H800 {\n  memory = 141 GB\n}\n");
    expect(text).toContain("hardware H800Cluster_Plan extends H800Cluster {\n  nodes = 128\n  gpu   = H800_Plan\n}\n");
    expect(text).toContain("hardware = H800Cluster_Plan,");
    expect(text).toContain('import { H800 } from "std:hardware/nvidia"');
  });

  test("that the plan is already needs no edit", () => {
    const files = alone(shallow, "parallelism.ep = [32, 64]");
    const space = spaceIn(files);
    const verdict = evaluatorOf(space).verdict([1]);
    expect(applyDesign(space.workspace, space, 1, verdict.kind === "feasible" ? verdict.values : [])).toEqual({ kind: "edit", files: [], notes: [] });
  });

  test("says which other plans change with it", () => {
    const files = alone(shallow, "parallelism.ep = [32, 64]");
    const twice = { "plan.dsco": `${files["plan.dsco"]}plan Other { model = DeepSeekV3, hardware = H800Cluster, parallelism = Layout, workload = Work }\n` };
    const space = spaceIn(twice);
    const verdict = evaluatorOf(space).verdict([0]);
    expect(applyDesign(space.workspace, space, 0, verdict.kind === "feasible" ? verdict.values : [])).toMatchObject({ kind: "edit", notes: ["`Other` rests on the same declarations and changes too"] });
  });

  test.each<readonly [string, (text: string) => string, RegExp]>([
    ["the plan is another one", (text) => text.replace("pp = 16", "pp = 8"), /^with these values `tokens_per_second_per_gpu` of `Plan` would be .*: the files have changed since/],
    ["the plan is gone", (text) => text.replace("plan Plan", "plan Gone"), /^the design has no `hardware\.nodes` any more$/],
  ])("is refused where %s", (_, change, reason) => {
    const files = alone(shallow, "hardware.nodes = [128, 256]");
    const space = spaceIn(files);
    const verdict = evaluatorOf(space).verdict([0]);
    const { workspace } = openFiles({ "plan.dsco": change(files["plan.dsco"] ?? "") });
    const applied = applyDesign(workspace, space, 0, verdict.kind === "feasible" ? verdict.values : []);
    expect(applied.kind === "refused" ? applied.reason : "").toMatch(reason);
  });
});

test("edits one after the other are edits of the first text", () => {
  const edits = (length: number) => fc.array(fc.tuple(fc.nat({ max: length }), fc.nat({ max: 3 }), fc.string({ maxLength: 4 })), { maxLength: 3 }).map((all) => {
    let end = 0;
    return all.sort(([left], [right]) => left - right).flatMap(([at, size, newText]) => {
      const start = Math.max(at, end);
      if (start > length) return [];
      end = Math.min(length, start + size) + 1;
      return [{ start, end: end - 1, newText }];
    });
  });
  fc.assert(fc.property(fc.string({ minLength: 8, maxLength: 24 }).chain((text) => edits(text.length).chain((first) => {
    const between = applyEdits(text, first);
    return edits(between.length).map((second) => ({ text, first, between, second }));
  })), ({ text, first, between, second }) => {
    expect(applyEdits(text, composed(text, first, second))).toBe(applyEdits(between, second));
  }));
});

test("edits that are far from each other stay apart, and one inside another becomes part of it", () => {
  const text = "one = 1\ntwo = 2\nthree = 3\n";
  const first = [{ start: 8, end: 8, newText: "half = 0\n" }];
  expect(composed(text, first, [{ start: 6, end: 7, newText: "10" }, { start: 23, end: 24, newText: "20" }, { start: 33, end: 34, newText: "30" }])).toEqual([
    { start: 6, end: 7, newText: "10" }, { start: 8, end: 8, newText: "half = 0\n" }, { start: 14, end: 15, newText: "20" }, { start: 24, end: 25, newText: "30" },
  ]);
  expect(composed(text, [{ start: 6, end: 7, newText: "100" }], [{ start: 16, end: 17, newText: "20" }])).toEqual([{ start: 6, end: 7, newText: "100" }, { start: 14, end: 15, newText: "20" }]);
  expect(composed(text, first, [{ start: 15, end: 16, newText: "5" }])).toEqual([{ start: 8, end: 8, newText: "half = 5\n" }]);
});

test("options of a design name keys by what the file of the sweep knows", () => {
  const space = spaceIn(alone(shallow, "parallelism.ep = [32, 64]", "hardware.nodes = [128, 256]"));
  expect(designOptions(space, 1)).toEqual({ kind: "text", text: "--set Layout.ep=32 --set H800Cluster.nodes=256" });
  const deep = spaceIn(alone(shallow, "hardware.gpu.memory = [80 GB, 96 GB]"));
  expect(designOptions(deep, 1)).toEqual({ kind: "refused", reason: "`H800`, of which `hardware.gpu.memory` is, is not known in the file of the sweep" });
  const quoted = spaceIn(alone({ ...shallow, before: 'import { H800 } from "std:hardware/nvidia"' }, "hardware.gpu.memory = [80 GB, 96 GB]"));
  expect(designOptions(quoted, 1)).toEqual({ kind: "text", text: "--set 'H800.memory=96 GB'" });
});

test("lenses stand above sweeps that can be run", () => {
  const files = { "plan.dsco": `${planText({})}\nsweep A of Plan { parallelism.ep = [8, 16], minimize step_time }\nsweep B of Plan { parallelism.ep = [8] }\nsweep C of Plan { budget = 1, parallelism.ep = [8, 16], minimize step_time }\n` };
  const { workspace, uri } = openFiles(files);
  expect(sweepLenses(workspace, uri).map(({ declaration, size, searched }) => [declaration, size, searched])).toEqual([["A", 2, undefined], ["C", 2, 1]]);
});
