/** What a request waits for in a service, and how its nodes are divided between reading prompts and writing answers. */

import type { MetricFigure } from "../../analysis";
import { Unavailable } from "../../cost/definition";
import type { ServiceRecord } from "../../cost/serving/service-record";

export interface ServiceData {
  /** Seconds. */
  readonly prefill: number;
  readonly transfer: number;
  /** Of all tokens of the answer after the first. */
  readonly decode: number;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly nodes: { readonly prefill: number; readonly decode: number };
  /** Those written; `undefined`: as many as the cluster of the prefill plan takes. */
  readonly requestsPerSecond: number | undefined;
}

/** Throws `Unavailable`, with the reason of the figure that is missing. */
export function serviceData(service: ServiceRecord, metric: (id: string) => MetricFigure | undefined): ServiceData {
  const valueOf = (id: string): number => {
    const figure = metric(id)?.figure;
    if (figure?.kind === "value") return figure.value;
    throw new Unavailable(figure?.kind === "unavailable" ? figure.reason : `there is no \`${id}\``);
  };
  const transfer = valueOf("kv_transfer_time");
  return {
    prefill: valueOf("ttft") - transfer, transfer, decode: valueOf("tpot") * Math.max(0, service.output_tokens - 1),
    tokens: { input: service.input_tokens, output: service.output_tokens },
    nodes: { prefill: valueOf("prefill_nodes"), decode: valueOf("decode_nodes") },
    requestsPerSecond: service.requests_per_second,
  };
}
