/** The answer of an inverse question is the one that trying every design gives. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluatorOf } from "../../../../server/src/explore/evaluate";
import { inverse, type InverseAnswer } from "../../../../server/src/explore/inverse/run";
import type { Side } from "../../../../server/src/explore/inverse/certificate";
import { pointAt } from "../../../../server/src/explore/points";
import type { Point, Space } from "../../../../server/src/explore/space";
import type { PlanText } from "../../../kit/plan";
import { sweep as sweepOf } from "../../../kit/space";

const decode: PlanText = {
  before: "hardware Unit extends H800Cluster { nodes = 16 }", hardware: "Unit", parallelism: "ep = 64, dual_micro_batch = true",
  workload: "phase = decode, batch_per_gpu = 64, context_length = 4096",
};

const sweep = (lines: string, text: PlanText = decode): Space => sweepOf(lines, text, "", "minimize memory_per_gpu");

const list = (numbers: readonly number[], unit: string): string => `[${numbers.map((number) => `${number} ${unit}`).join(", ")}]`;
const between = (from: number, to: number, step: number): readonly number[] => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

/** The points with the best value that meet everything, of all designs. */
function bruteForce(space: Space, axis: number, side: Side): readonly Point[] {
  const { verdict } = evaluatorOf({ ...space, objectives: [] });
  const value = (point: Point): number => (side === "least" ? 1 : -1) * Number(space.axes[axis]?.choices[point[axis] ?? 0]?.plain);
  const feasible = Array.from({ length: space.size }, (_, index) => pointAt(space, index)).filter((point) => verdict(point).kind === "feasible");
  const best = Math.min(...feasible.map(value));
  return feasible.filter((point) => value(point) === best);
}

const sorted = (points: readonly Point[]): readonly string[] => points.map((point) => point.join()).sort();

const memory = `hardware.gpu.memory = ${list(between(16, 140, 4), "GB")}`;
const batch = "workload.batch_per_gpu = 8..400 step 8";
const wire = `hardware.nic.effective_bandwidth = ${list(between(2, 60, 2), "GB/s")}`;
const layouts = "parallelism.ep = [32, 48, 64, 128]";

/** Lines of a sweep, the axis asked about, the side, and how the answer is found. */
const questions: readonly (readonly [string, string, string, Side, InverseAnswer["method"]])[] = [
  ["the least memory for a batch", `${layouts}\n${memory}\nworkload.batch_per_gpu = [32, 64, 96]`, "hardware.gpu.memory", "least", "bisection"],
  ["the least memory with room left", `${memory}\n${layouts}\nwhere memory_per_gpu <= 0.9 * hardware.gpu.memory - 2 GB`, "hardware.gpu.memory", "least", "bisection"],
  ["the least memory beside a time", `${memory}\n${layouts}\nwhere tpot <= 55 ms`, "hardware.gpu.memory", "least", "bisection"],
  ["the largest batch that fits", `${layouts}\n${batch}`, "workload.batch_per_gpu", "most", "bisection"],
  ["the longest context that fits", `${layouts}\nworkload.context_length = 1024..65536 step 1024`, "workload.context_length", "most", "bisection"],
  ["the least bandwidth of the cards for a time", `${wire}\n${layouts}\nwhere tpot <= 70 ms`, "hardware.nic.effective_bandwidth", "least", "bisection"],
  ["the least bandwidth of the memory for a throughput", `hardware.gpu.memory_bandwidth = ${list(between(500, 5000, 100), "GB/s")}\n${layouts}\nwhere 1000 tokens/s <= tokens_per_second_per_gpu`, "hardware.gpu.memory_bandwidth", "least", "bisection"],
  ["the largest batch within a time, which may have steps", `${layouts}\n${batch}\nwhere tpot <= 45 ms`, "workload.batch_per_gpu", "most", "mixed"],
  ["the most memory, whose least does not fit", `${layouts}\n${memory}\nwhere hardware.gpu.memory <= 100 GB`, "hardware.gpu.memory", "most", "mixed"],
  ["the fewest nodes", `${layouts}\nhardware.nodes = 1..32\nwhere tpot <= 60 ms`, "hardware.nodes", "least", "one by one"],
  ["memory that another declaration takes its batch from", `hardware.gpu.memory = ${list(between(16, 140, 4), "GB")}\nparallelism.ep = [64]`, "hardware.gpu.memory", "least", "one by one"],
  ["memory beside whole clusters", `hardware = [Unit, H800Cluster]\n${memory}`, "hardware.gpu.memory", "least", "one by one"],
  ["the least batch", `${layouts}\n${batch}`, "workload.batch_per_gpu", "least", "mixed"],
];

describe("an inverse question", () => {
  it.each(questions)("%s", (name, lines, path, side, method) => {
    const text: PlanText = name.includes("takes its batch") ? { ...decode, workload: "phase = decode, context_length = 4096, batch_per_gpu = ceil(Unit.gpu.memory / 1.5 GB)" } : decode;
    const space = sweep(lines, text);
    const axis = space.axes.findIndex((each) => each.path === path);
    const answer = inverse(space, axis, side);
    const expected = bruteForce(space, axis, side);
    expect(sorted(answer.points)).toEqual(sorted(expected));
    expect(answer.method).toBe(method);
    expect(expected.length, "there is an answer").toBeGreaterThan(0);
    expect(answer.tried).toBeLessThan(space.size);
    if (method === "bisection") expect(answer.tried).toBeLessThan(space.size / 3);
  });

  it("has no answer where nothing meets everything", () => {
    expect(inverse(sweep(`${memory}\nwhere tpot <= 1 us`), 0, "least")).toMatchObject({ points: [], tried: 1, method: "bisection" });
  });

  it("is answered as trying every design does, whatever is asked", () => {
    const spaces = [
      (bound: number) => sweep(`${layouts}\nhardware.gpu.memory = ${list(between(20, 140, 10), "GB")}\nworkload.batch_per_gpu = [40, 33, 72, 1]\nwhere memory_per_gpu * ${bound} <= 100 * hardware.gpu.memory`),
      (bound: number) => sweep(`${layouts}\nhardware.nic.effective_bandwidth = ${list(between(5, 60, 5), "GB/s")}\nworkload.batch_per_gpu = [1, 60, 90, 40]\nwhere tpot <= ${bound} ms`),
    ];
    fc.assert(fc.property(fc.nat({ max: 1 }), fc.integer({ min: 20, max: 140 }), fc.nat({ max: 2 }), fc.constantFrom<Side>("least", "most"), (which, bound, axis, side) => {
      const space = spaces[which]?.(bound);
      if (!space) throw new Error("no space");
      expect(sorted(inverse(space, axis, side).points)).toEqual(sorted(bruteForce(space, axis, side)));
    }), { numRuns: 25 });
  });
});
