/** What the halves of a layer share: norms, the linear layers with their casts, activations. */

import { linear, sweep, type Matrix, type Site } from "./operators";
import type { OperatorPart, OperatorShape, Passes } from "./operator";

/** Tokens in those parts of a layer that tensor parallelism does not split: sequence parallelism shares them out. */
export const unsplitTokens = ({ layout: { tp, sequence_parallel }, work: { tokens } }: Site): number => (sequence_parallel ? tokens / tp : tokens);

/** A norm with the residual before it, in bf16: forward reads both and writes both, backward reads one more. */
export function norm(site: Site, name: string, part: OperatorPart): OperatorShape {
  const elements = unsplitTokens(site) * site.plan.model.hidden_size;
  return sweep(site, { name, part, bytes: { forward: 8 * elements, backward_input: 10 * elements, backward_weight: 0 } });
}

/** The linear layers of one half of a layer, in the precision of `compute`, with the casts that it needs. */
export function linears(site: Site, part: OperatorPart, weight: number, matrices: readonly Matrix[], inputs: Inputs, operators: OperatorShape[]): void {
  const rate = site.rates.linear();
  let outputs = 0;
  for (const matrix of matrices) {
    operators.push(linear(site, part, matrix, rate, weight));
    outputs += (matrix.experts ?? 1) * matrix.rows * matrix.columns;
  }
  if (rate.bytes < 2) operators.push(casts(site, `${part} casts`, part, rate.bytes, inputs, outputs));
}

/** Elements that products take; matrices of one input share its cast. `narrow`: those that come in the precision of the product. */
export interface Inputs {
  readonly wide: number;
  readonly narrow: number;
}

export const wide = (elements: number): Inputs => ({ wide: elements, narrow: 0 });

/**
 * Casts of what a narrow product multiplies: forward an input, backward the gradient of its output along both of its sides, and the
 * input along its other side for the gradient of the weight.
 */
function casts(site: Site, name: string, part: OperatorPart, width: number, inputs: Inputs, outputs: number): OperatorShape {
  const bytes: Passes = {
    forward: (2 + width) * inputs.wide, backward_input: (2 + 2 * width) * outputs, backward_weight: 2 * width * (inputs.wide + inputs.narrow),
  };
  return sweep(site, { name, part, bytes });
}

/** The activation between two linear layers, in bf16. Gated: forward reads both halves, backward their gradient too and writes both. */
export function activation(site: Site, name: string, part: OperatorPart, gated: boolean, elements: number): OperatorShape {
  return sweep(site, { name, part, bytes: { forward: (gated ? 6 : 4) * elements, backward_input: (gated ? 10 : 6) * elements, backward_weight: 0 } });
}

export const inputMatrices = (gated: boolean): number => (gated ? 2 : 1);
