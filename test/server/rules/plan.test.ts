// What is said of the costs of plans: quiet on designs that are in order, true to the digit where a fix promises figures.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { metricOf } from "../../../server/src/analysis";
import { dimensions, formatQuantity } from "../../../server/src/units";
import { applyEachFix, checkIn, type Files } from "../../kit/diagnostics";
import { planText, type PlanText } from "../../kit/plan";
import { brokenPromises } from "../../kit/promise";
import { declarationOf } from "../../kit/workspace";

const main = (text: string): Files => new Map([["main.dsco", text]]);
const ofCosts = /^DSCO(520[2-9]|53|704)/;
const saidOf = (text: PlanText): readonly string[] => checkIn(main(planText(text)), "main.dsco").map(({ code }) => code).filter((code) => ofCosts.test(code));

const free = `model Free extends DeepSeekV3 { ffn moe { groups = 1 } }
hardware H100Cluster extends DGX_H100 { nodes = 64 }
hardware Cardless { gpu = H800, gpus_per_node = 8, nodes = 8 }
import { H800 } from "std:hardware/nvidia"`;
const training = "pp = 16, ep = 64, zero = 1, schedule = dualpipe, recompute = selective";

describe("routing over nodes", () => {
  const warns = (text: PlanText) => saidOf({ before: free, parallelism: training, ...text }).includes("DSCO5202");

  test("is silent on DeepSeek-V3's own layout: 4 of 8 groups over 8 nodes, and the H800 hides about 4", () => expect(warns({})).toBe(false));
  test("warns where nothing limits the same layout", () => expect(warns({ model: "Free" })).toBe(true));
  test("is silent inside one scale-up domain", () => expect(warns({ model: "Free", parallelism: "ep = 8, pp = 16, zero = 1, recompute = selective" })).toBe(false));
  test("is silent over as many nodes as the links hide", () => expect(warns({ model: "Free", parallelism: "ep = 32, pp = 16, zero = 1, recompute = selective" })).toBe(false));
  test("is silent where the links hide all 8 copies: 450 over 50 GB/s", () => expect(warns({ model: "Free", hardware: "H100Cluster", parallelism: "ep = 64, pp = 8, zero = 1, recompute = full" })).toBe(false));
  test("is silent where no card says how fast it is", () => expect(warns({ model: "Free", hardware: "Cardless", parallelism: "ep = 64" })).toBe(false));
  test("is silent where the layout cannot run", () => expect(warns({ model: "Free", parallelism: "pp = 15, ep = 64" })).toBe(false));
  test("is silent in decode, whose copies go straight to their GPU", () =>
    expect(warns({ model: "Free", parallelism: "ep = 64", workload: "phase = decode, context_length = 4096, batch_per_gpu = 32" })).toBe(false));

  test("tells copies, what the links hide, and what a limit saves", () => {
    // 8 of 256 experts, 32 on a node: a node is missed with the chance C(224, 8) / C(256, 8)
    let missed = 1;
    for (let drawn = 0; drawn < 8; drawn += 1) missed *= (224 - drawn) / (256 - drawn);
    const mean = 8 * (1 - missed);
    const [problem] = checkIn(main(planText({ before: free, model: "Free", parallelism: training })), "main.dsco").filter(({ code }) => code === "DSCO5202");
    expect(problem?.message).toContain(`as many as 8 of them (${mean.toPrecision(2)} in the mean)`);
    expect(problem?.message).toContain("4 times as fast as the cards hides about 4 copies; `group_limit` = 4 of 8 groups saves ");
  });
});

test("memory over capacity and a requirement on the same figure are one mistake", () => {
  const layout = { parallelism: "pp = 16, ep = 64, zero = 1, schedule = dualpipe, recompute = none" };
  const codes = (plan: string) => checkIn(main(planText({ ...layout, plan })), "main.dsco").map(({ code }) => code).filter((code) => code === "DSCO5301" || code === "DSCO6001");
  expect(codes("")).toEqual(["DSCO5301"]);
  expect(codes("require memory_per_gpu <= 80 GB")).toEqual(["DSCO6001"]);
  expect(codes("require memory_per_gpu <= 1 TB")).toEqual(["DSCO5301"]);
});

interface Design {
  readonly model: string;
  readonly hardware: string;
  readonly nodes: number;
  /** A key left out has its default. */
  readonly layout: Readonly<Record<string, string | number | null>>;
  readonly workload: string;
  readonly require: string;
}

const before = ({ hardware, nodes }: Design): string => `
model Free extends DeepSeekV3 { ffn moe { groups = 1 } }
model Small { layers = 16, hidden_size = 2048, vocab_size = 32_000
  attention gqa { heads = 16, kv_heads = 8, head_dim = 128 }
  ffn moe { routed_experts = 128, top_k = 8, intermediate_size = 768 } }
hardware Cluster extends ${hardware} { nodes = ${nodes} }`;

const textOf = (design: Design): string => planText({
  before: before(design), model: design.model, hardware: "Cluster", workload: design.workload, plan: design.require,
  parallelism: Object.entries(design.layout).flatMap(([key, value]) => (value === null ? [] : [`${key} = ${value}`])).join(", "),
});

const maybe = <Value>(...values: readonly Value[]) => fc.option(fc.constantFrom(...values));
const designs: fc.Arbitrary<Design> = fc.record({
  model: fc.constantFrom("Free", "Small", "DeepSeekV3", "DeepSeekV2", "Llama3_1_405B"),
  hardware: fc.constantFrom("H800Cluster", "DGX_H100", "DGX_B200", "GB200_NVL72"),
  nodes: fc.constantFrom(1, 4, 8, 16, 64),
  layout: fc.record({
    tp: maybe(2, 8), pp: maybe(2, 4, 8, 16), ep: maybe(8, 16, 32, 64), zero: maybe(1, 3), recompute: maybe("selective", "full"),
    schedule: maybe("dualpipe", "interleaved", "zb1p"), dual_micro_batch: maybe("true"),
  }),
  workload: fc.constantFrom(
    "phase = training, sequence_length = 4096, global_batch_size = 1024", "phase = training, sequence_length = 4096, global_batch_size = 64",
    "phase = prefill, prompt_length = 4096, batch_per_gpu = 4", "phase = decode, context_length = 4096, batch_per_gpu = 64", "phase = decode, context_length = 131_072, batch_per_gpu = 32",
  ),
  require: fc.constantFrom("", "require memory_per_gpu <= 60 GB", "require tpot <= 30 ms", "require step_time <= 5 s", "require mfu >= 40%", "require ttft <= 0.5 s"),
});

const figure = (text: string, id: string): number | undefined => {
  const { workspace, declaration } = declarationOf({ "main.dsco": text }, "Plan");
  const found = metricOf(workspace, declaration, id)?.figure;
  return found?.kind === "value" ? found.value : undefined;
};

const times = { step: "step_time", TTFT: "ttft", TPOT: "tpot" } as const;

/** What a title promises and the plan does not hold. */
function untrue(title: string, text: string): readonly string[] {
  const memory = /→ ([\d.]+ [KMGT]?B) of/.exec(title)?.[1];
  const time = /(step|TTFT|TPOT) (?:[\d.]+ \S+ → )?([\d.]+ \S+?)(?:,|$)/.exec(title);
  const timeId = times[(time?.[1] ?? "step") as keyof typeof times];
  return [
    ...(memory !== undefined && !title.includes("experts") && memory !== formatQuantity(figure(text, "memory_per_gpu") ?? Number.NaN, dimensions.bytes) ? [`memory ${memory}`] : []),
    ...(time && time[2] !== formatQuantity(figure(text, timeId) ?? Number.NaN, dimensions.time) ? [`time ${time[2] ?? ""}`] : []),
  ];
}

test("every change that is offered keeps its promise, and its title is true", () => {
  const met = new Set<string>();
  const examples: readonly Design[] = [
    { model: "Free", hardware: "H800Cluster", nodes: 64, layout: { ep: 64, pp: 4, zero: 1, recompute: "full" }, workload: "phase = training, sequence_length = 4096, global_batch_size = 1024", require: "" },
    { model: "Small", hardware: "H800Cluster", nodes: 8, layout: { ep: 32 }, workload: "phase = decode, context_length = 4096, batch_per_gpu = 64", require: "require tpot <= 8 ms" },
    { model: "Small", hardware: "H800Cluster", nodes: 4, layout: { pp: 4, zero: 1 }, workload: "phase = training, sequence_length = 4096, global_batch_size = 64", require: "" },
    { model: "Small", hardware: "H800Cluster", nodes: 4, layout: { pp: 4, dp: 8, zero: 1 }, workload: "phase = training, sequence_length = 4096, global_batch_size = 64", require: "require mfu >= 20%" },
    { model: "DeepSeekV2", hardware: "H800Cluster", nodes: 4, layout: { ep: 32 }, workload: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4", require: "" },
    { model: "DeepSeekV2", hardware: "H800Cluster", nodes: 16, layout: { ep: 8, pp: 8, zero: 0 }, workload: "phase = training, sequence_length = 4096, global_batch_size = 256", require: "" },
    { model: "Small", hardware: "H800Cluster", nodes: 1, layout: { tp: 8 }, workload: "phase = decode, context_length = 65_536, batch_per_gpu = 256", require: "" },
    { model: "DeepSeekV2", hardware: "DGX_H100", nodes: 8, layout: { ep: 32, pp: 2, zero: 1 }, workload: "phase = training, sequence_length = 4096, global_batch_size = 64", require: "" },
  ];
  fc.assert(fc.property(designs, (design) => {
    const text = textOf(design);
    for (const { message } of checkIn(main(text), "main.dsco")) expect(message).not.toMatch(/undefined|NaN|\[object|Infinity/);
    for (const { diagnostic, fix, before: was, after } of applyEachFix(main(text), "main.dsco")) {
      if (!ofCosts.test(diagnostic.code) && diagnostic.code !== "DSCO6001") continue;
      expect(brokenPromises(diagnostic, fix.title, was, after), `${diagnostic.code} ${fix.title}\n${text}`).toEqual([]);
      expect(untrue(fix.title, after.text), `${diagnostic.code} ${fix.title}\n${after.text}`).toEqual([]);
      met.add(diagnostic.code);
    }
  }), { numRuns: 60, examples: examples.map((design) => [design]) });
  expect(["DSCO5202", "DSCO5203", "DSCO5301", "DSCO6001", "DSCO7040"].filter((code) => !met.has(code))).toEqual([]);
}, 240_000);
