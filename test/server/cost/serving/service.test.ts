/** Two plans that serve one stream of requests, through real text. */

import { describe, expect, it } from "vitest";
import { explainFigure, figureOf } from "../../../../server/src/analysis";
import { declarationOf } from "../../../kit/workspace";

interface Change {
  readonly service?: string;
  readonly prefill?: string;
  readonly decode?: string;
  readonly decodeModel?: string;
  readonly nic?: string;
}

const text = ({ service = "input_tokens = 4096, output_tokens = 1024", prefill = "phase = prefill, prompt_length = 4096, batch_per_gpu = 4", decode = "phase = decode, context_length = 4608, batch_per_gpu = 96", decodeModel = "DeepSeekV3", nic = "nic = ConnectX7, nics_per_node = 8" }: Change): string => `
import { DeepSeekV3 } from "std:models/deepseek"
import { H800, ConnectX7 } from "std:hardware/nvidia"
model Narrow extends DeepSeekV3 { precision { kv_cache = fp8_e4m3 } }
hardware Prompts { gpu = H800, gpus_per_node = 8, nodes = 4, ${nic}, price = 2 USD/h }
hardware Answers extends Prompts { nodes = 18, price = 3 USD/h }
parallelism EP32 { ep = 32, dual_micro_batch = true }
parallelism EP144 { ep = 144, dual_micro_batch = true, redundant_experts = 32 }
workload Prompt { ${prefill} }
workload Answer { ${decode} }
plan Prefill { model = DeepSeekV3, hardware = Prompts, parallelism = EP32, workload = Prompt }
plan Decode { model = ${decodeModel}, hardware = Answers, parallelism = EP144, workload = Answer }
service Serve { prefill = Prefill, decode = Decode, ${service} }
`;

function figure(id: string, change: Change = {}, name = "Serve"): ReturnType<typeof figureOf> {
  const { workspace, declaration } = declarationOf({ "service.dsco": text(change) }, name);
  return figureOf(workspace, declaration, id);
}

function value(id: string, change: Change = {}, name = "Serve"): number {
  const found = figure(id, change, name);
  if (found.kind !== "value") throw new Error(`no ${id}: ${JSON.stringify(found)}`);
  return found.value;
}

describe("a service", () => {
  const rate = { service: "input_tokens = 4096, output_tokens = 1024, requests_per_second = 50" };

  it("keeps as many nodes busy as its requests need", () => {
    expect(value("prefill_nodes", rate)).toBeCloseTo((50 * 4096) / value("tokens_per_second_per_node", {}, "Prefill"), 9);
    expect(value("decode_nodes", rate)).toBeCloseTo((50 * 1024) / value("tokens_per_second_per_node", {}, "Decode"), 9);
  });

  it("without a rate serves what the prefill cluster takes: its 4 nodes, and decode nodes in proportion", () => {
    expect(value("prefill_nodes")).toBeCloseTo(4, 12);
    expect(value("decode_nodes") / 4).toBeCloseTo(value("decode_nodes", rate) / value("prefill_nodes", rate), 9);
  });

  /** (512 + 64) x 61 x 2 B = 70,272 B a token (arXiv:2505.09343, Table 1), one card of a GPU at 40 of 50 GB/s, 3.7 us across leaves (Table 5). */
  it("passes 4,096 tokens of cache over one card", () => {
    expect(value("kv_transfer_time")).toBeCloseTo((4096 * 70_272) / 40e9 + 3.7e-6, 12);
    expect(figure("kv_transfer_time")).toMatchObject({ ideal: (4096 * 70_272) / 50e9 });
  });

  it("answers after prefill and transfer, then a token each decode step", () => {
    expect(value("ttft")).toBeCloseTo(value("ttft", {}, "Prefill") + value("kv_transfer_time"), 12);
    expect(value("tpot")).toBe(value("tpot", {}, "Decode"));
  });

  it("counts prompts and answers alike, over the nodes of both plans and at their prices", () => {
    const [prefill, decode] = [value("prefill_nodes", rate), value("decode_nodes", rate)];
    const tokens = 50 * (4096 + 1024);
    expect(value("tokens_per_second_per_node", rate)).toBeCloseTo(tokens / (prefill + decode), 6);
    expect(value("cost_per_million_tokens", rate)).toBeCloseTo(((prefill * 8 * 2 + decode * 8 * 3) / 3600 / tokens) * 1e6, 9);
  });

  it("does more requests with tokens that the cache holds", () => {
    const hits = { prefill: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4, cache_hit_rate = 50%" };
    expect(value("prefill_nodes", { ...rate, ...hits })).toBeLessThan(value("prefill_nodes", rate));
    expect(value("prefill_nodes", { ...hits, service: `${rate.service}, cache_hit_rate = 50%` })).toBe(value("prefill_nodes", { ...rate, ...hits }));
  });

  it("says what the cache holds where the prefill plan does not", () => {
    const hits = { service: `${rate.service}, cache_hit_rate = 50%` };
    const written = { ...rate, prefill: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4, cache_hit_rate = 50%" };
    expect(value("ttft", hits)).toBe(value("ttft", written));
    expect(value("prefill_nodes", hits)).toBe(value("prefill_nodes", written));
    expect(value("ttft", hits, "Prefill"), "of the plan alone").toBe(value("ttft", rate, "Prefill"));
    const { workspace, declaration } = declarationOf({ "service.dsco": text(hits) }, "Serve");
    const input = explainFigure(workspace, declaration, "ttft")?.inputs.find(({ path }) => path === "prefill.workload.cache_hit_rate");
    expect([input?.value, input?.property?.origin]).toEqual([0.5, "written"]);
  });

  /** What only the check reads that both plans are the service's is no input: the whole cache passes, whatever of the prompt was found in one. */
  it.each<[string, readonly string[]]>([
    ["kv_transfer_time", []],
    ["tpot", []],
    ["decode_nodes", []],
    ["prefill_nodes", ["prefill.workload.cache_hit_rate"]],
    ["ttft", ["prefill.workload.cache_hit_rate"]],
  ])("%s reads of the hits in the cache: %j", (id, expected) => {
    const { workspace, declaration } = declarationOf({ "service.dsco": text({ service: `${rate.service}, cache_hit_rate = 50%` }) }, "Serve");
    const paths = explainFigure(workspace, declaration, id)?.inputs.map(({ path }) => path) ?? [];
    expect(paths.filter((path) => path.endsWith("cache_hit_rate"))).toEqual(expected);
    expect(paths.length).toBeGreaterThan(0);
  });

  it("names the properties behind its figures", () => {
    const { workspace, declaration } = declarationOf({ "service.dsco": text({}) }, "Serve");
    const inputs = explainFigure(workspace, declaration, "kv_transfer_time")?.inputs ?? [];
    const cards = inputs.filter(({ path }) => path === "prefill.hardware.nic.effective_bandwidth" || path === "decode.hardware.nic.effective_bandwidth");
    expect(cards.map(({ value: bandwidth, property }) => [bandwidth, property?.origin])).toEqual([[40e9, "written"], [40e9, "written"]]);
  });
});

describe("what a service cannot be computed of", () => {
  it.each<[string, string, Change]>([
    ["ttft", "the workload of the `prefill` plan has `phase = decode`", { prefill: "phase = decode, context_length = 4096, batch_per_gpu = 4" }],
    ["tpot", "the workload of the `decode` plan has `phase = prefill`", { decode: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4" }],
    ["prefill_nodes", "`input_tokens` is 2,000, and the prefill plan has `prompt_length = 4,096`", { service: "input_tokens = 2000, output_tokens = 100" }],
    ["prefill_nodes", "`cache_hit_rate` is 50.00 %, and that of the prefill plan 10.00 %", {
      service: "input_tokens = 4096, output_tokens = 100, cache_hit_rate = 50%", prefill: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4, cache_hit_rate = 10%",
    }],
    ["kv_transfer_time", "the cache of a prompt takes 287,834,112 B in the prefill plan and 163,905,536 B in the decode plan", { decodeModel: "Narrow" }],
    ["kv_transfer_time", "caches pass from node to node, and the hardware of the `prefill` plan lacks `nic` or `nics_per_node`", { nic: "" }],
    ["decode_nodes", "`output_tokens` of `service` is missing", { service: "input_tokens = 4096" }],
  ])("%s: %s", (id, reason, change) => {
    expect(figure(id, change)).toMatchObject({ kind: "unavailable", reason });
  });

  it("what needs one plan alone is not lost with the other", () => {
    expect(figure("tpot", { prefill: "phase = decode, context_length = 4096, batch_per_gpu = 4" }).kind).toBe("value");
  });
});
