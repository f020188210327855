/** One operator of a GPU for one micro-batch: what it does, and as `explain` lists it. */

import type { Rate } from "./device";
import type { Scan } from "./scan-time";
import type { Core, Product } from "./time";

/** What one GPU works on in one pass. */
export interface Work {
  readonly phase: "training" | "prefill" | "decode";
  /**
   * New tokens of the micro-batch that this GPU's context-parallel rank holds, before tensor or sequence parallelism share their
   * matrices out: training micro_batch_size x sequence_length / cp; prefill the prompt tokens not found in the cache; decode one a sequence.
   */
  readonly tokens: number;
  /** Sequences they belong to. */
  readonly sequences: number;
  /** Tokens of a whole sequence: what the last query attends to. Causal in training and prefill; in decode every query sees them all. */
  readonly sequence_length: number;
  /** Busiest over mean expert load, at least 1: the routed experts of the busiest GPU see that many times the mean tokens. */
  readonly imbalance: number;
}

/** Seconds, FLOPs or bytes by pass. `backward_input` yields the gradient of the inputs, `backward_weight` that of the weights. */
export interface Passes {
  readonly forward: number;
  readonly backward_input: number;
  readonly backward_weight: number;
}

/** `attention` and `ffn` are the two halves that dual micro-batches alternate; `ends`: embedding, final norm, head, loss. */
export type OperatorPart = "attention" | "ffn" | "routed" | "ends";

/** What an operator does, whatever GPU runs it: shapes, FLOPs and bytes of each pass. Every device and both modes take their times from the same one. */
export interface OperatorShape {
  /** `q_a`, `attention core`, `experts up and gate`, `rmsnorm`, … */
  readonly name: string;
  readonly part: OperatorPart;
  readonly flops: Passes;
  /** Read and written in GPU memory. */
  readonly bytes: Passes;
  /** Recomputation runs its forward pass once more before the gradients; `flops` and `bytes` leave that out. */
  readonly again: boolean;
  readonly passes: ShapesOfPasses;
}

/** What the time of each pass follows from; a backward pass that does not run is left out. */
export type ShapesOfPasses =
  | { readonly kind: "product"; readonly rate: Rate; readonly forward: Product; readonly backward_input?: Product; readonly backward_weight?: Product }
  | { readonly kind: "core"; readonly rate: Rate; readonly forward: Core; readonly backward_input?: Core }
  | { readonly kind: "cache"; readonly rate: Rate }
  | { readonly kind: "scan"; readonly rate: Rate; readonly forward: Scan; readonly backward_input?: Scan }
  | { readonly kind: "memory"; readonly share: "memory" | "gather" };

/** An operator as a device runs it, for explanations. */
export interface Operator {
  readonly name: string;
  readonly part: OperatorPart;
  readonly kind: "gemm" | "grouped_gemm" | "attention" | "scan" | "memory";
  /** How often it runs for this run of layers or stage. */
  readonly count: number;
  readonly flops: Passes;
  /** Read and written in GPU memory. */
  readonly bytes: Passes;
  /** Of one run. */
  readonly time: Passes;
  /** What bounds the forward pass. */
  readonly bound: "compute" | "memory" | "launch";
  /** Share of the peak rate that the forward pass is taken to achieve (compute-bound) or of the memory bandwidth. */
  readonly efficiency: number;
}
