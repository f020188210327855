/** A design put together from pieces is the one that an edit of the file gives. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planResult } from "../../../server/src/analysis";
import { Unavailable } from "../../../server/src/cost/definition";
import { compileSpace } from "../../../server/src/explore/compile";
import { evaluatorOf, type Reason } from "../../../server/src/explore/evaluate";
import { spaceOf, type Point, type Space } from "../../../server/src/explore/space";
import { planText, type PlanText } from "../../kit/plan";
import { sweep } from "../../kit/space";
import { declarationOf } from "../../kit/workspace";

/** What can be read of a record: a key without a value says why. */
function contentOf(make: () => object | undefined): string {
  try {
    return JSON.stringify(make());
  } catch (fault) {
    if (fault instanceof Unavailable) return "unavailable";
    throw fault;
  }
}

const points = ({ axes }: Space): fc.Arbitrary<Point> => fc.tuple(...axes.map(({ choices }) => fc.nat({ max: choices.length - 1 })));

const spaces: readonly (readonly [string, () => Space])[] = [
  ["degrees, batch and memory", () => sweep(`
    parallelism.pp = [1, 2, 4, 8, 16]
    parallelism.ep = [8, 64, 128]
    parallelism.zero = 0..3
    parallelism.micro_batch_size = [1, 2]
    workload.global_batch_size = [7680, 15_360]
    hardware.gpu.memory = [80 GB, 141 GB]`)],
  ["a schedule and the recomputation that follows it", () => sweep("parallelism.schedule = [1f1b, zb1p, dualpipe]\nparallelism.tp = [1, 2]")],
  ["a schedule and recomputation of its own", () => sweep("parallelism.schedule = [1f1b, dualpipe]\nparallelism.recompute = [auto, none, full]")],
  ["whole clusters, and a key of whichever it is", () => sweep("hardware = [H800Cluster, DGX_H100]\nhardware.gpu.memory = [80 GB, 96 GB]\nhardware.nodes = [64, 256]")],
  ["whole layouts beside a key of them", () => sweep("parallelism = [Layout, Wide]\nparallelism.ep = [8, 16]", {}, "\nparallelism Wide { tp = 8, pp = 4, ep = 32 }")],
  ["a model's widths, one computed from the other", () => sweep(
    "model.hidden_size = [4096, 7168]\nmodel.layers = [61, 64]", { before: "let wide = 2\nmodel Own extends DeepSeekV3 { ffn dense { layers = 0..2, intermediate_size = wide * hidden_size } }", model: "Own" })],
  ["a workload computed from a varied key through a constant", () => sweep(
    "parallelism.micro_batch_size = [1, 2, 4]\nparallelism.zero = [0, 1]", { before: "let micro = 960 * Layout.micro_batch_size", workload: "phase = training, sequence_length = 4096, global_batch_size = 8 * micro" })],
  ["a workload computed from a metric", () => sweep(
    "hardware.nodes = [128, 256]\nparallelism.zero = [0, 1]", { before: "hardware Own extends H800Cluster { }", hardware: "Own", workload: "phase = training, sequence_length = 4096, global_batch_size = 8 * Own.gpus" })],
  ["whole clusters, the first of which lacks a key that varies", () => sweep(
    "hardware = [Bare, H800Cluster]\nhardware.nic.rate = [200 Gbps, 400 Gbps]\nparallelism.zero = [0, 1]", { before: "gpu Device { memory = 80 GB, memory_bandwidth = 3 TB/s }\nhardware Bare { gpu = Device, gpus_per_node = 8, nodes = 256 }" })],
  ["an efficiency", () => sweep("efficiency.gemm = [0.5, 0.8]\nparallelism.zero = [0, 1]", { plan: "efficiency { gemm = 0.7 }" })],
];

describe("a design of a space", () => {
  it.each(spaces)("%s", (_, make) => {
    const space = make();
    const { record, workspaceAt } = compileSpace(space);
    const seen = new Set<string>();
    fc.assert(fc.property(points(space), (point) => {
      const slow = contentOf(() => planResult(workspaceAt(point), space.plan)?.record);
      expect(contentOf(() => record(point))).toBe(slow);
      seen.add(slow);
    }), { numRuns: 40 });
    expect(seen.size, "the choices change something").toBeGreaterThan(1);
  });
});

describe("what a design comes to", () => {
  const verdict = (lines: string, point: Point, text: PlanText = {}) => evaluatorOf(sweep(lines, text)).verdict(point);
  const shallow: PlanText = { parallelism: "pp = 16, ep = 64, zero = 1, schedule = 1f1b, recompute = full" };

  it("has a value for each objective", () => {
    const found = verdict("parallelism.ep = [64, 128]", [0], shallow);
    expect(found.kind === "feasible" ? found.values.map((value) => value > 0) : found).toEqual([true]);
  });

  it.each<readonly [string, string, PlanText, Reason]>([
    ["a layout that does not run", "parallelism.ep = [64, 96]", shallow, { kind: "layout", text: "`ep` x `etp` does not divide dp x cp x tp" }],
    ["experts that cannot be shared out", "parallelism.redundant_experts = [0, 1]", shallow, { kind: "layout", text: "`ep` does not divide the experts" }],
    ["memory, by its largest part", "hardware.gpu.memory = [80 GB, 2 GB]", shallow, { kind: "memory", text: "does not fit: gradients" }],
    ["a condition of the sweep", "parallelism.zero = [1, 2]\nwhere 2 * hardware.nodes > 3 * Layout.pp * parallelism.zero + 450", shallow, { kind: "where", text: "2 * hardware.nodes > 3 * Layout.pp * parallelism.zero + 450" }],
    ["a requirement of the plan", "workload.global_batch_size = [15_360, 7680]", { ...shallow, plan: "require micro_batches >= 100" }, { kind: "require", text: "micro_batches >= 100" }],
  ])("is left out for %s", (_, lines, text, reason) => {
    expect(verdict(lines, [0], text).kind).toBe("feasible");
    expect(verdict(lines, [1], text)).toEqual({ kind: "infeasible", reason });
  });
});

describe("a sweep that is no space", () => {
  const reason = (lines: string): string => {
    const { workspace, declaration } = declarationOf({ "plan.dsco": `${planText({})}\nsweep S of Plan {\n${lines}\n}` }, "S");
    const found = spaceOf(workspace, declaration);
    return found.kind === "invalid" ? found.reason : "";
  };
  it.each([
    ["maximize mfu", "nothing varies: write a line such as `parallelism.ep = [8, 16, 32]`"],
    ["maximize mfu\nwhere step_time", "`where` needs `<=`, `>=`, `<`, `>` or `==`: the line ends here"],
    ["parallelism.ep = [8]", "nothing is looked for: write `maximize METRIC` or `minimize METRIC`"],
    ["parallelism.ep = [8]\nmaximize speed", "a plan has no metric `speed`"],
    ["parallelism.ep = [8]\nmaximize mfu\nminimize mfu", "`mfu` is an objective twice"],
    ["parallelism.ep = [8]\nparallelism.ep = [16]\nmaximize mfu", "`parallelism.ep` is already written in this block"],
    ["parallelism.ep = [8, 8]\nmaximize mfu", "`8` stands there twice"],
    ["parallelism.ep = [0]\nmaximize mfu", "`ep` must be a whole number of at least 1, or `auto`: found 0"],
    ["budget = none\nparallelism.ep = [8]\nmaximize mfu", "`none` is not known here"],
    ["parallelism.speed = [1]\nmaximize mfu", "`parallelism` has no property or metric `speed`"],
    ["parallelism.ep = [2 * Layout.pp]\nparallelism.pp = [8]\nmaximize mfu", "these values are computed from `parallelism.pp`, which varies itself"],
  ])("%s", (lines, expected) => {
    expect(reason(lines)).toBe(expected);
  });
});
