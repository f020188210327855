/** Memory and compute read one table: what is dropped is computed again, and nothing else is. */
import { describe, expect, test } from "vitest";
import { deviceOf } from "../../../../server/src/cost/compute/device";
import { computeOf } from "../../../../server/src/cost/compute/layer";
import { savedByLayer } from "../../../../server/src/cost/memory/activations";
import { flowOf } from "../../../../server/src/cost/memory/flow";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import { partsOf } from "../../../../server/src/cost/term";
import { deepSeekV2Lite, deepSeekV3, llama31Dense405B, mixtral8x7B } from "../models";
import { layout, plan, training } from "../compute/records";

/** What the backward needs and which operators make it, by their names in both rooms. */
const makers: Readonly<Record<string, readonly string[]>> = {
  "output of norm before attention": ["attention norm"],
  "output of norm before ffn": ["ffn norm"],
  "output of q_a norm": ["latent norms"],
  "output of kv_a norm": ["latent norms"],
  "output of ffn activation": ["activation"],
  "output of routed experts' activation": ["experts activation"],
  "output of shared experts' activation": ["shared activation"],
  queries: ["q", "q_b", "rope"],
  keys: ["kv_b", "rope"],
  values: ["kv_b"],
};

const runOf = (record: ModelRecord) => ({ attention: record.attention[0], ffn: record.ffn.at(-1), layers: [record.layers - 1] });

function dropped(record: ModelRecord): readonly string[] {
  const tensors = (recompute: "none" | "selective"): readonly string[] => partsOf(savedByLayer(runOf(record), flowOf(record, layout(), 4096, recompute, 1))).map(({ label }) => label);
  const kept = new Set(tensors("selective").map((label) => label.replace(" in E5M6", "")));
  return tensors("none").filter((label) => !kept.has(label) && makers[label] !== undefined);
}

function operatorsOf(record: ModelRecord, recompute: "none" | "selective") {
  const written = plan(record, { parallelism: { recompute } });
  return computeOf(written, layout(), training(), deviceOf(written, "ideal")).operators({ runs: [runOf(record)], embedding: false, head: false, mtp_modules: 0 });
}

function again(record: ModelRecord): readonly string[] {
  const before = operatorsOf(record, "none");
  return operatorsOf(record, "selective").filter(({ time }, index) => time.backward_input > (before[index]?.time.backward_input ?? 0)).map(({ name }) => name);
}

describe.each([["mla", deepSeekV3], ["mla without a latent of queries", deepSeekV2Lite], ["gqa", llama31Dense405B], ["gqa with experts", mixtral8x7B]] as const)("selective: %s", (_, record) => {
  const isRun = new Set(operatorsOf(record, "none").map(({ name }) => name));

  test("each operator that runs again makes a tensor that is dropped, and each dropped tensor has its operators", () => {
    const made = new Set(dropped(record).flatMap((label) => makers[label] ?? []).filter((name) => isRun.has(name)));
    expect(made.size).toBeGreaterThan(0);
    expect([...again(record)].sort()).toEqual([...made].sort());
  });

  test("the core of attention, which keeps nothing that would come free, does not run again", () => {
    expect(again(record)).not.toContain("attention core");
  });
});

describe("activations in FP8", () => {
  test("are those of the GEMMs: what operators hand on stays BF16", () => {
    const saved = (activations: "bf16" | "fp8_e4m3"): number =>
      savedByLayer(runOf(deepSeekV3), flowOf({ ...deepSeekV3, precision: { ...deepSeekV3.precision, activations, compute: "fp8_e4m3" } }, layout(), 4096, "none", 1)).value;
    expect(saved("fp8_e4m3")).toBe(saved("bf16"));
  });
});
