/** What a table of results has for columns: how each is called and written. */

import { planMetrics } from "../../cost/plan/metrics";
import type { Space } from "../../explore";
import { unitSteps } from "../../units";

/** Units with how many base units each is, the largest first; one without a name for plain numbers. */
type UnitSteps = readonly (readonly [scale: number, unit: string])[];

export interface SweepAxis {
  readonly path: string;
  /** As a file would say them. */
  readonly choices: readonly string[];
  /** Of each choice in base units; `null` for what varies in words or names. */
  readonly numbers: readonly number[] | null;
  readonly steps: UnitSteps;
}

export interface SweepObjective {
  readonly id: string;
  readonly title: string;
  readonly sense: "maximize" | "minimize";
  readonly steps: UnitSteps;
}

export function sweepColumns({ axes, objectives }: Space): { readonly axes: readonly SweepAxis[]; readonly objectives: readonly SweepObjective[] } {
  return {
    axes: axes.map(({ path, choices }) => {
      const values = choices.map(({ override: { value } }) => (value.kind === "quantity" ? value : undefined));
      const [first] = values;
      const numbers = values.flatMap((value) => value?.value ?? []);
      return {
        path, choices: choices.map(({ text }) => text),
        numbers: numbers.length === choices.length ? numbers : null,
        steps: first ? unitSteps(first.dimension) : [[1, ""]],
      };
    }),
    objectives: objectives.map(({ id, sense, dimension }) => {
      const metric = planMetrics.find((candidate) => candidate.id === id);
      return { id, title: metric?.title ?? "GPUs", sense, steps: metric?.share ? [[0.01, "%"]] : unitSteps(dimension) };
    }),
  };
}
