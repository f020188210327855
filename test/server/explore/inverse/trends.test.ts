/** What the table says of a figure along a key, held against designs along that key. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Unavailable } from "../../../../server/src/cost/definition";
import { planMetrics } from "../../../../server/src/cost/plan/metrics";
import type { PlanRecord } from "../../../../server/src/cost/plan/record";
import { compileSpace } from "../../../../server/src/explore/compile";
import { keysWithTrends, trendOf } from "../../../../server/src/explore/inverse/trends";
import { spaceOf } from "../../../../server/src/explore/space";
import { planText, type PlanText } from "../../../kit/plan";
import { declarationOf } from "../../../kit/workspace";

const imports = `import { GptOss_120B } from "std:models/openai"
import { NemotronH_8B } from "std:models/nvidia"
import { ConnectX8 } from "std:hardware/nvidia"
hardware Small extends H800Cluster { nodes = 16 }
hardware Fast extends Small { nic = ConnectX8 }
hardware Racks extends GB200_NVL72 { nodes = 16 }`;

/** Values that rise, of each key. */
const valuesOf: Readonly<Record<string, fc.Arbitrary<readonly string[]>>> = {
  "hardware.gpu.memory": quantities(1, 400, "GB"),
  "workload.batch_per_gpu": quantities(1, 600, ""),
  "workload.context_length": quantities(1, 200_000, ""),
  "workload.prompt_length": quantities(1, 50_000, ""),
  "hardware.gpu.memory_bandwidth": quantities(100, 9000, "GB/s"),
  "hardware.gpu.scale_up.bandwidth": quantities(10, 2000, "GB/s"),
  "hardware.gpu.scale_up.effective_bandwidth": quantities(10, 2000, "GB/s"),
  "hardware.nic.effective_bandwidth": quantities(1, 120, "GB/s"),
  "hardware.nic.rate": quantities(1, 120, "GB/s"),
};

function quantities(least: number, most: number, unit: string): fc.Arbitrary<readonly string[]> {
  return fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 2, maxLength: 5 })
    .map((numbers) => numbers.sort((left, right) => left - right).map((number) => `${number}${unit === "" ? "" : ` ${unit}`}`));
}

const decode = fc.record({ batch: fc.integer({ min: 1, max: 300 }), context: fc.integer({ min: 1, max: 30_000 }) })
  .map(({ batch, context }) => `phase = decode, batch_per_gpu = ${batch}, context_length = ${context}`);
const prefill = fc.record({ batch: fc.integer({ min: 1, max: 8 }), prompt: fc.integer({ min: 1, max: 20_000 }), hit: fc.constantFrom("0%", "56%") })
  .map(({ batch, prompt, hit }) => `phase = prefill, batch_per_gpu = ${batch}, prompt_length = ${prompt}, cache_hit_rate = ${hit}`);

const serving = fc.record({
  model: fc.constantFrom("DeepSeekV3", "GptOss_120B", "NemotronH_8B", "Llama3_1_405B"), hardware: fc.constantFrom("Small", "Fast", "Racks"),
  degrees: fc.constantFrom("tp = 1", "tp = 8", "tp = 2, pp = 2", "pp = 4"), ep: fc.constantFrom("", ", ep = 8", ", ep = 32"), dual: fc.constantFrom("", ", dual_micro_batch = true"),
  workload: fc.oneof(decode, prefill),
}).map(({ model, hardware, degrees, ep, dual, workload }): PlanText => ({ before: imports, model, hardware, parallelism: `${degrees}${model === "DeepSeekV3" || model === "GptOss_120B" ? ep : ""}${dual}`, workload }));

/** The records of a plan with each value of a key in its place; none where the plan has no such key. */
function records(plan: PlanText, key: string, values: readonly string[]): readonly PlanRecord[] {
  const { workspace, declaration } = declarationOf({ "plan.dsco": `${planText(plan)}\nsweep S of Plan {\n${key} = [${values.join(", ")}]\nminimize memory_per_gpu\n}` }, "S");
  const found = spaceOf(workspace, declaration);
  if (found.kind === "invalid") return [];
  const { record } = compileSpace(found.space);
  return values.map((_, index) => record([index]));
}

function figure(id: string, record: PlanRecord): number | undefined {
  try {
    return planMetrics.find((metric) => metric.id === id)?.estimate(record, {});
  } catch (fault) {
    if (fault instanceof Unavailable) return undefined;
    throw fault;
  }
}

/** More, by more than sums of doubles round. */
const isMore = (one: number, other: number): boolean => one - other > 1e-12 * Math.abs(other);

describe("figures along a key", () => {
  it.each(keysWithTrends)("%s", (key) => {
    const values = valuesOf[key];
    if (!values) throw new Error(`no values of ${key}`);
    const moved = new Set<string>();
    fc.assert(fc.property(serving, values, (plan, chosen) => {
      const along = records(plan, key, chosen);
      for (const { id } of planMetrics) {
        const trend = along[0] && trendOf(key, id, along[0]);
        if (trend === undefined) continue;
        const figures = along.flatMap((record) => figure(id, record) ?? []);
        for (const [place, value] of figures.slice(1).entries()) {
          const before = figures[place] ?? 0;
          if (trend !== "rising" && isMore(value, before)) expect.fail(`${id} rises from ${before} to ${value}`);
          if (trend !== "falling" && isMore(before, value)) expect.fail(`${id} falls from ${before} to ${value}`);
          if (value !== before) moved.add(id);
        }
      }
    }), { numRuns: 60, examples: [[{ before: imports, hardware: "Fast", parallelism: "ep = 32, dual_micro_batch = true", workload: "phase = decode, batch_per_gpu = 64, context_length = 4096" }, { "hardware.gpu.memory": ["80 GB", "96 GB"] }[key] ?? ["10", "20"]]] });
    if (key !== "hardware.gpu.memory") expect(moved.size, "some figure moves").toBeGreaterThan(0);
  });

  it("are known of no other key, and of training only along the memory of a GPU", () => {
    const [training] = records({}, "parallelism.zero", ["1"]);
    const [served] = records({ before: imports, workload: "phase = decode, batch_per_gpu = 64, context_length = 4096", parallelism: "ep = 64" }, "parallelism.redundant_experts", ["0"]);
    if (!training || !served) throw new Error("no record");
    expect(trendOf("hardware.nodes", "memory_per_gpu", served)).toBeUndefined();
    expect(trendOf("hardware.gpu.memory", "step_time", training)).toBe("constant");
    expect(trendOf("hardware.gpu.memory", "max_batch_per_gpu", served)).toBeUndefined();
    expect(trendOf("hardware.gpu.memory_bandwidth", "step_time", training)).toBeUndefined();
    expect(trendOf("workload.batch_per_gpu", "tpot", served)).toBeUndefined();
    expect(trendOf("workload.batch_per_gpu", "memory_kv", served), "of whichever GPU is the fullest").toBeUndefined();
    expect(trendOf("hardware.nic.rate", "tpot", served), "beside the card's own effective bandwidth").toBeUndefined();
    expect(trendOf("hardware.nic.effective_bandwidth", "tpot", served)).toBe("falling");
  });
});
