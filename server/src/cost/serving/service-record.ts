/** A prefill plan and a decode plan that serve one stream of requests, as the cost room sees them. Property names are those of the language. */

import type { PlanRecord } from "../plan/record";

export interface ServiceRecord {
  readonly prefill: PlanRecord;
  readonly decode: PlanRecord;
  /** Tokens of a prompt. */
  readonly input_tokens: number;
  /** Tokens of an answer. */
  readonly output_tokens: number;
  /** Share of prompt tokens found in the cache; `undefined`: that of the prefill plan. */
  readonly cache_hit_rate: number | undefined;
  readonly requests_per_second: number | undefined;
}

/** Nothing but the declaration enters into the figures of a service. */
export type ServiceContext = Readonly<Record<never, never>>;
