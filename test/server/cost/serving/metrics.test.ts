/** The figures of prefill and decode plans that follow from their times. */

import { describe, expect, it } from "vitest";
import type { Figure } from "../../../../server/src/cost/metric";
import { planMetrics } from "../../../../server/src/cost/plan/metrics";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import type { PlanRecord } from "../../../../server/src/cost/plan/record";
import { planRecord, type PlanText } from "../../../kit/plan";

const decodeText: PlanText = { parallelism: "ep = 64, dual_micro_batch = true", workload: "phase = decode, context_length = 4096, batch_per_gpu = 64" };
const prefillText: PlanText = { parallelism: "ep = 64, dual_micro_batch = true", workload: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4" };
const decode = planRecord(decodeText);
const prefill = planRecord(prefillText);

function metric(id: string): (typeof planMetrics)[number] {
  const found = planMetrics.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no metric ${id}`);
  return found;
}

const figure = (plan: PlanRecord, id: string): Figure => metric(id).compute(plan, {});

function value(plan: PlanRecord, id: string): number {
  const found = figure(plan, id);
  if (found.kind !== "value") throw new Error(`${id}: ${JSON.stringify(found)}`);
  return found.value;
}

describe("tokens and money", () => {
  it("a user sees one token a step, a GPU gives one to each of its sequences", () => {
    expect(value(decode, "tokens_per_second_per_user")).toBeCloseTo(1 / value(decode, "tpot"), 9);
    expect(value(decode, "tokens_per_second_per_gpu")).toBeCloseTo(64 / value(decode, "tpot"), 6);
    expect(value(decode, "tokens_per_second_per_node")).toBeCloseTo((8 * 64) / value(decode, "tpot"), 6);
  });

  it("the GPUs of a replica share their sequences: tp = 4 and pp = 2 give an eighth each", () => {
    const shared = planRecord({ ...decodeText, model: "Llama3_1_405B", parallelism: "tp = 4, pp = 2" });
    expect(value(shared, "tokens_per_second_per_gpu")).toBeCloseTo(64 / 8 / value(shared, "tpot"), 9);
  });

  it("a stage works on its group while the others work on theirs", () => {
    const piped = planRecord({ ...decodeText, model: "Llama3_1_405B", parallelism: "tp = 8, pp = 2" });
    const { latency, interval, batch, stages } = evaluationOf(piped).serving("estimate");
    expect([batch.groups, batch.sequences, stages.length]).toEqual([2, 32, 2]);
    expect(interval).toBeCloseTo(latency / 2, 12);
  });

  it("a pipeline divides the prompts that a GPU holds: 8 on four stages pass two at a time, and their cache is what memory holds", () => {
    const piped = (batch: number): PlanRecord => planRecord({
      ...prefillText, model: "Llama3_1_405B", parallelism: "tp = 8, pp = 4", workload: `phase = prefill, prompt_length = 4096, batch_per_gpu = ${batch}`,
    });
    const { latency, interval, batch, parts } = evaluationOf(piped(8)).serving("estimate");
    expect([batch.groups, batch.sequences]).toEqual([4, 2]);
    expect(interval).toBeGreaterThanOrEqual(latency / 4);
    expect(value(piped(8), "tokens_per_second_per_gpu")).toBeCloseTo((2 * 4096) / interval / 32, 9);
    // one prompt leaves three of four stages idle
    expect(evaluationOf(piped(1)).serving("estimate").interval).toBeCloseTo(evaluationOf(piped(1)).serving("estimate").latency, 12);
    expect(parts.send).toBeGreaterThan(0);
  });

  it("a prompt is done when its pass is", () => {
    expect(value(prefill, "tokens_per_second_per_gpu")).toBeCloseTo((4 * 4096) / value(prefill, "ttft"), 6);
  });

  /** 2 USD an hour and GPU. */
  it("a million tokens cost the time of a GPU", () => {
    for (const plan of [decode, prefill]) expect(value(plan, "cost_per_million_tokens")).toBeCloseTo((2 / 3600) * (1e6 / value(plan, "tokens_per_second_per_gpu")), 9);
  });

  it("tokens found in the cache count, and the breakdown has them apart: 3 of 4", () => {
    const hits = planRecord({ ...prefillText, workload: `${prefillText.workload ?? ""}, cache_hit_rate = 75%` });
    expect(value(hits, "tokens_per_second_per_gpu")).toBeCloseTo((4 * 4096) / value(hits, "ttft"), 6);
    const [computed, found] = metric("tokens_per_second_per_gpu").explain(hits, {}).parts;
    expect((found?.value ?? 0) / (computed?.value ?? 0)).toBeCloseTo(3, 9);
  });

  it("hardware without a price costs nothing that is known", () => {
    const free = { ...decode, hardware: { ...decode.hardware, price: undefined } };
    expect(figure(free, "cost_per_million_tokens")).toEqual({ kind: "unavailable", reason: "the hardware has no `price`" });
  });
});

describe("MTP", () => {
  const withMtp = (mtp: PlanRecord["model"]["mtp"]): PlanRecord => ({ ...decode, model: { ...decode.model, mtp } });

  /** 1 + a + a^2 + …; DeepSeek-V3: one draft of which 85 % are accepted. */
  it.each([
    [1, 0.85, 1.85],
    [3, 0.5, 1.875],
    [2, 1, 3],
    [2, 0, 1],
  ])("%d drafts accepted at %d yield %d tokens a step", (depth, acceptance, tokens) => {
    expect(value(withMtp({ depth, acceptance }), "mtp_speedup")).toBeCloseTo(tokens, 12);
  });

  it("is no figure of a model without it, nor without its acceptance", () => {
    expect(figure(withMtp(undefined), "mtp_speedup")).toEqual({ kind: "unavailable", reason: "the model has no `mtp`", inapplicable: true });
    expect(figure(withMtp({ depth: 1, acceptance: undefined }), "mtp_speedup")).toEqual({ kind: "unavailable", reason: "`mtp` has no `acceptance`" });
  });

  it("changes no other figure", () => {
    expect(value(withMtp(undefined), "tpot")).toBe(value(decode, "tpot"));
  });
});

describe("figures of another phase", () => {
  it.each([
    ["ttft", decode, "only a prefill plan has a time to the first token"],
    ["tpot", prefill, "only a decode plan has a time per output token"],
    ["tpot_limit", prefill, "only a decode plan has a limit of its time per output token"],
    ["tpot", planRecord({}), "only a decode plan has a time per output token"],
  ])("%s", (id, plan, reason) => {
    expect(figure(plan, id)).toEqual({ kind: "unavailable", reason, inapplicable: true, otherPhase: true });
  });

  it.each(planMetrics.map(({ id }) => id))("%s is of another phase wherever a plan of one phase has it and that of another has nothing like it", (id) => {
    const figures = [planRecord({}), prefill, decode].map((plan) => figure(plan, id));
    const lacking = figures.filter((each) => each.kind === "unavailable");
    if (lacking.length === figures.length) return;
    expect(lacking.map(({ otherPhase }) => otherPhase)).toEqual(lacking.map(({ inapplicable }) => inapplicable));
  });
});

describe("what most of the time goes to", () => {
  /** A node of 8 H100 reads 405B parameters in bf16 for one sequence; long prompts compute; 256 copies of a token over slow cards exchange. */
  it.each<[string, PlanText]>([
    ["memory bandwidth", { model: "Llama3_1_405B", hardware: "DGX_H100", parallelism: "tp = 8", workload: "phase = decode, context_length = 1024, batch_per_gpu = 1" }],
    ["compute", { model: "Llama3_1_405B", hardware: "DGX_H100", parallelism: "tp = 8", workload: "phase = prefill, prompt_length = 8192, batch_per_gpu = 1" }],
    ["expert-parallel communication", { ...decodeText, before: "import { ConnectX7 } from \"std:hardware/nvidia\"\nnic Slow extends ConnectX7 { rate = 10 GB/s, effective_bandwidth = 8 GB/s }\nhardware Cluster extends H800Cluster { nic = Slow }", hardware: "Cluster" }],
  ])("%s", (resource, text) => {
    const found = figure(planRecord(text), "bottleneck");
    expect(found.kind === "text" ? found.value : "").toMatch(new RegExp(`^${resource}`));
  });

  it("experts on the host wait for its memory", () => {
    const host = { memory: 1e12, memory_bandwidth: 200e9, pcie_bandwidth: 32e9 };
    const plan: PlanRecord = {
      ...decode,
      hardware: { ...decode.hardware, nodes: 1, gpus_per_node: 1, nics_per_node: 1, host },
      parallelism: { ...decode.parallelism, ep: 1, dual_micro_batch: false, memory_reserve: 0, offload: { experts: "host" } },
    };
    expect(figure(plan, "bottleneck")).toEqual({ kind: "text", value: "host memory" });
  });
});
