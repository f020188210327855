// What the editor shows of plans. Figures are held against the registry, not against themselves: they may become better.
import { describe, expect, it } from "vitest";
import { fedMetrics, figureOf, metricOf, readableParts, shortText } from "../../../server/src/analysis";
import { bindDeclaration, type Position } from "../../../server/src/core";
import { codeLenses, completion, explainMarkdown, hover, inlayHints, lensText, type FigureLens } from "../../../server/src/ide";
import { ratioText } from "../../../server/src/ide/plan-hints";
import { smallPlans } from "../../kit/plans";
import { openFiles, type OpenFiles } from "../../kit/workspace";

const open = (text = smallPlans): OpenFiles => openFiles({ "a.dsco": text });

function planOf({ workspace, scope }: OpenFiles, name: string) {
  const symbol = scope.symbols.get(name);
  const bound = symbol?.kind === "declaration" ? bindDeclaration(workspace, symbol.node, scope) : undefined;
  if (!bound) throw new Error(`no ${name}`);
  return bound;
}

/** A figure of the small design as every feature writes it. */
function written(files: OpenFiles, name: string, id: string): string {
  const metric = metricOf(files.workspace, planOf(files, name), id);
  if (metric?.figure.kind !== "value") throw new Error(`${name} has no ${id}`);
  return shortText(metric.figure.value, metric);
}

const placeIn = ({ scope: { source } }: OpenFiles, text: string, into = 0): Position => source.lines.position(source.text.indexOf(text) + into);

const lensesOf = (files: OpenFiles, name: string): readonly FigureLens[] => codeLenses(files.workspace, files.uri).filter(({ declaration }) => declaration === name);
const titles = (files: OpenFiles, name: string) => lensesOf(files, name).map((lens) => lensText(files.workspace, files.uri, lens)?.title);

describe("lenses", () => {
  it("show a plan by its phase", () => {
    const files = open();
    expect(lensesOf(files, "Train").map(({ metric }) => metric)).toEqual(["step_time", "tokens_per_second_per_gpu", "mfu", "memory_per_gpu", "bubble_fraction", "training_cost"]);
    expect(lensesOf(files, "Prompts").map(({ metric }) => metric)).toEqual(["ttft", "tokens_per_second_per_node", "memory_per_gpu"]);
    expect(lensesOf(files, "Answers").map(({ metric }) => metric)).toEqual(["tpot", "tokens_per_second_per_user", "tokens_per_second_per_node", "memory_per_gpu", "tpot_limit"]);
  });

  it("say each figure with its capacity or as a share", () => {
    const files = open();
    const [step, , mfu, memory] = titles(files, "Train");
    expect(step).toBe(`${written(files, "Train", "step_time")} a step`);
    expect(mfu).toMatch(/^[\d.]+ % MFU$/);
    expect(memory).toBe(`${written(files, "Train", "memory_per_gpu")} of 84.94 GB a GPU`);
  });

  it("show above a layout and a workload what they come to in each plan", () => {
    const files = open();
    expect(titles(files, "Split")).toEqual([`${written(files, "Train", "step_time")} a step, ${written(files, "Train", "memory_per_gpu")} of 84.94 GB a GPU in Train`]);
    expect(lensesOf(files, "Wide").map(({ user, metric }) => `${user} ${metric}`)).toEqual(["Prompts ttft", "Answers tpot"]);
    expect(titles(files, "Learn")).toEqual(titles(files, "Split"));
    const many = open(`${smallPlans}${["A", "B", "C"].map((name) => `plan ${name} extends Train { }\n`).join("")}`);
    expect(titles(many, "Split")[2]).toMatch(/ in B; 1 more plan uses it$/);
  });

  it("leave out what rests on a price that is not written", () => {
    expect(lensesOf(open(smallPlans.replace("price = 2 USD/h", "")), "Train").map(({ metric }) => metric)).not.toContain("training_cost");
  });

  it("keep their places while a part of the plan is in error", () => {
    const files = open(smallPlans.replace("pp = 2", "pp = "));
    const seen = codeLenses(files.workspace, files.uri, {}, () => true);
    expect(seen.filter(({ declaration }) => declaration === "Train").map(({ metric, isStale }) => [metric, isStale])).toEqual(
      ["step_time", "tokens_per_second_per_gpu", "mfu", "memory_per_gpu", "bubble_fraction", "training_cost"].map((metric) => [metric, true]),
    );
    expect(seen.filter(({ declaration }) => declaration === "Split").map(({ user, isStale }) => [user, isStale])).toEqual([["Train", true]]);
    const [unseen] = lensesOf(files, "Train");
    expect(unseen && lensText(files.workspace, files.uri, unseen)).toMatchObject({ title: "not computed: `pp` of `parallelism` has no valid value", state: "broken" });
  });

  it("say of a plan that lacks a part which one", () => {
    const files = open("plan Empty {\n}\n");
    expect(titles(files, "Empty").every((title) => /^(.* )?not computed: `\w+` of `plan` is missing$/.test(title ?? ""))).toBe(true);
    expect(titles(files, "Empty").length).toBeGreaterThan(0);
  });
});

describe("hover", () => {
  const hoverAt = (files: OpenFiles, text: string, into = 0) => hover(files.workspace, files.uri, placeIn(files, text, into))?.contents ?? "";

  it("shows the key figures of a plan, times with their ideal and memory with its parts", () => {
    const files = open();
    const text = hoverAt(files, "plan Train", 6);
    expect(text).toMatch(/^\* Step time: [\d.]+ m?s, ideal [\d.]+ (m|µ)?s$/m);
    expect(text).toMatch(/^\* Memory per GPU: [\d.]+ GB of 84\.94 GB: weights [\d.]+ MB, activations [\d.]+ MB, gradients [\d.]+ MB, optimizer [\d.]+ MB, buffers [\d.]+ MB$/m);
    expect(text).not.toMatch(/only a (decode|prefill) plan/);
    expect(text).toMatch(/^Confidence: .+\.$/m);
    expect(hoverAt(files, "plan Answers", 6)).toMatch(/^\* Time per output token: /m);
  });

  it("shows at a key of a layout, a workload or a device the figures of the plans that it feeds", () => {
    const files = open();
    expect(hoverAt(files, "pp = 2", 1)).toContain(`Enters into the figures of \`plan Train\`:\n\n* Step time: ${written(files, "Train", "step_time")}`);
    expect(hoverAt(files, "context_length", 1)).toMatch(/figures of `plan Answers`:\n\n\* Time per output token/);
    expect(hoverAt(files, "intermediate_size = 512", 1)).toMatch(/\nEnters into:\n[\s\S]*\nEnters into the figures of `plan Train`:\n/);
    expect(hoverAt(files, "tokens = 1B", 1)).toMatch(/figures of `plan Train`:\n\n\* Training time/);
    expect(hoverAt(files, "gpu = H100", 1)).toMatch(/figures of `plan Prompts`:/);
  });

  it("follows a property into the plans of declarations that extend its own", () => {
    const files = open(`${smallPlans}parallelism Deep extends Split { ep = 8 }\nplan Other extends Train { parallelism = Deep }\n`);
    expect(hoverAt(files, "pp = 2", 1)).toMatch(/figures of `plan Other`:\n\n\* Step time/);
    const [train, other] = ["Train", "Other"].map((name) => fedMetrics(files.workspace, planOf(files, name), planOf(files, "Split").block, "ep"));
    expect(train?.length).toBeGreaterThan(0);
    expect(other).toEqual([]); // it has an ep of its own
  });

  it("says of a layout that no plan uses so", () => {
    expect(hoverAt(open("parallelism Alone { pp = 2 }\n"), "pp", 1)).toContain("No plan of this file uses it.");
  });

  it("shows what an efficiency is by default, on what evidence", () => {
    const files = open(smallPlans.replace("workload = Learn\n", "workload = Learn\n  efficiency { gemm = 70%, scale_up = 90% }\n"));
    const gemm = hoverAt(files, "gemm = 70%", 1);
    expect(gemm).toMatch(/^\* `gemm_fp8` [\d.]+ %, measured on a device of this class: /m);
    expect(hoverAt(files, "scale_up = 90%", 1)).toMatch(/^\* `collectives` 100\.0 %, measured/m);
    expect(hoverAt(files, "efficiency {", 1)).toMatch(/^\* `grouped_gemm`: [\d.]+ % \((measured|scaled|assumed)\), /m);
  });
});

describe("hints", () => {
  const hintsOf = (files: OpenFiles) => inlayHints(files.workspace, files.uri, { start: { line: 0, character: 0 }, end: { line: 1e6, character: 0 } })
    .map(({ position, label }) => [files.scope.source.text.slice(0, files.scope.source.lines.offset(position)).split("\n").at(-1)?.trim() ?? "", label]);

  it("resolve auto and count micro-batches where the plans agree, and name them where they do not", () => {
    // 16 GPUs on two stages: 8 replicas; 64 sequences over 8 replicas: 8 micro-batches
    expect(hintsOf(open())).toContainEqual(["dp = auto", "= 8"]);
    expect(hintsOf(open())).toContainEqual(["micro_batch_size = 1", "8 micro-batches"]);
    const two = open(`${smallPlans}hardware Half extends Rack { nodes = 1 }\nplan Slow extends Train { hardware = Half }\n`);
    expect(hintsOf(two)).toContainEqual(["dp = auto", "= 8 in Train, 4 in Slow"]);
    expect(hintsOf(two)).toContainEqual(["micro_batch_size = 1", "micro-batches: 8 in Train, 16 in Slow"]);
  });

  it("show defaults of a layout with what they come to, without degrees of 1", () => {
    // behind the brace, since the block has lines of its own
    const label = hintsOf(open()).find(([line]) => line === "parallelism Wide {")?.[1];
    expect(label).toContain("dp = auto (16)");
    expect(label).not.toMatch(/\b(tp|pp|cp|etp|vp) = 1\b/);
  });

  it("say what dualpipe recomputes, and nothing of an auto that switches nothing on", () => {
    const labelOf = (text: string) => hintsOf(open(text)).find(([line]) => line === "parallelism Split {")?.[1] ?? "";
    expect(labelOf(smallPlans.replace("schedule = 1f1b", "schedule = dualpipe"))).toContain("recompute = auto (selective)");
    expect(labelOf(smallPlans)).not.toMatch(/recompute|sequence_parallel|overlap_data_parallel/);
    // one that is written says what it comes to all the same
    expect(hintsOf(open(smallPlans.replace("dp = auto", "dp = auto\n  sequence_parallel = auto")))).toContainEqual(["sequence_parallel = auto", "= false"]);
  });

  it("set the estimate beside a measurement", () => {
    const files = open();
    const figure = figureOf(files.workspace, planOf(files, "Train"), "step_time");
    const ratio = figure.kind === "value" ? ratioText(figure.value) : "";
    expect(hintsOf(files)).toContainEqual(['measured step_time = 1 s from "a run"', `estimate ${written(files, "Train", "step_time")}, ${ratio}`]);
  });

  it.each([[1, "exact"], [1.0123, "x1.01"], [0.5, "x0.500"], [142.857, "x143"], [2e4, "x20.00K"]])("writes a ratio of %d as %s", (ratio, text) => {
    expect(ratioText(ratio)).toBe(text);
  });
});

describe("completion", () => {
  it("names the figures of the phase before the others", () => {
    const text = smallPlans.replace('measured step_time = 1 s from "a run"', "require ");
    const files = open(text);
    const drafts = completion(files.workspace, files.uri, placeIn(files, "  require ", 10)).items.filter(({ kind }) => kind === "metric");
    const ranks = new Map(drafts.map(({ label, rank, detail }) => [label, { rank, detail }]));
    expect(ranks.get("step_time")).toEqual({ rank: 0, detail: "Step time" });
    expect(ranks.get("memory_per_gpu")?.rank).toBe(0);
    expect(ranks.get("tpot")?.rank).toBe(3);
  });
});

describe("an explanation as a page", () => {
  it("holds tables and drawings, and every row of a table has as many cells", () => {
    const files = open();
    const page = explainMarkdown(files.workspace, planOf(files, "Train"), "compute_time") ?? "";
    const rows = page.split("## Operators of one micro\\-batch")[1]?.split("\n\n")[1]?.split("\n") ?? [];
    expect(rows.length).toBeGreaterThan(10);
    expect(new Set(rows.map((row) => row.replace(/\\\|/g, "").split("|").length))).toEqual(new Set([11]));
    expect(explainMarkdown(files.workspace, planOf(files, "Train"), "bubble_time")).toMatch(/\n {4}0 F[FB.]+\n {4}1 \.+F[FB.]+\n/);
  });

  it("shows as many levels of a breakdown as are read", () => {
    const leaf = { label: "leaf", value: 1, formula: "" };
    const inner = { label: "inner", value: 10, formula: "", parts: Array.from({ length: 10 }, () => leaf) };
    // 5 and 50 parts are 55 lines; one level of 6 with 10 each would be 66
    expect(readableParts(Array.from({ length: 5 }, () => inner))).toEqual({ parts: Array.from({ length: 5 }, () => inner), left: 0 });
    const flat = { label: "inner", value: 10, formula: "" };
    expect(readableParts(Array.from({ length: 6 }, () => inner))).toEqual({ parts: Array.from({ length: 6 }, () => flat), left: 60 });
    expect(readableParts(Array.from({ length: 70 }, () => leaf))).toMatchObject({ left: 0, parts: { length: 70 } });
    expect(readableParts([])).toEqual({ parts: [], left: 0 });
  });
});
