/** Makes operators: what a product, a core or a sweep through memory works through in each pass. */

import { plainElement, weightElement } from "../model/precision";
import type { Precision } from "../model/record";
import { once } from "../once";
import type { Layout } from "../plan/layout";
import type { PlanRecord } from "../plan/record";
import { rateOf, type Rate } from "./device";
import type { OperatorPart, OperatorShape, Passes, Work } from "./operator";
import type { Scan } from "./scan-time";
import type { Core, Product } from "./time";

/** Everything that the operators of one stage depend on. */
export interface Site {
  readonly plan: PlanRecord;
  readonly layout: Layout;
  readonly work: Work;
  readonly training: boolean;
  readonly rates: Rates;
}

/** The rates that operators run at; each throws `Unavailable` where the GPU has none. */
export interface Rates {
  /** Of linear layers. */
  readonly linear: () => Rate;
  /** Of the attention core. */
  readonly attention: () => Rate;
  /** Of the head and of the embedding's precision. */
  readonly embedding: () => Rate;
  /** The router runs in bf16 whatever the linear layers do. */
  readonly router: () => Rate;
}

export function siteOf(plan: PlanRecord, layout: Layout, work: Work): Site {
  const { model: { precision }, hardware: { gpu } } = plan;
  return {
    plan, layout, work, training: work.phase === "training",
    rates: {
      linear: once(() => rateOf(gpu, precision.compute, "`precision.compute`")),
      attention: once(() => rateOf(gpu, precision.attention, "`precision.attention`")),
      embedding: once(() => rateOf(gpu, precision.embeddings, "`precision.embeddings`")),
      router: once(() => rateOf(gpu, "bf16", "the router")),
    },
  };
}

const none: Passes = { forward: 0, backward_input: 0, backward_weight: 0 };
const forwardOnly = (forward: number): Passes => ({ forward, backward_input: 0, backward_weight: 0 });

/** A matrix product with weights of `inner` x `columns`, as many as `experts`. */
export interface Matrix {
  readonly name: string;
  readonly kind?: Product["kind"];
  readonly experts?: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** No gradient goes back through it. */
  readonly detached?: boolean;
}

/** Activations and gradients between operators are bf16, as results of products are. */
const activationBytes = 2;

/** Forward, the gradient of its input and that of its weight: three products of the same size. `weight`: bytes of one where it is kept. */
export function linear(site: Site, part: OperatorPart, { name, kind = "gemm", experts = 1, rows, columns, inner, detached = false }: Matrix, rate: Rate, weight: number): OperatorShape {
  const weights = experts * columns * inner;
  const inputs = experts * rows * inner;
  const outputs = experts * rows * columns;
  const flops = 2 * outputs * inner;
  const forward: Product = { kind, experts, rows, columns, inner, bytes: inputs * rate.bytes + weights * weight + outputs * activationBytes, accumulated_bytes: 0 };
  if (!site.training) {
    return { name, part, again: false, flops: forwardOnly(flops), bytes: forwardOnly(forward.bytes), passes: { kind: "product", rate, forward } };
  }
  const inputGradient: Product = {
    kind, experts, rows, columns: inner, inner: columns, bytes: outputs * rate.bytes + weights * weight + inputs * activationBytes, accumulated_bytes: 0,
  };
  const weightGradient: Product = {
    kind, experts, rows: columns, columns: inner, inner: rows, bytes: (inputs + outputs) * rate.bytes,
    accumulated_bytes: 2 * weights * plainElement(site.plan.model.precision.gradients).value,
  };
  return {
    name, part, again: false,
    flops: { forward: flops, backward_input: detached ? 0 : flops, backward_weight: flops },
    bytes: { forward: forward.bytes, backward_input: detached ? 0 : inputGradient.bytes, backward_weight: weightGradient.bytes + weightGradient.accumulated_bytes },
    passes: detached
      ? { kind: "product", rate, forward, backward_weight: weightGradient }
      : { kind: "product", rate, forward, backward_weight: weightGradient, backward_input: inputGradient },
  };
}

/** An operator that moves bytes and computes so little that moving them sets its time. */
export interface Sweep {
  readonly name: string;
  readonly part: OperatorPart;
  readonly bytes: Passes;
  /** Those that the model's FLOPs count. */
  readonly flops?: Passes;
  readonly share?: "memory" | "gather";
}

export const sweep = (site: Site, { name, part, bytes, flops = none, share = "memory" }: Sweep): OperatorShape => ({
  name, part, again: false, flops: site.training ? flops : forwardOnly(flops.forward), bytes: site.training ? bytes : forwardOnly(bytes.forward),
  passes: { kind: "memory", share },
});

/** Scores and values of new queries. Backward computes the scores again: five products for two. */
export function core(site: Site, name: string, forward: Core, rate: Rate): OperatorShape {
  const { flops, bytes } = forward;
  if (!site.training) return { name, part: "attention", again: false, flops: forwardOnly(flops), bytes: forwardOnly(bytes), passes: { kind: "core", rate, forward } };
  const backward_input: Core = { ...forward, flops: 2.5 * flops, bytes: 2 * bytes };
  return {
    name, part: "attention", again: false,
    flops: { forward: flops, backward_input: backward_input.flops, backward_weight: 0 },
    bytes: { forward: bytes, backward_input: backward_input.bytes, backward_weight: 0 },
    passes: { kind: "core", rate, forward, backward_input },
  };
}

/** The state of a linear or state-space layer on its way over new tokens. `flops`: of the recurrence, forward; its chunked form executes others. */
export function scan(site: Site, name: string, { forward, backward }: { readonly forward: Scan; readonly backward: Scan }, flops: number, rate: Rate): OperatorShape {
  const shape = { name, part: "attention", again: false } as const;
  if (!site.training) return { ...shape, flops: forwardOnly(flops), bytes: forwardOnly(forward.bytes), passes: { kind: "scan", rate, forward } };
  return {
    ...shape, flops: { forward: flops, backward_input: 2 * flops, backward_weight: 0 },
    bytes: { forward: forward.bytes, backward_input: backward.bytes, backward_weight: 0 },
    passes: { kind: "scan", rate, forward, backward_input: backward },
  };
}

/** Attention of a few queries over a long cache. */
export const decodeCore = (name: string, flops: number, bytes: number, rate: Rate): OperatorShape =>
  ({ name, part: "attention", again: false, flops: forwardOnly(flops), bytes: forwardOnly(bytes), passes: { kind: "cache", rate } });

/** The same with its forward pass run again before the gradients. */
export const recomputed = ({ name, part, flops, bytes, passes }: OperatorShape): OperatorShape => ({ name, part, again: true, flops, bytes, passes });

/** Bytes of a weight as a product reads it: in training the copy in the precision of the product, made once a step. */
export const weightBytes = ({ training }: Site, rate: Rate, precision: Precision): number => (training ? rate.bytes : weightElement(precision).value);
