/**
 * One mixture-of-experts layer: routed and shared experts, router, and how many choices the router has.
 * Source: DeepSeekMoE, arXiv:2401.06066, sections 3.1 and 3.2; router biases: arXiv:2408.15664.
 */

import { product, times, type Term } from "../term";
import { ffnWeights } from "./ffn";
import type { MoeFfnRecord } from "./record";

/** `all`: what the model holds; `chosen`: the `top_k` that one token passes. */
export type ExpertCount = "all" | "chosen";

export function routedWeights(block: MoeFfnRecord, hiddenSize: number, experts: ExpertCount): Term {
  const count = experts === "all"
    ? { value: block.routed_experts, unit: "experts" }
    : { value: block.top_k, unit: "experts" };
  const label = experts === "all" ? "routed experts" : "chosen experts";
  return times([count], ffnWeights(label, block.gated, hiddenSize, block.intermediate_size));
}

export function sharedWeights(block: MoeFfnRecord, hiddenSize: number): Term {
  const count = { value: block.shared_experts, unit: "experts" };
  const width = block.shared_experts === 0 ? 0 : block.shared_intermediate_size;
  return times([count], ffnWeights("shared experts", block.gated, hiddenSize, width));
}

export function routerWeights(block: MoeFfnRecord, hiddenSize: number): Term {
  return product("router", [hiddenSize, block.routed_experts]);
}

/** One bias an expert, which loss-free balancing moves and the optimizer does not. */
export function routerBiases(block: MoeFfnRecord): Term {
  return product("router biases", [block.balance === "loss_free" ? block.routed_experts : 0]);
}

/** C(`of`, `choose`) for whole numbers, `choose` <= `of`: exact, rounded once to a double; `Infinity` beyond one. */
export function combinations(of: number, choose: number): number {
  const steps = Math.min(choose, of - choose);
  let estimate = 1;
  let exact = 1n;
  // Each step at least doubles the estimate, so a huge count ends the loop within 1,024 steps, at Infinity.
  for (let step = 1; step <= steps && estimate !== Infinity; step++) {
    estimate *= (of - steps + step) / step;
    exact = (exact * BigInt(of - steps + step)) / BigInt(step);
  }
  return estimate === Infinity ? Infinity : Number(exact);
}
