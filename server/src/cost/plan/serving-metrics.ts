/** The metrics of prefill and decode plans. */

import { dimensions } from "../../units";
import { Unavailable } from "../definition";
import { batchOf } from "../serving/batch";
import { boundOf, exchangeOf } from "../serving/bottleneck";
import { tokensPerSecondPerGpu, type Serving } from "../serving/evaluate";
import { exchangePerLayer, idealExchangePerLayer, tpotLimit } from "../serving/limit";
import { partNames } from "../serving/pass";
import { amount, product, sum, times, type Term } from "../term";
import { servingOperators } from "./details";
import { evaluationOf, type Mode } from "./evaluation";
import type { PlanDefinition } from "./metrics";
import { onlyIn, onlyServing } from "./phase";
import type { PlanRecord } from "./record";

const insights = "Insights into DeepSeek-V3, arXiv:2505.09343";
const day6 = "deepseek-ai/open-infra-index, day 6";

/** What is counted; DeepSeek's online figures are 73.7k tokens/s a node with hits and 32.2k without. */
export const promptTokens = "Prefill counts all tokens of the prompts, those found in the cache too; the breakdown has the computed ones apart.";

const serving = (plan: PlanRecord, mode: Mode = "estimate"): Serving => evaluationOf(plan).serving(mode);

/** What no operator of the GPU hides. */
const exchangeLabels = {
  "expert-parallel communication": "dispatch and combine, not hidden", "host memory": "experts on the host, not hidden", PCIe: "experts coming from the host, not hidden",
} as const;

const partLabels: Readonly<Record<Exclude<(typeof partNames)[number], "exchange">, string>> = {
  attention: "attention", ffn: "dense ffn, shared experts, router", routed: "routed experts", ends: "embedding, final norm, head",
  tensor_parallel: "tensor parallelism", context_parallel: "context parallelism", send: "sends between stages",
};

/** A latency by what it is spent on; all micro-batches of a group count. */
function latency(id: string, plan: PlanRecord, { parts, waiting }: Serving): Term {
  const label = (name: (typeof partNames)[number]): string => (name === "exchange" ? exchangeLabels[exchangeOf(plan)] : partLabels[name]);
  return sum(id, [...partNames.map((name) => amount(label(name), parts[name])), amount("waiting for the slowest stage", waiting)]);
}

/** Tokens a second and GPU of a prefill or decode plan, as the metric `tokens_per_second_per_gpu` states it. */
export function servingTokensPerSecondPerGpu(plan: PlanRecord, mode: Mode = "estimate"): number {
  return tokensPerSecondPerGpu(evaluationOf(plan).serving(mode));
}

/** The throughput as a breakdown: of prefill, tokens that pass the model and tokens found in the cache. */
export function servingThroughput(plan: PlanRecord): Term {
  const perGpu = servingTokensPerSecondPerGpu(plan);
  const { batch, tokens } = evaluationOf(plan).serving("estimate");
  if (batch.phase === "decode") return sum("tokens_per_second_per_gpu", [amount("generated tokens", perGpu)]);
  const computed = batch.new_tokens / tokens;
  return sum("tokens_per_second_per_gpu", [amount("prompt tokens that are computed", perGpu * computed), amount("prompt tokens found in the cache", perGpu * (1 - computed))]);
}

/** What most of the time of a pass goes to, as a text. */
export const servingBottleneck = (plan: PlanRecord): string => boundOf(plan, evaluationOf(plan).serving("estimate"));

/** Dollars that a million tokens cost: of prompts in prefill, hits included; generated ones in decode. */
export function servingCostPerMillionTokens(plan: PlanRecord): Term {
  const perGpu = servingTokensPerSecondPerGpu(plan);
  const { price } = plan.hardware;
  if (price === undefined) throw new Unavailable("the hardware has no `price`");
  const seconds = { value: 1e6 / perGpu, dimension: dimensions.time };
  return sum("cost_per_million_tokens", [product("GPU time of a million tokens x price", [seconds, { value: price, dimension: dimensions.moneyRate }])]);
}

export const servingMetrics: readonly PlanDefinition[] = [
  {
    id: "ttft",
    title: "Time to first token",
    unit: "s",
    documentation: "From the start of a pass over `batch_per_gpu` prompts (with pp, over one of the groups that a pipeline divides them into) until their first tokens are there.",
    formula: "sum over layers of attention + ffn + exchanges + head; with dual_micro_batch one half computes while the other exchanges; over stages the sum",
    convention:
      "Waiting for a pass to begin is left out, and so is loading the cache of tokens found in it (`cache_hit_rate`): they are not computed again, and attention " +
      "covers them. Prompts are not cut into chunks. No time of the host is counted beside the launch of each operator.",
    source: `Roofline of each operator; ${day6} (two micro-batches)`,
    gap: onlyIn("prefill", "a time to the first token"),
    arithmetic: (plan) => latency("ttft", plan, serving(plan)),
    ideal: (plan) => serving(plan, "ideal").latency,
    details: servingOperators,
  },
  {
    id: "tpot",
    title: "Time per output token",
    unit: "s",
    documentation: "From one token of a sequence to its next: one decode step.",
    formula:
      "sum over layers of attention + dispatch + ffn + combine; with dual_micro_batch, of attention a, ffn f, dispatch d, combine c of one half: " +
      "min(max(a, c) + max(a, d) + max(f, d) + max(f, c), 2 x (max(a, d + c) + f)); with pp at least pp x the slowest stage",
    convention:
      "One token a step: MTP is left out (`mtp_speedup`). mla runs absorbed. With `imbalance` the busiest GPU sets the time. With pp the sequences of a GPU pass in " +
      "pp groups. `offload { experts = host }`: the host multiplies the chosen experts while the GPU does the shared ones, at the speed of its memory. No time of the host " +
      "is counted beside the launch of each operator. `ideal`: peaks and line rates, each half's exchanges wholly under the other's operators.",
    source: `Roofline of each operator; ${insights}, section 2.3.1, and ${day6} (two micro-batches, attention in two steps)`,
    gap: onlyIn("decode", "a time per output token"),
    arithmetic: (plan) => latency("tpot", plan, serving(plan)),
    ideal: (plan) => serving(plan, "ideal").latency,
    details: servingOperators,
  },
  {
    id: "tpot_limit",
    title: "Communication limit of TPOT",
    unit: "s",
    documentation: "What the exchanges of expert parallelism alone allow: the bound of arXiv:2505.09343, section 2.3.2.",
    formula: "micro-batches x (top_k + shared_experts) x tokens x hidden_size x (dispatch + combine) B / bandwidth x layers",
    convention:
      "micro-batches: 2 with dual_micro_batch, else 1; tokens: of one micro-batch and GPU. Payload without scales, every copy counts, no latency, line rate of the card, or of the " +
      "scale-up link where `ep` fits one domain; every layer counts, dense ones too. The paper's 120.96 us, 14.76 ms and 67 tokens/s round hidden_size to 7,000; " +
      "with DeepSeek-V3's 7,168 they are 123.86 us, 15.11 ms and 66.2 tokens/s.",
    source: `${insights}, section 2.3.2`,
    gap: onlyIn("decode", "a limit of its time per output token"),
    arithmetic: (plan) => {
      const evaluation = evaluationOf(plan);
      const batch = batchOf(plan, evaluation.layout);
      tpotLimit(evaluation, batch);
      return sum("tpot_limit", [product("dispatch and combine of every micro-batch and layer", [
        { value: batch.micro_batches, unit: "micro-batches" }, { value: plan.model.layers, unit: "layers" }, { value: idealExchangePerLayer(evaluation, batch), dimension: dimensions.time },
      ])]);
    },
    ideal: (plan) => {
      const evaluation = evaluationOf(plan);
      return tpotLimit(evaluation, batchOf(plan, evaluation.layout));
    },
  },
  {
    id: "tokens_per_second_per_user",
    title: "Speed of one sequence",
    unit: "tokens/s",
    documentation: "Tokens a second that one user sees.",
    formula: "1 / tpot",
    convention: "One token a step: with MTP `mtp_speedup` times as many, as far as checking them costs nothing.",
    source: "The definition",
    gap: onlyIn("decode", "users"),
    arithmetic: (plan) => sum("tokens_per_second_per_user", [amount("one token a step", 1 / serving(plan).latency)]),
  },
  {
    id: "tokens_per_second_per_node",
    title: "Throughput of a node",
    unit: "tokens/s",
    documentation: "Tokens a second and node: prompt tokens of a prefill plan, generated tokens of a decode plan.",
    formula: "tokens_per_second_per_gpu x gpus_per_node",
    convention: promptTokens,
    source: day6,
    gap: onlyServing,
    arithmetic: (plan) => times([{ value: plan.hardware.gpus_per_node, unit: "GPUs" }], servingThroughput(plan)),
  },
  {
    id: "cost_per_million_tokens",
    title: "Cost of a million tokens",
    unit: "USD",
    documentation: "Rent of the GPUs for a million tokens: of prompts in a prefill plan, generated in a decode plan.",
    formula: "price / tokens_per_second_per_gpu x 1,000,000",
    convention: `${promptTokens} The GPUs are taken to be busy all of the time.`,
    source: `The definition; ${day6}, has 2 USD an hour and GPU`,
    gap: onlyServing,
    arithmetic: (plan) => sum("cost_per_million_tokens", [servingCostPerMillionTokens(plan)]),
  },
  {
    id: "ep_comm_time_per_layer",
    title: "Expert exchange per layer",
    unit: "s",
    documentation: "Dispatch plus combine of one micro-batch in one layer, hidden or not.",
    formula: "estimate: copies x bytes with scales / achieved bandwidth + latency; ideal: (top_k + shared_experts) x tokens x hidden_size x (dispatch + combine) B / bandwidth",
    convention:
      "A micro-batch is `batch_per_gpu`, halved under `dual_micro_batch` (with pp, of the group on a stage). The estimate counts what leaves the GPU in the low-latency mode: top_k copies, no " +
      "shared expert, and only those that leave the GPU. The ideal is the paper's formula and no bound of the estimate: payload without scales and no latency, but the shared " +
      "expert and copies that stay on the GPU or in its domain counted as if all took the same link. In a group over few domains it can be the longer of the two.",
    source: `${insights}, section 2.3.2; DeepEP, low-latency kernels`,
    gap: onlyIn("decode", "exchanges of one token a sequence"),
    arithmetic: (plan) => {
      const evaluation = evaluationOf(plan);
      const { dispatch, combine } = exchangePerLayer(evaluation, batchOf(plan, evaluation.layout));
      return sum("ep_comm_time_per_layer", [amount("dispatch", dispatch), amount("combine", combine)]);
    },
    ideal: (plan) => {
      const evaluation = evaluationOf(plan);
      return idealExchangePerLayer(evaluation, batchOf(plan, evaluation.layout));
    },
  },
  {
    id: "mtp_speedup",
    title: "Speed-up by MTP",
    unit: "",
    documentation: "Tokens that a step yields where MTP modules draft and the model checks.",
    formula: "1 + acceptance + acceptance^2 + … + acceptance^depth",
    convention:
      "A draft counts when all before it were accepted. Drafting and checking are taken to cost nothing, which holds while a step waits for weights and caches; DeepSeek measures 1.8 times the tokens a " +
      "second at 85 to 90 % (arXiv:2412.19437, section 5.4.3). No other figure of the plan counts it.",
    source: "DeepSeek-V3 technical report, arXiv:2412.19437, sections 2.2 and 5.4.3; speculative decoding: arXiv:2211.17192",
    gap: onlyIn("decode", "drafts to check"),
    arithmetic: (plan) => {
      const { mtp } = plan.model;
      if (mtp === undefined || mtp.depth === 0) throw new Unavailable("the model has no `mtp`", true);
      const { depth, acceptance } = mtp;
      if (acceptance === undefined) throw new Unavailable("`mtp` has no `acceptance`");
      return sum("mtp_speedup", [amount("the model's own token", 1), amount("accepted drafts", acceptedDrafts(acceptance, depth))]);
    },
  },
];

/** a + a^2 + … + a^depth. */
const acceptedDrafts = (acceptance: number, depth: number): number =>
  acceptance === 1 ? depth : (acceptance * (1 - Math.pow(acceptance, depth))) / (1 - acceptance);
