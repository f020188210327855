// A figure as a tree of the metrics and facts that it came from.
import { describe, expect, test } from "vitest";
import { figureOf } from "../../../server/src/analysis";
import { explanationTree, type ExplanationTree } from "../../../server/src/ide";
import { smallPlans } from "../../kit/plans";
import { declarationOf, uriOf } from "../../kit/workspace";

const file = "design.dsco";
const uri = uriOf(file);

function treeOf(text: string, name: string, metric: string): ExplanationTree {
  const { workspace, declaration } = declarationOf({ [file]: text }, name);
  const tree = explanationTree(workspace, declaration, metric);
  if (!tree) throw new Error(`no ${name}.${metric}`);
  return tree;
}

const lineOf = (part: string): number => smallPlans.slice(0, smallPlans.indexOf(part)).split("\n").length - 1;
const metricsOf = ({ metrics }: ExplanationTree): readonly string[] => metrics.map(({ declaration, metric }) => `${declaration.name}.${metric}`);
const factsOf = ({ facts }: ExplanationTree): readonly string[] => facts.map(({ path }) => path);

describe("the metrics that a formula names", () => {
  test("of the plan itself: what rests on them is not listed again", () => {
    const tree = treeOf(smallPlans, "Train", "training_cost");
    expect(tree.formula).toEqual(["gpu_hours x price"]);
    expect(metricsOf(tree)).toEqual(["Train.gpu_hours"]);
    expect(tree.facts).toEqual([expect.objectContaining({
      path: "hardware.price", value: "2 USD/h", origin: `design.dsco:${lineOf("price = 2") + 1}`, place: { uri, position: { line: lineOf("price = 2"), character: 2 } }, facts: [],
    })]);
  });

  test("of the model, stated at the plan's own sequence length", () => {
    const tree = treeOf(smallPlans, "Train", "mfu");
    expect(metricsOf(tree)).toEqual(["Small.train_flops_per_token", "Train.tokens_per_second_per_gpu"]);
    expect(factsOf(tree)).toEqual(["hardware.gpu.peak.bf16"]);
    expect(tree.metrics[0]?.at).toEqual({ sequenceLength: 2048, contextLength: undefined });
    // The product of what stands below is what stands above.
    const value = (name: string, metric: string, at = {}) => {
      const { workspace, declaration } = declarationOf({ [file]: smallPlans }, name);
      const figure = figureOf(workspace, declaration, metric, at);
      return figure.kind === "value" ? figure.value : Number.NaN;
    };
    const product = value("Small", "train_flops_per_token", tree.metrics[0]?.at) * value("Train", "tokens_per_second_per_gpu");
    expect(product / 989.4e12).toBeCloseTo(value("Train", "mfu"), 3);
  });

  test("of the plans of a service, by their keys", () => {
    const service = `${smallPlans}\nservice Chat { prefill = Prompts, decode = Answers, input_tokens = 2048, output_tokens = 512 }\n`;
    expect(metricsOf(treeOf(service, "Chat", "ttft"))).toEqual(["Prompts.ttft", "Chat.kv_transfer_time"]);
    expect(metricsOf(treeOf(service, "Chat", "tpot"))).toEqual(["Answers.tpot"]);
  });

  test("of the plan's phase alone", () => {
    const { formula, metrics } = treeOf(smallPlans, "Answers", "tokens_per_second_per_gpu");
    expect(formula).toEqual(["decode: batch / (tpot x GPUs)"]);
    expect(metrics.map(({ metric }) => metric)).toEqual(["tpot"]);
  });

  test("are none where a formula names facts alone", () => {
    const tree = treeOf(smallPlans, "Rack", "gpus");
    expect(metricsOf(tree)).toEqual([]);
    expect(factsOf(tree)).toEqual(["nodes", "gpus_per_node"]);
    expect(tree.value).toBe("16");
  });
});

describe("facts", () => {
  test("a default has its reason and no place", () => {
    const gradients = treeOf(smallPlans, "Train", "memory_gradients").facts.find(({ path }) => path.endsWith("precision.gradients"));
    expect(gradients).toMatchObject({ origin: expect.stringMatching(/^default /) as unknown, place: undefined });
    expect(gradients?.source.length).toBeGreaterThan(10);
  });

  test("of the standard library lead there", () => {
    const peak = treeOf(smallPlans, "Rack", "peak_flops").facts.find(({ path }) => path === "gpu.peak.bf16");
    expect(peak).toMatchObject({ origin: expect.stringMatching(/^std:hardware\/nvidia:\d+$/) as unknown, place: { uri: "std:hardware/nvidia" } });
  });

  test("show what their expressions took values from", () => {
    const nodes = treeOf(smallPlans.replace("nodes = 2", "nodes = gpus_per_node / 4"), "Rack", "gpus").facts.find(({ path }) => path === "nodes");
    expect(nodes).toMatchObject({ value: "2", facts: [{ path: "gpus_per_node", value: "8", place: { uri, position: { line: lineOf("gpus_per_node = 8"), character: 14 } } }] });
  });
});

test("parts sum up to the figure, each with its share", () => {
  const { parts, value } = treeOf(smallPlans, "Train", "memory_per_gpu");
  expect(parts.map(({ label }) => label)).toEqual(["weights", "gradients", "master weights and moments", "activations", "buffers"]);
  const gigabytes = (text: string) => Number.parseFloat(text.replace(/,/g, "")) * ({ GB: 1, MB: 1e-3, KB: 1e-6, B: 1e-9 }[/[KMG]?B/.exec(text)?.[0] ?? ""] ?? Number.NaN);
  expect(parts.reduce((sum, part) => sum + gigabytes(part.value), 0)).toBeCloseTo(gigabytes(value), 2);
  expect(parts.reduce((sum, part) => sum + Number.parseFloat(part.share), 0)).toBeCloseTo(100, 0);
});

test("a figure that is not computed says why, and names nothing below it", () => {
  const tree = treeOf(smallPlans.replace("tokens = 1B", ""), "Train", "training_time");
  expect(tree.value).toMatch(/^not computed: /);
  expect([tree.metrics, tree.parts, tree.facts]).toEqual([[], [], []]);
});

test("there is none of a metric that the declaration has not", () => {
  const { workspace, declaration } = declarationOf({ [file]: smallPlans }, "Small");
  expect(explanationTree(workspace, declaration, "tpot")).toBeUndefined();
});
