/** Weights as a GPU holds them, and how parallelism divides what they are made of. */

import { weightElement } from "../model/precision";
import type { ModelRecord, Precision } from "../model/record";

/** Equal matrices of one GPU. `rows` x `columns` is what the GPU holds of one; a vector has one column. */
export interface Matrix {
  readonly label: string;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly precision: Precision;
  /** `dense` weights are alike on all dp x cp ranks, an expert on `expert_dp` ranks. */
  readonly group: "dense" | "experts";
  /** The optimizer moves it; not so the biases of loss-free balancing. */
  readonly trained: boolean;
  /** A linear layer's, whose gradient is computed by a GEMM. */
  readonly linear: boolean;
}

export const linear = (label: string, rows: number, columns: number, precision: Precision): Matrix =>
  ({ label, count: 1, rows, columns, precision, group: "dense", trained: true, linear: true });

export const vector = (label: string, rows: number, precision: Precision = "bf16", trained = true): Matrix =>
  ({ label, count: 1, rows, columns: 1, precision, group: "dense", trained, linear: false });

export const elementsOf = ({ count, rows, columns }: Matrix): number => count * rows * columns;

export const bytesOf = (matrix: Matrix): number => elementsOf(matrix) * weightElement(matrix.precision).value;

/** The greatest share of `whole` things over `parts` GPUs. */
export const shareOf = (whole: number, parts: number): number => Math.ceil(whole / parts);

/** Key and value heads of one GPU: with more GPUs than heads each head stands on several. */
export const kvHeadsOf = (kvHeads: number, tp: number): number => Math.max(1, shareOf(kvHeads, tp));

/** The vocabulary is filled up so that each tensor-parallel rank holds a multiple of 128 rows (Megatron-LM's make-vocab-size-divisible-by). */
export const vocabularyOf = ({ vocab_size }: ModelRecord, tp: number): number => Math.ceil(vocab_size / (128 * tp)) * 128;
