/** What a design of a space comes to: its objectives, or why it is none. */

import { Unavailable } from "../cost/definition";
import { evaluationOf } from "../cost/plan/evaluation";
import type { MemoryComponents } from "../cost/memory/stage-memory";
import { pathsRead, sharedParts, sharing } from "../cost/shared";
import { gpusOf, layoutFault } from "../rules/layout/conditions";
import { compileSpace, type CompiledSpace } from "./compile";
import { compileConstraint, metricSide, type CompiledConstraint, type Design } from "./constraint";
import { missOf } from "./genetic/miss";
import type { Objective, Point, Space } from "./space";

/** Why a design is left out, in words that are the same for all designs left out for it. */
export interface Reason {
  readonly kind: "layout" | "memory" | "where" | "require" | "unknown";
  /** `does not fit: optimizer`, `tpot <= 50 ms`, `ep does not divide the experts`. */
  readonly text: string;
}

export type Verdict =
  /** One value for each objective, in base units. */
  | { readonly kind: "feasible"; readonly values: readonly number[] }
  | { readonly kind: "infeasible"; readonly reason: Reason };

export interface Evaluator {
  readonly compiled: CompiledSpace;
  readonly verdict: (point: Point) => Verdict;
  /**
   * The axes, by their places, that the verdict on a design follows from: whoever makes the same choices on them is left out for the same
   * reason. Takes some times as long as the verdict.
   */
  readonly causes: (point: Point) => readonly number[];
  /** How far a design that was left out is from meeting everything, above 0; comparable between the designs of the space. */
  readonly miss: (point: Point, reason: Reason) => number;
}

/** Throws `Unavailable` where the plan has no record at all. */
export function evaluatorOf(space: Space): Evaluator {
  const compiled = compileSpace(space);
  const constraints = space.constraints.map((constraint) => compileConstraint(compiled, constraint));
  const objectives = space.objectives.map(objectiveSide);
  const parts = sharedParts();
  return {
    compiled,
    verdict: (point) => sharing(parts, () => verdictOf(compiled, constraints, objectives, point)),
    causes: (point) => sharing(parts, () => causesOf(compiled, constraints, objectives, point)),
    miss: (point, reason) => sharing(parts, () => missOf(compiled, constraints, point, reason)),
  };
}

const objectiveSide = ({ id }: Objective): ((design: Design) => number) => (id === "gpus" ? ({ record }) => gpusOf(record) : metricSide(id));

type Objectives = readonly ((design: Design) => number)[];

function verdictOf(compiled: CompiledSpace, constraints: readonly CompiledConstraint[], objectives: Objectives, point: Point): Verdict {
  try {
    return verdictOn({ point, record: compiled.record(point) }, constraints, objectives);
  } catch (fault) {
    if (!(fault instanceof Unavailable)) throw fault;
    return infeasible("layout", withoutFigures(fault.message));
  }
}

/** Where the choices leave no record at all, any of them may be why. */
function causesOf(compiled: CompiledSpace, constraints: readonly CompiledConstraint[], objectives: Objectives, point: Point): readonly number[] {
  try {
    const paths = pathsRead({ record: compiled.record(point) }, ({ record }) => verdictOn({ point, record }, constraints, objectives));
    return [...new Set(paths.flatMap(([, ...path]) => compiled.axesOf(path)))];
  } catch (fault) {
    if (!(fault instanceof Unavailable)) throw fault;
    return compiled.axesOf([]);
  }
}

function verdictOn(design: Design, constraints: readonly CompiledConstraint[], objectives: Objectives): Verdict {
  let kind: Reason["kind"] = "layout";
  try {
    const fault = layoutFault(design.record);
    if (fault !== undefined) return infeasible("layout", fault);
    kind = "unknown";
    const { worst } = evaluationOf(design.record).memory;
    if (worst.total > design.record.hardware.gpu.memory) return infeasible("memory", `does not fit: ${largestOf(worst)}`);
    for (const { constraint, holds } of constraints) if (!holds(design)) return infeasible(constraint.origin, constraint.text);
    return { kind: "feasible", values: objectives.map((objective) => objective(design)) };
  } catch (fault) {
    if (!(fault instanceof Unavailable)) throw fault;
    return infeasible(kind, withoutFigures(fault.message));
  }
}

const infeasible = (kind: Reason["kind"], text: string): Verdict => ({ kind: "infeasible", reason: { kind, text } });

/** One reason for `(2,048)` and for `(1,024)`: what a message counts is another thing for every design. */
const withoutFigures = (message: string): string => message.replace(/ \([\d,.]+\)/g, "").replace(/\b\d[\d,]*\b/g, "…");

const components = ["weights", "kv", "activations", "gradients", "optimizer", "buffers"] as const satisfies readonly (keyof MemoryComponents)[];

const componentNames: Readonly<Record<(typeof components)[number], string>> = {
  weights: "weights", kv: "KV cache", activations: "activations", gradients: "gradients", optimizer: "optimizer", buffers: "buffers",
};

const largestOf = (memory: MemoryComponents): string =>
  componentNames[components.reduce((largest, each) => (memory[each] > memory[largest] ? each : largest))];
