/** The metrics of a service: one definition an id, read by hover, lens, report and command line alike. */

import { dimensions } from "../../units";
import { toMetric, Unavailable, type Definition } from "../definition";
import type { Metric } from "../metric";
import { amount, product, quotient, sum, type Factor, type Term } from "../term";
import type { ServingPhase } from "./batch";
import { cacheTransfer, cacheTransferTime, gapOfSides, nodesPerRequestRate, requestRate, servingOfSide } from "./service";
import type { ServiceContext, ServiceRecord } from "./service-record";

const disaggregated = "DeepSeek-V3 technical report, arXiv:2412.19437, section 3.4; DistServe, arXiv:2401.09670";

const blended = "Tokens of prompts and answers count alike, (input_tokens + output_tokens) a request; those found in the cache count too.";

const steady =
  "Not rounded up to whole nodes or units; requests come evenly and all nodes are busy. Without `requests_per_second`: for as many requests as the whole cluster of the prefill plan takes. " +
  "The prefill plan has the service's `cache_hit_rate` where its workload says none.";

const gapOfBoth = gapOfSides("prefill", "decode");

/** Nodes of a side that the requests keep busy. */
function nodes(service: ServiceRecord, side: ServingPhase): Term {
  const rate: Factor = { value: requestRate(service), unit: "requests/s" };
  return sum(`${side}_nodes`, [product("requests x nodes that one a second keeps busy", [rate, { value: nodesPerRequestRate(service, side), unit: "nodes" }])]);
}

/** Node-seconds of a request. */
const busy = (service: ServiceRecord): Readonly<Record<ServingPhase, number>> =>
  ({ prefill: nodesPerRequestRate(service, "prefill"), decode: nodesPerRequestRate(service, "decode") });

const tokensOfRequest = ({ input_tokens, output_tokens }: ServiceRecord): number => input_tokens + output_tokens;

function cost(service: ServiceRecord): Term {
  const seconds = busy(service);
  const of = (side: ServingPhase): Term => {
    const { price, gpus_per_node } = service[side].hardware;
    if (price === undefined) throw new Unavailable(`the hardware of the \`${side}\` plan has no \`price\``);
    const time = { value: (seconds[side] * gpus_per_node * 1e6) / tokensOfRequest(service), dimension: dimensions.time };
    return product(`${side}: GPU time x price`, [time, { value: price, dimension: dimensions.moneyRate }]);
  };
  return sum("cost_per_million_tokens", [of("prefill"), of("decode")]);
}

const definitions: readonly Definition<ServiceRecord, ServiceContext>[] = [
  {
    id: "prefill_nodes",
    title: "Prefill nodes",
    unit: "",
    documentation: "Nodes of the prefill plan that the requests keep busy.",
    formula: "requests_per_second x input_tokens / prefill.tokens_per_second_per_node",
    convention: steady,
    source: disaggregated,
    gap: gapOfSides("prefill"),
    arithmetic: (service) => nodes(service, "prefill"),
  },
  {
    id: "decode_nodes",
    title: "Decode nodes",
    unit: "",
    documentation: "Nodes of the decode plan that the requests keep busy.",
    formula: "requests_per_second x output_tokens / decode.tokens_per_second_per_node",
    convention: steady,
    source: disaggregated,
    // without a rate the prefill plan says it
    gap: (service) => gapOfSides("decode", ...(service.requests_per_second === undefined ? ["prefill" as const] : []))(service),
    arithmetic: (service) => nodes(service, "decode"),
  },
  {
    id: "kv_transfer_time",
    title: "Cache transfer",
    unit: "s",
    documentation: "Passing the cache of one prompt from the prefill nodes to the decode nodes.",
    formula: "kv_bytes_per_sequence(input_tokens) / (GPUs of a replica x scale-out bandwidth of a GPU) + latency, of the slower side",
    convention:
      "The whole cache passes when prefill has ended, over the network cards, every GPU of a replica (tp x cp x pp) with an equal part; tokens found in the cache pass too. " +
      "Sending layer by layer beside prefill would hide most of it.",
    source: `${disaggregated}; Mooncake, arXiv:2407.00079`,
    gap: gapOfBoth,
    arithmetic: (service) => {
      const { bytes, bandwidth, latency } = cacheTransfer(service, "estimate");
      return sum("kv_transfer_time", [
        quotient("cache of a prompt over the bandwidth", { value: bytes, dimension: dimensions.bytes }, { value: bandwidth, dimension: dimensions.byteRate }),
        amount("latency", latency),
      ]);
    },
    ideal: (service) => cacheTransferTime(service, "ideal"),
  },
  {
    id: "ttft",
    title: "Time to first token",
    unit: "s",
    documentation: "Prefill and the transfer of the cache.",
    formula: "prefill.ttft + kv_transfer_time",
    convention: "Waiting in queues is left out. With the service's `cache_hit_rate` where the workload of the prefill plan says none.",
    source: disaggregated,
    gap: gapOfBoth,
    arithmetic: (service) =>
      sum("ttft", [amount("prefill", servingOfSide(service, "prefill").latency), amount("cache transfer", cacheTransferTime(service, "estimate"))]),
    ideal: (service) => servingOfSide(service, "prefill", "ideal").latency + cacheTransferTime(service, "ideal"),
  },
  {
    id: "tpot",
    title: "Time per output token",
    unit: "s",
    documentation: "From one token of an answer to its next.",
    formula: "decode.tpot",
    convention: "At the batch and the `context_length` of the decode plan; one token a step.",
    source: "The definition",
    gap: gapOfSides("decode"),
    arithmetic: (service) => sum("tpot", [amount("decode step", servingOfSide(service, "decode").latency)]),
    ideal: (service) => servingOfSide(service, "decode", "ideal").latency,
  },
  {
    id: "tokens_per_second_per_node",
    title: "Throughput of a node",
    unit: "tokens/s",
    documentation: "Tokens a second over all nodes of both plans.",
    formula: "requests_per_second x (input_tokens + output_tokens) / (prefill_nodes + decode_nodes)",
    convention: blended,
    source: "The definition",
    gap: gapOfBoth,
    arithmetic: (service) => {
      const { prefill, decode } = busy(service);
      const tokens = { value: tokensOfRequest(service), dimension: dimensions.tokens };
      return sum("tokens_per_second_per_node", [quotient("tokens of a request over its node time", tokens, { value: prefill + decode, dimension: dimensions.time })]);
    },
  },
  {
    id: "cost_per_million_tokens",
    title: "Cost of a million tokens",
    unit: "USD",
    documentation: "Rent of the nodes of both plans for a million tokens, prompts and answers together.",
    formula: "(prefill_nodes x price of a prefill node + decode_nodes x price of a decode node) / tokens a second x 1,000,000",
    convention: blended,
    source: "The definition; deepseek-ai/open-infra-index, day 6, has 2 USD an hour and GPU",
    gap: gapOfBoth,
    arithmetic: cost,
  },
];

export const serviceMetrics: readonly Metric<ServiceRecord, ServiceContext>[] = definitions.map(toMetric);
