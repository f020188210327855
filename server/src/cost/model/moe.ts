/**
 * One mixture-of-experts layer: routed and shared experts, router, and how many choices the router has.
 * Source: DeepSeekMoE, arXiv:2401.06066, sections 3.1 and 3.2; router biases: arXiv:2408.15664.
 */

import { product, times, type Count, type Term } from "../term";
import { ffnBiases, ffnWeights } from "./ffn";
import type { MoeFfnRecord } from "./record";

/** `all`: what the model holds; `chosen`: the `top_k` that one token passes. */
export type ExpertCount = "all" | "chosen";

export function routedWeights(block: MoeFfnRecord, hiddenSize: number, experts: ExpertCount): Term {
  const label = experts === "all" ? "routed experts" : "chosen experts";
  return times([expertsOf(block, experts)], ffnWeights(label, block.gated, expertWidth(block, hiddenSize), block.intermediate_size));
}

const expertsOf = (block: MoeFfnRecord, experts: ExpertCount): Count => ({ value: experts === "all" ? block.routed_experts : block.top_k, unit: "experts" });

/** Width of the tokens that routed experts take in and give back. */
export const expertWidth = ({ latent_size }: Pick<MoeFfnRecord, "latent_size">, hiddenSize: number): number => latent_size ?? hiddenSize;

/** Down to the latent that routed experts work in, and back up (nemotron_h: fc1_latent_proj, fc2_latent_proj). */
export function latentWeights(block: MoeFfnRecord, hiddenSize: number): readonly Term[] {
  return block.latent_size === undefined ? [] : [product("latent of the experts: 2 x hidden_size x latent_size", [2, hiddenSize, block.latent_size])];
}

export function sharedWeights(block: MoeFfnRecord, hiddenSize: number): Term {
  const count = { value: block.shared_experts, unit: "experts" };
  const width = block.shared_experts === 0 ? 0 : block.shared_intermediate_size;
  return times([count], ffnWeights("shared experts", block.gated, hiddenSize, width));
}

export function routerWeights(block: MoeFfnRecord, hiddenSize: number): Term {
  return product("router", [hiddenSize, block.routed_experts]);
}

/** A gate on the output of the shared experts: one number a token (qwen3_next: shared_expert_gate). */
export function sharedGateWeights(block: MoeFfnRecord, hiddenSize: number): readonly Term[] {
  return block.shared_gate ? [product("gate of the shared experts", [hiddenSize])] : [];
}

/** Biases of the experts, and one an expert in the router, as gpt-oss has them. */
export function moeBiases(block: MoeFfnRecord, hiddenSize: number, experts: ExpertCount): readonly Term[] {
  if (!block.bias) return [];
  const { gated, intermediate_size, shared_experts, shared_intermediate_size, routed_experts } = block;
  return [
    times([expertsOf(block, experts)], ffnBiases(`biases of ${experts === "all" ? "routed" : "chosen"} experts`, gated, expertWidth(block, hiddenSize), intermediate_size)),
    ...(shared_experts === 0 ? [] : [times([{ value: shared_experts, unit: "experts" }], ffnBiases("biases of shared experts", gated, hiddenSize, shared_intermediate_size))]),
    product("biases of the router: routed_experts", [routed_experts]),
  ];
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
