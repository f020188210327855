/** How far a design is from meeting everything, so that a search can tell which of two is nearer. */

import { Unavailable } from "../../cost/definition";
import { evaluationOf } from "../../cost/plan/evaluation";
import type { CompiledSpace } from "../compile";
import type { CompiledConstraint } from "../constraint";
import type { Reason } from "../evaluate";
import type { Point } from "../space";

/** Where there is no number: a layout that does not run is farther than one whose figures cannot be computed, this farther than any that has figures. */
const withoutNumber = { layout: 2, unknown: 1 } as const;

/** Least above nothing: a strict comparison of two equal figures. */
const least = 1e-12;

/**
 * Above 0: below 1 by how much memory and conditions are missed, each as a share of the larger of its two sides, summed; above for designs
 * without figures.
 */
export function missOf(compiled: CompiledSpace, constraints: readonly CompiledConstraint[], point: Point, { kind }: Reason): number {
  if (kind === "layout" || kind === "unknown") return withoutNumber[kind];
  try {
    const design = { point, record: compiled.record(point) };
    const { total } = evaluationOf(design.record).memory.worst;
    const missed = constraints.reduce((sum, { miss }) => sum + miss(design), relativeMiss(total, design.record.hardware.gpu.memory));
    return Number.isFinite(missed) ? Math.max(missed, least) / (1 + missed) : withoutNumber.unknown;
  } catch (fault) {
    if (fault instanceof Unavailable) return withoutNumber.unknown;
    throw fault;
  }
}

const relativeMiss = (value: number, most: number): number => (value > most ? (value - most) / value : 0);
