/** What is left out in one go is what would be left out one by one. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluatorOf, pointAt, runStretch, type Evaluator, type ReasonCount, type Space, type Stretch } from "../../../server/src/explore";
import { sweep } from "../../kit/space";

/** Every design on its own. */
function oneByOne({ compiled: { space }, verdict }: Evaluator, from: number, to: number): Pick<Stretch, "indices" | "values" | "reasons"> {
  const indices: number[] = [];
  const values: number[] = [];
  const reasons = new Map<string, ReasonCount>();
  for (let index = from; index < to; index++) {
    const found = verdict(pointAt(space, index));
    if (found.kind === "feasible") {
      indices.push(index);
      values.push(...found.values);
    } else {
      const key = `${found.reason.kind} ${found.reason.text}`;
      reasons.set(key, { ...found.reason, count: (reasons.get(key)?.count ?? 0) + 1 });
    }
  }
  return { indices: Float64Array.from(indices), values: Float64Array.from(values), reasons: [...reasons.values()] };
}

/** Axes with what may vary, each with the order that makes its failures come first or last. */
const axes = [
  "parallelism.tp = [1, 2, 4, 8]", "parallelism.pp = [2, 4, 16, 32]", "parallelism.ep = [8, 64, 96]", "parallelism.zero = 0..3", "parallelism.micro_batch_size = [1, 2, 3]",
  "parallelism.schedule = [1f1b, dualpipe]", "parallelism.recompute = [none, full]", "hardware.gpu.memory = [40 GB, 80 GB, 141 GB]", "hardware.nodes = [64, 128, 100]",
  "workload.global_batch_size = [7680, 15_360, 999]", "model.layers = [61, 32]", "parallelism.memory_reserve = [0 GB, 60 GB]", "workload.imbalance = [1, 1.5]",
];

const conditions = [
  "where parallelism.tp * parallelism.pp <= 32", "where memory_per_gpu <= 0.5 * hardware.gpu.memory", "where hardware.nodes >= 100", "where step_time <= 20 s", "where parallelism.zero >= 1",
  "where model.layers >= 40", "where mfu >= 0.2",
];

describe("designs that are left out together", () => {
  it("are those that are left out one by one, whatever varies in whatever order", () => {
    const own = "hardware Own extends H800Cluster { nodes = 256 }\nmodel Mine extends DeepSeekV3 { }";
    const spaces = fc.record({ axes: fc.shuffledSubarray(axes, { minLength: 2, maxLength: 5 }), where: fc.subarray(conditions, { maxLength: 2 }), seed: fc.nat() });
    fc.assert(fc.property(spaces, ({ axes, where, seed }) => {
      const space = sweep([...axes, ...where].join("\n"), { before: own, hardware: "Own", model: "Mine", parallelism: "pp = 16, ep = 64, zero = 1, recompute = full" });
      const from = seed % space.size;
      const { indices, values, reasons, to } = runStretch(evaluatorOf(space), from, space.size);
      expect(to).toBe(space.size);
      expect({ indices, values, reasons }).toEqual(oneByOne(evaluatorOf(space), from, space.size));
    }), { numRuns: 40 });
  });

  const counted = (space: Space): { readonly evaluator: Evaluator; readonly tried: () => number } => {
    const evaluator = evaluatorOf(space);
    let tried = 0;
    return { tried: () => tried, evaluator: { ...evaluator, verdict: (point) => (tried += 1, evaluator.verdict(point)) } };
  };

  it("are not tried: a layout that does not run whatever else is chosen", () => {
    const space = sweep("parallelism.ep = [96, 64]\nparallelism.zero = 0..3\nparallelism.micro_batch_size = [1, 2]\nparallelism.recompute = [none, full]");
    const { evaluator, tried } = counted(space);
    const { reasons } = runStretch(evaluator, 0, space.size / 2);
    expect(reasons.map(({ count }) => count)).toEqual([16]);
    expect(tried()).toBe(1);
  });

  it("follow from everything where the language has to be asked", () => {
    const space = sweep("parallelism.ep = [64, 32]\nparallelism.zero = 0..3\nparallelism.micro_batch_size = [1, 2, 4, 8]\nwhere ceil(Layout.ep / 64) * Plan.hardware.nodes > 1000");
    expect(evaluatorOf(space).causes([0, 0, 0]).length).toBeGreaterThan(0);
  });
});
