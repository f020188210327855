// The lines of the explanation's tree, as far as no editor is needed.
import { expect, test } from "vitest";
import { nodesOf, type ExplanationNode } from "../../client/src/features/explanation/explanation-nodes";
import type { ExplainedFact, ExplainedFigure } from "../../server/src/lsp/protocol";

const fact = (path: string, changed: Partial<ExplainedFact> = {}): ExplainedFact =>
  ({ path, value: "2 USD/h", origin: "a.dsco:3", source: "", documentation: "What it is.", to: { uri: "file:///a.dsco", place: { line: 2, character: 2 } }, facts: [], ...changed });
const figure: ExplainedFigure = {
  title: "Training cost", value: "4.858 MUSD", documentation: "", formula: ["gpu_hours x price"], convention: "", source: "arXiv:2412.19437, Table 1", confidence: "",
  place: { uri: "file:///a.dsco", place: { line: 0, character: 5 } }, parts: [], facts: [],
  metrics: [{ figure: { uri: "file:///a.dsco", declaration: "Train", metric: "gpu_hours" }, title: "GPU-hours", value: "2.429M GPU·h" }],
};

/** `figure GPU-hours`, what is below a line further in. */
const shown = (nodes: readonly ExplanationNode[], depth = 0): readonly string[] => nodes.flatMap((node) =>
  [`${"  ".repeat(depth)}${node.kind} ${node.label}${node.kind === "group" ? "" : `: ${node.value}`}`, ...("nodes" in node ? shown(node.nodes, depth + 1) : [])]);

test("the formula, the metrics that it names, the facts with their places, the source with a link to the paper", () => {
  const nodes = nodesOf({ ...figure, facts: [fact("hardware.price")] });
  expect(shown(nodes)).toEqual([
    "text Formula: gpu_hours x price", "figure GPU-hours: 2.429M GPU·h · Train", "fact hardware.price: 2 USD/h · a.dsco:3", "text Source: arXiv:2412.19437, Table 1",
  ]);
  expect(nodes[2]).toMatchObject({ to: { place: { line: 2 } }, tip: "`hardware.price`\n\nWhat it is." });
  expect(nodes[3]).toMatchObject({ link: "https://arxiv.org/abs/2412.19437" });
});

test("many facts stand together by what they are of", () => {
  const facts = [...Array.from({ length: 11 }, (_, index) => fact(`hardware.a${index}`)), fact("workload.tokens"), fact("zero")];
  const lines = shown(nodesOf({ ...figure, metrics: [], facts }));
  expect(lines.filter((line) => !line.startsWith("  fact a"))).toEqual([
    "text Formula: gpu_hours x price", "group Facts of hardware (11)", "fact tokens: 2 USD/h · a.dsco:3", "fact zero: 2 USD/h · a.dsco:3", "text Source: arXiv:2412.19437, Table 1",
  ]);
  expect(lines).toContain("  fact a0: 2 USD/h · a.dsco:3");
});

test("parts stand in a group where metrics do, and what an expression used below its fact", () => {
  const part = { label: "weights", value: "3.700 GB", share: "5.1 %", how: "2 x 1.85 GB", parts: [] };
  const facts = [fact("nodes", { facts: [fact("gpus_per_node", { value: "8" })] })];
  expect(shown(nodesOf({ ...figure, parts: [part, part], facts }))).toEqual([
    "text Formula: gpu_hours x price", "figure GPU-hours: 2.429M GPU·h · Train", "group Parts (2)", "  part weights: 3.700 GB · 5.1 %", "  part weights: 3.700 GB · 5.1 %",
    "fact nodes: 2 USD/h · a.dsco:3", "  fact gpus_per_node: 8 · a.dsco:3", "text Source: arXiv:2412.19437, Table 1",
  ]);
  expect(shown(nodesOf({ ...figure, parts: [part] })).filter((line) => line.includes("art"))).toEqual([]);
  expect(shown(nodesOf({ ...figure, metrics: [], parts: [part] }))[1]).toBe("part weights: 3.700 GB · 5.1 %");
});

test("no two lines beside each other have one key", () => {
  const same = { label: "other", value: "1 B", share: "", how: "", parts: [] };
  const keys = nodesOf({ ...figure, formula: ["a: b", "c: d"], parts: [same, same], metrics: [], facts: [fact("a.b"), fact("c.b")] }).map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});
